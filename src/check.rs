//! The pipeline: source files to findings.

use crate::finding::Finding;
use crate::flow::Workspace;
use crate::rules;
use crate::source::SourceFile;

/// What a run found out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files that were read, indexed by their `FileId`.
    pub sources: Vec<SourceFile>,
    /// The findings, sorted by file, offset and rule.
    pub findings: Vec<Finding>,
    /// What could not be done: the run goes on past it.
    pub errors: Vec<RunError>,
    /// Files that were seen and not checked, and why.
    pub skipped: Vec<Skipped>,
    /// Findings hidden by suppression comments.
    pub suppressed: usize,
}

/// Something the run could not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunError {
    /// The path it is about.
    pub path: String,
    /// A stable word for programs: `not-found`, `unreadable`, `invalid-config`, …
    pub kind: &'static str,
    /// What happened, for people.
    pub message: String,
}

/// A file that was seen and not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The path.
    pub path: String,
    /// Why, for people.
    pub why: String,
}

/// Checks files.
pub fn check(sources: Vec<SourceFile>) -> Outcome {
    let workspace = Workspace::new(&sources);
    let findings = rules::run(&workspace, &rules::Selection::default());
    Outcome {
        findings,
        sources,
        ..Outcome::default()
    }
}
