#!/usr/bin/env bash
# Runs the hooks as a user has them: pre-commit from PyPI installs docklint from what is committed here
# (the first time it compiles, which takes minutes), and git commits are made with it.
# Needs git, cargo and python3 with venv; leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
rev=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/cache CARGO_TARGET_DIR=$root/target
# Nothing of whoever runs this has a say in the commits.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=nobody GIT_AUTHOR_EMAIL=nobody@example.com
export GIT_COMMITTER_NAME=nobody GIT_COMMITTER_EMAIL=nobody@example.com

step() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }

step install pre-commit
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pre-commit
PATH=$work/venv/bin:$PATH
pre-commit --version

step install the hooks
git init --quiet "$work/repository"
cd "$work/repository"
mkdir web
cat >.pre-commit-config.yaml <<CONFIG
repos:
  - repo: $root
    rev: $rev
    hooks:
      - id: docklint-dockerfile
      - id: docklint-compose
      - id: docklint
CONFIG
pre-commit install --install-hooks

# commit WHAT: stages everything; what the hooks say is in $said.
commit() {
    git add --all
    if said=$(git commit --quiet --message "$1" 2>&1); then
        printf '%s: committed\n' "$1"
    else
        printf '%s: refused\n%s\n' "$1" "$said"
        return 1
    fi
}
expect_refused() {
    if commit "$1"; then
        echo "this should have been refused" >&2
        exit 1
    fi
    for word in "${@:2}"; do
        grep -qF -- "$word" <<<"$said" || { echo "nothing was said about: $word" >&2; exit 1; }
    done
}

step a Dockerfile whose ARG does not arrive is refused
cat >web/Dockerfile <<'DOCKERFILE'
ARG GOPROXY=https://goproxy.example,direct
FROM golang:1.24
RUN GOPROXY=$GOPROXY go install example.com/x@v1.0.0
DOCKERFILE
expect_refused 'bad Dockerfile' 'arg-out-of-scope' 'web/Dockerfile:3'

step mended, it is committed
cat >web/Dockerfile <<'DOCKERFILE'
FROM golang:1.24
RUN go install example.com/x@v1.0.0
DOCKERFILE
commit 'good Dockerfile'

step a compose file that gives what that Dockerfile does not take is refused
cat >compose.yaml <<'COMPOSE'
services:
  web:
    build:
      context: web
      args:
        GOPROXY: https://goproxy.example,direct
COMPOSE
expect_refused 'bad compose file' 'build-arg-not-consumed' 'compose.yaml:6' 'web/Dockerfile'

step mended, it is committed
sed -i '/^FROM/a ARG GOPROXY' web/Dockerfile
commit 'good compose file'

step a Dockerfile that does not take it any more is refused because of the compose file
sed -i /ARG/d web/Dockerfile
expect_refused 'bad change' 'build-arg-not-consumed' 'compose.yaml:6' 'web/Dockerfile'

step a file whose name looks like an option is linted and obeyed in nothing
name=--output=json=written.Dockerfile
cp web/Dockerfile "./$name"
sed -i s/RUN/RNU/ "./$name"
expect_refused 'hostile name' "$name:2"
[ ! -e written.Dockerfile ]
git rm --quiet --force -- "$name"

step put right again, every file passes
git checkout --quiet HEAD -- web/Dockerfile
pre-commit run --all-files

printf '\npre-commit refuses and passes as it should (%s s)\n' "$SECONDS"
