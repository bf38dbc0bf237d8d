//! `cond`: sleep until somebody calls.
//!
//! Words: which actors have missed a notify that nobody heard (one bit each;
//! the bit goes when the actor looks at memory, where the news may stand); with
//! `fifo`, the queue of those who sleep, in order, each plus 1.
//!
//! A wait is two steps: giving up the lock and falling asleep; and, once woken,
//! taking the lock again. While it sleeps, the actor's aux word keeps how often
//! it held the lock and whether it had missed a signal when it fell asleep.

use super::layout::bit_words;
use super::machine::{Done, Flow, LOCAL_FUEL, Machine, Step};
use super::record::{EventKind, Incident, Misuse, Recorder};
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{ObjectId, ObjectKind, Reg, WaitMode};

/// Set in a sleeper's aux word if it missed a signal before it fell asleep.
const MISSED: i64 = 1 << 40;

struct Cond {
    lock: ObjectId,
    fifo: bool,
    spurious: bool,
}

impl Machine<'_> {
    fn cond(&self, id: ObjectId) -> Cond {
        match self.program.objects[id.index()].kind {
            ObjectKind::Cond {
                lock,
                fifo,
                spurious,
            } => Cond {
                lock: self.layout.object_in(lock, id.process()),
                fifo,
                spurious,
            },
            _ => unreachable!("the verifier lets only conditions be waited on"),
        }
    }

    /// The lock of a condition, in the same process's copy.
    pub fn lock_of(&self, id: ObjectId) -> Option<ObjectId> {
        match self.program.objects[id.index()].kind {
            ObjectKind::Cond { lock, .. } => Some(self.layout.object_in(lock, id.process())),
            _ => None,
        }
    }

    /// Whether a sleeping actor had missed a signal when it fell asleep.
    pub fn missed_signal(&self, state: &State, actor: usize) -> bool {
        self.layout.aux(state, actor) & MISSED != 0
    }

    /// Whether an actor sleeps at a condition or event, and has not been woken.
    pub fn is_asleep(&self, state: &State, actor: usize) -> bool {
        self.layout.phase(state, actor) == Phase::Waiting
    }
}

