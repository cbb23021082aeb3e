//! `proxy-loopback`: a proxy or mirror on an address that means the build container itself.

use super::{Rule, Sink};
use crate::flow::{Build, SetBy, Setting, Workspace};
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, Network, Program, Step};
use crate::model::variables::{is_mirror, is_proxy_address};

pub(super) struct ProxyLoopback;

impl Rule for ProxyLoopback {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let source = workspace.source(build.file);
        let relevant = |name: &str| is_proxy_address(name) || is_mirror(name);
        for setting in build.told_settings().filter(|s| relevant(s.name)) {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let Some(host) = value
                .split([',', '|'])
                .find_map(|part| loopback_host(part.trim()))
            else {
                continue;
            };
            let Some(step) = reached(&setting, build) else {
                continue;
            };
            let name = setting.name;
            let what = if is_mirror(name) { "mirror" } else { "proxy" };
            let at = value.find(host).unwrap_or_default();
            sink.report(
                build.at(setting.span_of(at..at + host.len(), source)),
                "not the machine that builds",
                format!("`{name}` points to `{host}`: inside a RUN that is the build container itself, where no {what} listens"),
            )
            .about(name)
            .after(build.at(step.instruction.keyword_span()), "runs in its own network")
            .help("name the host as the build container sees it (its address, or `host.docker.internal` with `--add-host`), or build with `--network=host`");
        }
    }
}

/// The first RUN that sees the setting, has a network of its own and starts nothing to listen there.
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
            build
                .model
                .provenance
                .story(change.hop)
                .contains(&setting.hop)
        });
        sees && run.network == Network::Default && !starts_a_daemon(&run.program)
    })
}

/// Whether a script leaves a command running behind it: `server & client`.
fn starts_a_daemon(program: &Program<'_>) -> bool {
    let text = match program {
        Program::Shell { script, .. } | Program::File { script, .. } => script.text.as_bytes(),
        Program::Exec(_) => return false,
    };
    // `&&`, `2>&1` and `&>file` leave nothing running.
    memchr::memchr_iter(b'&', text).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !matches!(before, Some(b'&' | b'>' | b'<' | b'\\' | b'|'))
            && !matches!(text.get(at + 1), Some(b'&' | b'>'))
    })
}
