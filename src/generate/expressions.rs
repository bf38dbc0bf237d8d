//! Expressions of a plan. Where a step is not allowed, what would be one is
//! written as a constant.

use super::objects::{is_chan, take};
use super::plan::{Bool, Int, Object, Shape, Vary, Wait};
use super::write::Writer;
use crate::base::Span;
use crate::hir::{AtomicOp, BinaryOp, Choice, Expr, ExprKind, Method, Place, Type, UnaryOp};

impl<'p> Writer<'p> {
    /// A variable as a place.
    pub fn place(&mut self, var: usize) -> Option<Place> {
        let id = self.var(var)?;
        let from = self.at();
        self.put(&format!("x{var}"));
        let (mut indices, mut fields) = (Vec::new(), Vec::new());
        match self.plan.shared[var].shape {
            Shape::Word => {}
            Shape::Array => {
                self.put("[");
                indices.push(self.next_element());
                self.put("]");
            }
            Shape::Struct => {
                let field = self.next_field();
                self.put([".a", ".b"][field]);
                fields.push(field);
            }
        }
        Some(Place {
            var: id,
            indices,
            fields,
            ty: Type::Int,
            span: self.span(from),
        })
    }

    /// A channel's name.
    pub fn chan(&mut self, chan: usize) -> Option<Expr> {
        self.plan.objects.get(chan).filter(|row| is_chan(row))?;
        self.named_object(chan)
    }

    /// A number.
    pub fn int(&mut self, int: &'p Int) -> Expr {
        let from = self.at();
        let kind = self.int_kind(int).unwrap_or_else(|| {
            self.text.truncate(from);
            self.put("0");
            ExprKind::Const(0)
        });
        Expr {
            kind,
            ty: Type::Int,
            span: self.span(from),
        }
    }

    fn int_kind(&mut self, int: &'p Int) -> Option<ExprKind> {
        match int {
            Int::Const(value) => {
                self.put(&value.to_string());
                Some(ExprKind::Const(*value))
            }
            Int::Local(local) => {
                let id = self.named_local(*local)?;
                self.put(&format!("r{local}"));
                Some(ExprKind::Local(id))
            }
            Int::Me => {
                let name = self.parameter()?;
                self.put(name);
                Some(ExprKind::Local(crate::hir::LocalId(0)))
            }
            Int::Var(var) => Some(ExprKind::Read(self.place(*var)?)),
            Int::Add(left, right) => self.binary(BinaryOp::Add, " + ", left, right),
            Int::Sub(left, right) => self.binary(BinaryOp::Sub, " - ", left, right),
            Int::Div(left, right) => self.binary(BinaryOp::Div, " / ", left, right),
            Int::If(condition, then, otherwise) => {
                self.put("(if ");
                let condition = self.bool(condition);
                self.put(" { ");
                let then = self.int(then);
                self.put(" } else { ");
                let otherwise = self.int(otherwise);
                self.put(" })");
                let parts = (Box::new(condition), Box::new(then), Box::new(otherwise));
                Some(ExprKind::If(parts.0, parts.1, parts.2))
            }
            Int::Len(object) => {
                let (method, name) = match self.plan.objects.get(*object)? {
                    Object::Chan(_) | Object::Entries { .. } => (Method::Len, ".len()"),
                    Object::Sem { .. } => (Method::Value, ".value()"),
                    _ => return None,
                };
                let receiver = self.named_object(*object)?;
                self.put(name);
                Some(ExprKind::Method(method, Box::new(receiver), Vec::new()))
            }
            Int::Look(object, look, key) => self.look(*object, *look, key),
            _ if self.at_once => None,
            Int::Any(n) => {
                let from = self.at();
                self.put(&format!("any(0..{n})"));
                let span = self.span(from);
                Some(ExprKind::Any(Box::new(Choice {
                    from: constant(0, span),
                    to: constant(*n, span),
                })))
            }
            Int::Vary(var, vary, value) => Some(self.vary(*var, *vary, value)?.kind),
            Int::Call(function, value) => Some(self.call_function(*function, value)?.kind),
            Int::Recv(chan) => {
                let from = self.at();
                let awaits = self.put_await(Method::Recv);
                let start = self.at();
                let receiver = self.chan(*chan)?;
                self.put(".recv()");
                let kind = ExprKind::Method(Method::Recv, Box::new(receiver), Vec::new());
                Some(self.awaited_int(kind, awaits, from, start))
            }
            Int::RecvOr(chan) => {
                let start_all = self.at();
                let awaits = self.put_await(Method::RecvOr);
                let start = self.at();
                let receiver = self.chan(*chan)?;
                self.put(".recv_or(");
                let from = self.at();
                self.put("9");
                let default = constant(9, self.span(from));
                self.put(")");
                let receiver = Box::new(receiver);
                let kind = ExprKind::Method(Method::RecvOr, receiver, vec![default]);
                Some(self.awaited_int(kind, awaits, start_all, start))
            }
            Int::Arrive(object, gives_up) => {
                let row = self.plan.objects.get(*object)?;
                matches!(row, Object::Barrier(_)).then_some(())?;
                let from = self.at();
                let (text, method) = match gives_up {
                    true => (".wait_for()", Method::BarrierWaitFor),
                    false => (".wait()", Method::BarrierWait),
                };
                let awaits = self.put_await(method);
                let start = self.at();
                let receiver = Box::new(self.named_object(*object)?);
                self.put(text);
                let kind = ExprKind::Method(method, receiver, Vec::new());
                Some(self.awaited_int(kind, awaits, from, start))
            }
        }
    }

