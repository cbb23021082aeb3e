//! Events to a tree, iteratively.

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};
use hashbrown::HashMap;

use crate::source::Span;
use crate::syntax::SyntaxError;

use super::{Kind, MAX_NESTING, MAX_NODES, Node, NodeId, Style, Tag, Tree};

/// Mappings with more keys than this find duplicates through a hash map.
const SMALL_MAPPING: usize = 12;

/// Double keys that are told of a file: go-yaml stops at the first, and nobody reads more.
const MAX_DUPLICATES: usize = 100;

/// Where composing ended.
pub(super) struct Failure {
    /// The error.
    pub error: SyntaxError,
    /// Start of the last node before it.
    pub last: usize,
}

/// Composes `text` up to its end or its first syntax error. What was open there is closed there.
pub(super) fn compose(text: &str) -> (Tree<'_>, Option<Failure>) {
    let mut composer = Composer::default();
    let failure = composer.run(text).err().map(|error| {
        let last = composer
            .tree
            .nodes
            .last()
            .map_or(0, |node| node.span.start as usize);
        Failure { error, last }
    });
    if composer.tree.cut.is_some() {
        composer.leave_out_half_read();
    }
    composer.close_all(text);
    (composer.tree, failure)
}

fn options() -> Options {
    granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    }
}

/// How deep the entries of a section stand, such as those of `services`.
const SECTION_DEPTH: usize = 2;

#[derive(Default)]
struct Composer<'a> {
    tree: Tree<'a>,
    anchors: HashMap<usize, NodeId>,
    open: Vec<Open>,
}

/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    is_mapping: bool,
    is_flow: bool,
    children: Vec<NodeId>,
}

impl<'a> Composer<'a> {
    fn run(&mut self, text: &'a str) -> Result<(), SyntaxError> {
        let mut parser = Parser::new_from_str_with_options(text, options());
        while let Some(next) = parser.next_event() {
            let (event, mark) = next.map_err(|error| {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                SyntaxError::new(char_span(text, at), sentence(&error.kind().to_string()))
            })?;
            let range = mark.byte_range().unwrap_or_default();
            // The parser counts a line break behind the last line that need not be there.
            let end = floor(text, range.end);
            let span = Span::new(floor(text, range.start).min(end), end);
            if self.tree.nodes.len() >= MAX_NODES {
                self.tree.cut = Some(span);
                break;
            }
            self.event(event, span);
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'a>, span: Span) {
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Comment(..) => self.tree.comments.push(span),
            Event::Scalar(text, style, anchor, tag) => {
                // The parser writes a value that is not there as `~`.
                let is_implied = span.is_empty() && style == ScalarStyle::Plain;
                let text = if is_implied { Cow::Borrowed("") } else { text };
                let kind = Kind::Scalar(text, style_of(style));
                self.leaf(span, tag, anchor, kind);
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(&target) => self.leaf(span, None, 0, Kind::Alias(target)),
                None => self.leaf(span, None, 0, null()),
            },
            Event::UnresolvedAlias(name) => {
                let error = SyntaxError::new(span, format!("unknown anchor '{name}' referenced"));
                self.tree.errors.push(error);
                self.leaf(span, None, 0, null());
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(span, style, false, anchor, tag.as_deref());
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(span, style, true, anchor, tag.as_deref());
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end),
            _ => {}
        }
    }

    fn leaf(
        &mut self,
        span: Span,
        tag: Option<Cow<'_, granit_parser::Tag>>,
        anchor: usize,
        kind: Kind<'a>,
    ) {
        let tag = tag.as_deref().map(tag_of);
        let id = self.add(Node { span, tag, kind }, anchor);
        self.attach(id);
    }

    fn add(&mut self, node: Node<'a>, anchor: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        self.tree.nodes.push(node);
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    fn attach(&mut self, id: NodeId) {
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.tree.documents.push(id),
        }
    }

    fn open(
        &mut self,
        span: Span,
        style: StructureStyle,
        is_mapping: bool,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
    ) {
        let kind = Kind::Sequence(Vec::new());
        let tag = tag.map(tag_of);
        let node = self.add(Node { span, tag, kind }, anchor);
        self.open.push(Open {
            node,
            is_mapping,
            is_flow: style == StructureStyle::Flow,
            children: Vec::new(),
        });
    }

