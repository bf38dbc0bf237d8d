//! A002 to A005: properties of states and of final states.

use crate::analysis::facts::{Ending, Facts, Hit};
use crate::analysis::key::Key;
use crate::base::{Mistake, planted};
use crate::explore::{Goal, Visit};
use crate::program::{Expr, PropertyKind};

/// Evaluates `always` and `sometimes`.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let program = facts.program;
    for (index, property) in program.properties.iter().enumerate() {
        match &property.kind {
            PropertyKind::Always(expr) => match visit.machine.overview(visit.state).eval(expr) {
                Ok(0)
                    if planted(Mistake::AlwaysAtTheEnd) && !visit.machine.is_over(visit.state) => {}
                Ok(0) => facts.note(Key::Always(index), goal),
                Ok(_) => {}
                Err(_) => facts.note(Key::PropertyFault(index), goal),
            },
            PropertyKind::Sometimes(expr) => match visit.machine.overview(visit.state).eval(expr) {
                Ok(0) => {}
                Ok(_) => {
                    let hit = facts.satisfied.entry(index);
                    hit.and_modify(|hit| hit.add(goal))
                        .or_insert_with(|| Hit::new(goal));
                }
                Err(_) => facts.note(Key::PropertyFault(index), goal),
            },
            PropertyKind::Eventually(expr) => must_have_a_value(facts, visit, index, expr, goal),
            PropertyKind::LeadsTo(cause, effect) => {
                must_have_a_value(facts, visit, index, cause, goal);
                must_have_a_value(facts, visit, index, effect, goal);
            }
            PropertyKind::Finally(_) | PropertyKind::Order(..) => {}
        }
    }
}

/// Properties of whole runs are judged when all states are known.
fn must_have_a_value(
    facts: &mut Facts<'_>,
    visit: &Visit<'_>,
    property: usize,
    expr: &Expr,
    goal: Goal,
) {
    if visit.machine.overview(visit.state).eval(expr).is_err() {
        facts.note(Key::PropertyFault(property), goal);
    }
}

/// Evaluates `finally assert`, `outcomes` and `observe`.
pub fn at_the_end(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let program = facts.program;
    let scene = visit.machine.overview(visit.state);
    for (index, property) in program.properties.iter().enumerate() {
        if let PropertyKind::Finally(expr) = &property.kind {
            match scene.eval(expr) {
                Ok(0) if planted(Mistake::FinallyNotChecked) => {}
                Ok(0) => facts.note(Key::Finally(index), goal),
                Ok(_) => {}
                Err(_) => facts.note(Key::PropertyFault(index), goal),
            }
        }
    }
    for index in 0..program.outcomes.len() {
        let Ok(values) = visit.machine.ending(visit.state, index) else {
            continue;
        };
        let ending = facts.endings.entry((index, values));
        ending
            .and_modify(|ending| {
                ending.hit.add(goal);
                ending.n_states = ending.n_states.saturating_add(visit.stands_for);
            })
            .or_insert_with(|| Ending {
                hit: Hit::new(goal),
                n_states: visit.stands_for,
            });
    }
}
