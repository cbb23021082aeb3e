//! What `--verbose` says on standard error: what is read, what is left alone, how long it takes.

use std::io::{self, Write};
use std::time::Duration;

use crate::check::Outcome;
use crate::finding::redact::Door;
use crate::load::Loaded;
use crate::report::escape;
use crate::source;

/// The project root, the configurations and the files.
pub(super) fn say_what_is_read(loaded: &Loaded) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let names = loaded.request.masked_names();
    let shown = |text: &str| {
        let text = Door::new(&names).path(text);
        escape::line(text.as_str()).into_owned()
    };
    let root = source::slashed(loaded.root.folder());
    writeln!(out, "docklint: project root {}", shown(&root))?;
    for path in &loaded.configurations {
        writeln!(out, "docklint: {} (configuration)", shown(path))?;
    }
    for source in loaded.sources.iter().filter(|file| !file.is_part()) {
        let path = shown(source.path());
        let what = match (source.is_template(), source.is_context()) {
            (true, _) => " template",
            (false, true) => ", referred to",
            (false, false) => "",
        };
        writeln!(out, "docklint: {path} ({}{what})", source.kind().name())?;
    }
    for skipped in loaded.skipped.iter().chain(&loaded.passed_by) {
        let (path, why) = (shown(&skipped.path), shown(&skipped.why));
        writeln!(out, "docklint: {path} skipped: {why}")?;
    }
    Ok(())
}

/// The time of each phase; `report` is that of writing the reports.
pub(super) fn say_what_it_took(report: Duration, outcome: &Outcome) -> io::Result<()> {
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    writeln!(
        io::stderr(),
        "docklint: read {:.1} ms, model {:.1} ms, rules {:.1} ms, report {:.1} ms",
        millis(outcome.times.read),
        millis(outcome.times.model),
        millis(outcome.times.rules),
        millis(report),
    )
}
