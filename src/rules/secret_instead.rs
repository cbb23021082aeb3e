//! What to write for a RUN that leaves a secret in its layer, so that it does not: a mount alone
//! would but change where the secret comes from.

use super::secret_help::{self, short};
use crate::flow::secrets::{Brought, Destination, Kept, Written};
use crate::flow::shell::Command;
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::{Action, Program, Run};
use crate::source::Span;

/// A command that leaves a secret in the layer.
pub(super) struct Leak<'l> {
    /// The step of the RUN.
    pub(super) step: usize,
    /// The command, if one does it.
    pub(super) command: Option<usize>,
    /// Where its text has the secret.
    pub(super) span: Span,
    /// Where the secret stays.
    pub(super) destination: &'l Destination,
    /// Where it comes from.
    pub(super) secret: Secret<'l>,
}

/// Where a secret comes from.
#[derive(Clone, Copy)]
pub(super) enum Secret<'l> {
    /// From a build argument or variable of that name.
    Variable(&'l str),
    /// From a mount with that flag: as a variable, or as that file.
    Mounted {
        /// The flag of the RUN.
        flag: Span,
        /// Where the script gives the variable the file's content.
        set: Option<Span>,
        /// The variable or file.
        name: &'l str,
    },
    /// It stands in the text itself.
    Literal,
}

impl<'l> Leak<'l> {
    /// What a RUN leaves.
    pub(super) fn of(written: &'l Written<'_>) -> Self {
        let name = written.name.as_str();
        Self {
            step: written.step,
            command: written.command,
            span: written.span,
            destination: &written.destination,
            secret: match written.brought {
                Brought::Argument(_) => Secret::Variable(name),
                Brought::Mount { flag, set } => Secret::Mounted { flag, set, name },
            },
        }
    }

    /// What a command keeps of a secret in its text.
    pub(super) fn of_literal(step: usize, kept: &'l Kept) -> Self {
        Self {
            step,
            command: Some(kept.command),
            span: kept.span,
            destination: &kept.destination,
            secret: Secret::Literal,
        }
    }
}

/// How the one who builds gives the secret, and the RUN that needs it without leaving it.
pub(super) fn instead(build: &Build<'_>, workspace: &Workspace<'_>, leak: &Leak<'_>) -> String {
    let rewrite = Rewrite::new(build, workspace, leak);
    match leak.destination {
        Destination::File(path) => rewrite.file(path),
        Destination::Settings(tool, _) => rewrite.settings(tool),
        Destination::Program(_) => {
            secret_help::mount(build, workspace, &rewrite.name, Some(leak.step), &[])
        }
    }
}

/// A RUN that is written anew.
struct Rewrite<'r> {
    build: &'r Build<'r>,
    workspace: &'r Workspace<'r>,
    leak: &'r Leak<'r>,
    script: &'r str,
    command: Option<&'r Command>,
    /// The variable that holds the secret.
    name: String,
    /// The secret as the command has it.
    written: String,
    /// What stands for it in the new command.
    reference: String,
}

impl<'r> Rewrite<'r> {
    fn new(build: &'r Build<'_>, workspace: &'r Workspace<'_>, leak: &'r Leak<'_>) -> Self {
        let step = &build.model.steps[leak.step];
        let script = match &step.action {
            Action::Run(run) => script(run),
            _ => "",
        };
        let commands = build.commands.get(leak.step).and_then(Option::as_ref);
        let command = leak
            .command
            .and_then(|at| commands.and_then(|it| it.outcome.commands.get(at)));
        let written = one_line(script.get(leak.span.range()).unwrap_or_default());
        let tool = command.and_then(Command::name).unwrap_or_default();
        let name = match leak.secret {
            Secret::Variable(name) => name.to_owned(),
            Secret::Mounted { name, .. } if name.starts_with('/') => shouted(base(name)),
            Secret::Mounted { name, .. } => name.to_owned(),
            Secret::Literal => format!("{}_TOKEN", shouted(tool)),
        };
        let reference = match leak.secret {
            Secret::Literal => format!("${name}"),
            // The command that reads a file, which stands in brackets.
            _ if !written.starts_with('$') => format!("$({written})"),
            _ => written.clone(),
        };
        Self {
            build,
            workspace,
            leak,
            script,
            command,
            name,
            written,
            reference,
        }
    }

