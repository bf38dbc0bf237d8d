//! `atomic { … }`: everything up to the end of the block is one step.

use super::choice::Chooser;
use super::local::Local;
use super::machine::{Done, Flow, LOCAL_FUEL, Machine, Step};
use super::record::{FaultKind, Recorder};
use super::state::State;
use crate::base::{Mistake, planted};
use crate::program::{Instr, Pc};

impl Machine<'_> {
    /// An atomic block can run if the first visible instruction in it can.
    pub(super) fn atomic_ready(&self, state: &State, actor: usize, begin: Pc) -> bool {
        let first = begin + 1;
        if self.program.instr(first).is_visible() {
            return self.is_ready(state, actor, first);
        }
        let mut scratch = state.draft();
        let ready = match self.enter_block(&mut scratch, actor, begin) {
            Some(pc) => {
                let done = matches!(self.program.instr(pc), Instr::AtomicEnd);
                done || self.is_ready(&scratch, actor, pc)
            }
            None => true,
        };
        state.absorb(&scratch);
        ready
    }

    /// Does the local work with which a block begins; gives the place behind it, if the
    /// actor gets there.
    fn enter_block(&self, state: &mut State, actor: usize, begin: Pc) -> Option<Pc> {
        let mut step = Step {
            machine: self,
            state,
            actor,
            pc: begin + 1,
            chooser: &mut Chooser::first(),
            recorder: &mut (),
            atomic: 1,
            resumes: false,
        };
        match step.run_local(LOCAL_FUEL) {
            Ok(Local::At(pc)) => Some(pc),
            _ => None,
        }
    }

    /// Asks something of the state in which a blocked actor waits: in front of an atomic
    /// block, that behind the local work with which the block begins. There the actor is at
    /// what it waits for.
    pub fn where_it_waits<T>(
        &self,
        state: &State,
        actor: usize,
        asked: impl FnOnce(&State) -> T,
    ) -> T {
        let begins = |pc: Pc| matches!(self.program.instr(pc), Instr::AtomicBegin(_));
        let mut at = self.layout.pc(state, actor);
        if !begins(at) {
            return asked(state);
        }
        let mut inside = state.draft();
        while begins(at) {
            match self.enter_block(&mut inside, actor, at) {
                Some(first) => at = first,
                None => return asked(state),
            }
        }
        self.layout.set_pc(&mut inside, actor, at);
        let answer = asked(&inside);
        state.absorb(&inside);
        answer
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    /// Runs the whole block. Every way out of it, also that of an exception,
    /// comes past an `AtomicEnd`; wherever it stands in the code, the step ends there.
    pub(super) fn atomic_block(&mut self) -> Done {
        if self.atomic > 0 {
            // One atomic block inside another is one step anyway.
            self.atomic += 1;
            return Ok(Flow::Next);
        }
        self.atomic = 1;
        self.goto(self.pc + 1);
        let mut first = true;
        let mut fuel = LOCAL_FUEL;
        loop {
            let pc = match self.run_local(fuel)? {
                Local::At(pc) => pc,
                Local::Ended => break,
                Local::Tired => return Err(self.fault(FaultKind::Atomic)),
            };
            if matches!(self.machine.program.instr(pc), Instr::AtomicEnd) {
                break;
            }
            if !first && planted(Mistake::BlockInTwoSteps) {
                break;
            }
            if !first && !self.machine.is_ready(self.state, self.actor, pc) {
                return Err(self.fault(FaultKind::Atomic));
            }
            first = false;
            fuel = fuel.checked_sub(1).ok_or(self.fault(FaultKind::Atomic))?;
            self.visible()?;
        }
        self.atomic = 0;
        Ok(Flow::There)
    }
}
