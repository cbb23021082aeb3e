//! `goproxy-no-fallback`: a list that stops where its author may expect Go to try on.

use hashbrown::HashSet;

use super::{Rule, Sink};
use crate::flow::go::{GoDownload, Separator, entries};
use crate::flow::{Analysis, Build, Workspace};
use crate::model::HopId;
use crate::source::{Location, SourceFile};

pub(super) struct GoproxyNoFallback;

impl Rule for GoproxyNoFallback {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) {
            return;
        }
        let downloads = build.go_downloads();
        // A script or `make` may run Go; a file whose Go commands are all offline asks no proxy.
        let runs_unseen = downloads.is_empty() && !runs_go(build);
        let reached = reached(downloads, build);
        let mut told: HashSet<&str> = HashSet::new();
        for setting in build
            .network_settings()
            .filter(|setting| setting.name == "GOPROXY")
        {
            let at = build.at(setting.name_span.to(setting.value_span));
            if let Some(list) = setting.value.as_known()
                && (runs_unseen || reached.contains(&setting.hop))
                && !(is_passed_on(at, source) && told.contains(list))
            {
                told.insert(list);
                report(list, at, sink);
            }
        }
        let mut written: HashSet<Location> = HashSet::new();
        for setting in downloads
            .iter()
            .filter_map(|download| download.sees("GOPROXY"))
        {
            if let (Some(list), Some(at)) = (setting.value, setting.at)
                && (setting.by_shell || setting.hop.is_none())
                && !(is_passed_on(at, source) && told.contains(list))
                && written.insert(at)
            {
                report(list, at, sink);
            }
        }
    }
}

/// Whether a place hands on what another variable holds, as in `GOPROXY=$GOPROXY`.
fn is_passed_on(at: Location, source: &SourceFile) -> bool {
    source.slice(at.span).contains('$')
}

/// All hops on the way of a list to a download.
fn reached(downloads: &[GoDownload<'_>], build: &Build<'_>) -> HashSet<HopId> {
    let seen = downloads
        .iter()
        .filter_map(|download| download.sees("GOPROXY")?.hop);
    let mut stack: Vec<HopId> = seen.collect();
    let mut reached = HashSet::new();
    while let Some(hop) = stack.pop() {
        if reached.insert(hop) {
            stack.extend(build.model.provenance.parents(hop));
        }
    }
    reached
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
            format!(
                "when `{}` fails, for whatever reason, so does the download",
                only.text
            ),
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
