//! Shell text made to be slow: reading and simulating it takes about as long as its length says.

use std::time::{Duration, Instant};

use docklint::flow::shell::{Options, simulate};
use docklint::syntax::shell::{Dialect, parse};

fn run(text: &str, dialect: Dialect) {
    let script = parse(text, dialect);
    let room = std::cell::Cell::new(usize::MAX);
    simulate(&script, dialect, Options::default(), &|_| None, &room);
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
