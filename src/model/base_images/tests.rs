//! The table itself, and what is found in it.

use hashbrown::HashSet;

use super::*;

fn env(image_ref: &str, name: &str) -> Option<EnvName> {
    lookup(image_ref)?
        .env
        .iter()
        .copied()
        .find(|known| known.name == name)
}

#[test]
fn every_row_of_the_table_is_read_and_no_image_stands_twice() {
    let table = include_str!("../base_images.tsv");
    assert_eq!(IMAGES.len(), table.lines().count() - 1);
    let mut seen = HashSet::new();
    for image in IMAGES.iter() {
        assert!(image.source.len() > 10, "{}: no source", image.name);
        for name in image.name.split(',') {
            assert!(seen.insert(name), "{name} stands twice");
            assert!(name.matches('*').count() <= 1, "{name}");
            let found = find(&IMAGES, &name.replace('*', "")).map(|found| found.name);
            assert_eq!(found, Some(image.name), "{name} is hidden by a row above");
        }
    }
}

#[test]
fn names_are_names_and_stand_once() {
    for image in IMAGES.iter() {
        let mut seen = HashSet::new();
        for known in &image.env {
            let word = known
                .name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_');
            assert!(
                word && !known.name.is_empty(),
                "{}: {:?}",
                image.name,
                known.name
            );
            assert!(
                seen.insert(known.name),
                "{}: {} twice",
                image.name,
                known.name
            );
        }
    }
}

/// RULES builds on it: a public image never brings a proxy or a mirror.
#[test]
fn no_public_image_sets_a_proxy_or_a_mirror() {
    for known in IMAGES.iter().flat_map(|image| &image.env) {
        let name = known.name.to_ascii_uppercase();
        let mirror = [
            "GONOSUMDB",
            "GOPRIVATE",
            "NPM_CONFIG_REGISTRY",
            "PIP_INDEX_URL",
        ];
        assert!(
            !name.ends_with("PROXY") && !mirror.contains(&name.as_str()),
            "{name}"
        );
    }
}

#[test]
fn every_way_to_write_an_official_image_is_the_same() {
    let golang = lookup("golang");
    assert!(golang.is_some());
    for image_ref in [
        "golang:1.22",
        "library/golang",
        "docker.io/library/golang:1.22-alpine",
        "docker.io/golang",
        "index.docker.io/library/golang:latest",
        "public.ecr.aws/docker/library/golang:1.22",
        "arm64v8/golang:1.22",
        "golang@sha256:0123",
        "golang:1.22@sha256:0123",
        "golang:${GO_VERSION}",
        "golang:${GO_VERSION:-1.22}-alpine",
        "golang:${TAG:-a/b}",
    ] {
        assert_eq!(lookup(image_ref), golang, "{image_ref}");
    }
    for image_ref in [
        "",
        ":",
        "@",
        "golang2",
        "corp/golang",
        "registry.corp:5000/golang:1.22",
        "registry.corp/library/golang",
        "${REGISTRY}/golang",
        "golang${SUFFIX}",
        "golang:1.22-nanoserver",
        "golang:1.22-windowsservercore-ltsc2022",
    ] {
        assert_eq!(lookup(image_ref), None, "{image_ref}");
    }
}

#[test]
fn names_come_with_what_is_known_of_them() {
    let sure = |name, value| {
        Some(EnvName {
            name,
            value,
            in_every_tag: true,
        })
    };
    let maybe = |name, value| {
        Some(EnvName {
            name,
            value,
            in_every_tag: false,
        })
    };
    assert_eq!(env("golang:1.22", "GOPATH"), sure("GOPATH", Some("/go")));
    assert_eq!(
        env("golang:1.22", "GOTOOLCHAIN"),
        maybe("GOTOOLCHAIN", Some("local"))
    );
    assert_eq!(env("golang:1.22", "PATH"), sure("PATH", None));
    assert_eq!(env("golang:1.22", "GOPROXY"), None);
    assert_eq!(lookup("debian:12").map(|debian| debian.env.len()), Some(0));
}

