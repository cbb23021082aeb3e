//! Whole projects of `fixtures/projects/`: mistakes from the daemon's unit to the RUN, and the same
//! project repaired.

use std::collections::BTreeSet;
use std::path::Path;

use docklint::check::{self, Outcome};
use docklint::config::Origin;
use docklint::flow;
use docklint::load::{CHECKED_KINDS, Edited, LoadRequest, load};
use docklint::rules::Choice;
use docklint::source::Request;

const DROP_IN: &str = "machine/etc/systemd/system/docker.service.d/10-http-proxy.conf";
const FLAGS: &str = "machine/etc/systemd/system/docker.service.d/20-flags.conf";
const DAEMON_JSON: &str = "machine/etc/docker/daemon.json";

/// Each mistake: the rule, the line of its primary label, and the other files of its story.
const MISTAKES: [(&str, &str, u32, &[&str]); 8] = [
    ("dropin-assignment-lost", DROP_IN, 2, &[]),
    ("dropin-overridden", DROP_IN, 3, &[FLAGS]),
    ("daemon-start-refused", DAEMON_JSON, 4, &[FLAGS]),
    ("daemon-json-proxies", DAEMON_JSON, 2, &[]),
    ("client-proxies", ".docker/config.json", 4, &[]),
    (
        "proxy-daemon-only",
        DROP_IN,
        2,
        &[FLAGS, "compose.yaml", "Dockerfile"],
    ),
    (
        "arg-out-of-scope",
        "Dockerfile",
        8,
        &[".env", "compose.yaml"],
    ),
    ("proxy-spelling-conflict", "compose.yaml", 9, &[".env"]),
];

#[test]
fn every_mistake_of_the_whole_chain_is_told_with_all_its_files() {
    let outcome = check("whole-chain");
    for (rule, file, line, others) in MISTAKES {
        let told = outcome.findings.iter().any(|finding| {
            let mut files: BTreeSet<&str> = BTreeSet::new();
            for label in &finding.labels {
                files.insert(path(&outcome, label.location.file));
            }
            finding.primary().is_some_and(|at| {
                let source = &outcome.sources[at.file.0 as usize];
                finding.rule == rule
                    && path(&outcome, at.file) == file
                    && source.lines().line(at.span.start as usize) == line as usize
                    && files.remove(file)
                    && files == others.iter().copied().collect()
            })
        });
        assert!(told, "{rule} at {file}:{line}\n{}", shown(&outcome));
    }
}

#[test]
fn the_repaired_chain_is_silent() {
    let outcome = check("whole-chain-repaired");
    assert!(outcome.findings.is_empty(), "{}", shown(&outcome));
    // Nothing was left out to get there.
    assert_eq!(outcome.sources.len(), check("whole-chain").sources.len());
}

/// Checks a project as a repository of its own.
fn check(name: &str) -> Outcome {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&from.join(name), folder.path());
    let paths = [folder.path().to_owned()];
    let files = Request {
        paths: &paths,
        stdin_name: None,
        kind: None,
        kinds: CHECKED_KINDS,
        around: true,
        respect_gitignore: None,
    };
    let rounds = flow::Rounds::default();
    let wanted = LoadRequest {
        files,
        origin: Origin::Isolated,
        choice: Choice::default(),
        builds: flow::Request::default(),
        host: None,
        edited: &Edited::default(),
    };
    let loaded = load(&rounds, wanted, std::io::empty()).expect("it can be read");
    assert_eq!((loaded.errors.len(), loaded.skipped.len()), (0, 0));
    let options = check::Options {
        selections: loaded.selections,
        request: loaded.request,
        ..check::Options::default()
    };
    check::check(loaded.sources, &options)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("a copy")),
        }
    }
}

/// A file's path in the project.
fn path(outcome: &Outcome, file: docklint::source::FileId) -> &str {
    let path = outcome.sources[file.0 as usize].location();
    let names = [".env", "compose.yaml", "Dockerfile", ".docker/config.json"];
    let names = names.into_iter().chain([DROP_IN, FLAGS, DAEMON_JSON]);
    let mut own = names.filter(|name| path.ends_with(&format!("/{name}")));
    own.next().unwrap_or(path)
}

fn shown(outcome: &Outcome) -> String {
    let lines = outcome.findings.iter().map(|finding| {
        let files: Vec<&str> = finding
            .labels
            .iter()
            .map(|label| path(outcome, label.location.file))
            .collect();
        format!("{} {} {files:?}\n", finding.rule, finding.message)
    });
    lines.collect()
}
