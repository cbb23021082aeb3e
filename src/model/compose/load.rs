//! From files to one merged model (compose-go `loader/loader.go`).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use hashbrown::HashMap;

use crate::model::{Provenance, Value};
use crate::source::{FileId, Location, SourceFile, Span};
use crate::syntax::yaml;

use super::canonical::{canonical, resolve_paths, set_defaults};
use super::check::validate;
use super::convert::convert;
use super::data::{Data, Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::environment::{Env, VariableUse, Variables, report_syntax};
use super::extends::ExtendsFiles;
use super::files::{Files, Unreadable};
use super::merge::{keep_last_of_each, merge};
use super::schema;

/// Documents that are merged in all: each is laid over all before, so their number is bounded.
const MAX_DOCUMENTS: usize = 200;

/// What a load collects on its way.
pub(super) struct Loader<'f, 'a> {
    pub files: &'f dyn Files<'a>,
    pub provenance: Provenance,
    pub diagnostics: Diagnostics,
    pub variables: Variables<'a>,
    /// The variables in every `dockerfile_inline`.
    pub inline_variables: Vec<VariableUse>,
    /// Compose files that were read, in order.
    pub read: Vec<&'a SourceFile>,
    /// How each file came in that is not one of the project's own: its `include` or `extends`.
    pub reached: HashMap<FileId, Location>,
    /// The files that an `include` takes in.
    pub included: BTreeSet<FileId>,
    /// Where a `.env` names the project's files by `COMPOSE_FILE`.
    pub listed_at: Option<Location>,
    pub extends_files: ExtendsFiles<'a>,
    trees: HashMap<String, Option<Parsed<'a>>>,
    documents: usize,
    /// Whether some of what the files hold is not looked at: what is not there may be in it.
    pub is_cut: bool,
    /// Bytes of `env_file`s read so far.
    pub env_file_bytes: usize,
    /// Whether some of them are not looked at.
    pub are_env_files_cut: bool,
    /// Entries of `include`s met so far.
    pub includes: usize,
}

/// A file and its tree.
#[derive(Clone)]
pub(super) struct Parsed<'a> {
    pub file: &'a SourceFile,
    pub tree: Rc<yaml::Tree<'a>>,
}

/// A model to load: some files, seen from one folder, with one environment.
pub(super) struct Request<'r> {
    pub files: &'r [String],
    /// The folder that relative paths start from.
    pub folder: &'r str,
    pub env: &'r Env,
    /// The files whose `include` led here.
    pub included: &'r [String],
    /// The `include` or `extends` that asked for it.
    pub by: Option<Location>,
}

/// How much of the pipeline a file runs through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A file of a project.
    Project,
    /// A file that a service `extends`: no `extends`, `include`, schema of its own yet.
    Extends,
}

impl<'f, 'a> Loader<'f, 'a> {
    pub(super) fn new(files: &'f dyn Files<'a>) -> Self {
        Self {
            files,
            provenance: Provenance::default(),
            diagnostics: Diagnostics::default(),
            variables: Variables::default(),
            inline_variables: Vec::new(),
            read: Vec::new(),
            reached: HashMap::new(),
            included: BTreeSet::new(),
            listed_at: None,
            extends_files: ExtendsFiles::default(),
            trees: HashMap::new(),
            documents: 0,
            is_cut: false,
            env_file_bytes: 0,
            are_env_files_cut: false,
            includes: 0,
        }
    }

