//! The shipped fixtures, linted as a person would; each folder keeps what is said about it in its
//! `expected.txt`.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[path = "support/files.rs"]
mod files;
mod support;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Lints a copy of a folder that is a project of its own.
fn lint(folder: &str) {
    let project = tempfile::tempdir().unwrap();
    copy(&support::root(folder), project.path());
    fs::create_dir(project.path().join(".git")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .args(["check", ".", "--color=never"])
        .current_dir(project.path())
        .output()
        .unwrap();
    assert!(output.stderr.is_empty());
    let said = String::from_utf8(output.stdout).unwrap();
    if let Err(difference) = files::check_file(&format!("{folder}/expected.txt"), &said) {
        panic!("{difference}");
    }
}

#[test]
fn seed_article() {
    lint("fixtures/seed-article");
}

#[test]
fn projects() {
    for entry in fs::read_dir(support::root("fixtures/projects")).unwrap() {
        let name = entry.unwrap().file_name();
        lint(&format!("fixtures/projects/{}", name.to_string_lossy()));
    }
}

/// The README shows what the program says.
#[test]
fn readme() {
    let readme = fs::read_to_string(support::root("README.md")).unwrap();
    let readme = readme.replace("\r\n", "\n");
    let frames = readme.split("```console\n$ docklint fixtures/").skip(1);
    let mut told = 0;
    for frame in frames {
        let (command, rest) = frame.split_once('\n').unwrap();
        let (shown, _) = rest.split_once("```").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .args(format!("fixtures/{command}").split(' '))
            .arg("--color=never")
            .current_dir(support::root(""))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(shown.trim_end(), said.trim_end(), "{command}");
        told += 1;
    }
    assert_eq!(told, 3, "the stories of the README");
}
