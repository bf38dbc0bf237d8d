//! Local work: everything an actor does between two visible instructions.
//! Jumps, calls, returns, assertions, exceptions on their way up.

use super::layout::{Layout, slot};
use super::machine::{CALLS_MAX, LOCAL_FUEL, Limit, Step, Stop};
use super::record::{EventKind, Exception, FaultKind, Incident, Misuse, Recorder};
use super::state::{State, Status};
use crate::program::{Expr, FunctionId, Instr, NameId, ObjectId, Pc, Program, Reg};

/// Where local work ended.
pub(super) enum Local {
    /// Before a visible instruction, or at the end of the atomic block under way.
    At(Pc),
    /// The actor ended.
    Ended,
    /// The fuel was used up.
    Tired,
}

/// A frame's first word: where its caller goes on, and where the result goes.
const DST_BITS: u32 = 17;

impl<R: Recorder> Step<'_, '_, R> {
    /// Runs local instructions until the actor stands before a visible one, and
    /// clears what it will never read again.
    pub fn settle(&mut self) -> Result<(), Stop> {
        self.pc = self.machine.layout.pc(self.state, self.actor);
        if !self.machine.layout.is_running(self.state, self.actor) {
            return Ok(());
        }
        if let Local::At(pc) = self.run_local(LOCAL_FUEL)? {
            self.forget_dead(pc);
        }
        Ok(())
    }

    fn forget_dead(&mut self, pc: Pc) {
        if let Some(dead) = self.machine.program.dead.get(pc as usize) {
            for &reg in dead {
                self.set_reg(reg, 0);
            }
        }
    }

    /// Runs local instructions, at most `fuel` of them.
    pub fn run_local(&mut self, fuel: u32) -> Result<Local, Stop> {
        for _ in 0..fuel {
            let instr = self.machine.program.instr(self.pc);
            let ends_block = self.atomic == 1 && matches!(instr, Instr::AtomicEnd);
            if instr.is_visible() || ends_block {
                return Ok(Local::At(self.pc));
            }
            self.recorder.executed(self.pc);
            self.local(instr)?;
            if !self.machine.layout.is_running(self.state, self.actor) {
                return Ok(Local::Ended);
            }
        }
        Ok(Local::Tired)
    }

    fn local(&mut self, instr: &Instr) -> Result<(), Stop> {
        match instr {
            Instr::Let(dst, value) => {
                let value = self.eval(value)?;
                self.set_reg(*dst, value);
                self.goto(self.pc + 1);
            }
            Instr::Observe(observed, value) => {
                let value = self.eval(value)?;
                let at = self.machine.layout.observed(observed.index());
                self.state.set_word(at, value);
                self.goto(self.pc + 1);
            }
            Instr::Jump(target) => self.goto(*target),
            Instr::Unless(condition, target) => {
                let holds = self.eval(condition)? != 0;
                self.goto(if holds { self.pc + 1 } else { *target });
            }
            Instr::Assert(condition, _) => {
                if self.eval(condition)? == 0 {
                    return Err(self.fault(FaultKind::Assert));
                }
                self.goto(self.pc + 1);
            }
            Instr::Raise(name) => {
                let exception = Exception {
                    name: *name,
                    misuse: None,
                    pc: self.pc,
                };
                self.event(|| EventKind::Raised(exception));
                self.unwind(exception);
            }
            Instr::Reraise(reg) => {
                let word = self.eval(&Expr::Reg(*reg))?;
                self.unwind(unpack(word));
            }
            Instr::UnlessCaught(reg, name, target) => {
                let word = self.eval(&Expr::Reg(*reg))?;
                let caught = unpack(word).name == *name;
                self.goto(if caught { self.pc + 1 } else { *target });
            }
            Instr::Call(function, args, dst) => self.call(*function, args, *dst)?,
            Instr::Return(values) => self.return_with(values)?,
            Instr::AtomicEnd => {
                self.atomic = self.atomic.saturating_sub(1);
                self.goto(self.pc + 1);
            }
            Instr::LabelDone(label) => {
                let at = self.machine.layout.label(label.index());
                self.state.set_word(at, 1);
                self.recorder
                    .incident(self.actor, Incident::LabelDone(*label));
                self.goto(self.pc + 1);
            }
            _ => unreachable!("visible instructions are steps"),
        }
        Ok(())
    }

