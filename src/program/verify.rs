//! The check that a program's tables refer only to rows that exist.

use std::fmt;

use super::expr::{CellRef, Expr};
use super::instr::Instr;
use super::table::{Function, FunctionId, Parts, Pc, PropertyKind, Reg, ValueKind};

/// A row that names something that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokenProgram(pub String);

impl fmt::Display for BrokenProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrokenProgram {}

type Checked = Result<(), BrokenProgram>;

/// Checks every id, register, jump target and handler once.
pub(super) fn verify(parts: &Parts) -> Checked {
    check_lengths(parts)?;
    check_memory(parts)?;
    check_functions(parts)?;
    for (index, function) in parts.functions.iter().enumerate() {
        let room = Room {
            parts,
            function,
            id: FunctionId::new(index),
        };
        room.check()
            .map_err(|broken| in_function(function, broken))?;
    }
    check_actors(parts)?;
    check_properties(parts)
}

fn in_function(function: &Function, broken: BrokenProgram) -> BrokenProgram {
    BrokenProgram(format!("function {}: {}", function.name, broken.0))
}

/// An index must name a row.
fn row(what: &str, index: usize, len: usize) -> Checked {
    if index < len {
        return Ok(());
    }
    Err(BrokenProgram(format!("{what} {index} of {len}")))
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Checked {
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

fn check_kind(parts: &Parts, kind: &ValueKind) -> Checked {
    match kind {
        ValueKind::Enum(id) => row("enum", *id as usize, parts.enums.len()),
        ValueKind::Int
        | ValueKind::Bool
        | ValueKind::Str
        | ValueKind::Object
        | ValueKind::Handle => Ok(()),
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
            row("lock", lock.index(), parts.objects.len())?;
        }
    }
    ensure(next as usize == parts.cells.len(), || {
        "a cell belongs to no variable".to_owned()
    })?;
    for object in &parts.objects {
        if let super::ObjectKind::Cond { lock, .. } = object.kind {
            row("lock of a condition", lock.index(), parts.objects.len())?;
            let kind = &parts.objects[lock.index()].kind;
            ensure(matches!(kind, super::ObjectKind::Lock { .. }), || {
                format!("condition {} is on something that is no lock", object.name)
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
    for property in &parts.properties {
        match &property.kind {
            PropertyKind::Always(expr)
            | PropertyKind::Finally(expr)
            | PropertyKind::Sometimes(expr) => looking.expr(expr)?,
            PropertyKind::Order(first, then) => {
                row("label", first.index(), parts.labels.len())?;
                row("label", then.index(), parts.labels.len())?;
            }
        }
    }
    for outcomes in &parts.outcomes {
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
struct Sight<'p> {
    parts: &'p Parts,
    n_regs: u16,
    memory: bool,
    observed: bool,
}

impl Sight<'_> {
    fn expr(&self, expr: &Expr) -> Checked {
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
            Expr::Observed(id) => {
                ensure(self.observed, || {
                    "observed local outside a property".to_owned()
                })?;
                row("observed local", id.index(), self.parts.observed.len())
            }
            Expr::Element { base, index, len } => {
                let end = base.index() + *len as usize;
                row(
                    "end of an array of objects",
                    end,
                    self.parts.objects.len() + 1,
                )?;
                self.expr(index)
            }
        }
    }

    /// The last word that the indices can lead to must belong to the same variable.
    fn cell(&self, cell: &CellRef) -> Checked {
        row("cell", cell.base.index(), self.parts.cells.len())?;
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

/// One function with the tables it refers to.
struct Room<'p> {
    parts: &'p Parts,
    function: &'p Function,
    id: FunctionId,
}

impl Room<'_> {
    fn check(&self) -> Checked {
        for local in &self.function.locals {
            self.regs(Some(local.reg), 1)?;
            check_kind(self.parts, &local.kind)?;
        }
        for handler in &self.function.handlers {
            let inside = self.function.entry <= handler.from
                && handler.from < handler.to
                && handler.to <= self.function.end;
            ensure(inside, || "a handler covers code outside".to_owned())?;
            self.target(handler.target)?;
            self.regs(Some(handler.exception), 1)?;
        }
        for pc in self.function.entry..self.function.end {
            self.at(pc)
                .map_err(|broken| BrokenProgram(format!("instruction {pc}: {}", broken.0)))?;
        }
        Ok(())
    }

    fn at(&self, pc: Pc) -> Checked {
        let site = &self.parts.sites[pc as usize];
        ensure(site.function == self.id, || {
            "its site names another function".to_owned()
        })?;
        row("statement", site.stmt.index(), self.parts.stmts.len())?;
        if let Some(label) = site.label {
            row("label", label.index(), self.parts.labels.len())?;
        }
        for &reg in &self.parts.dead[pc as usize] {
            self.regs(Some(reg), 1)?;
        }
        let instr = &self.parts.code[pc as usize];
        if let Some(target) = instr.target() {
            self.target(target)?;
        }
        ensure(!instr.falls_through() || pc + 1 < self.function.end, || {
            "it falls off the end of the function".to_owned()
        })?;
        self.instr(pc, instr)
    }

    fn target(&self, target: Pc) -> Checked {
        let inside = (self.function.entry..self.function.end).contains(&target);
        ensure(inside, || format!("jump to {target}, outside the function"))
    }

    fn regs(&self, first: Option<Reg>, width: usize) -> Checked {
        let Some(first) = first.filter(|_| width > 0) else {
            return Ok(());
        };
        row(
            "register",
            usize::from(first) + width - 1,
            usize::from(self.function.n_regs),
        )
    }

    fn name(&self, name: super::NameId) -> Checked {
        row("name", name.index(), self.parts.names.len())
    }

    fn instr(&self, pc: Pc, instr: &Instr) -> Checked {
        let pure = Sight {
            parts: self.parts,
            n_regs: self.function.n_regs,
            memory: false,
            observed: false,
        };
        let all = |exprs: &[Expr]| exprs.iter().try_for_each(|expr| pure.expr(expr));
        match instr {
            Instr::Begin
            | Instr::Yield
            | Instr::Sleep
            | Instr::Progress
            | Instr::Jump(_)
            | Instr::AtomicEnd => Ok(()),
            Instr::Load(reg, cell, _) => {
                self.regs(Some(*reg), 1)?;
                pure.cell(cell)
            }
            Instr::Store(cell, value, _) => {
                pure.cell(cell)?;
                pure.expr(value)
            }
            Instr::Rmw(dst, cell, _, value) => {
                self.regs(*dst, 1)?;
                pure.cell(cell)?;
                pure.expr(value)
            }
            Instr::CompareExchange(dst, cell, old, new) => {
                self.regs(*dst, 1)?;
                pure.cell(cell)?;
                pure.expr(old)?;
                pure.expr(new)
            }
            Instr::Sync {
                object, arg, dst, ..
            } => {
                self.regs(*dst, 1)?;
                pure.expr(object)?;
                arg.iter().try_for_each(|arg| pure.expr(arg))
            }
            Instr::Chan {
                object,
                args,
                dst,
                ok,
                width,
                ..
            } => {
                self.regs(*dst, usize::from(*width))?;
                self.regs(*ok, 1)?;
                pure.expr(object)?;
                all(args)
            }
            Instr::Ask(reg, _, expr) | Instr::Let(reg, expr) => {
                self.regs(Some(*reg), 1)?;
                pure.expr(expr)
            }
            Instr::Choose(reg, from, to) => {
                self.regs(Some(*reg), 1)?;
                pure.expr(from)?;
                pure.expr(to)
            }
            Instr::Spawn {
                dst,
                function,
                args,
                name,
                ..
            } => {
                self.regs(*dst, 1)?;
                name.iter().try_for_each(|name| self.name(*name))?;
                self.callee(*function, args.len())?;
                all(args)
            }
            Instr::WaitUntil(condition) => Sight {
                memory: true,
                ..pure
            }
            .expr(condition),
            Instr::AtomicBegin(end) => {
                let ends = matches!(self.parts.code[*end as usize], Instr::AtomicEnd) && *end > pc;
                ensure(ends, || format!("no end of an atomic block at {end}"))
            }
            Instr::Print(items) => items.iter().try_for_each(|(item, kind)| {
                check_kind(self.parts, kind)?;
                pure.expr(item)
            }),
            Instr::Observe(id, value) => {
                row("observed local", id.index(), self.parts.observed.len())?;
                pure.expr(value)
            }
            Instr::Unless(condition, _) => pure.expr(condition),
            Instr::Assert(condition, message) => {
                message.iter().try_for_each(|name| self.name(*name))?;
                pure.expr(condition)
            }
            Instr::Raise(name) => self.name(*name),
            Instr::Reraise(reg) => self.regs(Some(*reg), 1),
            Instr::UnlessCaught(reg, name, _) => {
                self.regs(Some(*reg), 1)?;
                self.name(*name)
            }
            Instr::Call(function, args, dst) => {
                self.callee(*function, args.len())?;
                let callee = &self.parts.functions[function.index()];
                self.regs(*dst, returned(self.parts, callee))?;
                all(args)
            }
            Instr::Return(values) => {
                let words = returned(self.parts, self.function);
                ensure(values.len() == words, || {
                    format!("returns {} words, elsewhere {words}", values.len())
                })?;
                all(values)
            }
            Instr::LabelDone(label) => row("label", label.index(), self.parts.labels.len()),
        }
    }

    fn callee(&self, function: FunctionId, n_args: usize) -> Checked {
        row("function", function.index(), self.parts.functions.len())?;
        let callee = &self.parts.functions[function.index()];
        ensure(n_args == usize::from(callee.n_params), || {
            format!("{n_args} arguments for function {}", callee.name)
        })
    }
}

/// Words that a function returns: as many as its first `Return` has.
fn returned(parts: &Parts, function: &Function) -> usize {
    let code = &parts.code[function.entry as usize..function.end as usize];
    let mut returns = code.iter().filter_map(|instr| match instr {
        Instr::Return(values) => Some(values.len()),
        _ => None,
    });
    returns.next().unwrap_or(0)
}
