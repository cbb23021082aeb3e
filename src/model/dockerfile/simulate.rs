//! The run through a file: global arguments, stages, their order
//! (upstream: `toDispatchState` in `dockerfile2llb/convert.go`).

use std::sync::Arc;

use hashbrown::HashMap;

use super::arg::ArgWord;
use super::budget::Budget;
use super::build::{
    Base, BaseImage, BaseImages, Build, BuildArg, Declaration, DeclarationSource, Invocation,
    ProxyVariable, Root, Stage, Step, Use,
};
use super::copy::CopiedFrom;
use super::error::{BuildError, Phase, Scope};
use super::expand::{self, Found, Lookup, Refusal};
use super::platform::Platform;
use super::reference::Reference;
use super::structure::{self, StageText, Structure, words};
use super::timeline::Timeline;
use super::{epoch, flags, graph, options};
use crate::model::variables::PREDEFINED_PROXIES;
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{FileId, Location, SourceFile, Span};
use crate::syntax::dockerfile::word::Lexer;
use crate::syntax::dockerfile::{Command, Dockerfile, Instruction, Word};

/// Simulates a build of a file.
pub fn simulate<'f>(
    source: &'f SourceFile,
    file: &'f Dockerfile<'f>,
    invocation: &Invocation<'f>,
    images: &dyn BaseImages<'f>,
) -> Build<'f> {
    let structure = structure::structure(file);
    let mut simulation = Simulation::new(source, file, invocation, images);
    simulation.errors.extend(structure.errors.iter().cloned());
    options::check(&mut simulation, file);
    simulation.globals(&structure);
    simulation.stages(&structure);
    simulation.target(invocation);
    graph::connect(&mut simulation, &structure);
    simulation.run_stages(&structure);
    simulation.finish(&structure)
}

/// A value with the hop that brought it.
pub(super) type Setting<'f> = (Value<'f>, HopId);

/// Where a word stands, to say where its variables stand.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// At this offset of the joined line, character by character.
    Line(usize),
    /// Anywhere in this span: its text differs from the file's.
    Within(Span),
    /// At this offset of the file.
    File(usize),
}

/// What a stage hands on to its children besides the environment.
#[derive(Clone, Debug)]
pub(super) struct Settings<'f> {
    pub workdir: Value<'f>,
    pub user: Option<Value<'f>>,
    pub shell: Option<Arc<[String]>>,
    pub platform: Arc<Platform>,
    pub root: Root,
    pub root_hop: HopId,
    pub root_image: Option<Arc<Reference>>,
    /// Variables of the image that an `ARG` has overridden for the stage's own steps.
    pub overridden: Vec<String>,
}

/// A stage before it is run.
pub(super) struct Planned<'f> {
    pub base: Base,
    pub base_span: Span,
    pub from_uses: std::ops::Range<usize>,
    pub platform: Option<Arc<Platform>>,
    pub needs: Vec<usize>,
    pub children: Vec<usize>,
    pub triggers: Vec<Trigger<'f>>,
    /// What the image it builds on brings.
    pub image: BaseImage<'f>,
    pub settings: Option<Settings<'f>>,
    pub stage: Option<Stage<'f>>,
    pub steps: Vec<Step<'f>>,
}

/// An `ONBUILD` that a stage runs at its beginning.
#[derive(Clone, Copy)]
pub(super) struct Trigger<'f> {
    pub instruction: &'f Instruction<'f>,
    pub command: &'f Command,
    /// It stands in another file, so its bytes cannot be shown.
    pub is_foreign: bool,
}

