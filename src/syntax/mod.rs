//! Text to spanned trees. Knows grammar, no meaning.

pub mod dockerfile;
pub mod dotenv;
pub mod environment_file;
pub mod json;
pub mod shell;
pub mod template;
pub mod unit;
pub mod yaml;

use crate::source::Span;

/// A place where a text breaks its grammar. Parsers go on behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offending bytes.
    pub span: Span,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// An earlier place the error refers to (a key's first definition).
    pub earlier: Option<Span>,
}

impl SyntaxError {
    /// An error at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            earlier: None,
        }
    }
}
