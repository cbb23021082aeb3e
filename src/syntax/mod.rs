//! Text to spanned trees. Knows grammar, no meaning.

pub mod environment_file;
pub mod json;
pub mod unit;
