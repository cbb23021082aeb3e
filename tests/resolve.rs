//! `docklint resolve`, as a person and a program see it.

#[path = "support/program.rs"]
mod program;
#[path = "support/schema.rs"]
mod schema;

use std::path::Path;
use std::process::{Command, Output};

use program::{docklint, printed};

const DOCKERFILE: &str = "\
ARG GO=1.24
FROM golang:${GO} AS build
ARG GOPROXY=https://goproxy.example,direct
ENV GOFLAGS=-mod=mod
RUN go mod download
RUN --network=none --mount=type=secret,id=npm,env=NPM_TOKEN go build ./...
FROM build AS test
RUN go test ./...
FROM scratch
COPY --from=build /app /app
";

fn resolve(place: &str, arguments: &[&str]) -> Output {
    docklint(
        &[("Dockerfile", DOCKERFILE)],
        &[&["resolve", place], arguments].concat(),
    )
}

fn human(place: &str, arguments: &[&str]) -> String {
    printed(resolve(place, arguments))
}

#[test]
fn a_file_shows_what_every_run_sees() {
    assert_eq!(
        human("Dockerfile", &[]),
        "\
stage build from golang:1.24  Dockerfile:2
  the base image sets GOLANG_VERSION, GOPATH, PATH, GOTOOLCHAIN
   3  ARG GOPROXY=https://goproxy.example,direct
   4  ENV GOFLAGS=-mod=mod
   5  RUN go mod download
        GOPROXY  https://goproxy.example,direct  ← ARG line 3
        GOFLAGS  -mod=mod  ← ENV line 4
   6  RUN --network=none --mount=type=secret,id=npm,env=NPM_TOKEN go build ./...
        network: none
        mounts secret id=npm env=NPM_TOKEN
        GOPROXY    https://goproxy.example,direct  ← ARG line 3
        GOFLAGS    -mod=mod  ← ENV line 4
        NPM_TOKEN  <a mounted secret>  ← secret mount line 6

stage test from stage build, not needed by the target  Dockerfile:7
  the base image sets GOLANG_VERSION, GOPATH, PATH, GOTOOLCHAIN
   8  RUN go test ./...
        GOPROXY  https://goproxy.example,direct  ← ARG line 3
        GOFLAGS  -mod=mod  ← ENV line 4

stage 2 from scratch, the target  Dockerfile:9
  the base image sets PATH
  10  COPY --from=build /app /app
"
    );
}

#[test]
fn a_line_shows_its_step_in_full() {
    let shown = human(
        "Dockerfile:5",
        &[
            "--build-arg",
            "GOPROXY=https://mirror.example",
            "--target",
            "build",
        ],
    );
    assert!(
        shown.starts_with(
            "stage build from golang:1.24, the target  Dockerfile:2\n   5  RUN go mod download\n"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("GOPROXY         https://mirror.example  ← ARG line 3 ← --build-arg\n"),
        "{shown}"
    );
    assert!(
        shown.contains("GOPATH          /go  ← base image line 2\n"),
        "{shown}"
    );
}

#[test]
fn json_keeps_to_the_published_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docklint-resolve.schema.json");
    let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for (place, arguments) in [
        ("Dockerfile", &["--format", "json"][..]),
        (
            "Dockerfile:6",
            &["--format", "json", "--platform", "linux/arm64"],
        ),
    ] {
        let output = resolve(place, arguments);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        schema::validate(&schema, &json).unwrap();
    }
}

const COMPOSE: &str = "\
name: shop
services:
  api:
    build:
      context: .
      target: build
      args:
        GO: ${GO_VERSION}
        GOPROXY:
        HTTPS_PROXY: http://user:${PROXY_PASSWORD}@proxy.example:3128
    environment:
      TOKEN_LINE: is ${PROXY_PASSWORD}
  db:
    image: postgres:17
    profiles: [data]
";

fn compose(place: &str, arguments: &[&str]) -> Output {
    let files = [
        (".git/HEAD", ""),
        ("Dockerfile", DOCKERFILE),
        ("compose.yaml", COMPOSE),
        (".env", "GO_VERSION=1.25\nPROXY_PASSWORD=corRect-h0rse\n"),
    ];
    docklint(&files, &[&["resolve", place], arguments].concat())
}

