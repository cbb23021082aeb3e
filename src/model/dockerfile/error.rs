//! What makes BuildKit refuse a build.

use crate::source::Span;
use crate::syntax::dockerfile::Instruction;

/// How far an error reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every build of the file fails.
    File,
    /// The build of the requested target fails: there is none of that name.
    Target,
    /// Builds that reach this stage fail.
    Stage(usize),
    /// Builds that reach this stage fail, once all stages are put together.
    Output(usize),
}

/// An error of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// How far it reaches.
    pub scope: Scope,
    /// The bytes it is about.
    pub span: Span,
    /// Further places that have a part in it.
    pub related: Vec<Span>,
    /// The lines BuildKit names, in order; none if it names no place.
    pub lines: Vec<(u32, u32)>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// When BuildKit finds it.
    pub phase: Phase,
    /// The variable that a `${X:?…}` demands, if that is what is wrong.
    pub demands: Option<String>,
}

/// When BuildKit finds an error. It stops at the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Before it parses the file.
    Options,
    /// While it reads stages and arguments.
    File,
    /// When it knows how the stages depend on each other, and resolves images.
    Images,
}

impl BuildError {
    /// An error about bytes of an instruction; BuildKit names the whole instruction.
    pub(super) fn in_instruction(
        scope: Scope,
        instruction: &Instruction<'_>,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            scope,
            span,
            related: Vec::new(),
            lines: vec![instruction.lines],
            message: message.into(),
            phase: Phase::File,
            demands: None,
        }
    }

    /// An error for which BuildKit names no place.
    pub(super) fn unlocated(scope: Scope, span: Span, message: impl Into<String>) -> Self {
        Self {
            scope,
            span,
            related: Vec::new(),
            lines: Vec::new(),
            message: message.into(),
            phase: Phase::File,
            demands: None,
        }
    }
}
