//! Which interpreter reads a RUN's text.

use crate::syntax::shell::{Dialect, Foreign};

/// Switches that the shell starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-e`: exit when a command fails.
    pub errexit: bool,
    /// `-a`: export every assignment.
    pub allexport: bool,
    /// `-o pipefail`: a pipeline fails with any of its commands.
    pub pipefail: bool,
}

/// What reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpreter {
    /// A POSIX shell.
    Shell(Dialect, Options),
    /// Something else.
    Foreign(Foreign),
}

impl Default for Interpreter {
    fn default() -> Self {
        Self::Shell(Dialect::Sh, Options::default())
    }
}

impl Interpreter {
    /// The interpreter of an argv: `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`, the command line
    /// that a here-document is fed to.
    pub fn from_argv<'w>(argv: impl IntoIterator<Item = &'w str>) -> Self {
        let mut argv = argv.into_iter();
        let mut program = base_name(argv.next().unwrap_or_default());
        if program == "env" {
            program = base_name(argv.find(|word| *word != "-S").unwrap_or_default());
        }
        match dialect(program) {
            Some(dialect) => Self::Shell(dialect, Options::from_flags(argv)),
            None => Self::Foreign(foreign(program)),
        }
    }

    /// The interpreter that the first line of a script names with `#!`; `None` without one.
    pub fn from_shebang(text: &str) -> Option<Self> {
        let line = text.strip_prefix("#!")?.lines().next()?;
        Some(Self::from_argv(line.split_ascii_whitespace()))
    }
}

impl Options {
    /// The options that a shell's flags set, up to its first operand.
    pub(super) fn from_flags<'w>(flags: impl IntoIterator<Item = &'w str>) -> Self {
        let mut options = Self::default();
        let mut flags = flags.into_iter();
        while let Some(flag) = flags.next() {
            let Some(letters) = flag.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
                break;
            };
            for letter in letters.chars() {
                match letter {
                    'e' => options.errexit = true,
                    'a' => options.allexport = true,
                    'o' => options.set_long(flags.next().unwrap_or_default(), true),
                    _ => {}
                }
            }
        }
        options
    }

    /// `set -o NAME`
    pub(super) fn set_long(&mut self, name: &str, on: bool) {
        match name {
            "errexit" => self.errexit = on,
            "allexport" => self.allexport = on,
            "pipefail" => self.pipefail = on,
            _ => {}
        }
    }
}

/// The dialect of a shell's name.
pub(super) fn dialect(program: &str) -> Option<Dialect> {
    match program {
        "sh" | "dash" | "ash" => Some(Dialect::Sh),
        "bash" | "zsh" | "ksh" | "mksh" | "rbash" => Some(Dialect::Bash),
        _ => None,
    }
}

fn foreign(program: &str) -> Foreign {
    let name = program.to_ascii_lowercase();
    match name.strip_suffix(".exe").unwrap_or(&name) {
        "cmd" => Foreign::Cmd,
        "powershell" | "pwsh" => Foreign::PowerShell,
        _ => Foreign::Other,
    }
}

/// The last part of a path, Windows' too.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_are_known_by_name() {
        let bash = Interpreter::from_argv(["/bin/bash", "-eo", "pipefail", "-c"]);
        let options = Options {
            errexit: true,
            pipefail: true,
            ..Options::default()
        };
        assert_eq!(bash, Interpreter::Shell(Dialect::Bash, options));
        assert_eq!(
            Interpreter::from_argv(["powershell", "-Command"]),
            Interpreter::Foreign(Foreign::PowerShell)
        );
        assert_eq!(
            Interpreter::from_argv([r"C:\Windows\System32\cmd.exe", "/S", "/C"]),
            Interpreter::Foreign(Foreign::Cmd)
        );
        assert_eq!(
            Interpreter::from_shebang("#!/usr/bin/env python3\nprint()"),
            Some(Interpreter::Foreign(Foreign::Other))
        );
        assert_eq!(
            Interpreter::from_shebang("#!/bin/sh\n"),
            Some(Interpreter::default())
        );
        assert_eq!(Interpreter::from_shebang("npm ci"), None);
    }
}
