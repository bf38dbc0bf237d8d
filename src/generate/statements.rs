//! Statements of a plan.

use super::expressions::constant;
use super::objects::{give, is_chan, is_pool, take, wait, wake, wake_all};
use super::plan::{Act, LockMode, Object, Runs, Vary, Wait};
use super::write::Writer;
use crate::base::Span;
use crate::hir::{
    self, Awaited, Expr, ExprKind, Method, ReceiveOp, Stmt, StmtKind, StringId, TryCatch, Type,
    WithKind,
};

impl<'p> Writer<'p> {
    pub fn block(&mut self, acts: &'p [Act]) -> hir::Block {
        let from = self.at();
        self.put("{");
        self.indent += 1;
        let mut stmts = Vec::new();
        self.acts(acts, &mut stmts);
        self.indent -= 1;
        self.line();
        self.put("}");
        hir::Block {
            stmts,
            span: self.span(from),
        }
    }

    pub fn round(&mut self, acts: &'p [Act]) -> hir::Block {
        self.loops += 1;
        let block = self.block(acts);
        self.loops -= 1;
        block
    }

    /// Writes acts; returns whether what follows them can be reached.
    pub fn acts(&mut self, acts: &'p [Act], stmts: &mut Vec<Stmt>) -> bool {
        for act in acts {
            let goes_on = match act {
                Act::Spawn(function, daemon, body, waits) => {
                    self.spawn(*function, *daemon, body, *waits, stmts)
                }
                Act::Submit(pool, function, body, asks) => {
                    self.submit(*pool, *function, body, asks, stmts)
                }
                Act::Map(pool, function, n, how, body) => {
                    self.map(*pool, *function, (*n, *how), body, stmts);
                    true
                }
                Act::Gather(functions) => {
                    self.gather(functions, stmts);
                    true
                }
                Act::Label(label, act) => {
                    self.labelled(*label, act, stmts);
                    true
                }
                act => {
                    let from = self.line();
                    let kind = self.act(act);
                    stmts.push(stmt(kind, self.span(from)));
                    true
                }
            };
            let last = stmts.last().map(|stmt| &stmt.kind);
            let leaves = matches!(
                last,
                Some(
                    StmtKind::Break | StmtKind::Continue | StmtKind::Return(_) | StmtKind::Raise(_)
                )
            );
            if leaves || !goes_on {
                return false;
            }
        }
        true
    }

    fn labelled(&mut self, label: usize, act: &'p Act, stmts: &mut Vec<Stmt>) {
        let from = self.line();
        let fits = !self.labels.contains(&label)
            && !self.in_label
            && !matches!(
                act,
                Act::Label(..) | Act::Spawn(..) | Act::Submit(..) | Act::Map(..) | Act::Gather(..)
            );
        if !fits {
            let kind = self.act(act);
            stmts.push(stmt(kind, self.span(from)));
            return;
        }
        self.put(&format!("@a{label}: "));
        let span = Span::new(from, self.at() - 2);
        self.labels.push(label);
        self.made.labels.push(hir::Label {
            name: format!("a{label}"),
            span,
        });
        let id = hir::LabelId::new(self.made.labels.len() - 1);
        self.in_label = true;
        let kind = self.act(act);
        self.in_label = false;
        stmts.push(Stmt {
            kind,
            span: self.span(from),
            label: Some(id),
        });
    }

    fn act(&mut self, act: &'p Act) -> StmtKind {
        let from = self.at();
        let kind = self.some_act(act);
        kind.unwrap_or_else(|| {
            self.text.truncate(from);
            self.put("skip");
            StmtKind::Skip
        })
    }

