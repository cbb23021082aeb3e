//! One file per output format. A renderer sees a [`View`]: redacted text only.

mod baseline;
mod checkstyle;
mod concise;
mod diff;
pub mod escape;
mod frame;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod paint;
mod place;
mod points;
mod rdjson;
pub mod resolve;
mod sarif;
mod secrets;
mod statistics;
pub mod trace;
mod tsv;
mod view;
mod words;

use std::io;

pub use baseline::baseline_text;
pub use diff::FileDiff;
pub use paint::Paint;
pub use place::{PlaceView, SpotView};
pub use points::Point;
pub use view::{
    EditView, ErrorView, FileView, FindingView, FixView, FixedView, LabelView, SkippedView,
    Summary, View, travelling,
};

use crate::check::Outcome;
use crate::finding::baseline::Entry;

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Frames with the story of each finding, for people.
    #[default]
    Human,
    /// A line for each finding.
    Concise,
    /// docklint's own JSON: versioned, complete.
    Json,
    /// SARIF 2.1.0, for code scanning services.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// Checkstyle's XML.
    Checkstyle,
    /// JUnit's XML.
    Junit,
    /// reviewdog's JSON.
    Rdjson,
    /// Tab-separated values.
    Tsv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Checkstyle,
        Self::Junit,
        Self::Rdjson,
        Self::Tsv,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Checkstyle => "checkstyle",
            Self::Junit => "junit",
            Self::Rdjson => "rdjson",
            Self::Tsv => "tsv",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// How to render. Of formats for programs only docklint's own JSON looks at it.
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    /// Write colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Also tell how many findings each rule has; people see that instead of the findings.
    pub statistics: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            statistics: false,
        }
    }
}

/// The run in figures: "1 error in 2 files".
pub fn figures(outcome: &Outcome) -> String {
    let left_out = (outcome.errors.len(), outcome.skipped.len());
    human::figures(Summary::of(outcome), left_out, Paint(false))
}

/// The findings of a run as entries of a baseline, in their order.
pub fn baseline_entries(outcome: &Outcome) -> Vec<Entry> {
    baseline::entries(&View::new(outcome))
}

/// Writes a run's outcome in a format.
pub fn render(
    format: Format,
    outcome: &Outcome,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let view = View::new(outcome);
    match format {
        Format::Human => human::render(&view, options, out),
        Format::Concise => concise::render(&view, out),
        Format::Json => json::render(&view, options, out),
        Format::Sarif => sarif::render(&view, out),
        Format::Github => github::render(&view, out),
        Format::Gitlab => gitlab::render(&view, out),
        Format::Checkstyle => checkstyle::render(&view, out),
        Format::Junit => junit::render(&view, out),
        Format::Rdjson => rdjson::render(&view, out),
        Format::Tsv => tsv::render(&view, out),
    }
}
