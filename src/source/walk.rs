//! Walking folders as git sees them, in parallel.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::discover::{Found, Problem};
use super::read::{Cause, check_gitignore, check_regular, resolve};
use super::{FileKind, Root};

/// What was met, in no particular order.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub files: Vec<Found>,
    pub problems: Vec<Problem>,
    pub noted: Vec<PathBuf>,
}

/// Says what kind a path is of.
type KindOf<'k> = &'k (dyn Fn(&Path) -> Option<FileKind> + Sync);

/// Walks `folders`, which lie in the root and hold no links, for files that `kind_of` knows, and
/// notes those that are called as `noted` says. What git ignores is left out, if that is respected.
///
/// Only what belongs to the repository decides what is left out, not the user's own git
/// configuration: a result must not depend on whose machine it is.
pub(super) fn walk(
    root: &Root,
    folders: &[PathBuf],
    respects_gitignore: bool,
    kind_of: KindOf<'_>,
    noted: &[&str],
) -> Met {
    let (sender, receiver) = channel();
    let mut met = Met::default();
    let mut builder = WalkBuilder::from_iter(folders.iter().filter(|folder| {
        // The filter below is not asked about the folders that a walk starts in, nor about those
        // above them, whose `.gitignore`s count as well.
        let mut above = folder.ancestors().take_while(|above| root.holds(above));
        let problem = above
            .find_map(|above| unsafe_gitignore(root, above))
            .filter(|_| respects_gitignore);
        let safe = problem.is_none();
        met.problems.extend(problem);
        safe
    }));
    builder
        .hidden(false)
        .follow_links(false)
        .ignore(false)
        .git_global(false)
        .git_ignore(respects_gitignore)
        .git_exclude(respects_gitignore)
        .require_git(false)
        // Without a repository nothing above says where the reach of a .gitignore ends.
        .parents(root.is_repository());
    builder.filter_entry({
        let (root, sender) = (root.clone(), sender.clone());
        move |entry| enters(&root, entry, respects_gitignore, &sender)
    });
    builder.build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            if let Some(item) = visit(root, entry, kind_of, noted) {
                // The receiver outlives the walk.
                let _ = sender.send(item);
            }
            WalkState::Continue
        })
    });
    drop((builder, sender));
    for item in receiver {
        match item {
            Item::File(found) => met.files.push(found),
            Item::Problem(problem) => met.problems.push(problem),
            Item::Noted(location) => met.noted.push(location),
        }
    }
    met
}

enum Item {
    File(Found),
    Problem(Problem),
    Noted(PathBuf),
}

/// Whether the walk goes on to this entry.
fn enters(root: &Root, entry: &DirEntry, respects_gitignore: bool, sender: &Sender<Item>) -> bool {
    if entry.file_name() == ".git" {
        return false;
    }
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    if !respects_gitignore || !is_folder {
        return true;
    }
    match unsafe_gitignore(root, entry.path()) {
        Some(problem) => {
            // As above: the receiver outlives the walk.
            let _ = sender.send(Item::Problem(problem));
            false
        }
        None => true,
    }
}

/// Why a folder is not entered. The walker opens whatever is called `.gitignore`: a pipe or a link to
/// a device there would stop it for good, and a huge one fill the memory.
fn unsafe_gitignore(root: &Root, folder: &Path) -> Option<Problem> {
    let gitignore = resolve(root, &folder.join(".gitignore"))
        .and_then(|resolved| check_gitignore(&resolved.metadata));
    let cause = match gitignore {
        // What is not there or cannot be opened stops nobody.
        Err(Cause::NotFound | Cause::DanglingLink | Cause::Folder | Cause::Unreadable(_))
        | Ok(()) => return None,
        Err(Cause::TooLarge(_)) => Cause::LongGitignore,
        Err(_) => Cause::UnsafeGitignore,
    };
    Some(Problem {
        shown: root.shown(folder),
        location: folder.to_owned(),
        named: false,
        cause,
    })
}

/// Looks at one entry of a folder.
fn visit(
    root: &Root,
    entry: Result<DirEntry, ignore::Error>,
    kind_of: KindOf<'_>,
    noted: &[&str],
) -> Option<Item> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return failed(root, &error).map(Item::Problem),
    };
    // The folders that the walk started in are no entries of anything.
    if entry.depth() == 0 {
        return None;
    }
    if noted.iter().any(|name| entry.file_name() == *name) {
        return Some(Item::Noted(entry.into_path()));
    }
    let kind = kind_of(entry.path())?;
    let location = entry.into_path();
    let resolved = resolve(root, &location).and_then(|resolved| {
        check_regular(&resolved.metadata)?;
        Ok(resolved.path)
    });
    Some(match resolved {
        Ok(target) => Item::File(Found::met(root, location, target, kind)),
        // A folder of this very name makes `docker build` fail; `Dockerfile.d` is only a folder.
        Err(Cause::Folder) if !is_default_name(&location) => return None,
        Err(cause) => Item::Problem(Problem {
            shown: root.shown(&location),
            location,
            named: false,
            cause,
        }),
    })
}

fn is_default_name(location: &Path) -> bool {
    let name = location.file_name().and_then(|name| name.to_str());
    matches!(name, Some("Dockerfile" | "dockerfile" | "Containerfile"))
}

/// What the walker could not enter. Faulty patterns in a `.gitignore` are git's business.
fn failed(root: &Root, error: &ignore::Error) -> Option<Problem> {
    let cause = Cause::Unreadable(error.io_error()?.kind());
    let location = path_of(error)?.to_owned();
    Some(Problem {
        shown: root.shown(&location),
        location,
        named: false,
        cause,
    })
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}
