//! For programs: the tree with parents by position, in the shape of `docklint-trace.schema.json`.

use std::io;

use serde::Serialize;

use super::tree::{Note, Row, RowKind};
use super::view::{PartView, StageView, Subject, TraceView};
use crate::finding::redact::Redacted;
use crate::flow::reach::{Means, Reads};
use crate::model::Mechanism;
use crate::report;
use crate::report::PlaceView;
use crate::source::Position;

pub(super) fn render(view: &TraceView, out: &mut dyn io::Write) -> io::Result<()> {
    let trace = Trace {
        version: 1,
        variable: view.variable.as_str(),
        twin: view.twin.as_ref().map(|twin| twin.as_str()),
        daemons: of_subject(view, daemon),
        clients: of_subject(view, client),
        files: of_subject(view, file),
        left_out: view.left_out,
    };
    report::json::write(&trace, out)
}

#[derive(Serialize)]
struct Trace<'v> {
    version: u32,
    variable: &'v str,
    twin: Option<&'v str>,
    daemons: Vec<Daemon<'v>>,
    clients: Vec<Client<'v>>,
    files: Vec<File<'v>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Daemon<'v> {
    unit: &'v str,
    host: bool,
    starts: bool,
    nodes: Vec<Node<'v>>,
}

#[derive(Serialize)]
struct Client<'v> {
    path: &'v str,
    nodes: Vec<Node<'v>>,
}

#[derive(Serialize)]
struct File<'v> {
    path: &'v str,
    line: Option<usize>,
    service: Option<Service<'v>>,
    stages: Vec<Stage<'v>>,
    nodes: Vec<Node<'v>>,
    lacking: Vec<Node<'v>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Service<'v> {
    name: &'v str,
    file: &'v str,
}

#[derive(Serialize)]
struct Summary {
    settings: usize,
    readers: usize,
    served: usize,
    uses: usize,
}

#[derive(Serialize)]
struct Stage<'v> {
    name: &'v str,
    base: &'v str,
    place: Place,
    target: bool,
    reached: bool,
}

#[derive(Serialize)]
struct Node<'v> {
    kind: &'static str,
    parent: Option<usize>,
    stage: Option<usize>,
    file: Option<&'v str>,
    place: Option<Place>,
    text: &'v str,
    by: Option<&'static str>,
    arrives: Option<bool>,
    value: Option<&'v str>,
    reads: Option<&'static str>,
    why: Option<&'v str>,
    note: Option<&'v str>,
}

#[derive(Serialize)]
struct Place {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    offset: u32,
    line: usize,
    column: usize,
}

/// The parts that are about what `shown` knows.
fn of_subject<'v, T>(view: &'v TraceView, shown: fn(&'v PartView) -> Option<T>) -> Vec<T> {
    view.parts.iter().filter_map(shown).collect()
}

fn daemon(part: &PartView) -> Option<Daemon<'_>> {
    let Subject::Daemon { is_on_host, starts } = part.subject else {
        return None;
    };
    Some(Daemon {
        unit: part.path.as_str(),
        host: is_on_host,
        starts,
        nodes: part.tree.rows.iter().map(node).collect(),
    })
}

fn client(part: &PartView) -> Option<Client<'_>> {
    (part.subject == Subject::Client).then(|| Client {
        path: part.path.as_str(),
        nodes: part.tree.rows.iter().map(node).collect(),
    })
}

fn file(part: &PartView) -> Option<File<'_>> {
    (part.subject == Subject::Dockerfile).then(|| File {
        path: part.path.as_str(),
        line: part.line,
        service: part.service.as_ref().map(|service| Service {
            name: service.name.as_str(),
            file: service.file.as_str(),
        }),
        stages: part.stages.iter().map(stage).collect(),
        nodes: part.tree.rows.iter().map(node).collect(),
        lacking: part.tree.lacking.iter().map(node).collect(),
        summary: Summary {
            settings: part.settings,
            readers: part.readers,
            served: part.served,
            uses: part.uses,
        },
    })
}

fn stage(stage: &StageView) -> Stage<'_> {
    Stage {
        name: stage.name.as_str(),
        base: stage.base.as_str(),
        place: place(&stage.place),
        target: stage.is_target,
        reached: stage.is_reached,
    }
}

fn node(row: &Row) -> Node<'_> {
    let mut node = Node {
        kind: "command",
        parent: row.parent,
        stage: row.stage,
        file: row.file.as_ref().map(Redacted::as_str),
        place: row.place.as_ref().map(place),
        text: row.text.as_str(),
        by: None,
        arrives: None,
        value: None,
        reads: None,
        why: None,
        note: None,
    };
    match &row.note {
        Some(Note::Value(value)) => node.value = Some(value.as_str()),
        Some(note) => node.note = note.sentence(),
        None => {}
    }
    match row.kind {
        RowKind::Setting { by, arrives } => {
            node.kind = "setting";
            node.by = Some(means(by));
            node.arrives = Some(arrives);
        }
        RowKind::Origin { how, arrives } => {
            node.kind = "setting";
            node.by = mechanism(how);
            node.arrives = Some(arrives);
        }
        RowKind::Program => node.kind = "program",
        RowKind::Stage => node.kind = "stage",
        RowKind::Command { reads } => node.reads = Some(how(reads)),
        RowKind::Use => node.kind = "use",
        RowKind::Stop(why) => {
            node.kind = "stop";
            node.why = Some(why.id());
            node.note = Some(why.sentence());
        }
        RowKind::Lost(rule) => {
            node.kind = "stop";
            node.why = Some(rule);
        }
        RowKind::Lacking => {}
    }
    node
}

/// A stable word for what sets a variable.
fn means(by: Means) -> &'static str {
    match by {
        Means::BuildArg => "build-arg",
        Means::BaseImage => "base-image",
        Means::GlobalArg => "global-arg",
        Means::Arg => "arg",
        Means::Env => "env",
        Means::Assignment => "assignment",
        Means::Export => "export",
        Means::Prefix => "prefix",
        Means::ToolSetting(_) => "tool-setting",
        Means::SecretVariable => "secret-variable",
        Means::SecretFile => "secret-file",
    }
}

/// A stable word for what gives a value outside of Dockerfiles.
fn mechanism(how: Mechanism) -> Option<&'static str> {
    Some(match how {
        Mechanism::UnitEnvironment => "unit-environment",
        Mechanism::UnitEnvironmentFile => "environment-file",
        Mechanism::DaemonJson => "daemon-json",
        Mechanism::DaemonFlag => "daemon-flag",
        Mechanism::ClientProxies => "client-proxies",
        Mechanism::Dotenv => "dotenv",
        Mechanism::Interpolation => "interpolation",
        Mechanism::ComposeBuildArg => "compose-build-arg",
        Mechanism::ComposeEnvironment => "compose-environment",
        Mechanism::ComposeEnvFile => "compose-env-file",
        Mechanism::ComposeMerge => "compose-merge",
        Mechanism::ProcessEnvironment => "process-environment",
        // Settings of Dockerfiles are told by their means.
        _ => return None,
    })
}

fn how(reads: Reads) -> &'static str {
    match reads {
        Reads::Perhaps => "perhaps",
        Reads::InText => "in-text",
        Reads::Surely => "surely",
    }
}

fn place(place: &PlaceView) -> Place {
    let point = |offset: u32, position: Position| Point {
        offset,
        line: position.line,
        column: position.column,
    };
    Place {
        start: point(place.span.start, place.start),
        end: point(place.span.end, place.end),
    }
}
