//! From the merged model to the typed project: entries without a value are filled, `env_file`s are
//! read, profiles switched.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::{HopId, Mechanism, Unknown, Value};
use crate::source::{FileId, Location, SourceFile, Span};
use crate::syntax::dotenv;

use super::canonical::split_text;
use super::check::is_external;
use super::data::{Data, Entry, Map, Tree};
use super::diagnostic::DiagnosticKind;
use super::environment::{Env, EnvScope, entry_value, report_syntax};
use super::files::Unreadable;
use super::interpolate::{Lookup, Scope};
use super::load::Loader;
use super::project::{
    Arg, Build, Dependency, Dockerfile, EnvFile, EnvironmentEntry, Field, Named, Secret,
    SecretSource, SecretUse, Service,
};

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
        if let SecretSource::Environment(variable) = &secret.source {
            if let Some(name) = variable.value.as_known() {
                self.variables.look_up(env, name, Some(variable.at));
            }
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
                self.unreadable(why, path, Some(item.at));
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
            .and_then(|entry| self.build(entry, env));
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
            .filter(|tree| !tree.is_null());
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
        self.check_inside(&context);
        let additional_contexts = fields
            .get("additional_contexts")
            .map(named)
            .unwrap_or_default();
        additional_contexts
            .iter()
            .for_each(|context| self.check_inside(&context.value));
        Some(Build {
            at,
            context,
            dockerfile,
            target: field("target"),
            args: fields
                .get("args")
                .map(|args| self.args(args, env))
                .unwrap_or_default(),
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
        })
    }

    fn check_inside(&mut self, path: &Field<'_>) {
        let Some(known) = path.value.as_known() else {
            return;
        };
        let is_local = super::path::is_absolute(known);
        if is_local && !self.files.is_inside(known) {
            self.unreadable(Unreadable::Outside, known, Some(path.at));
        }
    }

    fn args(&mut self, tree: &Tree<'a>, env: &Env) -> Vec<Arg<'a>> {
        let mut args: Vec<Arg<'a>> = Vec::new();
        for raw in self.raw_entries(tree) {
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
        last_of_each(args, |arg| &arg.name)
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
        last_of_each(entries, |entry| &entry.name)
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

    /// Adds what the `env_file`s set and `environment` does not. Values see the project environment,
    /// then `environment`, then the lines before (facts/compose.md 2a).
    fn read_env_files(
        &mut self,
        own: Vec<EnvironmentEntry<'a>>,
        files: Vec<EnvFile<'a>>,
        env: &Env,
        is_enabled: bool,
    ) -> (Vec<EnvironmentEntry<'a>>, Vec<EnvFile<'a>>) {
        if files.is_empty() {
            return (own, files);
        }
        let said = self.diagnostics.len();
        let mut reader = EnvFileReader::default();
        for entry in &own {
            if let Some(value) = &entry.value {
                reader
                    .own
                    .insert(entry.name.clone().into_owned(), (value.clone(), entry.hop));
            }
        }
        let mut read = Vec::with_capacity(files.len());
        for mut file in files {
            if let Some(source) = self.env_file(&file) {
                file.file = Some(source.id());
                self.env_file_entries(source, file.is_raw, env, &mut reader);
            }
            read.push(file);
        }
        if !is_enabled {
            // Compose does not read the files of services that are switched off.
            self.diagnostics.truncate(said);
        }
        let mut entries = last_of_each(reader.entries, |entry| &entry.name);
        let taken: std::collections::HashSet<_> =
            own.iter().map(|entry| entry.name.clone()).collect();
        entries.retain(|entry| !taken.contains(&entry.name));
        entries.extend(own);
        (entries, read)
    }

    fn env_file(&mut self, file: &EnvFile<'a>) -> Option<&'a SourceFile> {
        let path = file.path.value.as_known()?;
        match self.files.read(path) {
            Ok(source) => Some(source),
            Err(Unreadable::Missing) if !file.is_required => None,
            Err(why) => {
                self.unreadable(why, path, Some(file.path.at));
                None
            }
        }
    }

    fn env_file_entries(
        &mut self,
        source: &'a SourceFile,
        is_raw: bool,
        env: &Env,
        reader: &mut EnvFileReader<'a>,
    ) {
        let text = source.text();
        let parsed = if is_raw {
            dotenv::parse_raw(text)
        } else {
            dotenv::parse(text)
        };
        report_syntax(source.id(), &parsed.errors, &mut self.diagnostics);
        let at = |span: Span| Location {
            file: source.id(),
            span,
        };
        for entry in parsed.entries {
            let name_at = at(entry.name_span);
            let mut parents = Vec::new();
            let variables = &mut self.variables;
            let mut scope = EnvFileScope {
                outer: EnvScope { variables, env },
                reader,
            };
            let value = match &entry.value {
                Some(value) => {
                    let (provenance, diagnostics) = (&mut self.provenance, &mut self.diagnostics);
                    entry_value(
                        value,
                        source.id(),
                        &mut scope,
                        provenance,
                        diagnostics,
                        &mut parents,
                    )
                }
                None => match scope.outer_or_own(&entry.name, name_at) {
                    Lookup::Set(value, hop) => {
                        parents.push(hop);
                        Some(value)
                    }
                    Lookup::Open => Some(Value::Unknown(Unknown::ProcessEnvironment)),
                    Lookup::Unset => None,
                },
            };
            let Some(value) = value else { continue };
            let value_at = at(entry
                .value
                .as_ref()
                .map_or(entry.name_span, |value| value.span));
            let hop = self
                .provenance
                .add(Mechanism::ComposeEnvFile, Some(value_at), &parents);
            let name = entry.name.clone().into_owned();
            reader.before.insert(name, (value.clone(), hop));
            reader.entries.push(EnvironmentEntry {
                name: entry.name,
                name_at,
                value: Some(value),
                is_pass_through: entry.value.is_none(),
                at: value_at,
                hop,
            });
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

/// What the values in a service's `env_file`s see besides the project environment.
#[derive(Default)]
struct EnvFileReader<'a> {
    own: HashMap<String, (Value<'a>, HopId)>,
    before: HashMap<String, (Value<'a>, HopId)>,
    entries: Vec<EnvironmentEntry<'a>>,
}

struct EnvFileScope<'s, 'a> {
    outer: EnvScope<'s, 'a>,
    reader: &'s EnvFileReader<'a>,
}

impl<'a> EnvFileScope<'_, 'a> {
    fn outer_or_own(&mut self, name: &str, at: Location) -> Lookup<'a> {
        match self.outer.lookup(name, at) {
            Lookup::Set(value, hop) => Lookup::Set(value, hop),
            unset => match self.reader.own.get(name) {
                Some((value, hop)) => Lookup::Set(value.clone(), *hop),
                None => unset,
            },
        }
    }
}

impl<'a> Scope<'a> for EnvFileScope<'_, 'a> {
    fn lookup(&mut self, name: &str, at: Location) -> Lookup<'a> {
        match self.outer_or_own(name, at) {
            Lookup::Set(value, hop) => Lookup::Set(value, hop),
            unset => match self.reader.before.get(name) {
                Some((value, hop)) => Lookup::Set(value.clone(), *hop),
                None => unset,
            },
        }
    }
}

/// A later entry takes the place of an earlier one.
fn last_of_each<T>(entries: Vec<T>, name: impl Fn(&T) -> &Cow<'_, str>) -> Vec<T> {
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

fn texts(tree: Option<&Tree<'_>>) -> Vec<String> {
    let items = tree.and_then(Tree::as_list).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn env_files<'a>(tree: &Tree<'a>) -> Vec<EnvFile<'a>> {
    let items = tree.as_list().unwrap_or_default().iter();
    let entries = items.filter_map(|item| {
        let map = item.as_map()?;
        let is_false = |tree: &Tree<'_>| {
            matches!(tree.data, Data::Bool(false)) || tree.as_str() == Some("false")
        };
        Some(EnvFile {
            path: Field::new(map.get("path")?)?,
            is_required: !map.get("required").is_some_and(is_false),
            is_raw: map.get("format").and_then(Tree::as_str) == Some("raw"),
            file: None,
        })
    });
    entries.collect()
}

fn secret_uses<'a>(tree: &Tree<'a>) -> Vec<SecretUse<'a>> {
    let items = tree.as_list().unwrap_or_default().iter();
    let uses = items.filter_map(|item| {
        let map = item.as_map()?;
        let source = map.get("source")?.as_str()?.to_owned();
        Some(SecretUse {
            source,
            target: map.get("target").and_then(Field::new),
            at: item.at,
        })
    });
    uses.collect()
}

fn secret(entry: Entry<'_>) -> Option<Secret<'_>> {
    let Data::Map(fields) = entry.value.data else {
        return None;
    };
    let field = |name: &str| {
        fields
            .get(name)
            .filter(|tree| !tree.is_null())
            .and_then(Field::new)
    };
    let source = if is_external(&fields) {
        SecretSource::External
    } else if let Some(variable) = field("environment") {
        SecretSource::Environment(variable)
    } else {
        field("file").map_or(SecretSource::Missing, SecretSource::File)
    };
    Some(Secret {
        name: entry.name,
        name_at: entry.at,
        source,
        fields,
    })
}

fn named<'a>(tree: &Tree<'a>) -> Vec<Named<'a>> {
    let entries = tree.as_map().into_iter().flat_map(Map::iter);
    let named = entries.filter_map(|entry| {
        let value = Field::new(&entry.value)?;
        Some(Named {
            name: entry.name.clone(),
            name_at: entry.at,
            value,
        })
    });
    named.collect()
}

