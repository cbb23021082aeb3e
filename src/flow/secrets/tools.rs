//! The commands of a RUN that keep what they are told.

use crate::flow::shell::Command;
use crate::secrets::tools::{self, Tool};
use crate::source::Span;

/// The tool that a command is, if it keeps what it is told.
pub(super) fn keeping(command: &Command) -> Option<&'static Tool> {
    tools::keeping(command.name()?, words(command))
}

/// Whether a later command takes away again what the tool keeps under that name.
pub(super) fn is_undone_by(tool: &Tool, command: &Command, setting: Option<&str>) -> bool {
    let name = command.name();
    name.is_some_and(|name| tool.is_undone_by(name, words(command), setting))
}

/// The word where the tool's subcommand begins.
pub(super) fn subcommand(tool: &Tool, command: &Command) -> Option<Span> {
    let place = tool.place(command.name()?, words(command))?;
    Some(command.argv.get(1 + place)?.span)
}

/// The words behind a command's name; one whose value is not known is empty.
fn words(command: &Command) -> impl Iterator<Item = &str> {
    let words = command.argv.iter().skip(1);
    words.map(|word| word.value.as_known().unwrap_or_default())
}
