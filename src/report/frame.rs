//! The part of a file that a frame shows, cut out so that a frame in a huge file, or on a huge line,
//! costs no more than one in a small file.

use std::ops::Range;

use super::escape;
use super::view::{FileView, LabelView, View};
use crate::finding::Role;
use crate::source::FileId;

/// Labels further apart than this get windows of their own.
const FAR: usize = 500;
/// A line longer than this many bytes is cut to what stands around its labels.
const LONG: usize = 600;
/// How many bytes stay on each side of a label's edge on a long line.
const AROUND: usize = 120;

/// So many labels of a story are drawn; nobody reads a frame with more.
const MANY: usize = 30;

/// Lines of one file with marks in them.
#[derive(Debug)]
pub(super) struct Window {
    /// The file.
    pub(super) file: FileId,
    /// The number of the first line.
    pub(super) first_line: usize,
    /// The lines: escaped for a terminal, long ones cut.
    pub(super) text: String,
    /// What is underlined.
    pub(super) marks: Vec<Mark>,
    /// Line and column of the first mark in the file, if cutting has moved its column.
    pub(super) moved: Option<(usize, usize)>,
}

/// An underlined part of a window's text.
#[derive(Debug)]
pub(super) struct Mark {
    /// The bytes of the window's text.
    pub(super) range: Range<usize>,
    /// What happens here.
    pub(super) text: String,
    /// Whether it is the place to fix.
    pub(super) primary: bool,
}

/// The windows of a story: its files in flow order, each once unless its labels lie far apart.
pub(super) fn windows(view: &View<'_>, labels: &[LabelView]) -> Vec<Window> {
    let numbered = labels.len() > 1;
    let mut groups: Vec<Vec<(usize, &LabelView)>> = Vec::new();
    for (at, label) in drawn(labels) {
        let near = |group: &&mut Vec<(usize, &LabelView)>| {
            group.iter().any(|(_, other)| {
                other.file == label.file && other.start.line.abs_diff(label.start.line) <= FAR
            })
        };
        match groups.iter_mut().find(near) {
            Some(group) => group.push((at + 1, label)),
            None => groups.push(vec![(at + 1, label)]),
        }
    }
    groups
        .iter()
        .filter_map(|group| {
            let file = view.file(group.first()?.1.file)?;
            Some(window(file, group, numbered))
        })
        .collect()
}

/// The labels that are drawn, with their place among all of them.
fn drawn(labels: &[LabelView]) -> impl Iterator<Item = (usize, &LabelView)> {
    let labels = labels.iter().enumerate();
    labels.filter(|(at, label)| *at < MANY || label.role == Role::Primary)
}

/// How many labels are not drawn.
pub(super) fn left_out(labels: &[LabelView]) -> usize {
    labels.len() - drawn(labels).count()
}

fn window(file: &FileView<'_>, labels: &[(usize, &LabelView)], numbered: bool) -> Window {
    let lines = || labels.iter().map(|(_, label)| label.start.line);
    let first_line = lines().min().unwrap_or(1);
    let last_line = lines().max().unwrap_or(1);

    let mut cutter = Cutter {
        file,
        text: String::new(),
        places: Vec::new(),
        cut: false,
    };
    for line in first_line..=last_line {
        // A lone line between two others is shown, more are folded and need no text.
        if lines().any(|shown| shown.abs_diff(line) <= 1) {
            cutter.line(line, labels);
        }
        cutter.text.push('\n');
    }

    let marks = labels
        .iter()
        .map(|(number, label)| {
            let text = escape::line(label.text.as_str());
            let (start, end) = visible(file, label);
            Mark {
                range: cutter.place(start)..cutter.place(end),
                text: match (numbered, text.is_empty()) {
                    (false, _) => text.into_owned(),
                    (true, false) => format!("{number}: {text}"),
                    (true, true) => number.to_string(),
                },
                primary: label.role == Role::Primary,
            }
        })
        .collect();
    let first = labels
        .iter()
        .map(|(_, label)| label)
        .min_by_key(|label| (label.role != Role::Primary, label.start.offset));
    Window {
        file: labels.first().map_or(FileId(0), |(_, label)| label.file),
        first_line,
        marks,
        moved: first
            .filter(|_| cutter.cut)
            .map(|label| (label.start.line, label.start.column)),
        text: cutter.text,
    }
}

/// The bytes of a label that are underlined: those on its first line, without the mark that
/// continues it.
fn visible(file: &FileView<'_>, label: &LabelView) -> (usize, usize) {
    let line = file.line_span(label.start.line).range();
    let start = label.start.offset.min(line.end);
    if label.end.line == label.start.line {
        return (start, label.end.offset.clamp(start, line.end));
    }
    let shown = file.slice(start, line.end).trim_end();
    let shown = shown.strip_suffix(['\\', '`']).unwrap_or(shown);
    (start, start + shown.trim_end().len())
}

/// Copies lines into a window's text and remembers where offsets of the file went.
struct Cutter<'a> {
    file: &'a FileView<'a>,
    text: String,
    /// (offset in the file, offset in the window's text)
    places: Vec<(usize, usize)>,
    /// Whether something was left out before a mark.
    cut: bool,
}

impl Cutter<'_> {
    fn line(&mut self, line: usize, labels: &[(usize, &LabelView)]) {
        let span = self.file.line_span(line).range();
        let mut stops: Vec<usize> = labels
            .iter()
            .filter(|(_, label)| label.start.line == line)
            .flat_map(|(_, label)| <[usize; 2]>::from(visible(self.file, label)))
            .collect();
        stops.sort_unstable();
        stops.dedup();

        let mut shown = span.start;
        for piece in pieces(&span, &stops) {
            if piece.start > shown {
                self.text.push('…');
                self.cut |= !stops.is_empty();
            }
            self.piece(piece.clone(), &stops);
            shown = piece.end;
        }
        if shown < span.end {
            self.text.push('…');
        }
    }

    fn piece(&mut self, piece: Range<usize>, stops: &[usize]) {
        let mut from = piece.start;
        for &stop in stops
            .iter()
            .filter(|&&stop| piece.contains(&stop) || stop == piece.end)
        {
            self.text
                .push_str(&escape_keeping_tabs(self.file.slice(from, stop)));
            self.places.push((stop, self.text.len()));
            from = stop;
        }
        self.text
            .push_str(&escape_keeping_tabs(self.file.slice(from, piece.end)));
    }

    fn place(&self, offset: usize) -> usize {
        self.places
            .iter()
            .find(|(from, _)| *from == offset)
            .map_or(0, |&(_, to)| to)
    }
}

/// What of a line is shown: all of it, or what stands around the stops.
fn pieces(line: &Range<usize>, stops: &[usize]) -> Vec<Range<usize>> {
    if line.len() <= LONG {
        return vec![line.clone()];
    }
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let beginning = [line.start];
    let stops = if stops.is_empty() { &beginning } else { stops };
    for stop in stops {
        let start = stop.saturating_sub(AROUND).max(line.start);
        let end = (stop + AROUND).min(line.end);
        match pieces.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => pieces.push(start..end),
        }
    }
    pieces
}

/// Tabs are kept, for the frame aligns them.
fn escape_keeping_tabs(text: &str) -> String {
    text.split('\t')
        .map(escape::line)
        .collect::<Vec<_>>()
        .join("\t")
}
