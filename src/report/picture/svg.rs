//! SVG: readable alone, light and dark, without scripts and outside references.

use std::fmt::Write as _;

use super::{Anchor, Area, Drawing, Edge, EdgeKind, Graph, LINE, Node, NodeKind, Wire};
use super::{columns, lay_out, shown, title_lines};
use crate::report::escape::markup as escaped;
use unicode_width::UnicodeWidthStr;

/// What all pictures look like; a page that holds several needs it once.
pub const STYLE: &str = "\
text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c2128}\
.title{font-weight:bold;font-size:14px}\
.name{font-weight:bold}\
.label{fill:#4a5058}\
.page,.back{fill:#fff}\
.actor{fill:#ddebfb;stroke:#1f5f9e}\
.resource{fill:#fdf0d2;stroke:#946200}\
.state{fill:#f3f4f6;stroke:#6b7280}\
.start{fill:#ddebfb;stroke:#1f5f9e}\
.end{fill:#def3e1;stroke:#2a7a38}\
.bad{fill:#fde0de;stroke:#b3261e}\
rect.actor,rect.resource,rect.state,rect.start,rect.end,rect.bad{stroke-width:1.5}\
.inner{fill:none;stroke:#b3261e}\
path{fill:none;stroke-width:1.8}\
.wait,.badstep{stroke:#b3261e}.hold,.step{stroke:#6b7280}.order{stroke:#946200}\
.hold{stroke-dasharray:6 4}\
.await,.abadstep{fill:#b3261e}.ahold,.astep{fill:#6b7280}.aorder{fill:#946200}\
@media(prefers-color-scheme:dark){\
text{fill:#e6e8eb}.label{fill:#b4bac2}\
.page,.back{fill:#14171a}\
.actor,.start{fill:#16304b;stroke:#6ab0f3}\
.resource{fill:#3b2e10;stroke:#e0b04c}\
.state{fill:#23272c;stroke:#8b939e}\
.end{fill:#163420;stroke:#6cc57d}\
.bad{fill:#451a18;stroke:#f2827a}.inner{stroke:#f2827a}\
.wait,.badstep{stroke:#f2827a}.hold,.step{stroke:#9aa2ad}.order{stroke:#e0b04c}\
.await,.abadstep{fill:#f2827a}.ahold,.astep{fill:#9aa2ad}.aorder{fill:#e0b04c}}";

/// The picture as a stand-alone SVG document, ending in a line feed.
pub fn render(graph: &Graph) -> String {
    let graph = &loops_as_lines(graph);
    let drawing = lay_out(graph);
    let title = title_lines(graph);
    let title_width = title
        .iter()
        .map(|it| UnicodeWidthStr::width(it.as_str()))
        .max()
        .unwrap_or(0) as f64
        * 8.8
        + 48.0;
    let (width, height) = (drawing.width.max(title_width), drawing.height);
    let mut svg = opening(
        graph,
        width,
        height,
        " xmlns=\"http://www.w3.org/2000/svg\"",
    );
    let _ = writeln!(svg, "<style>{STYLE}</style>");
    svg += &arrow_heads();
    let _ = writeln!(
        svg,
        "<rect class=\"page\" width=\"{width:.0}\" height=\"{height:.0}\"/>"
    );
    for (position, line) in title.iter().enumerate() {
        let y = 32.0 + position as f64 * (LINE + 2.0);
        raw_text(&mut svg, "title", 24.0, y, Anchor::Start, line);
    }
    drawing_body(&mut svg, graph, &drawing);
    svg += "</svg>\n";
    svg
}

/// The picture as a part of a page, without its title: the page has [`STYLE`]
/// and, once, [`arrow_heads`].
pub fn part(graph: &Graph) -> String {
    let graph = &loops_as_lines(graph);
    let drawing = lay_out(&Graph {
        title: String::new(),
        ..graph.clone()
    });
    let mut svg = opening(graph, drawing.width, drawing.height, "");
    drawing_body(&mut svg, graph, &drawing);
    svg += "</svg>\n";
    svg
}

fn opening(graph: &Graph, width: f64, height: f64, space: &str) -> String {
    format!(
        "<svg{space} width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n",
        escaped(&graph.title),
        description(graph)
    )
}

/// The heads that arrows of all kinds refer to.
pub fn arrow_heads() -> String {
    let mut svg = "<defs>\n".to_owned();
    for kind in ["wait", "hold", "order", "step", "badstep"] {
        let _ = writeln!(
            svg,
            "<marker id=\"{kind}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" \
             markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
             <polygon class=\"a{kind}\" points=\"0,0 10,5 0,10\"/></marker>"
        );
    }
    svg += "</defs>\n";
    svg
}

