//! A page in one file, without scripts: the picture, and the same in words.

use std::io::{self, Write};

use super::tree::{Note, Row, RowKind};
use super::view::{PartView, TraceView};
use super::words::{label, summary, symbol, title};
use super::{style, svg};
use crate::flow::reach::Reads;
use crate::report::escape::xml;

pub(super) fn render(view: &TraceView, out: &mut dyn Write) -> io::Result<()> {
    let name = xml(view.variable.as_str());
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Where {name} goes</title>\n<style>{}{}</style>\n<body>",
        style::PAGE,
        style::PICTURE
    )?;
    writeln!(out, "<h1>Where <code>{name}</code> goes</h1>")?;
    if let Some(twin) = &view.twin {
        writeln!(
            out,
            "<p class=\"soft\">Together with <code>{}</code>: both spellings are one story.</p>",
            xml(twin.as_str())
        )?;
    }
    for file in &view.parts {
        write_file(file, &name, out)?;
    }
    if view.parts.is_empty() {
        writeln!(out, "<p>Nothing sets or reads it.</p>")?;
    }
    if view.left_out > 0 {
        let files = match view.left_out {
            1 => "1 Dockerfile has".to_owned(),
            count => format!("{count} Dockerfiles have"),
        };
        writeln!(
            out,
            "<p class=\"soft\">{files} nothing to do with it and stand{} not here.</p>",
            if view.left_out == 1 { "s" } else { "" }
        )?;
    }
    writeln!(
        out,
        "<h3>Legend</h3>\n<p class=\"soft\"><span class=\"mark set\">●</span>gives it a value \
         &#160; <span class=\"mark good\">✓</span>gets the value \
         &#160; <span class=\"mark\">○</span>gets the value and may read it \
         &#160; <span class=\"mark stop\">✗</span>goes no further</p>\n</body>\n</html>"
    )?;
    Ok(())
}

fn write_file(file: &PartView, name: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2><code>{}</code></h2>\n<p>{}</p>\n<div class=\"picture\">",
        xml(&title(file)),
        xml(&summary(file))
    )?;
    svg::inline(file, name, out)?;
    writeln!(out, "</div>\n<h3>In words</h3>")?;
    write_tree(file, out)?;
    if !file.tree.lacking.is_empty() {
        writeln!(
            out,
            "<h3>Commands that read it and get nothing</h3>\n<ul class=\"lacking\">"
        )?;
        for row in &file.tree.lacking {
            write_row(file, row, out)?;
            writeln!(out, "</li>")?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

/// Nested lists, closed and opened by the depth of the rows.
fn write_tree(file: &PartView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"all\">")?;
    let mut open: usize = 0;
    for row in &file.tree.rows {
        if row.depth >= open && open > 0 {
            writeln!(out, "<ul>")?;
        }
        while open > row.depth {
            open -= 1;
            writeln!(out, "</li>")?;
            if open > row.depth {
                writeln!(out, "</ul>")?;
            }
        }
        write_row(file, row, out)?;
        open = row.depth + 1;
    }
    for at in 0..open {
        let end = if at + 1 < open { "</li></ul>" } else { "</li>" };
        writeln!(out, "{end}")?;
    }
    writeln!(out, "</ul>")
}

/// A row without its end tag.
fn write_row(file: &PartView, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let class = match row.kind {
        RowKind::Setting { .. } | RowKind::Origin { .. } => " set",
        RowKind::Command {
            reads: Reads::Perhaps,
        }
        | RowKind::Stage => "",
        RowKind::Command { .. } | RowKind::Use | RowKind::Program => " good",
        RowKind::Stop(_) | RowKind::Lost(_) | RowKind::Lacking => " stop",
    };
    write!(
        out,
        "<li><span class=\"mark{class}\">{}</span><code>{}</code>",
        symbol(row.kind),
        xml(row.text.as_str())
    )?;
    if let Some(Note::Value(value)) = &row.note {
        write!(
            out,
            " <code class=\"soft\">= {}</code>",
            xml(value.as_str())
        )?;
    }
    let own = row.place.filter(|_| row.file.is_none());
    let line = own.map(|place| format!("line {}", place.start.line));
    let label = Some(label(file, row)).filter(|label| !label.is_empty());
    let aside: Vec<String> = line.into_iter().chain(label).collect();
    if !aside.is_empty() {
        write!(
            out,
            "<span class=\"line\">{}</span>",
            xml(&aside.join(", "))
        )?;
    }
    if let Some(sentence) = row.note.as_ref().and_then(Note::sentence) {
        write!(out, "<span class=\"why\">{}</span>", xml(sentence))?;
    }
    Ok(())
}
