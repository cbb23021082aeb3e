//! Stories that several builds tell of the same place: one finding each.

use hashbrown::HashMap;

use super::Sink;
use crate::finding::Severity;
use crate::flow::Build;
use crate::model::variables::is_network_setting;
use crate::model::{HopId, Mechanism};
use crate::secrets::{Evidence, Judgement, Verdict};
use crate::source::Location;

/// Whether a password is but a placeholder in the address of a proxy or mirror:
/// `http://user:password@proxy.example`.
pub(super) fn is_placeholder_address(name: &str, judgement: &Judgement) -> bool {
    judgement.verdict == Verdict::Weak
        && judgement.evidence == Some(Evidence::UserInfo)
        && is_network_setting(name)
}

/// A finding that is being put together from what several builds know.
#[derive(Debug)]
pub(super) struct Story {
    /// The place to fix.
    pub at: Location,
    /// What happens there.
    pub label: String,
    /// What is wrong.
    pub message: String,
    /// The variable it is about, if it is about one.
    pub variable: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The places before it, in flow order.
    pub before: Vec<(Location, String)>,
    /// The places behind it.
    pub after: Vec<(Location, String)>,
    /// Further context.
    pub related: Vec<(Location, String)>,
    /// What to write instead.
    pub help: String,
}

/// Stories by the place they are about.
#[derive(Debug, Default)]
pub(super) struct Stories {
    all: Vec<Story>,
    by_place: HashMap<Location, usize>,
}

impl Stories {
    /// Adds a story. The worst one about a place is told, with the places of all.
    pub fn add(&mut self, story: Story) {
        let Some(&index) = self.by_place.get(&story.at) else {
            self.by_place.insert(story.at, self.all.len());
            self.all.push(story);
            return;
        };
        let known = &mut self.all[index];
        let is_worse = story.severity > known.severity;
        join(&mut known.before, story.before);
        join(&mut known.after, story.after);
        join(&mut known.related, story.related);
        if is_worse {
            known.severity = story.severity;
            known.message = story.message;
            known.variable = story.variable;
            known.label = story.label;
            known.help = story.help;
        }
    }

    /// Whether there is a story about a place.
    pub fn tells(&self, place: Location) -> bool {
        self.by_place.contains_key(&place)
    }

    /// Reports them.
    pub fn tell(self, sink: &mut Sink) {
        for story in self.all {
            let finding = sink.report(story.at, story.label, story.message);
            finding.severity(story.severity);
            if let Some(variable) = story.variable {
                finding.about(variable);
            }
            for (at, text) in story.before {
                finding.before(at, text);
            }
            for (at, text) in story.after {
                finding.after(at, text);
            }
            for (at, text) in story.related {
                finding.related(at, text);
            }
            if !story.help.is_empty() {
                finding.help(story.help);
            }
        }
    }
}

/// The most places of one kind that are shown: what a Dockerfile is built by may be many services.
pub(super) const MOST_PLACES: usize = 8;

fn join(known: &mut Vec<(Location, String)>, more: Vec<(Location, String)>) {
    for (at, text) in more {
        if known.len() < MOST_PLACES && known.iter().all(|(place, _)| *place != at) {
            known.push((at, text));
        }
    }
}

/// The labels of a value's way to `hop`, the last place left out.
pub(super) fn way(build: &Build<'_>, hop: HopId) -> Vec<(Location, String)> {
    let mut way = build.way(hop);
    way.pop();
    labels(way)
}

/// Labels for places on a value's way.
pub(super) fn labels(way: Vec<(Location, Mechanism)>) -> Vec<(Location, String)> {
    way.into_iter()
        .filter_map(|(at, how)| {
            let text = match how {
                Mechanism::ComposeBuildArg => "passed to the build here",
                Mechanism::GlobalArg => "declared here",
                Mechanism::Arg => "comes in as a build argument here",
                Mechanism::Env => "kept in the image here",
                Mechanism::Dotenv | Mechanism::ComposeEnvFile => "set here",
                _ => return None,
            };
            Some((at, text.to_owned()))
        })
        .collect()
}
