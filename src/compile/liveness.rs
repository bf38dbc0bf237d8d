//! Which registers are dead where: classic backward live-variable analysis.
//!
//! Source: Aho, Lam, Sethi, Ullman, "Compilers: Principles, Techniques, and
//! Tools" (2nd edition, 2006), section 9.2.5. Deviations: an instruction that can
//! raise has its handler as a further successor, and there its own result does
//! not count as written; and a forward analysis leaves out of each list what is
//! certainly 0 already, so that lists are short.
//!
//! The program sets dead registers to 0 when an actor arrives at a visible
//! instruction, so that states that differ only in dead values are one.
//!
//! Inside an atomic block nothing is set to 0, since the actor does not stop there.
//!
//! **Invariant:** a register in a list is written before it is read on every
//! way that goes on from there.

use crate::base::{Mistake, planted};
use crate::program::registers::{read_by, written_by};
use crate::program::{FunctionId, Handler, Instr, Reg, Update};

/// For each instruction the registers to set to 0: on arrival at a visible
/// instruction; while the callee runs for a call.
pub(super) fn dead_registers(
    code: &[Instr],
    handlers: &[Handler],
    n_params: u16,
    n_regs: u16,
    updates: &[Update],
    returned: impl Fn(FunctionId) -> u16,
) -> Vec<Box<[Reg]>> {
    let mut flow = Flow::new(code, handlers, n_regs, returned);
    // What an update was computed from is compared with memory at its write.
    for update in updates {
        flow.reads[update.store as usize].push(update.reg);
    }
    let live = flow.live(code);
    flow.lists(code, &live, n_params)
}

/// Throws away each future that nobody reads, so that it need not be kept.
pub(super) fn drop_futures(
    code: &mut [Instr],
    handlers: &[Handler],
    n_regs: u16,
    returned: impl Fn(FunctionId) -> u16,
) {
    let keeps_one = |instr: &Instr| matches!(instr, Instr::Submit { dst: Some(_), .. });
    if !code.iter().any(keeps_one) {
        return;
    }
    let flow = Flow::new(code, handlers, n_regs, returned);
    let live = flow.live(code);
    let is_read = |at: usize, reg: Reg| Flow::successors(code, at).any(|to| live[to].has(reg));
    let unread = |at: usize| match code[at] {
        Instr::Submit { dst: Some(reg), .. } => !is_read(at, reg),
        _ => false,
    };
    let unread: Vec<usize> = (0..code.len()).filter(|&at| unread(at)).collect();
    for at in unread {
        if let Instr::Submit { dst, .. } = &mut code[at] {
            *dst = None;
        }
    }
}

/// What one instruction does to registers, and where it leads.
struct Flow {
    n_words: usize,
    reads: Vec<Vec<Reg>>,
    writes: Vec<[(Reg, u16); 2]>,
    /// The handler an exception goes to, and the register that gets it.
    catches: Vec<Option<(usize, Reg)>>,
}

/// A set of registers.
#[derive(Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn add(&mut self, reg: Reg) {
        self.0[reg as usize / 64] |= 1 << (reg % 64);
    }

    fn has(&self, reg: Reg) -> bool {
        self.0[reg as usize / 64] >> (reg % 64) & 1 == 1
    }

    fn remove(&mut self, reg: Reg) {
        self.0[reg as usize / 64] &= !(1 << (reg % 64));
    }

    /// Adds all; returns whether any was new.
    fn join(&mut self, other: &Set) -> bool {
        let mut grew = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            grew |= theirs & !*mine != 0;
            *mine |= theirs;
        }
        grew
    }

    fn remove_all(&mut self, other: &Set) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
    }

    fn list(&self) -> Box<[Reg]> {
        let words = self.0.iter().zip((0_u16..).step_by(64));
        words
            .flat_map(|(&word, base)| {
                (0..64)
                    .filter(move |bit| word >> bit & 1 == 1)
                    .map(move |bit| base + bit)
            })
            .collect()
    }
}

impl Flow {
    fn new(
        code: &[Instr],
        handlers: &[Handler],
        n_regs: u16,
        returned: impl Fn(FunctionId) -> u16,
    ) -> Self {
        let mut catches = vec![None; code.len()];
        for handler in handlers.iter().rev() {
            let covered = handler.from as usize..handler.to as usize;
            catches[covered].fill(Some((handler.target as usize, handler.exception)));
        }
        let reads = code.iter().map(|instr| {
            let mut reads = Vec::new();
            read_by(instr, &mut |reg| reads.push(reg));
            reads
        });
        Flow {
            n_words: usize::from(n_regs).div_ceil(64),
            reads: reads.collect(),
            writes: code
                .iter()
                .map(|instr| written_by(instr, &returned))
                .collect(),
            catches,
        }
    }

