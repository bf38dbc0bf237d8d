//! The check that a program's tables refer only to rows that exist.

use std::fmt;

use super::expr::{CellRef, Expr};
use super::table::{Parts, PropertyKind, ValueKind};
use super::verify_code::check_code;

/// A row that names something that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokenProgram(pub String);

impl fmt::Display for BrokenProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrokenProgram {}

pub(super) type Checked = Result<(), BrokenProgram>;

/// Checks every id, register, jump target and handler once.
pub(super) fn verify(parts: &Parts) -> Checked {
    check_lengths(parts)?;
    check_memory(parts)?;
    check_functions(parts)?;
    check_code(parts)?;
    check_actors(parts)?;
    check_properties(parts)
}

/// An index must name a row.
pub(super) fn row(what: &str, index: usize, len: usize) -> Checked {
    if index < len {
        return Ok(());
    }
    Err(BrokenProgram(format!("{what} {index} of {len}")))
}

pub(super) fn ensure(holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(BrokenProgram(what()))
    }
}

fn check_lengths(parts: &Parts) -> Checked {
    let n = parts.code.len();
    ensure(parts.sites.len() == n, || {
        format!("{} sites for {n} instructions", parts.sites.len())
    })?;
    ensure(parts.dead.len() == n, || {
        format!(
            "{} lists of dead registers for {n} instructions",
            parts.dead.len()
        )
    })
}

/// How a word is shown may name an enum.
pub(super) fn check_kind(parts: &Parts, kind: &ValueKind) -> Checked {
    match kind {
        ValueKind::Enum(id) => row("enum", *id as usize, parts.enums.len()),
        ValueKind::Int
        | ValueKind::Bool
        | ValueKind::Str
        | ValueKind::Object
        | ValueKind::Handle
        | ValueKind::Future
        | ValueKind::Entries { .. } => Ok(()),
    }
}

fn check_memory(parts: &Parts) -> Checked {
    let mut next = 0;
    for (index, var) in parts.vars.iter().enumerate() {
        ensure(var.first.0 == next, || {
            format!("variable {} begins elsewhere", var.name)
        })?;
        next = next.saturating_add(var.n);
        row("end of a variable", next as usize, parts.cells.len() + 1)?;
        for cell in &parts.cells[var.first.index()..next as usize] {
            ensure(cell.var.index() == index, || {
                format!("cell {} belongs to another variable", cell.name)
            })?;
            check_kind(parts, &cell.kind)?;
        }
        if let Some(lock) = var.guarded_by {
            row("lock", lock.0 as usize, parts.objects.len())?;
        }
    }
    ensure(next as usize == parts.cells.len(), || {
        "a cell belongs to no variable".to_owned()
    })?;
    for (index, object) in parts.objects.iter().enumerate() {
        if let super::ObjectKind::Collection {
            capacity,
            width,
            first,
            ..
        } = object.kind
        {
            row("word of a collection", first.index(), parts.cells.len())?;
            let var = &parts.vars[parts.cells[first.index()].var.index()];
            let fits = var.first == first
                && u64::from(var.n) == 1 + u64::from(capacity) * u64::from(width);
            ensure(
                fits && width > 0
                    && var.collection == Some(super::ObjectId::new(index))
                    && var.shared == object.shared,
                || format!("the entries of {} lie elsewhere", object.name),
            )?;
        }
        if let super::ObjectKind::Cond { lock, .. } = object.kind {
            row("lock of a condition", lock.0 as usize, parts.objects.len())?;
            let kind = &parts.objects[lock.index()].kind;
            ensure(matches!(kind, super::ObjectKind::Lock { .. }), || {
                format!("condition {} is on something that is no lock", object.name)
            })?;
            let lock = &parts.objects[lock.index()];
            ensure(lock.shared || !object.shared, || {
                format!("condition {} is shared and its lock is not", object.name)
            })?;
        }
    }
    Ok(())
}

fn check_functions(parts: &Parts) -> Checked {
    let mut next = 0;
    for function in &parts.functions {
        ensure(
            function.entry == next && function.entry < function.end,
            || {
                format!(
                    "function {} does not begin where the one before ends",
                    function.name
                )
            },
        )?;
        ensure(function.n_params <= function.n_regs, || {
            format!(
                "function {} has more parameters than registers",
                function.name
            )
        })?;
        next = function.end;
    }
    ensure(next as usize == parts.code.len(), || {
        "code outside all functions".to_owned()
    })
}

fn check_actors(parts: &Parts) -> Checked {
    for actor in &parts.actors {
        row(
            "function of an actor",
            actor.function.index(),
            parts.functions.len(),
        )?;
        let function = &parts.functions[actor.function.index()];
        ensure(actor.args.len() == usize::from(function.n_params), || {
            format!("actor {} has other arguments than its function", actor.name)
        })?;
        if let super::ActorKind::Task { on, .. } = actor.kind {
            row("event loop", on.index(), parts.loops.len())?;
        }
        if let super::ActorKind::Worker(id) = actor.kind {
            row("executor of a worker", id.0 as usize, parts.objects.len())?;
        }
    }
    Ok(())
}