    fn call(&mut self, function: FunctionId, args: &[Expr], dst: Option<Reg>) -> Result<(), Stop> {
        let mut words = Vec::with_capacity(args.len());
        for arg in args {
            words.push(self.eval(arg)?);
        }
        self.forget_dead(self.pc);
        self.push_frame(function, words, dst)
    }

    /// Puts a frame of the function on top; its result goes to `dst`, and the
    /// instruction after this one comes next.
    pub fn push_frame(
        &mut self,
        function: FunctionId,
        args: Vec<i64>,
        dst: Option<Reg>,
    ) -> Result<(), Stop> {
        let program = self.machine.program;
        let layout = &self.machine.layout;
        if self.open_calls() >= CALLS_MAX {
            return Err(Stop::Limit(Limit::Calls, self.pc));
        }
        let at = layout.actor(self.actor);
        let frame = usize::try_from(self.state.word(at + slot::FRAME)).expect("a frame's offset");
        let caller = program.function_at(self.pc);
        let callee = &program.functions[function.index()];
        let next = frame + 1 + usize::from(caller.n_regs);
        let top = next + 1 + usize::from(callee.n_regs);
        let mut capacity = layout.capacity();
        if top > capacity.stack {
            capacity.stack = top.max(capacity.stack * 2);
            return Err(Stop::Grow(capacity));
        }
        let dst = dst.map_or(0, |reg| i64::from(reg) + 1);
        let link = i64::from(self.pc + 1) << DST_BITS | dst;
        let stack = at + slot::STACK;
        self.state.set_word(stack + next, link);
        for (offset, word) in args.into_iter().enumerate() {
            self.state.set_word(stack + next + 1 + offset, word);
        }
        let frame = i64::try_from(next).expect("a stack's offset");
        self.state.set_word(at + slot::FRAME, frame);
        self.goto(callee.entry);
        Ok(())
    }

    fn open_calls(&self) -> usize {
        let layout = &self.machine.layout;
        layout
            .return_pcs(self.machine.program, self.state, self.actor)
            .len()
    }

    fn return_with(&mut self, values: &[Expr]) -> Result<(), Stop> {
        let mut words = Vec::with_capacity(values.len());
        for value in values {
            words.push(self.eval(value)?);
        }
        match self.pop_frame() {
            None => self.end(Status::Ended, &words),
            Some((pc, dst)) => {
                if let Some(dst) = dst {
                    for (reg, word) in (dst..).zip(words) {
                        self.set_reg(reg, word);
                    }
                }
                self.goto(pc);
            }
        }
        Ok(())
    }

    /// Removes the current frame; gives where its caller goes on, `None` at the bottom.
    fn pop_frame(&mut self) -> Option<(Pc, Option<Reg>)> {
        let at = self.machine.layout.actor(self.actor);
        let frame = usize::try_from(self.state.word(at + slot::FRAME)).expect("a frame's offset");
        if frame == 0 {
            return None;
        }
        let stack = at + slot::STACK;
        let link = self.state.word(stack + frame);
        let callee = self.machine.program.function_at(self.pc);
        let size = 1 + usize::from(callee.n_regs);
        self.state
            .slice_mut(stack + frame..stack + frame + size)
            .fill(0);
        let pc = return_pc(link);
        let caller = self.machine.program.function_at(pc - 1);
        let below = frame - 1 - usize::from(caller.n_regs);
        let below = i64::try_from(below).expect("a stack's offset");
        self.state.set_word(at + slot::FRAME, below);
        let dst = Reg::try_from((link & ((1 << DST_BITS) - 1)) - 1).ok();
        Some((pc, dst))
    }

