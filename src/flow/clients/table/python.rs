//! Python.

use super::super::arguments::Arguments;
use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const PIP_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: pip");
const PIP_RECALLED: Evidence = Evidence::recalled("not in facts: pip's documentation");
const PIP_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--no-index"),
    OfflineSwitch::Variable("PIP_NO_INDEX", TRUE),
];
pub(super) const TRUE: &[&str] = &["1", "true", "True", "TRUE", "yes", "on", "y", "t"];

/// pip
pub(super) static PIP: Client = Client {
    syntax: Syntax::unix(
        "-b -c -C -d -e -f -i -r -t -w --abi --build --cache-dir --cert --client-cert \
            --config-settings --constraint --dest --editable --exists-action --extra-index-url \
            --find-links --global-option --implementation --index-url --install-option \
            --keyring-provider --log --no-binary --only-binary --platform --prefix \
            --progress-bar --proxy --python --python-version --report --requirement --retries \
            --root --root-user-action --src --target --timeout --trusted-host --upgrade-strategy \
            --use-feature --wheel-dir",
    ),
    variables: &[
        OwnVariable::new("PIP_INDEX_URL", Role::Mirror, PIP_ROWS),
        OwnVariable::new("PIP_EXTRA_INDEX_URL", Role::ExtraMirror, PIP_ROWS),
        OwnVariable::new("PIP_FIND_LINKS", Role::ExtraMirror, PIP_RECALLED),
        OwnVariable::new("PIP_TRUSTED_HOST", Role::Verification, PIP_RECALLED),
        OwnVariable::new("PIP_PROXY", Role::Proxy(None), PIP_ROWS),
        OwnVariable::new("PIP_NO_INDEX", Role::Offline, PIP_RECALLED),
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
    default_target: PYPI,
    ..Client::new(
        "pip",
        "pip#|pipx",
        &[
            Row::new("install|download|wheel", Traffic::Usually, PIP_ROWS)
                .offline(PIP_OFFLINE)
                .only_if(only_folders),
            Row::new(
                "install|download|wheel|index|search",
                Traffic::Certain,
                PIP_ROWS,
            )
            .offline(PIP_OFFLINE),
            Row::new("list", Traffic::Certain, PIP_ROWS)
                .offline(PIP_OFFLINE)
                .only_if(outdated),
            Row::new("", Traffic::Never, PIP_ROWS),
        ],
        Some(&proxies::PIP),
    )
};

/// `pip install .`, `pip install -e .`: for the build requirements and missing dependencies.
fn only_folders(arguments: &Arguments<'_>) -> bool {
    let editable = arguments
        .options
        .iter()
        .filter(|option| matches!(&*option.name, "-e" | "--editable"))
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

const UV_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: uv");
const UV_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("--offline"),
    OfflineSwitch::Variable("UV_OFFLINE", TRUE),
];

/// uv
static UV: Client = Client {
    syntax: Syntax::unix(
        "-c -C -f -i -o -p -r --cache-dir --config-file --constraint --default-index --directory --extra \
         --extra-index-url --find-links --from --group --index --index-strategy --index-url --link-mode \
         --only-group --override --project --python --requirement --resolution --target --with \
         --output-file --package --no-install-package",
    ),
    variables: &[
        OwnVariable::new("UV_INDEX_URL", Role::Mirror, UV_ROWS),
        OwnVariable::new("UV_DEFAULT_INDEX", Role::Mirror, UV_ROWS),
        OwnVariable::new("UV_INDEX", Role::ExtraMirror, UV_RECALLED),
        OwnVariable::new("UV_EXTRA_INDEX_URL", Role::ExtraMirror, UV_RECALLED),
        OwnVariable::new("UV_FIND_LINKS", Role::ExtraMirror, UV_RECALLED),
        OwnVariable::new("UV_INSECURE_HOST", Role::Verification, UV_RECALLED),
        OwnVariable::new("UV_OFFLINE", Role::Offline, UV_RECALLED),
    ],
    options: &[
        OptionSetting::new("-i", Role::Mirror),
        OptionSetting::new("--index-url", Role::Mirror),
        OptionSetting::new("--default-index", Role::Mirror),
        OptionSetting::new("--index", Role::ExtraMirror),
        OptionSetting::new("--extra-index-url", Role::ExtraMirror),
        OptionSetting::new("-f", Role::ExtraMirror),
        OptionSetting::new("--find-links", Role::ExtraMirror),
        OptionSetting::new("--offline", Role::Offline),
    ],
    default_target: PYPI,
    ..Client::new(
        "uv",
        "uv",
        &[
            Row::new("pip install|sync|pip sync|pip compile|lock|add|tool install|python install|tool run|export|\
                 remove|publish|self update|build", Traffic::Certain, UV_ROWS)
                .offline(UV_OFFLINE),
            Row::new("run", Traffic::IfNotCached, UV_RECALLED)
                .offline(UV_OFFLINE)
                .cache(Cache::Project, Fill::Part),
            Row::new("", Traffic::Never, UV_ROWS),
        ],
        Some(&proxies::UV),
    )
};

/// uv's runner of tools
static UVX: Client = Client {
    syntax: UV.syntax,
    variables: UV.variables,
    options: UV.options,
    default_target: PYPI,
    ..Client::new(
        "uv",
        "uvx",
        &[Row::new("", Traffic::Certain, UV_RECALLED).offline(UV_OFFLINE)],
        Some(&proxies::UV),
    )
};

const UV_RECALLED: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: uv; uv's documentation");

const POETRY_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: poetry");

/// Poetry and its like
static POETRY: Client = Client {
    syntax: Syntax::unix(
        "-C -E -P --directory --extras --only --project --with --without --python --source",
    ),
    default_target: PYPI,
    ..Client::new(
        "poetry",
        "poetry|pdm|pipenv|hatch|rye|pip-compile|pip-sync|flit",
        &[
            Row::new(
                "install|add|update|lock|self|sync|build",
                Traffic::Usually,
                POETRY_ROWS,
            ),
            Row::new("run", Traffic::Unknown, POETRY_ROWS),
            Row::new("", Traffic::Never, POETRY_ROWS),
        ],
        None,
    )
};

const CONDA_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: conda, mamba, micromamba");

/// conda and its family
static CONDA: Client = Client {
    syntax: Syntax::unix(
        "-c -f -n -p -r --channel --file --name --prefix --root-prefix --repodata-fn --solver",
    ),
    variables: &[OwnVariable::new(
        "CONDA_CHANNEL_ALIAS",
        Role::Mirror,
        CONDA_ROWS,
    )],
    default_target: Some((Scheme::Https, "conda.anaconda.org")),
    ..Client::new(
        "conda",
        "conda|mamba|micromamba",
        &[
            Row::new(
                "install|create|update|upgrade|env create|env update|search",
                Traffic::Certain,
                CONDA_ROWS,
            )
            .offline(&[OfflineSwitch::Option("--offline")]),
            Row::new("run|build", Traffic::Unknown, CONDA_ROWS),
            Row::new("", Traffic::Never, CONDA_ROWS),
        ],
        Some(&proxies::ON_REQUESTS),
    )
};

/// `python -m venv` brings pip along.
static VENV: Client = Client::new(
    "venv",
    "venv|virtualenv|ensurepip|compileall",
    &[Row::new(
        "",
        Traffic::Never,
        Evidence::verified("NETWORK_COMMANDS.tsv: pip, python -m venv"),
    )],
    Some(&proxies::PIP),
);

/// setuptools: what `setup.py` declares is fetched by `install` and `develop`.
static EASY_INSTALL: Client = Client {
    default_target: PYPI,
    ..Client::new(
        "easy_install",
        "easy_install|easy_install-3|easy_install3",
        &[Row::new(
            "",
            Traffic::Certain,
            Evidence::recalled("not in facts: setuptools"),
        )],
        None,
    )
};

const PYPI: Option<(Scheme, &str)> = Some((Scheme::Https, "pypi.org"));

pub(super) static CLIENTS: &[&Client] = &[&PIP, &UV, &UVX, &POETRY, &CONDA, &VENV, &EASY_INSTALL];
