//! For a terminal: a tree with the line numbers beside it.

use std::io::{self, Write};

use super::tree::{Note, Row, RowKind};
use super::view::{PartView, Subject, TraceView};
use super::words::{counted, label, summary, symbol, title};
use crate::finding::Severity;
use crate::finding::redact::Redacted;
use crate::flow::reach::Reads;
use crate::report::{Paint, RenderOptions, escape};

pub(super) fn render(
    view: &TraceView,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        view,
        paint: Paint(options.color),
        width: options.width,
        out,
    };
    printer.all()
}

struct Printer<'v, 'o> {
    view: &'v TraceView,
    paint: Paint,
    width: usize,
    out: &'o mut dyn Write,
}

/// Columns of the line numbers, with the space behind them.
const GUTTER: usize = 7;

impl Printer<'_, '_> {
    fn all(&mut self) -> io::Result<()> {
        let view = self.view;
        if let (Some(line), [file]) = (view.parts.first().and_then(|f| f.line), &*view.parts)
            && file.tree.rows.is_empty()
            && file.tree.lacking.is_empty()
        {
            let (name, path) = (view.variable.as_str(), &file.path);
            let text = format!("nothing on line {line} of {path} sets or reads {name}");
            return writeln!(self.out, "{}", escape::line(&text));
        }
        for (position, file) in view.parts.iter().enumerate() {
            if position > 0 {
                writeln!(self.out)?;
            }
            self.file(file)?;
        }
        let name = escape::line(view.variable.as_str());
        let is_dockerfile = |part: &&PartView| part.subject == Subject::Dockerfile;
        let dockerfiles = view.parts.iter().filter(is_dockerfile).count();
        match (dockerfiles, view.left_out) {
            _ if view.parts.is_empty() && !view.feeds.is_empty() => {}
            (_, 0) if view.parts.is_empty() => {
                writeln!(self.out, "nothing here sets or reads {name}")?;
            }
            (_, 0) => {}
            (0, count) if view.parts.is_empty() => {
                let files = counted(count, "Dockerfile");
                writeln!(self.out, "{files}: nothing sets or reads {name}")?;
            }
            (_, count) => {
                let what = if dockerfiles == 0 {
                    "Dockerfile"
                } else {
                    "other Dockerfile"
                };
                let files = counted(count, what);
                let text = format!("{files}: nothing sets or reads {name}");
                writeln!(self.out, "\n{}", self.paint.dim(&text))?;
            }
        }
        self.feeds()
    }

    /// Under which names it goes on, and how to follow those.
    fn feeds(&mut self) -> io::Result<()> {
        let variable = self.view.variable.as_str();
        for feed in &self.view.feeds {
            let names: Vec<&str> = feed.names.iter().map(Redacted::as_str).collect();
            let (file, line) = (&feed.file, feed.line);
            let text = format!(
                "{file}:{line} sets {variable}, and it goes into {}: `docklint trace {}` follows it",
                names.join(", "),
                names.first().unwrap_or(&variable)
            );
            writeln!(self.out, "{}", escape::line(&text))?;
        }
        Ok(())
    }

    fn file(&mut self, file: &PartView) -> io::Result<()> {
        self.title(file)?;
        let has_next = file.tree.has_next();
        // For each depth, whether a line runs down from there.
        let mut open: Vec<bool> = Vec::new();
        for (row, &has_next) in file.tree.rows.iter().zip(&has_next) {
            if row.depth == 0 {
                writeln!(self.out)?;
            }
            open.truncate(row.depth);
            self.row(file, row, &open, has_next)?;
            open.push(has_next);
        }
        if !file.tree.lacking.is_empty() {
            let text = match file.tree.lacking.len() {
                1 => "1 command reads it and gets nothing".to_owned(),
                count => format!("{count} commands read it and get nothing"),
            };
            writeln!(self.out, "\n{:GUTTER$}{text}", "")?;
            for row in &file.tree.lacking {
                self.row(file, row, &[], false)?;
            }
        }
        Ok(())
    }

