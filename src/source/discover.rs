//! Which files a run looks at: those named, and those found in the folders named.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::read::{self, Cause, check_encoding, check_regular, names_share_or_device, resolve};
use super::root::{located, slashed};
use super::{FileKind, Root, around, walk};

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Files and folders; `-` is standard input.
    pub paths: &'a [PathBuf],
    /// The name that standard input goes by.
    pub stdin_name: Option<&'a Path>,
    /// The kind of what is named, whatever its name says. Does not reach into folders.
    pub kind: Option<FileKind>,
    /// The kinds that are checked.
    pub kinds: &'a [FileKind],
    /// Whether to look for compose files beside and above what is named.
    pub around: bool,
    /// Whether to leave alone what a `.gitignore` lists; if it is not said, as the project says.
    pub respect_gitignore: Option<bool>,
}

/// What the project says about files.
pub trait Configuration {
    /// The kind of a file below `root`, if its name does not tell.
    fn kind(&mut self, root: &Root, location: &Path) -> Option<FileKind>;
    /// Whether what a `.gitignore` lists is to be left alone.
    fn respects_gitignore(&mut self, root: &Root) -> bool;
    /// The names of the files that say so: they are noted where they are met.
    fn said_in(&self) -> &'static [&'static str];
}

/// What there is to look at.
#[derive(Debug)]
pub struct Discovery {
    /// The project root.
    pub root: Root,
    /// The files, sorted by the path shown, each once.
    pub files: Vec<Found>,
    /// The compose files beside and above what was named, if they were to be looked for.
    pub around: BTreeSet<PathBuf>,
    /// What was named or met and is not among the files, sorted.
    pub problems: Vec<Problem>,
    /// The folders that were walked.
    pub folders: Vec<PathBuf>,
    /// Files with one of the noted names that were met.
    pub noted: Vec<PathBuf>,
    /// Whether what a `.gitignore` lists was left alone.
    respects_gitignore: bool,
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is: absolute, in a folder without links.
    pub location: PathBuf,
    /// The path as people see it.
    pub shown: String,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Whether it was named, not met in a folder.
    pub named: bool,
    /// Whether it is standard input, whatever name that goes by.
    pub is_stdin: bool,
    /// Where its links lead.
    target: PathBuf,
    /// The bytes, if they had to be read already.
    bytes: Option<Vec<u8>>,
}

impl Found {
    /// Reads it, once.
    pub fn read(&mut self) -> Result<Vec<u8>, Cause> {
        let bytes = match self.bytes.take() {
            Some(bytes) => bytes,
            None => read::read_regular(&self.target)?,
        };
        check_encoding(self.kind, &bytes)?;
        Ok(bytes)
    }
}

/// A path that is not looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub location: PathBuf,
    /// The path as people see it.
    pub shown: String,
    /// Whether it was named, not met in a folder.
    pub named: bool,
    /// Why.
    pub cause: Cause,
}

impl Problem {
    /// Whether something went wrong, rather than was left alone on purpose: what leads astray is
    /// skipped where it was only met, but refused to whoever names it.
    pub fn is_error(&self) -> bool {
        match self.cause {
            Cause::NotAFile(_)
            | Cause::OutsideRoot
            | Cause::ShareOrDevice
            // Often a link to what an installation makes.
            | Cause::DanglingLink => self.named,
            Cause::Folder | Cause::NotChecked(_) => false,
            _ => true,
        }
    }
}

