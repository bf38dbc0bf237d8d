//! Turns: how the tasks of an event loop take it and give it back.
//!
//! Only the task that runs on a loop, or if there is none the head of its ready
//! queue, can go on. At an `await` a task either goes on at once, because what it
//! waits for is there, or is suspended: it gives the loop back. A suspended task
//! comes to the back of the queue as soon as its thing is there. That something is
//! there is no promise: if it is gone when the task's turn comes, it waits again.
//!
//! Two things come by themselves, as a step of the suspended task at any moment:
//! the end of `io()` and of a sleep, and the time-out of a wait that has one.
//!
//! Source: `asyncio`, with two of its habits that can be observed. Of those who
//! wait for a lock, a permit or a message, as many are woken as there is something
//! for, in the order in which they came; and nobody takes a lock or permit past
//! those who wait. Deviation: time is not counted, so sleeps end in any order.

use super::machine::{Machine, Step, Stop};
use super::record::{EventKind, Recorder};
use super::state::{Phase, State};
use super::task::{BEGUN, CALLBACK, CANCEL, GREEN, RELOCKS, SUSPENDED};
use crate::program::{
    Awaits, ChanOp, FutureOp, Instr, LoopId, ObjectId, ObjectKind, SyncOp, TaskOp, WaitMode,
};

/// What a task may do in a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Turn {
    /// It runs.
    Goes,
    /// It is the head of the queue of a loop on which nobody runs.
    Comes,
    /// What it waits for comes by itself, or it gives up.
    Wakes,
    /// Nothing.
    Waits,
}

/// What suspended tasks wait for of which there is only so much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Line {
    Lock(ObjectId),
    Permit(ObjectId),
    Message(ObjectId),
    Room(ObjectId),
}

