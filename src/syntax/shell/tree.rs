//! The tree of a shell script.

use std::borrow::Cow;

use super::foreign::Foreign;
use crate::source::Span;

/// Which shell reads the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `/bin/sh` of the base images: dash or busybox ash.
    #[default]
    Sh,
    /// bash, and shells that read the same grammar (zsh, ksh).
    Bash,
}

/// A whole text.
#[derive(Clone, Debug, Default)]
pub struct Script<'a> {
    /// Its commands.
    pub body: List<'a>,
    /// Bodies of its here-documents, in the order in which they are read.
    pub here_documents: Vec<HereDocument<'a>>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
    /// Set if the text is not for a POSIX shell; then the rest of the tree means nothing.
    pub foreign: Option<Foreign>,
    /// Whether a template engine decides which parts of the text exist (`{% if %}`).
    pub has_template_blocks: bool,
    /// How much there is to run: its words, and [`COMMAND_SIZE`] for each command.
    pub size: usize,
    /// Whether there is more than was to be read; then the tree ends somewhere in the text.
    pub is_cut: bool,
}

/// A place the shell would refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: &'static str,
}

/// Commands separated by `;`, `&` or newlines.
#[derive(Clone, Debug, Default)]
pub struct List<'a> {
    /// The commands.
    pub items: Vec<Item<'a>>,
}

/// One entry of a list: pipelines joined by `&&` and `||`.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The pipeline that always runs.
    pub first: Pipeline<'a>,
    /// The ones that depend on the status before them.
    pub rest: Vec<(Connector, Pipeline<'a>)>,
    /// Whether it ends in `&`.
    pub background: bool,
}

/// `&&` or `||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`; usually one.
#[derive(Clone, Debug)]
pub struct Pipeline<'a> {
    /// Whether its status is inverted with `!`.
    pub negated: bool,
    /// The commands.
    pub commands: Vec<Command<'a>>,
}

/// A command with the redirections that stand behind a compound command. Those of a simple
/// command are here too, in the order of the text.
#[derive(Clone, Debug)]
pub struct Command<'a> {
    /// From the first to the last byte, redirections included.
    pub span: Span,
    /// What it is.
    pub kind: CommandKind<'a>,
    /// Its redirections.
    pub redirections: Vec<Redirection<'a>>,
}

/// The forms of commands.
#[derive(Clone, Debug)]
pub enum CommandKind<'a> {
    /// Assignments and words.
    Simple(SimpleCommand<'a>),
    /// `{ …; }`
    Group(List<'a>),
    /// `( … )`
    Subshell(List<'a>),
    /// `if … then … elif … else … fi`
    If {
        /// Condition and body of `if` and every `elif`.
        branches: Vec<(List<'a>, List<'a>)>,
        /// Body of `else`.
        otherwise: Option<List<'a>>,
    },
    /// `while` or `until`.
    While {
        /// Whether it is `until`.
        until: bool,
        /// The condition.
        condition: List<'a>,
        /// The body.
        body: List<'a>,
    },
    /// `for NAME in WORDS`, and `select`.
    For {
        /// The variable.
        variable: &'a str,
        /// Where it stands.
        variable_span: Span,
        /// The words; `None` without `in`: the positional parameters.
        words: Option<Vec<Word<'a>>>,
        /// The body.
        body: List<'a>,
    },
    /// `for ((…))`
    ArithmeticFor {
        /// What stands in the parentheses.
        header: Arithmetic<'a>,
        /// The body.
        body: List<'a>,
    },
    /// `case WORD in … esac`
    Case {
        /// The word.
        subject: Word<'a>,
        /// The arms.
        arms: Vec<CaseArm<'a>>,
    },
    /// `NAME() COMMAND`
    Function {
        /// The name.
        name: &'a str,
        /// The body.
        body: Box<Command<'a>>,
    },
    /// `[[ … ]]`: words and operators in order.
    Conditional(Vec<Word<'a>>),
    /// `(( … ))`
    Arithmetic(Arithmetic<'a>),
    /// Nothing readable.
    Missing,
}

/// One arm of a `case`.
#[derive(Clone, Debug)]
pub struct CaseArm<'a> {
    /// Its patterns.
    pub patterns: Vec<Word<'a>>,
    /// Its body.
    pub body: List<'a>,
    /// How it ends.
    pub end: ArmEnd,
}

/// What follows an arm of a `case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`: the end of the `case`.
    Leave,
    /// `;&`: the next arm, whether it matches or not.
    FallThrough,
    /// `;;&`: the next arm that matches.
    TestNext,
}

/// Assignments and words.
#[derive(Clone, Debug, Default)]
pub struct SimpleCommand<'a> {
    /// The assignments before the first word.
    pub assignments: Vec<Assignment<'a>>,
    /// The words.
    pub words: Vec<Word<'a>>,
}

/// `NAME=VALUE` in front of a command or alone.
#[derive(Clone, Debug)]
pub struct Assignment<'a> {
    /// From the name to the end of the value.
    pub span: Span,
    /// The variable.
    pub name: &'a str,
    /// Whether it is `+=`.
    pub append: bool,
    /// What is assigned.
    pub value: AssignedValue<'a>,
}

