//! What a suppression comment in a unit or an environment file is about: the line below it.

use crate::source::{FileKind, SourceFile, Span};
use crate::syntax::{environment_file, unit};

/// The assignments and headers of a file for systemd, in order.
pub(super) fn unit_items(source: &SourceFile) -> Vec<Span> {
    match source.kind() {
        FileKind::Unit => {
            let entries = unit::parse(source).entries;
            entries.iter().map(|entry| entry.span).collect()
        }
        FileKind::EnvironmentFile => {
            let assignments = environment_file::parse(source).assignments;
            assignments.iter().map(|one| one.span()).collect()
        }
        _ => Vec::new(),
    }
}
