//! Which configuration holds for which file.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use super::settled::{Config, ConfigError, Held, Parts};
use crate::source::{Cause, FileKind, Root, find_below, read_below, read_named, slashed};

/// The names a configuration file goes by, the first one first.
pub const NAMES: [&str; 2] = ["docklint.toml", ".docklint.toml"];

/// Where configuration comes from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// For each file the nearest one upward, up to the project root.
    Nearest,
    /// This file for everything, wherever it is.
    File(&'a Path),
    /// No file.
    Isolated,
}

/// The configurations of a run, read when first needed.
#[derive(Debug)]
pub struct Configs {
    root: Root,
    /// Index 0 is the one without a file.
    read: Vec<Result<Config, ConfigError>>,
    /// The files that another beside them hides, as people see them.
    hidden: Vec<String>,
    /// By folder; empty unless the nearest file counts.
    folders: HashMap<PathBuf, usize>,
    everywhere: Option<usize>,
    /// What holds for files: a configuration, and the parts of it that do.
    held: Vec<(usize, Parts)>,
    /// Positions in `held`.
    by_parts: HashMap<(usize, Parts), usize>,
}

impl Configs {
    /// Prepares for a run; reads a file that was named.
    pub fn new(root: Root, origin: Origin<'_>) -> Self {
        let mut configs = Self {
            root,
            read: vec![Ok(Config::default())],
            hidden: Vec::new(),
            folders: HashMap::new(),
            everywhere: None,
            held: Vec::new(),
            by_parts: HashMap::new(),
        };
        configs.everywhere = match origin {
            Origin::Nearest => None,
            Origin::Isolated => Some(0),
            Origin::File(path) => {
                let text = read_named(path).and_then(utf8);
                let folder = configs.root.folder().to_owned();
                let index = configs.add(text, &folder, slashed(path));
                // It is judged even if there is no file for it.
                configs.hold(index, &folder);
                Some(index)
            }
        };
        configs
    }

    /// The number of what holds for a file.
    pub fn index(&mut self, file: &Path) -> usize {
        let config = self.config(file);
        self.hold(config, file)
    }

