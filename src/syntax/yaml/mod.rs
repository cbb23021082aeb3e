//! YAML as go-yaml v3 (and so Compose) reads it, as a tree with byte spans.
//!
//! Events come from granit-parser; the tree, the scalar typing, duplicate keys and the recovery
//! from syntax errors are ours. Aliases are edges to the node they name and are never expanded
//! here, so an alias bomb costs no more than its text.

mod composer;
mod recover;
mod scalar;
mod text_map;

use std::borrow::Cow;

use crate::source::{Span, TextMap};

use super::SyntaxError;

pub use scalar::{Typed, format_float};

/// Deepest nesting that is read; go-yaml stops at 10,000, no project file comes near either.
pub const MAX_NESTING: usize = 400;

/// Nodes of one file that are read.
pub const MAX_NODES: usize = 200_000;

/// A YAML file: its documents, comments and errors.
#[derive(Clone, Debug, Default)]
pub struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// The root of each document, in file order.
    pub documents: Vec<NodeId>,
    /// All comments, in file order.
    pub comments: Vec<Span>,
    /// All errors, in the order they were met.
    pub errors: Vec<SyntaxError>,
    /// Where reading ended because there are more than [`MAX_NODES`].
    pub cut: Option<Span>,
}

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The node's own bytes, quotes and brackets included, without anchor and tag.
    pub span: Span,
    /// Its explicit tag.
    pub tag: Option<Tag>,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind<'a> {
    /// Text, before typing.
    Scalar(Cow<'a, str>, Style),
    /// A list.
    Sequence(Vec<NodeId>),
    /// Keys and values in file order, duplicates included.
    Mapping(Vec<(NodeId, NodeId)>),
    /// A reference to an anchored node, which may be an ancestor.
    Alias(NodeId),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// An explicit tag, as far as it makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `!reset`: Compose removes the key from the files before.
    Reset,
    /// `!override`: Compose replaces instead of merging.
    Override,
    /// `!!str`
    Str,
    /// `!!int`
    Int,
    /// `!!float`
    Float,
    /// `!!bool`
    Bool,
    /// `!!null`
    Null,
    /// `!!timestamp`
    Timestamp,
    /// `!`, or any other: the scalar is text.
    Other,
}

impl<'a> Tree<'a> {
    /// Parses a file's text.
    pub fn parse(text: &'a str) -> Self {
        recover::parse(text)
    }

    /// The node of an id of this tree.
    pub fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    /// The node behind `id`, aliases followed.
    pub fn resolved(&self, id: NodeId) -> &Node<'a> {
        match self.node(id).kind {
            Kind::Alias(target) => self.node(target),
            _ => self.node(id),
        }
    }

    /// The text of a scalar node.
    pub fn text(&self, id: NodeId) -> Option<&Cow<'a, str>> {
        match &self.node(id).kind {
            Kind::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl Node<'_> {
    /// The scalar's type and value as go-yaml resolves it; `Err` when its tag forbids the text.
    /// `None` for collections and aliases.
    pub fn typed(&self) -> Option<Result<Typed, String>> {
        match &self.kind {
            Kind::Scalar(text, style) => Some(scalar::resolve(text, *style, self.tag)),
            _ => None,
        }
    }

    /// Maps offsets in the scalar's text back to `source`, the text the tree was parsed from.
    pub fn text_map(&self, source: &str) -> TextMap {
        match &self.kind {
            Kind::Scalar(text, style) => text_map::align(source, self.span, text, *style),
            _ => TextMap::verbatim(self.span.start as usize),
        }
    }
}

#[cfg(test)]
mod tests;
