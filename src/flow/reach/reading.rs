//! Whether a command reads a variable of its environment.

use crate::flow::Build;
use crate::flow::shell::Command;
use crate::model::dockerfile::Step;
use crate::model::variables::is_network_setting;

/// Whether a command reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It does.
    Yes,
    /// Nobody knows.
    Perhaps {
        /// Nearly every command may read such a variable, so that only steps are worth telling.
        of_step: bool,
    },
    /// It reads the other spelling.
    OtherSpelling,
    /// It does not.
    No,
}

/// Commands of the shell itself.
const BUILTINS: [&str; 31] = [
    ".", ":", "[", "[[", "alias", "bg", "break", "cd", "command", "continue", "echo", "exit",
    "false", "fg", "hash", "jobs", "kill", "printf", "pwd", "read", "return", "set", "shift",
    "shopt", "source", "test", "trap", "true", "type", "ulimit", "umask",
];

/// Programs that work on files and text, and never look for a proxy or a mirror.
const LOCAL: [&str; 48] = [
    "awk",
    "base64",
    "basename",
    "bzip2",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dd",
    "diff",
    "dirname",
    "du",
    "file",
    "find",
    "gawk",
    "groupadd",
    "addgroup",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "id",
    "install",
    "ldconfig",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "patch",
    "rm",
    "rmdir",
    "sed",
    "sha256sum",
    "sleep",
    "sort",
    "strip",
    "tail",
    "tar",
    "tee",
    "touch",
    "tr",
    "unzip",
    "useradd",
    "adduser",
];

/// Whether a command reads `name`.
pub(super) fn reading(
    _build: &Build<'_>,
    _step: &Step<'_>,
    command: &Command,
    name: &str,
) -> Reading {
    let Some(program) = command.name() else {
        return Reading::Perhaps {
            of_step: !is_network_setting(name),
        };
    };
    if BUILTINS.contains(&program) {
        return Reading::No;
    }
    if !is_network_setting(name) {
        return Reading::Perhaps { of_step: true };
    }
    match LOCAL.contains(&program) {
        true => Reading::No,
        false => Reading::Perhaps { of_step: false },
    }
}
