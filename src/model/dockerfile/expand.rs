//! What the words of a Dockerfile expand to (upstream: `frontend/dockerfile/shell/lex.go`).

use std::borrow::Cow;

use super::budget::Budget;
use super::pattern::{Pattern, PatternError};
use crate::model::{HopId, Piece, Unknown, Value};
use crate::syntax::dockerfile::word::{Lexer, Operator, Token, WordError, WordErrorKind};

/// What an environment knows of a name.
#[derive(Clone, Debug)]
pub enum Lookup<'v> {
    /// It has a value.
    Set(Value<'v>, HopId),
    /// It has none.
    Unset,
    /// It may have one.
    Unknown(Unknown),
}

/// A variable that a word mentions.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Its range in the word's text: `$X`, or `${X` with its operator.
    pub start: usize,
    /// The end of that range.
    pub end: usize,
    /// Its name.
    pub name: String,
    /// The word says what to do if it is unset: `${X:-…}`, `${X+…}`, `${X:?…}`.
    pub handles_unset: bool,
    /// What the environment had.
    pub found: Found,
}

/// What an environment had under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A value that came by this way.
    Set(HopId),
    /// Nothing.
    Unset,
    /// Nothing that is known of.
    Unknown,
}

/// The result of an expansion.
#[derive(Debug)]
pub struct Expanded<'v> {
    /// What the word is.
    pub value: Value<'v>,
    /// The variables it mentions, in order.
    pub mentions: Vec<Mention>,
}

/// Why BuildKit refuses a word or an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, as a sentence.
    pub message: String,
    /// The variable that `${X:?…}` demands, if that is what is wrong.
    pub demands: Option<String>,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self {
            message,
            demands: None,
        }
    }
}

impl From<&str> for Refusal {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// Expands `text` with what `lookup` knows.
///
/// # Errors
/// If the word is malformed, or `${X:?…}` finds X unset.
pub fn expand<'v>(
    text: &'v str,
    lexer: Lexer,
    budget: &mut Budget,
    lookup: impl Fn(&str) -> Lookup<'v>,
) -> Result<Expanded<'v>, Refusal> {
    if lexer.is_plain(text) {
        return Ok(Expanded {
            value: Value::known(text),
            mentions: Vec::new(),
        });
    }
    let tokens = lexer.tokens(text).map_err(|error| malformed(text, error))?;
    Evaluator {
        text,
        lookup,
        budget,
        mentions: Vec::new(),
        levels: vec![Level::default()],
    }
    .run(tokens)
}

fn malformed(text: &str, error: WordError) -> Refusal {
    let what = match error.kind {
        WordErrorKind::UnclosedQuote('"') => "a double quote is not closed",
        WordErrorKind::UnclosedQuote(_) => "a single quote is not closed",
        WordErrorKind::MissingBrace => "`${` has no closing `}`",
        WordErrorKind::BadSubstitution => "`${…}` needs a name first",
        WordErrorKind::UnsupportedModifier => {
            "BuildKit does not know this operator; it has `:-` `:+` `:?` `-` `+` `?` `#` `%` `/`"
        }
        WordErrorKind::MissingSlash => "`${NAME/pattern/replacement}` needs its second `/`",
    };
    Refusal::from(format!("`{text}` cannot be expanded: {what}"))
}

/// The pieces of one level of nesting.
#[derive(Default)]
struct Level<'v> {
    pieces: Vec<Piece<'v>>,
    /// The pattern of a replacement, once its end was met.
    pattern: Option<Vec<Piece<'v>>>,
    opened: Option<(String, Operator, Lookup<'v>)>,
}

struct Evaluator<'v, 'b, L> {
    text: &'v str,
    lookup: L,
    budget: &'b mut Budget,
    mentions: Vec<Mention>,
    levels: Vec<Level<'v>>,
}

