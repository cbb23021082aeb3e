//! The commands of a RUN that keep what they are told.

use crate::flow::shell::Command;
use crate::secrets::tools::{self, Tool};
use crate::source::Span;

/// The tool that a command is, if it keeps what it is told.
pub(super) fn keeping(command: &Command) -> Option<&'static Tool> {
    tools::keeping(command.name()?, words(command))
}

/// Whether a later command takes away again what the tool keeps.
pub(super) fn is_undone_by(tool: &Tool, command: &Command) -> bool {
    let name = command.name();
    name.is_some_and(|name| tool.is_undone_by(name, words(command)))
}

/// Whether the tool's subcommand stands behind a part of the command.
pub(super) fn begins_behind(tool: &Tool, command: &Command, part: Span) -> bool {
    let mut words = command.argv.iter().skip(1);
    let subcommand = words.find(|word| word.value.as_known() == tool.subcommand());
    subcommand.is_some_and(|word| part.end <= word.span.start)
}

/// The words behind a command's name whose values are known.
fn words(command: &Command) -> impl Iterator<Item = &str> {
    let words = command.argv.iter().skip(1);
    words.filter_map(|word| word.value.as_known())
}
