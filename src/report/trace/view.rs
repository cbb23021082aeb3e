//! A trace as it may be shown: everything has passed the redaction door.
//!
//! The only files of `report/trace/` that touch raw text are this one, `outside` and `feeds`.

use std::ops::Range;

use hashbrown::{HashMap, HashSet};

use super::feeds::{FeedView, feeds};
use super::outside::Outside;
use super::tree::{Row, Tree};
use crate::finding::redact::{Door, Quotes, Redacted};
use crate::flow::reach::{self, Means, Reader, Reads, Stop, Stopped, Trace, TracedSetting};
use crate::flow::{Build, Workspace};
use crate::model::dockerfile::{Base, Stage};
use crate::model::{Mechanism, Piece, Value};
use crate::report::words::unknown;
use crate::report::{PlaceView, secrets};
use crate::source::{FileId, Location, SourceFile, Span};

/// A variable followed through daemons, clients and Dockerfiles.
#[derive(Debug)]
pub struct TraceView {
    /// The variable as it was asked for.
    pub variable: Redacted,
    /// Its other spelling, if both are one story.
    pub twin: Option<Redacted>,
    /// The daemons, the clients and the Dockerfiles that have to do with it.
    pub parts: Vec<PartView>,
    /// How many Dockerfiles never mention it.
    pub left_out: usize,
    /// What it goes into under other names.
    pub feeds: Vec<FeedView>,
}

/// What a part of the story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A Dockerfile.
    Dockerfile,
    /// A daemon: the machine's own, or one that the project ships files for.
    Daemon {
        /// Whether it is the machine's own.
        is_on_host: bool,
        /// Whether it starts, as far as its files tell.
        starts: bool,
    },
    /// A client's `config.json`.
    Client,
}

/// A part of the story.
#[derive(Debug)]
pub struct PartView {
    /// What it is about.
    pub subject: Subject,
    /// The file's path; of a daemon the name of its unit.
    pub path: Redacted,
    /// The line that was asked about.
    pub line: Option<usize>,
    /// The service that it is built for.
    pub service: Option<ServiceView>,
    /// Its stages, in order.
    pub stages: Vec<StageView>,
    /// The settings, each with where it goes, and the commands that get nothing.
    pub tree: Tree,
    /// How many places set it.
    pub settings: usize,
    /// How many commands are known to read it.
    pub readers: usize,
    /// How many of them get a value.
    pub served: usize,
    /// How many other instructions take it into their text.
    pub uses: usize,
}

/// A service of a compose project.
#[derive(Debug)]
pub struct ServiceView {
    /// Its name.
    pub name: Redacted,
    /// The path of the file that it stands in.
    pub file: Redacted,
}

/// A stage.
#[derive(Debug)]
pub struct StageView {
    /// Its name, or its number.
    pub name: Redacted,
    /// What it builds on.
    pub base: Redacted,
    /// Where its FROM stands.
    pub place: PlaceView,
    /// Whether it is the one that is built.
    pub is_target: bool,
    /// Whether the target needs it.
    pub is_reached: bool,
}

impl TraceView {
    /// Follows `variable` through every build of the workspace. A file that has nothing to do with it
    /// is only counted, unless `line` asks about it.
    pub fn new(workspace: &Workspace<'_>, variable: &str, line: Option<usize>) -> Self {
        let outside = Outside::new(workspace, variable);
        let mut parts = match line {
            None => outside.parts(),
            Some(line) => outside.parts_at(line),
        };
        let mut left_out = 0;
        // What is masked in a build's files is looked for once, however many services build it.
        let mut quotes: HashMap<(FileId, Option<usize>), Quotes<'_>> = HashMap::new();
        for build in &workspace.builds {
            let of_files = quotes
                .entry((build.file, build.project()))
                .or_insert_with(|| secrets::of_files(workspace, build, outside.door()));
            // The line is one of the file that was asked about, whatever that one builds.
            let is_asked = workspace.source(build.file).is_asked_for();
            let own_line = line.filter(|_| is_asked);
            let mut view = PartView::new(&outside, build, variable, own_line, of_files);
            if let (Some(line), false) = (line, is_asked) {
                outside.keep_line(&mut view, line);
                if view.tree.rows.is_empty() {
                    continue;
                }
            }
            match view.is_empty() && line.is_none() {
                true => left_out += 1,
                false => parts.push(view),
            }
        }
        let twin = match variable.bytes().any(|byte| byte.is_ascii_lowercase()) {
            true => variable.to_uppercase(),
            false => variable.to_lowercase(),
        };
        let door = Door::new(&workspace.names);
        let has_twin = reach::ignores_case(variable) && twin != variable;
        Self {
            variable: door.text(variable),
            twin: has_twin.then(|| door.text(&twin)),
            parts,
            left_out,
            feeds: match line {
                None => feeds(workspace, variable),
                Some(_) => Vec::new(),
            },
        }
    }
}

