//! A file that is named alone, as hooks and editors name it, gets the findings that a run on its folder
//! has about it: compose files beside and above it count, and so do the Dockerfiles that it builds.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use docklint::check::{self, Outcome};
use docklint::config::Origin;
use docklint::flow;
use docklint::load::{CHECKED_KINDS, Edited, LoadRequest, load};
use docklint::rules::Choice;
use docklint::source::{FileKind, Request};
use tempfile::TempDir;

#[test]
fn a_named_file_gets_what_a_run_on_the_folder_says_about_it() {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let mut compared = 0;
    for entry in fs::read_dir(projects).unwrap() {
        let folder = repository(&[]);
        copy(&entry.unwrap().path(), folder.path());
        compared += compare(&folder);
    }
    assert!(compared >= 10, "{compared} findings were compared");
}

#[test]
fn compose_files_beside_and_above_count_with_overlays_env_and_includes() {
    let service = |dockerfile: &str, arg: &str| {
        format!(
            "    build:\n      context: .\n      dockerfile: {dockerfile}\n      args:\n        {arg}\n"
        )
    };
    let compose = format!(
        "include: [tools/compose.yaml]\nservices:\n  web:\n{}  job:\n{}",
        service("web/Dockerfile", "GOPROXY: ${PROXY}"),
        service("job/Dockerfile", "WEB: 1"),
    );
    let folder = repository(&[
        (".env", "PROXY=https://goproxy.corp.example,direct\n"),
        ("compose.yaml", &compose),
        (
            "compose.prod.yaml",
            "services:\n  web:\n    build:\n      args:\n        NO_SUCH: 1\n",
        ),
        (
            "tools/compose.yaml",
            "services:\n  tool:\n    build:\n      context: .\n      args: [UNUSED=1]\n",
        ),
        ("tools/Dockerfile", "FROM golang:1.24\nRUN go build ./...\n"),
        (
            "web/Dockerfile",
            "FROM golang:1.24 AS a\nARG GOPROXY\nFROM golang:1.24\nCOPY --from=a /x /x\n\
             RUN GOPROXY=$GOPROXY go install example.com/x@v1\n",
        ),
        ("job/Dockerfile", "FROM golang:1.24\nRUN go version\n"),
    ]);
    assert!(compare(&folder) >= 6, "findings were compared");
    let web = run(&folder, &["web/Dockerfile"]);
    let story = web
        .findings
        .iter()
        .find(|it| it.rule == "arg-out-of-scope")
        .unwrap();
    let files: BTreeSet<String> = story
        .labels
        .iter()
        .map(|label| path(&web, &folder, label.location.file))
        .collect();
    let expected = [".env", "compose.yaml", "web/Dockerfile"];
    assert_eq!(files.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn of_a_project_around_a_dockerfile_only_its_own_build_is_read() {
    let folder = repository(&[
        (
            "compose.yaml",
            "services:\n  a:\n    build: a\n  b:\n    build: b\n",
        ),
        (
            "docker-compose.local.yaml",
            "services:\n  c:\n    build: c\n",
        ),
        (".gitignore", "docker-compose.local.yaml\n"),
        ("a/Dockerfile", "FROM alpine\n"),
        ("b/Dockerfile", "FROM alpine\n"),
        ("c/Dockerfile", "FROM alpine\n"),
        ("a/deep/compose.yaml", "services: {}\n"),
    ]);
    let read = |outcome: &Outcome| -> BTreeSet<String> {
        let files = outcome.sources.iter();
        files
            .map(|file| path(outcome, &folder, file.id()))
            .collect()
    };
    let own = BTreeSet::from(["a/Dockerfile", "compose.yaml"].map(String::from));
    assert_eq!(read(&run(&folder, &["a/Dockerfile"])), own);
    let with_ignored = read(&run_on(&folder, &["a/Dockerfile"], Some(false)));
    assert!(with_ignored.contains("docker-compose.local.yaml"));
}

#[test]
fn comments_of_files_that_were_not_named_are_not_judged() {
    let unused = "# docklint: ignore-file[syntax-error]\n";
    let folder = repository(&[
        (
            "compose.yaml",
            &format!("{unused}services:\n  a:\n    build: a\n"),
        ),
        ("a/Dockerfile", "FROM alpine\n"),
    ]);
    assert!(run(&folder, &["a/Dockerfile"]).findings.is_empty());
    let rules: Vec<&str> = run(&folder, &["compose.yaml"])
        .findings
        .iter()
        .map(|it| it.rule)
        .collect();
    assert_eq!(rules, ["unused-suppression"]);
}

/// Compares each file of a folder named alone with the run on the folder; says how many findings it
/// saw.
fn compare(folder: &TempDir) -> usize {
    let whole = run(folder, &["."]);
    let mut compared = 0;
    for file in &whole.sources {
        let is_linked_to_builds = matches!(
            file.kind(),
            FileKind::Dockerfile | FileKind::Compose | FileKind::Dotenv
        );
        if !file.is_asked_for() || !is_linked_to_builds {
            continue;
        }
        let name = path(&whole, folder, file.id());
        let alone = run(folder, &[&name]);
        // What the daemon's own files have to do with a build is only seen together with them.
        let expected = touching(&whole, folder, &name, |files| {
            !files.iter().any(|file| file.starts_with("machine/"))
        });
        assert_eq!(
            touching(&alone, folder, &name, |_| true),
            expected,
            "{name}"
        );
        assert_eq!(
            alone.findings.len(),
            expected.len(),
            "{name}: nothing else is told"
        );
        compared += expected.len();
    }
    compared
}

/// The findings of which some label stands in a file: rule, message and places.
fn touching(
    outcome: &Outcome,
    folder: &TempDir,
    name: &str,
    counts: impl Fn(&[String]) -> bool,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for finding in &outcome.findings {
        let labels = finding.labels.iter().map(|label| label.location);
        let files: Vec<String> = labels
            .clone()
            .map(|at| path(outcome, folder, at.file))
            .collect();
        let spans: Vec<_> = labels.map(|at| at.span).collect();
        if files.iter().any(|file| file == name) && counts(&files) {
            found.insert(format!(
                "{} {} {files:?} {spans:?}",
                finding.rule, finding.message
            ));
        }
    }
    found
}

fn path(outcome: &Outcome, folder: &TempDir, file: docklint::source::FileId) -> String {
    let root = folder.path().canonicalize().unwrap();
    let location = outcome.sources[file.0 as usize].location();
    let below = Path::new(location).strip_prefix(root).unwrap();
    below.to_string_lossy().into_owned()
}

fn run(folder: &TempDir, names: &[&str]) -> Outcome {
    run_on(folder, names, None)
}

fn run_on(folder: &TempDir, names: &[&str], respect_gitignore: Option<bool>) -> Outcome {
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
    let files = Request {
        paths: &paths,
        stdin_name: None,
        kind: None,
        kinds: CHECKED_KINDS,
        around: true,
        respect_gitignore,
    };
    let choice = Choice {
        pedantic: true,
        ..Choice::default()
    };
    let rounds = docklint::flow::Rounds::default();
    let wanted = LoadRequest {
        files,
        origin: Origin::Isolated,
        choice,
        builds: flow::Request::default(),
        host: None,
        edited: &Edited::default(),
    };
    let loaded = load(&rounds, wanted, std::io::empty()).unwrap();
    assert_eq!(loaded.errors, []);
    let options = check::Options {
        selections: loaded.selections,
        request: loaded.request,
        ..check::Options::default()
    };
    check::check(loaded.sources, &options)
}

/// A repository with these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
