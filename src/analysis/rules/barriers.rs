//! M010: more actors at a barrier than it has places, so that chance decides who
//! meets whom.

use crate::analysis::facts::Facts;
use crate::analysis::key::Key;
use crate::explore::{Goal, Visit};
use crate::program::{Instr, ObjectId, ObjectKind, Program, SyncOp};
use crate::semantics::{Machine, Phase, State};

/// Those at one barrier in a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Crowd {
    /// The barrier.
    pub id: ObjectId,
    /// It, or the first of the array it belongs to.
    pub first: ObjectId,
    /// Actors that sleep in it.
    pub asleep: Vec<usize>,
    /// Actors whose next step is to wait at it.
    pub coming: Vec<usize>,
}

/// Notes the barriers that are crowded in a state.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    let program = facts.program;
    for crowd in crowded(program, visit.machine, visit.state) {
        facts.note(Key::BarrierCrowded(crowd.first), goal);
    }
}

/// The barriers with more actors than places.
///
/// Cost: a look at each actor; nothing in a program without barriers.
pub fn crowded(program: &Program, machine: &Machine<'_>, state: &State) -> Vec<Crowd> {
    let mut found = Vec::new();
    for (index, object) in program.objects.iter().enumerate() {
        let ObjectKind::Barrier { parties } = object.kind else {
            continue;
        };
        let id = ObjectId::new(index);
        let same = |other: &crate::program::Object| {
            other.declared == object.declared && other.span == object.span
        };
        let first = program.objects.iter().position(same).unwrap_or(index);
        let (asleep, coming) = at(machine, state, id);
        if !coming.is_empty() && asleep.len() + coming.len() > parties as usize {
            found.push(Crowd {
                id,
                first: ObjectId::new(first),
                asleep,
                coming,
            });
        }
    }
    found
}

fn at(machine: &Machine<'_>, state: &State, id: ObjectId) -> (Vec<usize>, Vec<usize>) {
    let layout = machine.layout();
    let (mut asleep, mut coming) = (Vec::new(), Vec::new());
    for actor in (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it)) {
        let Instr::Sync {
            op: SyncOp::BarrierWait,
            object,
            ..
        } = machine.program().instr(layout.pc(state, actor))
        else {
            continue;
        };
        if machine.scene(state, actor).eval(object) != Ok(i64::from(id.0)) {
            continue;
        }
        match layout.phase(state, actor) {
            Phase::Waiting => asleep.push(actor),
            Phase::Ready => coming.push(actor),
            Phase::Woken | Phase::TimedOut | Phase::Broken => {}
        }
    }
    (asleep, coming)
}
