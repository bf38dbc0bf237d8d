//! Missed signals: who has missed one, and where that still matters.
//!
//! A condition or event remembers, with one bit for each actor, who has missed a signal
//! there. Whoever looks at memory forgets it, since the news may stand there. The bit is
//! asked for in one place only: where the actor begins to wait. So it matters only if
//! there is a way on which it waits before it looks at memory; elsewhere it is not set,
//! and states that differ only in it are one.
//!
//! Source: a backward analysis like that of live variables (Aho, Lam, Sethi, Ullman,
//! "Compilers: Principles, Techniques, and Tools", 2nd edition, 2006, section 9.2.5),
//! over all functions: a return leads to every place behind a call of its function.
//!
//! **Invariant:** between two steps the bit of an actor is set only where it matters.

use super::machine::{Machine, Step};
use super::record::Recorder;
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{Function, Instr, ObjectId, Pc, Program, SyncOp};

/// For each instruction, whether somebody who misses a signal there may wait before it
/// looks at memory.
#[derive(Clone, Debug)]
pub struct Matters {
    /// Before the instruction.
    at: Vec<bool>,
    /// Once it is under way, or has been executed.
    past: Vec<bool>,
}

/// Whether executing the instruction is a look at memory.
pub fn looks(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Load(..)
            | Instr::Rmw(..)
            | Instr::CompareExchange(..)
            | Instr::Collection { .. }
            | Instr::NextEntry { .. }
            | Instr::WaitUntil(_)
    )
}

fn waits(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Sync {
            op: SyncOp::CondWait(_) | SyncOp::EventWait(_),
            ..
        }
    )
}

impl Matters {
    /// Looks through the code.
    ///
    /// Cost: a few passes over it.
    pub fn of(program: &Program) -> Self {
        let mut flow = Flow::new(program);
        while flow.pass() {}
        flow.found
    }

    /// That it matters everywhere, which is always right.
    pub fn everywhere(program: &Program) -> Self {
        let everywhere = vec![true; program.code.len()];
        Self {
            at: everywhere.clone(),
            past: everywhere,
        }
    }

    /// Whether a wait may come behind an instruction before the next look at memory.
    pub fn past(&self, pc: Pc) -> bool {
        self.past[pc as usize]
    }
}

/// The analysis under way.
struct Flow<'p> {
    program: &'p Program,
    found: Matters,
    /// For each function, whether it matters once it returns, and once an exception
    /// leaves it.
    returned: Vec<bool>,
    raised: Vec<bool>,
    /// Functions that workers call.
    jobs: Vec<usize>,
}

impl<'p> Flow<'p> {
    fn new(program: &'p Program) -> Self {
        let nowhere = vec![false; program.code.len()];
        let submitted = program.code.iter().filter_map(|instr| match instr {
            Instr::Submit { function, .. } => Some(function.index()),
            _ => None,
        });
        Self {
            program,
            found: Matters {
                at: nowhere.clone(),
                past: nowhere,
            },
            returned: vec![false; program.functions.len()],
            raised: vec![false; program.functions.len()],
            jobs: submitted.collect(),
        }
    }

    /// Goes once through all functions; whether anything was new.
    fn pass(&mut self) -> bool {
        let mut changed = false;
        for (number, function) in self.program.functions.iter().enumerate() {
            for pc in (function.entry..function.end).rev() {
                changed |= self.instruction((number, function), pc);
            }
        }
        changed
    }

