//! `test`, `[` and `[[ ]]` on known values. Files are never known.

use super::fields::Field;
use super::machine::{Context, Machine};
use super::state::{State, Status};
use crate::model::Value;
use crate::syntax::shell::Word;

/// Operators of two numbers.
const NUMERIC: [&str; 6] = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

/// The status of `test` with these arguments (without `test`, or `[` and `]`).
pub(super) fn test(arguments: &[Field]) -> Status {
    if arguments.iter().any(|field| field.argument.many) {
        return Status::Unknown;
    }
    let values: Vec<&Value<'static>> = arguments
        .iter()
        .map(|field| &field.argument.value)
        .collect();
    test_values(&values)
}

/// POSIX decides by the number of arguments; `-a` and `-o` join what is longer.
fn test_values(values: &[&Value<'static>]) -> Status {
    let texts: Vec<Option<&str>> = values.iter().map(|value| value.as_known()).collect();
    match (values, texts.as_slice()) {
        ([], _) => Status::Failure,
        ([one], _) => is_filled(one),
        ([_, operand], [Some(operator), _]) => unary(operator, operand),
        ([_, _, _], [left, Some(operator), right]) if is_binary(operator) => {
            binary(operator, *left, *right)
        }
        ([_, _, ..], [Some("!"), ..]) => test_values(values.get(1..).unwrap_or_default()).negated(),
        ([_, inner @ .., _], [Some("("), .., Some(")")]) => test_values(inner),
        _ => joined(values, &texts),
    }
}

/// `a -o b`, `a -a b`; `-a` binds tighter.
fn joined(values: &[&Value<'static>], texts: &[Option<&str>]) -> Status {
    for (joint, decisive) in [("-o", Status::Success), ("-a", Status::Failure)] {
        let Some(at) = texts.iter().position(|text| *text == Some(joint)) else {
            continue;
        };
        let left = test_values(values.get(..at).unwrap_or_default());
        let right = test_values(values.get(at + 1..).unwrap_or_default());
        return either(left, right, decisive);
    }
    Status::Unknown
}

/// The status of two conditions of which one with the status `decisive` decides.
fn either(left: Status, right: Status, decisive: Status) -> Status {
    if left == decisive || right == decisive {
        decisive
    } else if left == right {
        left
    } else {
        Status::Unknown
    }
}

fn is_filled(value: &Value<'static>) -> Status {
    match value {
        Value::Known(text) => Status::of(!text.is_empty()),
        Value::Partly(_) => Status::Success,
        Value::Unknown(_) => Status::Unknown,
    }
}

fn unary(operator: &str, operand: &Value<'static>) -> Status {
    match operator {
        "!" => is_filled(operand).negated(),
        "-n" => is_filled(operand),
        "-z" => is_filled(operand).negated(),
        _ => Status::Unknown,
    }
}

fn is_binary(operator: &str) -> bool {
    matches!(operator, "=" | "==" | "!=" | "-a" | "-o") || NUMERIC.contains(&operator)
}

fn binary(operator: &str, left: Option<&str>, right: Option<&str>) -> Status {
    let (Some(left), Some(right)) = (left, right) else {
        return Status::Unknown;
    };
    match operator {
        "=" | "==" => Status::of(left == right),
        "!=" => Status::of(left != right),
        "-a" => Status::of(!left.is_empty() && !right.is_empty()),
        "-o" => Status::of(!left.is_empty() || !right.is_empty()),
        _ => match (left.trim().parse::<i64>(), right.trim().parse::<i64>()) {
            (Ok(left), Ok(right)) => Status::of(match operator {
                "-eq" => left == right,
                "-ne" => left != right,
                "-lt" => left < right,
                "-le" => left <= right,
                "-gt" => left > right,
                _ => left >= right,
            }),
            _ => Status::Unknown,
        },
    }
}

impl Machine<'_> {
    /// The status of `[[ … ]]`.
    pub(super) fn conditional<'t>(
        &mut self,
        context: Context<'t>,
        words: &'t [Word<'t>],
        state: &mut State<'t>,
    ) -> Status {
        let mut reader = Conditional {
            words,
            at: 0,
            depth: 0,
        };
        let status = reader.any(self, context, state);
        if reader.at == words.len() {
            return status;
        }
        for word in words.get(reader.at..).unwrap_or_default() {
            self.value(context, word, state);
        }
        Status::Unknown
    }
}

/// Reads the words of `[[ ]]`. All of them are expanded, also those that `&&` would skip.
struct Conditional<'t> {
    words: &'t [Word<'t>],
    at: usize,
    depth: usize,
}

impl<'t> Conditional<'t> {
    fn bare(&self, ahead: usize) -> Option<&'t str> {
        self.words.get(self.at + ahead).and_then(Word::bare)
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.bare(0) == Some(word);
        self.at += usize::from(found);
        found
    }

    fn any(
        &mut self,
        machine: &mut Machine<'_>,
        context: Context<'t>,
        state: &mut State<'t>,
    ) -> Status {
        let mut status = self.all(machine, context, state);
        while self.eat("||") {
            let right = self.all(machine, context, state);
            status = either(status, right, Status::Success);
        }
        status
    }

    fn all(
        &mut self,
        machine: &mut Machine<'_>,
        context: Context<'t>,
        state: &mut State<'t>,
    ) -> Status {
        let mut status = self.one(machine, context, state);
        while self.eat("&&") {
            let right = self.one(machine, context, state);
            status = either(status, right, Status::Failure);
        }
        status
    }

    fn one(
        &mut self,
        machine: &mut Machine<'_>,
        context: Context<'t>,
        state: &mut State<'t>,
    ) -> Status {
        let mut negated = false;
        while self.eat("!") {
            negated = !negated;
        }
        let status = self.primary(machine, context, state);
        if negated { status.negated() } else { status }
    }

    fn primary(
        &mut self,
        machine: &mut Machine<'_>,
        context: Context<'t>,
        state: &mut State<'t>,
    ) -> Status {
        const DEEPEST: usize = 16;
        if self.depth < DEEPEST && self.eat("(") {
            self.depth += 1;
            let status = self.any(machine, context, state);
            self.depth -= 1;
            self.eat(")");
            return status;
        }
        let Some(first) = self.words.get(self.at) else {
            return Status::Unknown;
        };
        self.at += 1;
        let operator = first.bare().filter(|text| text.starts_with('-'));
        let ends = |text: Option<&str>| matches!(text, Some("&&" | "||" | ")"));
        if let (Some(operator), Some(operand)) = (operator, self.words.get(self.at))
            && !ends(operand.bare())
        {
            self.at += 1;
            let value = machine.value(context, operand, state).value;
            return unary(operator, &value);
        }
        let left = machine.value(context, first, state).value;
        let operator = self.bare(0).filter(|text| !ends(Some(text)));
        let (Some(operator), Some(right)) = (operator, self.words.get(self.at + 1)) else {
            return is_filled(&left);
        };
        self.at += 2;
        if matches!(operator, "=" | "==" | "!=") {
            let pattern = machine.pattern(context, right, state);
            let matched = match (pattern, left.as_known()) {
                (Some(pattern), Some(text)) => Status::of(pattern.matches(text)),
                _ => Status::Unknown,
            };
            return match operator {
                "!=" => matched.negated(),
                _ => matched,
            };
        }
        let right = machine.value(context, right, state).value;
        match NUMERIC.contains(&operator) {
            true => binary(operator, left.as_known(), right.as_known()),
            false => Status::Unknown,
        }
    }
}
