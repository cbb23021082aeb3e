//! What holds for every Dockerfile, however broken. `PROPTEST_CASES=10000 cargo test --test
//! properties` looks longer.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::HashMap;
use std::sync::LazyLock;

use docklint::check::{self, Options, Outcome};
use docklint::finding::{Edit, Finding, Fix, Role, fix};
use docklint::flow::{Request, Trees, Workspace};
use docklint::model::dockerfile::Action;
use docklint::report::{Format, RenderOptions, render};
use docklint::rules::{Choice, Selection, Selections};
use docklint::source::{FileId, FileKind, SourceFile, Span};
use docklint::syntax::dockerfile::{Arguments, Command, Dockerfile, Instruction, Word, parse};
use proptest::prelude::*;

#[path = "support/cases.rs"]
mod cases;

/// The Dockerfiles of the conformance cases.
static CASES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folders = cases::cases("dockerfile");
    let files = folders.iter().map(|folder| folder.join("Dockerfile"));
    files.filter_map(|file| std::fs::read(file).ok()).collect()
});

/// Pieces from which Dockerfiles are made, and some that belong in none.
const PIECES: &[&[u8]] = &[
    b"FROM alpine AS a\n",
    b"FROM a AS b\n",
    b"FROM scratch\n",
    b"FROM ${BASE:-debian}\n",
    b"ARG GOPROXY=https://goproxy.example\n",
    b"ARG HTTP_PROXY\n",
    b"ENV A=$B C=\"${D:-e f}\" \\\n  G='h'\n",
    b"ENV HTTP_PROXY http:/u:p@localhost:3128\n",
    b"ENV GOPRIVATE=https://git.example, b\n",
    b"LABEL a=b\n",
    b"RUN --mount=type=secret,id=t,env=T go mod download && export X=$A; curl $X\n",
    b"RUN [\"a\", \"b\\u00e9\"]\n",
    b"RUN <<EOF sh -x\necho $A\nEOF\n",
    b"COPY --from=a <<-\"E 1\" <<E2 /x/\n\tbody\n\tE 1\n${A}\nE2\n",
    b"ONBUILD RUN echo ${A#*b}\n",
    b"HEALTHCHECK --interval=5s CMD true\n",
    b"# syntax=docker/dockerfile:1\n",
    b"# escape=`\n",
    b"# docklint: ignore[proxy-baked, nope] why\n",
    b"# comment \xc3\xa9\n",
    b"${X",
    b"}",
    b"\"",
    b"'",
    b"\\",
    b"`",
    b"$",
    b"<<",
    b"-",
    b"=",
    b" ",
    b"\t",
    b"\r\n",
    b"\n",
    b"\\\n",
    b"\\ \r\n",
    b"\xef\xbb\xbf",
    b"\0",
    b"\xff\xfe",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x90\xb3",
    b"[",
    b"]",
    b"#",
    b"@",
    b":",
];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ]
}

fn made_up() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// A change of a text; numbers are places, taken modulo its length.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
    Carriage,
}

