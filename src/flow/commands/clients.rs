//! How programs choose a proxy. Measured with the real programs where `measured` says so
//! (`facts/proxy-clients.md`, `facts/PROXY_OBEYED.tsv`).

/// One program's, or library's, way to choose a proxy.
#[derive(Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name for messages.
    pub name: &'static str,
    /// Variables it reads for `http://` targets; the first that is set wins.
    pub http: &'static [&'static str],
    /// The same for `https://` targets.
    pub https: &'static [&'static str],
    /// The same for exceptions.
    pub no_proxy: &'static [&'static str],
    /// What wins when both spellings are set and differ.
    pub winner: Winner,
    /// How it reads exceptions.
    pub no_proxy_syntax: NoProxySyntax,
    /// How it reads a proxy's URL.
    pub urls: ProxyUrls,
    /// Whether loopback targets go direct by themselves.
    pub loopback_is_direct: bool,
    /// Whether its row was measured; else it is read or recalled, and no more than a hint.
    pub measured: bool,
    /// Where its row comes from.
    pub evidence: &'static str,
}

/// Which spelling wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Winner {
    /// It reads one spelling only.
    Only,
    /// `http_proxy`
    Lower,
    /// `HTTP_PROXY`
    Upper,
    /// It depends on the version.
    Depends,
    /// It reads no variable.
    None,
}

/// Which forms of an entry in `NO_PROXY` work. A host name and an address always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoProxySyntax {
    /// `.corp.test` also covers `corp.test`.
    pub dot_covers_parent: bool,
    /// `*.corp.test`
    pub star_prefix: bool,
    /// `*` alone means everything.
    pub star_alone: bool,
    /// `corp.test` also covers `xcorp.test`.
    pub ignores_boundary: bool,
    /// A blank behind the comma does no harm.
    pub blank_after_comma: bool,
    /// A blank instead of the comma separates.
    pub blank_separates: bool,
    /// `host:80`
    pub port: bool,
    /// `10.0.0.0/8` for targets given as addresses.
    pub cidr: bool,
}

/// Whether something in a proxy's URL works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Support {
    /// As meant.
    Works,
    /// Silently something else: the proxy is not used, or spoken to in another way.
    Silent,
    /// The command fails.
    Fails,
    /// Not known.
    Unknown,
}

/// How a proxy's URL is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyUrls {
    /// `host:port` without a scheme.
    pub without_scheme: Support,
    /// `https://`: works as TLS to the proxy; silent: as plain http, or not at all.
    pub tls: Support,
    /// `socks5://`
    pub socks5: Support,
    /// An `@` in the password that is not escaped.
    pub raw_at: Support,
    /// A blank at the end.
    pub trailing_blank: Support,
}

use Support::{Fails, Silent, Unknown, Works};

const LOWER: [&str; 3] = ["http_proxy", "https_proxy", "no_proxy"];

const fn urls(
    without_scheme: Support,
    tls: Support,
    socks5: Support,
    raw_at: Support,
    trailing_blank: Support,
) -> ProxyUrls {
    ProxyUrls {
        without_scheme,
        tls,
        socks5,
        raw_at,
        trailing_blank,
    }
}

const NO_URLS: ProxyUrls = urls(Unknown, Unknown, Unknown, Unknown, Unknown);

const NO_SYNTAX: NoProxySyntax = NoProxySyntax {
    dot_covers_parent: false,
    star_prefix: false,
    star_alone: false,
    ignores_boundary: false,
    blank_after_comma: false,
    blank_separates: false,
    port: false,
    cidr: false,
};

/// libcurl 7.86 to 7.88: curl and git.
const LIBCURL: NoProxySyntax = NoProxySyntax {
    dot_covers_parent: true,
    star_alone: true,
    blank_after_comma: true,
    blank_separates: true,
    cidr: true,
    ..NO_SYNTAX
};

const MEASURED: &str = "facts/proxy-clients.md, facts/PROXY_OBEYED.tsv";

