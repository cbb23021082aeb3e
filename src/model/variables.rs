//! The variables docklint exists for: proxies, and the mirrors of package ecosystems.

/// The proxies BuildKit predefines: as build arguments they reach every RUN without an `ARG`
/// (`facts/buildkit.md` 3).
pub const PREDEFINED_PROXIES: [&str; 5] = [
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "no_proxy",
    "all_proxy",
];

/// Variables that name a mirror, or say how one is used, as their tool spells them (RULES 0.6).
pub const MIRROR_VARIABLES: [&str; 20] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOFLAGS",
    "NPM_CONFIG_REGISTRY",
    "YARN_REGISTRY",
    "YARN_NPM_REGISTRY_SERVER",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
    "CARGO_REGISTRIES_CRATES_IO_INDEX",
    "COMPOSER_REPO_PACKAGIST",
    "NUGET_SOURCE",
    "CONDA_CHANNEL_ALIAS",
];

/// Proxy variables that a single tool reads.
pub const TOOL_PROXIES: [&str; 7] = [
    "CARGO_HTTP_PROXY",
    "NPM_CONFIG_PROXY",
    "NPM_CONFIG_HTTPS_PROXY",
    "NPM_CONFIG_NOPROXY",
    "PIP_PROXY",
    "UV_HTTP_PROXY",
    "UV_HTTPS_PROXY",
];

/// Arguments that BuildKit gives a value, and that a stage sees behind their `ARG`
/// (`facts/buildkit.md` 3).
const PREDEFINED_ARGS: [&str; 11] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// Whether BuildKit gives the argument of this name a value.
pub fn is_predefined_arg(name: &str) -> bool {
    PREDEFINED_ARGS.contains(&name)
}

/// Whether BuildKit predefines this proxy, in any spelling.
pub fn is_predefined_proxy(name: &str) -> bool {
    name.len() <= "https_proxy".len()
        && PREDEFINED_PROXIES
            .iter()
            .any(|proxy| proxy.eq_ignore_ascii_case(name))
}

/// Whether the value is a proxy's address; `NO_PROXY` is a list of hosts.
pub fn is_proxy_address(name: &str) -> bool {
    is_predefined_proxy(name) && !name.eq_ignore_ascii_case("no_proxy")
}

/// Whether the variable is one of a tool's mirror settings. npm reads its own in any case.
pub fn is_mirror(name: &str) -> bool {
    MIRROR_VARIABLES.contains(&name) || name.eq_ignore_ascii_case("npm_config_registry")
}

/// Whether the variable is a proxy or mirror setting of any kind.
pub fn is_network_setting(name: &str) -> bool {
    is_predefined_proxy(name)
        || is_mirror(name)
        || TOOL_PROXIES
            .iter()
            .any(|proxy| proxy.eq_ignore_ascii_case(name))
}
