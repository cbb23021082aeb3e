//! Configuration files of the clients, and the proxy and mirror settings in their text.

use super::client::Role;
use super::proxies::Scheme;

/// A configuration file of a client.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// How its path ends, or a folder it lies in (with `/` at the end); alternatives by `|`.
    paths: &'static str,
    /// The client that reads it, as the table calls it.
    pub(super) client: &'static str,
    format: Format,
}

/// How a configuration file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `key=value`, `key: value`, `key value`, in sections `[section]`.
    Keys,
    /// `Acquire::http::Proxy "value";`, `Acquire { http { Proxy "value"; }; };`.
    Apt,
    /// `NAME=value`, with or without `export`.
    Shell,
    /// Elements that contain a word.
    Xml,
    /// A list of repositories: whatever is written there names a mirror.
    Sources,
}

const fn file(paths: &'static str, client: &'static str, format: Format) -> ConfigFile {
    ConfigFile {
        paths,
        client,
        format,
    }
}

/// From the clients' manuals (`facts/proxy-clients.md`, "Own settings against the environment").
const FILES: &[ConfigFile] = &[
    file("/apt.conf|/apt.conf.d/", "apt", Format::Apt),
    file("/apt/sources.list|/sources.list.d/", "apt", Format::Sources),
    file("/apk/repositories", "apk", Format::Sources),
    file(
        "/yum.repos.d/|/yum.conf|/dnf.conf|/yum.conf.d/",
        "dnf",
        Format::Keys,
    ),
    file(".npmrc|/npmrc|.yarnrc|.yarnrc.yml", "npm", Format::Keys),
    file(
        "pip.conf|.pip/pip.conf|pip.ini|.pydistutils.cfg",
        "pip",
        Format::Keys,
    ),
    file(".gitconfig|/etc/gitconfig", "git", Format::Keys),
    file(".condarc|/condarc", "conda", Format::Keys),
    file(".wgetrc|/etc/wgetrc", "wget", Format::Keys),
    file(".curlrc|_curlrc", "curl", Format::Keys),
    file("gradle.properties", "gradle", Format::Keys),
    file("settings.xml", "mvn", Format::Xml),
    file(
        "nuget.config|NuGet.Config|NuGet.config",
        "dotnet",
        Format::Xml,
    ),
    file(
        ".cargo/config|.cargo/config.toml|cargo/config.toml|cargo/config",
        "cargo",
        Format::Keys,
    ),
    file(".gemrc|/gemrc", "gem", Format::Keys),
    file(".bundle/config", "bundle", Format::Keys),
    file(".config/go/env|/go/env", "go", Format::Shell),
    file(
        "/etc/environment|/etc/profile|/etc/profile.d/|.bashrc|.profile|.bash_profile|.zshrc|/bash.bashrc",
        "shell",
        Format::Shell,
    ),
];

/// The configuration file at `path`.
pub(super) fn by_path(path: &str) -> Option<&'static ConfigFile> {
    let fits = |pattern: &str| match pattern.ends_with('/') {
        true => path.contains(pattern),
        false => path.strip_suffix(pattern).is_some_and(|before| {
            pattern.starts_with(['/', '.']) || before.ends_with('/') || before.is_empty()
        }),
    };
    FILES.iter().find(|file| file.paths.split('|').any(fits))
}

