//! Where actors stand in states on circles.

use super::question::Question;
use crate::base::ActorSet;
use crate::program::{ObjectId, ObjectKind, Pc};
use crate::semantics::{Machine, State};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of an actor at a place, from all states on circles.
#[derive(Clone, Copy)]
pub struct Stand {
    /// The first state, by number, in which it is there and may still move.
    pub first: u32,
    /// Whether it is blocked there in some state, and may still move.
    pub blocked: bool,
    /// Whether it holds a lock there in some state.
    pub holds: bool,
}

impl Stand {
    const NOWHERE: Self = Self {
        first: u32::MAX,
        blocked: false,
        holds: false,
    };
}

/// Where actors stand in states on circles.
pub struct Stands {
    /// For each actor.
    places: Vec<BTreeMap<Pc, Stand>>,
}

impl Stands {
    /// Looks at states on circles.
    ///
    /// Cost: each is read once.
    pub fn of(question: &Question<'_, '_>, circular: &[u32]) -> Self {
        let machine = question.machine();
        let layout = machine.layout();
        let n_actors = layout.capacity().actors;
        let n_places = question.program.code.len();
        let locks = locks(machine);
        // In a row, since it is asked for each actor in each state.
        let mut all = vec![Stand::NOWHERE; n_actors * n_places];
        let mut state = question.search.blank();
        for &id in circular {
            question.search.load(id, &mut state);
            let enabled = question.graph.enabled(id as usize);
            let moving = question.moving[id as usize];
            let holders = holders(machine, &state, &locks);
            for actor in 0..layout.n_actors(&state) {
                if !layout.is_running(&state, actor) {
                    continue;
                }
                let stand = &mut all[actor * n_places + layout.pc(&state, actor) as usize];
                if moving.contains(actor) {
                    stand.first = stand.first.min(id);
                    stand.blocked |= !enabled.contains(actor);
                }
                stand.holds |= holders.contains(actor);
            }
        }
        let known = |stand: &Stand| stand.holds || stand.first != u32::MAX;
        let places = all.chunks(n_places.max(1)).map(|row| {
            let row = (0..).zip(row).filter(|(_, stand)| known(stand));
            row.map(|(pc, &stand)| (pc, stand)).collect()
        });
        Self {
            places: places.collect(),
        }
    }

    /// Where somebody holds a lock.
    pub fn holding(&self) -> BTreeSet<Pc> {
        let all = self.places.iter().flatten();
        let holding = all.filter(|(_, stand)| stand.holds);
        holding.map(|(&pc, _)| pc).collect()
    }

    /// Where an actor is blocked in some state, and may still move; with the first state in
    /// which it is there.
    pub fn waits(&self, actor: usize) -> impl Iterator<Item = (Pc, u32)> {
        let places = self.places[actor].iter();
        let waits = places.filter(|(_, stand)| stand.blocked);
        waits.map(|(&pc, stand)| (pc, stand.first))
    }
}

/// The locks of a program.
fn locks(machine: &Machine<'_>) -> Vec<ObjectId> {
    let objects = machine.program().objects.iter().enumerate();
    let locks = objects.filter(|(_, object)| matches!(object.kind, ObjectKind::Lock { .. }));
    locks.map(|(index, _)| ObjectId::new(index)).collect()
}

/// Who holds some of the locks.
fn holders(machine: &Machine<'_>, state: &State, locks: &[ObjectId]) -> ActorSet {
    let owners = locks.iter().filter_map(|&id| machine.owner(state, id));
    owners.collect()
}
