//! SARIF 2.1.0, for code scanning services.
//! Form: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::io;

use serde_json::{Map, Value, json};

use super::view::{EditView, ErrorView, FindingView, FixView, LabelView, View};
use super::{Point, escape, json};
use crate::finding::Severity;
use crate::rules;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: Vec<&'static str> = view.findings.iter().map(|it| it.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = view
        .findings
        .iter()
        .map(|finding| result(view, finding, &rules))
        .collect();
    let notifications = view.errors.iter().map(|it| notification(view, it));
    let notifications: Vec<Value> = notifications.collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "docklint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": view.errors.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    json::write(&report, out)
}

/// A rule's entry in the tool's table, read off its page.
fn rule(id: &str) -> Value {
    let mut rule = Map::new();
    rule.insert("id".into(), id.into());
    if let Some(entry) = rules::find(id) {
        let info = entry.page.info();
        let body = entry.page.shown();
        rule.insert("shortDescription".into(), json!({ "text": info.summary }));
        rule.insert("fullDescription".into(), json!({ "text": info.summary }));
        rule.insert("help".into(), json!({ "text": body, "markdown": body }));
        rule.insert(
            "defaultConfiguration".into(),
            json!({ "level": level(info.severity), "enabled": !info.pedantic }),
        );
        let tags: Vec<_> = info.groups.iter().collect();
        rule.insert("properties".into(), json!({ "tags": tags }));
    }
    if let Some(url) = rules::url(id) {
        rule.insert("helpUri".into(), url.into());
    }
    rule.into()
}

fn result(view: &View<'_>, finding: &FindingView, rules: &[&str]) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), finding.rule.into());
    if let Ok(index) = rules.binary_search(&finding.rule) {
        result.insert("ruleIndex".into(), index.into());
    }
    result.insert("level".into(), level(finding.severity).into());
    result.insert("message".into(), json!({ "text": message(finding) }));
    result.insert(
        "partialFingerprints".into(),
        json!({ "docklint/v1": finding.fingerprint }),
    );
    if let Some(primary) = finding.primary() {
        result.insert("locations".into(), json!([location(view, primary)]));
        let related: Vec<_> = finding
            .labels
            .iter()
            .filter(|&label| !std::ptr::eq(label, primary))
            .map(|label| location(view, label))
            .collect();
        if !related.is_empty() {
            result.insert("relatedLocations".into(), related.into());
        }
    }
    if let Some(flow) = code_flow(view, finding) {
        result.insert("codeFlows".into(), json!([flow]));
    }
    let fixes: Vec<_> = finding
        .fixes
        .iter()
        .filter_map(|it| fix(view, it))
        .collect();
    if !fixes.is_empty() {
        result.insert("fixes".into(), fixes.into());
    }
    result.into()
}

/// The story, if it has more than one place.
fn code_flow(view: &View<'_>, finding: &FindingView) -> Option<Value> {
    let steps: Vec<_> = finding
        .labels
        .iter()
        .filter(|label| label.role.is_on_the_way())
        .map(|label| json!({ "location": location(view, label) }))
        .collect();
    (steps.len() > 1).then(|| json!({ "threadFlows": [{ "locations": steps }] }))
}

/// None if the edits are withheld.
fn fix(view: &View<'_>, fix: &FixView) -> Option<Value> {
    let edits = fix.edits.as_ref()?;
    let changes: Vec<_> = edits
        .chunk_by(|a, b| a.file == b.file)
        .filter_map(|edits| {
            let path = view.path(edits.first()?.file);
            let replacements: Vec<_> = edits.iter().map(replacement).collect();
            Some(json!({
                "artifactLocation": { "uri": escape::uri(path) },
                "replacements": replacements,
            }))
        })
        .collect();
    Some(
        json!({ "description": { "text": plain(fix.title.as_str()) }, "artifactChanges": changes }),
    )
}

fn replacement(edit: &EditView) -> Value {
    json!({
        "deletedRegion": region(edit.start, edit.end),
        "insertedContent": { "text": edit.text.as_str() },
    })
}

fn location(view: &View<'_>, label: &LabelView) -> Value {
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": escape::uri(view.path(label.file)) },
        "region": region(label.start, label.end),
    }});
    if !label.text.as_str().is_empty() {
        location["message"] = json!({ "text": plain(label.text.as_str()) });
    }
    location
}

fn region(start: Point, end: Point) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn notification(view: &View<'_>, error: &ErrorView) -> Value {
    let mut notification = json!({
        "level": "error",
        "message": { "text": plain(error.message.as_str()) },
        "descriptor": { "id": error.kind },
    });
    if let Some(label) = &error.label {
        notification["locations"] = json!([location(view, label)]);
    } else if !error.path.as_str().is_empty() {
        notification["locations"] = json!([{ "physicalLocation": {
            "artifactLocation": { "uri": escape::uri(error.path.as_str()) },
        }}]);
    }
    notification
}

fn message(finding: &FindingView) -> String {
    let message = plain(finding.message.as_str());
    match &finding.help {
        Some(help) => format!("{message}\n{}", plain(help.as_str())),
        None => message,
    }
}

/// Keeps `[text](target)` in a linted file from becoming a link (SARIF 3.11.6).
fn plain(text: &str) -> String {
    text.replace("](", "\\](")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
