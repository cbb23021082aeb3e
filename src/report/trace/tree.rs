//! A trace as a tree, row by row: the settings, each with what takes its value, the commands that get
//! it and where it stops.

use hashbrown::HashMap;

use super::view::{Shown, by_place};
use crate::finding::redact::Redacted;
use crate::flow::reach::{Means, Reader, Reads, SettingIndex, Stop, Trace, TracedSetting};
use crate::model::Mechanism;
use crate::report::PlaceView;
use crate::source::Span;

/// The rows of a trace.
#[derive(Debug, Default)]
pub struct Tree {
    /// The rows, each behind its parent, children of one parent in the file's order.
    pub rows: Vec<Row>,
    /// The commands that read the variable and get nothing.
    pub lacking: Vec<Row>,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// The row it hangs off.
    pub parent: Option<usize>,
    /// How many rows it hangs below.
    pub depth: usize,
    /// What it is.
    pub kind: RowKind,
    /// Where it stands.
    pub place: Option<PlaceView>,
    /// The file it stands in, if that is not the part's own.
    pub file: Option<Redacted>,
    /// The stage it belongs to.
    pub stage: Option<usize>,
    /// What stands there.
    pub text: Redacted,
    /// What is worth knowing besides.
    pub note: Option<Note>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A place that sets the variable, or one made from it.
    Setting {
        /// What sets it.
        by: Means,
        /// Whether its value reaches a command or an instruction.
        arrives: bool,
    },
    /// A place outside of Dockerfiles that gives it a value, or hands one on.
    Origin {
        /// What it is.
        how: Mechanism,
        /// Whether its value gets anywhere.
        arrives: bool,
    },
    /// A program that gets the value outside of builds.
    Program,
    /// The stage below whose FROM the value goes on.
    Stage,
    /// A command that gets the value.
    Command {
        /// How it reads it.
        reads: Reads,
    },
    /// An instruction that takes the value into its text.
    Use,
    /// Where it goes no further.
    Stop(Stop),
    /// Where it is lost, as the rule of that name reports it.
    Lost(&'static str),
    /// A command that reads the variable and gets nothing.
    Lacking,
}

/// What is worth knowing about a row besides its text.
#[derive(Debug)]
pub enum Note {
    /// The value of a setting whose text does not tell it.
    Value(Redacted),
    /// A sentence.
    Sentence(&'static str),
    /// A sentence with names in it.
    Message(Redacted),
}

impl Note {
    /// The sentence, if it is one.
    pub fn sentence(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Sentence(sentence) => Some(sentence),
            Self::Message(message) => Some(message.as_str()),
        }
    }
}

impl RowKind {
    /// Whether it gives the variable a value.
    pub fn is_setting(self) -> bool {
        matches!(self, Self::Setting { .. } | Self::Origin { .. })
    }

    /// Whether the value goes no further there.
    pub fn is_stop(self) -> bool {
        matches!(self, Self::Stop(_) | Self::Lost(_))
    }
}

/// Deeper rows hang off the row at this depth: nobody reads a tree that leaves the page.
const MOST_DEPTH: usize = 12;

impl Tree {
    pub(super) fn of(trace: &Trace<'_>, shown: &Shown<'_>) -> Self {
        let mut builder = Builder {
            trace,
            shown,
            arrives: arrives(trace),
            rows: Vec::new(),
            done: vec![false; trace.settings.len()],
            places: by_place(trace),
        };
        builder.all();
        let lacking = trace
            .readers
            .iter()
            .filter(|reader| reader.lacks && reader.sees.is_empty() && reader.is_reached)
            .map(|reader| Row {
                parent: None,
                depth: 0,
                kind: RowKind::Lacking,
                place: Some(shown.place(reader.at)),
                file: None,
                stage: Some(reader.stage),
                text: shown.reader(reader),
                note: None,
            });
        Self {
            lacking: lacking.collect(),
            rows: builder.rows,
        }
    }

    /// Adds rows that are a tree of their own, their parents counted from the first of them.
    pub(super) fn append(&mut self, rows: Vec<Row>) {
        let first = self.rows.len();
        self.rows.extend(rows.into_iter().map(|row| Row {
            parent: row.parent.map(|parent| first + parent),
            ..row
        }));
    }

