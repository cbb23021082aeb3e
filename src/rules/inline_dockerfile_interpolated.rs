//! `inline-dockerfile-interpolated`: Compose replaces a variable that the Dockerfile meant for itself.

use hashbrown::HashMap;

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit, Severity};
use crate::flow::{Analysis, Build, Workspace};
use crate::model::compose::{Dockerfile, Project, VariableUse};
use crate::model::dockerfile::Action;
use crate::source::{Location, SourceFile, Span};

pub(super) struct InlineDockerfileInterpolated;

impl Rule for InlineDockerfileInterpolated {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some((project, service)) = workspace.service(build) else {
            return;
        };
        let Some(Dockerfile::Inline(_, place)) = service.build.as_ref().map(|it| &it.dockerfile)
        else {
            return;
        };
        if workspace.is_template(place.file) {
            return;
        }
        let inside = |used: &&VariableUse| {
            used.at.file == place.file && place.span.to(used.at.span) == place.span
        };
        let mut by_name: Vec<(&str, Vec<&VariableUse>)> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for used in project.inline_variables.iter().filter(inside) {
            let at = *index.entry(&used.name).or_insert_with(|| {
                by_name.push((&used.name, Vec::new()));
                by_name.len() - 1
            });
            by_name[at].1.push(used);
        }
        let own = own_names(build);
        for (name, uses) in by_name {
            let declared = own.get(name).copied();
            if declared.is_some() || BROUGHT.contains(&name) {
                report(&uses, declared, project, workspace, sink);
            }
        }
    }
}

/// What a shell or BuildKit brings, and Compose would take from the caller's machine.
const BROUGHT: [&str; 14] = [
    "BUILDARCH",
    "BUILDOS",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "HOME",
    "HOSTNAME",
    "IFS",
    "PATH",
    "PWD",
    "RANDOM",
    "TARGETARCH",
    "TARGETOS",
    "TARGETPLATFORM",
    "TARGETVARIANT",
];

/// Those that every shell has.
const OF_SHELL: [&str; 4] = ["HOME", "HOSTNAME", "PATH", "PWD"];

/// The names that the Dockerfile declares or sets itself, and where it does first.
fn own_names<'b>(build: &'b Build<'_>) -> HashMap<&'b str, Option<Location>> {
    let mut names = HashMap::new();
    let mut add = |name: &'b str, at: Location| {
        names.entry(name).or_insert(Some(at));
    };
    for declaration in &build.model.globals {
        add(&declaration.name, build.at(declaration.name_span));
    }
    for (step, commands) in build.model.steps.iter().zip(&build.commands) {
        match &step.action {
            Action::Arg(declarations) => {
                for declaration in declarations {
                    add(&declaration.name, build.at(declaration.name_span));
                }
            }
            Action::Env(assignments) => {
                for assignment in assignments {
                    if let Some(name) = assignment.name.as_known() {
                        add(name, build.at(assignment.name_span));
                    }
                }
            }
            _ => {}
        }
        if let Some(commands) = commands {
            for assignment in &commands.outcome.assignments {
                add(&assignment.name, commands.locate(assignment.span));
            }
        }
    }
    names
}

fn report(
    uses: &[&VariableUse],
    declared: Option<Option<Location>>,
    project: &Project<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let Some((first, others)) = uses.split_first() else {
        return;
    };
    let name = &first.name;
    let source = workspace.source(first.at.file);
    let is_filled = project.variable(name).is_some() || first.has_operator;
    // `ARG N=${N}` may well be how somebody hands Compose's variable on.
    let is_handed_on = is_own_value(first, source);
    let becomes = match project.variable(name) {
        Some(_) => "Compose's own value",
        None if OF_SHELL.contains(&name.as_str()) => "the one of the caller's shell",
        None => "an empty text, unless the caller's shell sets it",
    };
    let finding = sink.report(
        first.at,
        "Compose replaces this",
        format!("`{name}` never reaches BuildKit: Compose replaces it in `dockerfile_inline` before, by {becomes}"),
    );
    finding.about(name.clone());
    let is_brought = BROUGHT.contains(&name.as_str());
    if let Some(at) = declared.flatten().filter(|_| !is_brought) {
        finding.before(at, "meant to be used below");
    }
    finding.also(others.iter().map(|used| used.at), "and this");
    if is_filled || is_handed_on {
        finding.severity(Severity::Info);
    }
    let edits = uses.iter().map(|used| Edit {
        file: used.at.file,
        span: Span::at(used.at.span.start as usize),
        text: "$".to_owned(),
    });
    finding.help(format!("write `$${name}`")).fix(
        format!("leave `${name}` to BuildKit: `$${name}`"),
        Applicability::Suggested,
        edits.collect(),
    );
}

/// Whether the use stands in the value of the same name: `N=$N`.
fn is_own_value(used: &VariableUse, source: &SourceFile) -> bool {
    let before = source
        .text()
        .get(..used.at.span.start as usize)
        .unwrap_or_default();
    let before = before.trim_end_matches(['"', '\'']);
    before
        .strip_suffix('=')
        .is_some_and(|before| before.ends_with(used.name.as_str()))
}
