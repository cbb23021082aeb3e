//! Which configuration holds for which file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::Spanned;

use super::file::{ConfigFile, Mistake};
use super::{BaseImage, RuleTable};
use crate::finding::Severity;
use crate::flow::{Engine, NetworkPolicy};
use crate::source::{Cause, LineIndex, Position, Root, read_below, read_named};

/// The names a configuration file goes by, the first one first.
const NAMES: [&str; 2] = ["docklint.toml", ".docklint.toml"];

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

/// What holds for the files below a folder.
#[derive(Debug)]
pub struct Config {
    /// Rule levels.
    pub rules: RuleTable,
    /// Who builds.
    pub engine: Engine,
    /// The network that builds run in.
    pub network: NetworkPolicy,
    /// What base images bring along.
    pub base_images: BTreeMap<String, BaseImage>,
    /// The least severity that fails a run.
    pub fail_level: Severity,
    exclude: Gitignore,
    text: String,
    shown: String,
}

/// A configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigError {
    /// The file, as people see it.
    pub path: String,
    /// Where in it.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            rules: RuleTable::default(),
            engine: Engine::default(),
            network: NetworkPolicy::default(),
            base_images: BTreeMap::new(),
            fail_level: Severity::Warning,
            exclude: Gitignore::empty(),
            text: String::new(),
            shown: String::new(),
        }
    }
}

impl Config {
    /// Whether the file says to leave `path`, which is absolute, alone.
    pub fn excludes(&self, path: &Path) -> bool {
        // Also guards the matcher, which panics on paths that are not below its folder.
        !self.exclude.is_empty()
            && path.starts_with(self.exclude.path())
            && self
                .exclude
                .matched_path_or_any_parents(path, false)
                .is_ignore()
    }

    /// An error at something that the file says.
    pub fn error(&self, at: Option<&Spanned<String>>, message: String) -> ConfigError {
        let offset = at.map_or(0, |at| at.span().start);
        error_at(&self.shown, &self.text, offset, message)
    }

    /// Takes the text of a file; patterns in it are relative to `folder`.
    fn parse(text: String, folder: &Path, shown: String) -> Result<Self, ConfigError> {
        let parsed = ConfigFile::parse(&text).and_then(|file| {
            let exclude = exclude(folder, &file.exclude)?;
            Ok((file, exclude))
        });
        match parsed {
            Ok((file, exclude)) => Ok(Self {
                rules: file.rules,
                engine: file.engine,
                network: file.network,
                base_images: file.base_images,
                fail_level: file.fail_level.map_or(Severity::Warning, Severity::from),
                exclude,
                text,
                shown,
            }),
            Err(Mistake { message, span }) => Err(match span {
                Some(span) => error_at(&shown, &text, span.start, message),
                None => ConfigError {
                    path: shown,
                    position: None,
                    message,
                },
            }),
        }
    }
}

fn error_at(shown: &str, text: &str, offset: usize, message: String) -> ConfigError {
    ConfigError {
        path: shown.to_owned(),
        position: Some(LineIndex::new(text).position(text, offset)),
        message,
    }
}

fn exclude(folder: &Path, patterns: &[Spanned<String>]) -> Result<Gitignore, Mistake> {
    let mut builder = GitignoreBuilder::new(folder);
    let mistake = |pattern: Option<&Spanned<String>>, error: ignore::Error| Mistake {
        message: format!("not a pattern: {error}"),
        span: pattern.map(Spanned::span),
    };
    for pattern in patterns {
        builder
            .add_line(None, pattern.get_ref())
            .map_err(|error| mistake(Some(pattern), error))?;
    }
    builder
        .build()
        .map_err(|error| mistake(patterns.first(), error))
}

/// The configurations of a run, read when first needed.
#[derive(Debug)]
pub struct Configs<'a> {
    root: &'a Root,
    /// Index 0 is the one without a file.
    read: Vec<Result<Config, ConfigError>>,
    /// By folder; empty unless the nearest file counts.
    folders: HashMap<PathBuf, usize>,
    everywhere: Option<usize>,
}

impl<'a> Configs<'a> {
    /// Prepares for a run; reads a file that was named.
    pub fn new(root: &'a Root, origin: Origin<'_>) -> Self {
        let mut configs = Self {
            root,
            read: vec![Ok(Config::default())],
            folders: HashMap::new(),
            everywhere: None,
        };
        configs.everywhere = match origin {
            Origin::Nearest => None,
            Origin::Isolated => Some(0),
            Origin::File(path) => {
                let text = read_named(path).and_then(utf8);
                let shown = crate::source::slashed(path);
                Some(configs.add(text, root.folder(), shown))
            }
        };
        configs
    }

    /// The number of the configuration for a file.
    pub fn index(&mut self, file: &Path) -> usize {
        match (self.everywhere, file.parent()) {
            (Some(index), _) => index,
            (None, Some(folder)) => self.nearest(folder),
            (None, None) => 0,
        }
    }

    /// The configuration with this number.
    pub fn get(&self, index: usize) -> Result<&Config, &ConfigError> {
        match self.read.get(index).unwrap_or(&self.read[0]) {
            Ok(config) => Ok(config),
            Err(error) => Err(error),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.read.len()
    }

    fn nearest(&mut self, folder: &Path) -> usize {
        let mut passed = Vec::new();
        let mut index = 0;
        for ancestor in folder
            .ancestors()
            .take_while(|folder| self.root.holds(folder))
        {
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
        for name in NAMES {
            let location = folder.join(name);
            let text = match read_below(self.root, &location) {
                Err(Cause::NotFound) => continue,
                read => read.and_then(utf8),
            };
            let shown = self.root.shown(&location);
            return Some(self.add(text, folder, shown));
        }
        None
    }

    fn add(&mut self, text: Result<String, Cause>, folder: &Path, shown: String) -> usize {
        self.read.push(match text {
            Ok(text) => Config::parse(text, folder, shown),
            Err(cause) => Err(ConfigError {
                path: shown,
                position: None,
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
        let mut configs = Configs::new(&root, Origin::Nearest);

        let in_c = configs.index(&base.join("r/c/Dockerfile"));
        assert_eq!(in_c, 0, "not looked for above the root");
        let in_b = configs.index(&base.join("r/a/b/Dockerfile"));
        let in_a = configs.index(&base.join("r/a/Dockerfile"));
        assert_eq!(in_a, in_b);
        let config = configs.get(in_a).unwrap();
        assert_eq!(config.engine, Engine::Podman);
        assert!(config.excludes(&base.join("r/a/b/Dockerfile")));
        assert!(!config.excludes(&base.join("r/a/Dockerfile")));
        assert_eq!(configs.count(), 2, "each file is read once");
    }

    #[test]
    fn errors_say_where() {
        let text = "# é\nengine = 'docker'\n".to_owned();
        let error = Config::parse(text, Path::new("/"), "docklint.toml".into()).unwrap_err();
        assert_eq!(
            error.position,
            Some(Position {
                line: 2,
                column: 10
            })
        );
        let text = "exclude = ['ok', 'a{b']\n".to_owned();
        let error = Config::parse(text, Path::new("/"), "docklint.toml".into()).unwrap_err();
        assert_eq!(
            error.position,
            Some(Position {
                line: 1,
                column: 18
            })
        );
    }
}
