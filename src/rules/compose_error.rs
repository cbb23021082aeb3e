//! `compose-error`: Compose refuses the project.

use hashbrown::{HashMap, HashSet};

use super::missing_dockerfiles::MissingDockerfiles;
use super::{Rule, Sink, closest};
use crate::finding::Severity;
use crate::flow::Workspace;
use crate::model::compose::{
    Diagnostic, DiagnosticKind, Entry, FILE_NAMES, Level, OVERRIDE_NAMES, Project,
};
use crate::source::{FileId, Location, Span};

pub(super) struct ComposeError;

impl Rule for ComposeError {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let projects = workspace.projects.iter();
        let brought_in: HashSet<FileId> = projects.flat_map(Project::brought_in).collect();
        let mut told = Told::default();
        let mut missing_dockerfiles = MissingDockerfiles::new(workspace);
        for project in &workspace.projects {
            if is_something_else(project, workspace) {
                continue;
            }
            if let Some(service) = format_one(project) {
                report_format_one(service, workspace, sink);
                continue;
            }
            let missing = missing_env_files(project);
            let is_whole = is_whole(project, workspace, &brought_in, &missing);
            for diagnostic in &project.diagnostics {
                let path = diagnostic.at.and_then(|at| missing.get(&at));
                let is_private = path.is_some_and(|path| is_private(path));
                if is_certain(diagnostic, is_whole)
                    && !is_private
                    && !follows_from_syntax(diagnostic, project, workspace)
                    && told.is_new(diagnostic)
                {
                    report(diagnostic, project, workspace, sink);
                }
            }
            missing_dockerfiles.report(project, is_whole, sink);
        }
    }
}

/// What was said already.
#[derive(Default)]
struct Told {
    /// An anchor brings the same fault to several services.
    places: HashSet<(DiagnosticKind, Option<Location>)>,
    /// Several services may want the same file.
    files: HashSet<(Option<FileId>, String)>,
}

impl Told {
    fn is_new(&mut self, diagnostic: &Diagnostic) -> bool {
        let is_new = self.places.insert((diagnostic.kind, diagnostic.at));
        let is_about_a_file = matches!(
            diagnostic.kind,
            DiagnosticKind::File
                | DiagnosticKind::Extends
                | DiagnosticKind::Include
                | DiagnosticKind::OutsideRoot
        );
        let by = diagnostic.at.map(|at| at.file);
        is_new && (!is_about_a_file || self.files.insert((by, diagnostic.message.clone())))
    }
}

/// Sections whose entries have names of their own: one called `image` makes no service of them.
const SECTIONS: [&str; 4] = ["networks", "volumes", "configs", "models"];

/// The first of the services that stand at the top of a file, as in the format of Compose 1.
fn format_one<'p>(project: &'p Project<'_>) -> Option<&'p Entry<'p>> {
    let is_service = |entry: &&Entry<'_>| {
        let fields = entry.value.as_map();
        fields.is_some_and(|fields| fields.get("image").or(fields.get("build")).is_some())
            && !entry.name.starts_with("x-")
            && !SECTIONS.contains(&entry.name.as_ref())
    };
    let mut sections = project.sections.iter();
    sections
        .find(is_service)
        .filter(|_| project.services.is_empty())
}

fn report_format_one(service: &Entry<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
    if workspace.is_template(service.at.file) {
        return;
    }
    let message = format!(
        "`{}` and the other services stand at the top of the file: that is the format of Compose 1, which Compose refuses today",
        service.name
    );
    sink.report(service.at, "refused", message)
        .help("put all services below a key `services`, and networks and volumes beside it");
}

/// The `env_file`s that are not there, by the place that names them.
fn missing_env_files<'p>(project: &'p Project<'_>) -> HashMap<Location, &'p str> {
    let services = project.services.iter();
    let named = services.flat_map(|service| &service.env_files);
    let missing = named.filter(|named| named.file.is_none());
    missing
        .filter_map(|named| Some((named.path.at, named.path.value.as_known()?)))
        .collect()
}

/// Whether every machine has its own file of this name: mostly git ignores it, and whoever starts the
/// project makes it from a sample:
/// `.env`, `.env.local`, `db.env`; what is a sample or holds defaults is for everybody.
fn is_private(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut words = name.split(['.', '-', '_']);
    let shared = [
        "example", "sample", "template", "dist", "default", "defaults",
    ];
    words.clone().any(|word| word == "env") && !words.any(|word| shared.contains(&word))
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
        || (project.services.is_empty()
            && project.sections.is_empty()
            && project.diagnostics.iter().any(is_list))
}