    /// Drops the trees of which no row is wanted.
    pub(super) fn keep(&mut self, is_wanted: impl Fn(&Row) -> bool) {
        let mut trees: Vec<Vec<Row>> = Vec::new();
        let mut first = 0;
        for (index, row) in std::mem::take(&mut self.rows).into_iter().enumerate() {
            if row.parent.is_none() {
                first = index;
                trees.push(Vec::new());
            }
            if let Some(tree) = trees.last_mut() {
                let parent = row.parent.map(|parent| parent - first);
                tree.push(Row { parent, ..row });
            }
        }
        trees.retain(|tree| tree.iter().any(&is_wanted));
        trees.into_iter().for_each(|tree| self.append(tree));
    }

    /// For each row, whether a sibling follows it.
    pub(super) fn has_next(&self) -> Vec<bool> {
        let mut last_child = vec![None; self.rows.len() + 1];
        let slot = |parent: Option<usize>| parent.map_or(0, |parent| parent + 1);
        for (index, row) in self.rows.iter().enumerate() {
            last_child[slot(row.parent)] = Some(index);
        }
        let rows = self.rows.iter().enumerate();
        rows.map(|(index, row)| last_child[slot(row.parent)] != Some(index))
            .collect()
    }
}

/// For each setting, whether its value reaches a command or an instruction.
fn arrives(trace: &Trace<'_>) -> Vec<bool> {
    let settings = &trace.settings;
    let mut arrives: Vec<bool> = settings.iter().map(is_used).collect();
    let mut stack: Vec<SettingIndex> = (0..settings.len()).filter(|&at| arrives[at]).collect();
    while let Some(index) = stack.pop() {
        for &from in &settings[index].from {
            if !std::mem::replace(&mut arrives[from], true) {
                stack.push(from);
            }
        }
    }
    arrives
}

fn is_used(setting: &TracedSetting<'_>) -> bool {
    !setting.readers.is_empty() || !setting.uses.is_empty()
}

struct Builder<'a> {
    trace: &'a Trace<'a>,
    shown: &'a Shown<'a>,
    arrives: Vec<bool>,
    rows: Vec<Row>,
    done: Vec<bool>,
    places: HashMap<Span, &'a TracedSetting<'a>>,
}

/// Something that hangs off a row.
enum Child {
    Setting(SettingIndex),
    Leaf(Row),
    /// The rest of the value's way, in a stage that builds on the setting's.
    Stage(usize, bool, Vec<Row>),
}

