//! `secret-in-env`: an image, or a unit, keeps a secret in its environment.

use super::stories::{Stories, Story, is_placeholder_address, labels, way};
use super::{Rule, Sink, secret_help};
use crate::finding::Severity;
use crate::flow::secrets::{
    SecretLabel, SecretVariable, Written, file_settings, secret_labels, secret_variables, written,
};
use crate::flow::{Build, Workspace};
use crate::model::Mechanism;
use crate::secrets::{Place, Verdict, judge};
use crate::source::{FileKind, Location, SourceFile};

pub(super) struct SecretInEnv;

impl Rule for SecretInEnv {
    fn file(&self, file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        if file.kind() != FileKind::Unit {
            return;
        }
        let names = &workspace.request.settings(file.id()).names;
        for setting in file_settings(file) {
            let judgement = judge(
                names,
                Place::SystemdEnv,
                &setting.name,
                Some(&setting.value),
            );
            if judgement.verdict < Verdict::Literal {
                continue;
            }
            let at = Location {
                file: file.id(),
                span: setting.span,
            };
            let name = &setting.name;
            sink.report(
                at,
                "a secret in clear",
                format!("`{name}` holds a secret that `systemctl show` tells every local user"),
            )
            .about(name)
            .help(
                "put it into a file that only root can read, and name that with `EnvironmentFile=`",
            );
        }
    }

    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut stories = Stories::default();
        for build in &workspace.builds {
            let names = &workspace.request.settings(build.file).names;
            let shipped = build.shipped();
            let variables = secret_variables(build, names, workspace.sources);
            let labels = secret_labels(build, names, workspace.sources);
            if variables.is_empty() && labels.is_empty() {
                continue;
            }
            let leaks = written(build, names, workspace.sources);
            for variable in variables {
                let ships = shipped[build.model.steps[variable.step].stage];
                if let Some(story) = of_variable(build, workspace, &variable, ships, &leaks) {
                    stories.add(story);
                }
            }
            for label in labels {
                if shipped[build.model.steps[label.step].stage]
                    && let Some(story) = of_label(build, workspace, &label, &leaks)
                {
                    stories.add(story);
                }
            }
        }
        stories.tell(sink);
    }
}

fn of_variable(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    variable: &SecretVariable<'_>,
    ships: bool,
    leaks: &[Written<'_>],
) -> Option<Story> {
    let name = variable.name;
    if is_placeholder_address(name, &variable.judgement) {
        return None;
    }
    let keeps = if ships {
        "everybody who has the image can read"
    } else {
        "everybody who has this file can read"
    };
    let (severity, message, label) = match variable.judgement.verdict {
        Verdict::Clean => return None,
        // What a stage keeps that is not in the image is told where it comes in.
        Verdict::Channel if !ships => return None,
        Verdict::Channel => (
            Severity::Error,
            format!(
                "the image keeps the secret that comes in as `{}`",
                source_name(variable)
            ),
            "kept in the image here",
        ),
        Verdict::Weak => (
            Severity::Info,
            format!(
                "`{name}` is a password that everybody knows, and every container of this image has it"
            ),
            "a well-known password",
        ),
        Verdict::Literal => (
            Severity::Warning,
            format!("`{name}` holds a secret that {keeps}"),
            "a secret in clear",
        ),
        Verdict::Token => (
            Severity::Error,
            format!("`{name}` holds a secret that {keeps}"),
            "a secret in clear",
        ),
    };
    // What the message names.
    let variable_name = match variable.judgement.verdict {
        Verdict::Channel => source_name(variable),
        _ => name,
    };
    let assignment = variable.assignment;
    let help = if variable.judgement.verdict == Verdict::Channel {
        let step = first_run_behind(build, variable.step);
        format!(
            "drop this ENV; {}",
            secret_help::mount(build, workspace, source_name(variable), step, leaks)
        )
    } else {
        format!(
            "leave `{name}` out of the image and set it when a container starts: `docker run -e {name}`, `environment` or `secrets` of a compose file"
        )
    };
    let target = build.model.target.filter(|_| ships);
    let end = target.map(|target| {
        let from = build.model.stages[target].from;
        (
            build.at(from.keyword_span()),
            "in the image of this stage".to_owned(),
        )
    });
    Some(Story {
        at: build.at(assignment.name_span.to(assignment.value_span)),
        label: label.to_owned(),
        message,
        variable: Some(variable_name.to_owned()),
        severity,
        before: before(build, variable),
        after: match variable.judgement.verdict {
            Verdict::Channel => end.into_iter().collect(),
            _ => Vec::new(),
        },
        related: Vec::new(),
        help,
    })
}

/// A label that the image keeps. Addresses with a password have a rule of their own.
fn of_label(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    label: &SecretLabel<'_>,
    leaks: &[Written<'_>],
) -> Option<Story> {
    let name = label.name;
    let (severity, message, text, help) = match (label.judgement.verdict, label.filled_by) {
        (Verdict::Channel, Some(argument)) => {
            let argument = &argument.declaration.name;
            let step = first_run_behind(build, label.step);
            let mount = secret_help::mount(build, workspace, argument, step, leaks);
            (
                Severity::Error,
                format!("the image keeps the secret that comes in as `{argument}` in a label"),
                "kept in the image here",
                format!("drop it from the LABEL; {mount}"),
            )
        }
        (Verdict::Literal, _) => (
            Severity::Warning,
            format!("the label `{name}` holds a secret that everybody who has the image can read"),
            "a secret in clear",
            format!("leave `{name}` out of the image"),
        ),
        _ => return None,
    };
    let before = label.filled_by.map(|it| {
        let at = build.at(it.declaration.name_span);
        (at, "comes in as a build argument here".to_owned())
    });
    Some(Story {
        at: label.secret,
        label: text.to_owned(),
        message,
        variable: label.filled_by.map(|it| it.declaration.name.clone()),
        severity,
        before: before.into_iter().collect(),
        after: Vec::new(),
        related: Vec::new(),
        help,
    })
}

/// The name under which the secret comes in.
fn source_name<'v>(variable: &'v SecretVariable<'_>) -> &'v str {
    let filled_by = variable.filled_by.first();
    filled_by.map_or(variable.name, |it| it.declaration.name.as_str())
}

/// The places on the way to the `ENV`: of its value, and all `ARG`s of the argument that fills it.
fn before(build: &Build<'_>, variable: &SecretVariable<'_>) -> Vec<(Location, String)> {
    let mut before = way(build, variable.assignment.hop);
    for declared in &variable.brought_by {
        let at = build.at(declared.declaration.name_span);
        let is_there = |(place, _): &(Location, String)| {
            place.file == at.file && place.span.to(at.span) == place.span
        };
        if !before.iter().any(is_there) {
            let how = match declared.step {
                Some(_) => Mechanism::Arg,
                None => Mechanism::GlobalArg,
            };
            before.extend(labels(vec![(at, how)]));
        }
    }
    before
}

/// The first RUN of the stage behind a step: most likely what the variable is for.
fn first_run_behind(build: &Build<'_>, step: usize) -> Option<usize> {
    let stage = build.model.steps[step].stage;
    let steps = step..build.model.stages[stage].steps.end;
    steps.into_iter().find(|&at| build.commands[at].is_some())
}
