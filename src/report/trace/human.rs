//! For a terminal: a tree with the line numbers beside it.

use std::io::{self, Write};

use super::tree::{Note, Row, RowKind};
use super::view::{FileView, TraceView};
use crate::finding::Severity;
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
        if let (Some(line), [file]) = (view.files.first().and_then(|f| f.line), &*view.files)
            && file.tree.rows.is_empty()
            && file.tree.lacking.is_empty()
        {
            let (name, path) = (view.variable.as_str(), &file.path);
            let text = format!("nothing on line {line} of {path} sets or reads {name}");
            return writeln!(self.out, "{}", escape::line(&text));
        }
        for (position, file) in view.files.iter().enumerate() {
            if position > 0 {
                writeln!(self.out)?;
            }
            self.file(file)?;
        }
        let name = escape::line(view.variable.as_str());
        match (view.files.len(), view.left_out) {
            (_, 0) => {}
            (0, count) => {
                let files = counted(count, "Dockerfile");
                writeln!(self.out, "{files}: nothing sets or reads {name}")?;
            }
            (_, count) => {
                let files = counted(count, "other Dockerfile");
                let text = format!("{files}: nothing sets or reads {name}");
                writeln!(self.out, "\n{}", self.paint.dim(&text))?;
            }
        }
        Ok(())
    }

    fn file(&mut self, file: &FileView) -> io::Result<()> {
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

    fn title(&mut self, file: &FileView) -> io::Result<()> {
        let name = escape::line(self.view.variable.as_str());
        let path = escape::line(file.path.as_str());
        let path = match file.line {
            Some(line) => format!("{path}:{line}"),
            None => path.into_owned(),
        };
        let title = self.paint.bold(&name);
        let twin = self.view.twin.as_ref().map_or_else(String::new, |twin| {
            let twin = escape::line(twin.as_str());
            format!(" (and {twin}, which is the same story)")
        });
        writeln!(self.out, "{title} in {path}{}", self.paint.dim(&twin))?;
        writeln!(self.out, "{}", self.paint.dim(&summary(file)))
    }

    fn row(&mut self, file: &FileView, row: &Row, open: &[bool], has_next: bool) -> io::Result<()> {
        let number = match row.place {
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
        let label = label(file, row);
        let used = GUTTER + 3 * row.depth + 2 + label.chars().count() + 2;
        let room = self.width.saturating_sub(used).max(20);
        let text = cut(&escape::line(row.text.as_str()), room);
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
        if let Some(Note::Sentence(sentence)) = row.note {
            let below = match (row.depth, has_next) {
                (0, _) => "",
                (_, true) => "│  ",
                (_, false) => "   ",
            };
            let indent = format!("{:GUTTER$}{guide}{below}  ", "");
            writeln!(
                self.out,
                "{}",
                self.paint.dim(&format!("{indent}{sentence}"))
            )?;
        }
        Ok(())
    }

    fn mark(&self, kind: RowKind) -> String {
        let symbol = symbol(kind);
        match kind {
            RowKind::Setting { .. } => self.paint.code(symbol),
            RowKind::Stage => self.paint.dim(symbol),
            RowKind::Use => self.paint.good(symbol),
            RowKind::Command { reads } => match reads {
                Reads::Perhaps => self.paint.dim(symbol),
                Reads::InText | Reads::Surely => self.paint.good(symbol),
            },
            RowKind::Stop(_) | RowKind::Lacking => self.paint.severity(Severity::Error, symbol),
        }
    }

    fn text(&self, kind: RowKind, text: &str) -> String {
        match kind {
            RowKind::Setting { .. } => self.paint.bold(text),
            RowKind::Stage => self.paint.dim(text),
            _ => text.to_owned(),
        }
    }
}

/// The sign in front of a row.
pub(super) fn symbol(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Setting { .. } => "●",
        RowKind::Stage => "▸",
        RowKind::Command {
            reads: Reads::Perhaps,
        } => "○",
        RowKind::Command { .. } | RowKind::Use => "✓",
        RowKind::Stop(_) | RowKind::Lacking => "✗",
    }
}

/// What a file's part of the story comes to.
pub(super) fn summary(file: &FileView) -> String {
    let places = match file.settings {
        0 => "Nothing sets it".to_owned(),
        1 => "Set in 1 place".to_owned(),
        count => format!("Set in {count} places"),
    };
    let readers = match (file.readers, file.served) {
        (0, _) => "no command is known to read it".to_owned(),
        (1, 0) => "the 1 command that reads it gets nothing".to_owned(),
        (1, _) => "the 1 command that reads it gets a value".to_owned(),
        (count, 0) => format!("none of the {count} commands that read it get a value"),
        (count, served) if count == served => {
            format!("all {count} commands that read it get a value")
        }
        (count, served) => format!("{served} of the {count} commands that read it get a value"),
    };
    match (file.uses, file.readers) {
        (0, _) => format!("{places}; {readers}."),
        (1, 0) => format!("{places}; 1 instruction takes it into its text."),
        (count, 0) => format!("{places}; {count} instructions take it into their text."),
        (1, _) => format!("{places}; {readers}, and so does 1 other instruction."),
        (count, _) => format!("{places}; {readers}, and so do {count} other instructions."),
    }
}

/// How a row's stage, or how sure it is, is told beside it.
pub(super) fn label(file: &FileView, row: &Row) -> String {
    let stage = row.stage.and_then(|stage| file.stages.get(stage));
    let stage = stage.map(|stage| format!("stage {}", escape::line(stage.name.as_str())));
    match (row.kind, stage) {
        (RowKind::Setting { .. } | RowKind::Lacking, Some(stage)) => stage,
        (RowKind::Command { reads }, _) => match reads {
            Reads::Perhaps => "may read it".to_owned(),
            Reads::InText | Reads::Surely => String::new(),
        },
        _ => String::new(),
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
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
