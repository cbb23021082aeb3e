//! For programs: the tree with parents by position, in the shape of `docklint-trace.schema.json`.

use std::io;

use serde::Serialize;

use super::tree::{Note, Row, RowKind};
use super::view::{FileView, StageView, TraceView};
use crate::flow::reach::{Means, Reads};
use crate::report;
use crate::report::PlaceView;
use crate::source::Position;

pub(super) fn render(view: &TraceView, out: &mut dyn io::Write) -> io::Result<()> {
    let trace = Trace {
        version: 1,
        variable: view.variable.as_str(),
        twin: view.twin.as_ref().map(|twin| twin.as_str()),
        files: view.files.iter().map(file).collect(),
        left_out: view.left_out,
    };
    report::json::write(&trace, out)
}

#[derive(Serialize)]
struct Trace<'v> {
    version: u32,
    variable: &'v str,
    twin: Option<&'v str>,
    files: Vec<File<'v>>,
    left_out: usize,
}

#[derive(Serialize)]
struct File<'v> {
    path: &'v str,
    line: Option<usize>,
    stages: Vec<Stage<'v>>,
    nodes: Vec<Node<'v>>,
    lacking: Vec<Node<'v>>,
    summary: Summary,
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
    place: Option<Place>,
    text: &'v str,
    by: Option<&'static str>,
    arrives: Option<bool>,
    value: Option<&'v str>,
    reads: Option<&'static str>,
    why: Option<&'static str>,
    note: Option<&'static str>,
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

fn file(file: &FileView) -> File<'_> {
    File {
        path: file.path.as_str(),
        line: file.line,
        stages: file.stages.iter().map(stage).collect(),
        nodes: file.tree.rows.iter().map(node).collect(),
        lacking: file.tree.lacking.iter().map(node).collect(),
        summary: Summary {
            settings: file.settings,
            readers: file.readers,
            served: file.served,
            uses: file.uses,
        },
    }
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
        Some(Note::Sentence(sentence)) => node.note = Some(sentence),
        None => {}
    }
    match row.kind {
        RowKind::Setting { by, arrives } => {
            node.kind = "setting";
            node.by = Some(means(by));
            node.arrives = Some(arrives);
        }
        RowKind::Stage => node.kind = "stage",
        RowKind::Command { reads } => node.reads = Some(how(reads)),
        RowKind::Use => node.kind = "use",
        RowKind::Stop(why) => {
            node.kind = "stop";
            node.why = Some(why.id());
            node.note = Some(why.sentence());
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
