# Everyday commands. `just` without a name lists them.

_list:
    @just --list --unsorted

# Format the code, rules included: their modules are declared by a macro that cargo fmt cannot see
fmt:
    cargo fmt
    cargo fmt --manifest-path fuzz/Cargo.toml
    rustfmt --edition 2024 src/rules/*.rs

# Check formatting, and clippy with warnings denied
lint:
    cargo fmt --check
    cargo fmt --check --manifest-path fuzz/Cargo.toml
    rustfmt --edition 2024 --check src/rules/*.rs
    cargo clippy --all-targets -- -D warnings
    cargo clippy --manifest-path fuzz/Cargo.toml --target-dir target -- -D warnings

# Run all tests, or those with a name
test *ARGS:
    cargo test {{ARGS}}

# Rewrite what is generated; read the diff
bless:
    DOCKLINT_BLESS=1 cargo test --no-fail-fast

# Measure throughput and growth
bench *ARGS:
    cargo bench {{ARGS}}

# Run each fuzz target for some seconds
fuzz SECONDS="60" *TARGETS:
    scripts/fuzz.sh {{SECONDS}} {{TARGETS}}

# Begin a rule
new-rule ID:
    cargo run --example new-rule {{ID}}

# Check hostile files of up to 50 MB: each within a second and 200 MB
limits *ARGS:
    cargo build --release
    scripts/limits.py {{ARGS}}

# Count the instructions of starting up and linting one small file
instructions:
    scripts/instructions.sh