impl<'v, L: Fn(&str) -> Lookup<'v>> Evaluator<'v, '_, L> {
    fn run(mut self, tokens: Vec<Token>) -> Result<Expanded<'v>, Refusal> {
        for token in tokens {
            match token {
                Token::Text(range) => {
                    let text = self.text.get(range).unwrap_or_default();
                    self.push(Piece::Text(Cow::Borrowed(text)));
                }
                Token::Variable { range, name } => {
                    let name = self.text.get(name).unwrap_or_default();
                    let found = self.mention(range.start, range.end, name, false);
                    self.push_lookup(found);
                }
                Token::Open {
                    range,
                    name,
                    operator,
                } => {
                    let name = self.text.get(name).unwrap_or_default();
                    let handles_unset = matches!(
                        operator,
                        Operator::Default { .. }
                            | Operator::Alternative { .. }
                            | Operator::Required { .. }
                    );
                    let found = self.mention(range.start, range.end, name, handles_unset);
                    self.levels.push(Level {
                        opened: Some((name.to_owned(), operator, found)),
                        ..Level::default()
                    });
                }
                Token::Separator => {
                    if let Some(level) = self.levels.last_mut() {
                        level.pattern = Some(std::mem::take(&mut level.pieces));
                    }
                }
                Token::Close(_) => self.close()?,
            }
        }
        let pieces = self.levels.pop().unwrap_or_default().pieces;
        Ok(Expanded {
            value: Value::from_pieces(pieces),
            mentions: self.mentions,
        })
    }

    fn push(&mut self, piece: Piece<'v>) {
        if let Some(level) = self.levels.last_mut() {
            level.pieces.push(piece);
        }
    }

    fn push_value(&mut self, value: Value<'v>) {
        match value {
            Value::Known(text) => self.push(Piece::Text(text)),
            Value::Unknown(why) => self.push(Piece::Unknown(why)),
            Value::Partly(pieces) => {
                if let Some(level) = self.levels.last_mut() {
                    level.pieces.extend(pieces);
                }
            }
        }
    }

    fn push_lookup(&mut self, found: Lookup<'v>) {
        match found {
            Lookup::Set(value, _) => self.push_value(value),
            Lookup::Unset => {}
            Lookup::Unknown(why) => self.push(Piece::Unknown(why)),
        }
    }

    fn mention(&mut self, start: usize, end: usize, name: &str, handles_unset: bool) -> Lookup<'v> {
        let mut found = (self.lookup)(name);
        self.mentions.push(Mention {
            start,
            end,
            name: name.to_owned(),
            handles_unset,
            found: match &found {
                Lookup::Set(_, hop) => Found::Set(*hop),
                Lookup::Unset => Found::Unset,
                Lookup::Unknown(_) => Found::Unknown,
            },
        });
        if let Lookup::Set(value, _) = &found
            && !self.budget.take_text(value.size())
        {
            found = Lookup::Unknown(Unknown::TooLong);
        }
        found
    }

    /// The word of a level. It is copied at each level above, so that deep nesting costs.
    fn joined(&mut self, pieces: Vec<Piece<'v>>) -> Value<'v> {
        let value = Value::from_pieces(pieces);
        match self.budget.take_text(value.size()) {
            true => value,
            false => Value::Unknown(Unknown::TooLong),
        }
    }

    /// Applies the operator of the level that ends.
    fn close(&mut self) -> Result<(), Refusal> {
        let Some(level) = self.levels.pop() else {
            return Ok(());
        };
        let Some((name, operator, found)) = level.opened else {
            return Ok(());
        };
        let word = self.joined(level.pieces);
        match operator {
            Operator::Default { empty_is_unset } => match is_set(&found, empty_is_unset) {
                Some(true) => self.push_lookup(found),
                Some(false) => self.push_value(word),
                None => self.push(Piece::Unknown(why_unknown(&found))),
            },
            Operator::Alternative { empty_is_unset } => match is_set(&found, empty_is_unset) {
                Some(true) => self.push_value(word),
                Some(false) => {}
                None => self.push(Piece::Unknown(why_unknown(&found))),
            },
            Operator::Required { empty_is_unset } => {
                if is_set(&found, empty_is_unset) == Some(false) {
                    return Err(required(&name, &found, &word));
                }
                self.push_lookup(found);
            }
            Operator::TrimPrefix | Operator::TrimSuffix => {
                let value = trimmed(operator, found, &word, self.budget)?;
                self.push_value(value);
            }
            Operator::Replace { all } => {
                let pattern = self.joined(level.pattern.unwrap_or_default());
                let value = replaced(found, &pattern, &word, all, self.budget)?;
                self.push_value(value);
            }
        }
        Ok(())
    }
}

/// Whether the name counts as set; `None` if that cannot be known.
fn is_set(found: &Lookup<'_>, empty_is_unset: bool) -> Option<bool> {
    match found {
        Lookup::Unset => Some(false),
        Lookup::Unknown(_) => None,
        Lookup::Set(_, _) if !empty_is_unset => Some(true),
        Lookup::Set(Value::Known(text), _) => Some(!text.is_empty()),
        Lookup::Set(Value::Partly(pieces), _) => pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Text(_)))
            .then_some(true),
        Lookup::Set(Value::Unknown(_), _) => None,
    }
}

fn why_unknown(found: &Lookup<'_>) -> Unknown {
    match found {
        Lookup::Unknown(why) | Lookup::Set(Value::Unknown(why), _) => *why,
        Lookup::Set(Value::Partly(pieces), _) => pieces
            .iter()
            .find_map(|piece| match piece {
                Piece::Unknown(why) => Some(*why),
                Piece::Text(_) => None,
            })
            .unwrap_or(Unknown::Shell),
        Lookup::Set(Value::Known(_), _) | Lookup::Unset => Unknown::Shell,
    }
}

