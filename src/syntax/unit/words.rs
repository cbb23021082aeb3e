//! Words: `extract_first_word` (`src/basic/extract-word.c`) and `cunescape_one`
//! (`src/basic/escape.c`).

use crate::source::{Span, TextMap};

use super::{BLANK, Logical};

/// What a backslash does in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unescape {
    /// C escapes, an unknown one is an error (`Environment=`).
    C,
    /// C escapes, an unknown one stays as it is (the second try of `Exec*=`).
    CRelaxed,
    /// The next character stands for itself (`PassEnvironment=`, `UnsetEnvironment=`).
    Plain,
}

/// A word with its quotes removed and its escapes resolved.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Its bytes; `\xNN` can make them something else than UTF-8.
    pub bytes: Vec<u8>,
    /// The source bytes, quotes included.
    pub span: Span,
    /// The quotes round the whole word, if it is written so.
    pub quoted: bool,
    /// The C escapes that were resolved.
    pub escapes: Vec<Escape>,
    map: TextMap,
}

/// One escape in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escape {
    /// The escape in the source, backslash included.
    pub span: Span,
    /// Where its result stands in the word.
    pub at: usize,
}

impl Word {
    /// The text, unless escapes made it something else than UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The source bytes of `start..end` of the word.
    pub fn span_of(&self, start: usize, end: usize) -> Span {
        self.map.span(start, end)
    }
}

/// Why the rest of a value cannot be split into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordError {
    /// A quote that is never closed.
    Unbalanced {
        /// The opening quote.
        quote: Span,
        /// The rest from the start of its word.
        rest: Span,
    },
    /// A backslash at the very end, or before something that is no escape.
    BadEscape {
        /// The backslash and the character behind it.
        escape: Span,
        /// The rest from the start of its word.
        rest: Span,
    },
}

/// Iterator over the words of a value; ends after the first error.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    logical: &'a Logical<'a>,
    at: usize,
    unescape: Unescape,
}

impl<'a> Words<'a> {
    pub(super) fn new(logical: &'a Logical<'_>, unescape: Unescape) -> Self {
        Self {
            logical,
            at: 0,
            unescape,
        }
    }

    /// The text not yet split, leading blanks removed.
    pub fn rest(&self) -> &'a str {
        let rest = self.logical.text.get(self.at..).unwrap_or_default();
        rest.trim_start_matches(BLANK)
    }

    /// Skips blanks and then `len` bytes, which must end on a char boundary.
    pub fn advance(&mut self, len: usize) {
        let blank = self.logical.text.len() - self.at - self.rest().len();
        self.at = (self.at + blank + len).min(self.logical.text.len());
    }

    /// Where the text not yet split starts.
    pub fn offset(&self) -> usize {
        self.logical.text.len() - self.rest().len()
    }

    /// Goes back to an [`offset`](Self::offset) and reads on with other escapes.
    pub fn resume(&mut self, offset: usize, unescape: Unescape) {
        self.at = offset;
        self.unescape = unescape;
    }

    /// The escapes in force.
    pub fn unescape(&self) -> Unescape {
        self.unescape
    }
}

impl Iterator for Words<'_> {
    type Item = Result<Word, WordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.offset();
        let text = self.logical.text.as_ref();
        if start >= text.len() {
            return None;
        }
        let mut reader = Reader {
            logical: self.logical,
            start,
            at: start,
            word: Word::default(),
            verbatim: false,
        };
        let result = reader.word(self.unescape);
        self.at = match result {
            Ok(()) => reader.at,
            Err(_) => text.len(),
        };
        let mut word = reader.word;
        word.span = self.logical.span_of(start, reader.at);
        Some(result.map(|()| word))
    }
}

struct Reader<'a> {
    logical: &'a Logical<'a>,
    start: usize,
    at: usize,
    word: Word,
    /// Whether the word's last piece is a verbatim copy that goes on at `at`.
    verbatim: bool,
}

