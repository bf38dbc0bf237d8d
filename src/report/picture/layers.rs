//! Any graph in layers from top to bottom, with the texts of the arrows in
//! layers of their own, so that they take room like boxes do.
//!
//! Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of
//! hierarchical system structures" (1981): break circles, layer by longest
//! path, order by barycentres, then positions. Deviation: positions are the
//! least-squares fit to the neighbours' centres (pool adjacent violators),
//! which keeps a minimal distance exactly.
//!
//! **Invariant:** a line crosses a layer only at an item of that layer, so it
//! never runs through a box or a text.

use super::order::{break_circles, by_barycentre, layer_of, spread};
use super::{Anchor, Area, COLUMN, Drawing, Edge, Graph, LINE, Wire, columns, size, title_height};

const GAP_X: f64 = 22.0;
const GAP_Y: f64 = 30.0;
const MARGIN: f64 = 24.0;

/// What takes room in a layer: a box, a text, or a line that passes through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Node(usize),
    Label(usize),
    Pass,
}

/// Items in layers, and each arrow as the items it leads through.
struct Layers {
    items: Vec<(Item, f64, f64)>,
    layers: Vec<Vec<usize>>,
    /// For each item the items of the layer above it that it is joined to.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    chains: Vec<(usize, Vec<usize>, bool)>,
}

pub(super) fn lay_out(graph: &Graph) -> Drawing {
    let mut layers = Layers::new(graph);
    by_barycentre(&mut layers.layers, &layers.above, &layers.below);
    let x = layers.positions();
    // For every item the top and the bottom of its layer.
    let mut y = vec![(0.0, 0.0); layers.items.len()];
    let mut bottom = title_height(graph) + MARGIN;
    for layer in &layers.layers {
        let heights = layer.iter().map(|&it| layers.items[it].2);
        let height = heights.fold(0.0, f64::max);
        layer
            .iter()
            .for_each(|&it| y[it] = (bottom, bottom + height));
        bottom += height + GAP_Y;
    }
    let edge = |sign: f64| {
        let ends = (0..x.len()).map(|it| sign * x[it] + layers.items[it].1 / 2.0);
        ends.fold(f64::MIN, f64::max)
    };
    let (left, right) = if x.is_empty() {
        (0.0, 0.0)
    } else {
        (-edge(-1.0), edge(1.0))
    };
    let shift = MARGIN - left;
    let mut boxes = vec![Area::default(); graph.nodes.len()];
    for (at, &(item, width, height)) in layers.items.iter().enumerate() {
        if let Item::Node(node) = item {
            boxes[node] = Area {
                x: x[at] + shift,
                y: (y[at].0 + y[at].1) / 2.0,
                width,
                height,
            };
        }
    }
    let wires = layers
        .chains
        .iter()
        .map(|chain| wire(chain, &layers, &x, &y, shift))
        .collect();
    Drawing {
        width: right - left + 2.0 * MARGIN,
        height: bottom - GAP_Y + MARGIN,
        boxes,
        wires,
    }
}

impl Layers {
    fn new(graph: &Graph) -> Self {
        let arrows: Vec<&Edge> = graph.arrows().collect();
        let pairs: Vec<(usize, usize)> = arrows.iter().map(|it| (it.from, it.to)).collect();
        let forward = break_circles(graph.nodes.len(), &pairs);
        // Odd layers are for texts.
        let depth = layer_of(graph.nodes.len(), &forward);
        let n_layers = depth.iter().max().map_or(0, |deepest| deepest * 2 + 1);
        let items = graph.nodes.iter().enumerate();
        let items = items.map(|(at, node)| {
            let (width, height) = size(node);
            (Item::Node(at), width, height)
        });
        let mut layers = Self {
            items: items.collect(),
            layers: vec![Vec::new(); n_layers],
            above: vec![Vec::new(); graph.nodes.len()],
            below: vec![Vec::new(); graph.nodes.len()],
            chains: Vec::new(),
        };
        for (node, &depth) in depth.iter().enumerate() {
            layers.layers[depth * 2].push(node);
        }
        for (arrow, &(from, to)) in forward.iter().enumerate() {
            if from != to {
                let is_reversed = arrows[arrow].from != from;
                let span = (depth[from] * 2, depth[to] * 2);
                layers.chain(arrow, (from, to), span, &arrows[arrow].label, is_reversed);
            }
        }
        layers
    }

