//! The word grammar of Dockerfiles: quotes, escapes and `$` expansions
//! (upstream: `frontend/dockerfile/shell/lex.go`).
//!
//! A word becomes a flat list of tokens, `${X:-…}` an [`Token::Open`] … [`Token::Close`] pair, so
//! that no nesting is too deep for the stack. What a variable is worth is the model's business.

use std::ops::Range;

/// A piece of a word; ranges are offsets in the word's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Text that stands for itself; quotes and escape characters are left out.
    Text(Range<usize>),
    /// `$X` or `${X}`.
    Variable {
        /// The whole expansion.
        range: Range<usize>,
        /// The name.
        name: Range<usize>,
    },
    /// `${X` and an operator; the operator's word follows, up to the matching [`Token::Close`].
    Open {
        /// From `$` to behind the operator.
        range: Range<usize>,
        /// The name.
        name: Range<usize>,
        /// The operator.
        operator: Operator,
    },
    /// Between the pattern and the replacement of [`Operator::Replace`].
    Separator,
    /// The `}` of the matching [`Token::Open`]; its offset.
    Close(usize),
}

/// The operators of `${X…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `-`: the word if unset.
    Default {
        /// Whether the colon is written.
        empty_is_unset: bool,
    },
    /// `+`: the word if set.
    Alternative {
        /// Whether the colon is written.
        empty_is_unset: bool,
    },
    /// `?`: an error if unset.
    Required {
        /// Whether the colon is written.
        empty_is_unset: bool,
    },
    /// `#`, `##`.
    TrimPrefix,
    /// `%`, `%%`.
    TrimSuffix,
    /// `/`, `//`.
    Replace {
        /// Whether every match is replaced, not only the first.
        all: bool,
    },
}

/// Why a word cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordError {
    /// The offset in the word's text at which it begins to be wrong.
    pub at: usize,
    /// What is wrong.
    pub kind: WordErrorKind,
}

/// Why a word cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordErrorKind {
    /// A quote that is not closed.
    UnclosedQuote(char),
    /// `${` without `}`.
    MissingBrace,
    /// `${}`, `${{`, `${:`.
    BadSubstitution,
    /// An operator that BuildKit does not have.
    UnsupportedModifier,
    /// `${X/` without its second `/`.
    MissingSlash,
}

/// How a word is read.
#[derive(Clone, Copy, Debug)]
pub struct Lexer {
    /// The escape character.
    pub escape: char,
    /// Quotes are ordinary characters, as in the body of a heredoc.
    pub quotes_are_text: bool,
}

impl Lexer {
    /// Reads words of a file with this escape character.
    pub fn new(escape: char) -> Self {
        Self {
            escape,
            quotes_are_text: false,
        }
    }

    /// Whether `text` stands for itself, all of it.
    pub fn is_plain(&self, text: &str) -> bool {
        // `<` only matters where heredocs are looked for.
        let special = |byte: u8| {
            byte == b'$'
                || byte == self.escape as u8
                || (!self.quotes_are_text && (byte == b'"' || byte == b'\''))
        };
        !text.bytes().any(special)
    }

    /// Reads a word.
    ///
    /// # Errors
    /// The first thing BuildKit would refuse, wherever it stands.
    pub fn tokens(&self, text: &str) -> Result<Vec<Token>, WordError> {
        Scanner::new(*self, text).run()
    }
}

/// What a level of nesting ends with.
struct Frame {
    stop: Option<char>,
    /// Escape characters stay in the text: patterns and replacements.
    keeps_escapes: bool,
    /// Offset of the `$` that opened it.
    opened_at: usize,
    /// The next stop begins the replacement.
    is_pattern_of_replace: bool,
}

struct Scanner<'t> {
    lexer: Lexer,
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    frames: Vec<Frame>,
    /// The double quotes that are open: (frames below, offset of the quote).
    quotes: Vec<(usize, usize)>,
}

