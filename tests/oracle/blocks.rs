//! What an atomic block touches: its instructions, done one after the other by its actor
//! alone, each as if there were no block.

use super::shown::{Next, holds_guard, next_of};
use std::collections::BTreeSet;
use threadbare::program::{Expr, Instr, Parts, Program};
use threadbare::semantics::{Chooser, Machine, Phase, State, Stop};

/// States of one block that are looked at.
const STATES_MAX: usize = 2_000;

/// The accesses of the block that an actor is about to run, whatever it chooses in it.
pub fn touched(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<Next> {
    let opened = opened(machine.program());
    let capacity = machine.layout().capacity();
    let within = Within {
        machine: Machine::new(&opened, capacity),
        blocks: machine.program(),
        actor,
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut left = vec![(state.clone(), 0)];
    while let Some((state, depth)) = left.pop() {
        // Whoever runs round in a block for ever has failed, too.
        if seen.len() < STATES_MAX && seen.insert((state.words().to_vec(), depth)) {
            within.go_on(&state, depth, &mut left, &mut found);
        }
    }
    found
}

/// The program with steps that do nothing where blocks begin and end, and for each `yield`.
fn opened(program: &Program) -> Program {
    let mut parts: Parts = (**program).clone();
    for instr in &mut parts.code {
        // In a block a `yield` lets nobody go first.
        if matches!(
            instr,
            Instr::AtomicBegin(_) | Instr::AtomicEnd | Instr::Yield
        ) {
            *instr = Instr::Progress;
        }
    }
    Program::new(parts).expect("a step that does nothing may stand anywhere")
}

struct Within<'a> {
    machine: Machine<'a>,
    blocks: &'a Program,
    actor: usize,
}

impl Within<'_> {
    /// Goes on from a state so many blocks deep, unless it is out of all of them or would
    /// have to wait.
    fn go_on(
        &self,
        state: &State,
        depth: u32,
        left: &mut Vec<(State, u32)>,
        found: &mut Vec<Next>,
    ) {
        let (machine, actor) = (&self.machine, self.actor);
        let layout = machine.layout();
        if !layout.is_running(state, actor) || !machine.can_step(state, actor) {
            return;
        }
        let depth = match self.blocks.instr(layout.pc(state, actor)) {
            Instr::AtomicBegin(_) => depth + 1,
            Instr::AtomicEnd if depth == 1 => return,
            Instr::AtomicEnd => depth - 1,
            _ => depth,
        };
        let mut chooser = Chooser::first();
        let mut fails = false;
        loop {
            let mut after = state.clone();
            match machine.step(&mut after, actor, &mut chooser, &mut ()) {
                // Whoever waits in a block has failed.
                Ok(()) if layout.phase(&after, actor) == Phase::Waiting => {}
                // A task that waits before a block has not begun it.
                Ok(()) if layout.is_suspended(&after, actor) => return,
                Ok(()) => left.push((after, depth)),
                // What fails behind it is another matter.
                Err(Stop::Fault(fault)) => fails |= fault.pc == layout.pc(state, actor),
                Err(_) => {}
            }
            if !chooser.advance() {
                break;
            }
        }
        let instr = machine.program().instr(layout.pc(state, actor));
        for access in next_of(machine, state, actor) {
            let writes = match instr {
                Instr::CompareExchange(_, place, old, _) => {
                    let scene = machine.scene(state, actor);
                    let there = scene.eval(&Expr::Cell(place.clone()));
                    !fails && there == scene.eval(old)
                }
                Instr::Rmw(..) => !fails,
                // What does not fit is not written, nor anything else done.
                Instr::Store(..) if fails => continue,
                _ => access.write,
            };
            found.push(Next {
                write: writes,
                plain: false,
                inside: Some(holds_guard(
                    machine,
                    state,
                    &Next {
                        write: writes,
                        ..access
                    },
                )),
                ..access
            });
        }
    }
}
