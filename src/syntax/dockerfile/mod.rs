//! Dockerfiles: text to instructions, as BuildKit's parser reads them
//! (`frontend/dockerfile/parser` in moby/buildkit; `facts/buildkit.md` section 5).
//!
//! The tree keeps the byte span of everything through continuations, and parsing never fails as a
//! whole: errors are collected and the rest of the file is read.

mod arguments;
mod directive;
mod heredoc;
mod json;
mod lines;
mod tree;
pub mod word;

pub use directive::{Directive, Frontend};
pub use heredoc::{HeredocWord, heredoc_word};
pub use tree::{
    Arguments, Command, Dockerfile, Heredoc, Instruction, Keyword, LogicalLine, Pair, SyntaxError,
    SyntaxErrorKind, Word,
};

use crate::source::SourceFile;

/// Parses the text of a Dockerfile.
pub fn parse(file: &SourceFile) -> Dockerfile<'_> {
    lines::Reader::new(file.text()).read()
}
