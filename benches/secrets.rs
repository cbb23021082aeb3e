//! Scanning and masking, on clean text and on text made to be slow; and what the rules about
//! secrets cost of a whole check.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{Duration, Instant};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use docklint::check::{self, Options};
use docklint::finding::redact::Door;
use docklint::rules::{Choice, Selection, Selections};
use docklint::secrets::{Names, formats};
use docklint::source::{FileId, FileKind, SourceFile};

fn main() {
    // With a filter, somebody asks for single benchmarks.
    if std::env::args().skip(1).all(|arg| arg == "--bench") {
        share();
    }
    divan::main();
}

/// How often a small file is checked in a round, and how many rounds there are. The quickest round
/// counts: others were disturbed.
const CHECKS: usize = 200;
const ROUNDS: usize = 40;

/// The rules that look for secrets.
const RULES: [&str; 9] = [
    "credential-literal",
    "proxy-credentials",
    "secret-copied",
    "secret-external-build",
    "secret-in-arg",
    "secret-in-compose",
    "secret-in-env",
    "secret-in-run",
    "secret-mount-unused",
];

/// The part of a check of a clean file that the rules about secrets take; at most 15 %.
fn share() {
    let ignored = Choice {
        ignore: RULES.map(str::to_owned).to_vec(),
        ..Choice::default()
    };
    let selection = Selection::new(&ignored).expect("there are such rules");
    let without = Options {
        selections: Selections::new(vec![selection], vec![0]),
        ..Options::default()
    };
    let with = Options::default();
    for (name, kind, text) in [
        ("Dockerfile", FileKind::Dockerfile, CLEAN),
        ("compose.yml", FileKind::Compose, CLEAN_COMPOSE),
    ] {
        let (mut all, mut other) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            all = all.min(round(name, kind, text, &with));
            other = other.min(round(name, kind, text, &without));
        }
        let share = 100.0 * (1.0 - other.as_secs_f64() / all.as_secs_f64());
        println!(
            "{name}: {all:?} a round, {other:?} without the rules about secrets: {share:.1} %"
        );
    }
}

fn round(name: &str, kind: FileKind, text: &str, options: &Options) -> Duration {
    let begun = Instant::now();
    for _ in 0..CHECKS {
        let file = SourceFile::new(FileId(0), name.into(), kind, text.as_bytes().to_vec());
        black_box(check::check(
            vec![file.located(format!("/{name}"))],
            options,
        ));
    }
    begun.elapsed()
}

const MEGABYTE: usize = 1 << 20;

/// A Dockerfile without a secret, as they are written.
const CLEAN: &str = "\
# syntax=docker/dockerfile:1
FROM golang:1.22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS build
ARG GOPROXY=https://goproxy.example,direct
ENV CGO_ENABLED=0 GOFLAGS=-mod=readonly PATH=/usr/local/go/bin:$PATH
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \\
    --mount=type=secret,id=npm_token,env=NPM_TOKEN \\
    go mod download && go build -ldflags \"-s -w -X main.version=${VERSION}\" -o /out/app ./cmd/app
RUN apt-get update && apt-get install -y --no-install-recommends \\
      ca-certificates curl git gnupg make openssh-client unzip \\
    && rm -rf /var/lib/apt/lists/*
HEALTHCHECK --interval=30s CMD curl -fsS http://localhost:8080/healthz || exit 1
LABEL org.opencontainers.image.source=\"https://git.example/team/app\"
EXPOSE 8080
ENTRYPOINT [\"/out/app\", \"--config\", \"/etc/app/config.yaml\"]
";

/// A compose file without a secret.
const CLEAN_COMPOSE: &str = "\
services:
  app:
    build:
      context: .
      target: app
      args:
        GOPROXY: https://goproxy.example,direct
        VERSION: ${VERSION:-dev}
    command: [serve, --listen, ':8080', --config, /etc/app/config.yaml]
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgres://app:${DB_PASSWORD:?}@db:5432/app
      TOKEN_TTL: 3600
    labels:
      traefik.enable: 'true'
      traefik.http.routers.app.rule: Host(`app.example`)
    depends_on: [db]
    healthcheck:
      test: [CMD, curl, -fsS, http://localhost:8080/healthz]
      interval: 30s
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD_FILE: /run/secrets/db
    secrets: [db]
    volumes: ['data:/var/lib/postgresql/data']
volumes:
  data:
secrets:
  db:
    environment: DB_PASSWORD
";

fn repeated(piece: &str, size: usize) -> String {
    piece.repeat(size.div_ceil(piece.len()))
}

fn file(text: String) -> SourceFile {
    SourceFile::new(
        FileId(0),
        "Dockerfile".into(),
        FileKind::Dockerfile,
        text.into_bytes(),
    )
}

/// The prefilter and the table of token forms.
#[divan::bench]
fn token_forms_clean(bencher: Bencher) {
    let text = repeated(CLEAN, MEGABYTE);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| formats::find(black_box(&text)).count());
}

/// Everything that is masked.
#[divan::bench]
fn mask_clean(bencher: Bencher) {
    let file = file(repeated(CLEAN, MEGABYTE));
    bencher
        .counter(BytesCount::of_str(file.text()))
        .bench(|| Door::new(&Names::BUILT_IN).mask(black_box(&file)));
}

/// Pieces that make detectors start over: time must grow with the size alone.
const HOSTILE: &[&str] = &[
    "token: ${",
    "password=",
    "@",
    "u:p@",
    "http://",
    "sk-",
    "eyJ",
    "PASSWORD=\"",
    "token: '",
    "-p ",
    "$(",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "token:\n",
    "login -p ",
    "config set ",
    "\\\n",
    "${TOKEN:-",
    "\"token\": \"\\",
    "a:",
    "PASSWORD='\n",
    "token: \"x\ny: '",
    "http_proxy=",
];

#[divan::bench(args = HOSTILE, sample_count = 3)]
fn mask_hostile(bencher: Bencher, piece: &str) {
    let file = file(repeated(piece, MEGABYTE));
    bencher
        .counter(BytesCount::of_str(file.text()))
        .bench(|| Door::new(&Names::BUILT_IN).mask(black_box(&file)));
}
