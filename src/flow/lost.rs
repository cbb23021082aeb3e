//! Variables that a RUN's shell sets or takes away and that are needed when the shell is gone.

use super::clients::Reads;
use super::go::GoDownload;
use super::need::Need;
use super::scope::Declarations;
use super::shell::{Assignment, Command, Seen};
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

/// Everything that later steps may need.
pub struct Later<'s, 'b> {
    /// The build.
    pub build: &'b Build<'b>,
    /// Its `ARG`s.
    pub declarations: &'s Declarations<'b>,
    /// The commands that go to the network.
    pub needs: &'s [Need<'b>],
    /// The Go commands that fetch modules.
    pub downloads: &'s [GoDownload<'b>],
}

impl<'b> Later<'_, 'b> {
    /// The changes that are lost: one for each RUN and variable.
    pub fn lost(&self) -> Vec<Lost<'b>> {
        let mut lost: Vec<Lost<'b>> = Vec::new();
        for step in self.build.steps_of_target() {
            let Some(commands) = &self.build.commands[step] else {
                continue;
            };
            let of_step = &self.build.model.steps[step];
            if of_step.triggered_by.is_some() {
                continue;
            }
            let first = lost.len();
            for assignment in &commands.outcome.assignments {
                let name = assignment.name.as_str();
                let told = lost[first..].iter().any(|it| it.name == name);
                if told || self.is_used(step, assignment) {
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
            for (name, span) in self.only_unset(step) {
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

    /// Whether the RUN itself makes use of the assignment, as far as is known.
    fn is_used(&self, step: usize, assignment: &Assignment) -> bool {
        let Some(commands) = &self.build.commands[step] else {
            return true;
        };
        let name = assignment.name.as_str();
        let within =
            |span: Span| assignment.span.start <= span.start && span.end <= assignment.span.end;
        let expanded = commands
            .outcome
            .uses
            .iter()
            .any(|used| used.name == name && !within(used.span));
        let seen = |command: &Command| {
            let mut seen = command.var(name);
            seen.any(|seen| matches!(seen, Seen::Set { .. })) && !is_bystander(command)
        };
        // `echo "export X=1" >> ~/.profile` keeps it in a file.
        let written = |command: &Command| {
            !within(command.span)
                && !matches!(command.name(), Some("export" | "unset"))
                && command.argv.iter().skip(1).any(|argument| {
                    argument
                        .value
                        .as_known()
                        .is_none_or(|text| text.contains(name))
                })
        };
        expanded
            || commands
                .outcome
                .commands
                .iter()
                .any(|it| seen(it) || written(it))
    }

    /// Where a later step needs a variable that it does not see.
    fn needed_after(&self, step: usize, name: &str) -> Option<Location> {
        let expands = || {
            self.later_steps(step)
                .filter(|&later| self.is_unset_at(later, name))
                .find_map(|later| {
                    let commands = self.build.commands[later].as_ref()?;
                    let used = commands.outcome.uses.iter().find(|used| {
                        used.name == name && used.reached && !used.has_default && !used.set_by_shell
                    })?;
                    Some(commands.locate(used.span))
                })
        };
        let reads = || {
            let mut needs = self.needs.iter().filter(|need| {
                need.is_certain
                    && self.comes_after(step, need.executed.step)
                    && need.reads(name) == Reads::Yes
            });
            let need = needs.find(|need| self.does_not_see(&need.executed, name))?;
            Some(need.executed.location())
        };
        let downloads = || {
            let mut downloads = self.downloads.iter().filter(|download| {
                name.starts_with("GO") && self.comes_after(step, download.executed.step)
            });
            let download = downloads.find(|download| download.sees(name).is_none())?;
            Some(download.executed.location())
        };
        if !is_network_setting(name) {
            return expands();
        }
        expands().or_else(reads).or_else(downloads)
    }

    fn does_not_see(&self, executed: &super::Executed<'_>, name: &str) -> bool {
        executed.sights(name).all(|sight| sight.is_none()) && self.is_unset_at(executed.step, name)
    }

    /// Where a later step still sees a network setting that a RUN took away.
    fn reached_after(&self, step: usize, name: &str) -> Option<Location> {
        let mut needs = self.needs.iter().filter(|need| {
            need.is_certain
                && self.comes_after(step, need.executed.step)
                && need.reads(name) == Reads::Yes
        });
        let need = needs.find(|need| need.sees(name).is_some_and(|sight| !sight.by_shell))?;
        Some(need.executed.location())
    }

    /// The network settings that a RUN takes away without doing anything else.
    fn only_unset(&self, step: usize) -> Vec<(&'b str, Span)> {
        let Some(commands) = &self.build.commands[step] else {
            return Vec::new();
        };
        let all = &commands.outcome.commands;
        if !all.iter().all(is_bystander) {
            return Vec::new();
        }
        let unset = all.iter().filter(|command| command.name() == Some("unset"));
        let names = unset.flat_map(|command| {
            command.argv.iter().skip(1).filter_map(|argument| {
                let name = argument.value.as_known()?;
                is_network_setting(name).then_some((name, argument.span))
            })
        });
        names.collect()
    }

    /// Whether nothing sets the variable when a step begins, and nothing may.
    fn is_unset_at(&self, step: usize, name: &str) -> bool {
        let of_step = &self.build.model.steps[step];
        let found = self.build.model.lookup(of_step.stage, of_step.start, name);
        matches!(found, Lookup::Unset)
            && !of_step.has_secret_variable(name)
            && !self.declarations.reaches(of_step.stage, step, name)
    }

    fn later_steps(&self, step: usize) -> impl Iterator<Item = usize> {
        let after = self.build.steps_of_target();
        after.filter(move |&later| self.comes_after(step, later))
    }

    /// Whether a step runs on top of another one.
    fn comes_after(&self, step: usize, later: usize) -> bool {
        let stage = |step: usize| self.build.model.steps[step].stage;
        later > step
            && (stage(later) == stage(step)
                || self.build.chain(stage(later)).contains(&stage(step)))
    }
}

fn is_bystander(command: &Command) -> bool {
    command
        .name()
        .is_some_and(|name| BYSTANDERS.contains(&name))
}