    pub(super) fn report(
        &mut self,
        kind: DiagnosticKind,
        at: impl Into<Option<Location>>,
        message: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::new(kind, at, message));
    }

    /// Gives back the memory of the YAML trees once the model is made of them.
    pub(super) fn forget_trees(&mut self) {
        self.trees.clear();
        self.extends_files = ExtendsFiles::default();
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.diagnostics.are_harmless()
    }

    /// Reports why a file that is needed cannot be read; `kind` says what needs it.
    pub(super) fn unreadable(
        &mut self,
        why: Unreadable,
        kind: DiagnosticKind,
        path: &str,
        at: Option<Location>,
    ) {
        let (kind, message) = match why {
            Unreadable::Missing => (kind, format!("{path} does not exist")),
            Unreadable::Ignored => (
                DiagnosticKind::NotShared,
                format!("{path} is not part of the project and is not read"),
            ),
            Unreadable::Directory => (kind, format!("{path} is a directory")),
            Unreadable::Refused => (kind, format!("{path} cannot be read")),
            Unreadable::TooFar => (
                DiagnosticKind::TooMuch,
                format!(
                    "{path} is not looked at: files lead from one to the next further than docklint follows"
                ),
            ),
            Unreadable::Outside => (
                DiagnosticKind::OutsideRoot,
                format!("{path} lies outside the project and is not read"),
            ),
        };
        self.report(kind, at, message);
    }

    /// The tree of a compose file, parsed once.
    pub(super) fn parse(&mut self, path: &str, by: Option<Location>) -> Option<Parsed<'a>> {
        if let Some(parsed) = self.trees.get(path) {
            return parsed.clone();
        }
        let parsed = match self.files.read(path) {
            Ok(file) => {
                let tree = Rc::new(yaml::Tree::parse(file.text()));
                report_syntax(file.id(), &tree.errors, &mut self.diagnostics);
                if let Some(span) = tree.cut {
                    let file = file.id();
                    self.is_cut = true;
                    let message = format!(
                        "the file has more than {} YAML nodes: from here on it is not read",
                        yaml::MAX_NODES
                    );
                    self.report(DiagnosticKind::TooMuch, Location { file, span }, message);
                }
                self.read.push(file);
                if let Some(by) = by {
                    self.reached.entry(file.id()).or_insert(by);
                }
                Some(Parsed { file, tree })
            }
            Err(why) => {
                // What asks for a file of another one says so itself.
                if by.is_none() {
                    self.unreadable(why, DiagnosticKind::File, path, self.listed_at);
                }
                None
            }
        };
        self.trees.insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// Loads and merges the request's files.
    pub(super) fn model(&mut self, request: &Request<'_>) -> Map<'a> {
        let mut included = request.included.to_vec();
        let mut model = Map::default();
        for path in request.files {
            model = self
                .file(path, request, &mut included, model, Purpose::Project)
                .0;
        }
        set_defaults(&mut model);
        validate(&model, &mut self.diagnostics);
        resolve_paths(&mut model, request.folder);
        self.fill_environment_lists(&mut model, request.env);
        model
    }

    /// Lays the documents of a file over `model`; also gives the paths that the last one resets.
    pub(super) fn file(
        &mut self,
        path: &str,
        request: &Request<'_>,
        included: &mut Vec<String>,
        mut model: Map<'a>,
        purpose: Purpose,
    ) -> (Map<'a>, Vec<Vec<String>>) {
        // Who names more files is not led to each of them.
        let is_full = self.documents > MAX_DOCUMENTS;
        let Some(parsed) = (!is_full).then(|| self.parse(path, request.by)).flatten() else {
            return (model, Vec::new());
        };
        let mut resets = Vec::new();
        for &root in &parsed.tree.documents {
            self.documents += 1;
            if self.documents > MAX_DOCUMENTS {
                self.leave_out_documents(parsed.file);
                break;
            }
            let document = convert(self, parsed.file, &parsed.tree, root, request.env);
            let Some(document) = document else { continue };
            resets = document.resets;
            let Data::Map(own) = document.root.data else {
                let message = "top-level object must be a mapping";
                self.report(DiagnosticKind::Schema, document.root.at, message);
                continue;
            };
            model = self.document(own, path, request, included, model, &resets, purpose);
        }
        (model, resets)
    }

    /// Says that the documents from here on are more than is looked at.
    fn leave_out_documents(&mut self, file: &SourceFile) {
        self.is_cut = true;
        let at = Location {
            file: file.id(),
            span: Span::at(0),
        };
        let message = format!(
            "the project has more than {MAX_DOCUMENTS} documents: from here on they are not looked at"
        );
        self.report(DiagnosticKind::TooMuch, at, message);
    }

    #[expect(clippy::too_many_arguments, reason = "the pipeline's state, used here")]
    fn document(
        &mut self,
        mut own: Map<'a>,
        path: &str,
        request: &Request<'_>,
        included: &mut Vec<String>,
        mut model: Map<'a>,
        resets: &[Vec<String>],
        purpose: Purpose,
    ) -> Map<'a> {
        if purpose == Purpose::Project {
            self.apply_extends(&mut own, path, request, resets);
        }
        for reset in resets {
            remove(&mut model, reset);
        }
        if purpose == Purpose::Project {
            included.push(path.to_owned());
            self.apply_include(&mut own, request, included);
        }
        let at = Location::default();
        let base = Tree {
            at,
            data: Data::Map(model),
        };
        let own = Tree {
            at,
            data: Data::Map(own),
        };
        let merged = merge(base, own, &mut Vec::new(), &mut self.diagnostics);
        let Data::Map(mut model) = merged.data else {
            return Map::default();
        };
        keep_last(&mut model);
        if purpose == Purpose::Project {
            schema::check(&model, &mut self.diagnostics);
            self.drop_version(&mut model, path);
        }
        canonical(&mut model, &mut self.diagnostics);
        keep_last(&mut model);
        model
    }

    fn drop_version(&mut self, model: &mut Map<'a>, path: &str) {
        if let Some(version) = model.remove("version") {
            let message = format!(
                "{path}: the attribute `version` is obsolete, it will be ignored, \
                 please remove it to avoid potential confusion"
            );
            self.report(DiagnosticKind::Deprecated, version.at, message);
        }
    }

    /// Names alone in the list form of `environment` take their values here, from the environment
    /// of the file they stand in; all other entries without a value wait for the project's
    /// (facts/compose.md 2).
    fn fill_environment_lists(&mut self, model: &mut Map<'a>, env: &Env) {
        let services = model.get_mut("services").and_then(Tree::as_map_mut);
        for service in services.into_iter().flat_map(Map::iter_mut) {
            let environment = service
                .value
                .as_map_mut()
                .and_then(|map| map.get_mut("environment"));
            let Some(Data::List(items)) = environment.map(|tree| &mut tree.data) else {
                continue;
            };
            for item in items {
                self.fill(item, env);
            }
        }
    }

    fn fill(&mut self, item: &mut Tree<'a>, env: &Env) {
        use super::data::{Pair, Text};
        use super::interpolate::Lookup;
        let (name, name_at) = match &item.data {
            Data::Pair(pair) if pair.value.is_none() => (pair.name.clone(), pair.name_at),
            Data::Text(Text {
                value: Value::Known(text),
                ..
            }) if !text.contains('=') => (text.clone(), item.at),
            _ => return,
        };
        if env.id(&name).is_none() {
            return;
        }
        let found = self.variables.look_up(env, &name, Some(name_at));
        if let Lookup::Set(value, hop) = found {
            let text = Text::new(value, Some(hop));
            let value = Some(Tree {
                at: item.at,
                data: Data::Text(text),
            });
            item.data = Data::Pair(Box::new(Pair {
                name,
                name_at,
                value,
            }));
        }
    }
}

fn keep_last(model: &mut Map<'_>) {
    let services = model.get_mut("services").and_then(Tree::as_map_mut);
    for service in services.into_iter().flat_map(Map::iter_mut) {
        if let Some(map) = service.value.as_map_mut() {
            keep_last_of_each(map);
        }
    }
}

/// Removes the value at a path; paths into lists remove nothing (compose-go `loader/reset.go`).
pub(super) fn remove(map: &mut Map<'_>, path: &[impl AsRef<str>]) {
    match path {
        [] => {}
        [name] => {
            map.remove(name.as_ref());
        }
        [name, rest @ ..] => {
            if let Some(inner) = map.get_mut(name.as_ref()).and_then(Tree::as_map_mut) {
                remove(inner, rest);
            }
        }
    }
}

/// An owned path for [`merge`].
pub(super) fn service_path<'a>(name: &str) -> Vec<Cow<'a, str>> {
    vec![Cow::Borrowed("services"), Cow::Owned(name.to_owned())]
}
