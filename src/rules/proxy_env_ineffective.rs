//! `proxy-env-ineffective`: a build argument wins over this proxy.

use super::{Rule, Sink};
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::Action;
use crate::model::variables::is_predefined_proxy;

pub(super) struct ProxyEnvIneffective;

impl Rule for ProxyEnvIneffective {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if build.model.proxies.is_empty() || workspace.source(build.file).is_template() {
            return;
        }
        for setting in build.settings().filter(|s| is_predefined_proxy(s.name)) {
            let Some(step) = setting.step.filter(|_| setting.by.keyword() == "ENV") else {
                continue;
            };
            let proxies = &build.model.proxies;
            let given = proxies.iter().find(|proxy| {
                proxy.name.eq_ignore_ascii_case(setting.name) && !proxy.value.is_empty()
            });
            let Some(given) = given.filter(|given| given.value != *setting.value) else {
                continue;
            };
            // An ENV that hands the build argument on is what `proxy-baked` is about.
            if setting.value.as_known().is_none() {
                continue;
            }
            let stage = build.model.steps[step].stage;
            let steps = build.model.stages[stage].steps.clone();
            let later = build.model.steps[steps.start.max(step)..steps.end].iter();
            let Some(run) = later.clone().find(|step| matches!(step.action, Action::Run(_))) else {
                continue;
            };
            let name = setting.name;
            let does = if setting.value.is_empty() {
                "does not switch the proxy off"
            } else {
                "has no effect"
            };
            let finding = sink
                .report(
                    build.at(setting.name_span.to(setting.value_span)),
                    "overridden in every RUN",
                    format!("this `{name}` {does} in RUN: the build argument of that name wins"),
                )
                .about(name)
                .after(build.at(run.instruction.keyword_span()), "sees the build argument")
                .help(format!("inside the RUN, write `unset {name}` or `{name}=… command`, or build without the argument"));
            if let Some(at) = build.model.provenance.hop(given.hop).at {
                finding.before(at, "given here");
            }
        }
    }
}
