//! `$X` and `${X…}`.

use super::expand::{Expansion, Held};
use super::machine::{Context, Machine};
use super::outcome::Argument;
use super::state::{State, Status};
use crate::model::{Piece, Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::{
    Parameter, ParameterOperator as Operator, Part, PartKind, Word, is_name,
};

/// Longer values are not cut or searched: nobody does, and it would not be linear.
const LONGEST: usize = 4096;

impl Machine<'_> {
    pub(super) fn parameter<'t>(
        &mut self,
        context: Context<'t>,
        part: &Part<'_>,
        parameter: &'t Parameter<'t>,
        state: &mut State<'t>,
    ) -> Expansion<'t> {
        let name = parameter.name;
        let has_default = parameter.operator.is_some_and(Operator::has_default);
        self.use_variable(context, name, part.span, has_default, state);
        if parameter.subscript.is_some() {
            self.value(context, &parameter.argument, state);
            return Expansion::Unknown(Unknown::Shell);
        }
        if matches!(name, "@" | "*") && parameter.operator.is_none() {
            let joined = name == "*" && part.quoted;
            return match &state.shell.parameters {
                Some(values) if joined => {
                    let separator = self.separators(state);
                    let separator = separator.and_then(|set| set.chars().next());
                    Expansion::Value(join(values, separator), None)
                }
                Some(values) => Expansion::List(values.to_vec()),
                None => Expansion::Unknown(Unknown::Shell),
            };
        }
        let held = self
            .special(name, state)
            .unwrap_or_else(|| self.held(name, state));
        let Some(operator) = parameter.operator else {
            return plain(held);
        };
        self.operate(context, parameter, operator, held, state)
    }

    /// A special or positional parameter.
    fn special(&self, name: &str, state: &State<'_>) -> Option<Held> {
        if is_name(name) {
            return None;
        }
        let unknown = Held::Value(Value::Unknown(Unknown::Shell), None);
        let parameters = state.shell.parameters.as_deref();
        Some(match (name, parameters) {
            ("?", _) if state.shell.status == Status::Success => {
                Held::Value(Value::known("0"), None)
            }
            ("#", Some(values)) => Held::Value(Value::known(values.len().to_string()), None),
            (_, Some(values)) => match name.parse::<usize>() {
                Ok(0) | Err(_) => unknown,
                Ok(index) => match values.get(index - 1) {
                    Some(value) => Held::Value(value.clone(), None),
                    None => Held::Unset,
                },
            },
            _ => unknown,
        })
    }

    fn operate<'t>(
        &mut self,
        context: Context<'t>,
        parameter: &'t Parameter<'t>,
        operator: Operator,
        held: Held,
        state: &mut State<'t>,
    ) -> Expansion<'t> {
        let missing = |or_empty| is_missing(&held, or_empty);
        match operator {
            Operator::Default { or_empty } => match missing(or_empty) {
                Some(true) => Expansion::Word(&parameter.argument),
                Some(false) => plain(held),
                None => self.either(context, parameter, held, state),
            },
            Operator::Assign { or_empty } => match missing(or_empty) {
                Some(true) => {
                    let word = self.value(context, &parameter.argument, state);
                    let at = context.locate(parameter.argument.span);
                    let origin = word.origins.first().copied();
                    let value = word.value.clone();
                    self.assign(parameter.name, at, word.value, word.origins, state);
                    Expansion::Value(value, origin)
                }
                Some(false) => plain(held),
                None => self.either(context, parameter, held, state),
            },
            Operator::Alternative { or_empty } => match missing(or_empty) {
                Some(true) => Expansion::Value(Value::known(""), None),
                Some(false) => Expansion::Word(&parameter.argument),
                None => self.either(context, parameter, held, state),
            },
            Operator::Require { or_empty } => {
                if missing(or_empty) == Some(true) {
                    self.value(context, &parameter.argument, state);
                    *state = state.clone().exited(Status::Failure);
                }
                plain(held)
            }
            _ => self.transform(context, parameter, operator, held, state),
        }
    }

    /// The value is unknown, so the word behind the operator may or may not be used.
    fn either<'t>(
        &mut self,
        context: Context<'t>,
        parameter: &'t Parameter<'t>,
        held: Held,
        state: &mut State<'t>,
    ) -> Expansion<'t> {
        self.value(context, &parameter.argument, state);
        match plain(held) {
            Expansion::Value(Value::Partly(_), origin) => {
                Expansion::Value(Value::Unknown(Unknown::Shell), origin)
            }
            other => other,
        }
    }

    fn transform<'t>(
        &mut self,
        context: Context<'t>,
        parameter: &'t Parameter<'t>,
        operator: Operator,
        held: Held,
        state: &mut State<'t>,
    ) -> Expansion<'t> {
        let (value, origin) = match held {
            Held::Unset => (Value::known(""), None),
            Held::Value(value, origin) => (value, origin),
        };
        let known = value.as_known().filter(|text| text.len() <= LONGEST);
        // The argument is expanded once, needed or not: nested ones would else double each time.
        let changed = match operator {
            Operator::RemovePrefix { longest } => {
                let pattern = self.pattern(context, &parameter.argument, state);
                pattern
                    .zip(known)
                    .map(|(pattern, text)| pattern.remove_prefix(text, longest).to_owned())
            }
            Operator::RemoveSuffix { longest } => {
                let pattern = self.pattern(context, &parameter.argument, state);
                pattern
                    .zip(known)
                    .map(|(pattern, text)| pattern.remove_suffix(text, longest).to_owned())
            }
            _ => {
                self.value(context, &parameter.argument, state);
                known.and_then(|text| self.transformed(&parameter.argument, operator, text, state))
            }
        };
        match changed {
            Some(text) => Expansion::Value(Value::known(text), origin),
            None => Expansion::Value(Value::Unknown(unknown_reason(&value)), origin),
        }
    }

    fn transformed(
        &self,
        argument: &Word<'_>,
        operator: Operator,
        text: &str,
        state: &State<'_>,
    ) -> Option<String> {
        match operator {
            Operator::Length => Some(text.chars().count().to_string()),
            Operator::Replace { all } => replace(text, argument, all),
            Operator::Substring => substring(text, argument.literal()?.as_ref()),
            Operator::Upper { all } if argument.parts.is_empty() => {
                Some(change_case(text, all, |c| c.to_uppercase().collect()))
            }
            Operator::Lower { all } if argument.parts.is_empty() => {
                Some(change_case(text, all, |c| c.to_lowercase().collect()))
            }
            Operator::Indirect if is_name(text) => match self.held(text, state) {
                Held::Unset => Some(String::new()),
                Held::Value(value, _) => value.as_known().map(str::to_owned),
            },
            _ => None,
        }
    }

    /// The positional parameters as arguments that come from `at`.
    pub(super) fn positional(&self, state: &State<'_>, at: Span) -> Vec<Argument> {
        let argument = |value, many| Argument {
            value,
            span: at,
            many,
            origins: Vec::new(),
        };
        match &state.shell.parameters {
            Some(values) => values
                .iter()
                .map(|value| argument(value.clone(), false))
                .collect(),
            None => vec![argument(Value::Unknown(Unknown::Shell), true)],
        }
    }
}

