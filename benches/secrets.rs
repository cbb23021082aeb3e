//! Scanning and masking, on clean text and on text made to be slow.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use docklint::finding::redact::Door;
use docklint::secrets::{Names, formats};
use docklint::source::{FileId, FileKind, SourceFile};

fn main() {
    divan::main();
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
