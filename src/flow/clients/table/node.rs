//! Node's package managers.

use super::super::arguments::Arguments;
use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OwnVariable, Role, Row, Syntax,
    Traffic,
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

const NPM_SYNTAX: Syntax = Syntax::unix(
    "-C -w --cache --cwd --dir --fetch-retries --fetch-timeout --filter --https-proxy \
            --loglevel --noproxy --omit --include --prefix --proxy --registry --store-dir --tag \
            --userconfig --globalconfig --workspace",
);

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
        "npm",
        &[
            Row::new(
                "ci|install|i|add|install-clean|clean-install|isntall",
                Traffic::Certain,
                NPM_ROWS,
            )
            .offline(NPM_OFFLINE)
            .cache(Cache::Project, Fill::All),
            Row::new(
                "update|up|upgrade|audit|outdated|view|info|show|dedupe|prune|search|publish|\
                 login|adduser|whoami|ping|create|init|install-test|it",
                Traffic::Certain,
                NPM_ROWS,
            )
            .offline(NPM_OFFLINE)
            .only_if(|arguments| {
                !(arguments.has(&["-y", "--yes"]) && arguments.operands.len() < 2)
            }),
            Row::new("exec|x", Traffic::Usually, NPM_ROWS).offline(NPM_OFFLINE),
            Row::new(
                "run|run-script|test|t|start|stop|restart|rum|urn",
                Traffic::Unknown,
                NPM_ROWS,
            ),
            Row::new("", Traffic::Never, NPM_ROWS),
        ],
        Some(&proxies::NPM),
    )
};

/// npm's runner of tools: those of the project are not fetched.
static NPX: Client = Client {
    syntax: NPM_SYNTAX,
    variables: NPM_VARIABLES,
    options: NPM_OPTIONS,
    default_target: REGISTRY,
    ..Client::new(
        "npm",
        "npx",
        &[Row::new("", Traffic::Usually, NPM_ROWS).offline(NPM_OFFLINE)],
        Some(&proxies::NPM),
    )
};

const YARN_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: yarn (1.x)");
const BERRY_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: yarn (2+)");
const YARN_OFFLINE: &[OfflineSwitch] = &[OfflineSwitch::Option("--offline")];
const YARN_NETWORK: &str = "install|add|global add|upgrade|up|dlx|create|outdated|audit|info|upgrade-interactive|\
                            set version|plugin import|workspaces focus|generate-lock-entry";

/// yarn 1
static YARN_1: Client = Client {
    syntax: NPM_SYNTAX,
    variables: &[
        OwnVariable::new("npm_config_registry", Role::Mirror, NPM_ROWS).any_case(),
        OwnVariable::new("npm_config_proxy", Role::Proxy(None), NPM_ROWS).any_case(),
        OwnVariable::new(
            "npm_config_https_proxy",
            Role::Proxy(Some(Scheme::Https)),
            NPM_ROWS,
        )
        .any_case(),
        OwnVariable::new(
            "YARN_REGISTRY",
            Role::Mirror,
            Evidence::recalled("NETWORK_COMMANDS.tsv: yarn (1.x)"),
        ),
    ],
    options: NPM_OPTIONS,
    default_target: Some((Scheme::Https, "registry.yarnpkg.com")),
    ..Client::new(
        "yarn 1",
        "yarn|yarnpkg",
        &[
            Row::new("", Traffic::Certain, YARN_ROWS)
                .only_if(no_operand)
                .offline(YARN_OFFLINE)
                .cache(Cache::Project, Fill::All),
            Row::new("install", Traffic::Certain, YARN_ROWS)
                .offline(YARN_OFFLINE)
                .cache(Cache::Project, Fill::All),
            Row::new(YARN_NETWORK, Traffic::Certain, YARN_ROWS).offline(YARN_OFFLINE),
            Row::new(
                "config|cache|bin|list|why|versions|link|unlink|check|autoclean|help|pack|set",
                Traffic::Never,
                YARN_ROWS,
            ),
            Row::new("", Traffic::Unknown, YARN_ROWS),
        ],
        Some(&proxies::YARN_1),
    )
};

