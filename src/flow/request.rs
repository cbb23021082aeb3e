//! What a run is told about builds besides the files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::images::ImageSetting;
use crate::model::compose::{ProcessEnvironment, Unreadable};
use crate::model::dockerfile::Platform;
use crate::model::go_proxy::NoProxy;
use crate::model::hosts::{is_internal_host, is_listed};
use crate::model::{Unknown, Value};
use crate::secrets::Names;
use crate::source::{FileId, HostTree};

/// What the command line and the configuration say about builds.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Build arguments given to every Dockerfile.
    pub build_args: Vec<RequestedArg>,
    /// The stage to build.
    pub target: Option<String>,
    /// The platform to build for.
    pub platform: Option<Platform>,
    /// The project root: an absolute path, written with `/`. Nothing outside is looked at.
    pub root: String,
    /// Paths that were looked for and are not there, or cannot be read.
    pub absent: BTreeMap<String, Unreadable>,
    /// Compose files that nobody asked for and that may build what was: by their location.
    pub around: BTreeSet<String>,
    /// The machine's own files, if they are to be looked at.
    pub host: Option<Arc<HostTree>>,
    /// `--env-file` of Compose.
    pub env_files: Vec<String>,
    /// What is told of the caller's shell. What it holds differs from one to the next, so that nothing
    /// is known of it by default.
    pub process: ProcessEnvironment,
    /// Compose's active profiles.
    pub profiles: Vec<String>,
    /// What configurations say about the files below them.
    pub settings: Vec<FileSettings>,
    /// For each file by its id, the position of its settings.
    pub settings_of: Vec<usize>,
}

/// What the configuration says about a file.
#[derive(Clone, Debug, Default)]
pub struct FileSettings {
    /// What the project says about base images.
    pub images: Vec<ImageSetting>,
    /// What builds the images.
    pub engine: Engine,
    /// What the project says about its network.
    pub network: NetworkPolicy,
    /// Which names are those of secrets.
    pub names: Names,
    /// The compose files that form a project, if the project says which.
    pub compose_files: Vec<String>,
    /// What the file's builds are given.
    pub preset: BuildPreset,
}

/// What the configuration says about the network that builds run in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// There is no way out without a proxy.
    pub proxy_required: bool,
    /// The project's own hosts; `*.` in front of a domain stands for all hosts below it.
    pub internal_hosts: Vec<String>,
    /// The values of `GOPROXY` that are allowed; any if there are none.
    pub goproxy: Vec<String>,
    /// The hosts that `NO_PROXY` must name.
    pub no_proxy: Vec<String>,
}

impl NetworkPolicy {
    /// Whether a host is reached without a proxy: the company's own, by its name or because the
    /// project says so.
    pub fn is_internal(&self, host: &str) -> bool {
        let is_exempt = || NoProxy::of_entries(&self.no_proxy).covers(host);
        is_internal_host(host) || is_listed(host, &self.internal_hosts) || is_exempt()
    }
}

impl Request {
    /// What the builds of a file are given: the command line wins over the configuration.
    pub fn given(&self, file: FileId) -> BuildPreset {
        let typed = BuildPreset {
            target: self.target.clone(),
            build_args: self.build_args.clone(),
            platform: self.platform.clone(),
            env_files: self.env_files.clone(),
            profiles: self.profiles.clone(),
            env: Vec::new(),
        };
        typed.over(self.settings(file).preset.clone())
    }