    fn instruction(&mut self, (number, function): (usize, &Function), pc: Pc) -> bool {
        let instr = self.program.instr(pc);
        let caught = self.caught((number, function), pc);
        let next = self.next(function, number, pc);
        let past = next || caught;
        let at = waits(instr) || next && !looks(instr) || caught;
        let called: &[usize] = match instr {
            Instr::Call(callee, ..) => &[callee.index()],
            Instr::TakeJob { .. } => &self.jobs,
            _ => &[],
        };
        let behind = self.before(function, pc + 1) && !planted(Mistake::MissedBeforeReturn);
        let mut changed = false;
        let mut set = |bit: &mut bool, to: bool| {
            changed |= to && !*bit;
            *bit |= to;
        };
        for &callee in called {
            set(&mut self.returned[callee], behind);
            set(&mut self.raised[callee], caught);
        }
        set(&mut self.found.at[pc as usize], at);
        set(&mut self.found.past[pc as usize], past);
        changed
    }

    /// Whether it matters where the exception goes that comes out of an instruction. Any
    /// may be the last before a task learns that it is to stop.
    fn caught(&self, (number, function): (usize, &Function), pc: Pc) -> bool {
        let covers = |from: Pc, to: Pc| (from..to).contains(&pc);
        let mut handlers = function.handlers.iter();
        match handlers.find(|it| covers(it.from, it.to)) {
            Some(handler) => self.before(function, handler.target),
            None => self.raised[number],
        }
    }

    /// Whether it matters where an instruction leads to, without an exception.
    fn next(&self, function: &Function, number: usize, pc: Pc) -> bool {
        let entry = |of: usize| self.found.at[self.program.functions[of].entry as usize];
        let instr = self.program.instr(pc);
        match instr {
            Instr::Call(callee, ..) => entry(callee.index()),
            Instr::Return(_) => self.returned[number],
            Instr::TakeJob { .. } if self.jobs.iter().any(|&job| entry(job)) => true,
            _ => {
                let falls = instr.falls_through() && self.before(function, pc + 1);
                let target = instr.target();
                falls || target.is_some_and(|target| self.before(function, target))
            }
        }
    }

    fn before(&self, function: &Function, pc: Pc) -> bool {
        (function.entry..function.end).contains(&pc) && self.found.at[pc as usize]
    }
}

impl Machine<'_> {
    /// The same machine, if it remembers missed signals also where nobody will ever ask
    /// for them: its states are more, and all findings are the same.
    pub fn with_every_missed_signal(mut self) -> Self {
        self.matters = Matters::everywhere(self.program);
        self
    }

    /// Whether a signal that an actor misses now is of importance.
    fn heeds(&self, state: &State, actor: usize) -> bool {
        let pc = self.layout.pc(state, actor) as usize;
        match self.layout.phase(state, actor) {
            Phase::Ready => self.matters.at[pc],
            Phase::Waiting | Phase::Woken | Phase::TimedOut | Phase::Broken => {
                self.matters.past[pc]
            }
        }
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    /// Actors other than those that already wait for it miss the signal that
    /// `at` remembers, if the object is theirs, too.
    pub fn mark_missed(&mut self, id: ObjectId, at: usize) {
        let layout = &self.machine.layout;
        for actor in 0..layout.capacity().actors {
            let other = layout.is_running(self.state, actor) && actor != self.actor;
            if other
                && self.machine.heeds(self.state, actor)
                && self.machine.uses(self.state, actor, id)
            {
                self.state.set_bit(at, actor, true);
            }
        }
    }

    /// The actor has looked at memory, so a signal it missed before may have
    /// left its trace there: it is not lost.
    pub fn saw_memory(&mut self) {
        let machine = self.machine;
        if machine.missed.is_empty() {
            return;
        }
        let process = machine.layout.process_of(self.state, self.actor);
        for &(id, offset) in &machine.missed {
            let at = machine.layout.object(machine.layout.object_in(id, process)) + offset;
            self.state.set_bit(at, self.actor, false);
        }
    }

    /// What the actor has missed does not matter where it stands now.
    pub fn forget_missed(&mut self) {
        if !self.machine.missed.is_empty()
            && self.machine.layout.is_running(self.state, self.actor)
            && !self.machine.heeds(self.state, self.actor)
        {
            self.saw_memory();
        }
    }
}
