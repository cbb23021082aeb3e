//! A build as it may be shown: everything has passed the redaction door.
//!
//! With `machine`, the only file of `report/resolve/` that touches raw text.

use crate::finding::redact::{Door, Quotes, Redacted};
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::{
    Action, Base, Change, CopiedFrom, Mount, MountKind, Network, Program, Run, Stage, Step,
};
use crate::model::{HopId, Mechanism, Piece, Value};
use crate::report::words::{mechanism, unknown};
use crate::report::{PlaceView, SpotView, secrets};
use crate::source::{SourceFile, Span};

/// A resolved Dockerfile, or some lines of it.
#[derive(Debug)]
pub struct ResolveView {
    /// Its path.
    pub path: Redacted,
    /// The platform it is built for.
    pub platform: String,
    /// The stage that is built; `None` if there is none of the name asked for.
    pub target: Option<usize>,
    /// The stages that have something to show.
    pub stages: Vec<StageView>,
    /// Why BuildKit refuses the build.
    pub errors: Vec<ErrorView>,
    /// Only the steps of one line were asked for, so everything is told about them.
    pub is_close_up: bool,
}

/// A stage.
#[derive(Debug)]
pub struct StageView {
    /// Its number.
    pub index: usize,
    /// Its name.
    pub name: Option<Redacted>,
    /// What it builds on.
    pub base: BaseView,
    /// Where its FROM stands.
    pub place: PlaceView,
    /// Whether the target needs it.
    pub is_reached: bool,
    /// Its platform.
    pub platform: String,
    /// Its steps.
    pub steps: Vec<StepView>,
    /// The environment that its image keeps.
    pub image: Vec<VariableView>,
}

/// What a stage builds on.
#[derive(Debug)]
pub enum BaseView {
    /// A stage, by its number.
    Stage(usize),
    /// An image as it is named, and what is known of what it sets.
    Image {
        /// Its name; `None` if it cannot be known.
        name: Option<Redacted>,
        /// Whether all it sets is known.
        is_known: bool,
    },
    /// Nothing.
    Scratch,
}

/// A step.
#[derive(Debug)]
pub struct StepView {
    /// Its instruction's keyword, as written.
    pub keyword: Redacted,
    /// Its text on one line.
    pub text: Redacted,
    /// Where it stands.
    pub place: PlaceView,
    /// Whether it runs because of an `ONBUILD`.
    pub is_trigger: bool,
    /// What it sees, in the order of the process's environment.
    pub environment: Vec<VariableView>,
    /// What it runs and how, if it is a RUN.
    pub run: Option<RunView>,
    /// What `--from` names, if it copies from somewhere.
    pub copies_from: Option<Redacted>,
}

/// What a RUN runs, and how.
#[derive(Debug)]
pub struct RunView {
    /// The process's arguments.
    pub arguments: Vec<Redacted>,
    /// Its network.
    pub network: &'static str,
    /// Its user.
    pub user: Option<ValueView>,
    /// Its working directory.
    pub workdir: ValueView,
    /// Its mounts, in words.
    pub mounts: Vec<Redacted>,
}

/// A variable as a step sees it.
#[derive(Debug)]
pub struct VariableView {
    /// Its name.
    pub name: Redacted,
    /// Its value.
    pub value: ValueView,
    /// How it came, origins first.
    pub hops: Vec<HopView>,
    /// It comes from the base image alone.
    pub is_of_base: bool,
}

/// A value, as far as it is known.
#[derive(Debug)]
pub struct ValueView {
    /// Its pieces; a known value has one, an empty one none.
    pub pieces: Vec<PieceView>,
}

