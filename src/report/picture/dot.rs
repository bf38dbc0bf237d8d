//! DOT, the language of Graphviz.

use std::fmt::Write as _;

use super::{EdgeKind, Graph, NodeKind};
use crate::report::escape;

/// The graph as a DOT document, ending in a line feed.
pub fn render(graph: &Graph) -> String {
    let mut dot = format!("digraph {} {{\n", quoted(&graph.title));
    let _ = writeln!(dot, "    label = {}; labelloc = t;", quoted(&graph.title));
    dot += "    node [fontname = \"monospace\"]; edge [fontname = \"monospace\"];\n";
    for (at, node) in graph.nodes.iter().enumerate() {
        let texts = std::iter::once(&node.label).chain(&node.lines);
        let texts: Vec<String> = texts.map(|it| inside(it)).collect();
        let look = match node.kind {
            NodeKind::Actor => "shape = ellipse",
            NodeKind::Bystander => "shape = ellipse, style = dashed",
            NodeKind::Resource => "shape = box",
            NodeKind::State => "shape = box, style = rounded",
            NodeKind::Start => "shape = box, style = \"rounded,bold\"",
            NodeKind::End => "shape = box, style = rounded, peripheries = 2",
            NodeKind::Bad => "shape = octagon, color = red, peripheries = 2",
        };
        let _ = writeln!(
            dot,
            "    n{at} [label = \"{}\", {look}];",
            texts.join("\\n")
        );
    }
    for edge in graph.arrows() {
        let look = match edge.kind {
            EdgeKind::Wait | EdgeKind::BadStep => ", color = red",
            EdgeKind::Hold => ", style = dashed",
            EdgeKind::Order | EdgeKind::Step => "",
        };
        let label = quoted(&edge.label);
        let _ = writeln!(
            dot,
            "    n{} -> n{} [label = {label}{look}];",
            edge.from, edge.to
        );
    }
    dot += "}\n";
    dot
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", inside(text))
}

/// Between double quotes: there, only quotes and backslashes mean something.
fn inside(text: &str) -> String {
    escape::line(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}
