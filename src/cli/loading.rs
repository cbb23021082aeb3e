//! From a place on the command line to files, for the commands that show what docklint believes.

use std::io;
use std::path::PathBuf;

use super::args::{BuildArgs, SearchArgs};
use super::{Exit, complain};
use crate::check::RunError;
use crate::config::{self, Origin};
use crate::flow::Rounds;
use crate::load::{CHECKED_KINDS, Edited, LoadRequest, Loaded, load};
use crate::rules::Choice;
use crate::secrets::Names;
use crate::source::{FileKind, Request, SourceFile};

/// Loads what is named, with the configuration that is nearest to it.
pub(super) fn load_all<'r>(
    rounds: &'r Rounds,
    paths: &[PathBuf],
    kind: Option<FileKind>,
    build: &BuildArgs,
    search: &SearchArgs,
) -> io::Result<Loaded<'r>> {
    let files = Request {
        paths,
        stdin_name: None,
        kind,
        kinds: CHECKED_KINDS,
        // What is shown is the file as it was named, not as somebody may build it.
        around: false,
        respect_gitignore: search.respect_gitignore(),
    };
    let wanted = LoadRequest {
        files,
        origin: Origin::Nearest,
        choice: Choice::default(),
        builds: build.request(),
        host: build.host.clone(),
        edited: &Edited::default(),
    };
    load(rounds, wanted, io::stdin())
}

/// Says what could not be read and what was left alone. What is left alone on purpose fails no run;
/// what could not be read does, even if there is something to show.
pub(super) fn tell(loaded: &Loaded<'_>) -> Exit {
    let names = loaded.request.masked_names();
    say_hidden(loaded);
    say_errors(&names, &loaded.errors, &loaded.sources);
    for file in &loaded.skipped {
        complain(&names, Some(&file.path), &file.why);
    }
    match loaded.errors.is_empty() {
        true => Exit::Clean,
        false => Exit::Failed,
    }
}

/// Says which configurations are not read.
pub(super) fn say_hidden(loaded: &Loaded<'_>) {
    let names = loaded.request.masked_names();
    let message = format!("not read: the {} beside it holds", config::NAMES[0]);
    for path in &loaded.hidden_configurations {
        complain(&names, Some(path), &message);
    }
}

/// Says what a run could not do, and where that stands.
pub(super) fn say_errors(names: &Names, errors: &[RunError], sources: &[SourceFile]) {
    for error in errors {
        let place = error.at.map_or(String::new(), |at| {
            let file = &sources[at.file.0 as usize];
            let start = file.lines().position(file.text(), at.span.start as usize);
            format!(":{}:{}", start.line, start.column)
        });
        let path = format!("{}{place}", error.path);
        complain(names, Some(&path), &error.message);
    }
}

/// What to say if a file does not have the line that was asked about.
pub(super) fn past_the_end(file: &SourceFile, line: Option<usize>) -> Option<String> {
    let count = file.text().lines().count();
    let line = line.filter(|line| *line > count)?;
    let has = match count {
        0 => "the file is empty".to_owned(),
        1 => "the file has 1 line".to_owned(),
        _ => format!("the file has {count} lines"),
    };
    Some(format!("there is no line {line}: {has}"))
}
