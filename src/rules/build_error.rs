//! `build-error`: BuildKit refuses to build this.

use super::{Rule, Sink};
use crate::flow::{Build, Declarations, Workspace};
use crate::model::dockerfile::{self, Scope};
use crate::source::Span;

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
            if error.scope == Scope::Target || waits_for_argument(error, build, &declarations) {
                continue;
            }
            let finding = sink.report(build.at(error.span), "refused", error.message.clone());
            for &span in error.related.iter().filter(|&&span| span != error.span) {
                finding.before(build.at(span), "on the way there");
            }
        }
    }
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
