//! systemd's unit grammar (`src/shared/conf-parser.c`, v252), to the letter and with spans.
//!
//! The grammar knows lines, continuations, comments, section headers and assignments. Which
//! sections and keys there are, and what a value means, is the model's business.

mod lines;
mod words;

use std::borrow::Cow;

use crate::source::{SourceFile, Span, TextMap};

use lines::{Line, PhysicalLines};
pub use words::{Escape, Unescape, Word, WordError, Words};

/// What systemd counts as blank: `WHITESPACE` of `src/basic/string-util.h`. A no-break space, a
/// form feed or a vertical tab is an ordinary character.
pub const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// The longest line, and the longest continued line, that is read: `LONG_LINE_MAX`.
pub const LONG_LINE_MAX: usize = 1024 * 1024;

/// Lines of a file that are read, comments and blank lines aside: people write some dozens.
pub const MAX_ENTRIES: usize = 20_000;

/// A unit file or drop-in as a list of entries.
#[derive(Clone, Debug, Default)]
pub struct Unit<'t> {
    /// Everything that is not blank or a comment, in file order.
    pub entries: Vec<Entry<'t>>,
    /// How many of the entries systemd reads; the rest stand behind a [`Stop`].
    pub read: usize,
    /// The comment lines.
    pub comments: Vec<Span>,
    /// What ended the reading before the end of the file.
    pub stop: Option<Stop>,
}

/// One logical line.
#[derive(Clone, Debug)]
pub struct Entry<'t> {
    /// From its first to its last non-blank byte.
    pub span: Span,
    /// The line number systemd prints in its messages: that of the last physical line.
    pub line: u32,
    /// What it is.
    pub kind: EntryKind<'t>,
}

/// What a logical line is.
#[derive(Clone, Debug)]
pub enum EntryKind<'t> {
    /// `[name]`.
    Section(Logical<'t>),
    /// `key=value`, blanks round both removed.
    Assignment {
        /// The key.
        key: Logical<'t>,
        /// The value.
        value: Logical<'t>,
    },
    /// A line without `=`; systemd skips it with a message.
    NoEquals,
    /// A line that starts with `=`; systemd skips it with a message.
    NoKey,
}

/// Where and why systemd stops reading a file for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Why.
    pub why: StopCause,
    /// The logical line that does it.
    pub span: Span,
    /// The line number systemd prints.
    pub line: u32,
}

/// Why systemd stops reading a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// A line starts with `[` and does not end with `]`.
    InvalidHeader,
    /// A control character, quote or backslash in a section header.
    BadHeaderCharacters,
    /// A line that is not UTF-8.
    NotUtf8,
    /// A line, or a continued line as a whole, of 1 MiB or more. Drop-ins end without a message.
    LineTooLong,
    /// There are more lines than are read: no doing of systemd's. Nothing behind it is an entry.
    TooMany,
}

/// Text in which continuations are joined; borrowed where there are none.
#[derive(Clone, Debug, Default)]
pub struct Logical<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    map: TextMap,
}

impl<'t> Logical<'t> {
    /// A text that stands in no file by itself, such as a variable's value.
    pub fn verbatim(text: &'t str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            map: TextMap::verbatim(0),
        }
    }

    /// The source bytes of `start..end` of the text.
    pub fn span_of(&self, start: usize, end: usize) -> Span {
        self.map.span(start, end)
    }

    /// The source bytes of the whole text.
    pub fn span(&self) -> Span {
        self.map.span(0, self.text.len())
    }

    /// The words of the text, split at blanks, quotes and escapes resolved.
    pub fn words(&self, unescape: Unescape) -> Words<'_> {
        Words::new(self, unescape)
    }

    /// The part `start..end` of the text, which must lie on char boundaries.
    fn part(&self, start: usize, end: usize) -> Logical<'t> {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_owned()),
        };
        Logical {
            text,
            map: self.map.part(start, usize::MAX),
        }
    }

    fn trimmed(&self) -> Logical<'t> {
        let start = self.text.len() - self.text.trim_start_matches(BLANK).len();
        let end = self.text.trim_end_matches(BLANK).len();
        self.part(start, end.max(start))
    }
}

/// Parses a unit file or drop-in. Never fails as a whole.
pub fn parse(file: &SourceFile) -> Unit<'_> {
    let mut parser = Parser {
        file,
        unit: Unit::default(),
    };
    parser.run();
    parser.unit.read = parser
        .unit
        .stop
        .map_or(parser.unit.entries.len(), |_| parser.unit.read);
    parser.unit
}

struct Parser<'t> {
    file: &'t SourceFile,
    unit: Unit<'t>,
}

/// A logical line while it is put together.
struct Pending<'t> {
    logical: Logical<'t>,
    clean: bool,
}

