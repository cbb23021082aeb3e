//! Everything a run looks at.

use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::images::Images;
use super::machine::Machine;
use super::projects::{Shelf, inline_location, projects};
use super::request::{Request, RequestedArg, Told};
use super::stage_tree::StageTree;
use super::steps::{StepCommands, run_shells};
use crate::model::compose::{self, ClientProxies, Flag, Project, ProxyKind, Service};
use crate::model::dockerfile::{self, Base, BuildArg, Invocation, Network, Stage};
use crate::model::{Mechanism, Provenance, Unknown, Value};
use crate::secrets::Names;
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

    /// The tree of a Dockerfile.
    fn dockerfile(&self, file: FileId) -> Option<&Dockerfile<'s>> {
        let index = self
            .dockerfiles
            .binary_search_by_key(&file, |(id, _)| *id)
            .ok()?;
        self.dockerfiles.get(index).map(|(_, tree)| tree)
    }
}

/// Everything a run looks at: the files, their trees, the projects, the builds.
#[derive(Debug)]
pub struct Workspace<'t> {
    /// All source files, indexed by their `FileId`.
    pub sources: &'t [SourceFile],
    /// What the run was told.
    pub request: &'t Request,
    /// The compose projects.
    pub projects: Vec<Project<'t>>,
    /// The daemons and clients.
    pub machine: Machine,
    /// The builds: those of services, then those of Dockerfiles that no service builds.
    pub builds: Vec<Build<'t>>,
    /// The names whose values are masked besides those that everybody knows.
    pub names: Names,
    /// The variables with values that were told of builds and shells.
    pub told: Vec<Told>,
    trees: &'t Trees<'t>,
    by_location: HashMap<&'t str, FileId>,
    /// For each file whether it holds a template's placeholders, once somebody asked.
    pub(super) placeholders: Vec<OnceLock<bool>>,
    /// For each file whether it holds a token or key that its form proves, once somebody asked.
    pub(super) tokens: Vec<OnceLock<bool>>,
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
    pub(super) stages: StageTree,
}

/// What asks for a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file stands alone: `docker build` with the arguments given to docklint.
    Plain,
    /// A service of a compose project.
    Service {
        /// The project, in [`Workspace::projects`].
        project: usize,
        /// The service, in the project's list.
        service: usize,
    },
}

/// A build before it is simulated.
struct Planned<'t> {
    file: FileId,
    tree: &'t Dockerfile<'t>,
    origin: Origin,
    invocation: Invocation<'t>,
}

impl<'t> Workspace<'t> {
    /// Models the parsed files.
    pub fn new(trees: &'t Trees<'t>, request: &'t Request) -> Self {
        let projects = projects(&Shelf::new(trees.sources, request), request);
        Self::of_projects(trees, request, projects)
    }

    /// Models the parsed files, whose projects are loaded already.
    pub fn of_projects(
        trees: &'t Trees<'t>,
        request: &'t Request,
        mut projects: Vec<Project<'t>>,
    ) -> Self {
        let machine = Machine::new(trees.sources, request);
        let proxies = machine.client_proxies();
        let shelf = Shelf::new(trees.sources, request);
        let mut planned = service_builds(&shelf, trees, request, &proxies, &mut projects);
        let built: HashSet<FileId> = planned.iter().map(|build| build.file).collect();
        let alone = trees.dockerfiles.iter().filter(|(file, _)| {
            let source = &trees.sources[file.0 as usize];
            !built.contains(file) && !source.is_part()
        });
        planned.extend(alone.map(|(file, tree)| Planned {
            file: *file,
            tree,
            origin: Origin::Plain,
            invocation: plain(*file, request, &proxies),
        }));
        share_costs(&mut planned);
        let build = |planned: &Planned<'t>| {
            let source = &trees.sources[planned.file.0 as usize];
            let images = Images {
                settings: &request.settings(planned.file).images,
            };
            let mut model =
                dockerfile::simulate(source, planned.tree, &planned.invocation, &images);
            let commands = run_shells(&mut model, planned.invocation.builds_of_file);
            let stages = StageTree::of(&model.stages, |stage| {
                names_base_by_argument(stage, planned.tree)
            });
            Build {
                file: planned.file,
                tree: planned.tree,
                origin: planned.origin,
                model,
                commands,
                stages,
            }
        };
        Self {
            sources: trees.sources,
            request,
            builds: each(&planned, build),
            projects,
            machine,
            names: request.masked_names(),
            told: request.told(),
            trees,
            by_location: shelf.into_index(),
            placeholders: trees.sources.iter().map(|_| OnceLock::new()).collect(),
            tokens: trees.sources.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Also masks the values of what the secrets in all files are made of, for views that show any
    /// of them.
    pub fn mask_what_secrets_are_made_of(&mut self) {
        let texts: Vec<&str> = self.sources.iter().map(SourceFile::text).collect();
        self.names.lend(&texts);
    }

    /// The tree of a Dockerfile.
    pub fn dockerfile(&self, file: FileId) -> Option<&'t Dockerfile<'t>> {
        self.trees.dockerfile(file)
    }

    /// The source file of an id.
    pub fn source(&self, file: FileId) -> &'t SourceFile {
        &self.sources[file.0 as usize]
    }

