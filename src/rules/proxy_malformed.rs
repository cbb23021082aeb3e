//! `proxy-malformed`: a proxy's address that no client understands.

use super::{Rule, Sink, edits, model_findings};
use crate::finding::{Finding, Severity};
use crate::flow::{Analysis, Workspace};
use crate::model::address::{Flaw, proxy_flaw};
use crate::model::client::ProxySetting;
use crate::model::variables::is_proxy_address;
use crate::source::{Location, Span};

pub(super) struct ProxyMalformed;

impl Rule for ProxyMalformed {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.told_settings().filter(|s| is_proxy_address(s.name)) {
            let Some(flaw) = setting.value.as_known().and_then(proxy_flaw) else {
                continue;
            };
            let at = build.at(setting.span_of(flaw.range.clone(), source));
            let finding = report(setting.name, &flaw, at, sink);
            edits::mend(finding, &setting, proxy_flaw, build, source);
        }
    }

    /// Units, `daemon.json`, `config.json`, compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "proxy-malformed", sink);
        for (_, config) in &workspace.machine.clients {
            for setting in config.entries.iter().flat_map(|entry| &entry.settings) {
                of_client(setting, workspace, sink);
            }
        }
        for setting in workspace.project_settings() {
            let value = setting
                .value
                .as_known()
                .filter(|_| is_proxy_address(setting.name));
            let Some(flaw) = value.and_then(proxy_flaw) else {
                continue;
            };
            let at = workspace.part_of_setting(&setting, flaw.range.clone());
            report(setting.name, &flaw, at, sink);
        }
    }
}

/// What builds and containers are given by `config.json`: whoever reads it there, none understands it.
fn of_client(setting: &ProxySetting, workspace: &Workspace<'_>, sink: &mut Sink) {
    if !is_proxy_address(setting.variable) {
        return;
    }
    let Some(flaw) = proxy_flaw(&setting.value) else {
        return;
    };
    let written = workspace.source(setting.at.file).slice(setting.at.span);
    let mut at = setting.at;
    if let Some(start) = written.find(&setting.value) {
        let start = at.span.start as usize + start;
        at.span = Span::new(start + flaw.range.start, start + flaw.range.end);
    }
    report(setting.variable, &flaw, at, sink);
}

fn report<'s>(name: &str, flaw: &Flaw, at: Location, sink: &'s mut Sink) -> &'s mut Finding {
    let (label, help) = match flaw.is_certain {
        true => (
            "breaks the address",
            "write the address as `http://host:port`",
        ),
        false => ("taken for a host", "for no proxy write an empty value"),
    };
    let finding = sink
        .report(at, label, format!("`{name}` {}", flaw.what))
        .about(name)
        .help(help);
    if !flaw.is_certain {
        finding.severity(Severity::Info);
    }
    finding
}
