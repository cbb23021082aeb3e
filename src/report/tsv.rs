//! Tab-separated values, for `cut`, `awk` and spreadsheets: a line with the names of the columns, then
//! one for each finding and each error of the run.
//!
//! Lines and columns count from 1, columns in Unicode scalar values; the end is behind the last
//! character; what has no place has empty fields. In a field `\\` is a backslash, `\t` a tab, `\n` a
//! line feed and `\r` a carriage return.

use std::borrow::Cow;
use std::io;

use super::escape;
use super::view::{LabelView, View};

/// The names of the columns. New ones come at the end.
const COLUMNS: &str =
    "file\tline\tcolumn\tend_line\tend_column\tseverity\trule\tmessage\thelp\tfingerprint";

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{COLUMNS}")?;
    for finding in &view.findings {
        let path = field(view.primary_path(finding));
        let place = place(finding.primary());
        let severity = finding.severity.as_str();
        let (rule, message) = (finding.rule, field(finding.message.as_str()));
        let help = field(finding.help.as_ref().map_or("", |help| help.as_str()));
        let fingerprint = &finding.fingerprint;
        writeln!(
            out,
            "{path}\t{place}\t{severity}\t{rule}\t{message}\t{help}\t{fingerprint}"
        )?;
    }
    for error in &view.errors {
        let path = field(error.path.as_str());
        let place = place(error.label.as_ref());
        let message = field(error.message.as_str());
        writeln!(out, "{path}\t{place}\terror\t{}\t{message}\t\t", error.kind)?;
    }
    Ok(())
}

/// Four fields.
fn place(label: Option<&LabelView>) -> String {
    label.map_or("\t\t\t".to_owned(), |label| {
        let (start, end) = (label.start, label.end);
        format!(
            "{}\t{}\t{}\t{}",
            start.line, start.column, end.line, end.column
        )
    })
}

fn field(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == '\\' || escape::is_deceptive(c)) {
        return Cow::Borrowed(text);
    }
    let mut field = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' => field.push_str("\\\\"),
            '\t' => field.push_str("\\t"),
            '\n' => field.push_str("\\n"),
            '\r' => field.push_str("\\r"),
            c if escape::is_deceptive(c) => field.push_str(&escape::shown(c)),
            c => field.push(c),
        }
    }
    Cow::Owned(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_line_without_tabs() {
        assert_eq!(field("a\\b\tc\r\nd\u{1b}"), "a\\\\b\\tc\\r\\nd␛");
        assert!(matches!(field("plain é"), Cow::Borrowed(_)));
    }
}
