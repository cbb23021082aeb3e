//! The compose projects among the files of a run, and the files they refer to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::contexts;
use super::machine::environment_files;
use super::request::{BuildPreset, Request};
use crate::model::compose::{
    self, DiagnosticKind, Dockerfile, FILE_NAMES, Files, Level, OVERRIDE_NAMES, Options, Project,
    Unreadable,
};
use crate::model::{Piece, Value};
use crate::source::{FileId, FileKind, SourceFile, TextMap};

/// What a run has to read besides the files it was given.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Files, by their location.
    pub files: BTreeMap<String, FileKind>,
    /// Those that are the project of a folder that was asked for: its `.env` names them.
    pub listed: BTreeSet<String>,
    /// Dockerfiles that stand in compose files.
    pub inline: Vec<Inline>,
}

/// A `dockerfile_inline`.
#[derive(Debug)]
pub struct Inline {
    /// The location it goes by.
    pub location: String,
    /// The compose file it stands in.
    pub file: FileId,
    /// The service.
    pub service: String,
    /// Its text after interpolation. What is not known of it is left out.
    pub text: String,
    /// Whether anything is left out.
    pub is_partly_known: bool,
    /// From the text to the compose file.
    pub map: Arc<TextMap>,
}

/// The files of a run by location, and those that were asked for in vain.
pub(super) struct Shelf<'t, 'r> {
    sources: &'t [SourceFile],
    by_location: HashMap<&'t str, FileId>,
    request: &'r Request,
    wanted: RefCell<BTreeMap<String, FileKind>>,
    /// Whether what is wanted now is never looked for.
    is_last: bool,
}

impl<'t, 'r> Shelf<'t, 'r> {
    pub fn new(sources: &'t [SourceFile], request: &'r Request) -> Self {
        let by_location = sources.iter().map(|file| (file.location(), file.id()));
        Self {
            sources,
            by_location: by_location.collect(),
            request,
            wanted: RefCell::default(),
            is_last: false,
        }
    }

    pub fn sources(&self) -> &'t [SourceFile] {
        self.sources
    }

    /// The files by location.
    pub fn into_index(self) -> HashMap<&'t str, FileId> {
        self.by_location
    }

    /// The project root.
    pub fn root(&self) -> &'r str {
        &self.request.root
    }

    /// The file at a location; one that was never looked for is wanted from now on.
    pub fn find(&self, location: &str, kind: FileKind) -> Result<&'t SourceFile, Unreadable> {
        if let Some(&id) = self.by_location.get(location) {
            return Ok(&self.sources[id.0 as usize]);
        }
        if !self.is_inside(location) {
            return Err(Unreadable::Outside);
        }
        if let Some(&why) = self.request.absent.get(location) {
            return Err(why);
        }
        if self.is_last {
            return Err(Unreadable::TooFar);
        }
        self.wanted.borrow_mut().insert(location.to_owned(), kind);
        Err(Unreadable::Missing)
    }
}

impl<'t> Shelf<'t, '_> {
    /// The Dockerfile that a build names, if it is among the files.
    pub fn dockerfile(&self, build: &compose::Build<'_>) -> Option<&'t SourceFile> {
        let paths = dockerfile_paths(build);
        let mut paths = paths.iter().filter(|_| !build.is_remote());
        paths.find_map(|path| self.find(path, FileKind::Dockerfile).ok())
    }

    /// Whether Compose may be called with a file: somebody asked for it, or it stands around what
    /// was asked for.
    fn leads(&self, file: &SourceFile) -> bool {
        let is_led = !file.is_context() || self.request.around.contains(file.location());
        file.kind() == FileKind::Compose && is_led
    }

    /// Whether a project is made of any file that was asked for.
    fn is_of_asked_files(&self, project: &Project<'_>) -> bool {
        let settings = project.dotenv.iter().map(|setting| setting.name_at.file);
        let services = project.services.iter();
        let env_files = services.flat_map(|service| &service.env_files);
        let own = project.files.iter().copied().chain(settings);
        let mut files = own.chain(env_files.filter_map(|env_file| env_file.file));
        files.any(|file| !self.sources[file.0 as usize].is_context())
    }

    /// Whether a project builds a Dockerfile that was asked for.
    fn builds_asked_files(&self, project: &Project<'_>) -> bool {
        let mut services = project.services.iter();
        services.any(|service| {
            let build = service.build.as_ref();
            build.is_some_and(|build| self.is_of_asked_file(build))
        })
    }

    fn is_of_asked_file(&self, build: &compose::Build<'_>) -> bool {
        let is_asked = |path: &String| {
            let file = self.by_location.get(path.as_str());
            file.is_some_and(|file| !self.sources[file.0 as usize].is_context())
        };
        !build.is_remote() && dockerfile_paths(build).iter().any(is_asked)
    }

    /// What was asked for in vain.
    fn wanted(self) -> Wanted {
        Wanted {
            files: self.wanted.into_inner(),
            ..Wanted::default()
        }
    }
}

