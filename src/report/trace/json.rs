//! For programs: the tree with parents by position, in the shape of `docklint-trace.schema.json`.

use std::io;

use serde_json::{Value, json};

use super::tree::{Note, Row, RowKind};
use super::view::{FileView, PlaceView, StageView, TraceView};
use crate::flow::reach::{Means, Reads};
use crate::report;

pub(super) fn render(view: &TraceView, out: &mut dyn io::Write) -> io::Result<()> {
    let json = json!({
        "version": 1,
        "variable": view.variable.as_str(),
        "twin": view.twin.as_ref().map(|twin| twin.as_str()),
        "files": view.files.iter().map(file).collect::<Vec<_>>(),
        "left_out": view.left_out,
    });
    report::json::write(&json, out)
}

fn file(file: &FileView) -> Value {
    json!({
        "path": file.path,
        "line": file.line,
        "stages": file.stages.iter().map(stage).collect::<Vec<_>>(),
        "nodes": file.tree.rows.iter().map(node).collect::<Vec<_>>(),
        "lacking": file.tree.lacking.iter().map(node).collect::<Vec<_>>(),
        "summary": {
            "settings": file.settings,
            "readers": file.readers,
            "served": file.served,
            "uses": file.uses,
        },
    })
}

fn stage(stage: &StageView) -> Value {
    json!({
        "name": stage.name.as_str(),
        "base": stage.base.as_str(),
        "place": place(&stage.place),
        "target": stage.is_target,
        "reached": stage.is_reached,
    })
}

fn node(row: &Row) -> Value {
    let (kind, by, reads, why) = match row.kind {
        RowKind::Setting { by, .. } => ("setting", Some(means(by)), None, None),
        RowKind::Stage => ("stage", None, None, None),
        RowKind::Command { reads } => ("command", None, Some(how(reads)), None),
        RowKind::Use => ("use", None, None, None),
        RowKind::Stop(why) => ("stop", None, None, Some(why.id())),
        RowKind::Lacking => ("command", None, None, None),
    };
    let arrives = match row.kind {
        RowKind::Setting { arrives, .. } => Some(arrives),
        _ => None,
    };
    let (value, note) = match &row.note {
        Some(Note::Value(value)) => (Some(value.as_str()), None),
        Some(Note::Sentence(sentence)) => (None, Some(*sentence)),
        None => (None, None),
    };
    let note = match row.kind {
        RowKind::Stop(why) => Some(why.sentence()),
        _ => note,
    };
    json!({
        "kind": kind,
        "parent": row.parent,
        "stage": row.stage,
        "place": row.place.as_ref().map(place),
        "text": row.text.as_str(),
        "by": by,
        "arrives": arrives,
        "value": value,
        "reads": reads,
        "why": why,
        "note": note,
    })
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

fn place(place: &PlaceView) -> Value {
    json!({
        "start": {
            "offset": place.span.start,
            "line": place.start.line,
            "column": place.start.column,
        },
        "end": {
            "offset": place.span.end,
            "line": place.end.line,
            "column": place.end.column,
        },
    })
}
