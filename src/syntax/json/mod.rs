//! A small JSON reader that keeps the bytes of every key and value (`daemon.json`, `config.json`).
//!
//! It reads on behind an error, so that a file half-way through an edit still has its good part.
//! Which keys match and which of two equal ones counts is the model's business.

mod parser;

use crate::source::Span;

pub use parser::parse;

/// How deep arrays and objects may nest; the files read here need three levels.
pub const MAX_DEPTH: usize = 128;

/// How many values are read; the files read here have some dozens.
pub const MAX_NODES: usize = 50_000;

/// What to say of a file in which reading ended early.
pub const TOO_MUCH: &str =
    "there are more values here than anybody writes: the file is not looked at";

/// A document: its value, as far as there is one, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The value.
    pub root: Option<Node>,
    /// Errors in file order. A real reader refuses the file at the first one.
    pub errors: Vec<Error>,
    /// Where reading ended because of [`MAX_DEPTH`] or [`MAX_NODES`]: no fault of the file's.
    pub cut: Option<Span>,
}

/// A value and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The bytes, quotes and brackets included.
    pub span: Span,
    /// The value.
    pub value: Json,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; its text is in the file.
    Number,
    /// A string, escapes resolved.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in file order, duplicates kept.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, escapes resolved.
    pub key: String,
    /// Its bytes, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// A syntax error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where.
    pub span: Span,
}

/// What is wrong in a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value is missing.
    ExpectedValue,
    /// A key is missing, or is not a string.
    ExpectedKey,
    /// `:` is missing.
    ExpectedColon,
    /// `,` or the closing bracket is missing.
    ExpectedComma,
    /// A comma with nothing behind it.
    TrailingComma,
    /// A comment; JSON has none.
    Comment,
    /// A string that does not end on its line.
    UnclosedString,
    /// A control character, or an escape that is none, in a string.
    BadCharacter,
    /// An array or object without its closing bracket.
    Unclosed,
    /// Text behind the value.
    TrailingText,
}

impl ErrorKind {
    /// The error in words.
    pub fn message(self) -> &'static str {
        match self {
            Self::ExpectedValue => "expected a value",
            Self::ExpectedKey => "expected a key in double quotes",
            Self::ExpectedColon => "expected `:` after the key",
            Self::ExpectedComma => "expected `,` or the closing bracket",
            Self::TrailingComma => "JSON allows no comma before a closing bracket",
            Self::Comment => "JSON allows no comments",
            Self::UnclosedString => "this string is never closed",
            Self::BadCharacter => "this character or escape is not allowed in a JSON string",
            Self::Unclosed => "this bracket is never closed",
            Self::TrailingText => "nothing may follow the value",
        }
    }
}

impl Node {
    /// The members, if the value is an object.
    pub fn members(&self) -> Option<&[Member]> {
        match &self.value {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The text, if the value is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// What kind of value it is, as Go's decoder names it.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }
}

#[cfg(test)]
mod tests;
