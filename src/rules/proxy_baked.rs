//! `proxy-baked`: the image keeps a proxy.

use super::{Rule, Sink, edits, proxy_credentials, words};
use crate::finding::{Applicability, Edit, Finding, Severity};
use crate::flow::{Analysis, Build, Declarations, Workspace};
use crate::model::dockerfile::{Action, Assignment, Declaration, DeclarationSource, Found, Step};
use crate::model::placeholder::is_placeholder;
use crate::model::variables::{is_predefined_proxy, is_proxy_address};
use crate::secrets::Place;
use crate::source::{Location, SourceFile, Span};

pub(super) struct ProxyBaked;

impl Rule for ProxyBaked {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some(target) = build.model.target else {
            return;
        };
        if workspace.is_template(build.file) {
            return;
        }
        let declarations = build.declarations();
        for stage in build.chain(target) {
            let steps = build.model.stages[stage].steps.clone();
            let baked = steps.flat_map(|index| {
                let assignments = assignments(&build.model.steps[index]).iter();
                assignments.filter_map(move |it| Baked::new(index, it, build, declarations))
            });
            // Passwords have a worse finding of their own, which speaks for these only.
            let (worst, others): (Vec<_>, Vec<_>) = baked.partition(|baked| baked.has_password);
            for baked in [worst, others] {
                report(&baked, build, target, workspace.source(build.file), sink);
            }
        }
    }
}

/// What a step assigns, if it puts it into its own image.
fn assignments<'b>(step: &'b Step<'b>) -> &'b [Assignment<'b>] {
    match &step.action {
        Action::Env(assignments) if step.triggered_by.is_none() => assignments,
        _ => &[],
    }
}

/// An assignment that puts a proxy into the image.
struct Baked<'b> {
    step: &'b Step<'b>,
    assignment: &'b Assignment<'b>,
    name: &'b str,
    /// A build argument fills it: the one of this name.
    filled_by: Option<&'b str>,
    /// Where that comes in.
    declared: Option<&'b Declaration<'b>>,
    has_password: bool,
}

impl<'b> Baked<'b> {
    fn new(
        index: usize,
        assignment: &'b Assignment<'b>,
        build: &'b Build<'_>,
        declarations: &Declarations<'b>,
    ) -> Option<Self> {
        let name = assignment
            .name
            .as_known()
            .filter(|name| is_proxy_address(name))?;
        let step = &build.model.steps[index];
        let uses = &build.model.uses[assignment.uses.clone()];
        let filled_by = uses
            .iter()
            .map(|used| used.name.as_str())
            .find(|used| declarations.reaches(step.stage, index, used));
        let stays = match assignment.value.as_known() {
            Some("") => filled_by.is_some(),
            Some(value) => !is_placeholder(value),
            // What comes from the base image was there before.
            None => filled_by.is_some() || uses.iter().all(|used| used.found != Found::Unknown),
        };
        stays.then(|| Self {
            step,
            assignment,
            name,
            filled_by,
            declared: filled_by.and_then(|name| declarations.first_in_stage(name)),
            has_password: proxy_credentials::password(Place::Env, name, &assignment.value)
                .is_some(),
        })
    }

    fn location(&self, build: &Build<'_>) -> Location {
        build.at(self.assignment.name_span.to(self.assignment.value_span))
    }

    /// Whether the finished image has it emptied again.
    fn is_emptied(&self, build: &Build<'_>, target: usize) -> bool {
        let end = build.model.stages[target].image_end;
        let change = build.model.image.at(end, self.name);
        change.is_some_and(|change| change.hop != self.assignment.hop && change.value.is_empty())
    }

    /// Whether a build argument of the same proxy is handed on: every RUN has it anyway.
    fn is_handed_on(&self) -> bool {
        self.filled_by
            .is_some_and(|variable| variable.eq_ignore_ascii_case(self.name))
    }