/// Updates are in order, and name a write and a read of one function.
fn check_updates(parts: &Parts) -> Checked {
    let key = |update: &super::Update| (update.store, update.load);
    ensure(parts.updates.is_sorted_by_key(key), || {
        "updates out of order".to_owned()
    })?;
    for update in &parts.updates {
        row(
            "write of an update",
            update.store as usize,
            parts.code.len(),
        )?;
        row("read of an update", update.load as usize, parts.code.len())?;
        let of = |pc: super::Pc| parts.sites[pc as usize].function;
        let function = &parts.functions[of(update.store).index()];
        let matches = of(update.store) == of(update.load)
            && update.reg < function.n_regs
            && matches!(
                parts.code[update.load as usize],
                super::Instr::Load(..) | super::Instr::Collection { .. }
            )
            && matches!(
                parts.code[update.store as usize],
                super::Instr::Store(..) | super::Instr::Rmw(..) | super::Instr::Collection { .. }
            );
        ensure(matches, || "an update of something else".to_owned())?;
    }
    Ok(())
}

fn check_properties(parts: &Parts) -> Checked {
    let looking = Sight {
        parts,
        n_regs: 0,
        memory: true,
        observed: true,
    };
    for observed in &parts.observed {
        check_kind(parts, &observed.kind)?;
    }
    check_updates(parts)?;
    for property in &parts.properties {
        match &property.kind {
            PropertyKind::Always(expr)
            | PropertyKind::Finally(expr)
            | PropertyKind::Sometimes(expr)
            | PropertyKind::Eventually(expr) => looking.expr(expr)?,
            PropertyKind::LeadsTo(cause, effect) => {
                looking.expr(cause)?;
                looking.expr(effect)?;
            }
            PropertyKind::Order(first, then) => {
                row("label", first.index(), parts.labels.len())?;
                row("label", then.index(), parts.labels.len())?;
            }
        }
    }
    for outcomes in &parts.outcomes {
        if outcomes.print {
            ensure(outcomes.values.is_empty(), || {
                "outcomes of what is printed and of values".to_owned()
            })?;
            continue;
        }
        let n = outcomes.values.len();
        ensure(
            outcomes.names.len() == n && outcomes.kinds.len() == n,
            || "outcomes with other names than values".to_owned(),
        )?;
        outcomes
            .kinds
            .iter()
            .try_for_each(|kind| check_kind(parts, kind))?;
        outcomes
            .values
            .iter()
            .try_for_each(|value| looking.expr(value))?;
        let expected = outcomes.expected.iter().flatten();
        for tuple in expected {
            ensure(tuple.len() == n, || {
                "an expected outcome of another length".to_owned()
            })?;
        }
    }
    Ok(())
}

/// What an expression may look at.
#[derive(Clone, Copy)]
pub(super) struct Sight<'p> {
    pub parts: &'p Parts,
    pub n_regs: u16,
    pub memory: bool,
    pub observed: bool,
}

impl Sight<'_> {
    /// An expression and all in it.
    pub fn expr(&self, expr: &Expr) -> Checked {
        match expr {
            Expr::Const(_) => Ok(()),
            Expr::Reg(reg) => row("register", usize::from(*reg), usize::from(self.n_regs)),
            Expr::Unary(_, operand) => self.expr(operand),
            Expr::Binary(_, left, right) => {
                self.expr(left)?;
                self.expr(right)
            }
            Expr::If(condition, then, otherwise) => {
                self.expr(condition)?;
                self.expr(then)?;
                self.expr(otherwise)
            }
            Expr::Cell(cell) => {
                ensure(self.memory, || {
                    "memory read in a pure expression".to_owned()
                })?;
                self.cell(cell)
            }
            Expr::Query(_, object) => {
                ensure(self.memory, || {
                    "object asked in a pure expression".to_owned()
                })?;
                self.expr(object)
            }
            Expr::Entry {
                op, object, args, ..
            } => {
                ensure(self.memory && op.only_looks(), || {
                    "a list or map asked in a pure expression".to_owned()
                })?;
                self.expr(object)?;
                args.iter().try_for_each(|arg| self.expr(arg))
            }
            Expr::Observed(id) => {
                ensure(self.observed, || {
                    "observed local outside a property".to_owned()
                })?;
                row("observed local", id.index(), self.parts.observed.len())
            }
            Expr::Element { base, index, len } => {
                let end = base.0 as usize + *len as usize;
                row(
                    "end of an array of objects",
                    end,
                    self.parts.objects.len() + 1,
                )?;
                self.expr(index)
            }
            Expr::Pick(index, of) => {
                self.expr(index)?;
                of.iter().try_for_each(|expr| self.expr(expr))
            }
        }
    }

    /// A word of memory. The last word that the indices can lead to must belong to the same variable.
    pub fn cell(&self, cell: &CellRef) -> Checked {
        row("cell", cell.base.0 as usize, self.parts.cells.len())?;
        let var = &self.parts.vars[self.parts.cells[cell.base.index()].var.index()];
        let mut last = cell.base.index();
        for dim in &cell.dims {
            ensure(dim.len > 0, || "an array without elements".to_owned())?;
            last += (dim.len as usize - 1) * dim.stride as usize;
            self.expr(&dim.index)?;
        }
        row(
            "last cell of an array",
            last,
            (var.first.0 + var.n) as usize,
        )
    }
}
