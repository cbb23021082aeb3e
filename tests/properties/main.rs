//! What holds for any text: for files of the fixtures with damage, and for pieces of each grammar in
//! any order. `parsers` and `check` are what the fuzz targets assert as well.
//! `PROPTEST_CASES=10000 cargo test --test properties` looks longer.

mod check;
mod compose;
mod daemon;
mod dockerfiles;
mod mutate;
mod parsers;
mod pieces;
mod reports;
mod shell;

#[path = "../support/memory.rs"]
mod memory;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use docklint::source::FileKind;
use proptest::prelude::*;

static DOCKERFILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures(&["Dockerfile"]));
static COMPOSE_FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures(&[".yaml", ".yml"]));
static ENV_FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures(&[".env"]));
static UNITS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures(&[".conf", ".service"]));
static JSON_FILES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| fixtures(&["daemon.json", "config.json", "expected.json"]));
static SCRIPTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let table = include_str!("../../fixtures/conformance/shell/snippets.tsv");
    let scripts = table.lines().skip(1).filter_map(|line| {
        let script: String = serde_json::from_str(line.split('\t').nth(1)?).ok()?;
        Some(script.into_bytes())
    });
    scripts.collect()
});

/// The fixtures whose names end so.
fn fixtures(suffixes: &[&str]) -> Vec<Vec<u8>> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type().expect("it is there").is_dir() {
                true => folders.push(entry.path()),
                false if suffixes.iter().any(|suffix| name.ends_with(suffix)) => {
                    files.push(entry.path());
                }
                false => {}
            }
        }
    }
    files.sort();
    let files: Vec<_> = files.into_iter().flat_map(fs::read).collect();
    assert!(!files.is_empty(), "there are fixtures called {suffixes:?}");
    files
}

/// So many times the usual number of cases, which `PROPTEST_CASES` sets.
fn times(factor: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig::with_cases(usual.cases.saturating_mul(factor))
}

fn text(
    files: &'static [Vec<u8>],
    pieces: &'static [&'static [u8]],
) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![2 => mutate::mutated(files, pieces), 1 => mutate::soup(pieces)]
}

fn dockerfile() -> impl Strategy<Value = Vec<u8>> {
    text(&DOCKERFILES, pieces::DOCKERFILE)
}

fn script() -> impl Strategy<Value = Vec<u8>> {
    text(&SCRIPTS, pieces::SHELL)
}

fn compose_file() -> impl Strategy<Value = Vec<u8>> {
    text(&COMPOSE_FILES, pieces::COMPOSE)
}

fn env_file() -> impl Strategy<Value = Vec<u8>> {
    text(&ENV_FILES, pieces::DOTENV)
}

fn unit() -> impl Strategy<Value = Vec<u8>> {
    text(&UNITS, pieces::UNIT)
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    text(&JSON_FILES, pieces::JSON)
}

/// Parsers are fast: they can be asked more often than the whole.
mod parse {
    use super::*;

    proptest! {
        #![proptest_config(times(8))]

        #[test]
        fn dockerfiles(bytes in dockerfile()) {
            parsers::dockerfile(&bytes);
        }

        #[test]
        fn words(bytes in mutate::soup(pieces::SHELL)) {
            parsers::word(&bytes);
        }

        #[test]
        fn scripts(bytes in script()) {
            parsers::shell(&bytes);
        }

        #[test]
        fn yaml(bytes in compose_file()) {
            parsers::yaml(&bytes);
        }

        #[test]
        fn templates(bytes in mutate::soup(pieces::COMPOSE)) {
            parsers::template(&bytes);
        }

        #[test]
        fn dotenv_files(bytes in env_file()) {
            parsers::dotenv(&bytes);
        }

        #[test]
        fn environment_files(bytes in env_file()) {
            parsers::environment_file(&bytes);
        }

        #[test]
        fn units(bytes in unit()) {
            parsers::unit(&bytes);
        }

        #[test]
        fn json_files(bytes in json()) {
            parsers::json(&bytes);
        }
    }

    /// Without damage every fixture holds, all of them.
    #[test]
    fn the_fixtures_themselves() {
        DOCKERFILES
            .iter()
            .for_each(|bytes| parsers::dockerfile(bytes));
        SCRIPTS.iter().for_each(|bytes| parsers::shell(bytes));
        COMPOSE_FILES.iter().for_each(|bytes| parsers::yaml(bytes));
        ENV_FILES.iter().for_each(|bytes| parsers::dotenv(bytes));
        ENV_FILES
            .iter()
            .for_each(|bytes| parsers::environment_file(bytes));
        UNITS.iter().for_each(|bytes| parsers::unit(bytes));
        JSON_FILES.iter().for_each(|bytes| parsers::json(bytes));
    }
}

mod whole {
    use super::*;

    proptest! {
        #[test]
        fn dockerfiles(bytes in dockerfile()) {
            check::check(FileKind::Dockerfile, &bytes);
        }

        #[test]
        fn compose_files(bytes in compose_file()) {
            check::check(FileKind::Compose, &bytes);
        }

        #[test]
        fn env_files(bytes in env_file()) {
            check::check(FileKind::Dotenv, &bytes);
            check::check(FileKind::EnvironmentFile, &bytes);
        }

        #[test]
        fn units(bytes in unit()) {
            check::check(FileKind::Unit, &bytes);
        }

        #[test]
        fn json_files(bytes in json()) {
            check::check(FileKind::DaemonJson, &bytes);
            check::check(FileKind::ClientConfig, &bytes);
        }
    }

    #[test]
    fn the_fixtures_themselves() {
        DOCKERFILES
            .iter()
            .for_each(|bytes| check::check(FileKind::Dockerfile, bytes));
        COMPOSE_FILES
            .iter()
            .for_each(|bytes| check::check(FileKind::Compose, bytes));
    }
}