impl<'t> Scanner<'t> {
    fn new(lexer: Lexer, text: &'t str) -> Self {
        let top = Frame {
            stop: None,
            keeps_escapes: false,
            opened_at: 0,
            is_pattern_of_replace: false,
        };
        Self {
            lexer,
            text,
            at: 0,
            tokens: Vec::new(),
            frames: vec![top],
            quotes: Vec::new(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn push_text(&mut self, range: Range<usize>) {
        match self.tokens.last_mut() {
            Some(Token::Text(before)) if before.end == range.start => before.end = range.end,
            _ if range.is_empty() => {}
            _ => self.tokens.push(Token::Text(range)),
        }
    }

    fn error<T>(&self, at: usize, kind: WordErrorKind) -> Result<T, WordError> {
        Err(WordError { at, kind })
    }

    fn in_double_quotes(&self) -> bool {
        self.quotes
            .last()
            .is_some_and(|&(frames, _)| frames == self.frames.len())
    }

    fn run(mut self) -> Result<Vec<Token>, WordError> {
        while let Some(c) = self.peek() {
            if self.in_double_quotes() {
                self.double_quoted(c)?;
            } else {
                self.unquoted(c)?;
            }
        }
        if self.in_double_quotes() {
            let at = self.quotes.last().map_or(0, |&(_, at)| at);
            return self.error(at, WordErrorKind::UnclosedQuote('"'));
        }
        match self.frames.last() {
            Some(frame) if frame.stop.is_some() => {
                let kind = if frame.is_pattern_of_replace {
                    WordErrorKind::MissingSlash
                } else {
                    WordErrorKind::MissingBrace
                };
                self.error(frame.opened_at, kind)
            }
            _ => Ok(self.tokens),
        }
    }

    fn unquoted(&mut self, c: char) -> Result<(), WordError> {
        let start = self.at;
        let (stop, keeps_escapes) = self
            .frames
            .last()
            .map_or((None, false), |frame| (frame.stop, frame.keeps_escapes));
        if Some(c) == stop {
            self.next();
            self.close(start);
        } else if c == '$' {
            self.dollar()?;
        } else if c == '\'' && !self.lexer.quotes_are_text {
            self.single_quoted()?;
        } else if c == '"' && !self.lexer.quotes_are_text {
            self.next();
            self.quotes.push((self.frames.len(), start));
        } else if c == self.lexer.escape {
            self.next();
            if keeps_escapes {
                self.push_text(start..self.at);
            }
            let escaped = self.at;
            self.next();
            self.push_text(escaped..self.at);
        } else {
            self.next();
            self.push_text(start..self.at);
        }
        Ok(())
    }

    fn single_quoted(&mut self) -> Result<(), WordError> {
        let open = self.at;
        self.next();
        let start = self.at;
        let Some(len) = self.text.get(start..).and_then(|rest| rest.find('\'')) else {
            return self.error(open, WordErrorKind::UnclosedQuote('\''));
        };
        self.push_text(start..start + len);
        self.at = start + len + 1;
        Ok(())
    }

    fn double_quoted(&mut self, c: char) -> Result<(), WordError> {
        let start = self.at;
        match c {
            '"' => {
                self.next();
                self.quotes.pop();
            }
            '$' => self.dollar()?,
            _ if c == self.lexer.escape => {
                self.next();
                let keeps_escapes = self.frames.last().is_some_and(|frame| frame.keeps_escapes);
                if keeps_escapes {
                    self.push_text(start..self.at);
                }
                match self.peek() {
                    // At the end of the word it is dropped; the quote is unclosed anyway.
                    None => {}
                    Some(escaped) if matches!(escaped, '"' | '$') || escaped == c => {
                        let from = self.at;
                        self.next();
                        self.push_text(from..self.at);
                    }
                    // Upstream writes it again where escapes are kept.
                    Some(_) => self.tokens.push(Token::Text(start..self.at)),
                }
            }
            _ => {
                self.next();
                self.push_text(start..self.at);
            }
        }
        Ok(())
    }

    /// A stop character: ends a level, or a pattern.
    fn close(&mut self, at: usize) {
        if let Some(frame) = self.frames.last_mut()
            && frame.is_pattern_of_replace
        {
            frame.is_pattern_of_replace = false;
            frame.stop = Some('}');
            self.tokens.push(Token::Separator);
            return;
        }
        self.frames.pop();
        self.tokens.push(Token::Close(at));
    }

    fn dollar(&mut self) -> Result<(), WordError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                self.push_text(start..self.at);
            } else {
                let range = start..self.at;
                self.tokens.push(Token::Variable { range, name });
            }
            return Ok(());
        }
        self.next();
        match self.peek() {
            None => return self.error(start, WordErrorKind::MissingBrace),
            Some('{' | '}' | ':') => return self.error(start, WordErrorKind::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        let operator_at = self.at;
        let Some(c) = self.next() else {
            return self.error(start, WordErrorKind::MissingBrace);
        };
        if c == '}' {
            let range = start..self.at;
            self.tokens.push(Token::Variable { range, name });
            return Ok(());
        }
        let Some(operator) = self.operator(c) else {
            return self.error(operator_at, WordErrorKind::UnsupportedModifier);
        };
        let is_replace = matches!(operator, Operator::Replace { .. });
        self.tokens.push(Token::Open {
            range: start..self.at,
            name,
            operator,
        });
        self.frames.push(Frame {
            stop: Some(if is_replace { '/' } else { '}' }),
            keeps_escapes: is_replace
                || matches!(operator, Operator::TrimPrefix | Operator::TrimSuffix),
            opened_at: start,
            is_pattern_of_replace: is_replace,
        });
        Ok(())
    }

    /// The operator that begins with `c`.
    fn operator(&mut self, c: char) -> Option<Operator> {
        let empty_is_unset = c == ':';
        let c = if empty_is_unset { self.next()? } else { c };
        Some(match c {
            '-' => Operator::Default { empty_is_unset },
            '+' => Operator::Alternative { empty_is_unset },
            '?' => Operator::Required { empty_is_unset },
            '#' if !empty_is_unset => Operator::TrimPrefix,
            '%' if !empty_is_unset => Operator::TrimSuffix,
            '/' if !empty_is_unset => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                Operator::Replace { all }
            }
            _ => return None,
        })
    }

    /// A variable's name: letters, digits and `_`; or all digits; or one special character.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let len = match rest.chars().next() {
            Some(c) if is_digit(c) => rest.find(|c| !is_digit(c)).unwrap_or(rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest
                .find(|c: char| !(c.is_alphabetic() || is_digit(c) || c == '_'))
                .unwrap_or(rest.len()),
        };
        self.at += len;
        start..self.at
    }
}

