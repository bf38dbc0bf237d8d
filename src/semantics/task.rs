//! Tasks and event loops: who of a loop runs, who is ready, who waits.
//!
//! Words, behind all others and only if the program has loops: for each actor one
//! word (0: not a task), then for each loop of each process one word, the task that
//! runs on it plus 1 (0: none).
//!
//! A task's word: the row of its loop plus 1 (the process is that of the task); whether it is green; whether it has begun;
//! whether it was asked to stop; whether it has given its loop back; whether it
//! tries to get its condition's lock again; whether its turn is only that of
//! `gather`'s callback; its place in the loop's ready queue from 1 (0: not in it);
//! and its place among those of the loop who wait for something that others do, in
//! the order in which they began to.
//!
//! Source: `asyncio` of Python 3.11 to 3.13. Its ready queue is first in, first
//! out; so is the order in which those who wait for one thing are woken.
//!
//! **Invariant:** places are dense, from 1; so states that differ only in when
//! something happened are one.

use super::layout::Layout;
use super::machine::{Machine, Step};
use super::record::Recorder;
use super::state::{Phase, State};
use crate::program::registers::read_by;
use crate::program::{ActorKind, Awaits, FunctionId, Instr, LoopId, SyncOp, TaskOp, WaitMode};

const LOOP_MASK: i64 = 0xff;
pub(super) const GREEN: i64 = 1 << 8;
pub(super) const BEGUN: i64 = 1 << 9;
pub(super) const CANCEL: i64 = 1 << 10;
pub(super) const SUSPENDED: i64 = 1 << 11;
pub(super) const RELOCKS: i64 = 1 << 12;
pub(super) const CALLBACK: i64 = 1 << 13;
const PLACE: u32 = 16;
const ORDER: u32 = 24;

impl Layout {
    fn task_word(&self, state: &State, actor: usize) -> i64 {
        if !self.has_loops() || actor >= self.capacity().actors {
            return 0;
        }
        state.word(self.task(actor))
    }

    /// The event loop of a task; `None` for other actors.
    pub fn loop_of(&self, state: &State, actor: usize) -> Option<LoopId> {
        let number = self.task_word(state, actor) & LOOP_MASK;
        let row = usize::try_from(number).ok()?.checked_sub(1)?;
        Some(LoopId::new(row).of_process(self.process_of(state, actor)))
    }

    /// Whether it gives its loop back wherever it blocks.
    pub fn is_green(&self, state: &State, actor: usize) -> bool {
        self.has(state, actor, GREEN)
    }

    /// Whether it has given its loop back, and waits or is ready to go on.
    pub fn is_suspended(&self, state: &State, actor: usize) -> bool {
        self.has(state, actor, SUSPENDED)
    }

    /// Whether it was asked to stop and does not know yet.
    pub fn is_to_stop(&self, state: &State, actor: usize) -> bool {
        self.has(state, actor, CANCEL)
    }

    /// Whether it has run at least one step, or is about to.
    pub fn has_begun(&self, state: &State, actor: usize) -> bool {
        self.has(state, actor, BEGUN)
    }

    /// The task that runs on a loop.
    pub fn runs_on(&self, state: &State, on: LoopId) -> Option<usize> {
        usize::try_from(state.word(self.current(on)))
            .ok()?
            .checked_sub(1)
    }

    /// Its place in the ready queue of its loop, from 1; 0 if it is not in it.
    pub fn place(&self, state: &State, actor: usize) -> i64 {
        self.task_word(state, actor) >> PLACE & 0xff
    }

    pub(super) fn order(&self, state: &State, actor: usize) -> i64 {
        self.task_word(state, actor) >> ORDER & 0xff
    }

    pub(super) fn has(&self, state: &State, actor: usize, bit: i64) -> bool {
        self.task_word(state, actor) & bit != 0
    }

    pub(super) fn set_bit(&self, state: &mut State, actor: usize, bit: i64, on: bool) {
        let at = self.task(actor);
        let word = state.word(at);
        state.set_word(at, if on { word | bit } else { word & !bit });
    }

    fn set_field(&self, state: &mut State, actor: usize, shift: u32, value: i64) {
        let at = self.task(actor);
        let word = state.word(at) & !(0xff << shift);
        state.set_word(at, word | value << shift);
    }

    /// The tasks of a loop in its ready queue, in order.
    pub fn ready_queue(&self, state: &State, on: LoopId) -> Vec<usize> {
        self.tasks_by(state, on, PLACE)
    }

    /// The tasks of a loop that wait for something others do, in the order in
    /// which they began to.
    pub(super) fn in_order(&self, state: &State, on: LoopId) -> Vec<usize> {
        self.tasks_by(state, on, ORDER)
    }

