//! The one redaction door: whatever source text is printed passes through here.
//!
//! Masking looks at raw text, never at a tree: a secret is most often printed when parsing failed.
//! In doubt it masks. What counts as a secret, [`secrets`](crate::secrets) knows.

mod env_file;
mod mask;
mod quotes;
mod scan;
mod torn;

use std::ops::Range;

pub use mask::Mask;
pub use quotes::Quotes;

use super::Edit;
use crate::secrets::Names;
use crate::source::{FileKind, SourceFile};

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

/// The door, knowing the names that the user's configuration adds. Nothing but the command line
/// itself is shown before there is a configuration: that alone takes `Names::BUILT_IN`.
#[derive(Clone, Copy, Debug)]
pub struct Door<'n> {
    names: &'n Names,
}

impl<'n> Door<'n> {
    /// A door that also masks the values of `names.secret`.
    pub fn new(names: &'n Names) -> Self {
        Self { names }
    }

    /// Free text: a message, a help line, an error text.
    pub fn text(self, text: &str) -> Redacted {
        short(text, &scan::text(text, self.names))
    }

    /// Free text that quotes secrets at `quoted`, which nothing in the text itself gives away.
    pub fn text_with(self, text: &str, quoted: Vec<Range<usize>>) -> Redacted {
        let mut ranges = scan::text(text, self.names);
        ranges.extend(quoted);
        short(text, &scan::merged(ranges))
    }

    /// A file's path. It is no place that values are copied to: a folder may be called what
    /// somebody's password is. But the name of a service, which stands in the path of an inline
    /// Dockerfile, and what was typed may be an address with a password or a token.
    pub fn path(self, path: &str) -> Redacted {
        let (drive, below) = path.split_at(drive(path));
        Redacted(format!("{drive}{}", self.text(below)))
    }

    /// The value of the setting `name`, which holds secrets at `quoted`.
    pub fn value_with(self, name: &str, value: &str, quoted: Vec<Range<usize>>) -> Redacted {
        let mut ranges = scan::value(name, value, self.names);
        ranges.extend(quoted);
        short(value, &scan::merged(ranges))
    }

    /// The same in a file of that kind: in `.env` and its like every value is masked but those that
    /// plainly hold no secret.
    pub fn value_in(
        self,
        kind: FileKind,
        name: &str,
        value: &str,
        quoted: Vec<Range<usize>>,
    ) -> Redacted {
        if scan::is_env_file(kind) && !env_file::is_shown(name, value) {
            return short(value, std::slice::from_ref(&(0..value.len())));
        }
        self.value_with(name, value, quoted)
    }

    /// What is masked in the value of the setting `name`.
    pub fn secrets_of<'v>(self, name: &str, value: &'v str) -> impl Iterator<Item = &'v str> {
        let ranges = scan::value(name, value, self.names);
        ranges.into_iter().filter_map(|range| value.get(range))
    }

    /// What is masked in the value of a variable of the caller's shell: as in `.env`, all of it unless
    /// it plainly holds no secret.
    pub fn secrets_of_shell<'v>(self, name: &str, value: &'v str) -> Vec<&'v str> {
        match env_file::is_shown(name, value) {
            true => self.secrets_of(name, value).collect(),
            false => vec![value],
        }
    }

    /// The value of the setting `name`.
    pub fn value(self, name: &str, value: &str) -> Redacted {
        short(value, &scan::value(name, value, self.names))
    }

    /// A whole file, every byte at its offset.
    pub fn file(self, file: &SourceFile) -> Redacted {
        self.mask(file).apply(file.text())
    }

    /// Which bytes of a file are masked.
    pub fn mask(self, file: &SourceFile) -> Mask {
        Mask::of(file.text(), file.kind(), self.names)
    }

    /// Whether an edit replaces or writes masked bytes: then it is withheld from reports.
    pub fn withholds(self, mask: &Mask, edit: &Edit) -> bool {
        mask.touches(edit.span) || !scan::text(&edit.text, self.names).is_empty()
    }
}

/// The length of `C:` at the beginning of a path: to `C:\node\@scope` it is no user name.
fn drive(path: &str) -> usize {
    match path.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic() => 2,
        _ => 0,
    }
}

/// The longest mask in running text: a mask should not tell how long a secret is.
const LONGEST_MASK: usize = 8;

/// `text` with each range cut down to a short mask.
fn short(text: &str, ranges: &[Range<usize>]) -> Redacted {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        shown.push_str(text.get(from..range.start).unwrap_or_default());
        let masked = text.get(range.clone()).unwrap_or_default();
        shown.extend(masked.chars().take(LONGEST_MASK).map(|_| '*'));
        from = range.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    Redacted(shown)
}
