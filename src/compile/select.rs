//! `select`: one instruction picks the arm, then it is a chain of tests.
//!
//! Channels and values of all arms are computed before, in the order in which
//! they are written. What an arm receives is copied from the instruction's own
//! registers into the arm's local; a receive that found its channel closed raises
//! there, at the arm.

use super::fold;
use super::lowering::{Lowering, reg_words};
use crate::base::Span;
use crate::hir::{self, LocalId, ObjectType, SelectArm, SelectArmKind, Type};
use crate::program::{Arm, BinaryOp, Expr, Instr, Reg, WaitMode};

/// Registers of the result before the words of the element: which arm, and
/// whether it got one.
const HEAD: Reg = 2;
/// The letters of the word `select`.
const WORD: u32 = 6;

/// The words of an arm's channel, and of what it sends or gives instead.
type Operands = (Expr, Vec<Expr>);

impl<'h> Lowering<'h, '_> {
    /// `select { … }`; gives where its instruction stands.
    pub fn select(&mut self, arms: &'h [SelectArm], span: Span) -> usize {
        let exprs = arms.iter().flat_map(|arm| operands(&arm.kind));
        let mut words = self.list(exprs.collect::<Vec<_>>().into_iter()).into_iter();
        let mut rows = Vec::new();
        let mut waiting: Vec<(&'h SelectArm, Operands)> = Vec::new();
        let mut mode = WaitMode::Wait;
        let mut otherwise = None;
        for arm in arms {
            match &arm.kind {
                SelectArmKind::Else => (mode, otherwise) = (WaitMode::Try, Some(arm)),
                SelectArmKind::Timeout => (mode, otherwise) = (WaitMode::Timeout, Some(arm)),
                kind => {
                    let mut next = || words.next().unwrap_or_default();
                    let object = next().into_iter().next().unwrap_or(Expr::Const(0));
                    let more = match kind {
                        SelectArmKind::Receive(..) => Vec::new(),
                        _ => next(),
                    };
                    rows.push(self.row(kind, object.clone(), &more));
                    waiting.push((arm, (object, more)));
                }
            }
        }
        let width = rows.iter().map(|row| row.kinds.len()).max().unwrap_or(0);
        let result = self.regs.fresh(usize::from(HEAD) + width);
        let instr = Instr::Select {
            arms: rows.into(),
            mode,
            result,
            width: u16::try_from(width).unwrap_or(u16::MAX),
        };
        let at = self.emit(instr, span);
        self.lead_on(waiting, otherwise, result, span);
        at
    }

    /// The word `select`, or the name of the step in front of it.
    pub fn head_of_select(&self, span: Span, label: Option<hir::LabelId>) -> Span {
        let name = label.map(|label| self.cx.scenario.labels[label.index()].name.len() + 1);
        let letters = name.and_then(|name| u32::try_from(name).ok());
        Span {
            end: span.end.min(span.start + letters.unwrap_or(WORD)),
            ..span
        }
    }

    fn row(&self, kind: &SelectArmKind, object: Expr, more: &[Expr]) -> Arm {
        let send = matches!(kind, SelectArmKind::Send(..));
        let element = channel(kind).and_then(element);
        let words = element.map_or(Vec::new(), |element| self.cx.types.words(element));
        Arm {
            send,
            object,
            args: if send { more.into() } else { Box::new([]) },
            kinds: words.into_iter().map(|word| word.kind).collect(),
        }
    }

    /// The arms' blocks, each behind a test of the number of the arm.
    fn lead_on(
        &mut self,
        waiting: Vec<(&'h SelectArm, Operands)>,
        otherwise: Option<&'h SelectArm>,
        result: Reg,
        span: Span,
    ) {
        let end = self.code.label();
        let n = waiting.len();
        for (number, (arm, (_, more))) in waiting.into_iter().enumerate() {
            let next = self.code.label();
            if number + 1 < n || otherwise.is_some() {
                let index = Expr::Const(i64::try_from(number).expect("a few arms"));
                let chosen = fold::binary(BinaryOp::Eq, Expr::Reg(result), index);
                self.emit_synthetic(Instr::Unless(chosen, next.target()), span);
            }
            self.received(arm, more, result);
            self.block(&arm.body);
            self.jump(end, arm.body.span);
            self.code.bind(next);
        }
        if let Some(arm) = otherwise {
            self.block(&arm.body);
        }
        self.code.bind(end);
    }

    /// Takes over what an arm has received, or raises.
    fn received(&mut self, arm: &SelectArm, default: Vec<Expr>, result: Reg) {
        let got = Expr::Reg(result.saturating_add(1));
        let element = result.saturating_add(HEAD);
        match arm.kind {
            SelectArmKind::Receive(bound, _) => {
                let go_on = self.code.label();
                let closed = self.cx.names.intern("Closed");
                let missed = fold::not(got);
                self.emit_synthetic(Instr::Unless(missed, go_on.target()), arm.span);
                self.emit_synthetic(Instr::Raise(closed), arm.span);
                self.code.bind(go_on);
                if let Some(local) = bound {
                    let words = reg_words(element, self.width_of(local));
                    self.bind_local(local, words, arm.span);
                }
            }
            SelectArmKind::ReceiveOr(Some(local), ..) => {
                let words = reg_words(element, self.width_of(local)).into_iter();
                let words = words
                    .zip(default)
                    .map(|(word, default)| fold::choose(got.clone(), word, default))
                    .collect();
                self.bind_local(local, words, arm.span);
            }
            SelectArmKind::ReceiveOr(None, ..)
            | SelectArmKind::Send(..)
            | SelectArmKind::Timeout
            | SelectArmKind::Else => {}
        }
    }

    fn bind_local(&mut self, local: LocalId, words: Vec<Expr>, span: Span) {
        let width = words.len();
        self.assign(self.regs.local(local), words, span);
        self.observe(local, 0, width, span);
    }
}

/// What an arm computes before it waits.
fn operands(kind: &SelectArmKind) -> Vec<&hir::Expr> {
    match kind {
        SelectArmKind::Receive(_, from) => vec![from],
        SelectArmKind::ReceiveOr(_, channel, value) | SelectArmKind::Send(channel, value) => {
            vec![channel, value]
        }
        SelectArmKind::Timeout | SelectArmKind::Else => Vec::new(),
    }
}

fn channel(kind: &SelectArmKind) -> Option<&hir::Expr> {
    operands(kind).into_iter().next()
}

fn element(channel: &hir::Expr) -> Option<&Type> {
    match &channel.ty {
        Type::Object(ObjectType::Chan(element)) => Some(element),
        _ => None,
    }
}
