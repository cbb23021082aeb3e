//! Each output format over one run that has everything: several files, multi-byte text, CRLF, a long
//! line, controls and bidi characters, fixes, errors, skipped files.

#[path = "support/expand.rs"]
mod expand;
#[path = "support/files.rs"]
mod files;
#[path = "support/schema.rs"]
mod schema;
mod support;

use docklint::check::{Outcome, RunError, Skipped};
use docklint::finding::{Applicability, Edit, Finding, Severity};
use docklint::report::{Format, RenderOptions, render};
use docklint::secrets::Names;
use docklint::source::{FileId, FileKind, Location, SourceFile, Span};

/// The place of the `nth` occurrence of `needle` in a file.
fn place(files: &[SourceFile], file: usize, needle: &str, nth: usize) -> Location {
    let text = files[file].text();
    let (at, _) = text
        .match_indices(needle)
        .nth(nth)
        .unwrap_or_else(|| panic!("{needle} in file {file}"));
    Location {
        file: files[file].id(),
        span: Span::new(at, at + needle.len()),
    }
}

fn source(id: u32, path: &str, kind: FileKind, text: &str) -> SourceFile {
    SourceFile::new(FileId(id), path.to_owned(), kind, text.into())
}

fn sources() -> Vec<SourceFile> {
    let long = format!(
        "RUN echo {} && curl https://example.org/ä | sh && echo {}\n",
        "é".repeat(2000),
        "x".repeat(2000)
    );
    vec![
        source(
            0,
            "compose.yaml",
            FileKind::Compose,
            "services:\n  api:\n    build:\n      args:\n        GOPROXY: https://goproxy.corp.example\n",
        ),
        source(
            1,
            "images/api/Dockerfile",
            FileKind::Dockerfile,
            "ARG GOPROXY\r\nFROM golang:1.24\r\nWORKDIR /größe\r\nCOPY go.mod .\r\nENV ÄÖÜ=1 GOPROXY=$PROXY\r\nRUN go mod download \\\r\n    && go build ./...\r\n",
        ),
        source(2, "long, 100%:/Dockerfile", FileKind::Dockerfile, &long),
        source(
            3,
            "evil/\u{202e}Dockerfile",
            FileKind::Dockerfile,
            "ENV\tA=\u{1b}[31m\u{202e}X\u{9b}2J B=1\n",
        ),
    ]
}

fn findings(files: &[SourceFile]) -> Vec<Finding> {
    let at = |file, needle, nth| place(files, file, needle, nth);

    let mut reach = Finding::new(
        "arg-out-of-scope",
        Severity::Error,
        at(1, "go mod download", 0),
        "needed here, and empty",
        "`go mod download` does not see `GOPROXY`: no stage declares it",
    );
    let after_from = at(1, "WORKDIR", 0).span.start as usize;
    reach
        .about("GOPROXY")
        .before(at(0, "GOPROXY", 0), "passed to the build here")
        .before(at(1, "ARG GOPROXY", 0), "declared for `FROM` lines only")
        .before(at(1, "FROM golang:1.24", 0), "a stage begins without it")
        .help("declare `ARG GOPROXY` in the stage")
        .fix(
            "declare `ARG GOPROXY` after `FROM`",
            Applicability::Safe,
            vec![Edit {
                file: FileId(1),
                span: Span::at(after_from),
                text: "ARG GOPROXY\r\n".into(),
            }],
        );

    let mut undeclared = Finding::new(
        "env-from-undeclared",
        Severity::Warning,
        at(1, "$PROXY", 0),
        "always empty",
        "`GOPROXY` is set from `PROXY`, which nothing declares",
    );
    undeclared
        .related(
            at(1, "RUN go mod download \\\r\n    && go build ./...", 0),
            "runs without it",
        )
        .fix(
            "write the value",
            Applicability::Suggested,
            vec![Edit {
                file: FileId(1),
                span: at(1, "$PROXY", 0).span,
                text: "https://proxy.golang.org".into(),
            }],
        );

    let long = Finding::new(
        "proxy-missing",
        Severity::Info,
        at(2, "curl https://example.org/ä", 0),
        "",
        "`curl` goes out without a proxy: 100%, for sure",
    );
    let mut evil = Finding::new(
        "proxy-malformed",
        Severity::Warning,
        at(3, "X\u{9b}2J", 0),
        "\u{1b}[2Jhere",
        "`A` holds \u{202e}<&\"'> a\nline",
    );
    evil.related(at(3, "B=1", 0), "");
    vec![reach, undeclared, long, evil]
}

fn outcome() -> Outcome {
    let sources = sources();
    let findings = findings(&sources);
    Outcome {
        sources,
        findings,
        errors: vec![RunError {
            path: "secret/Dockerfile".into(),
            kind: "unreadable",
            message: "permission denied".into(),
        }],
        skipped: vec![Skipped {
            path: "huge.yaml".into(),
            why: "9 MiB, more than 8".into(),
        }],
        suppressed: 3,
        names: Names::BUILT_IN,
        ..Outcome::default()
    }
}

