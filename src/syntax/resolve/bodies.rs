//! Bodies of actors and functions, in passes until types stop changing.

use super::codes;
use super::returns::always_leaves;
use super::state::{Body, BodyKind, Pending, Resolver};
use crate::base::{Diagnostic, Span};
use crate::hir::{Block, Function, Type};
use crate::syntax::ast;

/// Passes over a scenario. Each decides at least one type; real ones need three.
const PASSES_MAX: u32 = 24;

impl Resolver<'_> {
    /// Resolves everything that runs, again and again until no pass learns a type
    /// that an earlier place of it could have used. Only what the last pass says counts.
    pub fn resolve_in_passes(&mut self, scenario: Option<&ast::Scenario>) {
        self.declared_wrong = std::mem::take(&mut self.diagnostics);
        for pass in 0..PASSES_MAX {
            self.begin_pass();
            self.pass(scenario);
            let settled = !self.cells.changed();
            let wrong = !self.diagnostics.is_empty() || !self.declared_wrong.is_empty();
            if self.is_over_budget() || settled && (wrong || !self.cells.default_open()) {
                break;
            }
            if pass + 1 == PASSES_MAX && !wrong {
                let span = self.out.span;
                self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_TYPE_OF,
                        span,
                        "the types of this scenario depend on each other in a circle",
                    )
                    .help("give the channels and variables in it a type"),
                );
            }
        }
        if let Some(span) = self.cells.too_deep {
            self.report(
                Diagnostic::error(
                    codes::TYPE_DEPTH,
                    span,
                    "this type contains itself, or nests too deeply",
                )
                .label("types nest at most 8 deep")
                .help("give the channels their type: `chan q(1): int`"),
            );
        }
        if self.is_over_budget() {
            let span = self.out.span;
            self.report(
                Diagnostic::error(
                    codes::EXPANSION_LIMIT,
                    span,
                    format!(
                        "expanding this file takes more than {} steps",
                        super::state::WORK_MAX
                    ),
                )
                .label("the limit was reached here")
                .help("use smaller ranges, and fewer kinds of arguments for the same function"),
            );
        }
        let late = std::mem::take(&mut self.diagnostics);
        self.diagnostics = std::mem::take(&mut self.declared_wrong);
        self.diagnostics.extend(late);
    }

    fn is_over_budget(&self) -> bool {
        self.work > super::state::WORK_MAX
    }

    fn begin_pass(&mut self) {
        self.cells.begin_pass();
        self.diagnostics.clear();
        self.labels.clear();
        self.label_names.clear();
        self.instances.ids.clear();
        self.instances.count.clear();
        self.instances.queue.clear();
        self.out.labels.clear();
        self.out.functions.clear();
        self.out.properties.clear();
        self.out.outcomes.clear();
        self.out.fairness.clear();
        self.out.expects.clear();
        self.out.allows.clear();
        self.fns.iter_mut().for_each(|f| f.used = false);
    }

    fn pass(&mut self, scenario: Option<&ast::Scenario>) {
        for group in &self.out.groups {
            self.out
                .functions
                .push(empty_function(&group.name, group.span));
        }
        for group in 0..self.actors.len() {
            self.actor_body(group);
        }
        self.resolve_queue();
        let n_needed = self.out.functions.len();
        self.speculative = true;
        for decl in 0..self.fns.len() {
            // Functions outside scenarios are checked once, for the file.
            if !self.fns[decl].used && (scenario.is_none() || !self.fns[decl].in_file) {
                self.unused_function(decl);
            }
        }
        self.resolve_queue();
        self.speculative = false;
        self.out.functions.truncate(n_needed);
        if let Some(scenario) = scenario {
            self.body = Body::new(BodyKind::Property, false, Type::Unit);
            self.claims(scenario);
        }
    }

    fn actor_body(&mut self, group: usize) {
        let actor = self.actors[group];
        let mut body = Body::new(BodyKind::Actor(group), false, Type::Unit);
        let param = match &actor.replicas {
            ast::Replicas::One => None,
            ast::Replicas::Times(_) => Some(("me", actor.name.span, "the number of the actor")),
            ast::Replicas::Over { param, .. } => Some((
                param.text.as_str(),
                param.span,
                "the parameter of the actor",
            )),
        };
        if let Some((name, span, fixed)) = param {
            let local = crate::hir::Local {
                name: name.to_owned(),
                span,
                ty: Type::Int,
            };
            body.declare(local, Some(fixed));
        }
        let n_params = body.locals.len();
        let (block, body) = self.in_body(body, |this| this.block(&actor.body));
        let function = Function {
            name: actor.name.text.clone(),
            span: actor.name.span,
            n_params,
            locals: body.locals,
            returns: Type::Unit,
            body: block,
        };
        if let Some(slot) = self.out.functions.get_mut(group) {
            *slot = function;
        }
    }

    fn resolve_queue(&mut self) {
        while let Some(pending) = self.instances.queue.pop() {
            if !self.charge(1) {
                return;
            }
            let function = self.function(&pending);
            self.out.functions[pending.id.index()] = function;
            let key = (pending.decl, pending.args);
            if let Some(returns) = self.instances.returns.get_mut(&key) {
                returns.settled = true;
            }
        }
    }

    /// A function nobody calls: resolved with open types, for its mistakes only.
    fn unused_function(&mut self, decl: usize) {
        let args = self.fns[decl]
            .decl
            .params
            .iter()
            .map(|_| self.cells.fresh())
            .collect();
        let returns = self.cells.fresh();
        let pending = Pending {
            decl,
            args,
            returns,
            id: crate::hir::FunctionId(0),
        };
        drop(self.function(&pending));
    }

    fn function(&mut self, pending: &Pending) -> Function {
        let written = self.fns[pending.decl].decl;
        let in_file = self.fns[pending.decl].in_file;
        let kind = BodyKind::Function(pending.decl);
        let body = Body::new(kind, in_file, pending.returns.clone());
        let (block, body) = self.in_body(body, |this| {
            this.parameters(written, &pending.args);
            if let Some(result) = &written.result {
                let ty = this.plain_type(result);
                this.cells.unify(&pending.returns, &ty, result.span);
            }
            let block = this.block(&written.body);
            this.check_returns(written);
            block
        });
        Function {
            name: written.name.text.clone(),
            span: written.name.span,
            n_params: written.params.len(),
            returns: self.cells.full(&pending.returns),
            locals: body.locals,
            body: block,
        }
    }

    fn parameters(&mut self, written: &ast::Fn, args: &[Type]) {
        for (param, arg) in written.params.iter().zip(args) {
            if let Some(ty) = &param.ty {
                let ty = self.plain_type(ty);
                self.cells.unify(arg, &ty, param.span);
            }
            if let Some(first) = self.body.lookup(&param.name.text) {
                let first = self.body.locals[first.index()].span;
                self.report(
                    Diagnostic::error(
                        codes::DECLARED_TWICE,
                        param.name.span,
                        format!("two parameters are called `{}`", param.name.text),
                    )
                    .label("declared again here")
                    .secondary(first, "declared first here"),
                );
            }
            self.local(&param.name, arg, None);
        }
    }

    fn check_returns(&mut self, written: &ast::Fn) {
        let returns = self.body.returns.clone();
        let Some(first) = self
            .body
            .returned
            .or(written.result.as_ref().map(|ty| ty.span))
        else {
            // Nothing is ever returned, so nothing is what it gives.
            let span = written.name.span;
            self.cells.unify(&returns, &Type::Unit, span);
            return;
        };
        if let Some(empty) = self.body.returned_nothing {
            self.missing_return(empty, "returns without a value", first);
        } else if !always_leaves(&written.body) {
            let name = &written.name;
            self.missing_return(name.span, "not every path through it returns", first);
        }
        if self.speculative && self.cells.is_open(&returns) {
            self.cells.unify(&returns, &Type::Int, written.name.span);
        }
    }

    fn missing_return(&mut self, span: Span, label: &str, first: Span) {
        self.report(
            Diagnostic::error(
                codes::MISSING_RETURN,
                span,
                "this function gives a value only on some paths",
            )
            .label(label)
            .secondary(first, "a value is returned here")
            .help("end every path with `return e`, or none"),
        );
    }
}

fn empty_function(name: &str, span: Span) -> Function {
    Function {
        name: name.to_owned(),
        span,
        n_params: 0,
        locals: Vec::new(),
        returns: Type::Unit,
        body: Block::default(),
    }
}