    fn tasks_by(&self, state: &State, on: LoopId, shift: u32) -> Vec<usize> {
        let place = |&actor: &usize| self.task_word(state, actor) >> shift & 0xff;
        let mut tasks: Vec<usize> = (0..self.capacity().actors)
            .filter(|actor| place(actor) > 0 && self.loop_of(state, *actor) == Some(on))
            .collect();
        tasks.sort_by_key(place);
        tasks
    }

    /// A new task, at the back of the ready queue of its process's loop.
    pub(super) fn begin_task(&self, state: &mut State, actor: usize, on: LoopId, green: bool) {
        let row = i64::try_from(on.index()).expect("a few loops");
        let word = (row + 1) | if green { GREEN } else { 0 };
        state.set_word(self.task(actor), word);
        self.enqueue(state, actor);
    }

    /// Puts a task at the back of its loop's ready queue.
    pub(super) fn enqueue(&self, state: &mut State, actor: usize) {
        if self.place(state, actor) == 0
            && let Some(on) = self.loop_of(state, actor)
        {
            let n = self.ready_queue(state, on).len();
            self.set_field(state, actor, PLACE, n as i64 + 1);
        }
    }

    /// Gives a task a place behind those of its loop that wait.
    pub(super) fn line_up(&self, state: &mut State, actor: usize) {
        if let Some(on) = self.loop_of(state, actor) {
            let n = self.in_order(state, on).len();
            self.set_field(state, actor, ORDER, n as i64 + 1);
        }
    }

    /// Takes a task out of the ready queue and of those who wait.
    pub(super) fn leave_lines(&self, state: &mut State, actor: usize) {
        self.leave(state, actor, PLACE);
        self.leave(state, actor, ORDER);
    }

    /// A task does not wait any more, whether or not it is ready.
    pub(super) fn stop_waiting(&self, state: &mut State, actor: usize) {
        self.leave(state, actor, ORDER);
    }

    fn leave(&self, state: &mut State, actor: usize, shift: u32) {
        let own = self.task_word(state, actor) >> shift & 0xff;
        let (Some(on), true) = (self.loop_of(state, actor), own > 0) else {
            return;
        };
        self.set_field(state, actor, shift, 0);
        for other in self.tasks_by(state, on, shift) {
            let place = self.task_word(state, other) >> shift & 0xff;
            if place > own {
                self.set_field(state, other, shift, place - 1);
            }
        }
    }

    pub(super) fn set_running_on(&self, state: &mut State, on: LoopId, actor: Option<usize>) {
        let word = actor.map_or(0, |actor| actor as i64 + 1);
        state.set_word(self.current(on), word);
    }

    /// What an ended task leaves behind: the words it returned, or its exception.
    pub(super) fn left_behind<'s>(&self, state: &'s State, actor: usize) -> &'s [i64] {
        let first = self.bottom(actor) - 1;
        &state.words()[first..first + self.capacity().stack]
    }

    pub(super) fn leave_behind(&self, state: &mut State, actor: usize, words: &[i64]) {
        let first = self.bottom(actor) - 1;
        state.words_mut()[first..first + words.len()].copy_from_slice(words);
    }
}

