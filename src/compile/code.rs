//! The code of one function while it is being made: jumps go to labels, and
//! exception handlers cover ranges that can be interrupted.
//!
//! A release that is repeated on the way out of a `with` must not be covered
//! by the handler of that same `with`, so a [`Scope`] has several ranges.

use std::ops::Range;

use crate::program::{Instr, Pc, Reg, Site};

/// A place in the code that is jumped to; it is bound to a position later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub u32);

impl Label {
    /// As the target of an instruction, until assembly puts a position there.
    pub fn target(self) -> Pc {
        self.0
    }
}

/// A handler and the ranges it covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ScopeId(pub usize);

/// An exception raised in one of the ranges goes on at the target.
pub(super) struct Scope {
    pub target: Label,
    /// Gets the exception.
    pub exception: Reg,
    pub ranges: Vec<Range<usize>>,
    /// Where the range that is open began.
    open: Option<usize>,
}

/// One instruction with its place.
pub(super) struct Item {
    /// Its target is a [`Label`].
    pub instr: Instr,
    pub site: Site,
    /// It was put there in case it would be needed, and was not.
    pub dropped: bool,
}

/// Instructions, labels and handlers of one function.
#[derive(Default)]
pub(super) struct Code {
    pub items: Vec<Item>,
    pub labels: Vec<Option<usize>>,
    /// An inner one always comes after those around it.
    pub scopes: Vec<Scope>,
}

impl Code {
    /// Appends an instruction and returns its position.
    pub fn push(&mut self, instr: Instr, site: Site) -> usize {
        self.items.push(Item {
            instr,
            site,
            dropped: false,
        });
        self.items.len() - 1
    }

    /// A label that is not bound yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(u32::try_from(self.labels.len() - 1).expect("fewer labels than instructions"))
    }

    /// Binds a label to the next instruction.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.items.len());
    }

    /// Whether some label is bound to a position in the range.
    pub fn has_label_in(&self, range: Range<usize>) -> bool {
        self.labels.iter().flatten().any(|at| range.contains(at))
    }

    /// A handler that covers what comes next.
    pub fn scope(&mut self, target: Label, exception: Reg) -> ScopeId {
        self.scopes.push(Scope {
            target,
            exception,
            ranges: Vec::new(),
            open: Some(self.items.len()),
        });
        ScopeId(self.scopes.len() - 1)
    }

    /// The handler no longer covers what comes next.
    pub fn close(&mut self, id: ScopeId) {
        let end = self.items.len();
        let scope = &mut self.scopes[id.0];
        if let Some(start) = scope.open.take()
            && start < end
        {
            scope.ranges.push(start..end);
        }
    }

    /// The handler covers what comes next again.
    pub fn reopen(&mut self, id: ScopeId) {
        let here = self.items.len();
        self.scopes[id.0].open.get_or_insert(here);
    }
}
