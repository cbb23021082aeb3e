//! `extends` (facts/compose.md 5; compose-go `loader/extends.go`).

use hashbrown::HashMap;

use crate::source::Location;

use super::canonical::resolve_paths;
use super::data::{Data, Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::load::{Loader, Purpose, Request, remove, service_path};
use super::merge::merge;
use super::path;

/// Services in one chain of `extends`.
const MAX_CHAIN: usize = 100;
/// Values that all `extends` of a project may copy together.
const MAX_COPIED: usize = 500_000;

/// The files that services extend, loaded once for each environment.
#[derive(Default)]
pub(super) struct ExtendsFiles<'a> {
    loaded: HashMap<(String, usize), File<'a>>,
    copied: usize,
}

/// The services of a file and what it resets.
#[derive(Default)]
struct File<'a> {
    model: Map<'a>,
    resets: Vec<Vec<String>>,
}

/// Where a service that extends stands.
struct Place<'p> {
    file: &'p str,
    folder: &'p str,
    request: &'p Request<'p>,
    resets: &'p [Vec<String>],
}

/// What a service extends.
struct Reference {
    service: String,
    at: Location,
    /// A file of its own, and where it is named.
    file: Option<(String, Location)>,
}

/// The services on the way, each with its file.
type Chain = Vec<(String, String, Location)>;