    /// The shell that the builds of a file are asked for in: what was told of it on the command line,
    /// then what `preset` adds.
    pub fn shell(&self, preset: &BuildPreset) -> Cow<'_, ProcessEnvironment> {
        let mut shell = Cow::Borrowed(&self.process);
        for RequestedArg { name, value } in &preset.env {
            if shell.may_set(name) && !shell.variables.contains_key(name) {
                let value = match value {
                    Some(value) => Value::known(value.clone()),
                    None => Value::Unknown(Unknown::ProcessEnvironment),
                };
                shell.to_mut().variables.insert(name.clone(), value);
            }
        }
        shell
    }

    /// The variables with values that were told of builds and of shells they are asked for in, on the
    /// command line and in configurations.
    pub fn told(&self) -> Vec<Told> {
        let typed = self.process.told().into_iter();
        let typed = typed.map(|(name, value)| Told {
            name,
            value,
            is_shared: false,
        });
        let presets = self.settings.iter().map(|settings| &settings.preset);
        let variables = presets.flat_map(|preset| preset.build_args.iter().chain(&preset.env));
        let preset = variables.filter_map(|RequestedArg { name, value }| {
            Some(Told {
                name: name.clone(),
                value: value.clone()?,
                is_shared: true,
            })
        });
        typed.chain(preset).collect()
    }

    /// Whether a file is one of the machine's own.
    pub fn is_on_host(&self, file: FileId) -> bool {
        let host = self.host.as_ref();
        host.is_some_and(|host| host.owns(file))
    }

    /// What the configuration says about `file`.
    pub fn settings(&self, file: FileId) -> &FileSettings {
        const NONE: &FileSettings = &FileSettings {
            images: Vec::new(),
            engine: Engine::Buildkit,
            network: NetworkPolicy {
                proxy_required: false,
                internal_hosts: Vec::new(),
                goproxy: Vec::new(),
                no_proxy: Vec::new(),
            },
            names: Names::BUILT_IN,
            compose_files: Vec::new(),
            preset: BuildPreset::NONE,
        };
        let index = self.settings_of.get(file.0 as usize);
        index
            .and_then(|&index| self.settings.get(index))
            .unwrap_or(NONE)
    }

    /// Every name that some configuration adds: what is masked wherever it is printed.
    pub fn masked_names(&self) -> Names {
        let added = self
            .settings
            .iter()
            .flat_map(|settings| &settings.names.secret);
        Names {
            secret: added.cloned().collect(),
            exempt: Vec::new(),
        }
    }
}

/// A variable with its value, which may travel anywhere.
#[derive(Clone, Debug)]
pub struct Told {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether everybody who has the project has it; if not, it is of somebody's shell.
    pub is_shared: bool,
}

/// What the configuration says of the builds of some files, in Compose's and BuildKit's terms.
#[derive(Clone, Debug, Default)]
pub struct BuildPreset {
    /// The stage to build.
    pub target: Option<String>,
    /// Build arguments, each name once.
    pub build_args: Vec<RequestedArg>,
    /// The platform to build for.
    pub platform: Option<Platform>,
    /// Files that Compose takes variables from instead of `.env`.
    pub env_files: Vec<String>,
    /// Compose's active profiles.
    pub profiles: Vec<String>,
    /// Variables of the shell that Compose is called from.
    pub env: Vec<RequestedArg>,
}

impl BuildPreset {
    /// Nothing.
    pub const NONE: Self = Self {
        target: None,
        build_args: Vec::new(),
        platform: None,
        env_files: Vec::new(),
        profiles: Vec::new(),
        env: Vec::new(),
    };

    /// This, and what `other` says besides.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let first = |own: Vec<String>, other| if own.is_empty() { other } else { own };
        Self {
            target: self.target.or(other.target),
            build_args: each_once(self.build_args, other.build_args),
            platform: self.platform.or(other.platform),
            env_files: first(self.env_files, other.env_files),
            profiles: first(self.profiles, other.profiles),
            env: each_once(self.env, other.env),
        }
    }
}

/// `own`, and those of `other` whose names are not among them.
fn each_once(own: Vec<RequestedArg>, mut other: Vec<RequestedArg>) -> Vec<RequestedArg> {
    other.retain(|arg| !own.iter().any(|set| set.name == arg.name));
    own.into_iter().chain(other).collect()
}

/// `--build-arg NAME[=VALUE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedArg {
    /// The name.
    pub name: String,
    /// The value; `None` if it is given, but not told here.
    pub value: Option<String>,
}

impl RequestedArg {
    /// Reads `NAME` or `NAME=VALUE`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("write NAME or NAME=VALUE");
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

/// What builds the images (RULES 0.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// BuildKit.
    #[default]
    Buildkit,
    /// Podman and Buildah, which pass the caller's proxies to RUN.
    Podman,
    /// Docker's builder before BuildKit.
    Classic,
}
