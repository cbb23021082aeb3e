//! Variables of a shell and of a command.

use std::sync::Arc;

use super::bindings::Bindings;
use super::outcome::AssignmentId;
use super::{Start, StartVariable};
use crate::model::{HopId, Value};
use crate::source::Span;

/// Where a value that a shell holds comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The environment that the step starts with.
    Start(HopId),
    /// An assignment in the shell text.
    Assignment(AssignmentId),
}

/// A variable as the shell text left it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Binding {
    /// Taken away here.
    Unset { at: Span },
    /// Given a value, or only attributes.
    Set(Variable),
    /// As if the shell had never touched it: a function's `local` ended.
    Inherited,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    /// `None`: it has attributes but no value (`export X`, `local X`).
    pub(super) value: Option<Arc<Value<'static>>>,
    pub(super) exported: bool,
    pub(super) readonly: bool,
    pub(super) origin: Option<Origin>,
}

/// What stands below the changes that a shell made.
#[derive(Clone, Debug)]
enum Base {
    /// The environment that the step starts with.
    Start,
    /// Nothing: `env -i` or `sudo` took it all away.
    Cleared { at: Span },
    /// The environment of the command that started this shell.
    Parent(Arc<Environment>),
}

impl PartialEq for Base {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Start, Self::Start) => true,
            (Self::Cleared { at: a }, Self::Cleared { at: b }) => a == b,
            (Self::Parent(a), Self::Parent(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

/// The variables of a shell or of a command, as changes to the environment that the step starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    bindings: Bindings<Binding>,
    base: Base,
}

/// How a command sees a variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen<'e> {
    /// As the step starts with it, set or not.
    Start,
    /// The shell text gave it this value.
    Set {
        /// The value.
        value: &'e Value<'static>,
        /// The assignment, or the hop it was brought from.
        origin: Option<Origin>,
    },
    /// The shell holds a value, but does not export it: the command does not get it.
    NotExported {
        /// The value.
        value: &'e Value<'static>,
        /// The assignment.
        origin: Option<Origin>,
    },
    /// `unset` or `env -u` took it away.
    Unset {
        /// Where.
        at: Span,
    },
    /// `env -i`, `sudo`, `su -` took the whole environment away.
    Dropped {
        /// The wrapper that did it.
        at: Span,
    },
}

impl Environment {
    /// The environment that the step starts with.
    pub(super) fn start() -> Self {
        Self {
            bindings: Bindings::default(),
            base: Base::Start,
        }
    }

    /// Nothing, because the wrapper at `at` took it away.
    pub(super) fn cleared(at: Span) -> Self {
        Self {
            bindings: Bindings::default(),
            base: Base::Cleared { at },
        }
    }

    /// The variables of a shell that is started with this environment.
    pub(super) fn inherited(self) -> Self {
        Self {
            bindings: Bindings::default(),
            base: Base::Parent(Arc::new(self)),
        }
    }

    /// What this shell itself did to `name`.
    pub(super) fn binding(&self, name: &str) -> Option<&Binding> {
        let binding = self.bindings.get(name)?;
        (*binding != Binding::Inherited).then_some(binding)
    }

    pub(super) fn bind(&mut self, name: &str, binding: Binding) {
        self.bindings.insert(name, binding);
    }

    /// How a command with this environment sees `name`.
    pub fn seen(&self, name: &str) -> Seen<'_> {
        let mut environment = self;
        loop {
            match environment.binding(name) {
                Some(Binding::Unset { at }) => return Seen::Unset { at: *at },
                Some(Binding::Set(Variable {
                    value: Some(value),
                    exported,
                    origin,
                    ..
                })) => {
                    let (value, origin) = (&**value, *origin);
                    return match exported {
                        true => Seen::Set { value, origin },
                        false => Seen::NotExported { value, origin },
                    };
                }
                Some(Binding::Set(_) | Binding::Inherited) | None => match &environment.base {
                    Base::Start => return Seen::Start,
                    Base::Cleared { at } => return Seen::Dropped { at: *at },
                    Base::Parent(parent) => environment = parent,
                },
            }
        }
    }

    /// The value of `name` that a command with this environment gets, and where it comes from.
    pub fn value<'e>(
        &'e self,
        name: &str,
        start: &Start<'e>,
    ) -> Option<(&'e Value<'e>, Option<Origin>)> {
        match self.seen(name) {
            Seen::Start => {
                start(name).map(|StartVariable { value, hop }| (value, Some(Origin::Start(hop))))
            }
            Seen::Set { value, origin } => Some((value, origin)),
            Seen::NotExported { .. } | Seen::Unset { .. } | Seen::Dropped { .. } => None,
        }
    }

    /// The names that differ from the environment the step starts with, unless all of it was dropped.
    pub fn changed(&self) -> Vec<Arc<str>> {
        let mut names = self.bindings.names();
        let mut environment = self;
        while let Base::Parent(parent) = &environment.base {
            names.extend(parent.bindings.names());
            environment = parent;
        }
        names.sort();
        names.dedup();
        names
    }

    /// The names to which two states of the same shell did different things.
    pub(super) fn differing(&self, other: &Self) -> Vec<Arc<str>> {
        self.bindings.differing(&other.bindings)
    }

    /// What the environment below the shell's own bindings says.
    pub(super) fn below(&self, name: &str) -> Seen<'_> {
        match &self.base {
            Base::Start => Seen::Start,
            Base::Cleared { at } => Seen::Dropped { at: *at },
            Base::Parent(parent) => parent.seen(name),
        }
    }
}
