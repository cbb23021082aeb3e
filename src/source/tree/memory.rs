//! A file tree that its owner fills.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{FileKind, FileTree, SourceFile, TreeEntry};

/// A tree of files that are already read: what a repository ships for a machine.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    nodes: BTreeMap<String, Node>,
    directories: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug)]
enum Node {
    File(Arc<SourceFile>),
    Link(String),
    Other,
}

impl MemoryTree {
    /// Puts a file at an absolute path; its directories come with it.
    pub fn add_file(&mut self, path: &str, file: impl Into<Arc<SourceFile>>) {
        self.add(path, Node::File(file.into()));
    }

    /// Puts a symbolic link at an absolute path.
    pub fn add_link(&mut self, path: &str, target: impl Into<String>) {
        self.add(path, Node::Link(target.into()));
    }

    /// Puts something that is never opened at an absolute path: a device, a FIFO.
    pub fn add_other(&mut self, path: &str) {
        self.add(path, Node::Other);
    }

    /// Makes a directory and those above it.
    pub fn add_directory(&mut self, path: &str) {
        let mut path = path;
        while let Some((parent, name)) = path.rsplit_once('/') {
            self.directories.entry(path.to_owned()).or_default();
            let siblings = self.directories.entry(parent.to_owned()).or_default();
            siblings.insert(name.to_owned());
            path = parent;
        }
    }

    fn add(&mut self, path: &str, node: Node) {
        if let Some((parent, name)) = path.rsplit_once('/') {
            self.add_directory(parent);
            let siblings = self.directories.entry(parent.to_owned()).or_default();
            siblings.insert(name.to_owned());
        }
        self.nodes.insert(path.to_owned(), node);
    }
}

impl FileTree for MemoryTree {
    fn entry(&self, path: &str) -> Option<TreeEntry> {
        match self.nodes.get(path) {
            Some(Node::File(_)) => Some(TreeEntry::File),
            Some(Node::Link(target)) => Some(TreeEntry::Link(target.clone())),
            Some(Node::Other) => Some(TreeEntry::Other),
            None => self
                .directories
                .contains_key(path)
                .then_some(TreeEntry::Directory),
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        let names = self.directories.get(path.trim_end_matches('/'));
        names.map_or_else(Vec::new, |names| names.iter().cloned().collect())
    }

    fn read(&self, path: &str, _kind: FileKind) -> Option<Arc<SourceFile>> {
        match self.nodes.get(path) {
            Some(Node::File(file)) => Some(Arc::clone(file)),
            _ => None,
        }
    }
}
