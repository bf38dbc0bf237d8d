//! The check of instructions: registers, jumps, handlers and the rows they name.

use super::expr::Expr;
use super::instr::{FutureOp, Instr};
use super::table::{Function, FunctionId, Parts, Pc, Reg};
use super::verify::{BrokenProgram, Checked, Sight, check_kind, ensure, row};

/// Checks the code of all functions, which must tile it.
pub(super) fn check_code(parts: &Parts) -> Checked {
    let functions = parts.functions.iter();
    let returned: Vec<usize> = functions
        .map(|function| returned(parts, function))
        .collect();
    for (index, function) in parts.functions.iter().enumerate() {
        let room = Room {
            parts,
            returned: &returned,
            function,
            id: FunctionId::new(index),
        };
        let checked = room.check();
        checked
            .map_err(|broken| BrokenProgram(format!("function {}: {}", function.name, broken.0)))?;
    }
    Ok(())
}

/// One function with the tables it refers to.
struct Room<'p> {
    parts: &'p Parts,
    /// Words that each function returns.
    returned: &'p [usize],
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
            | Instr::End
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
            Instr::Select {
                arms,
                result,
                width,
                ..
            } => {
                self.regs(Some(*result), 2 + usize::from(*width))?;
                arms.iter().try_for_each(|arm| {
                    ensure(arm.kinds.len() <= usize::from(*width), || {
                        format!("an element of {} words in {width}", arm.kinds.len())
                    })?;
                    let mut kinds = arm.kinds.iter();
                    kinds.try_for_each(|kind| check_kind(self.parts, kind))?;
                    pure.expr(&arm.object)?;
                    all(&arm.args)
                })
            }
            Instr::Collection {
                object,
                args,
                dst,
                width,
                ..
            } => {
                self.regs(*dst, usize::from(*width))?;
                pure.expr(object)?;
                all(args)
            }
            Instr::NextEntry {
                object,
                round,
                dst,
                width,
            } => {
                self.regs(Some(*round), 3)?;
                self.regs(*dst, usize::from(*width))?;
                pure.expr(object)
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
                task,
                ..
            } => {
                if let Some(on) = task {
                    let on = on.on.map_or(0, |on| on.index());
                    row("event loop", on, self.parts.loops.len())?;
                }
                self.regs(*dst, 1)?;
                name.iter().try_for_each(|name| self.name(*name))?;
                self.callee(*function, args.len())?;
                all(args)
            }
            Instr::Submit {
                dst,
                executor,
                function,
                args,
            } => {
                self.regs(*dst, 1)?;
                pure.expr(executor)?;
                self.callee(*function, args.len())?;
                all(args)
            }
            Instr::Future {
                op,
                future,
                dst,
                width,
            } => {
                self.regs(*dst, usize::from(*width))?;
                if let FutureOp::Exception(none) = op {
                    self.name(*none)?;
                }
                pure.expr(future)
            }
            Instr::Task {
                tasks, dst, width, ..
            } => {
                self.regs(*dst, usize::from(*width))?;
                all(tasks)
            }
            Instr::WaitJobs {
                futures, dst, seen, ..
            } => {
                self.regs(*dst, 1)?;
                self.regs(*seen, 1)?;
                all(futures)
            }
            Instr::TakeJob {
                executor,
                future,
                result,
                width,
            } => {
                row("executor", executor.0 as usize, self.parts.objects.len())?;
                self.regs(Some(*future), 1)?;
                self.regs(Some(*result), usize::from(*width))
            }
            Instr::FinishJob {
                future,
                result,
                width,
                ..
            } => {
                self.regs(Some(*future), 1)?;
                self.regs(Some(*result), usize::from(*width))
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
                self.regs(*dst, self.returned[function.index()])?;
                all(args)
            }
            Instr::Return(values) => {
                let words = self.returned[self.id.index()];
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
