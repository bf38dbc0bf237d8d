//! What is known of an actor in a state: what its next step uses, what it may
//! still use, and who could help it if it cannot move.
//!
//! A function of the actor's own words, so it is found out once for all states in
//! which they are the same.

use super::Reduction;
use super::code::NodeId;
use super::over::Part;
use super::uses::{Class, Uses};
use crate::base::{Mistake, planted};
use crate::program::{ChanOp, Instr, ObjectId, SyncOp, WaitMode};
use crate::semantics::{Machine, Phase, State};

/// What is known of a running actor.
#[derive(Debug)]
pub(in crate::explore) struct About {
    /// Everything that discords with its next step.
    pub(super) against: Uses,
    /// What it may still use, its next step included.
    pub(super) ahead: Uses,
    /// The same if no worker takes another job; nothing without executors.
    pub(super) without_jobs: Uses,
    /// The same before it takes the lock of each gate.
    pub(super) before: Vec<Uses>,
    /// The gates that it has come through, where its place tells.
    pub(super) inside: Vec<usize>,
    /// Who could help, should it be unable to move.
    pub(super) help: Help,
    /// The process that it belongs to.
    pub(super) process: usize,
}

/// Who could help somebody who cannot move.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Help {
    /// Nobody.
    Nobody,
    /// The holder of a lock.
    Holder(ObjectId),
    /// The end of an actor.
    End(usize),
    /// Whoever may still make one of these uses.
    Uses(Uses),
    /// Whoever is inside a gate; if that is nobody who runs, as [`Help::Uses`].
    Inside(usize, Uses),
    /// Whoever is inside a reader-writer lock, or before it; and whether the actor
    /// wants to read.
    Before(ObjectId, bool),
}

/// What an actor's end means to others.
#[derive(Clone, Copy)]
struct Who {
    may_have_spawned: bool,
    part: Part,
}

