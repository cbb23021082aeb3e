//! The project root: what may be opened, and how paths are shown.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use ignore::gitignore::Gitignore;

use super::read::{Resolved, check_gitignore, resolve};

/// The folder that holds everything a run may open.
#[derive(Clone, Debug)]
pub struct Root {
    folder: PathBuf,
    /// The current folder, if it lies in the root or the root in it: paths are shown relative to it.
    current: Option<PathBuf>,
    is_repository: bool,
    gitignores: Arc<Gitignores>,
}

/// The `.gitignore` of each folder asked about so far, none where there is none: to compile one takes
/// far longer than to ask it.
#[derive(Debug, Default)]
struct Gitignores(Mutex<HashMap<PathBuf, Option<Arc<Gitignore>>>>);

impl Root {
    /// The root for what was named on the command line: the nearest ancestor with `.git`, else the
    /// common ancestor of the arguments. The paths need not exist.
    pub fn of(paths: &[&Path]) -> io::Result<Self> {
        let current = std::env::current_dir()?;
        let mut common: Option<PathBuf> = None;
        for path in paths {
            let path = absolute(path)?;
            let folder = match path.parent() {
                Some(parent) if !path.is_dir() => parent,
                _ => &path,
            };
            common = Some(match common {
                Some(common) => common_ancestor(&common, folder),
                None => folder.to_owned(),
            });
        }
        let common = common.unwrap_or_else(|| current.clone());
        let repository = common.ancestors().find(|folder| has_git(folder));
        let folder = existing(repository.unwrap_or(&common))?;
        let current = existing(&current)?;
        Ok(Self {
            is_repository: repository.is_some(),
            current: (current.starts_with(&folder) || folder.starts_with(&current))
                .then_some(current),
            folder,
            gitignores: Arc::default(),
        })
    }

    /// The folder, without symbolic links.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the root is a git work tree.
    pub fn is_repository(&self) -> bool {
        self.is_repository
    }

    /// Whether a path without symbolic links lies in the root.
    pub fn holds(&self, path: &Path) -> bool {
        path.starts_with(&self.folder)
    }

    /// Whether a `.gitignore` on the way to a file says that git leaves it alone.
    pub fn ignores(&self, path: &Path) -> bool {
        let folders = path
            .ancestors()
            .skip(1)
            .take_while(|folder| self.holds(folder));
        for folder in folders {
            let Some(gitignore) = self.gitignore(folder) else {
                continue;
            };
            match gitignore.matched_path_or_any_parents(path, false) {
                ignore::Match::None => {}
                found => return found.is_ignore(),
            }
        }
        false
    }

    /// The `.gitignore` in a folder, read once.
    fn gitignore(&self, folder: &Path) -> Option<Arc<Gitignore>> {
        let known = self.gitignores.0.lock();
        // Nothing that is noted is ever half done.
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(folder) {
            return known.clone();
        }
        let file = folder.join(".gitignore");
        let is_safe = |found: Resolved| check_gitignore(&found.metadata).is_ok();
        let is_there = resolve(self, &file).is_ok_and(is_safe);
        let gitignore = is_there.then(|| Arc::new(Gitignore::new(file).0));
        known.insert(folder.to_owned(), gitignore.clone());
        gitignore
    }

    /// The path of something named as people see it if it cannot be looked at: from elsewhere, as it
    /// was given.
    pub(super) fn shown_as_given(&self, location: &Path, given: &Path) -> String {
        match self.current {
            Some(_) => self.shown(location),
            None => slashed(given),
        }
    }

    /// The path as people see it: relative to the current folder, or to the root when the current
    /// folder lies elsewhere, and written with `/`.
    pub fn shown(&self, path: &Path) -> String {
        if !self.holds(path) {
            return slashed(path);
        }
        let base = self.current.as_deref().unwrap_or(&self.folder);
        let shared = base
            .components()
            .zip(path.components())
            .take_while(|(a, b)| a == b)
            .count();
        let mut shown: PathBuf = base.components().skip(shared).map(|_| "..").collect();
        shown.extend(path.components().skip(shared));
        if shown.as_os_str().is_empty() {
            return ".".to_owned();
        }
        slashed(&shown)
    }
}

/// A path as text with `/`, also on Windows. Bytes that are not Unicode become U+FFFD.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        let text = text.strip_prefix(r"\\?\").unwrap_or(&text);
        return text.replace('\\', "/");
    }
    text.into_owned()
}

/// A path as locations are written: absolute, with `/`, beginning with one on every system.
pub fn location(path: &Path) -> String {
    let slashed = slashed(path);
    if slashed.starts_with('/') {
        slashed
    } else {
        format!("/{slashed}")
    }
}