impl Machine<'_> {
    /// Whether the program has event loops.
    pub fn has_loops(&self) -> bool {
        self.layout.has_loops()
    }

    /// Clears what a task was given and never reads: it does not begin before its turn,
    /// and until then nothing else would tell it from others that run the same.
    pub(super) fn forget_unread(&self, state: &mut State, task: usize, of: FunctionId) {
        let function = &self.program.functions[of.index()];
        let mut unread = vec![true; usize::from(function.n_params)];
        for pc in function.entry..function.end {
            read_by(self.program.instr(pc), &mut |reg| {
                if let Some(unread) = unread.get_mut(usize::from(reg)) {
                    *unread = false;
                }
            });
        }
        let regs = self.layout.regs(state, task);
        for (reg, _) in unread.iter().enumerate().filter(|(_, unread)| **unread) {
            state.set_word(regs + reg, 0);
        }
    }

    /// The task that keeps a ready one from running: the one that runs on its
    /// loop, or that comes first.
    pub fn kept_waiting_by(&self, state: &State, actor: usize) -> Option<usize> {
        let on = self.layout.loop_of(state, actor)?;
        if self.layout.place(state, actor) == 0 {
            return None;
        }
        let head = || self.layout.ready_queue(state, on).first().copied();
        let first = self.layout.runs_on(state, on).or_else(head)?;
        (first != actor).then_some(first)
    }

    /// Whether somebody may end the wait of a task by asking it to stop.
    pub fn may_be_cancelled(&self, state: &State, actor: usize) -> bool {
        (self.cancels || self.main_task.is_some())
            && self.layout.is_suspended(state, actor)
            && self.layout.place(state, actor) == 0
    }

    /// Whether the next instruction of an actor could be executed next, as far as
    /// its event loop is concerned.
    pub fn has_the_turn(&self, state: &State, actor: usize) -> bool {
        let Some(on) = self.layout.loop_of(state, actor) else {
            return true;
        };
        match self.layout.runs_on(state, on) {
            Some(running) => running == actor,
            None => self.layout.place(state, actor) == 1,
        }
    }

    /// Whether a task gives its loop back at an instruction.
    pub fn awaits(&self, state: &State, actor: usize) -> Awaits {
        let pc = self.layout.pc(state, actor);
        if !self.layout.is_green(state, actor) {
            return self.program.site(pc).awaits;
        }
        match self.program.instr(pc) {
            Instr::Yield | Instr::Sleep => Awaits::Always,
            Instr::Sync { .. }
            | Instr::Chan { .. }
            | Instr::Select { .. }
            | Instr::Future { .. }
            | Instr::Task { .. }
            | Instr::WaitJobs { .. }
            | Instr::WaitUntil(_)
            | Instr::AtomicBegin(_) => Awaits::IfNeeded,
            _ => Awaits::Never,
        }
    }

    /// Whether the actor is a task that stops its loop: it blocks without `await`,
    /// or sleeps without it, while others are ready.
    pub fn blocks_its_loop(&self, state: &State, actor: usize) -> bool {
        let Some(on) = self.layout.loop_of(state, actor) else {
            return false;
        };
        let pc = self.layout.pc(state, actor);
        let others = self.layout.ready_queue(state, on);
        self.has_the_turn(state, actor)
            && !self.layout.is_suspended(state, actor)
            && self.awaits(state, actor) == Awaits::Never
            && others.iter().any(|&other| other != actor)
            && (matches!(self.program.instr(pc), Instr::Sleep) || !self.can_step(state, actor))
    }

    /// The mode in which the next instruction of an actor waits.
    pub(super) fn wait_mode(&self, state: &State, actor: usize) -> Option<WaitMode> {
        use crate::program::{ChanOp, FutureOp};
        match self.program.instr(self.layout.pc(state, actor)) {
            Instr::Sync {
                op:
                    SyncOp::Lock(mode)
                    | SyncOp::Read(mode)
                    | SyncOp::Write(mode)
                    | SyncOp::Acquire(mode)
                    | SyncOp::CondWait(mode)
                    | SyncOp::EventWait(mode)
                    | SyncOp::BarrierWait(mode)
                    | SyncOp::Join(mode),
                ..
            }
            | Instr::Chan {
                op: ChanOp::Send(mode) | ChanOp::Recv(mode),
                ..
            }
            | Instr::Future {
                op: FutureOp::Result(mode),
                ..
            }
            | Instr::Select { mode, .. } => Some(*mode),
            Instr::Future {
                op: FutureOp::WaitFor,
                ..
            } => Some(WaitMode::Timeout),
            // Once time is up there is no second time-out.
            Instr::Task {
                op: TaskOp::WaitFor,
                ..
            } => match self.layout.phase(state, actor) {
                Phase::Waiting => Some(WaitMode::Wait),
                _ => Some(WaitMode::Timeout),
            },
            _ => None,
        }
    }
}

/// The declared tasks of a program with their loops, in the order of declaration.
pub(super) fn declared(kind: ActorKind) -> Option<(LoopId, bool)> {
    match kind {
        ActorKind::Task { on, green } => Some((on, green)),
        ActorKind::Thread | ActorKind::Worker(_) => None,
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    /// A task ends: its loop is free, and what it leaves behind can be asked for.
    pub fn end_task(&mut self, words: &[i64]) {
        let layout = &self.machine.layout;
        let Some(on) = layout.loop_of(self.state, self.actor) else {
            return;
        };
        layout.leave_lines(self.state, self.actor);
        for bit in [BEGUN, CANCEL, SUSPENDED, RELOCKS, CALLBACK] {
            layout.set_bit(self.state, self.actor, bit, false);
        }
        if layout.runs_on(self.state, on) == Some(self.actor) {
            layout.set_running_on(self.state, on, None);
        }
        layout.leave_behind(self.state, self.actor, words);
        if self.machine.main_task == Some(self.actor) {
            let others: Vec<usize> = (0..layout.n_actors(self.state))
                .filter(|&other| layout.loop_of(self.state, other) == Some(on))
                .filter(|&other| layout.is_running(self.state, other))
                .collect();
            for other in others {
                self.cancel_task(other, &mut Vec::new());
            }
        }
    }
}