impl PartView {
    fn new(
        outside: &Outside<'_>,
        build: &Build<'_>,
        variable: &str,
        line: Option<usize>,
        of_files: &Quotes<'_>,
    ) -> Self {
        let workspace = outside.workspace;
        let source = workspace.source(build.file);
        let line_number = line.and_then(|line| u32::try_from(line).ok());
        let trace = reach::trace(build, variable, line_number);
        let shown = Shown::new(workspace, build, outside, of_files);
        let known = trace
            .readers
            .iter()
            .filter(|reader| reader.is_reached && reader.reads != Reads::Perhaps);
        let is_empty = |setting: &TracedSetting<'_>| {
            let value = setting.value.as_ref();
            value.is_some_and(Value::is_empty)
        };
        let served = known.clone().filter(|reader| {
            let mut seen = reader.sees.iter().map(|&index| &trace.settings[index]);
            seen.any(|setting| !is_empty(setting))
        });
        let mut tree = Tree::of(&trace, &shown);
        let at_run_time = match line {
            None => outside.at_run_time(build),
            Some(_) => Vec::new(),
        };
        let settings = trace.settings.len() + at_run_time.len();
        at_run_time.into_iter().for_each(|rows| tree.append(rows));
        Self {
            subject: Subject::Dockerfile,
            path: outside.door().path(source.path()),
            line,
            service: workspace.service(build).map(|(_, service)| ServiceView {
                name: shown.shown(&service.name),
                file: outside
                    .door()
                    .path(workspace.source(service.name_at.file).path()),
            }),
            stages: shown.stages(),
            readers: known.count(),
            served: served.count(),
            settings,
            uses: trace
                .settings
                .iter()
                .flat_map(|setting| setting.uses.iter().map(|used| used.instruction))
                .collect::<HashSet<Span>>()
                .len(),
            tree,
        }
    }

    fn is_empty(&self) -> bool {
        self.tree.rows.is_empty() && self.tree.lacking.is_empty()
    }
}

/// The Dockerfile, and how its text is shown.
pub(super) struct Shown<'a> {
    source: &'a SourceFile,
    build: &'a Build<'a>,
    /// What stands in other files.
    outside: &'a Outside<'a>,
    /// The whole file, masked, every byte at its offset.
    masked: Redacted,
    /// What must not be quoted, wherever it is found: of the files, and of the build's own values.
    secrets: (&'a Quotes<'a>, Quotes<'a>),
    door: Door<'a>,
}

/// As much of an instruction is shown at most, in bytes.
const LONGEST_TEXT: usize = 2000;
/// The longest mask.
const LONGEST_MASK: usize = 8;
/// Longer values are not shown, in bytes.
const LONGEST_VALUE: usize = 16 * 1024;

impl<'a> Shown<'a> {
    fn new(
        workspace: &'a Workspace<'a>,
        build: &'a Build<'a>,
        outside: &'a Outside<'a>,
        of_files: &'a Quotes<'a>,
    ) -> Self {
        let source = workspace.source(build.file);
        let door = outside.door();
        Self {
            source,
            build,
            outside,
            masked: door.file(source),
            secrets: (of_files, Quotes::new(secrets::of_values(build, door))),
            door,
        }
    }

    /// Where a text quotes a secret.
    fn quoted(&self, text: &str) -> Vec<Range<usize>> {
        let (of_files, of_values) = &self.secrets;
        let mut quoted = of_files.find(text);
        quoted.extend(of_values.find(text));
        quoted
    }

    /// Where something stands.
    pub(super) fn place(&self, at: Location) -> PlaceView {
        PlaceView::new(self.source, at.span)
    }

    /// The rows of the way on which a build argument came here from other files.
    pub(super) fn way(&self, setting: &TracedSetting<'_>, arrives: bool) -> Vec<Row> {
        match setting.hop.filter(|_| setting.by == Means::BuildArg) {
            Some(hop) => self.outside.way(&self.build.model.provenance, hop, arrives),
            None => Vec::new(),
        }
    }

