//! Daemon configuration that a repository ships for a machine: which of its files belong together,
//! and where on a machine they would stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{DROP_IN_LOOKALIKES, FileKind, MemoryTree, SourceFile};

use super::host::Manager;

/// A service whose environment decides about pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// dockerd.
    Docker,
    /// containerd on its own (Kubernetes nodes).
    Containerd,
    /// The API service of podman.
    Podman,
}

impl Service {
    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Docker => "docker.service",
            Self::Containerd => "containerd.service",
            Self::Podman => "podman.service",
        }
    }

    /// Its name in paths.
    fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Containerd => "containerd",
            Self::Podman => "podman",
        }
    }

    /// The service that a drop-in directory is meant for, lookalikes of Docker's included.
    fn of_directory(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "docker.service.d" => Some(Self::Docker),
            "containerd.service.d" => Some(Self::Containerd),
            "podman.service.d" => Some(Self::Podman),
            _ if DROP_IN_LOOKALIKES.contains(&lower.as_str()) => Some(Self::Docker),
            _ => None,
        }
    }

    fn of_unit(name: &str) -> Option<Self> {
        [Self::Docker, Self::Containerd, Self::Podman]
            .into_iter()
            .find(|service| service.unit() == name)
    }
}

/// Files of a repository that configure one daemon, as the machine would see them.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// The folder of the repository that stands for the machine's root, or holds the drop-ins.
    pub prefix: String,
    /// The daemon.
    pub service: Service,
    /// Who runs it.
    pub manager: Manager,
    /// The files.
    pub tree: MemoryTree,
}

/// The home directory that `~` stands for in a repository.
const HOME: &str = "/root";

/// Folders of units on a machine, and the same below a home directory.
const UNIT_FOLDERS: [(&str, bool); 8] = [
    ("usr/local/lib/systemd/system/", false),
    ("usr/lib/systemd/system/", false),
    ("lib/systemd/system/", false),
    ("etc/systemd/system/", false),
    ("run/systemd/system/", false),
    ("etc/systemd/user/", true),
    (".config/systemd/user/", true),
    (".local/share/systemd/user/", true),
];

/// Drop-ins for users' own daemons, which somebody may have meant for the system's.
const USER_DROP_INS: &str = "etc/systemd/user/docker.service.d/";

/// Folders in which somebody puts a drop-in folder, and systemd looks for none.
const WRONG_FOLDERS: [&str; 3] = ["etc/systemd/", "lib/systemd/", "etc/docker/"];

/// A file's place on the machine it is meant for.
struct Place<'p> {
    prefix: &'p str,
    on_machine: String,
    user: bool,
    service: Service,
}

/// Groups a repository's files by the daemon they configure. Paths are relative, with `/`.
pub fn shipped(files: &[(String, Arc<SourceFile>)]) -> Vec<Shipped> {
    let mut groups: BTreeMap<(String, Service, bool), MemoryTree> = BTreeMap::new();
    for (path, file) in files {
        if let Some(place) = place(path).or_else(|| beside_units(path, file)) {
            let key = (place.prefix.to_owned(), place.service, place.user);
            let tree = groups.entry(key).or_default();
            tree.add_file(&place.on_machine, Arc::clone(file));
        }
    }
    for ((prefix, service, user), tree) in &mut groups {
        add_neighbours(prefix, files, tree);
        if *service == Service::Docker && !user {
            add_below(prefix, &[USER_DROP_INS], files, tree);
        }
    }
    let shipped = groups
        .into_iter()
        .map(|((prefix, service, user), tree)| Shipped {
            prefix,
            service,
            manager: if user {
                Manager::User {
                    home: HOME.to_owned(),
                }
            } else {
                Manager::System
            },
            tree,
        });
    shipped.collect()
}

