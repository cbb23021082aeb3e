//! Which proxy variables the clients obey (`facts/PROXY_OBEYED.tsv`, `facts/proxy-clients.md`).

use super::super::client::Evidence;
use super::super::proxies::{NoProxy, Proxies, ProxyUrls, TlsProxy};

const LOWER_FIRST_HTTP: &[&str] = &["http_proxy", "HTTP_PROXY"];
const LOWER_FIRST_HTTPS: &[&str] = &["https_proxy", "HTTPS_PROXY"];
const LOWER_FIRST_NO: &[&str] = &["no_proxy", "NO_PROXY"];
const UPPER_FIRST_HTTP: &[&str] = &["HTTP_PROXY", "http_proxy"];
const UPPER_FIRST_HTTPS: &[&str] = &["HTTPS_PROXY", "https_proxy"];
const UPPER_FIRST_NO: &[&str] = &["NO_PROXY", "no_proxy"];

const MEASURED: Evidence = Evidence::verified("proxy-clients.md: Which variables");

/// What most clients take for a `NO_PROXY`.
const COMMON_NO_PROXY: NoProxy = NoProxy {
    variables: LOWER_FIRST_NO,
    dot_covers_apex: true,
    suffix_without_dot: false,
    star_suffix: false,
    star: true,
    blank_after_comma: true,
    blank_separates: false,
    port: false,
    cidr: true,
    verified: true,
};

const COMMON_URLS: ProxyUrls = ProxyUrls {
    without_scheme: true,
    https: TlsProxy::Tls,
    socks5: true,
    trailing_blank: false,
};

/// Reads no proxy variable: the JVM, Maven, Node's `fetch`, yarn 2.
pub(super) const NONE: Proxies = Proxies {
    http: &[],
    https: &[],
    order_is_known: true,
    no_proxy: NoProxy {
        variables: &[],
        ..COMMON_NO_PROXY
    },
    urls: COMMON_URLS,
    exempts_loopback: false,
    evidence: MEASURED,
};

pub(super) const CURL: Proxies = Proxies {
    http: &["http_proxy", "all_proxy", "ALL_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    no_proxy: NoProxy {
        blank_separates: true,
        ..COMMON_NO_PROXY
    },
    ..NONE
};

/// Its libcurl takes no blank for a comma.
pub(super) const CARGO: Proxies = Proxies {
    no_proxy: COMMON_NO_PROXY,
    ..CURL
};

/// libcurl's rules, as `facts/NETWORK_COMMANDS.tsv` (dnf) has them from an issue.
pub(super) const DNF: Proxies = Proxies {
    no_proxy: NoProxy {
        verified: false,
        ..CURL.no_proxy
    },
    evidence: Evidence::recalled("NETWORK_COMMANDS.tsv: yum, dnf, microdnf, tdnf"),
    ..CURL
};

pub(super) const WGET: Proxies = Proxies {
    http: &["http_proxy"],
    https: &["https_proxy"],
    no_proxy: NoProxy {
        variables: &["no_proxy"],
        dot_covers_apex: false,
        star: false,
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        https: TlsProxy::SpokenAsHttp,
        socks5: false,
        ..COMMON_URLS
    },
    ..NONE
};

/// It sends also `https://` URLs to the `http_proxy`, and knows no exemptions.
pub(super) const BUSYBOX_WGET: Proxies = Proxies {
    http: &["http_proxy"],
    https: &["http_proxy"],
    urls: ProxyUrls {
        https: TlsProxy::Direct,
        socks5: false,
        ..COMMON_URLS
    },
    ..NONE
};

pub(super) const APT: Proxies = Proxies {
    http: &["http_proxy"],
    https: &["https_proxy", "http_proxy"],
    no_proxy: NoProxy {
        variables: &["no_proxy"],
        dot_covers_apex: false,
        suffix_without_dot: true,
        star: false,
        blank_after_comma: false,
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        without_scheme: false,
        socks5: false,
        trailing_blank: true,
        ..COMMON_URLS
    },
    ..NONE
};

/// An empty upper-case variable hides the lower-case one.
pub(super) const APK: Proxies = Proxies {
    http: UPPER_FIRST_HTTP,
    https: UPPER_FIRST_HTTPS,
    no_proxy: NoProxy {
        variables: UPPER_FIRST_NO,
        dot_covers_apex: false,
        suffix_without_dot: true,
        blank_separates: true,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        https: TlsProxy::Direct,
        socks5: false,
        ..COMMON_URLS
    },
    evidence: Evidence::verified("proxy-clients.md: Own settings against the environment, apk"),
    ..NONE
};

