//! Commands that keep what they are told, and where.

use crate::flow::shell::Command;
use crate::source::Span;

/// A command that keeps what it is told in a file.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its names.
    commands: &'static [&'static str],
    /// The words that follow, options left out.
    words: &'static [&'static str],
    /// The end of the path of the file that keeps it.
    pub(super) file: &'static str,
}

const fn tool(
    commands: &'static [&'static str],
    words: &'static [&'static str],
    file: &'static str,
) -> Tool {
    Tool {
        commands,
        words,
        file,
    }
}

const TOOLS: &[Tool] = &[
    tool(&["npm", "pnpm"], &["config", "set"], ".npmrc"),
    tool(&["npm", "pnpm"], &["c", "set"], ".npmrc"),
    tool(&["npm", "pnpm"], &["set"], ".npmrc"),
    tool(&["npm"], &["login"], ".npmrc"),
    tool(&["yarn"], &["config", "set"], ".yarnrc.yml"),
    tool(&["pip", "pip3"], &["config", "set"], "pip.conf"),
    tool(&["composer"], &["config"], "auth.json"),
    tool(&["poetry"], &["config"], "auth.toml"),
    tool(&["bundle", "bundler"], &["config"], ".bundle/config"),
    tool(&["git"], &["config"], ".gitconfig"),
    tool(&["git"], &["clone"], ".git/config"),
    tool(&["git"], &["remote", "add"], ".git/config"),
    tool(&["git"], &["remote", "set-url"], ".git/config"),
    tool(&["git"], &["submodule", "add"], ".gitmodules"),
    tool(
        &["docker", "podman", "buildah"],
        &["login"],
        ".docker/config.json",
    ),
    tool(&["helm"], &["registry", "login"], "registry/config.json"),
    tool(&["helm"], &["repo", "add"], "repositories.yaml"),
    tool(&["dotnet"], &["nuget", "add"], "NuGet.Config"),
    tool(&["dotnet"], &["nuget", "update"], "NuGet.Config"),
    tool(&["nuget", "nuget.exe"], &["sources"], "NuGet.Config"),
    tool(&["gem"], &["sources"], ".gemrc"),
    tool(&["conda", "mamba"], &["config"], ".condarc"),
    tool(&["aws"], &["configure", "set"], ".aws/credentials"),
    tool(&["gh"], &["auth", "login"], "gh/hosts.yml"),
    tool(&["glab"], &["auth", "login"], "glab-cli/config.yml"),
    tool(&["cargo"], &["login"], ".cargo/credentials.toml"),
    tool(&["twine"], &["register"], ".pypirc"),
];

/// How many words of a command are looked at for a subcommand: options may stand between.
const WORDS: usize = 8;

/// The tool that a command is, if it keeps what it is told.
pub(super) fn keeping(command: &Command) -> Option<&'static Tool> {
    let name = command.name()?;
    let mut candidates = TOOLS
        .iter()
        .filter(|tool| tool.commands.contains(&name))
        .peekable();
    candidates.peek()?;
    let words: Vec<&str> = command
        .argv
        .iter()
        .skip(1)
        .filter_map(|word| word.value.as_known())
        .filter(|word| !word.starts_with('-'))
        .take(WORDS)
        .collect();
    candidates.find(|tool| {
        let mut windows = words.windows(tool.words.len());
        windows.any(|window| window == tool.words)
    })
}

impl Tool {
    /// What the command is called.
    pub(super) fn name(&self, command: &Command) -> String {
        let name = command.name().unwrap_or_default();
        format!("{name} {}", self.words.join(" "))
    }

    /// Whether the subcommand stands behind a part of the command.
    pub(super) fn begins_behind(&self, command: &Command, part: Span) -> bool {
        let mut words = command.argv.iter().skip(1);
        let subcommand = words.find(|word| word.value.as_known() == self.words.first().copied());
        subcommand.is_some_and(|word| part.end <= word.span.start)
    }

    /// Whether the command keeps an address in a folder of its own.
    pub(super) fn is_clone(&self) -> bool {
        self.words == ["clone"]
    }

    /// Whether a later command of the same name takes a setting away again.
    pub(super) fn is_undone_by(&self, command: &Command) -> bool {
        let is_tool = command
            .name()
            .is_some_and(|name| self.commands.contains(&name));
        is_tool
            && command.argv.iter().skip(1).take(WORDS).any(|word| {
                let known = word.value.as_known();
                known.is_some_and(|word| UNDOING.contains(&word))
            })
    }
}

/// Words that take a setting away.
const UNDOING: &[&str] = &[
    "--remove",
    "--remove-key",
    "--remove-section",
    "--unset",
    "--unset-all",
    "delete",
    "logout",
    "remove",
    "remove-section",
    "rm",
    "set-url",
    "unset",
];
