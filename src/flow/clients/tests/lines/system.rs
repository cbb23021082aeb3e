//! Package managers of distributions.

use super::check;
use crate::model::base_images::Distro::{Alpine, Debian, Rhel, Unknown};

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
