//! Spans of text that the shell put together (`sh -c "…"`, `eval`, a here-document) in the script.

use crate::source::Span;

/// Maps offsets of a text back to the script, through every text in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Offsets<'p> {
    pieces: Pieces,
    parent: Option<&'p Offsets<'p>>,
}

/// Which bytes of a text come from where, in ascending order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pieces {
    /// Most texts are one piece, and need no list.
    first: Option<Piece>,
    rest: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// Where it starts in the text.
    start: u32,
    /// Where it comes from.
    source: Span,
    /// Whether it is a copy, byte for byte; else every byte of it comes from all of `source`.
    verbatim: bool,
}

impl Pieces {
    pub(super) fn push(&mut self, start: usize, source: Span, verbatim: bool) {
        let start = Span::at(start).start;
        self.add(Piece {
            start,
            source,
            verbatim,
        });
    }

    fn add(&mut self, piece: Piece) {
        match self.first {
            None => self.first = Some(piece),
            Some(_) => self.rest.push(piece),
        }
    }

    /// Adds the pieces of a text that stands `offset` bytes into this one.
    pub(super) fn append(&mut self, offset: usize, other: &Self) {
        let offset = Span::at(offset).start;
        for piece in other.first.iter().chain(&other.rest) {
            self.add(Piece {
                start: piece.start.saturating_add(offset),
                ..*piece
            });
        }
    }

    fn locate(&self, span: Span) -> Span {
        let first = self.locate_offset(span.start);
        if span.is_empty() {
            return Span {
                start: first.start,
                end: first.start,
            };
        }
        let last = self.locate_offset(span.end - 1);
        first.to(last)
    }

    /// The source of one byte.
    fn locate_offset(&self, offset: u32) -> Span {
        let after = self.rest.partition_point(|piece| piece.start <= offset);
        let later = after.checked_sub(1).and_then(|index| self.rest.get(index));
        let Some(piece) = later.or(self.first.as_ref()) else {
            return Span::default();
        };
        if !piece.verbatim {
            return piece.source;
        }
        let start = (piece.source.start + (offset - piece.start)).min(piece.source.end);
        let end = (start + 1).min(piece.source.end);
        Span { start, end }
    }
}

impl<'p> Offsets<'p> {
    /// The offsets of a text that `pieces` of the text of `parent` make up.
    pub(super) fn below(parent: &'p Offsets<'p>, pieces: Pieces) -> Self {
        Self {
            pieces,
            parent: Some(parent),
        }
    }

    /// The span in the script. The depth is bounded as nesting of shells is.
    pub(super) fn locate(&self, span: Span) -> Span {
        let mut span = span;
        let mut offsets = self;
        while let Some(parent) = offsets.parent {
            span = offsets.pieces.locate(span);
            offsets = parent;
        }
        span
    }
}

#[cfg(test)]
mod tests {
    use super::{Offsets, Pieces};
    use crate::source::Span;

    #[test]
    fn copies_map_byte_by_byte_and_expansions_as_a_whole() {
        // "curl " copied from 10, "http://p" expanded from $X at 15..17, " y" copied from 17
        let mut pieces = Pieces::default();
        pieces.push(0, Span::new(10, 15), true);
        pieces.push(5, Span::new(15, 17), false);
        pieces.push(13, Span::new(17, 19), true);
        let script = Offsets::default();
        let offsets = Offsets::below(&script, pieces);
        assert_eq!(offsets.locate(Span::new(0, 4)), Span::new(10, 14));
        assert_eq!(offsets.locate(Span::new(5, 13)), Span::new(15, 17));
        assert_eq!(offsets.locate(Span::new(0, 15)), Span::new(10, 19));
        assert_eq!(offsets.locate(Span::new(14, 15)), Span::new(18, 19));
    }
}