/// What else a folder that stands for a root holds: environment files, `daemon.json`.
fn add_neighbours(prefix: &str, files: &[(String, Arc<SourceFile>)], tree: &mut MemoryTree) {
    const CONFIGURATION: [&str; 3] = ["etc/docker/", "etc/default/", "etc/sysconfig/"];
    add_below(prefix, &CONFIGURATION, files, tree);
    for (path, file) in files {
        let is_asked_for = file.kind() == FileKind::EnvironmentFile;
        if let Some(below) = path.strip_prefix(prefix).filter(|_| is_asked_for) {
            tree.add_file(&format!("/{below}"), Arc::clone(file));
        }
    }
}

/// The files in some folders of a root.
fn add_below(
    prefix: &str,
    folders: &[&str],
    files: &[(String, Arc<SourceFile>)],
    tree: &mut MemoryTree,
) {
    for (path, file) in files {
        let below = path.strip_prefix(prefix);
        if let Some(below) = below
            && folders.iter().any(|folder| below.starts_with(folder))
        {
            tree.add_file(&format!("/{below}"), Arc::clone(file));
        }
    }
}

/// The name that a template has once it is filled in.
fn rendered(name: &str) -> &str {
    let ends = [".j2", ".tpl", ".tmpl", ".template", ".erb", ".in"];
    let mut stems = ends.iter().filter_map(|end| name.strip_suffix(end));
    stems
        .find(|stem| stem.ends_with(".conf") || stem.ends_with(".service"))
        .unwrap_or(name)
}

fn place(path: &str) -> Option<Place<'_>> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let directory = folder.rsplit('/').next().unwrap_or_default();
    let in_drop_ins = Service::of_directory(directory);
    let service = in_drop_ins.or_else(|| Service::of_unit(rendered(name)))?;
    for (unit_folder, user) in UNIT_FOLDERS {
        let found = path
            .rfind(unit_folder)
            .filter(|&at| at == 0 || path.get(..at).is_some_and(|p| p.ends_with('/')));
        let Some(at) = found else {
            continue;
        };
        let (prefix, below) = path.split_at(at);
        return Some(Place {
            prefix,
            on_machine: on_machine(rendered(below)),
            user,
            service,
        });
    }
    for wrong in WRONG_FOLDERS {
        let above = folder
            .strip_suffix(directory)
            .filter(|_| in_drop_ins.is_some());
        if let Some(prefix) = above.and_then(|above| before(above, wrong)) {
            return Some(Place {
                prefix,
                on_machine: format!("/{wrong}{directory}/{}", rendered(name)),
                user: false,
                service,
            });
        }
    }
    // A drop-in folder anywhere else is copied to its place by whatever the repository deploys with.
    in_drop_ins?;
    let prefix = folder.strip_suffix(directory)?;
    Some(Place {
        prefix,
        on_machine: format!("/etc/systemd/system/{directory}/{}", rendered(name)),
        user: false,
        service,
    })
}

/// Where on a machine a path below a root, or below a home directory, is.
fn on_machine(below: &str) -> String {
    match below.starts_with('.') {
        true => format!("{HOME}/{below}"),
        false => format!("/{below}"),
    }
}

/// What stands before the folders that a path ends in.
fn before<'p>(path: &'p str, end: &str) -> Option<&'p str> {
    let prefix = path.strip_suffix(end)?;
    (prefix.is_empty() || prefix.ends_with('/')).then_some(prefix)
}

/// The place of a file that is meant as a drop-in and lies where the units are.
fn beside_units<'p>(path: &'p str, file: &SourceFile) -> Option<Place<'p>> {
    let (folder, name) = path.rsplit_once('/')?;
    let folder = path.get(..=folder.len())?;
    let (unit_folder, user, prefix) = UNIT_FOLDERS
        .into_iter()
        .find_map(|(unit_folder, user)| Some((unit_folder, user, before(folder, unit_folder)?)))?;
    is_loose(path, file).then(|| Place {
        prefix,
        on_machine: on_machine(&format!("{unit_folder}{}", rendered(name))),
        user,
        service: service_of(file),
    })
}

/// The service that a file's path speaks of; Docker if it names none.
fn service_of(file: &SourceFile) -> Service {
    [Service::Containerd, Service::Podman]
        .into_iter()
        .find(|service| file.path().contains(service.name()))
        .unwrap_or(Service::Docker)
}

