//! For programs: everything, in the shape of `docklint-resolve.schema.json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::view::{
    BaseView, HopView, PieceView, ResolveView, RunView, StageView, StepView, ValueView,
    VariableView,
};
use crate::finding::redact::Redacted;
use crate::report::PlaceView;

pub(super) fn render(view: &ResolveView, out: &mut dyn Write) -> io::Result<()> {
    let json = json!({
        "version": 1,
        "file": view.path.as_str(),
        "platform": view.platform,
        "target": view.target,
        "stages": view.stages.iter().map(stage).collect::<Vec<_>>(),
        "errors": view.errors.iter().map(|error| json!({
            "message": error.message.as_str(),
            "place": place(&error.place),
        })).collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *out, &json)?;
    writeln!(out)
}

fn stage(stage: &StageView) -> Value {
    json!({
        "index": stage.index,
        "name": stage.name.as_ref().map(|name| name.as_str()),
        "base": base(&stage.base),
        "place": place(&stage.place),
        "reached": stage.is_reached,
        "platform": stage.platform,
        "steps": stage.steps.iter().map(step).collect::<Vec<_>>(),
        "image": variables(&stage.image),
    })
}

fn base(base: &BaseView) -> Value {
    match base {
        BaseView::Scratch => json!({"kind": "scratch"}),
        BaseView::Stage(index) => json!({"kind": "stage", "stage": index}),
        BaseView::Image { name, is_known } => json!({
            "kind": "image",
            "image": name.as_ref().map(|name| name.as_str()),
            "known": is_known,
        }),
    }
}

fn step(step: &StepView) -> Value {
    json!({
        "instruction": step.keyword.as_str(),
        "text": step.text.as_str(),
        "place": place(&step.place),
        "trigger": step.is_trigger,
        "environment": variables(&step.environment),
        "run": step.run.as_ref().map(run),
        "from": step.copies_from.as_ref().map(|from| from.as_str()),
    })
}

fn run(run: &RunView) -> Value {
    json!({
        "program": run.arguments.iter().map(|argument| argument.as_str()).collect::<Vec<_>>(),
        "network": run.network,
        "user": run.user.as_ref().map(value),
        "workdir": value(&run.workdir),
        "mounts": run.mounts.iter().map(|mount| mount.as_str()).collect::<Vec<_>>(),
    })
}

fn variables(variables: &[VariableView]) -> Value {
    variables
        .iter()
        .map(|variable| {
            json!({
                "name": variable.name.as_str(),
                "value": value(&variable.value),
                "hops": variable.hops.iter().map(hop).collect::<Vec<_>>(),
            })
        })
        .collect()
}

pub(super) fn value(value: &ValueView) -> Value {
    let is_known = value
        .pieces
        .iter()
        .all(|piece| matches!(piece, PieceView::Text(_)));
    let pieces = value.pieces.iter().map(|piece| match piece {
        PieceView::Text(text) => json!({"text": text.as_str()}),
        PieceView::Unknown(why) => json!({"unknown": why}),
    });
    json!({"known": is_known, "pieces": pieces.collect::<Vec<_>>()})
}

pub(super) fn hop(hop: &HopView) -> Value {
    let file = hop.file.as_ref().map(Redacted::as_str);
    json!({"how": hop.how, "file": file, "place": hop.place.as_ref().map(place)})
}

pub(super) fn place(place: &PlaceView) -> Value {
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
