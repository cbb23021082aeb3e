//! A Graphviz graph: the stages as clusters, the way of the values as edges.

use std::io::{self, Write};

use super::graph::{Graph, Node};
use super::view::TraceView;
use super::words::title;
use crate::report::escape;

pub(super) fn render(view: &TraceView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph trace {{")?;
    writeln!(out, "  graph [fontname=\"sans-serif\"];")?;
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\", fontsize=11];"
    )?;
    for (number, file) in view.parts.iter().enumerate() {
        let graph = Graph::of(file, number);
        let path = quoted(&title(file));
        writeln!(out, "  subgraph cluster_{number} {{\n    label={path};")?;
        for node in &graph.outside {
            write_node(node, "    ", out)?;
        }
        for group in &graph.groups {
            let title = quoted(&group.title);
            writeln!(out, "    subgraph cluster_{number}_{} {{", group.index)?;
            writeln!(out, "      label={title};")?;
            for node in &group.nodes {
                write_node(node, "      ", out)?;
            }
            writeln!(out, "    }}")?;
        }
        writeln!(out, "  }}")?;
        for edge in &graph.edges {
            let style = match edge.stops {
                true => " [style=dashed, color=\"#dc2626\", arrowhead=tee]",
                false => "",
            };
            writeln!(out, "  {} -> {}{style};", edge.from, edge.to)?;
        }
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn write_node(node: &Node, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let (face, border) = node.look.colors();
    let label = quoted(&node.label);
    let id = &node.id;
    writeln!(
        out,
        "{indent}{id} [label={label}, fillcolor=\"{face}\", color=\"{border}\"];"
    )
}

/// A string in quotes, its lines flush left. Graphviz reads escapes and HTML entities in labels
/// (https://graphviz.org/docs/attr-types/escString/).
fn quoted(text: &str) -> String {
    let mut label = String::with_capacity(text.len() + 8);
    label.push('"');
    for c in text.chars() {
        match c {
            '"' => label.push_str("\\\""),
            '\\' => label.push_str("\\\\"),
            '&' => label.push_str("&amp;"),
            '\n' => label.push_str("\\l"),
            c if escape::is_deceptive(c) => label.push_str(&escape::shown(c)),
            c => label.push(c),
        }
    }
    if text.contains('\n') {
        label.push_str("\\l");
    }
    label.push('"');
    label
}