    fn some_act(&mut self, act: &'p Act) -> Option<StmtKind> {
        use Act as A;
        match act {
            A::Set(var, value) => {
                let place = self.place(*var)?;
                self.put(" = ");
                Some(StmtKind::Assign(place, self.int(value)))
            }
            A::Update(var, vary, value) => self.update(*var, *vary, value),
            A::Local(local, value) => {
                let id = self.named_local(*local)?;
                self.put(&format!("r{local} = "));
                Some(StmtKind::Let(id, Vec::new(), self.int(value)))
            }
            A::Take(object, mode) => self.call(*object, |row| take(row, *mode, None)),
            A::Give(object, mode) => self.call(*object, |row| give(row, *mode)),
            A::With(object, mode, body) => self.with(*object, *mode, body),
            A::Downgrade(object) => self.call(*object, |row| match row {
                Object::RwLock(_) => Some((Method::Downgrade, "downgrade", Type::Unit)),
                _ => None,
            }),
            A::Await(object) => self.call(*object, wait),
            A::Wake(object) => self.call(*object, wake),
            A::WakeAll(object) => match self.plan.objects.get(*object)? {
                Object::Latch(_) => {
                    let from = self.at();
                    let latch = self.named_object(*object)?;
                    self.put(".add(1)");
                    let span = self.span(from);
                    Some(effect(
                        Method::LatchAdd,
                        latch,
                        vec![constant(1, span)],
                        span,
                    ))
                }
                _ => self.call(*object, wake_all),
            },
            A::Send(chan, value) => {
                let from = self.at();
                let awaits = self.put_await(Method::Send);
                let start = self.at();
                let receiver = self.chan(*chan)?;
                self.put(".send(");
                let value = self.int(value);
                self.put(")");
                let sent = Expr {
                    kind: ExprKind::Method(Method::Send, Box::new(receiver), vec![value]),
                    ty: Type::Unit,
                    span: self.span(start),
                };
                Some(StmtKind::Expr(self.awaited(sent, awaits, from)))
            }
            A::Close(chan) => self.on_chan(*chan, Method::Close, "close"),
            A::Done(chan) => self.on_chan(*chan, Method::TaskDone, "task_done"),
            A::JoinJobs(chan) => self.on_chan(*chan, Method::ChanJoin, "join"),
            A::IfReceive(chan, wait, then, otherwise) => {
                self.if_receive(*chan, *wait, then, otherwise)
            }
            A::Select(arms, otherwise) => self.select(arms, otherwise.as_ref()),
            A::ForReceive(chan, body) => {
                self.plan.objects.get(*chan).filter(|row| is_chan(row))?;
                let (name, span) = self.begin_binding("for ");
                self.put(" in ");
                let start = self.at();
                let awaits = self.awaits;
                self.put(if awaits { "await " } else { "" });
                let chan = self.chan(*chan)?;
                let chan = self.awaited(chan, awaits, start);
                let local = self.new_local(&name, Type::Int, span);
                self.put(" ");
                Some(StmtKind::ForReceive(local, chan, self.round(body)))
            }
            A::Change(object, change, key, value) => self.change(*object, *change, key, value),
            A::ForEntries(object, body) => {
                self.entries(*object)?;
                let (name, span) = self.begin_binding("for ");
                self.put(" in ");
                let of = self.named_object(*object)?;
                let local = self.new_local(&name, Type::Int, span);
                self.put(" ");
                Some(StmtKind::ForEntries(local, of, self.round(body)))
            }
            A::If(condition, then, otherwise) => {
                self.put("if ");
                let condition = self.bool(condition);
                self.put(" ");
                let then = self.block(then);
                Some(StmtKind::If(condition, then, self.otherwise(otherwise)))
            }
            A::While(condition, body) => {
                self.put("while ");
                let condition = self.bool(condition);
                self.put(" ");
                Some(StmtKind::While(condition, self.round(body)))
            }
            A::Loop(body) => {
                self.put("loop ");
                Some(StmtKind::Loop(self.round(body)))
            }
            A::For(n, body) => {
                let (name, span) = self.begin_binding("for ");
                let local = self.new_local(&name, Type::Int, span);
                self.put(" in ");
                let start = self.at();
                self.put("0");
                let first = constant(0, self.span(start));
                self.put("..");
                let start = self.at();
                self.put(&n.to_string());
                let last = constant(*n, self.span(start));
                self.put(" ");
                Some(StmtKind::For(local, first, last, self.round(body)))
            }
            A::Break | A::Continue if self.loops == 0 => None,
            A::Break => self.word("break", StmtKind::Break),
            A::Continue => self.word("continue", StmtKind::Continue),
            A::Either(one, other) => {
                self.put("either ");
                let one = self.block(one);
                self.put(" or ");
                Some(StmtKind::Either(vec![one, self.block(other)]))
            }
            A::WaitUntil(condition) => {
                self.put("wait_until(");
                self.at_once = true;
                let condition = self.bool(condition);
                self.at_once = false;
                self.put(")");
                Some(StmtKind::WaitUntil(condition))
            }
            A::Atomic(body) => {
                self.put("atomic ");
                let awaits = std::mem::take(&mut self.awaits);
                let body = self.block(body);
                self.awaits = awaits;
                Some(StmtKind::Atomic(body))
            }
            A::Assert(condition) => {
                self.put("assert ");
                Some(StmtKind::Assert(self.bool(condition), None))
            }
            A::Raise => self.word("raise \"Oops\"", StmtKind::Raise(StringId(0))),
            A::Try(body, handler) => {
                self.put("try ");
                let body = self.block(body);
                self.put(" catch ");
                let catches = vec![(None, self.block(handler))];
                Some(StmtKind::Try(Box::new(TryCatch {
                    body,
                    catches,
                    finally: None,
                })))
            }
            A::Finally(body, last) => {
                self.put("try ");
                let body = self.block(body);
                self.put(" finally ");
                // Leaving a `finally` block early is refused.
                let loops = std::mem::take(&mut self.loops);
                let finally = Some(self.block(last));
                self.loops = loops;
                Some(StmtKind::Try(Box::new(TryCatch {
                    body,
                    catches: Vec::new(),
                    finally,
                })))
            }
            A::Join(thread) => {
                let from = self.at();
                let plan = self.plan;
                let ty = match plan.threads.get(*thread)?.runs {
                    Runs::Thread => Type::Handle,
                    Runs::Task { .. } | Runs::Green => Type::Task(Box::new(Type::Unit)),
                };
                let awaits = self.put_await(Method::Join);
                let start = self.at();
                self.put(&format!("t{thread}"));
                let group = Expr {
                    kind: ExprKind::Group(*thread),
                    ty,
                    span: self.span(start),
                };
                self.put(".join()");
                let joined = Expr {
                    kind: ExprKind::Method(Method::Join, Box::new(group), Vec::new()),
                    ty: Type::Unit,
                    span: self.span(start),
                };
                Some(StmtKind::Expr(self.awaited(joined, awaits, from)))
            }
            A::Call(function, value) => {
                let call = self.call_function(*function, value)?;
                Some(StmtKind::Expr(call))
            }
            A::Print(value) => {
                self.put("print ");
                let value = self.int(value);
                Some(StmtKind::Print(vec![hir::Print { value }]))
            }
            A::Yield if self.awaits => Some(self.await_word("yield", Awaited::Yield)),
            A::Yield => self.word("yield", StmtKind::Yield),
            A::Io if self.awaits => Some(self.await_word("io()", Awaited::Io)),
            A::Io => self.word("sleep", StmtKind::Sleep),
            A::Return => {
                self.put("return");
                let value = (self.body >= self.plan.threads.len()).then(|| {
                    self.put(" ");
                    let from = self.at();
                    self.put("7");
                    constant(7, self.span(from))
                });
                Some(StmtKind::Return(value))
            }
            A::Shutdown(pool, now) => self.call(*pool, |row| {
                let name = if *now {
                    (Method::ShutdownNow, "shutdown_now", Type::Unit)
                } else {
                    (Method::Shutdown, "shutdown", Type::Unit)
                };
                is_pool(row).then_some(name)
            }),
            A::WaitFor(function) => self.wait_for(*function),
            A::Spawn(..) | A::Label(..) | A::Submit(..) | A::Map(..) | A::Gather(..) => None,
        }
    }

