//! Commands that keep what they are told, and where: one table, whoever splits the words.

/// A command that keeps what it is told in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its names.
    commands: &'static [&'static str],
    /// The words that follow, options left out.
    words: &'static [&'static str],
    /// The option without which it keeps nothing, if there is one.
    option: Option<&'static str>,
    /// What it is told, and how it would be told without keeping it.
    pub kind: Kind,
    /// What takes it back.
    undo: Undo,
    /// The end of the path of the file that keeps it.
    pub file: &'static str,
}

/// What a tool is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An address from which git makes a folder of its own.
    Clone,
    /// An address from which git makes a folder in another one.
    Submodule,
    /// An address that git fetches from later.
    Remote,
    /// A setting of git.
    GitSetting,
    /// A setting of npm or pnpm.
    NpmSetting,
    /// A setting of pip.
    PipSetting,
    /// `NAME=VALUE` for go.
    GoSetting,
    /// Anything else.
    Other,
}

/// What takes back what a tool keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Undo {
    /// The tool itself, with these words.
    Words(&'static str),
    /// Another command.
    Command(&'static str),
}

const fn tool(
    commands: &'static [&'static str],
    words: &'static [&'static str],
    file: &'static str,
    undo: Undo,
) -> Tool {
    Tool {
        commands,
        words,
        option: None,
        kind: Kind::Other,
        undo,
        file,
    }
}

const NPM: &[&str] = &["npm", "pnpm"];
const GIT: &[&str] = &["git"];
const LOGOUT: Undo = Undo::Words("logout");
const NPM_DELETE: Undo = Undo::Words("config delete …");
const NO_REMOTE: Undo = Undo::Words("remote remove …");
const NO_SOURCE: Undo = Undo::Words("nuget remove source …");

/// npm, pip, git and go were run, with what takes their settings back. The rest is told by the
/// documentation of each tool, and was not tried.
#[rustfmt::skip]
const TOOLS: &[Tool] = &[
    tool(NPM, &["config", "set"], ".npmrc", NPM_DELETE).of(Kind::NpmSetting),
    tool(NPM, &["c", "set"], ".npmrc", NPM_DELETE).of(Kind::NpmSetting),
    tool(NPM, &["set"], ".npmrc", NPM_DELETE).of(Kind::NpmSetting),
    tool(&["npm"], &["login"], ".npmrc", LOGOUT),
    tool(&["yarn"], &["config", "set"], ".yarnrc.yml", Undo::Words("config unset …")),
    tool(&["pip", "pip3"], &["config", "set"], "pip.conf", Undo::Words("config unset …"))
        .of(Kind::PipSetting),
    tool(&["go"], &["env"], ".config/go/env", Undo::Words("env -u …"))
        .of(Kind::GoSetting)
        .with("-w"),
    tool(&["composer"], &["config"], "auth.json", Undo::Words("config --unset …")),
    tool(&["composer"], &["global", "config"], "auth.json", Undo::Words("global config --unset …")),
    tool(&["poetry"], &["config"], "auth.toml", Undo::Words("config --unset …")),
    tool(&["bundle", "bundler"], &["config"], ".bundle/config", Undo::Words("config unset …")),
    tool(GIT, &["config"], ".gitconfig", Undo::Words("config --unset …")).of(Kind::GitSetting),
    tool(GIT, &["clone"], ".git/config", Undo::Words("-C … remote remove origin")).of(Kind::Clone),
    tool(GIT, &["remote", "add"], ".git/config", NO_REMOTE).of(Kind::Remote),
    tool(GIT, &["remote", "set-url"], ".git/config", NO_REMOTE).of(Kind::Remote),
    tool(GIT, &["submodule", "add"], ".gitmodules", Undo::Words("submodule set-url …"))
        .of(Kind::Submodule),
    tool(&["docker", "podman", "buildah"], &["login"], ".docker/config.json", LOGOUT),
    tool(&["helm"], &["registry", "login"], "registry/config.json", Undo::Words("registry logout …")),
    tool(&["helm"], &["repo", "add"], "repositories.yaml", Undo::Words("repo remove …")),
    tool(&["dotnet"], &["nuget", "add"], "NuGet.Config", NO_SOURCE),
    tool(&["dotnet"], &["nuget", "update"], "NuGet.Config", NO_SOURCE),
    tool(&["nuget", "nuget.exe"], &["sources"], "NuGet.Config", Undo::Words("sources remove …")),
    tool(&["gem"], &["sources"], ".gemrc", Undo::Words("sources --remove …")),
    tool(&["conda", "mamba"], &["config"], ".condarc", Undo::Words("config --remove-key …")),
    tool(&["aws"], &["configure", "set"], ".aws/credentials", Undo::Command("rm -f ~/.aws/credentials")),
    tool(&["gh"], &["auth", "login"], "gh/hosts.yml", Undo::Words("auth logout")),
    tool(&["glab"], &["auth", "login"], "glab-cli/config.yml", Undo::Words("auth logout")),
    tool(&["cargo"], &["login"], ".cargo/credentials.toml", LOGOUT),
    tool(&["twine"], &["register"], ".pypirc", Undo::Command("rm -f ~/.pypirc")),
];

