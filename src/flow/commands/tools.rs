//! The commands: which of their subcommands go to the network, which settings they read.
//! From `facts/NETWORK_COMMANDS.tsv`; go's variables from `facts/systemd-daemon-go.md` 4.

use super::clients::{self, Client};

/// Whether a command goes to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// It never does.
    No,
    /// Nothing is known: a script, a program without a row.
    Unknown,
    /// Unless what it needs is there already: vendored, cached, installed.
    Likely,
    /// It does, unless told not to.
    Certain,
}

/// A variable that says where a tool downloads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// Its name.
    pub variable: &'static str,
    /// Whether the tool reads it in lower and upper case (npm: in any).
    pub any_case: bool,
}

impl Mirror {
    /// The spellings that the tool reads; the first that is set wins.
    pub fn spellings(self) -> impl Iterator<Item = String> {
        let upper = self.any_case.then(|| self.variable.to_ascii_uppercase());
        std::iter::once(self.variable.to_owned()).chain(upper)
    }
}

/// What a subcommand does.
#[derive(Debug)]
pub struct Rule {
    /// The first operands, with `|` between alternatives: `mod download|mod tidy`. Empty: without any.
    pub words: &'static str,
    /// Whether it goes to the network.
    pub network: Network,
}

/// One command.
#[derive(Debug)]
pub struct Tool {
    /// Its names.
    pub names: &'static [&'static str],
    /// How it chooses a proxy; several if the name may stand for several programs.
    pub clients: &'static [&'static Client],
    /// Its subcommands; the first that fits decides.
    pub rules: &'static [Rule],
    /// What all other subcommands do.
    pub otherwise: Network,
    /// Flags that take the next word as their value.
    pub value_flags: &'static [&'static str],
    /// Variables that say where it downloads from.
    pub mirrors: &'static [Mirror],
    /// Flags that say where it downloads from.
    pub mirror_flags: &'static [&'static str],
    /// Variables that go with the mirrors: exceptions, checksums, switches.
    pub companions: &'static [&'static str],
    /// Its own variables that set a proxy, in lower and upper case where it reads both.
    pub proxy_variables: &'static [&'static str],
    /// Flags that set a proxy; with `=` at the end, prefixes of a `key=value` argument.
    pub proxy_flags: &'static [&'static str],
    /// Flags that keep it offline.
    pub offline_flags: &'static [&'static str],
    /// Variables that keep it offline, with the value that does; empty: any.
    pub offline_variables: &'static [(&'static str, &'static str)],
    /// Where its row comes from.
    pub evidence: &'static str,
}

use Network::{Certain, Likely, No};

const fn rule(words: &'static str, network: Network) -> Rule {
    Rule { words, network }
}

const fn mirror(variable: &'static str) -> Mirror {
    Mirror {
        variable,
        any_case: false,
    }
}

const fn npm_mirror(variable: &'static str) -> Mirror {
    Mirror {
        variable,
        any_case: true,
    }
}

const EMPTY: Tool = Tool {
    names: &[],
    clients: &[],
    rules: &[],
    otherwise: Network::Unknown,
    value_flags: &[],
    mirrors: &[],
    mirror_flags: &[],
    companions: &[],
    proxy_variables: &[],
    proxy_flags: &[],
    offline_flags: &[],
    offline_variables: &[],
    evidence: "facts/NETWORK_COMMANDS.tsv",
};

const JVM_PROXY: [&str; 2] = ["-Dhttp.proxyHost=", "-Dhttps.proxyHost="];

/// npm, pnpm and yarn 1 read npm's settings.
const NPM_PROXIES: [&str; 5] = [
    "npm_config_proxy",
    "NPM_CONFIG_PROXY",
    "npm_config_https_proxy",
    "NPM_CONFIG_HTTPS_PROXY",
    "npm_config_http_proxy",
];

