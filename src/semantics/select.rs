//! `select`: any one of several sends and receives.
//!
//! Ready is what could be done at once: there is a message or room, somebody
//! waits at the rendezvous, the channel is closed. Of several ways one is chosen.
//! With none, `else` runs at once and `timeout` whenever it likes.
//!
//! At a rendezvous whoever comes first waits, as a step of its own; so a `select`
//! with such an arm begins to wait, too, and a partner that comes later picks one
//! of its arms. Its other arms stay open meanwhile: it may go on with one of them
//! as soon as that is ready.
//!
//! Whoever goes on with an arm, or is picked with one, has its number in a
//! register; code behind the instruction leads to the arm's block.

use super::chan::Partner;
use super::machine::{Done, Flow, Machine, Step, may_give_up};
use super::record::{EventKind, Misuse, Recorder};
use super::state::{Phase, State};
use crate::program::{Arm, Instr, ObjectId, Reg, WaitMode};

/// A way that a `select` could go: an arm, and with whom at a rendezvous.
struct Way {
    arm: usize,
    partner: Option<Partner>,
}

/// The arms of `actor` that send to a channel, or receive from it.
pub(super) fn arms_at<'a>(
    machine: &'a Machine<'_>,
    state: &'a State,
    actor: usize,
    arms: &'a [Arm],
    id: ObjectId,
    send: bool,
) -> impl Iterator<Item = usize> + 'a {
    (0..arms.len()).filter(move |&arm| {
        arms[arm].send == send && machine.channel_of(state, actor, &arms[arm]) == Some(id)
    })
}

/// Whether a `select` could take a step.
pub(super) fn is_ready(
    m: &Machine<'_>,
    state: &State,
    actor: usize,
    arms: &[Arm],
    mode: WaitMode,
) -> bool {
    let phase = m.layout.phase(state, actor);
    if may_give_up(mode) || !matches!(phase, Phase::Ready | Phase::Waiting) {
        return true;
    }
    let channels: Option<Vec<ObjectId>> = arms
        .iter()
        .map(|arm| m.channel_of(state, actor, arm))
        .collect();
    // An arm without a channel fails.
    let Some(channels) = channels else {
        return true;
    };
    let begins_to_wait = phase == Phase::Ready && m.meets_somebody(&channels);
    begins_to_wait || !m.ways(state, actor, arms, &channels).is_empty()
}

impl Machine<'_> {
    /// The channel of an arm, unless finding it fails.
    pub fn channel_of(&self, state: &State, actor: usize, arm: &Arm) -> Option<ObjectId> {
        let number = self.scene(state, actor).eval(&arm.object).ok()?;
        self.object(state, actor, number)
    }

    /// Whether one of the channels is a rendezvous.
    fn meets_somebody(&self, channels: &[ObjectId]) -> bool {
        channels.iter().any(|&id| self.chan(id).0 == Some(0))
    }

    fn ways(&self, state: &State, actor: usize, arms: &[Arm], channels: &[ObjectId]) -> Vec<Way> {
        let mut ways = Vec::new();
        for (arm, (row, &id)) in arms.iter().zip(channels).enumerate() {
            let alone = Way { arm, partner: None };
            let closed = self.is_closed(state, id);
            if closed && (row.send || self.n_messages(state, id) == 0) {
                ways.push(alone);
            } else if self.chan(id).0 == Some(0) {
                let partners = self.partners(state, actor, id, !row.send).into_iter();
                ways.extend(partners.map(|partner| Way {
                    arm,
                    partner: Some(partner),
                }));
            } else {
                let ready = match row.send {
                    true => self.has_room(state, id),
                    false => self.n_messages(state, id) > 0,
                };
                ways.extend(ready.then_some(alone));
            }
        }
        ways
    }
}

