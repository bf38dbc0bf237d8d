//! A circle of waiting as two columns: down on the right, up on the left. The
//! texts of the arrows stand outside of it, so nothing can overlap however many
//! take part.

use super::{Anchor, Area, COLUMN, Drawing, Edge, Graph, Wire, columns, size, title_height};

const GAP_Y: f64 = 52.0;
const MARGIN: f64 = 24.0;

/// The drawing, if the graph is one circle of at least two boxes.
pub(super) fn lay_out(graph: &Graph) -> Option<Drawing> {
    let arrows: Vec<&Edge> = graph.arrows().collect();
    let circle = circle(graph, &arrows)?;
    let n = circle.len();
    // Clockwise from the top left: the first on the left, then down the right.
    let right: Vec<usize> = (1..=n.div_ceil(2)).collect();
    let left: Vec<usize> = std::iter::once(0)
        .chain((n.div_ceil(2) + 1..n).rev())
        .collect();
    let width_of = |at: &usize| size(&graph.nodes[circle[*at].0]).0;
    let height = circle
        .iter()
        .map(|it| size(&graph.nodes[it.0]).1)
        .fold(0.0, f64::max);
    let widest = |column: &[usize]| column.iter().map(width_of).fold(0.0, f64::max);
    let label_width = |at: usize| columns(&arrows[circle[at].1].label) as f64 * COLUMN;
    let labels = (0..n).map(label_width).fold(0.0, f64::max);
    let (left_width, right_width) = (widest(&left), widest(&right));
    let left_x = MARGIN + (left_width / 2.0).max(labels + 12.0);
    let right_x = left_x + left_width / 2.0 + labels + 64.0 + right_width / 2.0;
    let width = right_x + (right_width / 2.0).max(labels + 12.0) + MARGIN;
    let pitch = height + GAP_Y;
    let mut boxes = vec![Area::default(); graph.nodes.len()];
    for (column, x) in [(&left, left_x), (&right, right_x)] {
        let offset = (right.len() - column.len()) as f64 * pitch / 2.0;
        for (row, &at) in column.iter().enumerate() {
            let (width, height) = size(&graph.nodes[circle[at].0]);
            let y = title_height(graph) + MARGIN + height / 2.0 + offset + row as f64 * pitch;
            boxes[circle[at].0] = Area {
                x,
                y,
                width,
                height,
            };
        }
    }
    let wires = (0..n)
        .map(|at| {
            let (from, to) = (boxes[circle[at].0], boxes[circle[(at + 1) % n].0]);
            wire(circle[at].1, from, to, n == 2)
        })
        .collect();
    Some(Drawing {
        width,
        height: title_height(graph) + 2.0 * MARGIN + height + (right.len() - 1) as f64 * pitch,
        boxes,
        wires,
    })
}

/// The boxes in the order of the arrows, each with the arrow that leaves it.
fn circle(graph: &Graph, arrows: &[&Edge]) -> Option<Vec<(usize, usize)>> {
    let n = graph.nodes.len();
    if n < 2 || arrows.len() != n {
        return None;
    }
    let mut circle = Vec::with_capacity(n);
    let mut node = 0;
    for _ in 0..n {
        let arrow = arrows.iter().position(|it| it.from == node)?;
        circle.push((node, arrow));
        node = arrows[arrow].to;
        if node == 0 {
            break;
        }
    }
    (circle.len() == n && node == 0).then_some(circle)
}

fn wire(arrow: usize, from: Area, to: Area, is_pair: bool) -> Wire {
    if (from.x - to.x).abs() < 1.0 {
        return vertical(arrow, from, to);
    }
    let towards = if to.x > from.x { 1.0 } else { -1.0 };
    // Two boxes have two arrows between them; they pass each other.
    let lift = if is_pair { -11.0 * towards } else { 0.0 };
    let start = (from.x + towards * from.width / 2.0, from.y + lift);
    let end = (to.x - towards * to.width / 2.0, to.y + lift);
    let above = if is_pair && towards < 0.0 { 19.0 } else { -7.0 };
    let middle = ((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0 + above);
    let slanted = (start.1 - end.1).abs() > 1.0;
    let label = if slanted {
        (middle.0, middle.1 + 12.0)
    } else {
        middle
    };
    Wire {
        arrow,
        points: vec![start, end],
        label,
        anchor: Anchor::Middle,
    }
}

/// Down on the right with its text to the right, up on the left with its text to the left.
fn vertical(arrow: usize, from: Area, to: Area) -> Wire {
    let down = if to.y > from.y { 1.0 } else { -1.0 };
    let start = (from.x, from.y + down * from.height / 2.0);
    let end = (to.x, to.y - down * to.height / 2.0);
    Wire {
        arrow,
        points: vec![start, end],
        label: (from.x + down * 10.0, (start.1 + end.1) / 2.0 + 4.0),
        anchor: if down > 0.0 {
            Anchor::Start
        } else {
            Anchor::End
        },
    }
}
