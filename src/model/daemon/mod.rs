//! A daemon's configuration as it takes effect: unit, drop-ins, environment files, `daemon.json`,
//! flags (facts/systemd-daemon-go.md sections 1 and 2).
//!
//! ```text
//! search    which files make up the unit, and in which order
//! load, directives                           applies them to the service
//! assign, torn, word_error, specifier, exec   the values of Environment= and ExecStart=
//! manager   what the manager gives to every service
//! environment_files, environment             the started process's variables
//! start     whether it starts, and what is executed
//! daemon_json                                what dockerd adds by file and flag
//! values, not_read, intent                   what will not work although nothing complains
//! ```

mod assign;
mod daemon_json;
mod diagnostic;
mod directives;
mod environment;
mod environment_files;
mod exec;
mod host;
mod intent;
mod keys;
mod load;
mod manager;
mod names;
mod not_read;
mod search;
mod service;
mod shipped;
mod specifier;
mod start;
mod template;
mod torn;
mod values;
mod word_error;

use std::collections::BTreeSet;

use crate::model::go_proxy::GoProxy;
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{FileKind, FileTree, Location, Span, TreeEntry, resolve};

pub use diagnostic::{Cause, Diagnostic, Related, Repair};
pub use environment::{Environment, Variable};
pub use host::{Facts, Manager, Scope};
pub use shipped::{Service, Shipped, loose, shipped};

use daemon_json::{OptionValue, PROXY_OPTIONS};
use host::Host;
use load::Loader;
use search::{Fragment, UnitFiles};
use service::Role;
use specifier::Context;

/// What to load.
pub struct Request<'a> {
    /// The files.
    pub tree: &'a dyn FileTree,
    /// The unit's name, `docker.service` as a rule.
    pub unit: &'a str,
    /// Who runs it.
    pub manager: Manager,
    /// What the tree stands for.
    pub scope: Scope,
    /// What files do not say.
    pub facts: Facts,
}

impl Request<'_> {
    /// Whether the unit runs dockerd, which alone has a `daemon.json` and lookalike folders.
    fn is_dockerd(&self) -> bool {
        self.unit.starts_with("docker")
    }
}

/// Whether systemd has the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadState {
    /// It is loaded.
    Loaded,
    /// There is none of that name.
    NotFound,
    /// It is masked.
    Masked,
    /// Its settings are refused.
    BadSetting,
    /// Its file cannot be read to the end.
    Error,
}

/// One of the daemon's three proxy settings.
#[derive(Clone, Debug)]
pub struct ProxySetting {
    /// The value.
    pub value: Value<'static>,
    /// Where it comes from.
    pub hop: HopId,
    /// The bytes that set it.
    pub at: Option<Location>,
    /// Who sets it: the environment, `daemon.json` or a flag.
    pub from: Mechanism,
}

/// The daemon's proxies after file and flags have overridden the environment.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `http://`.
    pub http: Option<ProxySetting>,
    /// For `https://`, and so for registries.
    pub https: Option<ProxySetting>,
    /// The exceptions.
    pub no_proxy: Option<ProxySetting>,
}

/// A daemon's configuration as it takes effect.
#[derive(Debug)]
pub struct Daemon {
    /// The unit's main name.
    pub unit: String,
    /// Whether systemd has it.
    pub load_state: LoadState,
    /// Its main file.
    pub fragment: Option<String>,
    /// Its drop-ins in the order they are read.
    pub drop_ins: Vec<String>,
    /// Whether the process starts, as far as its configuration decides.
    pub starts: bool,
    /// The environment that systemd hands over.
    pub environment: Environment,
    /// Whether a file that is not there, or not read to its end, may bring more variables.
    pub environment_is_partial: bool,
    /// The environment files that are not there.
    pub absent_files: Vec<String>,
    /// The command line, `$` and `env` resolved.
    pub command: Vec<Value<'static>>,
    /// The proxies dockerd ends up with.
    pub proxies: Proxies,
    /// What does not do what was meant.
    pub diagnostics: Vec<Diagnostic>,
    /// The hops of all values.
    pub provenance: Provenance,
}

impl ProxySetting {
    /// Whether it is an option of dockerd's, by flag or in `daemon.json`, and no variable.
    pub fn is_option(&self) -> bool {
        matches!(self.from, Mechanism::DaemonJson | Mechanism::DaemonFlag)
    }
}

impl Proxies {
    /// The proxies' addresses, each with the variable it stands for.
    pub fn addresses(&self) -> impl Iterator<Item = (&'static str, &ProxySetting)> {
        let named = [("HTTP_PROXY", &self.http), ("HTTPS_PROXY", &self.https)];
        let set = named.into_iter();
        set.filter_map(|(name, setting)| Some((name, setting.as_ref()?)))
    }
}

