//! What a setting of a `.env` goes into under other names: those are what a build or container gets.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::redact::{Door, Redacted};
use crate::flow::Workspace;
use crate::model::HopId;
use crate::model::compose::{Project, Service};

/// A setting of a `.env`, and the variables it goes into.
#[derive(Debug)]
pub struct FeedView {
    /// The `.env`.
    pub file: Redacted,
    /// The line.
    pub line: usize,
    /// The variables.
    pub names: Vec<Redacted>,
}

/// The settings of a variable that go into others.
pub(super) fn feeds(workspace: &Workspace<'_>, variable: &str) -> Vec<FeedView> {
    let mut found: BTreeMap<(&str, usize), BTreeSet<&str>> = BTreeMap::new();
    for project in &workspace.projects {
        let settings = project.dotenv.iter();
        for setting in settings.filter(|setting| setting.name == variable) {
            let file = workspace.source(setting.name_at.file);
            let line = file.lines().line(setting.name_at.span.start as usize);
            let names = found.entry((file.path(), line)).or_default();
            names.extend(fed_by(project, setting.hop).filter(|name| *name != variable));
        }
    }
    let door = Door::new(&workspace.names);
    let found = found.into_iter().filter(|(_, names)| !names.is_empty());
    found
        .map(|((file, line), names)| FeedView {
            file: door.path(file),
            line,
            names: names.into_iter().map(|name| door.text(name)).collect(),
        })
        .collect()
}

/// The arguments and variables of services that a setting has a part in.
fn fed_by<'p>(project: &'p Project<'_>, setting: HopId) -> impl Iterator<Item = &'p str> {
    let services = project.services.iter();
    let all = services.flat_map(settings_of);
    all.filter(move |(_, hop)| project.provenance.story(*hop).contains(&setting))
        .map(|(name, _)| name)
}

fn settings_of<'p>(service: &'p Service<'_>) -> impl Iterator<Item = (&'p str, HopId)> {
    let args = service.build.iter().flat_map(|build| &build.args);
    let args = args.map(|arg| (&*arg.name, arg.hop));
    let environment = service.environment.iter();
    args.chain(environment.map(|entry| (&*entry.name, entry.hop)))
}