impl<'t> Parser<'t> {
    fn run(&mut self) {
        let text = self.file.text();
        let mut pending: Option<Pending<'t>> = None;
        let mut number = 0;
        let mut bom_seen = false;
        for line in PhysicalLines::new(text) {
            number += 1;
            let content = line.text(text);
            if self.unit.entries.len() == MAX_ENTRIES {
                self.stop(StopCause::TooMany, line.span(), number);
                return;
            }
            if line.len() >= LONG_LINE_MAX {
                self.stop(StopCause::LineTooLong, line.span(), number);
                pending = None;
                continue;
            }
            if content.trim_start_matches(BLANK).starts_with(['#', ';']) {
                self.unit.comments.push(line.span());
                continue;
            }
            let (start, content) = match content.strip_prefix('\u{feff}') {
                Some(rest) if !bom_seen => {
                    bom_seen = true;
                    (line.start + '\u{feff}'.len_utf8(), rest)
                }
                _ => (line.start, content),
            };
            let clean = self.is_clean(&line) && pending.as_ref().is_none_or(|before| before.clean);
            let mut logical = join(pending.take().map(|before| before.logical), start, content);
            if logical.text.len() > LONG_LINE_MAX {
                self.stop(StopCause::LineTooLong, logical.span(), number);
            } else if ends_in_backslash(content) {
                let to = logical.text.to_mut();
                to.pop();
                to.push(' ');
                pending = Some(Pending { logical, clean });
            } else {
                self.logical_line(&logical, number, clean);
            }
        }
        if let Some(Pending { logical, clean }) = pending {
            self.logical_line(&logical, number + 1, clean);
        }
    }

    fn stop(&mut self, why: StopCause, span: Span, line: u32) {
        if self.unit.stop.is_none() {
            self.unit.read = self.unit.entries.len();
            self.unit.stop = Some(Stop { why, span, line });
        }
    }

    /// Whether a line is UTF-8 as systemd understands it (`utf8_is_valid`): noncharacters are not.
    fn is_clean(&self, line: &Line) -> bool {
        let invalid = self.file.invalid();
        let first = invalid.partition_point(|&at| (at as usize) < line.start);
        if invalid
            .get(first)
            .is_some_and(|&at| (at as usize) < line.end)
        {
            return false;
        }
        let text = line.text(self.file.text());
        text.is_ascii() || !text.chars().any(is_noncharacter)
    }

    fn logical_line(&mut self, whole: &Logical<'t>, line: u32, clean: bool) {
        let logical = whole.trimmed();
        if logical.text.is_empty() {
            return;
        }
        let span = logical.span();
        if !clean {
            return self.stop(StopCause::NotUtf8, span, line);
        }
        let text = logical.text.as_ref();
        let kind = if text.starts_with('[') {
            match header(text) {
                Ok(name) => EntryKind::Section(logical.part(name.start, name.end)),
                Err(why) => return self.stop(why, span, line),
            }
        } else {
            match text.find('=') {
                None => EntryKind::NoEquals,
                Some(0) => EntryKind::NoKey,
                Some(at) => EntryKind::Assignment {
                    key: logical.part(0, at).trimmed(),
                    value: logical.part(at + 1, text.len()).trimmed(),
                },
            }
        };
        self.unit.entries.push(Entry { span, line, kind });
    }
}

/// Where the name stands in a section header.
fn header(text: &str) -> Result<std::ops::Range<usize>, StopCause> {
    let name = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .ok_or(StopCause::InvalidHeader)?;
    // `string_is_safe` of src/basic/string-util.c
    if name.contains(|c: char| c < ' ' || matches!(c, '"' | '\'' | '\\' | '\x7f')) {
        return Err(StopCause::BadHeaderCharacters);
    }
    Ok(1..1 + name.len())
}

/// Appends a physical line to what its predecessors' continuations left.
fn join<'t>(before: Option<Logical<'t>>, start: usize, content: &'t str) -> Logical<'t> {
    match before {
        None => Logical {
            text: Cow::Borrowed(content),
            map: TextMap::verbatim(start),
        },
        Some(mut logical) => {
            logical.map.push(logical.text.len(), start);
            logical.text.to_mut().push_str(content);
            logical
        }
    }
}

/// Whether the last backslash of a line is not escaped itself.
fn ends_in_backslash(content: &str) -> bool {
    let backslashes = content.bytes().rev().take_while(|&b| b == b'\\').count();
    backslashes % 2 == 1
}

/// Noncharacters, which `unichar_is_valid` of src/basic/utf8.c refuses.
pub(crate) fn is_noncharacter(c: char) -> bool {
    let c = u32::from(c);
    (0xfdd0..=0xfdef).contains(&c) || c & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests;