/// Where a build's Dockerfile may be. BuildKit takes `dockerfile` for a `Dockerfile` that is not
/// there (upstream: `frontend/dockerui/config.go`).
fn dockerfile_paths(build: &compose::Build<'_>) -> Vec<String> {
    let path = build.dockerfile_path();
    let folder = path
        .as_ref()
        .and_then(|path| path.strip_suffix("/Dockerfile"));
    let other = folder.map(|folder| format!("{folder}/dockerfile"));
    path.into_iter().chain(other).collect()
}

impl<'t> Files<'t> for Shelf<'t, '_> {
    fn read(&self, path: &str) -> Result<&'t SourceFile, Unreadable> {
        let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        let kind = if is_yaml {
            FileKind::Compose
        } else {
            FileKind::Dotenv
        };
        self.find(path, kind)
    }

    fn is_inside(&self, path: &str) -> bool {
        let root = self.request.root.trim_end_matches('/');
        path.strip_prefix(root)
            .is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    fn is_shared(&self, path: &str) -> bool {
        match self.by_location.get(path) {
            Some(&id) => self.sources[id.0 as usize].is_shared(),
            None => true,
        }
    }
}

/// A build whose Dockerfile stands in a file of its own.
#[derive(Debug)]
struct FileBuild {
    /// Where it may be, the likeliest place first.
    dockerfiles: Vec<String>,
    context: Option<String>,
}

/// The files of a run as they were each time its projects were loaded. Projects borrow from here, so
/// that files can still be added behind them.
#[derive(Debug, Default)]
pub struct Rounds([OnceLock<Vec<SourceFile>>; MAX_LOADS]);

/// How often projects are loaded to find the files that they are made of: deeper than anybody nests
/// them. Compose has no bound.
const MAX_LOADS: usize = 32;

impl Rounds {
    /// Keeps the files as they are now; none if that was done often enough.
    fn keep(&self, sources: &[SourceFile]) -> Option<&[SourceFile]> {
        let free = self.0.iter().find(|round| round.get().is_none())?;
        // Copies share their texts.
        Some(free.get_or_init(|| sources.to_vec()))
    }

    fn are_used_up(&self) -> bool {
        self.0.iter().all(|round| round.get().is_some())
    }
}

/// The search for what a run has to read besides the files it was given. Projects are loaded again
/// only for new files that they are made of.
#[derive(Debug)]
pub struct Search<'s> {
    rounds: &'s Rounds,
    projects: Vec<Project<'s>>,
    builds: Vec<FileBuild>,
    inline: Vec<Inline>,
    /// What the projects asked for in vain when they were last loaded; none if they never were.
    missed: Option<Vec<String>>,
}

impl<'s> Search<'s> {
    /// A search that keeps its projects' files in `rounds`.
    pub fn new(rounds: &'s Rounds) -> Self {
        Self {
            rounds,
            projects: Vec::new(),
            builds: Vec::new(),
            inline: Vec::new(),
            missed: None,
        }
    }