    fn title(&mut self, file: &PartView) -> io::Result<()> {
        let name = escape::line(self.view.variable.as_str());
        let path = title(file);
        let path = escape::line(&path);
        let title = self.paint.bold(&name);
        let twin = self.view.twin.as_ref().map_or_else(String::new, |twin| {
            let twin = escape::line(twin.as_str());
            format!(" (and {twin}, which is the same story)")
        });
        writeln!(self.out, "{title} in {path}{}", self.paint.dim(&twin))?;
        writeln!(self.out, "{}", self.paint.dim(&summary(file)))
    }

    fn row(&mut self, file: &PartView, row: &Row, open: &[bool], has_next: bool) -> io::Result<()> {
        let number = match row.place.filter(|_| row.file.is_none()) {
            Some(place) => format!("{:>5}  ", place.start.line),
            None => " ".repeat(GUTTER),
        };
        let mut guide = String::new();
        for &open in open.get(1..).unwrap_or_default() {
            guide.push_str(if open { "│  " } else { "   " });
        }
        let branch = match (row.depth, has_next) {
            (0, _) => "",
            (_, true) => "├─ ",
            (_, false) => "└─ ",
        };
        let own = format!("{:GUTTER$}{guide}{}  ", "", below(row.depth, has_next));
        let label = label(file, row);
        let used = GUTTER + 3 * row.depth + 2;
        let needed = used + row.text.as_str().chars().count() + 2 + label.chars().count();
        // A place in another file goes below what does not fit beside it.
        let (label, second) = match row.file {
            Some(_) if needed > self.width => (String::new(), Some(label)),
            _ => (label, None),
        };
        let room = self.width.saturating_sub(used + label.chars().count() + 2);
        let room = room.max(20);
        let text = escape::line(row.text.as_str());
        // Why it stops is worth a longer line.
        let text = match row.kind.is_stop() && row.note.is_none() {
            true => text.into_owned(),
            false => cut(&text, room),
        };
        let value = match &row.note {
            Some(Note::Value(value)) => {
                let room = room.saturating_sub(text.chars().count() + 3).max(20);
                format!(" = {}", cut(&escape::line(value.as_str()), room))
            }
            _ => String::new(),
        };
        let label = match label.is_empty() {
            true => String::new(),
            false => format!("  {label}"),
        };
        writeln!(
            self.out,
            "{}{}{} {}{}{}",
            self.paint.dim(&number),
            self.paint.dim(&format!("{guide}{branch}")),
            self.mark(row.kind),
            self.text(row.kind, &text),
            self.paint.dim(&value),
            self.paint.dim(&label),
        )?;
        let sentence = row.note.as_ref().and_then(Note::sentence);
        let sentence = sentence.map(escape::line);
        for more in second.as_deref().into_iter().chain(sentence.as_deref()) {
            writeln!(self.out, "{}", self.paint.dim(&format!("{own}{more}")))?;
        }
        Ok(())
    }

    fn mark(&self, kind: RowKind) -> String {
        let symbol = symbol(kind);
        match kind {
            RowKind::Setting { .. } | RowKind::Origin { .. } => self.paint.code(symbol),
            RowKind::Stage => self.paint.dim(symbol),
            RowKind::Use | RowKind::Program => self.paint.good(symbol),
            RowKind::Command { reads } => match reads {
                Reads::Perhaps => self.paint.dim(symbol),
                Reads::InText | Reads::Surely => self.paint.good(symbol),
            },
            RowKind::Stop(_) | RowKind::Lost(_) | RowKind::Lacking => {
                self.paint.severity(Severity::Error, symbol)
            }
        }
    }

    fn text(&self, kind: RowKind, text: &str) -> String {
        match kind {
            kind if kind.is_setting() => self.paint.bold(text),
            RowKind::Stage => self.paint.dim(text),
            _ => text.to_owned(),
        }
    }
}

/// The line that runs down beside what is told below a row.
fn below(depth: usize, has_next: bool) -> &'static str {
    match (depth, has_next) {
        (0, _) => "",
        (_, true) => "│  ",
        (_, false) => "   ",
    }
}

/// At most `width` characters.
fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        None => text.to_owned(),
    }
}
