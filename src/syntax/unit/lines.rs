//! Physical lines as systemd reads them (`read_line_full` of `src/basic/fileio.c`).

use crate::source::Span;

/// One physical line, its end-of-line characters left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub start: usize,
    pub end: usize,
}

impl Line {
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// LF, CR and NUL each end a line; a run of different ones is one end, but nothing joins a NUL that
/// came before it.
pub(super) struct PhysicalLines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> PhysicalLines<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for PhysicalLines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let end = start + rest.iter().position(|&b| is_end(b)).unwrap_or(rest.len());
        let mut next = end;
        while let Some(&byte) = bytes.get(next).filter(|&&b| is_end(b)) {
            let seen = bytes.get(end..next).unwrap_or_default();
            if seen.last() == Some(&0) || seen.contains(&byte) {
                break;
            }
            next += 1;
        }
        self.at = next;
        Some(Line { start, end })
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0)
}
