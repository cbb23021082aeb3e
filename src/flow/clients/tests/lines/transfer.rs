//! Programs that fetch what they are told to.

use super::check;
use crate::model::base_images::Distro::{Alpine, Debian, Unknown};

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