/// A decimal digit of any script (Go's `unicode.IsDigit`): each script's ten follow each other.
fn is_digit(c: char) -> bool {
    /// The zeros of the scripts in the Basic Multilingual Plane.
    const ZEROS: [u32; 36] = [
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
        0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0,
        0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0,
        0xAA50, 0xABF0, 0xFF10,
    ];
    c.is_ascii_digit()
        || (!c.is_ascii()
            && ZEROS
                .iter()
                .any(|&zero| (zero..zero + 10).contains(&u32::from(c))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lex(text: &str) -> Result<Vec<Token>, WordErrorKind> {
        Lexer::new('\\').tokens(text).map_err(|error| error.kind)
    }

    fn literal(text: &str) -> String {
        lex(text)
            .unwrap()
            .into_iter()
            .map(|token| match token {
                Token::Text(range) => &text[range],
                _ => "?",
            })
            .collect()
    }

    #[test]
    fn quotes_and_escapes_are_left_out() {
        assert_eq!(literal(r#"a"b c"'d "'e\ f"#), r#"ab cd "e f"#);
        assert_eq!(literal(r#""\a\"\$"!"#), r#"\a"$!"#);
        assert_eq!(literal(r"a\"), "a");
    }

    #[test]
    fn expansions_nest_flat() {
        let tokens = lex("x${A:-${B}y}z").unwrap();
        assert_eq!(tokens.len(), 6, "{tokens:?}");
        assert!(matches!(tokens[4], Token::Close(11)));
    }

    #[test]
    fn names_end_where_buildkit_ends_them() {
        let name = |text: &str| match lex(text).unwrap().swap_remove(0) {
            Token::Variable { name, .. } => text[name].to_owned(),
            token => format!("{token:?}"),
        };
        assert_eq!(name("$12x"), "12");
        assert_eq!(name("$@x"), "@");
        assert_eq!(name("$A_1é-"), "A_1é");
        assert_eq!(name("$ "), "Text(0..2)");
    }

    #[test]
    fn errors_are_buildkits() {
        assert_eq!(lex("'x"), Err(WordErrorKind::UnclosedQuote('\'')));
        assert_eq!(lex("\"x"), Err(WordErrorKind::UnclosedQuote('"')));
        assert_eq!(lex("${}"), Err(WordErrorKind::BadSubstitution));
        assert_eq!(lex("${A:#x}"), Err(WordErrorKind::UnsupportedModifier));
        assert_eq!(lex("${A:-x"), Err(WordErrorKind::MissingBrace));
        assert_eq!(lex("${A/x}"), Err(WordErrorKind::MissingSlash));
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let text = "${A:-".repeat(20_000) + &"}".repeat(20_000);
        assert_eq!(lex(&text).unwrap().len(), 40_000);
    }
}
