//! The words of a command while they are put together.

use super::environment::Origin;
use super::offsets::Pieces;
use super::outcome::Argument;
use crate::model::{Piece, Unknown, Value};
use crate::source::Span;

/// Expansions that make a field longer than this, or of more pieces or origins, are unknown: a script
/// can double a value with every line.
const LONGEST: usize = 1 << 16;
const MOST: usize = 64;

/// An argument with the way back to the text it was put together from.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) argument: Argument,
    pub(super) pieces: Pieces,
}

impl Field {
    /// A word at `source` of its text that stands for itself.
    pub(super) fn bare(text: &str, source: Span, span: Span) -> Self {
        let mut pieces = Pieces::default();
        pieces.push(0, source, text.len() == source.len());
        Self {
            argument: Argument {
                value: Value::known(text.to_owned()),
                span,
                many: false,
                origins: Vec::new(),
            },
            pieces,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if self.argument.many {
            return None;
        }
        self.argument.value.as_known()
    }
}

/// Where text of a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    span: Span,
    /// Whether the text is a copy of the bytes at `span`; else it came from an expansion there.
    verbatim: bool,
}

impl Source {
    pub(super) fn expanded(span: Span) -> Self {
        Self {
            span,
            verbatim: false,
        }
    }

    /// The source of literal `text`, which is a copy unless escapes were resolved in it.
    pub(super) fn literal(text: &str, span: Span) -> Self {
        Self {
            span,
            verbatim: text.len() == span.len(),
        }
    }

    pub(super) fn span(self) -> Span {
        self.span
    }

    /// The source of the text from byte `offset` on.
    #[must_use]
    pub(super) fn skip(self, offset: usize) -> Self {
        let start = match self.verbatim {
            true => (self.span.start as usize + offset).min(self.span.end as usize),
            false => self.span.start as usize,
        };
        Self {
            span: Span::new(start, self.span.end as usize),
            ..self
        }
    }
}

/// Collects the fields that one word becomes.
pub(super) struct Fields<'f> {
    out: &'f mut Vec<Field>,
    /// The word, in the script.
    word: Span,
    values: Vec<Piece<'static>>,
    pieces: Pieces,
    length: usize,
    origins: Vec<Origin>,
    present: bool,
    many: bool,
    /// Whether the field only exists if it is not empty, as `"$@"` without parameters.
    vanishes: bool,
}

impl<'f> Fields<'f> {
    pub(super) fn new(out: &'f mut Vec<Field>, word: Span) -> Self {
        Self {
            out,
            word,
            values: Vec::new(),
            pieces: Pieces::default(),
            length: 0,
            origins: Vec::new(),
            present: false,
            many: false,
            vanishes: false,
        }
    }

    /// Adds text that stays in the field. Even empty text makes the field exist, as `""` does.
    pub(super) fn text(&mut self, text: &str, source: Source) {
        self.present = true;
        if text.is_empty() {
            return;
        }
        if !source.verbatim && self.length + text.len() > LONGEST {
            self.unknown(Unknown::Shell, false);
            return;
        }
        self.pieces.push(self.length, source.span, source.verbatim);
        self.length += text.len();
        match self.values.last_mut() {
            Some(Piece::Text(before)) => before.to_mut().push_str(text),
            _ => self.values.push(Piece::Text(text.to_owned().into())),
        }
    }

    /// Adds `$@` without parameters: alone, it makes no field even in quotes.
    pub(super) fn nothing(&mut self) {
        self.vanishes = true;
    }

    /// Adds something unknown; `splits` if the shell would split it into words.
    pub(super) fn unknown(&mut self, why: Unknown, splits: bool) {
        self.present = true;
        self.many |= splits;
        self.values.push(Piece::Unknown(why));
    }

    /// Adds a value that is not split.
    pub(super) fn value(&mut self, value: &Value<'static>, source: Source) {
        match value {
            Value::Known(text) => self.text(text, source),
            Value::Unknown(why) => self.unknown(*why, false),
            Value::Partly(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => self.text(text, source),
                        Piece::Unknown(why) => self.unknown(*why, false),
                    }
                }
            }
        }
    }

    /// Adds a value that the shell splits at the characters of `separators`.
    pub(super) fn split_value(
        &mut self,
        value: &Value<'static>,
        separators: Option<&str>,
        source: Source,
    ) {
        match (value, separators) {
            (Value::Known(text), Some(separators)) => self.split(text, separators, source),
            (Value::Known(text), None) if text.is_empty() => {}
            (Value::Unknown(why), _) => self.unknown(*why, true),
            _ => {
                self.value(value, source);
                self.many = true;
            }
        }
    }

    /// POSIX field splitting: blanks of `IFS` come in runs and vanish at the ends, its other
    /// characters end one field each.
    fn split(&mut self, text: &str, separators: &str, source: Source) {
        let is_blank = |c: char| separators.contains(c) && matches!(c, ' ' | '\t' | '\n');
        let mut rest = text;
        loop {
            let trimmed = rest.trim_start_matches(is_blank);
            if trimmed.len() < rest.len() {
                self.finish();
            }
            if trimmed.is_empty() {
                return;
            }
            let end = trimmed
                .find(|c| separators.contains(c))
                .unwrap_or(trimmed.len());
            let (field, after) = trimmed.split_at(end);
            self.text(field, source.skip(text.len() - trimmed.len()));
            rest = after.trim_start_matches(is_blank);
            let Some(next) = rest.chars().next() else {
                if rest.len() < after.len() {
                    self.finish();
                }
                return;
            };
            self.finish();
            if separators.contains(next) {
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }

    pub(super) fn origins(&mut self, origins: impl IntoIterator<Item = Origin>) {
        for origin in origins {
            if self.origins.len() < MOST && !self.origins.contains(&origin) {
                self.origins.push(origin);
            }
        }
    }

    /// Ends the current field.
    pub(super) fn finish(&mut self) {
        let vanishes = std::mem::take(&mut self.vanishes) && self.values.is_empty();
        if std::mem::take(&mut self.present) && !vanishes {
            self.out.push(Field {
                argument: Argument {
                    value: whole(std::mem::take(&mut self.values)),
                    span: self.word,
                    many: std::mem::take(&mut self.many),
                    origins: self.origins.clone(),
                },
                pieces: std::mem::take(&mut self.pieces),
            });
        }
        self.length = 0;
    }

    /// The one field of a word that is not split.
    pub(super) fn single(self) -> Field {
        Field {
            argument: Argument {
                value: whole(self.values),
                span: self.word,
                many: false,
                origins: self.origins,
            },
            pieces: self.pieces,
        }
    }
}

fn whole(pieces: Vec<Piece<'static>>) -> Value<'static> {
    match pieces.len() {
        0..=MOST => Value::from_pieces(pieces),
        _ => Value::Unknown(Unknown::Shell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, separators: &str) -> Vec<String> {
        let mut out = Vec::new();
        let source = Source::expanded(Span::default());
        let mut fields = Fields::new(&mut out, Span::default());
        fields.split_value(&Value::known(text.to_owned()), Some(separators), source);
        fields.finish();
        out.iter()
            .map(|field| field.text().unwrap_or("?").to_owned())
            .collect()
    }

    #[test]
    fn splitting_follows_ifs() {
        assert_eq!(split("  a  b ", " \t\n"), ["a", "b"]);
        assert_eq!(split("a:b::c", ":"), ["a", "b", "", "c"]);
        assert_eq!(split("a : b", ": "), ["a", "b"]);
        assert_eq!(split("a b", ""), ["a b"]);
        assert_eq!(split("   ", " "), Vec::<String>::new());
    }
}