/// Keys of configuration files and of `config set`; a `*` stands for any text.
const KEYS: &[(&str, &str, Role)] = &[
    (
        "apt",
        "acquire::http::proxy*",
        Role::Proxy(Some(Scheme::Http)),
    ),
    (
        "apt",
        "acquire::https::proxy*",
        Role::Proxy(Some(Scheme::Https)),
    ),
    ("dnf", "*proxy", Role::Proxy(None)),
    ("dnf", "*baseurl", Role::Mirror),
    ("dnf", "*mirrorlist", Role::Mirror),
    ("npm", "registry", Role::Mirror),
    ("npm", "*:registry", Role::ExtraMirror),
    ("npm", "npmregistryserver", Role::Mirror),
    ("npm", "proxy", Role::Proxy(None)),
    ("npm", "http-proxy", Role::Proxy(None)),
    ("npm", "https-proxy", Role::Proxy(Some(Scheme::Https))),
    ("npm", "httpproxy", Role::Proxy(Some(Scheme::Http))),
    ("npm", "httpsproxy", Role::Proxy(Some(Scheme::Https))),
    ("npm", "noproxy", Role::NoProxy),
    ("pip", "*extra-index-url", Role::ExtraMirror),
    ("pip", "*index-url", Role::Mirror),
    ("pip", "*index_url", Role::Mirror),
    ("pip", "*trusted-host", Role::Verification),
    ("pip", "*proxy", Role::Proxy(None)),
    ("git", "http.proxy", Role::Proxy(None)),
    ("git", "https.proxy", Role::Proxy(None)),
    ("git", "http.*.proxy", Role::Proxy(None)),
    ("git", "url.*.insteadof", Role::Mirror),
    (
        "conda",
        "proxy_servers.http",
        Role::Proxy(Some(Scheme::Http)),
    ),
    (
        "conda",
        "proxy_servers.https",
        Role::Proxy(Some(Scheme::Https)),
    ),
    ("conda", "http", Role::Proxy(Some(Scheme::Http))),
    ("conda", "https", Role::Proxy(Some(Scheme::Https))),
    ("conda", "channel_alias", Role::Mirror),
    ("conda", "default_channels", Role::Mirror),
    ("conda", "custom_channels*", Role::Mirror),
    ("wget", "http_proxy", Role::Proxy(Some(Scheme::Http))),
    ("wget", "https_proxy", Role::Proxy(Some(Scheme::Https))),
    ("wget", "no_proxy", Role::NoProxy),
    ("curl", "proxy", Role::Proxy(None)),
    ("curl", "-x", Role::Proxy(None)),
    ("curl", "noproxy", Role::NoProxy),
    (
        "gradle",
        "systemprop.http.proxyhost",
        Role::Proxy(Some(Scheme::Http)),
    ),
    (
        "gradle",
        "systemprop.https.proxyhost",
        Role::Proxy(Some(Scheme::Https)),
    ),
    ("gradle", "systemprop.http.nonproxyhosts", Role::NoProxy),
    ("cargo", "http.proxy", Role::Proxy(None)),
    ("cargo", "source.*.replace-with", Role::Mirror),
    ("gem", "http_proxy", Role::Proxy(None)),
    ("gem", "sources", Role::Mirror),
    ("bundle", "mirror.*", Role::Mirror),
    ("bundle", "bundle_mirror__*", Role::Mirror),
    ("composer", "repo.packagist", Role::Mirror),
    ("composer", "repos.packagist", Role::Mirror),
    ("composer", "repositories.packagist", Role::Mirror),
];

/// What a key of a client's configuration is for; `None` if it is neither proxy nor mirror.
pub(super) fn role(client: &str, key: &str) -> Option<Role> {
    let key = key.to_ascii_lowercase();
    let fits = |pattern: &str| match pattern.split_once('*') {
        Some((before, after)) => {
            key.len() >= before.len() + after.len()
                && key.starts_with(before)
                && key.ends_with(after)
        }
        None => key == pattern,
    };
    KEYS.iter()
        .find(|(of, pattern, _)| *of == client && fits(pattern))
        .map(|(.., role)| *role)
}

/// What a variable is for, in a file that sets variables.
pub(super) fn variable_role(name: &str) -> Option<Role> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "http_proxy" => Some(Role::Proxy(Some(Scheme::Http))),
        "https_proxy" => Some(Role::Proxy(Some(Scheme::Https))),
        "all_proxy" | "ftp_proxy" => Some(Role::Proxy(None)),
        "no_proxy" => Some(Role::NoProxy),
        _ => super::table::variable(name).map(|variable| variable.role),
    }
}

/// Key, role and value of each setting in a file's text.
pub(super) fn settings(file: &ConfigFile, text: &str) -> Vec<(String, Role, String)> {
    match file.format {
        Format::Keys => keys(file.client, text),
        Format::Apt => apt(text),
        Format::Shell => shell(text),
        Format::Xml => xml(text),
        Format::Sources => sources(text),
    }
}

