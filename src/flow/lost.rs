//! Variables that a RUN's shell sets or takes away and that are needed when the shell is gone.

use std::collections::{HashMap, HashSet};

use super::clients::Reads;
use super::executed::Executed;
use super::go::GoDownload;
use super::need::Need;
use super::scope::Declarations;
use super::shell::{Argument, Assignment, Command, Outcome, Seen};
use super::workspace::Build;
use crate::model::dockerfile::Lookup;
use crate::model::variables::is_network_setting;
use crate::source::{Location, Span};

/// A change of a RUN's shell that nothing sees.
#[derive(Clone, Debug)]
pub struct Lost<'b> {
    /// The variable.
    pub name: &'b str,
    /// The step.
    pub step: usize,
    /// Where it is set or taken away.
    pub at: Location,
    /// Whether it is taken away.
    pub is_unset: bool,
    /// The later place that needs it.
    pub needed: Location,
}

/// Programs that do nothing with the variables of their environment, built-ins among them.
const BYSTANDERS: [&str; 22] = [
    "export", "unset", "set", "declare", "typeset", "readonly", "local", "true", ":", "cd", "echo",
    "printf", "mkdir", "rm", "touch", "chmod", "chown", "ln", "mv", "cp", "test", "[",
];

/// A RUN of more commands than this does more than set a variable.
const MOST_COMMANDS: usize = 32;

/// Looks for what is needed behind a RUN.
pub struct Later<'s, 'b> {
    build: &'b Build<'b>,
    declarations: &'s Declarations<'b>,
    needs: &'s [Need<'b>],
    downloads: &'s [GoDownload<'b>],
    /// For each variable the places that expand it and to which no shell gives a value.
    expanded: HashMap<&'b str, Vec<(usize, Location)>>,
    /// The next place that needs a variable, looked for from a stage: its step, and where.
    next: HashMap<(usize, &'b str), Option<(usize, Location)>>,
}

impl<'s, 'b> Later<'s, 'b> {
    /// Takes what the commands of a build need.
    pub fn new(
        build: &'b Build<'b>,
        declarations: &'s Declarations<'b>,
        needs: &'s [Need<'b>],
        downloads: &'s [GoDownload<'b>],
    ) -> Self {
        let mut expanded: HashMap<&str, Vec<(usize, Location)>> = HashMap::new();
        for step in build.steps_of_target() {
            let Some(commands) = &build.commands[step] else {
                continue;
            };
            for used in &commands.outcome.uses {
                if used.reached && !used.has_default && !used.set_by_shell {
                    let places = expanded.entry(&used.name).or_default();
                    places.push((step, commands.locate(used.span)));
                }
            }
        }
        Self {
            build,
            declarations,
            needs,
            downloads,
            expanded,
            next: HashMap::new(),
        }
    }

    /// The changes that are lost: one for each RUN and variable.
    pub fn lost(&mut self) -> Vec<Lost<'b>> {
        let mut lost: Vec<Lost<'b>> = Vec::new();
        for step in self.build.steps_of_target() {
            let Some(commands) = &self.build.commands[step] else {
                continue;
            };
            let is_trigger = self.build.model.steps[step].triggered_by.is_some();
            if is_trigger || commands.outcome.commands.len() > MOST_COMMANDS {
                continue;
            }
            let uses = uses_outside(&commands.outcome);
            let mut told: HashSet<&str> = HashSet::new();
            for assignment in &commands.outcome.assignments {
                let name = assignment.name.as_str();
                if uses.contains(name)
                    || !told.insert(name)
                    || is_used(&commands.outcome, assignment)
                {
                    continue;
                }
                if let Some(needed) = self.needed_after(step, name) {
                    lost.push(Lost {
                        name,
                        step,
                        at: commands.locate(assignment.span),
                        is_unset: false,
                        needed,
                    });
                }
            }
            for (name, span) in only_unset(&commands.outcome) {
                if let Some(needed) = self.reached_after(step, name) {
                    let at = commands.locate(span);
                    lost.push(Lost {
                        name,
                        step,
                        at,
                        is_unset: true,
                        needed,
                    });
                }
            }
        }
        lost
    }

    /// Where a later step needs a variable that it does not see.
    fn needed_after(&mut self, step: usize, name: &'b str) -> Option<Location> {
        let key = (self.build.model.steps[step].stage, name);
        // What is behind an earlier step of the stage and behind this one is the same place.
        if let Some(next) = self.next.get(&key)
            && next.is_none_or(|(at, _)| at > step)
        {
            return next.map(|(_, place)| place);
        }
        let next = self.look_for_need(step, name);
        self.next.insert(key, next);
        next.map(|(_, place)| place)
    }

    fn look_for_need(&self, step: usize, name: &str) -> Option<(usize, Location)> {
        let places = self.expanded.get(name).map_or(&[][..], Vec::as_slice);
        let behind = places.partition_point(|(at, _)| *at <= step);
        let expands = || {
            let mut places = places[behind..].iter();
            places
                .find(|(at, _)| self.comes_after(step, *at) && self.is_unset_at(*at, name))
                .copied()
        };
        let of_command = |executed: &Executed<'_>| (executed.step, executed.location());
        let reads = || {
            let mut needs = self.needs_behind(step, name);
            let need = needs.find(|need| self.does_not_see(&need.executed, name))?;
            Some(of_command(&need.executed))
        };
        let downloads = || {
            let behind = self
                .downloads
                .partition_point(|it| it.executed.step <= step);
            let mut downloads = self.downloads[behind..].iter().filter(|download| {
                name.starts_with("GO") && self.comes_after(step, download.executed.step)
            });
            let download = downloads.find(|download| download.sees(name).is_none())?;
            Some(of_command(&download.executed))
        };
        match is_network_setting(name) {
            true => expands().or_else(reads).or_else(downloads),
            false => expands(),
        }
    }

    /// The commands behind a step that surely go to the network and read a variable.
    fn needs_behind(&self, step: usize, name: &str) -> impl Iterator<Item = &'s Need<'b>> {
        let behind = self
            .needs
            .partition_point(|need| need.executed.step <= step);
        self.needs[behind..].iter().filter(move |need| {
            need.is_certain
                && need.reads(name) == Reads::Yes
                && self.comes_after(step, need.executed.step)
        })
    }

    fn does_not_see(&self, executed: &Executed<'_>, name: &str) -> bool {
        executed.sights(name).all(|sight| sight.is_none()) && self.is_unset_at(executed.step, name)
    }

    /// Where a later step still sees a network setting that a RUN took away.
    fn reached_after(&self, step: usize, name: &str) -> Option<Location> {
        let mut needs = self.needs_behind(step, name);
        let need = needs.find(|need| need.sees(name).is_some_and(|sight| !sight.by_shell))?;
        Some(need.executed.location())
    }

    /// Whether nothing sets the variable when a step begins, and nothing may.
    fn is_unset_at(&self, step: usize, name: &str) -> bool {
        let of_step = &self.build.model.steps[step];
        let found = self.build.model.lookup(of_step.stage, of_step.start, name);
        matches!(found, Lookup::Unset)
            && !of_step.has_secret_variable(name)
            && !self.declarations.reaches(of_step.stage, step, name)
    }

    /// Whether a step runs on top of another one.
    fn comes_after(&self, step: usize, later: usize) -> bool {
        let stage = |step: usize| self.build.model.steps[step].stage;
        later > step && self.build.builds_on(stage(later), stage(step))
    }
}

