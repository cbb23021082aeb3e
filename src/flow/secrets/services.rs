//! Secrets in what a service's containers run, and in its labels.

use crate::flow::workspace::Workspace;
use crate::model::compose::Service;
use crate::secrets::{Judgement, judge_text};
use crate::source::Location;

use super::part;

/// A secret in a service.
#[derive(Debug)]
pub struct ServiceSecret {
    /// The key whose value holds it.
    pub key: &'static str,
    /// Where it stands.
    pub at: Location,
    /// What is to be said of it.
    pub judgement: Judgement,
}

/// The keys of a service whose values are commands and labels.
const KEYS: &[&str] = &["command", "entrypoint", "healthcheck", "labels"];

/// The secrets in a service's commands and labels, as they are written. Comments do not count.
pub fn service_secrets(service: &Service<'_>, workspace: &Workspace<'_>) -> Vec<ServiceSecret> {
    let mut all = Vec::new();
    for key in KEYS.iter().copied() {
        let Some(value) = service.fields.get(key) else {
            continue;
        };
        let source = workspace.source(value.at.file);
        if !source.is_shared() {
            continue;
        }
        let text = source.slice(value.at.span);
        let names = &workspace.request.settings(value.at.file).names;
        for judgement in judge_text(names, text) {
            let Some(secret) = judgement.secret.clone() else {
                continue;
            };
            let line = text.get(..secret.start).unwrap_or_default();
            let line = line.rsplit('\n').next().unwrap_or_default();
            let is_comment = line.trim_start().starts_with('#') || line.contains(" #");
            // `$$NAME` is a variable of the container's shell.
            let is_variable = text
                .get(secret.clone())
                .is_some_and(|secret| secret.contains("$$"));
            if !is_comment && !is_variable {
                all.push(ServiceSecret {
                    key,
                    at: Location {
                        span: part(value.at.span, &secret),
                        ..value.at
                    },
                    judgement,
                });
            }
        }
    }
    all
}
