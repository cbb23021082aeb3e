//! A project as rules and the flow see it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use hashbrown::HashMap;

use crate::model::{HopId, Provenance, Value};
use crate::source::{FileId, Location};

use super::data::{Map, Text, Tree};
use super::diagnostic::{Diagnostic, Level};
use super::environment::{DotenvSetting, ProcessEnvironment, VariableUse};

/// So many arguments are searched from end to end.
const FEW_ARGS: usize = 16;

/// A compose project, resolved as `docker compose config` resolves it.
#[derive(Debug)]
pub struct Project<'a> {
    /// Its name; unknown if it is made from a variable that is not known.
    pub name: Value<'a>,
    /// The folder that relative paths start from.
    pub folder: String,
    /// All compose files that were read, in the order in which they were.
    pub files: Vec<FileId>,
    /// Those of them that an `include` or `extends` brought in, sorted, with its place.
    pub(super) reached: Vec<(FileId, Location)>,
    /// The files that an `include` takes in: parts of this project.
    pub included: BTreeSet<FileId>,
    /// The locations that `COMPOSE_FILE` names, if it names the project's files.
    pub listed: Vec<String>,
    /// All services, those of inactive profiles too, in the order they were first written.
    pub services: Vec<Service<'a>>,
    /// From their names to their places, once one is looked for.
    pub(super) by_name: OnceLock<HashMap<String, usize>>,
    /// The top-level secrets.
    pub secrets: Vec<Secret<'a>>,
    /// The active profiles.
    pub profiles: Vec<String>,
    /// All settings in `.env` files, used or not, in the order they were read.
    pub dotenv: Vec<DotenvSetting<'a>>,
    /// Variables that no file sets and that have no default, where each is first mentioned: only the
    /// caller's shell can set them.
    pub open_variables: Vec<VariableUse>,
    /// The variables that Compose replaces in the Dockerfiles that stand in compose files.
    pub inline_variables: Vec<VariableUse>,
    /// The merged top-level sections as they stand, `services` and `secrets` excepted.
    pub sections: Map<'a>,
    /// The project environment by name: the process, `.env` and Compose's own names.
    pub environment: Vec<(String, Value<'a>, HopId)>,
    /// What was told of the process environment.
    pub process: ProcessEnvironment,
    /// Where every value came from.
    pub provenance: Provenance,
    /// What Compose would say. An error means that it would refuse the project; what could be
    /// resolved all the same is here.
    pub diagnostics: Vec<Diagnostic>,
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// Whether its profiles are active.
    pub is_enabled: bool,
    /// The image it runs, or tags when it builds.
    pub image: Option<Field<'a>>,
    /// How its image is built.
    pub build: Option<Box<Build<'a>>>,
    /// The environment of its containers, `env_file` included, without config.json's proxies: see
    /// [`Project::container_environment`].
    pub environment: Vec<EnvironmentEntry<'a>>,
    /// Its `env_file` entries.
    pub env_files: Vec<EnvFile<'a>>,
    /// Secrets its containers can read.
    pub secrets: Vec<SecretUse<'a>>,
    /// Services it needs.
    pub depends_on: Vec<Dependency>,
    /// Its profiles.
    pub profiles: Vec<String>,
    /// All its keys, `build` among them, merged and in their long forms.
    pub fields: Map<'a>,
}

/// A text and its place.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// What is known of it.
    pub value: Value<'a>,
    /// Its bytes.
    pub at: Location,
    /// The interpolation that made it.
    pub hop: Option<HopId>,
}

