//! A command of a RUN together with the build it belongs to: what rules ask about.

use super::shell::{Command, Origin, Seen};
use super::steps::{Start, StepCommands};
use super::workspace::Build;
use crate::model::dockerfile::{Action, Run, Step};
use crate::model::{HopId, Value};
use crate::source::{Location, Span};

/// A command that a RUN executes.
#[derive(Clone, Copy, Debug)]
pub struct Executed<'b> {
    /// The build.
    pub build: &'b Build<'b>,
    /// Its step.
    pub step: usize,
    /// The RUN.
    pub run: &'b Run<'b>,
    /// The command.
    pub command: &'b Command,
    /// Its place among the commands of the RUN.
    index: usize,
    commands: &'b StepCommands,
}

/// A variable as a command sees it.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'b> {
    /// Its value.
    pub value: &'b Value<'b>,
    /// The last hop on its way; none where two ways meet in one unknown value.
    pub hop: Option<HopId>,
    /// Whether the RUN's own shell text gave it the value.
    pub by_shell: bool,
}

impl<'b> Build<'b> {
    /// The commands of a step, in the order in which they are first reached.
    pub fn executed(&'b self, step: usize) -> impl Iterator<Item = Executed<'b>> {
        let run = match &self.model.steps[step].action {
            Action::Run(run) => Some(&**run),
            _ => None,
        };
        let commands = run.zip(self.commands[step].as_ref());
        commands.into_iter().flat_map(move |(run, commands)| {
            let all = commands.outcome.commands.iter();
            all.enumerate().map(move |(index, command)| Executed {
                build: self,
                step,
                run,
                command,
                index,
                commands,
            })
        })
    }

    /// The steps that building the target runs, in the order of the file.
    pub fn steps_of_target(&self) -> impl Iterator<Item = usize> {
        let reachable = match self.model.target {
            Some(target) => self.model.reachable(target),
            None => Vec::new(),
        };
        let steps = self.model.steps.iter().enumerate();
        steps
            .filter(move |(_, step)| reachable.get(step.stage) == Some(&true))
            .map(|(index, _)| index)
    }
}

impl<'b> Executed<'b> {
    /// How the command sees `name`, in each environment it may run with; `None` where it does not.
    pub fn sights<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = Option<Sight<'b>>> + use<'b, 'n> {
        let start = Start::new(&self.build.model, self.step(), self.run);
        let commands = self.commands;
        let variants = self.command.variants.iter();
        variants.map(move |variant| match variant.environment.seen(name) {
            Seen::Start => start.variable(name).map(|variable| Sight {
                value: variable.value,
                hop: Some(variable.hop),
                by_shell: false,
            }),
            Seen::Set { value, origin } => Some(Sight {
                value,
                hop: origin.and_then(|origin| commands.hop(origin)),
                by_shell: matches!(origin, Some(Origin::Assignment(_))),
            }),
            Seen::NotExported { .. } | Seen::Unset { .. } | Seen::Dropped { .. } => None,
        })
    }

    /// How the command sees `name` in the first environment it may run with.
    pub fn sight(&self, name: &str) -> Option<Sight<'b>> {
        self.sights(name).next().flatten()
    }

    /// How the RUN's shell sees `name` when it begins.
    pub fn at_start(&self, name: &str) -> Option<Sight<'b>> {
        let start = Start::new(&self.build.model, self.step(), self.run);
        start.variable(name).map(|variable| Sight {
            value: variable.value,
            hop: Some(variable.hop),
            by_shell: false,
        })
    }

    /// The commands of its RUN that are reached before it, the last first.
    pub fn earlier(&self) -> impl Iterator<Item = Executed<'b>> + use<'b> {
        let own = *self;
        let earlier = own.commands.outcome.commands.iter().enumerate();
        let earlier = earlier.take(own.index).rev();
        earlier.map(move |(index, command)| Executed {
            command,
            index,
            ..own
        })
    }

    /// Whether it is the same command.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.place() == other.place()
    }

    /// Its step, and its place among the commands of it: what comes later is greater.
    pub fn place(&self) -> (usize, usize) {
        (self.step, self.index)
    }

    /// Whether a place is a part of the command.
    pub fn holds(&self, at: Location) -> bool {
        let own = self.location();
        own.file == at.file && own.span.start <= at.span.start && at.span.end <= own.span.end
    }

    /// The step it belongs to.
    pub fn step(&self) -> &'b Step<'b> {
        &self.build.model.steps[self.step]
    }

    /// The stage it belongs to.
    pub fn stage(&self) -> usize {
        self.step().stage
    }

    /// Where it stands.
    pub fn location(&self) -> Location {
        self.commands.locate(self.command.span)
    }

    /// All commands of its shell's text.
    pub fn all(&self) -> &'b [Command] {
        &self.commands.outcome.commands
    }

    /// Whether the command's words expand one of the variables that `fits`.
    pub fn expands(&self, fits: impl Fn(&str) -> bool) -> bool {
        let own = self.command.span;
        let mut uses = self.commands.outcome.uses.iter();
        uses.any(|used| fits(&used.name) && own.to(used.span) == own)
    }

    /// Where a span of its shell's text stands.
    pub fn locate(&self, span: Span) -> Location {
        self.commands.locate(span)
    }

    /// Its arguments as far as they are known; an unknown one is empty.
    pub fn words(&self) -> impl Iterator<Item = &'b str> {
        let arguments = self.command.argv.iter();
        arguments.map(|argument| argument.value.as_known().unwrap_or_default())
    }
}

impl Sight<'_> {
    /// The place that gives the value; none for what comes from elsewhere.
    pub fn place(&self, build: &Build<'_>) -> Option<Location> {
        build.model.provenance.hop(self.hop?).at
    }
}