    fn stages(&self) -> Vec<StageView> {
        let model = &self.build.model;
        let reached = model.target.map(|target| model.reachable(target));
        let stages = model.stages.iter().enumerate();
        stages
            .map(|(index, stage)| StageView {
                name: self.stage_name(index),
                base: self.base(stage),
                place: self.place(self.build.at(stage.from.span)),
                is_target: model.target == Some(index),
                is_reached: reached.as_ref().is_none_or(|reached| reached[index]),
            })
            .collect()
    }

    /// The stage whose text holds a place.
    pub(super) fn stage_at(&self, at: Span) -> Option<usize> {
        let stages = &self.build.model.stages;
        stages
            .partition_point(|stage| stage.from.span.start <= at.start)
            .checked_sub(1)
    }

    fn stage_name(&self, index: usize) -> Redacted {
        let stage = self.build.model.stages.get(index);
        match stage.and_then(|stage| stage.name.as_deref()) {
            Some(name) => self.shown(name),
            None => self.door.text(&index.to_string()),
        }
    }

    fn base(&self, stage: &Stage<'_>) -> Redacted {
        match &stage.base {
            Base::Stage(parent) => self.stage_name(*parent),
            Base::Scratch => self.door.text("scratch"),
            Base::Image(Some(reference)) => self.shown(&reference.familiar()),
            Base::Image(None) => self.source_line(stage.base_span),
        }
    }

    /// The text of the file on one line, continuations and comments left out. Of a long text the
    /// beginning: many rows may be about one instruction.
    pub(super) fn source_line(&self, span: Span) -> Redacted {
        let masked = self.masked.as_str().get(span.range()).unwrap_or_default();
        let mut ends = (0..=LONGEST_TEXT.min(masked.len())).rev();
        let shown = ends.find_map(|end| masked.get(..end));
        self.shown(&one_line(shown.unwrap_or_default(), self.build.tree.escape))
    }

    /// The instruction that stands at `at`.
    fn instruction(&self, at: Span) -> Redacted {
        let all = &self.build.tree.instructions;
        let after = all.partition_point(|instruction| instruction.span.start <= at.start);
        let around = after.checked_sub(1).and_then(|index| all.get(index));
        self.source_line(around.map_or(at, |instruction| instruction.span))
    }

    /// A setting as it is written.
    pub(super) fn setting(&self, setting: &TracedSetting<'_>) -> Redacted {
        let name = &setting.name;
        let keyword = match setting.by {
            Means::GlobalArg | Means::Arg => "ARG ",
            Means::Env => "ENV ",
            Means::BuildArg if self.is_by_hand(setting) => "--build-arg ",
            Means::BuildArg => "build argument ",
            Means::BaseImage => "base image: ENV ",
            Means::Export => "export ",
            Means::Assignment | Means::Prefix => "",
            Means::ToolSetting(client) => {
                let written = setting.at.map(|at| self.source_line(at.span));
                let written = written.as_ref().map_or(name.as_str(), Redacted::as_str);
                return self.shown(&format!("settings of {client}: {written}"));
            }
            Means::SecretVariable | Means::SecretFile => {
                return match setting.at {
                    Some(at) => self.source_line(at.span),
                    None => self.shown(name),
                };
            }
        };
        let own = match (setting.by, setting.at) {
            (Means::Export | Means::Assignment | Means::Prefix, Some(at)) => {
                return self.shown(&format!("{keyword}{}", self.source_line(at.span)));
            }
            (Means::BuildArg | Means::BaseImage, _) => match &setting.value {
                _ if self.is_name_alone(setting) => None,
                Some(value) if value.as_known().is_some() => Some(self.given(setting, value)),
                _ => None,
            },
            _ => setting.written.map(|span| {
                let written = self.source_line(span);
                self.door.value(name, written.as_str())
            }),
        };
        match own {
            Some(value) => self.shown(&format!("{keyword}{name}={value}")),
            None => self.shown(&format!("{keyword}{name}")),
        }
    }

    /// Whether a build argument is given on the command line.
    fn is_by_hand(&self, setting: &TracedSetting<'_>) -> bool {
        let hop = setting.hop.map(|hop| self.build.model.provenance.hop(hop));
        hop.is_none_or(|hop| hop.how == Mechanism::BuildArgFlag)
    }

    /// Whether the command line names a build argument whose value comes from elsewhere.
    fn is_name_alone(&self, setting: &TracedSetting<'_>) -> bool {
        let provenance = &self.build.model.provenance;
        let comes_from = |hop| !provenance.parents(hop).is_empty();
        self.is_by_hand(setting) && setting.hop.is_some_and(comes_from)
    }

