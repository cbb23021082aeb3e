//! `proxy-env-ineffective`: a build argument wins over this proxy.

use hashbrown::HashSet;

use super::{Rule, Sink};
use crate::flow::{Analysis, Build, Engine, SetBy, Setting, Workspace};
use crate::model::dockerfile::{Action, ProxyVariable, Step};
use crate::model::variables::is_predefined_proxy;

pub(super) struct ProxyEnvIneffective;

impl Rule for ProxyEnvIneffective {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let engine = workspace.request.settings(build.file).engine;
        if build.model.proxies.is_empty()
            || engine != Engine::Buildkit
            || workspace.is_template(build.file)
        {
            return;
        }
        let mut told = HashSet::new();
        for setting in build.network_settings().filter(|s| s.by == SetBy::Env) {
            let Some(given) = overriding(&setting, build) else {
                continue;
            };
            let Some(step) = setting.step else {
                continue;
            };
            // The other spelling tells the same story.
            let story = (build.model.steps[step].stage, given.name);
            if !told.insert(story) {
                continue;
            }
            if let Some(run) = run_behind(step, build) {
                report(&setting, given, run, build, sink);
            }
        }
    }
}

/// The proxy from a build argument that RUN gets instead of the setting. An ENV that hands the
/// argument on is what `proxy-baked` is about.
fn overriding<'b>(setting: &Setting<'_>, build: &'b Build<'_>) -> Option<&'b ProxyVariable<'b>> {
    let value = setting
        .value
        .as_known()
        .filter(|_| is_predefined_proxy(setting.name))?;
    build.model.proxies.iter().find(|proxy| {
        proxy.name.eq_ignore_ascii_case(setting.name)
            && !proxy.value.is_empty()
            && proxy.value.as_known() != Some(value)
    })
}

/// The first RUN behind a step in its stage.
fn run_behind<'b>(step: usize, build: &'b Build<'b>) -> Option<&'b Step<'b>> {
    let end = build.model.stages[build.model.steps[step].stage].steps.end;
    let later = build.model.steps.get(step..end)?;
    later
        .iter()
        .find(|step| matches!(step.action, Action::Run(_)))
}

fn report(
    setting: &Setting<'_>,
    given: &ProxyVariable<'_>,
    run: &Step<'_>,
    build: &Build<'_>,
    sink: &mut Sink,
) {
    let name = setting.name;
    let argument = build
        .model
        .build_args
        .iter()
        .find(|arg| arg.hop == given.hop);
    let argument = argument.map_or(given.name, |arg| &arg.name);
    let (does, help) = if setting.value.is_empty() {
        (
            "does not switch the proxy off",
            format!(
                "inside the RUN, write `unset {} {}` first, or build without the argument",
                given.name,
                given.name.to_uppercase()
            ),
        )
    } else {
        (
            "has no effect",
            format!(
                "inside the RUN, write `export {name}=…` in each spelling that the command reads, or build without the argument"
            ),
        )
    };
    let finding = sink
        .report(
            build.at(setting.name_span.to(setting.value_span)),
            "RUN does not see this",
            format!("`ENV {name}` {does} in a RUN: the build argument `{argument}` wins"),
        )
        .about(name)
        .after(
            build.at(run.instruction.keyword_span()),
            "sees the build argument",
        )
        .help(help);
    if let Some(at) = build.model.provenance.hop(given.hop).at {
        finding.before(at, "given here");
    }
}
