//! The machine's side: daemons and clients whose configuration is among the files of a run.

use std::sync::Arc;

use super::request::Request;
use crate::model::client::{self, ClientConfig};
use crate::model::compose::{ClientProxies, ClientProxy, ProxyKind};
use crate::model::daemon::{self, Cause, Daemon, Facts, Manager, Scope, Service};
use crate::source::{
    FileId, FileKind, FileTree, HostTree, MemoryTree, SourceFile, TreeEntry, resolve,
};

/// What is known of daemons and clients.
#[derive(Debug, Default)]
pub struct Machine {
    /// The daemons.
    pub daemons: Vec<ConfiguredDaemon>,
    /// The clients' configurations, by their files.
    pub clients: Vec<(FileId, ClientConfig)>,
}

/// A daemon that files configure.
#[derive(Debug)]
pub struct ConfiguredDaemon {
    /// What takes effect.
    pub daemon: Daemon,
    /// Which daemon it is.
    pub service: Service,
    /// A file that configures it: the place for what stands in no file.
    pub file: FileId,
    /// The folder that stands for the machine's root, as a location that ends in `/`.
    pub root: String,
    /// Whether it is this machine's own, and not one that the project ships files for.
    pub is_on_host: bool,
}

/// Where a `daemon.json` stands on a machine.
const DAEMON_JSON: &str = "/etc/docker/daemon.json";

impl Machine {
    /// Models what the files of a run configure.
    pub(super) fn new(sources: &[SourceFile], request: &Request) -> Self {
        let of_kind = |kind| sources.iter().filter(move |file| file.kind() == kind);
        let clients = of_kind(FileKind::ClientConfig)
            .map(|file| (file.id(), client::read(file)))
            .collect();
        let mut daemons = Vec::new();
        if let Some(host) = &request.host {
            daemons = on_host(host);
        }
        daemons.extend(shipped(sources, request));
        Self { daemons, clients }
    }

    /// The proxies that clients add to builds and containers.
    pub(super) fn client_proxies(&self) -> ClientProxies {
        let kind = |variable: &str| {
            let kinds = [
                ProxyKind::Http,
                ProxyKind::Https,
                ProxyKind::No,
                ProxyKind::Ftp,
                ProxyKind::All,
            ];
            kinds.into_iter().find(|kind| kind.variable() == variable)
        };
        // The first client's: of several there is no telling which one builds.
        let entry = self
            .clients
            .iter()
            .find_map(|(_, config)| config.entry(None));
        let settings = entry.into_iter().flat_map(|entry| &entry.settings);
        ClientProxies {
            entries: settings
                .filter(|setting| !setting.value.is_empty())
                .filter_map(|setting| {
                    Some(ClientProxy {
                        kind: kind(setting.variable)?,
                        value: setting.value.clone(),
                        at: Some(setting.at),
                    })
                })
                .collect(),
        }
    }
}

/// The daemons of a machine's own files: the system's, and those that users run for themselves.
fn on_host(host: &HostTree) -> Vec<ConfiguredDaemon> {
    let of = |manager| load(host, Service::Docker, manager, Scope::Machine);
    let users = homes(host)
        .into_iter()
        .map(|home| of(Manager::User { home }));
    let mut daemons: Vec<Daemon> = users.filter(|daemon| daemon.fragment.is_some()).collect();
    let system = of(Manager::System);
    if daemons.is_empty() || system.fragment.is_some() || !system.drop_ins.is_empty() {
        daemons.insert(0, system);
    }
    let read: Vec<String> = daemons
        .iter()
        .flat_map(|daemon| daemon.drop_ins.iter().cloned())
        .collect();
    for daemon in &mut daemons {
        // What one manager passes by, another may read.
        daemon
            .diagnostics
            .retain(|found| found.cause != Cause::OtherManager || !read.contains(&found.path));
    }
    let Some(file) = host.files().first().map(|file| file.id()) else {
        return Vec::new();
    };
    let configured = daemons.into_iter().map(|daemon| ConfiguredDaemon {
        daemon,
        service: Service::Docker,
        file,
        root: "/".to_owned(),
        is_on_host: true,
    });
    configured.collect()
}

/// More home directories than this are no machine's that somebody builds on.
const MOST_HOMES: usize = 64;

/// The home directories of a machine, that of whoever asks first.
fn homes(host: &HostTree) -> Vec<String> {
    let folder = resolve(host, "/home").filter(|found| found.entry == Some(TreeEntry::Directory));
    let below = folder.map_or_else(Vec::new, |folder| host.list(&folder.path));
    let below = below.into_iter().take(MOST_HOMES);
    let below = below.map(|name| format!("/home/{name}"));
    let own = host
        .home()
        .map(|home| home.trim_end_matches('/').to_owned());
    let mut homes: Vec<String> = own.into_iter().collect();
    for home in std::iter::once("/root".to_owned()).chain(below) {
        if !homes.contains(&home) {
            homes.push(home);
        }
    }
    homes
}

/// The files of a machine that configure its daemon and its clients, read now.
pub fn files_of_host(host: &HostTree) -> Vec<Arc<SourceFile>> {
    on_host(host);
    for home in homes(host) {
        let path = resolve(host, &format!("{home}/.docker/config.json"));
        let path = path.filter(|found| found.entry == Some(TreeEntry::File));
        path.and_then(|found| host.read(&found.path, FileKind::ClientConfig));
    }
    host.files()
}

