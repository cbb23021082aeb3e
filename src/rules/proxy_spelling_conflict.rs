//! `proxy-spelling-conflict`: both spellings of a proxy are given, with different values.

use super::{Rule, Sink};
use crate::flow::{Analysis, Build, Engine, Workspace};
use crate::model::dockerfile::BuildArg;
use crate::model::variables::PREDEFINED_PROXIES;
use crate::source::Span;

pub(super) struct ProxySpellingConflict;

impl Rule for ProxySpellingConflict {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        // Other builders set the given spelling only.
        if workspace.request.settings(build.file).engine != Engine::Buildkit {
            return;
        }
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
                let values = (loser.value.as_known(), winner.value.as_known());
                let differ = matches!(values, (Some(lost), Some(won)) if lost != won);
                differ && loser.name != winner.name
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
        format!(
            "the build arguments `{lost}` and `{won}` differ, and BuildKit takes `{won}` for both"
        )
    };
    let given = |arg: &BuildArg<'_>| build.model.provenance.hop(arg.hop).at;
    // An argument of the command line stands in no file.
    let (place, label) = match given(winner) {
        Some(place) => (place, "this one counts".to_owned()),
        None => {
            let first = build.model.stages.first();
            let from = first.map_or(Span::at(0), |stage| stage.from.span);
            (
                build.at(from),
                format!("every RUN of this build sees the value of `{won}`"),
            )
        }
    };
    let finding = sink
        .report(place, label, message)
        .about(won.clone())
        .help("give one of the two: BuildKit sets both spellings in every RUN (before BuildKit 0.29 it took one of them at random)");
    if let Some(other) = given(loser) {
        let story = build.model.provenance.story(loser.hop);
        let origin = story
            .first()
            .and_then(|&hop| build.model.provenance.hop(hop).at);
        if let Some(origin) = origin.filter(|origin| origin.file != other.file) {
            finding.before(origin, format!("sets `{lost}`"));
        }
        finding.before(other, "this one is dropped");
    }
}
