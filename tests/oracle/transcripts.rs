//! What a program can print, found without keeping it in the states: each state
//! has the set of all that can have been printed on the way to it.

use super::graph::explore;
use std::collections::BTreeSet;
use threadbare::program::{Instr, Parts, Program, ValueKind};

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
    let split = program
        .code
        .iter()
        .any(|instr| matches!(instr, Instr::Print(items) if items.is_empty()));
    let all = ends.flat_map(|(_, set)| set);
    Some(match split {
        false => all.collect(),
        true => all.map(as_lines).collect(),
    })
}

/// Texts and line ends as the lines that they make.
fn as_lines(written: Transcript) -> Transcript {
    let text = written.concat();
    let lines = text.strip_suffix(LINE_END).unwrap_or(&text);
    match text.is_empty() {
        true => Vec::new(),
        false => lines.split(LINE_END).map(str::to_owned).collect(),
    }
}

const LINE_END: &str = "\n";

/// A line of numbers or of yes and no, which is all that random scenarios print.
pub fn line(instr: &Instr, words: &[i64]) -> String {
    let Instr::Print(items) = instr else {
        panic!("only `print` prints");
    };
    if items.is_empty() {
        return LINE_END.to_owned();
    }
    let words = words
        .iter()
        .zip(items)
        .map(|(&word, (_, kind))| match kind {
            ValueKind::Bool => (word != 0).to_string(),
            _ => word.to_string(),
        });
    words.collect::<Vec<_>>().join(" ")
}