/// The right side of an assignment.
#[derive(Clone, Debug)]
pub enum AssignedValue<'a> {
    /// A plain value.
    Scalar(Word<'a>),
    /// `(…)`: bash's arrays.
    Array(Vec<Word<'a>>),
    /// `NAME[…]=VALUE`: one element of an array.
    Element(Word<'a>),
}

/// A redirection.
#[derive(Clone, Debug)]
pub struct Redirection<'a> {
    /// From the descriptor to the end of the target.
    pub span: Span,
    /// The descriptor in front of the operator.
    pub descriptor: Option<u32>,
    /// The operator.
    pub operator: RedirectionOperator,
    /// What stands behind it: a file, a descriptor, a here-document's delimiter.
    pub target: Word<'a>,
}

/// Operators of redirections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectionOperator {
    /// `<`
    Read,
    /// `>` and `>|`
    Write,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `>&` and `<&` with a descriptor or `-`
    Duplicate,
    /// `&>` and `>&` with a file: standard output and error
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<`: the index into [`Script::here_documents`]
    HereDocument(usize),
    /// `<<<`
    HereString,
}

/// The body of a here-document.
#[derive(Clone, Debug, Default)]
pub struct HereDocument<'a> {
    /// Its text. Literal if the delimiter was quoted.
    pub body: Word<'a>,
}

/// A word: what becomes an argument, a value, a file name.
#[derive(Clone, Debug, Default)]
pub struct Word<'a> {
    /// Its bytes, quotes included.
    pub span: Span,
    /// Its parts in order.
    pub parts: Vec<Part<'a>>,
}

/// A part of a word.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Its bytes; of a quoted literal those between the quotes.
    pub span: Span,
    /// Whether quotes or a backslash keep it from being split and expanded further.
    pub quoted: bool,
    /// What it is.
    pub kind: PartKind<'a>,
}

/// The kinds of parts.
#[derive(Clone, Debug)]
pub enum PartKind<'a> {
    /// Text after quote removal. Borrowed and as long as its span if it is verbatim.
    Literal(Cow<'a, str>),
    /// `$NAME`, `${NAME…}`
    Parameter(Box<Parameter<'a>>),
    /// `$(…)` and backticks
    CommandSubstitution(List<'a>),
    /// `<(…)` and `>(…)`
    ProcessSubstitution(List<'a>),
    /// `$((…))`
    Arithmetic(Arithmetic<'a>),
    /// A placeholder of a template engine.
    Template,
    /// A substitution that is not read: nested too deeply, or backticks with escapes.
    Opaque,
}

/// A parameter expansion.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    /// The variable or special parameter; empty if it could not be read.
    pub name: &'a str,
    /// What stands between `[` and `]`.
    pub subscript: Option<&'a str>,
    /// What is done with the value.
    pub operator: Option<ParameterOperator>,
    /// What stands behind the operator.
    pub argument: Word<'a>,
}

/// What a parameter expansion does with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterOperator {
    /// `${X-word}`, or `${X:-word}` where empty counts as unset.
    Default {
        /// With a colon.
        or_empty: bool,
    },
    /// `${X=word}`
    Assign {
        /// With a colon.
        or_empty: bool,
    },
    /// `${X+word}`
    Alternative {
        /// With a colon.
        or_empty: bool,
    },
    /// `${X?word}`
    Require {
        /// With a colon.
        or_empty: bool,
    },
    /// `${#X}`
    Length,
    /// `${!X}`
    Indirect,
    /// `${X#pattern}`
    RemovePrefix {
        /// With `##`.
        longest: bool,
    },
    /// `${X%pattern}`
    RemoveSuffix {
        /// With `%%`.
        longest: bool,
    },
    /// `${X/pattern/text}`
    Replace {
        /// With `//`.
        all: bool,
    },
    /// `${X:offset:length}`
    Substring,
    /// `${X^}`, `${X^^}`
    Upper {
        /// With `^^`.
        all: bool,
    },
    /// `${X,}`, `${X,,}`
    Lower {
        /// With `,,`.
        all: bool,
    },
    /// `${X@Q}` and its like, and what could not be read.
    Other,
}

impl ParameterOperator {
    /// Whether the expansion says what to do when the variable is not set.
    pub fn has_default(self) -> bool {
        matches!(
            self,
            Self::Default { .. }
                | Self::Assign { .. }
                | Self::Alternative { .. }
                | Self::Require { .. }
        )
    }
}

/// An arithmetic expression, kept as text.
#[derive(Clone, Debug)]
pub struct Arithmetic<'a> {
    /// What stands between the parentheses.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The variables in it.
    pub names: Vec<(&'a str, Span)>,
}

impl<'a> Word<'a> {
    /// The text, if no part of it needs the shell.
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [one] => match &one.kind {
                PartKind::Literal(text) => Some(Cow::Borrowed(text)),
                _ => None,
            },
            parts => {
                let mut joined = String::new();
                for part in parts {
                    let PartKind::Literal(text) = &part.kind else {
                        return None;
                    };
                    joined.push_str(text);
                }
                Some(Cow::Owned(joined))
            }
        }
    }

    /// The text of a word that is one unquoted literal.
    pub fn bare(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [
                Part {
                    quoted: false,
                    kind: PartKind::Literal(text),
                    ..
                },
            ] => Some(text),
            _ => None,
        }
    }
}

/// Whether `text` can be the name of a variable.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_name_start) && bytes.all(is_name_byte)
}

pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