/// Finds the files of a request. Fails only if there is no current folder.
pub fn discover(
    request: &Request<'_>,
    configuration: &mut dyn Configuration,
    stdin: impl io::Read,
) -> io::Result<Discovery> {
    let stdin_name = request.stdin_name.unwrap_or(Path::new("-"));
    let names = request
        .paths
        .iter()
        .map(|path| if is_stdin(path) { stdin_name } else { path });
    let refused = |path: &&Path| cfg!(windows) && names_share_or_device(&path.to_string_lossy());
    let (shares, names): (Vec<&Path>, Vec<&Path>) = names.partition(refused);

    let root = Root::of(&names)?;
    let respects_gitignore = match request.respect_gitignore {
        Some(said) => said,
        None => configuration.respects_gitignore(&root),
    };
    let mut collector = Collector {
        root,
        respects_gitignore,
        request,
        configuration,
        files: BTreeMap::new(),
        problems: Vec::new(),
    };
    for path in shares {
        collector.refuse(path.to_owned(), path, Cause::ShareOrDevice);
    }
    if request.paths.iter().any(|path| is_stdin(path)) && names.contains(&stdin_name) {
        collector.stdin(stdin_name, stdin);
    }
    let mut folders = Vec::new();
    for path in names.into_iter().filter(|path| *path != stdin_name) {
        let location = located(path).unwrap_or_else(|_| path.to_owned());
        match collector.named(&location) {
            Ok(Some(folder)) => folders.push(folder),
            Ok(None) => {}
            Err(cause) => collector.refuse(location, path, cause),
        }
    }
    let mut noted = Vec::new();
    if !folders.is_empty() {
        let kind_of = |path: &Path| {
            FileKind::from_path(&slashed(path)).filter(|kind| request.kinds.contains(kind))
        };
        let met = walk::walk(
            &collector.root,
            &folders,
            respects_gitignore,
            &kind_of,
            collector.configuration.said_in(),
        );
        for found in met.files {
            collector.take(found);
        }
        collector.problems.extend(met.problems);
        noted = met.noted;
    }
    let found = collector.finish(&folders);
    Ok(Discovery {
        folders,
        noted,
        ..found
    })
}

impl Discovery {
    /// Walks the folders again for files of `kinds` that only `kind_of` knows.
    pub fn walk_again(
        &mut self,
        kinds: &[FileKind],
        kind_of: &(dyn Fn(&Path) -> Option<FileKind> + Sync),
    ) {
        let known: BTreeSet<&Path> = self.files.iter().map(|found| &*found.target).collect();
        let kind_of = |path: &Path| kind_of(path).filter(|kind| kinds.contains(kind));
        let walk::Met {
            files: mut met,
            problems,
            ..
        } = walk::walk(
            &self.root,
            &self.folders,
            self.respects_gitignore,
            &kind_of,
            &[],
        );
        met.retain(|found| !known.contains(&*found.target));
        met.sort_by(|a, b| (&a.target, &a.shown).cmp(&(&b.target, &b.shown)));
        met.dedup_by(|a, b| a.target == b.target);
        self.files.append(&mut met);
        self.files.sort_by(|a, b| a.shown.cmp(&b.shown));
        self.problems.extend(problems);
        put_in_order(&mut self.problems);
    }
}

/// Sorts problems; one that both walks met is one.
fn put_in_order(problems: &mut Vec<Problem>) {
    problems.sort_by(|a, b| a.shown.cmp(&b.shown));
    problems.dedup();
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Gathers files, each once.
struct Collector<'a> {
    root: Root,
    respects_gitignore: bool,
    request: &'a Request<'a>,
    configuration: &'a mut dyn Configuration,
    /// By where their links lead.
    files: BTreeMap<PathBuf, Found>,
    problems: Vec<Problem>,
}

