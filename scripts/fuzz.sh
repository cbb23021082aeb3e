#!/usr/bin/env bash
# Runs fuzz targets for some seconds each: scripts/fuzz.sh [SECONDS] [TARGET…]
# Stable Rust is enough: the flags are those that cargo-fuzz sets, but for the sanitizer.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds=${1:-60}
shift || true
if [ $# -eq 0 ]; then
    targets=(src/bin/*.rs)
    targets=("${targets[@]##*/}")
    set -- "${targets[@]%.rs}"
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
RUSTFLAGS="${flags[*]}" cargo build --locked --release --target "$host" --bins

# The fixtures that a target reads are its seeds; what fuzzing learns goes to the corpus.
seed() {
    case $1 in
        yaml | template | check_compose) names=(-name '*.yaml' -o -name '*.yml') ;;
        unit | check_unit) names=(-name '*.conf' -o -name '*.service') ;;
        dotenv | environment_file) names=(-name '*.env') ;;
        json | check_json) names=(-name '*.json') ;;
        *) names=(-name Dockerfile) ;;
    esac
    mkdir -p "corpus/$1" "artifacts/$1" "corpus/$1.seeds"
    find ../fixtures -type f \( "${names[@]}" \) -size -8k -print0 |
        while IFS= read -r -d '' file; do
            cp "$file" "corpus/$1.seeds/$(cksum < "$file" | tr ' ' -)"
        done
}

for target in "$@"; do
    seed "$target"
    "target/$host/release/$target" \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="artifacts/$target/" -print_final_stats=1 \
        "corpus/$target" "corpus/$target.seeds"
done
