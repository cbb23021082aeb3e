//! Which files make up a unit: search path, aliases, drop-ins and their order
//! (`src/basic/path-lookup.c`, `src/basic/unit-file.c`, `src/shared/dropin.c`, v252).

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{FileTree, Resolved, TreeEntry, resolve};

use super::host::Manager;

/// The directories systemd looks for units in, highest rank first.
pub(super) fn search_path(manager: &Manager) -> Vec<String> {
    const SYSTEM: [&str; 13] = [
        "/etc/systemd/system.control",
        "/run/systemd/system.control",
        "/run/systemd/transient",
        "/run/systemd/generator.early",
        "/etc/systemd/system",
        "/etc/systemd/system.attached",
        "/run/systemd/system",
        "/run/systemd/system.attached",
        "/run/systemd/generator",
        "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
        "/run/systemd/generator.late",
    ];
    match manager {
        Manager::System => SYSTEM.map(str::to_owned).to_vec(),
        Manager::User { home } => user_search_path(home),
    }
}

/// The runtime directory below `/run/user` is left out: its number is not known, and nothing that
/// a person writes stands there.
fn user_search_path(home: &str) -> Vec<String> {
    let own = [".config/systemd/user.control", ".config/systemd/user"];
    let shared = [
        "/etc/xdg/systemd/user",
        "/etc/systemd/user",
        "/run/systemd/user",
    ];
    let data = [
        "/usr/local/share/systemd/user",
        "/usr/share/systemd/user",
        "/usr/local/lib/systemd/user",
        "/usr/lib/systemd/user",
        "/lib/systemd/user",
    ];
    let mut path: Vec<String> = own.iter().map(|dir| format!("{home}/{dir}")).collect();
    path.extend(shared.map(str::to_owned));
    path.push(format!("{home}/.local/share/systemd/user"));
    path.extend(data.map(str::to_owned));
    path
}

/// A unit's main file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    /// A regular file: where it is named and where it is.
    File {
        /// As systemd shows it.
        path: String,
        /// Without links.
        target: String,
    },
    /// A link to `/dev/null`, or an empty file.
    Masked {
        /// The link or file.
        path: String,
    },
    /// No file of that name.
    Missing,
}

/// A unit and its files.
#[derive(Clone, Debug)]
pub(super) struct UnitFiles {
    /// The main name: the asked one, or what it is an alias of.
    pub name: String,
    pub fragment: Fragment,
    /// In the order they are read.
    pub drop_ins: Vec<DropIn>,
    /// Files that one of the same name in a directory of higher rank hides: hidden, hiding.
    pub shadowed: Vec<(String, String)>,
    /// The drop-in directories that exist, without links, highest rank first.
    pub directories: Vec<String>,
}

/// A drop-in as listed: it may be a link, a directory, or lead nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DropIn {
    pub path: String,
    /// Whether it stands in the directory for all services.
    pub generic: bool,
}

/// Finds the files of a unit.
pub(super) fn find(tree: &dyn FileTree, manager: &Manager, unit: &str) -> UnitFiles {
    let search = Search {
        tree,
        path: canonical_path(tree, manager),
    };
    let (name, fragment) = search.fragment(unit);
    let names = search.names(&name, unit);
    let directories = search.drop_in_directories(&names);
    let mut files = UnitFiles {
        name,
        fragment,
        drop_ins: Vec::new(),
        shadowed: Vec::new(),
        directories: directories.iter().map(|(dir, _)| dir.clone()).collect(),
    };
    let mut by_name: BTreeMap<String, DropIn> = BTreeMap::new();
    for (directory, generic) in directories {
        for file in tree.list(&directory) {
            if !file.ends_with(".conf") || file.starts_with('.') {
                continue;
            }
            let path = format!("{directory}/{file}");
            match by_name.get(&file) {
                Some(winner) => files.shadowed.push((path, winner.path.clone())),
                None => {
                    by_name.insert(file, DropIn { path, generic });
                }
            }
        }
    }
    files.drop_ins = by_name.into_values().collect();
    files
}

/// The search path with links resolved, directories that exist only, each once.
fn canonical_path(tree: &dyn FileTree, manager: &Manager) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for directory in search_path(manager) {
        let directory = directory_at(tree, &directory);
        path.extend(directory.filter(|directory| !path.contains(directory)));
    }
    path
}