/// An arrow from a box to itself becomes a line in the box.
fn loops_as_lines(graph: &Graph) -> Graph {
    let mut drawn = graph.clone();
    drawn.edges.retain(|it| it.from != it.to);
    for edge in graph.arrows().filter(|it| it.from == it.to) {
        let line = format!("{}: stays here", edge.label);
        drawn.nodes[edge.from].lines.push(line);
    }
    drawn
}

fn drawing_body(svg: &mut String, graph: &Graph, drawing: &Drawing) {
    let arrows: Vec<&Edge> = graph.arrows().collect();
    for it in &drawing.wires {
        line(svg, it, arrows[it.arrow]);
    }
    for it in &drawing.wires {
        label(svg, it, &arrows[it.arrow].label);
    }
    for (node, area) in graph.nodes.iter().zip(&drawing.boxes) {
        node_box(svg, node, *area);
    }
}

/// A curve that is vertical at every point it passes, or a straight line of two points.
fn line(svg: &mut String, wire: &Wire, edge: &Edge) {
    let Some((first, rest)) = wire.points.split_first() else {
        return;
    };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    let mut from = *first;
    for &(x, y) in rest {
        if wire.points.len() == 2 || (from.0 - x).abs() < 0.1 {
            let _ = write!(path, "L{x:.1} {y:.1}");
        } else {
            let middle = (from.1 + y) / 2.0;
            let _ = write!(
                path,
                "C{:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}",
                from.0
            );
        }
        from = (x, y);
    }
    let kind = edge_class(edge.kind);
    let _ = writeln!(
        svg,
        "<path class=\"{kind}\" d=\"{path}\" marker-end=\"url(#{kind})\"/>"
    );
}

fn label(svg: &mut String, wire: &Wire, label: &str) {
    if label.is_empty() {
        return;
    }
    let (x, y) = wire.label;
    let width = columns(label) as f64 * 8.0 + 4.0;
    let left = match wire.anchor {
        Anchor::Start => x - 2.0,
        Anchor::Middle => x - width / 2.0,
        Anchor::End => x - width + 2.0,
    };
    let _ = writeln!(
        svg,
        "<rect class=\"back\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"17\"/>",
        y - 13.0
    );
    text(svg, "label", x, y, wire.anchor, label);
}

fn node_box(svg: &mut String, node: &Node, area: Area) {
    let (left, top) = (area.x - area.width / 2.0, area.y - area.height / 2.0);
    let (class, radius) = match node.kind {
        NodeKind::Actor => ("actor", area.height / 2.0),
        NodeKind::Bystander => ("state", area.height / 2.0),
        NodeKind::Resource => ("resource", 2.0),
        NodeKind::State => ("state", 8.0),
        NodeKind::Start => ("start", 8.0),
        NodeKind::End => ("end", 8.0),
        NodeKind::Bad => ("bad", 8.0),
    };
    let tooltip = std::iter::once(&node.label).chain(&node.lines);
    let tooltip: Vec<String> = tooltip.map(|it| escaped(it)).collect();
    let _ = write!(svg, "<g><title>{}</title>", tooltip.join("\n"));
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
         rx=\"{radius:.1}\"/>",
        area.width, area.height
    );
    if node.kind == NodeKind::Bad {
        let _ = write!(
            svg,
            "<rect class=\"inner\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"5\"/>",
            left + 3.0,
            top + 3.0,
            area.width - 6.0,
            area.height - 6.0
        );
    }
    let mut y = top + 9.0 + LINE - 5.0;
    text(svg, "name", area.x, y, Anchor::Middle, &node.label);
    for line in &node.lines {
        y += LINE;
        text(svg, "label", area.x, y, Anchor::Middle, line);
    }
    svg.push_str("</g>\n");
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
    raw_text(svg, class, x, y, anchor, &shown(text));
}

/// A text that is already visible and short enough.
pub(super) fn raw_text(svg: &mut String, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(text)
    );
}

/// The picture in words, for those who do not see it.
fn description(graph: &Graph) -> String {
    let name = |at: usize| escaped(&graph.nodes[at].label);
    let arrows = graph.arrows().map(|it| {
        format!(
            "{} --[{}]--> {}",
            name(it.from),
            escaped(&it.label),
            name(it.to)
        )
        .replace("--[]-->", "-->")
    });
    arrows
        .collect::<Vec<_>>()
        .join("; ")
        .replace("-->", "--&gt;")
}

fn edge_class(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Wait => "wait",
        EdgeKind::Hold => "hold",
        EdgeKind::Order => "order",
        EdgeKind::Step => "step",
        EdgeKind::BadStep => "badstep",
    }
}
