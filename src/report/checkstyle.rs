//! Checkstyle's XML. Form: `checkstyle/checkstyle`, `XMLLogger.java`.

use std::io;

use super::escape::xml;
use super::view::{FindingView, View};

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<checkstyle version="4.3">"#)?;
    for findings in view
        .findings
        .chunk_by(|a, b| view.primary_path(a) == view.primary_path(b))
    {
        let name = findings
            .first()
            .map_or("", |first| view.primary_path(first));
        writeln!(out, r#"  <file name="{}">"#, xml(name))?;
        for finding in findings {
            error(finding, out)?;
        }
        writeln!(out, "  </file>")?;
    }
    for error in &view.errors {
        let (path, message) = (xml(error.path.as_str()), xml(error.message.as_str()));
        writeln!(out, r#"  <file name="{path}">"#)?;
        let place = error.label.as_ref().map(|label| label.start);
        let place = place.map(|at| format!(r#"line="{}" column="{}" "#, at.line, at.column));
        writeln!(
            out,
            r#"    <error {}severity="error" message="{message}" source="docklint.{}"/>"#,
            place.unwrap_or_default(),
            error.kind
        )?;
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

fn error(finding: &FindingView, out: &mut dyn io::Write) -> io::Result<()> {
    let start = finding
        .primary()
        .map(|label| label.start)
        .unwrap_or_default();
    writeln!(
        out,
        r#"    <error line="{}" column="{}" severity="{}" message="{}" source="docklint.{}"/>"#,
        start.line,
        start.column,
        finding.severity.as_str(),
        xml(finding.message.as_str()),
        finding.rule
    )
}