pub(super) static CURL: Client = Client {
    name: "curl",
    http: &["http_proxy", "all_proxy", "ALL_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    no_proxy: &["no_proxy", "NO_PROXY"],
    winner: Winner::Lower,
    no_proxy_syntax: LIBCURL,
    urls: urls(Works, Works, Works, Fails, Fails),
    loopback_is_direct: false,
    measured: true,
    evidence: MEASURED,
};

pub(super) static GIT: Client = Client {
    name: "git",
    urls: urls(Works, Works, Works, Silent, Fails),
    ..CURL
};

pub(super) static CARGO: Client = Client {
    name: "cargo",
    no_proxy_syntax: NoProxySyntax {
        blank_separates: false,
        ..LIBCURL
    },
    ..CURL
};

pub(super) static WGET: Client = Client {
    name: "wget",
    http: &[LOWER[0]],
    https: &[LOWER[1]],
    no_proxy: &[LOWER[2]],
    winner: Winner::Only,
    no_proxy_syntax: NoProxySyntax {
        blank_after_comma: true,
        ..NO_SYNTAX
    },
    urls: urls(Works, Silent, Fails, Fails, Fails),
    loopback_is_direct: false,
    measured: true,
    evidence: MEASURED,
};

pub(super) static BUSYBOX_WGET: Client = Client {
    name: "BusyBox wget",
    https: &[LOWER[0]],
    no_proxy: &[],
    no_proxy_syntax: NO_SYNTAX,
    urls: urls(Works, Silent, Silent, Works, Fails),
    ..WGET
};

pub(super) static APT: Client = Client {
    name: "apt",
    https: &[LOWER[1], LOWER[0]],
    no_proxy_syntax: NoProxySyntax {
        ignores_boundary: true,
        ..NO_SYNTAX
    },
    urls: urls(Fails, Works, Fails, Works, Works),
    ..WGET
};

pub(super) static GO: Client = Client {
    name: "go",
    http: &["HTTP_PROXY", "http_proxy"],
    https: &["HTTPS_PROXY", "https_proxy"],
    no_proxy: &["NO_PROXY", "no_proxy"],
    winner: Winner::Upper,
    no_proxy_syntax: NoProxySyntax {
        star_prefix: true,
        star_alone: true,
        blank_after_comma: true,
        port: true,
        cidr: true,
        ..NO_SYNTAX
    },
    urls: urls(Works, Works, Works, Works, Fails),
    loopback_is_direct: true,
    measured: true,
    evidence: MEASURED,
};

pub(super) static URLLIB: Client = Client {
    name: "Python's urllib",
    http: &["http_proxy", "HTTP_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY"],
    no_proxy: &["no_proxy", "NO_PROXY"],
    winner: Winner::Lower,
    no_proxy_syntax: NoProxySyntax {
        dot_covers_parent: true,
        star_alone: true,
        blank_after_comma: true,
        ..NO_SYNTAX
    },
    urls: urls(Works, Silent, Silent, Works, Works),
    loopback_is_direct: false,
    measured: true,
    evidence: MEASURED,
};

pub(super) static PIP: Client = Client {
    name: "pip",
    http: &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    no_proxy_syntax: NoProxySyntax {
        dot_covers_parent: true,
        star_alone: true,
        ignores_boundary: true,
        blank_after_comma: true,
        cidr: true,
        ..NO_SYNTAX
    },
    urls: urls(Works, Works, Fails, Works, Fails),
    ..URLLIB
};

pub(super) static UV: Client = Client {
    name: "uv",
    http: &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    https: &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    no_proxy: &["NO_PROXY", "no_proxy"],
    winner: Winner::Upper,
    no_proxy_syntax: NoProxySyntax {
        ignores_boundary: false,
        ..PIP.no_proxy_syntax
    },
    urls: urls(Works, Works, Works, Silent, Silent),
    ..URLLIB
};

/// npm's and pnpm's `https_proxy` also serves http registries.
pub(super) static NPM: Client = Client {
    name: "npm",
    http: &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY"],
    no_proxy: &["no_proxy", "NO_PROXY"],
    winner: Winner::Depends,
    no_proxy_syntax: NoProxySyntax {
        dot_covers_parent: true,
        blank_after_comma: true,
        ..NO_SYNTAX
    },
    urls: urls(Fails, Works, Works, Unknown, Unknown),
    loopback_is_direct: false,
    measured: true,
    evidence: "facts/proxy-clients.md, facts/PROXY_OBEYED.tsv; facts/shell.md 9: they disagree on the winner",
};

pub(super) static PNPM: Client = Client {
    name: "pnpm",
    ..NPM
};

pub(super) static YARN_CLASSIC: Client = Client {
    name: "yarn 1",
    http: &["HTTP_PROXY", "http_proxy"],
    https: &["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"],
    no_proxy: &["NO_PROXY", "no_proxy"],
    winner: Winner::Upper,
    no_proxy_syntax: NoProxySyntax {
        dot_covers_parent: true,
        star_alone: true,
        blank_after_comma: true,
        port: true,
        ..NO_SYNTAX
    },
    urls: urls(Fails, Works, Silent, Unknown, Unknown),
    loopback_is_direct: false,
    measured: true,
    evidence: MEASURED,
};

/// Programs that read no proxy variable at all.
pub(super) static YARN_BERRY: Client = Client {
    name: "yarn 2+",
    http: &[],
    https: &[],
    no_proxy: &[],
    winner: Winner::None,
    no_proxy_syntax: NO_SYNTAX,
    urls: NO_URLS,
    loopback_is_direct: false,
    measured: true,
    evidence: "facts/PROXY_OBEYED.tsv yarn berry",
};

pub(super) static NODE: Client = Client {
    name: "Node's fetch",
    evidence: "facts/proxy-clients.md node fetch (Node 20)",
    ..YARN_BERRY
};

pub(super) static JVM: Client = Client {
    name: "Maven",
    evidence: "facts/proxy-clients.md mvn, java",
    loopback_is_direct: true,
    ..YARN_BERRY
};

pub(super) static GRADLE: Client = Client {
    name: "Gradle",
    measured: false,
    evidence: "facts/proxy-clients.md Gradle (docs)",
    ..JVM
};

pub(super) static GEM: Client = Client {
    name: "gem",
    http: &["http_proxy", "HTTP_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"],
    no_proxy: &["no_proxy", "NO_PROXY"],
    winner: Winner::Lower,
    no_proxy_syntax: NoProxySyntax {
        dot_covers_parent: true,
        blank_after_comma: true,
        ..NO_SYNTAX
    },
    urls: urls(Works, Silent, Fails, Fails, Fails),
    loopback_is_direct: false,
    measured: true,
    evidence: MEASURED,
};

pub(super) static BUNDLER: Client = Client {
    name: "bundler",
    measured: false,
    evidence: "facts/NETWORK_COMMANDS.tsv bundle (as gem, recalled)",
    ..GEM
};

pub(super) static COMPOSER: Client = Client {
    name: "composer",
    no_proxy_syntax: NO_SYNTAX,
    urls: NO_URLS,
    evidence: "facts/PROXY_OBEYED.tsv composer update",
    ..GEM
};

pub(super) static APK: Client = Client {
    name: "apk",
    http: &["HTTP_PROXY", "http_proxy"],
    https: &["HTTPS_PROXY", "https_proxy"],
    no_proxy: &["NO_PROXY", "no_proxy"],
    winner: Winner::Upper,
    no_proxy_syntax: NoProxySyntax {
        star_alone: true,
        ignores_boundary: true,
        blank_after_comma: true,
        blank_separates: true,
        cidr: true,
        ..NO_SYNTAX
    },
    urls: urls(Silent, Silent, Silent, Unknown, Unknown),
    loopback_is_direct: false,
    measured: false,
    evidence: "facts/proxy-clients.md apk (source of apk-tools 3)",
};

pub(super) static DNF: Client = Client {
    name: "dnf",
    measured: false,
    evidence: "facts/NETWORK_COMMANDS.tsv yum, dnf (libcurl rules, issue read)",
    ..CURL
};

pub(super) static NUGET: Client = Client {
    name: "NuGet",
    http: &[LOWER[0]],
    https: &[LOWER[0]],
    no_proxy: &[LOWER[2]],
    no_proxy_syntax: NO_SYNTAX,
    urls: NO_URLS,
    measured: false,
    evidence: "facts/NETWORK_COMMANDS.tsv dotnet (docs read)",
    ..WGET
};

pub(super) static CONDA: Client = Client {
    name: "conda",
    no_proxy_syntax: NoProxySyntax {
        ignores_boundary: false,
        ..PIP.no_proxy_syntax
    },
    measured: false,
    evidence: "facts/NETWORK_COMMANDS.tsv conda (recalled)",
    ..PIP
};

pub(super) static RUSTUP: Client = Client {
    name: "rustup",
    measured: false,
    evidence: "facts/NETWORK_COMMANDS.tsv rustup (docs)",
    ..CURL
};

/// Programs about whose proxy nothing is known.
pub(super) static UNKNOWN: Client = Client {
    name: "unknown",
    measured: false,
    winner: Winner::Depends,
    evidence: "facts/NETWORK_COMMANDS.tsv (not verified)",
    ..URLLIB
};
