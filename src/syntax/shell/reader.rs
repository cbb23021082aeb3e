//! The cursor: blanks, comments, newlines, errors, depth.

use super::here_document::PendingHereDocument;
use super::tree::{Dialect, HereDocument, Script, SyntaxError, is_name_byte};
use crate::source::Span;

/// Constructs nested deeper than this are stepped over. People stay below ten; the bound keeps
/// hostile text from overflowing the stack.
const MAX_DEPTH: usize = 64;

/// More errors than this say nothing new.
const MAX_ERRORS: usize = 100;

/// Words of one text that are read, a command counting for several: people write some hundreds.
pub const MAX_SIZE: usize = 300_000;

/// Words that a command counts for: it costs about as much memory and time.
pub const COMMAND_SIZE: usize = 3;

/// Reads one text. `end` is below the length of the text while a part is read that ends before.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) dialect: Dialect,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) pending: Vec<PendingHereDocument<'a>>,
    pub(super) here_documents: Vec<HereDocument<'a>>,
    pub(super) has_template_blocks: bool,
    size: usize,
    /// The size at which the rest of the text is given up.
    most: usize,
    errors: Vec<SyntaxError>,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect, most: usize) -> Self {
        Self {
            text,
            dialect,
            at: 0,
            end: text.len(),
            pending: Vec::new(),
            here_documents: Vec::new(),
            has_template_blocks: false,
            size: 0,
            most,
            errors: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn script(mut self) -> Script<'a> {
        let body = self.whole_list();
        if !self.pending.is_empty() {
            self.error("here-document without a body");
        }
        Script {
            body,
            here_documents: self.here_documents,
            errors: self.errors,
            foreign: super::foreign::foreign(self.text),
            has_template_blocks: self.has_template_blocks,
            size: self.size,
            is_cut: self.size > self.most,
        }
    }

    /// Counts what is read, and gives the rest of the text up once it is too much.
    pub(super) fn count(&mut self, size: usize) {
        self.size += size;
        if self.size > self.most {
            self.at = self.end;
        }
    }

    pub(super) fn bash(&self) -> bool {
        self.dialect == Dialect::Bash
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.end
    }

    /// The byte at the cursor.
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte `ahead` bytes behind the cursor.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.end {
            self.text.as_bytes().get(at).copied()
        } else {
            None
        }
    }

    /// What is left to read.
    pub(super) fn rest(&self) -> &'a str {
        self.slice(self.at, self.end)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end.max(start)).unwrap_or_default()
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.text
            .as_bytes()
            .get(self.at..self.end)
            .is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// Steps over `prefix` if it stands at the cursor.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Steps over one character.
    pub(super) fn step(&mut self) {
        self.at += 1;
        while self.at < self.end && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.at = self.at.min(self.end);
    }

    /// The span from `start` to the cursor.
    pub(super) fn span_from(&self, start: usize) -> Span {
        Span::new(start.min(self.at), self.at)
    }

    pub(super) fn error(&mut self, message: &'static str) {
        let at = self.at;
        self.error_at(Span::at(at.min(self.end)), message);
    }

    pub(super) fn error_at(&mut self, span: Span, message: &'static str) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { span, message });
        }
    }

    /// Runs `read` one level deeper; `None` (and the rest of the text given up) if that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.error("nested too deeply");
            self.at = self.end;
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// Steps over blanks, line continuations, comments and template statements.
    pub(super) fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' if self.starts_with("\\\r\n") => self.at += 3,
                b'#' => {
                    let line = memchr::memchr(b'\n', self.rest().as_bytes());
                    self.at = line.map_or(self.end, |length| self.at + length);
                }
                b'{' | b'<' if self.eat_template_statement() => {}
                _ => return,
            }
        }
    }

    /// Steps over blanks and newlines; bodies of here-documents start behind a newline.
    pub(super) fn newlines(&mut self) {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return;
            }
            self.at += 1;
            self.here_document_bodies();
        }
    }

    /// The unquoted plain word at the cursor, for reserved words; empty if it needs the shell.
    pub(super) fn plain_word(&self) -> &'a str {
        let rest = self.rest();
        let stop = rest
            .bytes()
            .position(|byte| {
                is_metacharacter(byte) || matches!(byte, b'\'' | b'"' | b'\\' | b'$' | b'`')
            })
            .unwrap_or(rest.len());
        match rest.as_bytes().get(stop) {
            Some(b'\'' | b'"' | b'\\' | b'$' | b'`') => "",
            _ => rest.get(..stop).unwrap_or_default(),
        }
    }

    /// Whether the word at the cursor is exactly `word`.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.starts_with(word) && self.peek_at(word.len()).is_none_or(is_metacharacter)
    }

    /// Steps over newlines and the reserved word `word`.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.newlines();
        let found = self.at_word(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn expect_word(&mut self, word: &str, message: &'static str) {
        if !self.eat_word(word) {
            self.error(message);
        }
    }

    /// Steps over a name at the cursor.
    pub(super) fn eat_name(&mut self) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(is_name_byte) {
            self.at += 1;
        }
        self.slice(start, self.at)
    }
}

/// Bytes that end a word.
pub(super) fn is_metacharacter(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'
    )
}
