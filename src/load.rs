//! From what was asked for to source files, each with the configuration that holds for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::check::{RunError, Skipped};
use crate::config::{self, ConfigError, Configs, Held, Origin, RuleLevel, RuleTable};
use crate::finding::Severity;
use crate::flow::{self, FileSettings, ImageSetting};
use crate::model::compose::{Project, Unreadable};
use crate::rules::{self, Choice, Level, Selection, Selections, UnknownRule};
use crate::source::{
    self, Cause, Discovery, FileId, FileKind, Found, HostTree, Location, Problem, Request, Root,
    SourceFile, Span, discover, location, path_of, read_below,
};

/// The kinds of file that are checked.
pub const CHECKED_KINDS: &[FileKind] = &FileKind::ALL;

/// Below this many files a thread pool costs more than it saves.
const WORTH_A_POOL: usize = 64;

/// What was loaded.
#[derive(Debug)]
pub struct Loaded<'r> {
    /// The project root.
    pub root: Root,
    /// The files, indexed by their `FileId`.
    pub sources: Vec<SourceFile>,
    /// The compose projects among them.
    pub projects: Vec<Project<'r>>,
    /// Which rules run for which file.
    pub selections: Selections,
    /// What is told about builds, with what the configurations and the disk add to it.
    pub request: flow::Request,
    /// The least severity that fails the run, for each file.
    pub fail_levels: Vec<Severity>,
    /// The files that were named, not met in a folder.
    pub named: Vec<FileId>,
    /// The configuration files, as people see them.
    pub configurations: Vec<String>,
    /// Configuration files that are not read because another stands beside them.
    pub hidden_configurations: Vec<String>,
    /// Standard input, if it was asked for.
    pub stdin: Option<FileId>,
    /// What could not be read.
    pub errors: Vec<RunError>,
    /// What was left alone.
    pub skipped: Vec<Skipped>,
    /// Folders that were met and are named like files: nothing that many ask about.
    pub passed_by: Vec<Skipped>,
}

/// What some files are to hold, by their location, while nothing is written yet.
pub type Edited = BTreeMap<String, Vec<u8>>;

/// What to load, and what is known of it beforehand.
#[derive(Clone, Debug)]
pub struct LoadRequest<'a> {
    /// The files.
    pub files: Request<'a>,
    /// Where their configuration comes from.
    pub origin: Origin<'a>,
    /// What the command line says about rules; its names must be known.
    pub choice: Choice,
    /// What the command line says about builds.
    pub builds: flow::Request,
    /// The root of the machine to look at too.
    pub host: Option<PathBuf>,
    /// Files that are taken as if they had been written already.
    pub edited: &'a Edited,
}

/// Finds and reads files. Those of the projects are kept in `rounds`.
pub fn load<'r>(
    rounds: &'r flow::Rounds,
    wanted: LoadRequest<'_>,
    stdin: impl io::Read,
) -> io::Result<Loaded<'r>> {
    let LoadRequest {
        files: request,
        origin,
        choice,
        builds,
        host,
        edited,
    } = wanted;
    let mut configured = LazyConfigs {
        origin,
        configs: None,
    };
    let mut discovery = discover(&request, &mut configured, stdin)?;
    let mut loader = Loader {
        configs: configured.into_configs(&discovery.root),
        choice: &choice,
        edited,
        stdin: None,
        are_files_named: false,
        selected: Vec::new(),
        config_errors: BTreeSet::new(),
        errors: Vec::new(),
        skipped: Vec::new(),
        passed_by: Vec::new(),
    };
    if request.respect_gitignore.is_none() && !discovery.folders.is_empty() {
        loader.configs.hold_root();
    }
    loader.find_by_configured_kind(&mut discovery, request.kinds);
    for problem in discovery.problems {
        loader.problem(problem);
    }
    let mut files: Vec<(Found, usize)> = Vec::new();
    for mut found in discovery.files {
        found.kind = match (request.kind, loader.configs.kind(&found.location)) {
            (None, Some(kind)) => kind,
            _ => found.kind,
        };
        if let Some(config) = loader.accept(&found) {
            files.push((found, config));
        }
    }
    let (mut sources, mut config_of, named) = loader.read(files);
    loader.are_files_named = !named.is_empty();
    let mut builds = flow::Request {
        root: location(discovery.root.folder()),
        around: loader.around(&discovery.around),
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
    let mut search = flow::Search::new(rounds);
    loader.read_context(
        &discovery.root,
        &mut search,
        &mut builds,
        &mut sources,
        &mut config_of,
    );
    let fail_levels = config_of
        .iter()
        .map(|&index| match loader.configs.get(index) {
            Ok(config) => config.fail_level.unwrap_or(Severity::Warning),
            Err(_) => Severity::Warning,
        })
        .collect();
    loader.settle(&mut builds, &config_of);
    let configurations = loader.configs.shown();
    let hidden_configurations = loader.configs.hidden().to_vec();
    let Loader {
        selected,
        config_errors,
        stdin,
        mut errors,
        mut skipped,
        passed_by,
        ..
    } = loader;
    for error in config_errors {
        errors.push(invalid_config(error, &mut sources));
    }
    let all = selected
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect();
    errors.sort();
    skipped.sort();
    Ok(Loaded {
        sources,
        projects: search.into_projects(),
        request: builds,
        selections: Selections::new(all, config_of),
        fail_levels,
        named,
        configurations,
        hidden_configurations,
        stdin,
        errors,
        skipped,
        passed_by,
        root: discovery.root,
    })
}

