//! reviewdog's JSON. Form: `reviewdog/reviewdog`, `proto/rdf/reviewdog.proto`; columns are UTF-8
//! bytes.

use std::io;

use serde_json::{Map, Value, json};

use super::view::{EditView, ErrorView, FindingView, LabelView, View};
use super::{Point, json};
use crate::finding::Severity;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = view.findings.iter().map(|it| finding(view, it));
    let errors = view.errors.iter().map(|it| error(view, it));
    let diagnostics: Vec<Value> = findings.chain(errors).collect();
    let report = json!({
        "source": { "name": "docklint" },
        "diagnostics": diagnostics,
    });
    json::write(&report, out)
}

fn finding(view: &View<'_>, finding: &FindingView) -> Value {
    let mut diagnostic = Map::new();
    diagnostic.insert("message".into(), message(finding).into());
    diagnostic.insert("severity".into(), severity(finding.severity).into());
    let mut code = json!({ "value": finding.rule });
    if let Some(url) = finding.url() {
        code["url"] = url.into();
    }
    diagnostic.insert("code".into(), code);
    if let Some(primary) = finding.primary() {
        diagnostic.insert("location".into(), location(view, primary));
        let related: Vec<Value> = finding
            .labels
            .iter()
            .filter(|&label| !std::ptr::eq(label, primary))
            .map(|label| {
                json!({ "message": label.text.as_str(), "location": location(view, label) })
            })
            .collect();
        diagnostic.insert("related_locations".into(), related.into());
        diagnostic.insert("suggestions".into(), suggestions(finding, primary).into());
    }
    diagnostic.into()
}

/// A suggestion is one replacement in the file of the diagnostic; a fix of several is left out,
/// because applying half of it would break the file.
fn suggestions(finding: &FindingView, primary: &LabelView) -> Vec<Value> {
    let single = |edits: &[EditView]| match edits {
        [edit] if edit.file == primary.file => Some(json!({
            "range": range(edit.start, edit.end),
            "text": edit.text.as_str(),
        })),
        _ => None,
    };
    finding
        .fixes
        .iter()
        .filter_map(|fix| single(fix.edits.as_deref()?))
        .collect()
}

fn error(view: &View<'_>, error: &ErrorView) -> Value {
    let place = error.label.as_ref().map(|label| location(view, label));
    json!({
        "message": error.message.as_str(),
        "severity": "ERROR",
        "code": { "value": error.kind },
        "location": place.unwrap_or_else(|| json!({ "path": error.path.as_str() })),
    })
}

fn message(finding: &FindingView) -> String {
    match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.to_string(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

fn location(view: &View<'_>, label: &LabelView) -> Value {
    json!({ "path": view.path(label.file), "range": range(label.start, label.end) })
}

fn range(start: Point, end: Point) -> Value {
    let position = |point: Point| json!({ "line": point.line, "column": point.byte_column });
    json!({ "start": position(start), "end": position(end) })
}
