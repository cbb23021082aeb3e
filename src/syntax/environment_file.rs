//! The grammar of a file named by `EnvironmentFile=` and of `environment.d/*.conf`
//! (`parse_env_file_internal` of `src/basic/env-file.c`, v252). It differs from the unit grammar:
//! one assignment a line, quotes only round the value, no C escapes, no specifiers.

use crate::source::{SourceFile, Span};

/// Assignments of a file that are read: people write some dozens.
pub const MAX_ASSIGNMENTS: usize = 20_000;

/// An environment file.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentFile {
    /// The assignments, in file order; whether a name is valid is for the model to say.
    pub assignments: Vec<Assignment>,
    /// Lines without `=`: dropped without a word.
    pub no_equals: Vec<Span>,
    /// Comments; in systemd 252 a backslash at the end of one takes the next line in.
    pub comments: Vec<Span>,
    /// A NUL byte: systemd refuses the file as a whole.
    pub nul: Option<Span>,
    /// Where reading ended because there are more than [`MAX_ASSIGNMENTS`].
    pub cut: Option<Span>,
}

/// `name=value`.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// The name, blanks behind it removed.
    pub name: String,
    /// Its bytes.
    pub name_span: Span,
    /// The value, quotes and backslashes resolved.
    pub value: String,
    /// The bytes behind the `=`, quotes included, blanks round them not.
    pub value_span: Span,
    /// The line number systemd prints: it counts assignments' ends, not blank lines.
    pub line: u32,
    /// The first byte that is not UTF-8: such a file fails as a whole.
    pub invalid: Option<Span>,
    /// The opening quote, if it is never closed: what follows is all in the value.
    pub unclosed: Option<Span>,
    /// Backslashes outside quotes that are dropped from the value.
    pub dropped_backslashes: Vec<Span>,
}

impl Assignment {
    /// Everything from the name to the end of the value.
    pub fn span(&self) -> Span {
        self.name_span.to(self.value_span)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    PreKey,
    Key,
    PreValue,
    Value,
    ValueEscape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    CommentEscape,
}

/// Parses an environment file. Never fails as a whole.
pub fn parse(file: &SourceFile) -> EnvironmentFile {
    let mut parser = Parser {
        file,
        out: EnvironmentFile::default(),
        state: State::PreKey,
        line: 1,
        start: 0,
        current: Assignment::default(),
        kept: 0,
        quote: 0,
    };
    for (at, c) in file.text().char_indices() {
        if c == '\0' {
            parser.out.nul = Some(Span::new(at, at + 1));
            return parser.out;
        }
        if parser.out.assignments.len() + parser.out.no_equals.len() == MAX_ASSIGNMENTS {
            parser.out.cut = Some(Span::at(at));
            return parser.out;
        }
        parser.step(at, c);
    }
    parser.finish();
    parser.out
}

struct Parser<'t> {
    file: &'t SourceFile,
    out: EnvironmentFile,
    state: State,
    line: u32,
    /// Where the key, comment or value being read starts.
    start: usize,
    current: Assignment,
    /// Length of the value up to its last non-blank character.
    kept: usize,
    /// Where the open quote stands.
    quote: usize,
}

