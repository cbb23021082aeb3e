//! Compose projects as Docker Compose resolves them (facts/compose.md), from files to builds.
//!
//! [`load`] is the door. It finds the files, reads `.env`, interpolates, follows `extends` and
//! `include`, merges, checks and gives a [`Project`]: services with their [`Build`]s, arguments and
//! environments, each value with its place and provenance, and what Compose would say as
//! [`Diagnostic`]s. Nothing is read but through [`Files`], and the environment of the process is an
//! explicit input ([`ProcessEnvironment`]): a result does not depend on who asks.
//!
//! What a build or a container gets from flags and the client's proxies on top is
//! [`Project::build_args`] and [`Project::container_environment`].

use std::sync::OnceLock;

mod canonical;
mod check;
mod containers;
mod convert;
mod data;
mod diagnostic;
mod discover;
mod env_files;
mod environment;
mod extends;
mod extract;
mod files;
mod forms;
mod include;
mod interpolate;
mod load;
mod merge;
mod name;
mod path;
mod project;
mod resolve;
mod schema;

pub use data::{Data, Entry, Map, Pair, Text, Tree};
pub use diagnostic::{Diagnostic, DiagnosticKind, Level};
pub use discover::{FILE_NAMES, OVERRIDE_NAMES};
pub use environment::{DotenvSetting, ProcessEnvironment, VariableUse};
pub use files::{Files, Unreadable};
pub use project::{
    Arg, Build, Dependency, Dockerfile, EnvFile, EnvironmentEntry, Field, Named, Project, Secret,
    SecretSource, SecretUse, Service,
};
pub use resolve::{ClientProxies, ClientProxy, Flag, ProxyKind, Resolved};

use load::{Loader, Request};

/// How Compose is called.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The current folder, absolute.
    pub cwd: String,
    /// `-f`: the compose files; found by name when empty.
    pub files: Vec<String>,
    /// `--project-directory`
    pub folder: Option<String>,
    /// `--env-file`
    pub env_files: Vec<String>,
    /// `-p`
    pub name: Option<String>,
    /// `--profile`; `COMPOSE_PROFILES` when empty.
    pub profiles: Vec<String>,
}

/// Loads a project.
pub fn load<'a>(
    files: &dyn Files<'a>,
    options: &Options,
    process: &ProcessEnvironment,
) -> Project<'a> {
    let mut loader = Loader::new(files);
    let mut found = loader.discover(options, process);
    let profiles = loader.profiles(options, &found.env);
    let name = loader.project_name(options, &mut found);
    let request = Request {
        files: &found.files,
        folder: &found.folder,
        env: &found.env,
        included: &[],
        by: None,
    };
    let model = loader.model(&request);
    if model.is_empty() && !found.files.is_empty() && loader.is_clean() {
        loader.report(DiagnosticKind::Project, None, "empty compose file");
    }
    loader.forget_trees();
    let extracted = loader.extract(model, &found.env, &profiles);
    let environment = loader.variables.all(&found.env);
    let mut reached: Vec<_> = loader.reached.into_iter().collect();
    reached.sort_unstable();
    let mut project = Project {
        name,
        folder: found.folder,
        files: extract::ids(&loader.read),
        reached,
        included: loader.included,
        listed: match found.are_listed {
            true => found.files,
            false => Vec::new(),
        },
        services: extracted.services,
        by_name: OnceLock::new(),
        secrets: extracted.secrets,
        profiles,
        dotenv: loader.variables.settings,
        open_variables: loader.variables.open,
        inline_variables: loader.inline_variables,
        sections: extracted.sections,
        environment,
        process: process.clone(),
        provenance: loader.provenance,
        diagnostics: Vec::new(),
    };
    let mut diagnostics = loader.diagnostics;
    if diagnostics.let_it_load() {
        check::consistency(&project, &mut diagnostics);
    }
    project.diagnostics = diagnostics.into_list();
    project
}
