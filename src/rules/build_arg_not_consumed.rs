//! `build-arg-not-consumed`: a build argument that no stage declares.

use hashbrown::HashSet;

use super::{Rule, Sink, edits};
use crate::finding::{Applicability, Severity};
use crate::flow::{Analysis, Build, Need, Workspace, service_arg};
use crate::model::variables::{is_mirror, is_predefined_proxy};
use crate::source::Location;

pub(super) struct BuildArgNotConsumed;

/// What BuildKit acts upon without an `ARG` (facts/buildkit.md 3).
const BUILT_IN: [&str; 8] = [
    "SOURCE_DATE_EPOCH",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
];

impl Rule for BuildArgNotConsumed {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        // An anchor may serve several builds: one that takes the argument is enough.
        let mut taken: HashSet<Location> = HashSet::new();
        let mut left = Vec::new();
        let analyses: Vec<Analysis<'_>> = workspace.builds.iter().map(Analysis::of).collect();
        for build in &analyses {
            let is_readable = build.tree.errors.is_empty() && !workspace.is_template(build.file);
            if !is_readable || build.model.target.is_none() {
                continue;
            }
            let declarations = build.declarations();
            for (arg, at) in build.passed_args() {
                let name = arg.name.as_str();
                if declarations.is_declared(name) || acts_by_itself(name) {
                    taken.insert(at);
                } else {
                    left.push((build, name, at));
                }
            }
        }
        for (build, name, at) in left {
            if workspace.is_template(at.file) {
                continue;
            }
            let needed = is_mirror(name).then(|| reader(build, name)).flatten();
            match needed {
                Some(need) => mirror(build, name, at, need, workspace, sink),
                None if !taken.contains(&at) => unused(build, name, at, workspace, sink),
                None => {}
            }
        }
    }
}

fn acts_by_itself(name: &str) -> bool {
    is_predefined_proxy(name) || BUILT_IN.contains(&name) || name.starts_with("BUILDKIT_")
}

/// The first command that surely goes to the network and whose program reads the variable.
fn reader<'s, 'b>(build: &'s Analysis<'b>, name: &str) -> Option<&'s Need<'b>> {
    build.needs().iter().find(|need| {
        let mut variables = need.call.client.variables.iter();
        need.is_certain && variables.any(|variable| variable.name == name) && !need.has_mirror()
    })
}

/// The name in the compose file: what to suppress and to underline.
fn place(build: &Build<'_>, name: &str, at: Location, workspace: &Workspace<'_>) -> Location {
    let service = workspace.service(build).map(|(_, service)| service);
    let arg = service.and_then(|service| service_arg(service, name));
    arg.map_or(at, |arg| arg.name_at)
}

fn mirror(
    build: &Build<'_>,
    name: &str,
    at: Location,
    need: &Need<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let client = need.call.client.name;
    let source = workspace.source(build.file);
    let finding = sink.report(
        place(build, name, at, workspace),
        "passed to the build",
        format!(
            "`{name}` reaches no step: no stage of `{}` declares it, so {client} does not see it",
            source.path()
        ),
    );
    finding.about(name);
    let at = need.executed.location();
    if let Some(stage) = build.stage_at(at.span) {
        let stage = &build.model.stages[stage];
        finding
            .after(
                build.at(stage.from.keyword_span()),
                format!("no `ARG {name}` in this stage"),
            )
            .after(at, format!("{client} would read it"))
            .help(format!(
                "add `ARG {name}` to this stage of `{}`, above the command",
                source.path()
            ))
            .fix(
                format!("declare `ARG {name}` in the stage"),
                Applicability::Suggested,
                vec![edits::line_below(
                    &format!("ARG {name}"),
                    stage.from.span,
                    build,
                    source,
                )],
            );
    }
}

fn unused(build: &Build<'_>, name: &str, at: Location, workspace: &Workspace<'_>, sink: &mut Sink) {
    let source = workspace.source(build.file);
    sink.report(
        place(build, name, at, workspace),
        "nobody takes it",
        format!(
            "no stage of `{}` declares `{name}`, so passing it does nothing",
            source.path()
        ),
    )
    .about(name)
    .pedantic()
    .severity(Severity::Info)
    .help(format!(
        "drop it, or declare it with `ARG {name}` where it is needed"
    ));
}