    /// A method that gives an int, awaited if so.
    fn awaited_int(&self, kind: ExprKind, awaits: bool, from: usize, start: usize) -> ExprKind {
        let inner = Expr {
            kind,
            ty: Type::Int,
            span: self.span(start),
        };
        self.awaited(inner, awaits, from).kind
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        text: &str,
        left: &'p Int,
        right: &'p Int,
    ) -> Option<ExprKind> {
        let from = self.at();
        self.put("(");
        let left = self.int(left);
        self.put(text);
        let right = self.int(right);
        self.put(")");
        if let (ExprKind::Const(left), ExprKind::Const(right)) = (&left.kind, &right.kind) {
            // As readers do it, who see at once what constants come to.
            let value = match op {
                BinaryOp::Eq => Some(i64::from(left == right)),
                BinaryOp::Lt => Some(i64::from(left < right)),
                BinaryOp::Add => left.checked_add(*right),
                BinaryOp::Sub => left.checked_sub(*right),
                _ => left.checked_div(*right),
            }?;
            self.text.truncate(from);
            if matches!(op, BinaryOp::Eq | BinaryOp::Lt) {
                return self.truth(value != 0);
            }
            self.put(&value.to_string());
            return Some(ExprKind::Const(value));
        }
        Some(ExprKind::Binary(op, Box::new(left), Box::new(right)))
    }

    /// `x.fetch_add(e)` and its family, of an atomic only.
    pub fn vary(&mut self, var: usize, vary: Vary, value: &'p Int) -> Option<Expr> {
        self.plan.shared.get(var).filter(|row| row.atomic)?;
        let from = self.at();
        let place = self.place(var)?;
        let (op, name) = match vary {
            Vary::Add => (AtomicOp::Fetch(BinaryOp::Add), ".fetch_add("),
            Vary::Sub => (AtomicOp::Fetch(BinaryOp::Sub), ".fetch_sub("),
            Vary::Max => (AtomicOp::Fetch(BinaryOp::Max), ".fetch_max("),
            Vary::Swap => (AtomicOp::Swap, ".swap("),
        };
        self.put(name);
        let value = self.int(value);
        self.put(")");
        Some(Expr {
            kind: ExprKind::Atomic(op, place, vec![value]),
            ty: Type::Int,
            span: self.span(from),
        })
    }

    /// `f0(e)`.
    pub fn call_function(&mut self, function: usize, value: &'p Int) -> Option<Expr> {
        let id = self.function(function)?;
        let from = self.at();
        self.put(&format!("f{function}("));
        let value = self.int(value);
        self.put(")");
        Some(Expr {
            kind: ExprKind::Call(id, vec![value]),
            ty: Type::Int,
            span: self.span(from),
        })
    }

    /// A truth value.
    pub fn bool(&mut self, bool: &'p Bool) -> Expr {
        let from = self.at();
        let kind = self.bool_kind(bool).unwrap_or_else(|| {
            self.text.truncate(from);
            self.put("false");
            ExprKind::Const(0)
        });
        Expr {
            kind,
            ty: Type::Bool,
            span: self.span(from),
        }
    }