impl<R: Recorder> Step<'_, '_, R> {
    pub fn select(&mut self, arms: &[Arm], mode: WaitMode, result: Reg, width: u16) -> Done {
        let layout = &self.machine.layout;
        let phase = layout.phase(self.state, self.actor);
        if phase == Phase::Woken {
            // The partner has filled the registers already.
            layout.set_phase(self.state, self.actor, Phase::Ready, ObjectId(0));
            let at = layout.regs(self.state, self.actor) + usize::from(result);
            let arm = usize::try_from(self.state.word(at)).expect("the number of an arm");
            self.event(|| EventKind::Selected(arm));
            return Ok(Flow::Next);
        }
        let mut channels = Vec::with_capacity(arms.len());
        for arm in arms {
            let number = self.eval(&arm.object)?;
            let Some(id) = self.scene().object(number) else {
                return Ok(self.raise("NotStarted", Some(Misuse::NotStarted)));
            };
            channels.push(id);
        }
        let ways = self.machine.ways(self.state, self.actor, arms, &channels);
        if ways.is_empty() {
            return Ok(self.nothing_ready(&channels, mode, result, width));
        }
        layout.set_phase(self.state, self.actor, Phase::Ready, ObjectId(0));
        let way = &ways[self.choose_among(ways.len())];
        self.event(|| EventKind::Selected(way.arm));
        let (arm, id) = (&arms[way.arm], channels[way.arm]);
        if arm.send {
            self.send_arm(arm, id, way, result, width)
        } else {
            self.receive_arm(id, way, result, width)
        }
    }

    fn nothing_ready(
        &mut self,
        channels: &[ObjectId],
        mode: WaitMode,
        result: Reg,
        width: u16,
    ) -> Flow {
        let layout = &self.machine.layout;
        let asleep = layout.phase(self.state, self.actor) == Phase::Waiting;
        let meeting = channels
            .iter()
            .find(|&&id| self.machine.chan(id).0 == Some(0));
        match (mode, meeting) {
            (WaitMode::Wait | WaitMode::Timeout, Some(&id)) if !asleep => {
                layout.set_phase(self.state, self.actor, Phase::Waiting, id);
                self.event(|| EventKind::Sleeps(id));
                Flow::Stay
            }
            (WaitMode::Try | WaitMode::Timeout, _) => {
                layout.set_phase(self.state, self.actor, Phase::Ready, ObjectId(0));
                self.event(|| EventKind::Selected(channels.len()));
                self.fill(self.actor, result, width, (channels.len(), false), &[]);
                Flow::Next
            }
            (WaitMode::Wait, _) => unreachable!("a `select` with nothing ready takes no step"),
        }
    }

    fn send_arm(&mut self, arm: &Arm, id: ObjectId, way: &Way, result: Reg, width: u16) -> Done {
        if self.machine.is_closed(self.state, id) {
            return Ok(self.raise("Closed", Some(Misuse::SendOnClosed)));
        }
        let mut words = Vec::with_capacity(arm.args.len());
        for arg in &arm.args {
            words.push(self.eval(arg)?);
        }
        match way.partner {
            Some(receiver) => self.hand_over(receiver, id, &words),
            None => self.push(id, &words)?,
        }
        self.count_job(id);
        self.fill(self.actor, result, width, (way.arm, true), &[]);
        self.event(|| EventKind::Message(id, words));
        Ok(Flow::Next)
    }

    fn receive_arm(&mut self, id: ObjectId, way: &Way, result: Reg, width: u16) -> Done {
        let words = match way.partner {
            Some(sender) => self.take_from(sender, id)?,
            None if self.machine.n_messages(self.state, id) > 0 => {
                let (_, width) = self.machine.chan(id);
                self.pop(id, width)
            }
            None => {
                // Closed and empty: the code behind raises, or has another value.
                self.fill(self.actor, result, width, (way.arm, false), &[]);
                self.event(|| EventKind::NoMessage(id));
                return Ok(Flow::Next);
            }
        };
        self.fill(self.actor, result, width, (way.arm, true), &words);
        self.event(|| EventKind::Message(id, words));
        Ok(Flow::Next)
    }

    /// Tells somebody who waits in a `select` which arm it was picked with.
    pub fn settle_select(&mut self, partner: Partner, instr: &Instr, words: &[i64]) {
        let (Instr::Select { result, width, .. }, Some(arm)) = (instr, partner.arm) else {
            unreachable!("only somebody in a `select` is picked with an arm");
        };
        self.fill(partner.actor, *result, *width, (arm, true), words);
    }

    /// The number of the arm, whether it gave an element, the element and zeros.
    fn fill(
        &mut self,
        actor: usize,
        result: Reg,
        width: u16,
        (arm, ok): (usize, bool),
        words: &[i64],
    ) {
        let mut all = vec![0; 2 + usize::from(width)];
        all[0] = i64::try_from(arm).expect("a few arms");
        all[1] = i64::from(ok);
        all[2..2 + words.len()].copy_from_slice(words);
        self.deliver(actor, Some(result), &all);
    }
}
