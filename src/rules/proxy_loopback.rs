//! `proxy-loopback`: a proxy or mirror on an address that means the build container itself.

use super::{Rule, Sink};
use crate::flow::{Build, SetBy, Setting, Workspace};
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, Network, Step};
use crate::model::variables::{is_mirror, is_proxy_address};

pub(super) struct ProxyLoopback;

impl Rule for ProxyLoopback {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if source.is_template() {
            return;
        }
        let relevant = |name: &str| is_proxy_address(name) || is_mirror(name);
        for setting in build.settings().filter(|s| relevant(s.name)) {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let Some(host) = value.split([',', '|']).find_map(|part| loopback_host(part.trim()))
            else {
                continue;
            };
            let Some(step) = reached(&setting, build) else {
                continue;
            };
            let name = setting.name;
            let at = value.find(host).unwrap_or_default();
            sink.report(
                build.at(setting.span_of(at..at + host.len(), source)),
                "the build container itself",
                format!("`{name}` points to `{host}`, which inside a RUN is the build container, where no proxy listens"),
            )
            .about(name)
            .after(build.at(step.instruction.keyword_span()), "used here")
            .help("name the host as the container sees it (its address, or `host.docker.internal` with `--add-host`), or build with `--network=host`");
        }
    }
}

/// The first RUN that sees the setting and has a network of its own.
fn reached<'b, 't>(setting: &Setting<'_>, build: &'b Build<'t>) -> Option<&'b Step<'t>> {
    // What stands above the first FROM reaches a RUN only through an ARG, which has its own hop.
    let from = match setting.by {
        SetBy::GlobalArg => 0,
        SetBy::Arg | SetBy::Env => setting.step?,
    };
    build.model.steps[from..].iter().find(|step| {
        let Action::Run(run) = &step.action else {
            return false;
        };
        let change = build.model.environment.at(step.start, setting.name);
        let sees = change.is_some_and(|change| {
            build.model.provenance.story(change.hop).contains(&setting.hop)
        });
        sees && run.network == Network::Default
    })
}
