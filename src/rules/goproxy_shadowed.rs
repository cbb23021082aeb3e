//! `goproxy-shadowed`: an `ARG GOPROXY` that no Go command ever gets.

use super::{Rule, Sink};
use crate::flow::go::{GoDownload, GoSetting, go_downloads};
use crate::flow::{Build, Declarations, Workspace};
use crate::model::dockerfile::{Action, Declaration};
use crate::source::{Location, SourceFile};

pub(super) struct GoproxyShadowed;

impl Rule for GoproxyShadowed {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if source.is_template() {
            return;
        }
        let declarations = Declarations::of(build);
        let downloads = go_downloads(build, &declarations);
        if downloads.is_empty() {
            return;
        }
        for step in build.steps_of_target() {
            let of_step = &build.model.steps[step];
            let Action::Arg(declared) = &of_step.action else {
                continue;
            };
            let Some(argument) = declared.iter().find(|it| it.name == "GOPROXY") else {
                continue;
            };
            // A step of this stage, or of one that builds on it, behind the ARG.
            let behind = |download: &&GoDownload<'_>| {
                let stage = download.executed.stage();
                download.executed.step > step && build.chain(stage).contains(&of_step.stage)
            };
            let seen: Option<Vec<(&GoDownload<'_>, GoSetting<'_>)>> = downloads
                .iter()
                .filter(behind)
                .map(|download| {
                    let setting = download.sees("GOPROXY")?;
                    let at = setting.at.filter(|_| setting.hop.is_some())?;
                    let literal = setting.value.is_some() && is_literal(at, argument, source);
                    literal.then_some((download, setting))
                })
                .collect();
            if let Some((used, setting)) = seen.as_ref().and_then(|seen| seen.first()) {
                report(argument, used, setting, build, sink);
            }
        }
    }
}

/// Whether the place that gives the value writes it out, and is not the `ARG` itself.
fn is_literal(at: Location, argument: &Declaration<'_>, source: &SourceFile) -> bool {
    let is_argument = at.span.start <= argument.name_span.start && argument.name_span.end <= at.span.end;
    !is_argument && !source.slice(at.span).contains('$')
}

fn report(
    argument: &Declaration<'_>,
    used: &GoDownload<'_>,
    setting: &GoSetting<'_>,
    build: &Build<'_>,
    sink: &mut Sink,
) {
    let (Some(value), Some(at)) = (setting.value, setting.at) else {
        return;
    };
    let finding = sink
        .report(
            at,
            "this value wins",
            format!("a `GOPROXY` build argument never reaches Go: `{value}` replaces it"),
        )
        .about("GOPROXY")
        .before(build.at(argument.name_span), "declared here")
        .help(format!("write `${{GOPROXY:-{value}}}`, so that the build argument counts where one is given"));
    if !used.executed.holds(at) {
        finding.after(used.executed.location(), "Go runs here");
    }
}
