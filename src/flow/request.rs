//! What a run is told about builds besides the files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::images::ImageSetting;
use crate::model::compose::{ProcessEnvironment, Unreadable};
use crate::model::dockerfile::Platform;
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
}

/// What the configuration says about the network that builds run in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
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

impl Request {
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

/// `--build-arg NAME[=VALUE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedArg {
    /// The name.
    pub name: String,
    /// The value; `None` if it is given, but not told here.
    pub value: Option<String>,
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
