#!/usr/bin/env bash
# Makes the packages and installs each into a fresh folder: the wheel with maturin and pip, the npm
# packages with npm, and the crate with cargo. Each must say its version and lint.
# Needs cargo, python3 with venv, node and npm; leaves nothing behind but target/.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR=$root/target

begun=$SECONDS
step() {
    printf '\n== %s\n' "$*"
    begun=$SECONDS
}
took() { printf '%s: %s s\n' "$*" "$((SECONDS - begun))"; }

# try PROGRAM…: it says the version, finds something in a bad file and nothing in a good one.
try() {
    cd "$work/project"
    said=$("$@" --version)
    [ "$said" = "docklint $version" ] || { echo "it says: $said" >&2; exit 1; }
    code=0
    said=$("$@" --format concise bad.Dockerfile) || code=$?
    printf '%s\n' "$said"
    [ "$code" = 1 ]
    grep -q '^bad.Dockerfile:3:13: warning\[arg-out-of-scope\]' <<<"$said"
    "$@" good.Dockerfile
    cd "$root"
}

mkdir "$work/project"
cat >"$work/project/bad.Dockerfile" <<'DOCKERFILE'
ARG GOPROXY=https://goproxy.example,direct
FROM golang:1.24
RUN GOPROXY=$GOPROXY go install example.com/x@v1.0.0
DOCKERFILE
cat >"$work/project/good.Dockerfile" <<'DOCKERFILE'
FROM golang:1.24
ARG GOPROXY=https://goproxy.example,direct
RUN go install example.com/x@v1.0.0
DOCKERFILE

step wheel
python3 -m venv "$work/build"
"$work/build/bin/pip" install --quiet maturin
took maturin is installed
"$work/build/bin/maturin" build --release --locked --quiet --out "$work/wheels"
took the wheel is built
ls -l "$work/wheels"
python3 -m venv "$work/venv"
begun=$SECONDS
"$work/venv/bin/pip" install --quiet --no-index --find-links "$work/wheels" docklint
took the wheel is installed
try "$work/venv/bin/docklint"
"$work/venv/bin/pip" list --format freeze | grep -x "docklint==$version"

step source distribution
"$work/build/bin/maturin" sdist --out "$work/sdist"
tar -tzf "$work/sdist/docklint-$version.tar.gz" >"$work/sdist.txt"
grep -q /src/main.rs "$work/sdist.txt"
grep -q /rules/README.md "$work/sdist.txt"
took "the source distribution has $(wc -l <"$work/sdist.txt") files"

step npm
platform=$(node -p 'process.platform + "-" + process.arch')
cargo build --release --locked --quiet
node npm/assemble.mjs "$work/npm" "$platform=target/release/docklint"
mkdir "$work/tarballs" "$work/node"
npm pack --silent --pack-destination "$work/tarballs" "$work/npm/$platform" "$work/npm/docklint"
took the packages are made
cd "$work/node"
begun=$SECONDS
npm init --yes >/dev/null
# As the registry would give it; there it is found by the name in optionalDependencies.
npm install --silent --offline --no-audit --no-fund "$work"/tarballs/docklint-"$platform"-*.tgz
npm install --silent --offline --no-audit --no-fund "$work/tarballs/docklint-$version.tgz"
took the packages are installed
cd "$root"
try "$work/node/node_modules/.bin/docklint"
rm -r "$work/node/node_modules/@docklint"
if said=$("$work/node/node_modules/.bin/docklint" --version 2>&1); then
    echo "without its platform's package it ran" >&2
    exit 1
fi
grep "@docklint/$platform is not installed" <<<"$said"

step crate
cargo package --list --allow-dirty | grep -vE '^(src|rules)/'
cargo install --quiet --locked --path . --root "$work/cargo"
took it is installed
try "$work/cargo/bin/docklint"

printf '\nevery package works\n'
