//! Files that are longer than anybody's, of which docklint reads the first part.

use hashbrown::HashSet;

use super::workspace::Workspace;
use crate::model::{compose, daemon};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::dockerfile::SyntaxErrorKind;

impl Workspace<'_> {
    /// The files that are not looked at to their end: what rules find in them is not all that there is.
    pub fn cut(&self) -> HashSet<FileId> {
        let projects = self.projects.iter().flat_map(|it| &it.diagnostics);
        let projects = projects
            .filter(|it| it.kind == compose::DiagnosticKind::TooMuch)
            .filter_map(|it| it.at);
        let daemons = self.machine.daemons.iter();
        let daemons = daemons.flat_map(|it| &it.daemon.diagnostics);
        let daemons = daemons
            .filter(|it| it.cause == daemon::Cause::TooMuch)
            .filter_map(|it| it.at);
        let places = projects.chain(daemons).map(|at| at.file);
        places.chain(self.cut_dockerfiles()).collect()
    }

    /// Those of Dockerfiles, and of what the commands of their builds are in.
    fn cut_dockerfiles(&self) -> impl Iterator<Item = FileId> {
        let is_cut = |source: &&SourceFile| {
            let tree = self.dockerfile(source.id());
            let mut errors = tree.into_iter().flat_map(|tree| &tree.errors);
            errors.any(|it| it.kind == SyntaxErrorKind::TooManyWords)
        };
        let trees = self.sources.iter().filter(is_cut).map(SourceFile::id);
        let builds = self.builds.iter().filter(|it| it.first_cut().is_some());
        let files = trees.chain(builds.map(|it| it.file));
        files.map(|file| self.source(file).on_disk(Span::at(0)).file)
    }
}
