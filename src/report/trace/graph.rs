//! A tree as a graph of labelled boxes, for the formats that others lay out.

use super::tree::{Note, Row, RowKind};
use super::view::PartView;
use super::words::{elsewhere, symbol};
use crate::flow::reach::Reads;

/// A file's part of the story as a graph.
pub(super) struct Graph {
    /// Nodes outside all stages.
    pub outside: Vec<Node>,
    /// The stages that have to do with it.
    pub groups: Vec<Group>,
    pub edges: Vec<Edge>,
}

/// A stage.
pub(super) struct Group {
    pub index: usize,
    pub title: String,
    pub nodes: Vec<Node>,
}

pub(super) struct Node {
    pub id: String,
    pub label: String,
    pub look: Look,
}

/// How a node looks.
#[derive(Clone, Copy)]
pub(super) enum Look {
    Setting,
    Good,
    Perhaps,
    Stop,
}

impl Look {
    /// The colours of its face and its border.
    pub fn colors(self) -> (&'static str, &'static str) {
        match self {
            Self::Setting => ("#dbeafe", "#2563eb"),
            Self::Good => ("#dcfce7", "#16a34a"),
            Self::Perhaps => ("#f3f4f6", "#6b7280"),
            Self::Stop => ("#fee2e2", "#dc2626"),
        }
    }
}

pub(super) struct Edge {
    pub from: String,
    pub to: String,
    /// It leads to where the value goes no further.
    pub stops: bool,
}

impl Graph {
    /// The graph of the file with this `number`, which all ids begin with.
    pub fn of(file: &PartView, number: usize) -> Self {
        let mut graph = Self {
            outside: Vec::new(),
            groups: file
                .stages
                .iter()
                .enumerate()
                .map(|(index, stage)| Group {
                    index,
                    title: format!(
                        "stage {}: FROM {}",
                        stage.name.as_str(),
                        stage.base.as_str()
                    ),
                    nodes: Vec::new(),
                })
                .collect(),
            edges: Vec::new(),
        };
        let rows = &file.tree.rows;
        for (index, row) in rows.iter().enumerate() {
            // A stage's row is the box around what hangs off it.
            if row.kind != RowKind::Stage {
                graph.add(row, format!("f{number}n{index}"));
                graph.edge(rows, index, number);
            }
        }
        for (index, row) in file.tree.lacking.iter().enumerate() {
            graph.add(row, format!("f{number}l{index}"));
        }
        graph.groups.retain(|group| !group.nodes.is_empty());
        graph
    }

    fn add(&mut self, row: &Row, id: String) {
        let node = Node {
            id,
            label: label(row),
            look: look(row.kind),
        };
        match row.stage.and_then(|stage| self.groups.get_mut(stage)) {
            Some(group) => group.nodes.push(node),
            None => self.outside.push(node),
        }
    }

    fn edge(&mut self, rows: &[Row], index: usize, number: usize) {
        let mut parent = rows[index].parent;
        while let Some(at) = parent.filter(|&at| rows[at].kind == RowKind::Stage) {
            parent = rows[at].parent;
        }
        if let Some(parent) = parent {
            self.edges.push(Edge {
                from: format!("f{number}n{parent}"),
                to: format!("f{number}n{index}"),
                stops: rows[index].kind.is_stop(),
            });
        }
    }
}

fn label(row: &Row) -> String {
    let sign = symbol(row.kind);
    let line = match (elsewhere(row), row.place) {
        (Some(elsewhere), _) => format!("{elsewhere}: "),
        (None, Some(place)) => format!("line {}: ", place.start.line),
        (None, None) => String::new(),
    };
    let text = row.text.as_str();
    match &row.note {
        Some(Note::Value(value)) => format!("{sign} {line}{text} = {}", value.as_str()),
        Some(note) => match note.sentence() {
            Some(sentence) => format!("{sign} {line}{text}\n{sentence}"),
            None => format!("{sign} {line}{text}"),
        },
        None => format!("{sign} {line}{text}"),
    }
}

fn look(kind: RowKind) -> Look {
    match kind {
        RowKind::Setting { .. } | RowKind::Origin { .. } | RowKind::Stage => Look::Setting,
        RowKind::Command {
            reads: Reads::Perhaps,
        } => Look::Perhaps,
        RowKind::Command { .. } | RowKind::Use | RowKind::Program => Look::Good,
        RowKind::Stop(_) | RowKind::Lost(_) | RowKind::Lacking => Look::Stop,
    }
}
