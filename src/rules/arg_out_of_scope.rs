//! `arg-out-of-scope`: a variable is used where its `ARG` does not reach.

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit, Finding, Severity};
use crate::flow::{Build, OutOfScope, Unseen, Workspace, unseen};
use crate::model::dockerfile::DeclarationSource;
use crate::model::variables::is_predefined_proxy;
use crate::source::{SourceFile, Span};

pub(super) struct ArgOutOfScope;

impl Rule for ArgOutOfScope {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if source.is_template() {
            return;
        }
        for variable in unseen(build) {
            match variable.why {
                OutOfScope::Later(_) => {}
                OutOfScope::OnlyGlobal(_) | OutOfScope::OtherStage(..) => {
                    report(&variable, build, source, sink);
                }
            }
        }
    }
}

fn report(variable: &Unseen<'_>, build: &Build<'_>, source: &SourceFile, sink: &mut Sink) {
    let name = variable.name;
    let Some((&first, others)) = variable.spans.split_first() else {
        return;
    };
    let (declared, why) = match variable.why {
        OutOfScope::OtherStage(stage, _) => {
            let stage = &build.model.stages[stage];
            let of = stage.name.as_ref().map_or_else(
                || "another stage".to_owned(),
                |name| format!("stage `{name}`"),
            );
            (format!("declared in {of} only"), format!("its ARG is in {of}"))
        }
        OutOfScope::OnlyGlobal(_) | OutOfScope::Later(_) => (
            "declared for FROM lines only".to_owned(),
            "its ARG stands above the first FROM, and no stage on the way declares it again"
                .to_owned(),
        ),
    };
    let finding = sink
        .report(
            build.at(first),
            "empty here",
            format!("`{name}` is empty here: {why}"),
        )
        .about(name)
        .before(build.at(variable.why.declaration().name_span), declared);
    if let Some(stage) = variable.stage {
        let stage = &build.model.stages[stage];
        finding.before(build.at(stage.from.span), "this stage begins without it");
    }
    for &span in others.iter().take(3) {
        finding.related(build.at(span), "and here");
    }
    if variable.why.declaration().source == DeclarationSource::BuildArg {
        finding.severity(Severity::Error);
    }
    mend(finding, variable, build, source);
}

/// Says where to declare it.
fn mend(finding: &mut Finding, variable: &Unseen<'_>, build: &Build<'_>, source: &SourceFile) {
    let name = variable.name;
    let Some(stage) = variable.stage else {
        finding.help(format!(
            "a FROM sees only the ARGs above the first FROM: declare `ARG {name}` there"
        ));
        return;
    };
    finding.help(format!("add `ARG {name}` to this stage, above the first use"));
    if !is_predefined_proxy(name) {
        let from = build.model.stages[stage].from.span;
        finding.fix(
            format!("declare `ARG {name}` in this stage"),
            Applicability::Suggested,
            vec![Edit {
                file: build.file,
                span: Span::at(from.end as usize),
                text: format!("{}ARG {name}", line_end(source)),
            }],
        );
    }
}

/// The line end the file uses.
fn line_end(source: &SourceFile) -> &'static str {
    if source.text().contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    }
}