/// The home directory of whoever runs docklint, on their own machine.
fn own_home(root: &Path) -> Option<String> {
    let home = std::env::var("HOME").ok()?;
    (root == Path::new("/") && home.starts_with('/')).then_some(home)
}

/// What the configurations say about files, read when first asked.
struct LazyConfigs<'a> {
    origin: Origin<'a>,
    configs: Option<Configs>,
}

impl LazyConfigs<'_> {
    fn configs(&mut self, root: &Root) -> &mut Configs {
        let new = || Configs::new(root.clone(), self.origin);
        self.configs.get_or_insert_with(new)
    }

    fn into_configs(self, root: &Root) -> Configs {
        let new = || Configs::new(root.clone(), self.origin);
        self.configs.unwrap_or_else(new)
    }
}

impl source::Configuration for LazyConfigs<'_> {
    fn kind(&mut self, root: &Root, location: &Path) -> Option<FileKind> {
        self.configs(root).kind(location)
    }

    fn respects_gitignore(&mut self, root: &Root) -> bool {
        // One walk goes through all folders.
        self.configs(root).respects_gitignore()
    }

    fn said_in(&self) -> &'static [&'static str] {
        &config::NAMES
    }
}

struct Loader<'a> {
    configs: Configs,
    choice: &'a Choice,
    edited: &'a Edited,
    stdin: Option<FileId>,
    /// Whether somebody named a file, and not only folders.
    are_files_named: bool,
    /// The selection of each configuration looked at so far, or the path of one that cannot be used.
    selected: Vec<Result<Selection, String>>,
    config_errors: BTreeSet<ConfigError>,
    errors: Vec<RunError>,
    skipped: Vec<Skipped>,
    passed_by: Vec<Skipped>,
}

