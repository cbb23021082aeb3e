//! A configuration file applied to its folder, and what of it holds for a file.

use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::path::{Component, Path};

use toml::Spanned;

use super::file::{BaseImage, ConfigFile, Mistake};
use super::paths::{BuildTable, ComposeTable, Paths};
use super::rules::RuleTable;
use crate::finding::Severity;
use crate::flow::{BuildPreset, Engine, NetworkPolicy, RequestedArg};
use crate::model::dockerfile::Platform;
use crate::secrets::{Names, Pattern};
use crate::source::{Cause, FileKind, Root, find_below, location, path_of};

/// What holds for the files below a folder.
#[derive(Debug, Default)]
pub struct Config {
    /// Who builds.
    pub engine: Engine,
    /// The network that builds run in.
    pub network: NetworkPolicy,
    /// What base images bring along.
    pub base_images: BTreeMap<String, BaseImage>,
    /// Names of secrets.
    pub names: Names,
    /// The least severity that fails a run, if one is set.
    pub fail_level: Option<Severity>,
    /// Whether folders are searched without what a `.gitignore` lists, if it is said.
    pub respect_gitignore: Option<Spanned<bool>>,
    /// The compose files that form a project: absolute paths, written with `/`.
    pub compose_files: Vec<Spanned<String>>,
    /// The table for all files, then those for some.
    rules: Vec<Rules>,
    /// Whether some compose files have names that do not say what they are.
    has_unusual_compose_files: bool,
    exclude: Option<Paths>,
    kinds: Vec<(FileKind, Paths)>,
    builds: Vec<(Paths, BuildPreset)>,
    text: String,
    shown: String,
}

/// What is said about rules.
#[derive(Debug)]
struct Rules {
    /// None for all.
    paths: Option<Paths>,
    table: RuleTable,
    allowed: Vec<(String, Vec<Pattern>)>,
}

/// A configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigError {
    /// The file, as people see it.
    pub path: String,
    /// Where in its text, and that text.
    pub place: Option<(usize, usize, String)>,
    /// What is wrong.
    pub message: String,
}

/// Which parts of a configuration hold for a file: positions in its lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Parts {
    pub rules: Vec<usize>,
    pub builds: Vec<usize>,
}

/// A configuration as it holds for a file.
#[derive(Clone, Copy, Debug)]
pub struct Held<'c> {
    pub(super) config: &'c Config,
    pub(super) parts: &'c Parts,
}

impl Deref for Held<'_> {
    type Target = Config;

    fn deref(&self) -> &Config {
        self.config
    }
}

impl<'c> Held<'c> {
    /// What is said about rules; what comes later wins.
    pub fn rules(self) -> impl Iterator<Item = &'c RuleTable> {
        let Self { config, parts } = self;
        let rules = parts.rules.iter().filter_map(|&at| config.rules.get(at));
        rules.map(|rules| &rules.table)
    }

    /// The rules and groups that leave variables out, with those.
    pub fn allowed(self) -> impl Iterator<Item = &'c (String, Vec<Pattern>)> {
        let Self { config, parts } = self;
        let rules = parts.rules.iter().filter_map(|&at| config.rules.get(at));
        rules.flat_map(|rules| &rules.allowed)
    }

    /// What the builds of the file are given.
    pub fn preset(self) -> BuildPreset {
        let builds = self.parts.builds.iter();
        let presets = builds.filter_map(|&at| self.config.builds.get(at));
        presets.fold(BuildPreset::default(), |all, (_, preset)| {
            preset.clone().over(all)
        })
    }
}

impl Config {
    /// Whether the file says to leave `path`, which is absolute, alone.
    pub fn excludes(&self, path: &Path) -> bool {
        let exclude = self.exclude.as_ref();
        exclude.is_some_and(|exclude| exclude.hold(path))
    }

    /// The kind that the file says `path`, which is absolute, is of.
    pub fn kind(&self, path: &Path) -> Option<FileKind> {
        let mut kinds = self.kinds.iter();
        kinds
            .find(|(_, paths)| paths.hold(path))
            .map(|(kind, _)| *kind)
            .or_else(|| self.lists(path).then_some(FileKind::Compose))
    }

    /// Whether the file says of any paths what kind they are of.
    pub fn names_kinds(&self) -> bool {
        !self.kinds.is_empty() || self.has_unusual_compose_files
    }

    /// Whether `path` is a compose file of a project though its name does not say so.
    fn lists(&self, path: &Path) -> bool {
        self.has_unusual_compose_files && {
            let location = location(path);
            let mut files = self.compose_files.iter();
            files.any(|file| *file.get_ref() == location)
        }
    }

