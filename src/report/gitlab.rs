//! GitLab's code quality report.
//! Form: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io;

use serde_json::{Value, json};

use super::json;
use super::view::{ErrorView, FindingView, View};
use crate::finding::Severity;
use crate::finding::fingerprint::Fingerprints;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let findings = view.findings.iter().map(|it| finding(view, it));
    let errors = view.errors.iter().map(|it| error(it, &mut fingerprints));
    let issues: Vec<Value> = findings.chain(errors).collect();
    json::write(&issues, out)
}

fn finding(view: &View<'_>, finding: &FindingView) -> Value {
    let (path, line) = finding
        .primary()
        .map_or(("", 1), |label| (view.path(label.file), label.start.line));
    json!({
        "description": finding.message.as_str(),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        "location": { "path": path, "lines": { "begin": line } },
    })
}

fn error(error: &ErrorView, fingerprints: &mut Fingerprints) -> Value {
    let message = error.message.as_str();
    let line = error.label.as_ref().map_or(1, |label| label.start.line);
    json!({
        "description": message,
        "check_name": error.kind,
        "fingerprint": fingerprints.next(error.kind, error.path.as_str(), message, ""),
        "severity": "major",
        "location": { "path": error.path.as_str(), "lines": { "begin": line } },
    })
}
