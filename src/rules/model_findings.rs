//! Findings that a model has made already, put into the words of a finding.

use super::Sink;
use crate::finding::{Applicability, Edit, Severity};
use crate::flow::{ConfiguredDaemon, Workspace};
use crate::model::daemon::{Cause, Diagnostic};
use crate::source::{Location, Span};

/// Reports what the daemons' models say for a rule.
pub(super) fn daemons(workspace: &Workspace<'_>, rule: &str, sink: &mut Sink) {
    for configured in &workspace.machine.daemons {
        let diagnostics = &configured.daemon.diagnostics;
        for diagnostic in diagnostics
            .iter()
            .filter(|found| found.cause.rule() == rule)
        {
            report(diagnostic, configured, workspace, sink);
        }
    }
}

fn report(
    diagnostic: &Diagnostic,
    configured: &ConfiguredDaemon,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    // What stands in no file, such as a dangling link, is told at a file beside it.
    let beside = Location {
        file: configured.file,
        span: Span::at(0),
    };
    let is_cut = diagnostic.cause == Cause::TooMuch;
    let label = match (&diagnostic.at, &diagnostic.name) {
        (None, _) => diagnostic.path.clone(),
        (Some(_), Some(name)) => format!("`{name}`"),
        (Some(_), None) if is_cut => "not looked at".to_owned(),
        (Some(_), None) => "here".to_owned(),
    };
    let finding = sink.report(
        diagnostic.at.unwrap_or(beside),
        label,
        diagnostic.message.clone(),
    );
    if let Some(name) = &diagnostic.name {
        finding.about(name.clone());
    }
    if let Some(help) = &diagnostic.help {
        finding.help(help.clone());
    }
    // Nothing is wrong with such a file.
    if is_cut {
        finding.severity(Severity::Info);
    }
    if diagnostic.minor {
        finding.severity(match finding.severity {
            Severity::Error => Severity::Warning,
            Severity::Warning | Severity::Info => Severity::Info,
        });
    }
    for related in &diagnostic.related {
        finding.related(related.at, related.text.clone());
    }
    if let Some(edit) = replaced(diagnostic, workspace) {
        let title = format!("write `{}`", edit.text);
        finding.fix(title, Applicability::Suggested, vec![edit]);
    }
    if let Some(repair) = &diagnostic.repair {
        let applicability = if repair.safe {
            Applicability::Safe
        } else {
            Applicability::Suggested
        };
        let edits = repair.edits.iter().map(|(at, text)| Edit {
            file: at.file,
            span: at.span,
            text: text.replace('\n', workspace.source(at.file).line_end()),
        });
        finding.fix(repair.title.clone(), applicability, edits.collect());
    }
}

/// Writes another value, if the one that is wrong stands in its file as it is, once.
fn replaced(diagnostic: &Diagnostic, workspace: &Workspace<'_>) -> Option<Edit> {
    let (at, (value, text)) = diagnostic.at.zip(diagnostic.instead.as_ref())?;
    let written = workspace.source(at.file).slice(at.span);
    let mut places = written.match_indices(value);
    let (offset, _) = places.next().filter(|_| places.next().is_none())?;
    let start = at.span.start as usize + offset;
    Some(Edit {
        file: at.file,
        span: Span::new(start, start + value.len()),
        text: text.clone(),
    })
}
