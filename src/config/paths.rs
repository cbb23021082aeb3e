//! What the file says about some paths only: `[files]`, `[[overrides]]`, `[[builds]]`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::file::Mistake;
use super::rules::RuleTable;
use crate::source::FileKind;

/// The `[files]` table: which files are of a kind, whatever they are called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FileTable {
    /// Dockerfiles.
    pub dockerfile: Vec<Spanned<String>>,
    /// Compose files.
    pub compose: Vec<Spanned<String>>,
    /// Files in the form of `.env`.
    pub dotenv: Vec<Spanned<String>>,
    /// systemd's units and drop-ins.
    pub unit: Vec<Spanned<String>>,
    /// Files named by systemd's `EnvironmentFile=`.
    pub environment_file: Vec<Spanned<String>>,
    /// Files in the form of `daemon.json`.
    pub daemon_json: Vec<Spanned<String>>,
    /// Files in the form of the client's `config.json`.
    pub client_config: Vec<Spanned<String>>,
}

impl FileTable {
    /// The kinds that have patterns, with those.
    pub(super) fn kinds(&self, folder: &Path) -> Result<Vec<(FileKind, Paths)>, Mistake> {
        let all = [
            (FileKind::Dockerfile, &self.dockerfile),
            (FileKind::Compose, &self.compose),
            (FileKind::Dotenv, &self.dotenv),
            (FileKind::Unit, &self.unit),
            (FileKind::EnvironmentFile, &self.environment_file),
            (FileKind::DaemonJson, &self.daemon_json),
            (FileKind::ClientConfig, &self.client_config),
        ];
        let named = all.into_iter().filter(|(_, patterns)| !patterns.is_empty());
        named
            .map(|(kind, patterns)| Ok((kind, Paths::new(folder, patterns)?)))
            .collect()
    }
}

/// An `[[overrides]]` table: rules that hold for some files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverrideTable {
    /// The files.
    pub paths: Vec<Spanned<String>>,
    /// What wins over `[rules]` there, and over the overrides before.
    pub rules: RuleTable,
}

/// A `[[builds]]` table: what the builds of some files are given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuildTable {
    /// The Dockerfiles, and the compose files whose services are built.
    pub paths: Vec<Spanned<String>>,
    /// The stage to build.
    pub target: Option<String>,
    /// Build arguments: `NAME=VALUE`, or `NAME` for one that is given without being told here.
    #[serde(default)]
    pub build_args: Vec<Spanned<String>>,
    /// The platform to build for.
    pub platform: Option<Spanned<String>>,
    /// Files that Compose takes variables from instead of `.env`, relative to this file.
    #[serde(default)]
    pub env_files: Vec<Spanned<String>>,
    /// Compose's active profiles.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// What the shell holds that Compose is called from: `NAME=VALUE`, or `NAME`.
    #[serde(default)]
    pub env: Vec<Spanned<String>>,
}

/// The `[compose]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ComposeTable {
    /// The files that form one project, as `docker compose -f … -f …` is given them, relative to
    /// this file.
    pub files: Option<Spanned<Vec<Spanned<String>>>>,
}

/// Bytes of all patterns of a list: to compile 7 MB of them took 8 s and 2.8 GB.
const MAX_PATTERN_BYTES: usize = 64 << 10;

/// Patterns in the language of `.gitignore`, relative to a folder.
#[derive(Debug)]
pub(super) struct Paths(Gitignore);

impl Paths {
    pub fn new(folder: &Path, patterns: &[Spanned<String>]) -> Result<Self, Mistake> {
        if patterns.is_empty() {
            return Ok(Self(Gitignore::empty()));
        }
        let mut bytes = 0;
        for pattern in patterns {
            bytes += pattern.get_ref().len();
            if bytes > MAX_PATTERN_BYTES {
                return Err(Mistake {
                    message: format!("the patterns have more than {MAX_PATTERN_BYTES} bytes"),
                    span: Some(pattern.span()),
                });
            }
        }
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
        let built = builder.build();
        built
            .map(Self)
            .map_err(|error| mistake(patterns.first(), error))
    }

    /// Whether `path`, which is absolute, is among them.
    pub fn hold(&self, path: &Path) -> bool {
        // Also guards the matcher, which panics on paths that are not below its folder.
        !self.0.is_empty()
            && path.starts_with(self.0.path())
            && self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}
