//! Go.

use super::super::arguments::Arguments;
use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionStyle, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const ROWS: &str = "NETWORK_COMMANDS.tsv: go";
const MODULES: Evidence = Evidence::verified("systemd-daemon-go.md 4");

const NO_PROXY: OfflineSwitch = OfflineSwitch::Variable("GOPROXY", &["off"]);
const DOWNLOAD_OFFLINE: &[OfflineSwitch] = &[NO_PROXY];
const BUILD_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::OptionValue("-mod", "vendor"),
    OfflineSwitch::Carried("GOFLAGS", "-mod", "vendor"),
    NO_PROXY,
];

/// The `go` command.
pub(super) static GO: Client = Client {
    syntax: Syntax {
        style: OptionStyle::SingleDash,
        value_options: "-C -o -p -f -n -mod -modfile -overlay -pgo -tags -ldflags -gcflags -asmflags \
            -gccgoflags -buildmode -compiler -pkgdir -toolexec -installsuffix -exec -run -skip \
            -bench -benchtime -count -cpu -timeout -parallel -coverprofile -covermode -coverpkg \
            -vettool -go -replace -require -reuse",
    },
    variables: &[
        OwnVariable::new("GOPROXY", Role::Mirror, MODULES),
        OwnVariable::new("GOPRIVATE", Role::MirrorBypass, MODULES),
        OwnVariable::new("GONOPROXY", Role::MirrorBypass, MODULES),
        OwnVariable::new("GONOSUMDB", Role::Verification, MODULES),
        OwnVariable::new("GOSUMDB", Role::Verification, MODULES),
        OwnVariable::new("GOINSECURE", Role::Verification, MODULES),
        OwnVariable::new("GOFLAGS", Role::Options, MODULES),
    ],
    default_target: Some((Scheme::Https, "proxy.golang.org")),
    ..Client::new(
        "go",
        "go|go1#",
        &[
            row("mod download", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .only_if(whole_module)
                .cache(Cache::GoModules, Fill::All),
            row("mod download", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .cache(Cache::GoModules, Fill::Part),
            row("mod tidy|mod vendor", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .cache(Cache::GoModules, Fill::All),
            row(
                "mod verify|mod graph|mod why|work sync|work vendor",
                Traffic::IfNotCached,
            )
            .offline(DOWNLOAD_OFFLINE)
            .cache(Cache::GoModules, Fill::Part),
            row("get", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .only_if(whole_module)
                .cache(Cache::GoModules, Fill::All),
            row("get", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .cache(Cache::GoModules, Fill::Part),
            row("install|run", Traffic::Certain)
                .offline(DOWNLOAD_OFFLINE)
                .only_if(with_version),
            row(
                "build|install|run|test|vet|generate|list",
                Traffic::IfNotCached,
            )
            .offline(BUILD_OFFLINE)
            .cache(Cache::GoModules, Fill::Part),
            row(
                "version|env|fmt|clean|tool|doc|help|telemetry|mod|work",
                Traffic::Never,
            ),
        ],
        Some(&proxies::GO),
    )
};

const fn row(words: &'static str, traffic: Traffic) -> Row {
    Row::new(words, traffic, Evidence::verified(ROWS))
}

/// No package is named, or all of them are.
fn whole_module(arguments: &Arguments<'_>) -> bool {
    let mut packages = arguments
        .operands_from(1)
        .filter(|operand| *operand != "download");
    packages.all(|package| matches!(package, "./..." | "." | "all" | "..."))
}

/// `go install PACKAGE@VERSION`. A version that is not known counts.
fn with_version(arguments: &Arguments<'_>) -> bool {
    arguments
        .operands_from(1)
        .next()
        .is_some_and(|package| package.contains('@'))
}