impl Daemon {
    /// What Go makes of the proxies.
    pub fn go_proxy(&self) -> GoProxy {
        let proxies = &self.proxies;
        GoProxy::from_environment(|name| {
            let setting = match name {
                "HTTP_PROXY" => proxies.http.as_ref(),
                "HTTPS_PROXY" => proxies.https.as_ref(),
                "NO_PROXY" => proxies.no_proxy.as_ref(),
                _ => None,
            };
            setting.and_then(|setting| setting.value.as_known())
        })
    }
}

/// Works out a daemon's configuration.
pub fn load(request: &Request) -> Daemon {
    let host = Host::new(request.tree, &request.manager, &request.facts);
    let files = search::find(request.tree, &request.manager, request.unit);
    let fragment = match &files.fragment {
        Fragment::File { path, .. } | Fragment::Masked { path } => Some(path.clone()),
        Fragment::Missing => None,
    };
    let context = Context {
        unit: &files.name,
        fragment: fragment.as_deref(),
        host: &host,
    };
    Assembly {
        request,
        host: &host,
        files: &files,
        context: &context,
        read: BTreeSet::new(),
        daemon: Daemon {
            unit: files.name.clone(),
            load_state: LoadState::Loaded,
            fragment: fragment.clone(),
            drop_ins: files
                .drop_ins
                .iter()
                .map(|drop_in| drop_in.path.clone())
                .collect(),
            starts: true,
            environment: Environment::new(),
            environment_is_partial: false,
            absent_files: Vec::new(),
            command: Vec::new(),
            proxies: Proxies::default(),
            diagnostics: Vec::new(),
            provenance: Provenance::default(),
        },
    }
    .run()
}

/// A daemon while it is put together.
struct Assembly<'a> {
    request: &'a Request<'a>,
    host: &'a Host<'a>,
    files: &'a UnitFiles,
    context: &'a Context<'a>,
    read: BTreeSet<String>,
    daemon: Daemon,
}

