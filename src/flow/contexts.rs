//! Build contexts: what a build sees of them, as far as files of credentials are concerned.

use super::projects::Shelf;
use super::workspace::{Build, Origin, Workspace};
use crate::model::dockerignore::Dockerignore;
use crate::secrets::files::{Look, credential_source};
use crate::source::{FileKind, SourceFile};

/// The context of a build. That of a Dockerfile which no service builds is its folder or the
/// project's root: nobody says which.
#[derive(Debug)]
pub struct Context<'w, 't> {
    /// Its possible folders, the likeliest first.
    folders: Vec<String>,
    ignores: Vec<Dockerignore>,
    workspace: &'w Workspace<'t>,
}

impl<'t> Workspace<'t> {
    /// The context of a build; none if it is elsewhere, a git repository for example.
    pub fn context(&self, build: &Build<'_>) -> Option<Context<'_, 't>> {
        let source = self.source(build.file);
        let folders = match build.origin {
            Origin::Plain => folders_of(source.location(), &self.request.root),
            Origin::Service { project, service } => {
                let service = self.projects.get(project)?.services.get(service)?;
                let build = service.build.as_ref().filter(|build| !build.is_remote())?;
                vec![build.context.value.as_known()?.to_owned()]
            }
        };
        let ignore = |location: &str| {
            let file = self.located(location)?;
            let is_ignore = file.kind() == FileKind::Dockerignore;
            is_ignore.then(|| Dockerignore::parse(file.text()))
        };
        let ignores = match ignore(&own_ignore_file(source.location())) {
            Some(own) => vec![own],
            None => of_folders(&folders).filter_map(|it| ignore(&it)).collect(),
        };
        Some(Context {
            folders,
            ignores,
            workspace: self,
        })
    }
}

impl<'t> Context<'_, 't> {
    /// Whether a build does not see `path`. If there are several folders, one that hides it is
    /// enough: in doubt nothing is there to be reported.
    pub fn hides(&self, path: &str) -> bool {
        self.ignores.iter().any(|ignore| ignore.excludes(path))
    }

    /// A file of the context that was read.
    pub fn file(&self, path: &str) -> Option<&'t SourceFile> {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let mut locations = self.folders.iter().map(|folder| join(folder, path));
        locations.find_map(|location| self.workspace.located(&location))
    }
}

/// Asks for what decides whether a copied file of credentials gives something away: the context's
/// `.dockerignore`, and files that often hold no secret. Most Dockerfiles copy none.
pub(super) fn want(shelf: &Shelf<'_, '_>, service: Option<(&SourceFile, &str)>) {
    match service {
        Some((file, context)) => want_for(shelf, file, &[context.to_owned()]),
        None => {
            let files = shelf.sources().iter();
            for file in files.filter(|file| file.kind() == FileKind::Dockerfile && !file.is_part())
            {
                let folders = || folders_of(file.location(), shelf.root());
                if !copied(file.text()).is_empty() {
                    want_for(shelf, file, &folders());
                }
            }
        }
    }
}

fn want_for(shelf: &Shelf<'_, '_>, file: &SourceFile, folders: &[String]) {
    let copied = copied(file.text());
    if copied.is_empty() {
        return;
    }
    // Whether they are there is all that matters now.
    let own = own_ignore_file(file.location());
    for location in std::iter::once(own).chain(of_folders(folders)) {
        let _ = shelf.find(&location, FileKind::Dockerignore);
    }
    for (path, folder) in copied
        .iter()
        .flat_map(|path| folders.iter().map(move |f| (path, f)))
    {
        if credential_source(path).is_some_and(|file| file.look != Look::Never) {
            let path = path.trim_start_matches("./").trim_start_matches('/');
            let _ = shelf.find(&join(folder, path), FileKind::Dotenv);
        }
    }
}

/// The files of credentials that `COPY` and `ADD` name. A look at the lines is enough: this only
/// decides which files are read.
fn copied(text: &str) -> Vec<&str> {
    let mut copied = Vec::new();
    let mut continues = false;
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    for end in ends {
        let line = text.get(start..end).unwrap_or_default().trim_ascii();
        start = end + 1;
        let keyword = line.as_bytes().get(..4).unwrap_or_default();
        let is_copy =
            keyword.eq_ignore_ascii_case(b"copy") || keyword.eq_ignore_ascii_case(b"add ");
        if is_copy || continues {
            let words = line.split([' ', '\t', '"', ',', '[', ']']);
            copied.extend(
                words.filter(|word| !word.starts_with("--") && credential_source(word).is_some()),
            );
            continues = line.ends_with('\\');
        }
    }
    copied
}

/// A Dockerfile's own ignore file, which counts instead of the context's (`facts/buildkit.md` 7).
fn own_ignore_file(dockerfile: &str) -> String {
    format!("{dockerfile}.dockerignore")
}

fn of_folders(folders: &[String]) -> impl Iterator<Item = String> {
    folders.iter().map(|folder| join(folder, ".dockerignore"))
}

fn folders_of(dockerfile: &str, root: &str) -> Vec<String> {
    let folder = dockerfile.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut folders = vec![folder.to_owned()];
    if folder != root.trim_end_matches('/') {
        folders.push(root.to_owned());
    }
    folders
}

fn join(folder: &str, path: &str) -> String {
    format!("{}/{path}", folder.trim_end_matches('/'))
}
