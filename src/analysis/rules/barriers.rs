//! M010: more actors at a barrier than it has places, so that chance decides who
//! meets whom.

use crate::analysis::facts::Facts;
use crate::analysis::key::Key;
use crate::explore::{Goal, Visit};
use crate::program::{Instr, Object, ObjectId, ObjectKind, Program, SyncOp};
use crate::semantics::{Machine, Phase, State};
use std::collections::BTreeMap;

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
    let is_barrier = |object: &Object| matches!(object.kind, ObjectKind::Barrier { .. });
    if !program.objects.iter().any(is_barrier) {
        return Vec::new();
    }
    let layout = machine.layout();
    let mut at: BTreeMap<ObjectId, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for actor in (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it)) {
        let Instr::Sync {
            op: SyncOp::BarrierWait(_),
            object,
            ..
        } = program.instr(layout.pc(state, actor))
        else {
            continue;
        };
        let number = machine.scene(state, actor).eval(object).ok();
        let Some(id) = number.and_then(|number| machine.object(state, actor, number)) else {
            continue;
        };
        let (asleep, coming) = at.entry(id).or_default();
        match layout.phase(state, actor) {
            Phase::Waiting => asleep.push(actor),
            Phase::Ready => coming.push(actor),
            Phase::Woken | Phase::TimedOut | Phase::Broken => {}
        }
    }
    at.into_iter()
        .filter(|(id, (asleep, coming))| {
            let places = match program.objects[id.index()].kind {
                ObjectKind::Barrier { parties } => parties as usize,
                _ => usize::MAX,
            };
            !coming.is_empty() && asleep.len() + coming.len() > places
        })
        .map(|(id, (asleep, coming))| Crowd {
            id,
            first: first_of(program, id),
            asleep,
            coming,
        })
        .collect()
}

/// An object as declared, or the first of the array it belongs to.
fn first_of(program: &Program, id: ObjectId) -> ObjectId {
    let object = &program.objects[id.index()];
    let same = |other: &Object| other.declared == object.declared && other.span == object.span;
    let first = program.objects.iter().position(same);
    first.map_or(id.declared(), ObjectId::new)
}