    /// Closes the innermost collection. A block collection ends with its last child: the event's
    /// end lies behind the blank lines and comments that follow.
    fn close(&mut self, end: u32) {
        let Some(open) = self.open.pop() else { return };
        let last = open.children.last().map(|&id| self.tree.node(id).span.end);
        let end = if open.is_flow { Some(end) } else { last };
        let kind = if open.is_mapping {
            Kind::Mapping(self.pairs(&open.children))
        } else {
            Kind::Sequence(open.children)
        };
        let node = &mut self.tree.nodes[open.node.0 as usize];
        node.kind = kind;
        node.span.end = end.unwrap_or(node.span.end).max(node.span.start);
        self.attach(open.node);
    }

    fn pairs(&mut self, children: &[NodeId]) -> Vec<(NodeId, NodeId)> {
        let mut pairs = Vec::with_capacity(children.len() / 2);
        for pair in children.chunks(2) {
            match *pair {
                [key, value] => pairs.push((key, value)),
                [key] => {
                    let end = self.tree.node(key).span.end;
                    let span = Span { start: end, end };
                    let tag = None;
                    let kind = null();
                    let value = self.add(Node { span, tag, kind }, 0);
                    pairs.push((key, value));
                }
                _ => {}
            }
        }
        self.check_duplicates(&pairs);
        pairs
    }

    /// go-yaml and Compose compare the key's text, whatever its type (`loader/reset.go`).
    fn check_duplicates(&mut self, pairs: &[(NodeId, NodeId)]) {
        let mut duplicates = Vec::new();
        let text = |id: NodeId| self.tree.text(id).map_or("", |text| text.as_ref());
        if pairs.len() <= SMALL_MAPPING {
            for (index, &(key, _)) in pairs.iter().enumerate() {
                let earlier = pairs.get(..index).unwrap_or_default().iter();
                if let Some(&(first, _)) = earlier.clone().find(|(id, _)| text(*id) == text(key)) {
                    duplicates.push((first, key));
                }
            }
        } else {
            let mut seen = HashMap::with_capacity(pairs.len());
            for &(key, _) in pairs {
                if let Some(&first) = seen.get(text(key)) {
                    duplicates.push((first, key));
                } else {
                    seen.insert(text(key), key);
                }
            }
        }
        let left = MAX_DUPLICATES.saturating_sub(self.tree.errors.len());
        let errors = duplicates
            .into_iter()
            .take(left)
            .map(|(first, key)| SyntaxError {
                span: self.tree.node(key).span,
                message: format!("mapping key \"{}\" is already defined", text(key)),
                earlier: Some(self.tree.node(first).span),
            });
        let errors: Vec<_> = errors.collect();
        self.tree.errors.extend(errors);
    }

    /// Leaves the entry out that reading ended in: a service of which half is read lacks nothing.
    fn leave_out_half_read(&mut self) {
        self.open.truncate(SECTION_DEPTH);
        if let Some(section) = self.open.last_mut()
            && section.is_mapping
            && section.children.len() % 2 == 1
        {
            section.children.pop();
        }
    }

    fn close_all(&mut self, text: &str) {
        while !self.open.is_empty() {
            self.close(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
    }
}

fn null<'a>() -> Kind<'a> {
    Kind::Scalar(Cow::Borrowed(""), Style::Plain)
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn tag_of(tag: &granit_parser::Tag) -> Tag {
    if let Some(core) = tag.core_suffix() {
        return match core {
            "str" => Tag::Str,
            "int" => Tag::Int,
            "float" => Tag::Float,
            "bool" => Tag::Bool,
            "null" => Tag::Null,
            "timestamp" => Tag::Timestamp,
            _ => Tag::Other,
        };
    }
    match tag.parts() {
        ("!", "reset") => Tag::Reset,
        ("!", "override") => Tag::Override,
        _ => Tag::Other,
    }
}

/// The char boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The char at `at`, or the empty span at the end.
fn char_span(text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let len = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .filter(|&c| c != '\n' && c != '\r')
        .map_or(0, char::len_utf8);
    Span::new(at, at + len)
}

/// The parser's messages say what it was doing first ("while parsing a block mapping, did not …").
fn sentence(message: &str) -> String {
    match message.split_once(", ") {
        Some((context, rest)) if context.starts_with("while ") => rest.to_owned(),
        _ => message.to_owned(),
    }
}
