//! What a simulation yields.

use super::environment::{Environment, Origin, Seen};
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{Location, Span};
use crate::syntax::shell::{Foreign, RedirectionOperator, SyntaxError};

/// Everything a script does that docklint looks at. Spans lie in the script's text, also those of
/// commands in `sh -c '…'` and `eval`.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The simple commands, in the order in which they are first reached.
    pub commands: Vec<Command>,
    /// The places that expand variables, in the order of the text.
    pub uses: Vec<Use>,
    /// The assignments that values come from.
    pub assignments: Vec<Assignment>,
    /// Places the shell would refuse.
    pub errors: Vec<SyntaxError>,
    /// Set if the text is not for a POSIX shell: nothing is known about what it does.
    pub foreign: Option<Foreign>,
    /// Set if the text is longer than what is looked at: nothing is known about what it does.
    pub is_cut: bool,
}

/// A simple command that a shell executes; built-ins and wrappers included.
#[derive(Clone, Debug)]
pub struct Command {
    /// From its first assignment or word to its last byte.
    pub span: Span,
    /// Its name and arguments after expansion.
    pub argv: Vec<Argument>,
    /// Its redirections and those of the groups around it, outermost first.
    pub redirections: Vec<Redirection>,
    /// The command whose output a pipeline feeds into it.
    pub piped_from: Option<Span>,
    /// The commands through which it is run, outermost first.
    pub wrappers: Vec<Wrapper>,
    /// The environments it may run with; at least one.
    pub variants: Vec<Variant>,
    /// Whether it surely runs.
    pub certainty: Certainty,
}

/// One environment a command may run with.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its variables.
    pub environment: Environment,
}

/// Whether a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Only if a status or value turns out so.
    Maybe,
    /// Whenever the step succeeds: `b` in `a && b` is certain, because the step fails with `a`.
    Certain,
}

/// A word of a command after expansion.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The text.
    pub value: Value<'static>,
    /// The word it comes from.
    pub span: Span,
    /// Whether it stands for any number of words: an unknown value that the shell would split.
    pub many: bool,
    /// Where the expanded parts of it come from.
    pub origins: Vec<Origin>,
}

/// A redirection of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirection {
    /// Its bytes.
    pub span: Span,
    /// The operator.
    pub operator: RedirectionOperator,
    /// The descriptor in front of the operator.
    pub descriptor: Option<u32>,
    /// The file or descriptor; the text of a here-document or here-string.
    pub target: Argument,
}

/// A command that runs another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Its name without folder.
    pub name: String,
    /// The command's span.
    pub span: Span,
    /// What kind it is.
    pub kind: WrapperKind,
    /// Whether it takes the environment away (`sudo`, `env -i`, `su -`).
    pub drops_environment: bool,
    /// Whether it is `sudo -i`, which drops it whatever else it is told.
    pub logs_in: bool,
}

/// Kinds of wrappers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WrapperKind {
    /// A shell: `sh -c`, `bash <<EOF`.
    Shell,
    /// `eval`
    Evaluation,
    /// `env`
    Environment,
    /// Changes the user: `sudo`, `su`, `gosu`.
    Privilege,
    /// Builds command lines from input: `xargs`, `find -exec`.
    Arguments,
    /// Runs the command as it is: `time`, `nice`, `exec`, `timeout`.
    Prefix,
}

/// A place that expands a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The variable.
    pub name: String,
    /// The expansion's bytes.
    pub span: Span,
    /// Whether it says what to do when the variable is not set.
    pub has_default: bool,
    /// Whether the shell text itself had set or unset the variable, in every state that came here.
    pub set_by_shell: bool,
    /// Whether any state came here.
    pub reached: bool,
}

/// Index into [`Outcome::assignments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssignmentId(pub(super) u32);

/// A place in the shell text that gives a variable a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// `NAME=VALUE`.
    pub span: Span,
    /// Where the expanded parts of the value come from.
    pub parents: Vec<Origin>,
}

impl Outcome {
    /// Of text that is longer than what is looked at.
    pub fn cut() -> Self {
        Self {
            is_cut: true,
            ..Self::default()
        }
    }

    /// Whether the text was read; if not, it may do anything.
    pub fn is_read(&self) -> bool {
        self.foreign.is_none() && !self.is_cut
    }

    /// The assignment of an id that this outcome gave out.
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.get(id.0 as usize)
    }

    /// Adds a hop for every assignment, so that [`Outcome::hop`] can tell a value's story. `locate`
    /// maps a span of the script to the file.
    pub fn add_hops(
        &self,
        provenance: &mut Provenance,
        locate: impl Fn(Span) -> Location,
    ) -> Vec<HopId> {
        let mut hops = Vec::with_capacity(self.assignments.len());
        for assignment in &self.assignments {
            let parents: Vec<_> = assignment
                .parents
                .iter()
                .filter_map(|&origin| Self::hop(origin, &hops))
                .collect();
            let at = locate(assignment.span);
            hops.push(provenance.add(Mechanism::Shell, Some(at), &parents));
        }
        hops
    }

    /// The hop of an origin, given what [`Outcome::add_hops`] returned.
    pub fn hop(origin: Origin, hops: &[HopId]) -> Option<HopId> {
        match origin {
            Origin::Start(hop) => Some(hop),
            Origin::Assignment(AssignmentId(index)) => hops.get(index as usize).copied(),
        }
    }
}

impl Command {
    /// The command's name without folder, if it is known.
    pub fn name(&self) -> Option<&str> {
        let first = self.argv.first()?.value.as_known()?;
        let folder = first.bytes().rposition(|byte| byte == b'/');
        Some(folder.map_or(first, |slash| &first[slash + 1..]))
    }

    /// How the command sees `name`, in each environment it may run with.
    pub fn var<'c>(&'c self, name: &'c str) -> impl Iterator<Item = Seen<'c>> {
        self.variants
            .iter()
            .map(move |variant| variant.environment.seen(name))
    }
}
