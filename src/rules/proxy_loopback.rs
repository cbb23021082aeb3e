//! `proxy-loopback`: a proxy or mirror on an address that means the build container itself.

use std::collections::HashMap;

use super::{Rule, Sink};
use crate::flow::{Build, Declarations, ProjectSetting, SetBy, SetIn, Setting, Workspace};
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, Network, Step};
use crate::model::variables::{is_mirror, is_proxy_address};
use crate::source::Location;

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

    /// Build arguments of compose files.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let settings = workspace.project_settings().into_iter();
        let mut settings: HashMap<Location, ProjectSetting<'_>> = settings
            .filter(|setting| setting.by == SetIn::BuildArgs)
            .filter(|setting| is_proxy_address(setting.name) || is_mirror(setting.name))
            .map(|setting| (setting.value_at, setting))
            .collect();
        for build in &workspace.builds {
            for (_, at) in build.passed_args() {
                let told = settings
                    .get(&at)
                    .is_some_and(|setting| argument(setting, build, workspace, sink));
                if told {
                    settings.remove(&at);
                }
            }
        }
    }
}

/// Reports an argument that reaches a RUN with a network of its own: a predefined proxy by itself,
/// any other through an `ARG`. Whether it did.
fn argument(
    setting: &ProjectSetting<'_>,
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) -> bool {
    let (name, value) = (setting.name, setting.value.as_known().unwrap_or_default());
    let Some(host) = value
        .split([',', '|'])
        .find_map(|part| loopback_host(part.trim()))
    else {
        return false;
    };
    let Some(target) = build.model.target else {
        return false;
    };
    let reachable = build.model.reachable(target);
    let declarations = Declarations::of(build);
    let mut steps = build.model.steps.iter().enumerate();
    let step = steps.find(|(index, step)| {
        let is_alone = matches!(&step.action, Action::Run(run) if run.network == Network::Default);
        reachable[step.stage]
            && is_alone
            && (is_proxy_address(name) || declarations.reaches(build, step.stage, *index, name))
    });
    let Some((_, step)) = step else { return false };
    let at = value.find(host).unwrap_or_default();
    sink.report(
        workspace.part_of_setting(setting, at..at + host.len()),
        "not the machine that builds",
        format!("`{name}` points to `{host}`: inside a RUN that is the build container itself"),
    )
    .about(name)
    .after(build.at(step.instruction.keyword_span()), "runs in its own network")
    .help("name the host as the build container sees it (its address, or `host.docker.internal` with `extra_hosts` under `build`), or build with `network: host` under `build`");
    true
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
            build
                .model
                .provenance
                .story(change.hop)
                .contains(&setting.hop)
        });
        sees && run.network == Network::Default
    })
}
