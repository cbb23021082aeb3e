//! Package managers of distributions.

use super::super::arguments::Arguments;
use super::super::client::{
    Client, Evidence, OfflineSwitch, OptionSetting, OptionStyle, Role, Row, Syntax, Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const APT_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: apt-get, apt");
const APT_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--no-download"),
    OfflineSwitch::Option("--simulate"),
    OfflineSwitch::Option("-s"),
];

/// apt-get, apt, aptitude
pub(super) static APT: Client = Client {
    syntax: Syntax {
        style: OptionStyle::Unix,
        value_options: &[
            "-a",
            "-c",
            "-o",
            "-t",
            "--config-file",
            "--option",
            "--target-release",
        ],
    },
    options: &[
        OptionSetting::keyed(
            "-o",
            "Acquire::http::Proxy",
            Role::Proxy(Some(Scheme::Http)),
        ),
        OptionSetting::keyed(
            "-o",
            "Acquire::https::Proxy",
            Role::Proxy(Some(Scheme::Https)),
        ),
        OptionSetting::keyed(
            "--option",
            "Acquire::http::Proxy",
            Role::Proxy(Some(Scheme::Http)),
        ),
        OptionSetting::keyed(
            "--option",
            "Acquire::https::Proxy",
            Role::Proxy(Some(Scheme::Https)),
        ),
    ],
    ..Client::new(
        "apt",
        &["apt-get", "apt", "aptitude", "apt-fast"],
        &[
            Row::new(&["install"], Traffic::Usually, APT_ROWS)
                .offline(APT_OFFLINE)
                .only_if(only_files),
            Row::new(
                &[
                    "update",
                    "install",
                    "upgrade",
                    "dist-upgrade",
                    "full-upgrade",
                    "dselect-upgrade",
                    "safe-upgrade",
                    "source",
                    "build-dep",
                    "download",
                    "satisfy",
                    "reinstall",
                ],
                Traffic::Certain,
                APT_ROWS,
            )
            .offline(APT_OFFLINE),
            Row::new(&[], Traffic::Never, APT_ROWS),
        ],
        Some(&proxies::APT),
    )
};

/// Packages that are all files: the network is needed for missing dependencies only.
fn only_files(arguments: &Arguments<'_>) -> bool {
    let mut packages = arguments.operands_from(1).peekable();
    packages.peek().is_some()
        && packages.all(|package| package.starts_with(['/', '.']) || package.ends_with(".deb"))
}
