//! Python.

use super::super::arguments::Arguments;
use super::super::client::{
    Client, Evidence, OfflineSwitch, OptionSetting, OptionStyle, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const PIP_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: pip");
const PIP_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--no-index"),
    OfflineSwitch::Variable("PIP_NO_INDEX", TRUE),
];
pub(super) const TRUE: &[&str] = &["1", "true", "True", "TRUE", "yes", "on", "y", "t"];

/// pip
pub(super) static PIP: Client = Client {
    syntax: Syntax {
        style: OptionStyle::Unix,
        value_options: &[
            "-b",
            "-c",
            "-C",
            "-d",
            "-e",
            "-f",
            "-i",
            "-r",
            "-t",
            "-w",
            "--abi",
            "--build",
            "--cache-dir",
            "--cert",
            "--client-cert",
            "--config-settings",
            "--constraint",
            "--dest",
            "--editable",
            "--exists-action",
            "--extra-index-url",
            "--find-links",
            "--global-option",
            "--implementation",
            "--index-url",
            "--install-option",
            "--keyring-provider",
            "--log",
            "--no-binary",
            "--only-binary",
            "--platform",
            "--prefix",
            "--progress-bar",
            "--proxy",
            "--python",
            "--python-version",
            "--report",
            "--requirement",
            "--retries",
            "--root",
            "--root-user-action",
            "--src",
            "--target",
            "--timeout",
            "--trusted-host",
            "--upgrade-strategy",
            "--use-feature",
            "--wheel-dir",
        ],
    },
    variables: &[
        OwnVariable::new("PIP_INDEX_URL", Role::Mirror, PIP_ROWS),
        OwnVariable::new("PIP_EXTRA_INDEX_URL", Role::ExtraMirror, PIP_ROWS),
        OwnVariable::new("PIP_FIND_LINKS", Role::ExtraMirror, PIP_ROWS),
        OwnVariable::new("PIP_TRUSTED_HOST", Role::Verification, PIP_ROWS),
        OwnVariable::new("PIP_PROXY", Role::Proxy(None), PIP_ROWS),
        OwnVariable::new("PIP_NO_INDEX", Role::Offline, PIP_ROWS),
    ],
    options: &[
        OptionSetting::new("-i", Role::Mirror),
        OptionSetting::new("--index-url", Role::Mirror),
        OptionSetting::new("--extra-index-url", Role::ExtraMirror),
        OptionSetting::new("-f", Role::ExtraMirror),
        OptionSetting::new("--find-links", Role::ExtraMirror),
        OptionSetting::new("--trusted-host", Role::Verification),
        OptionSetting::new("--proxy", Role::Proxy(None)),
        OptionSetting::new("--no-index", Role::Offline),
    ],
    default_target: Some((Scheme::Https, "pypi.org")),
    ..Client::new(
        "pip",
        &["pip#", "pipx"],
        &[
            Row::new(
                &["install", "download", "wheel"],
                Traffic::Usually,
                PIP_ROWS,
            )
            .offline(PIP_OFFLINE)
            .only_if(only_folders),
            Row::new(
                &["install", "download", "wheel", "index", "search"],
                Traffic::Certain,
                PIP_ROWS,
            )
            .offline(PIP_OFFLINE),
            Row::new(&["list"], Traffic::Certain, PIP_ROWS)
                .offline(PIP_OFFLINE)
                .only_if(outdated),
            Row::new(&[], Traffic::Never, PIP_ROWS),
        ],
        Some(&proxies::PIP),
    )
};

/// `pip install .`, `pip install -e .`: for the build requirements and missing dependencies.
fn only_folders(arguments: &Arguments<'_>) -> bool {
    let editable = arguments
        .options
        .iter()
        .filter(|option| matches!(option.name.as_str(), "-e" | "--editable"))
        .filter_map(|option| option.text());
    let mut packages = arguments.operands_from(1).chain(editable).peekable();
    !arguments.has(&["-r", "--requirement"])
        && packages.peek().is_some()
        && packages.all(|package| {
            package.starts_with(['/', '.']) || package.ends_with(".whl") && !package.contains(':')
        })
}

fn outdated(arguments: &Arguments<'_>) -> bool {
    arguments.has(&["-o", "--outdated", "-u", "--uptodate"])
}
