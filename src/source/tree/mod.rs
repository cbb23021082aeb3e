//! A file tree as a machine sees it: absolute paths with `/`, links that stay inside.
//!
//! The daemon's configuration is spread over many directories. The model asks a [`FileTree`] for
//! them; whether it stands for a machine's root or for what a repository ships makes no difference.

mod host;
mod memory;

use std::sync::Arc;

use super::{FileKind, SourceFile};

pub use host::HostTree;
pub use memory::MemoryTree;

/// What stands at a path, links not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeEntry {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link and its target.
    Link(String),
    /// A device, a FIFO, a socket, or something that may not be looked at. Never opened.
    Other,
}

/// A file tree. Paths are absolute and hold no `.`, `..` or doubled `/`.
pub trait FileTree {
    /// What stands at `path`, links not followed. No component before the last is a link.
    fn entry(&self, path: &str) -> Option<TreeEntry>;

    /// The names in a directory, in byte order.
    fn list(&self, path: &str) -> Vec<String>;

    /// The content of a regular file; `None` if it cannot be read or is too large. The same path
    /// gives the same file each time.
    fn read(&self, path: &str, kind: FileKind) -> Option<Arc<SourceFile>>;
}

/// Where a path leads after all links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The path without links.
    pub path: String,
    /// What stands there, never a link; `None` if nothing does.
    pub entry: Option<TreeEntry>,
}

impl Resolved {
    /// Whether it is `/dev/null`, which masks units and drop-ins, whether or not the tree has it.
    pub fn is_null(&self) -> bool {
        self.path == "/dev/null"
    }
}

/// As many links as Linux follows (`MAXSYMLINKS`).
const MAX_LINKS: usize = 40;

/// Follows the links of `path`, absolute ones inside the tree; `None` if they go in circles.
pub fn resolve(tree: &dyn FileTree, path: &str) -> Option<Resolved> {
    let mut pending: Vec<String> = components(path).rev().map(str::to_owned).collect();
    let mut done = String::new();
    let mut links = 0;
    while let Some(name) = pending.pop() {
        if name == ".." {
            done.truncate(done.rfind('/').unwrap_or(0));
            continue;
        }
        let next = format!("{done}/{name}");
        match tree.entry(&next) {
            Some(TreeEntry::Link(target)) => {
                links += 1;
                if links > MAX_LINKS {
                    return None;
                }
                if target.starts_with('/') {
                    done.clear();
                }
                pending.extend(components(&target).rev().map(str::to_owned));
            }
            Some(TreeEntry::Directory) => done = next,
            entry if pending.is_empty() => {
                return Some(Resolved { path: next, entry });
            }
            // Below something that is no directory there is nothing.
            _ => {
                let mut path = next;
                while let Some(name) = pending.pop() {
                    path = format!("{path}/{name}");
                }
                return Some(Resolved { path, entry: None });
            }
        }
    }
    let root = done.is_empty();
    Some(Resolved {
        path: if root { "/".to_owned() } else { done },
        entry: Some(TreeEntry::Directory),
    })
}

/// The names in a path, `.` and empty ones left out.
fn components(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|name| !matches!(*name, "" | "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn tree() -> MemoryTree {
        let mut tree = MemoryTree::default();
        let file = SourceFile::new(FileId(0), "x".into(), FileKind::Unit, b"a".to_vec());
        tree.add_file("/usr/lib/x", file);
        tree.add_link("/lib", "usr/lib");
        tree.add_link("/a", "/b");
        tree.add_link("/b", "a");
        tree.add_link("/null", "/dev/null");
        tree.add_link("/up", "../../usr/./lib/../lib/x");
        tree
    }

    #[test]
    fn links_stay_inside_and_loops_end() {
        let tree = tree();
        let path = |path| resolve(&tree, path).map(|r| (r.path, r.entry));
        let file = Some(("/usr/lib/x".to_owned(), Some(TreeEntry::File)));
        assert_eq!(path("/lib/x"), file);
        assert_eq!(path("/up"), file);
        assert_eq!(path("/a"), None);
        assert_eq!(path("/lib/y"), Some(("/usr/lib/y".to_owned(), None)));
        assert!(resolve(&tree, "/null").is_some_and(|r| r.is_null()));
        assert_eq!(path("/lib/x/y").and_then(|r| r.1), None);
    }
}