    /// The source file at a location, if it was read.
    pub(super) fn located(&self, location: &str) -> Option<&'t SourceFile> {
        let file = self.by_location.get(location)?;
        Some(self.source(*file))
    }
}

impl Build<'_> {
    /// The first step whose commands are more than is read.
    pub fn first_cut(&self) -> Option<usize> {
        let mut commands = self.commands.iter();
        commands.position(|it| it.as_ref().is_some_and(|it| it.outcome.is_cut))
    }

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

    /// The compose project that asks for it, in [`Workspace::projects`].
    pub fn project(&self) -> Option<usize> {
        match self.origin {
            Origin::Service { project, .. } => Some(project),
            Origin::Plain => None,
        }
    }

    /// Whether a stage is `ancestor`, or builds on it.
    pub fn builds_on(&self, stage: usize, ancestor: usize) -> bool {
        self.stages.builds_on(stage, ancestor)
    }

    /// The stage whose `FROM` or steps hold these bytes.
    pub fn stage_at(&self, span: Span) -> Option<usize> {
        let begun = |stage: &Stage<'_>| stage.from.span.start <= span.start;
        self.model.stages.partition_point(begun).checked_sub(1)
    }

    /// The step, of those a stage does not run for its base's `ONBUILD`, that holds these bytes.
    pub fn step_at(&self, span: Span) -> Option<usize> {
        let steps = self.model.stages[self.stage_at(span)?].steps.clone();
        let all = self.model.steps.get(steps.clone())?;
        let triggered = all.partition_point(|step| step.triggered_by.is_some());
        let own = all.get(triggered..)?;
        let begun = own.partition_point(|step| step.span().start <= span.start);
        let index = steps.start + triggered + begun.checked_sub(1)?;
        let holds = self.model.steps[index].span().to(span) == self.model.steps[index].span();
        holds.then_some(index)
    }
}

/// Whether an argument stands in the name of a stage's base, and not only in its tag.
fn names_base_by_argument(stage: &Stage<'_>, tree: &Dockerfile<'_>) -> bool {
    let text = tree.text.get(stage.base_span.range()).unwrap_or_default();
    repository(text).contains('$')
}

/// An image's name without its tag or digest; both may hold variables with `:` and `/` inside.
fn repository(image: &str) -> &str {
    let mut depth = 0_usize;
    let mut end = None;
    for (at, c) in image.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => end = None,
            ':' | '@' if depth == 0 && end.is_none() => end = Some(at),
            _ => {}
        }
    }
    end.and_then(|end| image.get(..end)).unwrap_or(image)
}

/// Applies `apply` to each item; on several threads if there are several.
pub(crate) fn each<'i, T: Sync, R: Send>(
    items: &'i [T],
    apply: impl Fn(&'i T) -> R + Sync + Send,
) -> Vec<R> {
    match items {
        // Starting a thread pool costs more than a file (DESIGN section 10).
        [] | [_] => items.iter().map(apply).collect(),
        _ => items.par_iter().map(apply).collect(),
    }
}

/// What `docker build` is given by docklint's command line and configuration, and what its client
/// adds.
fn plain<'t>(file: FileId, request: &Request, proxies: &ClientProxies) -> Invocation<'t> {
    let given = request.given(file);
    let shell = request.shell(&given);
    let mut provenance = Provenance::default();
    let args = given.build_args.into_iter();
    let mut build_args: Vec<BuildArg<'t>> = args
        .map(|RequestedArg { name, value }| {
            let (value, from) = match (value, shell.variables.get(&name)) {
                (Some(value), _) => (Value::known(value), None),
                // The client takes the value from its shell.
                (None, Some(value)) => {
                    let set = provenance.add(Mechanism::ProcessEnvironment, None, &[]);
                    (value.clone(), Some(set))
                }
                (None, None) => (Value::Unknown(Unknown::BuildArg), None),
            };
            let hop = provenance.add(Mechanism::BuildArgFlag, None, from.as_slice());
            BuildArg { name, value, hop }
        })
        .collect();
    for proxy in &proxies.entries {
        let name = proxy.kind.variable();
        // Builds get four of the five, and what is given by hand wins (facts/compose.md 1a).
        if proxy.kind != ProxyKind::All && !build_args.iter().any(|arg| arg.name == name) {
            build_args.push(BuildArg {
                name: name.to_owned(),
                value: Value::known(proxy.value.clone()),
                hop: provenance.add(Mechanism::ClientProxies, proxy.at, &[]),
            });
        }
    }
    Invocation {
        build_args,
        target: given.target,
        platform: given.platform,
        provenance,
        ..Invocation::default()
    }
}

