//! Secrets in what a service's containers run, and in its labels.

use hashbrown::HashSet;

use crate::flow::workspace::Workspace;
use crate::model::compose::Service;
use crate::secrets::{Judgement, judge_text};
use crate::source::Location;

use super::{line_before, part};

/// A secret in a service.
#[derive(Debug)]
pub struct ServiceSecret<'w> {
    /// The service.
    pub service: &'w Service<'w>,
    /// The key whose value holds it.
    pub key: &'static str,
    /// Where it stands.
    pub at: Location,
    /// What is to be said of it.
    pub judgement: Judgement,
}

/// The keys of a service whose values are commands and labels.
const KEYS: &[&str] = &["command", "entrypoint", "healthcheck", "labels"];

/// The secrets in the commands and labels of all services, as they are written. Comments do not
/// count.
pub fn service_secrets<'w>(workspace: &'w Workspace<'_>) -> Vec<ServiceSecret<'w>> {
    let projects = workspace.projects.iter();
    let mut all = Vec::new();
    // Services that share a text by an anchor or `extends` share its secrets.
    let mut seen = HashSet::new();
    for service in projects.flat_map(|project| &project.services) {
        for key in KEYS.iter().copied() {
            if let Some(value) = service.fields.get(key)
                && seen.insert(value.at)
            {
                let found = in_value(value.at, workspace);
                all.extend(found.map(|(at, judgement)| ServiceSecret {
                    service,
                    key,
                    at,
                    judgement,
                }));
            }
        }
    }
    all
}

fn in_value<'w>(
    place: Location,
    workspace: &'w Workspace<'_>,
) -> impl Iterator<Item = (Location, Judgement)> + use<'w> {
    let source = workspace.source(place.file);
    let text = match source.is_shared() {
        true => source.slice(place.span),
        false => "",
    };
    let names = &workspace.request.settings(place.file).names;
    judge_text(names, text, workspace.holds_tokens(place.file))
        .into_iter()
        .filter_map(move |judgement| {
            let secret = judgement.secret.clone()?;
            let line = line_before(text, secret.start);
            let is_comment = line.trim_start().starts_with('#') || line.contains(" #");
            // `$$NAME` is a variable of the container's shell.
            let is_variable = text.get(secret.clone())?.contains("$$");
            let at = Location {
                span: part(place.span, &secret),
                ..place
            };
            (!is_comment && !is_variable).then_some((at, judgement))
        })
}
