//! From offsets in a text that was put together out of pieces of a file back to the file.

use super::Span;

/// Maps a derived text (a RUN's shell text with its continuations joined, a block scalar with its
/// indentation removed) back to the source it was cut from.
///
/// The derived text is a sequence of pieces, each a verbatim copy of source bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextMap {
    /// (offset in the derived text, offset in the source) where each piece starts, both ascending.
    pieces: Vec<(u32, u32)>,
}

impl TextMap {
    /// A derived text that is one verbatim piece starting at `source`.
    pub fn verbatim(source: usize) -> Self {
        let mut map = Self::default();
        map.push(0, source);
        map
    }

    /// From offset `derived` on, the derived text continues at `source`.
    pub fn push(&mut self, derived: usize, source: usize) {
        let offset = |at| Span::at(at).start;
        self.pieces.push((offset(derived), offset(source)));
    }

    /// The map of the derived text from `offset` on.
    #[must_use]
    pub fn from_offset(&self, offset: usize) -> Self {
        let at = Span::at(offset).start;
        let mut map = Self::verbatim(self.source(offset));
        let later = self.pieces.iter().filter(|&&(derived, _)| derived > at);
        map.pieces
            .extend(later.map(|&(derived, source)| (derived - at, source)));
        map
    }

    /// The source offset of the byte at `offset` of the derived text.
    pub fn source(&self, offset: usize) -> usize {
        let after = self
            .pieces
            .partition_point(|&(derived, _)| derived as usize <= offset);
        let Some(&(derived, source)) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else {
            return offset;
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
    }
}
