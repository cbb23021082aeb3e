//! From the merged model to the typed project: entries without a value are filled, `env_file`s are
//! read, profiles switched.

use std::borrow::Cow;
use std::sync::OnceLock;

use hashbrown::HashMap;

use crate::model::{HopId, Mechanism, Unknown, Value};
use crate::source::{FileId, Location, SourceFile, Span};

use super::canonical::split_text;
use super::data::{Data, Entry, Map, Tree};
use super::diagnostic::DiagnosticKind;
use super::environment::Env;
use super::files::Unreadable;
use super::forms::{dependencies, env_files, hosts, named, secret, secret_uses, texts};
use super::interpolate::Lookup;
use super::load::Loader;
use super::project::{
    Arg, Build, Dockerfile, EnvironmentEntry, Field, Secret, SecretSource, Service,
};

/// Arguments of one build that are looked at: far more than anybody writes.
const MAX_ARGS: usize = 50_000;

/// What is extracted from the model's top level.
pub(super) struct Extracted<'a> {
    pub services: Vec<Service<'a>>,
    pub secrets: Vec<Secret<'a>>,
    pub sections: Map<'a>,
}

impl<'a> Loader<'_, 'a> {
    /// Takes the model apart. `env` is the project environment, `profiles` the active ones.
    pub(super) fn extract(
        &mut self,
        model: Map<'a>,
        env: &Env,
        profiles: &[String],
    ) -> Extracted<'a> {
        let mut extracted = Extracted {
            services: Vec::new(),
            secrets: Vec::new(),
            sections: Map::default(),
        };
        for section in model {
            match (section.name.as_ref(), section.value.data) {
                ("services", Data::Map(services)) => {
                    extracted.services.reserve_exact(services.len());
                    for entry in services {
                        let service = self.service(entry, env, profiles);
                        extracted.services.extend(service);
                    }
                }
                ("secrets", Data::Map(secrets)) => {
                    extracted.secrets = secrets.into_iter().filter_map(secret).collect();
                    for secret in &extracted.secrets {
                        self.note_use(secret, env);
                    }
                }
                ("name", _) => {}
                (_, data) => {
                    let value = Tree {
                        at: section.value.at,
                        data,
                    };
                    extracted.sections.push(section.name, section.at, value);
                }
            }
        }
        extracted
    }

    /// A secret that is a variable uses its `.env` setting.
    fn note_use(&mut self, secret: &Secret<'a>, env: &Env) {
        let SecretSource::Environment(variable) = &secret.source else {
            return;
        };
        if let Some(name) = variable.value.as_known() {
            self.variables.look_up(env, name, Some(variable.at));
        }
    }

    /// `format` is empty or `raw`, and every `label_file` is there.
    fn check_files(&mut self, service: &Map<'a>) {
        for item in service
            .get("env_file")
            .and_then(Tree::as_list)
            .unwrap_or_default()
        {
            let format = item.as_map().and_then(|map| map.get("format"));
            let known = format
                .and_then(Tree::as_str)
                .filter(|known| !matches!(*known, "" | "raw" | ".env"));
            if let (Some(format), Some(known)) = (format, known) {
                let message = format!("unsupported env_file format \"{known}\"");
                self.report(DiagnosticKind::Schema, format.at, message);
            }
        }
        for item in service
            .get("label_file")
            .and_then(Tree::as_list)
            .unwrap_or_default()
        {
            let Some(path) = item.as_str() else { continue };
            if let Err(why) = self.files.read(path) {
                self.unreadable(why, DiagnosticKind::File, path, Some(item.at));
            }
        }
    }

    fn service(&mut self, entry: Entry<'a>, env: &Env, profiles: &[String]) -> Option<Service<'a>> {
        let Data::Map(fields) = entry.value.data else {
            return None;
        };
        let own: Vec<String> = texts(fields.get("profiles"));
        let is_enabled = own.is_empty()
            || own.iter().any(|name| profiles.contains(name))
            || profiles.iter().any(|name| name == "*");
        if is_enabled {
            self.check_files(&fields);
        }
        let build = fields
            .entry("build")
            .and_then(|entry| self.build(entry, env))
            .map(Box::new);
        let environment = fields.get("environment");
        let own_entries = environment
            .map(|tree| self.environment(tree, env))
            .unwrap_or_default();
        let env_files = fields.get("env_file").map(env_files).unwrap_or_default();
        let (environment, env_files) = self.read_env_files(own_entries, env_files, env, is_enabled);
        Some(Service {
            name: entry.name,
            name_at: entry.at,
            is_enabled,
            image: fields.get("image").and_then(Field::new),
            build,
            environment,
            env_files,
            secrets: fields.get("secrets").map(secret_uses).unwrap_or_default(),
            depends_on: dependencies(&fields),
            profiles: own,
            fields,
        })
    }

    fn build(&mut self, entry: &Entry<'a>, env: &Env) -> Option<Build<'a>> {
        let at = entry.value.at;
        let fields = entry.value.as_map()?;
        let field = |name: &str| {
            fields
                .get(name)
                .filter(|tree| !tree.is_null())
                .and_then(Field::new)
        };
        let default = |text: &'static str| Field {
            value: Value::known(text),
            at: entry.at,
            hop: None,
        };
        let file = field("dockerfile");
        let inline = fields
            .get("dockerfile_inline")
            // An empty text counts as none (compose-go `types.BuildConfig`, Compose 2.40.3).
            .filter(|tree| !tree.is_null() && tree.as_str() != Some(""));
        let dockerfile = match (file, inline.map(|tree| (&tree.data, tree.at))) {
            (None, Some((Data::Text(text), at))) => Dockerfile::Inline(text.clone(), at),
            (Some(file), Some((Data::Text(text), at))) => {
                let inline = Field {
                    value: text.value.clone(),
                    at,
                    hop: text.hop,
                };
                Dockerfile::Both { file, inline }
            }
            (file, _) => Dockerfile::File(file.unwrap_or_else(|| default("Dockerfile"))),
        };
        let context = field("context").unwrap_or_else(|| default("."));
        let additional_contexts = fields
            .get("additional_contexts")
            .map(named)
            .unwrap_or_default();
        for context in &additional_contexts {
            self.is_inside(&context.value.value, context.value.at);
        }
        let build = Build {
            at,
            context,
            dockerfile,
            target: field("target"),
            args: fields
                .get("args")
                .map(|args| self.args(args, env))
                .unwrap_or_default(),
            args_by_name: OnceLock::new(),
            secrets: fields.get("secrets").map(secret_uses).unwrap_or_default(),
            ssh: fields.get("ssh").map(named).unwrap_or_default(),
            additional_contexts,
            network: field("network"),
            platforms: fields
                .get("platforms")
                .and_then(Tree::as_list)
                .into_iter()
                .flatten()
                .filter_map(Field::new)
                .collect(),
            extra_hosts: fields.get("extra_hosts").map(hosts).unwrap_or_default(),
        };
        // Of a path below an empty context nothing is known.
        if !build.context.value.is_empty()
            && self.is_inside(&build.context.value, build.context.at)
            && let (Dockerfile::File(file), Some(path)) =
                (&build.dockerfile, build.dockerfile_path())
        {
            self.is_inside(&Value::known(path), file.at);
        }
        Some(build)
    }

    /// Whether a path stays below the root, as far as it is known; reports one that does not.
    fn is_inside(&mut self, path: &Value<'_>, at: Location) -> bool {
        let known = path.as_known().unwrap_or_default();
        let is_inside = !super::path::is_absolute(known) || self.files.is_inside(known);
        if !is_inside {
            self.unreadable(Unreadable::Outside, DiagnosticKind::File, known, Some(at));
        }
        is_inside
    }

    fn args(&mut self, tree: &Tree<'a>, env: &Env) -> Vec<Arg<'a>> {
        let mut raw_entries = self.raw_entries(tree);
        if let Some(first) = raw_entries.get(MAX_ARGS) {
            let message = format!(
                "there are more than {MAX_ARGS} arguments: from here on they are not looked at"
            );
            self.report(DiagnosticKind::TooMuch, first.name_at, message);
            raw_entries.truncate(MAX_ARGS);
        }
        let mut args: Vec<Arg<'a>> = Vec::with_capacity(raw_entries.len());
        for raw in raw_entries {
            let is_pass_through = raw.value.is_none();
            let (value, parents) = self.filled(&raw, env);
            let hop = self.entry_hop(Mechanism::ComposeBuildArg, raw.at, &parents);
            args.push(Arg {
                name: raw.name,
                name_at: raw.name_at,
                value,
                is_pass_through,
                at: raw.at,
                hop,
            });
        }
        args
    }

    fn environment(&mut self, tree: &Tree<'a>, env: &Env) -> Vec<EnvironmentEntry<'a>> {
        let mut entries = Vec::new();
        for raw in self.raw_entries(tree) {
            let is_pass_through = raw.value.is_none();
            let (value, parents) = self.filled(&raw, env);
            let hop = self.entry_hop(Mechanism::ComposeEnvironment, raw.at, &parents);
            entries.push(EnvironmentEntry {
                name: raw.name,
                name_at: raw.name_at,
                value,
                is_pass_through,
                at: raw.at,
                hop,
            });
        }
        entries
    }

    /// A name alone takes its value from the project environment.
    fn filled(&mut self, raw: &RawEntry<'a>, env: &Env) -> (Option<Value<'a>>, Vec<HopId>) {
        match &raw.value {
            Some(tree) => (tree.to_value(), tree.hop().into_iter().collect()),
            None => match self.variables.look_up(env, &raw.name, Some(raw.name_at)) {
                Lookup::Set(value, hop) => (Some(value), vec![hop]),
                Lookup::Open => (
                    Some(Value::Unknown(Unknown::ProcessEnvironment)),
                    Vec::new(),
                ),
                Lookup::Unset => (None, Vec::new()),
            },
        }
    }

    /// The entry's own hop, then one for each `include` or `extends` that brought its file in.
    fn entry_hop(&mut self, how: Mechanism, at: Location, parents: &[HopId]) -> HopId {
        let mut hop = self.provenance.add(how, Some(at), parents);
        let mut file = at.file;
        // A file is reached once, so that the way up ends.
        for _ in 0..self.reached.len() {
            let Some(&by) = self.reached.get(&file) else {
                break;
            };
            hop = self
                .provenance
                .add(Mechanism::ComposeMerge, Some(by), &[hop]);
            file = by.file;
        }
        hop
    }

    /// The entries of a map or of a list of `NAME=VALUE`.
    fn raw_entries(&mut self, tree: &Tree<'a>) -> Vec<RawEntry<'a>> {
        match &tree.data {
            Data::Map(map) => map
                .iter()
                .map(|entry| RawEntry {
                    name: entry.name.clone(),
                    name_at: entry.at,
                    at: if entry.value.is_null() {
                        entry.at
                    } else {
                        entry.value.at
                    },
                    value: (!entry.value.is_null()).then(|| entry.value.clone()),
                })
                .collect(),
            Data::List(items) => {
                let entries: Vec<_> = items.iter().filter_map(|item| self.item(item)).collect();
                for entry in entries
                    .iter()
                    .filter(|entry| entry.name.ends_with(char::is_whitespace))
                {
                    let name = entry.name.trim_end();
                    let message =
                        format!("environment variable {name} is declared with a trailing space");
                    self.report(DiagnosticKind::Schema, entry.name_at, message);
                }
                entries
            }
            _ => Vec::new(),
        }
    }

    fn item(&self, item: &Tree<'a>) -> Option<RawEntry<'a>> {
        match &item.data {
            Data::Pair(pair) => Some(RawEntry {
                name: pair.name.clone(),
                name_at: pair.name_at,
                at: item.at,
                value: pair.value.clone(),
            }),
            Data::Text(text) => {
                let (name, mut value) = split_text(text.clone(), item.at);
                let name = name?;
                let (name_at, value_at) = self.split_span(item.at, &name);
                if let Some(value) = &mut value {
                    value.at = value_at;
                }
                let at = if value.is_some() { value_at } else { name_at };
                Some(RawEntry {
                    name: name.into(),
                    name_at,
                    at,
                    value,
                })
            }
            _ => None,
        }
    }

    /// The bytes of name and value in a list's item; the whole item where they cannot be told apart.
    fn split_span(&self, at: Location, name: &str) -> (Location, Location) {
        let Some(file) = self.read.iter().find(|file| file.id() == at.file) else {
            return (at, at);
        };
        let slice = file.slice(at.span);
        let quote = usize::from(slice.starts_with(['"', '\'']));
        let body = slice.get(quote..slice.len() - quote).unwrap_or_default();
        let start = at.span.start as usize + quote;
        let place = |from: usize, to: usize| Location {
            file: at.file,
            span: Span::new(start + from, start + to),
        };
        match body.split_once('=') {
            Some((written, value)) if written == name => {
                let from = written.len() + 1;
                (place(0, written.len()), place(from, from + value.len()))
            }
            None if body == name => (place(0, body.len()), place(0, body.len())),
            _ => (at, at),
        }
    }
}

/// An entry before it is filled.
struct RawEntry<'a> {
    name: Cow<'a, str>,
    name_at: Location,
    at: Location,
    value: Option<Tree<'a>>,
}

/// A later entry takes the place of an earlier one.
pub(super) fn last_of_each<T>(entries: Vec<T>, name: impl Fn(&T) -> &Cow<'_, str>) -> Vec<T> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<T> = Vec::with_capacity(entries.len());
    for entry in entries {
        let place = *places
            .entry(name(&entry).clone().into_owned())
            .or_insert(kept.len());
        match kept.get_mut(place) {
            Some(earlier) => *earlier = entry,
            None => kept.push(entry),
        }
    }
    kept
}

/// The id of a file that is in the list.
pub(super) fn ids(files: &[&SourceFile]) -> Vec<FileId> {
    files.iter().map(|file| file.id()).collect()
}
