//! Operations on objects, handles and atomics.

use super::codes;
use super::methods::{ATOMIC, Gives, Operation, Takes, near_miss, operations};
use super::names::{Def, nearest};
use super::place::{Path, counted};
use super::state::{BodyKind, Resolver};
use super::types::Because;
use crate::base::{Diagnostic, Span};
use crate::hir::{
    AtomicOp, BinaryOp, CollectionOp, Expr, ExprKind, Method, ObjectKind, ObjectType, Place, Type,
};
use crate::syntax::ast;

/// Memory orderings; without effect under sequential consistency.
const ORDERINGS: [&str; 5] = ["relaxed", "acquire", "release", "acq_rel", "seq_cst"];

impl Resolver<'_> {
    /// `receiver.name(args)` as a value.
    pub fn method(&mut self, method: &ast::Method, span: Span) -> Expr {
        self.operation(method, span, false)
    }

    /// `receiver.name(args)`; `for_effect` as a statement, where a receive may give nothing.
    ///
    /// A chain `a.f().g().h()` is a loop from the left, so that it costs no stack.
    pub fn operation(&mut self, method: &ast::Method, span: Span, for_effect: bool) -> Expr {
        let mut chain = vec![(method, span)];
        let mut at = method;
        while let ast::ExprKind::Method(inner) = &at.receiver.kind {
            chain.push((inner, at.receiver.span));
            at = inner;
        }
        let mut receiver = self.receiver(at);
        while let Some((method, span)) = chain.pop() {
            let last = chain.is_empty();
            let value = self.operation_on(receiver, method, span, for_effect && last);
            receiver = Path::Value(value);
        }
        match receiver {
            Path::Value(value) => value,
            Path::Place(place) => self.read_place(place),
        }
    }

    #[inline(never)]
    fn operation_on(
        &mut self,
        receiver: Path,
        method: &ast::Method,
        span: Span,
        for_effect: bool,
    ) -> Expr {
        let receiver = match receiver {
            Path::Place(place) if self.out.vars[place.var.index()].atomic => {
                return self.atomic(place, method, span);
            }
            Path::Place(place) => self.read_place(place),
            Path::Value(value) => value,
        };
        let ty = self.cells.full(&receiver.ty);
        if self.cells.is_open(&ty) {
            if !method.name.text.is_empty() && !self.is_error(&receiver) {
                self.type_needed(&ty, receiver.span);
            }
            return self.error_expr(span);
        }
        if ty == Type::Object(ObjectType::Executor)
            && let Some(jobs) = self.jobs(&receiver, method, span)
        {
            return jobs;
        }
        let all = operations(&ty);
        let Some(found) = all.iter().find(|op| op.name == method.name.text) else {
            self.unknown_method(&ty, all, method);
            return self.error_expr(span);
        };
        self.apply(found, receiver, method, span, for_effect)
    }

    /// Whether the expression stands for one that was wrong or is not known.
    pub fn is_error(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Const(_))
    }

    #[inline(never)]
    fn receiver(&mut self, method: &ast::Method) -> Path {
        if let ast::ExprKind::Name(name) = &method.receiver.kind
            && method.name.text == "join"
            && self.body.lookup(&name.text).is_none()
            && let Some(named) = self.names.lookup(&name.text, self.body.in_file)
            && let Def::Group(group) = named.def
        {
            let ty = self.handle_of(group);
            let all = self.make(ExprKind::Group(group), &ty, name.span);
            return Path::Value(all);
        }
        self.path_of(&method.receiver)
    }

    #[inline(never)]
    fn apply(
        &mut self,
        op: &Operation,
        receiver: Expr,
        method: &ast::Method,
        span: Span,
        for_effect: bool,
    ) -> Expr {
        if op.method == Method::TryRecv && !for_effect {
            self.may_give_nothing(method, span);
            return self.error_expr(span);
        }
        if !self.check_pure(is_query(op.method), &method.name.text, span) {
            return self.error_expr(span);
        }
        let element = self.element_type(&receiver);
        if op.takes == Takes::Other {
            return self.take_over(op, receiver, method, span);
        }
        let wanted = self.wanted(op.takes, &receiver, &element);
        let (least, most) = match op.takes {
            Takes::MaybeInt | Takes::MaybePosition(_) => (0, 1),
            _ => (wanted.len(), wanted.len()),
        };
        let right_number = self.check_count(&method.name, method.args.len(), least, most, None);
        let because = match self.cells.fixed_at(&element) {
            Some(at) if op.takes == Takes::Element => {
                let (what, holds) = (self.kind_name(&receiver.ty), self.type_name(&element));
                let what = if what == "chan" { "channel" } else { &what };
                Because::at(
                    at,
                    format!("the {what} holds elements of type {holds} since this"),
                )
            }
            _ => Because::nothing(),
        };
        let mut args = Vec::new();
        for (index, arg) in method.args.iter().enumerate() {
            let arg = self.value(arg);
            args.push(match wanted.get(index) {
                Some(wanted) if right_number => self.expect_type(arg, wanted, &because),
                _ => arg,
            });
        }
        if let Takes::MaybePosition(position) | Takes::Fixed(position) = op.takes
            && args.is_empty()
        {
            args.push(self.make(ExprKind::Const(position), &Type::Int, span));
        }
        if op.method == Method::Collection(CollectionOp::Sort) {
            self.check_sortable(&element, span);
        }
        if op.takes == Takes::MaybeInt || op.takes == Takes::Int {
            self.check_positive(&args, &method.name.text);
        }
        let gives = match op.gives {
            Gives::Nothing => Type::Unit,
            Gives::Bool => Type::Bool,
            Gives::Int => Type::Int,
            Gives::Element => element,
            Gives::Name => Type::Str,
            Gives::Result => match self.cells.head(&receiver.ty) {
                Type::Future(of) | Type::Task(of) => *of,
                _ => Type::Unit,
            },
        };
        let kind = ExprKind::Method(op.method, Box::new(receiver), args);
        self.make(kind, &gives, span)
    }

    /// The types of the arguments, one for each that can be written.
    fn wanted(&self, takes: Takes, receiver: &Expr, element: &Type) -> Vec<Type> {
        let key = || match self.cells.head(&receiver.ty) {
            Type::Object(ObjectType::Map(key, _)) => *key,
            _ => Type::Int,
        };
        match takes {
            Takes::Nothing | Takes::Fixed(_) | Takes::Other => Vec::new(),
            Takes::Int | Takes::MaybeInt | Takes::Position | Takes::MaybePosition(_) => {
                vec![Type::Int]
            }
            Takes::Element => vec![element.clone()],
            Takes::PositionAndElement => vec![Type::Int, element.clone()],
            Takes::Key => vec![key()],
            Takes::KeyAndValue => vec![key(), element.clone()],
        }
    }

    fn check_positive(&mut self, args: &[Expr], name: &str) {
        if let [arg] = args
            && let ExprKind::Const(word) = arg.kind
            && word < 0
        {
            self.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    arg.span,
                    format!("`{name}` takes no negative number"),
                )
                .label(format!("this is {word}")),
            );
        }
    }

    /// The type of a channel's elements, a list's entries, a map's values; of a
    /// declared one as it was declared, so that a message can say what decided it.
    pub fn element_type(&self, receiver: &Expr) -> Type {
        if let ExprKind::Object(decl, _) = receiver.kind
            && let ObjectKind::Chan { element, .. }
            | ObjectKind::List { element, .. }
            | ObjectKind::Map { value: element, .. } = &self.out.objects[decl.index()].kind
        {
            return element.clone();
        }
        match self.cells.head(&receiver.ty) {
            Type::Object(ObjectType::Chan(of) | ObjectType::List(of) | ObjectType::Map(_, of)) => {
                *of
            }
            _ => Type::Unit,
        }
    }

    /// In a property or `wait_until`, only questions may be asked; false after reporting.
    #[inline(never)]
    pub fn check_pure(&mut self, query: bool, name: &str, span: Span) -> bool {
        if let BodyKind::Constant(what) = self.body.kind {
            self.not_constant(span, what);
            return false;
        }
        if let Some(place) = self.body.pure
            && !query
        {
            self.report(
                Diagnostic::error(
                    codes::PROPERTY_ACTS,
                    span,
                    format!("{place} only looks, but `{name}` acts"),
                )
                .label("this changes something, or waits")
                .help("ask with `len`, `is_empty`, `is_full`, `is_locked`, `value`, `is_set`, `is_alive`, `done` or `load`"),
            );
            return false;
        }
        true
    }

    /// Reports a wrong number of arguments.
    #[inline(never)]
    pub fn check_count(
        &mut self,
        name: &ast::Ident,
        found: usize,
        least: usize,
        most: usize,
        declared: Option<Span>,
    ) -> bool {
        if (least..=most).contains(&found) {
            return true;
        }
        let takes = if least == most {
            counted(most, "argument", "arguments")
        } else {
            format!("{least} or {}", counted(most, "argument", "arguments"))
        };
        let mut diagnostic = Diagnostic::error(
            codes::ARGUMENTS,
            name.span,
            format!("`{}` takes {takes}, not {found}", name.text),
        )
        .label(format!(
            "called with {}",
            counted(found, "argument", "arguments")
        ));
        if let Some(declared) = declared {
            diagnostic = diagnostic.secondary(declared, "declared here");
        } else if name.text == "wait_for" && found == 1 {
            diagnostic = diagnostic.help(
                "to wait until something holds, loop: `while !ready { c.wait() }`; `c.wait_for()` \
                 is a wait that may give up",
            );
        }
        self.report(diagnostic);
        false
    }

    #[inline(never)]
    fn may_give_nothing(&mut self, method: &ast::Method, span: Span) {
        let receiver = self.source.slice(method.receiver.span).to_owned();
        let name = &method.name.text;
        self.report(
            Diagnostic::error(
                codes::MAY_GIVE_NOTHING,
                span,
                format!("`{name}` may give nothing, so it has no plain value"),
            )
            .label("what if there is nothing?")
            .help(format!(
                "write `if let x = {receiver}.{name}() {{ … }} else {{ … }}`"
            )),
        );
    }

    #[inline(never)]
    fn unknown_method(&mut self, ty: &Type, all: &[Operation], method: &ast::Method) {
        let name = &method.name;
        if name.text.is_empty() {
            self.broken = true;
            return;
        }
        if name.text == "recv_for" && matches!(ty, Type::Object(ObjectType::Chan(_))) {
            let span = method.receiver.span.to(name.span);
            self.may_give_nothing(method, span);
            return;
        }
        let kind = self.kind_name(ty);
        let article = if matches!(kind.as_str(), "int" | "event" | "executor") {
            "an"
        } else {
            "a"
        };
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_METHOD,
            name.span,
            format!("{article} {kind} has no operation `{}`", name.text),
        )
        .label("no such operation");
        let names = || all.iter().map(|op| op.name);
        let is_executor = *ty == Type::Object(ObjectType::Executor);
        let near = near_miss(&name.text)
            .iter()
            .copied()
            .find(|ours| names().any(|op| op == *ours) || is_executor && *ours == "submit")
            .or_else(|| nearest(&name.text, names()));
        let jobs = ["submit", "map"].map(|name| format!("`{name}`"));
        let list = jobs
            .into_iter()
            .filter(|_| is_executor)
            .chain(names().map(|op| format!("`{op}`")))
            .collect::<Vec<_>>()
            .join(", ");
        diagnostic = match (&ty, all.is_empty()) {
            (Type::Object(ObjectType::Once), _) => {
                diagnostic.help("use it with `with o.first { … }`")
            }
            (_, true) if self.has_atomic_operation(&name.text) => {
                diagnostic.help("declare the variable with `atomic` instead of `var`")
            }
            (_, true) => diagnostic.help("it is a plain value: use it in expressions"),
            (_, false) => diagnostic.help(format!("{article} {kind} has {list}")),
        };
        if let Some(near) = near {
            diagnostic = diagnostic.fix(name.span, near);
        }
        self.report(diagnostic);
    }

    fn has_atomic_operation(&self, name: &str) -> bool {
        ATOMIC.contains(&name)
    }

    fn kind_name(&self, ty: &Type) -> String {
        match ty {
            Type::Object(ObjectType::Chan(_)) => "chan".to_owned(),
            Type::Future(_) => "future".to_owned(),
            _ => self.type_name(ty),
        }
    }

    #[inline(never)]
    fn atomic(&mut self, place: Place, method: &ast::Method, span: Span) -> Expr {
        let name = &method.name;
        let (op, takes) = match name.text.as_str() {
            "load" => (AtomicOp::Load, 0),
            "store" => (AtomicOp::Store, 1),
            "swap" => (AtomicOp::Swap, 1),
            "fetch_add" => (AtomicOp::Fetch(BinaryOp::Add), 1),
            "fetch_sub" => (AtomicOp::Fetch(BinaryOp::Sub), 1),
            "fetch_and" => (AtomicOp::Fetch(BinaryOp::BitAnd), 1),
            "fetch_or" => (AtomicOp::Fetch(BinaryOp::BitOr), 1),
            "fetch_xor" => (AtomicOp::Fetch(BinaryOp::BitXor), 1),
            "fetch_max" => (AtomicOp::Fetch(BinaryOp::Max), 1),
            "fetch_min" => (AtomicOp::Fetch(BinaryOp::Min), 1),
            "compare_exchange" => (AtomicOp::CompareExchange, 2),
            "plain_load" => (AtomicOp::PlainLoad, 0),
            "plain_store" => (AtomicOp::PlainStore, 1),
            _ => return self.other_on_atomic(place, method, span),
        };
        let looks = matches!(op, AtomicOp::Load | AtomicOp::PlainLoad);
        if !self.check_pure(looks, &name.text, span) {
            return self.error_expr(span);
        }
        let given = self.without_orderings(&method.args, takes);
        let right_number = self.check_count(name, given.len(), takes, takes, None);
        let ty = match op {
            AtomicOp::Fetch(how) => self.fetched(how, &place),
            _ => place.ty.clone(),
        };
        let declared = &self.out.vars[place.var.index()];
        let because = Because::at(
            declared.span,
            format!("`{}` is declared here", declared.name),
        );
        let mut args = Vec::new();
        for arg in given {
            let arg = self.value(arg);
            args.push(if right_number {
                self.expect_type(arg, &ty, &because)
            } else {
                arg
            });
        }
        let gives = match op {
            AtomicOp::Store | AtomicOp::PlainStore => Type::Unit,
            AtomicOp::CompareExchange => Type::Bool,
            AtomicOp::Load | AtomicOp::Swap | AtomicOp::Fetch(_) | AtomicOp::PlainLoad => ty,
        };
        self.make(ExprKind::Atomic(op, place, args), &gives, span)
    }

    /// The type a read-modify-write works on: an `int`, or a bool for the logical ones.
    fn fetched(&mut self, how: BinaryOp, place: &Place) -> Type {
        let logical = matches!(how, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor);
        if logical && self.cells.head(&place.ty) == Type::Bool {
            return Type::Bool;
        }
        if !self.cells.unify(&Type::Int, &place.ty, place.span) {
            let got = self.a_type(&place.ty);
            self.report(
                Diagnostic::error(
                    codes::OPERATOR,
                    place.span,
                    format!("this does not apply to {got}"),
                )
                .label("an int is asked for"),
            );
            return self.cells.fresh();
        }
        Type::Int
    }

    /// A variable may hold a lock or a channel; then their operations are meant.
    #[inline(never)]
    fn other_on_atomic(&mut self, place: Place, method: &ast::Method, span: Span) -> Expr {
        let ty = self.cells.full(&place.ty);
        let all = operations(&ty);
        if let Some(found) = all.iter().find(|op| op.name == method.name.text) {
            let receiver = self.read_place(place);
            return self.apply(found, receiver, method, span, false);
        }
        let name = &method.name;
        if name.text.is_empty() {
            self.broken = true;
            return self.error_expr(span);
        }
        let near = near_miss(&name.text)
            .iter()
            .copied()
            .find(|ours| ATOMIC.contains(ours))
            .or_else(|| nearest(&name.text, ATOMIC.iter().copied()));
        let list = ATOMIC
            .iter()
            .map(|op| format!("`{op}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_METHOD,
            name.span,
            format!("an atomic has no operation `{}`", name.text),
        )
        .label("no such operation")
        .help(format!("an atomic has {list}"));
        if let Some(near) = near {
            diagnostic = diagnostic.fix(name.span, near);
        }
        self.report(diagnostic);
        self.error_expr(span)
    }

    /// The arguments without memory orderings behind them.
    fn without_orderings<'e>(&self, args: &'e [ast::Expr], takes: usize) -> &'e [ast::Expr] {
        let orderings = args
            .get(takes..)
            .unwrap_or_default()
            .iter()
            .all(|arg| self.is_ordering(arg));
        let most = if takes == 2 { 4 } else { takes + 1 };
        if orderings && args.len() > takes && args.len() <= most {
            &args[..takes]
        } else {
            args
        }
    }

    /// Whether an argument is the name of a memory ordering.
    pub fn is_ordering(&self, arg: &ast::Expr) -> bool {
        matches!(&arg.kind, ast::ExprKind::Name(name)
            if ORDERINGS.contains(&name.text.as_str()) && self.body.lookup(&name.text).is_none())
    }
}

/// Whether an operation only looks.
fn is_query(method: Method) -> bool {
    matches!(
        method,
        Method::IsLocked
            | Method::Value
            | Method::IsSet
            | Method::Len
            | Method::IsEmpty
            | Method::IsFull
            | Method::IsAlive
            | Method::FutureDone
            | Method::TaskEnded
            | Method::Subscript(CollectionOp::At | CollectionOp::Get)
            | Method::Collection(
                CollectionOp::At
                    | CollectionOp::HasValue
                    | CollectionOp::IsEqual
                    | CollectionOp::Get
                    | CollectionOp::GetOr
                    | CollectionOp::HasKey
            )
    )
}
