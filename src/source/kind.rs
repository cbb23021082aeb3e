//! What kind a file is: by name, and by content where the name is not enough.

/// The kinds of file docklint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A `.env` file or one named by `env_file` or `--env-file`.
    Dotenv,
    /// A systemd unit or drop-in.
    Unit,
    /// A file named by systemd's `EnvironmentFile=`.
    EnvironmentFile,
    /// The daemon's `daemon.json`.
    DaemonJson,
    /// The client's `config.json`.
    ClientConfig,
    /// A `.dockerignore`: never linted, read for what a build does not see.
    Dockerignore,
    /// A `docklint.toml`: never linted, shown where it is wrong.
    Configuration,
}

/// What a template generator's input is called. A template is read for what it says literally; it
/// has no syntax errors, and its placeholders make values unknown.
const TEMPLATES: [&str; 7] = [".j2", ".m4", ".tpl", ".tmpl", ".template", ".in", ".erb"];

/// What no file to be linted is called, whatever its name starts with.
const NEVER: [&str; 5] = [".dockerignore", ".md", ".orig", ".bak", ".rej"];

/// Folders that somebody makes for the daemon's drop-ins and that systemd does not look into.
pub const DROP_IN_LOOKALIKES: [&str; 9] = [
    "docker.d",
    "docker.conf.d",
    "docker.service.conf.d",
    "docker.services.d",
    "dockerd.service.d",
    "docker-ce.service.d",
    "docker-service.d",
    "docker@.service.d",
    "docker.socket.d",
];

/// What Docker's manual calls the drop-in with proxies, and its variants: deployment tools keep it
/// in folders of their own. What it holds decides later.
const LOOSE_DROPINS: [&str; 4] = [
    "http-proxy.conf",
    "https-proxy.conf",
    "http_proxy.conf",
    "docker-proxy.conf",
];

/// Environment files of Docker's packages (`facts/systemd-daemon-go.md` 38).
const PACKAGED_ENVIRONMENT: [&str; 2] = ["etc/default/docker", "etc/sysconfig/docker"];

impl FileKind {
    /// Every kind that is linted, in the order in which help texts name them.
    pub const ALL: [FileKind; 7] = [
        Self::Dockerfile,
        Self::Compose,
        Self::Dotenv,
        Self::Unit,
        Self::EnvironmentFile,
        Self::DaemonJson,
        Self::ClientConfig,
    ];

    /// The kind's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Compose => "compose",
            Self::Dotenv => "dotenv",
            Self::Unit => "unit",
            Self::EnvironmentFile => "environment-file",
            Self::DaemonJson => "daemon-json",
            Self::ClientConfig => "client-config",
            Self::Dockerignore => "dockerignore",
            Self::Configuration => "configuration",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind that a path, written with `/`, says by itself. A relative path should carry its
    /// folder where it can: drop-ins and the client's configuration are known by their folder.
    ///
    /// Nothing on disk is looked at. Of environment files only those are known that Docker's packages
    /// bring: of others a unit must say that they are.
    pub fn from_path(path: &str) -> Option<Self> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if NEVER.iter().any(|suffix| name.ends_with(suffix)) {
            return None;
        }
        let name = without_template_suffix(name);
        let folder_name = folder.rsplit('/').next().unwrap_or_default();
        if is_dockerfile(name) {
            Some(Self::Dockerfile)
        } else if is_compose(name) && !folder.ends_with(".github/workflows") {
            Some(Self::Compose)
        } else if name == ".env" {
            Some(Self::Dotenv)
        } else if name == "docker.service"
            || (is_dropin_folder(folder_name) && is_conf(name))
            || is_meant_as_dropin(folder_name, name)
            || LOOSE_DROPINS.contains(&name)
            || (folder.ends_with("systemd/system") && name.starts_with("docker") && is_conf(name))
        {
            Some(Self::Unit)
        } else if PACKAGED_ENVIRONMENT.iter().any(|known| is_at(path, known)) {
            Some(Self::EnvironmentFile)
        } else if name == "daemon.json" {
            Some(Self::DaemonJson)
        } else if name == "config.json" && folder_name == ".docker" {
            Some(Self::ClientConfig)
        } else {
            None
        }
    }

    /// The kind that the content tells, for a file that somebody named although its name says
    /// nothing. Cautious: prose that happens to start with "From" is no Dockerfile.
    pub fn from_content(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text
            .lines()
            .take(SNIFFED_LINES)
            .map(str::trim_end)
            .filter(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'))
            .peekable();
        let first = lines.peek()?;
        if first.starts_with('[') || first.starts_with(';') {
            let mut sections = lines.filter(|line| matches!(*line, "[Unit]" | "[Service]"));
            return sections.next().map(|_| Self::Unit);
        }
        if starts_dockerfile(lines.clone()) {
            return Some(Self::Dockerfile);
        }
        lines
            .any(|line| matches!(line, "services:" | "include:"))
            .then_some(Self::Compose)
    }
}

/// How many lines are looked at to tell a file's kind.
const SNIFFED_LINES: usize = 400;

/// Whether a path is that of a generator's template.
pub(super) fn is_template(path: &str) -> bool {
    TEMPLATES.iter().any(|suffix| path.ends_with(suffix))
}

fn without_template_suffix(mut name: &str) -> &str {
    while let Some(shorter) = TEMPLATES
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
    {
        name = shorter;
    }
    name
}

