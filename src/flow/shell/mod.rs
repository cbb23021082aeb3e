//! What a RUN's shell really executes: every simple command with its argv and its own environment.
//!
//! The script is run forward on values that may be unknown. Where an exit status is not known, the
//! simulation follows both outcomes with a bounded set of states, so that `a && export X=1; b` gives
//! `b` two environments. A value that cannot be known stays [`Unknown`](crate::model::Unknown); it
//! is never guessed. Sources: `facts/shell.md`; POSIX, dash and bash where named.
//!
//! | file | what it does |
//! | --- | --- |
//! | `outcome` | what comes out: commands, arguments, uses of variables, assignments |
//! | `bindings`, `environment` | names and values; cheap to copy, because states split often |
//! | `state` | one possible state of the shell, and how states merge |
//! | `machine` | lists, pipelines and compound commands |
//! | `notes` | writes down commands, expansions and assignments |
//! | `loops` | `for`, `while`, `until` |
//! | `simple` | simple commands: order of expansion, assignments, what kind of command it is |
//! | `builtins`, `declare` | built-ins that change the shell |
//! | `conditions` | `test`, `[`, `[[ ]]` |
//! | `wrappers`, `nested` | commands that run commands: `env`, `sudo`, `xargs`, `sh -c`, `eval` |
//! | `expand`, `parameter`, `fields` | words to arguments |
//! | `arithmetic`, `braces`, `pattern` | small languages inside words |
//! | `interpreter` | which shell it is: `SHELL`, the first line of a here-document |
//! | `offsets` | spans of text that was put together by the shell |

mod arithmetic;
mod bindings;
mod braces;
mod builtins;
mod conditions;
mod declare;
mod environment;
mod expand;
mod fields;
mod interpreter;
mod loops;
mod machine;
mod nested;
mod notes;
mod offsets;
mod outcome;
mod parameter;
mod pattern;
mod simple;
mod state;
mod wrappers;

pub use environment::{Environment, Origin, Seen};
pub use interpreter::{Interpreter, Options};
pub use outcome::{
    Argument, Assignment, AssignmentId, Certainty, Command, Outcome, Redirection, Use, Variant,
    Wrapper, WrapperKind,
};

use std::cell::Cell;

use crate::model::{HopId, Value};
use crate::syntax::shell::{Dialect, Script};

/// A variable of the environment that the step starts with.
#[derive(Clone, Copy, Debug)]
pub struct StartVariable<'s> {
    /// Its value.
    pub value: &'s Value<'s>,
    /// The last hop on its way here.
    pub hop: HopId,
}

/// The environment that the step starts with: `None` for a variable that is known not to be set.
/// Docker sets `HOME` for every step; the caller brings it.
pub type Start<'s> = dyn Fn(&str) -> Option<StartVariable<'s>> + 's;

/// Runs `script` forward from `start`. `room` is how many bytes of values may be copied: with
/// `A=$A$A` they double. What goes beyond it is unknown.
pub fn simulate<'s>(
    script: &Script<'_>,
    dialect: Dialect,
    options: Options,
    start: &'s Start<'s>,
    room: &'s Cell<usize>,
) -> Outcome {
    machine::Machine::new(start, room).run(script, dialect, options)
}

#[cfg(test)]
mod tests;
