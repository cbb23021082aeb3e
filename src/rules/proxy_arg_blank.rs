//! `proxy-arg-blank`: a build argument that becomes empty when its variable is not set.

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit, Finding, Severity};
use crate::flow::{Analysis, Build, Workspace, service_arg};
use crate::model::compose::{Arg, ProcessEnvironment, Project, Unreadable};
use crate::model::dockerfile::{Action, Declaration};
use crate::model::variables::{is_network_setting, is_predefined_proxy};
use crate::model::{Mechanism, Unknown, Value};
use crate::source::{SourceFile, Span};

pub(super) struct ProxyArgBlank;

impl Rule for ProxyArgBlank {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some((project, service)) = workspace.service(build) else {
            return;
        };
        for (passed, _) in build.passed_args() {
            let name = passed.name.as_str();
            let arg = service_arg(service, name).filter(|_| is_network_setting(name));
            let Some(arg) = arg.filter(|arg| can_be_blank(arg, project)) else {
                continue;
            };
            let source = workspace.source(arg.at.file);
            let names = only_variables(source.slice(arg.at.span));
            // What gives the others a value is a default.
            let are_unset = names.iter().skip(1).all(|name| {
                let set = project.variable(name);
                set.is_none_or(|(value, _)| value.is_empty())
            });
            if names.is_empty() || !are_unset {
                continue;
            }
            let default = erased_default(build, name);
            // An empty mirror setting is as good as none; an empty proxy keeps config.json's out.
            let matters = default.is_some() || is_predefined_proxy(name);
            if matters && !workspace.is_template(arg.at.file) {
                report(
                    arg,
                    &names,
                    default,
                    build,
                    (&project.process, source),
                    sink,
                )
                .severity(severity(default.is_some(), project, workspace));
            }
        }
    }
}

/// Whether the argument's value is an empty text, or one if the caller's shell sets nothing.
fn can_be_blank(arg: &Arg<'_>, project: &Project<'_>) -> bool {
    let story = project.provenance.story(arg.hop);
    let is_replaced = story
        .iter()
        .any(|&hop| project.provenance.hop(hop).how == Mechanism::Interpolation);
    let value = arg.value.as_ref();
    let is_open = value == Some(&Value::Unknown(Unknown::ProcessEnvironment));
    let is_blank = value.is_some_and(Value::is_empty);
    !arg.is_pass_through && is_replaced && (is_open || is_blank)
}

/// The names in `$N`, `${N}`, `${N-}`, `${N:-}` and `${N:-${M:-}}`, when there is nothing else.
pub(super) fn only_variables(written: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = written.trim_matches(['"', '\'']);
    while let Some((name, default)) = variable(rest) {
        names.push(name);
        if default.is_empty() {
            return names;
        }
        rest = default;
    }
    Vec::new()
}

/// The name of a variable, and what takes its place if it is empty.
fn variable(written: &str) -> Option<(&str, &str)> {
    let text = written.strip_prefix('$')?;
    let (name, default) = match text.strip_prefix('{') {
        Some(inner) => {
            let inner = inner.strip_suffix('}')?;
            let (name, default) = inner.split_once('-').unwrap_or((inner, ""));
            (name.strip_suffix(':').unwrap_or(name), default)
        }
        None => (text, ""),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, default))
}

/// The default of an `ARG` of the stages that are built, which an empty argument replaces.
fn erased_default<'b>(build: &'b Build<'_>, name: &str) -> Option<&'b Declaration<'b>> {
    let reachable = build.model.reachable(build.model.target?);
    let steps = build
        .model
        .steps
        .iter()
        .filter(|step| reachable[step.stage]);
    let in_stages = steps.filter_map(|step| match &step.action {
        Action::Arg(declarations) => Some(declarations),
        _ => None,
    });
    let all = build.model.globals.iter().chain(in_stages.flatten());
    let text = |span: Span| build.tree.text.get(span.range()).unwrap_or_default();
    all.into_iter().find(|declaration| {
        let default = declaration.default_span.map_or("", text);
        let default = default.trim_matches(['"', '\'']);
        // What another variable gives may be empty just as well.
        declaration.name == name && !default.is_empty() && !default.starts_with('$')
    })
}

/// A `.env` of each developer's own may well set it.
fn severity(has_harm: bool, project: &Project<'_>, workspace: &Workspace<'_>) -> Severity {
    let dotenv = format!("{}/.env", project.folder);
    let is_private = workspace.request.absent.get(&dotenv) == Some(&Unreadable::Ignored);
    match has_harm && !is_private {
        true => Severity::Warning,
        false => Severity::Info,
    }
}

fn report<'s>(
    arg: &Arg<'_>,
    variables: &[&str],
    default: Option<&Declaration<'_>>,
    build: &Build<'_>,
    (shell, source): (&ProcessEnvironment, &SourceFile),
    sink: &'s mut Sink,
) -> &'s mut Finding {
    let name = &*arg.name;
    // What the shell sets wins over `.env` and over `:-`.
    let open = variables.iter().filter(|name| shell.may_set(name));
    let open: Vec<String> = open.map(|name| format!("`{name}`")).collect();
    let when = match open.is_empty() {
        true => "is empty".to_owned(),
        false => format!("is empty unless the caller sets {}", open.join(" or ")),
    };
    let erases = match default {
        Some(_) => "and an empty argument erases the Dockerfile's default",
        None => "and an empty argument hides what config.json would give",
    };
    let finding = sink.report(
        arg.at,
        "empty where nothing sets it",
        format!("`{name}` {when}, {erases}"),
    );
    finding.about(name);
    match default {
        Some(default) => {
            finding.after(build.at(default.name_span), "this default is lost");
        }
        None => {
            finding.pedantic();
        }
    }
    if *variables != [name] {
        let written: String = variables
            .iter()
            .map(|name| format!("${{{name}:-"))
            .collect();
        let end = "}".repeat(variables.len());
        return finding.help(format!("give a default: `{written}…{end}`"));
    }
    finding.help(format!(
        "write `{name}` without a value: it is passed if it is set, and left out if it is not"
    ));
    if let Some(edit) = without_value(arg, source) {
        finding.fix(
            format!("pass `{name}` by name alone"),
            Applicability::Suggested,
            vec![edit],
        );
    }
    finding
}

/// `N: ${N}` becomes `N:`, and `- N=${N}` becomes `- N`.
fn without_value(arg: &Arg<'_>, source: &SourceFile) -> Option<Edit> {
    let is_apart = arg.name_at.file == arg.at.file && arg.name_at.span.end <= arg.at.span.start;
    let between = Span::new(
        arg.name_at.span.end as usize,
        arg.at.span.start.max(arg.name_at.span.end) as usize,
    );
    let written = source.slice(between);
    let keeps = match written.trim() {
        ":" => written.find(':')? + 1,
        "=" => 0,
        _ => return None,
    };
    is_apart.then(|| Edit {
        file: arg.at.file,
        span: Span::new(between.start as usize + keeps, arg.at.span.end as usize),
        text: String::new(),
    })
}
