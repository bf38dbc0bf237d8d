//! Mermaid, which code forges draw inside Markdown.

use std::fmt::Write as _;

use super::{EdgeKind, Graph, NodeKind};
use crate::report::escape;

/// The graph as a Mermaid flowchart, ending in a line feed.
pub fn render(graph: &Graph) -> String {
    let mut chart = "flowchart TD\n".to_owned();
    let _ = writeln!(chart, "    accTitle: {}", escaped(&graph.title));
    for (at, node) in graph.nodes.iter().enumerate() {
        let texts = std::iter::once(&node.label).chain(&node.lines);
        let texts: Vec<String> = texts.map(|it| escaped(it)).collect();
        let label = texts.join("<br/>");
        let (open, close) = match node.kind {
            NodeKind::Actor | NodeKind::Bystander => ("([", "])"),
            NodeKind::Resource => ("[", "]"),
            NodeKind::State => ("(", ")"),
            NodeKind::Start => ("((", "))"),
            NodeKind::End => ("(((", ")))"),
            NodeKind::Bad => ("{{", "}}"),
        };
        let _ = writeln!(chart, "    n{at}{open}\"{label}\"{close}");
    }
    for edge in graph.arrows() {
        let arrow = match edge.kind {
            EdgeKind::Wait | EdgeKind::BadStep => "==>",
            EdgeKind::Hold => "-.->",
            EdgeKind::Order | EdgeKind::Step => "-->",
        };
        let label = if edge.label.is_empty() {
            String::new()
        } else {
            format!("|\"{}\"|", escaped(&edge.label))
        };
        let _ = writeln!(chart, "    n{} {arrow}{label} n{}", edge.from, edge.to);
    }
    chart
}

/// Letters, digits and a few harmless marks stay; all else becomes `#code;`,
/// the only escape Mermaid knows.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in escape::line(text).chars() {
        if c.is_alphanumeric() || " _.,=+()/-".contains(c) {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    if safe.trim().is_empty() {
        "#160;".to_owned()
    } else {
        safe
    }
}
