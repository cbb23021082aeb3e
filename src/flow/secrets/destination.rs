//! Where a value stays that a command of a RUN is told.

use super::mounted::is_copy;
use super::removed;
use super::tools;
use crate::flow::shell::{Argument, Command};
use crate::flow::steps::StepCommands;
use crate::model::Value;
use crate::model::dockerfile::{MountKind, Run};
use crate::secrets::tools::{Kind, Tool};
use crate::source::{SourceFile, Span};
use crate::syntax::shell::RedirectionOperator;

/// Where a value stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// In this file.
    File(String),
    /// In the file where the tool keeps its settings that is called by this name.
    Settings(String, &'static Tool),
    /// With a program that may keep it.
    Program(String),
}

/// A RUN while its commands are looked at.
pub(super) struct Look<'l, 'f> {
    pub(super) run: &'l Run<'f>,
    pub(super) commands: &'l StepCommands,
    pub(super) source: Option<&'l SourceFile>,
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
    /// Where the value stays that `command` has at `secret`, if it does.
    pub(super) fn destination(
        &self,
        command: &Command,
        at: usize,
        secret: Span,
    ) -> Option<Destination> {
        let name = command.name()?;
        let mut texts = command
            .redirections
            .iter()
            .filter(|it| is_text(it.operator));
        let is_fed = texts.any(|it| contains(it.target.span, secret));
        if is_copy(name) {
            return self.kept(self.text(command.argv.last()?), at);
        }
        // A command that is the secret itself reads it from a file.
        let is_reader = command.span == secret;
        if is_reader && let Some(tool) = tools::keeping(command) {
            return self.settings(tool, command, at, secret);
        }
        if PRINTERS.contains(&name) || is_reader || FILTERS.contains(&name) && is_fed {
            return self.output(command, at);
        }
        let in_place = |word: &Argument| self.text(word).starts_with("-i");
        if EDITORS.contains(&name) && command.argv.iter().any(in_place) {
            let file = self.text(command.argv.last()?);
            return self.kept(file, at);
        }
        let tool = tools::keeping(command)?;
        // `git -c url.….insteadOf=… clone …`: what stands before the subcommand is not kept.
        let subcommand = tools::subcommand(tool, command);
        let is_passing = contains(command.span, secret)
            && subcommand.is_some_and(|word| secret.end <= word.start);
        (!is_passing).then(|| self.settings(tool, command, at, secret))?
    }

    /// Where what a command prints goes, through pipes.
    fn output(&self, command: &Command, at: usize) -> Option<Destination> {
        let (mut command, mut at) = (command, at);
        for _ in 0..LONGEST_PIPE {
            // `tee FILE >/dev/null`: it writes to all its files, and passes on what it reads.
            if command.name() == Some("tee") {
                let files = command.argv.iter().skip(1).map(|word| self.text(word));
                let mut files = files.filter(|file| !file.starts_with('-'));
                if let Some(kept) = files.find_map(|file| self.kept(file, at)) {
                    return Some(kept);
                }
            }
            if let Some(file) = self.redirected(command) {
                return self.kept(file, at);
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
            return self.settings(tool, command, at, Span::default());
        }
        let path = command.argv.first()?.value.as_known()?;
        let is_own = path.starts_with("./") || path.ends_with(".sh");
        is_own.then(|| Destination::Program(path.to_owned()))
    }

    fn settings(
        &self,
        tool: &'static Tool,
        command: &Command,
        at: usize,
        secret: Span,
    ) -> Option<Destination> {
        let text = self.source_text(command.span);
        let later = self.commands.outcome.commands.iter().skip(at + 1);
        let written = |word: &Argument| self.text(word);
        if tool.kind == Kind::Clone {
            let last = command.argv.last().map(|word| self.text(word))?;
            let folder = last.trim_end_matches('/').trim_end_matches(".git");
            let name = folder.rsplit('/').next().unwrap_or_default();
            let is_address = folder.contains("://");
            let paths = [name, folder].map(|folder| format!("{folder}/{}", tool.file));
            let is_removed = |path: &String| removed::is_removed(path, later.clone(), &written);
            let is_gone = paths.iter().any(is_removed) || !is_address && self.is_mounted(folder);
            if !text.contains("://") || is_gone {
                return None;
            }
        }
        let mut words = command.argv.iter();
        let word = words.find(|word| contains(word.span, secret)).map(written);
        let setting = word.as_deref().and_then(|word| word.split_once('='));
        let setting = setting.map(|(name, _)| name.trim_start_matches(['"', '\'']));
        let undone = removed::is_undone(tool, setting, later, &written);
        let name = command.name().unwrap_or_default();
        (!undone).then(|| Destination::Settings(name.to_owned(), tool))
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
        let later = self.commands.outcome.commands.iter().skip(at + 1);
        let stays = !is_device
            && !self.is_mounted(&file)
            && !file.is_empty()
            && !removed::is_removed(&file, later, &|word| self.text(word));
        stays.then_some(Destination::File(file))
    }

    /// Whether a path lies in a mount that is no part of the layer.
    fn is_mounted(&self, path: &str) -> bool {
        self.run.mounts.iter().any(|(mount, _)| {
            let target = mount.target.as_ref().and_then(Value::as_known);
            mount.kind != MountKind::Bind && target.is_some_and(|target| is_in(path, target))
        })
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

/// Whether a path is that folder or lies in it: `/root/.npmrc` does not lie in `/root/.npm`.
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

pub(super) fn is_text(operator: RedirectionOperator) -> bool {
    matches!(
        operator,
        RedirectionOperator::HereDocument(_) | RedirectionOperator::HereString
    )
}
