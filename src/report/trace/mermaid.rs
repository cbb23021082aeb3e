//! A mermaid flowchart: the stages as boxes, the way of the values as arrows.

use std::io::{self, Write};

use super::graph::{Graph, Look, Node};
use super::view::TraceView;
use super::words::title;
use crate::report::escape;

const LOOKS: [(Look, &str); 4] = [
    (Look::Setting, "set"),
    (Look::Good, "good"),
    (Look::Perhaps, "perhaps"),
    (Look::Stop, "stop"),
];

pub(super) fn render(view: &TraceView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart TD")?;
    for (number, file) in view.parts.iter().enumerate() {
        let graph = Graph::of(file, number);
        writeln!(out, "  subgraph f{number}[{}]", quoted(&title(file)))?;
        for node in &graph.outside {
            write_node(node, "    ", out)?;
        }
        for group in &graph.groups {
            let title = quoted(&group.title);
            writeln!(out, "    subgraph f{number}s{}[{title}]", group.index)?;
            for node in &group.nodes {
                write_node(node, "      ", out)?;
            }
            writeln!(out, "    end")?;
        }
        writeln!(out, "  end")?;
        for edge in &graph.edges {
            let arrow = if edge.stops { "-.-x" } else { "-->" };
            writeln!(out, "  {} {arrow} {}", edge.from, edge.to)?;
        }
    }
    for (look, class) in LOOKS {
        let (face, border) = look.colors();
        writeln!(
            out,
            "  classDef {class} fill:{face},stroke:{border},color:#111"
        )?;
    }
    Ok(())
}

fn write_node(node: &Node, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let class = match node.look {
        Look::Setting => "set",
        Look::Good => "good",
        Look::Perhaps => "perhaps",
        Look::Stop => "stop",
    };
    writeln!(
        out,
        "{indent}{}[{}]:::{class}",
        node.id,
        quoted(&node.label)
    )
}

/// A label in quotes. Mermaid takes HTML and markdown in labels, and entities with `#` in place of
/// `&` (https://mermaid.js.org/syntax/flowchart.html, "Entity codes to escape characters"): so
/// everything but plain text becomes an entity.
fn quoted(text: &str) -> String {
    let mut label = String::with_capacity(text.len() + 8);
    label.push('"');
    for c in text.chars() {
        match c {
            '\n' => label.push_str("<br/>"),
            c if escape::is_deceptive(c) => escape::shown(c)
                .chars()
                .for_each(|c| push_plain(c, &mut label)),
            c => push_plain(c, &mut label),
        }
    }
    label.push('"');
    label
}

fn push_plain(c: char, label: &mut String) {
    let is_plain = !c.is_ascii() || c.is_ascii_alphanumeric() || " .,:/-=()?!+".contains(c);
    match is_plain {
        true => label.push(c),
        false => label.push_str(&format!("#{};", u32::from(c))),
    }
}
