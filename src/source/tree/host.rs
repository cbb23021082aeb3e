//! A file tree on disk: a machine's root, or a folder that holds one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use super::{FileKind, FileTree, SourceFile, TreeEntry};
use crate::source::read::{self, check_regular};
use crate::source::{FileId, slashed};

/// The tree below a folder on disk. Only regular files are opened, and only when asked for.
#[derive(Debug)]
pub struct HostTree {
    root: PathBuf,
    home: Option<String>,
    first: u32,
    read: Mutex<ReadFiles>,
}

#[derive(Debug, Default)]
struct ReadFiles {
    files: Vec<Arc<SourceFile>>,
    by_path: HashMap<String, Option<Arc<SourceFile>>>,
}

impl HostTree {
    /// The tree below `root`; the files it reads are numbered from `first` on.
    pub fn new(root: impl Into<PathBuf>, first: FileId) -> Self {
        Self {
            root: root.into(),
            home: None,
            first: first.0,
            read: Mutex::default(),
        }
    }

    /// The same tree, of which `home` is the home directory of whoever asks.
    #[must_use]
    pub fn with_home(self, home: Option<String>) -> Self {
        Self { home, ..self }
    }

    /// The home directory of whoever asks, if the tree is that of their own machine.
    pub fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// The files that were read, in the order of their numbers.
    pub fn into_files(self) -> Vec<Arc<SourceFile>> {
        let read = self.read.into_inner();
        read.unwrap_or_else(PoisonError::into_inner).files
    }

    /// Whether a file is one of those read so far.
    pub fn owns(&self, file: FileId) -> bool {
        let place = file.0.checked_sub(self.first);
        place.is_some_and(|place| (place as usize) < self.known().files.len())
    }

    /// The files read so far.
    pub fn files(&self) -> Vec<Arc<SourceFile>> {
        self.known().files.clone()
    }

    /// What was read. A reader that panicked left nothing half done.
    fn known(&self) -> MutexGuard<'_, ReadFiles> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        let mut on_disk = self.root.clone();
        on_disk.extend(path.split('/').filter(|name| !name.is_empty()));
        on_disk
    }

    /// Where a path is on disk, if no link on the way could lead out of the tree.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let mut on_disk = self.root.clone();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            on_disk.push(name);
            if std::fs::symlink_metadata(&on_disk).ok()?.is_symlink() {
                return None;
            }
        }
        Some(on_disk)
    }

    fn load(&self, path: &str, kind: FileKind, id: u32) -> Option<Arc<SourceFile>> {
        let on_disk = self.inside(path)?;
        let bytes = read_regular(&on_disk)?;
        let file = SourceFile::new(FileId(id), slashed(&on_disk), kind, bytes);
        Some(Arc::new(file))
    }
}

impl FileTree for HostTree {
    fn entry(&self, path: &str) -> Option<TreeEntry> {
        let on_disk = self.on_disk(path);
        let kind = std::fs::symlink_metadata(&on_disk).ok()?.file_type();
        Some(if kind.is_symlink() {
            match std::fs::read_link(&on_disk) {
                Ok(target) => TreeEntry::Link(slashed(&target)),
                Err(_) => TreeEntry::Other,
            }
        } else if kind.is_dir() {
            TreeEntry::Directory
        } else if kind.is_file() {
            TreeEntry::File
        } else {
            TreeEntry::Other
        })
    }

    fn list(&self, path: &str) -> Vec<String> {
        let Some(Ok(entries)) = self.inside(path).map(std::fs::read_dir) else {
            return Vec::new();
        };
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    fn read(&self, path: &str, kind: FileKind) -> Option<Arc<SourceFile>> {
        // Held while the file is read: two readers must not give one number to two files.
        let mut read = self.known();
        if let Some(known) = read.by_path.get(path) {
            return known.clone();
        }
        let count = u32::try_from(read.files.len()).unwrap_or(u32::MAX);
        let file = self.load(path, kind, self.first.saturating_add(count));
        read.files.extend(file.clone());
        read.by_path.insert(path.to_owned(), file.clone());
        file
    }
}

/// The bytes of a regular file that is not too large. Looks before it opens: opening a FIFO or a
/// device can block or have effects.
fn read_regular(path: &Path) -> Option<Vec<u8>> {
    check_regular(&std::fs::symlink_metadata(path).ok()?).ok()?;
    read::read_regular(path).ok()
}
