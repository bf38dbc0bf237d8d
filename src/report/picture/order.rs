//! The steps of the layered layout that are about numbers only.
//!
//! **Invariant:** no recursion, no hash maps; the same graph gives the same
//! picture everywhere.

/// The arrows, with those that close a circle turned round. Loops of one box stay.
pub(super) fn break_circles(n_nodes: usize, arrows: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        New,
        Open,
        Done,
    }
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); n_nodes];
    for (arrow, &(from, _)) in arrows.iter().enumerate() {
        next[from].push(arrow);
    }
    let mut visit = vec![Visit::New; n_nodes];
    let mut forward = arrows.to_vec();
    for start in 0..n_nodes {
        if visit[start] != Visit::New {
            continue;
        }
        visit[start] = Visit::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, position)) = path.last_mut() {
            let Some(&arrow) = next[*node].get(*position) else {
                visit[*node] = Visit::Done;
                path.pop();
                continue;
            };
            *position += 1;
            let (from, to) = arrows[arrow];
            match visit[to] {
                Visit::New => {
                    visit[to] = Visit::Open;
                    path.push((to, 0));
                }
                Visit::Open => forward[arrow] = (to, from),
                Visit::Done => {}
            }
        }
    }
    forward
}

/// The longest path that leads to each node; arrows must not form a circle.
pub(super) fn layer_of(n_nodes: usize, forward: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; n_nodes];
    // A path has fewer arrows than there are nodes.
    for _ in 0..n_nodes {
        let mut changed = false;
        for &(from, to) in forward {
            if from != to && layer[to] <= layer[from] {
                layer[to] = layer[from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    layer
}

/// Sorts every layer by the mean position of its neighbours, down and up again.
pub(super) fn by_barycentre(layers: &mut [Vec<usize>], above: &[Vec<usize>], below: &[Vec<usize>]) {
    let mut place = vec![0.0; above.len()];
    let settle = |layer: &[usize], place: &mut [f64]| {
        for (position, &item) in layer.iter().enumerate() {
            place[item] = (position as f64 + 0.5) / layer.len() as f64;
        }
    };
    layers.iter().for_each(|layer| settle(layer, &mut place));
    for round in 0..8 {
        let downwards = round % 2 == 0;
        let n_layers = layers.len();
        for step in 0..n_layers {
            let at = if downwards { step } else { n_layers - 1 - step };
            let near = if downwards { above } else { below };
            let mut keyed: Vec<(f64, usize)> = layers[at]
                .iter()
                .map(|&item| (mean(&near[item], &place).unwrap_or(place[item]), item))
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[at] = keyed.into_iter().map(|(_, item)| item).collect();
            settle(&layers[at], &mut place);
        }
    }
}

fn mean(items: &[usize], place: &[f64]) -> Option<f64> {
    let sum: f64 = items.iter().map(|&it| place[it]).sum();
    (!items.is_empty()).then(|| sum / items.len() as f64)
}

/// The positions nearest to `wishes` (least squares) at which things of these
/// widths lie side by side in this order, with `gap` between them.
pub(super) fn spread(wishes: &[f64], widths: &[f64], gap: f64) -> Vec<f64> {
    // Relative to a row without room to spare, positions must only not fall.
    let mut packed = vec![0.0; wishes.len()];
    for at in 1..wishes.len() {
        packed[at] = packed[at - 1] + widths[at - 1] / 2.0 + gap + widths[at] / 2.0;
    }
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wish, packed) in wishes.iter().zip(&packed) {
        blocks.push((wish - packed, 1));
        while let [.., (a, n), (b, m)] = blocks[..] {
            if a <= b {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push(((a * n as f64 + b * m as f64) / (n + m) as f64, n + m));
        }
    }
    let offsets = blocks
        .iter()
        .flat_map(|&(offset, n)| std::iter::repeat_n(offset, n));
    offsets
        .zip(packed)
        .map(|(offset, packed)| offset + packed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_broken_at_the_arrow_that_closes_it() {
        let forward = break_circles(3, &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(forward, [(0, 1), (1, 2), (0, 2)]);
        assert_eq!(layer_of(3, &forward), [0, 1, 2]);
    }

    #[test]
    fn things_keep_their_distance() {
        assert_eq!(
            spread(&[0.0, 0.0, 100.0], &[10.0, 10.0, 10.0], 5.0),
            [-7.5, 7.5, 100.0]
        );
        assert_eq!(spread(&[], &[], 5.0), [0.0; 0]);
    }
}