    /// Everything that is said about rules, for whichever file.
    pub fn all_rules(&self) -> impl Iterator<Item = &RuleTable> {
        self.rules.iter().map(|rules| &rules.table)
    }

    /// The file, as people see it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// An error at something that the file says.
    pub fn error(&self, at: Option<&Spanned<String>>, message: String) -> ConfigError {
        let span = at.map(Spanned::span);
        error_at(&self.shown, &self.text, span, message)
    }

    /// Whether the files are there that are said to be. What lies outside the root is not looked for.
    pub(super) fn check_files(&self, root: &Root) -> Result<(), ConfigError> {
        for file in &self.compose_files {
            let cause = match find_below(root, &path_of(file.get_ref())) {
                Ok(()) | Err(Cause::OutsideRoot) => continue,
                Err(cause) => cause,
            };
            let written = self.text.get(file.span()).unwrap_or_default();
            let written = written.trim_matches(['"', '\'']);
            return Err(self.error(Some(file), format!("`{written}`: {cause}")));
        }
        Ok(())
    }

    /// Whether all that it says means something in a file of this folder.
    pub(super) fn check_place(&self, folder: &Path, root: &Root) -> Result<(), ConfigError> {
        let respect = self.respect_gitignore.as_ref();
        match respect.filter(|_| folder != root.folder()) {
            Some(said) => {
                let message =
                    "one walk goes through all folders: this counts in the project root only";
                Err(error_at(
                    &self.shown,
                    &self.text,
                    Some(said.span()),
                    message.to_owned(),
                ))
            }
            None => Ok(()),
        }
    }

    /// The parts that hold for `path`, which is absolute.
    pub(super) fn parts(&self, path: &Path) -> Parts {
        let holds = |paths: &Option<Paths>| paths.as_ref().is_none_or(|paths| paths.hold(path));
        let rules = self.rules.iter().enumerate();
        let rules = rules.filter(|(_, rules)| holds(&rules.paths));
        let builds = self.builds.iter().enumerate();
        let builds = builds.filter(|(_, (paths, _))| paths.hold(path));
        Parts {
            rules: rules.map(|(at, _)| at).collect(),
            builds: builds.map(|(at, _)| at).collect(),
        }
    }

    /// Takes the text of a file; paths in it are relative to `folder`.
    pub(super) fn parse(text: String, folder: &Path, shown: String) -> Result<Self, ConfigError> {
        let parsed = ConfigFile::parse(&text).and_then(|file| Self::settle(file, folder));
        match parsed {
            Ok(config) => Ok(Self {
                text,
                shown,
                ..config
            }),
            Err(Mistake { message, span }) => Err(error_at(&shown, &text, span, message)),
        }
    }

    fn settle(file: ConfigFile, folder: &Path) -> Result<Self, Mistake> {
        let mut rules = vec![Rules {
            paths: None,
            allowed: file.rules.allowed()?,
            table: file.rules,
        }];
        for table in file.overrides {
            rules.push(Rules {
                paths: Some(Paths::new(folder, &table.paths)?),
                allowed: table.rules.allowed()?,
                table: table.rules,
            });
        }
        let exclude = (!file.exclude.is_empty()).then_some(&file.exclude);
        let builds = file.builds.iter();
        let builds =
            builds.map(|table| Ok((Paths::new(folder, &table.paths)?, preset(table, folder)?)));
        let compose_files = compose_files(&file.compose, folder)?;
        let kind = |file: &Spanned<String>| FileKind::from_path(file.get_ref());
        let is_unusual = |file: &_| kind(file) != Some(FileKind::Compose);
        Ok(Self {
            rules,
            has_unusual_compose_files: compose_files.iter().any(is_unusual),
            engine: file.engine,
            network: file.network.policy()?,
            base_images: file.base_images,
            names: file.secrets.names()?,
            fail_level: file.fail_level.map(Severity::from),
            respect_gitignore: file.respect_gitignore,
            compose_files,
            exclude: exclude
                .map(|patterns| Paths::new(folder, patterns))
                .transpose()?,
            kinds: file.files.kinds(folder)?,
            builds: builds.collect::<Result<_, Mistake>>()?,
            text: String::new(),
            shown: String::new(),
        })
    }
}

