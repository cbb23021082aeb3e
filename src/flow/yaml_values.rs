//! What a YAML file says, for those who write comments into it and must not change that.

use crate::syntax::yaml::{Kind, NodeId, Style, Tree};

/// The values of a YAML file.
#[derive(Debug)]
pub struct YamlValues<'a> {
    tree: Tree<'a>,
    /// Where scalars begin and end, in file order, but for literal ones.
    scalars: Vec<(u32, u32)>,
}

impl<'a> YamlValues<'a> {
    /// Those of a text.
    pub fn of(text: &'a str) -> Self {
        let tree = Tree::parse(text);
        let scalars = scalars(&tree);
        Self { tree, scalars }
    }

    /// Whether a `#` at this offset would be part of a scalar that has no comments.
    pub fn has_scalar_at(&self, at: u32) -> bool {
        let before = self.scalars.partition_point(|(start, _)| *start < at);
        let scalar = before
            .checked_sub(1)
            .and_then(|index| self.scalars.get(index));
        scalar.is_some_and(|(_, end)| at < *end)
    }

    /// Whether another text has the same values, but for suppression comments in literal scalars.
    pub fn are_those_of(&self, text: &str) -> bool {
        is_same(&self.tree, &Tree::parse(text))
    }
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
