//! GitHub Actions' workflow commands: one annotation for each finding.
//! Form and escapes: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
//! and `@actions/core`, `command.ts`.

use std::io;

use super::escape;
use super::view::{FindingView, LabelView, View};
use crate::finding::Severity;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &view.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let title = property(&format!("docklint: {}", finding.rule));
        let place = place(view, finding.primary());
        let text = data(&text(view, finding));
        writeln!(out, "::{command} {place}title={title}::{text}")?;
    }
    for error in &view.errors {
        let place = match &error.label {
            Some(label) => place(view, Some(label)),
            None => format!("file={},", property(error.path.as_str())),
        };
        let title = property(&format!("docklint: {}", error.kind));
        let text = data(error.message.as_str());
        writeln!(out, "::error {place}title={title}::{text}")?;
    }
    Ok(())
}

/// Columns are given only within one line: GitHub ignores the annotation's place otherwise.
fn place(view: &View<'_>, label: Option<&LabelView>) -> String {
    let Some(primary) = label else {
        return String::new();
    };
    let file = property(view.path(primary.file));
    let (start, end) = (primary.start, primary.end);
    let lines = format!("file={file},line={},endLine={},", start.line, end.line);
    if start.line == end.line {
        let last = end.column.saturating_sub(1).max(start.column);
        format!("{lines}col={},endColumn={last},", start.column)
    } else {
        lines
    }
}

/// The message, the story and the help, as the annotation has room for one text only.
fn text(view: &View<'_>, finding: &FindingView) -> String {
    let mut text = finding.message.as_str().to_owned();
    if finding.labels.len() > 1 {
        for (at, label) in finding.labels.iter().enumerate() {
            let path = view.path(label.file);
            let line = label.start.line;
            text += &format!("\n{}: {path}:{line}: {}", at + 1, label.text);
        }
    }
    if let Some(help) = &finding.help {
        text += &format!("\nhelp: {help}");
    }
    text
}

fn data(text: &str) -> String {
    let escaped = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    escape::line(&escaped).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
