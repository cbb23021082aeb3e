//! `build-arg-not-consumed`: a build argument that no stage declares.

use std::collections::HashSet;

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit, Severity};
use crate::flow::{Build, Declarations, Download, Workspace, downloads, service_arg};
use crate::model::variables::{is_mirror, is_predefined_proxy};
use crate::source::{Location, SourceFile, Span};

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
        for build in &workspace.builds {
            let is_readable = build.tree.errors.is_empty() && !workspace.is_template(build.file);
            if !is_readable || build.model.target.is_none() {
                continue;
            }
            let declarations = Declarations::of(build);
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
            if workspace.is_compose_template(at.file) {
                continue;
            }
            let needed = is_mirror(name).then(|| reader(build, name)).flatten();
            match needed {
                Some(download) => mirror(build, name, at, &download, workspace, sink),
                None if !taken.contains(&at) => unused(build, name, at, workspace, sink),
                None => {}
            }
        }
    }
}

fn acts_by_itself(name: &str) -> bool {
    is_predefined_proxy(name) || BUILT_IN.contains(&name) || name.starts_with("BUILDKIT_")
}

/// The first download whose program reads the variable.
fn reader<'b>(build: &'b Build<'_>, name: &str) -> Option<Download<'b>> {
    downloads(build).into_iter().find(|download| {
        let mut variables = download.call.client.variables.iter();
        variables.any(|variable| variable.name == name) && !download.has_mirror
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
    download: &Download<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let client = download.call.client.name;
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
    let stage = build
        .model
        .stages
        .iter()
        .rfind(|stage| stage.from.span.start <= download.at.span.start);
    if let Some(stage) = stage {
        finding
            .after(
                build.at(stage.from.keyword_span()),
                format!("no `ARG {name}` in this stage"),
            )
            .after(download.at, format!("{client} would read it"))
            .help(format!(
                "add `ARG {name}` to this stage of `{}`, above the command",
                source.path()
            ))
            .fix(
                format!("declare `ARG {name}` in the stage"),
                Applicability::Suggested,
                vec![declare(name, stage.from.span, build, source)],
            );
    }
}

fn declare(name: &str, from: Span, build: &Build<'_>, source: &SourceFile) -> Edit {
    let line_end = if source.text().contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    Edit {
        file: build.file,
        span: Span::at(from.end as usize),
        text: format!("{line_end}ARG {name}"),
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
