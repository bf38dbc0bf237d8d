//! What is noted about a step for questions about circles, in one byte.

use crate::program::{ChanOp, Instr, Pc, Program, SyncOp, WaitMode};
use crate::semantics::{Machine, Phase, State};
use crate::trace::Action;

/// It changes something that others can see.
pub const CHANGES: u8 = 1;
/// It takes or gives back a lock or reader-writer lock.
pub const LOCKS: u8 = 1 << 1;
/// It looks at something that others can change, and leaves it as it is.
pub const READS: u8 = 1 << 2;
/// It is marked as progress.
pub const PROGRESS: u8 = 1 << 3;
/// It prints.
pub const PRINTS: u8 = 1 << 4;
/// The author's choice, if it has several ways.
pub const CHOICE: u8 = 1 << 5;
/// The choice of whom to wake, or with whom to exchange a message, if it has
/// several ways.
pub const PICK: u8 = 1 << 6;
/// It gives up waiting, or wakes up without being told.
pub const GIVES_UP: u8 = 1 << 7;

/// The marks of a step.
pub fn mark(machine: &Machine<'_>, before: &State, action: Action, after: &State) -> u8 {
    let layout = machine.layout();
    let actor = action.actor;
    let pc = layout.pc(before, actor);
    let changes = layout.differ_beside(before, after, actor);
    let asleep = layout.phase(before, actor) == Phase::Waiting;
    let mut mark = kind(machine.program(), pc, changes);
    if changes {
        mark |= CHANGES;
    }
    let instr = machine.program().instr(pc);
    let gives_up = match instr {
        // Whoever sleeps in a `select` may also go on with an arm that has become
        // ready, or was picked with one.
        Instr::Select { mode, .. } => {
            let picked = layout.phase(before, actor) == Phase::Woken;
            *mode == WaitMode::Timeout && !changes && !picked
        }
        _ => asleep || (mode(instr) == Some(WaitMode::Timeout) && !changes),
    };
    if gives_up {
        mark |= GIVES_UP;
    }
    mark
}

fn kind(program: &Program, pc: Pc, changes: bool) -> u8 {
    let reads = if changes { 0 } else { READS };
    match program.instr(pc) {
        Instr::Load(..) | Instr::Ask(..) => reads,
        Instr::Collection { .. } | Instr::NextEntry { .. } => reads,
        Instr::Rmw(..) | Instr::CompareExchange(..) => reads,
        Instr::Progress => PROGRESS,
        Instr::Print(_) => PRINTS,
        Instr::Choose(..) => CHOICE,
        Instr::Sync { op, .. } => match op {
            SyncOp::Lock(mode) | SyncOp::Read(mode) | SyncOp::Write(mode) => {
                LOCKS | tried(*mode, reads)
            }
            SyncOp::Unlock | SyncOp::ReadUnlock | SyncOp::WriteUnlock | SyncOp::Downgrade => LOCKS,
            SyncOp::Acquire(mode) => tried(*mode, reads),
            _ => PICK,
        },
        Instr::Chan { op, .. } => match op {
            ChanOp::Send(mode) | ChanOp::Recv(mode) => PICK | tried(*mode, reads),
        },
        Instr::Select { mode, .. } => PICK | tried(*mode, reads),
        // A block does what its parts do.
        Instr::AtomicBegin(end) => (pc + 1..*end)
            .map(|inner| match program.instr(inner) {
                Instr::AtomicBegin(_) => 0,
                _ => kind(program, inner, changes),
            })
            .fold(0, |all, one| all | one),
        _ => 0,
    }
}

fn tried(mode: WaitMode, reads: u8) -> u8 {
    match mode {
        WaitMode::Try => reads,
        WaitMode::Wait | WaitMode::Timeout => 0,
    }
}

fn mode(instr: &Instr) -> Option<WaitMode> {
    match instr {
        Instr::Sync {
            op:
                SyncOp::Lock(mode)
                | SyncOp::Read(mode)
                | SyncOp::Write(mode)
                | SyncOp::Acquire(mode)
                | SyncOp::CondWait(mode)
                | SyncOp::EventWait(mode),
            ..
        }
        | Instr::Chan {
            op: ChanOp::Send(mode) | ChanOp::Recv(mode),
            ..
        } => Some(*mode),
        _ => None,
    }
}
