//! Commands that keep what they are told, and where: one table, whoever splits the words.

/// A command that keeps what it is told in a file.
#[derive(Debug)]
pub struct Tool {
    /// Its names.
    commands: &'static [&'static str],
    /// The words that follow, options left out.
    words: &'static [&'static str],
    /// The option without which it keeps nothing, if there is one.
    option: Option<&'static str>,
    /// The words with which a command of that name takes a setting away.
    undoing: &'static [&'static str],
    /// The end of the path of the file that keeps it.
    pub file: &'static str,
}

const fn tool(
    commands: &'static [&'static str],
    words: &'static [&'static str],
    file: &'static str,
) -> Tool {
    Tool {
        commands,
        words,
        option: None,
        undoing: UNDOING,
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
    tool(&["go"], &["env"], ".config/go/env").with("-w", &["-u"]),
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

/// The tool that a command is, by its name and the words behind it, if it keeps what it is told.
pub fn keeping<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Option<&'static Tool> {
    let mut candidates = TOOLS
        .iter()
        .filter(|tool| tool.commands.contains(&name))
        .peekable();
    candidates.peek()?;
    let (options, words): (Vec<&str>, Vec<&str>) = words.partition(|word| word.starts_with('-'));
    candidates.find(|tool| {
        let is_set = tool.option.is_none_or(|option| options.contains(&option));
        is_set && tool.is_in(&words)
    })
}

impl Tool {
    /// The same, if it keeps something only with an option; the words of `undoing` take it away.
    const fn with(self, option: &'static str, undoing: &'static [&'static str]) -> Self {
        Self {
            option: Some(option),
            undoing,
            ..self
        }
    }

    /// Whether these are words of its subcommand.
    fn is_in(&self, words: &[&str]) -> bool {
        let looked_at = words.get(..WORDS).unwrap_or(words);
        let mut windows = looked_at.windows(self.words.len());
        windows.any(|window| window == self.words)
    }

    /// What it is called as the command of this name.
    pub fn called(&self, name: &str) -> String {
        let mut words = vec![name];
        words.extend(self.words);
        words.extend(self.option);
        words.join(" ")
    }

    /// The first word behind its name.
    pub fn subcommand(&self) -> Option<&'static str> {
        self.words.first().copied()
    }

    /// Whether it keeps an address in a folder of its own.
    pub fn is_clone(&self) -> bool {
        self.words == ["clone"]
    }

    /// Whether a later command, by its name and the words behind it, takes a setting away again. One
    /// that keeps something only with an option is asked for by its subcommand, too.
    pub fn is_undone_by<'w>(&self, name: &str, words: impl Iterator<Item = &'w str>) -> bool {
        let words: Vec<&str> = words.take(WORDS).collect();
        self.commands.contains(&name)
            && (self.option.is_none() || self.is_in(&words))
            && words.iter().any(|word| self.undoing.contains(word))
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
        let undoes = |words: &[&'static str]| tool.is_undone_by("go", words.iter().copied());
        assert!(undoes(&["env", "-u", "A"]) && !undoes(&["get", "-u", "x"]));
    }
}
