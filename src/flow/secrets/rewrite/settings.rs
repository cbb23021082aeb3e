//! Commands that keep what they are told in a file of their own, written anew.

use super::{Commands, Rewrite, shouted};

impl Rewrite<'_> {
    /// The RUN whose command of a tool keeps nothing, or has it taken back.
    pub(super) fn settings(&self, tool: &str) -> Commands {
        let rewritten = match tool {
            "git clone" | "git submodule add" => self.cloned(),
            "git remote add" | "git remote set-url" => self.remote(),
            "git config" => self.git_config(),
            "npm config set" | "npm set" | "npm c set" | "pnpm config set" => self.npm_config(),
            "pip config set" | "pip3 config set" => self.pip_config(),
            "go env -w" => self.go_env(),
            _ => None,
        };
        rewritten.unwrap_or_else(|| self.undone(tool))
    }

    /// `git -c url."https://x:$T@host/".insteadOf=https://host/ clone https://host/a.git`: git keeps
    /// the address it was told, not the one that stands in for it.
    fn cloned(&self) -> Option<Commands> {
        let address = self.address()?;
        let git = address.rest.find("git ")?;
        let (before, after) = address.rest.split_at(git + "git ".len());
        Some(Commands::all(vec![format!(
            "{before}{} {after}",
            address.option
        )]))
    }

    /// The same for a remote that is fetched later.
    fn remote(&self) -> Option<Commands> {
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
        let fetch = format!("git {} fetch {remote}", address.option);
        Some(Commands::all(vec![address.rest, fetch]))
    }

    /// Settings that git takes from its environment (`git help config`, `GIT_CONFIG_COUNT`).
    fn git_config(&self) -> Option<Commands> {
        let [key, value] = self.last_words()?;
        Some(Commands::before_next(format!(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0={key} GIT_CONFIG_VALUE_0={value}"
        )))
    }

    /// Settings that pip takes from its environment: `global.index-url` is `PIP_INDEX_URL`
    /// (`pip help config`, and pip's "Configuration", "Environment Variables").
    fn pip_config(&self) -> Option<Commands> {
        let [key, value] = self.last_words()?;
        let (_, option) = key.split_once('.')?;
        let variable = shouted(option);
        Some(Commands::before_next(format!(
            "export PIP_{variable}={value}"
        )))
    }

    /// Settings that go takes from its environment first (`go help environment`).
    fn go_env(&self) -> Option<Commands> {
        let words = self.command?.argv.iter();
        let words = words.map(|word| self.replaced(word.span, &self.reference));
        let settings: Vec<String> = words.filter(|word| word.contains('=')).collect();
        let settings = settings.join(" ");
        (!settings.is_empty()).then(|| Commands::before_next(format!("export {settings}")))
    }

    /// npm keeps `${NAME}` as it is written and puts the variable in its place when it reads it
    /// (`npm help npmrc`).
    fn npm_config(&self) -> Option<Commands> {
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
        let words = words.join(" ");
        Some(Commands::before_next(format!("{command} set {words}")))
    }

    /// The command, and at the end of the same RUN another that takes it back.
    fn undone(&self, tool: &str) -> Commands {
        let undo = UNDO.iter().find(|(known, _)| *known == tool);
        Commands {
            last: Some(undo.map_or("…", |(_, undo)| undo)),
            ..Commands::before_next(self.statement())
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
