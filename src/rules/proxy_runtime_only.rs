//! `proxy-runtime-only`: a service's proxy is there when it runs, not when it is built.

use hashbrown::{HashMap, HashSet};

use super::compose_args::{self, NewArg};
use super::proxy_arg_blank::only_variables;
use super::{Rule, Sink, words};
use crate::finding::{Applicability, Edit, Severity};
use crate::flow::{Analysis, Build, Engine, Workspace, build_key, serves_builds};
use crate::model::compose::{EnvironmentEntry, Service};
use crate::model::variables::is_proxy_address;
use crate::source::{Location, SourceFile};

pub(super) struct ProxyRuntimeOnly;

impl Rule for ProxyRuntimeOnly {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A service that several files are laid over is still one to mend.
        let mut told = HashSet::new();
        let sections = Sections::of(workspace);
        for build in &workspace.builds {
            look_at(build, workspace, &sections, &mut told, sink);
        }
    }
}

/// The `build` keys of all services, each with the service's name; none if several services have it.
struct Sections<'w>(HashMap<Location, Option<&'w str>>);

impl<'w> Sections<'w> {
    fn of(workspace: &'w Workspace<'_>) -> Self {
        let mut sections = HashMap::new();
        let projects = workspace.projects.iter();
        for service in projects.flat_map(|project| &project.services) {
            let Some(key) = build_key(service) else {
                continue;
            };
            let name = Some(&*service.name);
            let known = sections.entry(key).or_insert(name);
            if *known != name {
                *known = None;
            }
        }
        Self(sections)
    }

    /// Whether a key is that of one service.
    fn is_of_one(&self, key: &Location) -> bool {
        self.0.get(key).is_some_and(Option::is_some)
    }
}

fn look_at(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    sections: &Sections<'_>,
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
        .help(help(&proxies, workspace));
    let edits = added(&proxies, service, workspace);
    if let Some(edits) = edits.filter(|_| sections.is_of_one(&at)) {
        let title = format!("pass {names} to the build");
        finding.fix(title, Applicability::Suggested, edits);
    }
    if is_containerfile(workspace.source(build.file)) {
        finding.severity(Severity::Info);
    }
}

/// Gives the build what stands under `environment` of the same file: by name alone what is taken from
/// the caller's environment, and addresses that are written out.
fn added(
    proxies: &[&EnvironmentEntry<'_>],
    service: &Service<'_>,
    workspace: &Workspace<'_>,
) -> Option<Vec<Edit>> {
    let key = build_key(service)?;
    let source = workspace.source(key.file);
    let args = proxies.iter().map(|entry| {
        let is_beside = entry.name_at.file == key.file && is_environment(entry, service);
        new_arg(entry, source).filter(|_| is_beside)
    });
    compose_args::add(&args.collect::<Option<Vec<_>>>()?, service, source)
}

fn new_arg<'a>(entry: &'a EnvironmentEntry<'_>, source: &'a SourceFile) -> Option<NewArg<'a>> {
    let name = &*entry.name;
    if is_by_name(entry, source) {
        return Some(NewArg { name, value: None });
    }
    let written = source.slice(entry.at.span).trim_matches(['"', '\'']);
    // Written alike in a map and in a list; and no password.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/');
    let is_address = written.contains("://") && !written.ends_with(':');
    (is_address && written.chars().all(is_plain)).then_some(NewArg {
        name,
        value: Some(written),
    })
}

/// Whether the value is the caller's variable of that name.
fn is_by_name(entry: &EnvironmentEntry<'_>, source: &SourceFile) -> bool {
    let written = source.slice(entry.at.span);
    entry.is_pass_through || only_variables(written).first() == Some(&&*entry.name)
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

fn help(proxies: &[&EnvironmentEntry<'_>], workspace: &Workspace<'_>) -> String {
    let is_by_name = |entry: &&EnvironmentEntry<'_>| {
        let is_known = entry
            .value
            .as_ref()
            .is_some_and(|value| value.as_known().is_some());
        !is_known && is_by_name(entry, workspace.source(entry.at.file))
    };
    let value = match proxies.iter().all(is_by_name) {
        true => ", without a value",
        false => "",
    };
    let names = words::list(proxies.iter().map(|entry| &*entry.name));
    format!("give it to the build as well, under `build.args`{value}: no ARG is needed for {names}")
}
