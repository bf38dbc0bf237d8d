//! All states of a small program, and from which of them a run can stay in a set for ever,
//! by fixed points over sets of states, as in Emerson and Lei (1986).

use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::semantics::{Capacity, Chooser, Machine, State, Stop};

/// What is owed to an actor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fair {
    Weak,
    Strong,
    Unfair,
}

impl Fair {
    /// How a scenario declares it.
    pub fn declaration(self, thread: usize) -> String {
        match self {
            Fair::Weak => String::new(),
            Fair::Strong => format!(" fair strong t{thread}\n"),
            Fair::Unfair => format!(" unfair t{thread}\n"),
        }
    }
}

/// The states, and for each its steps: who, and where to.
pub struct Space {
    pub states: Vec<State>,
    pub steps: Vec<Vec<(usize, usize)>>,
    pub enabled: Vec<BTreeSet<usize>>,
}

#[expect(
    clippy::mutable_key_type,
    reason = "what a state notes about looks at it takes no part in its order or hash"
)]
fn explore(machine: &Machine<'_>) -> Result<Space, Stop> {
    let initial = machine.initial(&mut ())?;
    let mut numbers = BTreeMap::from([(initial.clone(), 0)]);
    let mut space = Space {
        states: vec![initial],
        steps: Vec::new(),
        enabled: Vec::new(),
    };
    while let Some(state) = space.states.get(space.steps.len()).cloned() {
        let enabled: BTreeSet<usize> = machine.enabled(&state).collect();
        let mut steps = Vec::new();
        for &actor in &enabled {
            let mut chooser = Chooser::first();
            loop {
                let mut after = state.clone();
                match machine.step(&mut after, actor, &mut chooser, &mut ()) {
                    Ok(()) => {
                        let next = space.states.len();
                        let number = *numbers.entry(after.clone()).or_insert(next);
                        if number == next {
                            space.states.push(after);
                        }
                        steps.push((actor, number));
                    }
                    Err(Stop::Fault(_)) => {}
                    Err(other) => return Err(other),
                }
                if !chooser.advance() {
                    break;
                }
            }
        }
        space.steps.push(steps);
        space.enabled.push(enabled);
    }
    Ok(space)
}

/// All states of the program of a text, with as much room as it needs.
pub fn with_space<T>(text: &str, asked: impl FnOnce(&Machine<'_>, &Space) -> T) -> T {
    let loaded = Checker::new().load(&Source::new("random.tb", text));
    let (_, program) = loaded.scenarios[0].program.as_ref().unwrap_or_else(|| {
        panic!(
            "{text}\n{:?} {:?}",
            loaded.diagnostics, loaded.scenarios[0].diagnostics
        )
    });
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match explore(&machine) {
            Ok(space) => return asked(&machine, &space),
            Err(Stop::Grow(more)) => capacity = more,
            Err(other) => panic!("no such limit is near: {other:?}"),
        }
    }
}

/// The states among some from which one of `reaching` is reached by steps between them.
pub fn backwards(
    among: &BTreeSet<usize>,
    mut reaching: BTreeSet<usize>,
    steps: &dyn Fn(usize) -> Vec<(usize, usize)>,
) -> BTreeSet<usize> {
    loop {
        let leads = |s: &usize| steps(*s).iter().any(|(_, to)| reaching.contains(to));
        let rest = among.difference(&reaching).copied();
        let more: Vec<usize> = rest.filter(leads).collect();
        if more.is_empty() {
            return reaching;
        }
        reaching.extend(more);
    }
}

/// The greatest set from each state of which, inside the set, everybody who does
/// not rest is seen to move, and everybody who rests is seen `idle`: who, and where.
pub fn again_and_again(
    space: &Space,
    mut set: BTreeSet<usize>,
    n_actors: usize,
    rests: &dyn Fn(usize) -> bool,
    idle: &dyn Fn(usize, usize) -> bool,
) -> BTreeSet<usize> {
    loop {
        let inner = |s: usize, set: &BTreeSet<usize>| -> Vec<(usize, usize)> {
            let steps = space.steps[s].iter().copied();
            steps
                .filter(|&(a, to)| !rests(a) && set.contains(&to))
                .collect()
        };
        let mut next = set.clone();
        for actor in 0..n_actors {
            let is_seen = |s: usize| match rests(actor) {
                false => inner(s, &set).iter().any(|&(a, _)| a == actor),
                true => idle(actor, s),
            };
            let seen: BTreeSet<usize> = set.iter().copied().filter(|&s| is_seen(s)).collect();
            // Backwards from what is to be seen, inside the set.
            let reaching = backwards(&set, seen, &|s| inner(s, &set));
            next.retain(|s| reaching.contains(s));
        }
        next.retain(|&s| !inner(s, &set).is_empty());
        if next == set {
            return set;
        }
        set = next;
    }
}