    /// The projects, once nothing is wanted any more.
    pub fn into_projects(self) -> Vec<Project<'s>> {
        self.projects
    }

    /// What the projects among `sources` refer to and is neither there nor known to be absent.
    pub fn wanted(&mut self, sources: &[SourceFile], request: &Request) -> Wanted {
        let shelf = Shelf::new(sources, request);
        for location in environment_files(sources, request) {
            let _ = shelf.find(&location, FileKind::EnvironmentFile);
        }
        for location in &request.around {
            let _ = shelf.find(location, FileKind::Compose);
        }
        want_neighbours(&shelf);
        if !shelf.wanted.borrow().is_empty() {
            return shelf.wanted();
        }
        if self.is_outdated(&shelf) {
            let files = self.load(sources, request);
            shelf.wanted.borrow_mut().extend(files);
        }
        for build in &self.builds {
            build.want(&shelf);
        }
        contexts::want(&shelf, None);
        let mut inline = std::mem::take(&mut self.inline);
        inline.retain(|inline: &Inline| !shelf.by_location.contains_key(inline.location.as_str()));
        inline.sort_by(|a, b| a.location.cmp(&b.location));
        inline.dedup_by(|a, b| a.location == b.location);
        Wanted {
            inline,
            listed: self.listed(sources),
            ..shelf.wanted()
        }
    }

    /// The files that a `.env` names that was asked for.
    fn listed(&self, sources: &[SourceFile]) -> BTreeSet<String> {
        let is_asked = |project: &&Project<'_>| {
            let mut settings = project.dotenv.iter().map(|setting| setting.name_at.file);
            settings.any(|file| !sources[file.0 as usize].is_context())
        };
        let projects = self.projects.iter().filter(is_asked);
        projects
            .flat_map(|project| project.listed.iter().cloned())
            .collect()
    }

    /// Whether what is known now would make other projects than those that were loaded.
    fn is_outdated(&self, shelf: &Shelf<'_, '_>) -> bool {
        let Some(missed) = &self.missed else {
            return true;
        };
        missed.iter().any(|location| {
            let why = shelf.request.absent.get(location);
            // So they took it while it was looked for.
            why != Some(&Unreadable::Missing)
        })
    }

    /// Loads the projects; gives the files that they miss.
    fn load(&mut self, sources: &[SourceFile], request: &Request) -> BTreeMap<String, FileKind> {
        let Some(kept) = self.rounds.keep(sources) else {
            self.missed = Some(Vec::new());
            return BTreeMap::new();
        };
        // Two generations at a time would take twice the memory.
        self.projects.clear();
        self.builds.clear();
        let shelf = Shelf {
            is_last: self.rounds.are_used_up(),
            ..Shelf::new(kept, request)
        };
        self.projects = projects(&shelf, request);
        for project in &self.projects {
            add_builds(project, &shelf, &mut self.builds, &mut self.inline);
        }
        let missed = shelf.wanted.into_inner();
        self.missed = Some(missed.keys().cloned().collect());
        missed
    }
}

/// Notes which Dockerfiles a project builds. Of one that only stands around what was asked for, the
/// other builds do not matter.
fn add_builds(
    project: &Project<'_>,
    shelf: &Shelf<'_, '_>,
    builds: &mut Vec<FileBuild>,
    inline: &mut Vec<Inline>,
) {
    let is_asked = shelf.is_of_asked_files(project);
    for service in &project.services {
        let Some(build) = &service.build else {
            continue;
        };
        if !is_asked && !shelf.is_of_asked_file(build) {
            continue;
        }
        if let Dockerfile::Inline(text, at) = &build.dockerfile {
            let file = &shelf.sources[at.file.0 as usize];
            inline.extend(text.map.as_ref().map(|map| Inline {
                location: inline_location(file, &service.name),
                file: at.file,
                service: service.name.to_string(),
                text: known_text(&text.value),
                is_partly_known: text.value.as_known().is_none(),
                map: map.clone(),
            }));
        } else if !build.is_remote() {
            builds.push(FileBuild {
                dockerfiles: dockerfile_paths(build),
                context: build.context.value.as_known().map(str::to_owned),
            });
        }
    }
}

