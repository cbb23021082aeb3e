//! Places in files, for the views that show what docklint believes.

use crate::finding::redact::{Door, Redacted};
use crate::source::{Position, SourceFile, Span};

/// Bytes of a file that is known.
#[derive(Clone, Copy, Debug)]
pub struct PlaceView {
    /// The bytes.
    pub span: Span,
    /// The first one's line and column.
    pub start: Position,
    /// Line and column behind the last one.
    pub end: Position,
}

impl PlaceView {
    pub(super) fn new(source: &SourceFile, span: Span) -> Self {
        let position = |offset: u32| source.lines().position(source.text(), offset as usize);
        Self {
            span,
            start: position(span.start),
            end: position(span.end),
        }
    }
}

/// Bytes of one of several files.
#[derive(Clone, Debug)]
pub struct SpotView {
    /// The file.
    pub file: Redacted,
    /// Where in it.
    pub place: PlaceView,
}

impl SpotView {
    pub(super) fn new(source: &SourceFile, span: Span, door: Door<'_>) -> Self {
        Self {
            file: door.path(source.path()),
            place: PlaceView::new(source, span),
        }
    }
}
