//! Executors and futures: `submit`, `map`, lists of futures, loops over them.

use super::codes;
use super::names::{Def, Wanted};
use super::state::Resolver;
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{Expr, ExprKind, FutureLoop, Method, StmtKind, Submit, Type};
use crate::syntax::ast;

/// Futures in one list; each is one bit of what `as_completed` remembers.
const FUTURES_MAX: i64 = 32;

impl Resolver<'_> {
    /// `p.submit(f, a)` and `p.map(f, a..b)`; `None` for another operation.
    pub fn jobs(&mut self, executor: &Expr, method: &ast::Method, span: Span) -> Option<Expr> {
        let is_map = match method.name.text.as_str() {
            "submit" => false,
            "map" => true,
            _ => return None,
        };
        if !self.check_pure(false, &method.name.text, span) {
            return Some(self.error_expr(span));
        }
        let jobs = if is_map {
            self.map(executor, method, span)
        } else {
            self.submit(executor, method, span)
        };
        Some(jobs.unwrap_or_else(|| self.error_expr(span)))
    }

    #[inline(never)]
    fn submit(&mut self, executor: &Expr, method: &ast::Method, span: Span) -> Option<Expr> {
        let Some((first, args)) = method.args.split_first() else {
            self.misplaced(
                span,
                "a `submit` of nothing",
                "name the function that the job runs, then its arguments: `p.submit(f, 1)`",
            );
            return None;
        };
        let (decl, name) = self.job_function(first)?;
        let (function, args, returns) = self.function_called(decl, &name, args, span)?;
        let kind = ExprKind::Submit(Box::new(Submit {
            executor: executor.clone(),
            function,
            args,
        }));
        Some(self.make(kind, &Type::Future(Box::new(returns)), span))
    }

    /// `p.map(f, a..b)` is a list of submits, one for each number.
    #[inline(never)]
    fn map(&mut self, executor: &Expr, method: &ast::Method, span: Span) -> Option<Expr> {
        let [first, over] = method.args.as_slice() else {
            self.check_count(&method.name, method.args.len(), 2, 2, None);
            return None;
        };
        let (decl, name) = self.job_function(first)?;
        let ast::ExprKind::Range(range) = &over.kind else {
            self.misplaced(over.span, "this", "`map` takes a range: `p.map(f, 0..3)`");
            return None;
        };
        let bounds = self.half_open(range, over.span);
        let (ExprKind::Const(from), ExprKind::Const(to)) = (&bounds.0.kind, &bounds.1.kind) else {
            self.not_constant(over.span, "the range of `map`");
            return None;
        };
        let (from, to) = (*from, *to);
        let n = to.saturating_sub(from);
        if !(1..=FUTURES_MAX).contains(&n) {
            self.wrong_number(over.span, n);
            return None;
        }
        // All jobs have the same types, so one call decides the function's copy.
        let number = ast::Expr {
            kind: ast::ExprKind::Int(from),
            span: over.span,
        };
        let (function, _, returns) = self.function_called(decl, &name, &[number], span)?;
        let mut jobs = Vec::new();
        for number in from..to {
            let arg = self.make(ExprKind::Const(number), &Type::Int, over.span);
            let kind = ExprKind::Submit(Box::new(Submit {
                executor: executor.clone(),
                function,
                args: vec![arg],
            }));
            jobs.push(self.make(kind, &Type::Future(Box::new(returns.clone())), span));
        }
        Some(self.futures(jobs, returns, span))
    }

    fn futures(&mut self, futures: Vec<Expr>, of: Type, span: Span) -> Expr {
        let n = u32::try_from(futures.len()).unwrap_or(u32::MAX);
        self.make(
            ExprKind::Struct(futures),
            &Type::Futures(Box::new(of), n),
            span,
        )
    }

    fn wrong_number(&mut self, span: Span, n: i64) {
        let label = if n < 1 {
            "there is nothing to submit".to_owned()
        } else {
            format!("these are {n}")
        };
        self.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                span,
                format!("a list holds 1 to {FUTURES_MAX} futures"),
            )
            .label(label),
        );
    }

    /// The function that a job is to run, by its name.
    fn job_function(&mut self, first: &ast::Expr) -> Option<(usize, ast::Ident)> {
        let name = match &first.kind {
            ast::ExprKind::Name(name) => name,
            ast::ExprKind::Error => {
                self.broken = true;
                return None;
            }
            ast::ExprKind::Call(call) => {
                let name = call.name.text.clone();
                self.misplaced(
                    first.span,
                    "a call",
                    &format!("it would run here, not in a worker: `submit({name}, …)`"),
                );
                return None;
            }
            _ => {
                self.misplaced(first.span, "this", "name the function that the job runs");
                return None;
            }
        };
        let local = self.body.lookup(&name.text);
        if let Some(local) = local {
            let at = self.body.locals[local.index()].span;
            self.not_callable(name, at, "a local");
            return None;
        }
        let Some(named) = self.names.lookup(&name.text, self.body.in_file) else {
            self.unknown_name(name, Wanted::Function);
            return None;
        };
        if let Def::Fn(decl) = named.def {
            return Some((decl, name.clone()));
        }
        self.report(
            Diagnostic::error(
                codes::WRONG_KIND,
                name.span,
                format!("`{}` is not a function", name.text),
            )
            .label("submitted here")
            .secondary(named.span, "declared here")
            .help("a job runs a `fn`"),
        );
        None
    }

    /// `[f, g]`: a list of futures.
    #[inline(never)]
    pub fn list_of_futures(&mut self, values: &[ast::Expr], span: Span) -> Expr {
        let mut of: Option<(Type, Span)> = None;
        let mut futures = Vec::new();
        for value in values {
            let value = self.value(value);
            let Type::Future(result) = self.cells.head(&value.ty) else {
                if self.cells.is_open(&value.ty) {
                    return self.error_expr(span);
                }
                of = None;
                break;
            };
            match &of {
                Some((first, at)) => {
                    let because = Because::at(*at, "the first one decides the type");
                    let wanted = Type::Future(Box::new(first.clone()));
                    futures.push(self.expect_type(value, &wanted, &because));
                }
                None => {
                    of = Some((*result, value.span));
                    futures.push(value);
                }
            }
        }
        let Some((of, _)) = of else {
            return self.misplaced(
                span,
                "a list of values",
                "it gives the elements of an array their values: `var a[3] = [5, 6, 7]`",
            );
        };
        let n = i64::try_from(futures.len()).unwrap_or(i64::MAX);
        if n > FUTURES_MAX {
            self.wrong_number(span, n);
            return self.error_expr(span);
        }
        self.futures(futures, of, span)
    }

    /// `fs[i]` of a list of futures, or of results.
    #[inline(never)]
    pub fn one_of(
        &mut self,
        list: Expr,
        (of, n): (Type, u32),
        what: &str,
        index: &ast::Expr,
        span: Span,
    ) -> Expr {
        let index = self.index(index);
        if let ExprKind::Const(at) = index.kind
            && !(0..i64::from(n)).contains(&at)
        {
            self.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    index.span,
                    format!("there are {n} {what}, so there is no number {at}"),
                )
                .label("counted from 0"),
            );
            return self.error_expr(span);
        }
        let kind = ExprKind::Pick(Box::new(list), Box::new(index));
        self.make(kind, &of, span)
    }

    /// `wait_all(fs)`, `wait_any(fs)`.
    #[inline(never)]
    pub fn wait_for_futures(&mut self, call: &ast::Call, span: Span) -> Expr {
        if !self.check_pure(false, &call.name.text, span) {
            return self.error_expr(span);
        }
        let Some((futures, of)) = self.some_futures(&call.args[0]) else {
            return self.error_expr(span);
        };
        let (method, ty) = if call.name.text == "wait_all" {
            (Method::WaitAll, Type::Unit)
        } else {
            (Method::WaitAny, Type::Future(Box::new(of)))
        };
        let kind = ExprKind::Method(method, Box::new(futures), Vec::new());
        self.make(kind, &ty, span)
    }

    /// A list of futures, and the type of their results; reports anything else.
    fn some_futures(&mut self, expr: &ast::Expr) -> Option<(Expr, Type)> {
        let value = self.value(expr);
        match self.cells.head(&value.ty) {
            Type::Futures(of, _) => Some((value, *of)),
            ty if self.cells.is_open(&ty) => None,
            ty => {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(
                        codes::MISMATCH,
                        value.span,
                        format!("expected a list of futures, found {got}"),
                    )
                    .label(format!("this is {got}"))
                    .help("write the futures as a list, `[f, g]`, or make them with `map`"),
                );
                None
            }
        }
    }

    /// `for f in as_completed(fs) { … }`; `None` if the loop goes over something else.
    #[inline(never)]
    pub fn for_completed(&mut self, for_: &ast::For) -> Option<Option<StmtKind>> {
        let ast::ExprKind::Call(call) = &for_.over.kind else {
            return None;
        };
        let name = &call.name;
        let declared = self.body.lookup(&name.text).is_some()
            || self.names.lookup(&name.text, self.body.in_file).is_some();
        if name.text != "as_completed" || declared {
            return None;
        }
        if !self.check_count(name, call.args.len(), 1, 1, None) {
            return Some(None);
        }
        let Some((futures, of)) = self.some_futures(&call.args[0]) else {
            return Some(None);
        };
        let ty = Type::Future(Box::new(of));
        Some(Some(self.loop_over(
            for_,
            futures,
            FutureLoop::Completed,
            &ty,
        )))
    }

    /// `for f in fs { … }`, and `for r in p.map(f, a..b) { … }` over results.
    #[inline(never)]
    pub fn for_futures(&mut self, for_: &ast::For, futures: Expr, of: Type) -> StmtKind {
        let of_map = matches!(&for_.over.kind, ast::ExprKind::Method(_));
        if of_map {
            self.loop_over(for_, futures, FutureLoop::Results, &of)
        } else {
            let ty = Type::Future(Box::new(of));
            self.loop_over(for_, futures, FutureLoop::Each, &ty)
        }
    }

    /// `for r in rs { … }` over what a `gather` gave.
    #[inline(never)]
    pub fn for_results(&mut self, for_: &ast::For, results: Expr, of: &Type) -> StmtKind {
        self.loop_over(for_, results, FutureLoop::Each, of)
    }

    fn loop_over(
        &mut self,
        for_: &ast::For,
        futures: Expr,
        how: FutureLoop,
        ty: &Type,
    ) -> StmtKind {
        self.body.open();
        let local = self.local(&for_.name, ty, None);
        let body = self.repeated(&for_.body);
        self.body.close();
        StmtKind::ForFutures(local, how, futures, body)
    }
}
