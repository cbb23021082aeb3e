//! Secret variables whose value a RUN leaves in its layer.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::tools::{self, Tool};
use super::{Arguments, Declared, removed};
use crate::flow::shell::{Argument, Command, Use};
use crate::flow::steps::StepCommands;
use crate::flow::workspace::Build;
use crate::model::Value;
use crate::model::dockerfile::{Action, Copied, Lookup, MountKind, Run};
use crate::secrets::Names;
use crate::source::{Location, SourceFile, Span};
use crate::syntax::shell::RedirectionOperator;

/// A secret variable that a command leaves in the layer.
#[derive(Debug)]
pub struct Written<'b> {
    /// The variable.
    pub name: &'b str,
    /// The step of the RUN.
    pub step: usize,
    /// Where the command expands it.
    pub at: Location,
    /// Where its value stays.
    pub destination: Destination,
    /// The `ARG` that brings it, if it is one of that name.
    pub argument: Option<Declared<'b>>,
}

/// Where a value stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// In this file.
    File(String),
    /// In the file where this command keeps its settings.
    Settings(String, &'static str),
    /// With a program that may keep it.
    Program(String),
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
        if outcome.foreign.is_some() {
            return;
        }
        let is_secret = |used: &&Use| used.reached && self.names.kind(&used.name).is_some();
        let is_mounted = |used: &Use| {
            let mut mounted = run.secret_variables.iter();
            mounted.any(|(name, _)| *name == used.name)
        };
        let uses: Vec<&'b Use> = outcome
            .uses
            .iter()
            .filter(is_secret)
            .filter(|used| !used.set_by_shell && !is_mounted(used))
            .filter(|used| self.comes_from_outside(index, &used.name))
            .take(MOST_USES)
            .collect();
        if uses.is_empty() {
            return;
        }
        let look = Look {
            run,
            commands,
            source: self.source,
        };
        let mut seen = HashSet::new();
        for (at, command) in outcome.commands.iter().enumerate() {
            for used in told(&outcome.commands, at, &uses) {
                if seen.contains(used.name.as_str()) {
                    continue;
                }
                if let Some(destination) = look.destination(command, at, used) {
                    seen.insert(used.name.as_str());
                    self.add(index, &used.name, commands.locate(used.span), destination);
                }
            }
        }
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
                    let at = self.build.at(used.span);
                    self.add(index, &used.name, at, Destination::File(destination));
                }
            }
        }
    }

    fn add(&mut self, step: usize, name: &'b str, at: Location, destination: Destination) {
        let argument = self.arguments().seen_by(self.build, step, name);
        self.all.push(Written {
            name,
            step,
            at,
            destination,
            argument,
        });
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

/// How many commands before one are looked at for those inside of it.
const MOST_NESTED: usize = 64;

/// The uses in a command's words and in the texts that are fed to it. An empty value leaves no word
/// behind, so the command's whole text counts, without the substitutions in it.
fn told<'b>(commands: &[Command], at: usize, uses: &[&'b Use]) -> Vec<&'b Use> {
    let Some(command) = commands.get(at) else {
        return Vec::new();
    };
    let before = commands
        .get(at.saturating_sub(MOST_NESTED)..at)
        .unwrap_or_default();
    let is_nested = |used: &Use| {
        before.iter().any(|inner| {
            inner.span != command.span
                && contains(command.span, inner.span)
                && contains(inner.span, used.span)
        })
    };
    let texts = command
        .redirections
        .iter()
        .filter(|it| is_text(it.operator));
    let mut all: Vec<&Use> = std::iter::once(command.span)
        .chain(texts.map(|it| it.target.span))
        .flat_map(|span| inside(uses, span).iter().copied())
        .filter(|used| !is_nested(used))
        .collect();
    all.dedup_by_key(|used| used.span);
    all
}

/// The uses inside a span; `uses` are in the order of the text.
fn inside<'u, 'b>(uses: &'u [&'b Use], span: Span) -> &'u [&'b Use] {
    let first = uses.partition_point(|used| used.span.start < span.start);
    let end = uses.partition_point(|used| used.span.start < span.end);
    uses.get(first..end).unwrap_or_default()
}

fn is_text(operator: RedirectionOperator) -> bool {
    matches!(
        operator,
        RedirectionOperator::HereDocument(_) | RedirectionOperator::HereString
    )
}

/// A RUN while its commands are looked at.
struct Look<'l, 'f> {
    run: &'l Run<'f>,
    commands: &'l StepCommands,
    source: Option<&'l SourceFile>,
}

/// Commands that print their words.
const PRINTERS: &[&str] = &["echo", "print", "printf"];

/// Commands that pass on what they read, in whatever shape.
const FILTERS: &[&str] = &["awk", "base64", "cat", "envsubst", "sed", "tee", "tr"];

