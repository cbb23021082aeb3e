//! What the containers of a project must hold together (compose-go `loader/validate.go`).

use hashbrown::HashMap;

use crate::source::Location;

use super::data::{Data, Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::project::{Project, Service};

/// Checks the services that are switched on.
pub(super) fn check(project: &Project<'_>, found: &mut Diagnostics) {
    let mut report = |at: Location, message: String| {
        found.push(Diagnostic::new(DiagnosticKind::Consistency, at, message));
    };
    let mut named: HashMap<&str, &str> = HashMap::new();
    for service in project.services.iter().filter(|service| service.is_enabled) {
        health_check(service, &mut report);
        scale(service, &mut report);
        mounts(service, &mut report);
        watches(service, &mut report);
        let Some((name, at)) = container_name(service) else {
            continue;
        };
        if let Some(other) = named.insert(name, service.name.as_ref()) {
            let message = format!("container name \"{name}\" is already in use by service {other}");
            report(at, message);
        }
    }
}

type Report<'r> = &'r mut dyn FnMut(Location, String);

fn container_name<'s>(service: &'s Service<'_>) -> Option<(&'s str, Location)> {
    let tree = service.fields.get("container_name")?;
    let name = tree.as_str().filter(|name| !name.is_empty())?;
    Some((name, tree.at))
}

fn health_check(service: &Service<'_>, report: Report<'_>) {
    let check = service.fields.get("healthcheck").and_then(Tree::as_map);
    let test = check
        .and_then(|check| check.get("test"))
        .and_then(Tree::as_list);
    let Some(first) = test.and_then(|test| test.first()) else {
        return;
    };
    if !matches!(first.as_str(), None | Some("CMD" | "CMD-SHELL" | "NONE")) {
        let message = "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"";
        report(first.at, message.to_owned());
    }
}

/// Several containers cannot share a name, and their number is said once.
fn scale(service: &Service<'_>, report: Report<'_>) {
    let count = |tree: Option<&Tree<'_>>| match tree?.data {
        Data::Int(count) => Some((count, tree?.at)),
        _ => None,
    };
    let deploy = service.fields.get("deploy").and_then(Tree::as_map);
    let scale = count(service.fields.get("scale"));
    let replicas = count(deploy.and_then(|deploy| deploy.get("replicas")));
    let name = &service.name;
    if let (Some((scale, at)), Some((replicas, _))) = (scale, replicas)
        && scale != replicas
    {
        let message =
            format!("service \"{name}\" has a scale of {scale} and {replicas} deploy.replicas");
        report(at, message);
    }
    let mut counts = [replicas, scale].into_iter().flatten();
    let several = counts.find(|&(count, _)| count > 1);
    if let (Some((count, at)), Some((container, _))) = (several, container_name(service)) {
        let message = format!(
            "service \"{name}\" cannot have {count} containers of the one name \"{container}\""
        );
        report(at, message);
    }
}

/// A bind mount says what is mounted.
fn mounts(service: &Service<'_>, report: Report<'_>) {
    for volume in maps(service.fields.get("volumes")) {
        let kind = volume.get("type");
        if let Some(kind) = kind.filter(|kind| kind.as_str() == Some("bind"))
            && volume.get("source").is_none()
        {
            let message = format!("a bind mount of service \"{}\" has no source", service.name);
            report(kind.at, message);
        }
    }
}

/// What is synchronised is synchronised to somewhere.
fn watches(service: &Service<'_>, report: Report<'_>) {
    let develop = service.fields.get("develop").and_then(Tree::as_map);
    for watch in maps(develop.and_then(|develop| develop.get("watch"))) {
        let action = watch.get("action");
        let is_sync = |action: &&Tree<'_>| action.as_str().is_some_and(|it| it.starts_with("sync"));
        let is_open = watch
            .get("target")
            .is_none_or(|target| target.as_str() == Some(""));
        if let Some(action) = action.filter(is_sync).filter(|_| is_open) {
            let message = format!("a watch of service \"{}\" has no target", service.name);
            report(action.at, message);
        }
    }
}

fn maps<'t, 'a>(tree: Option<&'t Tree<'a>>) -> impl Iterator<Item = &'t Map<'a>> {
    let items = tree.and_then(Tree::as_list).unwrap_or_default();
    items.iter().filter_map(Tree::as_map)
}
