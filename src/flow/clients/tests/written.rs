//! Settings that commands leave in the image.

use super::super::{Scope, written};
use super::outcome;

/// What all commands of the text write.
fn describe(text: &str) -> String {
    let outcome = outcome(text);
    let mut lines = Vec::new();
    for (_, setting) in written(&outcome.commands) {
        let value = match &setting.value {
            None => "(unset)",
            Some(value) => value.as_known().unwrap_or("?"),
        };
        let scope = match setting.scope {
            Scope::User => "user",
            Scope::System => "system",
            Scope::Project => "project",
            Scope::Unknown => "?",
        };
        lines.push(format!(
            "{} {}={value} {:?} {scope}",
            setting.client, setting.key, setting.role
        ));
    }
    lines.join("; ")
}

#[test]
fn settings() {
    for (text, expected) in [
        (
            "go env -w GOPROXY=https://goproxy.cn,direct GO111MODULE=on",
            "go GOPROXY=https://goproxy.cn,direct Mirror user",
        ),
        ("go env -w GOPRIVATE=$X", "go GOPRIVATE= MirrorBypass user"),
        ("go env -u GOPROXY", "go GOPROXY=(unset) Mirror user"),
        (
            "npm config set registry https://npm.corp",
            "npm registry=https://npm.corp Mirror user",
        ),
        (
            "npm config set proxy=http://p:3128",
            "npm proxy=http://p:3128 Proxy(None) user",
        ),
        ("npm config set fund false", ""),
        (
            "npm config delete proxy",
            "npm proxy=(unset) Proxy(None) user",
        ),
        (
            "npm set registry https://npm.corp && npm ci",
            "npm registry=https://npm.corp Mirror user",
        ),
        (
            "yarn config set registry https://npm.corp -g",
            "npm registry=https://npm.corp Mirror user",
        ),
        (
            "pnpm config set @corp:registry https://npm.corp",
            "npm @corp:registry=https://npm.corp ExtraMirror user",
        ),
        (
            "pip config set global.index-url https://pypi.corp/simple",
            "pip global.index-url=https://pypi.corp/simple Mirror user",
        ),
        (
            "pip3 config --global set install.trusted-host pypi.corp",
            "pip install.trusted-host=pypi.corp Verification system",
        ),
        (
            "git config --global http.proxy http://p:3128",
            "git http.proxy=http://p:3128 Proxy(None) user",
        ),
        (
            "git config --global --unset http.proxy",
            "git http.proxy=(unset) Proxy(None) user",
        ),
        (
            "git config --global url.https://mirror/.insteadOf https://github.com/",
            "git url.https://mirror/.insteadOf=https://github.com/ Mirror user",
        ),
        ("git config --global user.name x", ""),
        ("git config --system http.proxy $http_proxy", ""),
        (
            "bundle config set --global mirror.https://rubygems.org https://gems.corp",
            "bundle mirror.https://rubygems.org=https://gems.corp Mirror user",
        ),
        (
            "conda config --set proxy_servers.http http://p:3128",
            "conda proxy_servers.http=http://p:3128 Proxy(Some(Http)) user",
        ),
        (
            "composer config -g repo.packagist composer https://packages.corp",
            "composer repo.packagist=https://packages.corp Mirror user",
        ),
        (
            "echo 'Acquire::http::Proxy \"http://p:3128\";' > /etc/apt/apt.conf.d/01proxy",
            "apt Acquire::http::Proxy=http://p:3128 Proxy(Some(Http)) system",
        ),
        (
            "echo \"Acquire::http::Proxy \\\"$P\\\";\" | tee -a /etc/apt/apt.conf",
            "apt Acquire::http::Proxy= Proxy(Some(Http)) system",
        ),
        (
            "cat > /etc/apt/apt.conf.d/p <<EOF\nAcquire {\n  http { Proxy \"http://p:1\"; };\n  https::Proxy \"DIRECT\";\n};\nEOF",
            "apt Acquire::http::Proxy=http://p:1 Proxy(Some(Http)) system; apt Acquire::https::Proxy=DIRECT Proxy(Some(Https)) system",
        ),
        (
            "printf 'proxy=%s\\n' http://p:3128 >> /etc/yum.conf",
            "dnf proxy=http://p:3128 Proxy(None) system",
        ),
        (
            "echo registry=https://npm.corp > ~/.npmrc",
            "npm registry=https://npm.corp Mirror user",
        ),
        (
            "echo registry=https://npm.corp > .npmrc",
            "npm registry=https://npm.corp Mirror project",
        ),
        (
            "echo '[global]\\nindex-url = https://pypi.corp/simple' > /etc/pip.conf",
            "pip index-url=https://pypi.corp/simple Mirror system",
        ),
        (
            "printf '[http]\\n\\tproxy = http://p:3128\\n' > /root/.gitconfig",
            "git http.proxy=http://p:3128 Proxy(None) user",
        ),
        (
            "echo 'https_proxy = http://p:3128' >> ~/.wgetrc",
            "wget https_proxy=http://p:3128 Proxy(Some(Https)) user",
        ),
        (
            "echo 'proxy=http://p:3128' >> /root/.curlrc",
            "curl proxy=http://p:3128 Proxy(None) user",
        ),
        (
            "echo 'systemProp.https.proxyHost=p' >> ~/.gradle/gradle.properties",
            "gradle systemProp.https.proxyHost=p Proxy(Some(Https)) user",
        ),
        (
            "cat <<EOF > ~/.m2/settings.xml\n<settings><proxies><proxy><host>p</host></proxy></proxies><mirrors><mirror><url>https://maven.corp</url></mirror></mirrors></settings>\nEOF",
            "mvn proxy=p Proxy(None) user; mvn mirror=https://maven.corp Mirror user",
        ),
        (
            "printf '[source.crates-io]\\nreplace-with = \"corp\"\\n' > ~/.cargo/config.toml",
            "cargo source.crates-io.replace-with=corp Mirror user",
        ),
        (
            "echo 'export http_proxy=http://p:3128' >> /etc/profile.d/proxy.sh",
            "shell http_proxy=http://p:3128 Proxy(Some(Http)) system",
        ),
        (
            "echo 'GOPROXY=https://goproxy.corp' >> /etc/environment",
            "shell GOPROXY=https://goproxy.corp Mirror system",
        ),
        (
            "sed -i 's/deb.debian.org/mirror.corp/g' /etc/apt/sources.list",
            "apt sources=? Mirror system",
        ),
        (
            "sed -i 's/dl-cdn.alpinelinux.org/mirror.corp/' /etc/apk/repositories",
            "apk sources=? Mirror system",
        ),
        ("sed 's/a/b/' /etc/apt/sources.list", ""),
        (
            "echo 'deb http://mirror.corp/debian bookworm main' > /etc/apt/sources.list.d/x.list",
            "apt sources=http://mirror.corp/debian Mirror system",
        ),
        ("echo hello > /etc/motd", ""),
        ("echo http_proxy=x", ""),
    ] {
        assert_eq!(describe(text), expected, "{text}");
    }
}
