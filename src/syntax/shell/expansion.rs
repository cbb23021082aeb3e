//! `$…`, backticks, process substitution.

use super::reader::Reader;
use super::tree::{List, Parameter, ParameterOperator, Part, PartKind, Word, is_name_start};
use super::word::{QuotedEnd, WordEnd};
use crate::source::Span;

impl<'a> Reader<'a> {
    /// What `$` at the cursor starts.
    pub(super) fn dollar(&mut self, parts: &mut Vec<Part<'a>>, quoted: bool) {
        let start = self.at;
        let kind = match self.peek_at(1) {
            Some(byte) if is_name_start(byte) => {
                self.at += 1;
                let name = self.eat_name();
                simple_parameter(name, self.at)
            }
            Some(byte) if is_special_parameter(byte) || byte.is_ascii_digit() => {
                self.at += 2;
                simple_parameter(self.slice(start + 1, self.at), self.at)
            }
            Some(b'(') => self.parenthesised(),
            Some(b'{') => match self.eat_dollar_placeholder() {
                true => PartKind::Template,
                false => self.braced(quoted),
            },
            _ => {
                self.at += 1;
                self.literal(parts, start, quoted);
                return;
            }
        };
        parts.push(Part {
            span: self.span_from(start),
            quoted,
            kind,
        });
    }

    /// `$((…))` or `$(…)`
    fn parenthesised(&mut self) -> PartKind<'a> {
        if let Some(arithmetic) = self.arithmetic("$((") {
            return PartKind::Arithmetic(arithmetic);
        }
        self.at += 1;
        match self.substituted_list() {
            Some(list) => PartKind::CommandSubstitution(list),
            None => PartKind::Opaque,
        }
    }

    /// The commands of `(…)` at the cursor.
    fn substituted_list(&mut self) -> Option<List<'a>> {
        let open = self.at;
        self.at += 1;
        let outer = std::mem::take(&mut self.pending);
        let list = self.nested(|reader| reader.list_until_parenthesis(open));
        self.pending = outer;
        list
    }

    pub(super) fn at_process_substitution(&self) -> bool {
        self.bash() && matches!(self.peek(), Some(b'<' | b'>')) && self.peek_at(1) == Some(b'(')
    }

    pub(super) fn process_substitution(&mut self, parts: &mut Vec<Part<'a>>) {
        let start = self.at;
        self.at += 1;
        let kind = match self.substituted_list() {
            Some(list) => PartKind::ProcessSubstitution(list),
            None => PartKind::Opaque,
        };
        parts.push(Part {
            span: self.span_from(start),
            quoted: true,
            kind,
        });
    }

    /// Backticks. Their text is read in place; if it holds escaped backticks or backslashes it would
    /// have to be unescaped first, and is left alone.
    pub(super) fn backticks(&mut self, parts: &mut Vec<Part<'a>>, quoted: bool) {
        let start = self.at;
        self.at += 1;
        let (length, escapes) = backtick_length(self.rest());
        let close = length.map(|length| self.at + length);
        let stop = close.unwrap_or(self.end);
        if close.is_none() {
            self.error_at(Span::new(start, start + 1), "` is never closed");
        }
        let kind = if escapes {
            PartKind::Opaque
        } else {
            let end = std::mem::replace(&mut self.end, stop);
            let outer = std::mem::take(&mut self.pending);
            let list = self.nested(Self::whole_list);
            self.pending = outer;
            self.end = end;
            list.map_or(PartKind::Opaque, PartKind::CommandSubstitution)
        };
        self.at = close.map_or(self.end, |close| close + 1);
        parts.push(Part {
            span: self.span_from(start),
            quoted,
            kind,
        });
    }

    /// `${…}`
    fn braced(&mut self, quoted: bool) -> PartKind<'a> {
        let open = self.at;
        self.at += 2;
        let parameter = self.nested(|reader| reader.braced_parameter(quoted));
        if !self.eat("}") {
            self.error_at(Span::new(open, open + 2), "${ is never closed");
        }
        match parameter {
            Some(parameter) => PartKind::Parameter(Box::new(parameter)),
            None => PartKind::Opaque,
        }
    }

    fn braced_parameter(&mut self, quoted: bool) -> Parameter<'a> {
        let prefix = match (self.peek(), self.peek_at(1)) {
            (Some(b'#'), Some(second)) if second != b'}' => Some(ParameterOperator::Length),
            (Some(b'!'), Some(second)) if second != b'}' => Some(ParameterOperator::Indirect),
            _ => None,
        };
        if prefix.is_some() {
            self.at += 1;
        }
        let name = self.parameter_name();
        if name.is_empty() {
            self.error("no variable in ${");
        }
        let subscript = if self.bash() && self.peek() == Some(b'[') {
            self.subscript()
        } else {
            None
        };
        let operator = if matches!(self.peek(), None | Some(b'}')) {
            prefix
        } else {
            let operator = self.parameter_operator();
            Some(if prefix.is_some() {
                ParameterOperator::Other
            } else {
                operator
            })
        };
        Parameter {
            name,
            subscript,
            operator,
            argument: self.operator_argument(quoted && !operator.is_some_and(takes_pattern)),
        }
    }

    fn parameter_name(&mut self) -> &'a str {
        let start = self.at;
        match self.peek() {
            Some(byte) if is_name_start(byte) => return self.eat_name(),
            Some(byte) if byte.is_ascii_digit() => {
                while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    self.at += 1;
                }
            }
            Some(byte) if is_special_parameter(byte) => self.at += 1,
            _ => {}
        }
        self.slice(start, self.at)
    }

    fn subscript(&mut self) -> Option<&'a str> {
        self.at += 1;
        let start = self.at;
        while self.peek().is_some_and(|byte| !matches!(byte, b']' | b'}')) {
            self.step();
        }
        let text = self.slice(start, self.at);
        self.eat("]");
        Some(text)
    }

    fn parameter_operator(&mut self) -> ParameterOperator {
        use ParameterOperator as Op;
        let operators = [
            (":-", Op::Default { or_empty: true }),
            ("-", Op::Default { or_empty: false }),
            (":=", Op::Assign { or_empty: true }),
            ("=", Op::Assign { or_empty: false }),
            (":+", Op::Alternative { or_empty: true }),
            ("+", Op::Alternative { or_empty: false }),
            (":?", Op::Require { or_empty: true }),
            ("?", Op::Require { or_empty: false }),
            ("##", Op::RemovePrefix { longest: true }),
            ("#", Op::RemovePrefix { longest: false }),
            ("%%", Op::RemoveSuffix { longest: true }),
            ("%", Op::RemoveSuffix { longest: false }),
            ("//", Op::Replace { all: true }),
            ("/", Op::Replace { all: false }),
            ("^^", Op::Upper { all: true }),
            ("^", Op::Upper { all: false }),
            (",,", Op::Lower { all: true }),
            (",", Op::Lower { all: false }),
            (":", Op::Substring),
            ("@", Op::Other),
        ];
        operators
            .into_iter()
            .find_map(|(text, operator)| self.eat(text).then_some(operator))
            .unwrap_or(Op::Other)
    }

    fn operator_argument(&mut self, quoted: bool) -> Word<'a> {
        if !quoted {
            return self.word(WordEnd::Brace);
        }
        let start = self.at;
        let mut parts = Vec::new();
        self.quoted_parts(&mut parts, QuotedEnd::Brace);
        Word {
            span: self.span_from(start),
            parts,
        }
    }
}