    fn bool_kind(&mut self, bool: &'p Bool) -> Option<ExprKind> {
        match bool {
            Bool::Const(value) => self.truth(*value),
            Bool::Eq(left, right) => self.binary(BinaryOp::Eq, " == ", left, right),
            Bool::Less(left, right) => self.binary(BinaryOp::Lt, " < ", left, right),
            Bool::Not(inner) => {
                self.put("!");
                let inner = Box::new(self.bool(inner));
                Some(ExprKind::Unary(UnaryOp::Not, inner))
            }
            Bool::And(left, right) | Bool::Or(left, right) => {
                let is_and = matches!(bool, Bool::And(..));
                let from = self.at();
                self.put("(");
                let left = Box::new(self.bool(left));
                if let ExprKind::Const(value) = left.kind {
                    // A constant decides here, or has no say.
                    self.text.truncate(from);
                    return match (value != 0) == is_and {
                        true => self.bool_kind(right),
                        false => self.truth(!is_and),
                    };
                }
                self.put(if is_and { " && " } else { " || " });
                let right = Box::new(self.bool(right));
                self.put(")");
                Some(if is_and {
                    ExprKind::And(left, right)
                } else {
                    ExprKind::Or(left, right)
                })
            }
            Bool::Is(object) => {
                let (method, name) = match self.plan.objects.get(*object)? {
                    Object::Lock { .. } => (Method::IsLocked, "is_locked"),
                    Object::Event { .. } => (Method::IsSet, "is_set"),
                    Object::Chan(_) | Object::Entries { .. } => (Method::IsEmpty, "is_empty"),
                    _ => return None,
                };
                self.ask(*object, method, name)
            }
            Bool::IsFull(chan) => {
                let row = self.plan.objects.get(*chan);
                row.filter(|row| is_chan(row) || matches!(row, Object::Entries { .. }))?;
                self.ask(*chan, Method::IsFull, "is_full")
            }
            Bool::In(object, what) => self.is_in(*object, what),
            _ if self.at_once => None,
            Bool::Any => {
                let from = self.at();
                self.put("any(bool)");
                let span = self.span(from);
                let bound = |value| Expr {
                    ty: Type::Bool,
                    ..constant(value, span)
                };
                Some(ExprKind::Any(Box::new(Choice {
                    from: bound(0),
                    to: bound(2),
                })))
            }
            Bool::Take(object, mode, wait) => {
                let row = self.plan.objects.get(*object)?;
                let (method, name, _) = take(row, *mode, Some(*wait))?;
                self.ask(*object, method, name)
            }
            Bool::WaitFor(object) => {
                let method = match self.plan.objects.get(*object)? {
                    Object::Cond { .. } => Method::CondWaitFor,
                    Object::Event { .. } => Method::EventWaitFor,
                    _ => return None,
                };
                self.ask(*object, method, "wait_for")
            }
            Bool::Send(chan, wait, value) => {
                let receiver = self.chan(*chan)?;
                let (method, name) = match wait {
                    Wait::Try => (Method::TrySend, ".try_send("),
                    Wait::Timeout => (Method::SendFor, ".send_for("),
                };
                self.put(name);
                let value = self.int(value);
                self.put(")");
                Some(ExprKind::Method(method, Box::new(receiver), vec![value]))
            }
            Bool::Exchange(var, old, new) => {
                self.plan.shared.get(*var).filter(|row| row.atomic)?;
                let place = self.place(*var)?;
                self.put(".compare_exchange(");
                let old = self.int(old);
                self.put(", ");
                let new = self.int(new);
                self.put(")");
                let args = vec![old, new];
                Some(ExprKind::Atomic(AtomicOp::CompareExchange, place, args))
            }
        }
    }

    fn truth(&mut self, value: bool) -> Option<ExprKind> {
        self.put(if value { "true" } else { "false" });
        Some(ExprKind::Const(i64::from(value)))
    }

    fn ask(&mut self, object: usize, method: Method, name: &str) -> Option<ExprKind> {
        let receiver = self.named_object(object)?;
        self.put(&format!(".{name}()"));
        Some(ExprKind::Method(method, Box::new(receiver), Vec::new()))
    }
}

/// A constant.
pub(super) fn constant(value: i64, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Const(value),
        ty: Type::Int,
        span,
    }
}
