//! A process: the instructions that it can reach, each under a number of its own,
//! with every call written out.

use super::Model;
use super::expr::name;
use crate::base::Span;
use crate::export::Refused;
use crate::program::{Access, Expr, FunctionId, Instr, Pc, Reg, RmwOp, describe};
use std::collections::BTreeMap;

/// Calls that are written out in one process.
const FRAMES_MAX: usize = 64;

/// One call of a function.
pub(super) struct Frame {
    function: FunctionId,
    /// Before the names of its registers.
    prefix: String,
    /// Where it goes on: the frame, the instruction, and the first register of the result.
    back: Option<(usize, Pc, Option<Reg>)>,
    /// Calls around it.
    depth: usize,
}

/// What is known of a process while it is written.
pub(super) struct Process {
    frames: Vec<Frame>,
    /// Numbers of instructions: frame and place in the code.
    numbers: BTreeMap<(usize, Pc), usize>,
    /// Still to be written.
    todo: Vec<(usize, Pc)>,
    /// Frames by the call that made them.
    calls: BTreeMap<(usize, Pc), usize>,
    /// Options of the visible instructions and of the local ones.
    visible: Vec<String>,
    local: Vec<String>,
}

impl Process {
    /// The number of an instruction; 0 is the end.
    fn number(&mut self, frame: usize, pc: Pc) -> usize {
        let next = self.numbers.len() + 1;
        let todo = &mut self.todo;
        *self.numbers.entry((frame, pc)).or_insert_with(|| {
            todo.push((frame, pc));
            next
        })
    }
}

