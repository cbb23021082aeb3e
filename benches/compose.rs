//! Compose files: YAML trees and whole projects, in bytes per second. Sizes grow by four, so that
//! anything but linear growth shows.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use docklint::model::compose::{Files, Options, ProcessEnvironment, Unreadable, load};
use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::yaml;

fn main() {
    divan::main();
}

/// A compose file of about `size` bytes, as people write them.
fn generate(size: usize) -> String {
    let mut text =
        "x-proxy: &proxy\n  HTTP_PROXY: ${HTTP_PROXY:-}\n  NO_PROXY: localhost\nservices:\n"
            .to_owned();
    let mut index = 0;
    while text.len() < size {
        let _ = write!(
            text,
            "  # the service number {index}\n  service-{index}:\n    image: registry.example/team/service-{index}:${{TAG:-latest}}\n    \
             build:\n      context: ./services/{index}\n      target: final\n      args:\n        <<: *proxy\n        \
             GOPROXY: \"https://proxy.example,direct\"\n        VERSION:\n    environment:\n      - LOG_LEVEL=info\n      \
             - DATABASE_URL=postgres://db:5432/app\n      - TOKEN\n    ports:\n      - \"{}:8080\"\n    depends_on: [db]\n    \
             volumes:\n      - ./data/{index}:/data:ro\n    restart: unless-stopped\n",
            8000 + index
        );
        index += 1;
    }
    text.push_str("  db:\n    image: postgres:16\n");
    text
}

const SIZES: [usize; 3] = [64 << 10, 256 << 10, 1 << 20];

#[divan::bench(args = SIZES)]
fn yaml_tree(bencher: Bencher, size: usize) {
    let text = generate(size);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| yaml::Tree::parse(&text));
}

#[divan::bench(args = SIZES)]
fn project(bencher: Bencher, size: usize) {
    let text = generate(size);
    let count = BytesCount::of_str(&text);
    let path = "/p/compose.yaml".to_owned();
    let file = SourceFile::new(FileId(0), path, FileKind::Compose, text.into_bytes());
    let options = Options {
        cwd: "/p".into(),
        ..Options::default()
    };
    let process = ProcessEnvironment::default();
    bencher
        .counter(count)
        .bench_local(|| load(&One(&file), &options, &process));
}

/// One file and nothing else.
struct One<'a>(&'a SourceFile);

impl<'a> Files<'a> for One<'a> {
    fn read(&self, path: &str) -> Result<&'a SourceFile, Unreadable> {
        if path == self.0.path() {
            Ok(self.0)
        } else {
            Err(Unreadable::Missing)
        }
    }

    fn is_inside(&self, path: &str) -> bool {
        path.starts_with("/p")
    }
}
