//! Whether every critical section comes to its end: then nobody who is treated fairly starves
//! at a lock.
//!
//! **Theorem.** Let nobody go round in a circle while it holds a lock. Then no circle in
//! which an actor is blocked at a lock all the way round has its holder among those who
//! move. *Why.* The lock is held in all states of the circle, and by the same actor:
//! who gives it back leaves it free for a moment, and then the first one is not blocked. The
//! holder comes back to where it was; so if it moves, it goes round in a circle while it
//! holds the lock. And one whose holder does not move only waits for somebody who starves,
//! or is stuck.
//!
//! **Conditions.** A lock is given back by its holder alone; nothing but locks keeps an
//! actor from a lock: no lock of CPython's, no event loop; no process has a copy of
//! a lock; and code goes on where it can be seen, not where a worker takes a job. Where
//! actors hold locks is seen in the states on circles; that they do not go round
//! there, in the code. Who works on alone without end is not seen to: it never gives its lock
//! back, and who waits for that is blocked for good.

use super::flow::{followers, visible};
use super::stands::Stands;
use crate::base::{Mistake, planted};
use crate::program::{ActorKind, FunctionId, Instr, ObjectKind, Pc, Program, SyncOp, WaitMode};
use crate::semantics::Machine;
use petgraph::algo::is_cyclic_directed;
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeSet;

/// Whether all actors are threads, a lock is given back by its holder alone, and nothing but
/// what it is about to do keeps an actor from it.
pub fn is_plain(machine: &Machine<'_>) -> bool {
    let program = machine.program();
    let capacity = machine.layout().capacity();
    let is_unowned = |kind: &ObjectKind| matches!(kind, ObjectKind::Lock { unowned: true, .. });
    let (mut actors, mut objects) = (program.actors.iter(), program.objects.iter());
    !capacity.gil
        && capacity.processes == 0
        && program.loops.is_empty()
        && actors.all(|actor| actor.kind == ActorKind::Thread)
        && !objects.any(|object| is_unowned(&object.kind))
}

/// Whether an instruction takes a lock, and waits for it.
pub fn is_at_lock(program: &Program, pc: Pc) -> bool {
    let op = SyncOp::Lock(WaitMode::Wait);
    matches!(program.instr(pc), Instr::Sync { op: it, .. } if *it == op)
}

/// Whether all sections of a plain program come to their end: nobody can come back to where
/// it was while it holds a lock.
///
/// Cost: a look at the code behind each place in a section.
pub fn all_end(program: &Program, stands: &Stands) -> bool {
    let places = stands.holding();
    // What happens inside a block is not looked at.
    let is_block = |&pc: &Pc| matches!(program.instr(pc), Instr::AtomicBegin(_));
    if places.iter().any(is_block) {
        return false;
    }
    let code = Code::of(program);
    let mut graph: DiGraphMap<Pc, ()> = DiGraphMap::new();
    for &pc in &places {
        for next in code.next(pc) {
            if places.contains(&next) {
                graph.add_edge(pc, next, ());
            }
        }
    }
    !is_cyclic_directed(&graph) || planted(Mistake::SectionsEnd)
}

/// Where code goes on, also where an exception is caught.
struct Code<'p> {
    program: &'p Program,
    /// For each function, where exceptions that leave it may be caught.
    outside: Vec<BTreeSet<Pc>>,
}

impl<'p> Code<'p> {
    fn of(program: &'p Program) -> Self {
        let mut code = Self {
            program,
            outside: vec![BTreeSet::new(); program.functions.len()],
        };
        let calls = (0..)
            .zip(&program.code)
            .filter_map(|(pc, instr)| match instr {
                Instr::Call(called, ..) => Some((pc, *called)),
                _ => None,
            });
        let calls: Vec<(Pc, FunctionId)> = calls.collect();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for &(pc, called) in &calls {
                let caught = code.caught(pc);
                let outside = &mut code.outside[called.index()];
                let before = outside.len();
                outside.extend(caught);
                changed |= outside.len() > before;
            }
        }
        code
    }

    /// Where an exception of an instruction may be caught.
    fn caught(&self, pc: Pc) -> BTreeSet<Pc> {
        let function = self.program.site(pc).function;
        let handlers = self.program.functions[function.index()].handlers.iter();
        let covering = handlers.filter(|it| (it.from..it.to).contains(&pc));
        let outside = self.outside[function.index()].iter().copied();
        covering.map(|it| it.target).chain(outside).collect()
    }

    /// The visible instructions that may come after one.
    fn next(&self, pc: Pc) -> BTreeSet<Pc> {
        visible(self.program, self.after(pc), |pc| self.after(pc))
    }

    fn after(&self, pc: Pc) -> Vec<Pc> {
        let on = followers(self.program, pc, &mut false).into_iter();
        on.chain(self.caught(pc)).collect()
    }
}
