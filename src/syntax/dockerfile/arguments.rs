//! One joined line to keyword, flags and arguments (upstream: `parser/split_command.go`,
//! `parser/line_parsers.go`).

use super::json::{self, Json};
use super::tree::{Arguments, Command, Keyword, LogicalLine, Pair, SyntaxErrorKind, Word};

/// `ONBUILD ONBUILD …` is refused later; deeper triggers are kept as plain text.
const MAX_TRIGGERS: usize = 8;

/// An error with the word it is about.
type Failed = (Word, SyntaxErrorKind);

/// Reads a joined line. What can be understood is kept beside the errors.
pub(super) fn command(line: &LogicalLine<'_>, escape: char) -> (Command, Vec<Failed>) {
    let mut parser = Parser {
        text: &line.text,
        escape,
        errors: Vec::new(),
    };
    let command = parser.command(0, 0);
    (command, parser.errors)
}

struct Parser<'t> {
    text: &'t str,
    escape: char,
    errors: Vec<Failed>,
}

/// The white space at which BuildKit's parser splits keyword and arguments; no other Unicode space
/// counts here (`facts/buildkit.md` 5).
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\x0b' | '\x0c' | '\r' | ' ')
}

impl<'t> Parser<'t> {
    fn rest(&self, from: usize) -> &'t str {
        self.text.get(from..).unwrap_or_default()
    }

    /// The command that starts at `from`.
    fn command(&mut self, from: usize, depth: usize) -> Command {
        let trimmed = self.rest(from).trim_start();
        let start = self.text.len() - trimmed.len();
        let trimmed = trimmed.trim_end();
        let keyword_len = trimmed.find(is_blank).unwrap_or(trimmed.len());
        let keyword_word = Word::new(start, start + keyword_len);
        let keyword = Keyword::parse(&trimmed[..keyword_len]);
        let after = start + keyword_len;
        let after = after + skipped(self.text.get(after..start + trimmed.len()), is_blank);
        let (flags, args) = self.flags(after, start + trimmed.len());
        let end = start + trimmed.len();
        let args = args + skipped(self.text.get(args..end), char::is_whitespace);
        let arguments = self.arguments(keyword, args.min(end), end, depth);
        Command {
            keyword_word,
            keyword,
            flags,
            arguments,
        }
    }

    /// The `--flag` words at `from..end`, and where the arguments start behind them. Quotes and
    /// escapes are removed from flags.
    fn flags(&self, from: usize, end: usize) -> (Vec<Word>, usize) {
        let mut flags = Vec::new();
        let mut at = from;
        loop {
            at += skipped(self.text.get(at..end), char::is_whitespace);
            let rest = self.text.get(at..end).unwrap_or_default();
            if !rest.starts_with("--") {
                return (flags, at);
            }
            let (word, len) = self.flag(rest, at);
            at += len;
            let is_separator = match &word.cooked {
                Some(text) => &**text == "--",
                None => len == 2,
            };
            if is_separator {
                return (flags, at);
            }
            flags.push(word);
        }
    }

    /// The flag at the start of `rest` and the bytes it takes.
    fn flag(&self, rest: &str, offset: usize) -> (Word, usize) {
        let plain = rest
            .find(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == self.escape)
            .unwrap_or(rest.len());
        if rest[plain..].starts_with(char::is_whitespace) || plain == rest.len() {
            return (Word::new(offset, offset + plain), plain);
        }
        let mut text = String::new();
        let mut quote = None;
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match quote {
                None if c.is_whitespace() => return (Word::cooked(offset, offset + at, text), at),
                None if c == '"' || c == '\'' => quote = Some(c),
                Some(open) if c == open => quote = None,
                _ if c == self.escape => {
                    if let Some((_, escaped)) = chars.next() {
                        text.push(escaped);
                    }
                }
                _ => text.push(c),
            }
        }
        (Word::cooked(offset, offset + rest.len(), text), rest.len())
    }

    fn arguments(&mut self, keyword: Keyword, start: usize, end: usize, depth: usize) -> Arguments {
        if start >= end {
            return Arguments::None;
        }
        match keyword {
            Keyword::From | Keyword::Expose => self.blank_separated(start, end),
            Keyword::Arg => Arguments::Words(self.words(start, end)),
            Keyword::Env | Keyword::Label => self.pairs(keyword, start, end),
            Keyword::Add | Keyword::Copy | Keyword::Volume => {
                self.json_or(start, end, Self::blank_separated)
            }
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => {
                self.json_or(start, end, Self::verbatim)
            }
            Keyword::Healthcheck => self.healthcheck(start, end),
            Keyword::Onbuild if depth < MAX_TRIGGERS => {
                Arguments::Trigger(Box::new(self.command(start, depth + 1)))
            }
            Keyword::Onbuild
            | Keyword::Maintainer
            | Keyword::StopSignal
            | Keyword::User
            | Keyword::Workdir
            | Keyword::Unknown => self.verbatim(start, end),
        }
    }

    fn verbatim(&self, start: usize, end: usize) -> Arguments {
        Arguments::Text(Word::new(start, end))
    }

    fn json_or(
        &mut self,
        start: usize,
        end: usize,
        otherwise: impl Fn(&Self, usize, usize) -> Arguments,
    ) -> Arguments {
        let text = self.text.get(start..end).unwrap_or_default();
        match json::parse(text, start) {
            Json::Strings(words) => return Arguments::Json(words),
            Json::NotStrings => self
                .errors
                .push((Word::new(start, end), SyntaxErrorKind::JsonNotStrings)),
            Json::No => {}
        }
        otherwise(self, start, end)
    }

    fn healthcheck(&mut self, start: usize, end: usize) -> Arguments {
        let text = self.text.get(start..end).unwrap_or_default();
        let kind_len = text.find(char::is_whitespace).unwrap_or(text.len());
        let rest = start + kind_len;
        let rest = rest + skipped(self.text.get(rest..end), char::is_whitespace);
        let command = if rest < end {
            self.json_or(rest, end, Self::verbatim)
        } else {
            Arguments::None
        };
        Arguments::Health(Word::new(start, start + kind_len), Box::new(command))
    }

    fn blank_separated(&self, start: usize, end: usize) -> Arguments {
        let mut words = Vec::new();
        let mut at = start;
        while at < end {
            let rest = self.text.get(at..end).unwrap_or_default();
            let len = rest.find(is_blank).unwrap_or(rest.len());
            words.push(Word::new(at, at + len));
            at += len;
            at += skipped(self.text.get(at..end), is_blank);
        }
        Arguments::Words(words)
    }

    /// Words separated by Unicode spaces, quotes kept: they only hold a word together here.
    fn words(&self, start: usize, end: usize) -> Vec<Word> {
        let text = self.text.get(start..end).unwrap_or_default();
        let mut words = Vec::new();
        let mut word_start = None;
        let mut quote = None;
        let mut chars = text.char_indices().peekable();
        let mut last = text.len();
        while let Some((at, c)) = chars.next() {
            if c.is_whitespace() && quote.is_none() {
                if let Some(from) = word_start.take() {
                    words.push(Word::new(start + from, start + at));
                }
                continue;
            }
            word_start.get_or_insert(at);
            match quote {
                None if c == '"' || c == '\'' => quote = Some(c),
                Some(open) if c == open => quote = None,
                _ => {}
            }
            // The escape character takes the next one with it, except within single quotes; at the
            // very end it is dropped.
            if c == self.escape && quote != Some('\'') && chars.next().is_none() {
                last = at;
            }
        }
        if let Some(from) = word_start.filter(|&from| from < last) {
            words.push(Word::new(start + from, start + last));
        }
        words
    }

    fn pairs(&mut self, keyword: Keyword, start: usize, end: usize) -> Arguments {
        let words = self.words(start, end);
        let Some(first) = words.first() else {
            return Arguments::None;
        };
        if !self.word_text(first).contains('=') {
            return self.legacy_pair(keyword, start, end);
        }
        let mut pairs = Vec::with_capacity(words.len());
        for word in words {
            let text = self.word_text(&word);
            let Some(equals) = text.find('=') else {
                self.errors.push((word, SyntaxErrorKind::MissingEquals));
                continue;
            };
            let at = word.start as usize + equals;
            pairs.push(Pair {
                key: Word::new(word.start as usize, at),
                value: Word::new(at + 1, word.end as usize),
                legacy: false,
            });
        }
        Arguments::Pairs(pairs)
    }

    /// `ENV key the rest is the value`.
    fn legacy_pair(&mut self, keyword: Keyword, start: usize, end: usize) -> Arguments {
        let text = self.text.get(start..end).unwrap_or_default();
        let Some(key_len) = text.find(is_blank) else {
            let kind = SyntaxErrorKind::MissingValue(keyword);
            self.errors.push((Word::new(start, end), kind));
            return Arguments::None;
        };
        let value = start + key_len;
        let value = value + skipped(self.text.get(value..end), is_blank);
        Arguments::Pairs(vec![Pair {
            key: Word::new(start, start + key_len),
            value: Word::new(value, end),
            legacy: true,
        }])
    }

    fn word_text(&self, word: &Word) -> &'t str {
        self.text
            .get(word.start as usize..word.end as usize)
            .unwrap_or_default()
    }
}

/// Bytes of the leading characters that `is_skipped`.
fn skipped(text: Option<&str>, is_skipped: fn(char) -> bool) -> usize {
    let text = text.unwrap_or_default();
    text.len() - text.trim_start_matches(is_skipped).len()
}
