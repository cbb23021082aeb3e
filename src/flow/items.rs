//! What a suppression comment above a line is about: instructions, keys, assignments.

use super::unit_items::unit_items;
use super::workspace::Workspace;
use crate::source::{FileId, FileKind, Span};
use crate::syntax::yaml::{self, Kind, NodeId, Style};
use crate::syntax::{dockerfile::Dockerfile, dotenv};

impl Workspace<'_> {
    /// The instructions, keys or assignments of a file, in order and without overlap: a key's item
    /// ends where the first key below it begins.
    pub fn items(&self, file: FileId) -> Vec<Span> {
        let source = self.source(file);
        let mut items = match source.kind() {
            FileKind::Dockerfile => {
                return self.dockerfile(file).map_or_else(Vec::new, instructions);
            }
            FileKind::Compose => keys(source.text()),
            FileKind::Dotenv => assignments(source.text()),
            _ => return unit_items(source),
        };
        items.extend(self.inline_instructions(file));
        items.sort_by_key(|item| (item.start, std::cmp::Reverse(item.end)));
        items.dedup_by_key(|item| item.start);
        for index in 1..items.len() {
            let next = items[index].start;
            let item = &mut items[index - 1];
            item.end = item.end.min(next);
        }
        items
    }

    /// The instructions of the Dockerfiles that stand in a compose file as they are. Where lines are
    /// folded or breaks are escaped, a comment would take in what follows it.
    fn inline_instructions(&self, file: FileId) -> Vec<Span> {
        let parts = self.sources.iter().filter(|source| source.is_part());
        let spans = parts.flat_map(|part| {
            let tree = self.dockerfile(part.id());
            let spans = tree.map_or_else(Vec::new, instructions).into_iter();
            let places = spans.map(|span| part.on_disk(span));
            places.filter(|at| at.file == file).map(|at| at.span)
        });
        let mut spans: Vec<Span> = spans.collect();
        if !spans.is_empty() {
            let literals = literals(self.source(file).text());
            spans.retain(|span| {
                let begun = literals.partition_point(|literal| literal.start <= span.start);
                let literal = begun.checked_sub(1).and_then(|index| literals.get(index));
                literal.is_some_and(|literal| span.start < literal.end)
            });
        }
        spans
    }
}

/// The spans of literal block scalars, in file order.
fn literals(text: &str) -> Vec<Span> {
    let tree = yaml::Tree::parse(text);
    let mut literals = Vec::new();
    let mut open: Vec<NodeId> = tree.documents.clone();
    while let Some(id) = open.pop() {
        let node = tree.node(id);
        match &node.kind {
            Kind::Scalar(_, Style::Literal) => literals.push(node.span),
            Kind::Mapping(pairs) => open.extend(pairs.iter().flat_map(|&(a, b)| [a, b])),
            Kind::Sequence(values) => open.extend(values),
            Kind::Scalar(..) | Kind::Alias(_) => {}
        }
    }
    literals.sort_by_key(|span| span.start);
    literals
}

fn instructions(tree: &Dockerfile<'_>) -> Vec<Span> {
    let spans = tree.instructions.iter().map(|instruction| instruction.span);
    spans.collect()
}

fn assignments(text: &str) -> Vec<Span> {
    let entries = dotenv::parse(text).entries.into_iter();
    let spans = entries.map(|entry| match entry.value {
        Some(value) => entry.name_span.to(value.span),
        None => entry.name_span,
    });
    spans.map(|span| with_export(text, span)).collect()
}

/// An assignment begins with its `export`.
fn with_export(text: &str, span: Span) -> Span {
    const EXPORT: &str = "export";
    let before = text.get(..span.start as usize).unwrap_or_default();
    let lead = before.trim_end_matches([' ', '\t']);
    match lead.len() < before.len() && lead.ends_with(EXPORT) {
        true => Span::new(lead.len() - EXPORT.len(), span.end as usize),
        false => span,
    }
}

/// The entries of all mappings and sequences. What stands within one line is one item.
fn keys(text: &str) -> Vec<Span> {
    let tree = yaml::Tree::parse(text);
    let mut items = Vec::new();
    let mut open: Vec<NodeId> = tree.documents.clone();
    while let Some(id) = open.pop() {
        let mut entry = |span: Span, value: NodeId| {
            items.push(with_dash(text, span));
            let is_one_line = text
                .get(span.range())
                .is_some_and(|text| !text.contains('\n'));
            if !is_one_line {
                open.push(value);
            }
        };
        match &tree.node(id).kind {
            Kind::Mapping(pairs) => {
                for &(key, value) in pairs {
                    entry(tree.node(key).span.to(tree.node(value).span), value);
                }
            }
            Kind::Sequence(values) => {
                for &value in values {
                    entry(tree.node(value).span, value);
                }
            }
            Kind::Scalar(..) | Kind::Alias(_) => {}
        }
    }
    items
}

/// An entry of a sequence begins with its dash.
fn with_dash(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let before = without_header(before).unwrap_or(before);
    let outside = before.trim_end_matches([' ', '\t', '-']);
    let lead = before[outside.len()..].trim_start();
    let is_first = outside.is_empty() || outside.ends_with('\n');
    if is_first && lead.starts_with('-') {
        Span::new(before.len() - lead.len(), span.end as usize)
    } else {
        span
    }
}

/// What stands before the header of a block scalar (`>-`, with its properties and a comment) whose
/// text comes next: a comment below the header would be part of the text.
fn without_header(before: &str) -> Option<&str> {
    let above = before.trim_end_matches([' ', '\t']);
    let above = above.strip_suffix('\n')?.trim_end();
    let start = above.rfind('\n').map_or(0, |at| at + 1);
    let line = above.get(start..)?;
    let code = line.split(" #").next().unwrap_or(line);
    let header = code.trim_end().rsplit([' ', '\t']).next()?;
    let mut rest = code.trim_end().strip_suffix(header)?.trim_end();
    if !header.starts_with(['>', '|']) {
        return None;
    }
    while let Some(property) = rest.rsplit([' ', '\t']).next()
        && property.starts_with(['&', '!'])
    {
        rest = rest.strip_suffix(property)?.trim_end();
    }
    above.get(..start + rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let mut items = keys(text);
        items.sort_by_key(|item| item.start);
        items.iter().map(|item| &text[item.range()]).collect()
    }

    #[test]
    fn lines_are_items_and_sequences_begin_with_their_dash() {
        let text = "a:\n  b: {c: d}\n  e:\n    - f=g\n    - h: i\n      j: k\n";
        assert_eq!(
            texts(text),
            [
                "a:\n  b: {c: d}\n  e:\n    - f=g\n    - h: i\n      j: k",
                "b: {c: d}",
                "e:\n    - f=g\n    - h: i\n      j: k",
                "- f=g",
                "- h: i\n      j: k",
                "- h: i",
                "j: k"
            ]
        );
        for header in ["- >-", "- |2 # why", "- &a !!str |-"] {
            let text = format!("a:\n  {header}\n    X=http://x\n");
            let items = texts(&text);
            assert_eq!(
                items.get(1).map(|item| &item[..4]),
                header.get(..4),
                "{text}"
            );
        }
        assert_eq!(assignments("# x\nA=1\nB: 'x\ny'\nC\n").len(), 3);
        assert_eq!(assignments("\nexport A=1"), [Span::new(1, 11)]);
    }
}
