//! `export-lost`: a RUN sets a variable for nobody.

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit};
use crate::flow::{Analysis, Build, Later, Lost, Workspace};
use crate::model::variables::is_predefined_proxy;
use crate::source::{SourceFile, Span};

pub(super) struct ExportLost;

impl Rule for ExportLost {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) {
            return;
        }
        let changes = build.commands.iter().flatten().any(|commands| {
            !commands.outcome.assignments.is_empty()
                || commands
                    .outcome
                    .commands
                    .iter()
                    .any(|it| it.name() == Some("unset"))
        });
        if !changes {
            return;
        }
        let declarations = build.declarations();
        let (needs, downloads) = (build.needs(), build.go_downloads());
        let mut later = Later::new(build, declarations, needs, downloads);
        for lost in later.lost() {
            report(&lost, build, source, sink);
        }
    }
}

fn report(lost: &Lost<'_>, build: &Build<'_>, source: &SourceFile, sink: &mut Sink) {
    let name = lost.name;
    let (message, help) = if lost.is_unset {
        (
            format!("`{name}` is back in the next RUN: `unset` ends with its shell"),
            format!("write `unset {name}` into the RUN that must not see it"),
        )
    } else if is_predefined_proxy(name) {
        (
            format!("`{name}` is gone when this RUN ends, and nothing in it uses it"),
            "pass the proxy as a build argument: BuildKit hands it to every RUN, in both spellings"
                .to_owned(),
        )
    } else {
        (
            format!("`{name}` is gone when this RUN ends, and nothing in it uses it"),
            format!("write `ENV {name}=…`, or set it in the RUN that needs it"),
        )
    };
    let finding = sink
        .report(lost.at, "lives as long as this RUN's shell", message)
        .about(name)
        .after(
            lost.needed,
            if lost.is_unset {
                "still sees it"
            } else {
                "needed here, not set"
            },
        )
        .help(help);
    if !lost.is_unset
        && !is_predefined_proxy(name)
        && let Some(span) = whole_run(lost, build, source)
    {
        finding.fix(
            "set it with ENV",
            Applicability::Suggested,
            vec![Edit {
                file: build.file,
                span,
                text: "ENV ".to_owned(),
            }],
        );
    }
}

/// What stands in front of the assignment, if the RUN is nothing but `export NAME=literal`.
fn whole_run(lost: &Lost<'_>, build: &Build<'_>, source: &SourceFile) -> Option<Span> {
    let instruction = build.model.steps[lost.step].instruction.span;
    let before = Span {
        start: instruction.start,
        end: lost.at.span.start,
    };
    let mut words = source.slice(before).split_ascii_whitespace();
    let is_export = words.next()?.eq_ignore_ascii_case("RUN")
        && words.next()? == "export"
        && words.next().is_none();
    let ends_there = lost.at.span.end == instruction.end;
    let is_literal = !source.slice(lost.at.span).contains(['$', '`', '\\', '\'']);
    (is_export && ends_there && is_literal).then_some(before)
}
