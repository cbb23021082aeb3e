//! A secret that a RUN leaves in its layer, however it was found.

use super::{Brought, Destination, Kept, Written};
use crate::source::Span;

/// A command that leaves a secret in the layer.
pub struct Leak<'l> {
    /// The step of the RUN.
    pub step: usize,
    /// The command, if one does it.
    pub command: Option<usize>,
    /// Where its text has the secret.
    pub span: Span,
    /// Where the secret stays.
    pub destination: &'l Destination,
    /// Where it comes from.
    pub secret: Secret<'l>,
}

/// Where a secret comes from.
#[derive(Clone, Copy)]
pub enum Secret<'l> {
    /// From a build argument or variable of that name.
    Variable(&'l str),
    /// From a mount with that flag: as a variable, or as that file.
    Mounted {
        /// The flag of the RUN.
        flag: Span,
        /// Where the script gives the variable the file's content.
        set: Option<Span>,
        /// The variable or file.
        name: &'l str,
    },
    /// It stands in the text itself.
    Literal,
}

impl<'l> Leak<'l> {
    /// What a RUN leaves.
    pub fn of(written: &'l Written<'_>) -> Self {
        let name = written.name.as_str();
        Self {
            step: written.step,
            command: written.command,
            span: written.span,
            destination: &written.destination,
            secret: match written.brought {
                Brought::Argument(_) => Secret::Variable(name),
                Brought::Mount { flag, set } => Secret::Mounted { flag, set, name },
            },
        }
    }

    /// What a command keeps of a secret in its text.
    pub fn of_literal(step: usize, kept: &'l Kept) -> Self {
        Self {
            step,
            command: Some(kept.command),
            span: kept.span,
            destination: &kept.destination,
            secret: Secret::Literal,
        }
    }
}
