//! Package managers of distributions.

use super::super::arguments::Arguments;
use super::super::client::{
    Client, Evidence, OfflineSwitch, OptionSetting, Role, Row, Syntax, Traffic,
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
    syntax: Syntax::unix("-a -c -o -t --config-file --option --target-release"),
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
        "apt-get|apt|aptitude|apt-fast",
        &[
            Row::new("install", Traffic::Usually, APT_ROWS)
                .offline(APT_OFFLINE)
                .only_if(only_files),
            Row::new(
                "update|install|upgrade|dist-upgrade|full-upgrade|dselect-upgrade|\
                 safe-upgrade|source|build-dep|download|satisfy|reinstall",
                Traffic::Certain,
                APT_ROWS,
            )
            .offline(APT_OFFLINE),
            Row::new("", Traffic::Never, APT_ROWS),
        ],
        Some(&proxies::APT),
    )
};

/// Packages that are all files: the network is needed for missing dependencies only.
fn only_files(arguments: &Arguments<'_>) -> bool {
    let mut packages = arguments.operands_from(1).peekable();
    packages.peek().is_some()
        && packages.all(|package| {
            package.starts_with(['/', '.'])
                || package.ends_with(".deb")
                || package.ends_with(".rpm") && !package.contains("://")
        })
}

const APK_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: apk");
const APK_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--no-network"),
    OfflineSwitch::Option("--simulate"),
];

/// Alpine's apk
static APK: Client = Client {
    syntax: Syntax::unix(
        "-p -X -t --arch --cache-dir --cache-max-age --keys-dir --progress-fd --repositories-file \
         --repository --root --timeout --virtual --wait",
    ),
    options: &[
        OptionSetting::new("-X", Role::ExtraMirror),
        OptionSetting::new("--repository", Role::ExtraMirror),
    ],
    ..Client::new(
        "apk",
        "apk",
        &[
            Row::new("add", Traffic::Usually, APK_ROWS)
                .offline(APK_OFFLINE)
                .only_if(only_files),
            Row::new(
                "add|update|upgrade|fetch|cache download",
                Traffic::Certain,
                APK_ROWS,
            )
            .offline(APK_OFFLINE),
            Row::new("", Traffic::Never, APK_ROWS),
        ],
        Some(&proxies::APK),
    )
};

const DNF_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: yum, dnf, microdnf, tdnf");
const DNF_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("-C"),
    OfflineSwitch::Option("--cacheonly"),
];

/// dnf and its family
static DNF: Client = Client {
    syntax: Syntax::unix(
        "-c -d -e -R -x --config --debuglevel --disablerepo --enablerepo --errorlevel --exclude \
         --installroot --releasever --repo --repofrompath --repoid --setopt",
    ),
    options: &[
        OptionSetting::keyed("--setopt", "proxy", Role::Proxy(None)),
        OptionSetting::keyed("--setopt", "*.proxy", Role::Proxy(None)),
    ],
    ..Client::new(
        "dnf",
        "yum|dnf#|microdnf|tdnf|yumdownloader|yum-builddep|reposync",
        &[
            Row::new("install|localinstall", Traffic::Usually, DNF_ROWS)
                .offline(DNF_OFFLINE)
                .only_if(only_files),
            Row::new(
                "clean|autoremove|remove|erase|config-manager|history|versionlock|mark|reset",
                Traffic::Never,
                DNF_ROWS,
            ),
            Row::new("", Traffic::Certain, DNF_ROWS)
                .offline(DNF_OFFLINE)
                .only_if(has_operand),
            Row::new("", Traffic::Never, DNF_ROWS),
        ],
        Some(&proxies::DNF),
    )
};

const OTHERS: Evidence = Evidence::recalled("not in facts: manual pages");

/// openSUSE's zypper
static ZYPPER: Client = Client {
    syntax: Syntax::unix("-C -D -R --config --root --reposd-dir"),
    ..Client::new(
        "zypper",
        "zypper",
        &[
            Row::new("install|in|update|up|dist-upgrade|dup|patch|refresh|ref|source-install|si|download|\
                 search|se|install-new-recommends|inr", Traffic::Certain, OTHERS)
                .offline(&[OfflineSwitch::Option("--no-refresh")]),
            Row::new("", Traffic::Never, OTHERS),
        ],
        None,
    )
};

/// Arch's pacman and its helpers
static PACMAN: Client = Client {
    syntax: Syntax::unix("-b -r --config --dbpath --root"),
    ..Client::new(
        "pacman",
        "pacman|yay|paru",
        &[
            Row::new("", Traffic::Certain, OTHERS)
                .only_if(|arguments| arguments.has(&["-S", "--sync"])),
            Row::new("", Traffic::Never, OTHERS),
        ],
        None,
    )
};

/// Package managers with one word for it
static OTHER_MANAGERS: Client = Client {
    ..Client::new(
        "package manager",
        "emerge|xbps-install|opkg|snap|brew|nix-env|nix|flatpak|swupd|pkg|slackpkg",
        &[
            Row::new("", Traffic::Usually, OTHERS).only_if(has_operand),
            Row::new("", Traffic::Never, OTHERS),
        ],
        None,
    )
};

/// Adds a repository, with its key
static ADD_APT_REPOSITORY: Client = Client::new(
    "add-apt-repository",
    "add-apt-repository|apt-add-repository",
    &[Row::new(
        "",
        Traffic::Usually,
        Evidence::recalled("NETWORK_COMMANDS.tsv: add-apt-repository"),
    )],
    None,
);

fn has_operand(arguments: &Arguments<'_>) -> bool {
    !arguments.operands.is_empty()
}

pub(super) static CLIENTS: &[&Client] = &[
    &APT,
    &APK,
    &DNF,
    &ZYPPER,
    &PACMAN,
    &OTHER_MANAGERS,
    &ADD_APT_REPOSITORY,
];
