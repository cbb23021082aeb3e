//! A picture of the stages and the paths.

use std::io::{self, Write};

use super::picture::{CORNER, Frame, Item, ItemLook, LANE, Picture, Trunk, Wire};
use super::style;
use super::view::{PartView, TraceView};
use super::words::{summary, title};
use crate::report::escape::xml;

/// How many colours the stories take turns with.
const COLORS: usize = 6;
/// The height of a file's title.
const TITLE: usize = 44;

/// All files in one picture, one below the other.
pub(super) fn render(view: &TraceView, out: &mut dyn Write) -> io::Result<()> {
    let pictures: Vec<Picture> = view.parts.iter().map(Picture::of).collect();
    let width = pictures.iter().map(|picture| picture.width).max();
    let width = width.unwrap_or(640);
    let height: usize = pictures.iter().map(|picture| picture.height + TITLE).sum();
    let height = height.max(TITLE);
    let name = xml(view.variable.as_str());
    open(width, height, &format!("Where {name} goes"), out)?;
    writeln!(out, "<style>{}</style>", style::PICTURE)?;
    writeln!(
        out,
        "<rect width=\"{width}\" height=\"{height}\" fill=\"var(--page)\"/>"
    )?;
    if pictures.is_empty() {
        writeln!(
            out,
            "<text class=\"soft\" x=\"16\" y=\"28\">Nothing sets or reads {name}.</text>"
        )?;
    }
    let mut y = 0;
    for (file, picture) in view.parts.iter().zip(&pictures) {
        writeln!(
            out,
            "<text class=\"path\" x=\"16\" y=\"{}\">{name} in {}</text>",
            y + 26,
            xml(&title(file))
        )?;
        writeln!(
            out,
            "<text class=\"soft\" x=\"16\" y=\"{}\">{}</text>",
            y + 44,
            xml(&summary(file))
        )?;
        y += TITLE;
        writeln!(out, "<g transform=\"translate(0 {y})\">")?;
        draw(picture, width, out)?;
        writeln!(out, "</g>")?;
        y += picture.height;
    }
    writeln!(out, "</svg>")?;
    Ok(())
}

/// One file's picture, for a page that brings the style.
pub(super) fn inline(file: &PartView, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let picture = Picture::of(file);
    let label = format!("Where {name} goes in {}", xml(&title(file)));
    open(picture.width, picture.height, &label, out)?;
    draw(&picture, picture.width, out)?;
    writeln!(out, "</svg>")
}

/// `label` is escaped already.
fn open(width: usize, height: usize, label: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"trace\" role=\"img\" \
         aria-label=\"{label}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">"
    )
}

fn draw(picture: &Picture, width: usize, out: &mut dyn Write) -> io::Result<()> {
    for frame in &picture.frames {
        draw_frame(frame, width, out)?;
    }
    for trunk in &picture.trunks {
        let Trunk { x, from, to, .. } = trunk;
        let class = wire_class(trunk.story, trunk.stops);
        writeln!(out, "<path class=\"{class}\" d=\"M{x} {from}V{to}\"/>")?;
    }
    // Where a line crosses another lane it passes over it.
    for wire in &picture.wires {
        let ((x1, _), (x2, y)) = (wire.from, wire.to);
        if x2 > x1 + LANE {
            let from = x1 + CORNER + 2;
            writeln!(out, "<path class=\"halo\" d=\"M{from} {y}H{x2}\"/>")?;
        }
    }
    for wire in &picture.wires {
        let class = wire_class(wire.story, wire.stops);
        writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", path(wire))?;
    }
    for item in &picture.items {
        draw_item(item, out)?;
    }
    Ok(())
}

fn draw_frame(frame: &Frame, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let class = if frame.is_idle { "frame idle" } else { "frame" };
    let Frame { y, height, .. } = frame;
    writeln!(
        out,
        "<rect class=\"{class}\" x=\"8\" y=\"{y}\" width=\"{}\" height=\"{height}\" rx=\"8\"/>",
        width.saturating_sub(16)
    )?;
    writeln!(
        out,
        "<text class=\"title\" x=\"{}\" y=\"{}\">{} <tspan class=\"soft\">{}</tspan></text>",
        frame.x,
        y + 22,
        xml(&frame.title),
        xml(&frame.subtitle)
    )
}

fn wire_class(story: usize, stops: bool) -> String {
    let stops = if stops { " stops" } else { "" };
    format!("wire s{}{stops}", story % COLORS)
}

/// Round the corner, from the setting's lane to the row.
fn path(wire: &Wire) -> String {
    let ((x1, y1), (x2, y2)) = (wire.from, wire.to);
    if y1 == y2 {
        return format!("M{x1} {y1}H{x2}");
    }
    let before = match y2 > y1 {
        true => y2.saturating_sub(CORNER),
        false => y2 + CORNER,
    };
    let after = match x2 > x1 {
        _ if x1 == x2 => return format!("M{x1} {before}V{y2}"),
        true => x1 + CORNER,
        false => x1.saturating_sub(CORNER),
    };
    format!("M{x1} {before}Q{x1} {y2} {after} {y2}H{x2}")
}

fn draw_item(item: &Item, out: &mut dyn Write) -> io::Result<()> {
    let Item { x, y, text_x, .. } = item;
    if let Some(line) = item.line {
        writeln!(
            out,
            "<text class=\"soft\" x=\"52\" y=\"{}\" text-anchor=\"end\">{line}</text>",
            y + 4
        )?;
    }
    let story = item.story % COLORS;
    match item.look {
        ItemLook::Setting => writeln!(
            out,
            "<circle class=\"dot f{story}\" cx=\"{x}\" cy=\"{y}\" r=\"6.5\"/>"
        )?,
        ItemLook::Perhaps => writeln!(
            out,
            "<circle class=\"perhaps s{story}\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>"
        )?,
        ItemLook::Good => writeln!(
            out,
            "<path class=\"mark good\" d=\"M{} {}l3.5 4 7-8.5\"/>",
            x.saturating_sub(2),
            y
        )?,
        ItemLook::Stop | ItemLook::Lacking => writeln!(
            out,
            "<path class=\"mark bad\" d=\"M{} {}l9 9m0-9l-9 9\"/>",
            x.saturating_sub(2),
            y.saturating_sub(4)
        )?,
    }
    let class = match item.look {
        ItemLook::Setting => "setting",
        ItemLook::Stop => "why",
        ItemLook::Good | ItemLook::Perhaps | ItemLook::Lacking => "",
    };
    let value = match &item.value {
        Some(value) => format!(" <tspan class=\"soft\">= {}</tspan>", xml(value)),
        None => String::new(),
    };
    let aside = match item.look {
        ItemLook::Perhaps => " <tspan class=\"soft\">may read it</tspan>",
        ItemLook::Lacking => " <tspan class=\"soft\">reads it and gets nothing</tspan>",
        ItemLook::Setting | ItemLook::Good | ItemLook::Stop => "",
    };
    let file = match &item.elsewhere {
        Some(place) => format!(" <tspan class=\"soft\">{}</tspan>", xml(place)),
        None => String::new(),
    };
    writeln!(
        out,
        "<text class=\"{class}\" x=\"{text_x}\" y=\"{}\">{}{value}{aside}{file}</text>",
        y + 4,
        xml(&item.text)
    )
}
