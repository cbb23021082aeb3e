//! `build-error`: BuildKit refuses to build this.

use super::{Rule, Sink};
use crate::flow::{Build, Declarations, Workspace};
use crate::model::dockerfile::{self, Scope, Stage};
use crate::source::{SourceFile, Span};

pub(super) struct BuildError;

impl Rule for BuildError {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A template is no Dockerfile yet.
        if build.model.errors.is_empty() || workspace.is_template(build.file) {
            return;
        }
        let declarations = Declarations::of(build);
        for error in &build.model.errors {
            // Which stage is built is told on the command line, and not to every file alike.
            if error.scope == Scope::Target
                || waits_for_argument(error, build, &declarations)
                || is_blank_to_fill(error, build, &declarations, workspace.source(build.file))
            {
                continue;
            }
            let finding = sink.report(build.at(error.span), "refused", error.message.clone());
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
    let inside = |outer: Span, inner: Span| outer.to(inner) == outer;
    let step = model
        .steps
        .iter()
        .position(|step| inside(step.instruction.span, error.span));
    let from = model
        .stages
        .iter()
        .find(|stage| inside(stage.from.span, error.span));
    let uses = match (step, from) {
        (Some(step), _) => model.steps[step].uses.clone(),
        (None, Some(stage)) => stage.from_uses.clone(),
        (None, None) => 0..0,
    };
    let mentioned = model.uses[uses]
        .iter()
        .filter(|used| inside(error.span, used.span))
        .map(|used| &used.name);
    error.demands.iter().chain(mentioned).any(|name| {
        let is_declared = match step {
            Some(step) => declarations.reaches(build, model.steps[step].stage, step, name),
            None => declarations.is_global(name),
        };
        is_declared && model.build_args.iter().all(|given| given.name != *name)
    })
}
