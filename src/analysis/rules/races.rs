//! R001 and R003: data races, and accesses without the lock a variable names.
//!
//! Under sequential consistency a program has a data race exactly if in some
//! reachable state two actors have conflicting accesses of one word as their
//! next instructions, one of them plain. So each state is asked; no clocks are
//! needed.

use crate::analysis::facts::Facts;
use crate::analysis::footprint::{Touch, touches};
use crate::analysis::key::Key;
use crate::base::{Mistake, planted};
use crate::explore::{Goal, Visit};

/// Notes the races and unguarded accesses that a state shows.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let mut found = std::mem::take(&mut facts.touches);
    found.clear();
    let layout = visit.machine.layout();
    for actor in 0..layout.capacity().actors {
        let kept_back = visit.machine.is_kept_back(visit.state, actor);
        if layout.is_running(visit.state, actor) && !kept_back {
            touches(visit.machine, visit.state, actor, &mut found);
        }
    }
    for touch in &found {
        unguarded(facts, goal, touch);
    }
    for (index, one) in found.iter().enumerate() {
        for other in &found[index + 1..] {
            if races(one, other) {
                facts.note(race_key(facts, one, other), goal);
            }
        }
    }
    facts.touches = found;
}

/// Whether two next accesses race.
pub fn races(one: &Touch, other: &Touch) -> bool {
    let both_write = one.write && other.write;
    let missed = planted(Mistake::ReadsDoNotRace) && !both_write
        || planted(Mistake::SameValueNoRace) && both_write;
    one.actor != other.actor
        && one.cell == other.cell
        && (one.write || other.write)
        && (one.plain || other.plain || planted(Mistake::AtomicsRace))
        && !missed
}

/// The identity of the race between two accesses.
pub fn race_key(facts: &Facts<'_>, one: &Touch, other: &Touch) -> Key {
    let span = |touch: &Touch| facts.program.site(touch.pc).span;
    let (first, second) = (span(one).min(span(other)), span(one).max(span(other)));
    Key::Race(facts.program.cells[one.cell.index()].var, first, second)
}

fn unguarded(facts: &mut Facts<'_>, goal: Goal, touch: &Touch) {
    if !touch.guarded && !planted(Mistake::GuardNotAsked) {
        let program = facts.program;
        let var = program.cells[touch.cell.index()].var;
        facts.note(Key::Unguarded(var, program.site(touch.pc).span), goal);
    }
}
