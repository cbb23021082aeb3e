//! Places in files as people and programs name them, for every offset that findings mention.

use crate::finding::Finding;
use crate::source::{FileId, Location, SourceFile};

/// A place in a file in every unit that a format asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Bytes from the beginning of the file.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
    /// Column in bytes, from 1.
    pub byte_column: usize,
}

/// Every place that findings mention, worked out in one sweep over each file: thousands of findings
/// on one long line cost no more than the line.
#[derive(Debug)]
pub struct Points {
    /// Sorted by offset, for each file.
    files: Vec<Vec<Point>>,
}

impl Points {
    /// Works out the places that `findings` mention in `sources`, and `further` ones.
    pub fn new(sources: &[SourceFile], findings: &[Finding], further: &[Location]) -> Self {
        let mut offsets: Vec<Vec<usize>> = vec![Vec::new(); sources.len()];
        let labels = findings
            .iter()
            .flat_map(|finding| &finding.labels)
            .map(|label| (label.location.file, label.location.span));
        let edits = findings
            .iter()
            .flat_map(|finding| &finding.fixes)
            .flat_map(|fix| &fix.edits)
            .map(|edit| (edit.file, edit.span));
        let further = further.iter().map(|at| (at.file, at.span));
        for (file, span) in labels.chain(edits).chain(further) {
            if let Some(offsets) = offsets.get_mut(file.0 as usize) {
                offsets.extend([span.start as usize, span.end as usize]);
            }
        }
        let files = sources
            .iter()
            .zip(offsets)
            .map(|(source, offsets)| sweep(source, offsets))
            .collect();
        Self { files }
    }

    /// The place of an offset that was mentioned; the nearest one before it for any other.
    pub fn get(&self, file: FileId, offset: u32) -> Point {
        let Some(points) = self.files.get(file.0 as usize) else {
            return Point::default();
        };
        let after = points.partition_point(|point| point.offset <= offset as usize);
        after
            .checked_sub(1)
            .and_then(|at| points.get(at))
            .copied()
            .unwrap_or_default()
    }
}

/// The largest char boundary that is not after `offset`.
pub(super) fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn sweep(source: &SourceFile, mut offsets: Vec<usize>) -> Vec<Point> {
    if offsets.is_empty() {
        return Vec::new();
    }
    let text = source.text();
    let lines = source.lines();
    for offset in &mut offsets {
        *offset = floor(text, *offset);
    }
    offsets.sort_unstable();
    offsets.dedup();

    let mut points: Vec<Point> = Vec::with_capacity(offsets.len());
    for offset in offsets {
        let line = lines.line(offset);
        let start = lines.line_start(line);
        let (from, column) = match points.last() {
            Some(last) if last.line == line => (last.offset, last.column),
            _ => (start, 1),
        };
        let between = text.get(from..offset).unwrap_or_default();
        points.push(Point {
            offset,
            line,
            column: column + between.chars().count(),
            byte_column: offset - start + 1,
        });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::source::{FileKind, Span};

    #[test]
    fn every_unit_counts_its_own_way() {
        let text = "a\r\né=é x\n";
        let file = SourceFile::new(FileId(0), "f".into(), FileKind::Dockerfile, text.into());
        let location = Location {
            file: FileId(0),
            span: Span::new(6, 8),
        };
        let finding = Finding::new("r", Severity::Info, location, "", "");
        let points = Points::new(&[file], &[finding], &[]);
        let point = |offset, column, byte_column| Point {
            offset,
            line: 2,
            column,
            byte_column,
        };
        assert_eq!(points.get(FileId(0), 6), point(6, 3, 4));
        assert_eq!(points.get(FileId(0), 8), point(8, 4, 6));
    }
}