const NPM: Tool = Tool {
    names: &["npm"],
    clients: &[&clients::NPM],
    rules: &[
        rule("ci|install|i|add|update|install-test|it", Certain),
        rule(
            "audit|outdated|view|info|show|dedupe|prune|exec|x|publish|ping|search",
            Certain,
        ),
        rule(
            "run|run-script|test|t|start|rebuild|config|ls|list|pack|cache|link|init",
            No,
        ),
        rule("prefix|root|bin|version|help|set|get|pkg|whoami", No),
        rule("", No),
    ],
    value_flags: &[
        "--prefix",
        "--registry",
        "--cache",
        "--userconfig",
        "--proxy",
        "--https-proxy",
        "--loglevel",
        "-w",
        "--workspace",
        "--omit",
        "-C",
    ],
    mirrors: &[npm_mirror("npm_config_registry")],
    mirror_flags: &["--registry"],
    companions: &["npm_config_noproxy", "NPM_CONFIG_NOPROXY"],
    proxy_variables: &NPM_PROXIES,
    proxy_flags: &["--proxy", "--https-proxy"],
    offline_flags: &["--offline"],
    offline_variables: &[
        ("npm_config_offline", "true"),
        ("NPM_CONFIG_OFFLINE", "true"),
    ],
    evidence: "facts/NETWORK_COMMANDS.tsv npm",
    ..EMPTY
};

const APT: Tool = Tool {
    names: &["apt-get", "apt"],
    clients: &[&clients::APT],
    rules: &[
        rule(
            "update|install|upgrade|dist-upgrade|full-upgrade|source|build-dep|download",
            Certain,
        ),
        rule(
            "clean|autoclean|autoremove|remove|purge|list|show|search|policy|mark|",
            No,
        ),
    ],
    value_flags: &[
        "-o",
        "--option",
        "-c",
        "--config-file",
        "-t",
        "--target-release",
        "-a",
    ],
    proxy_flags: &["Acquire::http::Proxy=", "Acquire::https::Proxy="],
    offline_flags: &[
        "--no-download",
        "--print-uris",
        "-s",
        "--simulate",
        "--dry-run",
    ],
    evidence: "facts/NETWORK_COMMANDS.tsv apt-get, apt",
    ..EMPTY
};

const PIP: Tool = Tool {
    names: &["pip", "pip3", "pip2"],
    clients: &[&clients::PIP],
    rules: &[
        rule("install|download|wheel|index|search", Certain),
        rule(
            "list|check|config|cache|uninstall|hash|freeze|show|debug|help|",
            No,
        ),
    ],
    value_flags: &[
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "--proxy",
        "--cache-dir",
        "--log",
        "--timeout",
        "--trusted-host",
        "--retries",
        "--python",
        "--cert",
        "--client-cert",
    ],
    mirrors: &[mirror("PIP_INDEX_URL"), mirror("PIP_EXTRA_INDEX_URL")],
    mirror_flags: &["-i", "--index-url", "--extra-index-url"],
    companions: &["PIP_TRUSTED_HOST", "PIP_FIND_LINKS"],
    proxy_variables: &["PIP_PROXY"],
    proxy_flags: &["--proxy"],
    offline_flags: &["--no-index"],
    offline_variables: &[("PIP_NO_INDEX", "")],
    evidence: "facts/NETWORK_COMMANDS.tsv pip",
    ..EMPTY
};

const CONDA: Tool = Tool {
    names: &["conda", "mamba", "micromamba"],
    clients: &[&clients::CONDA],
    rules: &[
        rule(
            "install|create|update|upgrade|search|env create|env update",
            Certain,
        ),
        rule(
            "config|info|list|clean|init|activate|deactivate|remove|run|",
            No,
        ),
    ],
    value_flags: &[
        "-n",
        "--name",
        "-p",
        "--prefix",
        "-c",
        "--channel",
        "-f",
        "--file",
    ],
    mirrors: &[mirror("CONDA_CHANNEL_ALIAS")],
    mirror_flags: &["-c", "--channel"],
    offline_flags: &["--offline"],
    evidence: "facts/NETWORK_COMMANDS.tsv conda (not verified)",
    ..EMPTY
};

