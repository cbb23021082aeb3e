//! `proxy-baked`: the image keeps a proxy.

use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::{Action, Assignment};
use crate::model::variables::is_proxy_address;
use crate::model::address::is_placeholder;

pub(super) struct ProxyBaked;

impl Rule for ProxyBaked {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some(target) = build.model.target else {
            return;
        };
        if workspace.source(build.file).is_template() {
            return;
        }
        for stage in build.chain(target) {
            let baked = assignments(build, stage)
                .filter(|assignment| bakes(assignment, build))
                .collect::<Vec<_>>();
            report(&baked, build, target, sink);
        }
    }
}

fn assignments<'b>(
    build: &'b Build<'_>,
    stage: usize,
) -> impl Iterator<Item = &'b Assignment<'b>> {
    let steps = build.model.stages[stage].steps.clone();
    let steps = build.model.steps[steps].iter();
    steps
        .filter(|step| step.triggered_by.is_none())
        .flat_map(|step| match &step.action {
            Action::Env(assignments) => assignments.as_slice(),
            _ => &[],
        })
}

/// Whether the assignment puts a proxy into the image: a value that is not empty, or one that a
/// build argument is to fill.
fn bakes(assignment: &Assignment<'_>, build: &Build<'_>) -> bool {
    let name = assignment.name.as_known().unwrap_or_default();
    if !is_proxy_address(name) {
        return false;
    }
    match assignment.value.as_known() {
        Some("") => build.is_filled_by_argument(&assignment.uses),
        Some(value) => !is_placeholder(value),
        None => true,
    }
}

fn report(baked: &[&Assignment<'_>], build: &Build<'_>, target: usize, sink: &mut Sink) {
    let Some((first, others)) = baked.split_first() else {
        return;
    };
    let name = first.name.as_known().unwrap_or_default();
    let end = build.model.stages[target].image_end;
    let emptied = baked.iter().all(|assignment| {
        let name = assignment.name.as_known().unwrap_or_default();
        build
            .model
            .image
            .at(end, name)
            .is_some_and(|change| change.hop != assignment.hop && change.value.is_empty())
    });
    let message = if emptied {
        format!("the image's history keeps `{name}`, though a later ENV empties it")
    } else {
        format!("the image keeps `{name}`: every container of it uses this proxy, wherever it runs")
    };
    let finding = sink
        .report(build.at(first.name_span.to(first.value_span)), "kept in the image", message)
        .help("drop this ENV and pass the proxy with `--build-arg`: BuildKit hands it to every RUN, in both spellings, and the image stays clean");
    for other in others {
        finding.related(build.at(other.name_span.to(other.value_span)), "and this one");
    }
    if emptied {
        finding.severity(Severity::Info);
    }
}
