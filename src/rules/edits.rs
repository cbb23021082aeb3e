//! Edits that several rules make.

use crate::finding::{Applicability, Edit, Finding};
use crate::flow::{Build, Setting};
use crate::model::address::{self, Flaw};
use crate::source::{SourceFile, Span};

/// Writes `text` as a line of its own above an instruction.
pub(super) fn line_above(
    text: &str,
    instruction: Span,
    build: &Build<'_>,
    source: &SourceFile,
) -> Edit {
    Edit {
        file: build.file,
        span: Span::at(instruction.start as usize),
        text: format!("{text}{}", line_end(source)),
    }
}

/// Writes `text` as a line of its own below an instruction.
pub(super) fn line_below(
    text: &str,
    instruction: Span,
    build: &Build<'_>,
    source: &SourceFile,
) -> Edit {
    Edit {
        file: build.file,
        span: Span::at(instruction.end as usize),
        text: format!("{}{text}", line_end(source)),
    }
}

/// Removes an instruction with the line end behind it.
pub(super) fn without_line(instruction: Span, build: &Build<'_>, source: &SourceFile) -> Edit {
    let text = source.text();
    let range = instruction.range();
    let behind = text.get(range.end..).unwrap_or_default();
    let end = behind
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    Edit {
        file: build.file,
        span: Span::new(range.start, end),
        text: String::new(),
    }
}

/// The line end of the file's first line.
fn line_end(source: &SourceFile) -> &'static str {
    let first = source.text().split_inclusive('\n').next();
    match first.is_some_and(|line| line.ends_with("\r\n")) {
        true => "\r\n",
        false => "\n",
    }
}

/// Says what to write instead of a value with a flaw, and offers it as a fix where it is plain.
pub(super) fn mend(
    finding: &mut Finding,
    setting: &Setting<'_>,
    flaw_of: impl Fn(&str) -> Option<Flaw>,
    build: &Build<'_>,
    source: &SourceFile,
) {
    let Some(value) = setting.value.as_known() else {
        return;
    };
    let Some(mended) = address::mended(value, &flaw_of) else {
        return;
    };
    let help = match mended.is_empty() {
        true => "write an empty value".to_owned(),
        false => format!("write `{mended}`"),
    };
    // With a password in it, the value would be shown masked.
    if !value.contains('@') {
        finding.help(help.clone());
    }
    if let Some(span) = setting.exact_span_of(0..value.len(), source) {
        let edit = Edit {
            file: build.file,
            span,
            text: mended,
        };
        finding.fix(help, Applicability::Suggested, vec![edit]);
    }
}
