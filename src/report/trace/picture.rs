//! The stages as boxes one below the other, and the way of each value as a line through them: what
//! stands where, in pixels.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::tree::{Note, Row, RowKind};
use super::view::{PartView, Subject};
use super::words::elsewhere;
use crate::finding::redact::Redacted;
use crate::flow::reach::Reads;
use crate::source::Span;

/// A file's picture.
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub frames: Vec<Frame>,
    pub trunks: Vec<Trunk>,
    pub wires: Vec<Wire>,
    pub items: Vec<Item>,
}

/// A box around a stage, or around what stands outside the stages.
pub(super) struct Frame {
    pub y: usize,
    pub height: usize,
    pub x: usize,
    pub title: String,
    pub subtitle: String,
    /// The target does not need it.
    pub is_idle: bool,
}

/// The line from a setting's lane to something that hangs off it.
pub(super) struct Wire {
    pub from: (usize, usize),
    pub to: (usize, usize),
    /// Which of the stories it belongs to.
    pub story: usize,
    pub stops: bool,
}

/// A part of a setting's lane.
pub(super) struct Trunk {
    pub x: usize,
    pub from: usize,
    pub to: usize,
    pub story: usize,
    /// Nothing below it arrives.
    pub stops: bool,
}

/// A row of text with its mark.
pub(super) struct Item {
    pub y: usize,
    pub x: usize,
    pub text_x: usize,
    pub line: Option<usize>,
    pub look: ItemLook,
    pub text: String,
    pub value: Option<String>,
    /// Where it stands, if that is another file.
    pub elsewhere: Option<String>,
    /// Which of the stories it belongs to.
    pub story: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ItemLook {
    Setting,
    Good,
    Perhaps,
    Stop,
    Lacking,
}

const MARGIN: usize = 16;
const ROW: usize = 26;
const HEADER: usize = 34;
const GAP: usize = 12;
/// Where the first line runs.
const FIRST_LANE: usize = 72;
/// The width of a lane.
pub(super) const LANE: usize = 18;
/// The radius of a line's corner.
pub(super) const CORNER: usize = 8;
/// More settings than this share the last lane.
const MOST_LANES: usize = 10;
/// The longest text of a row.
const MOST_TEXT: usize = 96;
/// How many stages are shown that have nothing to do with the variable.
const MOST_IDLE: usize = 12;
/// The width of a character of a monospaced font of 12 pixels, a little more than it is.
const CHARACTER: f64 = 7.4;

/// Something on a row: several rows of the tree may be about the same command.
struct Element<'v> {
    section: usize,
    row: &'v Row,
    look: ItemLook,
    rows: Vec<usize>,
}

impl Picture {
    pub fn of(file: &PartView) -> Self {
        let elements = elements(file);
        let mut layout = Layout::new(file, &elements);
        layout.lanes(file, &elements);
        layout.picture(file, &elements)
    }
}

/// What makes two rows of the tree one of the picture: file, place, look, text.
type Key<'v> = (Option<&'v str>, Option<Span>, ItemLook, &'v str);

/// What is shown, section by section: 0 is outside the stages.
fn elements(file: &PartView) -> Vec<Element<'_>> {
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    let rows = file.tree.rows.iter().enumerate();
    let rows = rows.map(|(index, row)| (Some(index), row));
    for (index, row) in rows.chain(file.tree.lacking.iter().map(|row| (None, row))) {
        let Some(look) = look(row.kind) else {
            continue;
        };
        let text = match look {
            ItemLook::Stop => sentence(row),
            _ => row.text.as_str(),
        };
        let span = row.place.map(|place| place.span);
        let key = (row.file.as_ref().map(Redacted::as_str), span, look, text);
        let at = *known.entry(key).or_insert(elements.len());
        if at == elements.len() {
            elements.push(Element {
                section: row.stage.map_or(0, |stage| stage + 1),
                row,
                look,
                rows: Vec::new(),
            });
        }
        elements[at].rows.extend(index);
    }
    elements.sort_by_key(|element| {
        // What stands elsewhere comes in the order in which it is told.
        let own = element.row.place.filter(|_| element.row.file.is_none());
        let start = own.map(|place| place.span.start);
        let is_stop = start.is_some() && element.look == ItemLook::Stop;
        (element.section, start, is_stop)
    });
    elements
}

fn look(kind: RowKind) -> Option<ItemLook> {
    Some(match kind {
        RowKind::Setting { .. } | RowKind::Origin { .. } => ItemLook::Setting,
        RowKind::Stage => return None,
        RowKind::Command {
            reads: Reads::Perhaps,
        } => ItemLook::Perhaps,
        RowKind::Command { .. } | RowKind::Use | RowKind::Program => ItemLook::Good,
        RowKind::Stop(_) | RowKind::Lost(_) => ItemLook::Stop,
        RowKind::Lacking => ItemLook::Lacking,
    })
}

