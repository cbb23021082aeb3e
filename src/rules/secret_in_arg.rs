//! `secret-in-arg`: a build argument carries a secret.

use hashbrown::{HashMap, HashSet};

use super::stories::{Stories, Story, is_placeholder_address, way};
use super::{Rule, Sink, secret_help};
use crate::finding::Severity;
use crate::flow::secrets::{SecretArgument, Written, secret_arguments, secret_id, written};
use crate::flow::{Build, Origin, Workspace};
use crate::model::compose::Arg;
use crate::model::dockerfile::Action;
use crate::model::variables::is_network_setting;
use crate::secrets::{Evidence, Judgement, Place, Verdict, judge};
use crate::source::Location;

pub(super) struct SecretInArg;

impl Rule for SecretInArg {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut stories = Stories::default();
        let mut services = HashMap::new();
        for build in &workspace.builds {
            if let Origin::Service { project, service } = build.origin {
                services.insert((project, service), build);
            }
            let names = &workspace.request.settings(build.file).names;
            let arguments = secret_arguments(build, names, workspace.sources);
            if arguments.is_empty() {
                continue;
            }
            let (shipped, uses) = (build.shipped(), first_uses(build));
            let leaks = written(build, names, workspace.sources);
            let told = |it: &SecretArgument<'_>| !is_placeholder_address(it.name, &it.judgement);
            for argument in arguments.into_iter().filter(told) {
                let first_use = uses.get(argument.name).copied();
                let subject = argument.subject();
                let ships = subject
                    .step
                    .is_none_or(|step| shipped[build.model.steps[step].stage]);
                stories.add(of_argument(
                    build, workspace, &argument, ships, first_use, &leaks,
                ));
            }
        }
        for story in of_services(workspace, &services) {
            if !stories.tells(story.at) {
                stories.add(story);
            }
        }
        stories.tell(sink);
    }
}

/// The severity and the sentence for what was found out about `name`.
fn say(name: &str, judgement: &Judgement, keeps: &str) -> (Severity, String) {
    match judgement.verdict {
        Verdict::Channel | Verdict::Clean => (
            Severity::Warning,
            format!("the build argument `{name}` brings in a secret, and {keeps} it"),
        ),
        Verdict::Weak => (
            Severity::Info,
            format!("the build argument `{name}` holds a password that everybody knows"),
        ),
        Verdict::Literal | Verdict::Token => (
            Severity::Error,
            format!(
                "the build argument `{name}` holds a secret that everybody who has the file or the image can read"
            ),
        ),
    }
}

fn of_argument(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    argument: &SecretArgument<'_>,
    ships: bool,
    first_use: Option<(usize, Location)>,
    leaks: &[Written<'_>],
) -> Story {
    let name = argument.name;
    let subject = argument.subject();
    let keeps = if ships {
        "the image's history keeps"
    } else {
        "the build's provenance and cache keep"
    };
    let (severity, message) = say(name, &argument.judgement, keeps);
    let declaration = subject.declaration;
    let span = declaration
        .default_span
        .map_or(declaration.name_span, |value| {
            declaration.name_span.to(value)
        });
    let before = declaration
        .value
        .as_ref()
        .map(|(_, hop)| way(build, *hop))
        .unwrap_or_default();
    let mut related: Vec<(Location, String)> = argument
        .declared
        .iter()
        .filter(|it| it.declaration.name_span != declaration.name_span)
        .map(|it| {
            (
                build.at(it.declaration.name_span),
                "declared here as well".to_owned(),
            )
        })
        .filter(|(at, _)| before.iter().all(|(place, _)| !same_line(*place, *at)))
        .collect();
    let (mut after, mut step) = (Vec::new(), first_use.map(|(step, _)| step));
    if let Some(taken) = argument.taken {
        after.push((taken.at, "taken as a secret here".to_owned()));
        step = Some(taken.step);
    } else if let Some((_, at)) = first_use {
        related.push((at, "used here".to_owned()));
    }
    Story {
        at: build.at(span),
        label: match argument.is_default {
            true => label(&argument.judgement).to_owned(),
            false => "comes in here".to_owned(),
        },
        message,
        variable: Some(name.to_owned()),
        severity,
        before,
        after,
        related,
        help: help(build, workspace, name, &argument.judgement, step, leaks),
    }
}

fn same_line(outer: Location, inner: Location) -> bool {
    outer.file == inner.file && outer.span.to(inner.span) == outer.span
}

fn label(judgement: &Judgement) -> &'static str {
    match judgement.verdict {
        Verdict::Channel | Verdict::Clean => "comes in here",
        Verdict::Weak => "a well-known password",
        Verdict::Literal | Verdict::Token => "a secret in clear",
    }
}

