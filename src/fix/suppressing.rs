//! Changes that hide findings instead of mending them: suppression comments for what is there when
//! docklint is adopted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Round};
use crate::finding::Edit;
use crate::finding::Role;
use crate::finding::fix::apply;
use crate::finding::suppress::{Addition, Wanted, additions};
use crate::flow::{Trees, Workspace};
use crate::rules;
use crate::source::{FileId, FileKind, Location, SourceFile};
use crate::syntax::yaml::{Kind, NodeId, Style, Tree};

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
    let tree = Tree::parse(file.text());
    let scalars = scalars(&tree);
    let is_outside = |addition: &Addition| {
        let at = addition.edit.span.start;
        let before = scalars.partition_point(|(start, _)| *start < at);
        let scalar = before.checked_sub(1).and_then(|index| scalars.get(index));
        scalar.is_none_or(|(_, end)| *end <= at)
    };
    let (mut kept, mut meant): (Vec<_>, Vec<_>) = comments.into_iter().partition(is_outside);
    let edits: Vec<&Edit> = kept.iter().map(|addition| &addition.edit).collect();
    let after = apply(file.text(), &edits).unwrap_or_default();
    if !is_same(&tree, &Tree::parse(&after)) {
        meant.append(&mut kept);
    }
    let rules = meant.into_iter().flat_map(|addition| addition.rules);
    (kept, rules.collect())
}

/// Where scalars begin and end in which `#` never begins a comment, in file order. Literal ones are
/// left out: a Dockerfile in one has comments of its own.
fn scalars(tree: &Tree<'_>) -> Vec<(u32, u32)> {
    let mut scalars = Vec::new();
    let mut open = tree.documents.clone();
    while let Some(id) = open.pop() {
        let node = tree.node(id);
        match &node.kind {
            Kind::Scalar(_, Style::Literal) | Kind::Alias(_) => {}
            Kind::Scalar(..) => scalars.push((node.span.start, node.span.end)),
            Kind::Sequence(items) => open.extend(items),
            Kind::Mapping(entries) => open.extend(entries.iter().flat_map(|&(a, b)| [a, b])),
        }
    }
    scalars.sort_unstable();
    scalars
}

/// Whether two trees have the same values, but for suppression comments in literal scalars.
fn is_same(one: &Tree<'_>, other: &Tree<'_>) -> bool {
    if one.documents.len() != other.documents.len() || one.len() != other.len() {
        return false;
    }
    let documents = one.documents.iter().copied();
    let mut open: Vec<(NodeId, NodeId)> = documents.zip(other.documents.iter().copied()).collect();
    while let Some((a, b)) = open.pop() {
        let (a, b) = (one.node(a), other.node(b));
        let is_same = match (&a.kind, &b.kind) {
            (Kind::Scalar(a, Style::Literal), Kind::Scalar(b, Style::Literal)) => {
                meaning(a).eq(meaning(b))
            }
            (Kind::Scalar(a, _), Kind::Scalar(b, _)) => a == b,
            (Kind::Alias(a), Kind::Alias(b)) => a == b,
            (Kind::Sequence(a), Kind::Sequence(b)) => {
                open.extend(a.iter().copied().zip(b.iter().copied()));
                a.len() == b.len()
            }
            (Kind::Mapping(a), Kind::Mapping(b)) => {
                let pairs = a.iter().zip(b);
                open.extend(pairs.flat_map(|(a, b)| [(a.0, b.0), (a.1, b.1)]));
                a.len() == b.len()
            }
            _ => false,
        };
        if !is_same || a.tag != b.tag {
            return false;
        }
    }
    true
}

/// The lines of a text that are no suppression comments.
fn meaning(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines();
    lines.filter(|line| !line.trim_start().starts_with("# docklint: ignore["))
}
