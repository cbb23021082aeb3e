//! Words and their quoting.

use std::borrow::Cow;

use super::reader::{Reader, is_metacharacter};
use super::tree::{Part, PartKind, Word};
use crate::source::Span;

/// What ends a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordEnd {
    /// A blank or an operator.
    Blank,
    /// White space only: the regular expression behind `=~`.
    WhiteSpace,
    /// `}`: the argument of `${x:-…}` outside of double quotes.
    Brace,
}

/// What ends text in which only `$`, backticks and some backslashes are special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuotedEnd {
    /// `"`
    Quote,
    /// `}`: the argument of `${x:-…}` within double quotes.
    Brace,
    /// An offset: a line of a here-document.
    Offset(usize),
}

impl<'a> Reader<'a> {
    pub(super) fn word(&mut self, end: WordEnd) -> Word<'a> {
        let start = self.at;
        self.count(1);
        let mut parts = Vec::new();
        while let Some(byte) = self.peek() {
            let ends = match end {
                WordEnd::Blank => is_metacharacter(byte),
                WordEnd::WhiteSpace => byte.is_ascii_whitespace(),
                WordEnd::Brace => byte == b'}',
            };
            if ends {
                if end == WordEnd::Blank && self.at == start && self.at_process_substitution() {
                    self.process_substitution(&mut parts);
                    continue;
                }
                if byte == b'<' && self.template_placeholder(&mut parts, false) {
                    continue;
                }
                break;
            }
            match byte {
                b'\\' => self.backslash(&mut parts),
                b'\'' => self.single_quotes(&mut parts),
                b'"' => self.double_quotes(&mut parts),
                b'$' if self.bash() && self.peek_at(1) == Some(b'\'') => {
                    self.ansi_quotes(&mut parts);
                }
                b'$' if self.bash() && self.peek_at(1) == Some(b'"') => self.at += 1,
                b'$' => self.dollar(&mut parts, false),
                b'`' => self.backticks(&mut parts, false),
                b'{' | b'<' | b'@' if self.template_placeholder(&mut parts, false) => {}
                _ => self.plain_run(&mut parts, end),
            }
        }
        Word {
            span: self.span_from(start),
            parts,
        }
    }

    /// Literal text up to the next byte that means something.
    fn plain_run(&mut self, parts: &mut Vec<Part<'a>>, end: WordEnd) {
        let start = self.at;
        self.step();
        while let Some(byte) = self.peek() {
            let special = matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`' | b'{' | b'@')
                || match end {
                    WordEnd::Blank => is_metacharacter(byte),
                    WordEnd::WhiteSpace => byte.is_ascii_whitespace(),
                    WordEnd::Brace => matches!(byte, b'}' | b'<'),
                };
            if special {
                break;
            }
            self.at += 1;
        }
        self.literal(parts, start, false);
    }

    /// Adds the text from `start` to the cursor, verbatim.
    pub(super) fn literal(&self, parts: &mut Vec<Part<'a>>, start: usize, quoted: bool) {
        if let Some(last) = parts.last_mut()
            && last.quoted == quoted
            && last.span.end as usize == start
            && let PartKind::Literal(Cow::Borrowed(text)) = &last.kind
            && text.len() == last.span.len()
        {
            let from = last.span.start as usize;
            last.kind = PartKind::Literal(self.slice(from, self.at).into());
            last.span = self.span_from(from);
            return;
        }
        parts.push(Part {
            span: self.span_from(start),
            quoted,
            kind: PartKind::Literal(self.slice(start, self.at).into()),
        });
    }

    fn backslash(&mut self, parts: &mut Vec<Part<'a>>) {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.at += 1,
            None => self.literal(parts, start, false),
            Some(_) => {
                self.step();
                self.literal(parts, start + 1, true);
            }
        }
    }

    fn single_quotes(&mut self, parts: &mut Vec<Part<'a>>) {
        let open = self.at;
        self.at += 1;
        let close = memchr::memchr(b'\'', self.rest().as_bytes());
        let stop = match close {
            Some(length) => self.at + length,
            None => self.unclosed_quote(open, "' is never closed"),
        };
        self.literal_with_placeholders(parts, stop);
        if close.is_some() {
            self.at += 1;
        }
    }

    /// Literal quoted text up to `stop`. Template engines know no quotes, so placeholders count.
    fn literal_with_placeholders(&mut self, parts: &mut Vec<Part<'a>>, stop: usize) {
        let outer = std::mem::replace(&mut self.end, stop);
        let mut start = self.at;
        parts.push(Part {
            span: Span::at(start),
            quoted: true,
            kind: PartKind::Literal("".into()),
        });
        while let Some(length) = memchr::memchr3(b'{', b'<', b'@', self.rest().as_bytes()) {
            let at = self.at + length;
            self.at = at;
            let mut placeholder = Vec::new();
            if self.template_placeholder(&mut placeholder, true) {
                let after = std::mem::replace(&mut self.at, at);
                self.literal(parts, start, true);
                parts.append(&mut placeholder);
                self.at = after;
                start = after;
            } else {
                self.step();
            }
        }
        self.at = stop;
        if start < stop {
            self.literal(parts, start, true);
        }
        self.end = outer;
    }

    /// No quote closes what `open` opened: where to go on. The end of the line, or the next command
    /// on it, is the best guess.
    fn unclosed_quote(&mut self, open: usize, message: &'static str) -> usize {
        self.error_at(Span::new(open, open + 1), message);
        let rest = self.rest();
        ["\n", " && ", " || ", "; "]
            .into_iter()
            .filter_map(|stop| rest.find(stop))
            .min()
            .map_or(self.end, |length| self.at + length)
    }

    fn double_quotes(&mut self, parts: &mut Vec<Part<'a>>) {
        let open = self.at;
        self.at += 1;
        parts.push(Part {
            span: Span::at(self.at),
            quoted: true,
            kind: PartKind::Literal("".into()),
        });
        if memchr::memchr(b'"', self.rest().as_bytes()).is_none() {
            let stop = self.unclosed_quote(open, "\" is never closed");
            self.quoted_parts(parts, QuotedEnd::Offset(stop));
            return;
        }
        self.quoted_parts(parts, QuotedEnd::Quote);
        if !self.eat("\"") {
            self.error_at(Span::new(open, open + 1), "\" is never closed");
        }
    }

    /// Parts inside double quotes, a here-document or a quoted `${x:-…}`; the end is left unread.
    pub(super) fn quoted_parts(&mut self, parts: &mut Vec<Part<'a>>, end: QuotedEnd) {
        let mut inner_quotes = false;
        while let Some(byte) = self.peek() {
            match end {
                QuotedEnd::Quote if byte == b'"' => return,
                QuotedEnd::Brace if byte == b'}' && !inner_quotes => return,
                QuotedEnd::Brace if byte == b'"' => {
                    inner_quotes = !inner_quotes;
                    self.at += 1;
                    continue;
                }
                QuotedEnd::Offset(stop) if self.at >= stop => return,
                _ => {}
            }
            match byte {
                b'\\' => self.quoted_backslash(parts, end),
                b'$' => self.dollar(parts, true),
                b'`' => self.backticks(parts, true),
                b'{' | b'<' | b'@' if self.template_placeholder(parts, true) => {}
                _ => self.quoted_run(parts, end),
            }
        }
    }

    fn quoted_run(&mut self, parts: &mut Vec<Part<'a>>, end: QuotedEnd) {
        let start = self.at;
        self.step();
        let stop = match end {
            QuotedEnd::Offset(stop) => stop.min(self.end),
            QuotedEnd::Quote | QuotedEnd::Brace => self.end,
        };
        while self.at < stop
            && let Some(byte) = self.peek()
            && !matches!(byte, b'\\' | b'$' | b'`' | b'"' | b'}' | b'{' | b'<' | b'@')
        {
            self.at += 1;
        }
        self.literal(parts, start, true);
    }

    fn quoted_backslash(&mut self, parts: &mut Vec<Part<'a>>, end: QuotedEnd) {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(b'$' | b'`' | b'\\') => {
                self.at += 1;
                self.literal(parts, start + 1, true);
            }
            Some(b'"') if !matches!(end, QuotedEnd::Offset(_)) => {
                self.at += 1;
                self.literal(parts, start + 1, true);
            }
            Some(b'}') if end == QuotedEnd::Brace => {
                self.at += 1;
                self.literal(parts, start + 1, true);
            }
            _ => self.literal(parts, start, true),
        }
    }

    /// `$'…'`
    fn ansi_quotes(&mut self, parts: &mut Vec<Part<'a>>) {
        let open = self.at;
        self.at += 2;
        parts.push(Part {
            span: Span::at(self.at),
            quoted: true,
            kind: PartKind::Literal("".into()),
        });
        loop {
            match self.peek() {
                None => {
                    self.error_at(Span::new(open, open + 2), "$' is never closed");
                    return;
                }
                Some(b'\'') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => self.ansi_escape(parts),
                Some(_) => {
                    let start = self.at;
                    self.step();
                    self.literal(parts, start, true);
                }
            }
        }
    }

    fn ansi_escape(&mut self, parts: &mut Vec<Part<'a>>) {
        let start = self.at;
        self.at += 1;
        let Some(byte) = self.peek() else {
            self.literal(parts, start, true);
            return;
        };
        let text: Cow<'a, str> = match byte {
            b'n' => "\n".into(),
            b't' => "\t".into(),
            b'r' => "\r".into(),
            b'a' => "\x07".into(),
            b'b' => "\x08".into(),
            b'e' | b'E' => "\x1b".into(),
            b'f' => "\x0c".into(),
            b'v' => "\x0b".into(),
            b'\\' => "\\".into(),
            b'\'' => "'".into(),
            b'"' => "\"".into(),
            b'?' => "?".into(),
            b'x' | b'u' | b'U' | b'0'..=b'7' => match self.ansi_number(byte) {
                Some(character) => character.to_string().into(),
                None => {
                    self.literal(parts, start, true);
                    return;
                }
            },
            _ => {
                self.step();
                self.literal(parts, start, true);
                return;
            }
        };
        if !matches!(byte, b'x' | b'u' | b'U' | b'0'..=b'7') {
            self.at += 1;
        }
        parts.push(Part {
            span: self.span_from(start),
            quoted: true,
            kind: PartKind::Literal(text),
        });
    }

    /// The character of `\xHH`, `\uHHHH`, `\UHHHHHHHH` or `\NNN`; the cursor stands behind the backslash.
    fn ansi_number(&mut self, kind: u8) -> Option<char> {
        let (radix, most) = match kind {
            b'x' => (16, 2),
            b'u' => (16, 4),
            b'U' => (16, 8),
            _ => (8, 3),
        };
        if radix == 16 {
            self.at += 1;
        }
        let start = self.at;
        while self.at - start < most
            && self
                .peek()
                .is_some_and(|byte| char::from(byte).is_digit(radix))
        {
            self.at += 1;
        }
        let code = u32::from_str_radix(self.slice(start, self.at), radix).ok()?;
        char::from_u32(code)
    }
}
