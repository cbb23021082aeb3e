//! Edits that several rules make.

use crate::finding::{Applicability, Edit, Finding};
use crate::flow::{Build, Setting};
use crate::model::address::{self, Flaw};
use crate::source::{SourceFile, Span};

/// Writes `text` as a line of its own above an instruction, indented as that one.
pub(super) fn line_above(
    text: &str,
    instruction: Span,
    build: &Build<'_>,
    source: &SourceFile,
) -> Edit {
    let at = instruction.start as usize;
    let indent = indent(at, source).unwrap_or_default();
    Edit {
        file: build.file,
        span: Span::at(at - indent.len()),
        text: format!("{indent}{text}{}", source.line_end()),
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
        text: format!("{}{text}", source.line_end()),
    }
}

/// Removes an instruction with its line; of blank lines on both sides those below go too.
pub(super) fn without_line(instruction: Span, build: &Build<'_>, source: &SourceFile) -> Edit {
    let text = source.text();
    let range = instruction.range();
    let indent = indent(range.start, source).unwrap_or_default();
    let start = range.start - indent.len();
    let behind = text.get(range.end..).unwrap_or_default();
    let mut end = behind
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    let above = text.get(..start).unwrap_or_default();
    let above = above.trim_start_matches(BOM).lines().next_back();
    if above.is_none_or(|line| line.trim().is_empty()) {
        let below = text.get(end..).unwrap_or_default();
        let blank = below.split_inclusive('\n');
        let blank = blank.take_while(|line| line.trim().is_empty());
        end += blank.map(str::len).sum::<usize>();
    }
    Edit {
        file: build.file,
        span: Span::new(start, end),
        text: String::new(),
    }
}

const BOM: char = '\u{feff}';

/// The blanks before `at` on its line; none if something else stands there.
pub(super) fn indent(at: usize, source: &SourceFile) -> Option<&str> {
    let line = source.lines().line_start(source.lines().line(at));
    let before = source.text().get(line..at)?.trim_start_matches(BOM);
    before.trim().is_empty().then_some(before)
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
