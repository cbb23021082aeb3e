//! `goproxy-no-fallback`: a list that stops where its author may expect Go to try on.

use std::collections::BTreeSet;

use super::{Rule, Sink};
use crate::flow::go::{Separator, entries, go_downloads};
use crate::flow::{Build, Declarations, Workspace};
use crate::model::HopId;
use crate::source::Location;

pub(super) struct GoproxyNoFallback;

impl Rule for GoproxyNoFallback {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.source(build.file).is_template() {
            return;
        }
        let declarations = Declarations::of(build);
        let downloads = go_downloads(build, &declarations);
        // A script or `make` may run Go; a file whose Go commands are all offline asks no proxy.
        let runs_unseen = downloads.is_empty() && !runs_go(build);
        let mut told: Vec<HopId> = Vec::new();
        for setting in build.settings().filter(|setting| setting.name == "GOPROXY") {
            let used = |hop: HopId| build.model.provenance.story(hop).contains(&setting.hop);
            let reached = downloads
                .iter()
                .filter_map(|download| download.sees("GOPROXY")?.hop)
                .any(used);
            let is_new = !told.iter().any(|hop| comes_from(setting.hop, *hop, build));
            if let Some(list) = setting.value.as_known()
                && (reached || runs_unseen)
                && is_new
            {
                told.push(setting.hop);
                report(list, build.at(setting.name_span.to(setting.value_span)), sink);
            }
        }
        let mut written: BTreeSet<Location> = BTreeSet::new();
        for download in &downloads {
            let Some(setting) = download.sees("GOPROXY") else {
                continue;
            };
            let is_told = setting.hop.is_some_and(|hop| told.iter().any(|told| comes_from(hop, *told, build)));
            if let (Some(list), Some(at)) = (setting.value, setting.at)
                && (setting.by_shell || setting.hop.is_none())
                && !is_told
                && written.insert(at)
            {
                report(list, at, sink);
            }
        }
    }
}

/// Whether a value has been at another hop before.
fn comes_from(hop: HopId, earlier: HopId, build: &Build<'_>) -> bool {
    build.model.provenance.story(hop).contains(&earlier)
}

/// Whether any RUN runs the Go command.
fn runs_go(build: &Build<'_>) -> bool {
    let commands = build.commands.iter().flatten();
    commands
        .flat_map(|commands| &commands.outcome.commands)
        .any(|command| command.name() == Some("go"))
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
