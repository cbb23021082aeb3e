//! Whatever the files hold and wherever findings point, every format renders.

use docklint::check::Outcome;
use docklint::finding::{Applicability, Edit, Finding, Severity};
use docklint::report::{Format, RenderOptions, escape, render};
use docklint::source::{FileId, FileKind, Location, SourceFile, Span};
use proptest::prelude::*;

/// Text of what is hard to print: line ends, tabs, controls, wide and bidi characters, long runs.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("RUN x".to_owned()),
        Just("\u{202e}é\u{1b}[2J\u{200d}".to_owned()),
        Just("漢字\u{fe0f}\u{9b}".to_owned()),
        Just("\n".repeat(600)),
        Just("x ".repeat(400)),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A span of `text`, from two numbers.
fn span(text: &str, (a, b): (usize, usize)) -> Span {
    let place = |number: usize| {
        let mut offset = number % (text.len() + 1);
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let (a, b) = (place(a), place(b));
    Span::new(a.min(b), a.max(b))
}

fn outcome(texts: &[String], places: &[(usize, (usize, usize))], words: &str) -> Outcome {
    let sources: Vec<SourceFile> = (0u32..)
        .zip(texts)
        .map(|(id, text)| {
            let bytes = text.clone().into_bytes();
            SourceFile::new(
                FileId(id),
                format!("{id}{words}"),
                FileKind::Dockerfile,
                bytes,
            )
        })
        .collect();
    let locations = places.iter().map(|&(file, place)| {
        let file = file % sources.len();
        Location {
            file: sources[file].id(),
            span: span(sources[file].text(), place),
        }
    });
    let mut locations = locations.collect::<Vec<_>>().into_iter();
    let findings = locations.next().map(|primary| {
        let mut finding = Finding::new("rule", Severity::Warning, primary, words, words);
        let edit = Edit {
            file: primary.file,
            span: primary.span,
            text: words.to_owned(),
        };
        finding.fix(words, Applicability::Safe, vec![edit]);
        for (at, location) in locations.enumerate() {
            match at % 3 {
                0 => finding.before(location, words),
                1 => finding.after(location, words),
                _ => finding.related(location, ""),
            };
        }
        finding
    });
    Outcome {
        findings: findings.into_iter().collect(),
        sources,
        ..Outcome::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_format_renders(
        texts in prop::collection::vec(text(), 1..3),
        places in prop::collection::vec((any::<usize>(), any::<(usize, usize)>()), 0..5),
        words in text(),
        width in 0usize..200,
        color: bool,
        statistics: bool,
    ) {
        let outcome = outcome(&texts, &places, &words);
        let options = RenderOptions { color, width, statistics };
        for format in Format::ALL {
            let mut out = Vec::new();
            render(format, &outcome, &options, &mut out)?;
            let report = String::from_utf8(out)?;
            let separates = |c: char| c == '\n' || (c == '\t' && format == Format::Tsv);
            let shows =
                |c: char| separates(c) || (color && c == '\u{1b}') || !escape::is_deceptive(c);
            prop_assert!(report.chars().all(shows), "{}", format.name());
        }
    }
}
