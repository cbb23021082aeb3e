//! `proxy-spelling-conflict`: both spellings of a proxy are given, with different values.

use super::{Rule, Sink};
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::BuildArg;
use crate::model::variables::PREDEFINED_PROXIES;
use crate::source::{Location, Span};

pub(super) struct ProxySpellingConflict;

impl Rule for ProxySpellingConflict {
    fn build(&self, build: &Build<'_>, _workspace: &Workspace<'_>, sink: &mut Sink) {
        for proxy in PREDEFINED_PROXIES {
            let mut given: Vec<&BuildArg<'_>> = build
                .model
                .build_args
                .iter()
                .filter(|arg| arg.name.eq_ignore_ascii_case(proxy))
                .collect();
            given.sort_by(|a, b| a.name.cmp(&b.name));
            let Some((winner, losers)) = given.split_last() else {
                continue;
            };
            let differs = |loser: &&&BuildArg<'_>| {
                loser.name != winner.name
                    && loser.value.as_known().is_some()
                    && winner.value.as_known().is_some()
                    && loser.value != winner.value
            };
            if let Some(loser) = losers.iter().find(differs) {
                report(winner, loser, build, sink);
            }
        }
    }
}

fn report(winner: &BuildArg<'_>, loser: &BuildArg<'_>, build: &Build<'_>, sink: &mut Sink) {
    let (won, lost) = (&winner.name, &loser.name);
    let message = if winner.value.is_empty() {
        format!("the empty build argument `{won}` switches off the proxy that `{lost}` gives")
    } else {
        format!("the build arguments `{lost}` and `{won}` differ: BuildKit takes `{won}` and drops the other")
    };
    let finding = sink
        .report(place(winner, build), "this one counts", message)
        .about(won.clone())
        .help("give one spelling; BuildKit exports it in both (before BuildKit 0.29 it picked one at random)");
    let other = place(loser, build);
    if Some(other) != finding.primary() {
        finding.before(other, "this one is dropped");
    }
}

/// Where an argument is given; for one of the command line, the file's first FROM.
fn place(arg: &BuildArg<'_>, build: &Build<'_>) -> Location {
    let given = build.model.provenance.hop(arg.hop).at;
    given.unwrap_or_else(|| {
        let first = build.model.stages.first();
        build.at(first.map_or(Span::at(0), |stage| stage.from.span))
    })
}
