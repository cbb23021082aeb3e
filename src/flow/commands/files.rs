//! Files in which tools keep settings.

/// Whose settings a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `go env -w`: `$HOME/.config/go/env`; the environment wins over it.
    GoEnv,
    /// `.npmrc`, `npm config set`
    Npm,
    /// `.yarnrc`, `.yarnrc.yml`, `yarn config set`
    Yarn,
    /// `pip.conf`, `pip config set`
    Pip,
    /// `.gitconfig`, `/etc/gitconfig`, `git config`
    Git,
    /// `/etc/apt/apt.conf`, `/etc/apt/apt.conf.d/`
    Apt,
    /// `/etc/apt/sources.list`, `/etc/apk/repositories`, `/etc/yum.repos.d/`
    PackageSources,
    /// `/etc/yum.conf`, `/etc/dnf/dnf.conf`
    Dnf,
    /// `.curlrc`
    Curl,
    /// `.wgetrc`, `/etc/wgetrc`
    Wget,
    /// `.cargo/config.toml`
    Cargo,
    /// `settings.xml` of Maven
    Maven,
    /// `gradle.properties`
    Gradle,
    /// `nuget.config`, `dotnet nuget add source`
    NuGet,
    /// `.condarc`, `conda config`
    Conda,
    /// `.gemrc`, `gem sources`
    Gem,
    /// `.bundle/config`, `bundle config`
    Bundler,
    /// composer's `config.json` and `auth.json`, `composer config`
    Composer,
    /// `.netrc`
    Netrc,
    /// `.docker/config.json`
    DockerClient,
    /// `/etc/environment`, `/etc/profile.d/`, `.bashrc`: read by login shells only, never by RUN.
    LoginShell,
    /// `/etc/sudoers`, `/etc/sudoers.d/`
    Sudoers,
}

/// For whom a setting holds. It lives in the image's layers from there on; never in another stage
/// that is not built on this one (`facts/systemd-daemon-go.md` 73 for go).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Every user of the image.
    System,
    /// The user whose home it is in.
    User,
    /// Commands run in one folder.
    Folder,
}

/// A file by the end of its path.
struct Row {
    end: &'static str,
    place: Place,
}

const fn row(end: &'static str, place: Place) -> Row {
    Row { end, place }
}

/// Ends of paths, in lower case; with a `/` at the end, a folder.
const FILES: [Row; 36] = [
    row(".config/go/env", Place::GoEnv),
    row(".npmrc", Place::Npm),
    row("etc/npmrc", Place::Npm),
    row(".yarnrc", Place::Yarn),
    row(".yarnrc.yml", Place::Yarn),
    row("pip.conf", Place::Pip),
    row(".gitconfig", Place::Git),
    row("/etc/gitconfig", Place::Git),
    row(".git/config", Place::Git),
    row("/etc/apt/apt.conf", Place::Apt),
    row("/etc/apt/apt.conf.d/", Place::Apt),
    row("/etc/apt/sources.list", Place::PackageSources),
    row("/etc/apt/sources.list.d/", Place::PackageSources),
    row("/etc/apk/repositories", Place::PackageSources),
    row("/etc/yum.repos.d/", Place::PackageSources),
    row("/etc/yum.conf", Place::Dnf),
    row("/etc/dnf/dnf.conf", Place::Dnf),
    row(".curlrc", Place::Curl),
    row(".wgetrc", Place::Wget),
    row("/etc/wgetrc", Place::Wget),
    row(".cargo/config", Place::Cargo),
    row(".cargo/config.toml", Place::Cargo),
    row(".m2/settings.xml", Place::Maven),
    row("conf/settings.xml", Place::Maven),
    row("gradle.properties", Place::Gradle),
    row("nuget.config", Place::NuGet),
    row(".condarc", Place::Conda),
    row(".gemrc", Place::Gem),
    row(".bundle/config", Place::Bundler),
    row("composer/auth.json", Place::Composer),
    row(".netrc", Place::Netrc),
    row(".docker/config.json", Place::DockerClient),
    row("/etc/environment", Place::LoginShell),
    row("/etc/profile.d/", Place::LoginShell),
    row("/etc/sudoers", Place::Sudoers),
    row("/etc/sudoers.d/", Place::Sudoers),
];

/// Start-up files of shells.
const SHELL_FILES: [&str; 6] = [
    ".bashrc",
    ".profile",
    ".bash_profile",
    ".zshrc",
    "/etc/profile",
    "/etc/bash.bashrc",
];

/// The tool that reads the file at `path`, and for whom.
pub fn place_of(path: &str) -> Option<(Place, Reach)> {
    let lower = path.to_ascii_lowercase();
    let found = FILES.iter().find(|row| match row.end.strip_suffix('/') {
        Some(folder) => lower
            .rsplit_once('/')
            .is_some_and(|(parent, _)| parent == folder),
        None => ends_with_name(&lower, row.end),
    });
    let shell = || SHELL_FILES.iter().any(|end| ends_with_name(&lower, end));
    let place = match found {
        Some(row) => row.place,
        None if shell() => Place::LoginShell,
        None => return None,
    };
    let reach = if lower.starts_with("/etc/") || lower.starts_with("/usr/") {
        Reach::System
    } else if lower.starts_with("~/") || lower.starts_with("/root/") || lower.starts_with("/home/")
    {
        Reach::User
    } else {
        Reach::Folder
    };
    Some((place, reach))
}

/// Whether `path` ends with the whole name `end`.
fn ends_with_name(path: &str, end: &str) -> bool {
    let Some(before) = path.strip_suffix(end) else {
        return false;
    };
    before.is_empty() || before.ends_with('/') || end.starts_with('/')
}