fn rendered(format: Format, outcome: &Outcome, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render(format, outcome, options, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// One line of JSON with a place for each value, so that a change reads well in review.
fn pretty(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).expect("the report is JSON");
    format!("{value:#}\n")
}

fn check(format: Format) {
    let actual = rendered(format, &outcome(), &RenderOptions::default());
    let actual = match format {
        Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson => pretty(&actual),
        _ => actual,
    };
    let path = format!("tests/snapshots/{}.txt", format.name());
    files::check_file(&path, &actual).unwrap_or_else(|error| panic!("{error}"));
}

macro_rules! snapshots {
    ($($name:ident => $format:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check(Format::$format);
        })*
    };
}

snapshots! {
    human => Human,
    concise => Concise,
    json => Json,
    sarif => Sarif,
    github => Github,
    gitlab => Gitlab,
    checkstyle => Checkstyle,
    junit => Junit,
    rdjson => Rdjson,
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = std::fs::read_to_string(support::root("docklint-output.schema.json")).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    let options = RenderOptions::default();
    for outcome in [outcome(), Outcome::default()] {
        let report = rendered(Format::Json, &outcome, &options);
        let report = serde_json::from_str(&report).unwrap();
        assert_eq!(schema::validate(&schema, &report), Ok(()));
    }
}

#[test]
fn no_format_passes_on_what_would_deceive_a_terminal() {
    for format in Format::ALL {
        let report = rendered(format, &outcome(), &RenderOptions::default());
        let deceptive = report
            .chars()
            .find(|&c| c != '\n' && docklint::report::escape::is_deceptive(c));
        assert_eq!(deceptive, None, "{}", format.name());
    }
}

#[test]
fn an_empty_run_says_so() {
    let options = RenderOptions::default();
    assert_eq!(
        rendered(Format::Human, &Outcome::default(), &options),
        "Nothing to lint: no Dockerfile, compose file or Docker configuration found\n"
    );
    let clean = Outcome {
        sources: sources(),
        ..Outcome::default()
    };
    assert_eq!(
        rendered(Format::Human, &clean, &options),
        "Nothing to report in 4 files\n"
    );
}

#[test]
fn no_format_prints_a_secret() {
    let (token, _) = expand::expand("{{crc ghp_ SYNTHETICSYNTHETICSYNTHETICSYN}}");
    let (password, _) = expand::expand("{{cat hunter 2000x}}");
    let text = format!(
        "FROM alpine\nENV API_TOKEN={token}\nENV HTTP_PROXY=http://me:{password}@proxy:3128\n"
    );
    let file = source(0, "Dockerfile", FileKind::Dockerfile, &text);
    let sources = vec![file];
    let at = |needle: &str| place(&sources, 0, needle, 0);
    let mut finding = Finding::new(
        "secret-in-env",
        Severity::Error,
        at(&token),
        format!("`{token}` is written here"),
        format!("`API_TOKEN` holds `{token}`"),
    );
    let remove = |needle: &str, text: String| Edit {
        file: FileId(0),
        span: at(needle).span,
        text,
    };
    finding
        .after(
            at("HTTP_PROXY"),
            format!("http://me:{password}@proxy:3128 as well"),
        )
        .help(format!("put {token} into a secret"))
        .fix(
            format!("remove {token}"),
            Applicability::Safe,
            vec![remove(&token, String::new())],
        )
        .fix(
            "move the proxy",
            Applicability::Suggested,
            vec![remove("FROM", format!("http://me:{password}@proxy:3128"))],
        );
    let outcome = Outcome {
        findings: vec![finding],
        errors: vec![RunError {
            path: "x".into(),
            kind: "invalid-config",
            message: format!("cannot read `http://me:{password}@proxy:3128`"),
        }],
        skipped: vec![Skipped {
            path: "y".into(),
            why: format!("it names {token}"),
        }],
        sources,
        ..Outcome::default()
    };
    for format in Format::ALL {
        let report = rendered(format, &outcome, &RenderOptions::default());
        for secret in [&token, &password] {
            assert!(!report.contains(secret.as_str()), "{}", format.name());
        }
    }
    let json = rendered(Format::Json, &outcome, &RenderOptions::default());
    assert_eq!(json.matches("\"fix\":\"withheld\"").count(), 2);
}

/// A frame in a huge file, or on a huge line, costs no more than one in a small file.
#[test]
fn many_findings_on_one_huge_line_take_linear_time() {
    let text = format!("ENV {}\n", "A=$X ".repeat(100_000));
    let file = source(0, "Dockerfile", FileKind::Dockerfile, &text);
    let findings = (0..500)
        .map(|at| {
            let start = 6 + at * 1000;
            let location = Location {
                file: FileId(0),
                span: Span::new(start, start + 2),
            };
            Finding::new("r", Severity::Info, location, "here", "message")
        })
        .collect();
    let outcome = Outcome {
        sources: vec![file],
        findings,
        ..Outcome::default()
    };
    let begun = std::time::Instant::now();
    for format in Format::ALL {
        let report = rendered(format, &outcome, &RenderOptions::default());
        assert!(report.len() < 1_000_000, "{}", format.name());
    }
    // Quadratic work would be 250 MB of text for each format.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
