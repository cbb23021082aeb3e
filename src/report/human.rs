//! For people: a frame for each finding that tells its story in flow order, and a summary.

use std::io;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet,
};

use super::RenderOptions;
use super::escape;
use super::frame::{self, Window};
use super::paint::Paint;
use super::statistics::{self, Count};
use super::view::{EditView, FindingView, FixView, Summary, View};
use crate::finding::{Applicability, Severity};

/// Writes the report.
pub(super) fn render(
    view: &View<'_>,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let renderer = if options.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(options.width);
    match options.statistics {
        true => statistics(view, Paint(options.color), out)?,
        false => {
            for finding in &view.findings {
                let report = groups(view, finding);
                writeln!(out, "{}\n", renderer.render(&report))?;
            }
        }
    }
    errors(view, &renderer, out)?;
    summary(view, Paint(options.color), out)
}

/// A finding's frame: title and story, then what to do.
fn groups<'a>(view: &'a View<'_>, finding: &'a FindingView) -> Vec<Group<'a>> {
    let title = level(finding.severity)
        .primary_title(escape::line(finding.message.as_str()))
        .id(finding.rule);
    let mut groups = Vec::new();
    let mut group = Group::with_title(title);
    for window in frame::windows(view, &finding.labels) {
        let path = escape::line(view.path(window.file));
        match window.moved {
            None => group = group.element(snippet(window).path(path)),
            Some((line, column)) => {
                let origin = Origin::path(path).line(line).char_column(column);
                groups.push(group.element(origin));
                group = Group::with_level(level(finding.severity)).element(snippet(window));
            }
        }
    }
    let left_out = frame::left_out(&finding.labels);
    if left_out > 0 {
        let note = format!("{left_out} more places are not shown here");
        group = group.element(Level::NOTE.message(note));
    }
    let fix = finding.fixes.first();
    if let (Some(help), None) = (&finding.help, fix) {
        group = group.element(Level::HELP.message(escape::lines(help.as_str())));
    }
    groups.push(group);
    groups.extend(fix.map(|fix| fix_group(view, finding, fix)));
    groups
}

fn snippet<'a>(window: Window) -> Snippet<'a, Annotation<'a>> {
    let mark = |mark: frame::Mark| {
        let kind = if mark.primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        kind.span(mark.range).label(mark.text)
    };
    Snippet::source(window.text)
        .line_start(window.first_line)
        .annotations(window.marks.into_iter().map(mark))
}

/// A fix: the finding's help, or else its own title, over the lines it changes.
fn fix_group<'a>(view: &'a View<'_>, finding: &'a FindingView, fix: &'a FixView) -> Group<'a> {
    let text = finding.help.as_ref().unwrap_or(&fix.title);
    let text = escape::lines(text.as_str());
    let name = match fix.applicability {
        Applicability::Safe => "fix",
        Applicability::Suggested => "suggested fix",
    };
    let level = Level::HELP.with_name(name);
    let Some(edits) = &fix.edits else {
        let text = format!("{text} (not shown here: it touches a masked value)");
        return Group::with_title(level.secondary_title(text));
    };
    let snippets = edits
        .chunk_by(|a, b| a.file == b.file)
        .filter_map(|edits| patches(view, edits));
    Group::with_title(level.secondary_title(text)).elements(snippets)
}