impl<'a> Loader<'_, 'a> {
    /// Resolves the `extends` of all services of a document.
    pub(super) fn apply_extends(
        &mut self,
        document: &mut Map<'a>,
        file: &str,
        request: &Request<'_>,
        resets: &[Vec<String>],
    ) {
        let Some(services) = document.get_mut("services") else {
            return;
        };
        let at = services.at;
        let Some(services) = services.as_map_mut() else {
            self.report(DiagnosticKind::Schema, at, "services must be a mapping");
            return;
        };
        let place = Place {
            file,
            folder: request.folder,
            request,
            resets,
        };
        for index in 0..services.len() {
            self.extend(index, services, &place, &mut Vec::new());
        }
    }

    /// Merges what the service at `index` extends into it.
    fn extend(
        &mut self,
        index: usize,
        services: &mut Map<'a>,
        place: &Place<'_>,
        chain: &mut Chain,
    ) {
        let Some(entry) = services.at_mut(index) else {
            return;
        };
        let (name, name_at) = (entry.name.clone().into_owned(), entry.at);
        let Some(service) = entry.value.as_map_mut() else {
            return;
        };
        let Some(extends) = service.remove("extends") else {
            return;
        };
        let Some(reference) = self.reference(&name, &extends.value) else {
            return;
        };
        if let Some(start) = chain
            .iter()
            .position(|(file, service, _)| file == place.file && *service == name)
        {
            self.circle(chain.get(start..).unwrap_or_default(), reference.at);
            return;
        }
        if chain.len() >= MAX_CHAIN {
            self.report(
                DiagnosticKind::TooMuch,
                reference.at,
                "the chain of extends is longer than docklint follows",
            );
            return;
        }
        // While its base is resolved the service keeps its `extends`, so that a circle is seen.
        if let Some(service) = services
            .at_mut(index)
            .and_then(|entry| entry.value.as_map_mut())
        {
            service.push("extends", extends.at, extends.value);
        }
        chain.push((place.file.to_owned(), name.clone(), name_at));
        let base = match &reference.file {
            Some((file, at)) => self.base_in_file(&name, (file, *at), &reference, place, chain),
            None => self.base_here(&name, &reference, services, place, chain),
        };
        chain.pop();
        let Some(entry) = services.at_mut(index) else {
            return;
        };
        let Some(service) = entry.value.as_map_mut() else {
            return;
        };
        service.remove("extends");
        let Some(mut base) = base else { return };
        for reset in place.resets {
            let [section, service, rest @ ..] = reset.as_slice() else {
                continue;
            };
            if let (true, Some(map)) =
                (section == "services" && *service == name, base.as_map_mut())
            {
                remove(map, rest);
            }
        }
        let at = entry.value.at;
        let own = std::mem::replace(
            &mut entry.value,
            Tree {
                at,
                data: Data::Null,
            },
        );
        let mut merged = merge(base, own, &mut service_path(&name), &mut self.diagnostics);
        merged.at = at;
        entry.value = merged;
    }

    fn reference(&mut self, name: &str, extends: &Tree<'a>) -> Option<Reference> {
        let at = extends.at;
        match &extends.data {
            Data::Map(map) => {
                let service = map.get("service");
                let Some((service, at)) = service.and_then(|tree| Some((tree.as_str()?, tree.at)))
                else {
                    let message = format!("extends.{name}.service is required");
                    self.report(DiagnosticKind::Extends, at, message);
                    return None;
                };
                let file = match map.get("file").filter(|file| !file.is_null()) {
                    Some(file) => Some((file.as_str()?.to_owned(), file.at)),
                    None => None,
                };
                Some(Reference {
                    service: service.to_owned(),
                    at,
                    file,
                })
            }
            Data::Text(_) => {
                let service = extends.as_str()?.to_owned();
                Some(Reference {
                    service,
                    at,
                    file: None,
                })
            }
            _ => None,
        }
    }

    fn circle(&mut self, chain: &[(String, String, Location)], at: Location) {
        let names: Vec<&str> = chain
            .iter()
            .map(|(_, service, _)| service.as_str())
            .collect();
        let message = format!(
            "circular reference: {} extends itself",
            names.join(" extends ")
        );
        let mut diagnostic = Diagnostic::new(DiagnosticKind::Extends, at, message);
        let related = chain
            .iter()
            .map(|(_, service, at)| (*at, format!("service {service}")));
        diagnostic.related.extend(related);
        self.diagnostics.push(diagnostic);
    }

    fn base_here(
        &mut self,
        name: &str,
        reference: &Reference,
        services: &mut Map<'a>,
        place: &Place<'_>,
        chain: &mut Chain,
    ) -> Option<Tree<'a>> {
        let base = services.position(&reference.service);
        let Some(base) = base else {
            self.no_base(name, reference, place.file);
            return None;
        };
        self.extend(base, services, place, chain);
        let base = &services.at_mut(base)?.value;
        self.copy(base, reference.at)
    }

    fn base_in_file(
        &mut self,
        name: &str,
        (file, file_at): (&str, Location),
        reference: &Reference,
        place: &Place<'_>,
        chain: &mut Chain,
    ) -> Option<Tree<'a>> {
        if file.contains("://") || file.starts_with("git@") {
            let message = format!("{file} is remote and is not read");
            self.report(DiagnosticKind::OutsideRoot, file_at, message);
            return None;
        }
        let full = path::join(place.folder, file);
        let key = (full.clone(), place.request.env.number);
        let known = self.extends_files.loaded.get_mut(&key).map(std::mem::take);
        let mut loaded = match known.filter(|file| !file.model.is_empty()) {
            Some(known) => known,
            None => self.load_for_extends(&full, file_at, place)?,
        };
        let folder = path::parent(&full).to_owned();
        let services = loaded.model.get_mut("services").and_then(Tree::as_map_mut);
        let base = match services {
            None => {
                let message = format!(
                    "service \"{name}\" extends one of {full}, which has no services section"
                );
                self.report(DiagnosticKind::Extends, file_at, message);
                None
            }
            Some(services) => {
                let request = Request {
                    files: &[],
                    folder: &folder,
                    env: place.request.env,
                    included: &[],
                    by: Some(file_at),
                };
                let inner = Place {
                    file: &full,
                    folder: &folder,
                    request: &request,
                    resets: &loaded.resets,
                };
                self.base_here(name, reference, services, &inner, chain)
            }
        };
        self.extends_files.loaded.insert(key, loaded);
        base
    }

    fn load_for_extends(
        &mut self,
        full: &str,
        at: Location,
        place: &Place<'_>,
    ) -> Option<File<'a>> {
        if let Err(why) = self.files.read(full) {
            self.unreadable(why, DiagnosticKind::Extends, full, Some(at));
            return None;
        }
        self.parse(full, Some(at))?;
        let request = Request {
            files: &[],
            folder: path::parent(full),
            env: place.request.env,
            included: &[],
            by: Some(at),
        };
        let mut none = Vec::new();
        let (mut model, resets) =
            self.file(full, &request, &mut none, Map::default(), Purpose::Extends);
        resolve_paths(&mut model, request.folder);
        Some(File { model, resets })
    }

    fn no_base(&mut self, name: &str, reference: &Reference, file: &str) {
        if self.is_cut {
            return;
        }
        let message = format!(
            "service \"{name}\" extends \"{}\", which {file} does not have",
            reference.service
        );
        self.report(DiagnosticKind::Extends, reference.at, message);
    }

    /// A copy of a base, within the project's budget.
    fn copy(&mut self, base: &Tree<'a>, at: Location) -> Option<Tree<'a>> {
        if base.is_null() {
            return None;
        }
        let before = self.extends_files.copied;
        self.extends_files.copied += base.size();
        if self.extends_files.copied <= MAX_COPIED {
            return Some(base.clone());
        }
        if before <= MAX_COPIED {
            let message = format!(
                "extends copies more than {MAX_COPIED} values: from here on they are left out"
            );
            self.report(DiagnosticKind::TooMuch, at, message);
        }
        None
    }
}
