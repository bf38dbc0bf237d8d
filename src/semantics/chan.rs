//! `chan`: messages, first in, first out.
//!
//! Words: whether it is closed; how many messages it holds; how many were sent
//! and not yet marked done; then the messages, oldest first, and zeros.
//!
//! A rendezvous channel (capacity 0) holds nothing. Whoever comes first begins
//! to wait, as a step of its own; whoever comes second hands over or takes the
//! message, and picks one of those who wait. Nothing is said about their order.
//! One who waits in a `select` is picked together with one of its arms.

use super::layout::Layout;
use super::machine::{Done, Flow, Limit, Machine, QUEUE_MAX, Step, Stop, may_give_up};
use super::record::{EventKind, Misuse, Recorder};
use super::select;
use super::state::{Phase, State};
use crate::base::{Mistake, planted};
use crate::program::{ChanOp, Expr, Instr, ObjectId, ObjectKind, Reg, SyncOp, WaitMode};

const CLOSED: usize = 0;
const LEN: usize = 1;
const UNFINISHED: usize = 2;
const MESSAGES: usize = 3;

/// Somebody who waits at a rendezvous.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Partner {
    pub actor: usize,
    /// Which arm it is, if the actor waits in a `select`.
    pub arm: Option<usize>,
}

/// Messages a channel holds.
pub(super) fn len(layout: &Layout, state: &State, id: ObjectId, kind: &ObjectKind) -> i64 {
    match kind {
        ObjectKind::Chan { .. } => state.word(layout.object(id) + LEN),
        _ => 0,
    }
}

impl Machine<'_> {
    /// Capacity (`None`: unbounded) and width of a message.
    pub(super) fn chan(&self, id: ObjectId) -> (Option<usize>, usize) {
        match self.program.objects[id.index()].kind {
            ObjectKind::Chan { capacity, width } => (capacity.map(|n| n as usize), width as usize),
            _ => (None, 1),
        }
    }

    /// Whether a channel is closed.
    pub fn is_closed(&self, state: &State, id: ObjectId) -> bool {
        state.word(self.layout.object(id) + CLOSED) != 0
    }

    /// Messages a channel holds.
    pub fn n_messages(&self, state: &State, id: ObjectId) -> usize {
        usize::try_from(state.word(self.layout.object(id) + LEN)).expect("a length")
    }

    /// The messages a channel holds, oldest first, each as its words.
    pub fn messages(&self, state: &State, id: ObjectId) -> Vec<Vec<i64>> {
        let (_, width) = self.chan(id);
        let first = self.layout.object(id) + MESSAGES;
        let message = |at: usize| {
            let from = first + at * width;
            state.slice(from..from + width).to_vec()
        };
        (0..self.n_messages(state, id)).map(message).collect()
    }

    /// Jobs of a channel that are not marked done.
    pub fn n_unfinished(&self, state: &State, id: ObjectId) -> i64 {
        state.word(self.layout.object(id) + UNFINISHED)
    }

    pub(super) fn has_room(&self, state: &State, id: ObjectId) -> bool {
        let (capacity, _) = self.chan(id);
        let more = usize::from(planted(Mistake::OnePlaceMore));
        capacity.is_none_or(|capacity| self.n_messages(state, id) < capacity + more)
    }

    /// Those other than `actor` that wait at a rendezvous, to send or to receive.
    pub(super) fn partners(
        &self,
        state: &State,
        actor: usize,
        id: ObjectId,
        senders: bool,
    ) -> Vec<Partner> {
        let mut found = Vec::new();
        for other in 0..self.layout.capacity().actors {
            let waits = other != actor
                && !self.layout.is_to_stop(state, other)
                && self.layout.is_running(state, other)
                && self.layout.phase(state, other) == Phase::Waiting;
            if !waits {
                continue;
            }
            match self.program.instr(self.layout.pc(state, other)) {
                Instr::Chan { op, .. } => {
                    let sends = matches!(op, ChanOp::Send(_));
                    if sends == senders && self.layout.waits_at(state, other) == Some(id) {
                        found.push(Partner {
                            actor: other,
                            arm: None,
                        });
                    }
                }
                Instr::Select { arms, .. } if !self.is_closed(state, id) => {
                    let fitting = select::arms_at(self, state, other, arms, id, senders);
                    found.extend(fitting.map(|arm| Partner {
                        actor: other,
                        arm: Some(arm),
                    }));
                }
                _ => {}
            }
        }
        found
    }
}

