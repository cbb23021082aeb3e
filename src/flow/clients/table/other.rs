//! .NET, and ecosystems that were not measured.

use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OwnVariable, Role, Row, Syntax,
    Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const DOTNET_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: dotnet");
const DOTNET_OFFLINE: &[OfflineSwitch] = &[OfflineSwitch::Option("--no-restore")];

/// dotnet
static DOTNET: Client = Client {
    syntax: Syntax::unix(
        "-a -c -f -o -p -r -s -v --add-source --arch --configfile --configuration --framework --output \
         --runtime --source --tool-path --verbosity --version --version-suffix",
    ),
    variables: &[
        OwnVariable::new(
            "NUGET_SOURCE",
            Role::Mirror,
            Evidence::recalled("not in facts: a custom in projects"),
        ),
        OwnVariable::new("RestoreSources", Role::Mirror, DOTNET_ROWS),
    ],
    options: &[
        OptionSetting::new("-s", Role::Mirror),
        OptionSetting::new("--source", Role::Mirror),
        OptionSetting::new("--add-source", Role::ExtraMirror),
        OptionSetting::new("--configfile", Role::Options),
    ],
    default_target: Some((Scheme::Https, "api.nuget.org")),
    ..Client::new(
        "dotnet",
        "dotnet|nuget|msbuild",
        &[
            Row::new("restore", Traffic::Certain, DOTNET_ROWS).cache(Cache::NuGet, Fill::All),
            Row::new(
                "tool install|tool update|tool restore|add package|workload install|workload restore|\
                 install|new install",
                Traffic::Certain,
                DOTNET_ROWS,
            ),
            Row::new(
                "build|publish|run|test|pack|msbuild|watch|add",
                Traffic::IfNotCached,
                DOTNET_ROWS,
            )
            .offline(DOTNET_OFFLINE)
            .cache(Cache::NuGet, Fill::Part),
            Row::new(
                "new|clean|sln|nuget|dev-certs|tool|workload|remove|list|help|store|build-server|vstest",
                Traffic::Never,
                DOTNET_ROWS,
            ),
            Row::new("", Traffic::Unknown, DOTNET_ROWS),
        ],
        Some(&proxies::DOTNET),
    )
};

const CLOUD_ROWS: Evidence =
    Evidence::recalled("NETWORK_COMMANDS.tsv: docker, helm, kubectl, terraform, gh, aws, gsutil");

/// Clients of registries and clouds that are written in Go
static IN_GO: Client = Client {
    syntax: Syntax::unix(
        "-f -n -o -t --version --output --repo --repository --namespace --file --tag --provider",
    ),
    ..Client::new(
        "Go program",
        "docker|podman|buildah|skopeo|crane|oras|helm|helmfile|kubectl|terraform|tofu|terragrunt|packer|gh|glab|\
         vault|consul|cosign|trivy|grype|syft|buf|k3s|kustomize|eksctl|pulumi|flux|argocd|lego|step|hub|mc|rclone|\
         restic|jfrog|jf|dep|glide|godep|govendor|migrate|caddy|xcaddy|hugo|yq|golangci-lint",
        &[
            Row::new(
                "pull|push|build|buildx|login|copy|cp|clone|repo add|repo update|install|upgrade|plugin install|\
                 dependency update|dependency build|apply|init|get|ensure|sync|release download|image|mod update|\
                 download|fetch",
                Traffic::Usually,
                CLOUD_ROWS,
            ),
            Row::new("", Traffic::Unknown, CLOUD_ROWS),
        ],
        Some(&proxies::IN_GO),
    )
};

/// Clients of clouds that are written in Python
static IN_PYTHON: Client = Client {
    default_target: None,
    ..Client::new(
        "Python program",
        "aws|gsutil|gcloud|az|s3cmd|ansible-galaxy|ansible-playbook|huggingface-cli|hf|kaggle|gdown|gsutil|conan|\
         repo|west|jupyter|nltk.downloader|spacy|platformio|pio|pre-commit|yt-dlp|youtube-dl|ocrmypdf|mim",
        &[
            Row::new(
                "configure|config|--version|profile|remote",
                Traffic::Never,
                CLOUD_ROWS,
            ),
            Row::new("", Traffic::Usually, CLOUD_ROWS)
                .only_if(|arguments| !arguments.operands.is_empty()),
            Row::new("", Traffic::Unknown, CLOUD_ROWS),
        ],
        Some(&proxies::ON_REQUESTS),
    )
};

const OTHERS: Evidence = Evidence::recalled("not in facts: the tools' documentation");

/// Perl, R, Haskell, OCaml, Erlang, Dart, Lua, Swift and others
static PACKAGES: Client = Client {
    ..Client::new(
        "package manager",
        "cpan|cpanm|cpm|carton|install2.r|installGithub.r|luarocks|cabal|stack|opam|mix|rebar3|rebar|flutter|dart|\
         pub|swift|nimble|shards|raco|quicklisp|vcpkg|spack|tlmgr|fisher|ghcup|asdf|mise|sdk|rbenv|pyenv|nodenv|\
         tfenv|pod|carthage|elm|spago|esy|julia-pkg|jill|rosdep|vcs",
        &[
            Row::new(
                "install|update|upgrade|get|deps.get|local.hex|local.rebar|hex|pub get|build|setup|fetch|add|\
                 package|precache|init|import|plugin add|plugin|doctor",
                Traffic::Usually,
                OTHERS,
            ),
            Row::new(
                "clean|list|config|--version|env|global|local|rehash|test|exec|eval|path|conf",
                Traffic::Never,
                OTHERS,
            ),
            Row::new("", Traffic::Usually, OTHERS)
                .only_if(|arguments| !arguments.operands.is_empty()),
            Row::new("", Traffic::Unknown, OTHERS),
        ],
        None,
    )
};

pub(super) static CLIENTS: &[&Client] = &[&DOTNET, &IN_GO, &IN_PYTHON, &PACKAGES];
