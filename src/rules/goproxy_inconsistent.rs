//! `goproxy-inconsistent`: two Go downloads of one target ask different module proxies.

use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::go::{GoDownload, GoSetting, entries, first_host};
use crate::flow::{Analysis, Build, Workspace};

pub(super) struct GoproxyInconsistent;

/// A download and the `GOPROXY` it sees.
type Seen<'s, 'b> = (&'s GoDownload<'b>, Option<GoSetting<'b>>);

impl Rule for GoproxyInconsistent {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let downloads = build.go_downloads();
        let seen: Vec<Seen<'_, '_>> = downloads
            .iter()
            .map(|download| (download, download.sees("GOPROXY")))
            .collect();
        let allowed = &workspace.request.settings(build.file).network.goproxy;
        if !allowed.is_empty() {
            not_allowed(&seen, allowed, sink);
            return;
        }
        let has = seen.iter().find(|(_, setting)| setting.is_some());
        let lacks: Vec<_> = seen
            .iter()
            .filter(|(_, setting)| setting.is_none())
            .collect();
        match (has, lacks.split_first()) {
            (Some(has), Some((first, others))) => lacking(has, first, others, build, sink),
            _ => differing(&seen, sink),
        }
    }
}

/// One download has a module proxy, another has none.
fn lacking(
    has: &Seen<'_, '_>,
    lacks: &Seen<'_, '_>,
    others: &[&Seen<'_, '_>],
    build: &Build<'_>,
    sink: &mut Sink,
) {
    let (with, setting) = has;
    let finding = sink
        .report(
            lacks.0.executed.location(),
            "asks Go's default, proxy.golang.org",
            "this Go download has no `GOPROXY`, while another one of the same target has",
        )
        .about("GOPROXY");
    if let Some(at) = setting.and_then(|setting| setting.at) {
        finding.before(at, "set here");
    }
    if setting
        .and_then(|setting| setting.at)
        .is_none_or(|at| !with.executed.holds(at))
    {
        finding.before(with.executed.location(), "reaches this download");
    }
    let others = others.iter().map(|(other, _)| other.executed.location());
    finding.also(others, "and this one has none");
    let same_stage = with.executed.stage() == lacks.0.executed.stage();
    finding.help(if same_stage {
        "set it once, above the first download of the stage: `ARG GOPROXY` or `ENV GOPROXY=…`"
            .to_owned()
    } else {
        let stage = &build.model.stages[lacks.0.executed.stage()];
        match &stage.name {
            Some(name) => format!("declare `ARG GOPROXY` in stage `{name}` as well"),
            None => "declare `ARG GOPROXY` in this stage as well".to_owned(),
        }
    });
}

/// The configuration says which values there may be; one that is not known may be one of them.
fn not_allowed(seen: &[Seen<'_, '_>], allowed: &[String], sink: &mut Sink) {
    for (download, setting) in seen {
        let message = match setting.map(|setting| setting.value) {
            None => {
                "this Go download has no `GOPROXY`, and the configuration asks for one".to_owned()
            }
            Some(Some(value)) if !allowed.iter().any(|it| entries(it) == entries(value)) => {
                format!("`GOPROXY` is `{value}` here, which the configuration does not allow")
            }
            Some(_) => continue,
        };
        let finding = sink
            .report(
                download.executed.location(),
                "fetches modules here",
                message,
            )
            .about("GOPROXY")
            .help(format!(
                "allowed by `[network]`: `{}`",
                allowed.join("`, `")
            ));
        if let Some(at) = setting.and_then(|setting| setting.at)
            && !download.executed.holds(at)
        {
            finding.before(at, "set here");
        }
        return;
    }
}

/// All have one; the first known list that differs from the first known list is told.
fn differing(seen: &[Seen<'_, '_>], sink: &mut Sink) {
    let mut known = seen.iter().filter_map(|(download, setting)| {
        let setting = (*setting)?;
        Some((*download, setting, setting.value?))
    });
    let Some((first, of_first, list)) = known.next() else {
        return;
    };
    let Some((other, of_other, other_list)) = known.find(|(_, _, value)| *value != list) else {
        return;
    };
    let same_host = first_host(list) == first_host(other_list);
    let message = if same_host {
        format!(
            "two Go downloads of one target have different tails of `GOPROXY`: `{list}` and `{other_list}`"
        )
    } else {
        format!(
            "two Go downloads of one target ask different module proxies: `{list}` and `{other_list}`"
        )
    };
    let finding = sink
        .report(
            other.executed.location(),
            format!("asks `{other_list}`"),
            message,
        )
        .about("GOPROXY")
        .help("give `GOPROXY` one value, in one place that both steps see");
    if same_host {
        finding.severity(Severity::Info);
    }
    finding.before(
        of_first.at.unwrap_or(first.executed.location()),
        format!("`{list}` is set here"),
    );
    if let Some(at) = of_other.at.filter(|at| !other.executed.holds(*at)) {
        finding.before(at, format!("`{other_list}` is set here"));
    }
}
