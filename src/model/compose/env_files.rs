//! What a service's `env_file`s add to its environment (facts/compose.md 2a).

use hashbrown::{HashMap, HashSet};

use crate::model::{HopId, Mechanism, Unknown, Value};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::dotenv;

use super::diagnostic::DiagnosticKind;
use super::environment::{Env, EnvScope, entry_value, report_dotenv};
use super::extract::last_of_each;
use super::files::Unreadable;
use super::interpolate::{Lookup, Scope};
use super::load::Loader;
use super::project::{EnvFile, EnvironmentEntry};

/// Bytes of `env_file`s that are read in all, a file as often as a service names it: as many as one
/// file may have (DESIGN section 7).
const MAX_ENV_FILE_BYTES: usize = 8 << 20;

/// Bytes that a setting counts for besides its text.
const SETTING_BYTES: usize = 32;

/// Bytes that a file counts for besides its text.
const FILE_BYTES: usize = 1 << 10;

impl<'a> Loader<'_, 'a> {
    /// Adds what the `env_file`s set and `environment` does not. Values see the project environment,
    /// then `environment`, then the lines before (facts/compose.md 2a).
    pub(super) fn read_env_files(
        &mut self,
        own: Vec<EnvironmentEntry<'a>>,
        files: Vec<EnvFile<'a>>,
        env: &Env,
        is_enabled: bool,
    ) -> (Vec<EnvironmentEntry<'a>>, Vec<EnvFile<'a>>) {
        if files.is_empty() {
            return (own, files);
        }
        let before = std::mem::take(&mut self.diagnostics);
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
        let said = std::mem::replace(&mut self.diagnostics, before);
        // Compose does not read the files of services that are switched off.
        if is_enabled {
            self.diagnostics.extend(said);
        }
        let mut entries = last_of_each(reader.entries, |entry| &entry.name);
        let taken: HashSet<_> = own.iter().map(|entry| entry.name.clone()).collect();
        entries.retain(|entry| !taken.contains(&entry.name));
        entries.extend(own);
        (entries, read)
    }

    fn env_file(&mut self, file: &EnvFile<'a>) -> Option<&'a SourceFile> {
        let path = file.path.value.as_known()?;
        self.env_file_bytes += FILE_BYTES;
        if self.env_file_bytes > MAX_ENV_FILE_BYTES {
            if !self.are_env_files_cut {
                let message = "the services read more env_files than are looked at: from here \
                               on they are left out";
                self.report(DiagnosticKind::TooMuch, file.path.at, message);
            }
            self.are_env_files_cut = true;
            return None;
        }
        match self.files.read(path) {
            Ok(source) => {
                self.env_file_bytes += source.text().len();
                Some(source)
            }
            Err(Unreadable::Missing | Unreadable::Ignored) if !file.is_required => None,
            Err(why) => {
                self.unreadable(why, DiagnosticKind::File, path, Some(file.path.at));
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
        report_dotenv(source.id(), &parsed, &mut self.diagnostics);
        self.env_file_bytes += parsed.entries.len() * SETTING_BYTES;
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
    fn copy(&mut self, known: Option<&(Value<'a>, HopId)>) -> Option<Lookup<'a>> {
        let (value, hop) = known?;
        let copies = &mut self.outer.variables.copies;
        Some(Lookup::Set(copies.copy(value), *hop))
    }

    fn outer_or_own(&mut self, name: &str, at: Location) -> Lookup<'a> {
        match self.outer.lookup(name, at) {
            Lookup::Set(value, hop) => Lookup::Set(value, hop),
            unset => self.copy(self.reader.own.get(name)).unwrap_or(unset),
        }
    }
}

impl<'a> Scope<'a> for EnvFileScope<'_, 'a> {
    fn lookup(&mut self, name: &str, at: Location) -> Lookup<'a> {
        match self.outer_or_own(name, at) {
            Lookup::Set(value, hop) => Lookup::Set(value, hop),
            unset => self.copy(self.reader.before.get(name)).unwrap_or(unset),
        }
    }
}
