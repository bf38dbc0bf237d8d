//! Calls: functions, struct values, built-in functions, `spawn`.

use super::codes;
use super::names::{Def, Named, Wanted};
use super::place::Path;
use super::state::{Pending, Resolver, Returns};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    BinaryOp, Block, Choice, Expr, ExprKind, Function, FunctionId, Method, ObjectType, Spawn,
    SpawnKind, StructId, Type, UnaryOp,
};
use crate::syntax::ast;

/// Copies of one function for different types of arguments.
const COPIES_MAX: u32 = 64;

impl Resolver<'_> {
    /// `name(args)` as a value.
    pub fn call(&mut self, call: &ast::Call, span: Span) -> Expr {
        let name = &call.name;
        if let Some(local) = self.body.lookup(&name.text) {
            let at = self.body.locals[local.index()].span;
            return self.not_callable(name, at, "a local");
        }
        match self.names.lookup(&name.text, self.body.in_file) {
            Some(named) => self.call_declared(call, named, span),
            None => self.built_in(call, span),
        }
    }

    #[inline(never)]
    fn call_declared(&mut self, call: &ast::Call, named: Named, span: Span) -> Expr {
        match named.def {
            Def::Fn(decl) => {
                if !self.check_pure(false, &call.name.text, span) {
                    return self.error_expr(span);
                }
                match self.function_called(decl, &call.name, &call.args, span) {
                    Some((id, args, returns)) => {
                        self.make(ExprKind::Call(id, args), &returns, span)
                    }
                    None => self.error_expr(span),
                }
            }
            Def::Struct(id) => self.struct_value(id, call, named.span, span),
            Def::Group(_) => {
                let expr = ast::Expr {
                    kind: ast::ExprKind::Call(Box::new(call.clone())),
                    span,
                };
                self.actor_handle(&expr)
            }
            Def::Const(_) => self.not_callable(&call.name, named.span, "a constant"),
            Def::Var(_) => self.not_callable(&call.name, named.span, "a variable"),
            Def::Object(_) => self.not_callable(&call.name, named.span, "an object"),
            Def::Enum(_) => self.not_callable(&call.name, named.span, "an enum"),
            Def::Loop(_) => self.not_callable(&call.name, named.span, "an event loop"),
            Def::Unsupported => self.error_expr(span),
        }
    }

    #[inline(never)]
    pub fn not_callable(&mut self, name: &ast::Ident, declared: Span, what: &str) -> Expr {
        self.report(
            Diagnostic::error(
                codes::WRONG_KIND,
                name.span,
                format!("`{}` is {what}, not a function", name.text),
            )
            .label("called here")
            .secondary(declared, "declared here"),
        );
        self.error_expr(name.span)
    }

    #[inline(never)]
    fn struct_value(&mut self, id: StructId, call: &ast::Call, declared: Span, span: Span) -> Expr {
        let fields = self.out.structs[id.index()].fields.clone();
        let n = fields.len();
        let fits = self.check_count(&call.name, call.args.len(), n, n, Some(declared));
        let mut values = Vec::new();
        for (at, arg) in call.args.iter().enumerate() {
            let value = self.value(arg);
            values.push(match fields.get(at) {
                Some(field) => {
                    let because = Because::at(declared, format!("field `{}`", field.name));
                    self.expect_type(value, &field.ty, &because)
                }
                None => value,
            });
        }
        if !fits {
            return Expr {
                ty: Type::Struct(id),
                ..self.error_expr(span)
            };
        }
        self.make(ExprKind::Struct(values), &Type::Struct(id), span)
    }

    /// The copy of a function for these arguments, with the arguments and its result.
    #[inline(never)]
    pub fn function_called(
        &mut self,
        decl: usize,
        name: &ast::Ident,
        args: &[ast::Expr],
        span: Span,
    ) -> Option<(FunctionId, Vec<Expr>, Type)> {
        let written = self.fns[decl].decl;
        let n = written.params.len();
        let fits = self.check_count(name, args.len(), n, n, Some(written.name.span));
        let mut values = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let value = self.value(arg);
            values.push(match written.params.get(at) {
                Some(param) => self.argument(decl, param, value),
                None => value,
            });
        }
        self.fns[decl].used |= !self.speculative;
        if !fits {
            return None;
        }
        let types: Vec<Type> = values
            .iter()
            .map(|value| self.cells.full(&value.ty))
            .collect();
        if types.iter().any(|ty| self.cells.is_passing(ty)) {
            // An argument is wrong, or not known before the next pass.
            return None;
        }
        let (id, returns) = self.instance(decl, types, span)?;
        Some((id, values, returns))
    }

    fn argument(&mut self, decl: usize, param: &ast::Param, value: Expr) -> Expr {
        let Some(ty) = &param.ty else { return value };
        let outer = std::mem::replace(&mut self.body.in_file, self.fns[decl].in_file);
        let ty = self.plain_type(ty);
        self.body.in_file = outer;
        let because = Because::at(param.span, "the parameter is declared here");
        self.expect_type(value, &ty, &because)
    }

    /// The copy of a function for argument types, made when it is first asked for.
    fn instance(&mut self, decl: usize, args: Vec<Type>, span: Span) -> Option<(FunctionId, Type)> {
        let key = (decl, args);
        let (ty, returns) = match self.instances.returns.get(&key) {
            Some(returns) if returns.settled => (returns.ty.clone(), returns.ty.clone()),
            Some(returns) => (returns.ty.clone(), self.cells.fresh()),
            None => {
                let ty = self.cells.fresh();
                self.cells.touch();
                let new = Returns {
                    ty: ty.clone(),
                    settled: false,
                };
                self.instances.returns.insert(key.clone(), new);
                (ty, self.cells.fresh())
            }
        };
        if let Some(&id) = self.instances.ids.get(&key) {
            return Some((id, returns));
        }
        let count = self.instances.count.entry(decl).or_default();
        *count += 1;
        if *count > COPIES_MAX {
            let name = &self.fns[decl].decl.name;
            let diagnostic = Diagnostic::error(
                codes::EXPANSION_LIMIT,
                span,
                format!(
                    "`{}` is called with more than {COPIES_MAX} different types",
                    name.text
                ),
            )
            .label("one more here")
            .secondary(name.span, "declared here");
            self.report(diagnostic);
            return None;
        }
        let id = FunctionId::new(self.out.functions.len());
        let name = &self.fns[decl].decl.name;
        self.out.functions.push(Function {
            name: name.text.clone(),
            span: name.span,
            n_params: 0,
            locals: Vec::new(),
            returns: Type::Unit,
            body: Block::default(),
        });
        self.instances.ids.insert(key.clone(), id);
        self.instances.queue.push(Pending {
            decl,
            args: key.1,
            returns: ty,
            id,
        });
        Some((id, returns))
    }

    /// `spawn f(args)`: its value is a handle.
    #[inline(never)]
    pub fn spawn(&mut self, spawn: &ast::Spawn, span: Span) -> Expr {
        if !self.check_pure(false, "spawn", span) {
            return self.error_expr(span);
        }
        let (runs, on) = self.kind_of_spawn(spawn);
        let name = &spawn.call.name;
        let local = self
            .body
            .lookup(&name.text)
            .map(|id| self.body.locals[id.index()].span);
        if let Some(at) = local {
            return self.not_callable(name, at, "a local");
        }
        let Some(named) = self.names.lookup(&name.text, self.body.in_file) else {
            self.unknown_name(name, Wanted::Function);
            spawn.call.args.iter().for_each(|arg| drop(self.expr(arg)));
            return self.error_expr(span);
        };
        let Def::Fn(decl) = named.def else {
            return self.not_spawnable(name, named);
        };
        let Some((function, args, returns)) =
            self.function_called(decl, name, &spawn.call.args, span)
        else {
            return self.make(ExprKind::Const(0), &Type::Handle, span);
        };
        let kind = ExprKind::Spawn(Box::new(Spawn {
            function,
            args,
            kind: runs,
            name: spawn.label.as_ref().map(|label| label.text.clone()),
            daemon: spawn.daemon.is_some(),
            on,
        }));
        let ty = match runs {
            SpawnKind::Task | SpawnKind::Green => Type::Task(Box::new(returns)),
            SpawnKind::Thread | SpawnKind::Process => Type::Handle,
        };
        self.make(kind, &ty, span)
    }

    fn not_spawnable(&mut self, name: &ast::Ident, named: Named) -> Expr {
        let help = match named.def {
            Def::Group(_) => "a declared thread runs from the start; make it a `fn` to spawn it",
            _ => "only a `fn` can be spawned",
        };
        self.report(
            Diagnostic::error(
                codes::WRONG_KIND,
                name.span,
                format!("`{}` is not a function", name.text),
            )
            .label("spawned here")
            .secondary(named.span, "declared here")
            .help(help),
        );
        self.error_expr(name.span)
    }

    #[inline(never)]
    fn built_in(&mut self, call: &ast::Call, span: Span) -> Expr {
        let name = &call.name;
        let n = call.args.len();
        match name.text.as_str() {
            "any" if self.check_count(name, n, 1, 1, None) => self.any(&call.args[0], span),
            "len" if self.check_count(name, n, 1, 1, None) => self.len(&call.args[0], span),
            "abs" if self.check_count(name, n, 1, 1, None) => {
                let value = self.int(&call.args[0]);
                self.unary_node(UnaryOp::Abs, value, &Type::Int, span)
            }
            "min" | "max" if self.check_count(name, n, 2, 2, None) => {
                let op = if name.text == "min" {
                    BinaryOp::Min
                } else {
                    BinaryOp::Max
                };
                let (left, right) = (self.int(&call.args[0]), self.int(&call.args[1]));
                self.binary_node(op, left, right, &Type::Int, span)
            }
            "any" | "len" | "abs" | "min" | "max" => self.error_expr(span),
            "wait_until" | "fence" => self.misplaced(
                span,
                &format!("`{}`", name.text),
                "it is a statement of its own",
            ),
            "wait_all" | "wait_any" if self.check_count(name, n, 1, 1, None) => {
                self.wait_for_futures(call, span)
            }
            "wait_all" | "wait_any" => self.error_expr(span),
            "as_completed" => self.misplaced(
                span,
                "`as_completed`",
                "it says in which order a `for` goes: `for f in as_completed(fs) { … }`",
            ),
            "io" | "gather" | "wait_for" => self.must_be_awaited(name, span),
            _ => {
                call.args.iter().for_each(|arg| drop(self.expr(arg)));
                self.unknown_name(name, Wanted::Function);
                self.error_expr(span)
            }
        }
    }

    fn int(&mut self, arg: &ast::Expr) -> Expr {
        self.expr_of(arg, &Type::Int, &Because::nothing())
    }

    #[inline(never)]
    fn any(&mut self, arg: &ast::Expr, span: Span) -> Expr {
        if !self.check_pure(false, "any", span) {
            return self.error_expr(span);
        }
        let (ty, choice) = match &arg.kind {
            ast::ExprKind::Range(range) => {
                let (from, to) = self.half_open(range, arg.span);
                (Type::Int, Choice { from, to })
            }
            ast::ExprKind::Name(name) if name.text == "bool" => {
                (Type::Bool, self.choice_below(2, arg.span))
            }
            ast::ExprKind::Name(name) => {
                let found = self.names.lookup(&name.text, self.body.in_file);
                let Some(Named {
                    def: Def::Enum(id), ..
                }) = found
                else {
                    return self.misplaced(
                        arg.span,
                        "this",
                        "write `any(0..3)`, `any(bool)`, or `any` of an enum",
                    );
                };
                let n = self.out.enums[id.index()].variants.len();
                (Type::Enum(id), self.choice_below(n as i64, arg.span))
            }
            _ => {
                return self.misplaced(
                    arg.span,
                    "this",
                    "write `any(0..3)`, `any(bool)`, or `any` of an enum",
                );
            }
        };
        if let (ExprKind::Const(from), ExprKind::Const(to)) = (&choice.from.kind, &choice.to.kind)
            && from >= to
        {
            self.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    arg.span,
                    "there is nothing to choose from",
                )
                .label("the end is not after the beginning"),
            );
        }
        self.make(ExprKind::Any(Box::new(choice)), &ty, span)
    }

    fn choice_below(&mut self, n: i64, span: Span) -> Choice {
        Choice {
            from: self.make(ExprKind::Const(0), &Type::Int, span),
            to: self.make(ExprKind::Const(n), &Type::Int, span),
        }
    }

    /// The bounds of a range as half-open.
    pub fn half_open(&mut self, range: &ast::Range, span: Span) -> (Expr, Expr) {
        let from = self.int(&range.start);
        let mut to = self.int(&range.end);
        if range.inclusive {
            let one = self.make(ExprKind::Const(1), &Type::Int, range.end.span);
            to = self.binary_node(BinaryOp::Add, to, one, &Type::Int, span);
        }
        (from, to)
    }

    #[inline(never)]
    fn len(&mut self, arg: &ast::Expr, span: Span) -> Expr {
        if let ast::ExprKind::Name(name) = &arg.kind
            && self.body.lookup(&name.text).is_none()
            && let Some(named) = self.names.lookup(&name.text, self.body.in_file)
        {
            let n = match named.def {
                Def::Var(var) => self.out.vars[var.index()].dims.first().copied(),
                Def::Object(object) => self.out.objects[object.index()].len,
                Def::Group(group) => Some(self.out.groups[group].n),
                _ => None,
            };
            if let Some(n) = n {
                return self.make(ExprKind::Const(i64::from(n)), &Type::Int, span);
            }
        }
        let value = match self.path_of(arg) {
            Path::Place(place) => self.read_place(place),
            Path::Value(value) => value,
        };
        match self.cells.head(&value.ty) {
            Type::Object(ObjectType::Chan(_) | ObjectType::List(_) | ObjectType::Map(..)) => {
                let kind = ExprKind::Method(Method::Len, Box::new(value), Vec::new());
                self.make(kind, &Type::Int, span)
            }
            Type::Futures(_, n) | Type::Values(_, n) => {
                self.make(ExprKind::Const(i64::from(n)), &Type::Int, span)
            }
            ty if self.cells.is_open(&ty) => self.error_expr(span),
            ty => {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(codes::MISMATCH, value.span, format!("{got} has no length"))
                        .label("an array, a channel, a list or a map is asked for"),
                );
                self.error_expr(span)
            }
        }
    }
}
