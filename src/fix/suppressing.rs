//! Changes that hide findings instead of mending them: suppression comments for what is there when
//! docklint is adopted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Round};
use crate::finding::Edit;
use crate::finding::Role;
use crate::finding::fix::apply;
use crate::finding::suppress::{Addition, Wanted, additions};
use crate::flow::{Trees, Workspace, YamlValues};
use crate::rules;
use crate::source::{FileId, FileKind, Location, SourceFile};

/// Adds suppression comments, round by round: a finding stays while one of its places is left.
#[derive(Debug, Default)]
pub struct Suppressing {
    /// What each new comment says after the rules.
    reason: String,
    /// Paths of files that cannot hold comments, and the rules that found something in them.
    pub impossible: BTreeSet<(String, &'static str)>,
    /// Paths of files, and the rules that found something in them which no comment hides without
    /// hiding more.
    pub left: BTreeSet<(String, &'static str)>,
}

impl Suppressing {
    /// Comments that give this reason; it may be empty.
    pub fn new(reason: String) -> Self {
        Self {
            reason,
            ..Self::default()
        }
    }

    /// The comments for what a run found.
    pub fn changes(&mut self, round: &Round) -> Vec<Change> {
        let wanted = wanted(round);
        if wanted.is_empty() {
            return Vec::new();
        }
        let sources = &round.outcome.sources;
        let trees = Trees::parse(sources);
        let workspace = Workspace::new(&trees, &round.request);
        let mut changes = Vec::new();
        for (file, places) in wanted {
            let source = &sources[file.0 as usize];
            let items = workspace.items(file);
            match additions(source, &items, &places, &self.reason) {
                Some(added) => {
                    let (comments, meant) = harmless(source, added.comments);
                    changes.extend(comments.into_iter().map(change));
                    let left = added.left.into_iter().chain(meant);
                    self.left
                        .extend(left.map(|rule| (source.path().to_owned(), rule)));
                }
                None => {
                    let rules = places.iter().map(|place| place.rule);
                    let entries = rules.map(|rule| (source.path().to_owned(), rule));
                    self.impossible.extend(entries);
                }
            }
        }
        changes
    }
}

/// The places of all findings, by file.
fn wanted(round: &Round) -> BTreeMap<FileId, Vec<Wanted>> {
    let mut wanted: BTreeMap<FileId, Vec<Wanted>> = BTreeMap::new();
    for finding in &round.outcome.findings {
        // What is wrong with a comment is not mended by another one.
        if rules::is_about_suppressions(finding.rule) {
            continue;
        }
        let labels = finding.labels.iter();
        let places = labels.filter(|label| matches!(label.role, Role::Primary | Role::Alike));
        for Location { file, span } in places.map(|label| label.location) {
            wanted.entry(file).or_default().push(Wanted {
                at: span.start,
                rule: finding.rule,
            });
        }
    }
    wanted
}

fn change(addition: Addition) -> Change {
    Change {
        rules: addition.rules,
        edits: vec![addition.edit],
    }
}

/// The comments that change no value of a file, and the rules of those that would: inside a scalar
/// there are no comments.
fn harmless(file: &SourceFile, comments: Vec<Addition>) -> (Vec<Addition>, BTreeSet<&'static str>) {
    if file.kind() != FileKind::Compose {
        return (comments, BTreeSet::new());
    }
    let values = YamlValues::of(file.text());
    let is_outside = |addition: &Addition| !values.has_scalar_at(addition.edit.span.start);
    let (mut kept, mut meant): (Vec<_>, Vec<_>) = comments.into_iter().partition(is_outside);
    let edits: Vec<&Edit> = kept.iter().map(|addition| &addition.edit).collect();
    let after = apply(file.text(), &edits).unwrap_or_default();
    if !values.are_those_of(&after) {
        meant.append(&mut kept);
    }
    let rules = meant.into_iter().flat_map(|addition| addition.rules);
    (kept, rules.collect())
}