impl Mutation {
    fn apply(&self, text: &mut Vec<u8>) {
        let range = |from: usize, len: usize| {
            let from = from % (text.len() + 1);
            from..(from + len % 40).min(text.len())
        };
        match self {
            Self::Cut(from, len) => {
                text.drain(range(*from, *len));
            }
            Self::Repeat(from, len) => {
                let range = range(*from, *len);
                let copy = text[range.clone()].to_vec();
                text.splice(range.start..range.start, copy);
            }
            Self::Insert(at, bytes) => {
                let at = range(*at, 0).start;
                text.splice(at..at, bytes.iter().copied());
            }
            Self::Carriage => {
                let lines = text.split(|&byte| byte == b'\n');
                *text = lines.collect::<Vec<_>>().join(&b"\r\n"[..]);
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => (any::<usize>(), any::<usize>()).prop_map(|(at, len)| Mutation::Cut(at, len)),
        3 => (any::<usize>(), any::<usize>()).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        6 => (any::<usize>(), piece()).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        1 => Just(Mutation::Carriage),
    ]
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let case = (0..CASES.len()).prop_map(|index| CASES[index].clone());
    let mutations = prop::collection::vec(mutation(), 0..6);
    (case, mutations).prop_map(|(mut text, mutations)| {
        for mutation in mutations {
            mutation.apply(&mut text);
        }
        text
    })
}

fn dockerfile() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![2 => mutated(), 1 => made_up()]
}

fn source(bytes: &[u8]) -> SourceFile {
    let path = "Dockerfile".to_owned();
    SourceFile::new(FileId(0), path, FileKind::Dockerfile, bytes.to_vec())
}

/// Everything on: what is off by default must hold as well.
fn options() -> Options {
    let choice = Choice {
        pedantic: true,
        ..Choice::default()
    };
    let all = Selection::new(&choice).unwrap();
    Options {
        selections: Selections::new(vec![all], vec![0]),
        ..Options::default()
    }
}

fn check(bytes: &[u8]) -> Outcome {
    check::check(vec![source(bytes)], &options())
}

fn assert_span(text: &str, span: Span, what: &str) {
    assert!(text.get(span.range()).is_some(), "{what}: {span:?}");
}

/// A word that is written without interruption reads as its bytes.
fn assert_word(text: &str, instruction: &Instruction<'_>, word: &Word) {
    let span = instruction.span_of(word);
    assert_span(text, span, "word");
    let is_whole = span.len() == (word.end - word.start) as usize;
    if word.cooked.is_none() && is_whole {
        assert_eq!(instruction.text(word), &text[span.range()]);
    }
}

fn words(command: &Command) -> Vec<&Word> {
    let mut words = vec![&command.keyword_word];
    words.extend(&command.flags);
    let mut arguments = &command.arguments;
    loop {
        match arguments {
            Arguments::None => {}
            Arguments::Words(all) | Arguments::Json(all) => words.extend(all),
            Arguments::Text(word) => words.push(word),
            Arguments::Pairs(pairs) => {
                words.extend(pairs.iter().flat_map(|pair| [&pair.key, &pair.value]));
            }
            Arguments::Health(kind, rest) => {
                words.push(kind);
                arguments = rest;
                continue;
            }
            Arguments::Trigger(trigger) => words.extend(self::words(trigger)),
        }
        return words;
    }
}

/// The tree is a view of the text: every part stands where it says it does.
fn assert_tree(text: &str, tree: &Dockerfile<'_>) {
    let mut behind = 0;
    for instruction in &tree.instructions {
        assert_span(text, instruction.span, "instruction");
        assert!(
            instruction.span.start >= behind,
            "instructions are in order"
        );
        behind = instruction.span.end;
        assert!(instruction.lines.0 <= instruction.lines.1);
        let line = &instruction.line;
        for (offset, byte) in line.text.bytes().enumerate() {
            let at = line.map.source(offset);
            assert_eq!(text.as_bytes().get(at), Some(&byte), "{offset} is at {at}");
        }
        for word in words(&instruction.command) {
            assert_word(text, instruction, word);
        }
        for heredoc in &instruction.heredocs {
            assert_word(text, instruction, &heredoc.marker);
            assert_eq!(heredoc.body, &text[heredoc.body_span.range()]);
            if let Some(terminator) = heredoc.terminator {
                assert_eq!(heredoc.name, &text[terminator.range()]);
            }
        }
    }
    for comment in &tree.comments {
        assert!(text[comment.range()].starts_with('#'));
    }
    for directive in &tree.directives {
        assert_eq!(directive.value, &text[directive.value_span.range()]);
    }
    for error in &tree.errors {
        assert_span(text, error.span, "syntax error");
    }
}

/// Everything the model and the flow point at lies in the file.
fn assert_workspace(text: &str, workspace: &Workspace<'_>) {
    for build in &workspace.builds {
        let model = &build.model;
        for used in &model.uses {
            assert_span(text, used.span, "use");
        }
        for error in &model.errors {
            assert_span(text, error.span, "build error");
            for related in &error.related {
                assert_span(text, *related, "related to a build error");
            }
        }
        for setting in build.settings() {
            assert_span(text, setting.name_span, "name");
            assert_span(text, setting.value_span, "value");
            for hop in model.provenance.story(setting.hop) {
                if let Some(at) = model.provenance.hop(hop).at {
                    assert_span(text, at.span, "hop");
                }
            }
        }
        for step in &model.steps {
            assert!(step.uses.end <= model.uses.len());
            if let Action::Run(run) = &step.action {
                for (_, span) in &run.mounts {
                    assert_span(text, *span, "mount");
                }
            }
            for (_, _, hop) in model.process_environment(step) {
                model.provenance.hop(hop);
            }
        }
    }
}

fn assert_findings(outcome: &Outcome) {
    let text = outcome.sources[0].text();
    for finding in &outcome.findings {
        let primaries = finding
            .labels
            .iter()
            .filter(|label| label.role == Role::Primary);
        assert_eq!(primaries.count(), 1, "{}: one primary label", finding.rule);
        assert!(!finding.message.is_empty());
        for label in &finding.labels {
            assert_span(text, label.location.span, finding.rule);
        }
        for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
            assert_span(text, edit.span, finding.rule);
        }
    }
}

