//! What would change in a file: a unified diff.
//!
//! Both texts pass the redaction door. Lines are compared as they are, and shown masked. A diff that
//! does not show all as it is has hunks whose headers no program takes for those of a patch.

mod lines;

use std::io;
use std::ops::Range;

use super::escape;
use super::paint::Paint;
use crate::finding::redact::{Door, Quotes, Redacted};
use crate::secrets::Names;
use crate::source::{SourceFile, Span};
use lines::{Replaced, replaced};

/// So many equal lines are shown around those that differ.
const CONTEXT: usize = 3;

/// The difference between two states of a file.
#[derive(Debug)]
pub struct FileDiff {
    path: Redacted,
    hunks: Vec<Hunk>,
    /// Why it is no patch.
    inexact: Option<&'static str>,
}

/// Lines that differ, with some around them.
#[derive(Debug)]
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    sign: char,
    text: String,
    /// Whether the text ends in a line end, as all lines but the last do.
    is_ended: bool,
}

impl FileDiff {
    /// Compares a file with what it is to be. `names` and what is masked in `others` are those of
    /// the run that read it.
    pub fn new(
        names: &Names,
        others: &Quotes<'_>,
        before: &SourceFile,
        after: &SourceFile,
    ) -> Self {
        let door = Door::new(names);
        let (old, new) = (Lines::of(before), Lines::of(after));
        let all = replaced(&old.raw, &new.raw);
        let mask_old = door.mask(before);
        let mut mask_new = door.mask(after);
        // What is written may come from where nothing in this file gives it away.
        let own = Quotes::new(mask_old.secrets(before.text()));
        for index in all.iter().flat_map(|one| one.new.clone()) {
            let (line, start) = (new.raw[index], new.starts[index]);
            let quoted = own.find(line).into_iter().chain(others.find(line));
            mask_new.also(quoted.map(|it| start + it.start..start + it.end));
        }
        let masked = [mask_old.apply(before.text()), mask_new.apply(after.text())];
        let [shown_old, shown_new] = masked.each_ref().map(Redacted::as_str);
        let hunks = grouped(&all).map(|group| hunk(group, &old, &new, shown_old, shown_new));
        let hunks: Vec<Hunk> = hunks.collect();
        let is_masked = hunks.iter().any(|hunk| {
            mask_old.touches(old.span(&hunk.old)) || mask_new.touches(new.span(&hunk.new))
        });
        let is_escaped = |line: &Line| !line.text.chars().all(is_plain);
        let inexact = match is_masked {
            true => Some("masked"),
            false => hunks
                .iter()
                .flat_map(|hunk| &hunk.lines)
                .any(is_escaped)
                .then_some("escaped"),
        };
        Self {
            path: door.path(before.path()),
            hunks,
            inexact,
        }
    }

    /// Writes it.
    pub fn render(&self, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
        let paint = Paint(color);
        let path = escape::line(self.path.as_str());
        let note = self.inexact.map(|why| format!(" ({why}: no patch)"));
        let old = format!("--- {path}{}", note.unwrap_or_default());
        writeln!(out, "{}", paint.bold(&old))?;
        writeln!(out, "{}", paint.bold(&format!("+++ {path}")))?;
        for hunk in &self.hunks {
            let header = match self.inexact {
                Some(_) => format!("@@ line {} @@", hunk.old.start + 1),
                None => format!("@@ -{} +{} @@", place(&hunk.old), place(&hunk.new)),
            };
            writeln!(out, "{}", paint.code(&header))?;
            for line in &hunk.lines {
                let text = format!("{}{}", line.sign, shown(&line.text));
                let text = match line.sign {
                    '-' => paint.removed(&text),
                    '+' => paint.added(&text),
                    _ => text,
                };
                writeln!(out, "{text}")?;
                if !line.is_ended {
                    writeln!(out, "\\ No newline at end of file")?;
                }
            }
        }
        Ok(())
    }
}

/// The lines of a text without their line feeds.
struct Lines<'t> {
    raw: Vec<&'t str>,
    starts: Vec<usize>,
    len: usize,
    /// The last line's number, if it has no line end.
    open: Option<usize>,
}

impl<'t> Lines<'t> {
    fn of(file: &'t SourceFile) -> Self {
        let text = file.text();
        let mut lines = Self {
            raw: Vec::new(),
            starts: Vec::new(),
            len: text.len(),
            open: None,
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            // Two last lines that differ in their ends differ: the line feed stays in the comparison.
            lines.raw.push(line);
            lines.starts.push(at);
            at += line.len();
        }
        if !text.is_empty() && !text.ends_with('\n') {
            lines.open = lines.raw.len().checked_sub(1);
        }
        lines
    }

