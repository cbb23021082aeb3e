//! `proxy-runtime-only`: a service's proxy is there when it runs, not when it is built.

use hashbrown::HashSet;

use super::{Rule, Sink, words};
use crate::finding::Severity;
use crate::flow::{Analysis, Build, Engine, Workspace, build_key, serves_builds};
use crate::model::compose::{EnvironmentEntry, Service};
use crate::model::variables::is_proxy_address;
use crate::source::{Location, SourceFile};

pub(super) struct ProxyRuntimeOnly;

impl Rule for ProxyRuntimeOnly {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A service that several files are laid over is still one to mend.
        let mut told = HashSet::new();
        for build in &workspace.builds {
            look_at(build, workspace, &mut told, sink);
        }
    }
}

fn look_at(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    told: &mut HashSet<Location>,
    sink: &mut Sink,
) {
    let Some((project, service)) = workspace.service(build) else {
        return;
    };
    let proxies: Vec<&EnvironmentEntry<'_>> = service
        .environment
        .iter()
        .filter(|entry| {
            is_proxy_address(&entry.name) && serves_builds(entry.value.as_ref(), project)
        })
        .collect();
    let (Some(first), Some(at)) = (proxies.first(), build_key(service)) else {
        return;
    };
    if is_served_otherwise(build, service, workspace) || workspace.is_template(at.file) {
        return;
    }
    let analysis = Analysis::of(build);
    let mut needs = analysis.needs().iter();
    let lacks = needs.find(|need| need.is_certain && need.lacks_proxy());
    let Some(lacking) = lacks.filter(|_| told.insert(at)) else {
        return;
    };
    let names = words::list(proxies.iter().map(|entry| &*entry.name));
    let by = if is_environment(first, service) {
        "environment"
    } else {
        "env_file"
    };
    let client = lacking.call.client.name;
    let finding = sink.report(
            at,
            "built without it",
            format!("`{}` gets {names} when it runs, not when it is built: `{by}` reaches no RUN, and {client} needs the network there", service.name),
        );
    finding
        .before(first.name_at, "set for the container only")
        .after(
            lacking.executed.location(),
            "goes to the network without it",
        )
        .help(help(&proxies));
    if is_containerfile(workspace.source(build.file)) {
        finding.severity(Severity::Info);
    }
}

/// Whether a proxy may come to the build by another way, or none is wanted there.
fn is_served_otherwise(
    build: &Build<'_>,
    service: &Service<'_>,
    workspace: &Workspace<'_>,
) -> bool {
    let args = service.build.iter().flat_map(|build| &build.args);
    let given = build.model.build_args.iter().map(|arg| arg.name.as_str());
    workspace.request.settings(build.file).engine == Engine::Podman
        || workspace.is_template(build.file)
        || args.map(|arg| &*arg.name).chain(given).any(is_proxy_address)
        // The client's `config.json` is in sight: its proxies reach every build.
        || !workspace.machine.clients.is_empty()
}

/// Whether the entry stands in `environment`, and not in a file named by `env_file`.
fn is_environment(entry: &EnvironmentEntry<'_>, service: &Service<'_>) -> bool {
    let in_file = |at: Location| {
        service
            .env_files
            .iter()
            .any(|file| file.file == Some(at.file))
    };
    !in_file(entry.name_at)
}

/// Podman, whose files these usually are, passes the caller's proxies to RUN.
fn is_containerfile(file: &SourceFile) -> bool {
    let name = file.location().rsplit('/').next().unwrap_or_default();
    name.starts_with("Containerfile")
}

fn help(proxies: &[&EnvironmentEntry<'_>]) -> String {
    let names: Vec<&str> = proxies.iter().map(|entry| &*entry.name).collect();
    let is_literal = proxies.iter().any(|entry| {
        entry
            .value
            .as_ref()
            .is_some_and(|value| value.as_known().is_some())
    });
    if is_literal {
        format!(
            "give it to the build as well, under `build.args`: no ARG is needed for {}",
            words::list(names.into_iter())
        )
    } else {
        format!(
            "pass it to the build as well, by name alone: `args: [{}]` under `build`",
            names.join(", ")
        )
    }
}
