//! `build-error`: BuildKit refuses to build this.

use super::{Rule, Sink};
use crate::flow::{Build, Declarations, Workspace};
use crate::model::dockerfile::{self, Scope};

pub(super) struct BuildError;

impl Rule for BuildError {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A template is no Dockerfile yet.
        if build.model.errors.is_empty() || workspace.source(build.file).is_template() {
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

/// Whether the error goes away once somebody gives a build argument: `${X:?…}` with an `ARG X` is
/// how a file asks for one.
fn waits_for_argument(
    error: &dockerfile::BuildError,
    build: &Build<'_>,
    declarations: &Declarations<'_>,
) -> bool {
    let Some(name) = &error.demands else {
        return false;
    };
    let step = build
        .model
        .steps
        .iter()
        .position(|step| step.instruction.span.to(error.span) == step.instruction.span);
    match step {
        Some(step) => {
            declarations.reaches(build, build.model.steps[step].stage, step, name)
        }
        None => declarations.is_global(name),
    }
}