/// The state of a simulation.
pub(super) struct Simulation<'f, 'c> {
    pub file: FileId,
    pub invalid: &'f [u32],
    pub images: &'c dyn BaseImages<'f>,
    pub invocation: &'c Invocation<'f>,
    pub build_args: HashMap<String, Setting<'f>>,
    pub global_values: HashMap<String, Setting<'f>>,
    pub global_declarations: Vec<Declaration<'f>>,
    pub environment: Timeline<'f>,
    pub image: Timeline<'f>,
    pub provenance: Provenance,
    pub uses: Vec<Use>,
    pub errors: Vec<BuildError>,
    pub planned: Vec<Planned<'f>>,
    pub names: HashMap<String, usize>,
    pub target: Option<usize>,
    pub target_platform: Arc<Platform>,
    pub lexer: Lexer,
    pub budget: Budget,
}

impl<'f, 'c> Simulation<'f, 'c> {
    fn new(
        source: &'f SourceFile,
        text: &'f Dockerfile<'f>,
        invocation: &'c Invocation<'f>,
        images: &'c dyn BaseImages<'f>,
    ) -> Self {
        let build_args = invocation
            .build_args
            .iter()
            .map(|arg| (arg.name.clone(), (arg.value.clone(), arg.hop)))
            .collect();
        Self {
            file: source.id(),
            invalid: source.invalid(),
            images,
            invocation,
            build_args,
            global_values: HashMap::new(),
            global_declarations: Vec::new(),
            environment: Timeline::default(),
            image: Timeline::default(),
            provenance: invocation.provenance.clone(),
            uses: Vec::new(),
            errors: Vec::new(),
            planned: Vec::new(),
            names: HashMap::new(),
            target: None,
            target_platform: Arc::new(invocation.platform.clone().unwrap_or_default()),
            lexer: Lexer::new(text.escape),
            budget: Budget::shared_by(invocation.builds_of_file),
        }
    }

    pub fn location(&self, span: Span) -> Option<Location> {
        Some(Location {
            file: self.file,
            span,
        })
    }

    /// Expands a word and notes the variables it mentions. The result's hops are those of the
    /// variables that were found.
    pub fn expand(
        &mut self,
        instruction: &'f Instruction<'f>,
        text: &'f str,
        origin: Origin,
        lexer: Lexer,
        lookup: impl Fn(&Self, &str) -> Lookup<'f>,
    ) -> Result<(Value<'f>, Vec<HopId>), Refusal> {
        let mut budget = std::mem::take(&mut self.budget);
        let expanded = expand::expand(text, lexer, &mut budget, |name| lookup(self, name));
        self.budget = budget;
        let expanded = expanded?;
        let mut hops = Vec::new();
        for mention in expanded.mentions {
            if let Found::Set(hop) = mention.found {
                hops.push(hop);
            }
            let span = match origin {
                Origin::Line(at) => instruction
                    .line
                    .map
                    .span(at + mention.start, at + mention.end),
                Origin::File(at) => Span::new(at + mention.start, at + mention.end),
                Origin::Within(span) => span,
            };
            self.uses.push(Use {
                span,
                name: mention.name,
                handles_unset: mention.handles_unset,
                found: mention.found,
            });
        }
        Ok((expanded.value, hops))
    }

    /// Where a word's text stands.
    pub fn origin(instruction: &Instruction<'_>, word: &Word) -> Origin {
        match word.cooked {
            None => Origin::Line(word.start as usize),
            Some(_) => Origin::Within(instruction.span_of(word)),
        }
    }

