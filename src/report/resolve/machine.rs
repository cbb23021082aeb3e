//! Daemons and clients as they may be shown: everything has passed the redaction door.

use std::cell::RefCell;
use std::io;

use hashbrown::HashMap;

use super::view::{PieceView, SpottedHop, ValueView};
use super::{machine_human, machine_json};
use crate::finding::redact::{Door, Quotes, Redacted};
use crate::flow::{ConfiguredDaemon, Workspace};
use crate::model::client::ClientConfig;
use crate::model::daemon::{Daemon, Diagnostic, LoadState, ProxySetting};
use crate::model::{HopId, Piece, Provenance, Unknown, Value, go_proxy};
use crate::report::words::{mechanism, unknown};
use crate::report::{RenderOptions, SpotView};
use crate::source::{FileId, FileKind, Location};

/// What the files of a machine configure.
#[derive(Debug, Default)]
pub struct MachineView {
    /// The daemons.
    pub daemons: Vec<DaemonView>,
    /// The clients.
    pub clients: Vec<ClientView>,
}

/// A daemon.
#[derive(Debug)]
pub struct DaemonView {
    /// Its unit.
    pub unit: String,
    /// Whether systemd has the unit, in one word.
    pub state: &'static str,
    /// Whether it is the machine's own, and not one that a project ships files for.
    pub is_on_host: bool,
    /// Whether it starts, as far as its files tell.
    pub starts: bool,
    /// The unit's file, as a path of the machine.
    pub fragment: Option<Redacted>,
    /// The drop-ins in the order they are read, as paths of the machine.
    pub drop_ins: Vec<Redacted>,
    /// What systemd hands to the process.
    pub environment: Vec<SettingView>,
    /// Whether files that are not here may bring more variables.
    pub is_partial: bool,
    /// The proxies in force: for `http://`, for `https://`, and the exceptions.
    pub proxies: [Option<SettingView>; 3],
    /// What Go makes of the first two.
    pub go: [GoView; 2],
    /// What was meant for it and is lost on the way.
    pub lost: Vec<LostView>,
}

/// Something that was meant for a daemon and does not reach it as it is written.
#[derive(Debug)]
pub struct LostView {
    /// The rule that reports it.
    pub rule: &'static str,
    /// What happens to it.
    pub message: Redacted,
    /// The file; as a path of the machine if there is none to open.
    pub file: Redacted,
    /// The line.
    pub line: Option<usize>,
}

/// What Go makes of a proxy.
#[derive(Debug, PartialEq, Eq)]
pub enum GoView {
    /// It connects directly.
    Direct,
    /// It goes through this proxy.
    Proxy(Redacted),
    /// That cannot be known.
    Unknown,
}

/// A client.
#[derive(Debug)]
pub struct ClientView {
    /// Its file.
    pub path: Redacted,
    /// The proxies by the daemon they are for.
    pub entries: Vec<EntryView>,
}

/// An entry of the client's `proxies`.
#[derive(Debug)]
pub struct EntryView {
    /// The daemon's address, or `default`.
    pub address: Redacted,
    /// The build arguments that compose and buildx add.
    pub builds: Vec<SettingView>,
    /// The variables that containers get.
    pub containers: Vec<SettingView>,
}

/// A variable with its value and its way.
#[derive(Debug)]
pub struct SettingView {
    /// Its name.
    pub name: Redacted,
    /// Its value.
    pub value: ValueView,
    /// How it came, origins first.
    pub hops: Vec<SpottedHop>,
}

impl MachineView {
    /// The daemons and clients that `shown` picks.
    pub fn new(
        workspace: &Workspace<'_>,
        daemon: impl Fn(&ConfiguredDaemon) -> bool,
        client: impl Fn(FileId) -> bool,
    ) -> Self {
        let builder = Builder {
            workspace,
            secrets: RefCell::default(),
        };
        let machine = &workspace.machine;
        let daemons = machine.daemons.iter().filter(|one| daemon(one));
        let clients = machine.clients.iter().filter(|(file, _)| client(*file));
        Self {
            daemons: daemons.map(|one| builder.daemon(one)).collect(),
            clients: clients
                .map(|(file, config)| builder.client(*file, config))
                .collect(),
        }
    }

    /// Writes it for people.
    pub fn human(&self, options: &RenderOptions, out: &mut dyn io::Write) -> io::Result<()> {
        machine_human::render(self, options, out)
    }

    /// Writes it for programs, in the shape of `docklint-resolve-machine.schema.json`.
    pub fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        machine_json::render(self, out)
    }
}

struct Builder<'a> {
    workspace: &'a Workspace<'a>,
    /// What must not be quoted, by the files that were looked through.
    secrets: RefCell<HashMap<FileId, Quotes<'a>>>,
}

