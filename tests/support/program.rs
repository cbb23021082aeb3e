//! The program, run on files of a test's own.

use std::process::{Command, Output};

/// Runs docklint in a folder that holds these files only.
pub fn docklint(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    Command::new(env!("CARGO_BIN_EXE_docklint"))
        .current_dir(folder.path())
        .args(arguments)
        .output()
        .expect("docklint runs")
}

/// What a successful run prints.
pub fn printed(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}
