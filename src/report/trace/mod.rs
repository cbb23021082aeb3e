//! Where a variable is set, how it travels and where it stops: `docklint trace`.
//!
//! | file | what it does |
//! | --- | --- |
//! | `view` | a trace as it may be shown: everything has passed the redaction door |
//! | `outside` | the same for what stands outside of Dockerfiles |
//! | `tree` | the same as a tree, row by row: what every format draws |
//! | `words` | how parts and rows are told in every format |
//! | `human` | for a terminal |
//! | `json` | for programs, in the shape of `docklint-trace.schema.json` |
//! | `graph`, `mermaid`, `dot` | for the tools that draw these |
//! | `picture`, `svg`, `style` | the stages and the paths as a picture |
//! | `html` | a page with the picture and the words |

mod dot;
mod feeds;
mod graph;
mod html;
mod human;
mod json;
mod mermaid;
mod outside;
mod picture;
mod style;
mod svg;
mod tree;
mod view;
mod words;

use std::io;

pub use feeds::FeedView;
pub use tree::{Note, Row, RowKind, Tree};
pub use view::{PartView, StageView, Subject, TraceView};

use super::RenderOptions;

/// How a trace is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceFormat {
    /// A tree, for people.
    #[default]
    Human,
    /// docklint's own JSON: versioned, complete.
    Json,
    /// A mermaid flowchart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
    /// A picture.
    Svg,
    /// A page with the picture, in one file.
    Html,
}

impl TraceFormat {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Human,
        Self::Json,
        Self::Mermaid,
        Self::Dot,
        Self::Svg,
        Self::Html,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Svg => "svg",
            Self::Html => "html",
        }
    }

    /// What it is, for people.
    pub fn what(self) -> &'static str {
        match self {
            Self::Human => "A tree, for people",
            Self::Json => "For programs",
            Self::Mermaid => "A mermaid flowchart",
            Self::Dot => "A Graphviz graph",
            Self::Svg => "A picture",
            Self::Html => "A page with the picture, in one file",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes a trace in a format.
pub fn render(
    format: TraceFormat,
    view: &TraceView,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        TraceFormat::Human => human::render(view, options, out),
        TraceFormat::Json => json::render(view, out),
        TraceFormat::Mermaid => mermaid::render(view, out),
        TraceFormat::Dot => dot::render(view, out),
        TraceFormat::Svg => svg::render(view, out),
        TraceFormat::Html => html::render(view, out),
    }
}