/// Hosts and addresses: a map of one or several, or a list of `HOST=ADDRESS` (or `:`), where one
/// host may come more than once.
fn hosts(tree: &Tree<'_>) -> Vec<(String, Vec<String>)> {
    let mut hosts: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |host: &str, addresses: Vec<String>| {
        let addresses = addresses.iter().map(|address| {
            let inner = address
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            inner
                .filter(|inner| !inner.is_empty())
                .unwrap_or(address)
                .to_owned()
        });
        match hosts.iter_mut().find(|(known, _)| known == host) {
            Some((_, known)) => known.extend(addresses),
            None => hosts.push((host.to_owned(), addresses.collect())),
        }
    };
    let split = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    for entry in tree.as_map().into_iter().flat_map(Map::iter) {
        match entry.value.as_list() {
            Some(_) => add(&entry.name, texts(Some(&entry.value))),
            None => add(
                &entry.name,
                entry
                    .value
                    .as_str()
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
            ),
        }
    }
    for item in tree.as_list().unwrap_or_default() {
        match &item.data {
            Data::Pair(pair) => {
                let address = pair
                    .value
                    .as_ref()
                    .and_then(Tree::as_str)
                    .unwrap_or_default();
                add(&pair.name, split(address));
            }
            _ => {
                let text = item.as_str().unwrap_or_default();
                let pair = text.split_once('=').or_else(|| text.split_once(':'));
                if let Some((host, address)) = pair {
                    add(host, split(address));
                }
            }
        }
    }
    hosts
}