pub(super) const GO: Proxies = Proxies {
    http: UPPER_FIRST_HTTP,
    https: UPPER_FIRST_HTTPS,
    no_proxy: NoProxy {
        variables: UPPER_FIRST_NO,
        dot_covers_apex: false,
        star_suffix: true,
        port: true,
        ..COMMON_NO_PROXY
    },
    exempts_loopback: true,
    ..NONE
};

/// Programs written in Go.
pub(super) const IN_GO: Proxies = Proxies {
    evidence: Evidence::recalled("NETWORK_COMMANDS.tsv: docker, helm, kubectl, terraform, …"),
    ..GO
};

pub(super) const PIP: Proxies = Proxies {
    http: &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    no_proxy: NoProxy {
        suffix_without_dot: true,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        socks5: false,
        ..COMMON_URLS
    },
    ..NONE
};

/// Programs on Python's requests: the rules were measured, that a program uses it is recalled.
pub(super) const ON_REQUESTS: Proxies = Proxies {
    no_proxy: COMMON_NO_PROXY,
    evidence: Evidence::recalled("proxy-clients.md: Which variables, python requests"),
    ..PIP
};

pub(super) const UV: Proxies = Proxies {
    http: &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    https: &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    no_proxy: NoProxy {
        variables: UPPER_FIRST_NO,
        ..COMMON_NO_PROXY
    },
    ..NONE
};

/// With `https_proxy` set, it also serves `http://` registries. Which spelling wins differs between
/// the two measurements.
pub(super) const NPM: Proxies = Proxies {
    http: &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"],
    https: LOWER_FIRST_HTTPS,
    order_is_known: false,
    no_proxy: NoProxy {
        star: false,
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        without_scheme: false,
        ..COMMON_URLS
    },
    ..NONE
};

pub(super) const YARN_1: Proxies = Proxies {
    http: UPPER_FIRST_HTTP,
    https: &["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"],
    no_proxy: NoProxy {
        port: true,
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        without_scheme: false,
        socks5: false,
        ..COMMON_URLS
    },
    ..NONE
};

pub(super) const GEM: Proxies = Proxies {
    http: LOWER_FIRST_HTTP,
    https: &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"],
    no_proxy: NoProxy {
        star: false,
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        https: TlsProxy::SpokenAsHttp,
        socks5: false,
        ..COMMON_URLS
    },
    ..NONE
};

pub(super) const BUNDLER: Proxies = Proxies {
    evidence: Evidence::recalled("NETWORK_COMMANDS.tsv: bundle"),
    ..GEM
};

/// What its `NO_PROXY` understands was not measured.
pub(super) const COMPOSER: Proxies = Proxies {
    http: LOWER_FIRST_HTTP,
    https: &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"],
    no_proxy: NoProxy {
        verified: false,
        ..COMMON_NO_PROXY
    },
    evidence: Evidence::verified("PROXY_OBEYED.tsv: composer update"),
    ..NONE
};

/// `HttpClient.DefaultProxy` in Microsoft's documentation of .NET.
pub(super) const DOTNET: Proxies = Proxies {
    http: &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    https: &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    no_proxy: NoProxy {
        verified: false,
        ..COMMON_NO_PROXY
    },
    evidence: Evidence::recalled("NETWORK_COMMANDS.tsv: dotnet"),
    ..NONE
};

/// ssh and its like speak no HTTP; git's `ssh://` sent nothing to a proxy either.
pub(super) const NOT_HTTP: Proxies = Proxies {
    evidence: Evidence::recalled("NETWORK_COMMANDS.tsv: git, ssh URL"),
    ..NONE
};

/// Gradle, and what else runs in a JVM but was not run.
pub(super) const JVM: Proxies = Proxies {
    evidence: Evidence::recalled("proxy-clients.md: Own settings against the environment, Gradle"),
    ..NONE
};

pub(super) const URLLIB: Proxies = Proxies {
    http: LOWER_FIRST_HTTP,
    https: LOWER_FIRST_HTTPS,
    no_proxy: NoProxy {
        cidr: false,
        ..COMMON_NO_PROXY
    },
    urls: ProxyUrls {
        https: TlsProxy::SpokenAsHttp,
        socks5: false,
        trailing_blank: true,
        ..COMMON_URLS
    },
    ..NONE
};
