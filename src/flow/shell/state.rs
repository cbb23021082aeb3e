//! One possible state of a shell, and how states split and merge.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::environment::{Binding, Environment, Variable};
use super::interpreter::Options;
use super::machine::Frame;
use crate::model::{Unknown, Value};
use crate::syntax::shell::Command;

/// The exit status of the last command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    /// 0
    #[default]
    Success,
    /// Not 0.
    Failure,
    /// Not known.
    Unknown,
}

impl Status {
    pub(super) fn of(success: bool) -> Self {
        if success {
            Self::Success
        } else {
            Self::Failure
        }
    }

    #[must_use]
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Success => Self::Failure,
            Self::Failure => Self::Success,
            Self::Unknown => Self::Unknown,
        }
    }

    /// The status if it may be one or the other.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }
}

/// Where the shell goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Control {
    /// With the next command.
    #[default]
    Next,
    /// Behind so many loops.
    Break(u32),
    /// With the next turn of the loop so many levels up.
    Continue(u32),
    /// Behind the function call.
    Return,
    /// Nowhere.
    Exit,
}

/// A function: its body and the text it stands in.
#[derive(Clone, Copy)]
pub(super) struct Function<'t> {
    pub(super) body: &'t Command<'t>,
    pub(super) frame: Frame<'t>,
}

/// The part of a state that does not refer to the text.
#[derive(Clone)]
pub(super) struct Shell {
    pub(super) environment: Environment,
    pub(super) options: Options,
    pub(super) status: Status,
    pub(super) control: Control,
    /// The positional parameters, if they are known.
    pub(super) parameters: Option<Arc<Vec<Value<'static>>>>,
    /// What a function's `local` variables were before, while in a function.
    pub(super) locals: Option<Locals>,
}

pub(super) type Locals = Arc<Vec<(Arc<str>, Option<Binding>)>>;

/// One possible state of a shell.
#[derive(Clone)]
pub(super) struct State<'t> {
    pub(super) shell: Shell,
    pub(super) functions: Arc<BTreeMap<String, Function<'t>>>,
}

impl Shell {
    pub(super) fn new(environment: Environment, options: Options) -> Self {
        Self {
            environment,
            options,
            status: Status::Success,
            control: Control::Next,
            parameters: Some(Arc::default()),
            locals: None,
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.control == other.control
            && self.options == other.options
            && self.parameters == other.parameters
            && self.environment == other.environment
            && self.locals == other.locals
    }
}

impl<'t> State<'t> {
    pub(super) fn new(shell: Shell) -> Self {
        Self {
            shell,
            functions: Arc::default(),
        }
    }

    pub(super) fn runs(&self) -> bool {
        self.shell.control == Control::Next
    }

    #[must_use]
    pub(super) fn with_status(mut self, status: Status) -> Self {
        self.shell.status = status;
        self
    }

    #[must_use]
    pub(super) fn exited(mut self, status: Status) -> Self {
        self.shell.status = status;
        self.shell.control = Control::Exit;
        // Nothing looks at the variables of a shell that has ended; forgetting them lets states merge.
        self.shell.environment = Environment::start();
        self.shell.locals = None;
        self.functions = Arc::default();
        self
    }

    /// Whether a step whose shell is in this state can still succeed without running what follows.
    pub(super) fn escapes(&self) -> bool {
        match self.shell.control {
            Control::Next => false,
            Control::Exit => self.shell.status != Status::Failure,
            Control::Break(_) | Control::Continue(_) | Control::Return => true,
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.shell.same(&other.shell) && self.same_functions(other)
    }

    fn same_functions(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.functions, &other.functions)
            || self.functions.len() == other.functions.len()
                && self
                    .functions
                    .iter()
                    .zip(other.functions.iter())
                    .all(|(a, b)| a.0 == b.0 && std::ptr::eq(a.1.body, b.1.body))
    }

    /// Makes this state stand for `other` too: what differs is unknown.
    pub(super) fn widen(&mut self, other: &Self) {
        let (own, other_shell) = (&mut self.shell, &other.shell);
        own.status = own.status.or(other_shell.status);
        own.options.errexit &= other_shell.options.errexit;
        own.options.allexport |= other_shell.options.allexport;
        own.options.pipefail &= other_shell.options.pipefail;
        if own.parameters != other_shell.parameters {
            own.parameters = None;
        }
        for name in own.environment.differing(&other_shell.environment) {
            let ours = own.environment.binding(&name);
            let theirs = other_shell.environment.binding(&name);
            if ours != theirs {
                let exported = [ours, theirs].into_iter().any(|binding| match binding {
                    Some(Binding::Set(variable)) => variable.exported,
                    Some(Binding::Unset { .. }) => false,
                    Some(Binding::Inherited) | None => !matches!(
                        own.environment.below(&name),
                        super::Seen::Unset { .. } | super::Seen::Dropped { .. }
                    ),
                });
                let unknown = Variable {
                    value: Some(Arc::new(Value::Unknown(Unknown::Shell))),
                    exported,
                    readonly: false,
                    origin: None,
                };
                own.environment.bind(&name, Binding::Set(unknown));
            }
        }
    }
}

/// The states without duplicates, at most `limit` of them: what is too many is widened into one.
pub(super) fn merge(states: Vec<State<'_>>, limit: usize) -> Vec<State<'_>> {
    merge_by(states, limit, |a, b| {
        a.shell.status == b.shell.status && a.same(b)
    })
}

/// The same, for a place where the last status matters no more.
pub(super) fn merge_statuses(states: Vec<State<'_>>, limit: usize) -> Vec<State<'_>> {
    merge_by(states, limit, State::same)
}

fn merge_by<'t>(
    states: Vec<State<'t>>,
    limit: usize,
    same: impl Fn(&State<'t>, &State<'t>) -> bool,
) -> Vec<State<'t>> {
    if states.len() < 2 {
        return states;
    }
    let mut kept: Vec<State<'t>> = Vec::with_capacity(states.len().min(limit));
    for state in states {
        if let Some(twin) = kept.iter_mut().find(|twin| same(twin, &state)) {
            twin.shell.status = twin.shell.status.or(state.shell.status);
            continue;
        }
        let full = kept.len() >= limit;
        let alike = |other: &&mut State<'t>| other.shell.control == state.shell.control;
        match kept.iter_mut().rev().find(alike).filter(|_| full) {
            Some(last) => last.widen(&state),
            None => kept.push(state),
        }
    }
    kept
}

/// States by the status of their last command.
#[derive(Default)]
pub(super) struct Split<'t> {
    pub(super) success: Vec<State<'t>>,
    pub(super) failure: Vec<State<'t>>,
    /// States that do not go on with the next command.
    pub(super) left: Vec<State<'t>>,
}

impl<'t> Split<'t> {
    /// An unknown status may be either.
    pub(super) fn of(states: Vec<State<'t>>) -> Self {
        let mut split = Self::default();
        for state in states {
            match state.shell.status {
                _ if !state.runs() => split.left.push(state),
                Status::Success => split.success.push(state),
                Status::Failure => split.failure.push(state),
                Status::Unknown => {
                    split
                        .failure
                        .push(state.clone().with_status(Status::Failure));
                    split.success.push(state.with_status(Status::Success));
                }
            }
        }
        split
    }
}

/// The status of a shell that ends in one of `states`.
pub(super) fn status_of<'t>(states: impl IntoIterator<Item = State<'t>>) -> Status {
    states
        .into_iter()
        .map(|state| state.shell.status)
        .reduce(Status::or)
        .unwrap_or(Status::Unknown)
}
