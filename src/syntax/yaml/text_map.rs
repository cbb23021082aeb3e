//! From a scalar's text back to the bytes it was written with, on demand.
//!
//! In every style each character that is not blank stands in the source in the same order, as
//! itself or as an escape; folding, chomping and indentation only touch blanks and line breaks.
//! So one walk over both texts finds every character.

use crate::source::{Span, TextMap};

use super::Style;

/// Aligns `text`, a scalar's value, with its source at `span`.
pub(super) fn align(source: &str, span: Span, text: &str, style: Style) -> TextMap {
    let raw = source.get(span.range()).unwrap_or_default();
    let mut start = span.start as usize;
    if style == Style::Plain && raw == text {
        return TextMap::verbatim(start);
    }
    let is_block = matches!(style, Style::Literal | Style::Folded);
    let mut aligner = Aligner {
        raw,
        at: usize::from(!is_block && style != Style::Plain),
        indent: 0,
        style,
    };
    if is_block {
        start = block_start(source, start);
        aligner.raw = source.get(start..span.end as usize).unwrap_or_default();
        aligner.indent = block_indent(aligner.raw, text);
        aligner.skip_indent();
    }
    let mut map = TextMap::default();
    let mut expected = None;
    for (offset, wanted) in text.char_indices() {
        let len = wanted.len_utf8();
        let Some((from, to)) = aligner.find(wanted) else {
            // A line break that the file's end stands for: it has the byte before.
            let before = source
                .as_bytes()
                .get(..span.end as usize)
                .unwrap_or_default();
            let before = before.iter().rposition(u8::is_ascii).unwrap_or(0);
            for byte in 0..len {
                map.push(offset + byte, before);
            }
            expected = None;
            continue;
        };
        if to - from == len {
            // A verbatim copy continues the piece.
            if expected != Some(from) {
                map.push(offset, start + from);
            }
            expected = Some(to);
        } else {
            // An escape, or a blank that folding made: each byte maps into it.
            let last = to.saturating_sub(from + 1);
            for byte in 0..len {
                map.push(offset + byte, start + from + byte.min(last));
            }
            expected = None;
        }
    }
    if text.is_empty() {
        map.push(0, start + aligner.at.min(aligner.raw.len()));
    }
    map
}

struct Aligner<'a> {
    raw: &'a str,
    at: usize,
    indent: usize,
    style: Style,
}

impl Aligner<'_> {
    /// The source range that produced the next character of the value; `None` if it
    /// stands for nothing there.
    fn find(&mut self, wanted: char) -> Option<(usize, usize)> {
        let blank = wanted == ' ' || wanted == '\t' || wanted == '\n';
        loop {
            let next = self.raw.get(self.at..)?.chars().next()?;
            let here = self.at;
            if next == '\\' && self.style == Style::DoubleQuoted {
                let len = escape_len(self.raw.get(here..).unwrap_or_default());
                self.at = here + len;
                if self
                    .raw
                    .get(here + 1..)
                    .is_some_and(|rest| rest.starts_with(['\n', '\r']))
                {
                    continue;
                }
                return Some((here, self.at));
            }
            if next == wanted {
                self.advance(next);
                if next == '\'' && self.style == Style::SingleQuoted {
                    // Written twice.
                    self.at += 1;
                }
                return Some((here, here + next.len_utf8()));
            }
            let skippable = matches!(next, ' ' | '\t' | '\n' | '\r');
            if blank && skippable && next != '\r' {
                // Folded: a blank that came from a line break, or a break from several.
                return Some((here, here));
            }
            if !skippable {
                return None;
            }
            self.advance(next);
        }
    }

    fn advance(&mut self, next: char) {
        self.at += next.len_utf8();
        if next == '\n' {
            self.skip_indent();
        }
    }

    fn skip_indent(&mut self) {
        let rest = self.raw.get(self.at..).unwrap_or_default();
        self.at += rest
            .bytes()
            .take(self.indent)
            .take_while(|&b| b == b' ')
            .count();
    }
}

/// Start of the first line of a block scalar, whose span starts at its first content: behind the
/// indentation, and behind blank lines that belong to it.
fn block_start(source: &str, content: usize) -> usize {
    let line_start = |at: usize| {
        let before = source.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    };
    let mut start = line_start(content);
    while start > 0 {
        let before = line_start(start - 1);
        if !source
            .get(before..start)
            .is_some_and(|line| line.trim().is_empty())
        {
            break;
        }
        start = before;
    }
    start
}

/// The indentation that is cut off each line of a block scalar, whose lines are `raw`.
fn block_indent(raw: &str, text: &str) -> usize {
    let leading = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let content = |line: &&str| !line.trim().is_empty();
    let written = raw.lines().find(content).map_or(0, leading);
    let kept = text.lines().find(content).map_or(0, leading);
    written.saturating_sub(kept)
}

/// Length of the escape at the start of `raw`.
fn escape_len(raw: &str) -> usize {
    let digits = match raw.chars().nth(1) {
        Some('x') => 2,
        Some('u') => {
            // A surrogate pair is one character.
            let pair = raw.get(6..8) == Some("\\u");
            let high = raw
                .get(2..4)
                .is_some_and(|hex| matches!(u8::from_str_radix(hex, 16), Ok(0xd8..=0xdb)));
            if pair && high { 10 } else { 4 }
        }
        Some('U') => 8,
        Some(c) => return (1 + c.len_utf8()).min(raw.len()),
        None => return raw.len(),
    };
    let mut len = (2 + digits).min(raw.len());
    while !raw.is_char_boundary(len) {
        len -= 1;
    }
    len
}