    pub fn lookup_global(&self, name: &str) -> Lookup<'f> {
        match self.global_values.get(name) {
            Some((value, hop)) => Lookup::Set(value.clone(), *hop),
            None => Lookup::Unset,
        }
    }

    /// The arguments BuildKit predefines, then the `ARG`s above the first `FROM`.
    fn globals(&mut self, structure: &Structure<'f>) {
        let target_name = match &self.invocation.target {
            Some(target) if !target.is_empty() => target.clone(),
            _ => structure
                .stages
                .last()
                .and_then(|stage| stage.name.clone())
                .unwrap_or_else(|| "default".to_owned()),
        };
        for (name, value) in predefined(&self.target_platform, target_name) {
            let setting = match self.build_args.get(name) {
                Some(setting) => setting.clone(),
                None => {
                    let hop = self.provenance.add(Mechanism::PredefinedArg, None, &[]);
                    (Value::known(value), hop)
                }
            };
            self.global_values.insert(name.to_owned(), setting);
        }
        for &instruction in &structure.globals {
            for word in words(&instruction.command) {
                match self.global(instruction, word) {
                    Ok(declaration) => self.global_declarations.push(declaration),
                    Err(error) => {
                        let span = instruction.span_of(word);
                        self.error_in(Scope::File, instruction, span, error);
                    }
                }
            }
        }
        epoch::resolve(self, structure);
    }

    fn global(
        &mut self,
        instruction: &'f Instruction<'f>,
        word: &'f Word,
    ) -> Result<Declaration<'f>, Refusal> {
        let parts = ArgWord::new(instruction, word);
        let mut source = DeclarationSource::Nothing;
        let mut value = None;
        if let Some((given, hop)) = self.build_args.get(parts.name).cloned() {
            let at = self.location(parts.name_span);
            let hop = self.provenance.add(Mechanism::GlobalArg, at, &[hop]);
            source = DeclarationSource::BuildArg;
            value = Some((given, hop));
        } else if let Some((text, start)) = parts.default {
            let origin = Origin::Line(start);
            let lexer = self.lexer;
            let (expanded, hops) = self.expand(instruction, text, origin, lexer, |s, name| {
                s.lookup_global(name)
            })?;
            let at = self.location(instruction.span_of(word));
            let hop = self.provenance.add(Mechanism::GlobalArg, at, &hops);
            source = DeclarationSource::Default;
            value = Some((expanded, hop));
        }
        if let Some(setting) = &value {
            self.global_values
                .insert(parts.name.to_owned(), setting.clone());
        }
        Ok(Declaration {
            name: parts.name.to_owned(),
            name_span: parts.name_span,
            default_span: parts.default_span,
            value,
            source,
        })
    }

    /// Resolves what every `FROM` names.
    fn stages(&mut self, structure: &Structure<'f>) {
        self.planned.reserve_exact(structure.stages.len());
        for (index, stage) in structure.stages.iter().enumerate() {
            let planned = self.plan(stage);
            if let Base::Stage(parent) = planned.base {
                self.planned[parent].children.push(index);
            }
            self.planned.push(planned);
            if let Some(name) = &stage.name {
                self.names.insert(name.clone(), index);
            }
        }
    }

    fn plan(&mut self, stage: &StageText<'f>) -> Planned<'f> {
        let first_use = self.uses.len();
        let (base, base_span) = self.base(stage);
        let platform = self.platform(stage);
        let image = match &base {
            Base::Image(Some(reference)) => self.images.config(reference),
            Base::Image(None) | Base::Stage(_) => BaseImage::default(),
            Base::Scratch => BaseImage {
                is_complete: true,
                ..BaseImage::default()
            },
        };
        Planned {
            base,
            base_span,
            from_uses: first_use..self.uses.len(),
            platform: platform.map(Arc::new),
            needs: Vec::new(),
            children: Vec::new(),
            triggers: Vec::new(),
            image,
            settings: None,
            stage: None,
            steps: Vec::new(),
        }
    }

    /// What `FROM` names, and where it names it.
    fn base(&mut self, stage: &StageText<'f>) -> (Base, Span) {
        let from = stage.from;
        let Some(word) = stage.base else {
            return (Base::Image(None), from.span);
        };
        let span = from.span_of(word);
        let text = from.text(word);
        let origin = Self::origin(from, word);
        let lexer = self.lexer;
        let expanded = self.expand(from, text, origin, lexer, |s, name| s.lookup_global(name));
        let value = match expanded {
            Ok((value, _)) => value,
            Err(error) => {
                self.error_in(Scope::File, from, span, error);
                return (Base::Image(None), span);
            }
        };
        let Some(name) = value.as_known() else {
            return (Base::Image(None), span);
        };
        if name.is_empty() {
            let message = format!("`{text}` is empty here, so FROM has no image");
            self.error_in(Scope::File, from, span, message);
            return (Base::Image(None), span);
        }
        if let Some(&parent) = self.names.get(name) {
            return (Base::Stage(parent), span);
        }
        if name == "scratch" {
            return (Base::Scratch, span);
        }
        (self.image_base(from, span, name), span)
    }

    fn image_base(&mut self, from: &'f Instruction<'f>, span: Span, name: &str) -> Base {
        match Reference::parse(name) {
            Ok(reference) => Base::Image(Some(Arc::new(reference))),
            Err(what) => {
                let message = format!("`{name}` is no image: {what}");
                let similar = self.names.contains_key(&name.to_lowercase());
                let message = if similar {
                    format!("{message}; the stage is called `{}`", name.to_lowercase())
                } else {
                    message
                };
                // Reported behind the graph's errors, as BuildKit resolves images later.
                self.planned_image_error(from, span, message);
                Base::Image(None)
            }
        }
    }

    fn planned_image_error(&mut self, from: &Instruction<'_>, span: Span, message: String) {
        let mut error = BuildError::in_instruction(Scope::File, from, span, message);
        error.phase = Phase::Images;
        self.errors.push(error);
    }

    fn platform(&mut self, stage: &StageText<'f>) -> Option<Platform> {
        let (text, word) = stage.platform?;
        let from = stage.from;
        let span = from.span_of(word);
        let lexer = self.lexer;
        let origin = match word.cooked {
            None => Origin::Line(word.end as usize - text.len()),
            Some(_) => Origin::Within(span),
        };
        let expanded = self.expand(from, text, origin, lexer, |s, name| s.lookup_global(name));
        let message = match expanded {
            Ok((value, _)) => {
                let known = value.as_known()?;
                match Platform::parse(known) {
                    Some(platform) => return Some(platform),
                    None if known.is_empty() => format!("`{text}` is empty here"),
                    None => format!("`{known}` is no platform; write `linux/amd64` or the like"),
                }
            }
            Err(error) => {
                self.error_in(Scope::File, from, span, error);
                return None;
            }
        };
        self.error_in(Scope::File, from, span, message);
        None
    }

    fn target(&mut self, invocation: &Invocation<'f>) {
        self.target = match invocation.target.as_deref() {
            None | Some("") => self.planned.len().checked_sub(1),
            Some(name) => self.names.get(&name.to_lowercase()).copied(),
        };
        if self.target.is_none() && !self.planned.is_empty() {
            let name = invocation.target.as_deref().unwrap_or_default();
            self.errors.push(BuildError::unlocated(
                Scope::Target,
                Span::at(0),
                format!("there is no stage `{name}` to build"),
            ));
        }
    }

    /// Runs all stages along the tree of their bases.
    fn run_stages(&mut self, structure: &Structure<'f>) {
        enum Visit {
            Enter(usize),
            Leave(usize, usize),
        }
        let is_root = |planned: &Planned<'_>| !matches!(planned.base, Base::Stage(_));
        let mut stack: Vec<Visit> = (0..self.planned.len())
            .rev()
            .filter(|&index| is_root(&self.planned[index]))
            .map(Visit::Enter)
            .collect();
        while let Some(visit) = stack.pop() {
            match visit {
                Visit::Enter(index) => {
                    stack.push(Visit::Leave(self.environment.mark(), self.image.mark()));
                    self.run_stage(index, structure);
                    let children = std::mem::take(&mut self.planned[index].children);
                    stack.extend(children.into_iter().rev().map(Visit::Enter));
                }
                Visit::Leave(environment, image) => {
                    self.environment.undo_to(environment);
                    self.image.undo_to(image);
                }
            }
        }
    }

    pub fn error_in(
        &mut self,
        scope: Scope,
        instruction: &Instruction<'_>,
        span: Span,
        refusal: impl Into<Refusal>,
    ) {
        let Refusal { message, demands } = refusal.into();
        let error = BuildError::in_instruction(scope, instruction, span, message);
        self.errors.push(BuildError { demands, ..error });
    }

    fn proxies(&self) -> Vec<ProxyVariable<'f>> {
        // Names are compared without case, walked in byte order, the last one wins
        // (`facts/buildkit.md` 1.3).
        let mut given: Vec<_> = self.build_args.iter().collect();
        given.sort_by_key(|(name, _)| name.as_str());
        PREDEFINED_PROXIES
            .iter()
            .filter_map(|&proxy| {
                let (_, (value, hop)) = given
                    .iter()
                    .rev()
                    .find(|(name, _)| name.eq_ignore_ascii_case(proxy))?;
                Some(ProxyVariable {
                    name: proxy,
                    value: value.clone(),
                    hop: *hop,
                })
            })
            .collect()
    }

    fn finish(mut self, structure: &Structure<'f>) -> Build<'f> {
        let proxies = self.proxies();
        let mut stages = Vec::with_capacity(self.planned.len());
        let count = self.planned.iter().map(|planned| planned.steps.len()).sum();
        let mut steps = Vec::with_capacity(count);
        for planned in &mut self.planned {
            let start = steps.len();
            steps.append(&mut planned.steps);
            if let Some(mut stage) = planned.stage.take() {
                stage.steps = start..steps.len();
                stages.push(stage);
            }
        }
        debug_assert_eq!(stages.len(), structure.stages.len());
        // Stable: errors that BuildKit finds later stand behind the others.
        self.errors.sort_by_key(|error| error.phase);
        Build {
            file: self.file,
            stages,
            steps,
            globals: self.global_declarations,
            uses: self.uses,
            environment: self.environment,
            image: self.image,
            proxies,
            build_args: self
                .invocation
                .build_args
                .iter()
                .map(BuildArg::clone)
                .collect(),
            provenance: self.provenance,
            errors: self.errors,
            target: self.target,
        }
    }

    /// The stage or image that a `--from` or `from=` names.
    pub fn find_stage(&self, name: &str) -> Option<usize> {
        let found = self.names.get(name);
        let found = found.or_else(|| self.names.get(&name.to_lowercase()));
        found.copied()
    }

    /// What `--from` of a COPY names; an index must exist.
    pub fn copied_from(
        &self,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Option<CopiedFrom> {
        let (from, _) =
            flags::value(instruction, command, "from").filter(|(v, _)| !v.is_empty())?;
        Some(match from.parse::<usize>() {
            Ok(index) => CopiedFrom::Stage(index),
            Err(_) => match self.find_stage(from) {
                Some(index) => CopiedFrom::Stage(index),
                None => CopiedFrom::Image(from.to_owned()),
            },
        })
    }
}

/// The arguments BuildKit predefines (upstream: `dockerfile2llb/platform.go`). docklint takes the
/// builder to be of the default platform.
fn predefined(target: &Platform, target_name: String) -> [(&'static str, String); 11] {
    let build = Platform::default();
    [
        ("BUILDPLATFORM", build.short()),
        ("BUILDOS", build.os.clone()),
        ("BUILDOSVERSION", build.os_version.clone()),
        ("BUILDARCH", build.architecture.clone()),
        ("BUILDVARIANT", build.variant),
        ("TARGETPLATFORM", target.to_string()),
        ("TARGETOS", target.os.clone()),
        ("TARGETOSVERSION", target.os_version.clone()),
        ("TARGETARCH", target.architecture.clone()),
        ("TARGETVARIANT", target.variant.clone()),
        ("TARGETSTAGE", target_name),
    ]
}
