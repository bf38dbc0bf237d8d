//! The theorem of like actors, tried: the steps of a renamed state are the renamed steps.

use std::collections::BTreeSet;
use threadbare::program::{ActorKind, Program};
use threadbare::semantics::{Alike, Capacity, Chooser, Machine, State, Stop};

/// States of a program that are tried, at most.
const STATES_MAX: usize = 600;

/// What the ways of a step lead to: words, or the place and kind of a fault.
type Ways = BTreeSet<String>;

/// What came of trying a program.
pub enum Tried {
    /// No actors are alike, or only workers, which are not as the theorem says.
    Nothing,
    /// So many steps were compared.
    Same(usize),
    /// One is not as it should be.
    Differs(String),
}

/// Tries all neighbouring pairs of like actors in the first states of a program.
pub fn tried(program: &Program) -> Tried {
    let mut capacity = Capacity::initial(program);
    loop {
        match tried_within(program, capacity) {
            Ok(tried) => return tried,
            Err(more) => capacity = more,
        }
    }
}

fn tried_within(program: &Program, capacity: Capacity) -> Result<Tried, Capacity> {
    let machine = Machine::new(program, capacity);
    let first = match machine.initial(&mut ()) {
        Ok(first) => first,
        Err(Stop::Grow(more)) => return Err(more),
        Err(_) => return Ok(Tried::Nothing),
    };
    let Some(alike) = Alike::of(&machine, &first) else {
        return Ok(Tried::Nothing);
    };
    let is_worker = |&actor: &usize| matches!(program.actors[actor].kind, ActorKind::Worker(_));
    let pairs = alike.classes().iter().flat_map(|class| class.windows(2));
    let pairs: Vec<&[usize]> = pairs.filter(|it| !it.iter().any(is_worker)).collect();
    let mut seen = BTreeSet::from([first.words().to_vec()]);
    let mut states = vec![first];
    let (mut next, mut compared) = (0, 0);
    while next < states.len().min(STATES_MAX) && !pairs.is_empty() {
        let state = states[next].clone();
        next += 1;
        for pair in &pairs {
            let mut number: Vec<usize> = (0..capacity.actors).collect();
            number.swap(pair[0], pair[1]);
            let renamed = alike.renamed(machine.layout(), &state, &number);
            let able: BTreeSet<usize> = machine.enabled(&state).map(|it| number[it]).collect();
            if able != machine.enabled(&renamed).collect() {
                return Ok(Tried::Differs(format!("who can move in {state:?}")));
            }
            for actor in machine.enabled(&state) {
                let turned = |after: &State| alike.renamed(machine.layout(), after, &number);
                let one = ways(&machine, &state, actor, turned)?;
                let other = ways(&machine, &renamed, number[actor], State::clone)?;
                if one != other {
                    let how = format!("{actor} in {state:?}:\n{one:?}\n{other:?}");
                    return Ok(Tried::Differs(how));
                }
                compared += 1;
            }
        }
        for actor in machine.enabled(&state) {
            each_way(&machine, &state, actor, |after| {
                if let Ok(after) = after
                    && seen.insert(after.words().to_vec())
                {
                    states.push(after);
                }
            })?;
        }
    }
    Ok(Tried::Same(compared))
}

fn ways(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    turned: impl Fn(&State) -> State,
) -> Result<Ways, Capacity> {
    let mut ways = Ways::new();
    each_way(machine, state, actor, |after| {
        ways.insert(match after {
            Ok(after) => format!("{:?}", turned(&after).words()),
            Err(stop) => format!("{stop:?}"),
        });
    })?;
    Ok(ways)
}

fn each_way(
    machine: &Machine<'_>,
    state: &State,
    actor: usize,
    mut on: impl FnMut(Result<State, Stop>),
) -> Result<(), Capacity> {
    let mut chooser = Chooser::first();
    loop {
        let mut after = state.clone();
        match machine.step(&mut after, actor, &mut chooser, &mut ()) {
            Ok(()) => on(Ok(after)),
            Err(Stop::Grow(more)) => return Err(more),
            Err(stop) => on(Err(stop)),
        }
        if !chooser.advance() {
            return Ok(());
        }
    }
}