    /// What a command keeps in a file of its own.
    fn settings(&self, tool: &str) -> String {
        let rewritten = match tool {
            "git clone" | "git submodule add" => self.cloned(),
            "git remote add" | "git remote set-url" => self.remote(),
            "git config" => self.git_config(),
            "npm config set" | "npm set" | "npm c set" | "pnpm config set" => self.npm_config(),
            "pip config set" | "pip3 config set" => self.pip_config(),
            "go env -w" => self.go_env(),
            _ => None,
        };
        self.run(&rewritten.unwrap_or_else(|| self.undone(tool)))
    }

    /// `git -c url."https://x:$T@host/".insteadOf=https://host/ clone https://host/a.git`: git keeps
    /// the address it was told, not the one that stands in for it.
    fn cloned(&self) -> Option<String> {
        let address = self.address()?;
        let git = address.rest.find("git ")?;
        let (before, after) = address.rest.split_at(git + "git ".len());
        Some(format!("{before}{} {after}", address.option))
    }

    /// The same for a remote that is fetched later.
    fn remote(&self) -> Option<String> {
        let address = self.address()?;
        let mut words = self
            .command?
            .argv
            .iter()
            .filter_map(|it| it.value.as_known());
        let remote = words
            .by_ref()
            .skip_while(|word| !matches!(*word, "add" | "set-url"))
            .skip(1)
            .find(|word| !word.starts_with('-'))?;
        Some(format!(
            "{} && git {} fetch {remote}",
            address.rest, address.option
        ))
    }

    /// Settings that git takes from its environment (`git help config`, `GIT_CONFIG_COUNT`).
    fn git_config(&self) -> Option<String> {
        let [key, value] = self.last_words()?;
        Some(format!(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0={key} GIT_CONFIG_VALUE_0={value} && {}",
            self.next()
        ))
    }

    /// Settings that pip takes from its environment: `global.index-url` is `PIP_INDEX_URL`
    /// (`pip help config`, and pip's "Configuration", "Environment Variables").
    fn pip_config(&self) -> Option<String> {
        let [key, value] = self.last_words()?;
        let (_, option) = key.split_once('.')?;
        Some(format!(
            "export PIP_{}={value} && {}",
            shouted(option),
            self.next()
        ))
    }

    /// Settings that go takes from its environment first (`go help environment`).
    fn go_env(&self) -> Option<String> {
        let words = self.command?.argv.iter();
        let words = words.map(|word| self.replaced(word.span, &self.reference));
        let settings: Vec<String> = words.filter(|word| word.contains('=')).collect();
        let settings = settings.join(" ");
        (!settings.is_empty()).then(|| format!("export {settings} && {}", self.next()))
    }

    /// npm keeps `${NAME}` as it is written and puts the variable in its place when it reads it
    /// (`npm help npmrc`).
    fn npm_config(&self) -> Option<String> {
        let text = self.with_reference("\u{0}");
        let (command, words) = text.split_once(" set ")?;
        let placed = |text: &str| match text.contains('\u{0}') {
            true => {
                let plain = text.replace(['"', '\''], "");
                format!("'{}'", plain.replace('\u{0}', &self.variable()))
            }
            false => text.to_owned(),
        };
        let words = words.split(' ').map(|word| match word.split_once("=") {
            Some((key, value)) if value.contains('\u{0}') => {
                format!("'{}' {}", key.replace(['"', '\''], ""), placed(value))
            }
            _ => placed(word),
        });
        let words: Vec<String> = words.collect();
        Some(format!(
            "{command} set {} && {}",
            words.join(" "),
            self.next()
        ))
    }

