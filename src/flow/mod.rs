//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

use crate::source::{FileId, SourceFile, Span};

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

    /// The spans that suppression comments are about, in file order and without overlap: a
    /// Dockerfile's instructions, a compose file's keys, a unit's assignments.
    pub fn items(&self, _file: FileId) -> Vec<Span> {
        Vec::new()
    }
}
