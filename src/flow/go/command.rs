//! What a `go` command line asks for.

use crate::flow::clients::{self, Cache, Call, Fill, Network, Programs};
use crate::flow::executed::Executed;
use crate::flow::shell::Certainty;
use crate::model::Value;
use crate::model::base_images::Distro;

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

/// The command as a call of `go`.
pub(super) fn go_call<'b>(executed: &Executed<'b>) -> Option<Call<'b>> {
    if executed.command.name() != Some("go") {
        return None;
    }
    clients::recognise(executed.command, Programs::from(Distro::Unknown))
}

/// What a `go` command surely fetches.
pub(super) fn fetch(call: &Call<'_>, executed: &Executed<'_>) -> Fetch {
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
