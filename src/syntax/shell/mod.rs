//! A small, tolerant reader of the shell text in a RUN instruction.
//!
//! It never fails as a whole: after a syntax error it goes on with the rest, so that one unclosed
//! quote does not hide the commands around it. All spans are byte offsets into the text it was
//! given, always on char boundaries; the caller maps them to the file with
//! [`TextMap`](crate::source::TextMap).
//!
//! | file | what it reads |
//! | --- | --- |
//! | `tree` | the tree |
//! | `reader` | the cursor: blanks, comments, newlines, errors |
//! | `list` | lists, `&&`, `||`, pipelines |
//! | `compound` | `if`, loops, `case`, groups, subshells, functions, `[[ ]]`, `(( ))` |
//! | `simple` | simple commands, assignments, redirections |
//! | `here_document` | bodies of `<<` |
//! | `word` | words and their quoting |
//! | `expansion` | `$…`, backticks, process substitution |
//! | `template` | placeholders of template engines inside shell text |
//! | `foreign` | text that is no shell at all: cmd, PowerShell |
//! | `walk` | every expansion of a script, wherever it stands |

mod compound;
mod expansion;
mod foreign;
mod here_document;
mod list;
mod reader;
mod simple;
mod template;
mod tree;
mod walk;
mod word;

pub use foreign::Foreign;
pub use reader::{COMMAND_SIZE, MAX_SIZE};
pub use tree::*;
pub use walk::{Reference, references};

/// Reads shell text, up to [`MAX_SIZE`].
pub fn parse(text: &str, dialect: Dialect) -> Script<'_> {
    parse_up_to(MAX_SIZE, text, dialect)
}

/// Reads shell text that may have so many words, a command counting for [`COMMAND_SIZE`].
pub fn parse_up_to(size: usize, text: &str, dialect: Dialect) -> Script<'_> {
    reader::Reader::new(text, dialect, size).script()
}

#[cfg(test)]
mod tests;
