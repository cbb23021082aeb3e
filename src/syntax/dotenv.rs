//! `.env` and `env_file` as Compose reads them (facts/compose.md 2a; compose-go `dotenv/parser.go`).

use std::borrow::Cow;

use memchr::memchr;

use crate::source::{Span, TextMap};

use super::SyntaxError;

/// Settings and errors of a file that are read: people write some hundreds.
pub const MAX_STATEMENTS: usize = 50_000;

/// A parsed file.
#[derive(Clone, Debug, Default)]
pub struct Dotenv<'a> {
    /// The assignments, in file order.
    pub entries: Vec<Entry<'a>>,
    /// Comments that stand on lines of their own.
    pub comments: Vec<Span>,
    /// The errors; Compose stops at the first, this reader goes on with the next line.
    pub errors: Vec<SyntaxError>,
    /// Where reading ended because there are more than [`MAX_STATEMENTS`].
    pub cut: Option<Span>,
}

impl Dotenv<'_> {
    /// Whether no more is read; then the statement at `from` is where it ends.
    fn is_full(&mut self, from: Span) -> bool {
        if self.entries.len() + self.errors.len() >= MAX_STATEMENTS {
            self.cut = Some(from);
        }
        self.cut.is_some()
    }
}

/// One name, with or without a value.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// Its bytes.
    pub name_span: Span,
    /// The value; `None` for a name alone, which is inherited from the environment.
    pub value: Option<EntryValue<'a>>,
}

/// A value as it is written, before its variables are replaced.
#[derive(Clone, Debug)]
pub struct EntryValue<'a> {
    /// The text, unquoted and unescaped; `$$` stands for an escaped `$` where variables count.
    pub text: Cow<'a, str>,
    /// The bytes, quotes included.
    pub span: Span,
    /// Maps the text back to the file.
    pub map: TextMap,
    /// Whether variables in it are replaced (not in single quotes, not in raw files).
    pub interpolates: bool,
}

/// Parses a file in Compose's own format.
pub fn parse(text: &str) -> Dotenv<'_> {
    let mut reader = Reader::new(text);
    while reader.skip_to_statement() {
        if reader.file.is_full(Span::new(reader.at, reader.line_end())) {
            break;
        }
        if let Err(error) = reader.statement() {
            reader.file.errors.push(error);
            reader.at = reader.line_end();
        }
    }
    reader.file
}

/// Parses an `env_file` with `format: raw`: everything behind `=` is the value (docker/cli `kvfile`).
pub fn parse_raw(text: &str) -> Dotenv<'_> {
    let mut file = Dotenv::default();
    let mut start = bom_len(text);
    while start < text.len() && file.cut.is_none() {
        let rest = text.get(start..).unwrap_or_default();
        let len = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        raw_line(&mut file, line, start);
        start += len + 1;
    }
    file
}

fn raw_line<'a>(file: &mut Dotenv<'a>, line: &'a str, start: usize) {
    let trimmed = line.trim_start();
    let start = start + (line.len() - trimmed.len());
    let span = Span::new(start, start + trimmed.len());
    if trimmed.is_empty() {
        return;
    }
    if trimmed.starts_with('#') {
        file.comments.push(span);
        return;
    }
    if file.is_full(span) {
        return;
    }
    let name = trimmed.split('=').next().unwrap_or_default();
    let name_span = Span::new(start, start + name.len());
    if name.is_empty() {
        file.errors
            .push(SyntaxError::new(span, "no variable name on this line"));
        return;
    }
    if name.contains(char::is_whitespace) {
        let message = format!("variable name \"{name}\" contains white space");
        file.errors.push(SyntaxError::new(name_span, message));
        return;
    }
    let value = trimmed.get(name.len() + 1..).map(|value| {
        let from = start + name.len() + 1;
        EntryValue {
            text: Cow::Borrowed(value),
            span: Span::new(from, from + value.len()),
            map: TextMap::verbatim(from),
            interpolates: false,
        }
    });
    file.entries.push(Entry {
        name: Cow::Borrowed(name),
        name_span,
        value,
    });
}