fn required(name: &str, found: &Lookup<'_>, word: &Value<'_>) -> Refusal {
    let state = match found {
        Lookup::Unset => "not set",
        Lookup::Set(..) | Lookup::Unknown(_) => "empty",
    };
    let reason = match word.as_known() {
        Some("") | None => String::new(),
        Some(text) => format!(": {text}"),
    };
    Refusal {
        message: format!("`{name}` is required here and is {state}{reason}"),
        demands: Some(name.to_owned()),
    }
}

/// The text to work on; an unset name works as an empty one.
fn subject<'v>(found: Lookup<'v>) -> Result<Cow<'v, str>, Value<'v>> {
    match found {
        Lookup::Set(Value::Known(text), _) => Ok(text),
        Lookup::Unset => Ok(Cow::Borrowed("")),
        found => Err(Value::Unknown(why_unknown(&found))),
    }
}

fn trimmed<'v>(
    operator: Operator,
    found: Lookup<'v>,
    word: &Value<'v>,
    budget: &mut Budget,
) -> Result<Value<'v>, Refusal> {
    let subject = match subject(found) {
        Ok(text) => text,
        Err(unknown) => return Ok(unknown),
    };
    let Some(pattern) = word.as_known() else {
        return Ok(Value::Unknown(Unknown::Shell));
    };
    // The second `#` or `%` reaches the pattern as its first character.
    let doubled = if operator == Operator::TrimPrefix {
        '#'
    } else {
        '%'
    };
    let (longest, pattern) = match pattern.strip_prefix(doubled) {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    pattern_result(pattern, |parsed| match operator {
        Operator::TrimPrefix => parsed.trim_prefix(&subject, longest, budget),
        _ => parsed.trim_suffix(&subject, longest, budget),
    })
}

fn replaced<'v>(
    found: Lookup<'v>,
    pattern: &Value<'v>,
    replacement: &Value<'v>,
    all: bool,
    budget: &mut Budget,
) -> Result<Value<'v>, Refusal> {
    let subject = match subject(found) {
        Ok(text) => text,
        Err(unknown) => return Ok(unknown),
    };
    let (Some(pattern), Some(replacement)) = (pattern.as_known(), replacement.as_known()) else {
        return Ok(Value::Unknown(Unknown::Shell));
    };
    pattern_result(pattern, |parsed| {
        parsed.replace(&subject, replacement, all, budget)
    })
}

fn pattern_result<'v>(
    text: &str,
    apply: impl FnOnce(&Pattern) -> Result<String, PatternError>,
) -> Result<Value<'v>, Refusal> {
    match Pattern::parse(text).and_then(|pattern| apply(&pattern)) {
        Ok(text) => Ok(Value::known(text)),
        Err(PatternError::TooMuch) => Ok(Value::Unknown(Unknown::TooLong)),
        Err(PatternError::BadEscape) => Err(Refusal::from(format!(
            "the pattern `{text}` has a backslash before a character that needs none"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mechanism, Provenance};

    fn expanded(text: &str) -> String {
        let hop = Provenance::default().add(Mechanism::Env, None, &[]);
        let lookup = |name: &str| match name {
            "A" => Lookup::Set(Value::known("a.b.c"), hop),
            "E" => Lookup::Set(Value::known(""), hop),
            "Q" => Lookup::Unknown(Unknown::BaseImage),
            _ => Lookup::Unset,
        };
        match expand(text, Lexer::new('\\'), &mut Budget::default(), lookup) {
            Ok(Expanded { value, .. }) => match value {
                Value::Known(text) => text.into_owned(),
                other => format!("{other:?}"),
            },
            Err(error) => format!("error: {}", error.message),
        }
    }

    #[test]
    fn operators_do_what_buildkit_does() {
        assert_eq!(expanded("x${A}y$U-${U}"), "xa.b.cy-");
        assert_eq!(expanded("${U-d} ${E-d} ${E:-d} ${A:-d}"), "d  d a.b.c");
        assert_eq!(expanded("${U+d} ${E+d} ${E:+d} ${A:+d}"), " d  d");
        assert_eq!(expanded("${A#*.} ${A##*.} ${A%.*} ${A%%.*}"), "b.c c a.b a");
        assert_eq!(expanded("${A/./-} ${A//./-}"), "a-b.c a-b-c");
        assert_eq!(expanded("${U:-${E:-${A}}}"), "a.b.c");
        assert!(expanded("${E:?why}").contains("empty: why"));
    }

    #[test]
    fn what_cannot_be_known_stays_unknown() {
        assert_eq!(expanded("${Q:-d}"), "Unknown(BaseImage)");
        assert!(expanded("a$Q").starts_with("Partly"));
        assert_eq!(expanded("${Q:?x}"), "Unknown(BaseImage)");
    }
}