pub(super) fn can_join(machine: &Machine, state: &State, id: ObjectId) -> bool {
    machine.n_unfinished(state, id) == 0
}

pub(super) fn is_ready(m: &Machine, state: &State, actor: usize, op: ChanOp, number: i64) -> bool {
    let Some(id) = m.object(state, actor, number) else {
        return true;
    };
    let (ChanOp::Send(mode) | ChanOp::Recv(mode)) = op;
    match m.layout.phase(state, actor) {
        Phase::Ready => {}
        Phase::Waiting => return mode == WaitMode::Timeout,
        Phase::Woken | Phase::TimedOut | Phase::Broken => return true,
    }
    if may_give_up(mode) || m.is_closed(state, id) || m.chan(id).0 == Some(0) {
        return true;
    }
    match op {
        ChanOp::Send(_) => m.has_room(state, id),
        ChanOp::Recv(_) => m.n_messages(state, id) > 0,
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn chan(
        &mut self,
        op: ChanOp,
        number: i64,
        args: &[Expr],
        dst: Option<Reg>,
        ok: Option<Reg>,
    ) -> Done {
        let Some(id) = self.scene().object(number) else {
            return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
        };
        match op {
            ChanOp::Send(mode) => {
                let mut words = Vec::with_capacity(args.len());
                for arg in args {
                    words.push(self.eval(arg)?);
                }
                self.send(id, mode, words, ok)
            }
            ChanOp::Recv(mode) => self.recv(id, mode, dst, ok),
        }
    }

    fn send(&mut self, id: ObjectId, mode: WaitMode, words: Vec<i64>, ok: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        match layout.phase(self.state, self.actor) {
            Phase::Ready => {}
            Phase::Woken => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                self.set_result(ok, 1);
                return self.did(id, None);
            }
            Phase::Broken => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return Ok(self.raise("Closed", Some(Misuse::SendOnClosed)));
            }
            Phase::Waiting | Phase::TimedOut => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return self.no_message(id, ok);
            }
        }
        if self.machine.is_closed(self.state, id) {
            if planted(Mistake::SendOnClosedIsFine) {
                return self.did(id, None);
            }
            return Ok(self.raise("Closed", Some(Misuse::SendOnClosed)));
        }
        if self.machine.chan(id).0 == Some(0) {
            let receivers = self.machine.partners(self.state, self.actor, id, false);
            if receivers.is_empty() {
                return self.wait_for_partner(id, mode, ok);
            }
            let receiver = receivers[self.choose_among(receivers.len())];
            self.hand_over(receiver, id, &words);
        } else if self.machine.has_room(self.state, id) {
            self.push(id, &words)?;
        } else {
            return self.no_message(id, ok);
        }
        self.count_job(id);
        self.set_result(ok, 1);
        self.event(|| EventKind::Message(id, words));
        Ok(Flow::Next)
    }

    /// Unfinished jobs are counted only if somebody asks for them.
    pub fn count_job(&mut self, id: ObjectId) {
        if self.machine.counts_jobs {
            let at = self.machine.layout.object(id) + UNFINISHED;
            self.state.set_word(at, self.state.word(at) + 1);
        }
    }

    pub fn push(&mut self, id: ObjectId, words: &[i64]) -> Result<(), Stop> {
        let (capacity, width) = self.machine.chan(id);
        let layout = &self.machine.layout;
        let n = self.machine.n_messages(self.state, id);
        let mut room = layout.capacity();
        if capacity.is_none() && n >= room.queue {
            if n >= QUEUE_MAX {
                return Err(Stop::Limit(Limit::Queue, self.pc));
            }
            room.queue *= 2;
            return Err(Stop::Grow(room));
        }
        let at = layout.object(id);
        let slot = at + MESSAGES + n * width;
        self.state
            .slice_mut(slot..slot + width)
            .copy_from_slice(words);
        self.state.set_word(at + LEN, n as i64 + 1);
        Ok(())
    }

    fn recv(&mut self, id: ObjectId, mode: WaitMode, dst: Option<Reg>, ok: Option<Reg>) -> Done {
        let layout = &self.machine.layout;
        let (capacity, width) = self.machine.chan(id);
        match layout.phase(self.state, self.actor) {
            Phase::Ready => {}
            Phase::Woken => {
                // The sender has put the message into the registers already.
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                self.set_result(ok, 1);
                return self.did(id, None);
            }
            Phase::Broken => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return self.closed_and_empty(id, dst, ok);
            }
            Phase::Waiting | Phase::TimedOut => {
                layout.set_phase(self.state, self.actor, Phase::Ready, id);
                return self.nothing_received(id, dst, ok);
            }
        }
        let words = if capacity == Some(0) {
            let senders = self.machine.partners(self.state, self.actor, id, true);
            if senders.is_empty() {
                if self.machine.is_closed(self.state, id) {
                    return self.closed_and_empty(id, dst, ok);
                }
                if may_give_up(mode) && mode != WaitMode::Timeout {
                    return self.nothing_received(id, dst, ok);
                }
                return self.wait_for_partner(id, mode, ok);
            }
            let sender = senders[self.choose_among(senders.len())];
            self.take_from(sender, id)?
        } else if self.machine.n_messages(self.state, id) > 0
            && !(planted(Mistake::ClosedLosesRest) && self.machine.is_closed(self.state, id))
        {
            self.pop(id, width)
        } else if self.machine.is_closed(self.state, id) {
            return self.closed_and_empty(id, dst, ok);
        } else {
            return self.nothing_received(id, dst, ok);
        };
        self.deliver(self.actor, dst, &words);
        self.set_result(ok, 1);
        self.event(|| EventKind::Message(id, words));
        Ok(Flow::Next)
    }

    pub fn pop(&mut self, id: ObjectId, width: usize) -> Vec<i64> {
        let at = self.machine.layout.object(id);
        let n = self.machine.n_messages(self.state, id);
        let first = at + MESSAGES;
        let all = self.state.slice_mut(first..first + n * width);
        if planted(Mistake::LastInFirstOut) {
            all.rotate_right(width);
        }
        let words = all[..width].to_vec();
        all.rotate_left(width);
        all[(n - 1) * width..].fill(0);
        self.state.set_word(at + LEN, n as i64 - 1);
        words
    }

    pub fn choose_among(&mut self, n: usize) -> usize {
        if planted(Mistake::FirstPartnerOnly) {
            return 0;
        }
        self.chooser
            .choose(u32::try_from(n).expect("at most 112 actors")) as usize
    }

    fn wait_for_partner(&mut self, id: ObjectId, mode: WaitMode, ok: Option<Reg>) -> Done {
        if mode == WaitMode::Try {
            return self.no_message(id, ok);
        }
        let layout = &self.machine.layout;
        layout.set_phase(self.state, self.actor, Phase::Waiting, id);
        self.event(|| EventKind::Sleeps(id));
        Ok(Flow::Stay)
    }

    /// Gives the message to a receiver that waits.
    pub fn hand_over(&mut self, receiver: Partner, id: ObjectId, words: &[i64]) {
        let (program, layout) = (self.machine.program, &self.machine.layout);
        match program.instr(layout.pc(self.state, receiver.actor)) {
            Instr::Chan { dst, .. } => self.deliver(receiver.actor, *dst, words),
            instr => self.settle_select(receiver, instr, words),
        }
        layout.set_phase(self.state, receiver.actor, Phase::Woken, id);
    }

    /// Takes the message of a sender that waits.
    pub fn take_from(&mut self, sender: Partner, id: ObjectId) -> Result<Vec<i64>, Stop> {
        let (program, layout) = (self.machine.program, &self.machine.layout);
        let instr = program.instr(layout.pc(self.state, sender.actor));
        let args: &[Expr] = match (instr, sender.arm) {
            (Instr::Chan { args, .. }, _) => args,
            (Instr::Select { arms, .. }, Some(arm)) => &arms[arm].args,
            _ => &[],
        };
        let mut words = Vec::with_capacity(args.len());
        for arg in args {
            let word = self.machine.scene(self.state, sender.actor).eval(arg);
            words.push(word.map_err(|fault| self.arithmetic(fault))?);
        }
        if sender.arm.is_some() {
            self.settle_select(sender, instr, &[]);
        }
        layout.set_phase(self.state, sender.actor, Phase::Woken, id);
        self.count_job(id);
        Ok(words)
    }

    pub fn deliver(&mut self, actor: usize, dst: Option<Reg>, words: &[i64]) {
        if let Some(dst) = dst {
            let at = self.machine.layout.regs(self.state, actor) + usize::from(dst);
            self.state
                .slice_mut(at..at + words.len())
                .copy_from_slice(words);
        }
    }

    fn no_message(&mut self, id: ObjectId, ok: Option<Reg>) -> Done {
        self.set_result(ok, 0);
        self.event(|| EventKind::NoMessage(id));
        Ok(Flow::Next)
    }

    fn nothing_received(&mut self, id: ObjectId, dst: Option<Reg>, ok: Option<Reg>) -> Done {
        let (_, width) = self.machine.chan(id);
        self.deliver(self.actor, dst, &vec![0; width]);
        self.no_message(id, ok)
    }

    fn closed_and_empty(&mut self, id: ObjectId, dst: Option<Reg>, ok: Option<Reg>) -> Done {
        if ok.is_none() {
            return Ok(self.raise("Closed", None));
        }
        self.nothing_received(id, dst, ok)
    }

    pub fn close(&mut self, id: ObjectId) -> Done {
        let layout = &self.machine.layout;
        let at = layout.object(id) + CLOSED;
        if self.state.word(at) != 0 {
            return Ok(self.raise("Closed", Some(Misuse::ClosedTwice)));
        }
        self.state.set_word(at, 1);
        let mut woken = self.sleepers(id);
        // Whoever waits in a `select` sees by itself that an arm is ready now.
        woken.retain(|&sleeper| {
            let instr = self.machine.program.instr(layout.pc(self.state, sleeper));
            !matches!(instr, Instr::Select { .. })
        });
        if planted(Mistake::CloseWakesNobody) {
            woken.clear();
        }
        for &sleeper in &woken {
            layout.set_phase(self.state, sleeper, Phase::Broken, id);
        }
        self.event(|| EventKind::Woke(id, woken));
        Ok(Flow::Next)
    }

    pub fn task_done(&mut self, id: ObjectId) -> Done {
        let at = self.machine.layout.object(id) + UNFINISHED;
        let left = self.state.word(at) - 1;
        if left < 0 {
            return Ok(self.raise("CountedTooFar", Some(Misuse::CountedTooFar)));
        }
        self.state.set_word(at, left);
        self.did(id, None)
    }
}

/// Whether a program asks how many jobs of a channel are unfinished.
pub(super) fn asks_for_jobs(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Sync {
            op: SyncOp::TaskDone | SyncOp::ChanJoin,
            ..
        }
    )
}
