//! `arg-out-of-scope`: a variable is used where its `ARG` does not reach.

use super::arg_line::ArgLine;
use super::{Rule, Sink, edits, secret_help};
use crate::finding::{Applicability, Edit, Finding, Severity};
use crate::flow::{Analysis, Build, OutOfScope, Unseen, Workspace};
use crate::model::dockerfile::{Action, DeclarationSource};
use crate::model::variables::is_predefined_proxy;
use crate::source::{Location, Span};

pub(super) struct ArgOutOfScope;

impl Rule for ArgOutOfScope {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        for variable in build.unseen() {
            if !matches!(variable.why, OutOfScope::Later(_)) {
                report(variable, build, workspace, sink);
            }
        }
    }
}

fn report(variable: &Unseen<'_>, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
    let name = variable.name;
    let Some((&first, others)) = variable.spans.split_first() else {
        return;
    };
    let (why, declared) = reason(variable, build);
    let finding = sink.report(build.at(first), "empty here", why).about(name);
    let given = given_at(variable, build);
    for (index, at) in given.iter().enumerate() {
        let is_last = index + 1 == given.len();
        finding.before(
            *at,
            if is_last {
                "given to the build"
            } else {
                "set here"
            },
        );
    }
    finding.before(build.at(variable.why.declaration().name_span), declared);
    if let Some(stage) = variable.stage
        && own_default(variable, build).is_none()
    {
        let from = build.model.stages[stage].from.span;
        finding.before(build.at(from), "this stage begins without it");
    }
    let others = others.iter().map(|&span| build.at(span));
    finding.also(others, "empty here too");
    if let Some(severity) = severity(variable) {
        finding.severity(severity);
    }
    mend(finding, variable, build, workspace);
}

/// The places in other files that give the argument its value, origins first.
fn given_at(variable: &Unseen<'_>, build: &Build<'_>) -> Vec<Location> {
    let declaration = variable.why.declaration();
    let Some((_, hop)) = &declaration.value else {
        return Vec::new();
    };
    let provenance = &build.model.provenance;
    let story = provenance.story(*hop).into_iter();
    let places = story.filter_map(|hop| provenance.hop(hop).at);
    let mut places: Vec<Location> = places.filter(|at| at.file != build.file).collect();
    // An interpolation stands inside the argument that it fills.
    places.dedup_by(|later, earlier| later.file == earlier.file);
    places
}

/// The message, and what the declaration is labelled with.
fn reason(variable: &Unseen<'_>, build: &Build<'_>) -> (String, String) {
    let name = variable.name;
    match variable.why {
        _ if own_default(variable, build).is_some() => (
            format!(
                "`{name}` is empty here: an ARG's own default does not see the value from above the first FROM"
            ),
            "this value is hidden by the ARG below".to_owned(),
        ),
        OutOfScope::OtherStage(stage, _) => {
            let place = match &build.model.stages[stage].name {
                Some(stage) => format!("stage `{stage}`"),
                None => "another stage".to_owned(),
            };
            let reach = match variable.stage {
                Some(_) => "which this stage does not build on",
                None => "and a FROM sees only what stands above the first one",
            };
            (
                format!("`{name}` is empty here: its ARG is in {place}, {reach}"),
                format!("reaches {place} only"),
            )
        }
        OutOfScope::OnlyGlobal(_) | OutOfScope::Later(_) => (
            format!("`{name}` is empty here: an ARG above the first FROM reaches FROM lines only"),
            "reaches FROM lines only".to_owned(),
        ),
    }
}

/// How bad it is, where that differs from the rule's default: a build argument that is lost is
/// worse, a base image that may set the variable makes it less certain (RULES 0.2).
fn severity(variable: &Unseen<'_>) -> Option<Severity> {
    let is_given = variable.why.declaration().source == DeclarationSource::BuildArg;
    match (is_given, variable.may_be_set) {
        (true, false) => Some(Severity::Error),
        (false, true) => Some(Severity::Info),
        (true, true) | (false, false) => None,
    }
}

/// Says what to write, and where.
fn mend(
    finding: &mut Finding,
    variable: &Unseen<'_>,
    build: &Analysis<'_>,
    workspace: &Workspace<'_>,
) {
    let name = variable.name;
    let names = &workspace.request.settings(build.file).names;
    if names.kind(name).is_some() {
        // An ARG would put the secret into the history.
        let first = variable.spans.first();
        let step = first.and_then(|&used| build.step_at(used));
        finding.help(secret_help::mount(build, workspace, name, step, &[]));
        return;
    }
    let line = ArgLine::of(name, build, workspace);
    let Some(stage) = variable.stage else {
        finding.help(match &line {
            ArgLine::Bare(line) | ArgLine::WithDefault(line) => {
                format!("declare `{line}` above the first FROM")
            }
            ArgLine::Unclear => {
                format!("declare `ARG {name}` above the first FROM, with its value")
            }
        });
        return;
    };
    if is_predefined_proxy(name) {
        // An ARG would put the proxy into the history, and ENV into the image.
        finding.help("drop this line: BuildKit hands a proxy build argument to every RUN by itself, in both spellings");
        return;
    }
    if let Some(edit) = own_default(variable, build) {
        let (help, title) = (
            format!("write `ARG {name}` alone: it takes the value from above the first FROM"),
            format!("write `ARG {name}` without a default"),
        );
        finding
            .help(help)
            .fix(title, Applicability::Suggested, vec![edit]);
        return;
    }
    let (line, why) = match line {
        ArgLine::Bare(line) => (line, ""),
        ArgLine::WithDefault(line) => (line, ": the default of another stage does not reach it"),
        ArgLine::Unclear => {
            finding.help(format!(
                "add `ARG {name}` with its value to this stage, above the first use: the default of another stage does not reach it"
            ));
            return;
        }
    };
    let from = build.model.stages[stage].from.span;
    let edit = edits::line_below(&line, from, build, workspace.source(build.file));
    finding
        .help(format!(
            "add `{line}` to this stage, above the first use{why}"
        ))
        .fix(
            format!("declare `{line}` in this stage"),
            Applicability::Suggested,
            vec![edit],
        );
}

/// Removes the default of the variable's own `ARG`, if that is where it is used first.
fn own_default(variable: &Unseen<'_>, build: &Build<'_>) -> Option<Edit> {
    let &used = variable.spans.first()?;
    let Action::Arg(declarations) = &build.model.steps[build.step_at(used)?].action else {
        return None;
    };
    declarations
        .iter()
        .filter(|declaration| declaration.name == variable.name)
        .find_map(|declaration| {
            let default = declaration.default_span?;
            (default.to(used) == default).then(|| Edit {
                file: build.file,
                span: Span {
                    start: declaration.name_span.end,
                    end: default.end,
                },
                text: String::new(),
            })
        })
}
