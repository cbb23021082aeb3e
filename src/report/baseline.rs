//! Findings as entries of a baseline.

use super::View;
use super::json;
use crate::finding::baseline::{Baseline, Entry};

/// The entries of a run's findings, in their order.
pub(super) fn entries(view: &View<'_>) -> Vec<Entry> {
    let findings = view.findings.iter();
    findings
        .map(|finding| Entry {
            file: view.project_path(finding),
            rule: finding.rule.to_owned(),
            message: finding.message.as_str().to_owned(),
            fingerprint: finding.fingerprint.clone(),
        })
        .collect()
}

/// The text of a baseline file.
pub fn baseline_text(baseline: &Baseline) -> String {
    baseline.to_text(json::text)
}
