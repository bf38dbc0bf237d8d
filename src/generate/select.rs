//! `select` statements of a plan.

use super::expressions::constant;
use super::objects::is_chan;
use super::plan::{Arm, ArmOp, Block, Wait};
use super::write::Writer;
use crate::hir::{SelectArm, SelectArmKind, StmtKind, Type};

impl<'p> Writer<'p> {
    pub fn select(
        &mut self,
        arms: &'p [Arm],
        otherwise: Option<&'p (Wait, Block)>,
    ) -> Option<StmtKind> {
        let objects = &self.plan.objects;
        let there = |arm: &&Arm| objects.get(arm.chan).is_some_and(is_chan);
        let arms: Vec<&Arm> = arms.iter().filter(there).collect();
        if arms.is_empty() {
            return None;
        }
        let from = self.at();
        // With `else` it never waits.
        let awaits = self.awaits && !matches!(otherwise, Some((Wait::Try, _)));
        self.put(if awaits { "await select" } else { "select" });
        let awaited = awaits.then(|| self.span(from));
        self.put(" {");
        self.indent += 1;
        let mut made: Vec<SelectArm> = arms.into_iter().filter_map(|arm| self.arm(arm)).collect();
        if let Some((wait, body)) = otherwise {
            let from = self.line();
            let (word, kind) = match wait {
                Wait::Try => ("else", SelectArmKind::Else),
                Wait::Timeout => ("timeout", SelectArmKind::Timeout),
            };
            self.put(word);
            let span = self.span(from);
            self.put(" => ");
            let body = self.block(body);
            made.push(SelectArm { kind, body, span });
        }
        self.indent -= 1;
        self.line();
        self.put("}");
        Some(StmtKind::Select(made, awaited))
    }

    fn arm(&mut self, arm: &'p Arm) -> Option<SelectArm> {
        let line = self.line();
        let (from, kind) = match arm.op {
            ArmOp::Send(value) => {
                let chan = self.chan(arm.chan)?;
                self.put(".send(");
                let at = self.at();
                self.put(&value.to_string());
                let value = constant(value, self.span(at));
                self.put(")");
                (line, SelectArmKind::Send(chan, value))
            }
            ArmOp::Recv | ArmOp::RecvOr => {
                let (name, span) = self.begin_binding("let ");
                self.put(" = ");
                let chan = self.chan(arm.chan)?;
                let default = matches!(arm.op, ArmOp::RecvOr).then(|| {
                    self.put(".recv_or(");
                    let at = self.at();
                    self.put("9");
                    let default = constant(9, self.span(at));
                    self.put(")");
                    default
                });
                if default.is_none() {
                    self.put(".recv()");
                }
                let local = Some(self.new_local(&name, Type::Int, span));
                let kind = match default {
                    Some(default) => SelectArmKind::ReceiveOr(local, chan, default),
                    None => SelectArmKind::Receive(local, chan),
                };
                (span.start as usize, kind)
            }
        };
        let span = self.span(from);
        self.put(" => ");
        let body = self.block(&arm.body);
        Some(SelectArm { kind, body, span })
    }
}
