//! What a build makes of a Dockerfile: stages, steps, and what each step sees.

use std::borrow::Cow;
use std::sync::Arc;

use super::copy::Copied;
use super::error::{BuildError, Scope};
use super::expand::{Found, Lookup};
use super::platform::Platform;
use super::reference::Reference;
use super::run::Run;
use super::timeline::{Change, Moment, Timeline};
use crate::model::variables::is_network_setting;
use crate::model::{HopId, Mechanism, Provenance, Unknown, Value};
use crate::source::{FileId, Span};
use crate::syntax::dockerfile::{Command, Dockerfile, Instruction, Keyword};

/// What a build is asked for.
#[derive(Debug, Default)]
pub struct Invocation<'f> {
    /// The build arguments; of two with the same name the later one counts.
    pub build_args: Vec<BuildArg<'f>>,
    /// The stage to build; `None` for the last one.
    pub target: Option<String>,
    /// The platform to build for.
    pub platform: Option<Platform>,
    /// The network of the whole build.
    pub network: Network,
    /// The hops that led to the build arguments.
    pub provenance: Provenance,
    /// In how many builds the file is simulated: they share what that may cost.
    pub builds_of_file: usize,
}

/// A build argument.
#[derive(Clone, Debug)]
pub struct BuildArg<'f> {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value<'f>,
    /// How it came, in the invocation's provenance.
    pub hop: HopId,
}

/// The network of a RUN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// The builder's.
    #[default]
    Default,
    /// None at all.
    None,
    /// The host's.
    Host,
}

/// What is known of a base image's configuration.
#[derive(Clone, Debug, Default)]
pub struct BaseImage<'f> {
    /// Its environment, in order.
    pub env: Vec<(Cow<'static, str>, Value<'static>)>,
    /// No variable is set besides those in `env`. One that only some tags of an image set stands
    /// there with an unknown value.
    pub is_complete: bool,
    /// Nobody in the project made it, so it brings no proxy and no mirror of theirs.
    pub is_public: bool,
    /// Its user.
    pub user: Option<String>,
    /// Its working directory.
    pub workdir: Option<String>,
    /// Its shell.
    pub shell: Option<Arc<[String]>>,
    /// Its `ONBUILD` triggers, as a file of instructions.
    pub onbuild: Option<&'f Dockerfile<'f>>,
}

/// Knows base images.
pub trait BaseImages<'f> {
    /// What is known of an image.
    fn config(&self, reference: &Reference) -> BaseImage<'f>;
}

/// A simulated build.
#[derive(Debug)]
pub struct Build<'f> {
    /// The file it was made from.
    pub file: FileId,
    /// The stages, in order.
    pub stages: Vec<Stage<'f>>,
    /// The steps of all stages, those of a stage next to each other and in order.
    pub steps: Vec<Step<'f>>,
    /// The `ARG`s above the first `FROM`.
    pub globals: Vec<Declaration<'f>>,
    /// The variables that instructions mention.
    pub uses: Vec<Use>,
    /// What a RUN's process gets from `ENV` and `ARG`.
    pub environment: Timeline<'f>,
    /// What the image keeps.
    pub image: Timeline<'f>,
    /// What every RUN gets besides, from proxy build arguments.
    pub proxies: Vec<ProxyVariable<'f>>,
    /// The build arguments.
    pub build_args: Vec<BuildArg<'f>>,
    /// How every value came.
    pub provenance: Provenance,
    /// What BuildKit refuses, in the order it looks.
    pub errors: Vec<BuildError>,
    /// The stage that is built; `None` if there is no such stage.
    pub target: Option<usize>,
}

/// A stage.
#[derive(Debug)]
pub struct Stage<'f> {
    /// Its name in lower case.
    pub name: Option<String>,
    /// Its `FROM`.
    pub from: &'f Instruction<'f>,
    /// What it builds on.
    pub base: Base,
    /// Where the base is named in the `FROM`.
    pub base_span: Span,
    /// The variables its `FROM` mentions, as a range of [`Build::uses`].
    pub from_uses: std::ops::Range<usize>,
    /// Its platform.
    pub platform: Arc<Platform>,
    /// Stages it needs besides its base, by `COPY --from` and mounts.
    pub needs: Vec<usize>,
    /// Its steps, as a range of [`Build::steps`].
    pub steps: std::ops::Range<usize>,
    /// When it begins, the base's environment already there.
    pub start: Moment,
    /// When it ends.
    pub end: Moment,
    /// The image's environment when it begins.
    pub image_start: Moment,
    /// The image's environment when it ends.
    pub image_end: Moment,
    /// What is known of the image at the root of its chain.
    pub root: Root,
    /// The hop of what that image may set.
    pub root_hop: HopId,
    /// That image; `None` if it is not known, or the chain begins with scratch.
    pub root_image: Option<Arc<Reference>>,
}