fn assert_reports(outcome: &Outcome) {
    for format in Format::ALL {
        let mut written = Vec::new();
        render(format, outcome, &RenderOptions::default(), &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        if matches!(format, Format::Json | Format::Sarif | Format::Gitlab) {
            serde_json::from_str::<serde_json::Value>(&written).unwrap();
        }
    }
}

/// How often each story is told.
fn told(outcome: &Outcome) -> HashMap<(&'static str, &str), usize> {
    let mut told = HashMap::new();
    for finding in &outcome.findings {
        *told
            .entry((finding.rule, finding.message.as_str()))
            .or_default() += 1;
    }
    told
}

fn fixed(outcome: &Outcome, fix: &Fix) -> String {
    let edits: Vec<&Edit> = fix.edits.iter().collect();
    fix::apply(outcome.sources[0].text(), &edits).unwrap()
}

/// A fix mends what it is for.
fn assert_mends(outcome: &Outcome, finding: &Finding, fix: &Fix) {
    let after = check(fixed(outcome, fix).as_bytes());
    let key = (finding.rule, finding.message.as_str());
    let before = told(outcome)[&key];
    let left = told(&after).get(&key).copied().unwrap_or(0);
    assert!(
        left < before,
        "{}: `{}` changes nothing",
        finding.rule,
        fix.title
    );
}

proptest! {
    #[test]
    fn trees_point_into_the_text(bytes in dockerfile()) {
        let file = source(&bytes);
        prop_assert_eq!(file.text().len(), bytes.len());
        assert_tree(file.text(), &parse(&file));
    }

    #[test]
    fn models_point_into_the_text(bytes in dockerfile()) {
        let sources = [source(&bytes)];
        let trees = Trees::parse(&sources);
        let request = Request::default();
        assert_workspace(sources[0].text(), &Workspace::new(&trees, &request));
    }

    #[test]
    fn every_format_reports_every_finding(bytes in dockerfile()) {
        let outcome = check(&bytes);
        assert_findings(&outcome);
        assert_reports(&outcome);
    }

    #[test]
    fn fixes_mend_what_they_are_for_and_fit_together(bytes in dockerfile()) {
        let outcome = check(&bytes);
        // Text stands for bytes that are not UTF-8; no fix is written back to such a file.
        if outcome.sources[0].invalid().is_empty() {
            let fixes = outcome.findings.iter().flat_map(|finding| {
                finding.fixes.iter().map(move |fix| (finding, fix))
            });
            let mut edits = Vec::new();
            for (finding, fix) in fixes {
                assert_mends(&outcome, finding, fix);
                edits.push(fix.edits.as_slice());
            }
            let taken = fix::compatible(&edits);
            let together: Vec<&Edit> = taken.iter().flat_map(|&index| edits[index]).collect();
            prop_assert!(fix::apply(outcome.sources[0].text(), &together).is_ok());
        }
    }
}

/// Without a mutation every case holds, all of them.
#[test]
fn the_cases_themselves() {
    assert!(CASES.len() > 300);
    for bytes in CASES.iter() {
        let file = source(bytes);
        assert_tree(file.text(), &parse(&file));
        let outcome = check(bytes);
        assert_findings(&outcome);
        assert_reports(&outcome);
    }
}
