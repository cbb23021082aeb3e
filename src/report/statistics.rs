//! How many findings each rule has.

use super::view::View;
use crate::finding::Severity;

/// A rule's findings of one severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub number: usize,
    pub severity: Severity,
    pub rule: &'static str,
}

/// The counts, the largest first; the same order in every run.
pub(super) fn counts(view: &View<'_>) -> Vec<Count> {
    let found = view.findings.iter();
    let mut found: Vec<_> = found.map(|it| (it.rule, it.severity)).collect();
    found.sort_unstable();
    let alike = found.chunk_by(|a, b| a == b);
    let mut counts: Vec<Count> = alike
        .filter_map(|alike| {
            let (rule, severity) = *alike.first()?;
            let number = alike.len();
            Some(Count {
                number,
                severity,
                rule,
            })
        })
        .collect();
    counts.sort_by_key(|count| (std::cmp::Reverse(count.number), count.rule));
    counts
}
