//! What actors may still use: for each instruction, everything that it or
//! anything after it may use; the same without what lies behind taking a certain
//! lock (a *gate*), or behind taking a job; and what the local work that joins a step
//! uses.
//!
//! Computed once for a program, backwards, until nothing changes.
//!
//! **Invariant:** a use that an actor makes later, itself or through an actor that
//! it spawns, is in the set of the instruction at which it stands now or in that of
//! an open call's return.

use super::code::{Code, NodeId};
use super::doors::{Door, takes_permit};
use super::resources::Resources;
use super::uses::Uses;
use super::values::with_values;
use crate::base::{Mistake, planted};
use crate::program::{Instr, ObjectId, ObjectKind, SyncOp, WaitMode};

/// Words of sets beyond which gates are left out.
const WORDS_MAX: usize = 1 << 22;

/// What may still be used, at every node.
pub(super) struct Ahead {
    /// By the node's own step, without local work.
    pub own: Vec<Uses>,
    pub all: Vec<Uses>,
    /// The same if no worker takes another job; nothing without executors.
    pub without_jobs: Vec<Uses>,
    pub local: Vec<Local>,
    pub gates: Vec<Gate>,
}

/// What local work from a node on uses, up to the next step.
#[derive(Clone)]
pub(super) struct Local {
    pub uses: Uses,
    /// It may leave the function, by a return or an exception, or come to the actor's end:
    /// who is about to end counts as one who has, for some.
    pub leaves: bool,
}

/// A lock, or a semaphore that is used as one, and what may be used before it is taken.
pub(super) struct Gate {
    pub lock: ObjectId,
    /// For each node, whether an actor that stands there has taken it, where that is not
    /// known from the object itself.
    pub inside: Option<Vec<bool>>,
    pub before: Vec<Uses>,
    /// Whether the function may be left before the lock is taken.
    pub leaves: Vec<bool>,
}

impl Ahead {
    pub fn new(code: &Code<'_>, resources: &Resources<'_>, doors: Vec<Door>) -> Self {
        let simple: Vec<Uses> = (0..code.len())
            .map(|node| own_uses(code, resources, node))
            .collect();
        let own: Vec<Uses> = (0..code.len())
            .map(|node| match code.instr(node) {
                Instr::AtomicBegin(_) => block_uses(code, resources, &simple, node),
                instr => resources
                    .in_section(node, instr)
                    .or_else(|| resources.waiting(node))
                    .unwrap_or_else(|| simple[node].clone()),
            })
            .collect();
        let all = closure(code, &own, &|_| false);
        let without_jobs = match resources.has_executors {
            true => without_jobs(code, resources, &own),
            false => Vec::new(),
        };
        let local = local_work(code, resources, &own);
        let words = all.len() * resources.kinds().len().div_ceil(16);
        let locks = gate_locks(code, resources);
        let gates = match words.saturating_mul(locks.len() + doors.len()) {
            too_many if too_many > WORDS_MAX => Vec::new(),
            _ => {
                let locks = locks.into_iter();
                let locks = locks
                    .map(|lock| gate(code, &own, lock, None, &|node| takes(code, resources, node)));
                let doors = doors.into_iter();
                let doors = doors.map(|Door { sem, inside }| {
                    gate(code, &own, sem, Some(inside), &|node| {
                        takes_permit(code, node)
                    })
                });
                locks.chain(doors).collect()
            }
        };
        Self {
            own,
            all,
            without_jobs,
            local,
            gates,
        }
    }
}

/// What may still be used if no worker takes another job.
fn without_jobs(code: &Code<'_>, resources: &Resources<'_>, own: &[Uses]) -> Vec<Uses> {
    let takes_job = |node| matches!(code.instr(node), Instr::TakeJob { .. });
    let other = |node| match takes_job(node) {
        true => resources.none(),
        false => own[node].clone(),
    };
    let own: Vec<Uses> = (0..code.len()).map(other).collect();
    closure(code, &own, &takes_job)
}

/// What a node uses by itself.
pub(super) fn own_uses(code: &Code<'_>, resources: &Resources<'_>, node: NodeId) -> Uses {
    let mut uses = resources.none();
    with_values(code.values(node), |value| {
        resources.of_instr(code.nodes[node].1, None, value, &mut uses);
    });
    uses
}

/// What a whole block uses, as one step: everything that can be reached from its
/// beginning before its end.
fn block_uses(code: &Code<'_>, resources: &Resources<'_>, simple: &[Uses], begin: NodeId) -> Uses {
    let mut uses = resources.none();
    let mut seen = vec![false; code.len()];
    let mut todo = code.after[begin].clone();
    while let Some(node) = todo.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        uses.unite(&simple[node]);
        resources.in_block(code.instr(node), &mut uses);
        if planted(Mistake::BlockForgotten) {
            break;
        }
        // The end of an inner block is not told from that of the outer one.
        todo.extend(followers(code, node));
        if matches!(code.instr(node), Instr::AtomicEnd) && code.nodes[node].0 == code.nodes[begin].0
        {
            let outer = ends_of(code, begin);
            if code.nodes[node].1 >= outer {
                let own: Vec<NodeId> = followers(code, node).collect();
                todo.retain(|next| !own.contains(next));
            }
        }
    }
    uses.as_block(resources.kinds())
}