impl Reduction<'_> {
    /// What there is to know of an actor; `None` if it does not run. With `like_workers`,
    /// of workers of one executor that differ in nothing it makes no difference which
    /// takes a job.
    pub(in crate::explore) fn about(
        &self,
        machine: &Machine<'_>,
        state: &State,
        actor: usize,
        like_workers: bool,
    ) -> Option<About> {
        let layout = machine.layout();
        if !layout.is_running(state, actor) {
            return None;
        }
        let (node, callers) = self.stack(machine, state, actor);
        let root = callers.first().copied().unwrap_or(node);
        let may_have_spawned = self.spawns_from(root);
        let own = Who {
            may_have_spawned,
            part: self.resources.over.part(machine, state, actor),
        };
        let step = self.step(machine, state, actor, (node, &callers), own);
        let with_spawned = Who {
            part: match may_have_spawned {
                true => self.resources.over.with_spawned(own.part),
                false => own.part,
            },
            ..own
        };
        let still = |all| self.still(all, node, &callers, with_spawned);
        let ahead = match planted(Mistake::OnlyNextStep) {
            true => step.clone(),
            false => still(&self.ahead.all),
        };
        let without_jobs = match self.resources.has_executors {
            true => still(&self.ahead.without_jobs),
            false => self.resources.none(),
        };
        let before = (0..self.ahead.gates.len())
            .map(|gate| self.still_before(gate, node, &callers, with_spawned))
            .collect();
        let gates = self.ahead.gates.iter().enumerate();
        let is_inside = |inside: &Vec<bool>| inside[node];
        let inside = gates.filter(|(_, gate)| gate.inside.as_ref().is_some_and(is_inside));
        let inside = inside.map(|(number, _)| number).collect();
        let mut against = step.discords(self.resources.kinds());
        let mut help = self.help(machine, state, (actor, node), &against);
        if like_workers {
            against.remove(self.resources.idle);
            if let Help::Uses(uses) = &mut help {
                uses.remove(self.resources.idle);
            }
        }
        Some(About {
            against,
            ahead,
            without_jobs,
            before,
            inside,
            help,
            process: layout.process_of(state, actor),
        })
    }

    /// Where an actor stands, and where its open calls will go on, outermost first.
    fn stack(&self, machine: &Machine<'_>, state: &State, actor: usize) -> (NodeId, Vec<NodeId>) {
        let layout = machine.layout();
        let program = machine.program();
        let mut context = match layout.spawned_at(state, actor) {
            Some(pc) => self.code.spawned[&pc],
            None => self.code.roots[actor],
        };
        let mut returns = layout.return_pcs(program, state, actor);
        returns.reverse();
        let mut callers = Vec::with_capacity(returns.len());
        for (index, &pc) in returns.iter().enumerate() {
            let call = self.code.node(context, pc - 1);
            callers.push(self.code.node(context, pc));
            let inside = returns.get(index + 1).map(|&pc| pc - 1);
            let inside = inside.unwrap_or_else(|| layout.pc(state, actor));
            let entered = self.code.entered(call, inside);
            context = entered.expect("an open call entered a function");
        }
        (self.code.node(context, layout.pc(state, actor)), callers)
    }

    /// Whether an actor that is, or was, there may have spawned another. All code of
    /// a function's frame counts.
    fn spawns_from(&self, node: NodeId) -> bool {
        let (context, _) = self.code.nodes[node];
        let entry = self.code.entry(context);
        self.resources.spawns(&self.ahead.all[entry])
    }

    /// What the next step uses, with the local work that joins it.
    fn step(
        &self,
        machine: &Machine<'_>,
        state: &State,
        actor: usize,
        (node, callers): (NodeId, &[NodeId]),
        who: Who,
    ) -> Uses {
        let instr = self.code.instr(node);
        let mut uses = self.resources.none();
        who.part.step(self.resources.over_resource, &mut uses);
        let mut leaves = false;
        let join = |uses: &mut Uses, at: NodeId| {
            uses.unite(&self.ahead.local[at].uses);
            self.ahead.local[at].leaves
        };
        if instr.is_visible() {
            let phase = Some(machine.layout().phase(state, actor));
            match instr {
                Instr::AtomicBegin(_) => {
                    uses.unite(&self.ahead.own[node]);
                    leaves = true;
                }
                _ => match self.resources.in_section(node, instr) {
                    // The first step counts for all, also for the last of the actor.
                    Some(section) => {
                        uses.unite(&section);
                        leaves = true;
                    }
                    None => match self.resources.waiting(node) {
                        Some(waiting) => _ = uses.unite(&waiting),
                        None => {
                            let scene = machine.scene(state, actor);
                            let value = |expr: &_| scene.eval(expr).ok();
                            let pc = self.code.nodes[node].1;
                            self.resources.of_instr(pc, phase, &value, &mut uses);
                        }
                    },
                },
            }
            for &next in self.code.after[node]
                .iter()
                .chain(&self.code.handlers[node])
            {
                leaves |= join(&mut uses, next);
            }
            for &context in &self.code.enters[node] {
                // A new actor's local work; it may end at once. So may a job.
                if join(&mut uses, self.code.entry(context)) {
                    self.resources.end(&mut uses, true);
                }
            }
            leaves |= instr.may_raise();
        } else {
            leaves |= join(&mut uses, node);
        }
        if matches!(instr, Instr::End) {
            who.part.end(self.resources.over_resource, &mut uses);
        }
        if !leaves {
            return uses;
        }
        // An exception goes on upwards until somebody handles it.
        for &caller in callers {
            join(&mut uses, caller);
            for &handler in &self.code.handlers[caller - 1] {
                join(&mut uses, handler);
            }
        }
        self.resources.end(&mut uses, who.may_have_spawned);
        uses
    }

    /// The actor ends some time.
    fn leave(&self, who: Who, uses: &mut Uses) {
        self.resources.end(uses, who.may_have_spawned);
        who.part.end(self.resources.over_resource, uses);
    }

    /// What an actor may still use, given that for each node.
    fn still(&self, all: &[Uses], node: NodeId, callers: &[NodeId], who: Who) -> Uses {
        let mut uses = all[node].clone();
        who.part.step(self.resources.over_resource, &mut uses);
        for &caller in callers
            .iter()
            .filter(|_| !planted(Mistake::ReturnsForgotten))
        {
            uses.unite(&all[caller]);
            for &handler in &self.code.handlers[caller - 1] {
                uses.unite(&all[handler]);
            }
        }
        self.leave(who, &mut uses);
        uses
    }

    /// The same before it takes the lock of a gate.
    fn still_before(&self, gate: usize, node: NodeId, callers: &[NodeId], who: Who) -> Uses {
        let gate = &self.ahead.gates[gate];
        let mut uses = gate.before[node].clone();
        who.part.step(self.resources.over_resource, &mut uses);
        if who.may_have_spawned {
            who.part.end(self.resources.over_resource, &mut uses);
        }
        if !gate.leaves[node] || planted(Mistake::GateNotPassedBy) {
            return uses;
        }
        for &caller in callers {
            uses.unite(&gate.before[caller]);
            for &handler in &self.code.handlers[caller - 1] {
                uses.unite(&gate.before[handler]);
            }
        }
        self.leave(who, &mut uses);
        uses
    }

    /// Who could help an actor that cannot move.
    fn help(
        &self,
        machine: &Machine<'_>,
        state: &State,
        (actor, node): (usize, NodeId),
        against: &Uses,
    ) -> Help {
        let layout = machine.layout();
        let scene = machine.scene(state, actor);
        let object = |expr| machine.object(state, actor, scene.eval(expr).ok()?);
        let phase = layout.phase(state, actor);
        let changes = |id: ObjectId| {
            let mut uses = self.resources.none();
            self.resources.changes(id, &mut uses);
            uses
        };
        let settling = || {
            let mut uses = self.resources.none();
            self.resources.settling(&mut uses);
            uses
        };
        let waking = |id: ObjectId, class: Class| {
            let mut uses = self.resources.none();
            uses.add(self.resources.object(id), class);
            uses.add(self.resources.object(id), Class::Change);
            uses
        };
        match machine.program().instr(layout.pc(state, actor)) {
            Instr::Sync { op, object: at, .. } => match op {
                SyncOp::Join(_) => match scene.eval(at).map(usize::try_from) {
                    Ok(Ok(target)) => Help::End(target),
                    _ => Help::Nobody,
                },
                _ => match (op, object(at)) {
                    (_, None) => Help::Nobody,
                    (SyncOp::Lock(WaitMode::Wait), Some(id)) => Help::Holder(id),
                    (SyncOp::CondWait(_), Some(id)) if phase == Phase::Waiting => {
                        Help::Uses(waking(id, Class::Change))
                    }
                    (SyncOp::CondWait(_), Some(id)) => match machine.lock_of(id) {
                        Some(lock) => Help::Holder(lock),
                        None => Help::Uses(changes(id)),
                    },
                    (SyncOp::Drain, Some(_)) => Help::Uses(settling()),
                    (SyncOp::Acquire(_), Some(id)) => {
                        let gate = { self.ahead.gates.iter() }.position(|gate| gate.lock == id);
                        let uses = waking(id, Class::Give);
                        match gate {
                            Some(gate) => Help::Inside(gate, uses),
                            None => Help::Uses(uses),
                        }
                    }
                    (SyncOp::EventWait(_) | SyncOp::LatchWait, Some(id)) => {
                        Help::Uses(waking(id, Class::Give))
                    }
                    (SyncOp::Read(_), Some(id)) => Help::Before(id, true),
                    (SyncOp::Write(_), Some(id)) => Help::Before(id, false),
                    (_, Some(id)) => Help::Uses(changes(id)),
                },
            },
            Instr::Chan { op, object: at, .. } => match (op, object(at)) {
                (_, None) => Help::Nobody,
                (ChanOp::Send(_), Some(id)) => Help::Uses(waking(id, Class::Give)),
                (ChanOp::Recv(_), Some(id)) => Help::Uses(waking(id, Class::Take)),
            },
            Instr::Choose(..) => Help::Nobody,
            Instr::Future { .. } | Instr::WaitJobs { .. } => Help::Uses(settling()),
            Instr::TakeJob { executor, .. } => {
                let mut uses = self.resources.none();
                self.resources.for_worker(*executor, &mut uses);
                Help::Uses(uses)
            }
            // Whatever a condition or a block looks at could make the difference.
            _ => {
                let mut uses = against.clone();
                let awaited = self.resources.awaited_by(node);
                if let Some(word) = awaited.filter(|_| !planted(Mistake::WhoAddsHelpsNobody)) {
                    uses.add(word, Class::Give);
                }
                Help::Uses(uses)
            }
        }
    }
}