fn bom_len(text: &str) -> usize {
    if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    file: Dotenv<'a>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: bom_len(text),
            file: Dotenv::default(),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line_end(&self) -> usize {
        self.at + memchr(b'\n', self.rest().as_bytes()).unwrap_or(self.rest().len())
    }

    fn skip_to_statement(&mut self) -> bool {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !self.rest().starts_with('#') {
                return !self.rest().is_empty();
            }
            let end = self.line_end();
            self.file.comments.push(Span::new(self.at, end));
            self.at = end;
        }
    }

    fn statement(&mut self) -> Result<(), SyntaxError> {
        self.skip_export();
        let start = self.at;
        let (name_len, sign) = self.name()?;
        let raw = self.text.get(start..start + name_len).unwrap_or_default();
        let name = raw.trim_end();
        let name_span = Span::new(start, start + name.len());
        self.at = start + name_len + usize::from(sign.is_some());
        if name.contains(' ') {
            return Err(SyntaxError::new(name_span, "key cannot contain a space"));
        }
        let value = match sign {
            Some('=' | ':') => {
                self.skip_blanks();
                Some(self.value()?)
            }
            Some(_) => None,
            // A bare name without a line break behind it is lost: Compose takes it for the value
            // of an empty name.
            None => return Ok(()),
        };
        if !name.is_empty() {
            self.file.entries.push(Entry {
                name: Cow::Borrowed(name),
                name_span,
                value,
            });
        }
        Ok(())
    }

    fn skip_export(&mut self) {
        let behind = self.rest().strip_prefix("export");
        if behind.is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\x0c', '\r'])) {
            self.at += "export".len();
            self.skip_blanks();
        }
    }

    /// Blanks, but no line break (`dotenv/parser.go` `isSpace`).
    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
    }

    /// Length of the name (trailing blanks included) and the sign that ended it; `None` at the end
    /// of the file.
    fn name(&self) -> Result<(usize, Option<char>), SyntaxError> {
        let rest = self.rest();
        for (offset, c) in rest.char_indices() {
            match c {
                '=' | ':' | '\n' => return Ok((offset, Some(c))),
                '_' | '.' | '-' | '[' | ']' => {}
                c if is_blank(c) || c.is_alphabetic() || c.is_numeric() => {}
                _ => {
                    let at = self.at + offset;
                    let line = self.text.get(self.at..self.line_end()).unwrap_or_default();
                    let shown: String = line.chars().take_while(|&c| c != '=').collect();
                    return Err(SyntaxError::new(
                        Span::new(at, at + c.len_utf8()),
                        format!(
                            "unexpected character \"{c}\" in variable name \"{}\"",
                            shown.trim_end()
                        ),
                    ));
                }
            }
        }
        Ok((rest.len(), None))
    }

    fn value(&mut self) -> Result<EntryValue<'a>, SyntaxError> {
        match self.rest().as_bytes().first() {
            Some(b'"') => self.quoted('"'),
            Some(b'\'') => self.quoted('\''),
            _ => Ok(self.unquoted()),
        }
    }

    fn unquoted(&mut self) -> EntryValue<'a> {
        let start = self.at;
        let end = self.line_end();
        let line = self.text.get(start..end).unwrap_or_default();
        let value = line
            .find(" #")
            .and_then(|at| line.get(..at))
            .unwrap_or(line);
        let value = value.trim_end();
        self.at = (end + 1).min(self.text.len());
        EntryValue {
            text: Cow::Borrowed(value),
            span: Span::new(start, start + value.len()),
            map: TextMap::verbatim(start),
            interpolates: true,
        }
    }

    fn quoted(&mut self, quote: char) -> Result<EntryValue<'a>, SyntaxError> {
        let start = self.at;
        let body = self.rest().get(1..).unwrap_or_default();
        let Some(len) = quoted_len(body, quote) else {
            let span = Span::new(start, self.line_end());
            return Err(SyntaxError::new(span, "unterminated quoted value"));
        };
        let raw = body.get(..len).unwrap_or_default();
        self.at = start + len + 2;
        let span = Span::new(start, self.at);
        if !raw.contains('\\') {
            return Ok(EntryValue {
                text: Cow::Borrowed(raw),
                span,
                map: TextMap::verbatim(start + 1),
                interpolates: quote == '"',
            });
        }
        let (text, map) = unescape(raw, start + 1, quote);
        Ok(EntryValue {
            text: Cow::Owned(text),
            span,
            map,
            interpolates: quote == '"',
        })
    }
}

/// Offset of the closing quote; a backslash takes the next byte with it.
fn quoted_len(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (offset, byte) in body.bytes().enumerate() {
        if !escaped && byte == b'\\' {
            escaped = true;
        } else if byte == quote as u8 && !escaped {
            return Some(offset);
        } else {
            escaped = false;
        }
    }
    None
}

