//! For programs, in the shape of `docklint-resolve-machine.schema.json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::json::{place, value};
use super::machine::{
    ClientView, DaemonView, EntryView, GoView, LostView, MachineView, SettingView,
};
use super::view::SpottedHop;

pub(super) fn render(view: &MachineView, out: &mut dyn Write) -> io::Result<()> {
    let json = json!({
        "version": 1,
        "daemons": view.daemons.iter().map(daemon).collect::<Vec<_>>(),
        "clients": view.clients.iter().map(client).collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *out, &json)?;
    writeln!(out)
}

fn daemon(daemon: &DaemonView) -> Value {
    let [http, https, no_proxy] = &daemon.proxies;
    let [go_http, go_https] = &daemon.go;
    let drop_ins = daemon.drop_ins.iter().map(|path| path.as_str());
    json!({
        "unit": daemon.unit,
        "host": daemon.is_on_host,
        "state": daemon.state,
        "starts": daemon.starts,
        "fragment": daemon.fragment.as_ref().map(|path| path.as_str()),
        "drop_ins": drop_ins.collect::<Vec<_>>(),
        "environment": settings(&daemon.environment),
        "partial": daemon.is_partial,
        "proxies": {
            "http": http.as_ref().map(setting),
            "https": https.as_ref().map(setting),
            "no_proxy": no_proxy.as_ref().map(setting),
        },
        "lost": daemon.lost.iter().map(lost).collect::<Vec<_>>(),
        "go": {"http": go(go_http), "https": go(go_https)},
    })
}

fn lost(lost: &LostView) -> Value {
    json!({
        "rule": lost.rule,
        "message": lost.message.as_str(),
        "file": lost.file.as_str(),
        "line": lost.line,
    })
}

fn client(client: &ClientView) -> Value {
    let entry = |entry: &EntryView| {
        json!({
            "address": entry.address.as_str(),
            "builds": settings(&entry.builds),
            "containers": settings(&entry.containers),
        })
    };
    json!({
        "file": client.path.as_str(),
        "entries": client.entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn go(go: &GoView) -> Value {
    match go {
        GoView::Direct => json!({"known": true, "proxy": null}),
        GoView::Proxy(url) => json!({"known": true, "proxy": url.as_str()}),
        GoView::Unknown => json!({"known": false, "proxy": null}),
    }
}

fn settings(settings: &[SettingView]) -> Value {
    settings.iter().map(setting).collect()
}

fn setting(setting: &SettingView) -> Value {
    let hops = setting.hops.iter().map(hop);
    json!({
        "name": setting.name.as_str(),
        "value": value(&setting.value),
        "hops": hops.collect::<Vec<_>>(),
    })
}

fn hop(hop: &SpottedHop) -> Value {
    json!({
        "how": hop.how,
        "file": hop.place.as_ref().map(|spot| spot.file.as_str()),
        "place": hop.place.as_ref().map(|spot| place(&spot.place)),
    })
}