    fn await_word(&mut self, text: &str, awaited: Awaited) -> StmtKind {
        let from = self.at();
        self.put("await ");
        self.put(text);
        StmtKind::Expr(Expr {
            kind: ExprKind::Await(Box::new(awaited)),
            ty: Type::Unit,
            span: self.span(from),
        })
    }

    fn word(&mut self, text: &str, kind: StmtKind) -> Option<StmtKind> {
        self.put(text);
        Some(kind)
    }

    fn otherwise(&mut self, acts: &'p [Act]) -> hir::Block {
        if acts.is_empty() {
            return hir::Block::default();
        }
        self.put(" else ");
        self.block(acts)
    }

    pub fn begin_binding(&mut self, before: &str) -> (String, Span) {
        self.put(before);
        let from = self.at();
        let name = format!("v{}", self.locals.len());
        self.put(&name);
        (name, self.span(from))
    }

    fn update(&mut self, var: usize, vary: Vary, value: &'p super::Int) -> Option<StmtKind> {
        let row = self.plan.shared.get(var)?;
        let op = match vary {
            Vary::Add => (hir::BinaryOp::Add, " += "),
            Vary::Sub => (hir::BinaryOp::Sub, " -= "),
            Vary::Max | Vary::Swap => {
                row.atomic.then_some(())?;
                let from = self.at();
                let call = self.vary(var, vary, value)?;
                debug_assert_eq!(call.span.start as usize, from);
                return Some(StmtKind::Expr(call));
            }
        };
        let from = self.at();
        let place = self.place(var)?;
        self.put(op.1);
        let value = self.int(value);
        if !row.atomic {
            return Some(StmtKind::Update(place, op.0, value));
        }
        Some(StmtKind::Expr(Expr {
            kind: ExprKind::Atomic(hir::AtomicOp::Fetch(op.0), place, vec![value]),
            ty: Type::Unit,
            span: self.span(from),
        }))
    }

