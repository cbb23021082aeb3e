//! The whole way from bytes to reports: labels lie in the file, every format renders, and a secret
//! that stands in an address is in none of them.

#![no_main]

use docklint::check::{self, Options, Outcome};
use docklint::finding::redact::Door;
use docklint::report::{Format, RenderOptions, render};
use docklint::source::{FileId, FileKind, SourceFile};
use libfuzzer_sys::fuzz_target;

const PASSWORD: &str = "Synth3tic-Pw";

fuzz_target!(|bytes: &[u8]| {
    let outcome = check(bytes.to_vec());
    let text = outcome.sources[0].text();
    for finding in &outcome.findings {
        assert!(finding.primary().is_some());
        for label in &finding.labels {
            assert!(text.get(label.location.span.range()).is_some());
        }
        for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
            assert!(text.get(edit.span.range()).is_some());
        }
    }
    let masked = Door::new(&outcome.names).file(&outcome.sources[0]);
    assert_eq!(masked.as_str().len(), text.len());
    report(&outcome);

    // The same with a secret at the end, where anything may have been left open.
    let planted = format!("\nENV HTTP_PROXY=http://u:{PASSWORD}@h:3128 X\n");
    let outcome = check([bytes, planted.as_bytes()].concat());
    assert!(!report(&outcome).contains(PASSWORD));
});

fn check(bytes: Vec<u8>) -> Outcome {
    let path = "Dockerfile".to_owned();
    let file = SourceFile::new(FileId(0), path, FileKind::Dockerfile, bytes);
    check::check(vec![file], &Options::default())
}

fn report(outcome: &Outcome) -> String {
    let mut written = Vec::new();
    for format in Format::ALL {
        let options = RenderOptions::default();
        assert!(render(format, outcome, &options, &mut written).is_ok());
    }
    assert!(std::str::from_utf8(&written).is_ok());
    String::from_utf8(written).unwrap_or_default()
}