    /// The command, and at the end of the same RUN another that takes it back.
    fn undone(&self, tool: &str) -> String {
        let undo = UNDO.iter().find(|(known, _)| *known == tool);
        let undo = undo.map_or("…", |(_, undo)| undo);
        format!("{} && {} && {undo}", self.statement(), self.next())
    }

    /// A mount in place of a file that the RUN writes.
    fn file(&self, path: &str) -> String {
        let name = base(path).trim_start_matches('.');
        let target = self.absolute(path);
        let next = self.next();
        if self.is_whole() {
            let id = self.id();
            let given = self.given();
            return format!(
                "{given}mount it as that file where it is read: `RUN --mount=type=secret,id={id},target={target} {next}`"
            );
        }
        let id = secret_help::id(name);
        let given = secret_help::given_file(self.build, self.workspace, &id, base(path));
        format!(
            "keep the whole file out of the build: {given}, and mount it where it is read: `RUN --mount=type=secret,id={id},target={target} {next}`"
        )
    }

    /// `path` as a mount takes it.
    fn absolute(&self, path: &str) -> String {
        let path = path.replace(['"', '\''], "");
        for home in ["~/", "$HOME/", "${HOME}/"] {
            if let Some(rest) = path.strip_prefix(home) {
                return match self.is_root() {
                    true => format!("/root/{rest}"),
                    // Where the user's home is, and who they are, the image says.
                    false => format!("…/{rest},mode=0444"),
                };
            }
        }
        let workdir = self.step_run().and_then(|run| run.workdir.as_known());
        match workdir {
            Some(folder) if !path.starts_with(['/', '$']) => {
                let path = path.trim_start_matches("./");
                format!("{}/{path}", folder.trim_end_matches('/'))
            }
            _ => path,
        }
    }