/// Whether all that belongs to the project is known. A file of a name that Compose does not find by
/// itself, and that no `COMPOSE_FILE` lists, may be meant to be laid over one that nobody told us of; one that another project brings
/// in may count on what stands there; and what is missing may declare what is used.
fn is_whole(
    project: &Project<'_>,
    workspace: &Workspace<'_>,
    brought_in: &HashSet<FileId>,
    missing_env_files: &HashMap<Location, &str>,
) -> bool {
    let name = |file: FileId| {
        let location = workspace.source(file).location();
        location.rsplit('/').next().unwrap_or_default()
    };
    // An env_file declares nothing. One that is missing with its folder is a sign, though, that the
    // paths are meant from elsewhere: from a file that this one is laid over.
    let declares = |diagnostic: &Diagnostic| {
        let env_file = diagnostic.at.and_then(|at| missing_env_files.get(&at));
        let folder = env_file.and_then(|path| path.rsplit_once('/'));
        folder.is_none_or(|(folder, _)| folder != project.folder)
    };
    let lacks = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.kind,
            DiagnosticKind::File
                | DiagnosticKind::Extends
                | DiagnosticKind::Include
                | DiagnosticKind::NotShared
                | DiagnosticKind::OutsideRoot
                | DiagnosticKind::TooMuch
        ) && declares(diagnostic)
    };
    let own = project.own_files();
    let is_listed = !project.listed.is_empty();
    let has_base = own
        .first()
        .is_some_and(|&base| is_listed || FILE_NAMES.contains(&name(base)));
    let are_named = own
        .iter()
        .skip(1)
        .all(|&file| is_listed || OVERRIDE_NAMES.contains(&name(file)));
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
        DiagnosticKind::OutsideRoot | DiagnosticKind::TooMuch => true,
        kind => kind.level() == Level::Error,
    }
}

/// Whether a value is missing because the line below, which holds it, cannot be read.
fn follows_from_syntax(
    diagnostic: &Diagnostic,
    project: &Project<'_>,
    workspace: &Workspace<'_>,
) -> bool {
    let Some(at) = diagnostic.at else {
        return false;
    };
    let source = workspace.source(at.file);
    let errors = project.diagnostics.iter();
    let mut errors = errors.filter(|said| said.kind == DiagnosticKind::Syntax);
    errors.any(|error| {
        let Some(error) = error.at.filter(|error| error.file == at.file) else {
            return false;
        };
        let lines = source.lines();
        let line = lines.line_start(lines.line(error.span.start as usize));
        let between = source.text().get(at.span.start as usize..line);
        between.is_some_and(|text| text.trim_matches(':').trim().is_empty())
    })
}

fn report(
    diagnostic: &Diagnostic,
    project: &Project<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let first = project.files.first().map(|&file| Location {
        file,
        span: Span::at(0),
    });
    let Some(at) = diagnostic.at.or(first) else {
        return;
    };
    if workspace.is_template(at.file) {
        return;
    }
    let is_note = diagnostic.kind.level() == Level::Note;
    let label = match diagnostic.at {
        _ if is_note => "not read",
        // Nothing in the file names it: Compose looks for it, or the command line does.
        None => "this project asks for it",
        Some(_) => "refused",
    };
    let finding = sink.report(at, label, message(diagnostic, workspace));
    if is_note {
        finding.severity(Severity::Info);
    }
    if diagnostic.kind == DiagnosticKind::OutsideRoot {
        finding.help("the root is the nearest folder with `.git`, else the one that all given paths lie in: give that folder, too, if it belongs to the project");
    }
    for by in project.way_to(at.file) {
        finding.before(by, "brought in here");
    }
    for (place, text) in &diagnostic.related {
        finding.before(*place, text.clone());
    }
    let written = workspace.source(at.file).slice(at.span);
    let written = written.trim_matches(['"', '\'']);
    if let Some(close) = closest(written, diagnostic.known.iter().copied()) {
        finding.help(format!("did you mean `{close}`?"));
    } else if diagnostic.kind == DiagnosticKind::Schema && project.services.is_empty() {
        finding.help("Compose looks for services below a key `services` at the top of the file");
    }
    if diagnostic.kind == DiagnosticKind::File {
        // Often made from a sample before the first start, and then all is well.
        finding
            .severity(Severity::Info)
            .help("make the file, or let git ignore it if every machine has its own; an entry of `env_file` may say `required: false`");
    }
}

/// A place outside is named as it is written: where it lies differs from machine to machine.
fn message(diagnostic: &Diagnostic, workspace: &Workspace<'_>) -> String {
    match diagnostic.at {
        Some(at) if diagnostic.kind == DiagnosticKind::OutsideRoot => {
            let written = workspace.source(at.file).slice(at.span);
            // An entry of several lines names its file somewhere in it.
            let mut words = written.split(|c: char| c.is_whitespace() || "[]{},'\"".contains(c));
            match words.find(|word| word.contains("..") || word.starts_with('/')) {
                Some(path) => {
                    format!("`{path}` leads out of the project's root, where nothing is read")
                }
                None => "this leads out of the project's root, where nothing is read".to_owned(),
            }
        }
        _ => diagnostic.message.clone(),
    }
}