fn directory_at(tree: &dyn FileTree, path: &str) -> Option<String> {
    let found = resolve(tree, path)?;
    (found.entry == Some(TreeEntry::Directory)).then_some(found.path)
}

struct Search<'a> {
    tree: &'a dyn FileTree,
    path: Vec<String>,
}

impl Search<'_> {
    /// The main name of a unit and its file.
    fn fragment(&self, unit: &str) -> (String, Fragment) {
        let mut name = unit.to_owned();
        // An alias of an alias of an alias is more than anyone has.
        for _ in 0..8 {
            let Some((path, found)) = self.first(&name) else {
                return (name, Fragment::Missing);
            };
            if found.is_null() {
                return (name, Fragment::Masked { path });
            }
            match self.alias(&name, &found) {
                Some(other) => name = other,
                None => return (name, self.regular(path, found)),
            }
        }
        (name, Fragment::Missing)
    }

    fn regular(&self, path: String, found: Resolved) -> Fragment {
        let file = self.tree.read(&found.path, crate::source::FileKind::Unit);
        match file {
            Some(file) if file.text().is_empty() => Fragment::Masked { path },
            _ => Fragment::File {
                path,
                target: found.path,
            },
        }
    }

    /// The first thing of that name in the search path that leads somewhere.
    fn first(&self, name: &str) -> Option<(String, Resolved)> {
        self.path.iter().find_map(|directory| {
            let path = format!("{directory}/{name}");
            let found = resolve(self.tree, &path)?;
            let usable = found.is_null() || found.entry == Some(TreeEntry::File);
            usable.then_some((path, found))
        })
    }

    /// The other name, if a unit's link leads to a unit of another name in the search path.
    fn alias(&self, name: &str, found: &Resolved) -> Option<String> {
        let (directory, target) = found.path.rsplit_once('/')?;
        let suffix = |name: &str| name.rsplit_once('.').map(|(_, suffix)| suffix.to_owned());
        let other = target != name && suffix(target) == suffix(name);
        (other && self.path.iter().any(|dir| dir == directory)).then(|| target.to_owned())
    }

    /// The main name first, then its aliases.
    fn names(&self, main: &str, asked: &str) -> Vec<String> {
        let mut aliases = BTreeSet::new();
        for directory in &self.path {
            for name in self.tree.list(directory) {
                let path = format!("{directory}/{name}");
                let link = name.ends_with(".service")
                    && matches!(self.tree.entry(&path), Some(TreeEntry::Link(_)));
                if link && self.fragment(&name).0 == main {
                    aliases.insert(name);
                }
            }
        }
        aliases.insert(asked.to_owned());
        aliases.remove(main);
        std::iter::once(main.to_owned()).chain(aliases).collect()
    }

    /// The drop-in directories, highest rank first, and whether each is the one for all services.
    fn drop_in_directories(&self, names: &[String]) -> Vec<(String, bool)> {
        let mut directories: Vec<(String, bool)> = Vec::new();
        let mut add = |path: &str, name: &str, generic| {
            let found = directory_at(self.tree, &format!("{path}/{name}.d"));
            let new = found.filter(|found| directories.iter().all(|(known, _)| known != found));
            directories.extend(new.map(|found| (found, generic)));
        };
        for name in names {
            for path in &self.path {
                for name in with_prefixes(name) {
                    add(path, &name, false);
                }
            }
        }
        for path in &self.path {
            add(path, "service", true);
        }
        directories
    }
}

/// A unit's name, its template, and the names its dashes stand for: `a-b.service` is also covered
/// by `a-.service`, `docker.service` by nothing else.
pub(super) fn with_prefixes(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    let Some((stem, suffix)) = name.rsplit_once('.') else {
        return names;
    };
    let (prefix, instance) = match stem.split_once('@') {
        Some((prefix, instance)) => (prefix, Some(instance)),
        None => (stem, None),
    };
    if instance.is_some_and(|instance| !instance.is_empty()) {
        names.push(format!("{prefix}@.{suffix}"));
    }
    let mut prefix = prefix.strip_suffix('-').unwrap_or(prefix);
    while let Some((before, _)) = prefix
        .rsplit_once('-')
        .filter(|(before, _)| !before.is_empty())
    {
        names.push(match instance {
            Some(instance) => format!("{before}-@{instance}.{suffix}"),
            None => format!("{before}-.{suffix}"),
        });
        prefix = before;
    }
    names
}