/// A service's `build`.
#[derive(Clone, Debug)]
pub struct Build<'a> {
    /// The section, or the text that stands for one.
    pub at: Location,
    /// The context: an absolute path, or [remote](Self::is_remote).
    pub context: Field<'a>,
    /// The Dockerfile.
    pub dockerfile: Dockerfile<'a>,
    /// The stage to build.
    pub target: Option<Field<'a>>,
    /// `args`. What a build really gets is [`Project::build_args`].
    pub args: Vec<Arg<'a>>,
    /// From their names to their places, once one of many is looked for.
    pub(super) args_by_name: OnceLock<HashMap<String, usize>>,
    /// Secrets that steps can mount.
    pub secrets: Vec<SecretUse<'a>>,
    /// SSH agents and keys that steps can mount; the value is a path or nothing.
    pub ssh: Vec<Named<'a>>,
    /// Named contexts.
    pub additional_contexts: Vec<Named<'a>>,
    /// The network of RUN.
    pub network: Option<Field<'a>>,
    /// The platforms to build for.
    pub platforms: Vec<Field<'a>>,
    /// Hosts of RUN: name and addresses.
    pub extra_hosts: Vec<(String, Vec<String>)>,
}

/// Where the instructions come from.
#[derive(Clone, Debug)]
pub enum Dockerfile<'a> {
    /// A file; relative to the context unless absolute.
    File(Field<'a>),
    /// Text in the compose file.
    Inline(Text<'a>, Location),
    /// Both, which Compose refuses.
    Both {
        /// The file.
        file: Field<'a>,
        /// The text.
        inline: Field<'a>,
    },
}

/// A build argument.
#[derive(Clone, Debug)]
pub struct Arg<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// The value. `None`: passed without a value and set nowhere, so left out.
    pub value: Option<Value<'a>>,
    /// Whether it is given by name alone and takes its value from the environment.
    pub is_pass_through: bool,
    /// The bytes of the value; the name's for a name alone.
    pub at: Location,
    /// The argument's hop; what it was made from hangs off it.
    pub hop: HopId,
}

/// A variable of a service's containers.
#[derive(Clone, Debug)]
pub struct EnvironmentEntry<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// The value. `None`: by name alone and set nowhere; it removes what the image or config.json
    /// would set.
    pub value: Option<Value<'a>>,
    /// Whether it is given by name alone.
    pub is_pass_through: bool,
    /// The bytes of the value; the name's for a name alone.
    pub at: Location,
    /// The entry's hop: its mechanism tells `environment` from `env_file`.
    pub hop: HopId,
}

/// An entry of `env_file`.
#[derive(Clone, Debug)]
pub struct EnvFile<'a> {
    /// The path, absolute.
    pub path: Field<'a>,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether it is taken literally (`format: raw`).
    pub is_raw: bool,
    /// The file, if it was read.
    pub file: Option<FileId>,
}

/// A service's use of a secret.
#[derive(Clone, Debug)]
pub struct SecretUse<'a> {
    /// The top-level name.
    pub source: String,
    /// The id in a build, the path in a container.
    pub target: Option<Field<'a>>,
    /// Where it is asked for.
    pub at: Location,
}

impl SecretUse<'_> {
    /// The id by which a build's steps mount it.
    pub fn id(&self) -> &str {
        let target = self
            .target
            .as_ref()
            .and_then(|target| target.value.as_known());
        target
            .filter(|target| !target.is_empty())
            .unwrap_or(&self.source)
    }
}

/// A top-level secret.
#[derive(Clone, Debug)]
pub struct Secret<'a> {
    /// Its name in the file.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// Where its content is.
    pub source: SecretSource<'a>,
    /// Its keys.
    pub fields: Map<'a>,
}

/// Where a secret's content is.
#[derive(Clone, Debug)]
pub enum SecretSource<'a> {
    /// In a file.
    File(Field<'a>),
    /// In a variable of the project environment.
    Environment(Field<'a>),
    /// Kept by the platform. A build drops it silently (facts/compose.md 4).
    External,
    /// Nowhere.
    Missing,
}

/// A name and a value.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// The value.
    pub value: Field<'a>,
}

/// A service that another needs.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// Whether it must be there.
    pub is_required: bool,
    /// Where it is named.
    pub at: Location,
}

