//! The lowering of one function: what its statements and expressions share.
//!
//! The same walk over expressions serves properties: there everything is read
//! at once, so reads become part of the expression instead of instructions.

use super::assemble::{Assembled, assemble};
use super::code::{Code, Label};
use super::context::{BodyCopy, Context};
use super::exit::Exit;
use super::limits::REGISTERS_MAX;
use super::registers::Registers;
use crate::base::{Diagnostic, Span};
use crate::hir::{self, Block, LocalId, Type};
use crate::program::{Awaits, Expr, FunctionId, Instr, LocalName, ObservedId, Reg, Site, StmtId};

/// A function whose jumps and handlers are relative to its first instruction.
#[derive(Clone)]
pub(super) struct Lowered {
    pub name: String,
    pub span: Span,
    pub n_params: u16,
    pub n_regs: u16,
    pub locals: Vec<LocalName>,
    pub code: Assembled,
}

/// The state of lowering one function.
pub(super) struct Lowering<'h, 'c> {
    pub cx: &'c mut Context<'h>,
    pub code: Code,
    pub regs: Registers,
    /// What has to be done on the way out of where we are, outermost first.
    pub exits: Vec<Exit<'h>>,
    /// Everything is read at once: no instruction may be made.
    pub at_once: bool,
    /// What the function returns.
    pub returns: &'h Type,
    locals: &'h [hir::Local],
    /// How many statements give each local a value.
    n_assigned: Vec<u32>,
    observed: Option<hir::ActorId>,
    function: FunctionId,
    stmt: StmtId,
}

/// Lowers a function, or the copy of a body that belongs to one actor.
pub(super) fn lower_function<'h>(cx: &mut Context<'h>, id: FunctionId, copy: BodyCopy) -> Lowered {
    let scenario = cx.scenario;
    let function = &scenario.functions[copy.function.index()];
    let stmt = cx.statements.at(function.span);
    let mut lowering = Lowering {
        regs: Registers::new(Some(function), &cx.types),
        cx,
        code: Code::of(super::task::may_have_green(scenario)),
        exits: Vec::new(),
        at_once: false,
        returns: &function.returns,
        locals: &function.locals,
        n_assigned: super::assigned::count(function),
        observed: copy.observed,
        function: id,
        stmt,
    };
    lowering.body(function);
    lowering.finish(function)
}

/// Lowers an expression of a property: everything is read at once.
pub(super) fn lower_property<'h>(cx: &mut Context<'h>, expr: &'h hir::Expr) -> Vec<Expr> {
    let stmt = cx.statements.at(expr.span);
    let mut lowering = Lowering {
        regs: Registers::new(None, &cx.types),
        cx,
        code: Code::default(),
        exits: Vec::new(),
        at_once: true,
        returns: &Type::Unit,
        locals: &[],
        n_assigned: Vec::new(),
        observed: None,
        function: FunctionId(0),
        stmt,
    };
    lowering.words(expr)
}