/// The options that take the next word for their value and may stand before a subcommand, as the
/// tools' help lists them: git, npm and pip were asked; the rest is told by their documentation.
const VALUED: &[(&[&str], &[&str])] = &[
    (
        GIT,
        &[
            "-C",
            "-c",
            "--config-env",
            "--git-dir",
            "--namespace",
            "--work-tree",
        ],
    ),
    (
        NPM,
        &[
            "-C",
            "-L",
            "-w",
            "--dir",
            "--filter",
            "--location",
            "--loglevel",
            "--prefix",
            "--registry",
            "--scope",
            "--userconfig",
            "--workspace",
        ],
    ),
    (
        &["pip", "pip3"],
        &[
            "--cache-dir",
            "--cert",
            "--client-cert",
            "--editor",
            "--log",
            "--proxy",
            "--python",
            "--retries",
            "--timeout",
            "--trusted-host",
        ],
    ),
    (&["go"], &["-C"]),
    (&["composer"], &["-d", "--working-dir"]),
    (&["poetry"], &["-C", "-P", "--directory", "--project"]),
    (
        &["docker", "podman"],
        &[
            "-H",
            "-c",
            "-l",
            "--config",
            "--context",
            "--host",
            "--log-level",
        ],
    ),
    (
        &["helm"],
        &[
            "-n",
            "--kube-context",
            "--kubeconfig",
            "--namespace",
            "--registry-config",
            "--repository-config",
        ],
    ),
    (
        &["aws"],
        &[
            "--ca-bundle",
            "--endpoint-url",
            "--output",
            "--profile",
            "--region",
        ],
    ),
    (&["cargo"], &["-C", "-Z", "--color", "--config"]),
];

/// The tool that a command is, by its name and the words behind it, if it keeps what it is told. A word
/// that is not known is empty.
pub fn keeping<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Option<&'static Tool> {
    let mut candidates = TOOLS
        .iter()
        .filter(|tool| tool.commands.contains(&name))
        .peekable();
    candidates.peek()?;
    let words: Vec<&str> = words.collect();
    candidates.find(|tool| {
        let is_set = tool.option.is_none_or(|option| words.contains(&option));
        is_set && tool.place(name, words.iter().copied()).is_some()
    })
}

/// The words that are no options and no values of those, each with its place.
fn plain<'w>(
    name: &str,
    words: impl Iterator<Item = &'w str>,
) -> impl Iterator<Item = (usize, &'w str)> {
    let mut lists = VALUED.iter();
    let valued = lists.find(|(commands, _)| commands.contains(&name));
    let valued = valued.map_or(&[][..], |(_, options)| options);
    let mut is_value = false;
    words.enumerate().filter(move |(_, word)| {
        let is_plain = !is_value && !word.is_empty() && !word.starts_with(['-', '+']);
        is_value = !is_value && valued.contains(word);
        is_plain
    })
}

impl Tool {
    /// The same for what a tool of that kind is told.
    const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The same, if it keeps something only with an option.
    const fn with(self, option: &'static str) -> Self {
        Self {
            option: Some(option),
            ..self
        }
    }