/// Drop-ins that lie in any folder, to be copied or filled in by whatever the repository deploys
/// with: their name and their content tell what they are. Each is a daemon of its own.
pub fn loose(files: &[(String, Arc<SourceFile>)]) -> Vec<(Shipped, Arc<SourceFile>)> {
    let files = files
        .iter()
        .filter(|(path, file)| is_loose(path, file) && beside_units(path, file).is_none());
    let shipped = files.map(|(path, file)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let service = service_of(file);
        let mut tree = MemoryTree::default();
        let on_machine = format!(
            "/etc/systemd/system/{}.d/{}",
            service.unit(),
            rendered(name)
        );
        tree.add_file(&on_machine, Arc::clone(file));
        let shipped = Shipped {
            prefix: folder.to_owned(),
            service,
            manager: Manager::System,
            tree,
        };
        (shipped, Arc::clone(file))
    });
    shipped.collect()
}

fn is_loose(path: &str, file: &SourceFile) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_drop_ins = folder.ends_with(".d");
    let sets = |line: &str| {
        let line = line.trim_start();
        line.starts_with("Environment")
            || (!line.starts_with(['#', ';']) && line.to_ascii_lowercase().contains("_proxy="))
    };
    file.kind() == FileKind::Unit
        && !in_drop_ins
        && rendered(name).ends_with(".conf")
        && file.text().lines().any(|line| line.trim() == "[Service]")
        && file.text().lines().any(sets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileTree};

    #[test]
    fn files_are_put_where_the_machine_would_have_them() {
        let paths = [
            "roles/docker/files/http-proxy.conf",
            "roles/docker/files/docker.service.d/http-proxy.conf.j2",
            "files/etc/systemd/system/docker.service.d/a.conf",
            "files/etc/docker/daemon.json",
            "files/etc/systemd/system/containerd.service.d/a.conf",
            "home/.config/systemd/user/docker.service.d/a.conf",
        ];
        let files: Vec<_> = paths
            .iter()
            .map(|path| {
                let file = SourceFile::new(FileId(0), (*path).into(), FileKind::Unit, Vec::new());
                ((*path).to_owned(), Arc::new(file))
            })
            .collect();
        let shipped = shipped(&files);
        let shown: Vec<_> = shipped
            .iter()
            .map(|one| (one.prefix.as_str(), one.service))
            .collect();
        assert_eq!(
            shown,
            [
                ("files/", Service::Docker),
                ("files/", Service::Containerd),
                ("home/", Service::Docker),
                ("roles/docker/files/", Service::Docker),
            ]
        );
        assert!(shipped[0].tree.entry("/etc/docker/daemon.json").is_some());
        assert!(
            shipped[2]
                .tree
                .entry("/root/.config/systemd/user/docker.service.d/a.conf")
                .is_some()
        );
        assert!(
            shipped[3]
                .tree
                .entry("/etc/systemd/system/docker.service.d/http-proxy.conf")
                .is_some()
        );
    }

    #[test]
    fn a_drop_in_may_lie_in_any_folder() {
        let dropin = "[Service]\nEnvironment=HTTP_PROXY=http://p:1\n";
        let files: Vec<_> = [
            ("http-proxy.conf", dropin),
            ("roles/containerd/templates/http-proxy.conf.j2", dropin),
            ("nginx/http-proxy.conf", "proxy_pass http://p;\n"),
            (
                "etc/systemd/system/firewalld.service.d/http-proxy.conf",
                dropin,
            ),
            ("prune.service", dropin),
        ]
        .into_iter()
        .map(|(path, text)| {
            let file = SourceFile::new(FileId(0), path.into(), FileKind::Unit, text.into());
            (path.to_owned(), Arc::new(file))
        })
        .collect();
        let loose = loose(&files);
        let services: Vec<_> = loose.iter().map(|(one, _)| one.service).collect();
        assert_eq!(services, [Service::Docker, Service::Containerd]);
    }
}
