//! Files that were meant for the daemon and never reach it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::Value;
use crate::source::{FileKind, FileTree, Location, SourceFile, Span, TreeEntry, resolve};

use super::daemon_json;
use super::diagnostic::{Cause, Diagnostic};
use super::environment::Environment;
use super::host::{Host, Manager, Scope};
use super::intent::{Intent, assignment_intent, intents, is_set_aside};
use super::manager::ManagerSettings;
use super::names;
use super::search::{self, Fragment, UnitFiles};

/// What is known when the search for lost files begins.
pub(super) struct Known<'a> {
    pub host: &'a Host<'a>,
    pub scope: Scope,
    /// Whether the unit runs dockerd.
    pub dockerd: bool,
    pub unit: &'a UnitFiles,
    /// Files that were read, without links.
    pub read: &'a BTreeSet<String>,
    /// The daemon's environment.
    pub environment: &'a Environment,
    pub manager: &'a ManagerSettings,
    /// dockerd's `--config-file`, and where it is given.
    pub config_file: Option<&'a (Value<'static>, Location)>,
    /// Whether a file has more lines than are looked at.
    pub is_cut: bool,
}

/// Looks for files that are never read.
pub(super) fn find(known: &Known, diagnostics: &mut Vec<Diagnostic>) {
    let mut finder = Finder { known, diagnostics };
    finder.listed();
    finder.shadowed();
    for directory in &known.unit.directories {
        finder.own_directory(directory);
    }
    finder.manager_environment();
    finder.process_environment();
    if !known.dockerd {
        return;
    }
    finder.foreign_directories();
    finder.lying_about();
    if !known.is_cut {
        finder.not_wired();
    }
    finder.passed_over();
    if known.scope == Scope::Machine {
        finder.for_logins();
    }
}

