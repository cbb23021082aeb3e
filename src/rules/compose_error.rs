//! `compose-error`: Compose refuses the project.

use std::collections::HashSet;

use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::{Workspace, build_key};
use crate::model::compose::{
    Diagnostic, DiagnosticKind, Dockerfile, FILE_NAMES, Level, OVERRIDE_NAMES, Project, Service,
    Unreadable,
};
use crate::model::Value;
use crate::source::{FileId, Location, Span};

pub(super) struct ComposeError;

impl Rule for ComposeError {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let projects = workspace.projects.iter();
        let brought_in: HashSet<FileId> = projects.flat_map(Project::brought_in).collect();
        let mut told = HashSet::new();
        // Several services may build from one Dockerfile.
        let mut missing = HashSet::new();
        for project in &workspace.projects {
            if is_something_else(project, workspace) {
                continue;
            }
            let is_whole = is_whole(project, workspace, &brought_in);
            for diagnostic in &project.diagnostics {
                // An anchor brings the same fault to several services.
                let is_new = told.insert((diagnostic.kind, diagnostic.at));
                if is_certain(diagnostic, is_whole) && is_new {
                    report(diagnostic, project, workspace, sink);
                }
            }
            for service in &project.services {
                if let Some((path, file)) = missing_dockerfile(service, is_whole, workspace)
                    && missing.insert(path.clone())
                {
                    report_missing(service, (&path, file), is_whole, workspace, sink);
                }
            }
        }
    }
}

/// Whether the file is a pipeline of a CI system, by its sections, or a list of tasks for Ansible.
fn is_something_else(project: &Project<'_>, workspace: &Workspace<'_>) -> bool {
    let is_list = |diagnostic: &Diagnostic| {
        let text = diagnostic
            .at
            .map_or("", |at| workspace.source(at.file).slice(at.span));
        diagnostic.kind == DiagnosticKind::Schema && text.starts_with("- ")
    };
    let sections = ["jobs", "stages", "steps", "pipeline"];
    sections
        .iter()
        .any(|section| project.sections.get(section).is_some())
        || (project.services.is_empty() && project.diagnostics.iter().any(is_list))
}

/// Whether all that belongs to the project is known. A file of a name that Compose does not find by
/// itself may be meant to be laid over one that nobody told us of; one that another project brings
/// in may count on what stands there; and what is missing may declare what is used.
fn is_whole(
    project: &Project<'_>,
    workspace: &Workspace<'_>,
    brought_in: &HashSet<FileId>,
) -> bool {
    let name = |file: FileId| {
        let location = workspace.source(file).location();
        location.rsplit('/').next().unwrap_or_default()
    };
    let lacks = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.kind,
            DiagnosticKind::File
                | DiagnosticKind::Extends
                | DiagnosticKind::Include
                | DiagnosticKind::OutsideRoot
        )
    };
    let own = project.own_files();
    let has_base = own
        .first()
        .is_some_and(|&base| FILE_NAMES.contains(&name(base)));
    let are_named = own
        .iter()
        .skip(1)
        .all(|&file| OVERRIDE_NAMES.contains(&name(file)));
    has_base
        && are_named
        && !own.iter().any(|file| brought_in.contains(file))
        && !project.diagnostics.iter().any(lacks)
}

fn is_certain(diagnostic: &Diagnostic, is_whole: bool) -> bool {
    match diagnostic.kind {
        // `syntax-error` tells these.
        DiagnosticKind::Syntax => false,
        DiagnosticKind::Consistency | DiagnosticKind::Project => is_whole,
        kind => kind.level() == Level::Error,
    }
}

fn report(
    diagnostic: &Diagnostic,
    project: &Project<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let Some(file) = project.files.first() else {
        return;
    };
    let at = diagnostic.at.unwrap_or(Location {
        file: *file,
        span: Span::at(0),
    });
    if workspace.is_template(at.file) {
        return;
    }
    let finding = sink.report(at, "refused", diagnostic.message.clone());
    for by in project.way_to(at.file) {
        finding.before(by, "brought in here");
    }
    for (place, text) in &diagnostic.related {
        finding.before(*place, text.clone());
    }
    if diagnostic.kind == DiagnosticKind::Schema && project.services.is_empty() {
        finding.help("Compose looks for services below a key `services` at the top of the file");
    }
    if diagnostic.kind == DiagnosticKind::File {
        // Often made from a sample before the first start, and then all is well.
        finding
            .severity(Severity::Info)
            .help("make the file, say `required: false`, or let git ignore it if every machine has its own");
    }
}

/// The path of a build's Dockerfile that is not there, and where it is named: `docker compose config`
/// is content, `build` is not.
fn missing_dockerfile(
    service: &Service<'_>,
    is_whole: bool,
    workspace: &Workspace<'_>,
) -> Option<(String, Location)> {
    let build = service.build.as_ref().filter(|build| !build.is_remote())?;
    let Dockerfile::File(file) = &build.dockerfile else {
        return None;
    };
    let path = build.dockerfile_path()?;
    if workspace.request.absent.get(&path) != Some(&Unreadable::Missing)
        || workspace.is_template(file.at.file)
    {
        return None;
    }
    let folder = path.strip_suffix("/Dockerfile");
    if folder.is_some_and(|folder| workspace.file_at(&format!("{folder}/dockerfile")).is_some()) {
        return None;
    }
    // A file that is laid over another takes from there what it does not say.
    let is_section = workspace
        .source(build.at.file)
        .slice(build.at.span)
        .contains(':');
    let has_default_place =
        is_section && build.context.at == build.at && Some(file.at) == build_key(service);
    (is_whole || !has_default_place).then_some((path, file.at))
}

fn report_missing(
    service: &Service<'_>,
    (path, at): (&str, Location),
    is_whole: bool,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let context = service.build.as_ref().map(|build| &build.context.value);
    let context = context.and_then(Value::as_known).unwrap_or_default();
    let is_folder_there = workspace.request.absent.get(context) != Some(&Unreadable::Missing);
    let (name, shown) = (&service.name, workspace.shown(path));
    let message = format!("`{name}` builds from `{shown}`, and there is no such file");
    // A submodule, a checkout beside this one, paths of a file in another folder: as likely as a
    // mistake.
    let severity = match is_folder_there && is_whole {
        true => Severity::Warning,
        false => Severity::Info,
    };
    // Without a `dockerfile` of its own it is named at `build`.
    sink.report(at, "nothing there", message).severity(severity);
}
