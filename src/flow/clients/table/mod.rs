//! The rows of the command table, and how a row is found by name.

mod go;
mod jvm;
mod node;
mod other;
mod php;
mod proxies;
mod python;
mod ruby;
mod rust;
mod script;
mod system;
mod transfer;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::arguments::Arguments;
use super::call::Programs;
use super::client::{Client, OwnVariable};
use crate::flow::shell::{Argument, Command};

/// The table. `script` comes last: it is for what no other row names.
pub static CLIENTS: &[&[&Client]] = &[
    &[&go::GO],
    transfer::CLIENTS,
    system::CLIENTS,
    python::CLIENTS,
    node::CLIENTS,
    rust::CLIENTS,
    ruby::CLIENTS,
    php::CLIENTS,
    jvm::CLIENTS,
    other::CLIENTS,
    script::CLIENTS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Client>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for client in CLIENTS.iter().copied().flatten() {
        for name in client.programs.split('|') {
            names.entry(name).or_insert(*client);
            if let Some(stem) = name.strip_suffix('#') {
                names.entry(stem).or_insert(*client);
            }
        }
    }
    names
});

/// The client of a program by its name, whether it is surely that one, and its arguments.
pub(super) fn find<'c>(
    name: &str,
    command: &'c Command,
    programs: Programs,
) -> Option<(&'static Client, bool, &'c [Argument])> {
    let words = command.argv.get(1..).unwrap_or_default();
    let text = |index: usize| words.get(index)?.value.as_known();
    // `python -m pip`, `corepack yarn`
    let inner = match text(0) {
        Some("-m") if name.starts_with("python") => Some((text(1)?, 2)),
        Some(inner @ ("npm" | "npx" | "yarn" | "pnpm")) if name == "corepack" => Some((inner, 1)),
        _ => None,
    };
    if let Some((inner, taken)) = inner {
        return Some((
            by_name(inner)?,
            true,
            words.get(taken..).unwrap_or_default(),
        ));
    }
    let (client, is_certain) = match name {
        "wget" => wget(command, programs),
        _ => (by_name(name).or_else(|| script::by_path(command))?, true),
    };
    Some((client, is_certain, words))
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

/// A `#` at the end of a name in the table stands for a version, or for nothing.
fn by_name(name: &str) -> Option<&'static Client> {
    BY_NAME.get(name).copied().or_else(|| {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        if stem.len() == name.len() {
            return None;
        }
        BY_NAME.get(format!("{stem}#").as_str()).copied()
    })
}

/// A program that the arguments tell from its namesake.
pub(super) fn refine(
    client: &'static Client,
    is_certain: bool,
    arguments: &Arguments<'_>,
) -> (&'static Client, bool) {
    match client.name {
        "yarn 1" => node::which_yarn(arguments),
        _ => (client, is_certain),
    }
}

/// The row of a variable that some client reads as its own.
pub(super) fn variable(name: &str) -> Option<&'static OwnVariable> {
    CLIENTS
        .iter()
        .copied()
        .flatten()
        .flat_map(|client| client.variables)
        .find(|variable| {
            variable.name == name || variable.any_case && variable.name.eq_ignore_ascii_case(name)
        })
}
