//! The JSON parser: recursive descent with a bounded depth.

use crate::source::{SourceFile, Span};

use super::{Document, Error, ErrorKind, Json, MAX_DEPTH, MAX_NODES, Member, Node};

/// Parses a file. A byte order mark in front is skipped, as dockerd does.
pub fn parse(file: &SourceFile) -> Document {
    let text = file.text();
    let mut parser = Parser {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        depth: 0,
        nodes: 0,
        cut: None,
        errors: Vec::new(),
    };
    parser.blanks();
    let root = parser.value();
    parser.blanks();
    if root.is_some() && parser.at < text.len() {
        parser.error(ErrorKind::TrailingText, Span::new(parser.at, text.len()));
    }
    Document {
        root,
        errors: parser.errors,
        cut: parser.cut,
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    nodes: usize,
    cut: Option<Span>,
    errors: Vec<Error>,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Notes an error. What is open where reading ends is none.
    fn error(&mut self, kind: ErrorKind, span: Span) {
        if self.cut.is_none() {
            self.errors.push(Error { kind, span });
        }
    }

    /// Ends the reading.
    fn stop(&mut self) {
        self.cut = Some(self.here());
        self.at = self.text.len();
    }

    /// The char at the current place, for an error to point at; empty at the end of the text.
    fn here(&self) -> Span {
        let len = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + len)
    }

    fn blanks(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let rest = self.rest();
            let len = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            self.error(ErrorKind::Comment, Span::new(self.at, self.at + len));
            self.at += len;
        }
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        if self.nodes == MAX_NODES {
            self.stop();
            return None;
        }
        self.nodes += 1;
        let value = match self.peek() {
            Some(b'"') => Json::String(self.string()),
            Some(open @ (b'{' | b'[')) => {
                if self.depth == MAX_DEPTH {
                    self.stop();
                    return None;
                }
                self.depth += 1;
                let value = if open == b'{' {
                    self.object(start)
                } else {
                    self.array(start)
                };
                self.depth -= 1;
                value
            }
            _ => self.scalar()?,
        };
        Some(Node {
            span: Span::new(start, self.at),
            value,
        })
    }

    /// A number or a literal; anything else is an error and is skipped up to the next delimiter.
    fn scalar(&mut self) -> Option<Json> {
        let start = self.at;
        let rest = self.rest();
        let len = rest
            .find(|c: char| {
                c.is_ascii_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"')
            })
            .unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        let json = match word {
            "null" => Some(Json::Null),
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            _ if is_number(word) => Some(Json::Number),
            _ => None,
        };
        self.at += len;
        if json.is_none() {
            let span = if len == 0 {
                self.here()
            } else {
                Span::new(start, self.at)
            };
            self.error(ErrorKind::ExpectedValue, span);
        }
        json
    }

    fn object(&mut self, start: usize) -> Json {
        let mut members = Vec::new();
        self.entries(start, b'}', |parser| match parser.peek() {
            Some(b'"') => members.extend(parser.member()),
            _ => {
                parser.error(ErrorKind::ExpectedKey, parser.here());
                parser.skip_to_delimiter();
            }
        });
        Json::Object(members)
    }

    fn member(&mut self) -> Option<Member> {
        let start = self.at;
        let key = self.string();
        let key_span = Span::new(start, self.at);
        self.blanks();
        if self.peek() == Some(b':') {
            self.at += 1;
            self.blanks();
        } else {
            self.error(ErrorKind::ExpectedColon, Span::at(key_span.end as usize));
            return None;
        }
        let value = self.value()?;
        Some(Member {
            key,
            key_span,
            value,
        })
    }

    fn array(&mut self, start: usize) -> Json {
        let mut items = Vec::new();
        self.entries(start, b']', |parser| match parser.value() {
            Some(item) => items.push(item),
            None => parser.skip_to_delimiter(),
        });
        Json::Array(items)
    }

    /// What stands between the bracket at `start` and the one that closes it; `entry` reads one.
    fn entries(&mut self, start: usize, close: u8, mut entry: impl FnMut(&mut Self)) {
        self.at += 1;
        loop {
            self.blanks();
            match self.peek() {
                None => {
                    self.error(ErrorKind::Unclosed, Span::new(start, start + 1));
                    return;
                }
                Some(byte) if byte == close => {
                    self.at += 1;
                    return;
                }
                Some(_) => entry(self),
            }
            if !self.separator(close) {
                return;
            }
        }
    }

    /// What stands between members: a comma. Whether to go on reading members.
    fn separator(&mut self, close: u8) -> bool {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                let comma = self.here();
                self.at += 1;
                self.blanks();
                if self.peek() == Some(close) {
                    self.error(ErrorKind::TrailingComma, comma);
                }
                true
            }
            Some(byte) if byte == close => true,
            None => true,
            // The other kind of bracket closes something further out.
            Some(b'}' | b']') => {
                self.error(ErrorKind::ExpectedComma, self.here());
                self.depth <= 1 && {
                    self.at += 1;
                    true
                }
            }
            Some(_) => {
                self.error(ErrorKind::ExpectedComma, Span::at(self.at));
                if self.peek() != Some(b'"') {
                    self.skip_to_delimiter();
                }
                true
            }
        }
    }

    fn skip_to_delimiter(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let after = rest.get(first..).unwrap_or_default();
        let len = after
            .find([',', '}', ']', '"', '\n'])
            .unwrap_or(after.len());
        if !matches!(rest.as_bytes().first(), Some(b',' | b'}' | b']')) {
            self.at += first + len;
        }
    }

    /// A string from its opening quote on.
    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        while let Some(c) = self.rest().chars().next() {
            let at = self.at;
            self.at += c.len_utf8();
            match c {
                '"' => return value,
                '\\' => match self.escape() {
                    Some(c) => value.push(c),
                    None => self.error(ErrorKind::BadCharacter, Span::new(at, self.at)),
                },
                '\n' => {
                    self.at = at;
                    break;
                }
                c if c < ' ' && c != SourceFile::INVALID => {
                    self.error(ErrorKind::BadCharacter, Span::new(at, self.at));
                }
                // Go's decoder replaces what is not UTF-8.
                SourceFile::INVALID => value.push(char::REPLACEMENT_CHARACTER),
                c => value.push(c),
            }
        }
        self.error(ErrorKind::UnclosedString, Span::new(start, start + 1));
        value
    }

    /// The character of an escape whose backslash is read; `None` if it is none.
    fn escape(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        if c == '\n' {
            return None;
        }
        self.at += c.len_utf8();
        Some(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let high = self.hex4()?;
                if (0xd800..0xdc00).contains(&high) && self.rest().starts_with("\\u") {
                    let before = self.at;
                    self.at += 2;
                    match self.hex4() {
                        Some(low) if (0xdc00..0xe000).contains(&low) => {
                            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                            return char::from_u32(code);
                        }
                        _ => self.at = before,
                    }
                }
                char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(code)
    }
}

/// Whether a word is a number by the grammar of RFC 8259.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}
