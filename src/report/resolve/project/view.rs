//! A compose project as it may be shown: everything has passed the redaction door.
//!
//! The only file of `report/resolve/project/` that touches raw text.

use crate::finding::redact::{Door, Quotes, Redacted};
use crate::flow::{Origin, Workspace};
use crate::model::compose::{Arg, Dockerfile, Field, Level, Project, Service};
use crate::model::{HopId, Piece, Provenance, Value};
use crate::report::resolve::view::{PieceView, ValueView};
use crate::report::words::{mechanism, unknown};
use crate::source::{FileId, Location, Position, Span};

/// A resolved compose project, or one service of it.
#[derive(Debug)]
pub struct ProjectView {
    /// The files it is read from.
    pub files: Vec<String>,
    /// Its name.
    pub name: ValueView,
    /// The active profiles.
    pub profiles: Vec<Redacted>,
    /// Its services.
    pub services: Vec<ServiceView>,
    /// What Compose would say.
    pub said: Vec<SaidView>,
}

/// A service.
#[derive(Debug)]
pub struct ServiceView {
    /// Its name.
    pub name: Redacted,
    /// Where it stands.
    pub place: SpotView,
    /// Whether its profiles are active.
    pub is_enabled: bool,
    /// Its image.
    pub image: Option<ValueView>,
    /// Its build.
    pub build: Option<BuildView>,
    /// The environment of its containers.
    pub environment: Vec<SettingView>,
    /// The secrets its containers can read.
    pub secrets: Vec<Redacted>,
}

/// A build.
#[derive(Debug)]
pub struct BuildView {
    /// Where it stands.
    pub place: SpotView,
    /// The context.
    pub context: ValueView,
    /// The Dockerfile, if it is a file.
    pub dockerfile: Option<ValueView>,
    /// Whether the Dockerfile was found.
    pub is_found: bool,
    /// The stage that is built; the last one if none is named.
    pub target: Option<ValueView>,
    /// The network of its steps.
    pub network: Option<ValueView>,
    /// What it is passed.
    pub args: Vec<SettingView>,
    /// The secrets its steps can mount.
    pub secrets: Vec<Redacted>,
}

/// A variable that a build or a container gets.
#[derive(Debug)]
pub struct SettingView {
    /// Its name.
    pub name: Redacted,
    /// Its value; none for a name that nothing fills.
    pub value: Option<ValueView>,
    /// How it came, origins first.
    pub hops: Vec<SpottedHop>,
}

/// A hop on a value's way through several files.
#[derive(Debug)]
pub struct SpottedHop {
    /// What it is, in words.
    pub how: &'static str,
    /// Where it stands.
    pub place: Option<SpotView>,
}

/// Bytes of a file.
#[derive(Clone, Debug)]
pub struct SpotView {
    /// The file.
    pub file: String,
    /// The bytes.
    pub span: Span,
    /// The first one's line and column.
    pub start: Position,
    /// Line and column behind the last one.
    pub end: Position,
}

/// Something that Compose would say.
#[derive(Debug)]
pub struct SaidView {
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// The words.
    pub message: Redacted,
    /// Where.
    pub place: Option<SpotView>,
}

impl ProjectView {
    /// The project that is read from a file; with `line`, only the service that stands there.
    pub fn new(workspace: &Workspace<'_>, file: FileId, line: Option<usize>) -> Option<Self> {
        let mut projects = workspace.projects.iter().enumerate();
        let (index, project) = projects.find(|(_, project)| project.own_files().contains(&file))?;
        let viewer = Viewer {
            workspace,
            project,
            index,
            secrets: secrets(workspace, project),
        };
        let asked = line.map(|line| viewer.service_at(file, line));
        let services = project.services.iter().enumerate();
        let services =
            services.filter(|(index, _)| asked.is_none_or(|asked| asked == Some(*index)));
        let said = project.diagnostics.iter().map(|said| SaidView {
            level: match said.kind.level() {
                Level::Note => "note",
                Level::Warning => "warning",
                Level::Error => "error",
            },
            message: viewer.text(&said.message),
            place: said.at.map(|at| viewer.place(at)),
        });
        Some(Self {
            files: project
                .files
                .iter()
                .map(|&file| workspace.source(file).path().to_owned())
                .collect(),
            name: viewer.value("name", &project.name),
            profiles: project
                .profiles
                .iter()
                .map(|name| viewer.text(name))
                .collect(),
            services: services
                .map(|(index, service)| viewer.service(index, service))
                .collect(),
            said: said.collect(),
        })
    }
}

struct Viewer<'w> {
    workspace: &'w Workspace<'w>,
    project: &'w Project<'w>,
    index: usize,
    /// What is masked in the project's files: it must not come out where it was copied to.
    secrets: Quotes<'w>,
}

fn secrets<'w>(workspace: &'w Workspace<'_>, project: &Project<'_>) -> Quotes<'w> {
    let settings = project.dotenv.iter().map(|setting| setting.name_at.file);
    let env_files = project
        .services
        .iter()
        .flat_map(|service| &service.env_files);
    let mut files: Vec<FileId> = project.files.clone();
    files.extend(settings);
    files.extend(env_files.filter_map(|file| file.file));
    files.sort_unstable();
    files.dedup();
    let door = Door::new(&workspace.names);
    let mut secrets = Vec::new();
    for file in files {
        let source = workspace.source(file);
        let mask = door.mask(source);
        secrets.extend(mask.secrets(source.text()).map(str::trim));
    }
    // What was told of the caller's shell stands in no file.
    for (name, value) in &workspace.request.process.variables {
        let known = value.as_known().unwrap_or_default();
        secrets.extend(door.secrets_of(name, known));
    }
    Quotes::new(secrets)
}

