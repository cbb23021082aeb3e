//! Whether a command reads a variable of its environment.

use crate::flow::Build;
use crate::flow::clients::{self, Call, Network, Offline, Programs, Scheme, recognise};
use crate::flow::shell::{Command, StartVariable};
use crate::model::base_images::{self, Distro};
use crate::model::dockerfile::{Reference, Stage, Step};
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

/// A command, and what is known of its program.
pub(super) struct Tool<'c> {
    command: &'c Command,
    call: Option<(Call<'c>, Network, Vec<Scheme>)>,
}

impl<'c> Tool<'c> {
    pub(super) fn new(build: &Build<'_>, step: &Step<'_>, command: &'c Command) -> Self {
        let programs = programs(&build.model.stages[step.stage]);
        let start = |name: &str| {
            let (value, hop) = build.model.process_variable(step, name)?;
            Some(StartVariable { value, hop })
        };
        let environment = command.variants.first().map(|variant| &variant.environment);
        let variable = |name: &str| Some(environment?.value(name, &start)?.0);
        let call = recognise(command, programs).map(|call| {
            let network = call.network(&variable);
            let schemes = call.schemes(&variable);
            (call, network, schemes)
        });
        Self { command, call }
    }

    /// The client, as the table calls it.
    pub(super) fn client(&self) -> Option<&'static str> {
        Some(self.call.as_ref()?.0.client.name)
    }

    /// Whether it reads `name`.
    pub(super) fn reads(&self, name: &str) -> Reading {
        let of_step = !is_network_setting(name);
        let Some(program) = self.command.name() else {
            return Reading::Perhaps { of_step };
        };
        if BUILTINS.contains(&program) {
            return Reading::No;
        }
        let Some((call, network, schemes)) = &self.call else {
            return match LOCAL.contains(&program) && !of_step {
                true => Reading::No,
                false => Reading::Perhaps { of_step },
            };
        };
        match call.reads(name, schemes) {
            clients::Reads::Yes => match network {
                Network::Offline(Offline::Variable(cause)) if *cause == name => Reading::Yes,
                Network::Never | Network::Offline(_) if !of_step => Reading::No,
                Network::Unknown => Reading::Perhaps { of_step },
                _ => Reading::Yes,
            },
            // The table knows proxies and mirrors; what else a program reads it does not.
            _ if of_step => Reading::Perhaps { of_step },
            clients::Reads::WrongSpelling(_) => Reading::OtherSpelling,
            clients::Reads::Unknown => Reading::Perhaps { of_step },
            clients::Reads::OtherScheme
            | clients::Reads::Ignored
            | clients::Reads::NotItsVariable => Reading::No,
        }
    }
}

fn programs(stage: &Stage<'_>) -> Programs {
    let image = stage.root_image.as_deref().map(Reference::familiar);
    image
        .map_or(Distro::Unknown, |image| base_images::distro(&image))
        .into()
}
