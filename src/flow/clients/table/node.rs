//! Node's package managers.

use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OptionStyle, OwnVariable, Role,
    Row, Syntax, Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const NPM_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: npm");
pub(super) const REGISTRY: Option<(Scheme, &str)> = Some((Scheme::Https, "registry.npmjs.org"));

const NPM_VARIABLES: &[OwnVariable] = &[
    OwnVariable::new("npm_config_registry", Role::Mirror, NPM_ROWS).any_case(),
    OwnVariable::new("npm_config_proxy", Role::Proxy(None), NPM_ROWS).any_case(),
    OwnVariable::new("npm_config_https_proxy", Role::Proxy(None), NPM_ROWS).any_case(),
    OwnVariable::new("npm_config_noproxy", Role::NoProxy, NPM_ROWS).any_case(),
    OwnVariable::new("npm_config_offline", Role::Offline, NPM_ROWS).any_case(),
];

const NPM_OPTIONS: &[OptionSetting] = &[
    OptionSetting::new("--registry", Role::Mirror),
    OptionSetting::new("--proxy", Role::Proxy(None)),
    OptionSetting::new("--https-proxy", Role::Proxy(None)),
    OptionSetting::new("--noproxy", Role::NoProxy),
    OptionSetting::new("--offline", Role::Offline),
];

const NPM_SYNTAX: Syntax = Syntax {
    style: OptionStyle::Unix,
    value_options: &[
        "-C",
        "-w",
        "--cache",
        "--cwd",
        "--dir",
        "--fetch-retries",
        "--fetch-timeout",
        "--filter",
        "--https-proxy",
        "--loglevel",
        "--noproxy",
        "--omit",
        "--include",
        "--prefix",
        "--proxy",
        "--registry",
        "--store-dir",
        "--tag",
        "--userconfig",
        "--globalconfig",
        "--workspace",
    ],
};

const NPM_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--offline"),
    OfflineSwitch::Variable("npm_config_offline", &["true", "1"]),
    OfflineSwitch::Variable("NPM_CONFIG_OFFLINE", &["true", "1"]),
];

/// npm
pub(super) static NPM: Client = Client {
    syntax: NPM_SYNTAX,
    variables: NPM_VARIABLES,
    options: NPM_OPTIONS,
    default_target: REGISTRY,
    ..Client::new(
        "npm",
        &["npm"],
        &[
            Row::new(
                &[
                    "ci",
                    "install",
                    "i",
                    "add",
                    "install-clean",
                    "clean-install",
                    "isntall",
                ],
                Traffic::Certain,
                NPM_ROWS,
            )
            .offline(NPM_OFFLINE)
            .cache(Cache::Project, Fill::All),
            Row::new(
                &[
                    "update",
                    "up",
                    "upgrade",
                    "audit",
                    "outdated",
                    "view",
                    "info",
                    "show",
                    "dedupe",
                    "prune",
                    "search",
                    "publish",
                    "login",
                    "adduser",
                    "whoami",
                    "ping",
                    "create",
                    "init",
                    "install-test",
                    "it",
                ],
                Traffic::Certain,
                NPM_ROWS,
            )
            .offline(NPM_OFFLINE)
            .only_if(|arguments| {
                !(arguments.has(&["-y", "--yes"]) && arguments.operands.len() < 2)
            }),
            Row::new(&["exec", "x"], Traffic::Usually, NPM_ROWS).offline(NPM_OFFLINE),
            Row::new(
                &[
                    "run",
                    "run-script",
                    "test",
                    "t",
                    "start",
                    "stop",
                    "restart",
                    "rum",
                    "urn",
                ],
                Traffic::Unknown,
                NPM_ROWS,
            ),
            Row::new(&[], Traffic::Never, NPM_ROWS),
        ],
        Some(&proxies::NPM),
    )
};