#[test]
fn an_image_has_what_its_parents_set() {
    let sdk = "mcr.microsoft.com/dotnet/sdk:8.0";
    assert!(env(sdk, "DOTNET_RUNNING_IN_CONTAINER").is_some_and(|e| e.in_every_tag));
    assert!(env("composer:2", "PHP_INI_DIR").is_some_and(|e| e.in_every_tag));
    // Some tags stand on another JDK, whose JAVA_HOME is elsewhere.
    let java_home = EnvName {
        name: "JAVA_HOME",
        value: None,
        in_every_tag: true,
    };
    assert_eq!(
        env("maven:3-eclipse-temurin-17", "JAVA_HOME"),
        Some(java_home)
    );
    let lang = EnvName {
        name: "LANG",
        value: None,
        in_every_tag: false,
    };
    assert_eq!(env("maven:3-eclipse-temurin-17", "LANG"), Some(lang));
}

#[test]
fn the_user_is_known_where_all_tags_agree() {
    let user = |image_ref| lookup(image_ref).and_then(|image| image.user);
    assert!(user("golang").is_some_and(|user| user.is_root()));
    let jovyan = User {
        name: "jovyan",
        home: Some("/home/jovyan"),
    };
    assert_eq!(
        user("quay.io/jupyter/base-notebook:python-3.11"),
        Some(jovyan)
    );
    assert_eq!(
        user("memcached:1.6"),
        Some(User {
            name: "memcache",
            home: None
        })
    );
    assert_eq!(user("gcr.io/distroless/static-debian12:nonroot"), None);
}

#[test]
fn the_distribution_is_told_by_tag_then_image_then_name() {
    use Distro::*;
    for (image_ref, expected) in [
        ("golang", Debian),
        ("golang:1.22-alpine3.19", Alpine),
        ("golang:${V}-alpine", Alpine),
        ("golang:1.22-bookworm", Debian),
        ("nginx:1.25-alpine-slim", Alpine),
        ("docker:dind", Alpine),
        ("oraclelinux:9-slim", Rhel),
        ("openjdk:17", Unknown),
        ("openjdk:11-jre-slim", Debian),
        ("mysql:8.4-oracle", Rhel),
        ("swift:5.10-rhel-ubi9", Rhel),
        ("amazoncorretto:21-al2023", Rhel),
        ("nvidia/cuda:12.2.0-base-ubuntu22.04", Debian),
        ("nvidia/cuda:12.2.0-base-rockylinux8", Rhel),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            Distroless,
        ),
        ("mcr.microsoft.com/dotnet/sdk:8.0-azurelinux3.0", Rhel),
        ("mcr.microsoft.com/windows/servercore:ltsc2022", Windows),
        ("python:3.12-windowsservercore", Windows),
        ("gcr.io/distroless/static-debian12:nonroot", Distroless),
        ("gcr.io/distroless/base:debug-nonroot", Busybox),
        ("ghcr.io/astral-sh/uv:0.4", Distroless),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", Debian),
        ("busybox:1.36-glibc", Busybox),
        ("scratch", Distroless),
        ("registry.access.redhat.com/ubi8/nodejs-18", Rhel),
        ("quay.io/centos/centos:stream9", Rhel),
        ("corp/ubuntu-base:3", Debian),
        ("corp/app:1.2-slim", Debian),
        ("corp/app:1.2", Unknown),
        ("corp/al:1", Unknown),
    ] {
        assert_eq!(distro(image_ref), expected, "{image_ref}");
    }
}

#[test]
fn the_shell_is_the_distributions_unless_the_image_says_otherwise() {
    assert_eq!(shell("debian"), Some(Shell::Dash));
    assert_eq!(shell("python:3.12-alpine"), Some(Shell::Busybox));
    assert_eq!(shell("fedora:41"), Some(Shell::Bash));
    assert_eq!(shell("jupyter/base-notebook"), Some(Shell::Bash));
    assert_eq!(shell("gcr.io/distroless/static"), None);
    assert_eq!(Distro::Alpine.has_busybox_tools(), Some(true));
    assert_eq!(Distro::Rhel.has_busybox_tools(), Some(false));
    assert_eq!(Distro::Unknown.has_busybox_tools(), None);
}
