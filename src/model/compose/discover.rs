//! Which files make a project: names, override files, `COMPOSE_FILE`, `.env` (facts/compose.md 2, 5;
//! compose-go `cli/options.go`).

use crate::model::{Mechanism, Value};

use super::diagnostic::DiagnosticKind;
use super::environment::Env;
use super::files::Unreadable;
use super::load::Loader;
use super::path;
use super::{Options, ProcessEnvironment};

/// The names of a compose file, the first that is there counts.
pub const FILE_NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// The names of an override file; it goes with any compose file.
pub const OVERRIDE_NAMES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// What was found.
pub(super) struct Discovered {
    pub files: Vec<String>,
    pub folder: String,
    pub env: Env,
    /// Whether `COMPOSE_FILE` names the files.
    pub are_listed: bool,
}

impl<'a> Loader<'_, 'a> {
    pub(super) fn discover(
        &mut self,
        options: &Options,
        process: &ProcessEnvironment,
    ) -> Discovered {
        let mut env = self.variables.process(process, &mut self.provenance);
        if env.id("PWD").is_none() {
            let hop = self
                .provenance
                .add(Mechanism::ProcessEnvironment, None, &[]);
            self.variables
                .set(&mut env, "PWD", Value::known(options.cwd.clone()), hop);
        }
        let named: Vec<String> = options
            .files
            .iter()
            .map(|file| path::join(&options.cwd, file))
            .collect();
        let folder = |files: &[String]| match (&options.folder, files.first()) {
            (Some(folder), _) => path::join(&options.cwd, folder),
            (None, Some(first)) => path::parent(first).to_owned(),
            (None, None) => options.cwd.clone(),
        };
        let env_files = self.env_files(options, &env);
        let first = folder(&named);
        env = self.with_dotenv(&first, &env_files, env);
        let listed = match named.is_empty() {
            true => self.listed_files(options, &env),
            false => None,
        };
        let are_listed = listed.is_some();
        let files = match listed {
            Some(listed) => listed,
            None if named.is_empty() => self.default_files(&first),
            None => named,
        };
        let folder = folder(&files);
        // A file found in a parent folder brings the `.env` beside it, too.
        if env_files.is_empty() && folder != first {
            env = self.with_dotenv(&folder, &[], env);
        }
        Discovered {
            files,
            folder,
            env,
            are_listed,
        }
    }

    /// `--profile`, else `COMPOSE_PROFILES`.
    pub(super) fn profiles(&self, options: &Options, env: &Env) -> Vec<String> {
        if !options.profiles.is_empty() {
            return options.profiles.clone();
        }
        let listed = self
            .variables
            .known(env, "COMPOSE_PROFILES")
            .unwrap_or_default();
        let names = listed
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    /// `--env-file`, else `COMPOSE_ENV_FILES`.
    fn env_files(&self, options: &Options, env: &Env) -> Vec<String> {
        let listed = self
            .variables
            .known(env, "COMPOSE_ENV_FILES")
            .unwrap_or_default();
        let listed = listed
            .split(',')
            .filter(|file| !file.is_empty())
            .map(str::to_owned);
        let files: Vec<String> = if options.env_files.is_empty() {
            listed.collect()
        } else {
            options.env_files.clone()
        };
        files
            .iter()
            .map(|file| path::join(&options.cwd, file))
            .collect()
    }

    /// The environment with the settings of `env_files`, or of the folder's `.env`.
    fn with_dotenv(&mut self, folder: &str, env_files: &[String], env: Env) -> Env {
        let mut added = Env::default();
        for file in env_files {
            match self.files.read(file) {
                Ok(source) => self.add_settings(source, true, &env, &mut added),
                Err(why) => {
                    let message = match why {
                        Unreadable::Missing | Unreadable::Ignored => {
                            format!("couldn't find env file: {file}")
                        }
                        Unreadable::Directory => format!("{file} is a directory"),
                        _ => format!("{file} cannot be read"),
                    };
                    self.report(DiagnosticKind::File, None, message);
                }
            }
        }
        if env_files.is_empty() && !self.dotenv_is_disabled(&env) {
            let file = path::join(folder, ".env");
            match self.files.read(&file) {
                Ok(source) => {
                    let is_shared = self.files.is_shared(&file);
                    self.add_settings(source, is_shared, &env, &mut added);
                }
                Err(Unreadable::Refused) => {
                    self.unreadable(Unreadable::Refused, DiagnosticKind::File, &file, None);
                }
                Err(_) => {}
            }
        }
        self.variables.layer(&env, &added)
    }

    fn dotenv_is_disabled(&self, env: &Env) -> bool {
        let value = self.variables.known(env, "COMPOSE_DISABLE_ENV_FILE");
        value.is_some_and(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
    }

    /// The files that `COMPOSE_FILE` names.
    fn listed_files(&mut self, options: &Options, env: &Env) -> Option<Vec<String>> {
        let listed = self.variables.known(env, "COMPOSE_FILE")?;
        let separator = self
            .variables
            .known(env, "COMPOSE_PATH_SEPARATOR")
            .unwrap_or_default();
        let separator = if separator.is_empty() { ":" } else { separator };
        let files = listed
            .split(separator)
            .map(|file| path::join(&options.cwd, file));
        let files = files.collect();
        let setting = self.variables.setting(env, "COMPOSE_FILE");
        self.listed_at = setting.map(|setting| setting.value_at);
        Some(files)
    }

    fn default_files(&mut self, mut folder: &str) -> Vec<String> {
        loop {
            let found = self.present(folder, &FILE_NAMES);
            if let Some(file) = found.first().cloned() {
                self.warn_ambiguous("config", &found);
                let overrides = self.present(folder, &OVERRIDE_NAMES);
                self.warn_ambiguous("override", &overrides);
                return std::iter::once(file)
                    .chain(overrides.first().cloned())
                    .collect();
            }
            let parent = path::parent(folder);
            if parent == folder || !self.files.is_inside(parent) {
                self.report(
                    DiagnosticKind::Project,
                    None,
                    "no configuration file provided: not found",
                );
                return Vec::new();
            }
            folder = parent;
        }
    }

    fn present(&self, folder: &str, names: &[&str]) -> Vec<String> {
        let paths = names.iter().map(|name| path::join(folder, name));
        paths
            .filter(|path| {
                !matches!(
                    self.files.read(path),
                    Err(Unreadable::Missing
                        | Unreadable::Ignored
                        | Unreadable::Outside
                        | Unreadable::TooFar)
                )
            })
            .collect()
    }

    fn warn_ambiguous(&mut self, what: &str, found: &[String]) {
        let [first, _, ..] = found else { return };
        let message = format!(
            "Found multiple {what} files with supported names: {}",
            found.join(", ")
        );
        self.report(DiagnosticKind::Ambiguous, None, message);
        self.report(DiagnosticKind::Ambiguous, None, format!("Using {first}"));
    }
}
