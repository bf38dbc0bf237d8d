//! Actors as they are written: `worker`, `worker#1`, `philosopher(0)`.

use super::codes;
use super::names::{Def, Wanted};
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{ActorId, Expr, ExprKind};
use crate::syntax::ast;

/// What an actor's name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Actors {
    /// All of a declaration: its index.
    Group(usize),
    /// One of a declaration.
    One(ActorId),
}

impl Resolver<'_> {
    /// The actor or actors that an expression names; reports if it names none.
    pub fn actors_named(&mut self, expr: &ast::Expr) -> Option<Actors> {
        let name = match &expr.kind {
            ast::ExprKind::Name(name) | ast::ExprKind::Replica { name, .. } => name,
            ast::ExprKind::Call(call) => &call.name,
            ast::ExprKind::Error => {
                self.broken = true;
                return None;
            }
            _ => {
                self.misplaced(expr.span, "this", "write the name of an actor");
                return None;
            }
        };
        let Some(named) = self.names.lookup(&name.text, self.body.in_file) else {
            self.unknown_name(name, Wanted::Actor);
            return None;
        };
        let Def::Group(group) = named.def else {
            self.report(
                Diagnostic::error(
                    codes::UNKNOWN_ACTOR,
                    name.span,
                    format!("`{}` is no actor", name.text),
                )
                .label("an actor is asked for here")
                .secondary(named.span, "declared here as something else"),
            );
            return None;
        };
        match &expr.kind {
            ast::ExprKind::Replica { number, .. } => {
                self.member(group, true, &[*number], expr.span)
            }
            ast::ExprKind::Call(call) => {
                let args = call
                    .args
                    .iter()
                    .map(|arg| self.constant_int(arg, "the number of an actor"))
                    .collect::<Option<Vec<_>>>()?;
                self.member(group, false, &args, expr.span)
            }
            _ => Some(Actors::Group(group)),
        }
    }

    fn member(
        &mut self,
        group: usize,
        replicated: bool,
        args: &[i64],
        span: Span,
    ) -> Option<Actors> {
        let declared = &self.out.groups[group];
        let first = declared.first.index();
        let members = first..first + declared.n as usize;
        let found = members
            .clone()
            .find(|&at| self.out.actors[at].instance.args == args && !args.is_empty());
        if let Some(found) = found.filter(|_| declared.replicated == replicated) {
            return Some(Actors::One(ActorId::new(found)));
        }
        let names = self.some_names(group);
        let declared = &self.out.groups[group];
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_ACTOR,
            span,
            format!("no actor `{}`", self.source.slice(span)),
        )
        .label("there is none of that name")
        .secondary(declared.span, "declared here")
        .help(format!("write {names}"));
        self.report(diagnostic);
        None
    }

    /// "`w#1`, `w#2` or `w#3`".
    fn some_names(&self, group: usize) -> String {
        let declared = &self.out.groups[group];
        let first = declared.first.index();
        let names = self.out.actors[first..first + declared.n as usize]
            .iter()
            .map(|actor| format!("`{}`", actor.name))
            .collect::<Vec<_>>();
        match names.as_slice() {
            [] => "the name of an actor".to_owned(),
            [only] => only.clone(),
            [first, second] => format!("{first} or {second}"),
            [first, .., last] => format!("{first}, …, {last}"),
        }
    }

    /// The one actor that an expression names; reports if it is not one.
    pub fn one_actor(&mut self, expr: &ast::Expr) -> Option<ActorId> {
        match self.actors_named(expr)? {
            Actors::One(actor) => Some(actor),
            Actors::Group(group) if self.out.groups[group].n == 1 => {
                Some(self.out.groups[group].first)
            }
            Actors::Group(group) => {
                self.which_one(group, expr.span);
                None
            }
        }
    }

    fn which_one(&mut self, group: usize, span: Span) {
        let names = self.some_names(group);
        let declared = &self.out.groups[group];
        let diagnostic = Diagnostic::error(
            codes::AMBIGUOUS,
            span,
            format!("there are {} actors `{}`", declared.n, declared.name),
        )
        .label("which one?")
        .secondary(declared.span, "declared here")
        .help(format!("write {names}"));
        self.report(diagnostic);
    }

    /// A declaration of actors as a value: the handle of its only actor.
    pub fn group(&mut self, group: usize, span: Span) -> Expr {
        if self.out.groups[group].n == 1 {
            let ty = self.handle_of(group);
            return self.make(ExprKind::Group(group), &ty, span);
        }
        self.which_one(group, span);
        self.error_expr(span)
    }

    /// `worker#1` or `philosopher(0)` as a value: its handle.
    pub fn actor_handle(&mut self, expr: &ast::Expr) -> Expr {
        match self.one_actor(expr) {
            Some(actor) => {
                let word = ExprKind::Const(i64::from(actor.0));
                let ty = self.handle_of(self.out.actors[actor.index()].group);
                self.make(word, &ty, expr.span)
            }
            None => self.error_expr(expr.span),
        }
    }
}
