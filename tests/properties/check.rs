//! What the whole way from bytes to reports promises of any bytes.

use docklint::check::{self, Options, Outcome};
use docklint::finding::Role;
use docklint::finding::redact::Door;
use docklint::report::{Format, RenderOptions, render};
use docklint::rules::{Choice, Selection, Selections};
use docklint::source::{FileId, FileKind, Location, SourceFile};
use serde_json::Value;

const PASSWORD: &str = "Synth3tic-Pw";

/// Findings point into the file, every format renders them, and a secret that stands in an address
/// is in none of the reports.
pub fn check(kind: FileKind, bytes: &[u8]) {
    let outcome = run(kind, bytes);
    assert_findings(&outcome);
    report(&outcome);

    // The same with a secret at the end, where anything may have been left open.
    let planted = format!("\nENV HTTP_PROXY=http://u:{PASSWORD}@h:3128 X\n");
    let outcome = run(kind, &[bytes, planted.as_bytes()].concat());
    assert!(!report(&outcome).contains(PASSWORD));
}

/// A file checked with every rule on: what is off by default holds as well.
pub fn run(kind: FileKind, bytes: &[u8]) -> Outcome {
    let path = match kind {
        FileKind::Dockerfile => "Dockerfile",
        FileKind::Compose => "compose.yaml",
        FileKind::Dotenv => ".env",
        FileKind::Unit => "docker.service.d/http-proxy.conf",
        FileKind::EnvironmentFile => "proxy.env",
        FileKind::DaemonJson => "daemon.json",
        FileKind::ClientConfig => ".docker/config.json",
        FileKind::Dockerignore => ".dockerignore",
        FileKind::Configuration => "docklint.toml",
    };
    let file = SourceFile::new(FileId(0), path.to_owned(), kind, bytes.to_vec());
    let choice = Choice {
        pedantic: true,
        ..Choice::default()
    };
    let all = Selection::new(&choice).expect("every rule can be chosen");
    let options = Options {
        selections: Selections::new(vec![all], vec![0]),
        ..Options::default()
    };
    check::check(vec![file], &options)
}

fn assert_findings(outcome: &Outcome) {
    for finding in &outcome.findings {
        let roles = finding.labels.iter().map(|label| label.role);
        let primaries = roles.filter(|role| *role == Role::Primary);
        assert_eq!(primaries.count(), 1, "{}: one primary label", finding.rule);
        assert!(!finding.message.is_empty());
        let labels = finding.labels.iter().map(|label| label.location);
        let edits = finding.fixes.iter().flat_map(|fix| &fix.edits);
        let edits = edits.map(|edit| Location {
            file: edit.file,
            span: edit.span,
        });
        for at in labels.chain(edits) {
            let text = outcome.sources[at.file.0 as usize].text();
            let lies_inside = text.get(at.span.range()).is_some();
            assert!(lies_inside, "{}: {at:?}", finding.rule);
        }
    }
    let door = Door::new(&outcome.names);
    for file in &outcome.sources {
        assert_eq!(door.file(file).as_str().len(), file.text().len());
    }
}

/// Everything that is printed, in every format.
fn report(outcome: &Outcome) -> String {
    let mut all = String::new();
    for format in Format::ALL {
        let mut written = Vec::new();
        render(format, outcome, &RenderOptions::default(), &mut written)
            .expect("memory takes every byte");
        let written = String::from_utf8(written).expect("reports are UTF-8");
        if matches!(format, Format::Json | Format::Sarif | Format::Gitlab) {
            assert!(serde_json::from_str::<Value>(&written).is_ok(), "{written}");
        }
        all.push_str(&written);
    }
    all
}
