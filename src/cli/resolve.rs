//! `docklint resolve`: what docklint believes each step sees, what a compose project is, and what
//! daemons and clients get.

use std::io::{self, Write};

use super::args::{ListFormat, ResolveArgs};
use super::output::Stdout;
use super::{Exit, complain, resolve_machine};
use crate::config::Origin;
use crate::flow::{Trees, Workspace};
use crate::load::{CHECKED_KINDS, Loaded, load};
use crate::report::RenderOptions;
use crate::report::resolve::project::{self, ProjectView};
use crate::report::resolve::{self, ResolveView};
use crate::rules::Choice;
use crate::source::{self, FileId, FileKind};

pub(super) fn run(args: &ResolveArgs) -> io::Result<Exit> {
    let Some(place) = &args.place else {
        return resolve_machine::host(args);
    };
    let paths = [place.path.clone()];
    let request = source::Request {
        paths: &paths,
        stdin_name: None,
        kind: args.kind,
        kinds: CHECKED_KINDS,
    };
    let loaded = load(
        &request,
        Origin::Nearest,
        &Choice::default(),
        args.build.request(),
        args.build.host.clone(),
        io::stdin(),
    )?;
    let Loaded {
        sources,
        errors,
        skipped,
        request: builds,
        ..
    } = loaded;
    for error in &errors {
        complain(&format!("{}: {}", error.path, error.message));
    }
    for file in &skipped {
        complain(&format!("{}: {}", file.path, file.why));
    }
    let asked: Vec<_> = sources
        .iter()
        .filter(|file| file.is_asked_for() && !builds.is_on_host(file.id()))
        .collect();
    let [asked] = asked.as_slice() else {
        if errors.is_empty() && skipped.is_empty() {
            complain("name one file: docklint resolve PATH[:LINE]");
        }
        return Ok(Exit::Failed);
    };
    if !errors.is_empty() || !skipped.is_empty() {
        return Ok(Exit::Failed);
    }
    if resolve_machine::concerns(asked) {
        return resolve_machine::run(args, &place.path, asked, &sources, &builds);
    }
    let trees = Trees::parse(&sources);
    let workspace = Workspace::new(&trees, &builds);
    if asked.kind() == FileKind::Compose {
        return compose(&workspace, asked.id(), place.line, args);
    }
    let Some(build) = workspace.builds.first() else {
        complain("there is nothing to resolve in this file");
        return Ok(Exit::Failed);
    };
    if build.model.target.is_none() && args.build.target.is_some() {
        complain("there is no stage of this name to build");
        return Ok(Exit::Failed);
    }
    let view = ResolveView::new(&workspace, build, place.line);
    let mut out = Stdout::new(args.color);
    let options = RenderOptions {
        color: out.color,
        ..RenderOptions::default()
    };
    match args.format {
        ListFormat::Human => resolve::human(&view, &options, &mut out.writer)?,
        ListFormat::Json => resolve::json(&view, &mut out.writer)?,
    }
    out.writer.flush()?;
    Ok(Exit::Clean)
}

/// A compose file: its project.
fn compose(
    workspace: &Workspace<'_>,
    file: FileId,
    line: Option<usize>,
    args: &ResolveArgs,
) -> io::Result<Exit> {
    let Some(view) = ProjectView::new(workspace, file, line) else {
        complain("there is nothing to resolve in this file");
        return Ok(Exit::Failed);
    };
    let mut out = Stdout::new(args.color);
    let options = RenderOptions {
        color: out.color,
        ..RenderOptions::default()
    };
    match args.format {
        ListFormat::Human => project::human(&view, &options, &mut out.writer)?,
        ListFormat::Json => project::json(&view, &mut out.writer)?,
    }
    out.writer.flush()?;
    Ok(Exit::Clean)
}
