//! The tree of a Dockerfile.

use std::borrow::Cow;

use super::directive::{Directive, Frontend};
use crate::source::{Span, TextMap};

/// A parsed Dockerfile.
#[derive(Debug)]
pub struct Dockerfile<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The escape character in force.
    pub escape: char,
    /// Parser directives, in order.
    pub directives: Vec<Directive<'a>>,
    /// The frontend that `syntax=` names, in any of the notations BuildKit detects.
    pub frontend: Option<Frontend<'a>>,
    /// Instructions, in order.
    pub instructions: Vec<Instruction<'a>>,
    /// Every comment line, those inside continuations included: from `#` to the line's end.
    pub comments: Vec<Span>,
    /// What BuildKit's parser refuses.
    pub errors: Vec<SyntaxError>,
}

/// An instruction with all that belongs to it.
#[derive(Debug)]
pub struct Instruction<'a> {
    /// From the first byte of the keyword to the last byte that belongs to the instruction: of its
    /// last continued line, or of its last heredoc's terminator.
    pub span: Span,
    /// First and last physical line, counted from 1. Comment lines and blank lines swallowed by a
    /// continuation count, as in BuildKit.
    pub lines: (u32, u32),
    /// The text with continuations joined; words are ranges of it.
    pub line: LogicalLine<'a>,
    /// What the text says.
    pub command: Command,
    /// Heredocs, in the order of their markers.
    pub heredocs: Vec<Heredoc<'a>>,
    /// The comments above that BuildKit attaches to the instruction.
    pub comments: Vec<&'a str>,
    /// Whether a blank line stands in a continuation.
    pub has_empty_continuation: bool,
    /// Whether one of the file's errors is about this instruction.
    pub has_error: bool,
}

/// The lines of an instruction joined into one.
#[derive(Debug)]
pub struct LogicalLine<'a> {
    /// The joined text.
    pub text: Cow<'a, str>,
    /// From the joined text back to the file.
    pub map: TextMap,
}

/// Keyword, flags and arguments; ranges are offsets in the instruction's [`LogicalLine`].
#[derive(Debug)]
pub struct Command {
    /// The keyword as written.
    pub keyword_word: Word,
    /// The keyword.
    pub keyword: Keyword,
    /// Builder flags such as `--mount=…`.
    pub flags: Vec<Word>,
    /// The arguments.
    pub arguments: Arguments,
}

/// The instructions BuildKit knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the instruction it is named after")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    StopSignal,
    User,
    Volume,
    Workdir,
    /// Anything else.
    Unknown,
}

/// Arguments in the shape their instruction gives them.
#[derive(Debug)]
pub enum Arguments {
    /// Nothing stands behind the keyword and its flags.
    None,
    /// Words: `FROM`, `ARG`, `EXPOSE`, and `ADD`, `COPY`, `VOLUME` in shell form.
    Words(Vec<Word>),
    /// `key=value` pairs of `ENV` and `LABEL`.
    Pairs(Vec<Pair>),
    /// The rest of the line, verbatim: the shell form of `RUN` and its like, and `USER`, `WORKDIR`.
    Text(Word),
    /// The JSON form.
    Json(Vec<Word>),
    /// `HEALTHCHECK`: its type and what follows.
    Health(Word, Box<Arguments>),
    /// `ONBUILD`: the trigger.
    Trigger(Box<Command>),
}

impl Arguments {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Words(words) | Self::Json(words) => words.len(),
            Self::Pairs(pairs) => pairs.len(),
            Self::Text(_) => 1,
            Self::Health(_, arguments) => 1 + arguments.count(),
            Self::Trigger(command) => command.arguments.count(),
        }
    }
}

/// A key with its value.
#[derive(Debug)]
pub struct Pair {
    /// The key.
    pub key: Word,
    /// The value, quotes included.
    pub value: Word,
    /// Written `key value`, without `=`.
    pub legacy: bool,
}

/// A range of an instruction's logical line, and its text where that differs from the range's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Offset of its first byte in the logical line.
    pub start: u32,
    /// Offset one past its last byte.
    pub end: u32,
    /// The text with quotes or JSON escapes removed, if that changes it.
    pub cooked: Option<Box<str>>,
}

/// A here-document.
#[derive(Debug)]
pub struct Heredoc<'a> {
    /// The word after `<<`, quotes removed; BuildKit names the file after it.
    pub name: String,
    /// The marker: `<<` and what belongs to it, in the logical line.
    pub marker: Word,
    /// No part of the word is quoted, so `COPY` and `ADD` expand variables in the body.
    pub expand: bool,
    /// `<<-`: leading tabs are removed.
    pub chomp: bool,
    /// The body, as in the file.
    pub body: &'a str,
    /// Where the body stands.
    pub body_span: Span,
    /// Where the terminator stands; `None` if the file ends before.
    pub terminator: Option<Span>,
}