/// What the caller's shell holds counts only if it is asked for (facts/compose.md 1b, 2).
#[test]
fn the_shell_is_told_by_name_by_value_or_as_a_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let compose = "services:\n  a:\n    image: ${TAG}\n    build:\n      context: .\n      args: [HTTP_PROXY, TAG]\n";
    std::fs::write(folder.path().join("compose.yaml"), compose).expect("it can be written");
    std::fs::write(folder.path().join(".env"), "TAG=of-dotenv\n").expect("it can be written");
    let resolve = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .current_dir(folder.path())
            .env_clear()
            .env("TAG", "of-shell")
            .env("HTTP_PROXY", "http://proxy.example:3128")
            .args(["resolve", "compose.yaml"])
            .args(options)
            .output()
            .expect("docklint runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let unknown = "HTTP_PROXY  <taken from the caller's environment>";
    let proxy =
        "HTTP_PROXY  http://proxy.example:3128  ← build.args compose.yaml:6 ← caller's environment";
    // As in `.env`, what is no address is nobody's business.
    let tag = "*  ← build.args compose.yaml:6 ← caller's environment";
    let dotenv = "← build.args compose.yaml:6 ← .env .env:1";
    let nothing = resolve(&[]);
    assert!(
        nothing.contains(unknown) && nothing.contains(dotenv),
        "{nothing}"
    );
    // The value says it, so that the hop need not say it again.
    assert!(!nothing.contains("← caller's environment"), "{nothing}");
    let one = resolve(&["--env", "HTTP_PROXY"]);
    assert!(one.contains(proxy) && one.contains(dotenv), "{one}");
    let set = resolve(&["--env", "TAG=of-flag"]);
    assert!(
        set.contains(tag) && set.contains(unknown) && !set.contains("of-flag"),
        "{set}"
    );
    let all = resolve(&["--use-shell-env"]);
    assert!(
        all.contains(tag) && all.contains(proxy) && !all.contains("of-shell"),
        "{all}"
    );
    let over = resolve(&["--env", "HTTP_PROXY=", "--use-shell-env"]);
    assert!(over.contains("HTTP_PROXY  (empty)"), "{over}");
    let secret = resolve(&[
        "--env",
        "TAG=x",
        "--env",
        "DB_PASSWORD=corRect-h0rse",
        "--env",
        "HTTP_PROXY=corRect-h0rse",
    ]);
    assert!(!secret.contains("h0rse"), "{secret}");
    // Not set in the shell: `.env` may set it, and nothing else can.
    let unset = resolve(&["--env", "NO_SUCH"]);
    assert!(unset.contains(unknown), "{unset}");
}

#[test]
fn a_compose_file_shows_what_builds_and_containers_get() {
    assert_eq!(
        printed(compose("compose.yaml", &[])),
        "\
project shop  compose.yaml

service api  compose.yaml:3
  builds Dockerfile in ., stage build
    GO           ****  ← build.args compose.yaml:8 ← interpolation compose.yaml:8 ← .env .env:1
    GOPROXY      <taken from the caller's environment>  ← build.args compose.yaml:9
    HTTPS_PROXY  http://user:********@proxy.example:3128  ← build.args compose.yaml:10 ← interpolation compose.yaml:10 ← .env .env:2
  environment
    TOKEN_LINE  ********  ← environment compose.yaml:12 ← interpolation compose.yaml:12 ← .env .env:2

service db, switched off  compose.yaml:13
  image postgres:17
"
    );
    let shown = printed(compose("compose.yaml:14", &["--profile", "data"]));
    assert!(shown.contains("service db  compose.yaml:13"), "{shown}");
    assert!(!shown.contains("api"), "{shown}");
}

#[test]
fn json_of_a_project_keeps_to_the_published_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docklint-resolve-compose.schema.json");
    let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for arguments in [
        &["--format", "json"][..],
        &["--format", "json", "--build-arg", "GO=1.26"],
    ] {
        let output = compose("compose.yaml", arguments);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        schema::validate(&schema, &json).unwrap();
    }
}

#[test]
fn what_cannot_be_resolved_is_said() {
    for (place, arguments, said) in [
        ("Missingfile", &[][..], "Missingfile"),
        (
            ".",
            &["--target", "nope"],
            "Dockerfile: there is no stage `nope`; there are `build`, `test`",
        ),
        (
            "Dockerfile",
            &["--target", "nope"],
            "there is no stage `nope`",
        ),
        ("Dockerfile:99", &[], "Dockerfile: there is no line 99"),
    ] {
        let output = resolve(place, arguments);
        assert_eq!(output.status.code(), Some(2), "{place}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(said), "{place}: {error}");
    }
}

#[test]
fn a_file_is_shown_in_the_project_that_compose_file_names() {
    let files = [
        (".env", "COMPOSE_FILE=compose.base.yaml:compose.one.yaml\n"),
        ("compose.yaml", "services: {other: {image: z}}\n"),
        ("compose.base.yaml", "services: {a: {image: x}}\n"),
        ("compose.one.yaml", "services: {a: {environment: {A: 1}}}\n"),
    ];
    for place in ["compose.one.yaml", "compose.base.yaml"] {
        let shown = printed(docklint(&files, &["resolve", place]));
        assert!(
            shown.contains("compose.base.yaml, compose.one.yaml"),
            "{shown}"
        );
        assert!(
            shown.contains("  image x\n") && !shown.contains("other"),
            "{shown}"
        );
    }
    let refused = docklint(&files, &["resolve", "compose.yaml"]);
    let message = String::from_utf8(refused.stderr).expect("text");
    assert!(
        message.contains("`COMPOSE_FILE` in the `.env` beside it names others"),
        "{message}"
    );
}
