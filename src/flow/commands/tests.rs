use super::*;
use crate::flow::shell::{Command, Options, Outcome, StartVariable, simulate};
use crate::model::{Mechanism, Provenance, Value};
use crate::syntax::shell::{Dialect, parse};

/// What `text` runs, in an environment without variables.
fn run(text: &str) -> Outcome {
    let hop = Provenance::default().add(Mechanism::Env, None, &[]);
    let home = Value::known("/root");
    let script = parse(text, Dialect::Sh);
    simulate(&script, Dialect::Sh, Options::default(), &|name| {
        (name == "HOME").then_some(StartVariable { value: &home, hop })
    })
}

fn profile_of(command: &Command, busybox: Option<bool>) -> Option<Profile> {
    let environment = &command.variants[0].environment;
    let variables = |name: &str| environment.value(name, &|_| None).map(|(value, _)| value);
    profile(&command.argv, &variables, busybox)
}

fn last(text: &str) -> Profile {
    let outcome = run(text);
    let command = outcome.commands.last().expect("a command");
    profile_of(command, None).unwrap_or_else(|| panic!("{text} has no row"))
}

/// Asserts whether each command goes out.
fn assert_network(expected: Network, commands: &[&str]) {
    for text in commands {
        assert_eq!(last(text).goes_out(), expected, "{text}");
    }
}

#[test]
fn go() {
    assert_network(
        Network::Certain,
        &[
            "go mod download",
            "go -C /src mod tidy",
            "go get ./...",
            "go install example.org/x@latest",
            "go run example.org/x@v1",
            "go build -mod=mod ./...",
        ],
    );
    assert_network(
        Network::Likely,
        &[
            "go build ./...",
            "CGO_ENABLED=0 go build -o /x .",
            "go test",
            "go install ./cmd/x",
        ],
    );
    assert_network(
        Network::No,
        &[
            "go version",
            "go env -w GOPROXY=off",
            "go fmt ./...",
            "go build -mod=vendor",
            "go build -mod vendor ./...",
            "GOFLAGS=-mod=vendor go build",
            "GOPROXY=off go mod download",
        ],
    );
    let go = last("go mod download");
    assert_eq!(go.clients[0].winner, Winner::Upper);
    assert_eq!(go.tool.mirrors[0].variable, "GOPROXY");
    assert_eq!(
        last("GOFLAGS='-v -mod=vendor' go build").offline,
        Some(Offline::Variable("GOFLAGS".to_owned()))
    );
}

#[test]
fn system_packages() {
    assert_network(
        Network::Certain,
        &[
            "apt-get update",
            "apt-get -y -o Dpkg::Options::=x install git",
            "apk add --no-cache git",
            "apk -X http://x add git",
            "dnf -y install git",
            "yum install -y git",
            "microdnf install git",
        ],
    );
    assert_network(
        Network::Likely,
        &["apt-get install -y ./x.deb", "dnf install -y /tmp/x.rpm"],
    );
    assert_network(
        Network::No,
        &[
            "apt-get clean",
            "apk del git",
            "apk add --no-network ./x.apk",
            "dnf clean all",
            "dnf -C install git",
            "dpkg -i x.deb",
        ],
    );
    assert_eq!(
        last("apt-get update").clients[0].https,
        ["https_proxy", "http_proxy"]
    );
    for text in [
        "apt-get -o Acquire::http::Proxy=http://p update",
        "apt-get -oacquire::http::proxy=http://p update",
    ] {
        assert_eq!(last(text).proxies.len(), 1, "{text}");
    }
    assert!(!last("apk add git").clients[0].measured);
}

#[test]
fn fetchers() {
    let curl = last("curl -fsSL -o /x -x http://proxy:1 https://user@example.org:8443/x");
    assert_eq!(curl.network, Network::Certain);
    assert_eq!(curl.targets.len(), 1);
    assert_eq!(curl.targets[0].scheme.as_deref(), Some("https"));
    assert_eq!(curl.targets[0].host.as_deref(), Some("example.org"));
    assert!(matches!(curl.proxies[..], [ProxySetting::Flag(_)]));
    assert_network(
        Network::No,
        &["curl --version", "curl file:///x", "wget --version"],
    );
    assert_network(Network::Certain, &["curl $(url)", "wget http://x"]);
    let partly = last("curl https://x$(v).example/");
    assert_eq!(partly.targets[0].host, None);
    assert_eq!(partly.targets[0].scheme.as_deref(), Some("https"));
}

#[test]
fn wget_depends_on_the_base_image() {
    let outcome = run("wget -e http_proxy=p:1 http://x");
    let names = |busybox| {
        let profile = profile_of(&outcome.commands[0], busybox).expect("a row");
        assert_eq!(profile.proxies.len(), 1);
        profile
            .clients
            .iter()
            .map(|client| client.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Some(false)), ["wget"]);
    assert_eq!(names(Some(true)), ["BusyBox wget"]);
    assert_eq!(names(None).len(), 2);
}

