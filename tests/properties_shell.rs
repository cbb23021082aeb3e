//! Whatever the text of a RUN is, reading and simulating it ends, soon and without a panic, and every
//! span lies in the text.

use std::time::{Duration, Instant};

use docklint::flow::shell::{Options, Outcome, simulate};
use docklint::source::Span;
use docklint::syntax::shell::{Dialect, Script, parse, references};
use proptest::prelude::*;

/// What damage puts in.
const PIECES: [&str; 44] = [
    "\"",
    "'",
    "`",
    "$(",
    ")",
    "(",
    "${",
    "}",
    "{",
    "$((",
    "))",
    "<<EOF\n",
    "\nEOF\n",
    "<<-'E'",
    "\n",
    ";",
    ";;",
    "&",
    "&&",
    "||",
    "|",
    "\\",
    "#",
    " ",
    "if ",
    "then ",
    "fi",
    "do ",
    "done",
    "case x in ",
    "esac",
    "export A=",
    "é",
    "\u{1F600}",
    "{{ x }}",
    "{% if %}",
    "<%= y %>",
    "[[ ",
    " ]]",
    "sh -c ",
    "eval ",
    "$X",
    "${X:-",
    "sudo ",
];

fn bodies() -> Vec<String> {
    let table = include_str!("../fixtures/conformance/shell/snippets.tsv");
    let bodies = table.lines().skip(1).filter_map(|line| {
        let body = line.split('\t').nth(1)?;
        serde_json::from_str(body).ok()
    });
    bodies.collect()
}

/// A change at a place, both given as numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
enum Damage {
    Insert(usize, usize),
    Remove(usize, usize),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let numbers = (any::<usize>(), any::<usize>());
    prop_oneof![
        numbers.prop_map(|(at, piece)| Damage::Insert(at, piece)),
        numbers.prop_map(|(at, length)| Damage::Remove(at, length)),
        numbers.prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn apply(text: &mut String, damage: &Damage) {
    let boundary = |text: &str, at: usize| {
        let mut at = at % (text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    match *damage {
        Damage::Insert(at, piece) => {
            let at = boundary(text, at);
            text.insert_str(at, PIECES[piece % PIECES.len()]);
        }
        Damage::Remove(at, length) => {
            let start = boundary(text, at);
            let end = boundary(text, start + length % 9).max(start);
            text.replace_range(start..end, "");
        }
        Damage::Repeat(at, length) => {
            let start = boundary(text, at);
            let end = boundary(text, start + length % 40).max(start);
            let copy = text[start..end].to_owned();
            text.insert_str(start, &copy);
        }
    }
}

fn run<'t>(text: &'t str, dialect: Dialect) -> (Script<'t>, Outcome) {
    let script = parse(text, dialect);
    let room = std::cell::Cell::new(usize::MAX);
    let outcome = simulate(&script, dialect, Options::default(), &|_| None, &room);
    (script, outcome)
}

fn spans(script: &Script<'_>, outcome: &Outcome) -> Vec<Span> {
    let mut spans: Vec<Span> = script.errors.iter().map(|error| error.span).collect();
    spans.extend(references(script).iter().map(|found| found.span));
    for command in &outcome.commands {
        spans.push(command.span);
        spans.extend(command.argv.iter().map(|argument| argument.span));
        spans.extend(command.redirections.iter().map(|found| found.span));
        spans.extend(command.wrappers.iter().map(|wrapper| wrapper.span));
        spans.extend(command.piped_from);
    }
    spans.extend(outcome.uses.iter().map(|place| place.span));
    spans.extend(outcome.assignments.iter().map(|found| found.span));
    spans
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bodies_are_read_to_the_end(
        body in prop::sample::select(bodies()),
        damages in prop::collection::vec(damage(), 1..8),
    ) {
        let mut text = body;
        for damage in &damages {
            apply(&mut text, damage);
        }
        for dialect in [Dialect::Sh, Dialect::Bash] {
            let (script, outcome) = run(&text, dialect);
            for span in spans(&script, &outcome) {
                prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
            }
            for command in &outcome.commands {
                prop_assert!(!command.variants.is_empty());
            }
        }
    }
}

/// Text that nests or repeats `10_000` times takes about as long as its length says.
#[test]
fn hostile_text_takes_linear_time() {
    let repeated = [
        "(",
        "{ ",
        "$(",
        "\"$(",
        "${x:-",
        "if ",
        "$((",
        "((",
        "`",
        "case x in y) ",
        "<(",
        "! ",
        "<<E ",
        "a && ",
        "a || ",
        "a | ",
        "X=1; ",
        "export X$Y=1; ",
        "f() { f; f; }; f; ",
        "eval 'a;' ",
        "sh -c \"",
        "while a; do ",
        "for x in a b c; do ",
        "export A=$A$A; ",
        "cd x && export B=1; ",
        "[[ ( ",
        "{a,b}",
        "$((x++)) ",
        "'",
        "\"",
        "{{ ",
        "{% ",
        "@A",
        "<% ",
        "x=$(",
        "a \\\n",
        ">a ",
        "a || b=1; c; ",
        "${x#*",
        "sudo ",
        "env A=1 ",
        "xargs ",
        "find -exec ",
        "set -- a $@; ",
        "A=x$A$A; ",
        "A=$A$(b); ",
        "A=\"$A $A\"; set -- $A; ",
    ];
    for piece in repeated {
        let text = piece.repeat(10_000);
        let begin = Instant::now();
        for dialect in [Dialect::Sh, Dialect::Bash] {
            run(&text, dialect);
        }
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(10), "{piece:?} took {took:?}");
    }
}

/// Many different variables, states and commands do not multiply.
#[test]
fn long_scripts_take_linear_time() {
    let lines = [
        |n: usize| format!("export V{n}=x; cmd {n}\n"),
        |n: usize| format!("a || V{n}=$(b); export V{n}\n"),
        |n: usize| format!("if a; then export V{n}=1; else export V{n}=2; fi; cmd\n"),
        |n: usize| format!("f{n}() {{ export V{n}=1; cmd; }}; f{n}\n"),
        |n: usize| format!("for x in a b c d; do V{n}=$x cmd; done\n"),
        |n: usize| format!("sh -c 'export V{n}=1; cmd' && env A{n}=1 cmd\n"),
    ];
    for line in lines {
        let text: String = (0..5_000).map(line).collect();
        let begin = Instant::now();
        run(&text, Dialect::Sh);
        let took = begin.elapsed();
        assert!(
            took < Duration::from_secs(20),
            "{:?} took {took:?}",
            line(0)
        );
    }
}