/// The environment files that the project's units name, where they would stand in the project.
pub(super) fn environment_files(sources: &[SourceFile], request: &Request) -> Vec<String> {
    let files = files_of_project(sources, request);
    let groups = daemon::shipped(&files).into_iter();
    let wanted = groups.flat_map(|group| {
        let daemon = load(&group.tree, group.service, group.manager, Scope::Shipped);
        let absent = daemon.absent_files.into_iter();
        // A pattern asks for a whole folder, which may hold anything.
        let plain = absent.filter(|path| !path.contains(['*', '?', '[', ' ']));
        plain.map(move |path| format!("/{}{}", group.prefix, path.trim_start_matches('/')))
    });
    wanted.collect()
}

/// The files of the project that configure daemons, by their locations without the first `/`: what
/// a folder is called counts even where the project begins below it.
fn files_of_project(sources: &[SourceFile], request: &Request) -> Vec<(String, Arc<SourceFile>)> {
    let is_relevant = |file: &&SourceFile| {
        matches!(
            file.kind(),
            FileKind::Unit | FileKind::EnvironmentFile | FileKind::DaemonJson
        )
    };
    sources
        .iter()
        .filter(is_relevant)
        .filter(|file| !request.is_on_host(file.id()))
        .map(|file| {
            let path = file.location().trim_start_matches('/');
            (path.to_owned(), Arc::new(file.clone()))
        })
        .collect()
}

/// Of `daemons` the one that a file of the project is meant for, whether that is read or not.
pub fn daemon_of<'d>(
    daemons: &'d [ConfiguredDaemon],
    file: &SourceFile,
    request: &Request,
) -> Option<&'d ConfiguredDaemon> {
    let mut of_project = daemons.iter().filter(|daemon| !daemon.is_on_host);
    if let Some(root) = root_of_environment_file(file) {
        return of_project.find(|daemon| daemon.root == root && daemon.service == Service::Docker);
    }
    let alone = shipped(std::slice::from_ref(file), request);
    let meant = alone.first()?;
    of_project.find(|daemon| daemon.root == meant.root && daemon.service == meant.service)
}

/// The folder that stands for the root above an environment file of Docker's packages.
fn root_of_environment_file(file: &SourceFile) -> Option<&str> {
    let mut ends = ["etc/default/docker", "etc/sysconfig/docker"].into_iter();
    ends.find_map(|end| file.location().strip_suffix(end))
}

/// The daemons that the project's files are meant for.
fn shipped(sources: &[SourceFile], request: &Request) -> Vec<ConfiguredDaemon> {
    let files = files_of_project(sources, request);
    let mut daemons = Vec::new();
    let mut taken = Vec::new();
    for group in daemon::shipped(&files) {
        let daemon = load(&group.tree, group.service, group.manager, Scope::Shipped);
        let of_group = files
            .iter()
            .filter(|(path, _)| path.starts_with(&group.prefix));
        taken.extend(
            of_group
                .clone()
                .filter(|(path, _)| path.ends_with(DAEMON_JSON.trim_start_matches('/')))
                .map(|(_, file)| file.id()),
        );
        let mut told = daemon.diagnostics.iter();
        let unread = told.find(|found| found.cause == Cause::JsonNotRead);
        let unread = unread.and_then(|found| found.at).map(|at| at.file);
        taken.extend(unread);
        let is_subject =
            |file: &SourceFile| file.kind() == FileKind::Unit || Some(file.id()) == unread;
        if let Some((_, file)) = of_group.clone().find(|(_, file)| is_subject(file)) {
            daemons.push(ConfiguredDaemon {
                daemon,
                service: group.service,
                file: file.id(),
                root: format!("/{}", group.prefix),
                is_on_host: false,
            });
        }
    }
    for (group, file) in daemon::loose(&files) {
        daemons.push(ConfiguredDaemon {
            daemon: load(&group.tree, group.service, group.manager, Scope::Shipped),
            service: group.service,
            file: file.id(),
            root: format!("/{}/", group.prefix),
            is_on_host: false,
        });
    }
    for (path, file) in &files {
        let folder = path
            .rfind('/')
            .and_then(|at| path.get(..=at))
            .unwrap_or_default();
        if file.kind() == FileKind::DaemonJson && !taken.contains(&file.id()) {
            let mut tree = MemoryTree::default();
            tree.add_file(DAEMON_JSON, Arc::clone(file));
            daemons.push(ConfiguredDaemon {
                daemon: load(&tree, Service::Docker, Manager::System, Scope::Shipped),
                service: Service::Docker,
                file: file.id(),
                root: format!("/{}", folder.strip_suffix("etc/docker/").unwrap_or(folder)),
                is_on_host: false,
            });
        }
    }
    daemons
}

fn load(tree: &dyn FileTree, service: Service, manager: Manager, scope: Scope) -> Daemon {
    daemon::load(&daemon::Request {
        tree,
        unit: service.unit(),
        manager,
        scope,
        facts: Facts::default(),
    })
}
