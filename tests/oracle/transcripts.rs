//! What a program can print, found without keeping it in the states: each state
//! has the set of all that can have been printed on the way to it.

use super::graph::explore;
use std::collections::BTreeSet;
use threadbare::program::{Instr, Parts, Program};

/// Lines, in order.
type Transcript = Vec<String>;

/// Transcripts of all states together, at most.
const MOST: usize = 20_000;

/// All transcripts of runs that end; `None` if some run goes round, or there are
/// too many.
pub fn transcripts(program: &Program, most: usize) -> Option<BTreeSet<Transcript>> {
    let mut parts: Parts = (**program).clone();
    parts.outcomes.retain(|outcomes| !outcomes.print);
    let program = Program::new(parts).expect("only properties were left out");
    let graph = explore(&program, most)?;
    graph.runs()?;
    let mut sets: Vec<BTreeSet<Transcript>> = vec![BTreeSet::new(); graph.nodes.len()];
    sets[0].insert(Vec::new());
    let mut changed = true;
    while changed {
        changed = false;
        for (node, row) in graph.nodes.iter().enumerate() {
            for step in &row.steps {
                let Ok(to) = step.to else { continue };
                for before in sets[node].clone() {
                    let lines = step.heard.printed.iter();
                    let after = before.into_iter().chain(lines.cloned()).collect();
                    changed |= sets[to].insert(after);
                }
            }
        }
        if sets.iter().map(BTreeSet::len).sum::<usize>() > MOST {
            return None;
        }
    }
    let ends = graph.nodes.iter().zip(sets);
    let ends = ends.filter(|(node, _)| graph.machine.is_over(&node.state));
    Some(ends.flat_map(|(_, set)| set).collect())
}

/// A line of numbers, which is all that random scenarios print.
pub fn line(instr: &Instr, words: &[i64]) -> String {
    assert!(matches!(instr, Instr::Print(_)), "only `print` prints");
    let words: Vec<String> = words.iter().map(i64::to_string).collect();
    words.join(" ")
}