    /// Whether every RUN that has the proxy by this ENV has it without. A default of the ARG has one
    /// spelling only, what BuildKit hands on has both (facts/buildkit.md 3).
    fn is_dispensable(&self) -> bool {
        let has_default = self.declared.is_some_and(|arg| match arg.source {
            DeclarationSource::BuildArg => arg.default_span.is_some(),
            _ => arg
                .value
                .as_ref()
                .is_some_and(|(value, _)| !value.is_empty()),
        });
        self.is_handed_on() && (self.filled_by == Some(self.name) || !has_default)
    }
}

/// One finding for a stage; a comment at one of its places hides that place only.
fn report(
    baked: &[Baked<'_>],
    build: &Build<'_>,
    target: usize,
    source: &SourceFile,
    sink: &mut Sink,
) {
    let Some(first) = baked.first() else {
        return;
    };
    let names = words::list(baked.iter().map(|baked| baked.name));
    let is_emptied = baked.iter().all(|baked| baked.is_emptied(build, target));
    let message = if is_emptied {
        format!("the image's history keeps {names}, though a later ENV empties it")
    } else if first.filled_by.is_some() {
        format!("the image keeps the proxy it is built with: every container has it as {names}")
    } else {
        format!("the image keeps {names}: every container uses this proxy, wherever it runs")
    };
    let finding = sink
        .report(first.location(build), "stays in the image", message)
        .help(match baked.iter().all(|baked| baked.is_handed_on()) {
            true => "drop this ENV, and the ARG if nothing else needs it: BuildKit hands a proxy build argument to every RUN by itself, in both spellings, and the image stays clean".to_owned(),
            false => format!(
                "drop this ENV and pass the proxy as a build argument (`{}`): BuildKit hands it to every RUN by itself, in both spellings, and the image stays clean",
                flags(baked)
            ),
        });
    if let Some(arg) = first.declared {
        finding.before(build.at(arg.name_span), "the build argument comes in here");
    }
    let others = baked.iter().filter(|other| !std::ptr::eq(*other, first));
    finding.also(others.map(|other| other.location(build)), "this one too");
    grade(finding, is_emptied, first.has_password);
    if let Some(edits) = without(baked, build, source) {
        finding.fix("drop the ENV", Applicability::Suggested, edits);
    }
}

/// The flags that give these proxies to a build; one serves both spellings.
fn flags(baked: &[Baked<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in baked.iter().map(|baked| baked.name) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    let flags = names.iter().map(|name| format!("--build-arg {name}=…"));
    flags.collect::<Vec<_>>().join(" ")
}

fn grade(finding: &mut Finding, is_emptied: bool, has_password: bool) {
    if has_password {
        finding.severity(Severity::Error);
    } else if is_emptied {
        finding.severity(Severity::Info);
    }
}

/// Removes the instructions, if they do nothing but hand proxy build arguments on.
fn without(baked: &[Baked<'_>], build: &Build<'_>, source: &SourceFile) -> Option<Vec<Edit>> {
    let is_proxy =
        |assignment: &Assignment<'_>| assignment.name.as_known().is_some_and(is_predefined_proxy);
    let mut spans: Vec<Span> = Vec::new();
    for same in baked.chunk_by(|a, b| a.step.span() == b.step.span()) {
        let step = same.first()?.step;
        if !assignments(step).iter().all(is_proxy) || !same.iter().all(Baked::is_dispensable) {
            return None;
        }
        let span = step.span();
        match spans.last_mut() {
            // What stands together goes together, with the blank lines around it.
            Some(last) if is_blank_between(*last, span, source) => *last = last.to(span),
            _ => spans.push(span),
        }
    }
    let edits = spans.into_iter();
    Some(
        edits
            .map(|span| edits::without_line(span, build, source))
            .collect(),
    )
}

fn is_blank_between(above: Span, below: Span, source: &SourceFile) -> bool {
    let between = source.text().get(above.end as usize..below.start as usize);
    between.is_some_and(|text| text.trim().is_empty())
}
