//! Command lines: the client, whether it goes to the network, what it fetches, the proxy variables it
//! reads (`h` is `http_proxy`, `S` is `HTTPS_PROXY`, …; `?` is not established), its mirror variable,
//! and what it is told besides.

use super::describe;
use crate::model::base_images::Distro::{self, Alpine, Debian, Rhel, Unknown};

fn check(lines: &[(Distro, &str, &str)]) {
    let wrong: Vec<_> = lines
        .iter()
        .map(|&(distro, line, expected)| (line, describe(line, distro), expected))
        .filter(|(_, described, expected)| described != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn go_commands() {
    check(&[
        (
            Debian,
            "go mod download",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod download github.com/pkg/errors@v0.9.1",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "GOPROXY=off go mod download",
            "go offline(GOPROXY)  hHsSnN GOPROXY Mirror=off",
        ),
        (
            Debian,
            "GOPROXY=https://goproxy.corp/,direct go mod tidy",
            "go certain https://goproxy.corp,https://? sSnN GOPROXY Mirror=https://goproxy.corp/,direct",
        ),
        (
            Debian,
            "go build -o /app ./cmd/app",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build -mod=vendor ./...",
            "go offline(-mod=vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build -mod vendor ./...",
            "go offline(-mod vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go build --mod=vendor ./...",
            "go offline(--mod=vendor) https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "GOFLAGS=-mod=vendor go test ./...",
            "go offline(GOFLAGS) https://proxy.golang.org sSnN GOPROXY Options=-mod=vendor",
        ),
        (
            Debian,
            "GOFLAGS=-mod=vendor go build -mod=mod ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY Options=-mod=vendor",
        ),
        (
            Debian,
            r#"CGO_ENABLED=0 GOOS=linux go build -ldflags "-s -w" -a ."#,
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go install github.com/go-delve/delve/cmd/dlv@latest",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go install ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go run github.com/a/b@v1",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go get -d -v ./...",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go get github.com/pkg/errors",
            "go certain https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go env -w GOPROXY=https://goproxy.cn,direct",
            "go never  hHsSnN GOPROXY",
        ),
        (Debian, "go version", "go never  hHsSnN GOPROXY"),
        (
            Debian,
            "go list -m all",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod verify",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go generate ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "go mod init example.com/x",
            "go never  hHsSnN GOPROXY",
        ),
        (
            Debian,
            "env GOPROXY=direct go get example.com/x",
            "go certain https://? sSnN GOPROXY Mirror=direct",
        ),
        (
            Debian,
            "xargs -n1 go install",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
        (
            Debian,
            "xx-go build ./...",
            "go if-not-cached https://proxy.golang.org sSnN GOPROXY",
        ),
    ]);
}

#[test]
fn curl_wget_git() {
    check(&[
        (
            Debian,
            "curl -fsSL https://example.com/x.tgz",
            "curl certain https://example.com sSaAnN",
        ),
        (
            Debian,
            "curl -fsSLo /tmp/x http://example.com/x",
            "curl certain http://example.com haAnN",
        ),
        (
            Debian,
            "curl -x http://p:3128 https://example.com",
            "curl certain https://example.com sSaAnN  Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "curl --noproxy '*' example.com/y",
            "curl certain http://example.com haAnN  NoProxy=*",
        ),
        (
            Debian,
            r#"curl "https://github.com/a/b/releases/v$V/x.tgz""#,
            "curl certain https://github.com sSaAnN",
        ),
        (
            Debian,
            "curl https://$HOST/x",
            "curl certain https://? sSaAnN",
        ),
        (
            Debian,
            "curl file:///etc/hosts",
            "curl offline(local)  hsSaAnN",
        ),
        (
            Debian,
            "curl -s http://localhost:8080/health",
            "curl offline(local)  hsSaAnN",
        ),
        (
            Debian,
            r#"curl -sS -H "A: b" -o f -L $URL"#,
            "curl certain ?://? hsSaAnN",
        ),
        (Debian, "curl --version", "curl never ?://? hsSaAnN"),
        (
            Debian,
            "wget -qO- https://example.com/x",
            "wget certain https://example.com sn",
        ),
        (
            Debian,
            "wget -e http_proxy=p:3128 http://example.com/x",
            "wget certain http://example.com hn  Proxy(Some(Http))=p:3128",
        ),
        (
            Debian,
            "wget --no-proxy http://example.com/x",
            "wget certain http://example.com hn  ProxyOff=",
        ),
        (
            Alpine,
            "wget -qO- https://example.com/x",
            "BusyBox wget certain https://example.com h",
        ),
        (
            Alpine,
            "wget -Y off http://example.com/x",
            "BusyBox wget certain http://example.com h  ProxyOff=off",
        ),
        (
            Unknown,
            "wget http://example.com/x",
            "wget certain http://example.com hn",
        ),
        (
            Debian,
            "busybox wget http://example.com/x",
            "BusyBox wget certain http://example.com h",
        ),
        (
            Debian,
            "git clone --depth 1 -b v1 https://github.com/a/b.git /src",
            "git certain https://github.com sSaAnN",
        ),
        (
            Debian,
            "git -c http.proxy=http://p:3128 clone http://example.com/a.git",
            "git certain http://example.com haAnN  Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "git clone git@github.com:a/b.git",
            "git certain ssh://github.com",
        ),
        (
            Debian,
            "git clone ssh://git@example.com/a",
            "git certain ssh://example.com",
        ),
        (
            Debian,
            "git clone git://example.com/a",
            "git certain git://example.com",
        ),
        (
            Debian,
            "git clone /srv/a.git b",
            "git offline(local)  hsSaAnN",
        ),
        (
            Debian,
            "git -C /src fetch origin main",
            "git certain ?://? hsSaAnN",
        ),
        (
            Debian,
            "git submodule update --init --recursive",
            "git usually ?://? hsSaAnN",
        ),
        (
            Debian,
            "git config --global http.proxy http://p:3128",
            "git never  hsSaAnN",
        ),
        (Debian, "git checkout v1", "git never  hsSaAnN"),
        (
            Debian,
            "gpg --keyserver hkp://keys.example.com --recv-keys ABC",
            "gpg certain ?://? ????????",
        ),
        (Debian, "gpg --verify x.asc", "gpg never  ????????"),
        (
            Debian,
            "svn checkout https://example.com/svn",
            "version control certain https://example.com ????????",
        ),
        (Debian, "ssh-keyscan github.com", "ssh certain ?://?"),
        (
            Debian,
            "git clone $REPOSITORY /src",
            "git offline(local)  hsSaAnN",
        ),
        (
            Debian,
            "curl -O ftp://ftp.example.com/x",
            "curl certain ftp://ftp.example.com nN",
        ),
        (Debian, "curl $BASE/x", "curl certain ?://? hsSaAnN"),
        (
            Debian,
            "gpg --batch --verify x.asc x",
            "gpg never  ????????",
        ),
    ]);
}

#[test]
fn distributions() {
    check(&[
        (Debian, "apt-get update", "apt certain ?://? hsn"),
        (
            Debian,
            "apt-get install -y --no-install-recommends curl git",
            "apt certain ?://? hsn",
        ),
        (
            Debian,
            "apt-get -o Acquire::http::Proxy=http://p:3128 update",
            "apt certain ?://? hsn  Proxy(Some(Http))=http://p:3128",
        ),
        (
            Debian,
            "apt-get install -y ./x.deb",
            "apt usually ?://? hsn",
        ),
        (
            Debian,
            "apt-get install --no-download curl",
            "apt offline(--no-download) ?://? hsn",
        ),
        (Debian, "apt-get clean", "apt never  hsn"),
        (
            Debian,
            "apt-get $OPTIONS install curl",
            "apt certain ?://? hsn",
        ),
        (
            Alpine,
            "apk add --no-cache curl",
            "apk certain ?://? hHsSnN",
        ),
        (
            Alpine,
            "apk --no-cache add -t .deps gcc",
            "apk certain ?://? hHsSnN",
        ),
        (
            Alpine,
            "apk add --no-network x.apk",
            "apk offline(--no-network) ?://? hHsSnN",
        ),
        (Alpine, "apk del gcc", "apk never  hHsSnN"),
        (Rhel, "dnf -y install git", "dnf certain ?://? hsSaAnN"),
        (
            Rhel,
            "yum --setopt=proxy=http://p:3128 install -y git",
            "dnf certain ?://? hsSaAnN  Proxy(None)=http://p:3128",
        ),
        (Rhel, "microdnf clean all", "dnf never  hsSaAnN"),
        (
            Rhel,
            "tdnf install -y -C git",
            "dnf offline(-C) ?://? hsSaAnN",
        ),
        (
            Unknown,
            "zypper --non-interactive in git",
            "zypper certain ?://? ????????",
        ),
        (
            Unknown,
            "pacman -Syu --noconfirm git",
            "pacman certain ?://? ????????",
        ),
        (
            Debian,
            "add-apt-repository -y ppa:x/y",
            "add-apt-repository usually ?://? ????????",
        ),
        (Debian, "sudo apt-get update", "apt certain ?://? hsn"),
        (
            Debian,
            "yum-config-manager --add-repo https://example.com/x.repo",
            "rpm certain https://example.com sSaAnN",
        ),
        (
            Debian,
            "make -j4 && apt-get update",
            "apt certain ?://? hsn",
        ),
        (
            Rhel,
            "rpm -Uvh https://example.com/x.rpm",
            "rpm certain https://example.com sSaAnN",
        ),
        (Rhel, "rpm -qa", "rpm never  hsSaAnN"),
        (Debian, "install_packages curl", "apt usually ?://? hsn"),
    ]);
}

#[test]
fn python() {
    check(&[
        (
            Debian,
            "pip install -r requirements.txt",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "pip3 install --no-cache-dir -i https://pypi.corp/simple flask",
            "pip certain https://pypi.corp sSaAnN PIP_INDEX_URL Mirror=https://pypi.corp/simple",
        ),
        (
            Debian,
            "pip3.11 install --proxy http://p:3128 flask",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "python3 -m pip install --upgrade pip",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "/opt/venv/bin/pip install --no-index --find-links /wheels flask",
            "pip offline(--no-index) https://pypi.org sSaAnN PIP_INDEX_URL Offline= ExtraMirror=/wheels",
        ),
        (
            Debian,
            "pip install .",
            "pip usually https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "pip install -e .",
            "pip usually https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "PIP_INDEX_URL=http://pypi.corp/simple pip download flask",
            "pip certain http://pypi.corp hHaAnN PIP_INDEX_URL Mirror=http://pypi.corp/simple",
        ),
        (
            Debian,
            "pip install git+https://github.com/a/b",
            "pip certain https://github.com,https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (Debian, "pip freeze", "pip never  hHsSaAnN PIP_INDEX_URL"),
        (Debian, "python -m venv /venv", "venv never  hHsSaAnN"),
        (
            Debian,
            "uv pip install --system flask",
            "uv certain https://pypi.org sSaAnN UV_INDEX_URL",
        ),
        (
            Debian,
            "uv sync --frozen --offline",
            "uv offline(--offline) https://pypi.org sSaAnN UV_INDEX_URL Offline=",
        ),
        (
            Debian,
            "UV_DEFAULT_INDEX=https://pypi.corp/simple uv sync",
            "uv certain https://pypi.corp sSaAnN UV_INDEX_URL Mirror=https://pypi.corp/simple",
        ),
        (
            Debian,
            "poetry install --no-root",
            "poetry usually https://pypi.org ????????",
        ),
        (
            Debian,
            "conda install -y -c conda-forge numpy",
            "conda certain https://conda.anaconda.org sSaAnN CONDA_CHANNEL_ALIAS",
        ),
        (
            Debian,
            "pip install --find-links https://wheels.example.com/ -r requirements.txt",
            "pip certain https://wheels.example.com,https://pypi.org sSaAnN PIP_INDEX_URL ExtraMirror=https://wheels.example.com/",
        ),
        (Debian, "pip $COMMAND", "pip never  hHsSaAnN PIP_INDEX_URL"),
    ]);
}

#[test]
fn node() {
    check(&[
        (
            Debian,
            "npm ci",
            "npm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm install --registry=https://npm.corp",
            "npm certain https://npm.corp sSnN NPM_CONFIG_REGISTRY Mirror=https://npm.corp",
        ),
        (
            Debian,
            "npm --prefix web install --proxy http://p:3128",
            "npm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "NPM_CONFIG_REGISTRY=https://npm.corp npm install -g yarn",
            "npm certain https://npm.corp sSnN NPM_CONFIG_REGISTRY Mirror=https://npm.corp",
        ),
        (
            Debian,
            "npm ci --offline",
            "npm offline(--offline) https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Offline=",
        ),
        (
            Debian,
            "npm run build",
            "npm unknown https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm config set registry https://npm.corp",
            "npm never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm init -y",
            "npm never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npx tsc",
            "npm usually https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn",
            "yarn 1 certain https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn install --frozen-lockfile",
            "yarn 1 certain https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn install --immutable",
            "yarn 2 certain https://registry.yarnpkg.com  YARN_NPM_REGISTRY_SERVER",
        ),
        (
            Debian,
            "yarn build",
            "yarn 1 unknown https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn config set registry https://npm.corp",
            "yarn 1 never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "pnpm install --frozen-lockfile",
            "pnpm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "pnpm i --offline",
            "pnpm offline(--offline) https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Offline=",
        ),
        (Debian, "corepack enable", "corepack never  ????????"),
        (
            Debian,
            "corepack prepare pnpm@9 --activate",
            "corepack certain https://registry.npmjs.org ????????",
        ),
        (
            Debian,
            "corepack pnpm install",
            "pnpm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
    ]);
}

#[test]
fn rust() {
    check(&[
        (
            Debian,
            "cargo build --release --locked",
            "cargo if-not-cached https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "cargo build --offline",
            "cargo offline(--offline) https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Offline=",
        ),
        (
            Debian,
            "cargo +nightly fetch",
            "cargo certain https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "CARGO_HTTP_PROXY=http://p:3128 cargo install ripgrep",
            "cargo certain https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "CARGO_NET_OFFLINE=true cargo build",
            "cargo offline(CARGO_NET_OFFLINE) https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Offline=true",
        ),
        (
            Debian,
            "cargo install --path .",
            "cargo usually https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "cargo fmt",
            "cargo never  hsSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "rustup target add x86_64-unknown-linux-musl",
            "rustup certain https://static.rust-lang.org ????????",
        ),
    ]);
}

#[test]
fn ruby() {
    check(&[
        (
            Debian,
            "gem install bundler --version 2.4",
            "gem certain https://rubygems.org hHsSnN",
        ),
        (
            Debian,
            "gem install --http-proxy http://p:3128 rails",
            "gem certain https://rubygems.org hHsSnN  Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "gem install --local x.gem",
            "gem offline(--local) https://rubygems.org hHsSnN",
        ),
        (
            Debian,
            "bundle install --jobs 4",
            "bundle if-not-cached https://rubygems.org hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
        ),
        (
            Debian,
            "bundle install --local",
            "bundle offline(--local) https://rubygems.org hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/ Offline=",
        ),
        (
            Debian,
            "bundle config set path vendor",
            "bundle never  hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
        ),
    ]);
}

#[test]
fn php() {
    check(&[
        (
            Debian,
            "composer install --no-dev",
            "composer certain https://repo.packagist.org hHsSnN COMPOSER_REPO_PACKAGIST",
        ),
        (
            Debian,
            "composer dump-autoload -o",
            "composer never  hHsSnN COMPOSER_REPO_PACKAGIST",
        ),
    ]);
}

#[test]
fn java() {
    check(&[
        (
            Debian,
            "mvn -B package",
            "mvn if-not-cached https://repo.maven.apache.org",
        ),
        (
            Debian,
            "mvn -o package",
            "mvn offline(-o) https://repo.maven.apache.org   Offline=",
        ),
        (
            Debian,
            "mvn -B -Dhttps.proxyHost=p -Dhttps.proxyPort=3128 verify",
            "mvn if-not-cached https://repo.maven.apache.org   Proxy(Some(Https))=p",
        ),
        (
            Debian,
            "mvn dependency:go-offline",
            "mvn certain https://repo.maven.apache.org",
        ),
        (
            Debian,
            "MAVEN_OPTS=-Dhttp.proxyHost=p mvn package",
            "mvn if-not-cached https://repo.maven.apache.org   Options=-Dhttp.proxyHost=p",
        ),
        (Debian, "mvn -version", "mvn never"),
        (
            Debian,
            "./gradlew build --no-daemon",
            "gradle if-not-cached https://repo.maven.apache.org",
        ),
        (
            Debian,
            "gradle --offline build",
            "gradle offline(--offline) https://repo.maven.apache.org   Offline=",
        ),
    ]);
}

#[test]
fn others() {
    check(&[
        (
            Debian,
            "dotnet restore App.csproj",
            "dotnet certain https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet publish -c Release -o out --no-restore",
            "dotnet offline(--no-restore) https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet publish -c Release",
            "dotnet if-not-cached https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "dotnet tool install -g dotnet-ef --version 7.0",
            "dotnet certain https://api.nuget.org sSaAnN NUGET_SOURCE",
        ),
        (
            Debian,
            "helm repo add x https://charts.example.com",
            "Go program usually https://charts.example.com sSnN",
        ),
        (
            Debian,
            "cpanm install JSON",
            "package manager usually ?://? ????????",
        ),
    ]);
}

#[test]
fn what_is_not_seen() {
    check(&[
        (Debian, "make build", "script unknown ?://? ????????"),
        (Debian, "./build.sh", "script unknown ?://? ????????"),
        (
            Debian,
            "python3 setup.py install",
            "python unknown ?://? hHsSnN",
        ),
        (
            Debian,
            r#"node -e 'fetch("https://example.com")'"#,
            "node unknown ?://?",
        ),
        (Debian, "sh install.sh", "script unknown ?://? ????????"),
        (Debian, "echo hello", "no client"),
    ]);
}
