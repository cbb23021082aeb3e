//! Secrets whose value a RUN leaves in its layer.

use std::cell::OnceCell;

use hashbrown::HashSet;

use super::destination::{Destination, Look, contains, is_text};
use super::{Arguments, Declared, mounted};
use crate::flow::shell::{Command, Use};
use crate::flow::steps::StepCommands;
use crate::flow::workspace::Build;
use crate::model::Value;
use crate::model::dockerfile::{Action, Copied, Lookup, Run};
use crate::secrets::Names;
use crate::source::{Location, SourceFile, Span};

/// A secret that a command leaves in the layer.
#[derive(Debug)]
pub struct Written<'b> {
    /// The variable, or the mounted file.
    pub name: String,
    /// The step of the RUN.
    pub step: usize,
    /// The command that leaves it; none if BuildKit fills it into a file.
    pub command: Option<usize>,
    /// Where the step has its value, in the text of its script.
    pub span: Span,
    /// The same in the file.
    pub at: Location,
    /// Where its value stays.
    pub destination: Destination,
    /// What brings it.
    pub brought: Brought<'b>,
}

/// What brings a secret into a RUN.
#[derive(Clone, Copy, Debug)]
pub enum Brought<'b> {
    /// The `ARG` of its name, if it is one.
    Argument(Option<Declared<'b>>),
    /// A mount.
    Mount {
        /// The flag of the RUN.
        flag: Span,
        /// Where its script gives the variable the file's content, if it does.
        set: Option<Span>,
    },
}

/// A place of a RUN's text that has the value of a secret.
#[derive(Clone, Debug)]
pub(super) struct Expanded<'b> {
    /// The variable, or the mounted file.
    pub(super) name: String,
    /// The place.
    pub(super) span: Span,
    /// What brings it.
    pub(super) brought: Brought<'b>,
    /// Whether the place is a command whose output another one reads.
    pub(super) is_piped: bool,
}

/// The secret variables that the RUNs of a build and the here-documents of its COPYs leave in their
/// layers; each once for a step.
pub fn written<'b>(
    build: &'b Build<'_>,
    names: &Names,
    sources: &[SourceFile],
) -> Vec<Written<'b>> {
    let mut search = Search {
        build,
        names,
        source: sources.get(build.file.0 as usize),
        arguments: OnceCell::new(),
        all: Vec::new(),
    };
    for (index, step) in build.model.steps.iter().enumerate() {
        if step.triggered_by.is_some() {
            continue;
        }
        match (&step.action, &build.commands[index]) {
            (Action::Run(run), Some(commands)) => search.in_run(index, run, commands),
            (Action::Copy(copied), _) => search.in_documents(index, copied),
            _ => {}
        }
    }
    search.all
}

struct Search<'b, 's> {
    build: &'b Build<'b>,
    names: &'s Names,
    source: Option<&'s SourceFile>,
    arguments: OnceCell<Arguments<'b>>,
    all: Vec<Written<'b>>,
}

/// How many uses of secrets in one RUN are followed: each looks through the commands behind it.
const MOST_USES: usize = 256;