impl FileBuild {
    /// Wants the Dockerfile; if it is not there, the context: whether its folder is there tells a
    /// wrong path from a folder that is made later.
    fn want(&self, shelf: &Shelf<'_, '_>) {
        let mut paths = self.dockerfiles.iter();
        let found = paths.find_map(|path| shelf.find(path, FileKind::Dockerfile).ok());
        let context = self.context.as_deref();
        match (found, context) {
            (Some(file), Some(context)) => contexts::want(shelf, Some((file, context))),
            (Some(_), None) => {}
            (None, context) => {
                let _ = shelf.find(context.unwrap_or_default(), FileKind::Dockerfile);
            }
        }
    }
}

/// Looks for what Compose looks for beside its files in any case. Once that is settled most projects
/// have to be loaded only once to see that nothing else is wanted.
fn want_neighbours(shelf: &Shelf<'_, '_>) {
    let dotenv = shelf.request.env_files.is_empty().then_some(".env");
    let names = FILE_NAMES.into_iter().chain(OVERRIDE_NAMES).chain(dotenv);
    let composes = shelf.sources.iter().filter(|file| shelf.leads(file));
    let folders: BTreeSet<&str> = composes
        .filter_map(|file| Some(file.location().rsplit_once('/')?.0))
        .collect();
    for folder in folders {
        for name in names.clone() {
            let kind = match name {
                ".env" => FileKind::Dotenv,
                _ => FileKind::Compose,
            };
            let _ = shelf.find(&format!("{folder}/{name}"), kind);
        }
    }
}

/// A value's text without the parts that are not known: so it is if nothing fills them.
fn known_text(value: &Value<'_>) -> String {
    match value {
        Value::Known(text) => text.to_string(),
        Value::Partly(pieces) => {
            let texts = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_ref(),
                Piece::Unknown(_) => "",
            });
            texts.collect()
        }
        Value::Unknown(_) => String::new(),
    }
}

/// Where the inline Dockerfile of a service goes by in the list of files.
pub(super) fn inline_location(file: &SourceFile, service: &str) -> String {
    format!("{}#{service}", file.location())
}

/// The projects of the compose files that were asked for, and of those around what was asked for that
/// have to do with it.
pub(super) fn projects<'t>(shelf: &Shelf<'t, '_>, request: &Request) -> Vec<Project<'t>> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut listed: BTreeSet<&[String]> = BTreeSet::new();
    for file in shelf.sources {
        if shelf.leads(file) {
            let files = request.settings(file.id()).compose_files.as_slice();
            if files.iter().any(|listed| listed == file.location()) {
                listed.insert(files);
                continue;
            }
            let (folder, name) = file
                .location()
                .rsplit_once('/')
                .unwrap_or(("", file.location()));
            folders.entry(folder).or_default().insert(name);
        }
    }
    let together = listed.iter().filter_map(|files| {
        let (folder, _) = files.first()?.rsplit_once('/')?;
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        Some(load(shelf, request, folder, &files))
    });
    let mut all: Vec<Project<'t>> = together.collect();
    let by_dotenv = projects_by_dotenv(shelf, request);
    let named = by_dotenv.values().flat_map(|project| &project.listed);
    let named: BTreeSet<String> = named.cloned().collect();
    for (folder, names) in folders {
        let is_there = |name: &&&str| {
            shelf
                .find(&format!("{folder}/{name}"), FileKind::Compose)
                .is_ok()
        };
        let base = FILE_NAMES.iter().find(is_there).copied();
        let is_main = |name: &str| Some(name) == base || OVERRIDE_NAMES.contains(&name);
        let has_main = base.is_some() && names.iter().any(|name| is_main(name));
        if has_main && !by_dotenv.contains_key(folder) {
            all.push(load(shelf, request, folder, &[]));
        }
        let others = names.iter().filter(|name| base.is_none() || !is_main(name));
        for &name in others.filter(|name| !named.contains(&format!("{folder}/{name}"))) {
            let overlay = base.filter(|_| !FILE_NAMES.contains(&name));
            all.push(overlaid(shelf, request, folder, overlay, name));
        }
    }
    all.extend(by_dotenv.into_values());
    all.retain(|project| shelf.is_of_asked_files(project) || shelf.builds_asked_files(project));
    leave_out_parts(&mut all);
    all
}

