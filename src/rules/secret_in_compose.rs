//! `secret-in-compose`: a service's environment, commands or labels hold a secret in clear.

use hashbrown::HashSet;

use super::stories::is_placeholder_address;
use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::Workspace;
use crate::flow::secrets::{ServiceSecret, service_secrets};
use crate::model::compose::{EnvironmentEntry, Service};
use crate::secrets::{Place, Verdict, judge, names};

pub(super) struct SecretInCompose;

impl Rule for SecretInCompose {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut seen = HashSet::new();
        let services = workspace
            .projects
            .iter()
            .flat_map(|project| &project.services);
        for service in services {
            let known = known_words(service);
            for entry in &service.environment {
                if seen.insert(entry.at) {
                    look_at(entry, &known, workspace, sink);
                }
            }
        }
        let secrets = service_secrets(workspace);
        for of_service in secrets.chunk_by(|a, b| std::ptr::eq(a.service, b.service)) {
            let known = of_service.first().map(|secret| known_words(secret.service));
            for secret in of_service {
                tell(secret, known.as_ref(), workspace, sink);
            }
        }
    }
}

/// A secret in a command or label.
fn tell(
    secret: &ServiceSecret<'_>,
    known_words: Option<&HashSet<&str>>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let (key, service) = (secret.key, &secret.service.name);
    let written = workspace.source(secret.at.file).slice(secret.at.span);
    let (severity, message) = match secret.judgement.verdict {
        Verdict::Clean | Verdict::Channel => return,
        Verdict::Literal if known_words.is_some_and(|known| known.contains(written)) => (
            Severity::Info,
            format!(
                "`{key}` of `{service}` holds the service's own user, database or name as a password"
            ),
        ),
        Verdict::Weak => (
            Severity::Info,
            format!("`{key}` of `{service}` holds a password that everybody knows"),
        ),
        Verdict::Literal | Verdict::Token => (
            Severity::Warning,
            format!(
                "`{key}` of `{service}` holds a secret that everybody who has the repository can read"
            ),
        ),
    };
    sink.report(secret.at, "in clear here", message)
        .severity(severity)
        .help("take it from outside: `${NAME:?}` with a `.env` that git ignores, or a file under `secrets`");
}

/// What everybody would try as a password of the service: its own name, and its settings that are
/// no secrets, such as the user and the database.
fn known_words<'s>(service: &'s Service<'_>) -> HashSet<&'s str> {
    let values = service
        .environment
        .iter()
        .filter(|entry| names::kind(&entry.name).is_none());
    let values = values.filter_map(|entry| entry.value.as_ref()?.as_known());
    values.chain([&*service.name]).collect()
}

fn look_at(
    entry: &EnvironmentEntry<'_>,
    known_words: &HashSet<&str>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let source = workspace.source(entry.at.file);
    if entry.is_pass_through || !source.is_shared() {
        return;
    }
    let names = &workspace.request.settings(entry.at.file).names;
    let written = source.slice(entry.at.span);
    let is_interpolated = written.contains("${") || written.starts_with('$');
    let known = entry.value.as_ref().and_then(|value| value.as_known());
    // What `.env` brings is judged where it stands.
    let value = known.filter(|_| !is_interpolated).unwrap_or(written);
    let judgement = judge(names, Place::ComposeEnv, &entry.name, Some(value));
    let name = &entry.name;
    if is_placeholder_address(name, &judgement) {
        return;
    }
    let (severity, message) = match judgement.verdict {
        Verdict::Clean | Verdict::Channel => return,
        Verdict::Literal if known_words.contains(value) => (
            Severity::Info,
            format!("`{name}` holds the service's own user, database or name as a password"),
        ),
        Verdict::Weak => (
            Severity::Info,
            format!("`{name}` holds a password that everybody knows"),
        ),
        Verdict::Literal | Verdict::Token => (
            Severity::Warning,
            format!("`{name}` holds a secret that everybody who has the repository can read"),
        ),
    };
    sink.report(entry.at, "in clear here", message)
        .severity(severity)
        .about(&**name)
        .help(format!(
            "take it from outside: `{name}: ${{{name}:?}}` with a `.env` that git ignores, or a file under `secrets`"
        ));
}
