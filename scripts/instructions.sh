#!/usr/bin/env bash
# Instructions that the released program takes from start to exit, for one small file. Counts do
# not depend on what else the machine does. The limit stands in CONTRIBUTING: at most 3 million.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=3000000
file=${1:-fixtures/seed-article/goproxy-on-the-host/Dockerfile}

cargo build --release --quiet
count=$(
    # Findings make the exit code 1.
    { valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        target/release/docklint check --quiet "$file" 2>&1 || true; } |
        sed -n 's/.*Collected : //p'
)
printf '%s: %s instructions, at most %s\n' "$file" "$count" "$limit"
[ "$count" -le "$limit" ]
