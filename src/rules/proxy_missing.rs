//! `proxy-missing`: a step needs the network, and the proxy that the file sets does not reach it.

use super::{Rule, Sink, forgotten_proxies};
use crate::flow::{Analysis, Build, Engine, Need, NetworkPolicy, SetBy, Setting, Workspace};
use crate::model::dockerfile::Action;
use crate::model::variables::is_proxy_address;
use crate::source::Location;

pub(super) struct ProxyMissing;

impl Rule for ProxyMissing {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let settings = workspace.request.settings(build.file);
        let is_silent = workspace.is_template(build.file)
            || settings.engine == Engine::Podman
            || build
                .model
                .proxies
                .iter()
                .any(|proxy| is_proxy_address(proxy.name));
        if is_silent {
            return;
        }
        let declared = declared(build);
        if declared.is_none() && !settings.network.proxy_required {
            return;
        }
        let needs = build.needs();
        let lacking: Vec<&Need<'_>> = needs
            .iter()
            .filter(|need| lacks(need, &settings.network))
            .collect();
        let Some((first, others)) = lacking.split_first() else {
            return;
        };
        match declared {
            // Some step of the same build must have what this one lacks.
            Some(setting)
                if needs
                    .iter()
                    .any(|need| need.is_certain && need.has_proxy_variable()) =>
            {
                report(&setting, first, others, build, sink);
            }
            _ if settings.network.proxy_required => policy(first, others, sink),
            _ => {}
        }
    }

    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        forgotten_proxies::report(workspace, sink);
    }
}

/// A proxy that the file itself gives to some stage, and that does not come by build argument: one
/// that does reaches every RUN of every stage by itself (`facts/buildkit.md` 2).
fn declared<'b>(build: &Analysis<'b>) -> Option<Setting<'b>> {
    build.network_settings().find(|setting| {
        is_proxy_address(setting.name)
            && setting.by == SetBy::Env
            && !setting.value.is_empty()
            && !is_filled(build, setting)
    })
}

/// Whether the value of an `ENV` is put together out of other proxies.
fn is_filled(build: &Build<'_>, setting: &Setting<'_>) -> bool {
    let action = setting.step.map(|step| &build.model.steps[step].action);
    let Some(Action::Env(assigned)) = action else {
        return false;
    };
    // Each assignment makes a hop.
    let place = assigned.binary_search_by_key(&setting.hop, |assignment| assignment.hop);
    place.is_ok_and(|index| {
        build.model.uses[assigned[index].uses.clone()]
            .iter()
            .any(|used| is_proxy_address(&used.name))
    })
}

/// Whether the command surely needs a proxy and sees none in any spelling, nor one switched off.
/// What sudo takes away is `sudo-drops-environment`'s matter.
pub(super) fn lacks(need: &Need<'_>, network: &NetworkPolicy) -> bool {
    let dropped = need
        .executed
        .command
        .wrappers
        .iter()
        .any(|it| it.drops_environment);
    need.is_certain && !dropped && need.goes_out(network) && need.lacks_proxy()
}

fn report(
    setting: &Setting<'_>,
    need: &Need<'_>,
    others: &[&Need<'_>],
    build: &Build<'_>,
    sink: &mut Sink,
) {
    let client = client(need, others);
    let finding = sink
        .report(
            need.executed.location(),
            "goes to the network without it",
            format!("{client} goes to the network here without the proxy that `{}` gives to other steps", setting.name),
        )
        .about(setting.name)
        .before(build.at(setting.name_span.to(setting.value_span)), "set here, for other steps")
        .help("pass the proxy as a build argument instead of ENV: BuildKit hands it to every RUN of every stage");
    finding.also(places(others), "and this one");
}

/// Who goes to the network: the client, if it is the same in all places.
fn client(need: &Need<'_>, others: &[&Need<'_>]) -> &'static str {
    let name = need.call.client.name;
    match others.iter().all(|other| other.call.client.name == name) {
        true => name,
        false => "a command",
    }
}

fn places(needs: &[&Need<'_>]) -> impl Iterator<Item = Location> {
    needs.iter().map(|need| need.executed.location())
}

/// The configuration says that there is no way out without a proxy.
fn policy(need: &Need<'_>, others: &[&Need<'_>], sink: &mut Sink) {
    let client = client(need, others);
    let finding = sink
        .report(
            need.executed.location(),
            "goes to the network",
            format!("{client} goes to the network here without a proxy, and the configuration requires one"),
        )
        .help("pass `--build-arg HTTP_PROXY=… --build-arg HTTPS_PROXY=…`, or set the tool's mirror");
    finding.also(places(others), "and this one");
}