impl Model<'_> {
    pub(super) fn reg(&self, frame: &Frame, reg: Reg) -> String {
        let function = &self.program.functions[frame.function.index()];
        let known = function.locals.iter().find(|local| local.reg == reg);
        let own = known.map_or_else(|| "r".to_owned(), |local| name(&local.name));
        format!("{}{own}_{reg}", frame.prefix)
    }

    /// A process for the actors that run the function.
    pub(super) fn process(&mut self, function: FunctionId) -> Result<(), Refused> {
        let row = &self.program.functions[function.index()];
        let mut process = Process {
            frames: vec![Frame {
                function,
                prefix: String::new(),
                back: None,
                depth: 0,
            }],
            numbers: BTreeMap::new(),
            todo: Vec::new(),
            calls: BTreeMap::new(),
            visible: Vec::new(),
            local: Vec::new(),
        };
        process.number(0, row.entry);
        while let Some((frame, pc)) = process.todo.pop() {
            self.instruction(&mut process, frame, pc)?;
        }
        self.print(function, &process);
        Ok(())
    }

    fn print(&mut self, function: FunctionId, process: &Process) {
        let own = self.process_name(function);
        let row = &self.program.functions[function.index()];
        let first = &process.frames[0];
        let params: Vec<String> = (0..row.n_params)
            .map(|reg| format!("; int {}", self.reg(first, reg)))
            .collect();
        let mut locals = Vec::new();
        for (index, frame) in process.frames.iter().enumerate() {
            let row = &self.program.functions[frame.function.index()];
            let from = if index == 0 { row.n_params } else { 0 };
            locals.extend((from..row.n_regs).map(|reg| self.reg(frame, reg)));
        }
        self.line(0, "");
        self.line(0, &format!("inline settle_{own}() {{"));
        self.line(1, "do");
        for option in &process.local {
            self.line(1, option);
        }
        self.line(1, ":: else -> break");
        self.line(1, "od");
        self.line(0, "}");
        self.line(0, "");
        self.line(0, &format!("proctype {own}(byte me{}) {{", params.join("")));
        self.line(1, "short at = 1;");
        self.line(1, "bit asleep = 0;");
        for local in locals {
            self.line(1, &format!("int {local} = 0;"));
        }
        self.line(1, &format!("atomic {{ settle_{own}() }};"));
        self.line(0, "again:");
        self.line(1, "atomic {");
        self.line(2, "if");
        for option in &process.visible {
            self.line(2, option);
        }
        self.line(2, ":: at == 0 -> goto all_done");
        self.line(2, "fi;");
        self.line(2, &format!("settle_{own}()"));
        self.line(1, "};");
        self.line(1, "goto again;");
        self.line(0, "all_done:");
        self.line(1, "skip");
        self.line(0, "}");
    }

    fn instruction(&self, process: &mut Process, frame: usize, pc: Pc) -> Result<(), Refused> {
        let instr = self.program.instr(pc);
        if instr.is_visible() {
            self.step(process, frame, pc)
        } else {
            self.local(process, frame, pc)
        }
    }

    fn local(&self, process: &mut Process, index: usize, pc: Pc) -> Result<(), Refused> {
        let span = self.program.site(pc).span;
        let at = process.number(index, pc);
        let refused = |what: &str| Err(Refused::new(what, span));
        let text = match self.program.instr(pc) {
            Instr::Let(reg, value) => {
                let frame = &process.frames[index];
                let value = self.expr(value, Some(frame), span)?;
                let reg = self.reg(frame, *reg);
                format!("{reg} = {value}; at = {}", process.number(index, pc + 1))
            }
            Instr::Observe(..) | Instr::LabelDone(_) => {
                format!("at = {}", process.number(index, pc + 1))
            }
            Instr::Jump(target) => format!("at = {}", process.number(index, *target)),
            Instr::Unless(condition, target) => {
                let condition = self.expr(condition, Some(&process.frames[index]), span)?;
                let (then, otherwise) = (
                    process.number(index, pc + 1),
                    process.number(index, *target),
                );
                format!("at = ({condition} -> {then} : {otherwise})")
            }
            Instr::Assert(claim, _) => {
                let claim = self.expr(claim, Some(&process.frames[index]), span)?;
                let next = process.number(index, pc + 1);
                format!("assert({claim}); at = {next}")
            }
            Instr::Call(function, args, dst) => {
                self.call(process, index, pc, (*function, args, *dst), span)?
            }
            Instr::Return(values) => self.give_back(process, index, values, span)?,
            Instr::AtomicEnd => {
                format!("exclusive = 0; at = {}", process.number(index, pc + 1))
            }
            Instr::Raise(_) => return refused("`raise`"),
            Instr::Reraise(_) | Instr::UnlessCaught(..) => return refused("`catch`"),
            _ => return refused("this statement"),
        };
        process.local.push(format!(":: at == {at} -> {text}"));
        Ok(())
    }

    fn call(
        &self,
        process: &mut Process,
        index: usize,
        pc: Pc,
        (function, args, dst): (FunctionId, &[Expr], Option<Reg>),
        span: Span,
    ) -> Result<String, Refused> {
        let depth = process.frames[index].depth + 1;
        if process.frames.len() >= FRAMES_MAX || depth > FRAMES_MAX / 4 {
            return Err(Refused::new("recursion, or more than 64 calls", span));
        }
        let callee = *process
            .calls
            .entry((index, pc))
            .or_insert(process.frames.len());
        if callee == process.frames.len() {
            process.frames.push(Frame {
                function,
                prefix: format!("f{callee}_"),
                back: Some((index, pc + 1, dst)),
                depth,
            });
        }
        let mut text = String::new();
        for (reg, arg) in (0..).zip(args) {
            let arg = self.expr(arg, Some(&process.frames[index]), span)?;
            text += &format!("{} = {arg}; ", self.reg(&process.frames[callee], reg));
        }
        let entry = self.program.functions[function.index()].entry;
        text += &format!("at = {}", process.number(callee, entry));
        Ok(text)
    }

    fn give_back(
        &self,
        process: &mut Process,
        index: usize,
        values: &[Expr],
        span: Span,
    ) -> Result<String, Refused> {
        let Some((caller, pc, dst)) = process.frames[index].back else {
            return Ok("done[me] = true; at = 0".to_owned());
        };
        let mut text = String::new();
        if let Some(dst) = dst {
            for (reg, value) in (dst..).zip(values) {
                let value = self.expr(value, Some(&process.frames[index]), span)?;
                text += &format!("{} = {value}; ", self.reg(&process.frames[caller], reg));
            }
        }
        text += &format!("at = {}", process.number(caller, pc));
        Ok(text)
    }

    /// Adds the options of a visible instruction.
    fn step(&self, process: &mut Process, index: usize, pc: Pc) -> Result<(), Refused> {
        let at = process.number(index, pc);
        let next = process.number(index, pc + 1);
        let frame = &process.frames[index];
        let ways = self.ways(frame, pc)?;
        let what = describe(self.program, pc).replace("*/", "* /");
        for way in ways {
            let mut guard = format!("at == {at} && (exclusive == 0 || exclusive == me)");
            if !way.guard.is_empty() {
                guard += &format!(" && {}", way.guard);
            }
            let mut effect = way.effect;
            if way.moves_on {
                effect.push(format!("at = {next}"));
            }
            let effect = effect.join("; ");
            process
                .visible
                .push(format!(":: {guard} -> {effect} /* {what} */"));
        }
        Ok(())
    }

    /// The ways in which a visible instruction can be executed.
    pub(super) fn ways(&self, frame: &Frame, pc: Pc) -> Result<Vec<Way>, Refused> {
        let span = self.program.site(pc).span;
        let refused = |what: &str| Err(Refused::new(what, span));
        let of = |expr: &Expr| self.expr(expr, Some(frame), span);
        let dst = |reg: &Reg| self.reg(frame, *reg);
        Ok(match self.program.instr(pc) {
            Instr::Begin
            | Instr::End
            | Instr::Yield
            | Instr::Sleep
            | Instr::Progress
            | Instr::Print(_) => {
                vec![Way::on("", &["skip"])]
            }
            Instr::Load(reg, place, Access::Plain | Access::Atomic) => {
                let place = self.cell(place, Some(frame), span)?;
                vec![Way::on("", &[&format!("{} = {place}", dst(reg))])]
            }
            Instr::Store(place, value, _) => {
                let (place, value) = (self.cell(place, Some(frame), span)?, of(value)?);
                vec![Way::on("", &[&format!("{place} = {value}")])]
            }
            Instr::Rmw(reg, place, op, value) => {
                let (place, value) = (self.cell(place, Some(frame), span)?, of(value)?);
                let new = match op {
                    RmwOp::Swap => value,
                    RmwOp::Fetch(op) => {
                        use crate::program::BinaryOp::{Div, Rem};
                        if matches!(op, Div | Rem) {
                            return refused("an atomic division");
                        }
                        self.applied(*op, &place, &value)
                    }
                };
                // The value may speak of the register that gets the old one.
                match reg {
                    None => vec![Way::on("", &[&format!("{place} = {new}")])],
                    Some(reg) => {
                        let reg = dst(reg);
                        if new.contains(&reg) {
                            return refused("an update of what it computes with");
                        }
                        let old = format!("{reg} = {place}");
                        vec![Way::on("", &[&old, &format!("{place} = {new}")])]
                    }
                }
            }
            Instr::CompareExchange(reg, place, old, new) => {
                let place = self.cell(place, Some(frame), span)?;
                let (old, new) = (of(old)?, of(new)?);
                let result = |value| reg.as_ref().map(|reg| format!("{} = {value}", dst(reg)));
                let mut done = vec![format!("{place} = {new}")];
                done.extend(result(1));
                let mut failed: Vec<String> = result(0).into_iter().collect();
                failed.push("skip".to_owned());
                vec![
                    Way::of(format!("{place} == {old}"), done),
                    Way::of(format!("{place} != {old}"), failed),
                ]
            }
            Instr::Ask(reg, query, object) => {
                let answer = self.query(*query, object, Some(frame), span)?;
                vec![Way::on("", &[&format!("{} = {answer}", dst(reg))])]
            }
            Instr::Choose(reg, from, to) => {
                let (from, to, reg) = (of(from)?, of(to)?, dst(reg));
                let choose = format!("do :: {reg} < {to} - 1 -> {reg} = {reg} + 1 :: break od");
                let effect = vec![format!("{reg} = {from}"), choose];
                vec![Way::of(format!("{from} < {to}"), effect)]
            }
            Instr::WaitUntil(condition) => vec![Way::of(of(condition)?, vec!["skip".to_owned()])],
            Instr::AtomicBegin(_) => self.begin_atomic(frame, pc)?,
            Instr::Sync {
                op,
                object,
                arg,
                dst,
            } => self.sync(frame, span, *op, object, arg.as_ref(), *dst)?,
            Instr::Chan {
                op,
                object,
                args,
                dst,
                ok,
                ..
            } => self.chan(frame, span, *op, object, args, (*dst, *ok))?,
            Instr::Spawn { .. } => return refused("`spawn`"),
            Instr::Select { .. } => return refused("`select`"),
            Instr::Collection { .. } | Instr::NextEntry { .. } => {
                return refused("a list or map");
            }
            Instr::Task { .. } => return refused("a task"),
            Instr::Submit { .. } | Instr::TakeJob { .. } | Instr::FinishJob { .. } => {
                return refused("a job");
            }
            Instr::Future { .. } | Instr::WaitJobs { .. } => return refused("a future"),
            _ => return refused("this statement"),
        })
    }

    fn applied(&self, op: crate::program::BinaryOp, left: &str, right: &str) -> String {
        use crate::program::BinaryOp;
        let sign = match op {
            BinaryOp::Min => return format!("({left} < {right} -> {left} : {right})"),
            BinaryOp::Max => return format!("({left} > {right} -> {left} : {right})"),
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Div | BinaryOp::Rem => "/",
        };
        format!("({left} {sign} {right})")
    }

    /// A block of one step: nobody else moves until its end. What blocks at its
    /// beginning keeps it from beginning.
    fn begin_atomic(&self, frame: &Frame, pc: Pc) -> Result<Vec<Way>, Refused> {
        let mut first = pc + 1;
        while matches!(
            self.program.instr(first),
            Instr::Let(_, Expr::Const(_)) | Instr::Observe(..)
        ) {
            first += 1;
        }
        let instr = self.program.instr(first);
        let mut guards = Vec::new();
        if instr.is_visible() {
            guards.extend(self.ways(frame, first)?.into_iter().map(|way| way.guard));
        }
        let is_free = guards.is_empty() || guards.iter().any(String::is_empty);
        let guard = match is_free {
            true => String::new(),
            false => format!("({})", guards.join(" || ")),
        };
        Ok(vec![Way::of(guard, vec!["exclusive = me".to_owned()])])
    }
}

/// One way in which an instruction can be executed.
pub(super) struct Way {
    /// When; empty: always.
    pub guard: String,
    /// What it does.
    pub effect: Vec<String>,
    /// Whether the instruction is done then.
    pub moves_on: bool,
}

impl Way {
    pub fn of(guard: String, effect: Vec<String>) -> Self {
        Self {
            guard,
            effect,
            moves_on: true,
        }
    }

    pub fn on(guard: &str, effect: &[&str]) -> Self {
        let effect = effect.iter().map(|&it| it.to_owned()).collect();
        Self::of(guard.to_owned(), effect)
    }

    /// The instruction is not done with it.
    pub fn stay(guard: String, effect: Vec<String>) -> Self {
        Self {
            moves_on: false,
            ..Self::of(guard, effect)
        }
    }
}
