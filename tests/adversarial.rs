//! Dockerfiles made to be slow or to fill the memory: each is read to its end, and what docklint
//! makes of it grows no faster than it does. `cargo bench --bench dockerfile` measures the time.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use docklint::check::{self, Options};
use docklint::flow::{Request, Trees, Workspace};
use docklint::model::Value;
use docklint::report::{Format, RenderOptions, render};
use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::{dotenv, environment_file, unit, yaml};

#[path = "support/generate.rs"]
mod generate;
use generate::{GENERATORS, Generator};

/// Tests are not optimised, so the files are a part of those that are measured.
const PART: usize = 20;

fn source(text: &str) -> SourceFile {
    let (path, bytes) = ("Dockerfile".to_owned(), text.as_bytes().to_vec());
    SourceFile::new(FileId(0), path, FileKind::Dockerfile, bytes)
}

/// How much docklint makes of a file, layer by layer.
fn amounts(text: &str) -> [(&'static str, usize); 7] {
    let sources = [source(text)];
    let trees = Trees::parse(&sources);
    let request = Request::default();
    let workspace = Workspace::new(&trees, &request);
    let build = &workspace.builds[0];
    let values = build.settings().map(|setting| setting.value.size());
    let tree = [
        ("instructions", build.tree.instructions.len()),
        ("steps", build.model.steps.len()),
        ("variables used", build.model.uses.len()),
        ("hops", build.model.provenance.len()),
        ("bytes of values", values.sum()),
    ];
    let outcome = check::check(vec![source(text)], &Options::default());
    let labels = outcome.findings.iter().map(|finding| finding.labels.len());
    let labels = labels.sum();
    let mut report = Vec::new();
    for format in Format::ALL {
        render(format, &outcome, &RenderOptions::default(), &mut report).unwrap();
    }
    let [a, b, c, d, e] = tree;
    [
        a,
        b,
        c,
        d,
        e,
        ("labels", labels),
        ("bytes reported", report.len()),
    ]
}

fn assert_linear(generator: &Generator) {
    let n = generator.n / PART;
    let (half, full) = (
        amounts(&(generator.make)(n)),
        amounts(&(generator.make)(2 * n)),
    );
    for ((what, half), (_, full)) in half.into_iter().zip(full) {
        assert!(
            full <= 3 * half + 1000,
            "{}: {half} {what} become {full}",
            generator.name
        );
    }
}

#[test]
fn what_is_made_of_a_file_grows_no_faster_than_the_file() {
    // These grow by what they say; the budget of a build bounds them.
    let bounded = [
        "values that grow",
        "values that double",
        "triggers of all children",
    ];
    for generator in GENERATORS
        .iter()
        .filter(|generator| !bounded.contains(&generator.name))
    {
        assert_linear(generator);
    }
}

#[test]
fn a_line_that_is_too_long_is_one_error() {
    let text = format!("FROM alpine\nRUN {}\nRUN true\n", "é".repeat(4 << 20));
    let outcome = check::check(vec![source(&text)], &Options::default());
    let rules: Vec<_> = outcome
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, ["syntax-error"]);
}

/// The last value that a file gives `A`.
fn last_value(text: &str) -> Value<'static> {
    let sources = [source(text)];
    let trees = Trees::parse(&sources);
    let request = Request::default();
    let workspace = Workspace::new(&trees, &request);
    let settings = workspace.builds[0].settings();
    settings.last().unwrap().value.clone().into_owned()
}

#[test]
fn values_that_double_become_unknown() {
    let doubled = |times: usize| {
        last_value(&format!(
            "FROM scratch\nENV A=12345678\n{}",
            "ENV A=$A$A\n".repeat(times)
        ))
    };
    assert_eq!(doubled(10).as_known().map(str::len), Some(8 << 10));
    assert!(doubled(100).size() < 1 << 20);
    // What is unknown doubles as well.
    let unknown = format!(
        "FROM example.com/x\nENV A=$B\n{}",
        "ENV A=$A-$A\n".repeat(100)
    );
    assert!(last_value(&unknown).size() < 1 << 20);
}

#[test]
fn values_that_double_in_a_shell_become_unknown() {
    let loops = "A=12345678; ".to_owned() + &"A=$A$A; ".repeat(100) + "curl $A";
    let text = format!("FROM alpine\n{}", format!("RUN {loops}\n").repeat(20));
    check::check(vec![source(&text)], &Options::default());
}

#[test]
fn patterns_cost_what_a_build_has_left() {
    let text = format!(
        "FROM scratch\nENV B={}\n{}",
        "a".repeat(30_000),
        "ENV A=${B//a*a*a*b/x}\n".repeat(2_000)
    );
    assert!(last_value(&text).as_known().is_none());
}