/// Commands that change a file in place when they are given `-i`.
const EDITORS: &[&str] = &["perl", "sed"];

/// How many commands of a pipeline are followed.
const LONGEST_PIPE: usize = 8;

impl Look<'_, '_> {
    /// Where the value that `command` expands stays, if it does.
    fn destination(&self, command: &Command, at: usize, used: &Use) -> Option<Destination> {
        let name = command.name()?;
        let mut texts = command
            .redirections
            .iter()
            .filter(|it| is_text(it.operator));
        let is_fed = texts.any(|it| contains(it.target.span, used.span));
        if PRINTERS.contains(&name) || FILTERS.contains(&name) && is_fed {
            return self.output(command, at);
        }
        let in_place = |word: &Argument| self.text(word).starts_with("-i");
        if EDITORS.contains(&name) && command.argv.iter().any(in_place) {
            let file = self.text(command.argv.last()?);
            return self.kept(file, at);
        }
        self.settings(tools::keeping(command)?, command, at)
    }

    /// Where what a command prints goes, through pipes.
    fn output(&self, command: &Command, at: usize) -> Option<Destination> {
        let (mut command, mut at) = (command, at);
        for _ in 0..LONGEST_PIPE {
            if let Some(file) = self.redirected(command) {
                return self.kept(file, at);
            }
            if command.name() == Some("tee") {
                let mut files = command.argv.iter().skip(1).map(|word| self.text(word));
                return self.kept(files.find(|file| !file.starts_with('-'))?, at);
            }
            let reads = |next: &Command| {
                next.piped_from
                    .is_some_and(|from| contains(from, command.span))
            };
            let commands = self.commands.outcome.commands.iter().enumerate();
            let (next_at, next) = commands.skip(at + 1).find(|(_, next)| reads(next))?;
            let name = next.name()?;
            if !FILTERS.contains(&name) {
                return self.reader(next, next_at);
            }
            (command, at) = (next, next_at);
        }
        None
    }

    /// What becomes of a value that is piped into a command.
    fn reader(&self, command: &Command, at: usize) -> Option<Destination> {
        if let Some(tool) = tools::keeping(command) {
            return self.settings(tool, command, at);
        }
        let path = command.argv.first()?.value.as_known()?;
        let is_own = path.starts_with("./") || path.ends_with(".sh");
        is_own.then(|| Destination::Program(path.to_owned()))
    }

    fn settings(&self, tool: &'static Tool, command: &Command, at: usize) -> Option<Destination> {
        let text = self.source_text(command.span);
        let later = self.commands.outcome.commands.iter().skip(at + 1);
        let written = |word: &Argument| self.text(word);
        if tool.is_clone() {
            let folder = command
                .argv
                .iter()
                .skip(1)
                .map(|word| self.text(word))
                .next_back()?;
            let folder = folder.rsplit('/').next().unwrap_or_default();
            let folder = format!("{}/{}", folder.trim_end_matches(".git"), tool.file);
            if !text.contains("://") || removed::is_removed(&folder, later.clone(), &written) {
                return None;
            }
        }
        let undone = removed::is_undone(tool, later, &written);
        (!undone).then(|| Destination::Settings(tool.name(command), tool.file))
    }

    /// The file that a command's output is sent to.
    fn redirected(&self, command: &Command) -> Option<String> {
        let last = command.redirections.iter().rfind(|redirection| {
            matches!(
                redirection.operator,
                RedirectionOperator::Write
                    | RedirectionOperator::Append
                    | RedirectionOperator::WriteBoth
                    | RedirectionOperator::AppendBoth
            ) && matches!(redirection.descriptor, None | Some(1))
        })?;
        Some(self.text(&last.target))
    }

    /// A file in the layer, unless it is none, or a later command removes it.
    fn kept(&self, file: String, at: usize) -> Option<Destination> {
        let is_device = ["/dev/", "/proc/", "/sys/"]
            .iter()
            .any(|folder| file.starts_with(folder));
        let is_mounted = self.run.mounts.iter().any(|(mount, _)| {
            let target = mount.target.as_ref().and_then(Value::as_known);
            mount.kind != MountKind::Bind && target.is_some_and(|target| file.starts_with(target))
        });
        let later = self.commands.outcome.commands.iter().skip(at + 1);
        let stays = !is_device
            && !is_mounted
            && !file.is_empty()
            && !removed::is_removed(&file, later, &|word| self.text(word));
        stays.then_some(Destination::File(file))
    }

    /// A word's value if it is known, and as it is written otherwise.
    fn text(&self, word: &Argument) -> String {
        match word.value.as_known() {
            Some(text) => text.to_owned(),
            None => self.source_text(word.span).to_owned(),
        }
    }

    fn source_text(&self, span: Span) -> &str {
        let at = self.commands.locate(span);
        self.source.map_or("", |source| source.slice(at.span))
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
