//! Generated files: a test checks them, and rewrites them when blessing.

use crate::support::{blessing, difference, root};

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