#[test]
fn git() {
    assert_network(
        Network::Certain,
        &[
            "git clone --depth 1 https://x/y",
            "git -C /x fetch",
            "git ls-remote git@host:x/y",
        ],
    );
    assert_network(Network::Likely, &["git submodule update --init"]);
    assert_network(
        Network::No,
        &["git config --global a.b c", "git clone ./x", "git describe"],
    );
    let ssh = last("git clone git@host.test:x/y.git");
    assert_eq!(ssh.targets[0].scheme.as_deref(), Some("ssh"));
    assert_eq!(ssh.targets[0].host.as_deref(), Some("host.test"));
    assert_eq!(
        last("git -c http.proxy=http://p clone https://x")
            .proxies
            .len(),
        1
    );
}

#[test]
fn python_packages() {
    assert_network(
        Network::Certain,
        &[
            "pip install -r requirements.txt",
            "pip3 install --index-url https://m x",
            "python3 -m pip install x",
            "uv sync --frozen",
            "uv pip install x",
            "conda install -y x",
            "conda env create -f x.yml",
        ],
    );
    assert_network(
        Network::Likely,
        &["pip install .", "pip install -e .", "poetry install"],
    );
    assert_network(
        Network::No,
        &[
            "pip list",
            "pip install --no-index --find-links /w x",
            "uv sync --offline",
            "UV_OFFLINE=1 uv sync",
            "conda install --offline x",
            "conda config --set a b",
        ],
    );
    assert_eq!(
        last("PIP_PROXY=http://p pip install x").proxies,
        [ProxySetting::Variable("PIP_PROXY".to_owned())]
    );
    assert!(last("pip install -i https://m x").mirror_flag.is_some());
    assert_eq!(last("uv sync").clients[0].winner, Winner::Upper);
}

#[test]
fn node_packages() {
    assert_network(
        Network::Certain,
        &[
            "npm ci",
            "npm install -g x",
            "yarn",
            "yarn install --frozen-lockfile",
            "pnpm i",
            "corepack prepare x",
        ],
    );
    assert_network(Network::Likely, &["npx x", "pnpm run build"]);
    assert_network(
        Network::No,
        &[
            "npm run build",
            "npm config set a b",
            "npm ci --offline",
            "NPM_CONFIG_OFFLINE=true npm ci",
            "yarn build",
            "yarn install --offline",
            "pnpm i --offline",
            "corepack enable",
        ],
    );
    assert_eq!(last("npm ci").clients[0].winner, Winner::Depends);
    let spellings: Vec<_> = last("npm ci").tool.mirrors[0].spellings().collect();
    assert_eq!(spellings, ["npm_config_registry", "NPM_CONFIG_REGISTRY"]);
    assert_eq!(last("yarn").clients.len(), 2);
    assert_eq!(last("NPM_CONFIG_PROXY=http://p npm ci").proxies.len(), 1);
    assert!(last("npm ci --registry=https://m").mirror_flag.is_some());
}

#[test]
fn other_ecosystems() {
    assert_network(
        Network::Certain,
        &[
            "cargo install x",
            "gem install x",
            "bundle install",
            "bundle",
            "composer install",
            "rustup component add x",
        ],
    );
    assert_network(
        Network::Likely,
        &[
            "cargo build --release --locked",
            "mvn -B package",
            "./gradlew build",
            "gradle",
            "dotnet restore",
        ],
    );
    assert_network(
        Network::No,
        &[
            "cargo build --offline",
            "CARGO_NET_OFFLINE=true cargo build",
            "cargo fmt",
            "gem list",
            "gem install --local x",
            "bundle install --local",
            "bundle exec rake",
            "composer dump-autoload",
            "mvn -o package",
            "mvn -version",
            "gradle build --offline",
            "dotnet build --no-restore",
        ],
    );
    assert_eq!(last("mvn package").clients[0].winner, Winner::None);
    let proxy = "MAVEN_OPTS='-Xmx1g -Dhttps.proxyHost=p' mvn package";
    assert_eq!(last(proxy).proxies.len(), 1);
    assert_eq!(last("MAVEN_OPTS=-Xmx1g mvn package").proxies, []);
    assert_eq!(last("CARGO_HTTP_PROXY=p:1 cargo fetch").proxies.len(), 1);
    assert_eq!(last("gem install --http-proxy http://p x").proxies.len(), 1);
    assert_eq!(last("composer install").clients[0].winner, Winner::Lower);
}

#[test]
fn every_row_is_sound() {
    let mut names = std::collections::BTreeSet::new();
    for tool in tools::TOOLS {
        assert!(!tool.evidence.is_empty());
        for name in tool.names {
            assert!(names.insert(name), "{name} has two rows");
        }
        for client in tool.clients {
            assert!(!client.evidence.is_empty());
            let reads = !client.http.is_empty() || !client.https.is_empty();
            assert_eq!(reads, client.winner != Winner::None, "{}", client.name);
        }
    }
}

