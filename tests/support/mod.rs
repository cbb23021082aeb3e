//! What several tests share.

use std::path::{Path, PathBuf};

/// A path below the package's root.
pub fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether generated files are to be rewritten: `DOCKLINT_BLESS=1 cargo test`.
pub fn blessing() -> bool {
    std::env::var_os("DOCKLINT_BLESS").is_some_and(|value| value != "0")
}

/// The first lines that differ.
pub fn difference(found: &str, expected: &str) -> String {
    let at = found
        .lines()
        .zip(expected.lines())
        .take_while(|(found, expected)| found == expected)
        .count();
    let rest = |text: &str| {
        let lines: Vec<_> = text.lines().skip(at).take(30).collect();
        lines.join("\n")
    };
    format!(
        "--- found, from line {}\n{}\n--- expected\n{}",
        at + 1,
        rest(found),
        rest(expected)
    )
}
