//! Simple commands, assignments, redirections.

use super::reader::{Reader, is_metacharacter};
use super::tree::{
    AssignedValue, Assignment, Command, CommandKind, Part, PartKind, Redirection,
    RedirectionOperator, SimpleCommand, Word, is_name_byte, is_name_start,
};
use super::word::WordEnd;
use crate::source::Span;

/// Built-ins whose arguments are assignments, arrays included.
const DECLARATIONS: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

impl<'a> Reader<'a> {
    pub(super) fn simple_command(&mut self) -> Command<'a> {
        let start = self.at;
        let mut end = start;
        let mut simple = SimpleCommand::default();
        let mut redirections = Vec::new();
        loop {
            self.blanks();
            if let Some(redirection) = self.redirection() {
                redirections.push(redirection);
                end = self.at;
                continue;
            }
            match self.peek() {
                None | Some(b';' | b'&' | b'|' | b'\n' | b')') => break,
                Some(b'(') => {
                    if let Some(name) = self.function_name(&simple, &redirections) {
                        let kind = self.function(name);
                        return Command {
                            span: self.span_from(start),
                            kind,
                            redirections,
                        };
                    }
                    self.error("( is not expected here");
                    break;
                }
                Some(_) => {}
            }
            let before = self.at;
            if simple.words.is_empty()
                && let Some(assignment) = self.assignment()
            {
                simple.assignments.push(assignment);
            } else {
                let word = self.argument(&simple);
                simple.words.push(word);
            }
            if self.at == before {
                self.step();
            }
            end = self.at;
        }
        Command {
            span: Span::new(start, end),
            kind: CommandKind::Simple(simple),
            redirections,
        }
    }

    /// A word, or an array assignment behind `declare` and the like, which keeps only its name.
    fn argument(&mut self, simple: &SimpleCommand<'a>) -> Word<'a> {
        let declares = || {
            let first = simple.words.first().and_then(Word::bare);
            first.is_some_and(|name| DECLARATIONS.contains(&name))
        };
        if self.bash() && declares() {
            let start = self.at;
            if let Some(assignment) = self.assignment()
                && let AssignedValue::Array(_) = assignment.value
            {
                let name = Span::new(start, start + assignment.name.len());
                let mut word = Word::verbatim(assignment.name, name);
                word.span = assignment.span;
                return word;
            }
            self.at = start;
        }
        self.word(WordEnd::Blank)
    }

    /// At `(`: the name of the function that is defined here, if `()` follows one plain word.
    fn function_name(
        &mut self,
        simple: &SimpleCommand<'a>,
        redirections: &[Redirection<'a>],
    ) -> Option<&'a str> {
        let [name] = simple.words.as_slice() else {
            return None;
        };
        if !simple.assignments.is_empty() || !redirections.is_empty() {
            return None;
        }
        let before = self.at;
        self.at += 1;
        self.blanks();
        if self.eat(")") {
            return Some(self.slice(name.span.start as usize, name.span.end as usize));
        }
        self.at = before;
        None
    }

    /// `NAME=…`, `NAME+=…`, `NAME[…]=…` at the cursor.
    fn assignment(&mut self) -> Option<Assignment<'a>> {
        let start = self.at;
        let found = self.assignment_here(start);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn assignment_here(&mut self, start: usize) -> Option<Assignment<'a>> {
        if !self.peek().is_some_and(is_name_start) {
            return None;
        }
        let name = self.eat_name();
        let element = self.bash() && self.peek() == Some(b'[') && self.eat_subscript();
        let append = self.bash() && self.starts_with("+=");
        if append {
            self.at += 1;
        }
        if !self.eat("=") {
            return None;
        }
        let value = if self.bash() && self.peek() == Some(b'(') {
            AssignedValue::Array(self.array())
        } else if element {
            AssignedValue::Element(self.assigned_word())
        } else {
            AssignedValue::Scalar(self.assigned_word())
        };
        Some(Assignment {
            span: self.span_from(start),
            name,
            append,
            value,
        })
    }

    fn assigned_word(&mut self) -> Word<'a> {
        match self.peek() {
            Some(byte) if !is_metacharacter(byte) || self.at_process_substitution() => {
                self.word(WordEnd::Blank)
            }
            _ => Word {
                span: Span::at(self.at),
                parts: Vec::new(),
            },
        }
    }

    /// `[…]` before `=` or `+=`.
    fn eat_subscript(&mut self) -> bool {
        let rest = self.rest();
        let line = rest.find(['\n', ' ', ';']).unwrap_or(rest.len());
        match rest.get(..line).and_then(|line| line.find(']')) {
            Some(close) => {
                self.at += close + 1;
                true
            }
            None => false,
        }
    }

    fn array(&mut self) -> Vec<Word<'a>> {
        let open = self.at;
        self.at += 1;
        let mut words = Vec::new();
        loop {
            self.newlines();
            match self.peek() {
                None => {
                    self.error_at(Span::new(open, open + 1), "( is never closed");
                    break;
                }
                Some(b')') => {
                    self.at += 1;
                    break;
                }
                Some(byte) if is_metacharacter(byte) && !self.at_process_substitution() => {
                    self.error("not expected in an array");
                    self.at += 1;
                }
                Some(_) => words.push(self.word(WordEnd::Blank)),
            }
        }
        words
    }

    /// A redirection at the cursor.
    pub(super) fn redirection(&mut self) -> Option<Redirection<'a>> {
        self.blanks();
        let start = self.at;
        let descriptor = self.eat_descriptor();
        let Some(operator) = self.redirection_operator(start) else {
            self.at = start;
            return None;
        };
        self.blanks();
        let target = match self.peek() {
            Some(byte) if !is_metacharacter(byte) || self.at_process_substitution() => {
                self.word(WordEnd::Blank)
            }
            _ => {
                self.error("redirection without a target");
                Word {
                    span: Span::at(self.at),
                    parts: Vec::new(),
                }
            }
        };
        let operator = self.settle_operator(operator, &target);
        Some(Redirection {
            span: self.span_from(start),
            descriptor,
            operator,
            target,
        })
    }

    /// `2` or `{name}` before the operator.
    fn eat_descriptor(&mut self) -> Option<u32> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start && self.bash() && self.peek() == Some(b'{') {
            self.at += 1;
            while self.peek().is_some_and(is_name_byte) {
                self.at += 1;
            }
            if !self.eat("}") || !matches!(self.peek(), Some(b'<' | b'>')) {
                self.at = start;
            }
            return None;
        }
        self.slice(start, self.at).parse().ok()
    }

    fn redirection_operator(&mut self, start: usize) -> Option<Operator> {
        if !matches!(self.peek(), Some(b'<' | b'>' | b'&'))
            || self.at_process_substitution()
            || self.at_placeholder()
        {
            return None;
        }
        if self.bash() && self.at == start {
            if self.eat("&>>") {
                return Some(Operator::Plain(RedirectionOperator::AppendBoth));
            }
            if self.eat("&>") {
                return Some(Operator::Plain(RedirectionOperator::WriteBoth));
            }
        }
        let operators = [
            ("<<<", Operator::Plain(RedirectionOperator::HereString)),
            ("<<-", Operator::HereDocument { strip_tabs: true }),
            ("<<", Operator::HereDocument { strip_tabs: false }),
            ("<>", Operator::Plain(RedirectionOperator::ReadWrite)),
            ("<&", Operator::Plain(RedirectionOperator::Duplicate)),
            ("<", Operator::Plain(RedirectionOperator::Read)),
            (">>", Operator::Plain(RedirectionOperator::Append)),
            (">&", Operator::DuplicateOrWrite),
            (">|", Operator::Plain(RedirectionOperator::Write)),
            (">", Operator::Plain(RedirectionOperator::Write)),
        ];
        if !matches!(self.peek(), Some(b'<' | b'>')) {
            return None;
        }
        operators
            .into_iter()
            .find_map(|(text, operator)| self.eat(text).then_some(operator))
    }

    fn settle_operator(&mut self, operator: Operator, target: &Word<'a>) -> RedirectionOperator {
        match operator {
            Operator::Plain(operator) => operator,
            Operator::DuplicateOrWrite => {
                let descriptor = target.bare().is_some_and(|text| {
                    text.bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'-')
                });
                let known = matches!(target.parts.as_slice(), [one] if matches!(one.kind, PartKind::Literal(_)));
                if known && !descriptor {
                    RedirectionOperator::WriteBoth
                } else {
                    RedirectionOperator::Duplicate
                }
            }
            Operator::HereDocument { strip_tabs } => {
                RedirectionOperator::HereDocument(self.open_here_document(target, strip_tabs))
            }
        }
    }
}

/// An operator before its target is known.
#[derive(Clone, Copy)]
enum Operator {
    Plain(RedirectionOperator),
    DuplicateOrWrite,
    HereDocument { strip_tabs: bool },
}

impl<'a> Word<'a> {
    /// A word that is one unquoted literal.
    pub(super) fn verbatim(text: &'a str, span: Span) -> Self {
        let part = Part {
            span,
            quoted: false,
            kind: PartKind::Literal(text.into()),
        };
        Self {
            span,
            parts: vec![part],
        }
    }
}