fn keys(client: &str, text: &str) -> Vec<(String, Role, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            // git: `[http "https://example.com"]`
            section = name.replace(" \"", ".").replace('"', "");
            continue;
        }
        let Some(at) = line
            .find(['=', ':', ' '])
            .filter(|_| !line.starts_with(['#', ';']))
        else {
            continue;
        };
        // `@scope:registry=URL`, and yaml's `key: value`.
        let at = line.find('=').or_else(|| line.find(": ")).unwrap_or(at);
        let (key, rest) = line.split_at(at);
        let key = key.trim().trim_matches(['"', ':']);
        let value = rest
            .trim_start_matches(['=', ':', ' '])
            .trim_matches(['"', '\'']);
        let sectioned = format!("{section}.{key}");
        let known = [key, &sectioned].into_iter().find_map(|key| {
            let role = role(client, key)?;
            Some((key.to_owned(), role, value.to_owned()))
        });
        found.extend(known);
    }
    found
}

/// Names nest with braces; a value is quoted and ends in `;`.
fn apt(text: &str) -> Vec<(String, Role, String)> {
    let mut found = Vec::new();
    let mut scopes: Vec<String> = Vec::new();
    let spaced = text
        .replace('{', " { ")
        .replace('}', " } ")
        .replace(';', " ; ");
    let mut words = spaced.split_ascii_whitespace();
    let mut name: Option<&str> = None;
    while let Some(word) = words.next() {
        match (word, name) {
            ("{", Some(scope)) => scopes.push(scope.to_owned()),
            ("}", _) => drop(scopes.pop()),
            (";", _) => {}
            (value, Some(key)) => {
                let key = scopes
                    .iter()
                    .map(String::as_str)
                    .chain([key])
                    .collect::<Vec<_>>()
                    .join("::");
                if let Some(role) = role("apt", &key) {
                    found.push((key, role, value.trim_matches('"').to_owned()));
                }
            }
            (key, None) => {
                name = Some(key);
                continue;
            }
        }
        name = None;
    }
    found
}

fn shell(text: &str) -> Vec<(String, Role, String)> {
    text.split(['\n', ';'])
        .filter_map(|line| {
            let line = line.trim();
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap_or(line)
                .trim()
                .split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']);
            Some((name.to_owned(), variable_role(name)?, value.to_owned()))
        })
        .collect()
}

/// The first `<proxy>` and the first `<mirror>`, as far as their host or URL is there.
fn xml(text: &str) -> Vec<(String, Role, String)> {
    let element = |parent: &str, child: &str| {
        let (_, inside) = text.split_once(parent)?;
        let (_, value) = inside.split_once(child)?;
        let (value, _) = value.split_once('<')?;
        Some(value.trim().to_owned())
    };
    let proxy =
        element("<proxy>", "<host>").map(|host| ("proxy".to_owned(), Role::Proxy(None), host));
    let mirror = element("<mirror>", "<url>").map(|url| ("mirror".to_owned(), Role::Mirror, url));
    let nuget = text
        .split_once("key=\"http_proxy\" value=\"")
        .and_then(|(_, value)| value.split_once('"'))
        .map(|(value, _)| ("http_proxy".to_owned(), Role::Proxy(None), value.to_owned()));
    [proxy, mirror, nuget].into_iter().flatten().collect()
}

/// The first URL.
fn sources(text: &str) -> Vec<(String, Role, String)> {
    text.split_ascii_whitespace()
        .find(|word| word.contains("://"))
        .map(|url| ("sources".to_owned(), Role::Mirror, url.to_owned()))
        .into_iter()
        .collect()
}

impl ConfigFile {
    /// Key and role of its entries, if it is a list of repositories.
    pub(super) fn as_sources(&self) -> Option<(&'static str, Role)> {
        (self.format == Format::Sources || self.client == "dnf")
            .then_some(("sources", Role::Mirror))
    }
}