pub(super) fn is_ready(
    m: &Machine,
    state: &State,
    actor: usize,
    id: ObjectId,
    mode: WaitMode,
) -> bool {
    let cond = m.cond(id);
    match m.layout.phase(state, actor) {
        Phase::Ready => true,
        Phase::Waiting => {
            let spurious = cond.spurious && !planted(Mistake::NeverSpurious);
            spurious || mode == WaitMode::Timeout
        }
        Phase::Woken | Phase::TimedOut | Phase::Broken => {
            m.can_lock(state, actor, cond.lock) || planted(Mistake::WakesWithoutLock)
        }
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn cond_wait(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        let phase = layout.phase(self.state, self.actor);
        match phase {
            Phase::Ready => self.fall_asleep(id),
            Phase::Waiting => {
                // Without being told: a time-out, or a spurious wake-up, or either.
                let spurious = self.machine.cond(id).spurious;
                let timeout = mode == WaitMode::Timeout;
                let timed_out = timeout && (!spurious || self.chooser.choose(2) == 0);
                self.leave_cond_queue(id, self.actor);
                let next = if timed_out {
                    Phase::TimedOut
                } else {
                    Phase::Woken
                };
                layout.set_phase(self.state, self.actor, next, id);
                let woken = vec![self.actor];
                self.event(|| EventKind::Woke(id, woken));
                Ok(Flow::Stay)
            }
            Phase::Woken | Phase::TimedOut | Phase::Broken => {
                let lock = self.machine.cond(id).lock;
                let depth = layout.aux(self.state, self.actor) & (MISSED - 1);
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                layout.set_aux(self.state, self.actor, 0);
                self.retake(lock, depth);
                match mode {
                    WaitMode::Wait | WaitMode::Try => self.did(id, None),
                    WaitMode::Timeout => self.did_with(id, dst, i64::from(phase == Phase::Woken)),
                }
            }
        }
    }

    fn fall_asleep(&mut self, id: ObjectId) -> Done {
        let cond = self.machine.cond(id);
        let layout = &self.machine.layout;
        if self.state.word(layout.object(cond.lock)) != self.me() {
            return Ok(self.raise("NotHeld", Some(Misuse::WaitWithoutLock)));
        }
        let depth = if planted(Mistake::WaitKeepsLock) {
            1
        } else {
            self.let_go(cond.lock)
        };
        let at = layout.object(id);
        let missed = i64::from(self.state.has_bit(at, self.actor));
        layout.set_aux(self.state, self.actor, depth | (missed * MISSED));
        layout.set_phase(self.state, self.actor, Phase::Waiting, id);
        if cond.fifo {
            let asleep = self.cond_queue(id);
            let end = self.queue_at(id) + asleep.len();
            self.state.set_word(end, self.me());
        }
        self.event(|| EventKind::Sleeps(id));
        Ok(Flow::Stay)
    }

    /// Wakes `n` sleepers, or all.
    pub fn notify(&mut self, id: ObjectId, n: Option<i64>) -> Done {
        let cond = self.machine.cond(id);
        let at = self.machine.layout.object(id);
        if self.state.word(self.machine.layout.object(cond.lock)) != self.me() {
            let incident = Incident::NotifyWithoutLock(id, self.pc);
            self.recorder.incident(self.actor, incident);
        }
        let mut asleep = if cond.fifo {
            self.cond_queue(id)
        } else {
            self.sleepers(id)
        };
        // The tasks of a loop are woken in the order in which they came, before them
        // those whose time is up, in the order of their turns; who was asked to stop does
        // not hear it.
        let layout = &self.machine.layout;
        asleep.retain(|&actor| !layout.is_to_stop(self.state, actor));
        let of_a_loop = |&actor: &usize| layout.loop_of(self.state, actor).is_some();
        let in_order = cond.fifo || asleep.iter().all(of_a_loop);
        if !cond.fifo && in_order {
            asleep.sort_by_key(|&actor| {
                let turn = match planted(Mistake::ToldByNumber) {
                    true => 0,
                    false => layout.place(self.state, actor),
                };
                (layout.order(self.state, actor), turn)
            });
        }
        if asleep.is_empty() && !planted(Mistake::MissedForgotten) {
            self.mark_missed(id, at);
        }
        let all = if planted(Mistake::NotifyAllWakesOne) {
            asleep.len().min(1)
        } else {
            asleep.len()
        };
        let n = n.map_or(all, |n| {
            usize::try_from(n).map_or(0, |n| n.min(asleep.len()))
        });
        let mut woken = Vec::with_capacity(n);
        while woken.len() < n {
            let way = if in_order {
                0
            } else {
                self.pick(&asleep, n - woken.len())
            };
            // What is passed over is passed over for good: only the set matters.
            asleep.drain(..way);
            woken.push(asleep.remove(0));
        }
        for &sleeper in &woken {
            self.leave_cond_queue(id, sleeper);
            let layout = &self.machine.layout;
            layout.set_phase(self.state, sleeper, Phase::Woken, id);
            let depth = layout.aux(self.state, sleeper) & (MISSED - 1);
            layout.set_aux(self.state, sleeper, depth);
        }
        self.event(|| EventKind::Woke(id, woken));
        Ok(Flow::Next)
    }

    /// How many sleepers to pass over so that `n` are left to wake.
    fn pick(&mut self, asleep: &[usize], n: usize) -> usize {
        if planted(Mistake::FirstSleeperOnly) {
            return 0;
        }
        let ways = u32::try_from(asleep.len() - n + 1).unwrap_or(LOCAL_FUEL);
        self.chooser.choose(ways) as usize
    }

    /// The first word of the queue.
    fn queue_at(&self, id: ObjectId) -> usize {
        let layout = &self.machine.layout;
        layout.object(id) + bit_words(layout.capacity().actors)
    }

    fn cond_queue(&self, id: ObjectId) -> Vec<usize> {
        let at = self.queue_at(id);
        (at..at + self.machine.layout.capacity().actors)
            .map_while(|at| usize::try_from(self.state.word(at)).ok()?.checked_sub(1))
            .collect()
    }

    pub fn leave_cond_queue(&mut self, id: ObjectId, sleeper: usize) {
        if !self.machine.cond(id).fifo {
            return;
        }
        let queue = self.cond_queue(id);
        let at = self.queue_at(id);
        let rest = queue.iter().filter(|&&other| other != sleeper);
        let rest: Vec<i64> = rest.map(|&other| other as i64 + 1).collect();
        let words = self.state.slice_mut(at..at + queue.len());
        words.fill(0);
        words[..rest.len()].copy_from_slice(&rest);
    }
}