fn is_dockerfile(name: &str) -> bool {
    let tail = name.strip_prefix("Dockerfile");
    tail.is_some_and(|tail| tail.is_empty() || tail.starts_with(['.', '-', '_']))
        || name == "dockerfile"
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile")
        || name.starts_with("Containerfile")
}

/// The default names (facts/compose.md, "Default names") and overlays beside them.
fn is_compose(name: &str) -> bool {
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        stem == "compose"
            || stem == "docker-compose"
            || stem.starts_with("compose.")
            || ["docker-compose.", "docker-compose-", "docker-compose_"]
                .iter()
                .any(|prefix| stem.starts_with(prefix))
    })
}

/// `docker.service.d`, `docker-.service.d`, and `service.d` for every service.
fn is_dropin_folder(name: &str) -> bool {
    name == "service.d" || name.ends_with(".service.d")
}

/// Whether a path ends in these folders and this name.
fn is_at(path: &str, end: &str) -> bool {
    let rest = path.strip_suffix(end);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn is_conf(name: &str) -> bool {
    name.ends_with(".conf")
}

/// Whether a file looks like somebody's drop-in for Docker, though systemd will not read it: the
/// folder or the suffix is almost right. What it holds decides later.
fn is_meant_as_dropin(folder: &str, name: &str) -> bool {
    const SUFFIXES: [&str; 6] = ["conf", "cfg", "ini", "env", "service", "txt"];
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix);
    let mut folders = DROP_IN_LOOKALIKES.iter().chain(&["docker.service.d"]);
    folders.any(|known| known.eq_ignore_ascii_case(folder))
        && suffix.is_none_or(|suffix| {
            SUFFIXES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(suffix))
        })
        && !name.starts_with("README")
}

/// Whether the first instruction that is not ARG is a well-formed FROM.
fn starts_dockerfile<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    for line in lines {
        let mut words = line.split_whitespace();
        let keyword = words.next().unwrap_or_default();
        if keyword.eq_ignore_ascii_case("arg") {
            continue;
        }
        let words: Vec<&str> = words
            .filter(|word| !word.starts_with("--") && *word != "\\")
            .take(4)
            .collect();
        return keyword.eq_ignore_ascii_case("from")
            && match words.as_slice() {
                [_image] => true,
                [_image, keyword, _stage] => keyword.eq_ignore_ascii_case("as"),
                _ => false,
            };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Option<FileKind>, paths: &str) {
        for path in paths.split_whitespace() {
            assert_eq!(FileKind::from_path(path), kind, "{path}");
        }
    }

    #[test]
    fn names_say_the_kind() {
        names(
            Some(FileKind::Dockerfile),
            "Dockerfile dockerfile a/b/Dockerfile Dockerfile.dev Dockerfile-dev Dockerfile_dev
             api.Dockerfile api.dockerfile Containerfile Containerfile.dev Dockerfile.j2
             Dockerfile.dev.tmpl api.Dockerfile.in Dockerfile.template .devcontainer/Dockerfile",
        );
        names(
            Some(FileKind::Compose),
            "compose.yml compose.yaml docker-compose.yml x/docker-compose.yaml compose.dev.yml
             docker-compose.override.yml docker-compose-dev.yml docker-compose.yml.j2",
        );
        names(Some(FileKind::Dotenv), ".env app/.env .env.tmpl");
        names(
            Some(FileKind::Unit),
            "docker.service etc/systemd/system/docker.service.d/http-proxy.conf service.d/x.conf
             docker.service.d/proxy.conf.j2 etc/systemd/system/docker.conf",
        );
        names(
            Some(FileKind::EnvironmentFile),
            "etc/default/docker files/etc/sysconfig/docker",
        );
        names(Some(FileKind::DaemonJson), "etc/docker/daemon.json");
        names(
            Some(FileKind::ClientConfig),
            ".docker/config.json home/.docker/config.json",
        );
    }

    #[test]
    fn other_names_say_nothing() {
        names(
            None,
            "Dockerfile.dockerignore .dockerignore Dockerfile.md Dockerfile.orig Dockerfile.bak
             Dockerfile.rej Dockerfiles dockerfile.go config.json docker/config.json nginx.service
             docker.service.d/proxy.conf.bak compose.json mycompose.yml Makefile README.md .envrc
             .github/workflows/docker-compose-test.yml docker.service.d x.conf docker
             xetc/default/docker",
        );
    }

    #[test]
    fn content_says_the_kind() {
        let kind = FileKind::from_content;
        let dockerfile = Some(FileKind::Dockerfile);
        assert_eq!(
            kind("# syntax=docker/dockerfile:1\nFROM alpine\n"),
            dockerfile
        );
        assert_eq!(kind("\u{feff}\narg A=1\nfrom a AS b\r\n"), dockerfile);
        assert_eq!(kind("FROM --platform=$P a\nRUN b\n"), dockerfile);
        assert_eq!(kind("From here to there.\n"), None);
        assert_eq!(kind("ARG A\nRUN b\n"), None);
        assert_eq!(
            kind("name: x\nservices:\n  a: {}\n"),
            Some(FileKind::Compose)
        );
        assert_eq!(kind("; x\n[Service]\nA=b\n"), Some(FileKind::Unit));
        assert_eq!(kind("[package]\nname = 'x'\n"), None);
        assert_eq!(kind(""), None);
    }
}
