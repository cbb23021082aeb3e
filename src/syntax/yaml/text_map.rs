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
        // The span of a block scalar starts behind the first line's indentation.
        start = source
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        aligner.raw = source.get(start..span.end as usize).unwrap_or_default();
        aligner.indent = block_indent(aligner.raw, text);
        aligner.skip_indent();
    }
    let mut map = TextMap::default();
    let mut expected = None;
    for (offset, wanted) in text.char_indices() {
        let (from, to) = aligner.find(wanted);
        // A verbatim copy continues the piece; anything else starts a new one.
        let verbatim = to - from == wanted.len_utf8();
        if expected != Some(from) || !verbatim {
            map.push(offset, start + from);
        }
        expected = verbatim.then_some(to);
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
    /// The source range that produced the next character of the value.
    fn find(&mut self, wanted: char) -> (usize, usize) {
        let blank = wanted == ' ' || wanted == '\t' || wanted == '\n';
        loop {
            let Some(next) = self.raw.get(self.at..).and_then(|rest| rest.chars().next()) else {
                return (self.raw.len(), self.raw.len());
            };
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
                return (here, self.at);
            }
            if next == wanted {
                self.advance(next);
                if next == '\'' && self.style == Style::SingleQuoted {
                    // Written twice.
                    self.at += 1;
                }
                return (here, here + next.len_utf8());
            }
            let skippable = matches!(next, ' ' | '\t' | '\n' | '\r');
            if blank && skippable && next != '\r' {
                // Folded: a blank that came from a line break, or a break from several.
                return (here, here);
            }
            if !skippable {
                // Not aligned, which the grammar rules out; stay inside the scalar.
                return (here, here);
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
