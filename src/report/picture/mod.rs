//! Pictures: who waits for whom, which locks are taken in which order, which
//! states there are, as one small graph in three formats; and an execution as
//! swim lanes or as a sequence diagram.
//!
//! A ring is drawn as a ring, everything else in layers; both layouts keep
//! texts apart by construction. **Deliberately absent:** scripts, links and
//! references to anything outside the picture.

mod dot;
mod lanes;
mod layers;
mod mermaid;
mod order;
mod ring;
mod sequence;
mod svg;

use super::{Finding, LockEdge, Moment, Wait};
use crate::base::Source;

pub use dot::render as dot;
pub use lanes::render as lanes;
use mermaid::escaped as mermaid_text;
pub use mermaid::render as mermaid;
pub use sequence::sequence;
pub use svg::render as svg;
pub(super) use svg::{STYLE as SVG_STYLE, arrow_heads, part as svg_part};

/// What is drawn.
///
/// ```
/// use threadbare::report::picture::{self, EdgeKind, Graph, NodeKind};
/// let mut graph = Graph::new("waits");
/// let (worker, lock) = (graph.node("worker", NodeKind::Actor), graph.node("m", NodeKind::Resource));
/// graph.edge(worker, lock, "waits for", EdgeKind::Wait);
/// graph.edge(lock, worker, "held by", EdgeKind::Hold);
/// assert!(picture::svg(&graph).starts_with("<svg"));
/// assert!(picture::dot(&graph).starts_with("digraph"));
/// assert!(picture::mermaid(&graph).starts_with("flowchart"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// What the picture shows, in a few words.
    pub title: String,
    /// The first one begins: the top of the picture.
    pub nodes: Vec<Node>,
    /// Indices outside `nodes` are not drawn.
    pub edges: Vec<Edge>,
}

/// A box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Its name.
    pub label: String,
    /// Lines below the name, such as the values of a state.
    pub lines: Vec<String>,
    /// What it stands for.
    pub kind: NodeKind,
}

/// What a box stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NodeKind {
    /// A thread, task or process.
    Actor,
    /// One that is only stuck behind the others.
    Bystander,
    /// A lock, or whatever else can be waited for.
    Resource,
    /// A state.
    State,
    /// The state everything begins with.
    Start,
    /// A state in which everything has ended well.
    End,
    /// A state that should not be.
    Bad,
}

/// An arrow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// Index into the nodes.
    pub from: usize,
    /// Index into the nodes.
    pub to: usize,
    /// Its text; may be empty.
    pub label: String,
    /// What it stands for.
    pub kind: EdgeKind,
}

/// What an arrow stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EdgeKind {
    /// From who waits to what it waits for.
    Wait,
    /// From what is held to who holds it.
    Hold,
    /// From a lock held to a lock taken.
    Order,
    /// From a state to the next.
    Step,
    /// A step that leads to what should not be.
    BadStep,
}

impl Graph {
    /// An empty graph.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a box and says its index.
    pub fn node(&mut self, label: impl Into<String>, kind: NodeKind) -> usize {
        self.nodes.push(Node {
            label: label.into(),
            lines: Vec::new(),
            kind,
        });
        self.nodes.len() - 1
    }

    /// Adds an arrow.
    pub fn edge(&mut self, from: usize, to: usize, label: impl Into<String>, kind: EdgeKind) {
        self.edges.push(Edge {
            from,
            to,
            label: label.into(),
            kind,
        });
    }

    /// The wait-for graph of a finding; empty if nobody waits.
    pub fn waits(finding: &Finding) -> Self {
        let mut graph = Self::new(finding.message.as_str());
        // The circle first, so that it is drawn at the top.
        let circle = finding.cycle.iter().filter_map(|&at| finding.waits.get(at));
        let others = finding.waits.iter().enumerate();
        let others = others
            .filter(|(at, _)| !finding.cycle.contains(at))
            .map(|(_, wait)| wait);
        let n_circle = finding.cycle.len();
        graph.add_waits(circle.chain(others), n_circle);
        graph
    }

    /// Who waits and who holds what at a moment; empty if nobody does.
    pub fn moment(title: impl Into<String>, moment: &Moment) -> Self {
        let mut graph = Self::new(title);
        graph.add_waits(moment.waits.iter(), 0);
        for hold in &moment.holds {
            let resource = graph.named(&hold.resource, NodeKind::Resource);
            let actor = graph.named(&hold.actor, NodeKind::Actor);
            graph.edge_once(resource, actor, "held by", EdgeKind::Hold);
        }
        graph
    }