/// A piece of a value.
#[derive(Debug)]
pub enum PieceView {
    /// Text.
    Text(Redacted),
    /// Something that cannot be known, and why.
    Unknown(&'static str),
}

/// A hop on a value's way.
#[derive(Debug)]
pub struct HopView {
    /// What it is, in words.
    pub how: &'static str,
    /// Where it stands.
    pub place: Option<PlaceView>,
    /// The file it stands in, if that is not the one that is shown.
    pub file: Option<Redacted>,
}

/// A hop on a value's way through several files.
#[derive(Debug)]
pub struct SpottedHop {
    /// What it is, in words.
    pub how: &'static str,
    /// Where it stands.
    pub place: Option<SpotView>,
}

/// An error.
#[derive(Debug)]
pub struct ErrorView {
    /// What is wrong.
    pub message: Redacted,
    /// Where.
    pub place: PlaceView,
}

impl ResolveView {
    /// A build of the workspace; with `line`, only the steps of that line.
    pub fn new(workspace: &Workspace<'_>, build: &Build<'_>, line: Option<usize>) -> Self {
        let source = workspace.source(build.file);
        let door = Door::new(&workspace.names);
        let builder = Builder {
            workspace,
            build,
            source,
            line,
            secrets: secrets::of_build(workspace, build, door),
            door,
        };
        let reached = build
            .model
            .target
            .map(|target| build.model.reachable(target));
        let stages = build
            .model
            .stages
            .iter()
            .enumerate()
            .map(|(index, stage)| {
                let is_reached = reached.as_ref().is_some_and(|reached| reached[index]);
                builder.stage(index, stage, is_reached)
            })
            .filter(|stage| line.is_none() || !stage.steps.is_empty())
            .collect();
        let errors = build.model.errors.iter().map(|error| ErrorView {
            message: builder.text(&error.message),
            place: builder.place(error.span),
        });
        let of_target = build
            .model
            .target
            .and_then(|target| build.model.stages.get(target));
        Self {
            path: door.path(source.path()),
            platform: of_target.map_or_else(String::new, |stage| stage.platform.to_string()),
            target: build.model.target,
            stages,
            errors: errors.collect(),
            is_close_up: line.is_some(),
        }
    }
}

struct Builder<'a> {
    workspace: &'a Workspace<'a>,
    build: &'a Build<'a>,
    source: &'a SourceFile,
    line: Option<usize>,
    /// What must not be shown, wherever it was copied to.
    secrets: Quotes<'a>,
    door: Door<'a>,
}

