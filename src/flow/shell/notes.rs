//! Writes down what the simulation comes across: each command, expansion and assignment once, however
//! many states pass it.

use hashbrown::HashMap;

use super::environment::Origin;
use super::machine::{Context, MAX_STATES, Machine};
use super::outcome::{Argument, Assignment, AssignmentId, Certainty, Command, Use, Variant};
use super::simple::Invocation;
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
    pub(super) fn record(&mut self, context: Context<'_>, invocation: &Invocation) {
        let certainty = match context.certain {
            true => Certainty::Certain,
            false => Certainty::Maybe,
        };
        let fields = &invocation.fields;
        let same_argv = |argv: &[Argument]| {
            let pairs = || argv.iter().zip(fields);
            argv.len() == fields.len()
                && pairs().all(|(argument, field)| *argument == field.argument)
        };
        let known = self.notes.commands.entry(invocation.span).or_default();
        for &index in &*known {
            let Some(command) = self.outcome.commands.get_mut(index) else {
                continue;
            };
            if command.wrappers == self.wrappers && same_argv(&command.argv) {
                command.certainty = command.certainty.max(certainty);
                let environment = &invocation.environment;
                let mut variants = command.variants.iter();
                if variants.all(|variant| variant.environment != *environment)
                    && command.variants.len() < MAX_STATES
                {
                    command.variants.push(Variant {
                        environment: environment.clone(),
                    });
                }
                return;
            }
        }
        known.push(self.outcome.commands.len());
        let redirections = self.redirections.iter().chain(&invocation.redirections);
        self.outcome.commands.push(Command {
            span: invocation.span,
            argv: fields.iter().map(|field| field.argument.clone()).collect(),
            redirections: redirections.cloned().collect(),
            piped_from: self.piped_from,
            wrappers: self.wrappers.clone(),
            variants: vec![Variant {
                environment: invocation.environment.clone(),
            }],
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
