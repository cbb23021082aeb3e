//! Recovery from syntax errors: the broken lines are blanked out (offsets stay) and the rest is
//! read again, so that an editor in mid-line keeps the other services.

use std::borrow::Cow;

use crate::source::{LineIndex, Span};
use crate::syntax::SyntaxError;

use super::{Kind, Tree, composer};

/// Tries before the rest of the file is given up; each reads the file once.
const MAX_TRIES: usize = 8;
/// Texts above this size are read once more at most.
const LARGE: usize = 1 << 20;

pub(super) fn parse(text: &str) -> Tree<'_> {
    let (mut tree, error) = composer::compose(text);
    if let Some(error) = error {
        let errors = std::mem::take(&mut tree.errors);
        tree = recover(text, tree, error.clone());
        tree.errors.splice(0..0, errors.into_iter().chain([error]));
        dedup(&mut tree.errors);
    }
    tree
}

/// Reads `text` without its broken lines. `partial` is what stood before the first error.
fn recover<'a>(text: &'a str, partial: Tree<'a>, first: SyntaxError) -> Tree<'a> {
    let lines = LineIndex::new(text);
    let mut blanked = text.to_owned();
    let mut error = first;
    let mut errors = Vec::new();
    let mut last_line = 0;
    let tries = if text.len() > LARGE { 1 } else { MAX_TRIES };
    for attempt in 0..tries {
        let line = error_line(&lines, &blanked, error.span.start as usize);
        // An error that stays near the line just blanked lies in an earlier line, or in the whole
        // block around it.
        let near = attempt > 0 && line.abs_diff(last_line) <= 2;
        let range = if near {
            block_around(&lines, text, line.min(last_line))
        } else {
            line..line + 1
        };
        blank(&mut blanked, &lines, range);
        last_line = line;
        let (tree, next) = composer::compose(&blanked);
        match next {
            None => {
                let mut tree = own(tree);
                tree.errors.splice(0..0, errors);
                return tree;
            }
            Some(next) => {
                errors.push(next.clone());
                error = next;
            }
        }
    }
    Tree {
        errors: Vec::new(),
        ..partial
    }
}

/// The line of the error, or the last one before it that still has text.
fn error_line(lines: &LineIndex, text: &str, offset: usize) -> usize {
    let mut line = lines.line(offset);
    while line > 1 && line_text(lines, text, line).trim().is_empty() {
        line -= 1;
    }
    line
}

/// The line before and all lines behind it that are indented deeper than the entry they belong to.
fn block_around(lines: &LineIndex, text: &str, line: usize) -> std::ops::Range<usize> {
    let indent = |line| {
        let text = line_text(lines, text, line);
        let trimmed = text.trim_start_matches(' ');
        (!trimmed.trim().is_empty()).then(|| text.len() - trimmed.len())
    };
    let own = indent(line).unwrap_or(0);
    let mut first = line;
    while first > 1 {
        first -= 1;
        if indent(first).is_some_and(|at| at < own) {
            break;
        }
    }
    let parent = indent(first).unwrap_or(0);
    let mut end = line + 1;
    while end <= lines.count() && indent(end).is_none_or(|at| at > parent) {
        end += 1;
    }
    first..end
}

fn line_text<'t>(lines: &LineIndex, text: &'t str, line: usize) -> &'t str {
    let start = lines.line_start(line);
    let end = if line < lines.count() {
        lines.line_start(line + 1)
    } else {
        text.len()
    };
    text.get(start..end).unwrap_or_default()
}

fn blank(text: &mut String, lines: &LineIndex, range: std::ops::Range<usize>) {
    let start = lines.line_start(range.start);
    let end = if range.end <= lines.count() {
        lines.line_start(range.end)
    } else {
        text.len()
    };
    let blanks: String = text
        .get(start..end)
        .unwrap_or_default()
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(start..end, &blanks);
}

/// The tree of a changed copy of the text, without borrows from it.
fn own<'a>(tree: Tree<'_>) -> Tree<'a> {
    let nodes = tree.nodes.into_iter().map(|node| super::Node {
        span: node.span,
        tag: node.tag,
        kind: match node.kind {
            Kind::Scalar(text, style) => Kind::Scalar(Cow::Owned(text.into_owned()), style),
            Kind::Sequence(items) => Kind::Sequence(items),
            Kind::Mapping(pairs) => Kind::Mapping(pairs),
            Kind::Alias(target) => Kind::Alias(target),
        },
    });
    Tree {
        nodes: nodes.collect(),
        documents: tree.documents,
        comments: tree.comments,
        errors: tree.errors,
    }
}

/// One error for a place: reading again meets the same duplicate keys again.
fn dedup(errors: &mut Vec<SyntaxError>) {
    let mut seen: Vec<Span> = Vec::new();
    errors.retain(|error| {
        let new = !seen.contains(&error.span);
        seen.push(error.span);
        new
    });
}