impl Loader<'_> {
    /// Adds the files to a discovery whose kind only a configuration tells. That takes a second walk:
    /// what holds below a folder is not known before somebody walked to it.
    fn find_by_configured_kind(&mut self, discovery: &mut Discovery, kinds: &[FileKind]) {
        // Any name does, to ask what holds in a folder.
        let inside = discovery.folders.iter().map(|folder| folder.join("file"));
        let inside: Vec<PathBuf> = inside.chain(discovery.noted.iter().cloned()).collect();
        if inside.iter().any(|file| self.configs.names_kinds(file)) {
            let configs = Mutex::new(&mut self.configs);
            discovery.walk_again(kinds, &|path| {
                let configs = configs.lock();
                configs.unwrap_or_else(PoisonError::into_inner).kind(path)
            });
        }
    }

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
                at: None,
            }),
            false if problem.cause == Cause::Folder => {
                self.passed_by.push(Skipped { path, why: message })
            }
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

    /// The locations of compose files that a walk would have found.
    fn around(&mut self, files: &BTreeSet<PathBuf>) -> BTreeSet<String> {
        let is_left_in = |file: &&PathBuf| {
            let index = self.configs.index(file);
            let config = self.configs.get(index);
            config.is_ok_and(|config| !config.excludes(file))
        };
        files
            .iter()
            .filter(is_left_in)
            .map(|file| location(file))
            .collect()
    }

    /// Turns the configurations read since the last call into selections.
    fn select(&mut self) {
        for index in self.selected.len()..self.configs.count() {
            let selection = match self.configs.get(index) {
                Ok(held) => selection(held, self.choice),
                Err(error) => Err(error.clone()),
            };
            self.selected.push(match selection {
                Ok(selection) => Ok(selection),
                Err(error) => {
                    let path = error.path.clone();
                    self.config_errors.insert(error);
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
        search: &mut flow::Search<'_>,
        builds: &mut flow::Request,
        sources: &mut Vec<SourceFile>,
        config_of: &mut Vec<usize>,
    ) {
        for _ in 0..MAX_ROUNDS {
            self.settle(builds, config_of);
            let wanted = search.wanted(sources, builds);
            if wanted.files.is_empty() && wanted.inline.is_empty() {
                return;
            }
            for (location, kind) in wanted.files {
                let at = path_of(&location);
                let edited = self.edited.get(&location).cloned();
                match edited.map_or_else(|| read_below(root, &at), Ok) {
                    Ok(bytes) => {
                        let is_of_walk = wanted.listed.contains(&location)
                            && kind == FileKind::Compose
                            && self.is_met(root, &at);
                        let file = SourceFile::new(next_id(sources), root.shown(&at), kind, bytes)
                            .located(location);
                        let file = if is_of_walk { file } else { file.as_context() };
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

    /// Whether a walk meets a file that a `.env` says is a compose file: nobody named one file alone,
    /// and nothing leaves it out.
    fn is_met(&mut self, root: &Root, at: &Path) -> bool {
        let index = self.configs.index(at);
        let config = self.configs.get(index);
        let is_excluded = config.is_ok_and(|config| config.excludes(at));
        !self.are_files_named && !is_excluded && !root.ignores(at)
    }

    /// Tells builds what the configurations say that were read so far.
    fn settle(&self, builds: &mut flow::Request, config_of: &[usize]) {
        let new = builds.settings.len()..self.configs.count();
        let settings = new.map(|index| match self.configs.get(index) {
            Ok(held) => settings(held),
            Err(_) => FileSettings::default(),
        });
        builds.settings.extend(settings);
        let new = config_of.get(builds.settings_of.len()..);
        builds
            .settings_of
            .extend_from_slice(new.unwrap_or_default());
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
fn settings(held: Held<'_>) -> FileSettings {
    let variable = |entry: &String| match entry.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (entry.clone(), None),
    };
    let images = held
        .base_images
        .iter()
        .map(|(pattern, image)| ImageSetting {
            pattern: pattern.clone(),
            env: image.env.iter().map(variable).collect(),
        });
    let located = |file: &toml::Spanned<String>| file.get_ref().clone();
    FileSettings {
        images: images.collect(),
        engine: held.engine,
        network: held.network.clone(),
        names: held.names.clone(),
        compose_files: held.compose_files.iter().map(located).collect(),
        preset: held.preset(),
    }
}

fn next_id(sources: &[SourceFile]) -> FileId {
    FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX))
}

/// How often files are looked for that files refer to: each time projects are loaded, and each time
/// what they build is looked for.
const MAX_ROUNDS: usize = 64;

fn unreadable(cause: &Cause) -> Unreadable {
    match cause {
        // Compose goes on without a `.env` that is a link to what every machine makes for itself.
        Cause::NotFound | Cause::DanglingLink => Unreadable::Missing,
        Cause::Folder => Unreadable::Directory,
        Cause::OutsideRoot => Unreadable::Outside,
        _ => Unreadable::Refused,
    }
}

/// What is wrong with a configuration; a file with the fault in it becomes one of the sources.
fn invalid_config(error: ConfigError, sources: &mut Vec<SourceFile>) -> RunError {
    let at = error.place.map(|(start, end, text)| {
        let file = next_id(sources);
        let (path, kind) = (error.path.clone(), FileKind::Configuration);
        sources.push(SourceFile::new(file, path, kind, text.into_bytes()).as_context());
        let span = Span::new(start, end);
        Location { file, span }
    });
    RunError {
        path: error.path,
        kind: "invalid-config",
        message: error.message,
        at,
    }
}

/// Joins what the configuration and the command line say, which wins. `--select` replaces the
/// configuration's choice of rules, but not its levels; `--ignore` adds to it.
fn selection(held: Held<'_>, choice: &Choice) -> Result<Selection, ConfigError> {
    // A mistake in a part for other files is one, too.
    for table in held.all_rules() {
        let unknown = table.names().find_map(|name| {
            let unknown = rules::check_name(name.get_ref()).err()?;
            Some((name, unknown))
        });
        if let Some((name, unknown)) = unknown {
            return Err(held.error(Some(name), unknown.to_string()));
        }
        for (name, setting) in &table.settings {
            let why = rules::why_no_allow(name.get_ref()).ok().flatten();
            if let (Some(why), false) = (why, setting.allow.is_empty()) {
                return Err(held.error(Some(name), why));
            }
        }
    }
    let unknown = |unknown: UnknownRule| held.error(None, unknown.to_string());
    let of_file: Vec<Choice> = held.rules().map(choice_of).collect();
    let all: Vec<&Choice> = of_file.iter().chain([choice]).collect();
    let mut selection = Selection::of_all(&all).map_err(unknown)?;
    for (name, variables) in held.allowed() {
        selection.allow(name, variables).map_err(unknown)?;
    }
    Ok(selection)
}

/// What a table says.
fn choice_of(table: &RuleTable) -> Choice {
    let chosen = |names: &[toml::Spanned<String>]| -> Vec<String> {
        names.iter().map(|name| name.get_ref().clone()).collect()
    };
    let level = |level| match level {
        RuleLevel::Off => Level::Off,
        RuleLevel::Info => Level::At(Severity::Info),
        RuleLevel::Warning => Level::At(Severity::Warning),
        RuleLevel::Error => Level::At(Severity::Error),
    };
    let levels = table.settings.iter();
    let levels = levels.filter_map(|(name, set)| Some((name.get_ref().clone(), level(set.level?))));
    Choice {
        levels: levels.collect(),
        select: chosen(&table.select),
        ignore: chosen(&table.ignore),
        ..Choice::default()
    }
}
