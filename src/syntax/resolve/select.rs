//! `select`: its arms, and what is wrong with them.

use super::codes;
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{ExprKind, Method, SelectArm, SelectArmKind, StmtKind};
use crate::syntax::ast;

impl Resolver<'_> {
    /// `select { … }`.
    #[inline(never)]
    pub fn select(&mut self, select: &ast::Select, span: Span) -> StmtKind {
        self.check_arms(select, span);
        let mut arms = Vec::new();
        for arm in &select.arms {
            self.body.open();
            let kind = self.select_head(&arm.head);
            let body = self.block(&arm.body);
            self.body.close();
            let span = head_span(&arm.head);
            arms.extend(kind.map(|kind| SelectArm { kind, body, span }));
        }
        if let Some(at) = select.awaited
            && arms
                .iter()
                .any(|arm| matches!(arm.kind, SelectArmKind::Else))
        {
            self.misplaced(
                at,
                "this `await`",
                "a `select` with `else` never waits: leave `await` out",
            );
        }
        StmtKind::Select(arms, select.awaited)
    }

    fn select_head(&mut self, head: &ast::SelectHead) -> Option<SelectArmKind> {
        let (binding, operation) = match head {
            ast::SelectHead::Timeout(_) => return Some(SelectArmKind::Timeout),
            ast::SelectHead::Else(_) => return Some(SelectArmKind::Else),
            ast::SelectHead::Operation { binding, operation } => (binding.as_ref(), operation),
        };
        if let ast::ExprKind::Method(method) = &operation.kind
            && let Some(plain) = waits_alone(&method.name.text)
        {
            self.not_an_arm(
                operation.span,
                &format!(
                    "write `{plain}`: in a `select` it does not wait for its own channel alone"
                ),
            );
            return None;
        }
        let before = self.diagnostics.len();
        let resolved = self.expr(operation);
        let wrong = self.diagnostics.len() > before || self.broken;
        let bound = binding.map(|name| self.local(name, &resolved.ty.clone(), None));
        match resolved.kind {
            ExprKind::Method(Method::Recv, from, _) => Some(SelectArmKind::Receive(bound, *from)),
            ExprKind::Method(Method::RecvOr, from, mut args) => {
                let or = args.pop()?;
                Some(SelectArmKind::ReceiveOr(bound, *from, or))
            }
            ExprKind::Method(Method::Send, to, mut args) => {
                if let Some(binding) = binding {
                    self.misplaced(
                        binding.span,
                        "a name for the value of `send`",
                        "`send` gives no value",
                    );
                }
                Some(SelectArmKind::Send(*to, args.pop()?))
            }
            _ if wrong => None,
            _ => {
                let help = "do it in front of the `select`, or in the block of an arm";
                self.not_an_arm(operation.span, help);
                None
            }
        }
    }

    /// One arm at least sends or receives; one at most says what else happens.
    fn check_arms(&mut self, select: &ast::Select, span: Span) {
        let waits = |arm: &ast::SelectArm| matches!(arm.head, ast::SelectHead::Operation { .. });
        if !select.arms.iter().any(waits) {
            let arms = select.arms.first();
            let at = arms.map_or(span, |arm| head_span(&arm.head));
            self.report(
                Diagnostic::error(codes::NOT_HERE, at, "a `select` that waits for nothing")
                    .label("needs an arm that sends or receives")
                    .help("write an arm: `let x = q.recv() => { … }` or `q.send(1) => { … }`"),
            );
            return;
        }
        let mut others = select.arms.iter().filter(|arm| !waits(arm));
        let Some(first) = others.next() else {
            return;
        };
        let word = |head: &ast::SelectHead| match head {
            ast::SelectHead::Timeout(_) => "timeout",
            _ => "else",
        };
        let (one, place) = (word(&first.head), head_span(&first.head));
        for arm in others {
            let (two, at) = (word(&arm.head), head_span(&arm.head));
            let message = if one == two {
                format!("a second `{two}` in this `select`")
            } else {
                format!("`{two}` beside `{one}` in this `select`")
            };
            self.report(
                Diagnostic::error(codes::NOT_HERE, at, message)
                    .label("only one arm says what happens when no other is ready")
                    .secondary(place, "the first is here")
                    .help("`else` runs at once when no other arm is ready, `timeout` at any moment: keep one of them"),
            );
        }
    }

    fn not_an_arm(&mut self, span: Span, help: &str) {
        let message = "an arm of a `select` is a `recv`, `recv_or` or `send` of a channel";
        self.report(
            Diagnostic::error(codes::NOT_HERE, span, message)
                .label("this is none of them")
                .help(help),
        );
    }
}

/// What to write instead of an operation that does not wait, or only for a while.
fn waits_alone(method: &str) -> Option<&'static str> {
    match method {
        "try_recv" | "recv_for" => Some("recv()"),
        "try_send" | "send_for" => Some("send(v)"),
        _ => None,
    }
}

fn head_span(head: &ast::SelectHead) -> Span {
    match head {
        ast::SelectHead::Operation { binding, operation } => binding
            .as_ref()
            .map_or(operation.span, |name| name.span.to(operation.span)),
        ast::SelectHead::Timeout(span) | ast::SelectHead::Else(span) => *span,
    }
}