    /// Where its subcommand begins among the words behind its name, if these are its first.
    pub fn place<'w>(&self, name: &str, words: impl Iterator<Item = &'w str>) -> Option<usize> {
        let mut found = plain(name, words);
        let mut first = None;
        for wanted in self.words {
            let (at, _) = found.next().filter(|(_, word)| word == wanted)?;
            first = first.or(Some(at));
        }
        first
    }

    /// What it is called as the command of this name.
    pub fn called(&self, name: &str) -> String {
        let mut words = vec![name];
        words.extend(self.words);
        words.extend(self.option);
        words.join(" ")
    }

    /// What takes back what it keeps, as the command of this name.
    pub fn undo(&self, name: &str) -> String {
        match self.undo {
            Undo::Words(words) => format!("{name} {words}"),
            Undo::Command(command) => command.to_owned(),
        }
    }

    /// Whether a later command, by its name and the words behind it, takes a setting away again. Go is
    /// told which by its name; of other tools any will do.
    pub fn is_undone_by<'w>(
        &self,
        name: &str,
        words: impl Iterator<Item = &'w str>,
        setting: Option<&str>,
    ) -> bool {
        if !self.commands.contains(&name) {
            return false;
        }
        let words: Vec<&str> = words.collect();
        if self.kind == Kind::GoSetting {
            return words.contains(&"-u")
                && self.place(name, words.iter().copied()).is_some()
                && setting.is_none_or(|setting| words.contains(&setting));
        }
        let mut first = words.iter().take(WORDS);
        first.any(|word| UNDOING.contains(word))
    }
}

/// How many words of a command are looked at for one that takes a setting away.
const WORDS: usize = 8;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(command: &str) -> bool {
        let mut words = command.split(' ');
        let name = words.next().unwrap();
        keeping(name, words).is_some()
    }

    #[test]
    fn an_option_may_make_the_difference() {
        assert!(is_kept("npm --global config set k v"));
        assert!(is_kept("go env -w GOPROXY=x"));
        assert!(!is_kept("go env GOPROXY") && !is_kept("go build env"));
        let tool = keeping("go", ["env", "-w", "A=b"].into_iter()).unwrap();
        assert_eq!(tool.called("go"), "go env -w");
        let undoes = |words: &[&'static str], setting| {
            tool.is_undone_by("go", words.iter().copied(), setting)
        };
        assert!(undoes(&["env", "-u", "A"], Some("A")) && undoes(&["env", "-u", "B"], None));
        assert!(!undoes(&["get", "-u", "A"], Some("A")) && !undoes(&["env", "-u", "B"], Some("A")));
    }

    #[test]
    fn a_subcommand_stands_first() {
        for command in [
            "git -C /src -c a=b --bare remote -v add o https://h.example",
            "git -C  remote add o https://h.example",
            "git  clone https://h.example",
            "npm --prefix /x -g config set k v",
            "pip config --user set k v",
            "go -C /x env -w A=b",
            "cargo +nightly login x",
            "composer -n global config k v",
            "composer -d /x config k v",
            "aws --profile p configure set k v",
            "mamba config --set k v",
        ] {
            assert!(is_kept(command), "{command}");
        }
        for command in [
            "bundle exec rake config TOKEN=x",
            "git commit -m remote add x",
            "git -C clone status x",
            "git log clone",
            "npm run config set",
            "docker run x login",
        ] {
            assert!(!is_kept(command), "{command}");
        }
    }

    #[test]
    fn what_takes_a_setting_back_is_told_for_each_name() {
        for (command, undo) in [
            ("pnpm set k v", "pnpm config delete …"),
            ("mamba config --set k v", "mamba config --remove-key …"),
            ("bundler config k v", "bundler config unset …"),
            ("podman login h", "podman logout"),
            ("aws configure set k v", "rm -f ~/.aws/credentials"),
        ] {
            let (name, words) = command.split_once(' ').unwrap();
            let tool = keeping(name, words.split(' ')).unwrap();
            assert_eq!(tool.undo(name), undo, "{command}");
        }
    }
}