fn preset(table: &BuildTable, folder: &Path) -> Result<BuildPreset, Mistake> {
    let env_files = table.env_files.iter();
    let env_files = env_files.map(|path| Ok(located(folder, path)?.into_inner()));
    Ok(BuildPreset {
        target: table.target.clone(),
        build_args: variables(&table.build_args)?,
        platform: table.platform.as_ref().map(platform).transpose()?,
        env_files: env_files.collect::<Result<_, _>>()?,
        profiles: table.profiles.clone(),
        env: variables(&table.env)?,
    })
}

fn variables(written: &[Spanned<String>]) -> Result<Vec<RequestedArg>, Mistake> {
    let variable = |text: &Spanned<String>| {
        let mistake = |message: &str| Mistake {
            message: message.to_owned(),
            span: Some(text.span()),
        };
        RequestedArg::parse(text.get_ref()).map_err(mistake)
    };
    written.iter().map(variable).collect()
}

fn platform(text: &Spanned<String>) -> Result<Platform, Mistake> {
    Platform::parse(text.get_ref()).ok_or_else(|| Mistake {
        message: "write OS/ARCH, such as linux/arm64".to_owned(),
        span: Some(text.span()),
    })
}

fn compose_files(table: &ComposeTable, folder: &Path) -> Result<Vec<Spanned<String>>, Mistake> {
    let Some(files) = &table.files else {
        return Ok(Vec::new());
    };
    if files.get_ref().is_empty() {
        return Err(Mistake {
            message: "a project has at least one file".to_owned(),
            span: Some(files.span()),
        });
    }
    let files = files.get_ref().iter();
    files.map(|path| located(folder, path)).collect()
}

/// A path relative to `folder` as locations are written.
fn located(folder: &Path, path: &Spanned<String>) -> Result<Spanned<String>, Mistake> {
    let first = Path::new(path.get_ref()).components().next();
    if let Some(Component::RootDir | Component::Prefix(_)) = first {
        return Err(Mistake {
            message: "paths are relative to the configuration".to_owned(),
            span: Some(path.span()),
        });
    }
    let mut located = folder.to_owned();
    for part in path.get_ref().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                located.pop();
            }
            part => located.push(part),
        }
    }
    Ok(Spanned::new(path.span(), location(&located)))
}

fn error_at(shown: &str, text: &str, span: Option<Range<usize>>, message: String) -> ConfigError {
    ConfigError {
        path: shown.to_owned(),
        place: span.map(|span| (span.start, span.end, text.to_owned())),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (String, String) {
        let folder = Path::new("/");
        let error = Config::parse(text.to_owned(), folder, "docklint.toml".into()).unwrap_err();
        let (start, end, text) = error.place.unwrap();
        (text[start..end].to_owned(), error.message)
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(error("# é\nengine = 'docker'\n").0, "'docker'");
        assert_eq!(error("exclude = ['ok', 'a{b']\n").0, "'a{b'");
        let (at, message) = error("[[builds]]\npaths = []\nplatform = 'a/b/c/d/e'\n");
        assert_eq!(
            (at.as_str(), message.contains("linux/arm64")),
            ("'a/b/c/d/e'", true)
        );
        let build_args = "[[builds]]\npaths = []\nbuild-args = ['A', '=x']\n";
        assert_eq!(error(build_args).0, "'=x'");
    }

    #[test]
    fn what_a_later_part_says_wins() {
        let text = "
            [[builds]]
            paths = ['a/']
            target = 'one'
            build-args = ['X=1', 'Y=1']
            [[builds]]
            paths = ['a/b/']
            build-args = ['X=2']
            env-files = ['../prod.env']
            [[overrides]]
            paths = ['a/b/']
            rules = { ignore = ['proxy'] }
        ";
        let config = Config::parse(text.to_owned(), Path::new("/r/p"), String::new()).unwrap();
        let held = |path| config.parts(Path::new(path));
        let parts = held("/r/p/a/b/Dockerfile");
        let held_there = Held {
            config: &config,
            parts: &parts,
        };
        let preset = held_there.preset();
        let args: Vec<_> = preset
            .build_args
            .iter()
            .map(|arg| (arg.name.as_str(), arg.value.as_deref()))
            .collect();
        assert_eq!(args, [("X", Some("2")), ("Y", Some("1"))]);
        assert_eq!(preset.target.as_deref(), Some("one"));
        assert_eq!(preset.env_files, ["/r/prod.env"]);
        assert_eq!(held_there.rules().count(), 2);
        assert_eq!(
            held("/r/p/c/Dockerfile"),
            Parts {
                rules: vec![0],
                builds: vec![]
            }
        );
    }
}
