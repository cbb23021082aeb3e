//! What of a trace stands outside of Dockerfiles, as it may be shown: daemons, clients, compose
//! files.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;

use super::tree::{Note, Row, RowKind, Tree};
use super::view::{PartView, Subject};
use crate::finding::redact::{Door, Quotes, Redacted};
use crate::flow::reach::{DaemonSetting, Stop, is_about, trace_daemon};
use crate::flow::{Build, ConfiguredDaemon, Workspace};
use crate::model::client::{ClientConfig, ProxyEntry};
use crate::model::daemon::{Diagnostic, Service};
use crate::model::{HopId, Mechanism, Provenance};
use crate::report::PlaceView;
use crate::report::words::mechanism;
use crate::source::{FileId, FileKind, Location, Span};

/// The files that are no Dockerfiles, and how their text is shown.
pub(super) struct Outside<'a> {
    pub workspace: &'a Workspace<'a>,
    variable: &'a str,
    masked: RefCell<HashMap<FileId, Rc<Masked>>>,
}

/// A file's text, every byte at its offset.
struct Masked {
    text: Redacted,
    /// The bytes that are masked, and must not be quoted either.
    secrets: Vec<Span>,
}

/// What must not be quoted, by the files that were looked through.
type Secrets<'a> = HashMap<FileId, Quotes<'a>>;

/// Of a longer line only what concerns the row is shown, in bytes.
const LONGEST_LINE: usize = 160;

impl<'a> Outside<'a> {
    pub fn new(workspace: &'a Workspace<'a>, variable: &'a str) -> Self {
        Self {
            workspace,
            variable,
            masked: RefCell::default(),
        }
    }

