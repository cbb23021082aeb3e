//! From what was asked for to source files, each with the configuration that holds for it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{RunError, Skipped};
use crate::config::{Config, ConfigError, Configs, Origin, RuleLevel};
use crate::finding::Severity;
use crate::flow::{self, FileSettings, ImageSetting};
use crate::model::compose::Unreadable;
use crate::rules::{Choice, Level, Selection, Selections};
use crate::source::{
    Cause, FileId, FileKind, Found, HostTree, Problem, Request, Root, SourceFile, discover,
    read_below, slashed,
};

/// The kinds of file that are checked.
pub const CHECKED_KINDS: &[FileKind] = &FileKind::ALL;

/// Below this many files a thread pool costs more than it saves.
const WORTH_A_POOL: usize = 64;

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The project root.
    pub root: Root,
    /// The files, indexed by their `FileId`.
    pub sources: Vec<SourceFile>,
    /// Which rules run for which file.
    pub selections: Selections,
    /// What is told about builds, with what the configurations and the disk add to it.
    pub request: flow::Request,
    /// The least severity that fails the run, for each file.
    pub fail_levels: Vec<Severity>,
    /// The files that were named, not met in a folder.
    pub named: Vec<FileId>,
    /// Standard input, if it was asked for.
    pub stdin: Option<FileId>,
    /// What could not be read.
    pub errors: Vec<RunError>,
    /// What was left alone.
    pub skipped: Vec<Skipped>,
}

/// What some files are to hold, by their location, while nothing is written yet.
pub type Edited = BTreeMap<String, Vec<u8>>;

/// Finds and reads the files of a request. `choice` is what the command line says about rules; its
/// names must be known.
pub fn load(
    request: &Request<'_>,
    origin: Origin<'_>,
    choice: &Choice,
    builds: flow::Request,
    host: Option<PathBuf>,
    stdin: impl io::Read,
) -> io::Result<Loaded> {
    load_edited(
        request,
        origin,
        choice,
        builds,
        host,
        stdin,
        &Edited::default(),
    )
}

/// [`load`], as if some files had been written already.
pub fn load_edited(
    request: &Request<'_>,
    origin: Origin<'_>,
    choice: &Choice,
    builds: flow::Request,
    host: Option<PathBuf>,
    stdin: impl io::Read,
    edited: &Edited,
) -> io::Result<Loaded> {
    let discovery = discover(request, stdin)?;
    let mut loader = Loader {
        configs: Configs::new(&discovery.root, origin),
        choice,
        edited,
        stdin: None,
        selected: Vec::new(),
        errors: Vec::new(),
        skipped: Vec::new(),
    };
    for problem in discovery.problems {
        loader.problem(problem);
    }
    let mut files: Vec<(Found, usize)> = Vec::new();
    for found in discovery.files {
        if let Some(config) = loader.accept(&found) {
            files.push((found, config));
        }
    }
    let (mut sources, mut config_of, named) = loader.read(files);
    let mut builds = flow::Request {
        root: location(discovery.root.folder()),
        settings_of: config_of.clone(),
        ..builds
    };
    if let Some(root) = &host {
        let tree = HostTree::new(root, next_id(&sources)).with_home(own_home(root));
        for file in flow::files_of_host(&tree) {
            sources.push(SourceFile::clone(&file));
            config_of.push(loader.configs.index(discovery.root.folder()));
        }
        builds.host = Some(Arc::new(tree));
    }
    loader.read_context(&discovery.root, &mut builds, &mut sources, &mut config_of);
    let fail_levels = config_of
        .iter()
        .map(|&index| match loader.configs.get(index) {
            Ok(config) => config.fail_level,
            Err(_) => Severity::Warning,
        })
        .collect();
    let settings = (0..loader.configs.count())
        .map(|index| {
            loader
                .configs
                .get(index)
                .map_or_else(|_| FileSettings::default(), settings)
        })
        .collect();
    let Loader {
        selected,
        stdin,
        mut errors,
        mut skipped,
        ..
    } = loader;
    let all = selected
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect();
    errors.sort();
    skipped.sort();
    Ok(Loaded {
        sources,
        request: flow::Request {
            settings,
            settings_of: config_of.clone(),
            ..builds
        },
        selections: Selections::new(all, config_of),
        fail_levels,
        named,
        stdin,
        errors,
        skipped,
        root: discovery.root,
    })
}

/// The home directory of whoever runs docklint, on their own machine.
fn own_home(root: &Path) -> Option<String> {
    let home = std::env::var("HOME").ok()?;
    (root == Path::new("/") && home.starts_with('/')).then_some(home)
}