impl Builder<'_> {
    fn text(&self, text: &str) -> Redacted {
        self.door.text_with(text, self.secrets.find(text))
    }

    fn value(&self, name: &str, value: &Value<'_>) -> ValueView {
        let known = |text: &str| {
            let quoted = self.secrets.find(text);
            PieceView::Text(self.door.value_with(name, text, quoted))
        };
        let pieces = match value {
            Value::Known(text) if text.is_empty() => Vec::new(),
            Value::Known(text) => vec![known(text)],
            Value::Partly(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => known(text),
                    Piece::Unknown(why) => PieceView::Unknown(unknown(*why)),
                })
                .collect(),
            Value::Unknown(why) => vec![PieceView::Unknown(unknown(*why))],
        };
        ValueView { pieces }
    }

    fn place(&self, span: Span) -> PlaceView {
        PlaceView::new(self.source, span)
    }

    fn stage(&self, index: usize, stage: &Stage<'_>, is_reached: bool) -> StageView {
        let steps = &self.build.model.steps[stage.steps.clone()];
        let mut image = self.build.model.image.all_at(stage.image_end);
        image.sort_by_key(|change| change.first);
        let image = image.into_iter();
        StageView {
            index,
            name: stage.name.as_deref().map(|name| self.text(name)),
            base: match &stage.base {
                Base::Stage(parent) => BaseView::Stage(*parent),
                Base::Image(reference) => BaseView::Image {
                    name: reference
                        .as_ref()
                        .map(|reference| self.text(&reference.familiar())),
                    is_known: stage.root == crate::model::dockerfile::Root::Complete,
                },
                Base::Scratch => BaseView::Scratch,
            },
            place: self.place(stage.from.span),
            is_reached,
            platform: stage.platform.to_string(),
            steps: steps
                .iter()
                .filter(|step| self.is_asked_for(step))
                .map(|step| self.step(step))
                .collect(),
            image: image.map(|change| self.change(change)).collect(),
        }
    }

    fn is_asked_for(&self, step: &Step<'_>) -> bool {
        let (first, last) = step.instruction.lines;
        self.line
            .is_none_or(|line| (first as usize..=last as usize).contains(&line))
    }

    fn step(&self, step: &Step<'_>) -> StepView {
        let environment = self.build.model.process_environment(step);
        let variable =
            |(name, value, hop): &(String, Value<'_>, HopId)| self.variable(name, value, *hop);
        StepView {
            keyword: self.text(step.instruction.text(&step.command.keyword_word)),
            text: self.text(step.instruction.line.text.trim()),
            place: self.place(step.instruction.span),
            is_trigger: step.triggered_by.is_some(),
            environment: environment.iter().map(variable).collect(),
            run: match &step.action {
                Action::Run(run) => Some(self.run(run)),
                _ => None,
            },
            copies_from: match &step.action {
                Action::Copy(copied) => copied.from.as_ref().map(|from| self.copied_from(from)),
                _ => None,
            },
        }
    }

    fn copied_from(&self, from: &CopiedFrom) -> Redacted {
        match from {
            CopiedFrom::Image(image) => self.text(image),
            CopiedFrom::Stage(index) => {
                let name = self
                    .build
                    .model
                    .stages
                    .get(*index)
                    .and_then(|stage| stage.name.clone());
                self.text(&name.unwrap_or_else(|| format!("stage {index}")))
            }
        }
    }

    fn change(&self, change: &Change<'_>) -> VariableView {
        self.variable(&change.name, &change.value, change.hop)
    }

    fn variable(&self, name: &str, value: &Value<'_>, hop: HopId) -> VariableView {
        let provenance = &self.build.model.provenance;
        let story = provenance.story(hop);
        let hops = story.into_iter().map(|hop| {
            let hop = provenance.hop(hop);
            let elsewhere = hop.at.filter(|at| at.file != self.source.id());
            let elsewhere = elsewhere.map(|at| (at, self.workspace.source(at.file)));
            HopView {
                how: mechanism(hop.how),
                place: match elsewhere {
                    Some((at, source)) => Some(PlaceView::new(source, at.span)),
                    None => hop.at.map(|at| self.place(at.span)),
                },
                file: elsewhere.map(|(_, source)| self.door.path(source.path())),
            }
        });
        VariableView {
            name: self.text(name),
            value: self.value(name, value),
            hops: hops.collect(),
            is_of_base: matches!(
                provenance.hop(hop).how,
                Mechanism::BaseImage | Mechanism::ImageDefault
            ),
        }
    }

    fn run(&self, run: &Run<'_>) -> RunView {
        let arguments = match &run.program {
            // The script is the step's text, which is shown already.
            Program::Shell { shell, .. } | Program::File { shell, .. } => shell.to_vec(),
            Program::Exec(_) => run.program.arguments(),
        };
        RunView {
            arguments: arguments
                .iter()
                .map(|argument| self.text(argument))
                .collect(),
            network: match run.network {
                Network::Default => "default",
                Network::None => "none",
                Network::Host => "host",
            },
            user: run.user.as_ref().map(|user| self.value("USER", user)),
            workdir: self.value("WORKDIR", &run.workdir),
            mounts: run
                .mounts
                .iter()
                .map(|(mount, _)| self.mount(mount))
                .collect(),
        }
    }

    fn mount(&self, mount: &Mount<'_>) -> Redacted {
        let mut text = match mount.kind {
            MountKind::Bind => "bind",
            MountKind::Cache => "cache",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Secret => "secret",
            MountKind::Ssh => "ssh",
        }
        .to_owned();
        let fields = [
            ("id", &mount.id),
            ("source", &mount.source),
            ("target", &mount.target),
            ("env", &mount.env),
        ];
        for (name, value) in fields {
            if let Some(value) = value.as_ref().and_then(Value::as_known) {
                text += &format!(" {name}={value}");
            }
        }
        if let Some(from) = &mount.from {
            text += &format!(" from={from}");
        }
        self.text(&text)
    }
}
