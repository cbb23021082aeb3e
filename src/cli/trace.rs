//! `docklint trace`: where a variable is set, how it travels and where it stops.

use std::io::{self, Write};

use super::args::{TraceArgs, TraceFormat};
use super::output::Stdout;
use super::{Exit, complain};
use crate::config::Origin;
use crate::flow::{Trees, Workspace};
use crate::load::{CHECKED_KINDS, Loaded, load};
use crate::report::RenderOptions;
use crate::report::trace::{self, TraceView};
use crate::rules::Choice;
use crate::source;

pub(super) fn run(args: &TraceArgs) -> io::Result<Exit> {
    let paths = [args.place.path.clone()];
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
    if sources.is_empty() {
        if errors.is_empty() && skipped.is_empty() {
            complain("there is no Dockerfile here");
        }
        return Ok(Exit::Failed);
    }
    let trees = Trees::parse(&sources);
    let mut workspace = Workspace::new(&trees, &builds);
    if args.build.target.is_some() {
        // Of a folder's files those count that have the stage.
        workspace
            .builds
            .retain(|build| build.model.target.is_some());
        if workspace.builds.is_empty() {
            complain("there is no stage of this name to build");
            return Ok(Exit::Failed);
        }
    }
    let view = TraceView::new(&workspace, &args.variable, args.place.line);
    let mut out = Stdout::new(args.color);
    let options = RenderOptions {
        color: out.color,
        ..RenderOptions::default()
    };
    trace::render(format(args.format), &view, &options, &mut out.writer)?;
    out.writer.flush()?;
    match errors.is_empty() {
        true => Ok(Exit::Clean),
        false => Ok(Exit::Failed),
    }
}

fn format(format: TraceFormat) -> trace::TraceFormat {
    match format {
        TraceFormat::Human => trace::TraceFormat::Human,
        TraceFormat::Json => trace::TraceFormat::Json,
        TraceFormat::Mermaid => trace::TraceFormat::Mermaid,
        TraceFormat::Dot => trace::TraceFormat::Dot,
        TraceFormat::Svg => trace::TraceFormat::Svg,
        TraceFormat::Html => trace::TraceFormat::Html,
    }
}