impl Builder<'_> {
    fn door(&self) -> Door<'_> {
        Door::new(&self.workspace.names)
    }

    fn daemon(&self, configured: &ConfiguredDaemon) -> DaemonView {
        let daemon = &configured.daemon;
        let environment = daemon.environment.iter().map(|(name, variable)| {
            self.setting(name, &variable.value, variable.hop, &daemon.provenance)
        });
        let proxies = &daemon.proxies;
        let named = [
            ("HTTP_PROXY", &proxies.http),
            ("HTTPS_PROXY", &proxies.https),
            ("NO_PROXY", &proxies.no_proxy),
        ];
        DaemonView {
            unit: daemon.unit.clone(),
            state: state(daemon),
            is_on_host: configured.is_on_host,
            starts: daemon.starts,
            fragment: daemon
                .fragment
                .as_deref()
                .map(|path| self.door().path(path)),
            drop_ins: daemon
                .drop_ins
                .iter()
                .map(|path| self.door().path(path))
                .collect(),
            environment: environment.collect(),
            is_partial: daemon.environment_is_partial,
            proxies: named.map(|(name, setting)| {
                let setting = setting.as_ref()?;
                Some(self.setting(name, &setting.value, setting.hop, &daemon.provenance))
            }),
            go: [&proxies.http, &proxies.https].map(|setting| match setting {
                None if daemon.environment_is_partial => GoView::Unknown,
                setting => self.go(setting.as_ref()),
            }),
            lost: daemon
                .diagnostics
                .iter()
                .map(|lost| self.lost(lost))
                .collect(),
        }
    }

    fn lost(&self, found: &Diagnostic) -> LostView {
        let source = found.at.map(|at| self.workspace.source(at.file));
        let path = source.map_or(found.path.as_str(), |source| source.path());
        let mut secrets = self.secrets.borrow_mut();
        let quoted = source.map(|source| {
            let look = || Quotes::new(self.door().mask(source).secrets(source.text()));
            let secrets = secrets.entry(source.id()).or_insert_with(look);
            secrets.find(&found.message)
        });
        let message = self
            .door()
            .text_with(&found.message, quoted.unwrap_or_default());
        LostView {
            rule: found.cause.rule(),
            message,
            file: self.door().path(path),
            line: found.at.map(|at| self.spot(at).place.start.line),
        }
    }

    fn client(&self, file: FileId, config: &ClientConfig) -> ClientView {
        let entries = config.entries.iter().map(|entry| {
            let address = Some(entry.address.as_str());
            let mut provenance = Provenance::default();
            let builds = config.build_args(address, &mut provenance);
            let containers = config.container_environment(address, &mut provenance);
            let view = |variables: Vec<crate::model::client::ClientVariable>| {
                let variables = variables.into_iter();
                variables
                    .map(|one| {
                        self.setting(&one.name, &Value::known(one.value), one.hop, &provenance)
                    })
                    .collect()
            };
            EntryView {
                address: self.door().text(&entry.address),
                builds: view(builds),
                containers: view(containers),
            }
        });
        ClientView {
            path: self.door().path(self.workspace.source(file).path()),
            entries: entries.collect(),
        }
    }

    fn setting(
        &self,
        name: &str,
        value: &Value<'_>,
        hop: HopId,
        provenance: &Provenance,
    ) -> SettingView {
        let story = provenance.story(hop);
        let hops: Vec<_> = story
            .into_iter()
            .map(|hop| {
                let hop = provenance.hop(hop);
                SpottedHop {
                    how: mechanism(hop.how),
                    place: hop.at.map(|at| self.spot(at)),
                }
            })
            .collect();
        let kind = provenance
            .hop(hop)
            .at
            .map_or(FileKind::Unit, |at| self.workspace.source(at.file).kind());
        SettingView {
            name: self.door().text(name),
            value: value_view(self.door(), kind, name, value),
            hops,
        }
    }

    /// What Go makes of a proxy.
    fn go(&self, setting: Option<&ProxySetting>) -> GoView {
        let Some(setting) = setting else {
            return GoView::Direct;
        };
        let Some(value) = setting.value.as_known() else {
            return GoView::Unknown;
        };
        match go_proxy::parse(value) {
            Ok(url) => GoView::Proxy(
                self.door()
                    .value("HTTP_PROXY", &url.connection().to_string()),
            ),
            Err(_) => GoView::Direct,
        }
    }

    fn spot(&self, at: Location) -> SpotView {
        let source = self.workspace.source(at.file);
        SpotView::new(source, at.span, self.door())
    }
}

fn value_view(door: Door<'_>, kind: FileKind, name: &str, value: &Value<'_>) -> ValueView {
    let text = |text: &str| PieceView::Text(door.value_in(kind, name, text, Vec::new()));
    let blank = |why: Unknown| PieceView::Unknown(unknown(why));
    let pieces = match value {
        Value::Known(known) if known.is_empty() => Vec::new(),
        Value::Known(known) => vec![text(known)],
        Value::Partly(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(known) => text(known),
                Piece::Unknown(why) => blank(*why),
            })
            .collect(),
        Value::Unknown(why) => vec![blank(*why)],
    };
    ValueView { pieces }
}

fn state(daemon: &Daemon) -> &'static str {
    match daemon.load_state {
        LoadState::Loaded => "loaded",
        LoadState::NotFound => "not-found",
        LoadState::Masked => "masked",
        LoadState::BadSetting => "bad-setting",
        LoadState::Error => "error",
    }
}