impl<'b> Search<'b, '_> {
    fn in_run(&mut self, index: usize, run: &'b Run<'b>, commands: &'b StepCommands) {
        let outcome = &commands.outcome;
        if !outcome.is_read() {
            return;
        }
        let uses = self.expanded(index, run, commands);
        let look = Look {
            run,
            commands,
            source: self.source,
        };
        let mut seen = HashSet::new();
        for (at, command) in outcome.commands.iter().enumerate() {
            if uses.is_empty() {
                return;
            }
            for used in told(&outcome.commands, at, &uses) {
                if seen.contains(used.name.as_str()) {
                    continue;
                }
                if let Some(destination) = look.destination(command, at, used.span)
                    && !(is_mounted(used) && matches!(destination, Destination::Program(_)))
                {
                    seen.insert(used.name.as_str());
                    self.all.push(Written {
                        name: used.name.clone(),
                        step: index,
                        command: Some(at),
                        span: used.span,
                        at: commands.locate(used.span),
                        destination,
                        brought: used.brought,
                    });
                }
            }
        }
    }

    /// The places of a RUN that have the value of a secret, in the order of the text.
    fn expanded(
        &mut self,
        index: usize,
        run: &'b Run<'b>,
        commands: &'b StepCommands,
    ) -> Vec<Expanded<'b>> {
        let is_secret = |used: &&Use| used.reached && self.names.kind(&used.name).is_some();
        let is_mounted = |used: &Use| {
            let mut mounted = run.secret_variables.iter();
            mounted.any(|(name, _)| *name == used.name)
        };
        let uses = commands.outcome.uses.iter().filter(is_secret);
        let given = uses
            .filter(|used| !used.set_by_shell && !is_mounted(used))
            .filter(|used| self.comes_from_outside(index, &used.name))
            .take(MOST_USES);
        let given = given.map(|used| Expanded {
            name: used.name.clone(),
            span: used.span,
            brought: Brought::Argument(self.arguments().seen_by(self.build, index, &used.name)),
            is_piped: false,
        });
        let mut all: Vec<Expanded<'b>> = given.collect();
        if !run.mounts.is_empty() {
            all.extend(mounted::expanded(run, commands, self.names));
            all.sort_by_key(|it| it.span);
            all.truncate(MOST_USES);
        }
        all
    }

    /// What BuildKit fills into the files that a COPY or ADD holds.
    fn in_documents(&mut self, index: usize, copied: &'b Copied<'b>) {
        let step = &self.build.model.steps[index];
        let mut seen = HashSet::new();
        for heredoc in step.instruction.heredocs.iter().filter(|it| it.expand) {
            let body = heredoc.body_span;
            for used in &self.build.model.uses[step.uses.clone()] {
                if body.to(used.span) == body
                    && self.names.kind(&used.name).is_some()
                    && self.comes_from_outside(index, &used.name)
                    && seen.insert(used.name.as_str())
                {
                    let destination = match copied.destination.as_known() {
                        Some(folder) if folder.ends_with('/') => {
                            format!("{folder}{}", heredoc.name)
                        }
                        Some(file) => file.to_owned(),
                        None => heredoc.name.clone(),
                    };
                    let argument = self.arguments().seen_by(self.build, index, &used.name);
                    self.all.push(Written {
                        name: used.name.clone(),
                        step: index,
                        command: None,
                        span: used.span,
                        at: self.build.at(used.span),
                        destination: Destination::File(destination),
                        brought: Brought::Argument(argument),
                    });
                }
            }
        }
    }

    fn arguments(&self) -> &Arguments<'b> {
        self.arguments.get_or_init(|| Arguments::of(self.build))
    }

    /// Whether the variable holds what a build is given, and not a value that the files tell, which
    /// is found where they do.
    fn comes_from_outside(&self, index: usize, name: &str) -> bool {
        let model = &self.build.model;
        let step = &model.steps[index];
        match model.lookup(step.stage, step.start, name) {
            Lookup::Set(Value::Known(text), _) if !text.is_empty() => false,
            Lookup::Set(Value::Partly(_) | Value::Unknown(_), _) => true,
            Lookup::Set(Value::Known(_), _) | Lookup::Unset | Lookup::Unknown(_) => {
                self.arguments().seen_by(self.build, index, name).is_some()
            }
        }
    }
}

/// Whether a mount brings it. A program that is handed such a secret is trusted with it.
fn is_mounted(used: &Expanded<'_>) -> bool {
    matches!(used.brought, Brought::Mount { .. })
}

/// How many commands before one are looked at for those inside of it.
const MOST_NESTED: usize = 64;

/// The uses in a command's words and in the texts that are fed to it. An empty value leaves no word
/// behind, so the command's whole text counts, without the substitutions in it.
fn told<'u, 'b>(
    commands: &[Command],
    at: usize,
    uses: &'u [Expanded<'b>],
) -> Vec<&'u Expanded<'b>> {
    let Some(command) = commands.get(at) else {
        return Vec::new();
    };
    let before = commands
        .get(at.saturating_sub(MOST_NESTED)..at)
        .unwrap_or_default();
    let is_nested = |used: &Expanded<'_>| {
        before.iter().any(|inner| {
            inner.span != command.span
                && (inner.span != used.span || used.is_piped)
                && contains(command.span, inner.span)
                && contains(inner.span, used.span)
        })
    };
    let texts = command
        .redirections
        .iter()
        .filter(|it| is_text(it.operator));
    let mut all: Vec<&Expanded<'b>> = std::iter::once(command.span)
        .chain(texts.map(|it| it.target.span))
        .flat_map(|span| inside(uses, span))
        .filter(|used| !is_nested(used))
        .collect();
    all.dedup_by_key(|used| used.span);
    all
}

/// The uses inside a span; `uses` are in the order of the text.
fn inside<'u, 'b>(uses: &'u [Expanded<'b>], span: Span) -> &'u [Expanded<'b>] {
    let first = uses.partition_point(|used| used.span.start < span.start);
    let end = uses.partition_point(|used| used.span.start < span.end);
    uses.get(first..end).unwrap_or_default()
}
