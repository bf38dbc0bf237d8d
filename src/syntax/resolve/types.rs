//! Types as written and as shown to the author.

use super::codes;
use super::names::{Def, Wanted};
use super::state::Resolver;
use crate::base::{Diagnostic, Span};
use crate::hir::{Expr, ExprKind, Method, ObjectType, Type};
use crate::syntax::ast;

/// Why a type is asked for: shown at a second place.
#[derive(Clone, Debug)]
pub struct Because {
    /// What decided it.
    pub span: Option<Span>,
    /// How, lower case, no full stop.
    pub text: String,
}

impl Because {
    /// Nothing to point at.
    pub fn nothing() -> Self {
        Self {
            span: None,
            text: String::new(),
        }
    }

    /// A place that decides the type.
    pub fn at(span: Span, text: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            text: text.into(),
        }
    }
}

impl Resolver<'_> {
    /// A type in the author's words, with its article: "an int", "a `Job`".
    pub fn a_type(&self, ty: &Type) -> String {
        let name = self.type_name(ty);
        match self.cells.head(ty) {
            Type::Unit => name,
            Type::Int => format!("an {name}"),
            Type::Object(ObjectType::Event | ObjectType::Executor) => format!("an {name}"),
            _ => format!("a {name}"),
        }
    }

    /// A type in the author's words.
    pub fn type_name(&self, ty: &Type) -> String {
        match self.cells.full(ty) {
            Type::Unit => "nothing".to_owned(),
            Type::Int => "int".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Str => "string".to_owned(),
            Type::Handle => "thread handle".to_owned(),
            Type::Future(of) if self.cells.is_open(&of) => "future".to_owned(),
            Type::Future(of) => format!("future of {}", self.type_name(&of)),
            Type::Futures(..) => "list of futures".to_owned(),
            Type::Values(..) => "list of results".to_owned(),
            Type::Task(_) => "task".to_owned(),
            Type::Enum(id) => self
                .enum_def(id)
                .map_or("value of unknown type".to_owned(), |def| {
                    format!("`{}`", def.name)
                }),
            Type::Struct(id) => format!("`{}`", self.out.structs[id.index()].name),
            Type::Object(object) => match object {
                ObjectType::Lock => "lock".to_owned(),
                ObjectType::RwLock => "rwlock".to_owned(),
                ObjectType::Sem => "sem".to_owned(),
                ObjectType::Cond => "cond".to_owned(),
                ObjectType::Event => "event".to_owned(),
                ObjectType::Barrier => "barrier".to_owned(),
                ObjectType::Once => "once".to_owned(),
                ObjectType::Latch => "latch".to_owned(),
                ObjectType::Executor => "executor".to_owned(),
                ObjectType::List(_) => "list".to_owned(),
                ObjectType::Map(..) => "map".to_owned(),
                ObjectType::Chan(of) if self.cells.is_open(&of) => "chan".to_owned(),
                ObjectType::Chan(of) => format!("chan of {}", self.type_name(&of)),
            },
        }
    }

    /// A written type, with the bounds of its range if it has one.
    pub fn written_type(&mut self, ty: &ast::Type) -> (Type, Option<(i64, i64)>) {
        match &ty.kind {
            ast::TypeKind::Named(name) => (self.named_type(name), None),
            ast::TypeKind::Range(range) => (Type::Int, self.written_range(range, ty.span)),
        }
    }

    /// A written type where a range would not be checked.
    pub fn plain_type(&mut self, ty: &ast::Type) -> Type {
        let (known, range) = self.written_type(ty);
        if range.is_some() {
            self.report(
                Diagnostic::error(codes::NOT_HERE, ty.span, "a range cannot stand here")
                    .label("only a `var` or `atomic` is checked for its range")
                    .help("write `int`")
                    .fix(ty.span, "int"),
            );
        }
        known
    }

    fn named_type(&mut self, name: &ast::Ident) -> Type {
        let object = match name.text.as_str() {
            "" => {
                self.broken = true;
                return self.cells.fresh();
            }
            "int" => return Type::Int,
            "bool" => return Type::Bool,
            "thread" => return Type::Handle,
            "str" | "string" => return Type::Str,
            "lock" => ObjectType::Lock,
            "rwlock" => ObjectType::RwLock,
            "sem" => ObjectType::Sem,
            "cond" => ObjectType::Cond,
            "event" => ObjectType::Event,
            "barrier" => ObjectType::Barrier,
            "once" => ObjectType::Once,
            "latch" => ObjectType::Latch,
            "executor" => ObjectType::Executor,
            "future" => return Type::Future(Box::new(self.cells.fresh())),
            "chan" => ObjectType::Chan(Box::new(self.cells.fresh())),
            "list" => ObjectType::List(Box::new(self.cells.fresh())),
            "map" => {
                let (key, value) = (self.cells.fresh(), self.cells.fresh());
                ObjectType::Map(Box::new(key), Box::new(value))
            }
            "task" | "green" => return Type::Task(Box::new(self.cells.fresh())),
            "process" => {
                self.not_supported(&name.text, name.span);
                return self.cells.fresh();
            }
            _ => return self.declared_type(name),
        };
        Type::Object(object)
    }

    fn declared_type(&mut self, name: &ast::Ident) -> Type {
        match self.names.lookup(&name.text, self.body.in_file) {
            Some(named) => match named.def {
                Def::Enum(id) => return Type::Enum(id),
                Def::Struct(id) => return Type::Struct(id),
                _ => self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_TYPE,
                        name.span,
                        format!("`{}` is no type", name.text),
                    )
                    .label("a type is asked for here")
                    .secondary(named.span, "declared here as something else"),
                ),
            },
            None => match written_elsewhere(&name.text) {
                Some(ours) => self.report(
                    Diagnostic::error(
                        codes::UNKNOWN_TYPE,
                        name.span,
                        format!("no type `{}`", name.text),
                    )
                    .label(format!("`{ours}` is meant"))
                    .help(format!("write `{ours}`"))
                    .fix(name.span, ours),
                ),
                None => self.unknown_name(name, Wanted::Type),
            },
        }
        self.cells.fresh()
    }

    /// Whether a value of the type is one word.
    pub fn is_word(&self, ty: &Type) -> bool {
        !matches!(
            self.cells.head(ty),
            Type::Struct(_) | Type::Futures(..) | Type::Values(..) | Type::Unit
        )
    }

    /// Asks that an expression has a type; reports it with both places if not.
    pub fn expect_type(&mut self, found: Expr, ty: &Type, because: &Because) -> Expr {
        if self.cells.unify(ty, &found.ty, found.span) {
            return self.typed(found);
        }
        if self.cells.too_deep.is_none() {
            self.mismatch(&found, ty, because);
        }
        self.error_expr(found.span)
    }

    #[inline(never)]
    fn mismatch(&mut self, found: &Expr, ty: &Type, because: &Because) {
        let (wanted, got) = (self.a_type(ty), self.a_type(&found.ty));
        let code = if self.cells.head(&found.ty) == Type::Unit {
            codes::NO_VALUE
        } else {
            codes::MISMATCH
        };
        let mut diagnostic =
            Diagnostic::error(code, found.span, format!("expected {wanted}, found {got}"))
                .label(format!("this is {got}"));
        let fixed = because.span.or_else(|| self.cells.fixed_at(ty));
        if let Some(span) = fixed
            && span != found.span
        {
            let text = if because.text.is_empty() {
                format!("{wanted} since this")
            } else {
                because.text.clone()
            };
            diagnostic = diagnostic.secondary(span, text);
        }
        let (wanted, got) = (self.cells.head(ty), self.cells.head(&found.ty));
        diagnostic = match (&wanted, &got, &found.kind) {
            (Type::Bool, Type::Int, ExprKind::Const(word @ 0..=1)) => {
                let word = if *word == 1 { "true" } else { "false" };
                diagnostic
                    .help(format!("write `{word}`"))
                    .fix(found.span, word)
            }
            (Type::Bool, Type::Unit, ExprKind::Method(Method::Lock, ..)) => diagnostic
                .help("`lock()` waits until it has the lock; `try_lock()` says whether it got it"),
            _ => match mismatch_help(&wanted, &got) {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            },
        };
        self.report(diagnostic);
    }

    /// The expression with what is known of its type by now.
    pub fn typed(&mut self, mut expr: Expr) -> Expr {
        expr.ty = self.cells.full(&expr.ty);
        expr
    }

    /// An expression node with what is known of its type by now.
    pub fn make(&mut self, kind: ExprKind, ty: &Type, span: Span) -> Expr {
        Expr {
            kind,
            ty: self.cells.full(ty),
            span,
        }
    }

    /// Stands where something was wrong; fits everywhere, so that one mistake is reported once.
    pub fn error_expr(&mut self, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Const(0),
            ty: self.cells.fresh(),
            span,
        }
    }

    /// Reports a part of the language that is for later.
    pub fn not_supported(&mut self, what: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::NOT_SUPPORTED,
                span,
                format!("`{what}` is not supported yet"),
            )
            .label("this part of the language is still to come"),
        );
    }
}

