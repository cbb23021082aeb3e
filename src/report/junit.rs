//! JUnit's XML: a suite for each file, a failed case for each finding; one passed case if there are
//! none, because readers take an empty report for a run that broke.
//! Form: <https://github.com/testmoapp/junitxml>.

use std::io;

use super::escape::xml;
use super::view::{FindingView, View};

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let failures = view.findings.len();
    let errors = view.errors.len();
    let passed = usize::from(failures + errors == 0);
    let tests = failures + errors + passed;
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="docklint" tests="{tests}" failures="{failures}" errors="{errors}">"#
    )?;
    for findings in view
        .findings
        .chunk_by(|a, b| view.primary_path(a) == view.primary_path(b))
    {
        let name = xml(findings
            .first()
            .map_or("", |first| view.primary_path(first)));
        let count = findings.len();
        writeln!(
            out,
            r#"  <testsuite name="{name}" tests="{count}" failures="{count}" errors="0">"#
        )?;
        for finding in findings {
            case(&name, finding, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    for error in &view.errors {
        let (name, kind) = (xml(error.path.as_str()), error.kind);
        writeln!(
            out,
            r#"  <testsuite name="{name}" tests="1" failures="0" errors="1">"#
        )?;
        let line = error.label.as_ref().map(|label| label.start.line);
        let line = line.map_or(String::new(), |line| format!(r#" line="{line}""#));
        writeln!(
            out,
            r#"    <testcase name="{kind}" classname="{name}" file="{name}"{line}>"#
        )?;
        let message = xml(error.message.as_str());
        writeln!(out, r#"      <error type="{kind}" message="{message}"/>"#)?;
        writeln!(out, "    </testcase>\n  </testsuite>")?;
    }
    if passed == 1 {
        writeln!(
            out,
            r#"  <testsuite name="docklint" tests="1" failures="0" errors="0">"#
        )?;
        writeln!(out, r#"    <testcase name="clean" classname="docklint"/>"#)?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(path: &str, finding: &FindingView, out: &mut dyn io::Write) -> io::Result<()> {
    let start = finding
        .primary()
        .map(|label| label.start)
        .unwrap_or_default();
    let (line, column) = (start.line, start.column);
    let message = xml(finding.message.as_str());
    let help = finding.help.as_ref().map_or("", |help| help.as_str());
    writeln!(
        out,
        r#"    <testcase name="{}:{line}:{column}" classname="{path}" file="{path}" line="{line}">"#,
        finding.rule
    )?;
    writeln!(
        out,
        r#"      <failure type="{}" message="{message}">{}</failure>"#,
        finding.severity.as_str(),
        xml(help)
    )?;
    writeln!(out, "    </testcase>")
}
