//! From labels to positions: jumps to jumps go straight to the end, what no
//! way leads to is left out, and so are jumps to the next instruction.

use super::code::{Code, Item};
use super::fold;
use crate::program::{Awaits, Handler, Instr, Pc, Site};

/// The code of one function; targets are relative to its first instruction.
#[derive(Clone)]
pub(super) struct Assembled {
    pub code: Vec<Instr>,
    pub sites: Vec<Site>,
    /// Only instructions that can raise are covered, each by one row.
    pub handlers: Vec<Handler>,
}

/// Resolves labels and tidies up.
pub(super) fn assemble(mut code: Code) -> Assembled {
    code.arrange();
    resolve(&mut code);
    let mut kept = reachable(&code);
    drop_idle_jumps(&code, &mut kept);
    compact(code, &kept)
}

/// Replaces labels by positions; a jump to a jump goes where that one goes.
fn resolve(code: &mut Code) {
    let end = code.items.len();
    let bound = |label: Pc| code.labels[label as usize].unwrap_or(end);
    let positions: Vec<usize> = (0..code.labels.len())
        .map(|label| follow(code, bound(pc(label)), &bound))
        .collect();
    for item in &mut code.items {
        if let Some(target) = target_mut(&mut item.instr) {
            *target = pc(positions[*target as usize]);
        }
    }
    // Handlers keep their labels; these now name final positions.
    code.labels = positions.into_iter().map(Some).collect();
}

fn follow(code: &Code, start: usize, bound: &impl Fn(Pc) -> usize) -> usize {
    let mut at = start;
    // An empty loop jumps to itself: the number of hops is limited.
    for _ in 0..code.items.len() {
        match code.items.get(at) {
            Some(item) if item.dropped => at += 1,
            Some(item) => match item.instr {
                Instr::Jump(target) => at = bound(target),
                _ => return at,
            },
            None => return at,
        }
    }
    start
}

/// The instructions that some way from the entry leads to. A handler is reached
/// if it covers one of them that can raise.
fn reachable(code: &Code) -> Vec<bool> {
    let n = code.items.len();
    let mut kept = vec![false; n];
    let mut rest = vec![0];
    while let Some(at) = rest.pop() {
        if at >= n || std::mem::replace(&mut kept[at], true) {
            continue;
        }
        let item = &code.items[at];
        if item.dropped {
            // As if it were not there. It may be passed again; what follows not.
            kept[at] = false;
            rest.push(at + 1);
            continue;
        }
        rest.extend(item.instr.target().map(|target| target as usize));
        if item.instr.falls_through() {
            rest.push(at + 1);
        }
        rest.extend(handler(code, item));
    }
    kept
}

/// The position of the handler that the instruction may lead to.
fn handler(code: &Code, item: &Item) -> Option<usize> {
    // Who is asked to stop raises wherever it gives its loop back.
    let gives_back = item.site.awaits != Awaits::Never || code.green && gives_back(&item.instr);
    let scope = item
        .scope
        .filter(|_| item.instr.may_raise() || gives_back)?;
    code.labels[code.scopes[scope.0].target.index()]
}

/// Whether a green thread may be suspended at an instruction that cannot raise otherwise.
pub(super) fn gives_back(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Yield | Instr::Sleep | Instr::WaitUntil(_) | Instr::AtomicBegin(_)
    )
}

/// Leaves out jumps and tests that lead to the next instruction in any case.
fn drop_idle_jumps(code: &Code, kept: &mut [bool]) {
    let mut next_kept = kept.len();
    let mut next = vec![0; kept.len() + 1];
    next[kept.len()] = next_kept;
    for at in (0..kept.len()).rev() {
        let idle = match &code.items[at].instr {
            Instr::Jump(target) => leads_to(*target, at, &next, next_kept),
            Instr::Unless(test, target) => {
                !fold::can_fault(test) && leads_to(*target, at, &next, next_kept)
            }
            _ => false,
        };
        kept[at] = kept[at] && !idle;
        if kept[at] {
            next_kept = at;
        }
        next[at] = next_kept;
    }
}

/// Whether `target`, which lies after `at`, is where we come next anyway.
fn leads_to(target: Pc, at: usize, next: &[usize], next_kept: usize) -> bool {
    target as usize > at && next[target as usize] == next_kept
}

/// Renumbers what is kept.
fn compact(code: Code, kept: &[bool]) -> Assembled {
    let mut new_at = Vec::with_capacity(kept.len() + 1);
    let mut count = 0;
    for &keep in kept {
        new_at.push(count);
        count += u32::from(keep);
    }
    new_at.push(count);
    let mut assembled = Assembled {
        code: Vec::new(),
        sites: Vec::new(),
        handlers: Vec::new(),
    };
    let kept_items = (0..kept.len()).filter(|&at| kept[at]);
    for at in kept_items {
        let item = &code.items[at];
        if let Some(target) = handler(&code, item) {
            let scope = item.scope.expect("it has a handler");
            let row = Handler {
                from: new_at[at],
                to: new_at[at] + 1,
                target: new_at[target],
                exception: code.scopes[scope.0].exception,
            };
            cover(&mut assembled.handlers, row);
        }
        let mut instr = item.instr.clone();
        if let Some(target) = target_mut(&mut instr) {
            *target = new_at[*target as usize];
        }
        assembled.code.push(instr);
        assembled.sites.push(item.site);
    }
    assembled
}

/// Adds a handler of one instruction; neighbours with the same handler become
/// one range.
pub(super) fn cover(handlers: &mut Vec<Handler>, row: Handler) {
    match handlers.last_mut() {
        Some(last)
            if last.to == row.from
                && last.target == row.target
                && last.exception == row.exception =>
        {
            last.to = row.to;
        }
        _ => handlers.push(row),
    }
}

/// The target of an instruction, to be changed.
pub(super) fn target_mut(instr: &mut Instr) -> Option<&mut Pc> {
    match instr {
        Instr::AtomicBegin(target)
        | Instr::Jump(target)
        | Instr::Unless(_, target)
        | Instr::UnlessCaught(_, _, target) => Some(target),
        _ => None,
    }
}

fn pc(position: usize) -> Pc {
    Pc::try_from(position).expect("fewer instructions than 2^32")
}