#[test]
fn triggers_of_all_children_are_bounded() {
    let triggers = "ONBUILD ENV A=1\n".repeat(3_000);
    let children = "FROM base\n".repeat(3_000);
    let sources = [source(&format!(
        "FROM scratch AS base\n{triggers}{children}"
    ))];
    let trees = Trees::parse(&sources);
    let request = Request::default();
    let workspace = Workspace::new(&trees, &request);
    assert!(workspace.builds[0].model.steps.len() < 200_000);
}

/// What is behind more than anybody writes is told, as information, and left out.
#[test]
fn what_has_no_end_is_left_out() {
    let instructions = format!("FROM alpine\n{}", "USER a\n".repeat(80_100));
    assert_eq!(line_of_the_note(instructions), 80_001);
    let pairs = " \\\n A=b".repeat(80_000);
    assert_eq!(line_of_the_note(format!("FROM alpine\nENV{pairs}\n")), 2);
    let commands = "; \\\n curl example.com".repeat(60_000);
    assert_eq!(line_of_the_note(format!("FROM a\nRUN true{commands}\n")), 2);
    let runs = format!("FROM a\n{}", "RUN curl a; wget b\n".repeat(31_000));
    assert_eq!(line_of_the_note(runs), 30_002);
    let nested = format!("FROM a\nRUN sh -c '{}'\n", "a; \\\n".repeat(80_000));
    assert_eq!(line_of_the_note(nested), 2);
}

/// Suppressions of what is left out are left alone, and nobody knows what the others are for.
#[test]
fn suppressions_are_not_judged_by_what_was_left_out() {
    let ignore = "# docklint: ignore[build-error]";
    let begin = format!("FROM alpine\n{ignore}\nUSER a\n");
    let end = format!(
        "{ignore}\nUSER a\nRUN a {ignore}\n{ignore}\n\n# docklint: ignore-file[something]\n\
         RUN <<E\n# docklint: ignore build-error\nE\n"
    );
    let users = "USER a\n".repeat(80_100);
    assert_eq!(line_of_the_note(format!("{begin}{users}{end}")), 80_002);
    let runs = "RUN curl a; wget b\n".repeat(31_000);
    let end = format!("{ignore}\nUSER a\n");
    assert_eq!(line_of_the_note(format!("{begin}{runs}{end}")), 30_004);
}

#[test]
fn suppressions_in_long_files_of_every_kind_are_left_alone() {
    let ignore = "# docklint: ignore[build-error]\n";
    let compose = format!(
        "services:\n  a:\n    image: b\n    {ignore}    env_file: [.env]\nx-a:\n{}  {ignore}  - a\n",
        "  - a\n".repeat(yaml::MAX_NODES)
    );
    // The last one stands right above the cut.
    let long = |line: &str, most: usize| format!("{ignore}{}{ignore}{line}", line.repeat(most));
    let dotenv = long("A=b\n", dotenv::MAX_STATEMENTS);
    let unit = long("Environment=A=b\n", unit::MAX_ENTRIES);
    let settings = long("A=b\n", environment_file::MAX_ASSIGNMENTS);
    let reads = "[Service]\nEnvironmentFile=/etc/docker.env\n";
    let files = [
        ("compose.yaml", FileKind::Compose, compose),
        (".env", FileKind::Dotenv, dotenv),
        ("etc/docker.env", FileKind::EnvironmentFile, settings),
        (
            "etc/systemd/system/docker.service.d/a.conf",
            FileKind::Unit,
            reads.to_owned(),
        ),
        (
            "etc/systemd/system/docker.service.d/b.conf",
            FileKind::Unit,
            format!("[Service]\n{unit}"),
        ),
    ];
    let sources = files.into_iter().enumerate().map(|(index, file)| {
        let (path, kind, text) = file;
        let id = FileId(u32::try_from(index).unwrap());
        let file = SourceFile::new(id, path.to_owned(), kind, text.into_bytes());
        file.located(format!("/{path}"))
    });
    let outcome = check::check(sources.collect(), &Options::default());
    let findings = outcome.findings.iter();
    let told: Vec<_> = findings
        .filter(|finding| finding.rule == "unused-suppression")
        .map(|finding| finding.primary())
        .collect();
    assert_eq!(told, []);
}

/// The line of the one finding.
fn line_of_the_note(text: String) -> usize {
    let outcome = check::check(vec![source(&text)], &Options::default());
    let [finding] = outcome.findings.as_slice() else {
        panic!("{:?}", outcome.findings);
    };
    assert_eq!(finding.rule, "syntax-error");
    assert_eq!(finding.severity, docklint::finding::Severity::Info);
    let at = finding.primary().unwrap().span.start as usize;
    text[..at].lines().count() + usize::from(text[..at].ends_with('\n'))
}
