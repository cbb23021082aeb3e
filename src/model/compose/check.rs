//! What a project must hold together (compose-go `validation/` and `loader/validate.go`). Only what
//! bears on builds, environment, secrets and dependencies; the rest fails at run time at the latest.

use hashbrown::{HashMap, HashSet};

use crate::source::Location;

use super::containers;
use super::data::{Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::project::{Dockerfile, Project, SecretSource, Service};

/// Checks one loaded model, the main one or an included one.
pub(super) fn validate(model: &Map<'_>, diagnostics: &mut Diagnostics) {
    sources(model, "secrets", &["file", "environment"], diagnostics);
    sources(
        model,
        "configs",
        &["file", "environment", "content"],
        diagnostics,
    );
    volumes(model, diagnostics);
}

/// A secret or config has exactly one source, or is external.
fn sources(model: &Map<'_>, section: &str, keys: &[&str], diagnostics: &mut Diagnostics) {
    let Some(items) = model.get(section).and_then(Tree::as_map) else {
        return;
    };
    for item in items.iter() {
        let Some(map) = item.value.as_map() else {
            continue;
        };
        let given: Vec<_> = keys.iter().filter_map(|key| map.entry(key)).collect();
        let what = format!("the {} \"{}\"", section.trim_end_matches('s'), item.name);
        let all = keys.join("|");
        match given.as_slice() {
            [first, second, ..] => {
                let message = format!("{what} has several of {all}, which are mutually exclusive");
                let mut diagnostic =
                    Diagnostic::new(DiagnosticKind::Consistency, second.at, message);
                diagnostic
                    .related
                    .push((first.at, "given here first".to_owned()));
                diagnostics.push(diagnostic);
            }
            [] if map.get("driver").is_none() && map.get("external").is_none() => {
                let message = format!("{what} has no source: one of {all} must be set");
                diagnostics.push(Diagnostic::new(
                    DiagnosticKind::Consistency,
                    item.at,
                    message,
                ));
            }
            _ => {}
        }
    }
}

/// An external volume has a name and nothing else.
fn volumes(model: &Map<'_>, diagnostics: &mut Diagnostics) {
    let Some(items) = model.get("volumes").and_then(Tree::as_map) else {
        return;
    };
    for item in items.iter() {
        let Some(map) = item.value.as_map().filter(|map| is_external(map)) else {
            continue;
        };
        for entry in map.iter() {
            let is_fine =
                matches!(entry.name.as_ref(), "name" | "external") || entry.name.starts_with("x-");
            if !is_fine {
                let message = format!(
                    "the volume \"{}\" is external, and \"{}\" conflicts with that",
                    item.name, entry.name
                );
                diagnostics.push(Diagnostic::new(
                    DiagnosticKind::Consistency,
                    entry.at,
                    message,
                ));
            }
        }
    }
}

pub(super) fn is_external(map: &Map<'_>) -> bool {
    map.get("external").is_some_and(|external| {
        matches!(external.data, super::data::Data::Bool(true)) || external.as_str() == Some("true")
    })
}

/// Checks the services that are switched on.
pub(super) fn consistency(project: &Project<'_>, found: &mut Diagnostics) {
    let names: HashMap<&str, &Service<'_>> = project
        .services
        .iter()
        .map(|service| (service.name.as_ref(), service))
        .collect();
    let secrets = project.secrets.iter().map(|secret| secret.name.as_ref());
    let secrets: HashSet<&str> = secrets.collect();
    for service in project.services.iter().filter(|service| service.is_enabled) {
        let mut check = Check {
            project,
            names: &names,
            secrets: &secrets,
            service,
            found,
        };
        check.build();
        check.references();
    }
    cycles(project, &names, found);
    sources_of_secrets(project, found);
    containers::check(project, found);
}

struct Check<'c, 'a> {
    project: &'c Project<'a>,
    names: &'c HashMap<&'c str, &'c Service<'a>>,
    /// The names of the top-level secrets.
    secrets: &'c HashSet<&'c str>,
    service: &'c Service<'a>,
    found: &'c mut Diagnostics,
}

impl Check<'_, '_> {
    fn report(&mut self, at: Location, message: String) {
        self.found
            .push(Diagnostic::new(DiagnosticKind::Consistency, at, message));
    }

    fn build(&mut self) {
        let service = self.service;
        let name = &service.name;
        let Some(build) = &service.build else {
            let has_image = service
                .image
                .as_ref()
                .is_some_and(|image| !image.value.is_empty());
            if !has_image && service.fields.get("provider").is_none() {
                let message = format!(
                    "service \"{name}\" has neither an image nor a build context specified"
                );
                self.report(service.name_at, message);
            }
            return;
        };
        if let Dockerfile::Both { inline, .. } = &build.dockerfile {
            let message = format!(
                "service \"{name}\" declares mutually exclusive dockerfile and dockerfile_inline"
            );
            self.report(inline.at, message);
        }
        for context in &build.additional_contexts {
            let target = context
                .value
                .value
                .as_known()
                .and_then(|value| value.strip_prefix("service:"));
            let Some(target) = target else { continue };
            let message = match self.enabled(target) {
                None => "unknown",
                Some(service) if service.build.is_none() => "non-buildable",
                Some(_) => continue,
            };
            self.report(
                context.value.at,
                format!(
                    "service \"{name}\" declares {message} service \"{target}\" as additional \
                     contexts {}",
                    context.name
                ),
            );
        }
        let platform = service
            .fields
            .get("platform")
            .and_then(Tree::as_str)
            .filter(|p| !p.is_empty());
        if let (Some(platform), [first, ..]) = (platform, build.platforms.as_slice()) {
            let listed = build.platforms.iter().any(|listed| {
                listed
                    .value
                    .as_known()
                    .is_none_or(|listed| listed == platform)
            });
            if !listed {
                let message =
                    format!("service.build.platforms must include service.platform \"{platform}\"");
                self.report(first.at, message);
            }
        }
    }

    fn enabled(&self, name: &str) -> Option<&Service<'_>> {
        self.names
            .get(name)
            .copied()
            .filter(|service| service.is_enabled)
    }

    fn references(&mut self) {
        let service = self.service;
        let name = &service.name;
        let build_secrets = service.build.iter().flat_map(|build| &build.secrets);
        let uses = build_secrets
            .map(|secret| (secret, "build secret"))
            .chain(service.secrets.iter().map(|secret| (secret, "secret")));
        for (secret, what) in uses {
            if !self.secrets.contains(secret.source.as_str()) {
                let message = format!(
                    "service \"{name}\" refers to undefined {what} {}",
                    secret.source
                );
                self.report(secret.at, message);
            }
        }
        for (section, key) in [
            ("configs", "source"),
            ("networks", ""),
            ("models", ""),
            ("volumes", "source"),
        ] {
            self.section(section, key);
        }
        for dependency in &service.depends_on {
            let target = self.names.get(dependency.service.as_str());
            let is_missing = match target {
                None => true,
                Some(target) => !target.is_enabled && dependency.is_required,
            };
            if is_missing {
                let message = format!(
                    "service \"{name}\" depends on undefined service \"{}\"",
                    dependency.service
                );
                self.report(dependency.at, message);
            }
        }
        let mode = service.fields.get("network_mode");
        let target = mode
            .and_then(Tree::as_str)
            .and_then(|mode| mode.strip_prefix("service:"));
        if let Some(target) = target.filter(|target| self.enabled(target).is_none()) {
            let message =
                format!("service \"{target}\" not found for network_mode 'service:{target}'");
            self.report(mode.map_or(service.name_at, |mode| mode.at), message);
        }
        let networks = service.fields.get("networks").and_then(Tree::as_map);
        let mode = mode.filter(|mode| mode.as_str() != Some(""));
        if let (Some(mode), Some(false)) = (mode, networks.map(Map::is_empty)) {
            let message =
                format!("service {name} declares mutually exclusive `network_mode` and `networks`");
            self.report(mode.at, message);
        }
    }

    /// Names in a service's section must be defined at the top.
    fn section(&mut self, section: &str, key: &str) {
        let service = self.service;
        let Some(used) = service.fields.get(section) else {
            return;
        };
        let defined = self.project.sections.get(section).and_then(Tree::as_map);
        let uses: Vec<(&str, Location)> = match (used.as_map(), used.as_list()) {
            (Some(map), _) => map
                .iter()
                .map(|entry| (entry.name.as_ref(), entry.at))
                .collect(),
            (_, Some(items)) => items
                .iter()
                .filter_map(Tree::as_map)
                .filter(|map| section != "volumes" || is_named_volume(map))
                .filter_map(|map| map.get(key))
                .filter_map(|source| Some((source.as_str()?, source.at)))
                .collect(),
            _ => return,
        };
        for (used, at) in uses {
            let is_implicit = section == "networks" && used == "default";
            if !is_implicit && defined.is_none_or(|map| map.get(used).is_none()) {
                let what = section.trim_end_matches('s');
                let message = format!(
                    "service \"{}\" refers to undefined {what} {used}",
                    service.name
                );
                self.report(at, message);
            }
        }
    }
}

