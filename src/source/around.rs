//! The compose files around what was named: they may be what builds it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::discover::Found;
use super::root::slashed;
use super::{FileKind, Root};

/// The compose files in the folders of named files and in the folders above all that was named, up
/// to the root.
///
/// Folders are listed and nothing is opened. A named folder itself is walked.
pub(super) fn compose_files<'f>(
    root: &Root,
    files: impl Iterator<Item = &'f Found>,
    folders: &[PathBuf],
) -> BTreeSet<PathBuf> {
    let of_files = files
        .filter(|file| file.named && is_part_of_builds(file.kind))
        .filter_map(|file| file.location.parent());
    let above_folders = folders.iter().filter_map(|folder| folder.parent());
    let mut listed: BTreeSet<&Path> = BTreeSet::new();
    let mut found = BTreeSet::new();
    for start in of_files.chain(above_folders) {
        let inside = start.ancestors().take_while(|folder| root.holds(folder));
        for folder in inside {
            // What is above it was listed with it.
            if !listed.insert(folder) {
                break;
            }
            found.extend(listed_compose_files(folder));
        }
    }
    found
}

/// Compose builds Dockerfiles, from its own files and `.env`.
fn is_part_of_builds(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Dockerfile | FileKind::Compose | FileKind::Dotenv
    )
}

/// A folder that cannot be listed has nothing to tell: nobody named it.
fn listed_compose_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| FileKind::from_path(&slashed(path)) == Some(FileKind::Compose))
}
