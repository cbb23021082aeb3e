//! What the conformance harnesses share.

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
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// The name of a case.
pub fn name(case: &Path) -> String {
    case.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A JSON file of a case.
pub fn json(case: &Path, file: &str) -> serde_json::Value {
    let bytes = std::fs::read(case.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Fails with both values where they differ.
pub fn same(
    what: &str,
    ours: &serde_json::Value,
    theirs: &serde_json::Value,
) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!(
        "{what}\n  docklint: {ours:#}\n  referee:  {theirs:#}"
    ))
}
