//! Which bytes of a file are masked.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

use super::{Redacted, scan};
use crate::secrets::Names;
use crate::source::{FileKind, Span};

/// The masked bytes of one file: ascending ranges on char boundaries that do not touch each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    ranges: Vec<Range<usize>>,
}

/// How often masked text is looked at again. Each time more of it is stars; two rounds settle all
/// but text made to be difficult.
const ROUNDS: usize = 8;

/// The shortest secret whose copies are looked for.
const SHORTEST_COPY: usize = 8;

/// The copies of that many secrets are looked for: each is a look through the whole file.
const MOST_COPIED: usize = 64;

impl Mask {
    /// Finds what to mask in the text of a file.
    pub fn of(text: &str, kind: FileKind, names: &Names) -> Self {
        let mut mask = Self {
            ranges: scan::file(text, kind, names),
        };
        if mask.ranges.is_empty() {
            return mask;
        }
        // A mask covers quotes and blanks that a second look would have stopped at. Looking until
        // nothing is added makes masked text its own mask.
        for _ in 0..ROUNDS {
            let again = scan::file(mask.apply(text).as_str(), kind, names);
            if again.iter().all(|range| mask.covers(text, range)) {
                break;
            }
            mask.add(again);
        }
        mask.add(mask.copies(text));
        mask
    }

    /// Masks further bytes.
    pub fn also(&mut self, ranges: impl Iterator<Item = Range<usize>>) {
        self.add(ranges.collect());
    }

    fn add(&mut self, ranges: Vec<Range<usize>>) {
        self.ranges.extend(ranges);
        self.ranges = scan::merged(std::mem::take(&mut self.ranges));
    }

    /// Where else the file writes what is masked somewhere. Plain words do not count: `password`
    /// as a password must not blot out the word.
    fn copies(&self, text: &str) -> Vec<Range<usize>> {
        let is_random = |secret: &&str| {
            let has = |test: fn(&u8) -> bool| secret.bytes().any(|byte| test(&byte));
            secret.len() >= SHORTEST_COPY && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
        };
        let secrets: BTreeSet<&str> = self.secrets(text).filter(is_random).collect();
        let copies = secrets.into_iter().take(MOST_COPIED).flat_map(|secret| {
            let starts = memmem::find_iter(text.as_bytes(), secret.as_bytes());
            starts.map(|start| start..start + secret.len())
        });
        copies.collect()
    }

    /// Whether nothing is masked.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The masked bytes.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.ranges
            .iter()
            .map(|range| Span::new(range.start, range.end))
    }

    /// Whether a span holds a masked byte, or an empty one lies inside of masked bytes.
    pub fn touches(&self, span: Span) -> bool {
        let Range { start, end } = span.range();
        let next = self.ranges.partition_point(|range| range.end <= start);
        self.ranges.get(next).is_some_and(|range| {
            if start == end {
                range.start < start
            } else {
                range.start < end
            }
        })
    }

    /// What is masked in `text`, the text the mask was made of.
    pub fn secrets<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.ranges
            .iter()
            .filter_map(move |range| text.get(range.clone()))
    }

    /// What is masked in `text` from `span`'s first byte to its last.
    pub fn secrets_in<'t>(&self, text: &'t str, span: Span) -> impl Iterator<Item = &'t str> {
        let Range { start, end } = span.range();
        let first = self.ranges.partition_point(|range| range.end <= start);
        self.ranges
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(move |range| range.start < end)
            .filter_map(move |range| text.get(range.clone()))
    }

    /// `text` with a star for each masked byte; line breaks stay.
    pub fn apply(&self, text: &str) -> Redacted {
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for range in &self.ranges {
            shown.push_str(text.get(from..range.start).unwrap_or_default());
            for line in text
                .get(range.clone())
                .unwrap_or_default()
                .split_inclusive('\n')
            {
                let masked = line.trim_end_matches(['\r', '\n']);
                shown.extend(std::iter::repeat_n('*', masked.len()));
                shown.push_str(&line[masked.len()..]);
            }
            from = range.end;
        }
        shown.push_str(text.get(from..).unwrap_or_default());
        Redacted(shown)
    }

    /// Whether every byte of `range` that is shown as something else than a line break is masked.
    fn covers(&self, text: &str, range: &Range<usize>) -> bool {
        let is_break = |part: Range<usize>| {
            text.get(part)
                .unwrap_or_default()
                .bytes()
                .all(|byte| matches!(byte, b'\r' | b'\n'))
        };
        let mut at = range.start;
        let first = self.ranges.partition_point(|known| known.end <= at);
        for known in self
            .ranges
            .iter()
            .skip(first)
            .take_while(|known| known.start < range.end)
        {
            if known.start > at && !is_break(at..known.start) {
                return false;
            }
            at = known.end;
        }
        at >= range.end || is_break(at..range.end)
    }
}
