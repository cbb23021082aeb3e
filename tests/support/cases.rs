//! Where the cases of the conformance suites are.

use std::path::{Path, PathBuf};

/// The case folders of a suite: those of `fixtures/conformance/` and of every folder in
/// `DOCKLINT_CASES` (separated by `:`).
pub fn cases(suite: &str) -> Vec<PathBuf> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
    let further = std::env::var("DOCKLINT_CASES").unwrap_or_default();
    let roots = std::iter::once(shipped).chain(
        further
            .split(':')
            .filter(|root| !root.is_empty())
            .map(PathBuf::from),
    );
    let mut cases: Vec<PathBuf> = roots
        .filter_map(|root| std::fs::read_dir(root.join(suite)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("case.json").is_file())
        .collect();
    cases.sort();
    cases
}
