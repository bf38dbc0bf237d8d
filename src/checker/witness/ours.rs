//! All ends of a program as our own search knows them, in the terms in which
//! engines tell theirs.

use crate::bridge::{End, Picture, Place, Race};
use crate::explore::{Bound, Goal, Limits, Observer, Taken, Visit, search, shortest};
use crate::program::{Access, CellId, CellRef, Expr, Instr, ObservedId, Program};
use crate::semantics::{Capacity, Layout, Machine, State, Status};
use crate::trace::Schedule;
use std::collections::BTreeMap;

/// What our search knows.
#[derive(Clone, Debug)]
pub struct Ours {
    /// States.
    pub states: u64,
    /// What ended the search before it was complete.
    pub bound: Option<Bound>,
    /// Each end, with a schedule that is none of the longer ones.
    pub ends: BTreeMap<End, Schedule>,
}

/// Searches all runs.
pub fn ours(program: &Program, limits: &Limits, workers: usize) -> Ours {
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut ends = Ends::default();
        match search(&machine, limits, workers, &mut ends, &mut |_, _, _| {}) {
            Err(more) => capacity = more,
            Ok(found) => {
                let goals: Vec<Vec<Goal>> = ends.0.values().map(|goal| vec![*goal]).collect();
                let schedules = shortest(&found, &goals, limits.memory);
                return Ours {
                    states: u64::from(found.n_states()),
                    bound: found.bound(),
                    ends: ends.0.into_keys().zip(schedules).collect(),
                };
            }
        }
    }
}

/// The shallowest state or step of each end.
#[derive(Default)]
struct Ends(BTreeMap<End, Goal>);

impl Ends {
    fn note(&mut self, end: End, goal: Goal) {
        let known = self.0.entry(end).or_insert(goal);
        if (goal.depth, goal) < (known.depth, *known) {
            *known = goal;
        }
    }
}

impl Observer for Ends {
    type View = ();
    type Memory = ();

    fn fork(&self) -> Self {
        Self::default()
    }

    fn merge(&mut self, piece: Self) {
        for (end, goal) in piece.0 {
            self.note(end, goal);
        }
    }

    fn view(&self, _: &Machine<'_>, _: &State, _: usize) {}

    fn visit(&mut self, visit: Visit<'_>) {
        let (machine, state) = (visit.machine, visit.state);
        let goal = Goal {
            state: visit.id,
            along: visit.along,
            depth: visit.depth,
            step: None,
        };
        if machine.is_over(state) {
            self.note(End::Final(picture(machine, state, true)), goal);
        } else if visit.enabled.is_empty() {
            self.note(End::Deadlock(picture(machine, state, false)), goal);
        }
        if !machine.is_over(state) {
            for (race, _) in races(machine, state, visit.enabled) {
                self.note(End::Race(race), goal);
            }
        }
    }

    fn taken(&mut self, taken: Taken<'_>) {
        if let Some(fault) = taken.fault {
            let end = End::Fault {
                actor: taken.action.actor,
                pc: fault.pc,
            };
            let goal = Goal {
                state: taken.from,
                along: taken.along,
                depth: taken.depth,
                step: Some(taken.action),
            };
            self.note(end, goal);
        }
    }

    fn executed(&mut self, _: &[bool]) {}
}

/// A state as it is compared. What was printed is left out: it is compared where
/// a scenario asks for it.
pub fn picture(machine: &Machine<'_>, state: &State, over: bool) -> Picture {
    let (layout, program) = (machine.layout(), machine.program());
    let main = program.actors.iter().position(|actor| actor.main);
    let is_cut_off = |actor| match main {
        Some(main) => main != actor,
        None => layout.is_daemon(state, actor),
    };
    let place = |actor| match layout.status(state, actor) {
        _ if over && is_cut_off(actor) => Place::Running,
        Status::Ended => Place::Ended,
        Status::Died => Place::Died,
        Status::Running | Status::Absent => Place::At(layout.pc(state, actor)),
    };
    let scene = machine.overview(state);
    let value = |expr| scene.eval(&expr).expect("a word and a local have values");
    let cells = 0..program.cells.len();
    let cell = |index| Expr::Cell(CellRef::fixed(CellId::new(index)));
    let observed = 0..program.observed.len();
    let local = |index| Expr::Observed(ObservedId::new(index));
    Picture {
        places: (0..layout.n_actors(state)).map(place).collect(),
        cells: cells.map(|index| value(cell(index))).collect(),
        observed: observed.map(|index| value(local(index))).collect(),
        printed: Vec::new(),
    }
}

/// Who has that race in a state, and with which instructions they are about to.
pub(super) fn racers(
    machine: &Machine<'_>,
    state: &State,
    race: Race,
) -> Option<[(usize, u32); 2]> {
    let enabled: Vec<usize> = machine.enabled(state).collect();
    let mut races = races(machine, state, &enabled).into_iter();
    races.find_map(|(known, racers)| (known == race).then_some(racers))
}

struct Next {
    actor: usize,
    pc: u32,
    cell: usize,
    write: bool,
    atomic: bool,
}

/// Pairs of actors about to access the same word, one of them to write.
fn races(
    machine: &Machine<'_>,
    state: &State,
    enabled: &[usize],
) -> Vec<(Race, [(usize, u32); 2])> {
    let next = enabled
        .iter()
        .filter_map(|&actor| next(machine, state, actor));
    let next: Vec<Next> = next.collect();
    let mut found = Vec::new();
    for (index, one) in next.iter().enumerate() {
        for other in &next[index + 1..] {
            let conflict = one.cell == other.cell && (one.write || other.write);
            if conflict && one.actor != other.actor && !(one.atomic && other.atomic) {
                let race = Race {
                    cell: one.cell,
                    one: one.pc.min(other.pc),
                    other: one.pc.max(other.pc),
                };
                found.push((race, [(one.actor, one.pc), (other.actor, other.pc)]));
            }
        }
    }
    found
}

fn next(machine: &Machine<'_>, state: &State, actor: usize) -> Option<Next> {
    let layout: &Layout = machine.layout();
    let pc = layout.pc(state, actor);
    let (place, write, access) = match machine.program().instr(pc) {
        Instr::Load(_, place, access) => (place, false, *access),
        Instr::Store(place, _, access) => (place, true, *access),
        Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..) => {
            (place, true, Access::Atomic)
        }
        _ => return None,
    };
    let cell = machine.scene(state, actor).cell(place).ok()?;
    Some(Next {
        actor,
        pc,
        cell: cell.index(),
        write,
        atomic: access == Access::Atomic,
    })
}