/// The place from which on an `AtomicEnd` is that of the block.
fn ends_of(code: &Code<'_>, begin: NodeId) -> u32 {
    match code.instr(begin) {
        Instr::AtomicBegin(end) => end.saturating_sub(1),
        _ => u32::MAX,
    }
}

/// Everything that may come next: after it, in what it enters, where it is caught.
fn followers<'c>(code: &'c Code<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'c {
    let known = !planted(Mistake::EnteredForgotten);
    let entered = code.enters[node].iter().filter(move |_| known);
    let entered = entered.map(|&context| code.entry(context));
    let after = code.after[node].iter().copied();
    after.chain(entered).chain(handled(code, node))
}

/// Where an exception out of the node goes on in its function.
fn handled<'c>(code: &'c Code<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'c {
    let known = !planted(Mistake::HandlersForgotten);
    code.handlers[node].iter().copied().filter(move |_| known)
}

/// Each node's uses with those of all that may follow; past a node that is cut,
/// only what handles its exceptions follows.
fn closure(code: &Code<'_>, own: &[Uses], cut: &dyn Fn(NodeId) -> bool) -> Vec<Uses> {
    let mut all = own.to_vec();
    let mut changed = true;
    while changed {
        changed = false;
        for node in (0..code.len()).rev() {
            let mut here = all[node].clone();
            let mut grew = false;
            if cut(node) {
                for next in handled(code, node) {
                    grew |= here.unite(&all[next]);
                }
            } else {
                for next in followers(code, node) {
                    grew |= here.unite(&all[next]);
                }
            }
            if grew {
                all[node] = here;
                changed = true;
            }
        }
    }
    all
}

fn local_work(code: &Code<'_>, resources: &Resources<'_>, own: &[Uses]) -> Vec<Local> {
    let nothing = || Local {
        uses: resources.none(),
        leaves: false,
    };
    let mut local: Vec<Local> = (0..code.len()).map(|_| nothing()).collect();
    for (node, local) in local.iter_mut().enumerate() {
        let is_end = matches!(code.instr(node), Instr::End);
        local.leaves = is_end && !planted(Mistake::LeavingIsWorking);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for node in (0..code.len()).rev() {
            let instr = code.instr(node);
            if instr.is_visible() {
                continue;
            }
            let mut here = local[node].clone();
            let mut grew = here.uses.unite(&own[node]);
            let mut leaves = matches!(
                instr,
                Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_)
            );
            for next in followers(code, node) {
                grew |= here.uses.unite(&local[next].uses);
                leaves |= local[next].leaves;
            }
            if grew || leaves != here.leaves {
                here.leaves |= leaves;
                local[node] = here;
                changed = true;
            }
        }
    }
    local
}

/// The lock that an actor certainly holds when it has come past a node.
fn takes(code: &Code<'_>, resources: &Resources<'_>, node: NodeId) -> Option<ObjectId> {
    let (op, id) = code.sync(node)?;
    match (op, &resources.program().objects[id.index()].kind) {
        (SyncOp::Lock(WaitMode::Wait), ObjectKind::Lock { .. }) => Some(id),
        (SyncOp::CondWait(_), ObjectKind::Cond { lock, .. }) => Some(*lock),
        _ => None,
    }
}

fn gate_locks(code: &Code<'_>, resources: &Resources<'_>) -> Vec<ObjectId> {
    let taken = (0..code.len()).filter_map(|node| takes(code, resources, node));
    let mut locks: Vec<ObjectId> = taken.filter(|&id| resources.is_gate(id)).collect();
    locks.sort_unstable();
    locks.dedup();
    locks
}

fn gate(
    code: &Code<'_>,
    own: &[Uses],
    lock: ObjectId,
    inside: Option<Vec<bool>>,
    takes: &dyn Fn(NodeId) -> Option<ObjectId>,
) -> Gate {
    let cut: Vec<bool> = (0..code.len())
        .map(|node| takes(node) == Some(lock))
        .collect();
    let before = closure(code, own, &|node| cut[node]);
    let mut leaves: Vec<bool> = (0..code.len()).map(|node| may_leave(code, node)).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for node in (0..code.len()).rev() {
            if leaves[node] {
                continue;
            }
            let mut here = handled(code, node).any(|next| leaves[next]);
            if !cut[node] {
                // What a call leaves by is what it goes on with, or an exception.
                here |= followers(code, node).any(|next| leaves[next]);
            }
            if here {
                leaves[node] = true;
                changed = true;
            }
        }
    }
    Gate {
        lock,
        inside,
        before,
        leaves,
    }
}

/// Whether the function may be left right after a node.
fn may_leave(code: &Code<'_>, node: NodeId) -> bool {
    match code.instr(node) {
        Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_) => true,
        // What is certain to be a lock can be asked for.
        Instr::Sync {
            op: SyncOp::Lock(_),
            object,
            ..
        } => with_values(code.values(node), |value| value(object)).is_none(),
        Instr::Sync {
            op: SyncOp::Acquire(_),
            ..
        } => takes_permit(code, node).is_none(),
        instr => instr.may_raise(),
    }
}