fn help(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    name: &str,
    judgement: &Judgement,
    step: Option<usize>,
    leaks: &[Written<'_>],
) -> String {
    if judgement.evidence == Some(Evidence::UserInfo) && is_network_setting(name) {
        return format!(
            "pass `--build-arg {name}=…` without this ARG: BuildKit hands a proxy to every RUN by itself and keeps it out of the history"
        );
    }
    secret_help::mount(build, workspace, name, step, leaks)
}

/// For each variable the first RUN that expands what it is given, and where.
fn first_uses<'b>(build: &'b Build<'_>) -> HashMap<&'b str, (usize, Location)> {
    let mut first = HashMap::new();
    for (index, commands) in build.commands.iter().enumerate() {
        let Some(commands) = commands else {
            continue;
        };
        let uses = commands.outcome.uses.iter();
        for used in uses.filter(|used| !used.set_by_shell) {
            first
                .entry(used.name.as_str())
                .or_insert_with(|| (index, commands.locate(used.span)));
        }
    }
    first
}

/// What the `build.args` of services say that no `ARG` speaks of.
fn of_services(
    workspace: &Workspace<'_>,
    builds: &HashMap<(usize, usize), &Build<'_>>,
) -> Vec<Story> {
    let mut stories = Vec::new();
    let mut declared_at = HashSet::new();
    for (project_index, project) in workspace.projects.iter().enumerate() {
        for (service_index, service) in project.services.iter().enumerate() {
            let Some(section) = &service.build else {
                continue;
            };
            let build = builds.get(&(project_index, service_index));
            let declared: Option<HashSet<&str>> =
                build.map(|build| declared_names(build).collect());
            for arg in &section.args {
                if declared.as_ref().is_some_and(|it| it.contains(&*arg.name)) {
                    declared_at.insert(arg.at);
                } else {
                    let story = of_service(arg, declared.is_some(), workspace);
                    stories.extend(story.map(|story| (arg.at, story)));
                }
            }
        }
    }
    // One project may know the Dockerfile that another one lacks.
    stories.retain(|(at, _)| !declared_at.contains(at));
    stories.into_iter().map(|(_, story)| story).collect()
}

/// An argument of a service's build that no `ARG` of its Dockerfile, if that is known, speaks of.
fn of_service(arg: &Arg<'_>, is_dropped: bool, workspace: &Workspace<'_>) -> Option<Story> {
    let names = &workspace.request.settings(arg.at.file).names;
    let written = workspace.source(arg.at.file).slice(arg.at.span);
    // What an interpolation brings stands somewhere else: in `.env`, or in no file.
    let known = arg.value.as_ref().and_then(|value| value.as_known());
    let known = known.filter(|text| written.contains(*text));
    let value = if arg.is_pass_through {
        None
    } else {
        Some(known.filter(|text| !text.is_empty()).unwrap_or(written))
    };
    let judgement = judge(names, Place::BuildArg, &arg.name, value);
    if judgement.verdict == Verdict::Clean || is_placeholder_address(&arg.name, &judgement) {
        return None;
    }
    // A build drops what no ARG declares; what is literal stands in the compose file all the same.
    if is_dropped && judgement.verdict <= Verdict::Channel {
        return None;
    }
    let (severity, message) = say(&arg.name, &judgement, "the image's history keeps");
    let id = secret_id(&arg.name);
    Some(Story {
        at: Location {
            span: arg.name_at.span.to(arg.at.span),
            ..arg.at
        },
        label: label(&judgement).to_owned(),
        message,
        variable: Some(arg.name.to_string()),
        severity,
        before: Vec::new(),
        after: Vec::new(),
        related: Vec::new(),
        help: format!(
            "list `{id}` under `build.secrets` instead, with a top-level `secrets: {{ {id}: {{ environment: {} }} }}`, and write `RUN --mount=type=secret,id={id},env={} …` in the Dockerfile",
            arg.name, arg.name
        ),
    })
}

/// The names that the `ARG`s of a Dockerfile's stages declare.
fn declared_names<'b>(build: &'b Build<'_>) -> impl Iterator<Item = &'b str> {
    let declared = build
        .model
        .steps
        .iter()
        .flat_map(|step| match &step.action {
            Action::Arg(declarations) => declarations.as_slice(),
            _ => &[],
        });
    declared.map(|it| it.name.as_str())
}
