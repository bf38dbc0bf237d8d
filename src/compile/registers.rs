//! Registers of a frame: those of the locals first, intermediate values after
//! them, handed out and taken back like a stack.

use super::limits::REGISTERS_MAX;
use crate::hir::{Function, LocalId};
use crate::program::Reg;

use super::types::Types;

/// A height of the stack of intermediate values.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

/// Who has which register.
pub(super) struct Registers {
    of_local: Vec<Reg>,
    n_locals: usize,
    next: usize,
    max: usize,
    n_kept: usize,
}

/// Registers that are never handed out twice have numbers from here on until it is
/// known how many others there are.
pub(super) const KEPT: usize = REGISTERS_MAX + 1;

impl Registers {
    /// Each local of the function, parameters first.
    pub fn new(function: Option<&Function>, types: &Types) -> Self {
        let mut next = 0_usize;
        let mut of_local = Vec::new();
        for local in function.map_or(&[][..], |function| &function.locals) {
            of_local.push(reg(next));
            next = next.saturating_add(types.width(&local.ty));
        }
        Registers {
            of_local,
            n_locals: next,
            next,
            max: next,
            n_kept: 0,
        }
    }

    /// A register of its own for the whole function.
    pub fn keep(&mut self) -> Reg {
        self.n_kept += 1;
        reg(KEPT + self.n_kept - 1)
    }

    /// Puts the registers of [`Self::keep`] behind all others: says where one is now.
    pub fn settle(&mut self) -> impl Fn(Reg) -> Reg + use<> {
        let before = self.max;
        self.max = self.max.saturating_add(self.n_kept);
        move |kept| match (kept as usize).checked_sub(KEPT) {
            Some(index) => reg(before.saturating_add(index)),
            None => kept,
        }
    }

    /// The first register of a local.
    pub fn local(&self, local: LocalId) -> Reg {
        self.of_local[local.index()]
    }

    /// Whether the register holds an intermediate value.
    pub fn is_temporary(&self, reg: Reg) -> bool {
        reg as usize >= self.n_locals
    }

    /// The first of `width` fresh consecutive registers.
    pub fn fresh(&mut self, width: usize) -> Reg {
        let first = self.next;
        self.next = self.next.saturating_add(width);
        self.max = self.max.max(self.next);
        reg(first)
    }

    /// The height now.
    pub fn mark(&self) -> Mark {
        Mark(self.next)
    }

    /// Takes back everything handed out since.
    pub fn release(&mut self, mark: Mark) {
        self.next = mark.0;
    }

    /// Registers of the frame; `None` if there are too many.
    pub fn count(&self) -> Option<u16> {
        u16::try_from(self.max)
            .ok()
            .filter(|_| self.max <= REGISTERS_MAX)
    }
}

/// Past the limit the number is wrong; then the function is refused as a whole.
fn reg(index: usize) -> Reg {
    Reg::try_from(index).unwrap_or(Reg::MAX)
}