    /// What has this number.
    pub fn get(&self, index: usize) -> Result<Held<'_>, &ConfigError> {
        const NO_PARTS: &Parts = &Parts {
            rules: Vec::new(),
            builds: Vec::new(),
        };
        let (config, parts) = match self.held.get(index) {
            Some((config, parts)) => (*config, parts),
            None => (0, NO_PARTS),
        };
        match self.read.get(config).unwrap_or(&self.read[0]) {
            Ok(config) => Ok(Held { config, parts }),
            Err(error) => Err(error),
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// The files that were read and can be used, as people see them.
    pub fn shown(&self) -> Vec<String> {
        let read = self.read.iter().skip(1).flatten();
        read.map(|config| config.shown().to_owned()).collect()
    }

    /// The files that are not read because one of the first name stands beside them.
    pub fn hidden(&self) -> &[String] {
        &self.hidden
    }

    /// The kind that the configuration says a file is of.
    pub fn kind(&mut self, file: &Path) -> Option<FileKind> {
        let config = self.config(file);
        self.read.get(config)?.as_ref().ok()?.kind(file)
    }

    /// Whether what a `.gitignore` lists is left alone: the configuration in the project root says so.
    pub fn respects_gitignore(&mut self) -> bool {
        let config = self.in_root();
        let config = self.read.get(config).and_then(|read| read.as_ref().ok());
        let said = config.and_then(|config| config.respect_gitignore.as_ref());
        said.is_none_or(|said| *said.get_ref())
    }

    /// Judges the configuration in the project root even if there is no file for it: it says what is
    /// searched.
    pub fn hold_root(&mut self) {
        let config = self.in_root();
        let folder = self.root.folder().to_owned();
        self.hold(config, &folder);
    }

    fn in_root(&mut self) -> usize {
        let folder = self.root.folder().to_owned();
        self.everywhere.unwrap_or_else(|| self.nearest(&folder))
    }

    /// Whether a configuration that holds for `file` says of any paths what kind they are of.
    pub fn names_kinds(&mut self, file: &Path) -> bool {
        let config = self.config(file);
        let config = self.read.get(config).and_then(|read| read.as_ref().ok());
        config.is_some_and(Config::names_kinds)
    }

    /// The configuration for a file.
    fn config(&mut self, file: &Path) -> usize {
        match (self.everywhere, file.parent()) {
            (Some(index), _) => index,
            (None, Some(folder)) => self.nearest(folder),
            (None, None) => 0,
        }
    }

    fn hold(&mut self, config: usize, file: &Path) -> usize {
        let parts = match self.read.get(config) {
            Some(Ok(config)) => config.parts(file),
            _ => Parts::default(),
        };
        let next = self.held.len();
        let key = (config, parts);
        if let Some(&known) = self.by_parts.get(&key) {
            return known;
        }
        self.held.push(key.clone());
        self.by_parts.insert(key, next);
        next
    }

    fn nearest(&mut self, folder: &Path) -> usize {
        let mut passed = Vec::new();
        let mut index = 0;
        for ancestor in folder.ancestors() {
            if !self.root.holds(ancestor) {
                break;
            }
            if let Some(&known) = self.folders.get(ancestor) {
                index = known;
                break;
            }
            passed.push(ancestor);
            if let Some(found) = self.look_in(ancestor) {
                index = found;
                break;
            }
        }
        for folder in passed {
            self.folders.insert(folder.to_owned(), index);
        }
        index
    }

    fn look_in(&mut self, folder: &Path) -> Option<usize> {
        let mut locations = NAMES.iter().map(|name| folder.join(name));
        let (location, read) = locations.find_map(|location| {
            let read = read_below(&self.root, &location);
            (read != Err(Cause::NotFound)).then_some((location, read))
        })?;
        let hidden = locations.filter(|location| find_below(&self.root, location).is_ok());
        self.hidden
            .extend(hidden.map(|location| self.root.shown(&location)));
        let shown = self.root.shown(&location);
        Some(self.add(read.and_then(utf8), folder, shown))
    }

    fn add(&mut self, text: Result<String, Cause>, folder: &Path, shown: String) -> usize {
        self.read.push(match text {
            Ok(text) => Config::parse(text, folder, shown).and_then(|config| {
                config.check_files(&self.root)?;
                config.check_place(folder, &self.root)?;
                Ok(config)
            }),
            Err(cause) => Err(ConfigError {
                path: shown,
                place: None,
                message: cause.to_string(),
            }),
        });
        self.read.len() - 1
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, Cause> {
    let text =
        String::from_utf8(bytes).map_err(|_| Cause::Unreadable(std::io::ErrorKind::InvalidData))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::flow::Engine;

    #[test]
    fn the_nearest_file_upward_holds() {
        let temp = tempfile::tempdir().unwrap();
        let base = temp.path().canonicalize().unwrap();
        fs::create_dir_all(base.join("r/a/b")).unwrap();
        fs::create_dir_all(base.join("r/c")).unwrap();
        fs::write(base.join("docklint.toml"), "engine = 'classic'").unwrap();
        fs::write(
            base.join("r/a/.docklint.toml"),
            "engine = 'podman'\nexclude = ['b/']",
        )
        .unwrap();
        fs::create_dir(base.join("r/.git")).unwrap();
        let root = Root::of(&[&base.join("r")]).unwrap();
        let mut configs = Configs::new(root, Origin::Nearest);

        let in_c = configs.index(&base.join("r/c/Dockerfile"));
        let engine = configs.get(in_c).unwrap().engine;
        assert_eq!(engine, Engine::Buildkit, "not looked for above the root");
        let in_b = configs.index(&base.join("r/a/b/Dockerfile"));
        let in_a = configs.index(&base.join("r/a/Dockerfile"));
        assert_eq!(in_a, in_b);
        let config = configs.get(in_a).unwrap();
        assert_eq!(config.engine, Engine::Podman);
        assert!(config.excludes(&base.join("r/a/b/Dockerfile")));
        assert!(!config.excludes(&base.join("r/a/Dockerfile")));
        assert_eq!(configs.count(), 2, "each file is read once");
    }
}