struct Loader<'a> {
    configs: Configs<'a>,
    choice: &'a Choice,
    edited: &'a Edited,
    stdin: Option<FileId>,
    /// The selection of each configuration looked at so far, or the path of one that cannot be used.
    selected: Vec<Result<Selection, String>>,
    errors: Vec<RunError>,
    skipped: Vec<Skipped>,
}

impl Loader<'_> {
    fn problem(&mut self, problem: Problem) {
        let index = self.configs.index(&problem.location);
        let excluded = self
            .configs
            .get(index)
            .is_ok_and(|config| config.excludes(&problem.location));
        if !excluded {
            self.refuse(problem);
        }
    }

    fn refuse(&mut self, problem: Problem) {
        let is_error = problem.is_error();
        let (path, message) = (problem.shown, problem.cause.to_string());
        match is_error {
            true => self.errors.push(RunError {
                path,
                kind: problem.cause.kind(),
                message,
            }),
            false => self.skip(path, &message),
        }
    }

    fn skip(&mut self, path: String, why: &str) {
        let why = why.to_owned();
        self.skipped.push(Skipped { path, why });
    }

    /// The number of the configuration for a file that is to be read.
    fn accept(&mut self, found: &Found) -> Option<usize> {
        let index = self.configs.index(&found.location);
        self.select();
        if let Some(Err(path)) = self.selected.get(index) {
            let why = format!("its configuration, {path}, cannot be used");
            self.skip(found.shown.clone(), &why);
            return None;
        }
        let config = self.configs.get(index).ok()?;
        if config.excludes(&found.location) {
            // Whoever names a file wants to know; in a folder it is what the pattern is for.
            if found.named {
                self.skip(found.shown.clone(), "excluded by the configuration");
            }
            return None;
        }
        Some(index)
    }

    /// Turns the configurations read since the last call into selections.
    fn select(&mut self) {
        for index in self.selected.len()..self.configs.count() {
            let selection = match self.configs.get(index) {
                Ok(config) => selection(config, self.choice),
                Err(error) => Err(error.clone()),
            };
            self.selected.push(match selection {
                Ok(selection) => Ok(selection),
                Err(error) => {
                    let path = error.path.clone();
                    self.errors.push(invalid_config(error));
                    Err(path)
                }
            });
        }
    }

    /// Reads what the files refer to, and what that refers to, until nothing is missing. Dockerfiles
    /// that stand in compose files become files of their own.
    fn read_context(
        &mut self,
        root: &Root,
        builds: &mut flow::Request,
        sources: &mut Vec<SourceFile>,
        config_of: &mut Vec<usize>,
    ) {
        let mut search = flow::Search::default();
        for _ in 0..MAX_ROUNDS {
            let wanted = search.wanted(sources, builds);
            if wanted.files.is_empty() && wanted.inline.is_empty() {
                return;
            }
            for (location, kind) in wanted.files {
                let at = path(&location);
                let edited = self.edited.get(&location).cloned();
                match edited.map_or_else(|| read_below(root, &at), Ok) {
                    Ok(bytes) => {
                        let file = SourceFile::new(next_id(sources), root.shown(&at), kind, bytes)
                            .located(location)
                            .as_context();
                        let is_ignored = kind == FileKind::Dotenv && root.ignores(&at);
                        sources.push(if is_ignored { file.unshared() } else { file });
                        config_of.push(self.configs.index(&at));
                    }
                    Err(cause) => {
                        let why = match unreadable(&cause) {
                            Unreadable::Missing if root.ignores(&at) => Unreadable::Ignored,
                            why => why,
                        };
                        builds.absent.insert(location, why);
                    }
                }
            }
            for inline in wanted.inline {
                let compose = &sources[inline.file.0 as usize];
                let shown = format!("{} ({})", compose.path(), inline.service);
                let is_context = compose.is_context();
                let text = inline.text.into_bytes();
                let file = SourceFile::new(next_id(sources), shown, FileKind::Dockerfile, text)
                    .located(inline.location)
                    .part_of(inline.file, inline.map);
                let file = match inline.is_partly_known {
                    true => file.as_template(),
                    false => file,
                };
                config_of.push(config_of[inline.file.0 as usize]);
                sources.push(if is_context { file.as_context() } else { file });
            }
            self.select();
        }
    }

    /// Reads the files; gives each one's configuration as well, and which of them were named.
    fn read(
        &mut self,
        mut files: Vec<(Found, usize)>,
    ) -> (Vec<SourceFile>, Vec<usize>, Vec<FileId>) {
        // A configuration that was named is judged even if there is no file for it.
        self.select();
        let edited = self.edited;
        let read = |(found, _): &mut (Found, usize)| {
            let bytes = found.read()?;
            let edited = (!edited.is_empty()).then(|| edited.get(&location(&found.location)));
            Ok(edited.flatten().cloned().unwrap_or(bytes))
        };
        let texts: Vec<Result<Vec<u8>, Cause>> = match files.len() < WORTH_A_POOL {
            true => files.iter_mut().map(read).collect(),
            false => files.par_iter_mut().map(read).collect(),
        };
        let mut sources = Vec::with_capacity(files.len());
        let mut config_of = Vec::with_capacity(files.len());
        let mut named = Vec::new();
        for ((found, config), text) in files.into_iter().zip(texts) {
            match text {
                Ok(bytes) => {
                    let id = next_id(&sources);
                    let file = SourceFile::new(id, found.shown, found.kind, bytes);
                    named.extend(found.named.then_some(id));
                    self.stdin = self.stdin.or(found.is_stdin.then_some(id));
                    sources.push(file.located(location(&found.location)));
                    config_of.push(config);
                }
                Err(cause) => self.refuse(Problem {
                    location: found.location,
                    shown: found.shown,
                    named: found.named,
                    cause,
                }),
            }
        }
        (sources, config_of, named)
    }
}

