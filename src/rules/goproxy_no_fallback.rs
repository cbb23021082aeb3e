//! `goproxy-no-fallback`: a list that stops where its author may expect Go to try on.

use std::collections::BTreeSet;

use super::{Rule, Sink};
use crate::flow::go::{Separator, entries, go_downloads};
use crate::flow::{Build, Declarations, Workspace};
use crate::source::Location;

pub(super) struct GoproxyNoFallback;

impl Rule for GoproxyNoFallback {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.source(build.file).is_template() {
            return;
        }
        let settings = build.settings().filter(|setting| setting.name == "GOPROXY");
        let mut told: BTreeSet<Location> = BTreeSet::new();
        for setting in settings {
            let at = build.at(setting.name_span.to(setting.value_span));
            if let Some(list) = setting.value.as_known() {
                report(list, at, sink);
                told.insert(at);
            }
        }
        let declarations = Declarations::of(build);
        for download in go_downloads(build, &declarations) {
            if let Some(setting) = download.sees("GOPROXY")
                && (setting.by_shell || setting.hop.is_none())
                && let (Some(list), Some(at)) = (setting.value, setting.at)
                && told.insert(at)
            {
                report(list, at, sink);
            }
        }
    }
}

fn report(list: &str, at: Location, sink: &mut Sink) {
    let entries = entries(list);
    let (label, message) = match entries.as_slice() {
        [only] if only.is_address() => (
            "one proxy, no other way",
            format!("when `{}` fails, for whatever reason, so does the download", only.text),
        ),
        [first, next, ..] if first.separator == Some(Separator::Comma) => (
            "`,` goes on after 404 and 410 only",
            format!(
                "when `{}` refuses, breaks or times out, Go does not go on to `{}`: a comma lets it only after 404 and 410",
                first.text, next.text
            ),
        ),
        _ => return,
    };
    sink.report(at, label, message)
        .about("GOPROXY")
        .help("separate with `|` to go on after any error, as in `https://goproxy.example|direct`; no separator ends a wait for a proxy that accepts and never answers");
}
