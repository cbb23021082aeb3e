//! Rust.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn rust() {
    check(&[
        (
            Debian,
            "cargo build --release --locked",
            "cargo if-not-cached https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "cargo build --offline",
            "cargo offline(--offline) https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Offline=",
        ),
        (
            Debian,
            "cargo +nightly fetch",
            "cargo certain https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "CARGO_HTTP_PROXY=http://p:3128 cargo install ripgrep",
            "cargo certain https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "CARGO_NET_OFFLINE=true cargo build",
            "cargo offline(CARGO_NET_OFFLINE) https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX Offline=true",
        ),
        (
            Debian,
            "cargo install --path .",
            "cargo usually https://index.crates.io sSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "cargo fmt",
            "cargo never  hsSaAnN CARGO_REGISTRIES_CRATES_IO_INDEX",
        ),
        (
            Debian,
            "rustup target add x86_64-unknown-linux-musl",
            "rustup certain https://static.rust-lang.org ????????",
        ),
    ]);
}
