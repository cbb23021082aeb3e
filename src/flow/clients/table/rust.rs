//! Rust.

use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: cargo");
const RECALLED: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: cargo; Cargo's documentation");

/// `--locked` is not among them.
const OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--offline"),
    OfflineSwitch::Option("--frozen"),
    OfflineSwitch::Variable("CARGO_NET_OFFLINE", &["true", "1"]),
];

/// cargo
static CARGO: Client = Client {
    syntax: Syntax::unix(
        "-C -F -j -p -Z --bench --bin --branch --color --config --example --exclude --features --git \
         --jobs --manifest-path --message-format --package --path --profile --rev --root --tag --target \
         --target-dir --test --vers --version --recipe-path --index --registry",
    ),
    variables: &[
        OwnVariable::new("CARGO_HTTP_PROXY", Role::Proxy(None), ROWS),
        OwnVariable::new("CARGO_NET_OFFLINE", Role::Offline, ROWS),
        OwnVariable::new("CARGO_REGISTRIES_*", Role::ExtraMirror, ROWS),
        OwnVariable::new("CARGO_SOURCE_*", Role::Mirror, RECALLED),
    ],
    options: &[
        OptionSetting::keyed("--config", "http.proxy", Role::Proxy(None)),
        OptionSetting::new("--git", Role::ExtraMirror),
        OptionSetting::new("--offline", Role::Offline),
        OptionSetting::new("--frozen", Role::Offline),
    ],
    default_target: Some((Scheme::Https, "index.crates.io")),
    ..Client::new(
        "cargo",
        "cargo",
        &[
            Row::new("install", Traffic::Usually, ROWS)
                .offline(OFFLINE)
                .only_if(|arguments| arguments.has(&["--path"]))
                .cache(Cache::Cargo, Fill::Part),
            Row::new("fetch|vendor|update|generate-lockfile", Traffic::Certain, ROWS)
                .offline(OFFLINE)
                .cache(Cache::Cargo, Fill::All),
            Row::new("install|add|search|publish|binstall|audit|search|login", Traffic::Certain, ROWS)
                .offline(OFFLINE),
            Row::new("build|b|test|t|run|r|check|c|clippy|doc|d|bench|rustc|rustdoc|metadata|tree|chef cook|\
                 package|fix|nextest|tarpaulin|zigbuild|leptos|component|pgrx|auditable",
                Traffic::IfNotCached, ROWS)
                .offline(OFFLINE)
                .cache(Cache::Cargo, Fill::Part),
            Row::new("fmt|clean|new|init|chef|help|version|locate-project|uninstall", Traffic::Never, ROWS),
            Row::new("", Traffic::Unknown, ROWS),
        ],
        Some(&proxies::CARGO),
    )
};

const RUSTUP_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: rustup");

/// rustup: its book names the proxy variables, they were not probed.
static RUSTUP: Client = Client {
    syntax: Syntax::unix("-c -t --component --default-toolchain --profile --target --toolchain"),
    variables: &[
        OwnVariable::new("RUSTUP_DIST_SERVER", Role::Mirror, RUSTUP_ROWS),
        OwnVariable::new("RUSTUP_UPDATE_ROOT", Role::Mirror, RUSTUP_ROWS),
    ],
    default_target: Some((Scheme::Https, "static.rust-lang.org")),
    ..Client::new(
        "rustup",
        "rustup|rustup-init|rustup-init.sh",
        &[
            Row::new(
                "toolchain list|component list|target list|toolchain uninstall|show|override|run|which|\
                 set|completions|help",
                Traffic::Never,
                RUSTUP_ROWS,
            ),
            Row::new("", Traffic::Certain, RUSTUP_ROWS),
        ],
        None,
    )
};

pub(super) static CLIENTS: &[&Client] = &[&CARGO, &RUSTUP];