/// The projects whose files a `.env` names by `COMPOSE_FILE`, by its folder.
fn projects_by_dotenv<'t>(
    shelf: &Shelf<'t, '_>,
    request: &Request,
) -> BTreeMap<&'t str, Project<'t>> {
    let dotenvs = shelf
        .sources
        .iter()
        .filter(|file| file.kind() == FileKind::Dotenv && file.text().contains("COMPOSE_FILE"));
    let folders = dotenvs.filter_map(|file| file.location().strip_suffix("/.env"));
    let projects = folders.map(|folder| (folder, load(shelf, request, folder, &[])));
    projects
        .filter(|(_, project)| !project.listed.is_empty())
        .collect()
}

/// Leaves out the projects whose files another one includes: Compose reads them there, with that
/// one's folder and variables.
fn leave_out_parts(projects: &mut Vec<Project<'_>>) {
    let mut including: HashMap<FileId, usize> = HashMap::new();
    for &file in projects.iter().flat_map(|project| &project.included) {
        *including.entry(file).or_default() += 1;
    }
    projects.retain(|project| {
        let own = project.own_files();
        let is_elsewhere = |file: &FileId| {
            let by_itself = usize::from(project.included.contains(file));
            including.get(file).is_some_and(|&count| count > by_itself)
        };
        let is_part = !own.is_empty() && own.iter().all(is_elsewhere);
        if is_part {
            // Of files that include each other one stays.
            for file in &project.included {
                including.entry(*file).and_modify(|count| *count -= 1);
            }
        }
        !is_part
    });
}

/// A file on top of the base beside it. One that only makes sense alone is taken alone.
fn overlaid<'t>(
    shelf: &Shelf<'t, '_>,
    request: &Request,
    folder: &str,
    base: Option<&str>,
    name: &str,
) -> Project<'t> {
    let alone = |shelf| load(shelf, request, folder, &[name]);
    let Some(base) = base else {
        return alone(shelf);
    };
    let together = load(shelf, request, folder, &[base, name]);
    if !is_at_odds(&together) {
        return together;
    }
    let alone = alone(shelf);
    if is_at_odds(&alone) { together } else { alone }
}

/// Whether files do not go together. What is missing on the disk says nothing about that.
fn is_at_odds(project: &Project<'_>) -> bool {
    let mut errors = project.diagnostics.iter();
    errors.any(|said| said.kind.level() == Level::Error && said.kind != DiagnosticKind::File)
}

/// The project of some files, or of those that Compose takes in a folder.
fn load<'t>(shelf: &Shelf<'t, '_>, request: &Request, folder: &str, names: &[&str]) -> Project<'t> {
    let given = given(shelf, request, folder, names);
    let shell = request.shell(&given);
    let options = Options {
        cwd: folder.to_owned(),
        files: names.iter().map(|&name| name.to_owned()).collect(),
        env_files: given.env_files.clone(),
        profiles: given.profiles.clone(),
        ..Options::default()
    };
    let mut project = compose::load(shelf, &options, &shell);
    let root = format!("{}/", request.root.trim_end_matches('/'));
    for diagnostic in &mut project.diagnostics {
        diagnostic.message = diagnostic.message.replace(&root, "");
    }
    project
}

/// What the builds of a project are given: by its first file.
fn given(shelf: &Shelf<'_, '_>, request: &Request, folder: &str, names: &[&str]) -> BuildPreset {
    let names = if names.is_empty() { &FILE_NAMES } else { names };
    let mut locations =
        names
            .iter()
            .copied()
            .chain([".env"])
            .map(|name| match name.contains('/') {
                true => name.to_owned(),
                false => format!("{folder}/{name}"),
            });
    let first = locations.find_map(|location| shelf.by_location.get(location.as_str()).copied());
    request.given(first.unwrap_or_default())
}