fn mismatch_help(wanted: &Type, found: &Type) -> Option<&'static str> {
    match (wanted, found) {
        (Type::Bool, Type::Int) => Some("compare it, as in `x != 0`"),
        (Type::Int, Type::Bool) => Some("write `if b { 1 } else { 0 }` to count it"),
        (Type::Int | Type::Bool | Type::Str | Type::Enum(_), Type::Object(ObjectType::List(_))) => {
            Some("name one of its entries, as in `l[0]`, or ask for `len(l)`")
        }
        (Type::Int | Type::Bool | Type::Str | Type::Enum(_), Type::Object(ObjectType::Map(..))) => {
            Some("name one of its values by the key, as in `d[k]`, or ask for `len(d)`")
        }
        (Type::Future(_), Type::Future(_)) => None,
        (_, Type::Future(_)) => Some("ask it for the result, as in `f.result()`"),
        (_, Type::Unit) => Some("what stands here gives no value"),
        _ => None,
    }
}

fn written_elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" | "Int"
        | "integer" | "Integer" | "long" => "int",
        "boolean" | "Boolean" | "Bool" => "bool",
        "String" | "text" => "string",
        "mutex" | "Mutex" | "Lock" => "lock",
        "RwLock" => "rwlock",
        "semaphore" | "Semaphore" => "sem",
        "dict" | "Dict" | "HashMap" | "BTreeMap" | "Map" => "map",
        "vec" | "Vec" | "List" | "deque" | "VecDeque" => "list",
        "channel" | "queue" | "Queue" | "Chan" => "chan",
        "condition" | "Condition" | "Condvar" => "cond",
        "Future" | "promise" | "Promise" => "future",
        "pool" | "Executor" | "ThreadPoolExecutor" => "executor",
        "Thread" | "handle" | "JoinHandle" => "thread",
        _ => return None,
    })
}
