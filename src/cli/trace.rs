//! `docklint trace`: where a variable is set, how it travels and where it stops.

use std::io;
use std::slice;

use super::args::TraceArgs;
use super::loading::{load_all, past_the_end, tell};
use super::output::Stdout;
use super::{Exit, complain};
use crate::check::no_such_stage;
use crate::flow::{Rounds, Trees, Workspace};
use crate::report::trace::{self, TraceView};
use crate::source;

pub(super) fn run(args: &TraceArgs) -> io::Result<Exit> {
    let rounds = Rounds::default();
    let paths = slice::from_ref(&args.place.path);
    let mut loaded = load_all(&rounds, paths, args.kind, &args.build, &args.search)?;
    let told = tell(&loaded);
    if let [file] = loaded.named.as_slice() {
        let file = &loaded.sources[file.0 as usize];
        if let Some(message) = past_the_end(file, args.place.line) {
            let names = loaded.request.masked_names();
            complain(&names, Some(file.path()), &message);
            return Ok(Exit::Failed);
        }
    }
    let trees = Trees::parse(&loaded.sources);
    let projects = std::mem::take(&mut loaded.projects);
    let mut workspace = Workspace::of_projects(&trees, &loaded.request, projects);
    workspace.mask_what_secrets_are_made_of();
    let machine = &workspace.machine;
    let first = workspace.builds.first();
    if first.is_none() && machine.daemons.is_empty() && machine.clients.is_empty() {
        if loaded.errors.is_empty() && loaded.skipped.is_empty() {
            let path = source::slashed(&args.place.path);
            let message = "there is nothing to trace: no Dockerfile is built here, and no daemon or client configured";
            complain(&workspace.names, Some(&path), message);
        }
        return Ok(Exit::Failed);
    }
    if args.build.target.is_some() {
        let missing = first.and_then(|first| no_such_stage(&workspace, first));
        // Of a folder's files those count that have the stage.
        workspace
            .builds
            .retain(|build| build.model.target.is_some());
        if let (true, Some(error)) = (workspace.builds.is_empty(), missing) {
            complain(&workspace.names, Some(&error.path), &error.message);
            return Ok(Exit::Failed);
        }
    }
    let view = TraceView::new(&workspace, &args.variable, args.place.line);
    Stdout::new(args.color)
        .render(|options, out| trace::render(args.format, &view, options, out))?;
    Ok(told)
}