/// The path that a location stands for.
pub fn path_of(location: &str) -> PathBuf {
    let is_windows = location.as_bytes().get(2) == Some(&b':');
    PathBuf::from(if is_windows { &location[1..] } else { location })
}

/// The folder of `path` without symbolic links, with the last name as it was given: a link is
/// shown under its own name and judged by where it leads.
pub(super) fn located(path: &Path) -> io::Result<PathBuf> {
    let path = absolute(path)?;
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok(existing(parent)?.join(name)),
        _ => existing(&path),
    }
}

/// Makes a path absolute. What `..` means depends on links, so a path is resolved up to its last one.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let components: Vec<Component<'_>> = path.components().collect();
    let Some(last) = components.iter().rposition(|c| *c == Component::ParentDir) else {
        return Ok(path);
    };
    let (before, after) = components.split_at(last + 1);
    let mut resolved = existing(&before.iter().collect::<PathBuf>())?;
    resolved.extend(after);
    Ok(resolved)
}

/// Resolves as much of `path` as exists.
fn existing(path: &Path) -> io::Result<PathBuf> {
    let missing = match path.canonicalize() {
        Ok(path) => return Ok(path),
        Err(error) => error,
    };
    for ancestor in path.ancestors().skip(1) {
        let Ok(mut resolved) = ancestor.canonicalize() else {
            continue;
        };
        for component in path.components().skip(ancestor.components().count()) {
            match component {
                Component::ParentDir => {
                    resolved.pop();
                }
                other => resolved.push(other),
            }
        }
        return Ok(resolved);
    }
    Err(missing)
}

fn common_ancestor(a: &Path, b: &Path) -> PathBuf {
    a.components()
        .zip(b.components())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect()
}

fn has_git(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(folder: &str, current: Option<&str>) -> Root {
        Root {
            folder: folder.into(),
            current: current.map(PathBuf::from),
            is_repository: false,
            gitignores: Arc::default(),
        }
    }

    #[test]
    fn a_gitignore_is_compiled_once() {
        let temp = tempfile::tempdir().unwrap();
        let base = temp.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("a")).unwrap();
        std::fs::write(base.join(".gitignore"), "*.local.yml\n").unwrap();
        let root = root(base.to_str().unwrap(), None);
        assert!(root.ignores(&base.join("a/x.local.yml")));
        // A copy of the root asks the same ones.
        let copy = root.clone();
        let [first, again] = [&root, &copy].map(|root| root.gitignore(&base).unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        assert!(root.gitignore(&base.join("a")).is_none());
        std::fs::remove_file(base.join(".gitignore")).unwrap();
        assert!(copy.ignores(&base.join("a/y.local.yml")), "not read again");
    }

    #[test]
    fn a_gitignore_without_end_is_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let base = temp.path().canonicalize().unwrap();
        std::fs::write(base.join(".gitignore"), "*.yml\n".repeat(50_000)).unwrap();
        let root = root(base.to_str().unwrap(), None);
        assert!(!root.ignores(&base.join("x.yml")));
    }

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let root = root("/r", Some("/r/a"));
        assert_eq!(root.shown(Path::new("/r/a/Dockerfile")), "Dockerfile");
        assert_eq!(root.shown(Path::new("/r/b/Dockerfile")), "../b/Dockerfile");
        assert_eq!(root.shown(Path::new("/r/a")), ".");
        assert_eq!(root.shown(Path::new("/x/Dockerfile")), "/x/Dockerfile");
        let root = self::root("/r/a", Some("/r"));
        assert_eq!(root.shown(Path::new("/r/a/Dockerfile")), "a/Dockerfile");
    }

    #[test]
    fn paths_are_shown_from_the_root_when_we_are_elsewhere() {
        let root = root("/r", None);
        assert_eq!(root.shown(Path::new("/r/a/Dockerfile")), "a/Dockerfile");
        assert!(!root.holds(Path::new("/rest/Dockerfile")));
    }

    #[test]
    fn the_root_is_the_repository_or_the_common_ancestor() {
        let temp = tempfile::tempdir().unwrap();
        let base = temp.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("p/a")).unwrap();
        std::fs::create_dir_all(base.join("p/b")).unwrap();
        let (a, b) = (base.join("p/a/Dockerfile"), base.join("p/b/Dockerfile"));
        assert_eq!(Root::of(&[&a, &b]).unwrap().folder(), base.join("p"));
        assert_eq!(Root::of(&[&a]).unwrap().folder(), base.join("p/a"));
        std::fs::create_dir(base.join(".git")).unwrap();
        assert_eq!(Root::of(&[&a]).unwrap().folder(), base);
    }
}
