//! Runs through stored states, where one stands for all that differ only in the numbers
//! of like actors, made runs of the program.
//!
//! In each state of the run of the program, some step leads to a state for which the next
//! stored one stands. Of several the first is taken that does not switch, else the first.
//!
//! Cost: for each step of the run, one step of each actor.

use super::expand::Heard;
use super::stateful::Search;
use crate::semantics::{Chooser, Fault, Incident, Machine, State, Stop};
use crate::trace::{Action, Schedule};

/// A run of the program with as many steps, which shows the same.
///
/// # Panics
///
/// If the schedule is no run through stored states.
pub(super) fn concrete(search: &Search<'_>, schedule: Schedule) -> Schedule {
    if search.alike().is_none() {
        return schedule;
    }
    let machine = search.machine();
    let first = machine.initial(&mut Heard::nothing(machine));
    let Ok(mut state) = first else {
        unreachable!("the search has begun with that state");
    };
    let mut words: Box<[i64]> = state.words().into();
    search.turn_words(&mut words);
    let mut stored = State::from_words(words);
    let mut steps: Vec<Action> = Vec::new();
    for action in schedule.0 {
        let chooser = &mut Chooser::fixed(action.way);
        let (wanted, _) = took(search, &stored, action.actor, chooser);
        let last = steps.last().map(|step| step.actor);
        let able = (0..machine.layout().n_actors(&state)).filter(|&it| machine.is_able(&state, it));
        let others = able.clone().filter(|&actor| Some(actor) != last);
        let mut order = able.filter(|&actor| Some(actor) == last).chain(others);
        let (step, next) = order
            .find_map(|actor| way_to(search, &state, actor, &wanted))
            .expect("a step of the program leads where a stored one does");
        steps.push(step);
        if let Goes::To(words) = wanted.goes {
            stored = State::from_words(words);
            state = next;
        }
    }
    Schedule(steps)
}

/// What a step does, but for the numbers of like actors.
#[derive(PartialEq, Eq)]
struct Took {
    goes: Goes,
    incidents: Vec<Incident>,
}

#[derive(PartialEq, Eq)]
enum Goes {
    /// To a state for which the one with these words stands.
    To(Box<[i64]>),
    /// To one that is not stored.
    Elsewhere,
    Stops(Fault),
}

/// The first way of an actor's step that does what is wanted, and where it leads.
fn way_to(
    search: &Search<'_>,
    state: &State,
    actor: usize,
    wanted: &Took,
) -> Option<(Action, State)> {
    let mut chooser = Chooser::first();
    loop {
        let (took, next) = took(search, state, actor, &mut chooser);
        if took == *wanted {
            let way = chooser.code();
            return Some((Action { actor, way }, next));
        }
        if !chooser.advance() {
            return None;
        }
    }
}

fn took(search: &Search<'_>, state: &State, actor: usize, chooser: &mut Chooser) -> (Took, State) {
    let machine: &Machine<'_> = search.machine();
    let mut heard = Heard::nothing(machine);
    let mut next = state.clone();
    let goes = match machine.step(&mut next, actor, chooser, &mut heard) {
        Ok(()) => {
            let mut words: Box<[i64]> = next.words().into();
            match search.turn_words(&mut words) {
                true => Goes::To(words),
                false => Goes::Elsewhere,
            }
        }
        Err(Stop::Fault(fault)) => Goes::Stops(fault),
        Err(Stop::Grow(_) | Stop::Limit(..)) => Goes::Elsewhere,
    };
    let incidents = heard.incidents.iter().map(|&(_, incident)| incident);
    let incidents = incidents.collect();
    (Took { goes, incidents }, next)
}
