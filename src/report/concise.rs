//! One line for each finding: `path:line:column: severity[rule] message`.

use std::io;

use super::escape::line;
use super::view::View;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &view.findings {
        if let Some(primary) = finding.primary() {
            let path = line(view.path(primary.file));
            write!(
                out,
                "{path}:{}:{}: ",
                primary.start.line, primary.start.column
            )?;
        }
        let severity = finding.severity.as_str();
        let message = line(finding.message.as_str());
        writeln!(out, "{severity}[{}] {message}", finding.rule)?;
    }
    for error in &view.errors {
        let message = line(error.message.as_str());
        write!(out, "{}:", line(error.path.as_str()))?;
        if let Some(label) = &error.label {
            write!(out, "{}:{}:", label.start.line, label.start.column)?;
        }
        writeln!(out, " error[{}] {message}", error.kind)?;
    }
    Ok(())
}