/// The table.
pub(super) static TOOLS: &[Tool] = &[
    Tool {
        names: &["go"],
        clients: &[&clients::GO],
        rules: &[
            rule(
                "mod download|mod tidy|mod vendor|mod verify|mod graph|mod why|get",
                Certain,
            ),
            rule("mod init|mod edit", No),
            rule("build|test|vet|run|install|generate|list", Likely),
            rule("work sync|work vendor", Likely),
            rule(
                "version|env|fmt|clean|tool|doc|help|fix|telemetry|work|mod|bug|",
                No,
            ),
        ],
        value_flags: &[
            "-C",
            "-o",
            "-mod",
            "-modfile",
            "-ldflags",
            "-tags",
            "-p",
            "-gcflags",
            "-exec",
            "-run",
            "-f",
            "-asmflags",
            "-pkgdir",
            "-toolexec",
            "-overlay",
            "-buildmode",
            "-compiler",
            "-installsuffix",
            "-coverprofile",
            "-timeout",
            "-count",
        ],
        mirrors: &[mirror("GOPROXY")],
        companions: &[
            "GOPRIVATE",
            "GONOPROXY",
            "GONOSUMDB",
            "GOSUMDB",
            "GOFLAGS",
            "GOINSECURE",
            "GOTOOLCHAIN",
            "GOVCS",
            "GO111MODULE",
        ],
        offline_flags: &["-mod=vendor", "--mod=vendor"],
        offline_variables: &[("GOPROXY", "off"), ("GO111MODULE", "off")],
        evidence: "facts/NETWORK_COMMANDS.tsv go; facts/systemd-daemon-go.md 62-75",
        ..EMPTY
    },
    APT,
    Tool {
        names: &[
            "dpkg",
            "apt-mark",
            "apt-cache",
            "apt-config",
            "dpkg-reconfigure",
        ],
        clients: &[],
        otherwise: No,
        evidence: "facts/NETWORK_COMMANDS.tsv apt-get, apt, dpkg (recalled)",
        ..EMPTY
    },
    Tool {
        names: &["add-apt-repository"],
        clients: &[&clients::UNKNOWN],
        otherwise: Certain,
        evidence: "facts/NETWORK_COMMANDS.tsv add-apt-repository (not verified)",
        ..EMPTY
    },
    Tool {
        names: &["apk"],
        clients: &[&clients::APK],
        rules: &[
            rule("add|update|upgrade|fetch", Certain),
            rule("del|info|list|cache|version|stats|audit|policy|search|", No),
        ],
        value_flags: &[
            "-X",
            "--repository",
            "-p",
            "--root",
            "-t",
            "--virtual",
            "--keys-dir",
            "--repositories-file",
            "--cache-dir",
            "--arch",
        ],
        mirror_flags: &["-X", "--repository"],
        offline_flags: &["--no-network"],
        evidence: "facts/NETWORK_COMMANDS.tsv apk (not verified); facts/proxy-clients.md apk (source)",
        ..EMPTY
    },
    Tool {
        names: &["dnf", "yum", "microdnf", "tdnf", "dnf5"],
        clients: &[&clients::DNF],
        rules: &[
            rule(
                "install|update|upgrade|makecache|reinstall|builddep|groupinstall|group install|localinstall|distro-sync|module install|download|search|list|info|repoquery|check-update",
                Certain,
            ),
            rule(
                "clean|remove|erase|autoremove|config-manager|history|mark|",
                No,
            ),
        ],
        value_flags: &[
            "-c",
            "--releasever",
            "-x",
            "--enablerepo",
            "--disablerepo",
            "--repo",
            "--installroot",
        ],
        proxy_flags: &["--setopt=proxy=", "proxy="],
        offline_flags: &["-C", "--cacheonly"],
        evidence: "facts/NETWORK_COMMANDS.tsv yum, dnf, microdnf, tdnf",
        ..EMPTY
    },
    Tool {
        names: &["curl"],
        clients: &[&clients::CURL],
        otherwise: Certain,
        value_flags: &[
            "-o",
            "--output",
            "-H",
            "--header",
            "-x",
            "--proxy",
            "-d",
            "--data",
            "-u",
            "--user",
            "-A",
            "--user-agent",
            "-e",
            "-X",
            "--request",
            "-m",
            "--max-time",
            "--connect-timeout",
            "--retry",
            "--retry-delay",
            "--retry-max-time",
            "--noproxy",
            "--cacert",
            "--cert",
            "--key",
            "-w",
            "--write-out",
            "-T",
            "--upload-file",
            "-b",
            "--cookie",
            "-c",
            "-F",
            "--form",
            "-K",
            "--config",
            "--preproxy",
            "--socks5",
            "--socks5-hostname",
            "-U",
            "--proxy-user",
            "--data-binary",
            "--data-raw",
            "--output-dir",
            "-C",
            "--resolve",
            "-r",
            "--limit-rate",
        ],
        proxy_flags: &[
            "-x",
            "--proxy",
            "--preproxy",
            "--socks5",
            "--socks5-hostname",
        ],
        evidence: "facts/NETWORK_COMMANDS.tsv curl",
        ..EMPTY
    },
    Tool {
        names: &["wget"],
        clients: &[&clients::WGET, &clients::BUSYBOX_WGET],
        otherwise: Certain,
        value_flags: &[
            "-O",
            "--output-document",
            "-P",
            "--directory-prefix",
            "-e",
            "--execute",
            "-o",
            "-a",
            "-t",
            "--tries",
            "-T",
            "--timeout",
            "-U",
            "--user-agent",
            "--header",
            "-Y",
            "--user",
            "--password",
            "-i",
            "-w",
            "--wait",
            "--ca-certificate",
        ],
        proxy_flags: &["http_proxy=", "https_proxy="],
        offline_flags: &["--version"],
        evidence: "facts/NETWORK_COMMANDS.tsv wget, busybox wget",
        ..EMPTY
    },
    Tool {
        names: &["git"],
        clients: &[&clients::GIT],
        rules: &[
            rule(
                "clone|fetch|pull|ls-remote|push|remote update|lfs pull|lfs fetch",
                Certain,
            ),
            rule("submodule update|submodule add", Likely),
            rule("", No),
        ],
        otherwise: No,
        value_flags: &[
            "-C",
            "-c",
            "--git-dir",
            "--work-tree",
            "-b",
            "--branch",
            "--depth",
            "-o",
            "--origin",
            "-j",
            "--jobs",
            "--reference",
            "--namespace",
            "--config",
        ],
        proxy_flags: &["http.proxy=", "https.proxy="],
        evidence: "facts/NETWORK_COMMANDS.tsv git",
        ..EMPTY
    },
    PIP,
    Tool {
        names: &["pipx", "poetry", "pipenv", "pdm", "hatch"],
        clients: &[&clients::PIP],
        rules: &[
            rule("install|add|update|upgrade|lock|sync|run-pip|self", Likely),
            rule("config|run|shell|version|env|list|show|check|build|", No),
        ],
        mirrors: &[mirror("PIP_INDEX_URL"), mirror("PIP_EXTRA_INDEX_URL")],
        evidence: "facts/NETWORK_COMMANDS.tsv poetry (not verified)",
        ..EMPTY
    },
    Tool {
        names: &["uv", "uvx"],
        clients: &[&clients::UV],
        rules: &[
            rule(
                "pip install|pip sync|pip compile|sync|lock|add|tool install|tool run|python install|run|build|remove",
                Certain,
            ),
            rule(
                "venv|cache|version|help|pip list|pip freeze|pip check|pip show|pip uninstall|",
                No,
            ),
        ],
        value_flags: &[
            "--index-url",
            "-i",
            "--default-index",
            "--index",
            "--extra-index-url",
            "-p",
            "--python",
            "--cache-dir",
            "--directory",
            "--project",
        ],
        mirrors: &[
            mirror("UV_DEFAULT_INDEX"),
            mirror("UV_INDEX_URL"),
            mirror("UV_INDEX"),
            mirror("UV_EXTRA_INDEX_URL"),
        ],
        mirror_flags: &[
            "--index-url",
            "-i",
            "--default-index",
            "--index",
            "--extra-index-url",
        ],
        offline_flags: &["--offline", "--no-index"],
        offline_variables: &[("UV_OFFLINE", "1"), ("UV_OFFLINE", "true")],
        evidence: "facts/NETWORK_COMMANDS.tsv uv",
        ..EMPTY
    },
    NPM,
    Tool {
        names: &["npx"],
        otherwise: Likely,
        rules: &[],
        ..NPM
    },
    Tool {
        names: &["yarn", "yarnpkg"],
        clients: &[&clients::YARN_CLASSIC, &clients::YARN_BERRY],
        rules: &[
            rule("install|add|global add|up|upgrade|dlx|create|", Certain),
            rule(
                "run|config|cache|build|test|start|set|--version|version|workspace|workspaces|exec|node",
                No,
            ),
        ],
        value_flags: &[
            "--cwd",
            "--registry",
            "--proxy",
            "--https-proxy",
            "--network-timeout",
            "--cache-folder",
            "--modules-folder",
        ],
        mirrors: &[
            npm_mirror("npm_config_registry"),
            mirror("YARN_NPM_REGISTRY_SERVER"),
            mirror("YARN_REGISTRY"),
        ],
        mirror_flags: &["--registry"],
        proxy_variables: &[
            NPM_PROXIES[0],
            NPM_PROXIES[1],
            NPM_PROXIES[2],
            NPM_PROXIES[3],
            "YARN_HTTP_PROXY",
            "YARN_HTTPS_PROXY",
        ],
        proxy_flags: &["--proxy", "--https-proxy"],
        offline_flags: &["--offline"],
        otherwise: No,
        evidence: "facts/NETWORK_COMMANDS.tsv yarn (1.x), yarn (2+)",
        ..EMPTY
    },
    Tool {
        names: &["pnpm", "pnpx"],
        clients: &[&clients::PNPM],
        rules: &[
            rule("install|i|add|fetch|dlx|update|up|import|deploy", Certain),
            rule("run|test|start|exec|build", Likely),
            rule("config|store|list|ls|root|bin|setup|", No),
        ],
        value_flags: &["--dir", "-C", "--filter", "--registry", "--store-dir"],
        mirrors: &[npm_mirror("npm_config_registry")],
        mirror_flags: &["--registry"],
        offline_flags: &["--offline"],
        evidence: "facts/NETWORK_COMMANDS.tsv pnpm (npm_config_proxy was not obeyed by 12.21)",
        ..EMPTY
    },
    Tool {
        names: &["corepack"],
        clients: &[&clients::UNKNOWN],
        rules: &[
            rule("prepare|install|use|up", Certain),
            rule("enable|disable|", No),
        ],
        mirrors: &[mirror("COREPACK_NPM_REGISTRY")],
        evidence: "facts/NETWORK_COMMANDS.tsv corepack",
        ..EMPTY
    },
    Tool {
        names: &["node"],
        clients: &[&clients::NODE],
        evidence: "facts/NETWORK_COMMANDS.tsv node",
        ..EMPTY
    },
    Tool {
        names: &["python", "python3", "python2"],
        clients: &[&clients::URLLIB],
        evidence: "facts/NETWORK_COMMANDS.tsv python",
        ..EMPTY
    },
    Tool {
        names: &["cargo"],
        clients: &[&clients::CARGO],
        rules: &[
            rule("install|update|search|publish", Certain),
            rule(
                "build|b|test|t|run|r|check|c|fetch|vendor|add|clippy|doc|bench|rustc|metadata|tree|generate-lockfile|chef",
                Likely,
            ),
            rule("fmt|clean|new|init|version|help|config|login|", No),
        ],
        value_flags: &[
            "--config",
            "-C",
            "--manifest-path",
            "--target",
            "--target-dir",
            "-p",
            "--package",
            "--features",
            "-F",
            "--bin",
            "--profile",
            "-j",
            "--jobs",
            "--root",
            "--git",
            "--branch",
            "--tag",
            "--rev",
            "--path",
            "--version",
            "--index",
            "--registry",
        ],
        mirrors: &[],
        mirror_flags: &["--index", "--registry"],
        proxy_variables: &["CARGO_HTTP_PROXY"],
        proxy_flags: &["http.proxy="],
        offline_flags: &["--offline", "--frozen"],
        offline_variables: &[("CARGO_NET_OFFLINE", "true")],
        evidence: "facts/NETWORK_COMMANDS.tsv cargo (--locked alone does not stop the network)",
        ..EMPTY
    },
    Tool {
        names: &["rustup", "rustup-init"],
        clients: &[&clients::RUSTUP],
        rules: &[
            rule(
                "toolchain install|toolchain add|component add|target add|update|install|self update|",
                Certain,
            ),
            rule(
                "default|show|override|which|run|set|doc|toolchain list|target list",
                No,
            ),
        ],
        mirrors: &[mirror("RUSTUP_DIST_SERVER"), mirror("RUSTUP_UPDATE_ROOT")],
        evidence: "facts/NETWORK_COMMANDS.tsv rustup (docs)",
        ..EMPTY
    },
    Tool {
        names: &["gem"],
        clients: &[&clients::GEM],
        rules: &[
            rule(
                "install|i|update|fetch|sources|outdated|search|push",
                Certain,
            ),
            rule("list|build|env|environment|cleanup|uninstall|which|", No),
        ],
        value_flags: &[
            "--source",
            "-s",
            "--http-proxy",
            "-v",
            "--version",
            "--install-dir",
            "-i",
            "--bindir",
            "-n",
        ],
        mirror_flags: &["--source", "-s"],
        proxy_flags: &["--http-proxy", "-p"],
        offline_flags: &["--local", "-l"],
        evidence: "facts/NETWORK_COMMANDS.tsv gem",
        ..EMPTY
    },
    Tool {
        names: &["bundle", "bundler"],
        clients: &[&clients::BUNDLER],
        rules: &[
            rule("install|update|add|lock|outdated|cache|package|", Certain),
            rule("exec|config|clean|check|list|show|info|binstubs", No),
        ],
        value_flags: &[
            "--gemfile",
            "--path",
            "--without",
            "--with",
            "--jobs",
            "-j",
            "--retry",
        ],
        mirrors: &[mirror("BUNDLE_MIRROR__ALL")],
        offline_flags: &["--local"],
        evidence: "facts/NETWORK_COMMANDS.tsv bundle (not verified)",
        ..EMPTY
    },
    Tool {
        names: &["composer", "composer.phar"],
        clients: &[&clients::COMPOSER],
        rules: &[
            rule(
                "install|i|update|u|upgrade|require|create-project|self-update|selfupdate|global require|global install|outdated|search",
                Certain,
            ),
            rule(
                "dump-autoload|dumpautoload|config|validate|run-script|run|clear-cache|show|",
                No,
            ),
        ],
        value_flags: &["-d", "--working-dir"],
        evidence: "facts/NETWORK_COMMANDS.tsv composer (COMPOSER_DISABLE_NETWORK=1 still made a request)",
        ..EMPTY
    },
    Tool {
        names: &["mvn", "mvnw", "mvnd"],
        clients: &[&clients::JVM],
        rules: &[rule("", No)],
        otherwise: Likely,
        value_flags: &[
            "-f",
            "--file",
            "-s",
            "--settings",
            "-pl",
            "--projects",
            "-P",
            "-T",
            "-gs",
        ],
        proxy_variables: &["MAVEN_OPTS", "JAVA_TOOL_OPTIONS"],
        proxy_flags: &JVM_PROXY,
        offline_flags: &["-o", "--offline"],
        evidence: "facts/NETWORK_COMMANDS.tsv mvn",
        ..EMPTY
    },
    Tool {
        names: &["gradle", "gradlew"],
        clients: &[&clients::GRADLE],
        rules: &[rule("", Likely)],
        otherwise: Likely,
        value_flags: &[
            "-p",
            "--project-dir",
            "-b",
            "-I",
            "--init-script",
            "-x",
            "--exclude-task",
            "-g",
        ],
        proxy_variables: &["GRADLE_OPTS", "JAVA_OPTS", "JAVA_TOOL_OPTIONS"],
        proxy_flags: &JVM_PROXY,
        offline_flags: &["--offline"],
        evidence: "facts/NETWORK_COMMANDS.tsv gradle (docs read)",
        ..EMPTY
    },
    Tool {
        names: &["dotnet", "nuget"],
        clients: &[&clients::NUGET],
        rules: &[
            rule(
                "restore|build|publish|test|run|pack|tool install|tool restore|tool update|add package|workload install|install",
                Likely,
            ),
            rule("nuget|new|sln|clean|dev-certs|help|", No),
        ],
        value_flags: &[
            "--source",
            "-s",
            "-c",
            "--configuration",
            "-o",
            "--output",
            "-r",
            "--runtime",
            "-f",
            "--framework",
        ],
        mirror_flags: &["--source", "-s"],
        offline_flags: &["--no-restore"],
        evidence: "facts/NETWORK_COMMANDS.tsv dotnet (docs read)",
        ..EMPTY
    },
    CONDA,
    Tool {
        names: &[
            "docker",
            "helm",
            "kubectl",
            "terraform",
            "gh",
            "aws",
            "gsutil",
            "gcloud",
            "az",
        ],
        clients: &[&clients::UNKNOWN],
        otherwise: Network::Unknown,
        evidence: "facts/NETWORK_COMMANDS.tsv docker, helm, … (not verified)",
        ..EMPTY
    },
];

/// The row of a command's name (without folder).
pub(super) fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.names.contains(&name))
}

impl Rule {
    /// Whether the operands start with one of the rule's alternatives.
    pub(super) fn fits(&self, operands: &[&str]) -> bool {
        self.words.split('|').any(|words| {
            let mut wanted = words.split_ascii_whitespace();
            let mut given = operands.iter();
            match words.is_empty() {
                true => operands.is_empty(),
                false => wanted.all(|word| given.next() == Some(&word)),
            }
        })
    }
}