impl Assembly<'_> {
    fn run(mut self) -> Daemon {
        let manager = manager::load(self.host, self.context, &mut self.daemon.diagnostics);
        self.note_read(&manager.read);
        let mut loader = Loader::new(self.context);
        self.apply_files(&mut loader);
        let service = loader.service;
        let is_cut = loader.is_cut || manager.is_cut;
        self.daemon.diagnostics.append(&mut loader.diagnostics);
        self.check_presence(&service, loader.is_cut);
        let loaded = environment_files::load(
            self.request.tree,
            self.request.scope,
            &service.files,
            &mut self.daemon.diagnostics,
        );
        self.note_read(&loaded.read);
        let refused = |found: &Diagnostic| {
            matches!(
                found.cause,
                Cause::EnvironmentFileMissing | Cause::EnvironmentFileUnreadable
            )
        };
        self.daemon.starts &= !self.daemon.diagnostics.iter().any(refused);
        self.daemon.environment_is_partial = loaded.unknown || is_cut;
        self.daemon.absent_files.clone_from(&loaded.absent);
        let parts = environment::Parts {
            manager: &manager,
            service: &service,
            files: &loaded,
            facts: &self.request.facts,
        };
        let is_out_of_sight =
            self.request.scope == Scope::Shipped && self.daemon.fragment.is_none();
        let is_whole = !self.daemon.environment_is_partial && !is_out_of_sight;
        let Daemon {
            provenance,
            diagnostics,
            ..
        } = &mut self.daemon;
        let mut environment = environment::compose(&parts, provenance, diagnostics);
        let words = start::command(&service, &mut environment, is_whole, provenance);
        let fits = start::fits(&environment, diagnostics);
        values::check(&environment, self.request.scope, diagnostics);
        values::check_flags(&service.exec_start, diagnostics);
        self.daemon.starts &= fits;
        self.daemon.command = words.iter().map(|word| word.value.clone()).collect();
        self.daemon.environment = environment;
        let file = service.exec_start.last().map(|command| command.at.file);
        let flags = daemon_json::flags(&words, file.unwrap_or_default());
        let command_path = service
            .exec_start
            .last()
            .map_or("", |command| &command.path);
        self.proxies(&flags, command_path);
        self.all_proxy();
        self.find_lost(&manager, &flags, is_cut);
        self.daemon
    }

    fn note_read(&mut self, paths: &[String]) {
        for path in paths {
            let resolved = resolve(self.request.tree, path);
            self.read
                .insert(resolved.map_or_else(|| path.clone(), |found| found.path));
        }
    }

    fn apply_files(&mut self, loader: &mut Loader) {
        if let Fragment::File { path, target } = &self.files.fragment {
            self.read.insert(target.clone());
            if let Some(source) = manager::open(self.host, path, Role::Fragment)
                && !loader.apply(&source)
            {
                self.broken_fragment(path, &source, &loader.diagnostics);
            }
        }
        for drop_in in &self.files.drop_ins {
            let role = if drop_in.generic {
                Role::GenericDropIn
            } else {
                Role::DropIn
            };
            if let Some(source) = manager::open(self.host, &drop_in.path, role) {
                self.note_read(std::slice::from_ref(&drop_in.path));
                loader.apply(&source);
            }
        }
    }

    /// A drop-in that cannot be read to its end loses its rest; a unit file is refused.
    fn broken_fragment(&mut self, path: &str, source: &service::Source, found: &[Diagnostic]) {
        self.daemon.starts = false;
        // `-ENOEXEC`, reported where the command line stands
        if found.iter().any(|found| found.cause == Cause::BadExecStart) {
            self.daemon.load_state = LoadState::BadSetting;
            return;
        }
        self.daemon.load_state = LoadState::Error;
        let at = Some(source.location(Span::at(0)));
        let message = "systemd cannot read this unit to its end and refuses it";
        let broken = Diagnostic::new(Cause::UnitBroken, path, at, message);
        self.daemon.diagnostics.push(broken);
    }

    /// Whether there is a unit to start, and whether systemd takes it, as far as that is known of one
    /// that is cut.
    fn check_presence(&mut self, service: &service::Service, is_cut: bool) {
        let daemon = &mut self.daemon;
        match &self.files.fragment {
            Fragment::File { path, .. } => {
                if daemon.load_state == LoadState::Loaded
                    && !is_cut
                    && !start::verify(service, path, &mut daemon.diagnostics)
                {
                    daemon.load_state = LoadState::BadSetting;
                    daemon.starts = false;
                }
            }
            Fragment::Masked { path } => {
                daemon.load_state = LoadState::Masked;
                daemon.starts = false;
                if !daemon.drop_ins.is_empty() {
                    let message = format!(
                        "`{}` is masked: it does not start, and its drop-ins have no effect",
                        daemon.unit
                    );
                    let help = format!("`systemctl unmask {}`", daemon.unit);
                    daemon
                        .diagnostics
                        .push(Diagnostic::new(Cause::UnitMasked, path, None, message).help(help));
                }
            }
            Fragment::Missing if self.request.scope == Scope::Machine => {
                daemon.load_state = LoadState::NotFound;
                daemon.starts = false;
                if let Some(path) = daemon.drop_ins.first() {
                    let at = manager::open(self.host, path, Role::DropIn)
                        .map(|source| source.location(Span::at(0)));
                    let message = format!(
                        "there are drop-ins for `{}` but no such unit: nothing starts",
                        daemon.unit
                    );
                    daemon.diagnostics.push(
                        Diagnostic::new(Cause::UnitMissing, path, at, message)
                            .help("install Docker, or correct the folder's name"),
                    );
                }
                // A unit that is not there is shown without its drop-ins.
                daemon.drop_ins.clear();
            }
            Fragment::Missing if is_cut => {}
            Fragment::Missing => self.check_shipped(service),
        }
    }

    /// Every Docker unit has an `ExecStart=`: one in a drop-in needs an empty one before it.
    fn check_shipped(&mut self, service: &service::Service) {
        let Some(command) = service
            .exec_start
            .first()
            .filter(|command| !command.after_reset)
        else {
            return;
        };
        let message = "the unit has an `ExecStart=` already: systemd refuses a second one";
        let found = Diagnostic::new(
            Cause::SecondExecStart,
            &command.path,
            Some(command.at),
            message,
        )
        .help("write an empty `ExecStart=` line above it to replace the first");
        self.daemon.diagnostics.push(found);
        self.daemon.starts = false;
    }

    /// `daemon.json` and flags over the environment, one by one.
    fn proxies(&mut self, flags: &daemon_json::Flags, command_path: &str) {
        let named = flags.config_file.as_ref();
        let named = named.and_then(|(path, _)| path.as_known());
        let path = named.map_or_else(|| self.host.daemon_json(), str::to_owned);
        let found = resolve(self.request.tree, &path)
            .filter(|found| self.request.is_dockerd() && found.entry == Some(TreeEntry::File));
        let file =
            found.and_then(|found| self.request.tree.read(&found.path, FileKind::DaemonJson));
        let mut json = daemon_json::DaemonJson::default();
        if let Some(file) = file {
            let diagnostics = &mut self.daemon.diagnostics;
            json = daemon_json::read(&file, &path, diagnostics);
            let clean = daemon_json::conflicts(&json, &path, flags, diagnostics);
            self.daemon.starts &= json.accepted && clean;
        }
        for (option, variable) in PROXY_OPTIONS {
            let of = |values: &[OptionValue]| {
                values
                    .iter()
                    .find(|value| value.option == option && !value.value.is_empty())
                    .cloned()
            };
            let given = of(&flags.proxies).map(|value| (value, Mechanism::DaemonFlag));
            let given =
                given.or_else(|| of(&json.proxies).map(|value| (value, Mechanism::DaemonJson)));
            let setting = match given {
                Some((value, from)) => {
                    let place = if from == Mechanism::DaemonJson {
                        &path
                    } else {
                        command_path
                    };
                    self.check_option(variable, &value, place);
                    Some(ProxySetting {
                        hop: self.daemon.provenance.add(from, Some(value.at), &[]),
                        at: Some(value.at),
                        value: value.value,
                        from,
                    })
                }
                None => self.by_environment(variable),
            };
            match option {
                "http-proxy" => self.daemon.proxies.http = setting,
                "https-proxy" => self.daemon.proxies.https = setting,
                _ => self.daemon.proxies.no_proxy = setting,
            }
        }
    }

    /// dockerd and containerd read no `ALL_PROXY` (`facts/systemd-daemon-go.md` 46); only the git
    /// that dockerd starts for a remote context does.
    fn all_proxy(&mut self) {
        let daemon = &mut self.daemon;
        let is_read = daemon.unit.starts_with("podman");
        let may_have_others =
            daemon.proxies.addresses().next().is_some() || daemon.environment_is_partial;
        if is_read || may_have_others {
            return;
        }
        let names = ["ALL_PROXY", "all_proxy"];
        let set = names.into_iter().find_map(|name| {
            let variable = daemon.environment.get(name)?;
            (!variable.value.is_empty()).then_some((name, variable))
        });
        let Some((name, variable)) = set else {
            return;
        };
        let message = format!(
            "the daemon does not read `{name}`, and nothing sets `HTTP_PROXY` or `HTTPS_PROXY`: it connects directly"
        );
        let found = Diagnostic::new(Cause::NobodyReads, &variable.path, variable.at, message)
            .name(name)
            .help("set `HTTP_PROXY` and `HTTPS_PROXY` to this address; `socks5://` is understood")
            .minor(true);
        daemon.diagnostics.push(found);
    }

    /// What Go makes of an option's value, unless its place was told already.
    fn check_option(&mut self, variable: &str, option: &OptionValue, path: &str) {
        let at = option.at;
        let told = |old: &Diagnostic| {
            old.at.is_some_and(|old| {
                old.file == at.file
                    && old.span.start >= at.span.start
                    && old.span.end <= at.span.end
            })
        };
        let value = option.value.as_known().unwrap_or_default();
        let is_told = self.daemon.diagnostics.iter().any(told);
        let may_change = self.request.scope == Scope::Shipped && values::is_to_fill_in(value);
        if is_told || may_change {
            return;
        }
        let found = values::fault(variable, value, path, Some(at));
        self.daemon.diagnostics.extend(found);
    }

    /// The upper-case variable, or the lower-case one if that is empty.
    fn by_environment(&self, variable: &str) -> Option<ProxySetting> {
        let get = |name: &str| {
            self.daemon
                .environment
                .get(name)
                .filter(|found| !found.value.is_empty())
        };
        let found = get(variable).or_else(|| get(&variable.to_ascii_lowercase()))?;
        Some(ProxySetting {
            value: found.value.clone(),
            hop: found.hop,
            at: found.at,
            from: Mechanism::UnitEnvironment,
        })
    }

    fn find_lost(
        &mut self,
        manager: &manager::ManagerSettings,
        flags: &daemon_json::Flags,
        is_cut: bool,
    ) {
        let known = not_read::Known {
            host: self.host,
            scope: self.request.scope,
            dockerd: self.request.is_dockerd(),
            unit: self.files,
            read: &self.read,
            environment: &self.daemon.environment,
            manager,
            config_file: flags.config_file.as_ref(),
            is_cut,
        };
        let mut found = Vec::new();
        not_read::find(&known, &mut found);
        self.daemon.diagnostics.append(&mut found);
    }
}

#[cfg(test)]
mod tests;
