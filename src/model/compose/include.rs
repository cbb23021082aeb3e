//! `include` (facts/compose.md 2 and 5; compose-go `loader/include.go`).

use crate::source::{Location, SourceFile};

use super::data::{Data, Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::environment::{Env, read_dotenv};
use super::files::Unreadable;
use super::load::{Loader, Request};
use super::path;

/// `include`s inside each other.
const MAX_DEPTH: usize = 50;

/// Entries of all `include`s of a project that are followed.
const MAX_INCLUDES: usize = 2_000;

/// The sections that an included project brings.
const SECTIONS: [&str; 6] = [
    "services", "volumes", "networks", "secrets", "configs", "models",
];

/// One entry of `include`.
struct Include {
    paths: Vec<(String, Location)>,
    env_files: Vec<(String, Location)>,
    folder: Option<String>,
    at: Location,
}

impl<'a> Loader<'_, 'a> {
    /// Loads what a document includes and adds it to the document.
    pub(super) fn apply_include(
        &mut self,
        document: &mut Map<'a>,
        request: &Request<'_>,
        included: &[String],
    ) {
        let Some(entry) = document.remove("include") else {
            return;
        };
        let items = match &entry.value.data {
            Data::Null => return,
            Data::List(items) => items,
            _ => {
                self.report(
                    DiagnosticKind::Schema,
                    entry.value.at,
                    "`include` must be a list",
                );
                return;
            }
        };
        if included.len() > MAX_DEPTH {
            self.is_cut = true;
            self.report(
                DiagnosticKind::TooMuch,
                entry.value.at,
                "includes nest more deeply than docklint follows",
            );
            return;
        }
        for item in items {
            self.includes += 1;
            if self.includes > MAX_INCLUDES {
                self.is_cut = true;
                let message = format!(
                    "there are more than {MAX_INCLUDES} includes: from here on they are not \
                     looked at"
                );
                self.report(DiagnosticKind::TooMuch, item.at, message);
                return;
            }
            if let Some(include) = self.read_include(item) {
                self.include(include, document, request, included);
            }
        }
    }

    fn read_include(&mut self, item: &Tree<'a>) -> Option<Include> {
        let at = item.at;
        let mut include = Include {
            paths: Vec::new(),
            env_files: Vec::new(),
            folder: None,
            at,
        };
        match &item.data {
            Data::Text(_) => include.paths = texts(item),
            Data::Map(map) => {
                include.paths = map.get("path").map(texts).unwrap_or_default();
                include.env_files = map.get("env_file").map(texts).unwrap_or_default();
                let folder = map.get("project_directory").and_then(Tree::as_str);
                include.folder = folder
                    .filter(|folder| !folder.is_empty())
                    .map(str::to_owned);
            }
            _ => {
                let message = "an entry of `include` must be a string or a mapping";
                self.report(DiagnosticKind::Schema, at, message);
                return None;
            }
        }
        let remote = include
            .paths
            .iter()
            .find(|(path, _)| path.contains("://") || path.starts_with("git@"));
        if let Some((path, at)) = remote {
            let message = format!("{path} is remote and is not read");
            self.report(DiagnosticKind::OutsideRoot, *at, message);
            return None;
        }
        (!include.paths.is_empty()).then_some(include)
    }

    fn include(
        &mut self,
        include: Include,
        document: &mut Map<'a>,
        request: &Request<'_>,
        included: &[String],
    ) {
        let named = include.paths.iter();
        let named: Vec<(String, Location)> = named
            .map(|(file, at)| (path::join(request.folder, file), *at))
            .collect();
        let paths: Vec<String> = named.iter().map(|(path, _)| path.clone()).collect();
        let Some(main) = paths.first() else { return };
        if included.contains(main) {
            let mut links: Vec<&str> = included.iter().map(String::as_str).collect();
            links.push(main);
            let message = format!("include cycle detected: {}", links.join(" includes "));
            self.report(DiagnosticKind::Include, include.at, message);
            return;
        }
        let folder = match &include.folder {
            Some(folder) => path::join(request.folder, folder),
            None => path::parent(main).to_owned(),
        };
        // Whatever becomes of it, these files are parts of this project.
        for (path, at) in &named {
            match self.files.read(path) {
                Ok(file) => {
                    self.reached.entry(file.id()).or_insert(include.at);
                    if !self.is_cut {
                        self.included.insert(file.id());
                    }
                }
                Err(why) => self.unreadable(why, DiagnosticKind::Include, path, Some(*at)),
            }
        }
        let Some(env) = self.included_environment(&include, &folder, request) else {
            return;
        };
        let request = Request {
            files: &paths,
            folder: &folder,
            env: &env,
            included,
            by: Some(include.at),
        };
        let model = self.model(&request);
        self.import(model, document, include.at);
    }

    /// The including environment first, then the included `.env` or the files named instead.
    fn included_environment(
        &mut self,
        include: &Include,
        folder: &str,
        request: &Request<'_>,
    ) -> Option<Env> {
        let mut added = Env::default();
        if include.env_files.is_empty() {
            let file = path::join(folder, ".env");
            match self.files.read(&file) {
                Ok(source) => {
                    let is_shared = self.files.is_shared(&file);
                    self.add_settings(source, is_shared, request.env, &mut added);
                }
                Err(
                    Unreadable::Missing
                    | Unreadable::Ignored
                    | Unreadable::Directory
                    | Unreadable::Outside
                    | Unreadable::TooFar,
                ) => {}
                Err(why) => {
                    self.unreadable(why, DiagnosticKind::File, &file, Some(include.at));
                }
            }
        }
        for (file, at) in &include.env_files {
            let file = path::join(request.folder, file);
            match self.files.read(&file) {
                Ok(source) => {
                    let is_shared = self.files.is_shared(&file);
                    self.add_settings(source, is_shared, request.env, &mut added);
                }
                Err(why) => {
                    self.unreadable(why, DiagnosticKind::File, &file, Some(*at));
                    return None;
                }
            }
        }
        Some(self.variables.layer(request.env, &added))
    }

    /// Reads the settings of a `.env` file.
    pub(super) fn add_settings(
        &mut self,
        file: &'a SourceFile,
        is_shared: bool,
        env: &Env,
        added: &mut Env,
    ) {
        read_dotenv(
            file,
            is_shared,
            env,
            added,
            &mut self.variables,
            &mut self.provenance,
            &mut self.diagnostics,
        );
    }

    fn import(&mut self, model: Map<'a>, document: &mut Map<'a>, at: Location) {
        for section in model {
            if !SECTIONS.contains(&section.name.as_ref()) {
                continue;
            }
            let Data::Map(items) = section.value.data else {
                continue;
            };
            if document.get(&section.name).is_none() {
                let empty = Tree {
                    at: section.value.at,
                    data: Data::Map(Map::default()),
                };
                document.push(section.name.clone(), section.at, empty);
            }
            let Some(own) = document.get_mut(&section.name).and_then(Tree::as_map_mut) else {
                continue;
            };
            let mut conflicts = Vec::new();
            for item in items {
                match own.position(&item.name).and_then(|index| own.at_mut(index)) {
                    None => own.push(item.name, item.at, item.value),
                    Some(existing) if existing.value.same(&item.value) => {}
                    Some(existing) => conflicts.push((existing.at, item)),
                }
            }
            for (own_at, item) in conflicts {
                let message = format!(
                    "{}.{} conflicts with imported resource",
                    section.name, item.name
                );
                let mut diagnostic = Diagnostic::new(DiagnosticKind::Include, own_at, message);
                diagnostic
                    .related
                    .push((item.at, "the imported one".to_owned()));
                diagnostic.related.push((at, "imported here".to_owned()));
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

/// A text or a list of texts.
fn texts(tree: &Tree<'_>) -> Vec<(String, Location)> {
    let one = |tree: &Tree<'_>| tree.as_str().map(|text| (text.to_owned(), tree.at));
    match tree.as_list() {
        Some(items) => items.iter().filter_map(one).collect(),
        None => one(tree).into_iter().collect(),
    }
}
