//! All states, found the slowest and simplest way: clone, step, look it up.

use std::collections::HashMap;
use threadbare::program::{Instr, LabelId, Pc, Program};
use threadbare::semantics::{
    Capacity, Chooser, Event, EventKind, Fault, Incident, Machine, Recorder, State, Stop,
};
use threadbare::trace::Action;

/// One step out of a state.
pub struct Step {
    pub action: Action,
    /// The number of the state it leads to, or why the execution stops.
    pub to: Result<usize, Fault>,
    pub heard: Heard,
}

/// A state and its steps.
pub struct Node {
    pub state: State,
    /// Steps of a shortest run to it.
    pub depth: usize,
    pub enabled: Vec<usize>,
    pub steps: Vec<Step>,
}

/// All states of a program; the first is the initial one.
pub struct Graph<'p> {
    pub machine: Machine<'p>,
    pub nodes: Vec<Node>,
    pub executed: Vec<bool>,
}

/// What a step told, in order.
#[derive(Default)]
pub struct Heard {
    pub incidents: Vec<(usize, Incident)>,
    /// The labels that were begun (false) or done (true).
    pub labels: Vec<(LabelId, bool)>,
    pub executed: Vec<Pc>,
    /// The lines printed.
    pub printed: Vec<String>,
}

struct Listener<'p> {
    program: &'p Program,
    heard: Heard,
}

impl Recorder for Listener<'_> {
    const EVENTS: bool = true;

    fn event(&mut self, event: Event) {
        if let EventKind::Printed(words) = &event.kind {
            let line = super::transcripts::line(self.program.instr(event.pc), words);
            self.heard.printed.push(line);
        }
    }

    fn incident(&mut self, actor: usize, incident: Incident) {
        if let Incident::LabelBegun(label, _) = incident {
            self.heard.labels.push((label, false));
        }
        self.heard.incidents.push((actor, incident));
    }

    fn executed(&mut self, pc: Pc) {
        if let Instr::LabelDone(label) = self.program.instr(pc) {
            self.heard.labels.push((*label, true));
        }
        self.heard.executed.push(pc);
    }
}

/// Explores a program; `None` if it has more than `most` states or goes past a
/// limit of the language.
pub fn explore(program: &Program, most: usize) -> Option<Graph<'_>> {
    let mut capacity = Capacity::initial(program);
    loop {
        match explore_within(program, capacity, most) {
            Ok(graph) => return graph,
            Err(more) => capacity = more,
        }
    }
}

fn explore_within(
    program: &Program,
    capacity: Capacity,
    most: usize,
) -> Result<Option<Graph<'_>>, Capacity> {
    let machine = Machine::new(program, capacity);
    let mut listener = Listener {
        program,
        heard: Heard::default(),
    };
    let initial = match machine.initial(&mut listener) {
        Ok(state) => state,
        Err(Stop::Grow(more)) => return Err(more),
        Err(_) => return Ok(None),
    };
    let mut numbers = HashMap::from([(initial.clone(), 0)]);
    let mut found = vec![(initial, 0)];
    let mut nodes: Vec<Node> = Vec::new();
    let mut executed = vec![false; program.code.len()];
    for &pc in &listener.heard.executed {
        executed[pc as usize] = true;
    }
    while nodes.len() < found.len() {
        let (state, depth) = found[nodes.len()].clone();
        let enabled: Vec<usize> = machine.enabled(&state).collect();
        let mut steps = Vec::new();
        for &actor in &enabled {
            let mut chooser = Chooser::first();
            loop {
                let mut after = state.clone();
                let mut listener = Listener {
                    program,
                    heard: Heard::default(),
                };
                let result = machine.step(&mut after, actor, &mut chooser, &mut listener);
                let to = match result {
                    Ok(()) => {
                        let new = found.len();
                        let number = *numbers.entry(after.clone()).or_insert(new);
                        if number == new {
                            found.push((after, depth + 1));
                        }
                        Ok(number)
                    }
                    Err(Stop::Fault(fault)) => Err(fault),
                    Err(Stop::Grow(more)) => return Err(more),
                    Err(Stop::Limit(..)) => return Ok(None),
                };
                for &pc in &listener.heard.executed {
                    executed[pc as usize] = true;
                }
                let way = chooser.code();
                steps.push(Step {
                    action: Action { actor, way },
                    to,
                    heard: listener.heard,
                });
                if !chooser.advance() {
                    break;
                }
            }
        }
        if found.len() > most {
            return Ok(None);
        }
        nodes.push(Node {
            state,
            depth,
            enabled,
            steps,
        });
    }
    Ok(Some(Graph {
        machine,
        nodes,
        executed,
    }))
}

impl Graph<'_> {
    /// The states that can be reached from one, itself included.
    pub fn reach(&self, from: usize) -> Vec<usize> {
        let mut seen = vec![false; self.nodes.len()];
        seen[from] = true;
        let mut found = vec![from];
        let mut next = 0;
        while next < found.len() {
            for step in &self.nodes[found[next]].steps {
                if let Ok(to) = step.to
                    && !seen[to]
                {
                    seen[to] = true;
                    found.push(to);
                }
            }
            next += 1;
        }
        found
    }

    /// For each state, who takes a step on some run from it, a bit each: a step to
    /// a state; and any step, also one in which the execution stops.
    pub fn movers(&self) -> Vec<(u64, u64)> {
        (0..self.nodes.len())
            .map(|node| {
                let reached = self.reach(node);
                let steps = reached.iter().flat_map(|&to| &self.nodes[to].steps);
                steps.fold((0, 0), |(moving, awake), step| {
                    let bit = 1 << step.action.actor;
                    let moves = if step.to.is_ok() { bit } else { 0 };
                    (moving | moves, awake | bit)
                })
            })
            .collect()
    }

    /// In how many ways each state can be reached; `None` if some run goes round.
    pub fn runs(&self) -> Option<Vec<u64>> {
        let goes_round = (0..self.nodes.len()).any(|node| {
            let next = self.nodes[node]
                .steps
                .iter()
                .filter_map(|step| step.to.ok());
            next.into_iter().any(|to| self.reach(to).contains(&node))
        });
        if goes_round {
            return None;
        }
        let mut runs: Vec<Option<u64>> = vec![None; self.nodes.len()];
        runs[0] = Some(1);
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (node, row) in self.nodes.iter().enumerate() {
            for to in row.steps.iter().filter_map(|step| step.to.ok()) {
                before[to].push(node);
            }
        }
        // A state's ways are known as soon as those of all before it are.
        while runs.iter().any(Option::is_none) {
            for node in 1..runs.len() {
                let ways = before[node].iter().map(|&from| runs[from]);
                runs[node] = ways.sum();
            }
        }
        runs.into_iter().collect()
    }

    /// Fewest switches of the shortest runs to each state, by who moved last.
    pub fn switches(&self) -> Vec<HashMap<Option<usize>, usize>> {
        let mut best: Vec<HashMap<Option<usize>, usize>> = vec![HashMap::new(); self.nodes.len()];
        best[0].insert(None, 0);
        // States are numbered in order of depth.
        for node in 0..self.nodes.len() {
            for step in &self.nodes[node].steps {
                let Ok(to) = step.to else { continue };
                if self.nodes[to].depth != self.nodes[node].depth + 1 {
                    continue;
                }
                let actor = step.action.actor;
                for (last, n) in best[node].clone() {
                    let n = n + usize::from(last.is_some_and(|last| last != actor));
                    let old = best[to].entry(Some(actor)).or_insert(n);
                    *old = n.min(*old);
                }
            }
        }
        best
    }
}
