//! Services that are built without the proxies which another service of their project passes to its
//! build, a part of `proxy-missing`.

use hashbrown::HashSet;

use super::Sink;
use super::proxy_missing::lacks;
use super::words::list;
use crate::flow::{Analysis, Engine, Forgotten, Need, Workspace, build_key};
use crate::model::variables::is_proxy_address;
use crate::source::Location;

/// Reports them, those that lack the same ones together.
pub(super) fn report(workspace: &Workspace<'_>, sink: &mut Sink) {
    // The client's `config.json` is in sight: its proxies reach every build.
    if !workspace.machine.clients.is_empty() {
        return;
    }
    // A service that several files are laid over is still one to mend.
    let mut told = HashSet::new();
    let mut causes: Vec<(Location, Vec<Lacking<'_, '_>>)> = Vec::new();
    for forgotten in workspace.forgotten_proxies() {
        let Some(at) = build_key(forgotten.service) else {
            continue;
        };
        if comes_otherwise(&forgotten, workspace) || !told.insert(at) {
            continue;
        }
        let Some(lacking) = lacking(forgotten, at, workspace) else {
            continue;
        };
        let Some(passed) = forgotten.proxies().next() else {
            continue;
        };
        match causes
            .iter_mut()
            .find(|(known, _)| *known == passed.name_at)
        {
            Some((_, all)) => all.push(lacking),
            None => causes.push((passed.name_at, vec![lacking])),
        }
    }
    for (_, all) in &causes {
        report_forgotten(all, sink);
    }
}

/// A service whose build lacks what another one passes.
struct Lacking<'w, 't> {
    forgotten: Forgotten<'w, 't>,
    /// Its `build` key.
    at: Location,
    /// The command that goes to the network, and its client.
    command: (Location, &'static str),
}

/// Whether a proxy may come to the build by another way, or there is no telling.
fn comes_otherwise(forgotten: &Forgotten<'_, '_>, workspace: &Workspace<'_>) -> bool {
    let Forgotten { build, service, .. } = forgotten;
    workspace.request.settings(build.file).engine == Engine::Podman
        || workspace.is_template(build.file)
        || workspace.is_template(service.name_at.file)
        || forgotten
            .proxies()
            .any(|arg| workspace.is_template(arg.name_at.file))
        || build
            .model
            .proxies
            .iter()
            .any(|proxy| is_proxy_address(proxy.name))
        || build
            .model
            .build_args
            .iter()
            .any(|arg| is_proxy_address(&arg.name))
}

fn lacking<'w, 't>(
    forgotten: Forgotten<'w, 't>,
    at: Location,
    workspace: &Workspace<'_>,
) -> Option<Lacking<'w, 't>> {
    let network = &workspace.request.settings(forgotten.build.file).network;
    let analysis = Analysis::of(forgotten.build);
    let needs = analysis.needs();
    let need = needs.iter().find(|need| lacks(need, network))?;
    // Where one command has a proxy, the file takes care of its own.
    let takes_care = needs.iter().any(Need::has_proxy_variable);
    let command = (need.executed.location(), need.call.client.name);
    (!takes_care).then_some(Lacking {
        forgotten,
        at,
        command,
    })
}

/// Services are not passed what another one of the project passes to its build: one cause.
fn report_forgotten(all: &[Lacking<'_, '_>], sink: &mut Sink) {
    let Some((first, others)) = all.split_first() else {
        return;
    };
    let Forgotten {
        service, sibling, ..
    } = first.forgotten;
    let proxies: Vec<_> = first.forgotten.proxies().collect();
    let names = list(proxies.iter().map(|arg| &*arg.name));
    let them = if proxies.len() == 1 { "it" } else { "them" };
    let (need, client) = first.command;
    let and = match others.len() {
        0 => String::new(),
        1 => ", as one other service is".to_owned(),
        count => format!(", as {count} other services are"),
    };
    let finding = sink
        .report(
            first.at,
            "not passed here",
            format!(
                "`{}` is built without the {names} that `{}` passes to its build{and}, and {client} goes to the network there",
                service.name, sibling.name
            ),
        )
        .after(need, format!("goes to the network without {them}"))
        .help(format!("pass {names} here as well, under `build.args`: no ARG is needed for {them}"));
    if let Some(arg) = proxies.first() {
        finding.about(&*arg.name);
    }
    for arg in &proxies {
        finding.before(
            arg.name_at,
            format!("passed to the build of `{}`", sibling.name),
        );
    }
    for other in others.iter().take(3) {
        finding.related(other.at, "nor here");
    }
}
