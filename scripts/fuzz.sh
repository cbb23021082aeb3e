#!/usr/bin/env bash
# Runs fuzz targets for some seconds each: scripts/fuzz.sh [SECONDS] [TARGET…]
# Stable Rust is enough: the flags are those that cargo-fuzz sets, but for the sanitizer.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds=${1:-60}
shift || true
if [ $# -eq 0 ]; then
    set -- dockerfile word check
fi

host=$(rustc -vV | sed -n 's/^host: //p')
flags=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    --cfg fuzzing
)
# With a target named, build scripts and macros are left without the flags.
RUSTFLAGS="${flags[*]}" cargo build --release --target "$host" --bins

for target in "$@"; do
    mkdir -p "corpus/$target" "artifacts/$target"
    # The conformance cases are the seeds; what fuzzing learns goes to the corpus.
    mkdir -p corpus/cases
    for case in ../fixtures/conformance/dockerfile/*/; do
        [ -f "$case/Dockerfile" ] && cp "$case/Dockerfile" "corpus/cases/$(basename "$case")"
    done
    "target/$host/release/$target" \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="artifacts/$target/" -print_final_stats=1 \
        "corpus/$target" corpus/cases
done
