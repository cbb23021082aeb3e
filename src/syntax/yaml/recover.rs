//! Recovery from syntax errors: the broken lines are blanked out (offsets stay) and the rest is
//! read again, so that an editor in mid-line keeps the other services.

use std::borrow::Cow;

use hashbrown::HashSet;

use crate::source::{LineIndex, Span};
use crate::syntax::SyntaxError;

use super::composer::{self, Failure, floor};
use super::{Kind, Style, Tree};

/// Errors that are recovered from.
const MAX_ERRORS: usize = 8;
/// Bytes that all attempts may read together.
const MAX_READ: usize = 8 << 20;

pub(super) fn parse(text: &str) -> Tree<'_> {
    let (mut tree, failure) = composer::compose(text);
    if let Some(failure) = failure {
        let mut errors = std::mem::take(&mut tree.errors);
        errors.push(failure.error.clone());
        let recovered = Recovery::new(text).run(failure, &mut errors);
        tree = recovered.unwrap_or(tree);
        errors.append(&mut tree.errors);
        tree.errors = errors;
    }
    tree.errors.extend(control_character(text));
    dedup(&mut tree.errors);
    tree
}

/// go-yaml refuses control characters anywhere, in comments and quotes too; so it does bytes that
/// are not UTF-8, which stand in the text as one.
fn control_character(text: &str) -> Option<SyntaxError> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    let at = text.as_bytes().iter().position(is_control)?;
    Some(SyntaxError::new(
        Span::new(at, at + 1),
        "control characters are not allowed",
    ))
}

struct Recovery<'t> {
    text: &'t str,
    lines: LineIndex,
    attempts: usize,
}

impl<'t> Recovery<'t> {
    fn new(text: &'t str) -> Self {
        let attempts = MAX_READ / text.len().max(1);
        Self {
            text,
            lines: LineIndex::new(text),
            attempts: attempts.min(MAX_ERRORS * 4),
        }
    }

    /// The tree of the text without its broken lines; `None` if it is broken throughout.
    fn run<'a>(mut self, mut failure: Failure, errors: &mut Vec<SyntaxError>) -> Option<Tree<'a>> {
        let mut blanked = self.text.to_owned();
        for _ in 0..MAX_ERRORS {
            match self.mend(&mut blanked, &failure)? {
                Mended::Whole(tree) => return Some(tree),
                Mended::Further(next) => {
                    errors.push(fit_error(self.text, next.error.clone()));
                    failure = next;
                }
            }
        }
        None
    }

    /// Blanks the lines that are most likely broken: those without which the text is read further.
    fn mend<'a>(&mut self, blanked: &mut String, failure: &Failure) -> Option<Mended<'a>> {
        let line = self.error_line(blanked, failure.error.span.start as usize);
        let last = self.lines.line(failure.last);
        let before = self.error_line(blanked, self.lines.line_start(line).saturating_sub(1));
        let candidates = [
            line..line + 1,
            last..last + 1,
            before..before + 1,
            block_around(&self.lines, self.text, last),
        ];
        for range in candidates {
            self.attempts = self.attempts.checked_sub(1)?;
            let mut attempt = blanked.clone();
            let end = range.end.max(line);
            blank(&mut attempt, &self.lines, range);
            let (tree, next) = composer::compose(&attempt);
            match next {
                None => return Some(Mended::Whole(own(tree, self.text, &attempt))),
                Some(next) if self.lines.line(next.error.span.start as usize) > end + 1 => {
                    *blanked = attempt;
                    return Some(Mended::Further(next));
                }
                Some(_) => {}
            }
        }
        None
    }

    /// The line of the error, or the last one before it that still has text.
    fn error_line(&self, text: &str, offset: usize) -> usize {
        let mut line = self.lines.line(offset);
        while line > 1 && line_text(&self.lines, text, line).trim().is_empty() {
            line -= 1;
        }
        line
    }
}

enum Mended<'a> {
    Whole(Tree<'a>),
    Further(Failure),
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

/// The tree of a changed copy of `text`, without borrows from the copy. Spans move to the char
/// boundaries of `text`; a scalar that lost lines is dropped.
fn own<'a>(tree: Tree<'_>, text: &str, copy: &str) -> Tree<'a> {
    let nodes = tree.nodes.into_iter().map(|node| super::Node {
        span: fit(text, node.span),
        tag: node.tag,
        kind: match node.kind {
            Kind::Scalar(..) if text.get(node.span.range()) != copy.get(node.span.range()) => {
                Kind::Scalar(Cow::Borrowed(""), Style::Plain)
            }
            Kind::Scalar(text, style) => Kind::Scalar(Cow::Owned(text.into_owned()), style),
            Kind::Sequence(items) => Kind::Sequence(items),
            Kind::Mapping(pairs) => Kind::Mapping(pairs),
            Kind::Alias(target) => Kind::Alias(target),
        },
    });
    Tree {
        nodes: nodes.collect(),
        documents: tree.documents,
        cut: tree.cut.map(|span| fit(text, span)),
        comments: tree
            .comments
            .into_iter()
            .map(|span| fit(text, span))
            .collect(),
        errors: tree
            .errors
            .into_iter()
            .map(|error| fit_error(text, error))
            .collect(),
    }
}

fn fit(text: &str, span: Span) -> Span {
    Span::new(
        floor(text, span.start as usize),
        floor(text, span.end as usize),
    )
}

fn fit_error(text: &str, error: SyntaxError) -> SyntaxError {
    SyntaxError {
        span: fit(text, error.span),
        earlier: error.earlier.map(|span| fit(text, span)),
        message: error.message,
    }
}

/// One error for a place: reading again meets the same duplicate keys again.
fn dedup(errors: &mut Vec<SyntaxError>) {
    let mut seen = HashSet::new();
    errors.retain(|error| seen.insert(error.span));
}
