//! `build-error`: BuildKit refuses to build this.

use super::{Rule, Sink};
use crate::flow::{Analysis, Build, Declarations, Workspace};
use crate::model::dockerfile::{self, Found, Scope, Stage, Use};
use crate::source::{SourceFile, Span};
use crate::syntax::dockerfile::Keyword;

pub(super) struct BuildError;

impl Rule for BuildError {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A template is no Dockerfile yet, nor is a piece of one.
        if build.model.errors.is_empty()
            || workspace.is_template(build.file)
            || workspace.is_piece(build.file)
        {
            return;
        }
        let declarations = build.declarations();
        for error in &build.model.errors {
            // Which stage is built is told on the command line, and not to every file alike.
            if error.scope == Scope::Target
                || waits_for_argument(error, build, declarations)
                || is_blank_to_fill(error, build, declarations, workspace.source(build.file))
            {
                continue;
            }
            let label = match variable(error, build) {
                Some(name) => format!("`{name}` is empty here"),
                None => "refused".to_owned(),
            };
            let finding = sink.report(build.at(error.span), label, error.message.clone());
            if let Some(help) = advice(error, build) {
                finding.help(help);
            }
            for &span in error.related.iter().filter(|&&span| span != error.span) {
                finding.before(build.at(span), "on the way there");
            }
            // Without a FROM every instruction is refused, for one reason.
            if build.model.stages.is_empty() {
                finding.help("begin with `FROM image`");
                return;
            }
        }
    }
}

/// What to write, where that is plain.
fn advice(error: &dockerfile::BuildError, build: &Build<'_>) -> Option<String> {
    if let Some(name) = variable(error, build) {
        let place = match from(error, build) {
            Some(_) => "above the first FROM",
            None => "in this stage, above this line",
        };
        return Some(format!("declare `ARG {name}` {place}"));
    }
    let instructions = &build.tree.instructions;
    let begun = instructions.partition_point(|it| it.span.start <= error.span.start);
    let unknown = instructions.get(begun.checked_sub(1)?)?;
    if unknown.command.keyword != Keyword::Unknown || unknown.keyword_span() != error.span {
        return None;
    }
    let word = unknown.text(&unknown.command.keyword_word);
    let names = Keyword::ALL.map(|(name, _)| name);
    let same_letters = names
        .into_iter()
        .find(|name| letters(name) == letters(word));
    let name = same_letters.or_else(|| super::closest(word, names))?;
    Some(format!("write `{name}`"))
}

/// The letters of a word in order: `RNU` has those of `RUN`.
fn letters(word: &str) -> Vec<u8> {
    let mut letters = word.to_ascii_uppercase().into_bytes();
    letters.sort_unstable();
    letters
}

/// The variable without a value that the refused text mentions.
fn variable<'b>(error: &'b dockerfile::BuildError, build: &'b Build<'_>) -> Option<&'b str> {
    let used = mentioned(error, build).find(|used| used.found == Found::Unset);
    error
        .demands
        .as_deref()
        .or(used.map(|used| used.name.as_str()))
}

/// The variables that the refused text mentions.
fn mentioned<'b>(
    error: &dockerfile::BuildError,
    build: &'b Build<'_>,
) -> impl Iterator<Item = &'b Use> {
    let uses = match (build.step_at(error.span), from(error, build)) {
        (Some(step), _) => build.model.steps[step].uses.clone(),
        (None, Some(stage)) => build.model.stages[stage].from_uses.clone(),
        (None, None) => 0..0,
    };
    let span = error.span;
    let inside = move |used: &&Use| inside(span, used.span);
    build.model.uses[uses].iter().filter(inside)
}

/// The stage whose FROM is refused.
fn from(error: &dockerfile::BuildError, build: &Build<'_>) -> Option<usize> {
    let stage = build.stage_at(error.span)?;
    inside(build.model.stages[stage].from.span, error.span).then_some(stage)
}

fn inside(outer: Span, inner: Span) -> bool {
    outer.to(inner) == outer
}

/// Whether a FROM names no image yet: `FROM REPLACE_ME`, which somebody's script fills in. With an
/// ARG or a stage of that name around, it is a slip.
fn is_blank_to_fill(
    error: &dockerfile::BuildError,
    build: &Build<'_>,
    declarations: &Declarations<'_>,
    source: &SourceFile,
) -> bool {
    let stages = &build.model.stages;
    let name = source.slice(error.span);
    let is_capitals = name.contains(['_', '-'])
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-');
    let is_stage = |stage: &Stage<'_>| {
        let stage = stage.name.as_deref();
        stage.is_some_and(|stage| stage.eq_ignore_ascii_case(name))
    };
    is_capitals
        && stages.iter().any(|stage| stage.base_span == error.span)
        && !stages.iter().any(is_stage)
        && !declarations.is_global(name)
}

/// Whether the error may go away once somebody gives a build argument: an `ARG X` without a value
/// that works is how a file asks for one, `FROM $X` and `${X:?…}` included.
fn waits_for_argument(
    error: &dockerfile::BuildError,
    build: &Build<'_>,
    declarations: &Declarations<'_>,
) -> bool {
    let model = &build.model;
    let mentioned = mentioned(error, build).map(|used| &used.name);
    error.demands.iter().chain(mentioned).any(|name| {
        let is_declared = match build.step_at(error.span) {
            Some(step) => declarations.reaches(model.steps[step].stage, step, name),
            None => declarations.is_global(name),
        };
        is_declared && model.build_args.iter().all(|given| given.name != *name)
    })
}
