//! Writes down what the simulation comes across: each command, expansion and assignment once, however
//! many states pass it.

use std::collections::HashMap;

use super::environment::{Environment, Origin};
use super::machine::{Context, MAX_STATES, Machine};
use super::outcome::{
    Argument, Assignment, AssignmentId, Certainty, Command, Redirection, Use, Variant,
};
use crate::source::Span;

/// Where to find what was written down.
#[derive(Debug, Default)]
pub(super) struct Notes {
    commands: HashMap<Span, Vec<usize>>,
    uses: HashMap<Span, usize>,
    assignments: HashMap<(Span, Vec<Origin>), AssignmentId>,
}

impl Machine<'_> {
    /// Notes a command that runs.
    pub(super) fn record(
        &mut self,
        context: Context<'_>,
        span: Span,
        argv: &[Argument],
        redirections: &[Redirection],
        environment: Environment,
    ) {
        let variant = Variant { environment };
        let certainty = match context.certain {
            true => Certainty::Certain,
            false => Certainty::Maybe,
        };
        let known = self.notes.commands.entry(span).or_default();
        for &index in &*known {
            let Some(command) = self.outcome.commands.get_mut(index) else {
                continue;
            };
            if command.argv == argv && command.wrappers == self.wrappers {
                command.certainty = command.certainty.max(certainty);
                if !command.variants.contains(&variant) && command.variants.len() < MAX_STATES {
                    command.variants.push(variant);
                }
                return;
            }
        }
        known.push(self.outcome.commands.len());
        let outer = self.redirections.iter();
        self.outcome.commands.push(Command {
            span,
            argv: argv.to_vec(),
            redirections: outer.chain(redirections).cloned().collect(),
            piped_from: self.piped_from,
            wrappers: self.wrappers.clone(),
            variants: vec![variant],
            certainty,
        });
    }

    /// Notes an expansion; `set_by_shell` is `None` if no state came there.
    pub(super) fn note_use(
        &mut self,
        name: &str,
        span: Span,
        has_default: bool,
        set_by_shell: Option<bool>,
    ) {
        let reached = set_by_shell.is_some();
        let set_by_shell = set_by_shell.unwrap_or(false);
        let index = *self
            .notes
            .uses
            .entry(span)
            .or_insert(self.outcome.uses.len());
        match self.outcome.uses.get_mut(index) {
            Some(place) if place.name == name => {
                if reached {
                    place.set_by_shell = set_by_shell && (place.set_by_shell || !place.reached);
                    place.reached = true;
                }
            }
            Some(_) if !reached => {}
            _ => self.outcome.uses.push(Use {
                name: name.to_owned(),
                span,
                has_default,
                set_by_shell,
                reached,
            }),
        }
    }

    /// The id of an assignment; the same place with the same parents is the same assignment.
    pub(super) fn assignment(
        &mut self,
        name: &str,
        span: Span,
        parents: Vec<Origin>,
    ) -> AssignmentId {
        let next = u32::try_from(self.outcome.assignments.len()).unwrap_or(u32::MAX);
        let key = (span, parents);
        if let Some(&id) = self.notes.assignments.get(&key) {
            return id;
        }
        self.outcome.assignments.push(Assignment {
            name: name.to_owned(),
            span,
            parents: key.1.clone(),
        });
        self.notes.assignments.insert(key, AssignmentId(next));
        AssignmentId(next)
    }
}