    /// The bytes of some lines.
    fn span(&self, lines: &Range<usize>) -> Span {
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(self.len);
        Span::new(at(lines.start), at(lines.end))
    }
}

/// Changes with so few lines between them that they stand in one hunk.
fn grouped(all: &[Replaced]) -> impl Iterator<Item = &[Replaced]> {
    all.chunk_by(|a, b| b.old.start - a.old.end <= 2 * CONTEXT)
}

fn hunk(
    group: &[Replaced],
    old: &Lines<'_>,
    new: &Lines<'_>,
    shown_old: &str,
    shown_new: &str,
) -> Hunk {
    let line = |sign, lines: &Lines<'_>, shown: &str, index: usize| {
        let text = shown.get(lines.span(&(index..index + 1)).range());
        let text = text.unwrap_or_default();
        Line {
            sign,
            text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
            is_ended: lines.open != Some(index),
        }
    };
    let first = group.first().map_or(0, |one| one.old.start);
    let last = group.last().map_or(0, |one| one.old.end);
    let begin = first.saturating_sub(CONTEXT);
    let end = (last + CONTEXT).min(old.raw.len());
    let new_begin = group.first().map_or(0, |one| one.new.start) - (first - begin);
    let new_end = group.last().map_or(0, |one| one.new.end) + (end - last);
    let mut lines = Vec::new();
    let mut at = begin;
    for one in group {
        lines.extend((at..one.old.start).map(|index| line(' ', old, shown_old, index)));
        lines.extend(
            one.old
                .clone()
                .map(|index| line('-', old, shown_old, index)),
        );
        lines.extend(
            one.new
                .clone()
                .map(|index| line('+', new, shown_new, index)),
        );
        at = one.old.end;
    }
    lines.extend((at..end).map(|index| line(' ', old, shown_old, index)));
    Hunk {
        old: begin..end,
        new: new_begin..new_end,
        lines,
    }
}

/// Lines as a patch counts them: of none, the one before is named.
fn place(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn is_plain(c: char) -> bool {
    matches!(c, '\t' | '\r') || !escape::is_deceptive(c)
}

/// A line with its tabs and the carriage return of its end.
fn shown(text: &str) -> String {
    let (body, end) = match text.strip_suffix('\r') {
        Some(body) => (body, "\r"),
        None => (text, ""),
    };
    let parts: Vec<_> = body.split('\t').map(escape::line).collect();
    format!("{}{end}", parts.join("\t"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileKind};

    fn diff(old: &str, new: &str) -> String {
        let file = |text: &str| {
            let kind = FileKind::Dockerfile;
            SourceFile::new(FileId(0), "f".into(), kind, text.into())
        };
        let diff = FileDiff::new(&Names::BUILT_IN, &Quotes::default(), &file(old), &file(new));
        let mut out = Vec::new();
        diff.render(false, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn changes_stand_in_hunks_with_lines_around() {
        let old: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let new = old
            .replace("\n2\n", "\n2\nx\n")
            .replace("\n18\n", "\ny\r\n");
        assert_eq!(
            diff(&old, &new),
            "--- f\n+++ f\n@@ -1,5 +1,6 @@\n 1\n 2\n+x\n 3\n 4\n 5\n\
             @@ -15,6 +16,6 @@\n 15\n 16\n 17\n-18\n+y\r\n 19\n 20\n"
        );
    }

    #[test]
    fn a_missing_line_end_is_told() {
        assert_eq!(
            diff("a", "a\n"),
            "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
        );
        assert_eq!(diff("", "a\n"), "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn what_is_masked_or_escaped_is_no_patch() {
        let secret = "http://u:Synth3tic-Pw@h";
        let masked = diff(
            &format!("ENV A={secret}\nRUN a\n"),
            &format!("ENV A={secret}\nRUN b {}\n", "Synth3tic-Pw"),
        );
        assert!(masked.starts_with("--- f (masked: no patch)\n+++ f\n@@ line 1 @@\n"));
        assert!(!masked.contains("Pw"), "{masked}");
        let escaped = diff("a\u{1b}\n", "b\u{1b}\n");
        assert_eq!(
            escaped,
            "--- f (escaped: no patch)\n+++ f\n@@ line 1 @@\n-a␛\n+b␛\n"
        );
    }
}