struct Finder<'a> {
    known: &'a Known<'a>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Finder<'_> {
    fn tree(&self) -> &dyn FileTree {
        self.known.host.tree
    }

    /// Whether the daemon has a proxy, or may have one.
    fn has_proxy(&self) -> bool {
        let mut names = self.known.environment.keys();
        self.known.is_cut || names.any(|name| names::is_proxy_url(name))
    }

    fn open(&self, path: &str, kind: FileKind) -> Option<Arc<SourceFile>> {
        let found = resolve(self.tree(), path)?;
        let unread = found.entry == Some(TreeEntry::File) && !self.known.read.contains(&found.path);
        unread.then(|| self.tree().read(&found.path, kind))?
    }

    fn report(
        &mut self,
        cause: Cause,
        path: &str,
        file: &SourceFile,
        intent: &Intent,
        message: String,
    ) -> &mut Diagnostic {
        let at = Location {
            file: file.id(),
            span: intent.at,
        };
        let mut found = Diagnostic::new(cause, path, Some(at), message);
        found.name.clone_from(&intent.name);
        self.diagnostics.push(found);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Drop-ins that systemd lists although there is nothing to read.
    fn listed(&mut self) {
        let known = self.known;
        for drop_in in &known.unit.drop_ins {
            let path = &drop_in.path;
            let hides = known.unit.shadowed.iter().any(|(_, hiding)| hiding == path);
            match resolve(self.tree(), path) {
                Some(found) if found.is_null() => {}
                Some(found) if found.entry == Some(TreeEntry::File) => {
                    let file = self.tree().read(&found.path, FileKind::Unit);
                    if let Some(file) = file.filter(|file| file.text().is_empty() && !hides) {
                        let at = Location {
                            file: file.id(),
                            span: Span::at(0),
                        };
                        let message = "this drop-in is empty: it sets nothing and hides nothing";
                        let found = Diagnostic::new(Cause::EmptyFile, path, Some(at), message);
                        self.diagnostics.push(found);
                    }
                }
                Some(found) if found.entry == Some(TreeEntry::Directory) => {
                    self.nested(path, &found.path)
                }
                Some(found) if found.entry.is_some() => {}
                _ if hides => {}
                _ => {
                    let message =
                        "this link leads nowhere: systemd lists the drop-in and reads nothing";
                    self.diagnostics.push(Diagnostic::new(
                        Cause::DanglingLink,
                        path,
                        None,
                        message,
                    ));
                }
            }
        }
    }

    fn shadowed(&mut self) {
        let known = self.known;
        for (hidden, hiding) in &known.unit.shadowed {
            let mask = match resolve(self.tree(), hiding) {
                Some(found) if found.entry == Some(TreeEntry::File) => {
                    let file = self.tree().read(&found.path, FileKind::Unit);
                    file.is_none_or(|file| file.text().is_empty())
                }
                _ => true,
            };
            if mask {
                continue;
            }
            let Some(file) = self.open(hidden, FileKind::Unit) else {
                continue;
            };
            let lost = intents(&file).into_iter().find(|intent| {
                let name = intent.name.as_deref();
                name.is_some_and(|name| {
                    names::is_proxy(name) && !known.environment.contains_key(name)
                })
            });
            if let Some(intent) = lost {
                let message = format!(
                    "this file is never read: `{hiding}` has the same name and comes first"
                );
                self.report(Cause::Shadowed, hidden, &file, &intent, message)
                    .help = Some("give the file a name of its own".to_owned());
            }
        }
    }

    /// What else lies in a directory whose `.conf` files are read.
    fn own_directory(&mut self, directory: &str) {
        for name in self.tree().list(directory) {
            let path = format!("{directory}/{name}");
            let conf = name.ends_with(".conf");
            if conf && !name.starts_with('.') || is_set_aside(&name) {
                continue;
            }
            if self.tree().entry(&path) == Some(TreeEntry::Directory) {
                self.nested(&path, &path);
                continue;
            }
            if name == "daemon.json" {
                self.daemon_json_among_drop_ins(&path);
                continue;
            }
            let (cause, message) = if name.starts_with('.') {
                (
                    Cause::Hidden,
                    "systemd skips files whose name starts with a dot",
                )
            } else {
                (
                    Cause::Suffix,
                    "systemd reads only files that end in `.conf` here",
                )
            };
            self.candidate(cause, &path, message.to_owned());
        }
    }

    fn nested(&mut self, shown: &str, directory: &str) {
        for name in self.tree().list(directory) {
            if !is_set_aside(&name) {
                let path = format!("{shown}/{name}");
                let message = "systemd reads no drop-ins in sub-folders".to_owned();
                self.candidate(Cause::Nested, &path, message);
            }
        }
    }

    /// Reports a file if it holds settings for a service or a proxy.
    fn candidate(&mut self, cause: Cause, path: &str, message: String) -> Option<&mut Diagnostic> {
        let file = self.open(path, FileKind::Unit)?;
        let found = intents(&file);
        let intent = found
            .into_iter()
            .find(|intent| intent.service || intent.proxy);
        let intent = intent.or_else(|| assignment_intent(&file))?;
        let found = self.report(cause, path, &file, &intent, message);
        found.line = intent.line;
        Some(found)
    }

    /// Drop-in directories that look like Docker's and belong to no unit that runs it.
    fn foreign_directories(&mut self) {
        let home = self.known.host.home().to_owned();
        let mut bases: Vec<(String, usize)> = [
            "/etc/systemd",
            "/run/systemd",
            "/usr/local/lib/systemd",
            "/usr/lib/systemd",
            "/lib/systemd",
        ]
        .map(|base| (base.to_owned(), 2))
        .to_vec();
        bases.push(("/etc/docker".to_owned(), 1));
        bases.push((format!("{home}/.config/systemd"), 2));
        bases.push((format!("{home}/.config/docker"), 1));
        bases.push((format!("{home}/.config"), 0));
        bases.push((format!("{home}/.local/share/systemd"), 2));
        let mut seen: BTreeSet<String> = self.known.unit.directories.iter().cloned().collect();
        for (base, depth) in bases {
            for directory in drop_in_directories(self.tree(), &base, depth) {
                if seen.insert(directory.clone()) {
                    self.foreign(&directory);
                }
            }
        }
    }

    /// Drop-ins that lie where units or Docker's own files are, in no drop-in folder.
    fn lying_about(&mut self) {
        let manager = self.known.host.manager;
        let units = search::search_path(manager);
        let message = "systemd reads no `.conf` file that lies beside the units";
        let beside_units = units.into_iter().map(|folder| (folder, message));
        let others = [(
            "/etc/docker".to_owned(),
            "systemd reads no drop-ins in /etc/docker",
        )];
        for (folder, message) in beside_units.chain(others) {
            for name in self.tree().list(&folder) {
                let path = format!("{folder}/{name}");
                let is_meant = |file: Arc<SourceFile>| {
                    let found = intents(&file);
                    found.iter().any(|intent| intent.service && intent.proxy)
                };
                if name.ends_with(".conf")
                    && self.open(&path, FileKind::Unit).is_some_and(is_meant)
                    && let Some(found) =
                        self.candidate(Cause::WrongDirectory, &path, message.to_owned())
                {
                    found.help = Some(help_for(manager));
                }
            }
        }
    }

    fn foreign(&mut self, directory: &str) {
        let Some((parent, name)) = directory.rsplit_once('/') else {
            return;
        };
        let unit = name.strip_suffix(".d").unwrap_or(name);
        let Some((cause, message)) = self.judge(parent, unit) else {
            return;
        };
        for file in self.tree().list(directory) {
            if file.ends_with(".conf") && !file.starts_with('.') {
                let path = format!("{directory}/{file}");
                let manager = self.known.host.manager;
                let is_guess = cause == Cause::OtherManager && self.known.scope == Scope::Shipped;
                if let Some(found) = self.candidate(cause, &path, message.clone()) {
                    found.help = Some(help_for(manager));
                    found.minor = cause == Cause::Containerd || is_guess;
                }
            }
        }
    }

    /// Whether drop-ins of `unit` below `parent` are lost to the daemon.
    fn judge(&self, parent: &str, unit: &str) -> Option<(Cause, String)> {
        let known = self.known;
        let tree = self.tree();
        let home = known.host.home();
        let user = Manager::User {
            home: home.to_owned(),
        };
        let below = |manager: &Manager| {
            let mut path = search::search_path(manager).into_iter();
            path.any(|dir| resolve(tree, &dir).is_some_and(|found| found.path == parent))
        };
        let (in_system, in_user) = (below(&Manager::System), below(&user));
        if unit.starts_with("containerd.") {
            let own = if known.host.is_system() {
                in_system
            } else {
                in_user
            };
            let message = "this reaches containerd only: images are pulled by dockerd".to_owned();
            return (own && known.scope == Scope::Machine && !self.has_proxy())
                .then_some((Cause::Containerd, message));
        }
        if unit == "docker.socket" {
            let message = "settings of the socket do not reach dockerd".to_owned();
            return (in_system || in_user).then_some((Cause::SocketUnit, message));
        }
        let (own, other) = if known.host.is_system() {
            (
                in_system.then_some(Manager::System),
                in_user.then_some(user),
            )
        } else {
            (
                in_user.then_some(user),
                in_system.then_some(Manager::System),
            )
        };
        match (own, other) {
            (Some(manager), _) => {
                let message = match known.scope {
                    Scope::Machine => format!(
                        "no unit of this machine is called `{unit}`: systemd never reads this folder"
                    ),
                    Scope::Shipped => format!(
                        "Docker's unit is not called `{unit}`, but `docker.service`: systemd never reads this folder"
                    ),
                };
                (!self.is_read(&manager, unit)).then_some((Cause::WrongDirectory, message))
            }
            (None, Some(manager)) => {
                let message = match manager {
                    Manager::System => {
                        "this folder is the system manager's: a rootless daemon never sees it"
                    }
                    Manager::User { .. } => {
                        "this folder is for user services: the system's dockerd never sees it"
                    }
                };
                let is_read = match known.scope {
                    Scope::Machine => self.is_read(&manager, unit),
                    Scope::Shipped => self.has_unit(&manager, unit),
                };
                (!is_read).then(|| (Cause::OtherManager, message.to_owned()))
            }
            (None, None) => Some((
                Cause::WrongDirectory,
                "systemd looks for no drop-ins in this folder".to_owned(),
            )),
        }
    }

    /// Whether the files themselves bring the unit.
    fn has_unit(&self, manager: &Manager, unit: &str) -> bool {
        let mut folders = search::search_path(manager).into_iter();
        folders.any(|folder| self.tree().entry(&format!("{folder}/{unit}")).is_some())
    }

    /// Whether some unit of a manager reads the drop-ins of `unit`.
    fn is_read(&self, manager: &Manager, unit: &str) -> bool {
        if self.known.scope == Scope::Shipped {
            // Units of the machine are not in the tree: only names no package uses are wrong.
            const NO_UNIT: [&str; 9] = [
                "docker",
                "docker.conf",
                "docker.service.conf",
                "docker.services",
                "dockerd.service",
                "docker-ce.service",
                "docker-service",
                "docker@.service",
                "docker-.service",
            ];
            return !NO_UNIT.contains(&unit) && unit.starts_with(|c: char| c.is_ascii_lowercase());
        }
        let tree = self.tree();
        let mut directories = search::search_path(manager).into_iter();
        directories.any(|directory| {
            let directory = resolve(tree, &directory).map_or(directory, |found| found.path);
            let mut names = tree.list(&directory).into_iter();
            names.any(|name| {
                search::with_prefixes(&name)
                    .iter()
                    .any(|covered| covered == unit)
            })
        })
    }

    /// `ManagerEnvironment=` stays with the manager.
    fn manager_environment(&mut self) {
        for setting in &self.known.manager.own {
            let lost = names::is_proxy(&setting.name)
                && !self.known.environment.contains_key(&setting.name);
            if lost {
                let message = format!(
                    "`ManagerEnvironment=` is for systemd itself: no service gets `{}` from it",
                    setting.name
                );
                let found = Diagnostic::new(Cause::NotForServices, &setting.path, Some(setting.at), message)
                    .name(setting.name.clone())
                    .help("write `DefaultEnvironment=`, or `Environment=` in a drop-in for docker.service");
                self.diagnostics.push(found);
            }
        }
    }

    /// What the manager was itself started with stays with it, too.
    fn process_environment(&mut self) {
        let known = self.known;
        if self.has_proxy() {
            return;
        }
        let given = known.host.facts.manager_environment.iter().flatten();
        for (name, _) in given {
            if names::is_proxy(name) && !known.environment.contains_key(name) {
                let path = known.unit.name.as_str();
                let message =
                    format!("systemd was started with `{name}`, but hands it to no service");
                let found = Diagnostic::new(Cause::NotForServices, path, None, message)
                    .name(name.clone())
                    .help("set it with `Environment=` in a drop-in for docker.service")
                    .minor(true);
                self.diagnostics.push(found);
            }
        }
    }

    /// Files of Docker's packages that the unit must name (`facts/systemd-daemon-go.md` 38).
    fn not_wired(&mut self) {
        let has_unit = self.known.unit.fragment != Fragment::Missing;
        for path in ["/etc/default/docker", "/etc/sysconfig/docker"] {
            let message = match has_unit {
                true => format!(
                    "no `EnvironmentFile=` of the unit names `{path}`: dockerd never sees it"
                ),
                false => format!(
                    "docker-ce's unit names no `EnvironmentFile=`: its dockerd never sees `{path}`"
                ),
            };
            self.assignments(Cause::NotWired, path, &message, !has_unit);
        }
    }

    /// A `daemon.json` where systemd looks for drop-ins. A folder of the project that stands for none
    /// of the machine's may hold what is copied anywhere.
    fn daemon_json_among_drop_ins(&mut self, path: &str) {
        let message = "systemd reads only `.conf` files here, and dockerd no `daemon.json`";
        let is_in_place = |file: &SourceFile| file.location().ends_with(path);
        let is_named = match self.known.config_file {
            Some((named, _)) => named.as_known().is_none_or(|named| named == path),
            None => false,
        };
        if is_named || !self.known.dockerd {
            return;
        }
        let help = format!("move it to {}", self.known.host.daemon_json());
        if let Some(found) = self.daemon_json(path, is_in_place, message.to_owned()) {
            found.help = Some(help);
        }
    }

    /// The usual `daemon.json`, where a flag names another.
    fn passed_over(&mut self) {
        let Some((named, flag)) = self.known.config_file else {
            return;
        };
        let path = self.known.host.daemon_json();
        // An empty path names no file, and what it was meant to hold is not known.
        let Some(named) = named.as_known().filter(|named| !named.is_empty()) else {
            return;
        };
        let real = |path: &str| resolve(self.tree(), path).map(|found| found.path);
        if named == path || real(named).is_some_and(|named| Some(named) == real(&path)) {
            return;
        }
        let message = format!("dockerd reads `{named}` instead of this file");
        let help = format!("set `proxies` in {named}, or remove `--config-file`");
        if let Some(found) = self.daemon_json(&path, |_| true, message) {
            *found = found.clone().help(help).related(*flag, "named here");
        }
    }

    /// Reports a `daemon.json` that sets proxies.
    fn daemon_json(
        &mut self,
        path: &str,
        counts: impl Fn(&SourceFile) -> bool,
        message: String,
    ) -> Option<&mut Diagnostic> {
        let file = self
            .open(path, FileKind::DaemonJson)
            .filter(|it| counts(it))?;
        let at = Location {
            file: file.id(),
            span: daemon_json::proxies_of(&file)?,
        };
        let found = Diagnostic::new(Cause::JsonNotRead, path, Some(at), message).minor(true);
        self.diagnostics.push(found);
        self.diagnostics.last_mut()
    }

    /// Files of assignments that services do not see.
    fn for_logins(&mut self) {
        if self.has_proxy() {
            return;
        }
        let mut paths = vec!["/etc/environment".to_owned(), "/etc/profile".to_owned()];
        for (directory, suffix) in [("/etc/environment.d", ".conf"), ("/etc/profile.d", ".sh")] {
            let names = self.tree().list(directory).into_iter();
            let names = names.filter(|name| {
                name.ends_with(suffix) && (suffix == ".sh" || self.known.host.is_system())
            });
            paths.extend(names.map(|name| format!("{directory}/{name}")));
        }
        for path in paths {
            let message = "this is for logins: a service, and so dockerd, does not see it";
            self.assignments(Cause::NotForServices, &path, message, true);
        }
    }

    fn assignments(&mut self, cause: Cause, path: &str, message: &str, minor: bool) {
        let Some(file) = self.open(path, FileKind::EnvironmentFile) else {
            return;
        };
        let Some(intent) = assignment_intent(&file) else {
            return;
        };
        let there = intent
            .name
            .as_ref()
            .is_some_and(|name| self.known.environment.contains_key(name));
        if !there {
            let found = self.report(cause, path, &file, &intent, message.to_owned());
            found.help =
                Some("set it with `Environment=` in a drop-in for docker.service".to_owned());
            found.minor = minor;
        }
    }
}

fn help_for(manager: &Manager) -> String {
    match manager {
        Manager::System => "move it to /etc/systemd/system/docker.service.d/".to_owned(),
        Manager::User { .. } => "move it to ~/.config/systemd/user/docker.service.d/".to_owned(),
    }
}

/// Directories called `*.d` below `base` whose name speaks of Docker, without links.
fn drop_in_directories(tree: &dyn FileTree, base: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    let Some(base) = resolve(tree, base).filter(|found| found.entry == Some(TreeEntry::Directory))
    else {
        return found;
    };
    let mut pending = vec![(base.path, depth)];
    while let Some((directory, depth)) = pending.pop() {
        for name in tree.list(&directory) {
            let path = format!("{directory}/{name}");
            if tree.entry(&path) != Some(TreeEntry::Directory) {
                continue;
            }
            let lower = name.to_ascii_lowercase();
            if lower.ends_with(".d")
                && (lower.contains("docker") || lower == "containerd.service.d")
            {
                found.push(path);
            } else if depth > 0 && !lower.ends_with(".wants") {
                pending.push((path, depth - 1));
            }
        }
    }
    found
}
