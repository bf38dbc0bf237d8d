//! Semaphores that are used as locks: with one permit, which everybody who takes it gives
//! back before taking it again.
//!
//! Where an actor stands then tells whether it has the permit, so what lies behind the
//! semaphore is as guarded as what lies behind a lock: as long as one is inside, nobody
//! else comes in, and nobody else can give the permit back.
//!
//! Found by following the code forwards: at each instruction, whether an actor may come
//! there with the permit, and whether it may come without.
//!
//! **Conditions:** one permit at the beginning; every operation on the semaphore is known
//! to be about it, takes a permit without giving up, or gives one back; who takes it does
//! not have it, who gives it back does; and no instruction is reached both with and
//! without it. Who dies inside keeps it; then nobody counts as inside, which is
//! always right, and only leaves out less.

use super::code::{Code, ContextId, NodeId};
use super::resources::Resources;
use super::values::with_values;
use crate::base::{Mistake, planted};
use crate::program::{Expr, Instr, ObjectId, ObjectKind, SyncOp, WaitMode};

/// A semaphore that is used as a lock.
pub(super) struct Door {
    pub sem: ObjectId,
    /// For each node, whether an actor that stands there has the permit.
    pub inside: Vec<bool>,
}

/// All such semaphores of a program.
pub(super) fn doors(code: &Code<'_>, resources: &Resources<'_>) -> Vec<Door> {
    let objects = code.program().objects.iter().enumerate();
    let single = objects.filter(|(_, object)| match object.kind {
        ObjectKind::Sem { initial, .. } => initial == 1 || planted(Mistake::AnySemaphoreIsADoor),
        _ => false,
    });
    let sems = single.map(|(index, _)| ObjectId::new(index));
    let sems = sems.filter(|&sem| resources.is_gate(sem));
    sems.filter_map(|sem| door(code, resources, sem)).collect()
}

/// What a node does with the permit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Nothing,
    Takes,
    Gives,
    /// Something else, or perhaps something.
    Other,
}

/// The semaphore that a node surely takes a permit of, without giving up.
pub(super) fn takes_permit(code: &Code<'_>, node: NodeId) -> Option<ObjectId> {
    let (op, id) = code.sync(node)?;
    (op == SyncOp::Acquire(WaitMode::Wait)).then_some(id)
}

/// The semaphore that a node surely gives permits back to.
pub(super) fn gives_permit(code: &Code<'_>, node: NodeId) -> Option<ObjectId> {
    let (op, id) = code.sync(node)?;
    (op == SyncOp::Release).then_some(id)
}

fn does(code: &Code<'_>, resources: &Resources<'_>, sem: ObjectId, node: NodeId) -> Does {
    let Instr::Sync {
        op, object, arg, ..
    } = code.instr(node)
    else {
        return Does::Nothing;
    };
    if !matches!(op, SyncOp::Acquire(_) | SyncOp::Release) {
        return Does::Nothing;
    }
    with_values(code.values(node), |value| {
        let is_sem = |kind: &ObjectKind| matches!(kind, ObjectKind::Sem { .. });
        let one = |arg: &Option<Expr>| arg.as_ref().is_none_or(|arg| value(arg) == Some(1));
        if !resources.objects(object, value, is_sem).contains(&sem) {
            return Does::Nothing;
        }
        match code.sync(node) {
            Some((SyncOp::Acquire(WaitMode::Wait), _)) => Does::Takes,
            Some((SyncOp::Release, _)) if one(arg) => Does::Gives,
            _ => Does::Other,
        }
    })
}

/// Whether an actor may come somewhere without the permit, and with it.
type May = [bool; 2];

fn door(code: &Code<'_>, resources: &Resources<'_>, sem: ObjectId) -> Option<Door> {
    let does: Vec<Does> = (0..code.len())
        .map(|node| does(code, resources, sem, node))
        .collect();
    if does.contains(&Does::Other) && !planted(Mistake::DoorsHaveNoOtherUse) {
        return None;
    }
    let mut flow = Flow {
        code,
        may: vec![[false; 2]; code.len()],
        returns: vec![[false; 2]; code.n_contexts()],
        throws: vec![[false; 2]; code.n_contexts()],
        changed: true,
    };
    for &context in code.roots.iter().chain(code.spawned.values()) {
        flow.may[code.entry(context)] = [true, false];
    }
    while std::mem::take(&mut flow.changed) {
        for (node, does) in does.iter().enumerate() {
            flow.pass(node, *does);
        }
    }
    let is_sound = (0..code.len()).all(|node| match (flow.may[node], does[node]) {
        ([true, true], _) => planted(Mistake::DoorsOpenBothWays),
        ([_, with], Does::Takes) => !with,
        ([without, _], Does::Gives) => !without || planted(Mistake::AnybodyOpensDoors),
        _ => true,
    });
    is_sound.then(|| Door {
        sem,
        inside: flow.may.into_iter().map(|[_, with]| with).collect(),
    })
}

/// How actors come through the code.
struct Flow<'a, 'p> {
    code: &'a Code<'p>,
    /// By node.
    may: Vec<May>,
    /// By context: how it may be returned from.
    returns: Vec<May>,
    /// By context: how an exception may come out of it.
    throws: Vec<May>,
    changed: bool,
}

impl Flow<'_, '_> {
    fn pass(&mut self, node: NodeId, does: Does) {
        let code = self.code;
        let before = self.may[node];
        let context = code.nodes[node].0;
        let mut after = match does {
            Does::Takes => [false, before[0] || before[1]],
            Does::Gives => [before[0] || before[1], false],
            Does::Nothing | Does::Other => before,
        };
        // To take the only permit, or to give it back, raises nothing.
        let may_raise = does == Does::Nothing && code.instr(node).may_raise();
        let mut thrown = match may_raise || does == Does::Other {
            true => [before[0] || after[0], before[1] || after[1]],
            false => [false; 2],
        };
        match code.instr(node) {
            Instr::Return(_) => {
                self.changed |= join(&mut self.returns[context], before);
                return;
            }
            Instr::Call(..) | Instr::TakeJob { .. } => {
                // A worker that finds nothing to do stays where it is.
                after = [false; 2];
                for &entered in &code.enters[node] {
                    self.reach(code.entry(entered), before);
                    join(&mut after, self.returns[entered]);
                    join(&mut thrown, self.throws[entered]);
                }
            }
            _ => {}
        }
        for &next in &code.after[node] {
            self.reach(next, after);
        }
        for &next in &code.handlers[node] {
            self.reach(next, thrown);
        }
        self.throw(context, thrown);
    }

    fn reach(&mut self, node: NodeId, how: May) {
        self.changed |= join(&mut self.may[node], how);
    }

    fn throw(&mut self, context: ContextId, how: May) {
        self.changed |= join(&mut self.throws[context], how);
    }
}

/// Adds how one may come; says whether any is new.
fn join(all: &mut May, more: May) -> bool {
    let before = *all;
    *all = [before[0] || more[0], before[1] || more[1]];
    *all != before
}
