//! docklint's own JSON. `docklint-output.schema.json` describes it; a change that breaks a reader
//! raises [`VERSION`].

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use super::escape;
use super::statistics::{self, Count};
use super::view::{EditView, FindingView, FixView, LabelView, View};
use super::{Point, RenderOptions, Summary};
use crate::source::FileId;

/// The version of the shape.
pub const VERSION: u32 = 1;

/// Writes the report: one line, always complete.
pub(super) fn render(
    view: &View<'_>,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let report = Report {
        version: VERSION,
        findings: view.findings.iter().map(|it| finding(view, it)).collect(),
        errors: view
            .errors
            .iter()
            .map(|error| Error {
                file: error.path.as_str(),
                kind: error.kind,
                message: error.message.as_str(),
                start: error.label.as_ref().map(|label| label.start.into()),
                end: error.label.as_ref().map(|label| label.end.into()),
            })
            .collect(),
        files: Files {
            checked: view.summary.checked,
            skipped: view
                .skipped
                .iter()
                .map(|skipped| Skipped {
                    file: skipped.path.as_str(),
                    why: skipped.why.as_str(),
                })
                .collect(),
        },
        summary: view.summary.into(),
        statistics: options.statistics.then(|| {
            let counts = statistics::counts(view).into_iter();
            counts.map(RuleCount::from).collect()
        }),
    };
    write(&report, out)
}

/// Writes any value as this module writes its report.
pub(super) fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Visible);
    value.serialize(&mut serializer)?;
    writeln!(out)
}

/// A value as [`write`] writes it, without the line end.
pub(super) fn text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    // Memory takes everything, and what is written has no keys that are no text.
    let _ = write(value, &mut out);
    String::from_utf8_lossy(&out).trim_end().to_owned()
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: Vec<Finding<'a>>,
    errors: Vec<Error<'a>>,
    files: Files<'a>,
    summary: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Vec<RuleCount>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    url: Option<String>,
    fingerprint: &'a str,
    labels: Vec<Label<'a>>,
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    file: &'a str,
    role: &'static str,
    text: &'a str,
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    offset: usize,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    applicability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    edits: Option<Vec<Edit<'a>>>,
    /// `withheld` if the edits touch masked bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'static str>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    start: Place,
    end: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Error<'a> {
    file: &'a str,
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Place>,
}

#[derive(Serialize)]
struct Files<'a> {
    checked: usize,
    skipped: Vec<Skipped<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    file: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    infos: usize,
    suppressed: usize,
    /// Hidden by a baseline, and its entries that hide nothing.
    baselined: usize,
    stale: usize,
    fixed: usize,
}

#[derive(Serialize)]
struct RuleCount {
    rule: &'static str,
    severity: &'static str,
    count: usize,
}

impl From<Count> for RuleCount {
    fn from(count: Count) -> Self {
        Self {
            rule: count.rule,
            severity: count.severity.as_str(),
            count: count.number,
        }
    }
}

impl From<Summary> for Counts {
    fn from(summary: Summary) -> Self {
        Self {
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            stale: summary.stale,
            fixed: summary.fixed,
        }
    }
}

impl From<Point> for Place {
    fn from(point: Point) -> Self {
        Self {
            offset: point.offset,
            line: point.line,
            column: point.column,
        }
    }
}

fn finding<'a>(view: &'a View<'_>, finding: &'a FindingView) -> Finding<'a> {
    let path = |file: FileId| view.path(file);
    let label = |label: &'a LabelView| Label {
        file: path(label.file),
        role: label.role.as_str(),
        text: label.text.as_str(),
        start: label.start.into(),
        end: label.end.into(),
    };
    let edit = |edit: &'a EditView| Edit {
        file: path(edit.file),
        start: edit.start.into(),
        end: edit.end.into(),
        text: edit.text.as_str(),
    };
    let fix = |fix: &'a FixView| Fix {
        title: fix.title.as_str(),
        applicability: fix.applicability.as_str(),
        edits: fix
            .edits
            .as_ref()
            .map(|edits| edits.iter().map(edit).collect()),
        fix: fix.edits.is_none().then_some("withheld"),
    };
    Finding {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        message: finding.message.as_str(),
        help: finding.help.as_ref().map(|help| help.as_str()),
        url: finding.url(),
        fingerprint: &finding.fingerprint,
        labels: finding.labels.iter().map(label).collect(),
        fixes: finding.fixes.iter().map(fix).collect(),
    }
}

/// Writes characters that would deceive the reader of a log as escapes; to a program it is the same.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(escape::is_deceptive) {
            let (plain, tail) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut chars = tail.chars();
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}