fn simple_parameter(name: &str, end: usize) -> PartKind<'_> {
    PartKind::Parameter(Box::new(Parameter {
        name,
        subscript: None,
        operator: None,
        argument: Word {
            span: Span::at(end),
            parts: Vec::new(),
        },
    }))
}

/// Double quotes around `${x#pattern}` do not quote the pattern.
fn takes_pattern(operator: ParameterOperator) -> bool {
    matches!(
        operator,
        ParameterOperator::RemovePrefix { .. }
            | ParameterOperator::RemoveSuffix { .. }
            | ParameterOperator::Replace { .. }
    )
}

fn is_special_parameter(byte: u8) -> bool {
    matches!(byte, b'?' | b'$' | b'#' | b'@' | b'*' | b'!' | b'-')
}

/// How far backticks go, and whether their text holds escapes that change its grammar.
fn backtick_length(text: &str) -> (Option<usize>, bool) {
    let bytes = text.as_bytes();
    let mut escapes = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'`' => return (Some(at), escapes),
            b'\\' => {
                escapes |= matches!(bytes.get(at + 1), Some(b'`' | b'\\'));
                at += 2;
            }
            _ => at += 1,
        }
    }
    (None, escapes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn backticks_end_at_the_first_one_that_is_not_escaped() {
        assert_eq!(super::backtick_length("a b` c"), (Some(3), false));
        assert_eq!(super::backtick_length(r"a \`b\` c` d"), (Some(9), true));
        assert_eq!(super::backtick_length(r"a \$b` c"), (Some(5), false));
        assert_eq!(super::backtick_length("open"), (None, false));
    }
}