/// What BuildKit's parser refuses, or what is too much to be read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes.
    pub span: Span,
    /// First and last line as BuildKit tells them: those of the whole instruction, and one line
    /// early for directives and lines too long (`facts/buildkit.md` 1.13).
    pub lines: (u32, u32),
    /// What is wrong with them.
    pub kind: SyntaxErrorKind,
}

/// The errors of BuildKit's parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// The file has no bytes.
    EmptyFile,
    /// There are only comments and blank lines.
    NoInstructions,
    /// A physical line over 65,536 bytes, its line feed included.
    LineTooLong,
    /// `# escape=` with anything but a backslash or a backtick.
    InvalidEscape,
    /// A parser directive given twice.
    RepeatedDirective,
    /// A heredoc whose terminator never comes.
    UnterminatedHeredoc(String),
    /// A JSON array with something else than strings.
    JsonNotStrings,
    /// `ENV X` or `LABEL x` with no value.
    MissingValue(Keyword),
    /// A word without `=` in `ENV A=1 B`.
    MissingEquals,
    /// More than are read: no error of BuildKit's.
    TooManyWords,
}

impl Keyword {
    /// All of them with their names, the frequent ones first.
    pub const ALL: [(&str, Keyword); 18] = [
        ("RUN", Keyword::Run),
        ("ENV", Keyword::Env),
        ("ARG", Keyword::Arg),
        ("COPY", Keyword::Copy),
        ("FROM", Keyword::From),
        ("WORKDIR", Keyword::Workdir),
        ("LABEL", Keyword::Label),
        ("ADD", Keyword::Add),
        ("CMD", Keyword::Cmd),
        ("ENTRYPOINT", Keyword::Entrypoint),
        ("EXPOSE", Keyword::Expose),
        ("USER", Keyword::User),
        ("VOLUME", Keyword::Volume),
        ("HEALTHCHECK", Keyword::Healthcheck),
        ("SHELL", Keyword::Shell),
        ("ONBUILD", Keyword::Onbuild),
        ("STOPSIGNAL", Keyword::StopSignal),
        ("MAINTAINER", Keyword::Maintainer),
    ];

    /// The keyword of a word, in any case.
    pub fn parse(word: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |&(_, keyword)| keyword)
    }

    /// Its name, in upper case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Arg => "ARG",
            Self::Cmd => "CMD",
            Self::Copy => "COPY",
            Self::Entrypoint => "ENTRYPOINT",
            Self::Env => "ENV",
            Self::Expose => "EXPOSE",
            Self::From => "FROM",
            Self::Healthcheck => "HEALTHCHECK",
            Self::Label => "LABEL",
            Self::Maintainer => "MAINTAINER",
            Self::Onbuild => "ONBUILD",
            Self::Run => "RUN",
            Self::Shell => "SHELL",
            Self::StopSignal => "STOPSIGNAL",
            Self::User => "USER",
            Self::Volume => "VOLUME",
            Self::Workdir => "WORKDIR",
            Self::Unknown => "an unknown instruction",
        }
    }
}

impl Word {
    /// The word at `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        let span = Span::new(start, end);
        Self {
            start: span.start,
            end: span.end,
            cooked: None,
        }
    }

    /// The word at `start..end`, which reads `text`.
    pub fn cooked(start: usize, end: usize, text: String) -> Self {
        Self {
            cooked: Some(text.into_boxed_str()),
            ..Self::new(start, end)
        }
    }
}

impl LogicalLine<'_> {
    /// The text of a word.
    pub fn text<'s>(&'s self, word: &'s Word) -> &'s str {
        match &word.cooked {
            Some(text) => text,
            None => self
                .text
                .get(word.start as usize..word.end as usize)
                .unwrap_or_default(),
        }
    }

    /// Where a word stands in the file.
    pub fn span(&self, word: &Word) -> Span {
        self.map.span(word.start as usize, word.end as usize)
    }
}

impl Instruction<'_> {
    /// The text of a word of this instruction.
    pub fn text<'s>(&'s self, word: &'s Word) -> &'s str {
        self.line.text(word)
    }

    /// Where a word of this instruction stands in the file.
    pub fn span_of(&self, word: &Word) -> Span {
        self.line.span(word)
    }

    /// Where the keyword stands.
    pub fn keyword_span(&self) -> Span {
        self.line.span(&self.command.keyword_word)
    }
}