    /// The model of the RUN.
    fn step_run(&self) -> Option<&'r Run<'r>> {
        match &self.build.model.steps[self.leak.step].action {
            Action::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Whether no USER stands above the RUN but root.
    fn is_root(&self) -> bool {
        let user = self.step_run().and_then(|run| run.user.as_ref());
        user.is_none_or(|user| {
            let name = user.as_known().and_then(|user| user.split(':').next());
            matches!(name, Some("root" | "0"))
        })
    }

    /// Whether the secret is all that the file holds.
    fn is_whole(&self) -> bool {
        let Some(command) = self.command.filter(|_| !self.is_literal()) else {
            return false;
        };
        if command.span == self.leak.span {
            return true;
        }
        let words: Vec<String> = command
            .argv
            .iter()
            .skip(1)
            .map(|word| one_line(self.script.get(word.span.range()).unwrap_or_default()))
            .filter(|word| !word.starts_with('-') && !is_format(word))
            .collect();
        matches!(words.as_slice(), [word] if word.trim_matches(['"', '\'']) == self.written)
    }

    /// `${NAME}`
    fn variable(&self) -> String {
        format!("${{{}}}", self.name)
    }

    fn is_literal(&self) -> bool {
        matches!(self.leak.secret, Secret::Literal)
    }

    /// The RUN with its mount and this command.
    fn run(&self, command: &str) -> String {
        let flags = match self.leak.secret {
            Secret::Variable(_) | Secret::Literal => {
                secret_help::flags(self.build, &self.name, &self.id())
            }
            // What the shell sets from the file may as well be mounted as a variable, which is what
            // npm's placeholder needs.
            Secret::Mounted { set, .. } if set.is_some() || command.contains(&self.variable()) => {
                secret_help::flags(self.build, &self.name, &self.id())
            }
            Secret::Mounted { flag, .. } => {
                let flag = self.workspace.source(self.build.file).slice(flag);
                format!("{flag} ")
            }
        };
        format!("{}write `RUN {flags}{command}`", self.given())
    }

    /// How the one who builds gives the secret; nothing if it is mounted already.
    fn given(&self) -> String {
        let given = secret_help::given(self.build, self.workspace, &self.name);
        match self.leak.secret {
            Secret::Variable(_) => format!("{given}, and "),
            Secret::Literal => {
                format!("take it out and replace it where it is accepted, {given}, and ")
            }
            Secret::Mounted { .. } => String::new(),
        }
    }

    fn id(&self) -> String {
        match self.leak.secret {
            Secret::Mounted { flag, .. } => {
                let mounts = self.step_run().map(|run| run.mounts.as_slice());
                let mut mounts = mounts.unwrap_or_default().iter();
                let mount = mounts.find(|(_, at)| *at == flag).map(|(mount, _)| mount);
                let id = mount.and_then(|it| it.id.as_ref().or(it.source.as_ref())?.as_known());
                id.map_or_else(|| secret_help::id(&self.name), str::to_owned)
            }
            _ => secret_help::id(&self.name),
        }
    }

    /// The command's text on one line, with `reference` where it has the secret.
    fn with_reference(&self, reference: &str) -> String {
        let span = self.command.map(|it| it.span).unwrap_or_default();
        self.replaced(span, reference)
    }

    /// The command's text up to the next one that runs when it is done.
    fn statement(&self) -> String {
        let start = self.command.map_or(0, |it| it.span.start as usize);
        let end = self.joint().unwrap_or(self.script.len());
        self.replaced(Span::new(start, end), &self.reference)
    }

    /// Where the `&&` behind the command stands that the next one follows: none in a word of a
    /// command or in a here-document.
    fn joint(&self) -> Option<usize> {
        let command = self.command?;
        let others = self.build.commands.get(self.leak.step)?.as_ref()?;
        let others = others.outcome.commands.iter();
        let others = others.filter(|other| {
            other.span.start > command.span.start || other.span.end < command.span.end
        });
        let is_in = |span: Span, at: usize| span.range().contains(&at);
        let texts = |command: &Command, at: usize| {
            let mut texts = command.redirections.iter();
            texts.any(|text| is_in(text.target.span, at))
        };
        let end = command.span.end as usize;
        let rest = self.script.get(end..)?;
        let joints = rest.match_indices("&&").map(|(at, _)| end + at);
        joints.take(MOST_JOINTS).find(|&at| {
            let is_inside = |other: &Command| is_in(other.span, at) || texts(other, at);
            !texts(command, at) && !others.clone().any(is_inside)
        })
    }

    /// A part of the script on one line, with `reference` where it has the secret.
    fn replaced(&self, span: Span, reference: &str) -> String {
        let text = one_line(self.script.get(span.range()).unwrap_or_default());
        let substitution = format!("$({})", self.written);
        let written = match text.contains(&substitution) {
            true => &substitution,
            false => &self.written,
        };
        match written.is_empty() {
            true => text,
            false => text.replace(written, reference),
        }
    }

    /// The last two words of the command that are no options.
    fn last_words(&self) -> Option<[String; 2]> {
        let words = self.command?.argv.iter().rev();
        let mut words = words.map(|word| self.replaced(word.span, &self.reference));
        let value = words.next()?;
        let key = words.next()?;
        (!key.starts_with('-') && key.contains('.')).then_some([key, value])
    }

    /// What the RUN does next, or the next RUN of the stage.
    fn next(&self) -> String {
        let joint = self.joint().map(|at| at + "&&".len());
        let rest = joint.and_then(|at| self.script.get(at..)).map(one_line);
        let rest = rest.filter(|rest| is_balanced(rest));
        rest.map_or_else(
            || secret_help::next_command(self.build, self.leak.step),
            |rest| short(&rest),
        )
    }

    /// The address with the secret in the command.
    fn address(&self) -> Option<Address> {
        let text = self.with_reference(&self.reference);
        let secret = text.find(&self.reference)?;
        let scheme_end = text.get(..secret)?.rfind("://")?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let before = text.get(..scheme_end)?;
        let scheme = before.get(before.trim_end_matches(is_scheme).len()..)?;
        let user = scheme_end + "://".len();
        let at = secret + text.get(secret..)?.find('@')?;
        let host = text.get(at + 1..)?;
        let end = host.find(['/', ' ', '"', '\'']).unwrap_or(host.len());
        let slash = match host.get(end..)?.starts_with('/') {
            true => "/",
            false => "",
        };
        let host = host.get(..end)?;
        let user_info = text.get(user..at)?.replace(['"', '\''], "");
        Some(Address {
            option: format!(
                "-c url.\"{scheme}://{user_info}@{host}{slash}\".insteadOf={scheme}://{host}{slash}"
            ),
            rest: format!("{}{}", text.get(..user)?, text.get(at + 1..)?),
        })
    }
}

/// An address taken out of a command.
struct Address {
    /// git's option that lets the address with the secret stand in for the one without.
    option: String,
    /// The command with the address without it.
    rest: String,
}

/// So many `&&` are looked at behind a command.
const MOST_JOINTS: usize = 64;

/// What takes back what a command keeps, as its own help says: `npm help logout`, `yarn help config`,
/// `composer help config`, `poetry help config`, `bundle help config`, `docker logout --help`,
/// `helm repo remove --help`, `dotnet nuget remove source --help`, `nuget help sources`,
/// `gem help sources`, `conda config --help`, `aws configure help` (which names the file),
/// `gh auth logout --help`, `glab auth logout --help`, `cargo help logout`.
const UNDO: &[(&str, &str)] = &[
    ("npm login", "npm logout"),
    ("yarn config set", "yarn config unset …"),
    ("composer config", "composer config --unset …"),
    ("poetry config", "poetry config --unset …"),
    ("bundle config", "bundle config unset …"),
    ("docker login", "docker logout"),
    ("podman login", "podman logout"),
    ("buildah login", "buildah logout"),
    ("helm registry login", "helm registry logout …"),
    ("helm repo add", "helm repo remove …"),
    ("dotnet nuget add", "dotnet nuget remove source …"),
    ("dotnet nuget update", "dotnet nuget remove source …"),
    ("nuget sources", "nuget sources remove …"),
    ("gem sources", "gem sources --remove …"),
    ("conda config", "conda config --remove-key …"),
    ("aws configure set", "rm -f ~/.aws/credentials"),
    ("gh auth login", "gh auth logout"),
    ("glab auth login", "glab auth logout"),
    ("cargo login", "cargo logout"),
];

fn script<'r>(run: &'r Run<'_>) -> &'r str {
    match &run.program {
        Program::Shell { script, .. } | Program::File { script, .. } => &script.text,
        Program::Exec(_) => "",
    }
}

/// A text on one line, without the marks that continue it.
fn one_line(text: &str) -> String {
    let text = text.replace("\\\n", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a piece of a script can stand alone.
fn is_balanced(text: &str) -> bool {
    let count = |c: char| text.matches(c).count();
    let ends_block = text
        .split([' ', ';'])
        .any(|word| matches!(word, "fi" | "done" | "esac" | "else"));
    let quotes = count('"') % 2 == 0 && count('\'') % 2 == 0;
    count('(') == count(')') && count('{') == count('}') && quotes && !ends_block
}

/// The format of `printf`.
fn is_format(word: &str) -> bool {
    word.trim_matches(['"', '\'']).starts_with('%')
}

/// `NPM_TOKEN` of `npm-token`.
fn shouted(name: &str) -> String {
    secret_help::id(name).to_ascii_uppercase()
}

/// The last part of a path.
fn base(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    path.rsplit('/').next().unwrap_or(path)
}
