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

/// Compares a generated file with what it should hold, or rewrites it when blessing.
pub fn check_file(path: &str, expected: &str) -> Result<(), String> {
    let file = root(path);
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    // A checkout may have converted the line ends.
    if found.replace("\r\n", "\n") == expected {
        return Ok(());
    }
    if blessing() {
        let folder = file.parent().unwrap_or(&file);
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        return std::fs::write(&file, expected).map_err(|error| error.to_string());
    }
    Err(format!(
        "{path} is not what it should be; `DOCKLINT_BLESS=1 cargo test` rewrites it\n{}",
        difference(&found, expected)
    ))
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
