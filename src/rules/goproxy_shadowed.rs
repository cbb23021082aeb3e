//! `goproxy-shadowed`: an `ARG GOPROXY` that no Go command ever gets.

use std::collections::BTreeMap;

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit};
use crate::flow::go::{GoDownload, GoSetting};
use crate::flow::{Analysis, Build, Workspace};
use crate::model::dockerfile::{Action, Base, Declaration};
use crate::source::{Location, SourceFile, Span};

pub(super) struct GoproxyShadowed;

impl Rule for GoproxyShadowed {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) {
            return;
        }
        let downloads = build.go_downloads();
        if downloads.is_empty() {
            return;
        }
        let mut declared: BTreeMap<usize, Vec<&GoDownload<'_>>> = BTreeMap::new();
        let nearest = nearest_arguments(build);
        for download in downloads {
            let arguments = nearest[download.executed.stage()].iter();
            let above = arguments.rev().find(|step| **step < download.executed.step);
            if let Some(&step) = above {
                declared.entry(step).or_default().push(download);
            }
        }
        for (step, downloads) in declared {
            let Some(argument) = argument(build, step) else {
                continue;
            };
            let literal = |download: &&GoDownload<'_>| {
                download.sees("GOPROXY").is_some_and(|setting| {
                    let at = setting
                        .at
                        .filter(|_| setting.hop.is_some() && setting.value.is_some());
                    at.is_some_and(|at| is_literal(at, argument, source))
                })
            };
            if downloads.iter().all(literal)
                && let Some(first) = downloads.first()
                && let Some(setting) = first.sees("GOPROXY")
            {
                report(argument, first, &setting, build, source, sink);
            }
        }
    }
}

/// The `ARG GOPROXY` of a step.
fn argument<'b>(build: &'b Build<'_>, step: usize) -> Option<&'b Declaration<'b>> {
    match &build.model.steps[step].action {
        Action::Arg(declared) => declared.iter().find(|it| it.name == "GOPROXY"),
        _ => None,
    }
}

/// For each stage the steps with an `ARG GOPROXY`: its own behind the last one of the stages it
/// builds on.
fn nearest_arguments(build: &Build<'_>) -> Vec<Vec<usize>> {
    let mut nearest: Vec<Vec<usize>> = Vec::with_capacity(build.model.stages.len());
    for stage in &build.model.stages {
        let inherited = match stage.base {
            Base::Stage(parent) => nearest.get(parent).and_then(|steps| steps.last()).copied(),
            Base::Image(_) | Base::Scratch => None,
        };
        let own = stage
            .steps
            .clone()
            .filter(|&step| argument(build, step).is_some());
        nearest.push(inherited.into_iter().chain(own).collect());
    }
    nearest
}

/// Whether the place that gives the value writes it out, and is not the `ARG` itself.
fn is_literal(at: Location, argument: &Declaration<'_>, source: &SourceFile) -> bool {
    let is_argument =
        at.span.start <= argument.name_span.start && argument.name_span.end <= at.span.end;
    !is_argument && !source.slice(at.span).contains('$')
}

fn report(
    argument: &Declaration<'_>,
    used: &GoDownload<'_>,
    setting: &GoSetting<'_>,
    build: &Build<'_>,
    source: &SourceFile,
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
        .help(format!(
            "write `${{GOPROXY:-{value}}}`, so that the build argument counts where one is given"
        ));
    if !used.executed.holds(at) {
        finding.after(used.executed.location(), "Go runs here");
    }
    // A default of the ARG would be used instead of the value that is written out.
    if argument.default_span.is_none()
        && let Some(span) = written_by_env(at, value, build, source)
    {
        let edit = Edit {
            file: build.file,
            span,
            text: format!("${{GOPROXY:-{value}}}"),
        };
        let title = "let the value be the default".to_owned();
        finding.fix(title, Applicability::Suggested, vec![edit]);
    }
}

/// Where an ENV writes the value as it is, without the quotes around it.
fn written_by_env(
    at: Location,
    value: &str,
    build: &Build<'_>,
    source: &SourceFile,
) -> Option<Span> {
    let Action::Env(assignments) = &build.model.steps[build.step_at(at.span)?].action else {
        return None;
    };
    let mut assignments = assignments.iter();
    let assignment = assignments.find(|it| it.name_span.start == at.span.start)?;
    let span = assignment.value_span;
    let written = source.slice(span);
    let quotes = usize::from(written.starts_with('"'));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.,|-_~%".contains(c);
    let is_written = written.get(quotes..written.len() - quotes) == Some(value);
    (is_written && value.chars().all(is_plain)).then(|| {
        let (start, end) = (span.start as usize, span.end as usize);
        Span::new(start + quotes, end - quotes)
    })
}
