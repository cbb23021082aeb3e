//! A project in memory, rooted at `/p`.

use std::collections::BTreeMap;

use docklint::model::compose::{Files, Options, ProcessEnvironment, Project, Unreadable, load};
use docklint::source::{FileId, FileKind, Location, SourceFile};

/// Files by path.
pub struct Memory {
    files: BTreeMap<String, SourceFile>,
}

impl Memory {
    /// Files by their path below `/p`.
    pub fn new<T: Into<String>>(files: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let files = files.into_iter().enumerate().map(|(index, (path, text))| {
            let path = format!("/p/{path}");
            let id = FileId(u32::try_from(index).expect("few files"));
            let bytes = text.into().into_bytes();
            (
                path.clone(),
                SourceFile::new(id, path, FileKind::Compose, bytes),
            )
        });
        Self {
            files: files.collect(),
        }
    }

    /// Loads the project as seen from `/p`, in a closed and empty environment.
    pub fn load(&self) -> Project<'_> {
        self.load_with(&ProcessEnvironment {
            is_whole: true,
            ..ProcessEnvironment::default()
        })
    }

    /// Loads the project as seen from `/p`.
    pub fn load_with(&self, process: &ProcessEnvironment) -> Project<'_> {
        let options = Options {
            cwd: "/p".into(),
            ..Options::default()
        };
        load(&self, &options, process)
    }

    /// The text at a place.
    #[allow(dead_code, reason = "not every test asks for text")]
    pub fn text(&self, at: Location) -> &str {
        let file = self.files.values().find(|file| file.id() == at.file);
        file.map_or("", |file| file.slice(at.span))
    }
}

impl<'a> Files<'a> for &'a Memory {
    fn read(&self, path: &str) -> Result<&'a SourceFile, Unreadable> {
        let this: &'a Memory = self;
        if !self.is_inside(path) {
            return Err(Unreadable::Outside);
        }
        this.files.get(path).ok_or(Unreadable::Missing)
    }

    fn is_inside(&self, path: &str) -> bool {
        path == "/p" || path.starts_with("/p/")
    }
}
