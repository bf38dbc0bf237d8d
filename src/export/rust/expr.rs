//! Expressions: operands from left to right, as the scenario evaluates them.

use super::{Writer, constant, safe};
use crate::export::Refused;
use crate::hir::{AtomicOp, BinaryOp, Expr, ExprKind, Method, ObjectType, Place, Type, UnaryOp};

type Text = Result<String, Refused>;

impl Writer<'_> {
    /// An expression; inside another one (depth above 0) in parentheses if it
    /// needs them.
    pub(super) fn expr(&mut self, expr: &Expr, depth: usize) -> Text {
        let refused = |what: &str| Err(Refused::new(what, expr.span));
        let wrapped = |text: String| match depth {
            0 => text,
            _ => format!("({text})"),
        };
        let inner = depth + 1;
        Ok(match &expr.kind {
            ExprKind::Const(word) => match &expr.ty {
                Type::Bool => (*word != 0).to_string(),
                Type::Int if *word < 0 => wrapped(word.to_string()),
                Type::Int => word.to_string(),
                Type::Enum(id) => {
                    let definition = &self.scenario.enums[id.index()];
                    let variant = usize::try_from(*word).ok();
                    match variant.and_then(|it| definition.variants.get(it)) {
                        Some(variant) => constant(&definition.name, variant),
                        None => word.to_string(),
                    }
                }
                _ => return refused("a string as a value"),
            },
            ExprKind::Local(local) => {
                if expr.ty == Type::Handle {
                    return refused("a thread's handle as a value");
                }
                self.local(local.index())
            }
            ExprKind::Read(place) => format!("{}.get()", self.place(place)?),
            ExprKind::Unary(op, operand) => {
                let operand = self.expr(operand, inner)?;
                match op {
                    UnaryOp::Not | UnaryOp::BitNot => format!("!{operand}"),
                    UnaryOp::Neg => wrapped(format!("-{operand}")),
                    UnaryOp::Abs => format!("i64::abs({operand})"),
                }
            }
            ExprKind::Binary(op, left, right) => {
                if !matches!(left.ty, Type::Int | Type::Bool | Type::Enum(_)) {
                    return refused("a comparison of other values than int, bool or enum");
                }
                let (left, right) = (self.expr(left, inner)?, self.expr(right, inner)?);
                match op {
                    BinaryOp::Min => format!("i64::min({left}, {right})"),
                    BinaryOp::Max => format!("i64::max({left}, {right})"),
                    _ => wrapped(format!("{left} {} {right}", sign(*op))),
                }
            }
            ExprKind::And(left, right) => {
                let (left, right) = (self.expr(left, inner)?, self.expr(right, inner)?);
                wrapped(format!("{left} && {right}"))
            }
            ExprKind::Or(left, right) => {
                let (left, right) = (self.expr(left, inner)?, self.expr(right, inner)?);
                wrapped(format!("{left} || {right}"))
            }
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.expr(condition, 0)?;
                let (then, otherwise) = (self.expr(then, 0)?, self.expr(otherwise, 0)?);
                wrapped(format!(
                    "if {condition} {{ {then} }} else {{ {otherwise} }}"
                ))
            }
            ExprKind::Call(function, args) => {
                let name = self.function_name(function.index());
                let mut text = format!("{name}(w");
                for arg in args {
                    text += ", ";
                    text += &self.argument(arg)?;
                }
                text + ")"
            }
            ExprKind::Method(method, receiver, args) => {
                self.method(expr, *method, receiver, args, depth)?
            }
            ExprKind::Atomic(op, place, args) => self.atomic(expr, *op, place, args)?,
            ExprKind::Field(..) | ExprKind::Struct(_) => return refused("a struct"),
            ExprKind::Spawn(_) => return refused("`spawn` other than as `let h = spawn …`"),
            ExprKind::Submit(_) => return refused("`submit`"),
            ExprKind::Any(_) => return refused("`any`"),
            ExprKind::ActorLocal(..) => return refused("an actor's local in a property"),
            ExprKind::Object(..) | ExprKind::Group(_) => return refused("an object as a value"),
            _ => return refused("this expression"),
        })
    }

    /// What a function or a spawn is given.
    pub(super) fn argument(&mut self, arg: &Expr) -> Text {
        match (&arg.ty, &arg.kind) {
            (Type::Object(_), ExprKind::Local(local)) => Ok(self.local(local.index())),
            (Type::Object(_), _) => Ok(format!("&{}", self.receiver(arg)?)),
            _ => self.expr(arg, 0),
        }
    }

    /// The field of the world that an expression names, or the local that refers to it.
    pub(super) fn receiver(&mut self, expr: &Expr) -> Text {
        match &expr.kind {
            ExprKind::Object(decl, index) => {
                let name = safe(&self.scenario.objects[decl.index()].name);
                match index {
                    None => Ok(format!("w.{name}")),
                    Some(index) => Ok(format!("w.{name}[{}]", self.index(index)?)),
                }
            }
            ExprKind::Local(local) if matches!(expr.ty, Type::Object(_)) => {
                Ok(self.local(local.index()))
            }
            _ => Err(Refused::new("an object that is not named here", expr.span)),
        }
    }

    fn index(&mut self, index: &Expr) -> Text {
        if let ExprKind::Const(word @ 0..) = index.kind {
            return Ok(word.to_string());
        }
        let text = self.expr(index, 1)?;
        Ok(format!("{text} as usize"))
    }

    pub(super) fn place(&mut self, place: &Place) -> Text {
        if !place.fields.is_empty() {
            return Err(Refused::new("a field of a struct", place.span));
        }
        let mut text = format!("w.{}", safe(&self.scenario.vars[place.var.index()].name));
        for index in &place.indices {
            text += &format!("[{}]", self.index(index)?);
        }
        Ok(text)
    }

    fn atomic(&mut self, expr: &Expr, op: AtomicOp, place: &Place, args: &[Expr]) -> Text {
        let place = self.place(place)?;
        let mut values = Vec::new();
        for arg in args {
            values.push(self.expr(arg, 0)?);
        }
        let values = values.join(", ");
        let name = match op {
            AtomicOp::Load | AtomicOp::PlainLoad => "get",
            AtomicOp::Store | AtomicOp::PlainStore => "set",
            AtomicOp::Swap => "swap",
            AtomicOp::CompareExchange => "compare_exchange",
            AtomicOp::Fetch(BinaryOp::Add) => "add",
            AtomicOp::Fetch(BinaryOp::Sub) => "sub",
            AtomicOp::Fetch(BinaryOp::BitAnd) => "and",
            AtomicOp::Fetch(BinaryOp::BitOr) => "or",
            AtomicOp::Fetch(BinaryOp::BitXor) => "xor",
            AtomicOp::Fetch(BinaryOp::Max) => "max",
            AtomicOp::Fetch(BinaryOp::Min) => "min",
            AtomicOp::Fetch(_) => {
                return Err(Refused::new("this atomic operation", expr.span));
            }
        };
        Ok(format!("{place}.{name}({values})"))
    }

    fn method(
        &mut self,
        expr: &Expr,
        method: Method,
        receiver: &Expr,
        args: &[Expr],
        depth: usize,
    ) -> Text {
        if matches!(method, Method::Notify) && args.first().is_some_and(|n| !is_one(n)) {
            return Err(Refused::new("`notify` of several", expr.span));
        }
        let on = match method {
            Method::Join => return Err(Refused::new("`join` as a value", expr.span)),
            _ => self.receiver(receiver)?,
        };
        let mut values = Vec::new();
        for arg in args {
            values.push(self.expr(arg, 0)?);
        }
        let value = values.join(", ");
        let wrapped = |text: String| match depth {
            0 => text,
            _ => format!("({text})"),
        };
        Ok(match method {
            Method::Acquire if args.is_empty() => format!("{on}.acquire()"),
            Method::TryAcquire if args.is_empty() => format!("{on}.try_acquire()"),
            Method::Release if args.is_empty() => format!("{on}.release(1)"),
            Method::Release => format!("{on}.release({value})"),
            Method::Value => format!("{on}.value()"),
            Method::Notify => format!("{on}.notify_one()"),
            Method::NotifyAll => format!("{on}.notify_all()"),
            Method::EventSet => format!("{on}.set()"),
            Method::EventWait | Method::BarrierWait | Method::LatchWait => format!("{on}.wait()"),
            Method::IsSet => format!("{on}.is_set()"),
            Method::CountDown => format!("{on}.count_down()"),
            Method::Send => format!("{on}.send({value})"),
            Method::Recv => format!("{on}.recv().expect(\"it is open\")"),
            Method::RecvOr => format!("{on}.recv().unwrap_or({value})"),
            Method::TryRecv => format!("{on}.try_recv()"),
            Method::Close => format!("{on}.close()"),
            Method::Len => format!("{on}.len()"),
            Method::IsEmpty => wrapped(format!("{on}.len() == 0")),
            _ => {
                let text = format!("{method:?}");
                return Err(Refused::new(format!("the operation {text}"), expr.span));
            }
        })
    }

    /// The type of a parameter or a result.
    pub(super) fn ty(&self, ty: &Type, span: crate::base::Span) -> Text {
        Ok(match ty {
            Type::Unit => "()",
            Type::Int | Type::Enum(_) => "i64",
            Type::Bool => "bool",
            Type::Object(ObjectType::Lock) => "&Mutex<()>",
            Type::Object(ObjectType::RwLock) => "&RwLock<()>",
            Type::Object(ObjectType::Sem) => "&Semaphore",
            Type::Object(ObjectType::Event) => "&Event",
            Type::Object(ObjectType::Latch) => "&Latch",
            Type::Object(ObjectType::Barrier) => "&Barrier",
            _ => return Err(Refused::new("a value of this type", span)),
        }
        .to_owned())
    }
}

fn is_one(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Const(1))
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Min | BinaryOp::Max => unreachable!("written as functions"),
    }
}

/// `old + value`, or what stands for another operator.
pub(super) fn applied(op: BinaryOp, left: &str, right: &str) -> String {
    match op {
        BinaryOp::Min => format!("i64::min({left}, {right})"),
        BinaryOp::Max => format!("i64::max({left}, {right})"),
        _ => format!("{left} {} {right}", sign(op)),
    }
}
