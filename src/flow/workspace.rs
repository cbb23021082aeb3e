//! Everything a run looks at.

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::images::Images;
use super::request::Request;
use super::steps::{StepCommands, run_shells};
use crate::model::dockerfile::{self, Action, Base, BuildArg, Declaration, Invocation};
use crate::model::{Mechanism, Provenance, Unknown, Value};
use crate::source::{FileId, FileKind, SourceFile, Span};
use crate::syntax::dockerfile::{self as syntax, Dockerfile};

/// The parsed files of a run.
#[derive(Debug)]
pub struct Trees<'s> {
    sources: &'s [SourceFile],
    dockerfiles: Vec<(FileId, Dockerfile<'s>)>,
}

impl<'s> Trees<'s> {
    /// Parses `sources`, which are indexed by their `FileId`.
    pub fn parse(sources: &'s [SourceFile]) -> Self {
        let parse = |file: &'s SourceFile| match file.kind() {
            FileKind::Dockerfile => Some((file.id(), syntax::parse(file))),
            _ => None,
        };
        Self {
            sources,
            dockerfiles: each(sources, parse).into_iter().flatten().collect(),
        }
    }
}

/// Everything a run looks at: the files, their trees, the builds.
#[derive(Debug)]
pub struct Workspace<'t> {
    /// All source files, indexed by their `FileId`.
    pub sources: &'t [SourceFile],
    /// What the run was told.
    pub request: &'t Request,
    /// The builds, in the order of their files.
    pub builds: Vec<Build<'t>>,
    trees: &'t Trees<'t>,
}

/// A Dockerfile with the arguments, target and origin it is built with.
#[derive(Debug)]
pub struct Build<'t> {
    /// The Dockerfile.
    pub file: FileId,
    /// Its tree.
    pub tree: &'t Dockerfile<'t>,
    /// What asks for the build.
    pub origin: Origin,
    /// What BuildKit makes of it.
    pub model: dockerfile::Build<'t>,
    /// For each step of the model the commands of its shell, if it is a RUN.
    pub commands: Vec<Option<StepCommands>>,
}

/// What asks for a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file stands alone: `docker build` with the arguments given to docklint.
    Plain,
}

impl<'t> Workspace<'t> {
    /// Models the parsed files.
    pub fn new(trees: &'t Trees<'t>, request: &'t Request) -> Self {
        let build = |(file, tree): &'t (FileId, Dockerfile<'t>)| {
            let source = &trees.sources[file.0 as usize];
            let mut model = simulate(source, tree, request);
            let commands = run_shells(&mut model);
            Build {
                file: *file,
                tree,
                origin: Origin::Plain,
                model,
                commands,
            }
        };
        Self {
            sources: trees.sources,
            request,
            builds: each(&trees.dockerfiles, build),
            trees,
        }
    }

    /// The tree of a Dockerfile.
    pub fn dockerfile(&self, file: FileId) -> Option<&'t Dockerfile<'t>> {
        let dockerfiles = &self.trees.dockerfiles;
        let index = dockerfiles
            .binary_search_by_key(&file, |(id, _)| *id)
            .ok()?;
        dockerfiles.get(index).map(|(_, tree)| tree)
    }

    /// The source file of an id.
    pub fn source(&self, file: FileId) -> &'t SourceFile {
        &self.sources[file.0 as usize]
    }

    /// The instructions, keys or assignments of a file, in order: what a suppression comment
    /// above one of them is about.
    pub fn items(&self, file: FileId) -> Vec<Span> {
        self.dockerfile(file).map_or_else(Vec::new, |tree| {
            tree.instructions
                .iter()
                .map(|instruction| instruction.span)
                .collect()
        })
    }
}

impl Build<'_> {
    /// A stage and the stages it builds on, the root first.
    pub fn chain(&self, stage: usize) -> Vec<usize> {
        let mut chain = vec![stage];
        let mut at = stage;
        while let Base::Stage(parent) = self.model.stages[at].base {
            chain.push(parent);
            at = parent;
        }
        chain.reverse();
        chain
    }

    /// Whether any of these uses takes its value from an `ARG`, which a build may fill.
    pub fn is_filled_by_argument(&self, uses: &std::ops::Range<usize>) -> bool {
        self.model.uses[uses.clone()].iter().any(|used| {
            let declared = |declarations: &[Declaration<'_>]| {
                declarations
                    .iter()
                    .any(|declaration| declaration.name == used.name)
            };
            self.model.steps.iter().any(|step| match &step.action {
                Action::Arg(declarations) => declared(declarations),
                _ => false,
            })
        })
    }
}

/// Applies `apply` to each item; on several threads if there are several.
fn each<'i, T: Sync, R: Send>(items: &'i [T], apply: impl Fn(&'i T) -> R + Sync + Send) -> Vec<R> {
    match items {
        // Starting a thread pool costs more than a file (DESIGN section 10).
        [] | [_] => items.iter().map(apply).collect(),
        _ => items.par_iter().map(apply).collect(),
    }
}

fn simulate<'t>(
    source: &'t SourceFile,
    tree: &'t Dockerfile<'t>,
    request: &'t Request,
) -> dockerfile::Build<'t> {
    let mut provenance = Provenance::default();
    let build_args = request
        .build_args
        .iter()
        .map(|arg| BuildArg {
            name: arg.name.clone(),
            value: match &arg.value {
                Some(value) => Value::known(value.as_str()),
                None => Value::Unknown(Unknown::BuildArg),
            },
            hop: provenance.add(Mechanism::BuildArgFlag, None, &[]),
        })
        .collect();
    let invocation = Invocation {
        build_args,
        target: request.target.clone(),
        platform: request.platform.clone(),
        provenance,
        ..Invocation::default()
    };
    let images = Images {
        settings: &request.settings(source.id()).images,
    };
    dockerfile::simulate(source, tree, &invocation, &images)
}