impl Reader<'_> {
    fn word(&mut self, unescape: Unescape) -> Result<(), WordError> {
        let mut quote: Option<(char, usize)> = None;
        while let Some(c) = self.peek() {
            match quote {
                Some((open, _)) if c == open => {
                    quote = None;
                    self.drop_char(c);
                }
                None if matches!(c, '"' | '\'') => {
                    quote = Some((c, self.at));
                    self.drop_char(c);
                }
                None if BLANK.contains(&c) => break,
                _ if c == '\\' => self.backslash(unescape)?,
                _ => self.keep(c),
            }
        }
        if let Some((_, at)) = quote {
            return Err(WordError::Unbalanced {
                quote: self.logical.span_of(at, at + 1),
                rest: self.rest(),
            });
        }
        self.word.quoted = self.is_quoted_whole();
        Ok(())
    }

    /// Whether the word starts and ends with the same quote and has none of that kind between.
    fn is_quoted_whole(&self) -> bool {
        let source = self.logical.text.get(self.start..self.at);
        let inner = |quote| {
            let inner = source?.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.contains(quote)).then_some(())
        };
        inner('"').or_else(|| inner('\'')).is_some()
    }

    fn peek(&self) -> Option<char> {
        self.logical.text.get(self.at..)?.chars().next()
    }

    fn rest(&self) -> Span {
        self.logical.span_of(self.start, self.logical.text.len())
    }

    fn drop_char(&mut self, c: char) {
        self.at += c.len_utf8();
        self.verbatim = false;
    }

    fn keep(&mut self, c: char) {
        self.piece(self.at);
        self.verbatim = true;
        let mut buffer = [0; 4];
        self.word
            .bytes
            .extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        self.at += c.len_utf8();
        // The next source byte of a continued value need not follow in the file.
        let source = |at| self.logical.map.source(at);
        self.verbatim = source(self.at) == source(self.at - 1) + 1;
    }

    /// Starts a piece of the map at offset `at` of the logical text, unless it goes on.
    fn piece(&mut self, at: usize) {
        if !self.verbatim {
            self.word
                .map
                .push(self.word.bytes.len(), self.logical.map.source(at));
        }
    }

    fn backslash(&mut self, unescape: Unescape) -> Result<(), WordError> {
        let after = self.at + 1;
        let rest = self.logical.text.get(after..).unwrap_or_default();
        let Some(next) = rest.chars().next() else {
            if unescape == Unescape::CRelaxed {
                self.keep('\\');
                return Ok(());
            }
            return Err(self.bad_escape(after));
        };
        if unescape == Unescape::Plain {
            self.drop_char('\\');
            self.keep(next);
            return Ok(());
        }
        match cunescape(rest.as_bytes()) {
            Some((bytes, len)) => {
                self.verbatim = false;
                self.piece(self.at);
                self.word.escapes.push(Escape {
                    span: self.logical.span_of(self.at, after + len),
                    at: self.word.bytes.len(),
                });
                self.word.bytes.extend_from_slice(&bytes);
                self.at = after + len;
                self.verbatim = false;
                Ok(())
            }
            None if unescape == Unescape::CRelaxed => {
                self.keep('\\');
                self.keep(next);
                Ok(())
            }
            None => Err(self.bad_escape(after + next.len_utf8())),
        }
    }

    fn bad_escape(&self, end: usize) -> WordError {
        WordError::BadEscape {
            escape: self.logical.span_of(self.at, end),
            rest: self.rest(),
        }
    }
}

/// The bytes an escape stands for and its length behind the backslash.
fn cunescape(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let one = |byte| Some((vec![byte], 1));
    match rest.first()? {
        b'a' => one(0x07),
        b'b' => one(0x08),
        b'f' => one(0x0c),
        b'n' => one(b'\n'),
        b'r' => one(b'\r'),
        b't' => one(b'\t'),
        b'v' => one(0x0b),
        b's' => one(b' '),
        &byte @ (b'\\' | b'"' | b'\'') => one(byte),
        b'x' => {
            let code = digits(rest.get(1..3)?, 16)?;
            Some((vec![u8::try_from(code).ok().filter(|&b| b != 0)?], 3))
        }
        b'0'..=b'7' => {
            let code = digits(rest.get(..3)?, 8)?;
            Some((vec![u8::try_from(code).ok().filter(|&b| b != 0)?], 3))
        }
        b'u' => Some((utf8(digits(rest.get(1..5)?, 16)?)?, 5)),
        b'U' => {
            let code = digits(rest.get(1..9)?, 16)?;
            let valid = char::from_u32(code).is_some_and(|c| !super::is_noncharacter(c));
            Some((utf8(code).filter(|_| valid)?, 9))
        }
        _ => None,
    }
}

fn digits(bytes: &[u8], radix: u32) -> Option<u32> {
    let mut value: u32 = 0;
    for &byte in bytes {
        value = value.checked_mul(radix)? + char::from(byte).to_digit(radix)?;
    }
    Some(value)
}

/// The encoding of a code point, of a surrogate too (systemd does not check `\u`); `None` for NUL.
fn utf8(code: u32) -> Option<Vec<u8>> {
    if code == 0 {
        return None;
    }
    Some(match char::from_u32(code) {
        Some(c) => c.to_string().into_bytes(),
        None => {
            let low = |shift: u32| u8::try_from((code >> shift) & 0x3f).unwrap_or(0) | 0x80;
            let high = u8::try_from((code >> 12) & 0x0f).unwrap_or(0) | 0xe0;
            vec![high, low(6), low(0)]
        }
    })
}
