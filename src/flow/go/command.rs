//! What a `go` command line asks for.

use crate::flow::clients::{self, Cache, Fill, Network, Programs};
use crate::flow::executed::Executed;
use crate::flow::shell::{Certainty, Command};
use crate::model::base_images::Distro;
use crate::model::{Piece, Value};
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

/// What a `go` command surely fetches.
pub(super) fn fetch(executed: &Executed<'_>) -> Fetch {
    let programs = Programs::from(Distro::Unknown);
    let Some(call) = clients::recognise(executed.command, programs) else {
        return Fetch::Nothing;
    };
    let variables = |name: &str| executed.sight(name).map(|sight| sight.value);
    // Before modules there was no proxy to ask.
    let has_modules = variables("GO111MODULE").and_then(Value::as_known) != Some("off");
    if executed.command.certainty != Certainty::Certain || !has_modules {
        return Fetch::Nothing;
    }
    match (call.network(&variables), call.cache()) {
        (Network::IfNotCached, _) => Fetch::Modules,
        (Network::Certain, Some((Cache::GoModules, Fill::All))) => Fetch::Modules,
        (Network::Certain, _) => Fetch::Named,
        _ => Fetch::Nothing,
    }
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
                Value::Known(text) => {
                    let (name, value) = text.split_once('=')?;
                    (name, Some(value))
                }
                Value::Partly(pieces) => match pieces.first()? {
                    Piece::Text(text) => (text.split_once('=')?.0, None),
                    Piece::Unknown(_) => return None,
                },
                Value::Unknown(_) => return None,
            };
            // What may not run leaves open what is written.
            let certain = command.certainty == Certainty::Certain;
            Some((name, value.filter(|_| certain), argument.span))
        })
        .collect()
}