    /// Adds what an arrow needs in the layers between its ends.
    fn chain(
        &mut self,
        arrow: usize,
        (from, to): (usize, usize),
        (top, bottom): (usize, usize),
        label: &str,
        is_reversed: bool,
    ) {
        let mut chain = vec![from];
        // The text stands next to where the arrow begins.
        let label_layer = if is_reversed { bottom - 1 } else { top + 1 };
        for layer in top + 1..bottom {
            let item = if layer == label_layer && !label.is_empty() {
                (
                    Item::Label(arrow),
                    columns(label) as f64 * COLUMN + 6.0,
                    LINE,
                )
            } else {
                (Item::Pass, 4.0, 4.0)
            };
            let at = self.items.len();
            self.items.push(item);
            self.above.push(Vec::new());
            self.below.push(Vec::new());
            self.layers[layer].push(at);
            chain.push(at);
        }
        chain.push(to);
        for pair in chain.windows(2) {
            self.below[pair[0]].push(pair[1]);
            self.above[pair[1]].push(pair[0]);
        }
        self.chains.push((arrow, chain, is_reversed));
    }

    /// The centres: every layer is drawn towards its neighbours a few times.
    fn positions(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.items.len()];
        for round in 0..12 {
            let downwards = round % 2 == 0;
            let order: Vec<usize> = if downwards {
                (0..self.layers.len()).collect()
            } else {
                (0..self.layers.len()).rev().collect()
            };
            for layer in order {
                let layer = &self.layers[layer];
                let wish = |&it: &usize| {
                    let (first, second) = (&self.above[it], &self.below[it]);
                    let near = if downwards { first } else { second };
                    let near = if near.is_empty() {
                        if downwards { second } else { first }
                    } else {
                        near
                    };
                    if near.is_empty() {
                        return x[it];
                    }
                    near.iter().map(|&it| x[it]).sum::<f64>() / near.len() as f64
                };
                let wishes: Vec<f64> = layer.iter().map(wish).collect();
                let widths: Vec<f64> = layer.iter().map(|&it| self.items[it].1).collect();
                for (&it, place) in layer.iter().zip(spread(&wishes, &widths, GAP_X)) {
                    x[it] = place;
                }
            }
        }
        x
    }
}

/// The points of an arrow: vertical where it passes a layer.
fn wire(
    (arrow, chain, is_reversed): &(usize, Vec<usize>, bool),
    layers: &Layers,
    x: &[f64],
    y: &[(f64, f64)],
    shift: f64,
) -> Wire {
    let mut points = Vec::new();
    let mut label = (0.0, 0.0);
    for (position, &it) in chain.iter().enumerate() {
        let (item, _, height) = layers.items[it];
        let (x, (top, bottom)) = (x[it] + shift, y[it]);
        let middle = (top + bottom) / 2.0;
        if item == Item::Label(*arrow) {
            label = (x, middle + 4.0);
        }
        // Bends lie between layers only: beside a taller box a line goes straight.
        if position > 0 {
            points.push((x, top));
            points.push((x, middle - height / 2.0));
        }
        if position + 1 < chain.len() {
            points.push((x, middle + height / 2.0));
            points.push((x, bottom));
        }
    }
    points.dedup_by(|a, b| (a.1 - b.1).abs() < 0.1 && (a.0 - b.0).abs() < 0.1);
    if *is_reversed {
        points.reverse();
    }
    Wire {
        arrow: *arrow,
        points,
        label,
        anchor: Anchor::Middle,
    }
}