/// `"$*"`: the values with the first character of `IFS` between them.
fn join(values: &[Value<'static>], separator: Option<char>) -> Value<'static> {
    let mut pieces = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if let Some(separator) = separator.filter(|_| index > 0) {
            pieces.push(Piece::Text(separator.to_string().into()));
        }
        match value.clone() {
            Value::Known(text) => pieces.push(Piece::Text(text)),
            Value::Partly(more) => pieces.extend(more),
            Value::Unknown(why) => pieces.push(Piece::Unknown(why)),
        }
    }
    Value::from_pieces(pieces)
}

fn plain<'t>(held: Held) -> Expansion<'t> {
    match held {
        Held::Unset => Expansion::Value(Value::known(""), None),
        Held::Value(value, origin) => Expansion::Value(value, origin),
    }
}

/// Whether the operator finds no value, if that is known.
fn is_missing(held: &Held, or_empty: bool) -> Option<bool> {
    match held {
        Held::Unset => Some(true),
        Held::Value(Value::Known(text), _) => Some(or_empty && text.is_empty()),
        // A value with some known text is neither unset nor empty.
        Held::Value(Value::Partly(_), _) => Some(false),
        Held::Value(Value::Unknown(_), _) => None,
    }
}

fn unknown_reason(value: &Value<'_>) -> Unknown {
    match value {
        Value::Unknown(why) => *why,
        _ => Unknown::Shell,
    }
}

/// `${X/from/to}` with plain text; patterns and anchors are left unknown.
fn replace(text: &str, argument: &Word<'_>, all: bool) -> Option<String> {
    let plain = argument
        .parts
        .iter()
        .all(|part| matches!(part.kind, PartKind::Literal(_)));
    let argument = argument.literal().filter(|_| plain)?;
    let (from, to) = argument.split_once('/').unwrap_or((&argument, ""));
    if from.is_empty() || from.starts_with(['#', '%']) || from.contains(['*', '?', '[']) {
        return None;
    }
    Some(match all {
        true => text.replace(from, to),
        false => text.replacen(from, to, 1),
    })
}

/// `${X:offset:length}` with plain numbers.
fn substring(text: &str, argument: &str) -> Option<String> {
    let (offset, length) = match argument.split_once(':') {
        Some((offset, length)) => (offset, Some(length.trim().parse::<usize>().ok()?)),
        None => (argument, None),
    };
    let offset: i64 = offset.trim().parse().ok()?;
    let count = text.chars().count();
    let skip = match usize::try_from(offset) {
        Ok(offset) => offset,
        Err(_) => count.checked_sub(usize::try_from(offset.checked_neg()?).ok()?)?,
    };
    let characters = text.chars().skip(skip);
    Some(characters.take(length.unwrap_or(count)).collect())
}

fn change_case(text: &str, all: bool, change: impl Fn(char) -> String) -> String {
    let mut characters = text.chars();
    if all {
        return characters.map(change).collect();
    }
    let first = characters.next().map(change).unwrap_or_default();
    first + characters.as_str()
}
