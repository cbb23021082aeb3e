//! For programs: everything, in the shape of `docklint-resolve-compose.schema.json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::view::{BuildView, ProjectView, ServiceView, SettingView};
use crate::finding::redact::Redacted;
use crate::report::SpotView;
use crate::report::resolve::json::{place, value};
use crate::report::resolve::view::ValueView;

pub(super) fn render(view: &ProjectView, out: &mut dyn Write) -> io::Result<()> {
    let said = view.said.iter().map(|said| {
        json!({
            "level": said.level,
            "message": said.message.as_str(),
            "place": said.place.as_ref().map(spot),
        })
    });
    let json = json!({
        "version": 1,
        "files": texts(&view.files),
        "name": value(&view.name),
        "profiles": texts(&view.profiles),
        "services": view.services.iter().map(service).collect::<Vec<_>>(),
        "said": said.collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *out, &json)?;
    writeln!(out)
}

fn service(service: &ServiceView) -> Value {
    json!({
        "name": service.name.as_str(),
        "place": spot(&service.place),
        "enabled": service.is_enabled,
        "image": optional(service.image.as_ref()),
        "build": service.build.as_ref().map(build),
        "environment": settings(&service.environment),
        "secrets": texts(&service.secrets),
    })
}

fn build(build: &BuildView) -> Value {
    json!({
        "place": spot(&build.place),
        "context": value(&build.context),
        "dockerfile": optional(build.dockerfile.as_ref()),
        "found": build.is_found,
        "target": optional(build.target.as_ref()),
        "network": optional(build.network.as_ref()),
        "args": settings(&build.args),
        "secrets": texts(&build.secrets),
    })
}

fn settings(settings: &[SettingView]) -> Value {
    let settings = settings.iter().map(|setting| {
        let hops = setting.hops.iter();
        let hops = hops.map(|hop| json!({"how": hop.how, "place": hop.place.as_ref().map(spot)}));
        json!({
            "name": setting.name.as_str(),
            "value": optional(setting.value.as_ref()),
            "hops": hops.collect::<Vec<_>>(),
        })
    });
    settings.collect()
}

fn optional(shown: Option<&ValueView>) -> Value {
    shown.map_or(Value::Null, value)
}

fn texts(texts: &[Redacted]) -> Value {
    texts.iter().map(Redacted::as_str).collect()
}

fn spot(spot: &SpotView) -> Value {
    let mut shown = place(&spot.place);
    shown["file"] = spot.file.as_str().into();
    shown
}
