//! What a run is told about builds besides the files.

use super::images::ImageSetting;
use crate::model::dockerfile::Platform;

/// What the command line and the configuration say about builds.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Build arguments given to every Dockerfile.
    pub build_args: Vec<RequestedArg>,
    /// The stage to build.
    pub target: Option<String>,
    /// The platform to build for.
    pub platform: Option<Platform>,
    /// What the project says about base images.
    pub images: Vec<ImageSetting>,
    /// What builds the images.
    pub engine: Engine,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Engine {
    /// BuildKit.
    #[default]
    BuildKit,
    /// Podman and Buildah, which pass the caller's proxies to RUN.
    Podman,
    /// Docker's builder before BuildKit.
    Classic,
}