/// `depends_on`, and what else makes a service need another (compose-go `loader/normalize.go`).
fn dependencies(service: &Map<'_>) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let mut add = |service: &str, is_required, at| {
        if !found.iter().any(|known| known.service == service) {
            found.push(Dependency {
                service: service.to_owned(),
                is_required,
                at,
            });
        }
    };
    let depends_on = service.get("depends_on").and_then(Tree::as_map);
    for entry in depends_on.into_iter().flat_map(Map::iter) {
        let required = entry.value.as_map().and_then(|map| map.get("required"));
        let is_optional = required.is_some_and(|tree| matches!(tree.data, Data::Bool(false)));
        add(&entry.name, !is_optional, entry.at);
    }
    let items = |key: &str| service.get(key).and_then(Tree::as_list).unwrap_or_default();
    for link in items("links") {
        if let Some(text) = link.as_str() {
            add(
                text.split_once(':').map_or(text, |(service, _)| service),
                true,
                link.at,
            );
        }
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let Some(tree) = service.get(key) else {
            continue;
        };
        if let Some(target) = tree.as_str().and_then(|text| text.strip_prefix("service:")) {
            add(target, true, tree.at);
        }
    }
    for volume in items("volumes_from") {
        let target = volume
            .as_str()
            .filter(|text| !text.starts_with("container:"));
        if let Some(target) = target.and_then(|text| text.split(':').next()) {
            add(target, true, volume.at);
        }
    }
    found
}

/// The id of a file that is in the list.
pub(super) fn ids(files: &[&SourceFile]) -> Vec<FileId> {
    files.iter().map(|file| file.id()).collect()
}