/// What a stage builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Another stage.
    Stage(usize),
    /// An image; `None` if its name is not known or not valid.
    Image(Option<Arc<Reference>>),
    /// Nothing.
    Scratch,
}

/// What is known of the environment below a chain of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Everything.
    Complete,
    /// An image that sets more than is known, but no proxy and no mirror.
    Public,
    /// An image that may set anything.
    Foreign,
}

/// An instruction as a stage runs it.
#[derive(Debug)]
pub struct Step<'f> {
    /// The stage.
    pub stage: usize,
    /// The instruction it stands in.
    pub instruction: &'f Instruction<'f>,
    /// The command: the instruction's own, or the trigger in an `ONBUILD`.
    pub command: &'f Command,
    /// The `FROM` that runs it, if it is a trigger.
    pub triggered_by: Option<&'f Instruction<'f>>,
    /// When it begins.
    pub start: Moment,
    /// The variables it mentions, as a range of [`Build::uses`].
    pub uses: std::ops::Range<usize>,
    /// What it does.
    pub action: Action<'f>,
}

/// What a step does.
#[derive(Debug)]
pub enum Action<'f> {
    /// `ARG`.
    Arg(Vec<Declaration<'f>>),
    /// `ENV`.
    Env(Vec<Assignment<'f>>),
    /// `RUN`.
    Run(Box<Run<'f>>),
    /// `ADD` or `COPY`.
    Copy(Box<Copied<'f>>),
    /// Anything else.
    Other,
}

/// A name declared by `ARG`.
#[derive(Clone, Debug)]
pub struct Declaration<'f> {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the default stands, if there is one.
    pub default_span: Option<Span>,
    /// What it is worth; `None` if nothing gives it a value.
    pub value: Option<(Value<'f>, HopId)>,
    /// What gave it its value.
    pub source: DeclarationSource,
}

/// What an `ARG` takes its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationSource {
    /// A build argument.
    BuildArg,
    /// The `ARG` of that name above the first `FROM`, or a predefined argument.
    Global,
    /// Its own default.
    Default,
    /// Nothing: a value the stage already has stays.
    Nothing,
}

/// A variable set by `ENV`.
#[derive(Clone, Debug)]
pub struct Assignment<'f> {
    /// The name, expanded.
    pub name: Value<'f>,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Value<'f>,
    /// Where the value stands, quotes included.
    pub value_span: Span,
    /// The hop it made.
    pub hop: HopId,
    /// The variables the value mentions, as a range of [`Build::uses`].
    pub uses: std::ops::Range<usize>,
}

/// A variable that an instruction mentions in a place BuildKit expands.
#[derive(Clone, Debug)]
pub struct Use {
    /// Where: `$X`, or `${X` with its operator.
    pub span: Span,
    /// The name.
    pub name: String,
    /// The word says what to do if it is unset.
    pub handles_unset: bool,
    /// What was there.
    pub found: Found,
}

/// One of the five proxies, as it comes by build argument.
#[derive(Clone, Debug)]
pub struct ProxyVariable<'f> {
    /// Its name in lower case; the process gets both spellings.
    pub name: &'static str,
    /// Its value; an empty one is not exported.
    pub value: Value<'f>,
    /// The build argument that gave it.
    pub hop: HopId,
}

