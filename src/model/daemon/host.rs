//! The machine a daemon runs on, as far as it is known.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::source::{FileKind, FileTree, TreeEntry, resolve};
use crate::syntax::environment_file;

/// Which manager runs the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manager {
    /// PID 1.
    System,
    /// The user's own (`systemctl --user`): rootless Docker.
    User {
        /// The user's home directory.
        home: String,
    },
}

/// What a file tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A whole machine: what is not in the tree does not exist.
    Machine,
    /// What a repository ships for a machine: units and environment files may come from elsewhere.
    Shipped,
}

/// What cannot be read from files.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The host name; `/etc/hostname` where it is not given.
    pub hostname: Option<String>,
    /// The architecture as systemd names it (`x86-64`).
    pub architecture: Option<String>,
    /// `uname -r`.
    pub kernel: Option<String>,
    /// The content of `os-release`, where the tree has none.
    pub os_release: Option<BTreeMap<String, String>>,
    /// The environment of the manager process.
    pub manager_environment: Option<BTreeMap<String, String>>,
}

/// A machine: its files, the manager that runs the daemon, further facts.
pub(super) struct Host<'a> {
    pub tree: &'a dyn FileTree,
    pub manager: &'a Manager,
    pub facts: &'a Facts,
    os_release: OnceCell<Option<BTreeMap<String, String>>>,
}

impl<'a> Host<'a> {
    pub fn new(tree: &'a dyn FileTree, manager: &'a Manager, facts: &'a Facts) -> Self {
        Self {
            tree,
            manager,
            facts,
            os_release: OnceCell::new(),
        }
    }

    pub fn is_system(&self) -> bool {
        *self.manager == Manager::System
    }

    pub fn home(&self) -> &str {
        match self.manager {
            Manager::System => "/root",
            Manager::User { home } => home,
        }
    }

    /// A directory of the system manager, or its counterpart below the user's home.
    pub fn directory(&self, system: &str, user: Option<&str>) -> Option<String> {
        match self.manager {
            Manager::System => Some(system.to_owned()),
            Manager::User { home } => user.map(|name| format!("{home}/{name}")),
        }
    }

    /// The `daemon.json` that dockerd reads where no flag names another (moby `daemon_unix.go`
    /// `getDefaultDaemonConfigFile`).
    pub fn daemon_json(&self) -> String {
        match self.manager {
            Manager::System => "/etc/docker/daemon.json".to_owned(),
            Manager::User { home } => format!("{home}/.config/docker/daemon.json"),
        }
    }

    pub fn hostname(&self) -> Option<String> {
        let given = self.facts.hostname.clone();
        given.or_else(|| self.first_word("/etc/hostname"))
    }

    pub fn machine_id(&self) -> Option<String> {
        self.first_word("/etc/machine-id")
    }

    /// A field of `os-release`: empty where the file lacks it, unknown where there is no file.
    pub fn os_release(&self, field: &str) -> Option<String> {
        let read = || {
            let paths = ["/etc/os-release", "/usr/lib/os-release"];
            let file = paths.iter().find_map(|path| self.read(path))?;
            let parsed = environment_file::parse(&file).assignments;
            Some(parsed.into_iter().map(|a| (a.name, a.value)).collect())
        };
        let fields = self.os_release.get_or_init(read).as_ref();
        let fields = fields.or(self.facts.os_release.as_ref())?;
        Some(fields.get(field).cloned().unwrap_or_default())
    }

    fn read(&self, path: &str) -> Option<std::sync::Arc<crate::source::SourceFile>> {
        let found = resolve(self.tree, path)?;
        let regular = found.entry == Some(TreeEntry::File);
        let file = regular.then(|| self.tree.read(&found.path, FileKind::EnvironmentFile));
        file.flatten()
    }

    fn first_word(&self, path: &str) -> Option<String> {
        let file = self.read(path)?;
        let lines = file.text().lines().map(str::trim);
        let line = lines
            .into_iter()
            .find(|line| !line.is_empty() && !line.starts_with('#'));
        line.map(str::to_owned)
    }
}