impl Builder<'_> {
    fn all(&mut self) {
        let settings = &self.trace.settings;
        let roots = (0..settings.len()).filter(|&index| settings[index].from.is_empty());
        let mut stack: Vec<(Child, Option<usize>)> = roots
            .rev()
            .map(|index| (Child::Setting(index), None))
            .collect();
        while let Some((child, parent)) = stack.pop() {
            match child {
                Child::Leaf(row) => {
                    self.push(row, parent);
                }
                Child::Stage(stage, is_reached, rows) => {
                    let Some((text, place)) = self.shown.from(stage) else {
                        continue;
                    };
                    let mut row = self.row(RowKind::Stage, Some(place), Some(stage), text);
                    let idle = Note::Sentence("The target does not need this stage.");
                    row.note = (!is_reached).then_some(idle);
                    let at = self.push(row, parent);
                    let rows = rows.into_iter().rev();
                    stack.extend(rows.map(|row| (Child::Leaf(row), Some(at))));
                }
                Child::Setting(index) => {
                    if std::mem::replace(&mut self.done[index], true) {
                        continue;
                    }
                    let at = self.setting(index, parent);
                    let children = self.children(index).into_iter().rev();
                    stack.extend(children.map(|child| (child, Some(at))));
                }
            }
        }
    }

    fn setting(&mut self, index: SettingIndex, parent: Option<usize>) -> usize {
        let setting = &self.trace.settings[index];
        let kind = RowKind::Setting {
            by: setting.by,
            arrives: self.arrives[index],
        };
        let place = setting.at.map(|at| self.shown.place(at));
        let text = self.shown.setting(setting);
        let mut row = self.row(kind, place, setting.stage, text);
        row.note = self.shown.worth(setting).map(Note::Value);
        let mut parent = parent;
        for before in self.shown.way(setting, self.arrives[index]) {
            parent = Some(self.push(before, parent));
        }
        self.push(row, parent)
    }

    /// What hangs off a setting, in the file's order.
    fn children(&self, index: SettingIndex) -> Vec<Child> {
        let setting = &self.trace.settings[index];
        let mut children: Vec<(u32, Child)> = Vec::new();
        for &next in &setting.next {
            let at = self.trace.settings[next].at;
            children.push((at.map_or(0, |at| at.span.start), Child::Setting(next)));
        }
        for stop in &setting.stops {
            let place = stop.at.map(|at| self.shown.place(at));
            let is_here = stop.at.is_some() && stop.at == setting.at;
            let text = match is_here {
                true => self.shown.sentence(stop.why),
                false => self.shown.stop(stop, &self.places),
            };
            let stage = stop.at.and_then(|at| self.shown.stage_at(at.span));
            let mut row = self.row(RowKind::Stop(stop.why), place, stage, text);
            row.note = (!is_here).then(|| Note::Sentence(stop.why.sentence()));
            let start = stop.at.map_or(u32::MAX, |at| at.span.start);
            children.push((start, Child::Leaf(row)));
        }
        self.used(setting, &mut children);
        self.commands(setting, &mut children);
        // Stable: where two things stand at one place, the setting comes before the stop.
        children.sort_by_key(|(start, _)| *start);
        children.into_iter().map(|(_, child)| child).collect()
    }

    fn used(&self, setting: &TracedSetting<'_>, children: &mut Vec<(u32, Child)>) {
        let mut last = None;
        for used in &setting.uses {
            if last.replace(used.instruction) == Some(used.instruction) {
                continue;
            }
            let text = self.shown.used(used.instruction);
            let place = Some(self.shown.place(used.at));
            let row = self.row(RowKind::Use, place, Some(used.stage), text);
            children.push((used.instruction.start, Child::Leaf(row)));
        }
    }

    fn commands(&self, setting: &TracedSetting<'_>, children: &mut Vec<(u32, Child)>) {
        let mut stages: Vec<(usize, bool, Vec<Row>)> = Vec::new();
        let is_stop = |reader: &Reader| {
            let at = Some(reader.at);
            setting
                .stops
                .iter()
                .any(|stop| stop.at == at && stop.why == Stop::Loopback)
        };
        let readers = setting.readers.iter().map(|&at| &self.trace.readers[at]);
        for reader in readers.filter(|reader| !is_stop(reader)) {
            let kind = RowKind::Command {
                reads: reader.reads,
            };
            let place = Some(self.shown.place(reader.at));
            let mut row = self.row(kind, place, Some(reader.stage), self.shown.reader(reader));
            row.note = match () {
                () if !reader.is_reached => {
                    Some(Note::Sentence("The target does not need this stage."))
                }
                () if reader.varies => Some(Note::Sentence("Not on every way through the shell.")),
                () => None,
            };
            if setting.stage == Some(reader.stage) {
                children.push((reader.at.span.start, Child::Leaf(row)));
                continue;
            }
            match stages.last_mut() {
                Some((stage, _, rows)) if *stage == reader.stage => rows.push(row),
                _ => stages.push((reader.stage, reader.is_reached, vec![row])),
            }
        }
        for (stage, is_reached, rows) in stages {
            let start = rows.first().and_then(|row| row.place);
            let start = start.map_or(0, |place| place.span.start);
            children.push((start, Child::Stage(stage, is_reached, rows)));
        }
    }

    fn row(
        &self,
        kind: RowKind,
        place: Option<PlaceView>,
        stage: Option<usize>,
        text: Redacted,
    ) -> Row {
        Row {
            parent: None,
            depth: 0,
            kind,
            place,
            file: None,
            stage,
            text,
            note: None,
        }
    }

    fn push(&mut self, mut row: Row, parent: Option<usize>) -> usize {
        let mut parent = parent;
        while let Some(at) = parent
            && self.rows[at].depth >= MOST_DEPTH
        {
            parent = self.rows[at].parent;
        }
        row.depth = parent.map_or(0, |at| self.rows[at].depth + 1);
        row.parent = parent;
        self.rows.push(row);
        self.rows.len() - 1
    }
}
