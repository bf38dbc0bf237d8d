//! The code of one function while it is being made: jumps go to labels, handlers
//! are named by the instructions they cover.
//!
//! Code comes in sections, which assembly puts one after the other. What runs
//! only when an exception is on its way goes to a later section, so that the
//! usual way reads straight on.

use super::registers::KEPT;
use crate::program::{CellId, Expr, Instr, Pc, Reg, Site};
use std::collections::BTreeSet;

/// A place in the code that is jumped to; it is bound to a position later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(u32);

impl Label {
    /// As the target of an instruction, until assembly puts a position there.
    pub fn target(self) -> Pc {
        self.0
    }

    /// Its row.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A handler: an index into [`Code::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ScopeId(pub usize);

/// An exception raised by an instruction of the scope goes on at the target.
pub(super) struct Scope {
    pub target: Label,
    /// Gets the exception.
    pub exception: Reg,
}

/// One instruction with its place.
pub(super) struct Item {
    /// Its target is a [`Label`].
    pub instr: Instr,
    pub site: Site,
    /// The innermost handler that covers it.
    pub scope: Option<ScopeId>,
    /// Where assembly puts it.
    pub section: u32,
    /// It was put there in case it would be needed, and was not.
    pub dropped: bool,
}

/// Instructions, labels and handlers of one function.
#[derive(Default)]
pub(super) struct Code {
    pub items: Vec<Item>,
    /// The position each label is bound to.
    pub labels: Vec<Option<usize>>,
    pub scopes: Vec<Scope>,
    /// There are green threads, one of which may run it.
    pub green: bool,
    section: u32,
    /// Labels that will name the next instruction of their section.
    pending: Vec<(u32, Label)>,
}

impl Code {
    /// No code yet.
    pub fn of(green: bool) -> Self {
        Self {
            green,
            ..Self::default()
        }
    }

    /// Appends an instruction and returns its position.
    pub fn push(&mut self, instr: Instr, site: Site, scope: Option<ScopeId>) -> usize {
        let here = self.items.len();
        let section = self.section;
        self.pending.retain(|&(of, label)| {
            if of == section {
                self.labels[label.index()] = Some(here);
            }
            of != section
        });
        self.items.push(Item {
            instr,
            site,
            scope,
            section,
            dropped: false,
        });
        here
    }

    /// If the last instruction reads memory into `from`, lets it read into `to`.
    pub fn redirect_last_load(&mut self, from: Reg, to: Reg) -> bool {
        match self.items.last_mut().map(|item| &mut item.instr) {
            Some(Instr::Load(reg, ..)) if *reg == from && self.pending.is_empty() => {
                *reg = to;
                true
            }
            _ => false,
        }
    }

    /// Takes back [`Self::redirect_last_load`] where nothing of the function writes
    /// what was read: then no update can be lost.
    pub fn forget_unused_reads(&mut self) {
        let written: BTreeSet<CellId> = { self.items.iter() }
            .filter_map(|item| match &item.instr {
                Instr::Store(cell, ..) | Instr::Rmw(_, cell, ..) => Some(cell.base),
                _ => None,
            })
            .collect();
        for at in 1..self.items.len() {
            let (before, after) = self.items.split_at_mut(at);
            let (read, copy) = (&mut before[at - 1], &mut after[0]);
            if let (Instr::Load(kept, cell, _), Instr::Let(dst, Expr::Reg(from))) =
                (&mut read.instr, &copy.instr)
                && kept == from
                && usize::from(*kept) >= KEPT
                && !written.contains(&cell.base)
            {
                *kept = *dst;
                copy.dropped = true;
            }
        }
    }

    /// A label that is not bound yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(u32::try_from(self.labels.len() - 1).expect("fewer labels than instructions"))
    }

    /// Binds a label to the next instruction of this section.
    pub fn bind(&mut self, label: Label) {
        self.pending.push((self.section, label));
    }

    /// Whether some label is bound to a position from `from` to `to`.
    pub fn has_label_in(&self, from: usize, to: usize) -> bool {
        self.labels
            .iter()
            .flatten()
            .any(|at| (from..=to).contains(at))
    }

    /// A handler at the label.
    pub fn scope(&mut self, target: Label) -> ScopeId {
        self.scopes.push(Scope {
            target,
            exception: 0,
        });
        ScopeId(self.scopes.len() - 1)
    }

    /// The register in which the handler gets the exception.
    pub fn catch_in(&mut self, scope: ScopeId, exception: Reg) {
        self.scopes[scope.0].exception = exception;
    }

    /// What comes next goes to a later section, until [`Self::back`]. It must
    /// begin with a label that is jumped to, and must not fall off its end.
    pub fn aside(&mut self) {
        self.section += 1;
    }

    /// Back to the section before.
    pub fn back(&mut self) {
        self.section -= 1;
    }

    /// Puts the sections one after the other.
    pub fn arrange(&mut self) {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|&at| self.items[at].section);
        let mut new_at = vec![0; self.items.len()];
        for (new, &old) in order.iter().enumerate() {
            new_at[old] = new;
        }
        for label in self.labels.iter_mut().flatten() {
            *label = new_at.get(*label).copied().unwrap_or(new_at.len());
        }
        // A stable sort by the same key gives the same order.
        self.items.sort_by_key(|item| item.section);
    }
}