/// The lines around the edits of one file; none where they would not read well.
fn patches<'a>(view: &'a View<'_>, edits: &'a [EditView]) -> Option<Snippet<'a, Patch<'a>>> {
    const LONGEST: usize = 2000;
    let file = view.file(edits.first()?.file)?;
    let first = edits.iter().map(|edit| edit.start.line).min()?;
    let last = edits.iter().map(|edit| edit.end.line).max()?;
    let start = file.line_span(first).range().start;
    let end = file.line_span(last).range().end;
    let lines = file.slice(start, end);
    let readable = |c: char| matches!(c, '\t' | '\r' | '\n') || !escape::is_deceptive(c);
    if lines.len() > LONGEST || !lines.chars().all(readable) {
        return None;
    }
    let patches = edits.iter().map(|edit| {
        let range = edit.start.offset - start..edit.end.offset - start;
        Patch::new(
            range,
            escape::lines(&edit.text.as_str().replace("\r\n", "\n")),
        )
    });
    let snippet = Snippet::source(lines)
        .line_start(first)
        .path(escape::line(file.path.as_str()))
        .patches(patches);
    Some(snippet)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

/// A line for each rule that found something.
fn statistics(view: &View<'_>, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = statistics::counts(view);
    let width = counts
        .first()
        .map_or(0, |most| most.number.to_string().len());
    for Count {
        number,
        severity,
        rule,
    } in &counts
    {
        let severity = paint.severity(*severity, &format!("{:7}", severity.as_str()));
        writeln!(out, "{number:>width$}  {severity}  {rule}")?;
    }
    if !counts.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// What the run could not do.
fn errors(view: &View<'_>, renderer: &Renderer, out: &mut dyn io::Write) -> io::Result<()> {
    for error in &view.errors {
        let message = escape::line(error.message.as_str());
        let text = if error.path.as_str().is_empty() || error.label.is_some() {
            message.into_owned()
        } else {
            format!("{}: {message}", escape::line(error.path.as_str()))
        };
        let title = Level::ERROR.primary_title(text);
        let mut group = Group::with_title(title);
        for window in frame::windows(view, error.label.as_slice()) {
            let path = escape::line(view.path(window.file));
            group = group.element(snippet(window).path(path));
        }
        writeln!(out, "{}\n", renderer.render(&[group]))?;
    }
    Ok(())
}

/// What was left out, where to learn more about the rules that spoke, and the run in figures.
fn summary(view: &View<'_>, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    for skipped in &view.skipped {
        let (path, why) = (
            escape::line(skipped.path.as_str()),
            escape::line(skipped.why.as_str()),
        );
        writeln!(out, "Skipped {path}: {why}")?;
    }
    let mut rules: Vec<_> = view.findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    if !rules.is_empty() {
        let rule = if let [rule] = rules[..] { rule } else { "RULE" };
        let command = paint.bold(&format!("docklint explain {rule}"));
        writeln!(out, "For more about a finding: {command}")?;
    }
    let left_out = (view.errors.len(), view.skipped.len());
    let figures = figures(view.summary, left_out, paint);
    writeln!(out, "{figures}")?;
    fixed(view, out)
}

/// The run in figures: "1 error in 2 files". `left_out` counts what failed and what was skipped.
pub(super) fn figures(summary: Summary, left_out: (usize, usize), paint: Paint) -> String {
    match (summary.checked, left_out) {
        (0, (0, 0)) => {
            "Nothing to lint: no Dockerfile, compose file or Docker configuration found".into()
        }
        (0, (0, _)) => "Nothing was linted: all files are skipped".to_owned(),
        (0, _) => "Nothing was linted".to_owned(),
        (checked, _) => {
            let found = found(summary, paint);
            let files = count(checked, "file", "files");
            format!("{found} in {files}{}", hidden(summary))
        }
    }
}

/// What comments and a baseline hide.
fn hidden(summary: Summary) -> String {
    let parts = [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in the baseline"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, how)| format!("{number} {how}"))
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!(" ({})", parts.join(", ")),
    }
}

/// What was mended, by file.
fn fixed(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if view.fixed.is_empty() {
        return Ok(());
    }
    let findings = count(view.summary.fixed, "finding", "findings");
    let left = view.summary.findings();
    writeln!(out, "Fixed {findings}; {left} left")?;
    for file in &view.fixed {
        let rules = file.rules.iter();
        let rules: Vec<String> = rules
            .map(|(rule, number)| format!("{number} × {rule}"))
            .collect();
        let path = escape::line(file.path.as_str());
        writeln!(out, "  {path}: {}", rules.join(", "))?;
    }
    Ok(())
}

/// "1 error, 2 warnings"
fn found(summary: Summary, paint: Paint) -> String {
    let parts = [
        (summary.errors, "error", "errors", Severity::Error),
        (summary.warnings, "warning", "warnings", Severity::Warning),
        (summary.infos, "info", "infos", Severity::Info),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|&(number, ..)| number > 0)
        .map(|(number, one, many, severity)| paint.severity(severity, &count(number, one, many)))
        .collect();
    if parts.is_empty() {
        return "Nothing to report".to_owned();
    }
    parts.join(", ")
}

/// "1 file", "2 files"
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
