//! Lists and maps: what they begin with, and what is written with `[…]`, `in`, `==`
//! and `for` instead of a name.

use super::codes;
use super::methods::Operation;
use super::objects::CELLS_MAX;
use super::state::Resolver;
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    CollectionOp, EntryUpdate, Expr, ExprKind, Method, ObjectDeclId, ObjectKind, ObjectType, Print,
    StmtKind, Type, UnaryOp,
};
use crate::syntax::ast;

impl Resolver<'_> {
    /// Whether a declared object is a list or map, or an array of them.
    pub fn has_entries(&self, object: ObjectDeclId) -> bool {
        matches!(
            self.out.objects[object.index()].kind,
            ObjectKind::List { .. } | ObjectKind::Map { .. }
        )
    }

    /// Whether values of the type are lists or maps.
    pub fn is_collection(&self, ty: &Type) -> bool {
        matches!(
            self.cells.head(ty),
            Type::Object(ObjectType::List(_) | ObjectType::Map(..))
        )
    }

    /// The types, the first entries and the lock of a declared list or map.
    pub fn finish_collection(&mut self, object: &ast::Object, id: ObjectDeclId) {
        let kind = self.out.objects[id.index()].kind.clone();
        let guard = match (&object.kind, &kind) {
            (
                ast::ObjectKind::List {
                    element: ty,
                    init,
                    guarded_by,
                    ..
                },
                ObjectKind::List { capacity, element },
            ) => {
                self.declared_as(ty.as_ref(), element);
                if let Some(init) = init {
                    self.first_entries(id, init, element, *capacity);
                }
                guarded_by
            }
            (
                ast::ObjectKind::Map {
                    key: key_type,
                    value: value_type,
                    init,
                    guarded_by,
                    ..
                },
                ObjectKind::Map {
                    capacity,
                    key,
                    value,
                },
            ) => {
                self.declared_as(key_type.as_ref(), key);
                self.declared_as(value_type.as_ref(), value);
                self.first_keys(id, init, (key, value), *capacity);
                guarded_by
            }
            _ => return,
        };
        let lock = guard
            .as_ref()
            .and_then(|guard| self.lock_ref(guard, "guarded_by"));
        if let (Some(guard), Some(lock)) = (guard, lock) {
            self.check_shared_lock(object, guard.span, lock, "guard");
        }
        self.out.objects[id.index()].guarded_by = lock;
    }

    fn declared_as(&mut self, written: Option<&ast::Type>, ty: &Type) {
        if let Some(written) = written {
            let known = self.plain_type(written);
            self.cells.unify(ty, &known, written.span);
        }
    }

    /// `= [1, 2]`
    fn first_entries(&mut self, id: ObjectDeclId, init: &ast::Expr, element: &Type, capacity: u32) {
        let ast::ExprKind::Array(values) = &init.kind else {
            if matches!(init.kind, ast::ExprKind::Error) {
                self.broken = true;
                return;
            }
            self.report(
                Diagnostic::error(
                    codes::SHAPE,
                    init.span,
                    "a list begins with a list of values",
                )
                .label("one value")
                .help("write `[1, 2]`; without `= …` it begins empty"),
            );
            return;
        };
        let words = values
            .iter()
            .map(|value| self.initial_value(value, element));
        let words: Vec<_> = words.collect();
        self.check_room(init.span, values.len(), capacity, "entries");
        let words: Option<Vec<_>> = words.into_iter().collect();
        self.out.objects[id.index()].initial = words.unwrap_or_default().concat();
    }

    /// `= { "a": 1 }`
    fn first_keys(
        &mut self,
        id: ObjectDeclId,
        init: &[(ast::Expr, ast::Expr)],
        (key, value): (&Type, &Type),
        capacity: u32,
    ) {
        let mut words = Vec::new();
        let mut seen: Vec<(i64, Span)> = Vec::new();
        for (of, held) in init {
            let first = self.initial_value(of, key);
            let held = self.initial_value(held, value);
            let (Some([word]), Some(held)) = (first.as_deref(), held) else {
                continue;
            };
            if let Some((_, before)) = seen.iter().find(|(other, _)| other == word) {
                self.report(
                    Diagnostic::error(codes::SHAPE, of.span, "the same key twice")
                        .label("has a value already")
                        .secondary(*before, "given here"),
                );
            }
            seen.push((*word, of.span));
            words.push(*word);
            words.extend(held);
        }
        if let [(first, _), .., (_, last)] | [(first, last)] = init {
            self.check_room(first.span.to(last.span), init.len(), capacity, "keys");
        }
        self.out.objects[id.index()].initial = words;
    }

    fn check_room(&mut self, span: Span, n: usize, capacity: u32, what: &str) {
        if n > capacity as usize {
            self.report(
                Diagnostic::error(
                    codes::SHAPE,
                    span,
                    format!("{n} {what} where there is room for {capacity}"),
                )
                .label("begins with too many")
                .help("the number in parentheses is the largest size it ever has"),
            );
        }
    }

    /// Fills in what only the uses of lists and maps decide: their types. `total`
    /// words of memory are variables.
    pub fn finish_collections(&mut self, mut total: u64) {
        for at in 0..self.out.objects.len() {
            let decl = &self.out.objects[at];
            let (kind, capacity, width) = match &decl.kind {
                ObjectKind::List { capacity, element } => {
                    let element = self.cells.full(element);
                    let width = self.width(&element);
                    let capacity = *capacity;
                    (ObjectKind::List { capacity, element }, capacity, width)
                }
                ObjectKind::Map {
                    capacity,
                    key,
                    value,
                } => {
                    let (key, value) = (self.cells.full(key), self.cells.full(value));
                    let (capacity, width) = (*capacity, 1 + self.width(&value));
                    let kind = ObjectKind::Map {
                        capacity,
                        key,
                        value,
                    };
                    (kind, capacity, width)
                }
                _ => continue,
            };
            let (span, n) = (decl.span, u64::from(decl.len.unwrap_or(1)));
            total = total.saturating_add(n * (1 + u64::from(capacity) * width as u64));
            if total > CELLS_MAX {
                self.too_many_cells(span);
                return;
            }
            if let ObjectKind::Map { key, .. } = &kind {
                self.check_key(&key.clone(), span);
            }
            self.out.objects[at].kind = kind;
        }
    }

    /// A key is a number, a truth value, a value of an enum or a string.
    fn check_key(&mut self, key: &Type, span: Span) {
        if matches!(key, Type::Int | Type::Bool | Type::Enum(_) | Type::Str) {
            return;
        }
        let got = self.a_type(key);
        self.report(
            Diagnostic::error(codes::NOT_A_WORD, span, format!("{got} cannot be a key"))
                .label("the keys of this map")
                .help("keys are ints, bools, strings and values of an enum"),
        );
    }

    /// Only what has an order can be sorted.
    pub fn check_sortable(&mut self, element: &Type, span: Span) {
        let ty = self.cells.head(element);
        if self.cells.is_open(&ty) || matches!(ty, Type::Int | Type::Bool | Type::Enum(_)) {
            return;
        }
        let got = self.a_type(&ty);
        self.report(
            Diagnostic::error(
                codes::OPERATOR,
                span,
                format!("`sort` does not apply to {got}"),
            )
            .label("these have no order")
            .help("ints, bools and values of an enum have one"),
        );
    }

    /// `l[i]`, `d[k]`.
    #[inline(never)]
    pub fn entry(&mut self, of: Expr, index: &ast::Expr, span: Span) -> Expr {
        if !self.check_pure(true, "[]", span) {
            return self.error_expr(span);
        }
        let gives = self.element_type(&of);
        let (op, index) = match self.cells.head(&of.ty) {
            Type::Object(ObjectType::Map(key, _)) => {
                let because = Because::at(of.span, "because of the keys of this map");
                (CollectionOp::Get, self.expr_of(index, &key, &because))
            }
            _ => (CollectionOp::At, self.index(index)),
        };
        let kind = ExprKind::Method(Method::Subscript(op), Box::new(of), vec![index]);
        self.make(kind, &gives, span)
    }

    /// Whether a resolved target of an assignment was written `l[i]` or `d[k]`.
    pub fn is_entry(&self, target: &Expr, written: &ast::Expr) -> bool {
        matches!(written.kind, ast::ExprKind::Index { .. })
            && matches!(target.kind, ExprKind::Method(Method::Subscript(_), ..))
    }

    /// `l[i] = e`, `d[k] += e`.
    #[inline(never)]
    pub fn assign_entry(&mut self, target: Expr, assign: &ast::Assign, span: Span) -> StmtKind {
        let value = self.value(&assign.value);
        let ty = target.ty.clone();
        let ExprKind::Method(method, of, mut place) = target.kind else {
            unreachable!("asked before");
        };
        let Some(op) = assign.op else {
            let holds = self.type_name(&ty);
            let because = Because::at(of.span, format!("it holds entries of type {holds}"));
            place.push(self.expect_type(value, &ty, &because));
            let op = match method {
                Method::Subscript(CollectionOp::Get) => CollectionOp::Put,
                _ => CollectionOp::SetAt,
            };
            let kind = ExprKind::Method(Method::Subscript(op), of, place);
            return StmtKind::Expr(self.make(kind, &Type::Unit, span));
        };
        let (op, value) = self.update_operand(op, &ty, target.span, value);
        StmtKind::UpdateEntry(Box::new(EntryUpdate {
            collection: *of,
            key: place.remove(0),
            op,
            value,
        }))
    }

    /// `v in l`, `k in d`.
    #[inline(never)]
    pub fn contains(&mut self, what: Expr, of: Expr, op_span: Span) -> Expr {
        let span = what.span.to(of.span);
        let (op, ty) = match self.cells.head(&of.ty) {
            Type::Object(ObjectType::List(element)) => (CollectionOp::HasValue, *element),
            Type::Object(ObjectType::Map(key, _)) => (CollectionOp::HasKey, *key),
            ty if self.cells.is_open(&ty) => {
                self.type_needed(&ty, of.span);
                return self.error_expr(span);
            }
            ty => {
                let got = self.a_type(&ty);
                self.report(
                    Diagnostic::error(
                        codes::OPERATOR,
                        op_span,
                        format!("`in` does not apply to {got}"),
                    )
                    .label("a list or a map is asked for")
                    .secondary(of.span, format!("this is {got}")),
                );
                return self.error_expr(span);
            }
        };
        if !self.check_pure(true, "in", span) {
            return self.error_expr(span);
        }
        let because = Because::at(of.span, "because of what this holds");
        let what = self.expect_type(what, &ty, &because);
        let kind = ExprKind::Method(Method::Collection(op), Box::new(of), vec![what]);
        self.make(kind, &Type::Bool, span)
    }

    /// `l == [1, 2]`; false if this is another comparison.
    #[inline(never)]
    pub fn compare_with_list(&mut self, left: &mut Expr, operand: &ast::Operand) -> bool {
        let ast::ExprKind::Array(values) = &operand.expr.kind else {
            return false;
        };
        let Type::Object(ObjectType::List(element)) = self.cells.head(&left.ty) else {
            return false;
        };
        if !matches!(operand.op, ast::BinaryOp::Eq | ast::BinaryOp::Ne) {
            return false;
        }
        let span = left.span.to(operand.expr.span);
        if !self.check_pure(true, operand.op.text(), span) {
            *left = self.error_expr(span);
            return true;
        }
        let because = Because::at(left.span, "because of what this list holds");
        let values = values
            .iter()
            .map(|value| self.expr_of(value, &element, &because));
        let values = values.collect();
        let method = Method::Collection(CollectionOp::IsEqual);
        let kind = ExprKind::Method(method, Box::new(left.clone()), values);
        let equal = self.make(kind, &Type::Bool, span);
        *left = match operand.op {
            ast::BinaryOp::Eq => equal,
            _ => self.unary_node(UnaryOp::Not, equal, &Type::Bool, span),
        };
        true
    }

    /// The words of `[1, 2]` as an outcome of a list: how many, then all that it has
    /// room for.
    pub fn list_outcome(&mut self, observed: &Expr, value: &ast::Expr) -> Option<Vec<i64>> {
        let ExprKind::Object(decl, _) = observed.kind else {
            self.misplaced(
                observed.span,
                "a list that is not declared here",
                "name a declared list",
            );
            return None;
        };
        let ObjectKind::List { capacity, element } = self.out.objects[decl.index()].kind.clone()
        else {
            return None;
        };
        let ast::ExprKind::Array(values) = &value.kind else {
            self.report(
                Diagnostic::error(
                    codes::MISMATCH,
                    value.span,
                    "a list is compared with one value",
                )
                .label("what should the list hold?")
                .help("write `([1, 2])`; `([])` for the empty list"),
            );
            return None;
        };
        if values.len() > capacity as usize {
            self.check_room(value.span, values.len(), capacity, "entries");
            return None;
        }
        let mut words = vec![i64::try_from(values.len()).ok()?];
        for value in values {
            words.extend(self.constant(value, Some(&element), "an outcome")?);
        }
        let width = self.width(&element);
        words.resize(1 + capacity as usize * width, 0);
        Some(words)
    }

    /// Two names of lists or maps say nothing about what these hold.
    #[inline(never)]
    pub fn two_collections(&mut self, left: &Expr, span: Span) -> Expr {
        let got = self.a_type(&left.ty);
        self.report(
            Diagnostic::error(
                codes::OPERATOR,
                span,
                format!("{got} is compared with what it should hold"),
            )
            .label("two of them cannot be compared")
            .help("write the entries, as in `l == [1, 2]`, or compare `len` and single entries"),
        );
        self.error_expr(span)
    }

    /// What is printed: a list or map only entry by entry, each a step of its own.
    #[inline(never)]
    pub fn print(&mut self, items: &[ast::Expr]) -> StmtKind {
        let mut printed = Vec::new();
        for item in items {
            let value = self.value(item);
            if self.is_collection(&value.ty) {
                let got = self.a_type(&value.ty);
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_WORD,
                        value.span,
                        format!("`print` takes single values, this is {got}"),
                    )
                    .label("several values")
                    .help(
                        "print its entries: `for x in l { print x }`, or its size: `print len(l)`",
                    ),
                );
            }
            printed.push(Print { value });
        }
        StmtKind::Print(printed)
    }

    /// `for x in l { … }`, `for k in d { … }`.
    #[inline(never)]
    pub fn for_entries(&mut self, for_: &ast::For, over: Expr, of: &Type) -> StmtKind {
        self.body.open();
        let local = self.local(&for_.name, of, None);
        let body = self.repeated(&for_.body);
        self.body.close();
        StmtKind::ForEntries(local, over, body)
    }

    /// `l.extend(other)`, `l.copy_from(d)`, `d.copy_from(other)`.
    #[inline(never)]
    pub fn take_over(
        &mut self,
        op: &Operation,
        receiver: Expr,
        method: &ast::Method,
        span: Span,
    ) -> Expr {
        let right_number = self.check_count(&method.name, method.args.len(), 1, 1, None);
        let args: Vec<Expr> = method.args.iter().map(|arg| self.value(arg)).collect();
        let (true, Ok([other])) = (right_number, <[Expr; 1]>::try_from(args)) else {
            return self.error_expr(span);
        };
        let wanted = match (self.cells.head(&receiver.ty), self.cells.head(&other.ty)) {
            (Type::Object(ObjectType::List(of)), Type::Object(ObjectType::Map(_, value))) => {
                Type::Object(ObjectType::Map(of, value))
            }
            _ => receiver.ty.clone(),
        };
        let because = Because::at(receiver.span, "because of what this holds");
        let other = self.expect_type(other, &wanted, &because);
        let kind = ExprKind::Method(op.method, Box::new(receiver), vec![other]);
        self.make(kind, &Type::Unit, span)
    }
}