fn is_named_volume(map: &Map<'_>) -> bool {
    let source = map.get("source").and_then(Tree::as_str);
    map.get("type").and_then(Tree::as_str) == Some("volume")
        && source.is_some_and(|source| !source.is_empty())
}

/// A driver alone gives no secret.
fn sources_of_secrets(project: &Project<'_>, found: &mut Diagnostics) {
    let is_open = |source: &SecretSource<'_>| match source {
        SecretSource::File(field) | SecretSource::Environment(field) => field.value.is_empty(),
        SecretSource::External => false,
        SecretSource::Missing => true,
    };
    for secret in project
        .secrets
        .iter()
        .filter(|secret| is_open(&secret.source))
    {
        let message = format!(
            "the secret \"{}\" has neither file nor environment",
            secret.name
        );
        found.push(Diagnostic::new(
            DiagnosticKind::Consistency,
            secret.name_at,
            message,
        ));
    }
}

/// `depends_on` in a circle, found depth first without recursion.
fn cycles(project: &Project<'_>, names: &HashMap<&str, &Service<'_>>, found: &mut Diagnostics) {
    let mut done: HashSet<&str> = HashSet::new();
    for start in project.services.iter().filter(|service| service.is_enabled) {
        let mut path: Vec<(&Service<'_>, usize)> = vec![(start, 0)];
        let mut on_path: HashSet<&str> = HashSet::from([start.name.as_ref()]);
        while let Some((service, next)) = path.last_mut() {
            if done.contains(service.name.as_ref()) || *next >= service.depends_on.len() {
                done.insert(service.name.as_ref());
                on_path.remove(service.name.as_ref());
                path.pop();
                continue;
            }
            let Some(dependency) = service.depends_on.get(*next) else {
                break;
            };
            *next += 1;
            if on_path.contains(dependency.service.as_str()) {
                let links = path.iter().map(|(service, _)| service.name.as_ref());
                let links: Vec<&str> = links
                    .skip_while(|name| *name != dependency.service)
                    .collect();
                let message = format!(
                    "dependency cycle detected: {} -> {}",
                    links.join(" -> "),
                    dependency.service
                );
                found.push(Diagnostic::new(
                    DiagnosticKind::Consistency,
                    dependency.at,
                    message,
                ));
                return;
            }
            let target = names
                .get(dependency.service.as_str())
                .filter(|service| service.is_enabled);
            if let Some(target) = target {
                on_path.insert(target.name.as_ref());
                path.push((target, 0));
            }
        }
    }
}