impl Machine<'_> {
    fn task_turn(&self, state: &State, actor: usize, on: LoopId) -> Turn {
        let layout = &self.layout;
        match (layout.runs_on(state, on), layout.place(state, actor)) {
            (Some(running), _) if running == actor => Turn::Goes,
            (None, 1) => Turn::Comes,
            (_, 0) if self.comes_by_itself(state, actor) => Turn::Wakes,
            _ => Turn::Waits,
        }
    }

    /// Whether what a suspended task waits for needs nobody else.
    fn comes_by_itself(&self, state: &State, actor: usize) -> bool {
        if self.is_io(state, actor) {
            return true;
        }
        let relocks = self.layout.has(state, actor, RELOCKS);
        self.wait_mode(state, actor) == Some(WaitMode::Timeout) && !relocks
    }

    fn is_io(&self, state: &State, actor: usize) -> bool {
        matches!(
            self.program.instr(self.layout.pc(state, actor)),
            Instr::Sleep | Instr::Task { op: TaskOp::Io, .. }
        )
    }

    /// Whether a task can take a step.
    pub(super) fn task_can_step(&self, state: &State, actor: usize, on: LoopId) -> bool {
        match self.task_turn(state, actor, on) {
            Turn::Comes | Turn::Wakes => true,
            Turn::Waits => false,
            Turn::Goes => {
                self.awaits(state, actor) != Awaits::Never
                    || self.is_ready(state, actor, self.layout.pc(state, actor))
            }
        }
    }

    /// Whether what the instruction waits for is there; giving up does not count.
    fn is_there(&self, state: &State, actor: usize) -> bool {
        let pc = self.layout.pc(state, actor);
        if self.wait_mode(state, actor) != Some(WaitMode::Timeout) {
            return self.is_ready(state, actor, pc);
        }
        use WaitMode::Wait;
        let scene = self.scene(state, actor);
        match self.program.instr(pc) {
            Instr::Sync { op, object, .. } => {
                let op = match op {
                    SyncOp::Lock(_) => SyncOp::Lock(Wait),
                    SyncOp::Read(_) => SyncOp::Read(Wait),
                    SyncOp::Write(_) => SyncOp::Write(Wait),
                    SyncOp::Acquire(_) => SyncOp::Acquire(Wait),
                    SyncOp::CondWait(_) => SyncOp::CondWait(Wait),
                    SyncOp::EventWait(_) => SyncOp::EventWait(Wait),
                    SyncOp::Join(_) => SyncOp::Join(Wait),
                    SyncOp::BarrierWait(_) => SyncOp::BarrierWait(Wait),
                    op => *op,
                };
                let ready = |object| self.sync_ready(state, actor, op, object);
                scene.eval(object).map_or(true, ready)
            }
            Instr::Chan { op, object, .. } => {
                let op = match op {
                    ChanOp::Send(_) => ChanOp::Send(Wait),
                    ChanOp::Recv(_) => ChanOp::Recv(Wait),
                };
                let ready = |object| super::chan::is_ready(self, state, actor, op, object);
                scene.eval(object).map_or(true, ready)
            }
            Instr::Future { future, .. } => {
                let ready = |job| self.future_ready(state, FutureOp::Result(Wait), job);
                scene.eval(future).map_or(true, ready)
            }
            Instr::Select { arms, .. } => super::select::is_ready(self, state, actor, arms, Wait),
            _ => self.is_ready(state, actor, pc),
        }
    }

    /// Where a task would have to wait its turn, if others want the same.
    fn line(&self, state: &State, actor: usize) -> Option<Line> {
        let scene = self.scene(state, actor);
        let id = |number| scene.object(scene.eval(number).ok()?);
        match self.program.instr(self.layout.pc(state, actor)) {
            Instr::Sync { op, object, .. } => match op {
                SyncOp::Lock(_) => Some(Line::Lock(id(object)?)),
                SyncOp::Acquire(_) => Some(Line::Permit(id(object)?)),
                SyncOp::CondWait(_) if self.is_woken(state, actor) => {
                    Some(Line::Lock(self.lock_of(id(object)?)?))
                }
                _ => None,
            },
            Instr::Chan { op, object, .. } => {
                let id = id(object)?;
                let meets = matches!(
                    self.program.objects[id.index()].kind,
                    ObjectKind::Chan {
                        capacity: Some(0),
                        ..
                    }
                );
                match op {
                    _ if meets => None,
                    ChanOp::Send(_) => Some(Line::Room(id)),
                    ChanOp::Recv(_) => Some(Line::Message(id)),
                }
            }
            _ => None,
        }
    }

    /// Whether a task that slept at a condition was told, or gave up.
    fn is_woken(&self, state: &State, actor: usize) -> bool {
        !matches!(
            self.layout.phase(state, actor),
            Phase::Ready | Phase::Waiting
        )
    }

    /// For how many of those who wait in a line there is something.
    fn supply(&self, state: &State, line: Line) -> usize {
        let number = |n: i64| usize::try_from(n).unwrap_or(0);
        match line {
            Line::Lock(_) => 1,
            Line::Permit(id) => number(self.permits(state, id)),
            Line::Message(id) | Line::Room(id) if self.is_closed(state, id) => usize::MAX,
            Line::Message(id) => self.n_messages(state, id),
            Line::Room(id) => match self.program.objects[id.index()].kind {
                ObjectKind::Chan {
                    capacity: Some(room),
                    ..
                } => (room as usize).saturating_sub(self.n_messages(state, id)),
                _ => usize::MAX,
            },
        }
    }

    /// The other tasks in a line. Who was asked to stop while it waited, or gave
    /// up, is not in it any more.
    fn others_in<'a>(
        &'a self,
        state: &'a State,
        actor: usize,
        line: Line,
    ) -> impl Iterator<Item = usize> + 'a {
        (0..self.layout.capacity().actors).filter(move |&other| {
            other != actor
                && self.layout.order(state, other) > 0
                && self.in_line(state, other, line)
        })
    }

    fn in_line(&self, state: &State, actor: usize, line: Line) -> bool {
        // Whoever was told but has not yet tried is not waiting for the lock.
        let told = self.is_woken(state, actor) && !self.layout.has(state, actor, RELOCKS);
        let lock = matches!(line, Line::Lock(_));
        !(lock && told) && self.line(state, actor) == Some(line)
    }

    /// Tasks that were woken for what a suspended one waits for, before it.
    pub fn ahead_in_line(&self, state: &State, actor: usize) -> Vec<usize> {
        let waits = self.layout.is_suspended(state, actor) && self.layout.place(state, actor) == 0;
        match self.line(state, actor) {
            Some(line) if waits && self.is_there(state, actor) => self
                .others_in(state, actor, line)
                .filter(|&other| self.layout.place(state, other) > 0)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether others came first for a lock or permit that nobody may take past them.
    fn must_queue(&self, state: &State, actor: usize) -> bool {
        if self.layout.has(state, actor, GREEN) {
            return false;
        }
        let on = self.layout.loop_of(state, actor);
        match self.line(state, actor) {
            Some(line @ (Line::Lock(_) | Line::Permit(_))) => self
                .others_in(state, actor, line)
                .any(|other| self.layout.loop_of(state, other) == on),
            _ => false,
        }
    }

    /// Whether a suspended task that is not in the queue belongs there.
    fn wakes(&self, state: &State, actor: usize) -> bool {
        let instr = self.program.instr(self.layout.pc(state, actor));
        let cond_wait = matches!(
            instr,
            Instr::Sync {
                op: SyncOp::CondWait(_),
                ..
            }
        );
        if cond_wait && self.is_woken(state, actor) && !self.layout.has(state, actor, RELOCKS) {
            return true;
        }
        if !self.is_there(state, actor) {
            return false;
        }
        let Some(line) = self.line(state, actor) else {
            return true;
        };
        let awake = self
            .others_in(state, actor, line)
            .filter(|&other| self.layout.place(state, other) > 0);
        awake.count() < self.supply(state, line)
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    /// One step of a task.
    pub fn task_step(&mut self, on: LoopId) -> Result<(), Stop> {
        let layout = &self.machine.layout;
        match self.machine.task_turn(self.state, self.actor, on) {
            Turn::Waits => unreachable!("only a task that can step does"),
            Turn::Wakes => {
                self.recorder.executed(self.pc);
                layout.stop_waiting(self.state, self.actor);
                layout.enqueue(self.state, self.actor);
                self.event(|| EventKind::Readied);
                Ok(())
            }
            Turn::Goes => self.go_on(),
            Turn::Comes => {
                let fresh = !layout.is_suspended(self.state, self.actor);
                if layout.has(self.state, self.actor, CALLBACK) {
                    layout.leave_lines(self.state, self.actor);
                    layout.set_bit(self.state, self.actor, CALLBACK, false);
                    layout.enqueue(self.state, self.actor);
                    self.event(|| EventKind::Readied);
                    return Ok(());
                }
                layout.leave_lines(self.state, self.actor);
                layout.set_bit(self.state, self.actor, SUSPENDED, false);
                layout.set_running_on(self.state, on, Some(self.actor));
                if layout.is_to_stop(self.state, self.actor) {
                    return self.stop_here();
                }
                if fresh {
                    layout.set_bit(self.state, self.actor, BEGUN, true);
                }
                self.resumes = !fresh;
                self.go_on()
            }
        }
    }

    /// Executes the next instruction of the task that runs, or suspends it there.
    fn go_on(&mut self) -> Result<(), Stop> {
        let machine = self.machine;
        let fresh = !self.resumes;
        loop {
            let pc = self.pc;
            let awaits = machine.awaits(self.state, self.actor);
            let there = match awaits {
                Awaits::Never => {
                    if !machine.is_ready(self.state, self.actor, pc) {
                        // It blocks, and its loop with it.
                        self.event(|| EventKind::Passed);
                        return Ok(());
                    }
                    true
                }
                Awaits::Always if fresh => false,
                Awaits::Always | Awaits::IfNeeded => {
                    let patient = machine.layout.has(self.state, self.actor, RELOCKS) || !fresh;
                    let gives_up = !fresh
                        && machine.wait_mode(self.state, self.actor) == Some(WaitMode::Timeout)
                        && !machine.is_woken(self.state, self.actor);
                    gives_up
                        || machine.is_there(self.state, self.actor)
                            && (patient || !machine.must_queue(self.state, self.actor))
                }
            };
            if !there {
                if machine.is_woken(self.state, self.actor) {
                    machine
                        .layout
                        .set_bit(self.state, self.actor, RELOCKS, true);
                }
                self.suspend();
                return Ok(());
            }
            self.visible()?;
            let stays = machine.layout.is_running(self.state, self.actor)
                && machine.layout.phase(self.state, self.actor) != Phase::Ready;
            if !stays {
                machine
                    .layout
                    .set_bit(self.state, self.actor, RELOCKS, false);
                return self.settle();
            }
            if awaits == Awaits::Never {
                return Ok(());
            }
            if !machine.is_woken(self.state, self.actor) {
                self.suspend();
                return Ok(());
            }
        }
    }

    /// The task gives its loop back and waits.
    fn suspend(&mut self) {
        let layout = &self.machine.layout;
        let Some(on) = layout.loop_of(self.state, self.actor) else {
            return;
        };
        self.recorder.executed(self.pc);
        layout.set_bit(self.state, self.actor, SUSPENDED, true);
        layout.set_running_on(self.state, on, None);
        let yields = matches!(self.machine.program.instr(self.pc), Instr::Yield);
        if yields || layout.is_to_stop(self.state, self.actor) {
            layout.enqueue(self.state, self.actor);
        } else if !self.machine.is_io(self.state, self.actor) {
            layout.line_up(self.state, self.actor);
        }
        self.event(|| EventKind::Suspended);
    }

    /// Puts the suspended tasks whose thing has come at the back of their queues.
    pub fn wake(&mut self) {
        if !self.machine.has_loops() {
            return;
        }
        let layout = &self.machine.layout;
        for on in layout.loops() {
            for task in layout.in_order(self.state, on) {
                if layout.place(self.state, task) == 0 && self.machine.wakes(self.state, task) {
                    let gather = self.machine.gathers(self.state, task);
                    layout.set_bit(self.state, task, CALLBACK, gather);
                    layout.enqueue(self.state, task);
                }
            }
        }
    }

    /// The task was asked to stop, and its turn has come.
    fn stop_here(&mut self) -> Result<(), Stop> {
        let layout = &self.machine.layout;
        if !layout.has_begun(self.state, self.actor) {
            let cancelled = self.cancelled();
            self.event(|| EventKind::Died(cancelled));
            self.end_cancelled(cancelled);
            return Ok(());
        }
        if let Some(task) = self.machine.is_waited_for(self.state, self.actor) {
            // Its own end comes after that of the task it waits for.
            self.stop_and_wait(task);
            layout.set_aux(self.state, self.actor, 1);
            layout.set_bit(self.state, self.actor, CANCEL, false);
            self.suspend();
            return Ok(());
        }
        if let Some(lock) = self.lock_to_take_again() {
            layout.set_phase(self.state, self.actor, Phase::Broken, lock.0);
            if !self.machine.can_lock(self.state, self.actor, lock.1) {
                layout.set_bit(self.state, self.actor, RELOCKS, true);
                layout.set_bit(self.state, self.actor, CANCEL, false);
                self.suspend();
                layout.set_bit(self.state, self.actor, CANCEL, true);
                return Ok(());
            }
            let depth = layout.aux(self.state, self.actor) & 0xff_ffff;
            self.retake(lock.1, depth);
        }
        layout.set_bit(self.state, self.actor, CANCEL, false);
        layout.set_bit(self.state, self.actor, RELOCKS, false);
        if self.machine.gathers(self.state, self.actor) {
            for task in self.machine.tasks_named(self.state, self.actor) {
                layout.set_joined(self.state, task);
            }
        }
        let exception = match self.failed_child() {
            Some(exception) => exception,
            None => self.cancelled(),
        };
        self.recorder.executed(self.pc);
        self.event(|| EventKind::Raised(exception));
        self.forget_wait();
        self.unwind(exception);
        self.settle()
    }

    /// The condition that the task has slept at, and its lock.
    fn lock_to_take_again(&self) -> Option<(ObjectId, ObjectId)> {
        let layout = &self.machine.layout;
        if layout.phase(self.state, self.actor) == Phase::Ready {
            return None;
        }
        let id = layout.waits_at(self.state, self.actor)?;
        match self.machine.program.objects[id.index()].kind {
            ObjectKind::Cond { lock, .. } => Some((id, lock)),
            _ => None,
        }
    }

    /// Whoever stops waiting does not count any more where it waited.
    fn forget_wait(&mut self) {
        let layout = &self.machine.layout;
        let waits = layout.phase(self.state, self.actor) == Phase::Waiting;
        let Some(id) = layout.waits_at(self.state, self.actor) else {
            return;
        };
        match self.machine.program.objects[id.index()].kind {
            ObjectKind::Barrier { .. } if waits => {
                let at = layout.object(id);
                self.state.set_word(at, self.state.word(at) - 1);
            }
            ObjectKind::RwLock { .. } if waits => self.give_up_queue(id),
            ObjectKind::Cond { .. } => self.leave_cond_queue(id, self.actor),
            _ => {}
        }
    }
}
