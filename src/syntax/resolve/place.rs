//! Names with indices and fields: `x`, `a[i]`, `account.balance`, `fork[i]`, `worker#1.seen`.

use super::codes;
use super::names::{Def, nearest};
use super::state::{BodyKind, Resolver};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{Expr, ExprKind, ObjectDeclId, ObjectType, Place, Type, VarId};
use crate::syntax::ast;

/// What a name with indices and fields leads to.
pub enum Path {
    /// Shared memory.
    Place(Place),
    /// Any other value.
    Value(Expr),
}

/// One `[i]` or `.name`.
enum Step<'e> {
    Index(&'e ast::Expr),
    Field(&'e ast::Ident),
}

impl Resolver<'_> {
    /// `a[i]` as a value.
    pub fn indexed(&mut self, expr: &ast::Expr) -> Expr {
        match self.path_of(expr) {
            Path::Place(place) => self.read_place(place),
            Path::Value(value) => value,
        }
    }

    /// `base.name` as a value.
    pub fn field(&mut self, expr: &ast::Expr, _base: &ast::Expr, _name: &ast::Ident) -> Expr {
        self.indexed(expr)
    }

    /// A whole variable as a value.
    pub fn read(&mut self, var: VarId, indices: Vec<Expr>, span: Span) -> Expr {
        match self.var_place(var, indices, span) {
            Some(place) => self.read_place(place),
            None => self.error_expr(span),
        }
    }

    /// The value in a place.
    pub fn read_place(&mut self, place: Place) -> Expr {
        let (ty, span) = (place.ty.clone(), place.span);
        if let BodyKind::Constant(what) = self.body.kind {
            self.not_constant(span, what);
            return self.error_expr(span);
        }
        self.make(ExprKind::Read(place), &ty, span)
    }

    /// Follows indices and fields from the name they begin with.
    pub fn path_of(&mut self, expr: &ast::Expr) -> Path {
        let mut steps = Vec::new();
        let mut root = expr;
        loop {
            match &root.kind {
                ast::ExprKind::Index { base, index } => {
                    steps.push((Step::Index(index), root.span));
                    root = base;
                }
                ast::ExprKind::Field { base, name } => {
                    steps.push((Step::Field(name), root.span));
                    root = base;
                }
                _ => break,
            }
        }
        steps.reverse();
        self.path_from(root, &steps)
    }

    fn path_from(&mut self, root: &ast::Expr, steps: &[(Step<'_>, Span)]) -> Path {
        let def = match &root.kind {
            ast::ExprKind::Name(name) if self.body.lookup(&name.text).is_none() => self
                .names
                .lookup(&name.text, self.body.in_file)
                .map(|named| named.def),
            _ => None,
        };
        match def {
            Some(Def::Var(var)) => self.path_in_var(var, root.span, steps),
            Some(Def::Object(object)) => {
                let value = self.path_in_object(object, root.span, steps);
                Path::Value(value)
            }
            _ if steps.is_empty() => Path::Value(self.value(root)),
            Some(Def::Group(_)) => Path::Value(self.actor_local(root, steps)),
            _ if self.names_an_actor(root) => Path::Value(self.actor_local(root, steps)),
            _ => {
                let value = self.value(root);
                Path::Value(self.path_in_value(value, steps))
            }
        }
    }

    fn names_an_actor(&self, root: &ast::Expr) -> bool {
        let name = match &root.kind {
            ast::ExprKind::Replica { .. } => return true,
            ast::ExprKind::Call(call) => &call.name.text,
            _ => return false,
        };
        self.names
            .lookup(name, self.body.in_file)
            .is_some_and(|named| matches!(named.def, Def::Group(_)))
    }

    #[inline(never)]
    fn path_in_var(&mut self, var: VarId, root: Span, steps: &[(Step<'_>, Span)]) -> Path {
        let n_indices = steps
            .iter()
            .take_while(|(step, _)| matches!(step, Step::Index(_)))
            .count();
        let (indices, fields) = steps.split_at(n_indices);
        let end = indices.last().map_or(root, |(_, span)| *span);
        let indices = indices
            .iter()
            .filter_map(|(step, _)| match step {
                Step::Index(index) => Some(self.index(index)),
                Step::Field(_) => None,
            })
            .collect();
        let Some(mut place) = self.var_place(var, indices, end) else {
            return Path::Value(self.error_expr(end));
        };
        for (step, span) in fields {
            let Step::Field(name) = step else {
                return Path::Value(self.no_index(&place.ty.clone(), *span));
            };
            match self.field_of(&place.ty.clone(), name) {
                Some((number, ty)) => {
                    place.fields.push(number);
                    place.ty = ty;
                    place.span = *span;
                }
                None => return Path::Value(self.error_expr(*span)),
            }
        }
        Path::Place(place)
    }

    pub fn index(&mut self, index: &ast::Expr) -> Expr {
        let because = Because::nothing();
        self.expr_of(index, &Type::Int, &because)
    }

    fn var_place(&mut self, var: VarId, indices: Vec<Expr>, span: Span) -> Option<Place> {
        let declared = &self.out.vars[var.index()];
        if declared.dims.len() != indices.len() {
            let (name, at, n) = (declared.name.clone(), declared.span, declared.dims.len());
            self.wrong_indices(&name, at, n, indices.len(), span);
            return None;
        }
        let ty = self.cells.full(&declared.ty);
        Some(Place {
            var,
            indices,
            fields: Vec::new(),
            ty,
            span,
        })
    }

    #[inline(never)]
    fn wrong_indices(
        &mut self,
        name: &str,
        declared: Span,
        wanted: usize,
        found: usize,
        span: Span,
    ) {
        let (message, help) = match (wanted, found) {
            (0, _) => (
                format!("`{name}` is no array"),
                "leave the index out".to_owned(),
            ),
            (_, 0) => (
                format!("`{name}` is an array"),
                format!(
                    "write one element, as in `{name}{}`",
                    "[0]".repeat(wanted.min(4))
                ),
            ),
            _ => (
                format!(
                    "`{name}` takes {}, not {found}",
                    counted(wanted, "index", "indices")
                ),
                format!("write `{name}{}`", "[i]".repeat(wanted.min(4))),
            ),
        };
        self.report(
            Diagnostic::error(codes::SHAPE, span, message)
                .label("used here")
                .secondary(declared, "declared here")
                .help(help),
        );
    }

    #[inline(never)]
    fn path_in_object(
        &mut self,
        object: ObjectDeclId,
        root: Span,
        steps: &[(Step<'_>, Span)],
    ) -> Expr {
        let is_array = self.out.objects[object.index()].len.is_some();
        let (index, rest) = match steps.split_first() {
            Some(((Step::Index(_), _), _)) if !is_array && self.has_entries(object) => {
                (None, steps)
            }
            Some(((Step::Index(index), span), rest)) => (Some((self.index(index), *span)), rest),
            _ => (None, steps),
        };
        let value = match index {
            Some((index, span)) => self.object(object, Some(index), span),
            None => self.object(object, None, root),
        };
        self.path_in_value(value, rest)
    }

    /// A declared object, or an element of a declared array of them.
    #[inline(never)]
    pub fn object(&mut self, object: ObjectDeclId, index: Option<Expr>, span: Span) -> Expr {
        if let BodyKind::Constant(what) = self.body.kind {
            self.not_constant(span, what);
            return self.error_expr(span);
        }
        let declared = &self.out.objects[object.index()];
        let wanted = usize::from(declared.len.is_some());
        if wanted != usize::from(index.is_some()) {
            let (name, at) = (declared.name.clone(), declared.span);
            self.wrong_indices(&name, at, wanted, 1 - wanted, span);
            return self.error_expr(span);
        }
        let ty = Type::Object(declared.kind.ty());
        self.make(ExprKind::Object(object, index.map(Box::new)), &ty, span)
    }

    #[inline(never)]
    fn path_in_value(&mut self, mut value: Expr, steps: &[(Step<'_>, Span)]) -> Expr {
        for (step, span) in steps {
            if self.is_error(&value) && self.cells.is_open(&value.ty) {
                return self.error_expr(*span);
            }
            value = match step {
                Step::Index(index) => match self.cells.head(&value.ty) {
                    Type::Futures(of, n) => {
                        let one = Type::Future(of);
                        self.one_of(value, (one, n), "futures", index, *span)
                    }
                    Type::Values(of, n) => self.one_of(value, (*of, n), "results", index, *span),
                    Type::Object(ObjectType::List(_) | ObjectType::Map(..)) => {
                        self.entry(value, index, *span)
                    }
                    _ => return self.no_index(&value.ty.clone(), *span),
                },
                Step::Field(name) => match self.field_of(&value.ty.clone(), name) {
                    Some((number, ty)) => {
                        self.make(ExprKind::Field(Box::new(value), number), &ty, *span)
                    }
                    None => return self.error_expr(*span),
                },
            };
        }
        value
    }

    #[inline(never)]
    fn no_index(&mut self, ty: &Type, span: Span) -> Expr {
        if !self.cells.is_open(ty) {
            let got = self.a_type(ty);
            self.report(
                Diagnostic::error(codes::SHAPE, span, format!("{got} has no elements"))
                    .label("an index is taken here")
                    .help("an array has elements, a list entries, a map values: `var a[3] = 0`, `list l(3)`"),
            );
        }
        self.error_expr(span)
    }

    /// The number and type of a field; reports one that does not exist.
    #[inline(never)]
    pub fn field_of(&mut self, ty: &Type, name: &ast::Ident) -> Option<(usize, Type)> {
        if name.text.is_empty() {
            self.broken = true;
            return None;
        }
        let Type::Struct(id) = self.cells.head(ty) else {
            self.no_fields(ty, name);
            return None;
        };
        let def = &self.out.structs[id.index()];
        if let Some(number) = def.fields.iter().position(|f| f.name == name.text) {
            return Some((number, def.fields[number].ty.clone()));
        }
        let all = def
            .fields
            .iter()
            .map(|f| format!("`{}`", f.name))
            .collect::<Vec<_>>();
        let near = nearest(&name.text, def.fields.iter().map(|f| f.name.as_str()));
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            name.span,
            format!("`{}` has no field `{}`", def.name, name.text),
        )
        .label("not one of its fields")
        .help(format!("its fields are {}", all.join(", ")));
        if let Some(near) = near {
            diagnostic = diagnostic.fix(name.span, near);
        }
        self.report(diagnostic);
        None
    }

    #[inline(never)]
    fn no_fields(&mut self, ty: &Type, name: &ast::Ident) {
        if self.cells.is_open(ty) {
            self.type_needed(ty, name.span);
            return;
        }
        let got = self.a_type(ty);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            name.span,
            format!("{got} has no field `{}`", name.text),
        )
        .label("no such field");
        if matches!(self.cells.head(ty), Type::Object(_) | Type::Handle) {
            diagnostic = diagnostic.help(format!("operations have parentheses: `{}()`", name.text));
        }
        self.report(diagnostic);
    }

    /// Reports that an operation needs a type which nothing decides.
    pub fn type_needed(&mut self, _ty: &Type, span: Span) {
        if self.speculative {
            return;
        }
        self.report(
            Diagnostic::error(
                codes::UNKNOWN_TYPE_OF,
                span,
                "the type of this value is not known here",
            )
            .label("needed to know what this means")
            .help("give its declaration a type: `var x: Job`, `chan q(2): Job`, `fn f(q: chan)`"),
        );
    }

    /// `worker.local`, `worker#1.local`: the last value of an actor's local, in a property.
    #[inline(never)]
    fn actor_local(&mut self, root: &ast::Expr, steps: &[(Step<'_>, Span)]) -> Expr {
        let Some(((Step::Field(name), span), rest)) = steps.split_first() else {
            return self.misplaced(
                root.span,
                "an index of an actor",
                "write `worker#1` or `worker(0)`",
            );
        };
        let Some(actor) = self.one_actor(root) else {
            return self.error_expr(*span);
        };
        if self.body.kind != BodyKind::Property {
            self.report(
                Diagnostic::error(
                    codes::NOT_HERE,
                    *span,
                    "an actor cannot look into another actor's locals",
                )
                .label("this is a local of another actor")
                .help("share the value through a `var`; only properties see locals"),
            );
            return self.error_expr(*span);
        }
        let group = self.out.actors[actor.index()].group;
        let function = self.out.groups[group].body;
        let Some(body) = self.out.functions.get(function.index()) else {
            return self.error_expr(*span);
        };
        let mut named = (0..body.locals.len()).filter(|&at| body.locals[at].name == name.text);
        match (named.next(), named.next()) {
            (Some(only), None) => {
                let ty = body.locals[only].ty.clone();
                let local = crate::hir::LocalId::new(only);
                let value = self.make(ExprKind::ActorLocal(actor, local), &ty, *span);
                self.path_in_value(value, rest)
            }
            (Some(first), Some(second)) => {
                let places = (body.locals[first].span, body.locals[second].span);
                self.report(
                    Diagnostic::error(
                        codes::AMBIGUOUS,
                        name.span,
                        format!("there are two locals `{}`", name.text),
                    )
                    .label("which one?")
                    .secondary(places.0, "one is declared here")
                    .secondary(places.1, "another here")
                    .help(
                        "give them different names, or declare one before the block and assign it",
                    ),
                );
                self.error_expr(*span)
            }
            (None, _) => {
                let near = nearest(&name.text, body.locals.iter().map(|l| l.name.as_str()));
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    name.span,
                    format!("no local `{}` in `{}`", name.text, body.name),
                )
                .label("not declared there");
                if let Some(near) = near {
                    diagnostic = diagnostic
                        .help("a similar name exists")
                        .fix(name.span, near);
                }
                self.report(diagnostic);
                self.error_expr(*span)
            }
        }
    }
}

/// "1 index", "2 indices".
pub fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}
