//! Text to spanned trees. Knows grammar, no meaning.

pub mod dockerfile;
pub mod shell;