/// The drop-ins of `/etc/systemd/system.conf.d` and its like, in the order they are read.
pub(super) fn pooled(tree: &dyn FileTree, directories: &[String]) -> Vec<String> {
    let mut by_name: BTreeMap<String, String> = BTreeMap::new();
    for directory in directories {
        let Some(directory) = directory_at(tree, directory) else {
            continue;
        };
        for file in tree.list(&directory) {
            if file.ends_with(".conf") && !file.starts_with('.') {
                let path = format!("{directory}/{file}");
                by_name.entry(file).or_insert(path);
            }
        }
    }
    by_name.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileKind, MemoryTree, SourceFile};

    fn tree(files: &[&str]) -> MemoryTree {
        let mut tree = MemoryTree::default();
        for path in files {
            let file = SourceFile::new(
                FileId(0),
                (*path).into(),
                FileKind::Unit,
                b"[Unit]".to_vec(),
            );
            tree.add_file(path, file);
        }
        tree
    }

    fn drop_ins(tree: &MemoryTree, unit: &str) -> Vec<String> {
        let files = find(tree, &Manager::System, unit);
        files
            .drop_ins
            .into_iter()
            .map(|drop_in| drop_in.path)
            .collect()
    }

    #[test]
    fn prefixes() {
        assert_eq!(with_prefixes("docker.service"), ["docker.service"]);
        assert_eq!(
            with_prefixes("a-b-c.service"),
            ["a-b-c.service", "a-b-.service", "a-.service"]
        );
        assert_eq!(with_prefixes("d@x.service"), ["d@x.service", "d@.service"]);
    }

    #[test]
    fn names_sort_over_all_directories_and_rank_decides_between_equal_ones() {
        let tree = tree(&[
            "/usr/lib/systemd/system/docker.service",
            "/usr/lib/systemd/system/docker.service.d/90-z.conf",
            "/usr/lib/systemd/system/docker.service.d/x.conf",
            "/etc/systemd/system/docker.service.d/10-a.conf",
            "/etc/systemd/system/docker.service.d/9-b.conf",
            "/etc/systemd/system/service.d/x.conf",
            "/etc/systemd/system/service.d/a.conf",
        ]);
        let names: Vec<String> = drop_ins(&tree, "docker.service")
            .iter()
            .map(|path| {
                path.replace("/systemd/system/", ":")
                    .replace("docker.service.d", "own")
            })
            .collect();
        assert_eq!(
            names,
            [
                "/etc:own/10-a.conf",
                "/etc:own/9-b.conf",
                "/usr/lib:own/90-z.conf",
                "/etc:service.d/a.conf",
                "/usr/lib:own/x.conf",
            ]
        );
    }

    #[test]
    fn aliases_bring_their_drop_ins_and_change_the_name() {
        let mut tree = tree(&[
            "/usr/lib/systemd/system/moby.service",
            "/etc/systemd/system/docker.service.d/a.conf",
            "/etc/systemd/system/moby.service.d/b.conf",
        ]);
        tree.add_link(
            "/etc/systemd/system/docker.service",
            "/usr/lib/systemd/system/moby.service",
        );
        let files = find(&tree, &Manager::System, "docker.service");
        assert_eq!(files.name, "moby.service");
        assert_eq!(files.drop_ins.len(), 2);
    }

    #[test]
    fn masks_and_loops() {
        let mut tree = tree(&[]);
        tree.add_link("/etc/systemd/system/docker.service", "/dev/null");
        tree.add_link("/etc/systemd/system/x.service", "y.service");
        tree.add_link("/etc/systemd/system/y.service", "x.service");
        let masked = find(&tree, &Manager::System, "docker.service").fragment;
        assert!(matches!(masked, Fragment::Masked { .. }));
        assert_eq!(
            find(&tree, &Manager::System, "x.service").fragment,
            Fragment::Missing
        );
    }
}
