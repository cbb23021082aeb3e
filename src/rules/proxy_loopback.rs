//! `proxy-loopback`: a proxy or mirror on an address that means the build container itself.

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::flow::{Analysis, Build, ProjectSetting, SetIn, Setting, Workspace};
use crate::model::HopId;
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, Network, Program, Step};
use crate::model::variables::{is_mirror, is_proxy_address};
use crate::source::Location;

pub(super) struct ProxyLoopback;

impl Rule for ProxyLoopback {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let source = workspace.source(build.file);
        let local: Vec<(Setting<'_>, &str)> = build
            .told_settings()
            .filter(|setting| is_proxy_address(setting.name) || is_mirror(setting.name))
            .filter_map(|setting| Some((setting, local_host(setting.value.as_known()?)?)))
            .collect();
        if local.is_empty() {
            return;
        }
        let names = local.iter().map(|(setting, _)| setting.name).collect();
        let first_runs = first_runs(&names, build);
        for (setting, host) in local {
            let Some(step) = first_runs.get(&setting.hop) else {
                continue;
            };
            let name = setting.name;
            let what = if is_mirror(name) { "mirror" } else { "proxy" };
            let value = setting.value.as_known().unwrap_or_default();
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

    /// Build arguments of compose files.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let settings = workspace.project_settings().into_iter();
        let mut settings: HashMap<Location, ProjectSetting<'_>> = settings
            .filter(|setting| setting.by == SetIn::BuildArgs)
            .filter(|setting| is_proxy_address(setting.name) || is_mirror(setting.name))
            .map(|setting| (setting.value_at, setting))
            .collect();
        for build in &workspace.builds {
            let analysis = Analysis::of(build);
            for (_, at) in build.passed_args() {
                let told = settings
                    .get(&at)
                    .is_some_and(|setting| argument(setting, &analysis, workspace, sink));
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
    build: &Analysis<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) -> bool {
    let (name, value) = (setting.name, setting.value.as_known().unwrap_or_default());
    let Some(host) = local_host(value) else {
        return false;
    };
    let Some(target) = build.model.target else {
        return false;
    };
    let reachable = build.model.reachable(target);
    let declarations = build.declarations();
    let mut steps = build.model.steps.iter().enumerate();
    let step = steps.find(|(index, step)| {
        let is_alone = matches!(&step.action, Action::Run(run) if run.network == Network::Default);
        reachable[step.stage]
            && is_alone
            && (is_proxy_address(name) || declarations.reaches(step.stage, *index, name))
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

/// The first loopback host in an address, or in a list of them.
fn local_host(value: &str) -> Option<&str> {
    value
        .split([',', '|'])
        .find_map(|part| loopback_host(part.trim()))
}

/// For each hop of these variables the first RUN that it leads to, of those that have a network of
/// their own and start nothing to listen there.
fn first_runs<'b, 't>(names: &HashSet<&str>, build: &'b Build<'t>) -> HashMap<HopId, &'b Step<'t>> {
    let model = &build.model;
    let mut first = HashMap::new();
    for step in &model.steps {
        let Action::Run(run) = &step.action else {
            continue;
        };
        if run.network != Network::Default || starts_a_daemon(&run.program) {
            continue;
        }
        let seen = names
            .iter()
            .filter_map(|name| model.inherited_variable(step, name));
        let mut stack: Vec<HopId> = seen.map(|(_, hop)| hop).collect();
        // What leads to an earlier RUN has been there.
        while let Some(hop) = stack.pop() {
            if let Entry::Vacant(entry) = first.entry(hop) {
                entry.insert(step);
                stack.extend(model.provenance.parents(hop));
            }
        }
    }
    first
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