impl<'f> Build<'f> {
    /// What `name` is for a step of `stage` that begins at `moment`.
    pub fn lookup(&self, stage: usize, moment: Moment, name: &str) -> Lookup<'f> {
        match self.environment.at(moment, name) {
            Some(change) => Lookup::Set(change.value.clone(), change.hop),
            None => self.stages[stage].root.lookup(name),
        }
    }

    /// What `ENV` and `ARG` made of the environment for a step, in BuildKit's order. A stage begins
    /// with its parent's arguments, then the parent image's environment set anew, then come its own
    /// changes.
    pub fn environment_of(&self, step: &Step<'f>) -> Vec<&Change<'f>> {
        let start = self.stages[step.stage].start;
        let image_start = self.stages[step.stage].image_start;
        let mut all = self.environment.all_at(step.start);
        all.sort_by_key(|change| match self.image.at(image_start, &change.name) {
            _ if change.at >= start => (2, change.at),
            Some(kept) => (1, kept.first),
            None => (0, change.at),
        });
        all
    }

    /// The environment that a RUN's process has, in order: `ENV` and `ARG`, proxies, secrets. Of
    /// two entries with the same name the later one counts (`facts/buildkit.md` 1.1, 2).
    pub fn process_environment(&self, step: &Step<'f>) -> Vec<(String, Value<'f>, HopId)> {
        let mut all: Vec<(String, Value<'f>, HopId)> = self
            .environment_of(step)
            .into_iter()
            .map(|change| (change.name.to_string(), change.value.clone(), change.hop))
            .collect();
        let Action::Run(run) = &step.action else {
            return all;
        };
        for proxy in self.proxies.iter().filter(|proxy| !proxy.value.is_empty()) {
            for name in [proxy.name.to_uppercase(), proxy.name.to_owned()] {
                all.push((name, proxy.value.clone(), proxy.hop));
            }
        }
        for (name, hop) in &run.secret_variables {
            all.push((name.clone(), Value::Unknown(Unknown::Secret), *hop));
        }
        let mut seen = hashbrown::HashSet::new();
        let mut kept: Vec<_> = all
            .into_iter()
            .rev()
            .filter(|(name, _, _)| seen.insert(name.clone()))
            .collect();
        kept.reverse();
        kept
    }

    /// What a RUN's process gets for `name`, unless only the base image knows: secrets win over
    /// proxies, and those over `ENV` and `ARG` (`facts/buildkit.md` 2).
    pub fn process_variable(&self, step: &Step<'f>, name: &str) -> Option<(&Value<'f>, HopId)> {
        if let Action::Run(run) = &step.action {
            let mut secrets = run.secret_variables.iter();
            if let Some((_, hop)) = secrets.rfind(|(secret, _)| secret == name) {
                return Some((&Value::Unknown(Unknown::Secret), *hop));
            }
        }
        self.inherited_variable(step, name)
    }

    /// The same without secrets.
    pub fn inherited_variable(&self, step: &Step<'f>, name: &str) -> Option<(&Value<'f>, HopId)> {
        if matches!(step.action, Action::Run(_)) {
            let proxy = self.proxies.iter().find(|proxy| {
                !proxy.value.is_empty() && (name == proxy.name || name == proxy.name.to_uppercase())
            });
            if let Some(proxy) = proxy {
                return Some((&proxy.value, proxy.hop));
            }
        }
        let change = self.environment.at(step.start, name)?;
        Some((&change.value, change.hop))
    }

    /// The stages that building `target` needs, itself included.
    pub fn reachable(&self, target: usize) -> Vec<bool> {
        let mut reachable = vec![false; self.stages.len()];
        let mut stack = vec![target];
        while let Some(index) = stack.pop() {
            let Some(stage) = self.stages.get(index) else {
                continue;
            };
            if std::mem::replace(&mut reachable[index], true) {
                continue;
            }
            stack.extend(&stage.needs);
            if let Base::Stage(parent) = stage.base {
                stack.push(parent);
            }
        }
        reachable
    }

    /// The error that BuildKit fails with when it builds `target`.
    pub fn first_error(&self, target: usize) -> Option<&BuildError> {
        let reachable = self.reachable(target);
        let of_stages = |wanted: fn(Scope) -> Option<usize>| {
            self.errors
                .iter()
                .filter_map(move |error| Some((wanted(error.scope)?, error)))
                .filter(|(stage, _)| reachable.get(*stage) == Some(&true))
                .min_by_key(|(stage, _)| *stage)
                .map(|(_, error)| error)
        };
        let whole = self.errors.iter().find(|error| error.scope == Scope::File);
        whole
            .or_else(|| {
                of_stages(|scope| match scope {
                    Scope::Stage(stage) => Some(stage),
                    _ => None,
                })
            })
            .or_else(|| {
                of_stages(|scope| match scope {
                    Scope::Output(stage) => Some(stage),
                    _ => None,
                })
            })
    }

    /// Whether a hop is, or comes from, a build argument.
    pub fn is_from_build_arg(&self, hop: HopId) -> bool {
        self.provenance
            .story(hop)
            .iter()
            .any(|&hop| self.provenance.hop(hop).how == Mechanism::BuildArgFlag)
    }
}

impl Step<'_> {
    /// The lines BuildKit names for it: those of the `FROM` that runs it, if it is a trigger.
    pub fn lines(&self) -> (u32, u32) {
        self.triggered_by.unwrap_or(self.instruction).lines
    }

    /// Whether it says what containers run, and not the build.
    pub fn runs_in_containers(&self) -> bool {
        matches!(
            self.command.keyword,
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
        )
    }

    /// Whether a secret is mounted in a variable of this name.
    pub fn has_secret_variable(&self, name: &str) -> bool {
        self.secret_variables().any(|secret| secret == name)
    }

    /// The variables that secrets are mounted in.
    pub fn secret_variables(&self) -> impl Iterator<Item = &str> {
        let secrets = match &self.action {
            Action::Run(run) => run.secret_variables.as_slice(),
            _ => &[],
        };
        secrets.iter().map(|(name, _)| name.as_str())
    }

    /// The bytes of the instruction.
    pub fn span(&self) -> Span {
        self.instruction.span
    }
}

impl Root {
    /// What a name that no stage sets is.
    pub fn lookup<'v>(self, name: &str) -> Lookup<'v> {
        match self {
            Self::Complete => Lookup::Unset,
            Self::Public if is_network_setting(name) => Lookup::Unset,
            Self::Public | Self::Foreign => Lookup::Unknown(Unknown::BaseImage),
        }
    }
}