impl<'a> Field<'a> {
    /// The field of a scalar; `None` for other values.
    pub fn new(tree: &Tree<'a>) -> Option<Self> {
        Some(Self {
            value: tree.to_value()?,
            at: tree.at,
            hop: tree.hop(),
        })
    }
}

impl<'a> Project<'a> {
    /// A service by name.
    pub fn service(&self, name: &str) -> Option<&Service<'a>> {
        let index = self.by_name.get_or_init(|| {
            let names = self.services.iter().map(|service| service.name.to_string());
            names.zip(0..).collect()
        });
        self.services.get(*index.get(name)?)
    }

    /// A top-level secret by name.
    pub fn secret(&self, name: &str) -> Option<&Secret<'a>> {
        self.secrets.iter().find(|secret| secret.name == name)
    }

    /// The value of a variable of the project environment.
    pub fn variable(&self, name: &str) -> Option<(&Value<'a>, HopId)> {
        let index = self
            .environment
            .binary_search_by(|(known, ..)| known.as_str().cmp(name))
            .ok()?;
        self.environment
            .get(index)
            .map(|(_, value, hop)| (value, *hop))
    }

    /// The files that Compose is called with.
    pub fn own_files(&self) -> Vec<FileId> {
        let is_own = |file: &&FileId| self.brought_in_by(**file).is_none();
        self.files.iter().filter(is_own).copied().collect()
    }

    /// The files that `include` and `extends` bring in.
    pub fn brought_in(&self) -> impl Iterator<Item = FileId> {
        self.reached.iter().map(|(file, _)| *file)
    }

    /// The `include` or `extends` that brings a file in.
    pub fn brought_in_by(&self, file: FileId) -> Option<Location> {
        let index = self.reached.binary_search_by_key(&file, |(file, _)| *file);
        self.reached.get(index.ok()?).map(|(_, by)| *by)
    }

    /// The `include`s and `extends` on the way to a file, the first one first.
    pub fn way_to(&self, file: FileId) -> Vec<Location> {
        let mut way = Vec::new();
        let mut by = self.brought_in_by(file);
        while let Some(at) = by.filter(|_| way.len() < self.reached.len()) {
            way.push(at);
            by = self.brought_in_by(at.file);
        }
        way.reverse();
        way
    }

    /// Whether Compose would refuse the project.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.kind.level() == Level::Error)
    }
}

impl<'a> Build<'a> {
    /// The argument of a name.
    pub fn arg(&self, name: &str) -> Option<&Arg<'a>> {
        if self.args.len() <= FEW_ARGS {
            return self.args.iter().find(|arg| arg.name == name);
        }
        let index = self.args_by_name.get_or_init(|| {
            let names = self.args.iter().map(|arg| arg.name.to_string());
            names.zip(0..).collect()
        });
        self.args.get(*index.get(name)?)
    }

    /// Whether the context is no folder of this machine: a URL, a git reference.
    pub fn is_remote(&self) -> bool {
        self.context
            .value
            .as_known()
            .is_some_and(super::canonical::is_remote_context)
    }

    /// The path of the Dockerfile, as far as it is known: absolute in a local context, as written
    /// in a git context.
    pub fn dockerfile_path(&self) -> Option<String> {
        let (Dockerfile::File(file) | Dockerfile::Both { file, .. }) = &self.dockerfile else {
            return None;
        };
        let file = file.value.as_known()?;
        let context = self.context.value.as_known()?;
        if is_git(context) {
            return Some(file.to_owned());
        }
        Some(super::path::join(context, file))
    }
}

/// Whether buildx takes the context for a git repository.
fn is_git(context: &str) -> bool {
    let is_url = ["http://", "https://"]
        .iter()
        .any(|scheme| context.starts_with(scheme));
    let path = context.split(['#', '?']).next().unwrap_or_default();
    (is_url && path.ends_with(".git"))
        || ["git://", "ssh://", "git@", "github.com/"]
            .iter()
            .any(|start| context.starts_with(start))
}
