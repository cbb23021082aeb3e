//! `$((…))` on known numbers: what loops and versions need. Anything else is unknown.

use super::expand::Held;
use super::machine::{Context, Machine};
use super::state::State;
use crate::model::{Unknown, Value};
use crate::syntax::shell::Arithmetic;

/// Parentheses nested deeper, and longer expressions, are left unknown.
const DEEPEST: usize = 16;
const LONGEST: usize = 512;

/// Binary operators by how tightly they bind, loosest first.
const LEVELS: [&[&str]; 7] = [
    &["||"],
    &["&&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Machine<'_> {
    /// The value of an expression, if it is known. Variables that it changes get their new value.
    pub(super) fn arithmetic(
        &mut self,
        context: Context<'_>,
        expression: &Arithmetic<'_>,
        state: &mut State<'_>,
    ) -> Option<i64> {
        for &(name, span) in &expression.names {
            self.use_variable(context, name, span, false, state);
        }
        let text = expression.text.trim();
        let Some((name, value)) = assignment(text) else {
            let value = self.evaluate(text, state);
            if value.is_none() && (text.contains('=') || text.contains("++") || text.contains("--"))
            {
                self.forget(context, expression, state);
            }
            return value;
        };
        let value = self.evaluate(&value, state);
        let at = context.locate(expression.span);
        let new = match value {
            Some(number) => Value::known(number.to_string()),
            None => Value::Unknown(Unknown::Shell),
        };
        self.assign(name, at, new, Vec::new(), state);
        value
    }

    /// An expression that is not understood may change any of its variables.
    fn forget(&mut self, context: Context<'_>, expression: &Arithmetic<'_>, state: &mut State<'_>) {
        let compares = ["==", "!=", "<=", ">="];
        let mut rest = expression.text.to_owned();
        for operator in compares {
            rest = rest.replace(operator, " ");
        }
        if !rest.contains(['=', '+', '-']) {
            return;
        }
        for &(name, span) in &expression.names {
            let at = context.locate(span);
            let unknown = Value::Unknown(Unknown::Shell);
            self.assign(name, at, unknown, Vec::new(), state);
        }
    }

    fn evaluate(&self, text: &str, state: &State<'_>) -> Option<i64> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parser = Parser {
            machine: self,
            state,
            rest: text,
            depth: 0,
        };
        let value = parser.binary(0)?;
        parser.rest.trim_start().is_empty().then_some(value)
    }
}

/// `name = value`, `name += value`, `name++` as a name and the text of its new value.
fn assignment(text: &str) -> Option<(&str, String)> {
    let length = text
        .bytes()
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'))?;
    let (name, rest) = text.split_at(length);
    if !crate::syntax::shell::is_name(name) {
        return None;
    }
    let rest = rest.trim();
    match rest {
        "++" => return Some((name, format!("{name}+1"))),
        "--" => return Some((name, format!("{name}-1"))),
        _ => {}
    }
    if let Some(value) = rest
        .strip_prefix('=')
        .filter(|value| !value.starts_with('='))
    {
        return Some((name, value.to_owned()));
    }
    let operator = rest.get(..1).filter(|first| "+-*/%".contains(*first))?;
    let value = rest.get(1..)?.strip_prefix('=')?;
    Some((name, format!("{name}{operator}({value})")))
}

struct Parser<'p, 's> {
    machine: &'p Machine<'s>,
    state: &'p State<'p>,
    rest: &'p str,
    depth: usize,
}

impl Parser<'_, '_> {
    fn binary(&mut self, level: usize) -> Option<i64> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.eat_any(operators) {
            let right = self.binary(level + 1)?;
            left = apply(operator, left, right)?;
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<i64> {
        match self.eat_any(&["-", "+", "!", "("]) {
            Some("-") => self.nested(Self::unary)?.checked_neg(),
            Some("+") => self.nested(Self::unary),
            Some("!") => Some(i64::from(self.nested(Self::unary)? == 0)),
            Some(_) => {
                let value = self.nested(|parser| parser.binary(0))?;
                self.eat_any(&[")"])?;
                Some(value)
            }
            None => self.operand(),
        }
    }

    fn nested(&mut self, parse: impl FnOnce(&mut Self) -> Option<i64>) -> Option<i64> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    /// A number or a variable, with or without `$`.
    fn operand(&mut self) -> Option<i64> {
        let rest = self.rest.trim_start();
        let rest = rest.strip_prefix('$').unwrap_or(rest);
        let braced = rest.strip_prefix('{');
        let rest = braced.unwrap_or(rest);
        let end = rest
            .bytes()
            .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        self.rest = match braced {
            Some(_) => after.strip_prefix('}')?,
            None => after,
        };
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            return number(word);
        }
        if !crate::syntax::shell::is_name(word) {
            return None;
        }
        match self.machine.held(word, self.state) {
            Held::Unset => Some(0),
            Held::Value(value, _) => match value.as_known()?.trim() {
                "" => Some(0),
                text => number(text),
            },
        }
    }

    fn eat_any<'o>(&mut self, operators: &[&'o str]) -> Option<&'o str> {
        let rest = self.rest.trim_start();
        let found = operators.iter().find(|operator| {
            let after = rest.strip_prefix(**operator);
            // `<` is not the start of `<<`, `&&=` does not exist, `+` is not the start of `++` or `+=`.
            after.is_some_and(|after| {
                **operator == "("
                    || **operator == ")"
                    || !after.starts_with(['=', '<', '>', '+'])
                    || after.starts_with('+') && !operator.starts_with('+')
            })
        })?;
        self.rest = rest.get(found.len()..)?;
        Some(found)
    }
}

fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Option<i64> {
    let truth = |value: bool| Some(i64::from(value));
    match operator {
        "||" => truth(left != 0 || right != 0),
        "&&" => truth(left != 0 && right != 0),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<=" => truth(left <= right),
        ">=" => truth(left >= right),
        "<" => truth(left < right),
        ">" => truth(left > right),
        "<<" => left.checked_shl(u32::try_from(right).ok()?),
        ">>" => left.checked_shr(u32::try_from(right).ok()?),
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        _ => None,
    }
}