/// yarn 2 and later
static YARN_BERRY: Client = Client {
    syntax: NPM_SYNTAX,
    variables: &[
        OwnVariable::new("YARN_NPM_REGISTRY_SERVER", Role::Mirror, BERRY_ROWS),
        OwnVariable::new(
            "YARN_HTTP_PROXY",
            Role::Proxy(Some(Scheme::Http)),
            BERRY_ROWS,
        ),
        OwnVariable::new(
            "YARN_HTTPS_PROXY",
            Role::Proxy(Some(Scheme::Https)),
            BERRY_ROWS,
        ),
    ],
    default_target: Some((Scheme::Https, "registry.yarnpkg.com")),
    ..Client::new("yarn 2", "", YARN_1.rows, Some(&proxies::NONE))
};

/// By what only one of them takes; nothing tells most calls apart.
pub(super) fn which_yarn(arguments: &Arguments<'_>) -> (&'static Client, bool) {
    let newer = arguments.has(&[
        "--immutable",
        "--immutable-cache",
        "--inline-builds",
        "--check-cache",
    ]) || matches!(
        arguments.operand(0),
        Some("dlx" | "up" | "plugin" | "rebuild")
    ) || matches!(
        (arguments.operand(0), arguments.operand(1)),
        (Some("workspaces"), Some("focus"))
    );
    let older = arguments.has(&[
        "--pure-lockfile",
        "--non-interactive",
        "--production",
        "--ignore-engines",
        "--ignore-scripts",
        "--no-lockfile",
        "--network-timeout",
        "--frozen-lockfile",
    ]) || matches!(
        arguments.operand(0),
        Some("global" | "upgrade" | "autoclean")
    );
    match (newer, older) {
        (true, _) => (&YARN_BERRY, true),
        (false, older) => (&YARN_1, older),
    }
}

const PNPM_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: pnpm");

/// pnpm; 12.21 did not obey `npm_config_proxy`.
static PNPM: Client = Client {
    syntax: NPM_SYNTAX,
    variables: &[OwnVariable::new("npm_config_registry", Role::Mirror, PNPM_ROWS).any_case()],
    options: NPM_OPTIONS,
    default_target: REGISTRY,
    ..Client::new(
        "pnpm",
        "pnpm|pnpx",
        &[
            Row::new("install|i|add|fetch|ci|deploy", Traffic::Certain, PNPM_ROWS)
                .offline(NPM_OFFLINE)
                .cache(Cache::Project, Fill::All),
            Row::new(
                "dlx|update|up|upgrade|audit|outdated|import|env use|self-update|create|publish",
                Traffic::Certain,
                PNPM_ROWS,
            )
            .offline(NPM_OFFLINE),
            Row::new(
                "config|store|prune|setup|root|bin|list|ls|why|pack|link|remove|rm",
                Traffic::Never,
                PNPM_ROWS,
            ),
            // `pnpm run` checks the installed packages first.
            Row::new("", Traffic::Unknown, PNPM_ROWS),
        ],
        Some(&proxies::NPM),
    )
};

const COREPACK_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: corepack");

/// corepack: its proxy variables were not probed.
static COREPACK: Client = Client {
    variables: &[OwnVariable::new(
        "COREPACK_NPM_REGISTRY",
        Role::Mirror,
        Evidence::recalled("NETWORK_COMMANDS.tsv: corepack"),
    )],
    default_target: REGISTRY,
    ..Client::new(
        "corepack",
        "corepack",
        &[
            Row::new(
                "prepare|install|use|up|pack",
                Traffic::Certain,
                COREPACK_ROWS,
            ),
            Row::new("", Traffic::Never, COREPACK_ROWS),
        ],
        None,
    )
};

const OTHERS: Evidence = Evidence::recalled("not in facts: the tools' documentation");

/// Bun, Deno, Bower, Lerna, Rush
static OTHER_MANAGERS: Client = Client {
    syntax: NPM_SYNTAX,
    variables: &[OwnVariable::new("npm_config_registry", Role::Mirror, OTHERS).any_case()],
    default_target: REGISTRY,
    ..Client::new(
        "JavaScript package manager",
        "bun|bunx|deno|bower|lerna|rush|cnpm|tnpm|jspm|nvm|n|fnm|volta|node-gyp",
        &[
            Row::new(
                "install|i|add|update|upgrade|create|x|bootstrap|cache|lts|stable|latest|install-deps",
                Traffic::Usually,
                OTHERS,
            ),
            Row::new("", Traffic::Unknown, OTHERS),
        ],
        None,
    )
};

fn no_operand(arguments: &Arguments<'_>) -> bool {
    arguments.operands.is_empty()
}

pub(super) static CLIENTS: &[&Client] = &[&NPM, &NPX, &YARN_1, &PNPM, &COREPACK, &OTHER_MANAGERS];