/// What a configuration says about builds.
fn settings(config: &Config) -> FileSettings {
    let variable = |entry: &String| match entry.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (entry.clone(), None),
    };
    let images = config
        .base_images
        .iter()
        .map(|(pattern, image)| ImageSetting {
            pattern: pattern.clone(),
            env: image.env.iter().map(variable).collect(),
        });
    FileSettings {
        images: images.collect(),
        engine: config.engine,
        network: config.network.clone(),
        names: config.names.clone(),
    }
}

fn next_id(sources: &[SourceFile]) -> FileId {
    FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX))
}

/// How often files are looked for that files refer to: as deep as Compose's includes go.
const MAX_ROUNDS: usize = 32;

/// A path as locations are written: absolute, with `/`, beginning with one on every system.
fn location(path: &Path) -> String {
    let slashed = slashed(path);
    if slashed.starts_with('/') {
        slashed
    } else {
        format!("/{slashed}")
    }
}

/// The path of a location.
fn path(location: &str) -> PathBuf {
    let is_windows = location.as_bytes().get(2) == Some(&b':');
    PathBuf::from(if is_windows { &location[1..] } else { location })
}

fn unreadable(cause: &Cause) -> Unreadable {
    match cause.kind() {
        "not-found" => Unreadable::Missing,
        "not-a-file" => Unreadable::Directory,
        "outside-root" => Unreadable::Outside,
        _ => Unreadable::Refused,
    }
}

fn invalid_config(error: ConfigError) -> RunError {
    RunError {
        path: match error.position {
            Some(position) => format!("{}:{}:{}", error.path, position.line, position.column),
            None => error.path,
        },
        kind: "invalid-config",
        message: error.message,
    }
}

/// Joins what the configuration and the command line say, which wins. `--select` replaces the
/// configuration's choice of rules, but not its levels; `--ignore` adds to it.
fn selection(config: &Config, choice: &Choice) -> Result<Selection, ConfigError> {
    let table = &config.rules;
    let chosen = |names: &[toml::Spanned<String>]| -> Vec<String> {
        names.iter().map(|name| name.get_ref().clone()).collect()
    };
    let level = |level| match level {
        RuleLevel::Off => Level::Off,
        RuleLevel::Info => Level::At(Severity::Info),
        RuleLevel::Warning => Level::At(Severity::Warning),
        RuleLevel::Error => Level::At(Severity::Error),
    };
    let levels = table.levels.iter();
    let of_file = Choice {
        levels: levels
            .map(|(name, set)| (name.get_ref().clone(), level(*set)))
            .collect(),
        select: chosen(&table.select),
        ignore: chosen(&table.ignore),
        ..Choice::default()
    };
    Selection::of_all(&[&of_file, choice]).map_err(|unknown| {
        let keys = table.levels.iter().map(|(name, _)| name);
        let mut names = keys.chain(&table.select).chain(&table.ignore);
        let at = names.find(|name| *name.get_ref() == unknown.name);
        config.error(at, unknown.to_string())
    })
}
