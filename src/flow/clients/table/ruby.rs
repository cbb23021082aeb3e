//! Ruby.

use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const GEM_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: gem");
const GEM_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--local"),
    OfflineSwitch::Option("-l"),
];
const RUBYGEMS: Option<(Scheme, &str)> = Some((Scheme::Https, "rubygems.org"));

/// gem
static GEM: Client = Client {
    syntax: Syntax::unix(
        "-a -i -n -p -r -s -v --add --bindir --http-proxy --install-dir --platform --remove --source \
         --version",
    ),
    options: &[
        OptionSetting::new("-p", Role::Proxy(None)),
        OptionSetting::new("--http-proxy", Role::Proxy(None)),
        OptionSetting::new("--no-http-proxy", Role::ProxyOff),
        OptionSetting::new("-s", Role::Mirror),
        OptionSetting::new("--source", Role::Mirror),
    ],
    default_target: RUBYGEMS,
    ..Client::new(
        "gem",
        "gem#",
        &[
            Row::new(
                "install|i|update|fetch|push|search|outdated",
                Traffic::Certain,
                GEM_ROWS,
            )
            .offline(GEM_OFFLINE),
            Row::new("sources|source", Traffic::Certain, GEM_ROWS)
                .only_if(|arguments| arguments.has(&["-a", "--add", "-u", "--update"])),
            Row::new("", Traffic::Never, GEM_ROWS),
        ],
        Some(&proxies::GEM),
    )
};

const BUNDLE_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: bundle");
const BUNDLE_OFFLINE: &[OfflineSwitch] = &[OfflineSwitch::Option("--local")];

/// Bundler
static BUNDLE: Client = Client {
    syntax: Syntax::unix("-j -r --gemfile --jobs --path --retry --with --without"),
    variables: &[
        OwnVariable::new(
            "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
            Role::Mirror,
            BUNDLE_ROWS,
        ),
        OwnVariable::new("BUNDLE_MIRROR__ALL", Role::Mirror, BUNDLE_ROWS),
        OwnVariable::new("BUNDLE_MIRROR__*", Role::Mirror, BUNDLE_ROWS),
    ],
    options: &[OptionSetting::new("--local", Role::Offline)],
    default_target: RUBYGEMS,
    ..Client::new(
        "bundle",
        "bundle|bundler",
        &[
            Row::new("", Traffic::IfNotCached, BUNDLE_ROWS)
                .only_if(|arguments| arguments.operands.is_empty())
                .offline(BUNDLE_OFFLINE)
                .cache(Cache::Bundle, Fill::All),
            Row::new(
                "install|update|package|cache|lock|add|outdated",
                Traffic::IfNotCached,
                BUNDLE_ROWS,
            )
            .offline(BUNDLE_OFFLINE)
            .cache(Cache::Bundle, Fill::All),
            Row::new("exec", Traffic::Unknown, BUNDLE_ROWS),
            Row::new("", Traffic::Never, BUNDLE_ROWS),
        ],
        Some(&proxies::BUNDLER),
    )
};

pub(super) static CLIENTS: &[&Client] = &[&GEM, &BUNDLE];