impl Viewer<'_> {
    fn text(&self, text: &str) -> Redacted {
        self.door().text_with(text, self.secrets.find(text))
    }

    fn door(&self) -> Door<'_> {
        Door::new(&self.workspace.names)
    }

    /// A value, masked by its name and by the secrets it is made of.
    fn known(&self, name: &str, text: &str) -> PieceView {
        let quoted = self.secrets.find(text);
        PieceView::Text(self.door().value_with(name, text, quoted))
    }

    fn value(&self, name: &str, value: &Value<'_>) -> ValueView {
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => self.known(name, text),
            Piece::Unknown(why) => PieceView::Unknown(unknown(*why)),
        };
        let pieces = match value {
            Value::Known(text) if text.is_empty() => Vec::new(),
            Value::Known(text) => vec![self.known(name, text)],
            Value::Partly(pieces) => pieces.iter().map(piece).collect(),
            Value::Unknown(why) => vec![PieceView::Unknown(unknown(*why))],
        };
        ValueView { pieces }
    }

    fn path(&self, field: &Field<'_>) -> ValueView {
        let shown = field
            .value
            .as_known()
            .map(|path| self.workspace.shown(path));
        match shown {
            Some(path) => self.value("path", &Value::known(path)),
            None => self.value("path", &field.value),
        }
    }

    fn place(&self, at: Location) -> SpotView {
        let file = self.workspace.source(at.file);
        let position = |offset: u32| file.lines().position(file.text(), offset as usize);
        SpotView {
            file: file.path().to_owned(),
            span: at.span,
            start: position(at.span.start),
            end: position(at.span.end),
        }
    }

    /// The last service of a file that begins on the line or above it.
    fn service_at(&self, file: FileId, line: usize) -> Option<usize> {
        let lines = self.workspace.source(file).lines();
        let services = self.project.services.iter().enumerate();
        services
            .filter(|(_, service)| service.name_at.file == file)
            .map(|(index, service)| (lines.line(service.name_at.span.start as usize), index))
            .filter(|&(begins, _)| begins <= line)
            .max()
            .map(|(_, index)| index)
    }

    fn service(&self, index: usize, service: &Service<'_>) -> ServiceView {
        let provenance = &self.project.provenance;
        ServiceView {
            name: self.text(&service.name),
            place: self.place(service.name_at),
            is_enabled: service.is_enabled,
            image: service
                .image
                .as_ref()
                .map(|image| self.value("image", &image.value)),
            build: self.build(index, service),
            environment: service
                .environment
                .iter()
                .map(|entry| self.setting(&entry.name, entry.value.as_ref(), entry.hop, provenance))
                .collect(),
            secrets: service
                .secrets
                .iter()
                .map(|used| self.text(&used.source))
                .collect(),
        }
    }

    fn build(&self, index: usize, service: &Service<'_>) -> Option<BuildView> {
        let build = service.build.as_ref()?;
        let origin = Origin::Service {
            project: self.index,
            service: index,
        };
        let mut builds = self.workspace.builds.iter();
        let linked = builds.find(|linked| linked.origin == origin);
        let field = |field: &Option<Field<'_>>, name: &str| {
            field.as_ref().map(|field| self.value(name, &field.value))
        };
        let own = build.args.iter();
        let own = |is_shown: &dyn Fn(&Arg<'_>) -> bool| -> Vec<SettingView> {
            let shown = own.clone().filter(|arg| is_shown(arg));
            let provenance = &self.project.provenance;
            shown
                .map(|arg| self.setting(&arg.name, arg.value.as_ref(), arg.hop, provenance))
                .collect()
        };
        let args = match linked {
            // With what the command line adds and replaces.
            Some(linked) => {
                let given = linked.model.build_args.iter().map(|arg| {
                    let provenance = &linked.model.provenance;
                    self.setting(&arg.name, Some(&arg.value), arg.hop, provenance)
                });
                given.chain(own(&|arg| arg.value.is_none())).collect()
            }
            None => own(&|_| true),
        };
        Some(BuildView {
            place: self.place(build.at),
            context: self.path(&build.context),
            dockerfile: match &build.dockerfile {
                Dockerfile::File(file) | Dockerfile::Both { file, .. } => {
                    Some(match build.dockerfile_path() {
                        Some(path) => {
                            self.value("path", &Value::known(self.workspace.shown(&path)))
                        }
                        None => self.value("path", &file.value),
                    })
                }
                Dockerfile::Inline(..) => None,
            },
            is_found: linked.is_some(),
            target: field(&build.target, "target"),
            network: field(&build.network, "network"),
            args,
            secrets: build
                .secrets
                .iter()
                .map(|used| self.text(used.id()))
                .collect(),
        })
    }

    fn setting(
        &self,
        name: &str,
        value: Option<&Value<'_>>,
        hop: HopId,
        provenance: &Provenance,
    ) -> SettingView {
        let hops = provenance.story(hop).into_iter().map(|hop| {
            let hop = provenance.hop(hop);
            SpottedHop {
                how: mechanism(hop.how),
                place: hop.at.map(|at| self.place(at)),
            }
        });
        SettingView {
            name: self.text(name),
            value: value.map(|value| self.value(name, value)),
            hops: hops.collect(),
        }
    }
}