    pub fn door(&self) -> Door<'a> {
        Door::new(&self.workspace.names)
    }

    /// What daemons and clients have to do with the variable.
    pub fn parts(&self) -> Vec<PartView> {
        let machine = &self.workspace.machine;
        let daemons = machine.daemons.iter().filter_map(|one| self.daemon(one));
        let clients = machine.clients.iter();
        let clients = clients.filter_map(|(file, config)| self.client(*file, config));
        daemons.chain(clients).collect()
    }

    /// As much of it as stands on a line of the file that was asked about.
    pub fn parts_at(&self, line: usize) -> Vec<PartView> {
        let mut parts = self.parts();
        for part in &mut parts {
            part.line = Some(line);
            self.keep_line(part, line);
        }
        parts.retain(|part| !part.tree.rows.is_empty());
        parts
    }

    /// Keeps of a part what has to do with a line of the file that was asked about.
    pub fn keep_line(&self, part: &mut PartView, line: usize) {
        let asked = self.workspace.sources.iter();
        let asked: Vec<Redacted> = asked
            .filter(|file| file.is_asked_for())
            .map(|file| self.door().path(file.path()))
            .collect();
        part.tree.keep(|row: &Row| {
            row.place.is_some_and(|place| place.start.line == line)
                && row.file.as_ref().is_some_and(|file| asked.contains(file))
        });
    }

    fn daemon(&self, configured: &ConfiguredDaemon) -> Option<PartView> {
        let trace = trace_daemon(self.workspace, configured, self.variable);
        let mut tree = Tree::default();
        let mut secrets = Secrets::new();
        for setting in &trace.settings {
            tree.append(self.daemon_setting(configured, setting, &mut secrets));
        }
        for lost in &trace.lost {
            tree.append(vec![self.lost(lost, configured, &mut secrets)]);
        }
        let daemon = &configured.daemon;
        let subject = Subject::Daemon {
            is_on_host: configured.is_on_host,
            starts: daemon.starts,
        };
        let served = trace.settings.iter().filter(|setting| setting.is_used);
        let served = served.count();
        let part = part(
            subject,
            self.door().text(&daemon.unit),
            tree,
            trace.settings.len(),
            served,
        );
        (!part.tree.rows.is_empty()).then_some(part)
    }

    /// A setting below the directives that brought it; what uses it and where it stops below it.
    fn daemon_setting(
        &self,
        configured: &ConfiguredDaemon,
        setting: &DaemonSetting<'_>,
        secrets: &mut Secrets<'a>,
    ) -> Vec<Row> {
        let daemon = &configured.daemon;
        let mut rows = self.way(&daemon.provenance, setting.hop, setting.is_used);
        let Some(last) = rows.len().checked_sub(1) else {
            return rows;
        };
        if setting.value.as_known().is_none() {
            let filled = self.door().text("<not known from the files>");
            rows[last].note = Some(Note::Value(filled));
        }
        let depth = last + 1;
        let mut below = Vec::new();
        for fault in &setting.faults {
            let row = self.lost(fault, configured, secrets);
            below.push(Row {
                text: self.message(fault, secrets),
                note: None,
                ..row
            });
        }
        if setting.is_used {
            below.push(self.row(RowKind::Program, user(configured.service)));
        }
        if let Some(stop) = setting.stop {
            below.push(self.row(RowKind::Stop(stop), stop.sentence()));
        }
        rows.extend(below.into_iter().map(|row| Row {
            parent: Some(last),
            depth,
            ..row
        }));
        rows
    }

    /// What never reaches the daemon.
    fn lost(
        &self,
        found: &Diagnostic,
        configured: &ConfiguredDaemon,
        secrets: &mut Secrets<'a>,
    ) -> Row {
        let at = found.at.unwrap_or(Location {
            file: configured.file,
            span: Span::at(0),
        });
        let kind = RowKind::Lost(found.cause.rule());
        Row {
            note: Some(Note::Message(self.message(found, secrets))),
            ..self.row_at(kind, at)
        }
    }

    fn message(&self, found: &Diagnostic, secrets: &mut Secrets<'a>) -> Redacted {
        let Some(file) = found.at.map(|at| at.file) else {
            return self.door().text(&found.message);
        };
        let quotes = secrets.entry(file).or_insert_with(|| {
            let source = self.workspace.source(file);
            let masked = self.masked(file);
            Quotes::new(masked.secrets.iter().map(|&span| source.slice(span)))
        });
        let quoted = quotes.find(&found.message);
        self.door().text_with(&found.message, quoted)
    }

    fn client(&self, file: FileId, config: &ClientConfig) -> Option<PartView> {
        let mut tree = Tree::default();
        let mut settings = 0;
        for entry in &config.entries {
            for rows in self.client_entry(entry) {
                settings += 1;
                tree.append(rows);
            }
        }
        let path = self.door().path(self.workspace.source(file).path());
        let served = settings;
        (settings > 0).then(|| part(Subject::Client, path, tree, settings, served))
    }

    fn client_entry(&self, entry: &ProxyEntry) -> Vec<Vec<Row>> {
        let own = entry.settings.iter();
        let own = own.filter(|setting| {
            is_about(self.variable, setting.variable) && !setting.value.is_empty()
        });
        let rows = own.map(|setting| {
            let how = Mechanism::ClientProxies;
            let mut rows = vec![self.row_at(RowKind::Origin { how, arrives: true }, setting.at)];
            let (upper, lower) = (setting.variable, setting.variable.to_lowercase());
            let containers = format!("docker run: {upper} and {lower} in every container");
            let builds = format!("docker build and compose: the build argument {upper}");
            let mut below = Vec::new();
            match upper {
                "ALL_PROXY" => {
                    let stop = Stop::NoBuildArgument;
                    below.push(self.row(RowKind::Stop(stop), stop.sentence()));
                }
                _ => below.push(self.row(RowKind::Program, &builds)),
            }
            below.push(self.row(RowKind::Program, &containers));
            if entry.address != "default" {
                let stop = Stop::OneAddress;
                below.push(Row {
                    note: Some(Note::Sentence(stop.sentence())),
                    ..self.row(RowKind::Stop(stop), &entry.address)
                });
            }
            rows.extend(below.into_iter().map(|row| Row {
                parent: Some(0),
                depth: 1,
                ..row
            }));
            rows
        });
        rows.collect()
    }

    /// What the service of a build sets for its container, where no RUN sees it.
    pub fn at_run_time(&self, build: &Build<'_>) -> Vec<Vec<Row>> {
        let Some((project, service)) = self.workspace.service(build) else {
            return Vec::new();
        };
        let own = service.environment.iter();
        let own = own.filter(|entry| is_about(self.variable, &entry.name) && entry.value.is_some());
        let rows = own.map(|entry| {
            let mut rows = self.way(&project.provenance, entry.hop, false);
            if let Some(last) = rows.len().checked_sub(1) {
                let stop = Stop::RunTimeOnly;
                rows.push(Row {
                    parent: Some(last),
                    depth: last + 1,
                    ..self.row(RowKind::Stop(stop), stop.sentence())
                });
            }
            rows
        });
        rows.collect()
    }

    /// The hops before and at `hop` that stand in files, each below the one before it.
    pub fn way(&self, provenance: &Provenance, hop: HopId, arrives: bool) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut last = None;
        for hop in provenance.story(hop) {
            let hop = provenance.hop(hop);
            let how = hop.how;
            let kind = RowKind::Origin { how, arrives };
            let row = match hop.at {
                Some(at) if last.replace(at) == Some(at) => continue,
                Some(at) => self.row_at(kind, at),
                // What the caller's shell sets stands in no file.
                None if how == Mechanism::ProcessEnvironment => self.row(kind, mechanism(how)),
                None => continue,
            };
            let depth = rows.len();
            rows.push(Row {
                parent: depth.checked_sub(1),
                depth,
                ..row
            });
        }
        rows
    }

    fn row(&self, kind: RowKind, text: &str) -> Row {
        Row {
            parent: None,
            depth: 0,
            kind,
            place: None,
            file: None,
            stage: None,
            text: self.door().text(text),
            note: None,
        }
    }

    fn row_at(&self, kind: RowKind, at: Location) -> Row {
        let source = self.workspace.source(at.file);
        Row {
            place: Some(PlaceView::new(source, at.span)),
            file: Some(self.door().path(source.path())),
            text: self.written(at),
            ..self.row(kind, "")
        }
    }

    /// The line that holds a place. The place alone if the line is long, or may hold several
    /// settings.
    fn written(&self, at: Location) -> Redacted {
        let source = self.workspace.source(at.file);
        let is_whole = source.kind() == FileKind::Unit && source.slice(at.span).contains('=');
        let masked = self.masked(at.file);
        let text = masked.text.as_str();
        let (start, end) = (at.span.start as usize, at.span.end as usize);
        let before = text.get(..start).unwrap_or_default();
        let behind = text.get(end..).unwrap_or_default();
        let first = before.rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let last = behind
            .find(['\n', '\r'])
            .map_or(text.len(), |found| end + found);
        let line = text.get(first..last).unwrap_or_default().trim();
        let shown = match line.len() <= LONGEST_LINE && !is_whole {
            true => line,
            false => text.get(start..end).unwrap_or_default(),
        };
        let mut words = String::new();
        for word in shown.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        self.door().text(&words)
    }

    fn masked(&self, file: FileId) -> Rc<Masked> {
        let mut all = self.masked.borrow_mut();
        let masked = all.entry(file).or_insert_with(|| {
            let source = self.workspace.source(file);
            let mask = self.door().mask(source);
            Rc::new(Masked {
                text: mask.apply(source.text()),
                secrets: mask.spans().collect(),
            })
        });
        Rc::clone(masked)
    }

    /// Whether a value comes from a file whose values are nobody's business.
    pub fn kind_of_origin(&self, provenance: &Provenance, hop: HopId) -> Option<FileKind> {
        let story = provenance.story(hop);
        let mut places = story.iter().filter_map(|&hop| provenance.hop(hop).at);
        places
            .next()
            .map(|at| self.workspace.source(at.file).kind())
    }
}

fn part(subject: Subject, path: Redacted, tree: Tree, settings: usize, served: usize) -> PartView {
    PartView {
        subject,
        path,
        line: None,
        service: None,
        stages: Vec::new(),
        tree,
        settings,
        readers: 0,
        served,
        uses: 0,
    }
}

/// Who uses a daemon's proxy, and for what (`facts/systemd-daemon-go.md` 49, 59, 60).
fn user(service: Service) -> &'static str {
    match service {
        Service::Docker => "dockerd: pull, push, login and ADD of URLs",
        Service::Containerd => "containerd: its own pulls",
        Service::Podman => "podman: pulls, and every RUN and container unless --http-proxy=false",
    }
}