fn sentence(row: &Row) -> &str {
    let sentence = row.note.as_ref().and_then(Note::sentence);
    sentence.unwrap_or(row.text.as_str())
}

struct Layout {
    frames: Vec<Frame>,
    /// For each element the middle of its row.
    ys: Vec<usize>,
    /// For each row of the tree its element.
    element_of: HashMap<usize, usize>,
    /// For each row of the tree that is a setting, its lane.
    lane_of: HashMap<usize, usize>,
    lanes: usize,
    height: usize,
}

impl Layout {
    fn new(file: &PartView, elements: &[Element<'_>]) -> Self {
        let mut layout = Self {
            frames: Vec::new(),
            ys: vec![0; elements.len()],
            element_of: HashMap::new(),
            lane_of: HashMap::new(),
            lanes: 0,
            height: MARGIN,
        };
        let shows_idle = file.stages.len() <= MOST_IDLE;
        let mut next = 0;
        for section in 0..=file.stages.len() {
            let first = next;
            while elements
                .get(next)
                .is_some_and(|element| element.section == section)
            {
                layout.ys[next] = layout.height + HEADER + (next - first) * ROW + ROW / 2;
                for &row in &elements[next].rows {
                    layout.element_of.insert(row, next);
                }
                next += 1;
            }
            let is_empty = next == first;
            if is_empty && (section == 0 || !shows_idle) {
                continue;
            }
            let below = if is_empty {
                0
            } else {
                (next - first) * ROW + 8
            };
            layout.frame(file, section, HEADER + below);
        }
        layout
    }

    fn frame(&mut self, file: &PartView, section: usize, height: usize) {
        let stage = section
            .checked_sub(1)
            .and_then(|index| file.stages.get(index));
        let (title, subtitle, is_idle) = match stage {
            None => {
                let title = match file.subject {
                    Subject::Dockerfile => "Outside the stages",
                    Subject::Daemon { .. } => "The daemon",
                    Subject::Client => "The client",
                };
                (title.to_owned(), String::new(), false)
            }
            Some(stage) => {
                let role = match (stage.is_target, stage.is_reached) {
                    (true, _) => ", the target",
                    (false, true) => "",
                    (false, false) => ", not needed by the target",
                };
                let title = format!("Stage {}", cut(stage.name.as_str(), 40));
                let base = cut(stage.base.as_str(), 60);
                (title, format!("FROM {base}{role}"), !stage.is_reached)
            }
        };
        self.frames.push(Frame {
            y: self.height,
            height,
            x: MARGIN + 4,
            title,
            subtitle,
            is_idle,
        });
        self.height += height + GAP;
    }

    /// The middle of a row of the tree.
    fn y(&self, row: usize) -> Option<usize> {
        let element = self.element_of.get(&row)?;
        self.ys.get(*element).copied()
    }

    /// Gives every setting a lane that is free from its first row to its last.
    fn lanes(&mut self, file: &PartView, elements: &[Element<'_>]) {
        let rows = &file.tree.rows;
        let mut extent: HashMap<usize, (usize, usize)> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            let Some(y) = self.y(index) else {
                continue;
            };
            let own = row.kind.is_setting().then_some(index);
            for setting in own.into_iter().chain(setting_above(rows, index)) {
                let (first, last) = extent.entry(setting).or_insert((y, y));
                *first = y.min(*first);
                *last = y.max(*last);
            }
        }
        let settings = elements
            .iter()
            .flat_map(|element| element.rows.iter().copied());
        let mut order: Vec<(usize, usize, usize)> = settings
            .filter_map(|row| extent.get(&row).map(|&(first, last)| (first, last, row)))
            .collect();
        order.sort_unstable();
        let mut free_from: Vec<usize> = Vec::new();
        for (first, last, row) in order {
            let free = free_from.iter().position(|&free| free <= first);
            let lane = match free {
                Some(lane) => lane,
                None if free_from.len() < MOST_LANES => {
                    free_from.push(0);
                    free_from.len() - 1
                }
                None => MOST_LANES - 1,
            };
            free_from[lane] = last + 1;
            self.lane_of.insert(row, lane);
        }
        self.lanes = free_from.len();
    }

    fn lane_x(&self, row: usize) -> Option<usize> {
        self.lane_of.get(&row).map(|lane| FIRST_LANE + lane * LANE)
    }

    fn picture(self, file: &PartView, elements: &[Element<'_>]) -> Picture {
        let rows = &file.tree.rows;
        let stories = stories(rows);
        let mark_x = FIRST_LANE + self.lanes * LANE;
        let mut picture = Picture {
            width: 0,
            height: self.height + MARGIN - GAP,
            frames: Vec::new(),
            trunks: Vec::new(),
            wires: Vec::new(),
            items: Vec::new(),
        };
        let mut widest = 0;
        for (element, &y) in elements.iter().zip(&self.ys) {
            let first = element.rows.first().copied();
            let lane = first.and_then(|row| self.lane_x(row));
            let text = match element.look {
                ItemLook::Stop => cut(sentence(element.row), MOST_TEXT + 20),
                _ => cut(element.row.text.as_str(), MOST_TEXT),
            };
            let value = match &element.row.note {
                Some(Note::Value(value)) => Some(cut(value.as_str(), 48)),
                _ => None,
            };
            let elsewhere = elsewhere(element.row);
            let more = value.as_ref().map_or(0, |value| value.chars().count() + 3);
            let place = elsewhere
                .as_ref()
                .map_or(0, |place| place.chars().count() + 1);
            let length = text.chars().count() + more + place;
            widest = widest.max(length);
            picture.items.push(Item {
                y,
                x: lane.unwrap_or(mark_x),
                text_x: mark_x + 16,
                line: match elsewhere {
                    Some(_) => None,
                    None => element.row.place.map(|place| place.start.line),
                },
                elsewhere,
                look: element.look,
                text,
                value,
                story: first.map_or(0, |row| stories[row]),
            });
        }
        let mut trunks = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let Some(parent) = setting_above(rows, index) else {
                continue;
            };
            let from = (self.lane_x(parent), self.y(parent));
            let to = (self.lane_x(index).or(Some(mark_x)), self.y(index));
            if let ((Some(x1), Some(y1)), (Some(x2), Some(y2))) = (from, to) {
                let stops = row.kind.is_stop();
                reach_down(&mut trunks, parent, (x1, y1), y2, stops);
                picture.wires.push(Wire {
                    from: (x1, y1),
                    to: (x2, y2),
                    story: stories[index],
                    stops,
                });
            }
        }
        picture.trunks = trunks
            .into_iter()
            .flat_map(|(row, trunk)| trunk.parts(stories[row]))
            .collect();
        // Lossless: the number of characters is small.
        let text_width = (widest as f64 * CHARACTER) as usize;
        picture.width = (mark_x + 16 + text_width + 2 * MARGIN).max(640);
        picture.frames = self.frames;
        for frame in &mut picture.frames {
            frame.x = mark_x + 16;
        }
        picture
    }
}

/// How far a setting's lane goes, up for what stands before it, and down.
struct Extent {
    x: usize,
    y: usize,
    top: usize,
    arrives: usize,
    bottom: usize,
}

fn reach_down(
    trunks: &mut BTreeMap<usize, Extent>,
    setting: usize,
    (x, y): (usize, usize),
    to: usize,
    stops: bool,
) {
    let trunk = trunks.entry(setting).or_insert(Extent {
        x,
        y,
        top: y,
        arrives: y,
        bottom: y,
    });
    trunk.top = trunk.top.min(to);
    trunk.bottom = trunk.bottom.max(to);
    if !stops {
        trunk.arrives = trunk.arrives.max(to);
    }
}

impl Extent {
    fn parts(self, story: usize) -> impl Iterator<Item = Trunk> {
        let part = move |from: usize, to: usize, stops: bool| Trunk {
            x: self.x,
            from,
            to,
            story,
            stops,
        };
        // The last corner is round and belongs to the wire.
        let arrives = match self.arrives == self.bottom {
            true => self.arrives.saturating_sub(CORNER),
            false => self.arrives,
        };
        let parts = [
            part(self.top + CORNER, self.y, true),
            part(self.y, arrives, false),
            part(arrives, self.bottom.saturating_sub(CORNER), true),
        ];
        parts.into_iter().filter(|part| part.from < part.to)
    }
}

/// The setting that a row hangs off, through the stage's row in between.
fn setting_above(rows: &[Row], index: usize) -> Option<usize> {
    let mut parent = rows.get(index)?.parent;
    while let Some(at) = parent.filter(|&at| rows[at].kind == RowKind::Stage) {
        parent = rows[at].parent;
    }
    parent.filter(|_| rows[index].kind != RowKind::Stage)
}

/// For each row the number of the story it belongs to.
fn stories(rows: &[Row]) -> Vec<usize> {
    let mut stories = Vec::with_capacity(rows.len());
    let mut next = 0;
    for row in rows {
        let story = match row.parent {
            Some(parent) => stories[parent],
            None => {
                next += 1;
                next - 1
            }
        };
        stories.push(story);
    }
    stories
}

/// At most `width` characters.
fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        None => text.to_owned(),
    }
}
