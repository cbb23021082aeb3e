//! Bodies of here-documents.

use super::reader::Reader;
use super::tree::{HereDocument, Part, Word};
use super::word::QuotedEnd;
use crate::source::Span;

/// A here-document whose operator was read and whose body follows behind the next newline.
pub(super) struct PendingHereDocument<'a> {
    index: usize,
    delimiter: std::borrow::Cow<'a, str>,
    operator_span: Span,
    literal: bool,
    strip_tabs: bool,
}

impl<'a> Reader<'a> {
    /// Registers a here-document; returns its index.
    pub(super) fn open_here_document(&mut self, delimiter: &Word<'a>, strip_tabs: bool) -> usize {
        let index = self.here_documents.len();
        self.here_documents.push(HereDocument::default());
        let text = self.slice(delimiter.span.start as usize, delimiter.span.end as usize);
        self.pending.push(PendingHereDocument {
            index,
            delimiter: match delimiter.literal() {
                Some(literal) => literal.into_owned().into(),
                None => text.into(),
            },
            operator_span: delimiter.span,
            literal: delimiter.parts.iter().any(|part| part.quoted),
            strip_tabs,
        });
        index
    }

    /// Reads the bodies of the pending here-documents; the cursor stands behind a newline.
    pub(super) fn here_document_bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let body = self.here_document_body(&pending);
            if let Some(slot) = self.here_documents.get_mut(pending.index) {
                slot.body = body;
            }
        }
    }

    fn here_document_body(&mut self, pending: &PendingHereDocument<'a>) -> Word<'a> {
        let start = self.at;
        let mut parts = Vec::new();
        loop {
            if self.at_end() {
                self.error_at(pending.operator_span, "here-document without its end line");
                break;
            }
            let line_start = self.at;
            let newline = memchr::memchr(b'\n', self.rest().as_bytes());
            let line_end = newline.map_or(self.end, |length| line_start + length);
            if pending.strip_tabs {
                while self.at < line_end && self.peek() == Some(b'\t') {
                    self.at += 1;
                }
            }
            if self.slice(self.at, line_end) == pending.delimiter {
                let body = Span::new(start, line_start);
                self.at = (line_end + 1).min(self.end);
                return Word { span: body, parts };
            }
            let next = (line_end + 1).min(self.end);
            if pending.literal {
                let text_start = std::mem::replace(&mut self.at, next);
                self.literal(&mut parts, text_start, true);
            } else {
                self.here_document_line(next, &mut parts);
            }
        }
        Word {
            span: self.span_from(start),
            parts,
        }
    }

    /// One line with its expansions. A substitution may run over the end of the line.
    fn here_document_line(&mut self, next: usize, parts: &mut Vec<Part<'a>>) {
        let outer = std::mem::take(&mut self.pending);
        self.quoted_parts(parts, QuotedEnd::Offset(next));
        self.pending = outer;
    }
}