impl<'h> Lowering<'h, '_> {
    fn body(&mut self, function: &'h hir::Function) {
        for param in 0..function.n_params {
            let local = LocalId::new(param);
            self.observe(local, 0, self.width_of(local), function.span);
        }
        self.block(&function.body);
        let end = Span {
            start: function.body.span.end.saturating_sub(1),
            end: function.body.span.end,
        };
        // Falling off the end of a function that should return gives zeros.
        let zeros = vec![Expr::Const(0); self.cx.types.width(&function.returns)];
        self.emit_synthetic(Instr::Return(zeros.into()), end);
    }

    fn finish(mut self, function: &hir::Function) -> Lowered {
        self.code.forget_unused_reads();
        let settled = self.regs.settle();
        for item in &mut self.code.items {
            match &mut item.instr {
                Instr::Load(reg, ..) | Instr::Let(_, Expr::Reg(reg)) => *reg = settled(*reg),
                _ => {}
            }
        }
        let n_regs = self.regs.count().unwrap_or_else(|| {
            let message = format!("`{}` needs more than {REGISTERS_MAX} words", function.name);
            let error = Diagnostic::error("E091", function.span, message)
                .label("for its locals and intermediate values")
                .help("split it into several functions");
            self.cx.error(error);
            0
        });
        let params = &function.locals[..function.n_params];
        let n_params: usize = params
            .iter()
            .map(|param| self.cx.types.width(&param.ty))
            .fold(0, usize::saturating_add);
        let mut locals = Vec::new();
        for (index, local) in function.locals.iter().enumerate() {
            let mut reg = self.regs.local(LocalId::new(index));
            for word in self.cx.types.words(&local.ty) {
                locals.push(LocalName {
                    reg,
                    name: format!("{}{}", local.name, word.suffix),
                    kind: word.kind,
                });
                reg = reg.saturating_add(1);
            }
        }
        Lowered {
            name: function.name.clone(),
            span: function.span,
            n_params: u16::try_from(n_params).unwrap_or(n_regs),
            n_regs,
            locals,
            code: assemble(self.code),
        }
    }

    /// Lowers the statements of a block.
    pub fn block(&mut self, block: &'h Block) {
        for stmt in &block.stmts {
            if self.cx.is_full() {
                return;
            }
            self.statement(stmt);
        }
    }

    /// Makes `stmt` the statement that instructions belong to; returns the one before.
    pub fn enter_statement(&mut self, stmt: StmtId) -> StmtId {
        std::mem::replace(&mut self.stmt, stmt)
    }

    /// The statement that instructions belong to.
    pub fn current_statement(&self) -> StmtId {
        self.stmt
    }

    /// Appends an instruction the author wrote.
    pub fn emit(&mut self, instr: Instr, span: Span) -> usize {
        self.push(instr, span, false)
    }

    /// Appends an instruction the author did not write.
    pub fn emit_synthetic(&mut self, instr: Instr, span: Span) -> usize {
        self.push(instr, span, true)
    }

    fn push(&mut self, instr: Instr, span: Span, synthetic: bool) -> usize {
        debug_assert!(!self.at_once, "a property makes no instruction");
        self.cx.count_instruction(span);
        let site = Site {
            span,
            stmt: self.stmt,
            function: self.function,
            label: None,
            synthetic,
            awaits: Awaits::Never,
        };
        let scope = self.innermost_scope();
        self.code.push(instr, site, scope)
    }

    /// Jumps to a label.
    pub fn jump(&mut self, label: Label, span: Span) {
        self.emit_synthetic(Instr::Jump(label.target()), span);
    }

    /// Jumps to a label if the condition is false.
    pub fn unless(&mut self, condition: Expr, label: Label, span: Span) {
        match condition {
            Expr::Const(0) => self.jump(label, span),
            Expr::Const(_) => {}
            condition => {
                self.emit(Instr::Unless(condition, label.target()), span);
            }
        }
    }

    /// Puts words into consecutive registers. They may be computed from those
    /// registers: all are computed before the first is written that another needs.
    pub fn assign(&mut self, dst: Reg, words: Vec<Expr>, span: Span) {
        let regs = || (0_u16..).map(|offset| dst.saturating_add(offset));
        let overlap = words.len() > 1
            && words.iter().enumerate().any(|(index, word)| {
                regs()
                    .take(index)
                    .any(|written| crate::program::registers::reads(word, written))
            });
        if overlap {
            let mark = self.regs.mark();
            let held = self.hold_words(words, span);
            self.assign(dst, held, span);
            self.regs.release(mark);
            return;
        }
        for (reg, word) in regs().zip(words) {
            if word != Expr::Reg(reg) {
                self.emit(Instr::Let(reg, word), span);
            }
        }
    }

    /// Computes words into fresh registers.
    pub fn hold_words(&mut self, words: Vec<Expr>, span: Span) -> Vec<Expr> {
        let width = words.len();
        let dst = self.regs.fresh(width);
        for (reg, word) in (dst..).zip(words) {
            self.emit(Instr::Let(reg, word), span);
        }
        reg_words(dst, width)
    }

    /// A word that gives the same value until the end of the statement, whatever
    /// happens to locals in between.
    pub fn hold(&mut self, word: Expr, span: Span) -> Expr {
        let mut stable = true;
        crate::program::registers::in_expr(&word, &mut |reg| {
            stable &= self.regs.is_temporary(reg) || self.is_stable(reg);
        });
        if stable {
            return word;
        }
        self.hold_words(vec![word], span).remove(0)
    }

    /// Whether the register's local gets its value once and for all before
    /// anything in its scope runs.
    fn is_stable(&self, reg: Reg) -> bool {
        (0..self.locals.len())
            .rev()
            .map(LocalId::new)
            .find(|&local| self.regs.local(local) <= reg && self.width_of(local) > 0)
            .is_some_and(|local| self.n_assigned[local.index()] <= 1)
    }

    /// Whether a statement other than its declaration gives the local a value.
    pub fn is_reassigned(&self, local: LocalId) -> bool {
        self.n_assigned[local.index()] > 1
    }

    /// Words of a local.
    pub fn width_of(&self, local: LocalId) -> usize {
        self.cx.types.width(&self.locals[local.index()].ty)
    }

    /// The type of a local.
    pub fn type_of(&self, local: LocalId) -> &'h Type {
        &self.locals[local.index()].ty
    }

    /// After words of a local were assigned: remembers them if a property asks.
    pub fn observe(&mut self, local: LocalId, offset: usize, width: usize, span: Span) {
        let Some(first) = self
            .observed
            .and_then(|actor| self.cx.observed.first(actor, local))
        else {
            return;
        };
        let reg = self.regs.local(local);
        for word in offset..offset + width {
            let id = ObservedId::new(first.index() + word);
            let value = Expr::Reg(reg.saturating_add(u16::try_from(word).unwrap_or(u16::MAX)));
            self.emit_synthetic(Instr::Observe(id, value), span);
        }
    }
}

/// Consecutive registers as words.
pub(super) fn reg_words(first: Reg, width: usize) -> Vec<Expr> {
    (0..width)
        .map(|offset| {
            let offset = u16::try_from(offset).unwrap_or(u16::MAX);
            Expr::Reg(first.saturating_add(offset))
        })
        .collect()
}
