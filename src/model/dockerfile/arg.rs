//! The words of an `ARG`.

use crate::source::Span;
use crate::syntax::dockerfile::{Instruction, Word};

/// An argument of `ARG`, split at its first `=`.
pub(super) struct ArgWord<'f> {
    pub name: &'f str,
    pub name_span: Span,
    /// The default and its offset in the joined line.
    pub default: Option<(&'f str, usize)>,
    pub default_span: Option<Span>,
}

impl<'f> ArgWord<'f> {
    pub fn new(instruction: &'f Instruction<'f>, word: &'f Word) -> Self {
        let text = instruction.text(word);
        let start = word.start as usize;
        let map = &instruction.line.map;
        match text.split_once('=') {
            Some((name, default)) => {
                let at = start + name.len() + 1;
                Self {
                    name,
                    name_span: map.span(start, start + name.len()),
                    default: Some((default, at)),
                    default_span: Some(map.span(at, word.end as usize)),
                }
            }
            None => Self {
                name: text,
                name_span: instruction.span_of(word),
                default: None,
                default_span: None,
            },
        }
    }
}
