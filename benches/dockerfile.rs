//! Dockerfiles: what each layer costs on one thread, and how the cost grows with the size.
//!
//! `cargo bench --bench dockerfile` prints both; the floors stand in DESIGN section 10.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{Duration, Instant};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use docklint::check::{self, Options};
use docklint::finding::redact::Door;
use docklint::flow::{Images, Request, Trees, Workspace};
use docklint::model::dockerfile::{self, Invocation};
use docklint::report::{Format, RenderOptions, render};
use docklint::secrets::{Names, formats};
use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::dockerfile as syntax;

#[path = "../tests/support/generate.rs"]
mod generate;

use generate::{GENERATORS, mixed};

const MEGABYTE: usize = 1 << 20;

fn main() {
    // With a filter, somebody asks for single benchmarks.
    if std::env::args().skip(1).all(|arg| arg == "--bench") {
        growth();
    }
    divan::main();
}

fn file(text: &str) -> SourceFile {
    let (path, bytes) = ("Dockerfile".to_owned(), text.as_bytes().to_vec());
    SourceFile::new(FileId(0), path, FileKind::Dockerfile, bytes)
}

#[divan::bench]
fn parse(bencher: Bencher) {
    let file = file(&mixed(MEGABYTE));
    bencher
        .counter(BytesCount::of_str(file.text()))
        .bench(|| syntax::parse(black_box(&file)));
}

#[divan::bench]
fn parse_and_model(bencher: Bencher) {
    let sources = [file(&mixed(MEGABYTE))];
    bencher
        .counter(BytesCount::of_str(sources[0].text()))
        .bench(|| modelled(&black_box(&sources)[0]));
}

/// What every command of every RUN sees.
#[divan::bench]
fn parse_model_and_flow(bencher: Bencher) {
    let sources = [file(&mixed(MEGABYTE))];
    bencher
        .counter(BytesCount::of_str(sources[0].text()))
        .bench(|| {
            let trees = Trees::parse(black_box(&sources));
            Workspace::new(&trees, &Request::default()).builds.len()
        });
}

/// Everything between the bytes of a file and its findings.
#[divan::bench]
fn whole_check(bencher: Bencher) {
    let text = mixed(MEGABYTE);
    bencher
        .counter(BytesCount::of_str(&text))
        .with_inputs(|| vec![file(&text)])
        .bench_values(|sources| check::check(sources, &Options::default()));
}

/// The search for tokens alone.
#[divan::bench]
fn token_forms(bencher: Bencher) {
    let text = mixed(MEGABYTE);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| formats::find(black_box(&text)).count());
}

/// What a report pays for a file that it shows.
#[divan::bench]
fn mask(bencher: Bencher) {
    let file = file(&mixed(MEGABYTE));
    bencher
        .counter(BytesCount::of_str(file.text()))
        .bench(|| Door::new(&Names::BUILT_IN).mask(black_box(&file)));
}

fn modelled(source: &SourceFile) -> usize {
    let tree = syntax::parse(source);
    let images = Images { settings: &[] };
    dockerfile::simulate(source, &tree, &Invocation::default(), &images)
        .steps
        .len()
}

/// Prints for each generator the time at full size and the exponent by which time grows from half
/// of it: 1 is linear, 2 is quadratic.
fn growth() {
    println!(
        "{:<26}{:>9}  {:>17}{:>17}{:>17}{:>17}",
        "", "bytes", "parse", "parse and model", "check", "and report"
    );
    for generator in GENERATORS {
        let texts = [generator.n / 2, generator.n].map(generator.make);
        print!("{:<26}{:>9}  ", generator.name, texts[1].len());
        print_growth(texts.each_ref().map(|text| {
            let file = file(text);
            least(|| syntax::parse(&file).instructions.len())
        }));
        print_growth(texts.each_ref().map(|text| {
            let file = file(text);
            least(|| modelled(&file))
        }));
        print_growth(texts.each_ref().map(|text| least(|| checked(text))));
        print_growth(texts.each_ref().map(|text| least(|| reported(text))));
        println!();
    }
    println!();
}

fn checked(text: &str) -> usize {
    let outcome = check::check(vec![file(text)], &Options::default());
    outcome.findings.len()
}

fn reported(text: &str) -> usize {
    let outcome = check::check(vec![file(text)], &Options::default());
    let mut written = Vec::new();
    // Writing to memory does not fail.
    let _ = render(
        Format::Human,
        &outcome,
        &RenderOptions::default(),
        &mut written,
    );
    written.len()
}

fn print_growth([half, full]: [Duration; 2]) {
    let exponent = (full.as_secs_f64() / half.as_secs_f64()).log2();
    print!("{:>9.2} ms {exponent:>4.1}", full.as_secs_f64() * 1e3);
}

/// The least time of a few runs: what else the machine does only adds to it.
fn least(mut run: impl FnMut() -> usize) -> Duration {
    const ENOUGH: Duration = Duration::from_millis(300);
    let begin = Instant::now();
    let mut least = Duration::MAX;
    loop {
        let start = Instant::now();
        black_box(run());
        least = least.min(start.elapsed());
        if begin.elapsed() > ENOUGH {
            return least;
        }
    }
}
