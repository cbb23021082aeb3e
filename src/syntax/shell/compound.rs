//! Compound commands.

use super::reader::{COMMAND_SIZE, Reader, is_metacharacter};
use super::tree::{Arithmetic, ArmEnd, CaseArm, Command, CommandKind, List, Word, is_name};
use super::word::WordEnd;
use crate::source::Span;

impl<'a> Reader<'a> {
    pub(super) fn command(&mut self) -> Command<'a> {
        self.blanks();
        let start = self.at;
        self.count(COMMAND_SIZE);
        self.nested(|reader| reader.command_here(start))
            .unwrap_or_else(|| Command {
                span: Span::new(start, self.at),
                kind: CommandKind::Missing,
                redirections: Vec::new(),
            })
    }

    fn command_here(&mut self, start: usize) -> Command<'a> {
        let Some(kind) = self.compound() else {
            return self.simple_command();
        };
        let mut redirections = Vec::new();
        if !matches!(kind, CommandKind::Function { .. }) {
            while let Some(redirection) = self.redirection() {
                redirections.push(redirection);
            }
        }
        let end = redirections.last().map(|last| last.span.end as usize);
        Command {
            span: Span::new(start, end.unwrap_or(self.at).max(start)),
            kind,
            redirections,
        }
    }

    fn compound(&mut self) -> Option<CommandKind<'a>> {
        if self.peek() == Some(b'(') {
            return Some(self.parenthesis());
        }
        let word = self.plain_word();
        let read = match word {
            "{" => Self::group,
            "if" => Self::if_clause,
            "while" | "until" => Self::while_clause,
            "for" => Self::for_clause,
            "select" if self.bash() => Self::for_clause,
            "case" => Self::case_clause,
            "function" => Self::function_clause,
            "[[" if self.bash() => Self::conditional,
            _ => return None,
        };
        self.at += word.len();
        Some(read(self, word))
    }

    fn parenthesis(&mut self) -> CommandKind<'a> {
        if let Some(arithmetic) = self.arithmetic("((") {
            return CommandKind::Arithmetic(arithmetic);
        }
        let open = self.at;
        self.at += 1;
        let list = self.list_until_parenthesis(open);
        CommandKind::Subshell(list)
    }

    /// The commands up to `)`, which is stepped over.
    pub(super) fn list_until_parenthesis(&mut self, open: usize) -> List<'a> {
        let mut list = self.list();
        while !matches!(self.peek(), None | Some(b')')) {
            self.stray_closer();
            list.items.extend(self.list().items);
        }
        if !self.eat(")") {
            self.error_at(Span::new(open, open + 1), "( is never closed");
        }
        list
    }

    fn group(&mut self, _: &str) -> CommandKind<'a> {
        let list = self.list();
        self.expect_word("}", "{ is never closed");
        CommandKind::Group(list)
    }

    fn if_clause(&mut self, _: &str) -> CommandKind<'a> {
        let mut branches = vec![self.if_branch()];
        let mut otherwise = None;
        loop {
            if self.eat_word("elif") {
                branches.push(self.if_branch());
            } else if self.eat_word("else") {
                otherwise = Some(self.list());
            } else {
                break;
            }
        }
        self.expect_word("fi", "if without fi");
        CommandKind::If {
            branches,
            otherwise,
        }
    }

    fn if_branch(&mut self) -> (List<'a>, List<'a>) {
        let condition = self.list();
        self.expect_word("then", "if without then");
        (condition, self.list())
    }

    fn while_clause(&mut self, word: &str) -> CommandKind<'a> {
        let condition = self.list();
        CommandKind::While {
            until: word == "until",
            condition,
            body: self.loop_body(),
        }
    }

    fn loop_body(&mut self) -> List<'a> {
        self.expect_word("do", "loop without do");
        let body = self.list();
        self.expect_word("done", "loop without done");
        body
    }

    fn for_clause(&mut self, _: &str) -> CommandKind<'a> {
        self.blanks();
        if let Some(header) = self.arithmetic("((") {
            self.blanks();
            self.eat(";");
            let body = if self.eat_word("{") {
                let body = self.list();
                self.expect_word("}", "{ is never closed");
                body
            } else {
                self.loop_body()
            };
            return CommandKind::ArithmeticFor { header, body };
        }
        let start = self.at;
        let variable = self.plain_word();
        self.at += variable.len();
        let variable_span = self.span_from(start);
        if !is_name(variable) {
            self.error_at(variable_span, "for without a variable");
        }
        self.newlines();
        let words = self.eat_word("in").then(|| self.words());
        self.blanks();
        self.eat(";");
        CommandKind::For {
            variable,
            variable_span,
            words,
            body: self.loop_body(),
        }
    }

    /// Words up to the end of the command.
    fn words(&mut self) -> Vec<Word<'a>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            let before = self.at;
            match self.peek() {
                None => break,
                Some(byte) if is_metacharacter(byte) && !self.at_process_substitution() => break,
                Some(_) => words.push(self.word(WordEnd::Blank)),
            }
            if self.at == before {
                break;
            }
        }
        words
    }

    fn case_clause(&mut self, _: &str) -> CommandKind<'a> {
        self.blanks();
        let subject = self.word(WordEnd::Blank);
        self.expect_word("in", "case without in");
        let mut arms = Vec::new();
        loop {
            self.newlines();
            if self.at_end() || self.at_word("esac") {
                break;
            }
            let before = self.at;
            arms.push(self.case_arm());
            if self.at == before {
                break;
            }
        }
        self.expect_word("esac", "case without esac");
        CommandKind::Case { subject, arms }
    }

    fn case_arm(&mut self) -> CaseArm<'a> {
        self.eat("(");
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'|') => self.at += 1,
                None => break,
                Some(byte) if is_metacharacter(byte) => break,
                Some(_) => patterns.push(self.word(WordEnd::Blank)),
            }
        }
        if !self.eat(")") {
            self.error("case pattern without )");
        }
        let body = self.list();
        self.newlines();
        let end = if self.eat(";;&") {
            ArmEnd::TestNext
        } else if self.eat(";&") {
            ArmEnd::FallThrough
        } else {
            self.eat(";;");
            ArmEnd::Leave
        };
        CaseArm {
            patterns,
            body,
            end,
        }
    }

    fn function_clause(&mut self, _: &str) -> CommandKind<'a> {
        self.blanks();
        let name = self.plain_word();
        self.at += name.len();
        self.blanks();
        if self.eat("(") {
            self.blanks();
            self.eat(")");
        }
        self.function(name)
    }

    /// The body of the function `name`.
    pub(super) fn function(&mut self, name: &'a str) -> CommandKind<'a> {
        self.newlines();
        if self.at_end() {
            self.error("function without a body");
        }
        CommandKind::Function {
            name,
            body: Box::new(self.command()),
        }
    }

    fn conditional(&mut self, _: &str) -> CommandKind<'a> {
        let mut words: Vec<Word<'a>> = Vec::new();
        loop {
            self.newlines();
            if self.at_end() {
                self.error("[[ without ]]");
                break;
            }
            if self.at_word("]]") {
                self.at += 2;
                break;
            }
            let regex = words.last().and_then(Word::bare) == Some("=~");
            let before = self.at;
            if regex {
                words.push(self.word(WordEnd::WhiteSpace));
            } else if self.peek().is_some_and(is_metacharacter) {
                words.push(self.conditional_operator());
            } else {
                words.push(self.word(WordEnd::Blank));
            }
            if self.at == before {
                self.step();
            }
        }
        CommandKind::Conditional(words)
    }

    /// `&&`, `||`, `(`, `)`, `<`, `>` inside `[[ ]]`, as a bare word.
    fn conditional_operator(&mut self) -> Word<'a> {
        let start = self.at;
        if !self.eat("&&") && !self.eat("||") {
            self.at += 1;
        }
        Word::verbatim(self.slice(start, self.at), self.span_from(start))
    }

    /// `((…))` or `$((…))` at the cursor; `open` is the opening. `None` if it does not close with `))`.
    pub(super) fn arithmetic(&mut self, open: &str) -> Option<Arithmetic<'a>> {
        if !self.starts_with(open) {
            return None;
        }
        let start = self.at + open.len();
        let length = arithmetic_length(self.slice(start, self.end))?;
        let text = self.slice(start, start + length);
        self.at = start + length + 2;
        Some(Arithmetic {
            text,
            span: Span::new(start, start + length),
            names: names_in(text, start),
        })
    }
}

/// How far the expression at the start of `text` goes, up to its `))`.
fn arithmetic_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' if open > 0 => open -= 1,
            b')' => return (bytes.get(at + 1) == Some(&b')')).then_some(at),
            _ => {}
        }
    }
    None
}

/// The variables in an arithmetic expression that starts at `start`.
fn names_in(text: &str, start: usize) -> Vec<(&str, Span)> {
    let bytes = text.as_bytes();
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        if !super::tree::is_name_byte(byte) {
            at += 1;
            continue;
        }
        while bytes
            .get(at)
            .copied()
            .is_some_and(super::tree::is_name_byte)
        {
            at += 1;
        }
        if super::tree::is_name_start(byte) {
            let name = text.get(from..at).unwrap_or_default();
            names.push((name, Span::new(start + from, start + at)));
        }
    }
    names
}
