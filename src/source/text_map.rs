//! From offsets in a text that was put together out of pieces of a file back to the file.

use super::Span;

/// Maps a derived text (a RUN's shell text with its continuations joined, a block scalar with its
/// indentation removed) back to the source it was cut from.
///
/// The derived text is a sequence of pieces, each a verbatim copy of source bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextMap {
    /// Where the first piece starts in the source; it starts at 0 in the derived text.
    first: u32,
    /// (offset in the derived text, offset in the source) where each further piece starts.
    further: Vec<(u32, u32)>,
}

impl TextMap {
    /// A derived text that is one verbatim piece starting at `source`.
    pub fn verbatim(source: usize) -> Self {
        Self {
            first: Span::at(source).start,
            further: Vec::new(),
        }
    }

    /// From offset `derived` on, the derived text continues at `source`.
    pub fn push(&mut self, derived: usize, source: usize) {
        self.further
            .push((Span::at(derived).start, Span::at(source).start));
    }

    /// The map of the part `start..end` of the derived text, as a derived text of its own.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Self {
        let from = Span::at(start).start;
        let inside = |&&(derived, _): &&(u32, u32)| derived > from && (derived as usize) < end;
        Self {
            first: Span::at(self.source(start)).start,
            further: self
                .further
                .iter()
                .filter(inside)
                .map(|&(derived, source)| (derived - from, source))
                .collect(),
        }
    }

    /// The source offset of the byte at `offset` of the derived text.
    pub fn source(&self, offset: usize) -> usize {
        let after = self
            .further
            .partition_point(|&(derived, _)| derived as usize <= offset);
        let (derived, source) = match after.checked_sub(1) {
            Some(index) => self.further[index],
            None => (0, self.first),
        };
        source as usize + (offset - derived as usize)
    }

    /// The source span of `start..end` in the derived text. The end is mapped by its last byte, so
    /// a span that ends where a piece ends does not run over the bytes cut out behind it.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let from = self.source(start);
        let to = if end > start {
            self.source(end - 1) + 1
        } else {
            from
        };
        Span::new(from, to.max(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cross_the_bytes_cut_out() {
        // "go \<newline>mod" joined to "go mod"
        let mut map = TextMap::verbatim(10);
        map.push(3, 15);
        assert_eq!(map.span(0, 2), Span::new(10, 12));
        assert_eq!(map.span(0, 6), Span::new(10, 18));
        assert_eq!(map.span(3, 6), Span::new(15, 18));
        assert_eq!(map.span(0, 3), Span::new(10, 13));
        let part = map.part(1, 6);
        assert_eq!(part.span(0, 5), Span::new(11, 18));
        assert_eq!(part.span(2, 5), Span::new(15, 18));
    }
}