    /// Adds waits, of which the first `n_circle` form a circle.
    fn add_waits<'a>(&mut self, waits: impl Iterator<Item = &'a Wait>, n_circle: usize) {
        let graph = self;
        for (at, wait) in waits.enumerate() {
            let stuck = at >= n_circle && n_circle > 0;
            let kind = match graph.nodes.iter().find(|it| it.label == wait.actor) {
                Some(known) if known.kind != NodeKind::Resource => known.kind,
                _ if stuck => NodeKind::Bystander,
                _ => NodeKind::Actor,
            };
            let actor = graph.named(&wait.actor, kind);
            let resource = graph.named(&wait.resource, NodeKind::Resource);
            graph.edge_once(actor, resource, "waits for", EdgeKind::Wait);
            for holder in &wait.held_by {
                let holder = graph.named(holder, NodeKind::Actor);
                graph.edge_once(resource, holder, &wait.relation, EdgeKind::Hold);
            }
        }
    }

    /// The lock-order graph: an arrow from every lock held to the lock taken meanwhile.
    pub fn locks(title: impl Into<String>, edges: &[LockEdge], source: &Source) -> Self {
        let mut graph = Self::new(title);
        for edge in edges {
            let from = graph.named(&edge.from, NodeKind::Resource);
            let to = graph.named(&edge.to, NodeKind::Resource);
            let line = source.position(edge.span.start).line;
            let label = format!("{}, line {line}", edge.actor);
            graph.edge_once(from, to, &label, EdgeKind::Order);
        }
        graph
    }

    /// The box with this name and kind, which is added if there is none.
    pub fn named(&mut self, label: &str, kind: NodeKind) -> usize {
        let found = self
            .nodes
            .iter()
            .position(|it| it.label == label && it.kind == kind);
        found.unwrap_or_else(|| self.node(label, kind))
    }

    fn edge_once(&mut self, from: usize, to: usize, label: &str, kind: EdgeKind) {
        let known = |it: &Edge| (it.from, it.to, it.label.as_str()) == (from, to, label);
        if !self.edges.iter().any(known) {
            self.edge(from, to, label, kind);
        }
    }

    /// The arrows between boxes that exist.
    fn arrows(&self) -> impl Iterator<Item = &Edge> {
        let n_nodes = self.nodes.len();
        self.edges
            .iter()
            .filter(move |it| it.from < n_nodes && it.to < n_nodes)
    }
}

/// More states than this make a picture nobody can read; draw a part instead.
pub const NODES_MAX: usize = 60;

/// Columns of monospaced text before it is cut; the whole is in the tooltip.
const TEXT_MAX: usize = 34;

/// Columns of a line of the title.
const TITLE_MAX: usize = 52;

/// Width of one column of text, with a little to spare.
const COLUMN: f64 = 8.0;

/// Height of a line of text.
const LINE: f64 = 18.0;

/// A laid-out picture: positions only.
struct Drawing {
    width: f64,
    height: f64,
    /// One for each node: its centre and its size.
    boxes: Vec<Area>,
    /// One for each drawn arrow.
    wires: Vec<Wire>,
}

/// A rectangle by its centre.
#[derive(Clone, Copy, Default)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// An arrow as a line through points, and where its text stands.
struct Wire {
    /// Index into the arrows of the graph.
    arrow: usize,
    points: Vec<(f64, f64)>,
    label: (f64, f64),
    anchor: Anchor,
}

/// Which part of a text stands at its position.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// The title in lines; the page is as wide as a line of it.
fn title_lines(graph: &Graph) -> Vec<String> {
    title_lines_of(&graph.title)
}

fn title_lines_of(title: &str) -> Vec<String> {
    super::human::wrapped(&super::escape::line(title), TITLE_MAX)
}

fn title_height(graph: &Graph) -> f64 {
    if graph.title.is_empty() {
        return 0.0;
    }
    20.0 + title_lines(graph).len() as f64 * (LINE + 2.0)
}

fn lay_out(graph: &Graph) -> Drawing {
    ring::lay_out(graph).unwrap_or_else(|| layers::lay_out(graph))
}

/// The size of a node's box.
fn size(node: &Node) -> (f64, f64) {
    let texts = std::iter::once(&node.label).chain(&node.lines);
    let columns = texts.map(|it| columns(it)).max().unwrap_or(0).max(3);
    let lines = 1 + node.lines.len();
    (columns as f64 * COLUMN + 28.0, lines as f64 * LINE + 18.0)
}

/// The columns a text takes when it is drawn.
fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(shown(text).as_str())
}

/// A text as it is drawn: visible, and not too long.
fn shown(text: &str) -> String {
    let visible = super::escape::line(text);
    if unicode_width::UnicodeWidthStr::width(&*visible) <= TEXT_MAX {
        return visible.into_owned();
    }
    let mut cut = String::new();
    for c in visible.chars() {
        if unicode_width::UnicodeWidthStr::width(cut.as_str()) >= TEXT_MAX - 3 {
            break;
        }
        cut.push(c);
    }
    cut + "..."
}