    /// Sends an exception to the innermost handler around `self.pc`, in this
    /// frame or one below; without any, the actor dies.
    pub fn unwind(&mut self, exception: Exception) {
        let layout = &self.machine.layout;
        layout.set_phase(self.state, self.actor, super::Phase::Ready, ObjectId(0));
        layout.set_aux(self.state, self.actor, 0);
        loop {
            let function = self.machine.program.function_at(self.pc);
            let mut handlers = function.handlers.iter();
            let found = handlers.find(|handler| (handler.from..handler.to).contains(&self.pc));
            if let Some(handler) = found {
                self.set_reg(handler.exception, pack(exception));
                self.goto(handler.target);
                return;
            }
            match self.pop_frame() {
                // The call itself is the place in the caller.
                Some((pc, _)) => self.goto(pc - 1),
                None => break,
            }
        }
        self.event(|| EventKind::Died(exception));
        // What a task raised comes to whoever awaits it.
        if layout.loop_of(self.state, self.actor).is_none() {
            self.recorder
                .incident(self.actor, Incident::Died(exception));
        }
        // Whatever the exception came through on its way, this is its place.
        self.pc = exception.pc;
        self.end(Status::Died, &[pack(exception)]);
    }

    /// Notes what the actor holds at its end, or at the end of a job.
    pub fn note_held(&mut self) {
        let machine = self.machine;
        for id in machine.objects_of(self.state, self.actor) {
            if machine.holds(self.state, self.actor, id) {
                let incident = Incident::EndedHolding(id, self.pc);
                self.recorder.incident(self.actor, incident);
            }
        }
    }

    /// The actor ends: nothing of it is left but how it ended, and of a task the
    /// words that it returned, or its exception.
    pub fn end(&mut self, status: Status, left: &[i64]) {
        let layout = &self.machine.layout;
        if status == Status::Ended {
            self.event(|| EventKind::Ended);
        }
        self.note_held();
        self.saw_memory();
        layout.set_status(self.state, self.actor, status);
        let at = layout.actor(self.actor);
        self.state.set_word(at + slot::PC, 0);
        let rest = at + slot::PHASE..at + slot::STACK + layout.capacity().stack;
        self.state.slice_mut(rest).fill(0);
        self.end_task(left);
        // Declared actors have no spawner; to look at none of them keeps the step
        // the same in all states that agree on the rest.
        for other in self.machine.program.actors.len()..layout.capacity().actors {
            if layout.status(self.state, other) == Status::Absent {
                break;
            }
            let child = layout.spawner(self.state, other) == Some(self.actor);
            let works =
                layout.is_running(self.state, other) && !self.machine.is_leaving(self.state, other);
            if child && works {
                layout.set_outlived(self.state, other);
            }
        }
    }
}

impl Layout {
    /// Where the open calls of a running actor will go on, innermost first.
    pub fn return_pcs(&self, program: &Program, state: &State, actor: usize) -> Vec<Pc> {
        let at = self.actor(actor);
        let mut open = Vec::new();
        let mut frame = usize::try_from(state.word(at + slot::FRAME)).expect("a frame's offset");
        while frame > 0 {
            let pc = return_pc(state.word(at + slot::STACK + frame));
            open.push(pc);
            frame -= 1 + usize::from(program.function_at(pc - 1).n_regs);
        }
        open
    }
}

fn return_pc(link: i64) -> Pc {
    Pc::try_from(link >> DST_BITS).expect("a pc is an index into code")
}

/// An exception as one word of a register; never 0.
pub(super) fn pack(exception: Exception) -> i64 {
    let misuse = exception.misuse.map_or(0, |misuse| misuse as i64 + 1);
    (i64::from(exception.pc) << 32) | (misuse << 24) | (i64::from(exception.name.0) + 1)
}

pub(super) fn unpack(word: i64) -> Exception {
    const MISUSES: [Misuse; 9] = [
        Misuse::NotHeld,
        Misuse::WaitWithoutLock,
        Misuse::ReleasedPastBound,
        Misuse::SendOnClosed,
        Misuse::ClosedTwice,
        Misuse::CountedTooFar,
        Misuse::NotStarted,
        Misuse::BlockedInAtomic,
        Misuse::SubmittedAfterShutdown,
    ];
    let misuse = usize::try_from(word >> 24 & 0xff).expect("eight bits");
    Exception {
        name: NameId::new(usize::try_from((word & 0xff_ffff) - 1).expect("a name's number")),
        misuse: misuse.checked_sub(1).map(|index| MISUSES[index]),
        pc: Pc::try_from(word >> 32).expect("a pc is an index into code"),
    }
}