/// Takes the escapes out of a quoted value. In single quotes only `\'` is one. In double quotes
/// also those of `expandEscapes`; `\$` becomes `$$`, which interpolation turns into `$`.
fn unescape(raw: &str, start: usize, quote: char) -> (String, TextMap) {
    let mut text = String::with_capacity(raw.len());
    let mut map = TextMap::verbatim(start);
    let mut at = 0;
    while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = raw.get(at..).unwrap_or_default();
        let (replacement, len) = match escape(rest, quote) {
            Some((replacement, len)) => (replacement, len),
            None => (Escape::Char(c), c.len_utf8()),
        };
        let verbatim = len == c.len_utf8();
        if !verbatim {
            map.push(text.len(), start + at);
        }
        match replacement {
            Escape::Char(c) => text.push(c),
            Escape::Dollar => text.push_str("$$"),
        }
        at += len;
        if !verbatim {
            map.push(text.len(), start + at);
        }
    }
    (text, map)
}

enum Escape {
    Char(char),
    Dollar,
}

fn escape(rest: &str, quote: char) -> Option<(Escape, usize)> {
    let mut chars = rest.chars();
    if chars.next() != Some('\\') {
        return None;
    }
    let next = chars.next()?;
    if next == quote {
        return Some((Escape::Char(quote), 2));
    }
    if quote == '\'' {
        return None;
    }
    let c = match next {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        '$' => return Some((Escape::Dollar, 2)),
        '0' => return octal(rest),
        _ => return None,
    };
    Some((Escape::Char(c), 2))
}

/// `\0ddd`: Go reads three octal digits behind the zero. If it cannot, only the zero is lost.
fn octal(rest: &str) -> Option<(Escape, usize)> {
    let digits = rest
        .get(2..5)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let value = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
    Some(match value {
        Some(value) => (Escape::Char(char::from(value)), 5),
        None => (Escape::Char('\\'), 2),
    })
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Vec<String> {
        let file = parse(text);
        let entries = file.entries.iter().map(|entry| match &entry.value {
            Some(value) => format!("{}={}", entry.name, value.text),
            None => entry.name.to_string(),
        });
        let errors = file
            .errors
            .iter()
            .map(|error| format!("! {}", error.message));
        entries.chain(errors).collect()
    }

    #[test]
    fn forms() {
        assert_eq!(
            show("export A=a\nexport B\nC: c\nD = d\n"),
            ["A=a", "B", "C=c", "D=d"]
        );
        assert_eq!(
            show("A=a#b\nB=b # c\nC='c # d' # e\nD=#e\n"),
            ["A=a#b", "B=b", "C=c # d", "D=#e"]
        );
        assert_eq!(show("\u{feff}A=a\r\nB=\"b\"\r\n"), ["A=a", "B=b"]);
        assert_eq!(show("A=\"one\ntwo\"\nB='x\ny'\n"), ["A=one\ntwo", "B=x\ny"]);
        assert_eq!(
            show("A=\nB=  b  \n1C=x\na.b-c[0]=y\n"),
            ["A=", "B=b", "1C=x", "a.b-c[0]=y"]
        );
    }

    #[test]
    fn escapes() {
        assert_eq!(
            show(r#"A="a\tb\"c\\d\$X\101\0101\q""#),
            ["A=a\tb\"c\\d$$X\\101A\\q"]
        );
        assert_eq!(show(r"A='a\tb\'c'"), [r"A=a\tb'c"]);
    }

    #[test]
    fn errors_do_not_end_the_file() {
        assert_eq!(
            show("A!=1\nB=2\nC=\"open\nD=4\n"),
            [
                "B=2",
                "D=4",
                "! unexpected character \"!\" in variable name \"A!\"",
                "! unterminated quoted value"
            ]
        );
    }

    #[test]
    fn spans_and_maps() {
        let text = "A = \"x\\ty $V\" # c\n";
        let file = parse(text);
        let value = file.entries[0].value.as_ref().unwrap();
        assert_eq!(&text[value.span.range()], "\"x\\ty $V\"");
        let at = value.text.find("$V").unwrap();
        assert_eq!(&text[value.map.span(at, at + 2).range()], "$V");
    }

    #[test]
    fn raw_is_literal() {
        let file = parse_raw("A='q $X'\n  # c\nB=\"w\" # c\nC\n=x\n");
        let values: Vec<_> = file
            .entries
            .iter()
            .map(|entry| entry.value.as_ref().map(|value| value.text.as_ref()))
            .collect();
        assert_eq!(values, [Some("'q $X'"), Some("\"w\" # c"), None]);
        assert_eq!(file.errors.len(), 1);
    }
}
