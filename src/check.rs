//! The pipeline: source files to findings.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::finding::suppress::Suppressions;
use crate::finding::{self, Finding};
use crate::flow::{Build, Origin, Request, Told, Trees, Workspace};
use crate::model::compose::Project;
use crate::rules::{self, Selections};
use crate::secrets::Names;
use crate::source::{Location, SourceFile};

/// What a run found out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files that were read, indexed by their `FileId`.
    pub sources: Vec<SourceFile>,
    /// The findings, sorted by file, offset and rule.
    pub findings: Vec<Finding>,
    /// What could not be done: the run goes on past it.
    pub errors: Vec<RunError>,
    /// Files that were seen and not checked, and why.
    pub skipped: Vec<Skipped>,
    /// Findings hidden by suppression comments.
    pub suppressed: usize,
    /// The names whose values are masked besides those that everybody knows.
    pub names: Names,
    /// The variables that were told of builds and of the caller's shell.
    pub told: Vec<Told>,
    /// The project root: an absolute path, written with `/`; empty if there is none.
    pub root: String,
    /// Findings hidden by a baseline.
    pub baselined: usize,
    /// Entries of the baseline that hide nothing any more.
    pub stale: usize,
    /// What was mended.
    pub fixed: Vec<FixedFile>,
    /// How long it took.
    pub times: Times,
}

/// A file that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// The path.
    pub path: String,
    /// How many findings of which rule were mended in it.
    pub rules: BTreeMap<&'static str, usize>,
}

/// How long the phases of a run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Finding and reading the files, if they were.
    pub read: Duration,
    /// Parsing the files and working out what the real tools make of them.
    pub model: Duration,
    /// Running the rules, and hiding what suppression comments hide.
    pub rules: Duration,
}

/// Something the run could not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunError {
    /// The path it is about.
    pub path: String,
    /// A stable word for programs: `not-found`, `unreadable`, `invalid-config`, …
    pub kind: &'static str,
    /// What happened, for people.
    pub message: String,
    /// The bytes of one of the sources that it is about, if it is about some.
    pub at: Option<Location>,
}

/// A file that was seen and not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The path.
    pub path: String,
    /// Why, for people.
    pub why: String,
}

/// How to check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rules run for which file.
    pub selections: Selections,
    /// Report what suppression comments would hide.
    pub no_ignores: bool,
    /// What is told about builds.
    pub request: Request,
}

/// Checks files.
pub fn check(sources: Vec<SourceFile>, options: &Options) -> Outcome {
    run(sources, None, options)
}

/// Checks files whose projects are loaded already.
pub fn check_projects(
    sources: Vec<SourceFile>,
    projects: Vec<Project<'_>>,
    options: &Options,
) -> Outcome {
    run(sources, Some(projects), options)
}

fn run(sources: Vec<SourceFile>, projects: Option<Vec<Project<'_>>>, options: &Options) -> Outcome {
    let begun = Instant::now();
    let trees = Trees::parse(&sources);
    let workspace = match projects {
        Some(projects) => Workspace::of_projects(&trees, &options.request, projects),
        None => Workspace::new(&trees, &options.request),
    };
    let model = begun.elapsed();
    let mut findings = rules::run(&workspace, &options.selections);
    findings.retain(|finding| concerns(finding, &sources));
    let errors = missed_targets(&workspace);
    let found = findings.len();
    let (mut findings, suppressed) = match options.no_ignores {
        true => (findings, 0),
        false => {
            let mut suppressions = suppressions(&workspace);
            let mut kept = hide(findings, &mut suppressions);
            let suppressed = found - kept.len();
            let mut told = rules::complaints(&suppressions, &options.selections);
            told.retain(|finding| concerns(finding, &sources));
            kept.extend(hide(told, &mut suppressions));
            finding::sort(&mut kept);
            (kept, suppressed)
        }
    };
    findings.iter_mut().for_each(Finding::shorten);
    let mut names = options.request.masked_names();
    names.lend(&shown(&findings, &sources));
    drop(workspace);
    drop(trees);
    Outcome {
        findings,
        suppressed,
        errors,
        names,
        told: options.request.told(),
        root: options.request.root.clone(),
        times: Times {
            read: Duration::ZERO,
            model,
            rules: begun.elapsed().saturating_sub(model),
        },
        sources,
        ..Outcome::default()
    }
}

/// The texts of the files that findings point at.
fn shown<'s>(findings: &[Finding], sources: &'s [SourceFile]) -> Vec<&'s str> {
    let labels = findings.iter().flat_map(|finding| &finding.labels);
    let mut files: Vec<usize> = labels.map(|label| label.location.file.0 as usize).collect();
    files.sort_unstable();
    files.dedup();
    files.iter().map(|&file| sources[file].text()).collect()
}

/// Targets that are not there. One that was typed is meant for the Dockerfiles that have it; one that
/// the configuration presets, for each Dockerfile it names.
fn missed_targets(workspace: &Workspace<'_>) -> Vec<RunError> {
    let builds = &workspace.builds;
    // Of a file that BuildKit does not read to its end nobody knows all stages.
    let mut whole = builds.iter().filter(|build| build.tree.errors.is_empty());
    if workspace.request.target.is_none() {
        let alone = whole.filter(|build| build.origin == Origin::Plain);
        return alone
            .filter_map(|it| no_such_stage(workspace, it))
            .collect();
    }
    let has_target = builds.iter().any(|build| build.model.target.is_some());
    let first = whole.next().filter(|_| !has_target);
    first
        .and_then(|first| no_such_stage(workspace, first))
        .into_iter()
        .collect()
}

/// That a build's file does not have the stage that was asked for.
pub fn no_such_stage(workspace: &Workspace<'_>, build: &Build<'_>) -> Option<RunError> {
    if build.model.target.is_some() {
        return None;
    }
    let target = workspace.request.given(build.file).target?;
    let stages = build.model.stages.iter();
    let names = stages.filter_map(|stage| Some(format!("`{}`", stage.name.as_deref()?)));
    let names: Vec<String> = names.collect();
    let has = match names.get(..MOST_STAGES) {
        _ if names.is_empty() => "no stage has a name".to_owned(),
        Some(first) if first.len() < names.len() => format!("there are {}, …", first.join(", ")),
        _ if names.len() == 1 => format!("there is {}", names.join("")),
        _ => format!("there are {}", names.join(", ")),
    };
    Some(RunError {
        path: workspace.source(build.file).path().to_owned(),
        kind: "no-such-stage",
        message: format!("there is no stage `{target}`; {has}"),
        at: None,
    })
}

/// That many stages are named to somebody who named none of them.
const MOST_STAGES: usize = 12;

/// Whether a finding is about a file that was asked for: context files have only a part in it.
fn concerns(finding: &Finding, sources: &[SourceFile]) -> bool {
    finding.labels.iter().any(|label| {
        let file = sources.get(label.location.file.0 as usize);
        file.is_none_or(|file| !file.is_context())
    })
}

fn suppressions(workspace: &Workspace<'_>) -> Suppressions {
    let mut suppressions = Suppressions::default();
    let cut = workspace.cut();
    // A text that was cut from another file has its comments there.
    for file in workspace.sources.iter().filter(|file| !file.is_part()) {
        let id = |name: &str| rules::find(name).map(|rule| rule.id);
        let is_cut = cut.contains(&file.id());
        suppressions.add(file, || workspace.items(file.id()), is_cut, id);
    }
    suppressions
}

fn hide(mut findings: Vec<Finding>, suppressions: &mut Suppressions) -> Vec<Finding> {
    findings.retain_mut(|finding| !suppressions.hides(finding));
    findings
}
