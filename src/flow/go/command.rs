//! What a `go` command line asks for.

use crate::flow::executed::Executed;
use crate::flow::shell::{Certainty, Command};
use crate::source::Span;

/// What a command fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// Nothing, or nothing that is certain.
    Nothing,
    /// The modules of the module at hand, unless they are there.
    Modules,
    /// A package it names: asked for in any case.
    Named,
}

/// Flags whose value may stand as the next word (`go help build`, `go help testflag`).
const VALUE_FLAGS: [&str; 22] = [
    "C",
    "p",
    "o",
    "asmflags",
    "buildmode",
    "compiler",
    "gccgoflags",
    "gcflags",
    "installsuffix",
    "ldflags",
    "mod",
    "modfile",
    "overlay",
    "pkgdir",
    "tags",
    "toolexec",
    "run",
    "bench",
    "coverprofile",
    "timeout",
    "count",
    "f",
];

/// What a `go` command surely fetches (`facts/NETWORK_COMMANDS.tsv`, rows of go).
pub(super) fn fetch(executed: &Executed<'_>) -> Fetch {
    if executed.command.certainty != Certainty::Certain || is_offline(executed) {
        return Fetch::Nothing;
    }
    let mut operands = operands(executed.words().skip(1));
    let subcommand = operands.next().unwrap_or_default();
    let operands: Vec<&str> = operands.collect();
    let local = |word: &&str| word.is_empty() || word.starts_with('.') || word.starts_with('/');
    let versioned = operands.iter().any(|word| word.contains('@'));
    match subcommand {
        "get" if !operands.iter().all(|word| local(&word)) => Fetch::Named,
        "install" | "run" if versioned => Fetch::Named,
        "mod" => match operands.split_first() {
            Some((&"download", rest)) if !rest.is_empty() => Fetch::Named,
            Some((&("download" | "tidy" | "vendor" | "verify" | "graph" | "why"), _)) => {
                Fetch::Modules
            }
            _ => Fetch::Nothing,
        },
        "get" | "install" | "build" | "test" | "vet" | "run" | "generate" => Fetch::Modules,
        "list" if !operands.is_empty() => Fetch::Modules,
        _ => Fetch::Nothing,
    }
}

/// Whether modules come from a `vendor` folder, or the command works without modules.
fn is_offline(executed: &Executed<'_>) -> bool {
    let mut words = executed.words().peekable();
    while let Some(word) = words.next() {
        let word = word.trim_start_matches('-');
        if word == "mod=vendor" || word == "mod" && words.peek() == Some(&"vendor") {
            // `go mod vendor` fetches what `go build -mod vendor` then reads.
            return executed.words().nth(1) != Some("mod");
        }
    }
    let says = |name: &str, fits: fn(&str) -> bool| {
        let mut sights = executed.sights(name).flatten();
        sights.any(|sight| sight.value.as_known().is_some_and(fits))
    };
    says("GOFLAGS", |flags| flags.contains("-mod=vendor"))
        || says("GO111MODULE", |value| value == "off")
        || says("GOPROXY", |value| value.trim() == "off")
}

/// The words that are neither flags nor values of flags; the subcommand is the first.
fn operands<'w>(words: impl Iterator<Item = &'w str>) -> impl Iterator<Item = &'w str> {
    let mut skip = false;
    words.filter(move |word| {
        if std::mem::take(&mut skip) {
            return false;
        }
        let flag = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
        skip = flag.is_some_and(|flag| VALUE_FLAGS.contains(&flag));
        flag.is_none()
    })
}

/// What `go env -w` writes: names, values as far as they are known, and where they stand.
pub(super) fn written(command: &Command) -> Vec<(&str, Option<&str>, Span)> {
    let known = |index: usize| command.argv.get(index)?.value.as_known();
    if known(1) != Some("env") || known(2) != Some("-w") {
        return Vec::new();
    }
    let settings = command.argv.iter().skip(3);
    settings
        .filter_map(|argument| {
            let (name, value) = match &argument.value {
                crate::model::Value::Known(text) => {
                    let (name, value) = text.split_once('=')?;
                    (name, Some(value))
                }
                crate::model::Value::Partly(pieces) => match pieces.first()? {
                    crate::model::Piece::Text(text) => (text.split_once('=')?.0, None),
                    crate::model::Piece::Unknown(_) => return None,
                },
                crate::model::Value::Unknown(_) => return None,
            };
            // What may not run leaves open what is written.
            let certain = command.certainty == Certainty::Certain;
            Some((name, value.filter(|_| certain), argument.span))
        })
        .collect()
}
