//! Variables that a RUN's shell sets or takes away and that are needed when the shell is gone.

use hashbrown::{HashMap, HashSet};

use super::clients::Reads;
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
    /// For each variable the places that need it and do not see it.
    unmet: HashMap<&'b str, Places>,
    /// For each variable the commands that see it, and not from their own shell.
    met: HashMap<&'b str, Places>,
}

/// Places of steps in the order of the tree of stages: those on top of a step stand together.
#[derive(Debug, Default)]
struct Places(Vec<(TreePlace, Location)>);

/// A stage's place in the tree, and a step.
type TreePlace = (usize, usize);

impl Places {
    /// The first behind a step, in its stage or in one that builds on it.
    fn first_on_top(&self, build: &Build<'_>, step: usize) -> Option<Location> {
        let stage = build.model.steps[step].stage;
        let (start, end) = build.stages.range(stage);
        let behind = self.0.partition_point(|(at, _)| *at <= (start, step));
        let ((tree, _), location) = self.0.get(behind)?;
        (*tree <= end).then_some(*location)
    }
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
            unmet: HashMap::new(),
            met: HashMap::new(),
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
            // Whether it is taken away, and the name.
            let mut told: HashSet<(bool, &str)> = HashSet::new();
            let mut add = |name, span, is_unset, needed| {
                lost.push(Lost {
                    name,
                    step,
                    at: commands.locate(span),
                    is_unset,
                    needed,
                });
            };
            for assignment in &commands.outcome.assignments {
                let name = assignment.name.as_str();
                if !uses.contains(name)
                    && told.insert((false, name))
                    && !is_used(&commands.outcome, assignment)
                    && let Some(needed) = self.needed_after(step, name)
                {
                    add(name, assignment.span, false, needed);
                }
            }
            for (name, span) in only_unset(&commands.outcome) {
                if told.insert((true, name))
                    && let Some(needed) = self.reached_after(step, name)
                {
                    add(name, span, true, needed);
                }
            }
        }
        lost
    }

    /// Where a later step needs a variable that it does not see.
    fn needed_after(&mut self, step: usize, name: &'b str) -> Option<Location> {
        if !self.unmet.contains_key(name) {
            let unmet = self.unmet(name);
            self.unmet.insert(name, unmet);
        }
        self.unmet.get(name)?.first_on_top(self.build, step)
    }

    /// Where a later step still sees a network setting that a RUN took away.
    fn reached_after(&mut self, step: usize, name: &'b str) -> Option<Location> {
        if !self.met.contains_key(name) {
            let met = self.met(name);
            self.met.insert(name, met);
        }
        self.met.get(name)?.first_on_top(self.build, step)
    }

    fn unmet(&self, name: &str) -> Places {
        let expanded = self.expanded.get(name).map_or(&[][..], Vec::as_slice);
        let expanded = expanded.iter().copied();
        let mut places: Vec<_> = expanded
            .filter(|(step, _)| self.is_unset_at(*step, name))
            .collect();
        if is_network_setting(name) {
            let reads = self.readers(name).map(|need| &need.executed);
            let reads = reads.filter(|executed| {
                let mut sights = executed.sights(name);
                sights.all(|sight| sight.is_none()) && self.is_unset_at(executed.step, name)
            });
            let downloads = self.downloads.iter();
            let downloads = downloads
                .filter(|it| name.starts_with("GO") && it.sees(name).is_none())
                .map(|it| &it.executed);
            places.extend(
                reads
                    .chain(downloads)
                    .map(|executed| (executed.step, executed.location())),
            );
        }
        self.in_tree_order(places)
    }

    fn met(&self, name: &str) -> Places {
        let sees = |need: &&Need<'_>| need.sees(name).is_some_and(|sight| !sight.by_shell);
        let met = self.readers(name).filter(sees);
        self.in_tree_order(met.map(|need| (need.executed.step, need.executed.location())))
    }

    /// The commands that surely go to the network and read a variable.
    fn readers(&self, name: &str) -> impl Iterator<Item = &'s Need<'b>> {
        let is_reader = move |need: &&Need<'_>| need.is_certain && need.reads(name) == Reads::Yes;
        self.needs.iter().filter(is_reader)
    }

    fn in_tree_order(&self, places: impl IntoIterator<Item = (usize, Location)>) -> Places {
        let placed = places.into_iter().map(|(step, location)| {
            let stage = self.build.model.steps[step].stage;
            ((self.build.stages.range(stage).0, step), location)
        });
        let mut placed: Vec<_> = placed.collect();
        placed.sort_by_key(|(at, location)| (*at, location.span));
        Places(placed)
    }

    /// Whether nothing sets the variable when a step begins, and nothing may.
    fn is_unset_at(&self, step: usize, name: &str) -> bool {
        let of_step = &self.build.model.steps[step];
        let found = self.build.model.lookup(of_step.stage, of_step.start, name);
        matches!(found, Lookup::Unset)
            && !of_step.has_secret_variable(name)
            && !self.declarations.reaches(of_step.stage, step, name)
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
