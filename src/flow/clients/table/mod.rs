//! The rows of the command table, and how a row is found by name.

mod go;
mod node;
mod proxies;
mod python;
mod system;
mod transfer;

use super::arguments::Arguments;
use super::call::Programs;
use super::client::Client;
use crate::flow::shell::{Argument, Command};

/// The table.
pub static CLIENTS: &[&Client] = &[
    &go::GO,
    &transfer::CURL,
    &transfer::WGET,
    &transfer::GIT,
    &system::APT,
    &python::PIP,
    &node::NPM,
];

/// The client of a program by its name, whether it is surely that one, and its arguments.
pub(super) fn find<'c>(
    name: &str,
    command: &'c Command,
    programs: Programs,
) -> Option<(&'static Client, bool, &'c [Argument])> {
    let words = command.argv.get(1..).unwrap_or_default();
    let text = |index: usize| words.get(index)?.value.as_known();
    if is_named(name, "python#") && text(0) == Some("-m") {
        let client = by_name(text(1)?)?;
        return Some((client, true, words.get(2..).unwrap_or_default()));
    }
    if name == "corepack" && matches!(text(0), Some("npm" | "yarn" | "pnpm")) {
        let client = by_name(text(0)?)?;
        return Some((client, true, words.get(1..).unwrap_or_default()));
    }
    if name == "wget" {
        let (client, is_certain) = wget(command, programs);
        return Some((client, is_certain, words));
    }
    Some((by_name(name)?, true, words))
}

/// BusyBox's on Alpine, until GNU wget is installed; either where the distribution is not known.
fn wget(command: &Command, programs: Programs) -> (&'static Client, bool) {
    if command.wrappers.iter().any(|w| w.name == "busybox") {
        return (&transfer::BUSYBOX_WGET, true);
    }
    match programs.distro.has_busybox_tools() {
        _ if programs.has_gnu_wget => (&transfer::WGET, true),
        Some(true) => (&transfer::BUSYBOX_WGET, true),
        Some(false) => (&transfer::WGET, true),
        None => (&transfer::WGET, false),
    }
}

fn by_name(name: &str) -> Option<&'static Client> {
    CLIENTS
        .iter()
        .find(|client| client.programs.iter().any(|p| is_named(name, p)))
        .copied()
}

/// Whether a program's name is `pattern`; a `#` at its end stands for a version or nothing.
fn is_named(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('#') {
        Some(stem) => name
            .strip_prefix(stem)
            .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.')),
        None => name == pattern,
    }
}

/// A program that the arguments tell from its namesake.
pub(super) fn refine(
    client: &'static Client,
    is_certain: bool,
    _arguments: &Arguments<'_>,
) -> (&'static Client, bool) {
    (client, is_certain)
}