    fn empty(&self) -> Set {
        Set(vec![0; self.n_words])
    }

    fn successors(code: &[Instr], at: usize) -> impl Iterator<Item = usize> {
        let next = code[at].falls_through().then_some(at + 1);
        let target = code[at].target().map(|target| target as usize);
        next.into_iter().chain(target).filter(|&to| to < code.len())
    }

    fn written(&self, at: usize) -> impl Iterator<Item = Reg> + use<> {
        self.writes[at]
            .into_iter()
            .flat_map(|(first, width)| (0..width).map(move |offset| first.saturating_add(offset)))
    }

    /// The registers that are live before each instruction.
    fn live(&self, code: &[Instr]) -> Vec<Set> {
        let mut live = vec![self.empty(); code.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..code.len()).rev() {
                let before = self.live_before(code, &live, at);
                changed |= live[at].join(&before);
            }
        }
        live
    }

    fn live_before(&self, code: &[Instr], live: &[Set], at: usize) -> Set {
        let mut set = self.live_after(code, live, at);
        for &reg in &self.reads[at] {
            set.add(reg);
        }
        set
    }

    /// Live after it, seen from before its own writes: what a frame must keep
    /// while the instruction is under way.
    fn live_after(&self, code: &[Instr], live: &[Set], at: usize) -> Set {
        let mut set = self.empty();
        for to in Self::successors(code, at) {
            set.join(&live[to]);
        }
        for reg in self.written(at) {
            set.remove(reg);
        }
        if let Some((handler, exception)) = self.catches[at]
            && !planted(Mistake::CaughtRegisterCleared)
        {
            let mut caught = live[handler].clone();
            caught.remove(exception);
            set.join(&caught);
        }
        set
    }

    /// The dead registers that may hold something else than 0.
    fn lists(&self, code: &[Instr], live: &[Set], n_params: u16) -> Vec<Box<[Reg]>> {
        let kept = |at: usize| match &code[at] {
            Instr::Call(..) => Some(self.live_after(code, live, at)),
            instr if instr.is_visible() => Some(live[at].clone()),
            _ => None,
        };
        let mut lists = vec![Box::default(); code.len()];
        for (at, filled) in self.filled(code, &kept, n_params).into_iter().enumerate() {
            if let Some(kept) = kept(at) {
                let mut dead = filled;
                dead.remove_all(&kept);
                lists[at] = dead.list();
            }
        }
        lists
    }

    /// The registers that may not be 0 before each instruction.
    fn filled(
        &self,
        code: &[Instr],
        kept: &impl Fn(usize) -> Option<Set>,
        n_params: u16,
    ) -> Vec<Set> {
        let mut filled = vec![self.empty(); code.len()];
        let mut seen = vec![false; code.len()];
        let mut rest = Vec::new();
        if !code.is_empty() {
            (0..n_params).for_each(|reg| filled[0].add(reg));
            seen[0] = true;
            rest.push(0);
        }
        let atomic = inside_atomic(code);
        while let Some(at) = rest.pop() {
            let mut set = filled[at].clone();
            let resets = matches!(code[at], Instr::Call(..)) || !atomic[at];
            if let Some(kept) = kept(at).filter(|_| resets) {
                for (mine, theirs) in set.0.iter_mut().zip(&kept.0) {
                    *mine &= theirs;
                }
            }
            let mut caught = set.clone();
            for reg in self.written(at) {
                set.add(reg);
            }
            let onward = Self::successors(code, at).map(|to| (to, &set));
            let mut edges: Vec<(usize, &Set)> = onward.collect();
            if let Some((handler, exception)) = self.catches[at] {
                caught.add(exception);
                edges.push((handler, &caught));
            }
            for (to, set) in edges {
                if filled[to].join(set) || !std::mem::replace(&mut seen[to], true) {
                    rest.push(to);
                }
            }
        }
        filled
    }
}

/// The instructions that stand in an atomic block.
fn inside_atomic(code: &[Instr]) -> Vec<bool> {
    let mut inside = vec![false; code.len()];
    for (at, instr) in code.iter().enumerate() {
        if let Instr::AtomicBegin(end) = instr {
            inside[at + 1..*end as usize].fill(true);
        }
    }
    inside
}
