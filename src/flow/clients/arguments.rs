//! Options and operands of a command.

use std::borrow::Cow;

use super::client::{OptionStyle, Syntax};
use crate::flow::shell::Argument;
use crate::model::{Piece, Value};
use crate::source::Span;

/// The arguments of a command, told apart.
#[derive(Clone, Debug, Default)]
pub struct Arguments<'c> {
    /// What is not an option: subcommands, packages, URLs.
    pub operands: Vec<&'c Argument>,
    /// The options in their order.
    pub options: Vec<GivenOption<'c>>,
}

/// An option of a command.
#[derive(Clone, Debug)]
pub struct GivenOption<'c> {
    /// Its name with dashes.
    pub name: Cow<'c, str>,
    /// Its value, if it has one.
    pub value: Option<Value<'c>>,
    /// The word, or the words.
    pub span: Span,
}

impl<'c> Arguments<'c> {
    /// Reads the words behind the program's name.
    pub fn read(words: &'c [Argument], syntax: Syntax) -> Self {
        let mut arguments = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = leading_text(&word.value);
            if text == "--" {
                arguments.operands.extend(words.by_ref());
            } else if text.len() < 2 || !text.starts_with('-') {
                arguments.operands.push(word);
            } else if text.starts_with("--") || syntax.style == OptionStyle::SingleDash {
                let option = long(word, text, syntax, &mut words);
                arguments.options.push(option);
            } else {
                short(word, text, syntax, &mut words, &mut arguments.options);
            }
        }
        arguments
    }

    /// The text of an operand; `None` if there is none, or if it is not known.
    pub fn operand(&self, index: usize) -> Option<&'c str> {
        self.operands.get(index)?.value.as_known()
    }

    /// The texts of the operands from `index` on; of partly known ones what stands in front.
    pub fn operands_from(&self, index: usize) -> impl Iterator<Item = &'c str> {
        self.operands
            .iter()
            .skip(index)
            .map(|operand| leading_text(&operand.value))
    }

    /// The last option of this name.
    pub fn option(&self, name: &str) -> Option<&GivenOption<'c>> {
        self.options.iter().rfind(|option| *option.name == *name)
    }

    /// Whether one of these options is given.
    pub fn has(&self, names: &[&str]) -> bool {
        self.options
            .iter()
            .any(|option| names.contains(&&*option.name))
    }
}

impl GivenOption<'_> {
    /// Its value, if that is known.
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref()?.as_known()
    }
}

fn long<'c>(
    word: &'c Argument,
    text: &'c str,
    syntax: Syntax,
    rest: &mut std::slice::Iter<'c, Argument>,
) -> GivenOption<'c> {
    let (name, has_value) = match text.split_once('=') {
        Some((name, _)) => (name, true),
        None => (text, false),
    };
    let value_at = name.len() + 1;
    let name = match syntax.style {
        OptionStyle::SingleDash if name.starts_with("--") => name.get(1..).unwrap_or(name),
        _ => name,
    };
    let mut span = word.span;
    let value = if has_value {
        Some(without_prefix(&word.value, value_at))
    } else if syntax.takes_value(name) {
        next_value(rest, &mut span)
    } else {
        None
    };
    GivenOption {
        name: Cow::Borrowed(name),
        value,
        span,
    }
}

/// A cluster: `-qO- URL` is `-q`, `-O -`.
fn short<'c>(
    word: &'c Argument,
    text: &'c str,
    syntax: Syntax,
    rest: &mut std::slice::Iter<'c, Argument>,
    options: &mut Vec<GivenOption<'c>>,
) {
    for (at, letter) in text.char_indices().skip(1) {
        let name = match at {
            1 => Cow::Borrowed(&text[..1 + letter.len_utf8()]),
            _ => Cow::Owned(format!("-{letter}")),
        };
        let mut span = word.span;
        if !syntax.takes_value(&name) {
            options.push(GivenOption {
                name,
                value: None,
                span,
            });
            continue;
        }
        let end = at + letter.len_utf8();
        let is_last = end == text.len() && word.value.as_known().is_some();
        let value = match is_last {
            true => next_value(rest, &mut span),
            false => Some(without_prefix(&word.value, end)),
        };
        options.push(GivenOption { name, value, span });
        return;
    }
}

fn next_value<'c>(rest: &mut std::slice::Iter<'c, Argument>, span: &mut Span) -> Option<Value<'c>> {
    let word = rest.next()?;
    span.end = span.end.max(word.span.end);
    Some(borrowed(&word.value))
}

/// The text a value certainly begins with.
pub(super) fn leading_text<'v>(value: &'v Value<'_>) -> &'v str {
    match value {
        Value::Known(text) => text,
        Value::Partly(pieces) => match pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        },
        Value::Unknown(_) => "",
    }
}

/// The value without its first `len` bytes, which are known text.
pub(super) fn without_prefix<'v>(value: &'v Value<'_>, len: usize) -> Value<'v> {
    match value {
        Value::Known(text) => Value::known(text.get(len..).unwrap_or_default()),
        Value::Partly(pieces) => {
            let mut rest: Vec<_> = pieces.iter().map(borrowed_piece).collect();
            if let (Some(first), Some(Piece::Text(text))) = (rest.first_mut(), pieces.first()) {
                *first = Piece::Text(text.get(len..).unwrap_or_default().into());
            }
            Value::from_pieces(rest)
        }
        Value::Unknown(why) => Value::Unknown(*why),
    }
}

/// The same value, borrowing its text.
pub(super) fn borrowed<'v>(value: &'v Value<'_>) -> Value<'v> {
    without_prefix(value, 0)
}

fn borrowed_piece<'v>(piece: &'v Piece<'_>) -> Piece<'v> {
    match piece {
        Piece::Text(text) => Piece::Text((&**text).into()),
        Piece::Unknown(why) => Piece::Unknown(*why),
    }
}
