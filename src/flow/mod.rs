//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

pub mod commands;
pub mod shell;

use crate::source::SourceFile;

/// Everything a run looks at: the files, their models, the builds.
#[derive(Debug)]
pub struct Workspace<'a> {
    /// All source files, indexed by their `FileId`.
    pub sources: &'a [SourceFile],
}

impl<'a> Workspace<'a> {
    /// Parses and models `sources`.
    pub fn new(sources: &'a [SourceFile]) -> Self {
        Self { sources }
    }
}