/// Bytes of Dockerfiles that are simulated for services: the same file may be built for each.
const MOST_BUILT: usize = 32 << 20;

/// As many bytes each build counts at least: it has its arguments and its findings.
const LEAST_BUILT: usize = 8 << 10;

/// The builds that services ask for, as far as their Dockerfiles are known.
fn service_builds<'t>(
    shelf: &Shelf<'t, '_>,
    trees: &'t Trees<'t>,
    request: &'t Request,
    proxies: &ClientProxies,
    projects: &mut [Project<'t>],
) -> Vec<Planned<'t>> {
    let mut planned = Vec::new();
    let mut built = 0;
    for (index, project) in projects.iter_mut().enumerate() {
        for service in 0..project.services.len() {
            let Some(file) = dockerfile_of(shelf, trees.sources, &project.services[service]) else {
                continue;
            };
            let Some(tree) = trees.dockerfile(file) else {
                continue;
            };
            built += tree.text.len().max(LEAST_BUILT);
            if built > MOST_BUILT {
                leave_out(project, service);
                return planned;
            }
            planned.push(Planned {
                file,
                tree,
                origin: Origin::Service {
                    project: index,
                    service,
                },
                invocation: of_service(project, service, request, proxies),
            });
        }
    }
    planned
}

/// Tells each build how many there are of its file.
fn share_costs(planned: &mut [Planned<'_>]) {
    let mut builds: HashMap<FileId, usize> = HashMap::new();
    for build in &*planned {
        *builds.entry(build.file).or_default() += 1;
    }
    for build in planned {
        build.invocation.builds_of_file = builds[&build.file];
    }
}

/// Says that a service's build, and those behind it, are more than is looked at.
fn leave_out(project: &mut Project<'_>, service: usize) {
    let service = &project.services[service];
    let message = format!(
        "the services build more than {} MB of Dockerfiles: from `{}` on they are not looked at",
        MOST_BUILT >> 20,
        service.name
    );
    let kind = compose::DiagnosticKind::TooMuch;
    let diagnostic = compose::Diagnostic::new(kind, service.name_at, message);
    project.diagnostics.push(diagnostic);
}

/// The Dockerfile that a service builds, if it is among the files.
fn dockerfile_of(
    shelf: &Shelf<'_, '_>,
    sources: &[SourceFile],
    service: &Service<'_>,
) -> Option<FileId> {
    let build = service.build.as_ref()?;
    let found = match &build.dockerfile {
        compose::Dockerfile::Inline(_, at) => {
            let location = inline_location(&sources[at.file.0 as usize], &service.name);
            shelf.find(&location, FileKind::Dockerfile).ok()
        }
        _ => shelf.dockerfile(build),
    };
    found.map(SourceFile::id)
}

/// What Compose asks BuildKit for.
fn of_service<'t>(
    project: &mut Project<'t>,
    service: usize,
    request: &'t Request,
    proxies: &ClientProxies,
) -> Invocation<'t> {
    let asked = project.services[service].clone();
    let first = project.files.first().copied();
    let given = request.given(first.unwrap_or(asked.name_at.file));
    let flags = given.build_args.into_iter();
    let flags: Vec<Flag> = flags
        .map(|RequestedArg { name, value }| Flag { name, value })
        .collect();
    let args = project.build_args(&asked, &flags, proxies);
    let mut provenance = Provenance::default();
    let mut known = HashMap::new();
    let build_args = args
        .into_iter()
        .filter_map(|arg| {
            Some(BuildArg {
                hop: provenance.adopt(&project.provenance, arg.hop, &mut known),
                name: arg.name,
                value: arg.value?,
            })
        })
        .collect();
    let build = asked.build.as_ref();
    let text = |field: Option<&compose::Field<'t>>| {
        field.and_then(|field| field.value.as_known().map(str::to_owned))
    };
    let network = text(build.and_then(|build| build.network.as_ref()));
    Invocation {
        build_args,
        target: text(build.and_then(|build| build.target.as_ref())).or(given.target),
        platform: given.platform,
        network: match network.as_deref() {
            Some("host") => Network::Host,
            Some("none") => Network::None,
            _ => Network::Default,
        },
        provenance,
        ..Invocation::default()
    }
}