impl Collector<'_> {
    /// Standard input stands for the file whose name it goes by.
    fn stdin(&mut self, name: &Path, stdin: impl io::Read) {
        let location = located(name).unwrap_or_else(|_| name.to_owned());
        let kind = self.kind(&location);
        let read = read::read_limited(stdin, 0).and_then(|bytes| match kind {
            Some(kind) => Ok((kind, bytes)),
            // A name of unknown kind needs `--kind`; only the nameless is judged by its content.
            None if self.request.stdin_name.is_some() => Err(Cause::UnknownKind),
            None => Ok((content_kind(&bytes)?, bytes)),
        });
        match read {
            Ok((kind, bytes)) if self.checks(kind) => self.take(Found {
                shown: match self.request.stdin_name {
                    Some(_) => self.root.shown(&location),
                    None => "-".to_owned(),
                },
                target: location.canonicalize().unwrap_or_else(|_| location.clone()),
                location,
                kind,
                named: true,
                is_stdin: true,
                bytes: Some(bytes),
            }),
            Ok((kind, _)) => self.refuse(location, name, Cause::NotChecked(kind)),
            Err(cause) => self.refuse(location, name, cause),
        }
    }

    /// Takes a named file; gives a named folder back, to be walked.
    fn named(&mut self, location: &Path) -> Result<Option<PathBuf>, Cause> {
        let resolved = resolve(&self.root, location)?;
        if resolved.metadata.is_dir() {
            return Ok(Some(resolved.path));
        }
        check_regular(&resolved.metadata)?;
        let mut bytes = None;
        let kind = match self.kind(location) {
            Some(kind) => kind,
            None => content_kind(bytes.insert(read::read_regular(&resolved.path)?))?,
        };
        if !self.checks(kind) {
            return Err(Cause::NotChecked(kind));
        }
        self.take(Found {
            location: location.to_owned(),
            shown: self.root.shown(location),
            kind,
            named: true,
            is_stdin: false,
            target: resolved.path,
            bytes,
        });
        Ok(None)
    }

    /// What is said of all that is named, what the project says, what the name says.
    fn kind(&mut self, location: &Path) -> Option<FileKind> {
        let said = self.request.kind;
        said.or_else(|| self.configuration.kind(&self.root, location))
            .or_else(|| FileKind::from_path(&slashed(location)))
    }

    fn checks(&self, kind: FileKind) -> bool {
        self.request.kinds.contains(&kind)
    }

    /// Of two names of one file the one given first stays; among those met in folders, the file's
    /// own name before a link's, then the lesser one, so that chance has no part in it.
    fn take(&mut self, found: Found) {
        let rank = |found: &Found| {
            let by_link = found.location != found.target;
            (!found.named, by_link, found.shown.clone())
        };
        match self.files.get_mut(&found.target) {
            Some(known) if known.named || rank(known) <= rank(&found) => {}
            Some(known) => *known = found,
            None => {
                self.files.insert(found.target.clone(), found);
            }
        }
    }

    fn refuse(&mut self, location: PathBuf, given: &Path, cause: Cause) {
        self.problems.push(Problem {
            shown: self.root.shown_as_given(&location, given),
            location,
            named: true,
            cause,
        });
    }

    fn finish(self, folders: &[PathBuf]) -> Discovery {
        let mut around = match self.request.around {
            true => around::compose_files(&self.root, self.files.values(), folders),
            false => BTreeSet::new(),
        };
        // What git ignores is left out as a walk leaves it out: it is on this machine only.
        around.retain(|file| !self.respects_gitignore || !self.root.ignores(file));
        let mut files: Vec<Found> = self.files.into_values().collect();
        files.sort_by(|a, b| a.shown.cmp(&b.shown));
        let mut problems = self.problems;
        put_in_order(&mut problems);
        Discovery {
            root: self.root,
            files,
            around,
            problems,
            folders: Vec::new(),
            noted: Vec::new(),
            respects_gitignore: self.respects_gitignore,
        }
    }
}

fn content_kind(bytes: &[u8]) -> Result<FileKind, Cause> {
    FileKind::from_content(&String::from_utf8_lossy(bytes)).ok_or(Cause::UnknownKind)
}

impl Found {
    /// A file met in a folder.
    pub(super) fn met(root: &Root, location: PathBuf, target: PathBuf, kind: FileKind) -> Self {
        Self {
            shown: root.shown(&location),
            location,
            kind,
            named: false,
            is_stdin: false,
            target,
            bytes: None,
        }
    }
}
