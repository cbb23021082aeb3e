//! `proxy-daemon-only`: the daemon has a proxy, and no build gets one.

use super::{Rule, Sink};
use crate::flow::clients::{self, Role};
use crate::flow::shell::{Command, Seen};
use crate::flow::{Analysis, Build, Engine, Need, NetworkPolicy, Workspace};
use crate::model::address::loopback_host;
use crate::model::daemon::{Daemon, ProxySetting, Service};
use crate::model::dockerfile::Action;
use crate::model::variables::{PREDEFINED_PROXIES, is_proxy_address};
use crate::source::Location;

pub(super) struct ProxyDaemonOnly;

impl Rule for ProxyDaemonOnly {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let daemons = workspace.machine.daemons.iter();
        let dockers = daemons.filter(|configured| configured.service == Service::Docker);
        let Some(settings) = dockers
            .map(|configured| settings(&configured.daemon))
            .find(|settings| !settings.is_empty())
        else {
            return;
        };
        if is_fed(workspace) {
            return;
        }
        let builds = workspace.builds.iter().filter(|build| {
            let engine = workspace.request.settings(build.file).engine;
            engine != Engine::Podman && !workspace.is_template(build.file)
        });
        for build in builds {
            let analysis = Analysis::of(build);
            let mut needs = analysis.needs().iter();
            let network = &workspace.request.settings(build.file).network;
            if let Some(need) = needs.find(|need| lacks(need, network)) {
                report(&settings, build, need, workspace, sink);
                return;
            }
        }
    }
}

fn report(
    settings: &[&ProxySetting],
    build: &Build<'_>,
    need: &Need<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let mut places: Vec<Location> = settings.iter().filter_map(|setting| setting.at).collect();
    places.dedup();
    let Some((&first, others)) = places.split_first() else {
        return;
    };
    let service = workspace.service(build);
    let service = service.and_then(|(_, service)| service.build.as_ref());
    let local = settings
        .iter()
        .filter_map(|setting| setting.value.as_known())
        .find_map(loopback_host);
    let finding = sink
        .report(
            first,
            "the daemon's own",
            "the daemon's proxy serves its pulls, pushes and `ADD` of URLs; no RUN and no container gets it, and no build is given one",
        )
        .help(help(service.is_some(), local));
    finding.also(others.iter().copied(), "and here");
    if let Some(service) = service {
        finding.after(service.at, "asks for the build");
    }
    let client = need.call.client.name;
    finding.after(
        need.executed.location(),
        format!("{client} goes to the network without a proxy"),
    );
}

/// Whether the command surely goes to the network, obeys proxy variables and is told of neither a
/// proxy nor a mirror of its own.
fn lacks(need: &Need<'_>, network: &NetworkPolicy) -> bool {
    need.is_certain
        && need.goes_out(network)
        && need.obeys_proxies()
        && !need.has_own_proxy()
        && !need.has_mirror()
}

fn help(is_service: bool, local: Option<&str>) -> String {
    let give = match is_service {
        true => {
            "name the proxies in this service's `build.args` (`HTTP_PROXY:` and `HTTPS_PROXY:`, without values), or set `proxies` in the `~/.docker/config.json` of whoever builds"
        }
        false => {
            "set `proxies` in the `~/.docker/config.json` of whoever builds, or pass `--build-arg HTTP_PROXY=… --build-arg HTTPS_PROXY=…`"
        }
    };
    match local {
        Some(host) => format!(
            "{give}; with another address, because in a RUN `{host}` is the build container itself"
        ),
        None => give.to_owned(),
    }
}

/// The daemon's proxies, as far as they say which: a value that somebody fills in may be empty.
fn settings(daemon: &Daemon) -> Vec<&ProxySetting> {
    let set = daemon.proxies.addresses().map(|(_, setting)| setting);
    set.filter(|setting| setting.value.as_known().is_some() && setting.at.is_some())
        .collect()
}

/// Whether anything gives a proxy to any build, or is there to pass one on.
fn is_fed(workspace: &Workspace<'_>) -> bool {
    let clients = workspace.machine.clients.iter();
    let entries = clients.flat_map(|(_, config)| &config.entries);
    let by_client = entries
        .flat_map(|entry| &entry.settings)
        .any(|setting| is_proxy_address(setting.variable) && setting.variable != "ALL_PROXY");
    let projects = workspace.projects.iter();
    let services = projects.flat_map(|project| &project.services);
    let by_service = services
        .filter_map(|service| service.build.as_ref())
        .flat_map(|build| &build.args)
        .any(|arg| is_proxy_address(&arg.name));
    by_client || by_service || workspace.builds.iter().any(build_is_fed)
}

fn build_is_fed(build: &Build<'_>) -> bool {
    let declares = |action: &Action<'_>| match action {
        Action::Arg(declared) => declared.iter().any(|it| is_proxy_address(&it.name)),
        Action::Env(assigned) => assigned
            .iter()
            .any(|it| it.name.as_known().is_some_and(is_proxy_address)),
        _ => false,
    };
    let mut proxies = build.model.proxies.iter();
    let mut globals = build.model.globals.iter();
    let mut steps = build.model.steps.iter();
    proxies.any(|proxy| is_proxy_address(proxy.name))
        || globals.any(|global| is_proxy_address(&global.name))
        || steps.any(|step| declares(&step.action))
        || build
            .commands
            .iter()
            .flatten()
            .any(|commands| commands_are_fed(&commands.outcome.commands))
}

/// Whether a script sets a proxy: for its own commands, or in a tool's settings.
fn commands_are_fed(commands: &[Command]) -> bool {
    let is_set = |seen: Seen<'_>| matches!(seen, Seen::Set { .. } | Seen::NotExported { .. });
    let by_variable = commands.iter().any(|command| {
        PREDEFINED_PROXIES.iter().any(|name| {
            let upper = name.to_ascii_uppercase();
            is_proxy_address(name)
                && (command.var(name).any(is_set) || command.var(&upper).any(is_set))
        })
    });
    let mut written = clients::written(commands).into_iter();
    by_variable || written.any(|(_, setting)| matches!(setting.role, Role::Proxy(_)))
}