    /// What a setting is worth, if its text does not say so.
    pub(super) fn worth(&self, setting: &TracedSetting<'_>) -> Option<Redacted> {
        let value = setting.value.as_ref()?;
        let is_told = match setting.by {
            Means::BuildArg if self.is_name_alone(setting) => {
                return Some(self.given(setting, value));
            }
            Means::BuildArg | Means::BaseImage => value.as_known().is_some(),
            Means::Assignment | Means::Export | Means::Prefix | Means::ToolSetting(_) => {
                let at = setting.at.map(|at| self.source.slice(at.span));
                at.is_none_or(|text| !text.contains(['$', '`']))
            }
            _ => setting
                .written
                .is_some_and(|span| !self.source.slice(span).contains('$')),
        };
        (!is_told).then(|| self.value(&setting.name, value))
    }

    /// A value from outside: where it was written decides how much of it is shown.
    fn given(&self, setting: &TracedSetting<'_>, value: &Value<'_>) -> Redacted {
        let provenance = &self.build.model.provenance;
        let kind = setting
            .hop
            .and_then(|hop| self.outside.kind_of_origin(provenance, hop));
        match (kind, value.as_known()) {
            (Some(kind), Some(known)) if !known.is_empty() => {
                let quoted = self.quoted(known);
                self.door.value_in(kind, &setting.name, known, quoted)
            }
            _ => self.value(&setting.name, value),
        }
    }

    fn value(&self, name: &str, value: &Value<'_>) -> Redacted {
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => self.door.value(name, text).as_str().to_owned(),
            Piece::Unknown(why) => format!("<{}>", unknown(*why)),
        };
        let shown = match value {
            Value::Known(text) if text.is_empty() => "(empty)".to_owned(),
            Value::Known(text) if text.len() > LONGEST_VALUE => {
                format!("<{} bytes>", text.len())
            }
            Value::Known(text) => self.door.value(name, text).as_str().to_owned(),
            Value::Partly(pieces) => pieces.iter().map(piece).collect(),
            Value::Unknown(why) => format!("<{}>", unknown(*why)),
        };
        self.shown(&shown)
    }

    /// Text that may quote any secret of the file.
    fn shown(&self, text: &str) -> Redacted {
        self.door.text_with(text, self.quoted(text))
    }

    /// A command, or a step of which nobody knows which command reads the variable.
    pub(super) fn reader(&self, reader: &Reader) -> Redacted {
        self.source_line(reader.at.span)
    }

    /// What stands where a setting stops; `settings` tells the ones that stand there.
    pub(super) fn stop(
        &self,
        stop: &Stopped,
        settings: &HashMap<Span, &TracedSetting<'_>>,
    ) -> Redacted {
        let Some(at) = stop.at else {
            return self.door.text(match stop.why {
                Stop::NotConsumed => "no ARG takes it",
                _ => "not passed on",
            });
        };
        match stop.why {
            Stop::EndsWithRun => self.door.text("the RUN ends here"),
            Stop::OnlyGlobal | Stop::OtherStage | Stop::OutsideTarget => self.instruction(at.span),
            _ => match settings.get(&at.span) {
                Some(setting) => self.setting(setting),
                None => self.source_line(at.span),
            },
        }
    }

    /// Why a setting stops where it stands.
    pub(super) fn sentence(&self, why: Stop) -> Redacted {
        self.door.text(why.sentence())
    }

    /// The instruction that takes the value into its text.
    pub(super) fn used(&self, instruction: Span) -> Redacted {
        self.source_line(instruction)
    }

    /// The FROM of a stage.
    pub(super) fn from(&self, stage: usize) -> Option<(Redacted, PlaceView)> {
        let from = self.build.model.stages.get(stage)?.from;
        let at = self.build.at(from.span);
        Some((self.source_line(from.span), self.place(at)))
    }
}

/// One line of what may stand on several, with the continuations' `escape`. A mask does not tell how
/// long it is.
fn one_line(text: &str, escape: char) -> String {
    let mut joined = String::with_capacity(text.len());
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if index > 0 && line.starts_with('#') {
            continue;
        }
        let line = line.trim_end_matches(escape).trim_end();
        if !joined.is_empty() && !line.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
    }
    let mut stars = 0;
    joined.retain(|c| {
        stars = if c == '*' { stars + 1 } else { 0 };
        stars <= LONGEST_MASK
    });
    joined
}

/// The settings by where they stand.
pub(super) fn by_place<'t>(trace: &'t Trace<'_>) -> HashMap<Span, &'t TracedSetting<'t>> {
    let settings = trace.settings.iter();
    settings
        .filter_map(|setting| Some((setting.at?.span, setting)))
        .collect()
}
