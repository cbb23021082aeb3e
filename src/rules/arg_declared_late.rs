//! `arg-declared-late`: a variable is used above its `ARG`.

use super::arg_line::ArgLine;
use super::{Rule, Sink, edits};
use crate::finding::{Applicability, Edit};
use crate::flow::{Analysis, Build, OutOfScope, Unseen, Workspace};
use crate::model::dockerfile::{Action, Declaration};
use crate::model::variables::is_predefined_proxy;
use crate::source::{SourceFile, Span};

pub(super) struct ArgDeclaredLate;

impl Rule for ArgDeclaredLate {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        for variable in build.unseen() {
            if let OutOfScope::Later(declaration) = variable.why {
                report(variable, declaration, build, workspace, sink);
            }
        }
    }
}

fn report(
    variable: &Unseen<'_>,
    declaration: &Declaration<'_>,
    build: &Analysis<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let name = variable.name;
    let Some((&first, others)) = variable.spans.split_first() else {
        return;
    };
    let finding = sink
        .report(
            build.at(first),
            "empty here",
            format!("`{name}` is used above its ARG, and is empty there"),
        )
        .about(name)
        .after(build.at(declaration.name_span), "declared only here");
    let others = others.iter().map(|&span| build.at(span));
    finding.also(others, "empty here too");
    if variable.may_be_set {
        finding.severity(super::Severity::Info);
    }
    if is_predefined_proxy(name) {
        finding.help("drop the line that uses it: BuildKit hands a proxy build argument to every RUN by itself, in both spellings");
        return;
    }
    // Moved up, a bare one would still be empty.
    if declaration.default_span.is_none()
        && !matches!(ArgLine::of(name, build, workspace), ArgLine::Bare(_))
    {
        finding.help(format!(
            "move `ARG {name}` above the first use, and give it its value: the default of another stage does not reach it"
        ));
        return;
    }
    finding.help(format!("move `ARG {name}` above the first use"));
    if let Some(edits) = move_up(first, declaration, build, workspace.source(build.file)) {
        finding.fix(
            format!("move `ARG {name}` up"),
            Applicability::Suggested,
            edits,
        );
    }
}

/// Moves an `ARG` that declares nothing else, and whose default needs nothing else, above the step
/// that uses it.
fn move_up(
    used: Span,
    declaration: &Declaration<'_>,
    build: &Build<'_>,
    source: &SourceFile,
) -> Option<Vec<Edit>> {
    let user = &build.model.steps[build.step_at(used)?];
    let arg = &build.model.steps[build.step_at(declaration.name_span)?];
    let is_alone = matches!(&arg.action, Action::Arg(declarations) if declarations.len() == 1);
    if !is_alone || !arg.uses.is_empty() || user.span() == arg.span() {
        return None;
    }
    let text = source.slice(arg.span());
    Some(vec![
        edits::line_above(text, user.span(), build, source),
        edits::without_line(arg.span(), build, source),
    ])
}