impl Parser<'_> {
    fn step(&mut self, at: usize, c: char) {
        let newline = matches!(c, '\n' | '\r');
        match self.state {
            State::PreKey if matches!(c, '#' | ';') => self.begin(State::Comment, at),
            State::PreKey if is_blank(c) => {}
            State::PreKey => self.begin(State::Key, at),
            State::Key if newline => {
                self.out.no_equals.push(self.trimmed(self.start, at));
                self.end_line();
            }
            State::Key if c == '=' => self.key(at),
            State::Key => {}
            State::PreValue if newline => self.push(),
            State::PreValue => self.pre_value(at, c),
            State::Value if newline => {
                self.current.value.truncate(self.kept);
                self.push();
            }
            State::Value if c == '\\' => self.state = State::ValueEscape,
            State::Value => {
                self.keep(at, c);
                if is_blank(c) {
                    return;
                }
                self.kept = self.current.value.len();
            }
            State::ValueEscape => self.escaped(at, c),
            State::Single if c == '\'' => self.close(at),
            State::Double if c == '"' => self.close(at),
            State::Double if c == '\\' => self.state = State::DoubleEscape,
            State::Single | State::Double => self.keep(at, c),
            State::DoubleEscape => self.double_escaped(at, c),
            State::Comment if c == '\\' => self.state = State::CommentEscape,
            State::Comment if newline => {
                self.out.comments.push(Span::new(self.start, at));
                self.end_line();
            }
            State::Comment => {}
            State::CommentEscape => self.state = State::Comment,
        }
    }

    fn begin(&mut self, state: State, at: usize) {
        self.state = state;
        self.start = at;
    }

    fn end_line(&mut self) {
        self.state = State::PreKey;
        self.line += 1;
    }

    fn key(&mut self, at: usize) {
        let name_span = self.trimmed(self.start, at);
        self.current = Assignment {
            name: self.file.slice(name_span).to_owned(),
            name_span,
            value_span: Span::at(at + 1),
            ..Assignment::default()
        };
        self.kept = 0;
        self.state = State::PreValue;
    }

    fn pre_value(&mut self, at: usize, c: char) {
        match c {
            '\'' | '"' => {
                self.quote = at;
                self.extend(at, at + 1);
                self.state = if c == '"' {
                    State::Double
                } else {
                    State::Single
                };
            }
            '\\' => self.state = State::ValueEscape,
            _ if is_blank(c) => {}
            _ => {
                self.keep(at, c);
                self.kept = self.current.value.len();
                self.state = State::Value;
            }
        }
    }

    fn escaped(&mut self, at: usize, c: char) {
        self.state = State::Value;
        if matches!(c, '\n' | '\r') {
            return;
        }
        self.current.dropped_backslashes.push(Span::new(at - 1, at));
        self.keep(at, c);
        self.kept = self.current.value.len();
    }

    fn double_escaped(&mut self, at: usize, c: char) {
        self.state = State::Double;
        match c {
            '"' | '\\' | '`' | '$' => self.keep(at, c),
            '\n' => {}
            _ => {
                self.current.value.push('\\');
                self.keep(at, c);
            }
        }
    }

    fn close(&mut self, at: usize) {
        self.extend(at, at + 1);
        self.kept = self.current.value.len();
        self.state = State::PreValue;
    }

    fn keep(&mut self, at: usize, c: char) {
        self.current.value.push(c);
        if !is_blank(c) {
            self.extend(at, at + c.len_utf8());
        }
    }

    fn extend(&mut self, from: usize, to: usize) {
        let span = Span::new(from, to);
        let value = &mut self.current.value_span;
        *value = if value.is_empty() {
            span
        } else {
            value.to(span)
        };
    }

    /// Takes the assignment in. systemd counts the line before it complains about it.
    fn push(&mut self) {
        self.end_line();
        self.store();
    }

    fn store(&mut self) {
        let mut assignment = std::mem::take(&mut self.current);
        assignment.line = self.line;
        let span = assignment.span();
        let invalid = self.file.invalid();
        let first = invalid.partition_point(|&at| at < span.start);
        assignment.invalid = invalid
            .get(first)
            .filter(|&&at| at < span.end)
            .map(|&at| Span::new(at as usize, at as usize + 1));
        self.out.assignments.push(assignment);
    }

    fn finish(&mut self) {
        let end = self.file.text().len();
        match self.state {
            State::PreKey => {}
            State::Key => self.out.no_equals.push(self.trimmed(self.start, end)),
            State::Comment | State::CommentEscape => {
                self.out.comments.push(Span::new(self.start, end));
            }
            state => {
                if state == State::Value {
                    self.current.value.truncate(self.kept);
                }
                if matches!(state, State::Single | State::Double | State::DoubleEscape) {
                    self.current.unclosed = Some(Span::new(self.quote, self.quote + 1));
                }
                self.store();
            }
        }
    }

    fn trimmed(&self, start: usize, end: usize) -> Span {
        let text = self.file.text().get(start..end).unwrap_or_default();
        Span::new(start, start + text.trim_end_matches(is_blank).len())
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileKind};

    fn values(bytes: &[u8]) -> Vec<(String, String)> {
        let file = SourceFile::new(
            FileId(0),
            "e".into(),
            FileKind::EnvironmentFile,
            bytes.to_vec(),
        );
        let parsed = parse(&file);
        parsed
            .assignments
            .into_iter()
            .map(|a| (a.name, a.value))
            .collect()
    }

    fn one(text: &str) -> (String, String) {
        values(text.as_bytes()).remove(0)
    }

    #[test]
    fn values_as_systemd_reads_them() {
        let cases = [
            ("A=x # y", "x # y"),
            ("A=\"x\" # y", "x# y"),
            ("A=CORP\\user", "CORPuser"),
            ("A='a\\tb'", "a\\tb"),
            ("A=\"a\\tb\\$\"", "a\\tb$"),
            ("A=1\\\n2", "12"),
            (" A = b c \t", "b c"),
            ("A='x'\"y\"", "xy"),
            ("A=", ""),
            ("A=\"x\nB=1", "x\nB=1"),
        ];
        for (text, value) in cases {
            assert_eq!(one(text), ("A".to_owned(), value.to_owned()), "{text}");
        }
    }

    #[test]
    fn lines_without_equals_vanish_and_comments_continue() {
        assert_eq!(
            values(b"A: b\n# c \\\nX=1\nexport B=2\r\n"),
            [("export B".to_owned(), "2".to_owned())]
        );
    }

    #[test]
    fn spans_hold_name_and_value() {
        let text = "\n A =  'x y' \n";
        let file = SourceFile::new(
            FileId(0),
            "e".into(),
            FileKind::EnvironmentFile,
            text.as_bytes().to_vec(),
        );
        let parsed = parse(&file);
        assert_eq!(file.slice(parsed.assignments[0].value_span), "'x y'");
        assert_eq!(file.slice(parsed.assignments[0].span()), "A =  'x y'");
    }
}
