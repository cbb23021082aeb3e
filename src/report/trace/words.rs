//! How the parts and rows of a trace are told in every format.

use super::tree::{Row, RowKind};
use super::view::{PartView, Subject};
use crate::flow::reach::Reads;
use crate::report::escape;

/// The sign in front of a row.
pub(super) fn symbol(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Setting { .. } | RowKind::Origin { .. } => "●",
        RowKind::Stage => "▸",
        RowKind::Command {
            reads: Reads::Perhaps,
        } => "○",
        RowKind::Command { .. } | RowKind::Use | RowKind::Program => "✓",
        RowKind::Stop(_) | RowKind::Lost(_) | RowKind::Lacking => "✗",
    }
}

/// What a part of the story is about.
pub(super) fn title(part: &PartView) -> String {
    match part.subject {
        Subject::Daemon { is_on_host, .. } => {
            let whose = match is_on_host {
                true => "of this machine",
                false => "as the project's files would configure it",
            };
            format!("{} {whose}", part.path)
        }
        Subject::Client => part.path.as_str().to_owned(),
        Subject::Dockerfile => {
            let line = part
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            // One Dockerfile may be built for several services, each with arguments of its own.
            let built = part.service.as_ref().map_or_else(String::new, |service| {
                format!(", built for service {} of {}", service.name, service.file)
            });
            format!("{}{line}{built}", part.path)
        }
    }
}

/// What a part of the story comes to.
pub(super) fn summary(part: &PartView) -> String {
    match part.subject {
        Subject::Dockerfile => of_dockerfile(part),
        Subject::Daemon { starts, .. } => of_daemon(part, starts),
        Subject::Client => {
            "The client hands it to the builds and containers it asks the daemon for.".to_owned()
        }
    }
}

fn of_daemon(part: &PartView, starts: bool) -> String {
    let end = match (starts, part.served) {
        (false, _) => "the daemon does not start with this configuration",
        (true, 0) => "the daemon uses none of it",
        (true, _) => "the daemon uses it itself and hands it to no build",
    };
    match (part.settings, part.tree.rows.len()) {
        (0, 1) => "What was meant to set it is lost on the way.".to_owned(),
        (0, count) => format!("What was meant to set it is lost on the way, in {count} places."),
        (1, _) => format!("Set in 1 place; {end}."),
        (count, _) => format!("Set in {count} places; {end}."),
    }
}

fn of_dockerfile(file: &PartView) -> String {
    let places = match file.settings {
        0 => "Nothing sets it".to_owned(),
        1 => "Set in 1 place".to_owned(),
        count => format!("Set in {count} places"),
    };
    let readers = match (file.readers, file.served) {
        (0, _) => "no command is known to read it".to_owned(),
        (1, 0) => "the 1 command that reads it gets nothing".to_owned(),
        (1, _) => "the 1 command that reads it gets a value".to_owned(),
        (count, 0) => format!("none of the {count} commands that read it get a value"),
        (count, served) if count == served => {
            format!("all {count} commands that read it get a value")
        }
        (count, served) => format!("{served} of the {count} commands that read it get a value"),
    };
    match (file.uses, file.readers) {
        (0, _) => format!("{places}; {readers}."),
        (1, 0) => format!("{places}; 1 instruction takes it into its text."),
        (count, 0) => format!("{places}; {count} instructions take it into their text."),
        (1, _) => format!("{places}; {readers}, and so does 1 other instruction."),
        (count, _) => format!("{places}; {readers}, and so do {count} other instructions."),
    }
}

/// Where a row stands that is not in its part's own file.
pub(super) fn elsewhere(row: &Row) -> Option<String> {
    let (file, place) = (row.file.as_ref()?, row.place?);
    Some(format!(
        "{}:{}",
        escape::line(file.as_str()),
        place.start.line
    ))
}

/// Where a row stands, its stage, or how sure it is: what is told beside it.
pub(super) fn label(file: &PartView, row: &Row) -> String {
    if let Some(elsewhere) = elsewhere(row) {
        return elsewhere;
    }
    let stage = row.stage.and_then(|stage| file.stages.get(stage));
    let stage = stage.map(|stage| format!("stage {}", escape::line(stage.name.as_str())));
    match (row.kind, stage) {
        (RowKind::Setting { .. } | RowKind::Lacking, Some(stage)) => stage,
        (RowKind::Command { reads }, _) => match reads {
            Reads::Perhaps => "may read it".to_owned(),
            Reads::InText | Reads::Surely => String::new(),
        },
        _ => String::new(),
    }
}

pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