    fn with(&mut self, object: usize, mode: LockMode, body: &'p [Act]) -> Option<StmtKind> {
        let row = self.plan.objects.get(object)?;
        let (kind, part) = match (row, mode) {
            (Object::Lock { .. }, _) => (WithKind::Lock, ""),
            (Object::RwLock(_), LockMode::Shared) => (WithKind::Read, ".read"),
            (Object::RwLock(_), LockMode::Exclusive) => (WithKind::Write, ".write"),
            (Object::Sem { .. }, _) => (WithKind::Permit, ""),
            (Object::Once, _) => (WithKind::First, ".first"),
            (Object::Executor { .. }, _) => (WithKind::Executor, ""),
            _ => return None,
        };
        self.put("with ");
        let from = self.at();
        let awaits = self.awaits && kind != WithKind::Executor;
        if awaits {
            self.put("await ");
        }
        let object = self.named_object(object)?;
        self.put(part);
        let object = self.awaited(object, awaits, from);
        self.put(" ");
        Some(StmtKind::With(kind, object, self.block(body)))
    }

    fn if_receive(
        &mut self,
        chan: usize,
        wait: Wait,
        then: &'p [Act],
        otherwise: &'p [Act],
    ) -> Option<StmtKind> {
        self.plan.objects.get(chan).filter(|row| is_chan(row))?;
        let (name, span) = self.begin_binding("if let ");
        self.put(" = ");
        let (op, text) = match wait {
            Wait::Try => (ReceiveOp::Try, ".try_recv()"),
            Wait::Timeout => (ReceiveOp::Timeout, ".recv_for()"),
        };
        let awaits = self.awaits && op == ReceiveOp::Timeout;
        let start = self.at();
        self.put(if awaits { "await " } else { "" });
        let channel = self.chan(chan)?;
        self.put(text);
        let channel = self.awaited(channel, awaits, start);
        self.put(" ");
        let local = self.new_local(&name, Type::Int, span);
        let then = self.block(then);
        let otherwise = self.otherwise(otherwise);
        Some(StmtKind::IfReceive(local, channel, op, then, otherwise))
    }

    /// A method without arguments, as a statement.
    fn call(
        &mut self,
        object: usize,
        method: impl Fn(&Object) -> Option<(Method, &'static str, Type)>,
    ) -> Option<StmtKind> {
        let from = self.at();
        let (method, name, ty) = method(self.plan.objects.get(object)?)?;
        let awaits = self.put_await(method);
        let start = self.at();
        let receiver = self.named_object(object)?;
        self.put(&format!(".{name}()"));
        let call = Expr {
            kind: ExprKind::Method(method, Box::new(receiver), Vec::new()),
            ty,
            span: self.span(start),
        };
        Some(StmtKind::Expr(self.awaited(call, awaits, from)))
    }

    fn on_chan(&mut self, chan: usize, method: Method, name: &'static str) -> Option<StmtKind> {
        self.call(chan, |row| {
            is_chan(row).then_some((method, name, Type::Unit))
        })
    }
}

pub(super) fn stmt(kind: StmtKind, span: Span) -> Stmt {
    Stmt {
        kind,
        span,
        label: None,
    }
}

pub(super) fn effect(method: Method, receiver: Expr, args: Vec<Expr>, span: Span) -> StmtKind {
    StmtKind::Expr(Expr {
        kind: ExprKind::Method(method, Box::new(receiver), args),
        ty: Type::Unit,
        span,
    })
}
