//! `docklint resolve`: what docklint believes each step sees, what a compose project is, and what
//! daemons and clients get.

use std::io;

use super::args::{ListFormat, ResolveArgs};
use super::loading::{load_all, past_the_end, tell};
use super::output::Stdout;
use super::{Exit, complain, resolve_machine};
use crate::check::no_such_stage;
use crate::flow::{Rounds, Trees, Workspace};
use crate::load::Loaded;
use crate::report::resolve::machine::MachineView;
use crate::report::resolve::project::{self, ProjectView};
use crate::report::resolve::{self, ResolveView};
use crate::source::{FileKind, SourceFile};

pub(super) fn run(args: &ResolveArgs) -> io::Result<Exit> {
    let Some(place) = &args.place else {
        return host(args);
    };
    let mut paths = vec![place.path.clone()];
    paths.extend(resolve_machine::companions(&place.path, args.kind));
    let rounds = Rounds::default();
    let mut loaded = load_all(&rounds, &paths, args.kind, &args.build, &args.search)?;
    let told = tell(&loaded);
    let projects = std::mem::take(&mut loaded.projects);
    let Some(asked) = asked(&loaded) else {
        if loaded.errors.is_empty() && loaded.skipped.is_empty() {
            let names = loaded.request.masked_names();
            complain(&names, None, "name one file: docklint resolve PATH[:LINE]");
        }
        return Ok(Exit::Failed);
    };
    let trees = Trees::parse(&loaded.sources);
    let mut workspace = Workspace::of_projects(&trees, &loaded.request, projects);
    workspace.mask_what_secrets_are_made_of();
    if let Some(message) = past_the_end(asked, place.line) {
        return Ok(refuse(&workspace, asked, &message));
    }
    let shown = match asked.kind() {
        FileKind::Compose => compose(&workspace, asked, place.line, args)?,
        _ if resolve_machine::concerns(asked) => machine(&workspace, asked, args)?,
        _ => dockerfile(&workspace, asked, place.line, args)?,
    };
    Ok(told.max(shown))
}

/// The file that was named, or the only one in the folder that was.
fn asked<'l>(loaded: &'l Loaded<'_>) -> Option<&'l SourceFile> {
    let found = loaded
        .sources
        .iter()
        .filter(|file| file.is_asked_for() && !loaded.request.is_on_host(file.id()))
        .filter(|file| loaded.named.is_empty() || loaded.named.contains(&file.id()));
    match found.collect::<Vec<_>>().as_slice() {
        [asked] => Some(asked),
        _ => None,
    }
}

/// A Dockerfile: its stages and steps.
fn dockerfile(
    workspace: &Workspace<'_>,
    asked: &SourceFile,
    line: Option<usize>,
    args: &ResolveArgs,
) -> io::Result<Exit> {
    let refuse = |message: &str| refuse(workspace, asked, message);
    let Some(build) = workspace.builds.first() else {
        return Ok(refuse(NOTHING));
    };
    if let Some(error) = no_such_stage(workspace, build) {
        return Ok(refuse(&error.message));
    }
    let view = ResolveView::new(workspace, build, line);
    if let (Some(line), true) = (line, view.stages.is_empty()) {
        return Ok(refuse(&format!("no step stands on line {line}")));
    }
    Stdout::new(args.color).render(|options, out| match args.format {
        ListFormat::Human => resolve::human(&view, options, out),
        ListFormat::Json => resolve::json(&view, out),
    })?;
    Ok(Exit::Clean)
}

/// A compose file: its project.
fn compose(
    workspace: &Workspace<'_>,
    asked: &SourceFile,
    line: Option<usize>,
    args: &ResolveArgs,
) -> io::Result<Exit> {
    let Some(view) = ProjectView::new(workspace, asked.id(), line) else {
        let folder = asked.location().rsplit_once('/').map(|(folder, _)| folder);
        let is_elsewhere = folder.is_some_and(|folder| workspace.is_listed_by_dotenv(folder));
        let why = if is_elsewhere { LEFT_OUT } else { NOTHING };
        return Ok(refuse(workspace, asked, why));
    };
    if let (Some(line), true) = (line, view.services.is_empty()) {
        let message = format!("no service stands on line {line}");
        return Ok(refuse(workspace, asked, &message));
    }
    Stdout::new(args.color).render(|options, out| match args.format {
        ListFormat::Human => project::human(&view, options, out),
        ListFormat::Json => project::json(&view, out),
    })?;
    Ok(Exit::Clean)
}

/// What configures a daemon or a client.
fn machine(workspace: &Workspace<'_>, asked: &SourceFile, args: &ResolveArgs) -> io::Result<Exit> {
    let Some(view) = resolve_machine::view(workspace, asked) else {
        return Ok(refuse(workspace, asked, "this file configures no daemon"));
    };
    show(&view, args)
}

/// The machine's own daemons and clients.
fn host(args: &ResolveArgs) -> io::Result<Exit> {
    let rounds = Rounds::default();
    let mut loaded = load_all(&rounds, &[], args.kind, &args.build, &args.search)?;
    let told = tell(&loaded);
    let projects = std::mem::take(&mut loaded.projects);
    let trees = Trees::parse(&loaded.sources);
    let mut workspace = Workspace::of_projects(&trees, &loaded.request, projects);
    workspace.mask_what_secrets_are_made_of();
    let view = MachineView::new(&workspace, |_| true, |_| true);
    if view.daemons.is_empty() && view.clients.is_empty() {
        let message = "this machine has no unit, drop-in, daemon.json or config.json";
        complain(&workspace.names, None, message);
        return Ok(Exit::Failed);
    }
    Ok(told.max(show(&view, args)?))
}

fn show(view: &MachineView, args: &ResolveArgs) -> io::Result<Exit> {
    Stdout::new(args.color).render(|options, out| match args.format {
        ListFormat::Human => view.human(options, out),
        ListFormat::Json => view.json(out),
    })?;
    Ok(Exit::Clean)
}

const LEFT_OUT: &str =
    "Compose does not read this file: `COMPOSE_FILE` in the `.env` beside it names others";

const NOTHING: &str = "there is nothing to resolve in this file";

fn refuse(workspace: &Workspace<'_>, asked: &SourceFile, message: &str) -> Exit {
    complain(&workspace.names, Some(asked.path()), message);
    Exit::Failed
}