/// Place, reach, key and value.
type Left = (Option<Place>, Reach, Option<String>, Option<String>);

/// Everything that `text` leaves behind.
fn left_behind(text: &str) -> Vec<Left> {
    let outcome = run(text);
    let mut found = Vec::new();
    for command in &outcome.commands {
        let feeds = command
            .piped_from
            .and_then(|span| outcome.commands.iter().find(|command| command.span == span));
        for write in writes(command, feeds) {
            let value = write
                .value
                .map(|value| value.as_known().unwrap_or("?").to_owned());
            found.push((write.place, write.reach, write.key, value));
        }
    }
    found
}

fn setting(place: Place, reach: Reach, key: &str, value: Option<&str>) -> Left {
    (
        Some(place),
        reach,
        Some(key.to_owned()),
        value.map(str::to_owned),
    )
}

#[test]
fn settings_that_commands_write() {
    let cases = [
        (
            "go env -w GO111MODULE=on GOPROXY=$(x),direct",
            vec![
                setting(Place::GoEnv, Reach::User, "GO111MODULE", Some("on")),
                setting(Place::GoEnv, Reach::User, "GOPROXY", Some("?")),
            ],
        ),
        (
            "go env -u GOPROXY",
            vec![setting(Place::GoEnv, Reach::User, "GOPROXY", None)],
        ),
        ("go env GOPROXY", vec![]),
        (
            "npm config set registry https://m/?a=b",
            vec![setting(
                Place::Npm,
                Reach::User,
                "registry",
                Some("https://m/?a=b"),
            )],
        ),
        (
            "npm config set proxy=http://p -g",
            vec![setting(
                Place::Npm,
                Reach::System,
                "proxy",
                Some("http://p"),
            )],
        ),
        (
            "npm config set proxy http://p --location global",
            vec![setting(
                Place::Npm,
                Reach::System,
                "proxy",
                Some("http://p"),
            )],
        ),
        (
            "yarn config set httpProxy http://p",
            vec![setting(
                Place::Yarn,
                Reach::User,
                "httpProxy",
                Some("http://p"),
            )],
        ),
        (
            "pip3 config --global set global.proxy http://p",
            vec![setting(
                Place::Pip,
                Reach::System,
                "global.proxy",
                Some("http://p"),
            )],
        ),
        (
            "git config --global http.proxy http://p",
            vec![setting(
                Place::Git,
                Reach::User,
                "http.proxy",
                Some("http://p"),
            )],
        ),
        (
            "git config --system url.https://m/.insteadOf https://x/",
            vec![setting(
                Place::Git,
                Reach::System,
                "url.https://m/.insteadOf",
                Some("https://x/"),
            )],
        ),
        ("git config --get http.proxy", vec![]),
        (
            "composer config -g repo.packagist composer https://m",
            vec![setting(
                Place::Composer,
                Reach::User,
                "repo.packagist",
                Some("composer"),
            )],
        ),
        (
            "conda config --set proxy_servers.http http://p",
            vec![setting(
                Place::Conda,
                Reach::User,
                "proxy_servers.http",
                Some("http://p"),
            )],
        ),
        (
            "bundle config set --local mirror.x https://m",
            vec![setting(
                Place::Bundler,
                Reach::Folder,
                "mirror.x",
                Some("https://m"),
            )],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(left_behind(text), expected, "{text}");
    }
}

#[test]
fn settings_that_files_hold() {
    let file = |place, reach, text: &str| (Some(place), reach, None, Some(text.to_owned()));
    let cases = [
        (
            "echo registry=https://m >> ~/.npmrc",
            vec![file(Place::Npm, Reach::User, "registry=https://m")],
        ),
        (
            "cat > /etc/apt/apt.conf.d/90proxy <<E\nAcquire::http::Proxy \"http://p\";\nE\n",
            vec![file(
                Place::Apt,
                Reach::System,
                "Acquire::http::Proxy \"http://p\";\n",
            )],
        ),
        (
            "printf 'proxy=%s' x | tee -a /etc/yum.conf",
            vec![file(Place::Dnf, Reach::System, "proxy=%s x")],
        ),
        (
            "{ echo a; echo b; } > /etc/environment",
            vec![
                file(Place::LoginShell, Reach::System, "a"),
                file(Place::LoginShell, Reach::System, "b"),
            ],
        ),
        (
            "echo x > /tmp/x 2>/dev/null",
            vec![(None, Reach::System, None, Some("x".to_owned()))],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(left_behind(text), expected, "{text}");
    }
    assert_eq!(place_of("/src/x.npmrc"), None);
    assert_eq!(place_of(".npmrc"), Some((Place::Npm, Reach::Folder)));
    assert_eq!(
        place_of("/root/.config/go/env"),
        Some((Place::GoEnv, Reach::User))
    );
}