/// The variables that a RUN's text expands anywhere but where it gives them their value.
fn uses_outside(outcome: &Outcome) -> HashSet<&str> {
    let mut assigned: HashMap<&str, Vec<Span>> = HashMap::new();
    for assignment in &outcome.assignments {
        assigned
            .entry(&assignment.name)
            .or_default()
            .push(assignment.span);
    }
    for spans in assigned.values_mut() {
        spans.sort_unstable();
    }
    let uses = outcome.uses.iter().filter(|used| {
        let own = assigned
            .get(used.name.as_str())
            .map_or(&[][..], Vec::as_slice);
        let begun = own.partition_point(|span| span.start <= used.span.start);
        let last = begun.checked_sub(1).and_then(|last| own.get(last));
        last.is_none_or(|span| span.to(used.span) != *span)
    });
    uses.map(|used| used.name.as_str()).collect()
}

/// Whether a command of the RUN gets the variable, or may write it to a file.
fn is_used(outcome: &Outcome, assignment: &Assignment) -> bool {
    let name = assignment.name.as_str();
    outcome.commands.iter().any(|command| {
        let mut seen = command.var(name);
        let is_seen = seen.any(|seen| matches!(seen, Seen::Set { .. })) && !is_bystander(command);
        // `echo "export X=1" >> ~/.profile` keeps it in a file.
        let is_elsewhere = assignment.span.to(command.span) != assignment.span;
        let is_named = |argument: &Argument| {
            argument
                .value
                .as_known()
                .is_none_or(|text| text.contains(name))
        };
        let is_written = is_elsewhere
            && !matches!(command.name(), Some("export" | "unset"))
            && command.argv.iter().skip(1).any(is_named);
        is_seen || is_written
    })
}

/// The network settings that a RUN takes away without doing anything else.
fn only_unset(outcome: &Outcome) -> Vec<(&str, Span)> {
    if !outcome.commands.iter().all(is_bystander) {
        return Vec::new();
    }
    let unset = outcome
        .commands
        .iter()
        .filter(|command| command.name() == Some("unset"));
    let names = unset.flat_map(|command| {
        command.argv.iter().skip(1).filter_map(|argument| {
            let name = argument.value.as_known()?;
            is_network_setting(name).then_some((name, argument.span))
        })
    });
    names.collect()
}

fn is_bystander(command: &Command) -> bool {
    command
        .name()
        .is_some_and(|name| BYSTANDERS.contains(&name))
}
