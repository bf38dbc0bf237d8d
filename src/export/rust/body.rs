//! Functions and statements.
//!
//! A lock that is held is a guard in a local. `with` gives one that ends with its
//! block; `lock()` one that must be dropped by an `unlock()` in the same block,
//! before anything leaves it: otherwise Rust would give the lock back where the
//! scenario does not. In the same way a spawned thread must be joined in the block
//! that spawned it.

use super::expr::applied;
use super::{Writer, safe};
use crate::export::Refused;
use crate::hir::{
    Block, Expr, ExprKind, Function, LocalId, Method, ObjectKind, ReceiveOp, Spawn, Stmt, StmtKind,
    Type, WithKind,
};
use std::collections::BTreeSet;

type Done = Result<(), Refused>;

/// What a function's text needs to remember.
#[derive(Default)]
pub(super) struct Scope {
    names: Vec<String>,
    declared: BTreeSet<LocalId>,
    guards: Vec<Guard>,
    handles: Vec<(LocalId, usize)>,
    /// How many blocks are open.
    level: usize,
}

struct Guard {
    /// The lock as it is written.
    lock: String,
    name: String,
    /// The block that holds it, for one that `lock()` took.
    level: Option<usize>,
}

impl Writer<'_> {
    /// A function's name in Rust; of several of one name the later ones are numbered.
    pub(super) fn function_name(&self, index: usize) -> String {
        let functions = &self.scenario.functions;
        let own = safe(&functions[index].name);
        let earlier = functions[..index].iter();
        if earlier.filter(|it| safe(&it.name) == own).count() > 0 {
            return format!("{own}_{index}");
        }
        own
    }

    pub(super) fn local(&self, index: usize) -> String {
        let names = &self.scope.names;
        names.get(index).cloned().unwrap_or_default()
    }

    pub(super) fn function(&mut self, index: usize, function: &Function) -> Done {
        self.scope = Scope {
            names: function.locals.iter().map(|it| safe(&it.name)).collect(),
            ..Scope::default()
        };
        let mut head = format!("fn {}(w: &Arc<World>", self.function_name(index));
        for (number, param) in function.locals[..function.n_params].iter().enumerate() {
            self.scope.declared.insert(LocalId::new(number));
            let ty = self.ty(&param.ty, param.span)?;
            head += &format!(", mut {}: {ty}", safe(&param.name));
        }
        head += ")";
        if function.returns != Type::Unit {
            head += &format!(" -> {}", self.ty(&function.returns, function.span)?);
        }
        self.line("");
        self.open(&(head + " {"));
        self.block(&function.body)?;
        self.close("}");
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Done {
        self.scope.level += 1;
        let level = self.scope.level;
        for stmt in &block.stmts {
            self.stmt(stmt)?;
        }
        let held = self.scope.guards.iter().any(|it| it.level == Some(level));
        if held {
            return Err(Refused::new(
                "a `lock()` without an `unlock()` in the same block",
                block.span,
            ));
        }
        if self.scope.handles.iter().any(|it| it.1 == level) {
            return Err(Refused::new(
                "a spawned thread that is not joined in the same block",
                block.span,
            ));
        }
        self.scope.level -= 1;
        Ok(())
    }

    fn braced(&mut self, head: &str, block: &Block) -> Done {
        self.open(&format!("{head} {{"));
        self.block(block)?;
        self.close("}");
        Ok(())
    }

    fn leaves(&self, stmt: &Stmt) -> Done {
        if self.scope.guards.iter().any(|it| it.level.is_some()) {
            return Err(Refused::new(
                "leaving a block between `lock()` and `unlock()`",
                stmt.span,
            ));
        }
        if !self.scope.handles.is_empty() {
            return Err(Refused::new("leaving a block before `join()`", stmt.span));
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done {
        let refused = |what: &str| Err(Refused::new(what, stmt.span));
        if let Some(label) = stmt.label {
            let name = safe(&self.scenario.labels[label.index()].name);
            self.line(&format!("// @{name}"));
        }
        match &stmt.kind {
            StmtKind::Let(local, path, value) => {
                if !path.is_empty() {
                    return refused("a field of a struct");
                }
                self.bind(stmt, *local, value)?;
            }
            StmtKind::Assign(place, value) => {
                let (place, value) = (self.place(place)?, self.expr(value, 0)?);
                self.line(&format!("{place}.set({value});"));
            }
            StmtKind::Update(place, op, value) => {
                let (place, value) = (self.place(place)?, self.expr(value, 1)?);
                let new = applied(*op, &format!("{place}.get()"), &value);
                self.line(&format!("{place}.set({new});"));
            }
            StmtKind::If(condition, then, otherwise) => {
                let condition = self.expr(condition, 0)?;
                self.open(&format!("if {condition} {{"));
                self.block(then)?;
                if !otherwise.stmts.is_empty() {
                    self.close("} else {");
                    self.depth += 1;
                    self.block(otherwise)?;
                }
                self.close("}");
            }
            StmtKind::While(condition, body) => {
                let condition = self.expr(condition, 0)?;
                self.braced(&format!("while {condition}"), body)?;
            }
            StmtKind::Loop(body) => self.braced("loop", body)?,
            StmtKind::For(local, from, to, body) => {
                let (from, mut to) = (self.expr(from, 1)?, self.expr(to, 1)?);
                if to.bytes().all(|byte| byte.is_ascii_digit()) {
                    to += "_i64";
                }
                self.scope.declared.insert(*local);
                let name = self.local(local.index());
                self.braced(&format!("for mut {name} in {from}..{to}"), body)?;
            }
            StmtKind::ForReceive(local, from, body) => {
                let head = self.receive("while", *local, from, ReceiveOp::Wait, stmt)?;
                self.braced(&head, body)?;
            }
            StmtKind::WhileReceive(local, from, op, body) => {
                let head = self.receive("while", *local, from, *op, stmt)?;
                self.braced(&head, body)?;
            }
            StmtKind::IfReceive(local, from, op, then, otherwise) => {
                let head = self.receive("if", *local, from, *op, stmt)?;
                self.open(&format!("{head} {{"));
                self.block(then)?;
                self.close("} else {");
                self.depth += 1;
                self.block(otherwise)?;
                self.close("}");
            }
            StmtKind::Break => {
                self.leaves(stmt)?;
                self.line("break;");
            }
            StmtKind::Continue => {
                self.leaves(stmt)?;
                self.line("continue;");
            }
            StmtKind::Return(value) => {
                self.leaves(stmt)?;
                match value {
                    None => self.line("return;"),
                    Some(value) => {
                        let value = self.expr(value, 0)?;
                        self.line(&format!("return {value};"));
                    }
                }
            }
            StmtKind::Match(value, arms, otherwise) => {
                let text = self.expr(value, 0)?;
                match value.ty {
                    Type::Bool => self.open(&format!("match i64::from({text}) {{")),
                    _ => self.open(&format!("match {text} {{")),
                }
                for (words, body) in arms {
                    let words: Vec<String> = words.iter().map(i64::to_string).collect();
                    self.braced(&format!("{} =>", words.join(" | ")), body)?;
                }
                match otherwise {
                    Some(body) => self.braced("_ =>", body)?,
                    None => self.line("_ => {}"),
                }
                self.close("}");
            }
            StmtKind::With(kind, object, body) => self.with(stmt, *kind, object, body)?,
            StmtKind::Assert(claim, message) => {
                let claim = self.expr(claim, 0)?;
                match message {
                    None => self.line(&format!("assert!({claim});")),
                    Some(id) => {
                        let text = &self.scenario.strings[id.index()];
                        self.line(&format!("assert!({claim}, \"{{}}\", {text:?});"));
                    }
                }
            }
            StmtKind::Sleep | StmtKind::Yield => self.line("thread::yield_now();"),
            StmtKind::Skip | StmtKind::Progress | StmtKind::Fence => {}
            StmtKind::Print(items) => {
                let mut parts = Vec::new();
                for item in items {
                    parts.push(match (&item.value.ty, &item.value.kind) {
                        (Type::Str, ExprKind::Const(word)) => {
                            let id = usize::try_from(*word).unwrap_or(usize::MAX);
                            let text = self.scenario.strings.get(id);
                            format!("{:?}", text.map_or("", |it| it))
                        }
                        _ => self.expr(&item.value, 0)?,
                    });
                }
                let holes = vec!["{}"; parts.len()].join(" ");
                self.line(&format!("println!(\"{holes}\", {});", parts.join(", ")));
            }
            StmtKind::Expr(expr) => self.effect(stmt, expr)?,
            StmtKind::ForFutures(..) => return refused("a loop over futures"),
            StmtKind::Atomic(_) => return refused("`atomic { }`"),
            StmtKind::Either(_) => return refused("`either`"),
            StmtKind::WaitUntil(_) => return refused("`wait_until`"),
            StmtKind::Select(..) => return refused("`select`"),
            StmtKind::Raise(_) => return refused("`raise`"),
            StmtKind::Try(_) => return refused("`try`"),
            #[allow(unreachable_patterns)]
            _ => return refused("this statement"),
        }
        Ok(())
    }

    fn bind(&mut self, stmt: &Stmt, local: LocalId, value: &Expr) -> Done {
        let name = self.local(local.index());
        if let ExprKind::Spawn(spawn) = &value.kind {
            if !self.scope.declared.insert(local) {
                return Err(Refused::new("a handle that is set again", stmt.span));
            }
            let level = self.scope.level;
            self.scope.handles.push((local, level));
            return self.spawn(&name, spawn, stmt);
        }
        let text = match value.ty {
            Type::Object(_) => self.argument(value)?,
            Type::Int | Type::Bool | Type::Enum(_) => self.expr(value, 0)?,
            _ => return Err(Refused::new("a value of this type", value.span)),
        };
        let is_number = matches!(value.kind, ExprKind::Const(_)) && value.ty != Type::Bool;
        if !self.scope.declared.insert(local) {
            self.line(&format!("{name} = {text};"));
        } else if is_number {
            self.line(&format!("let mut {name}: i64 = {text};"));
        } else {
            self.line(&format!("let mut {name} = {text};"));
        }
        Ok(())
    }

    fn spawn(&mut self, name: &str, spawn: &Spawn, stmt: &Stmt) -> Done {
        if spawn.daemon || spawn.kind != crate::hir::SpawnKind::Thread {
            return Err(Refused::new("a `spawn` of this kind", stmt.span));
        }
        let function = self.function_name(spawn.function.index());
        let mut args = String::new();
        self.open(&format!("let {name} = {{"));
        for (number, arg) in spawn.args.iter().enumerate() {
            let borrowed = matches!(arg.kind, ExprKind::Local(_));
            if matches!(arg.ty, Type::Object(_)) && borrowed {
                return Err(Refused::new("an object passed on to a thread", arg.span));
            }
            let text = self.argument(arg)?;
            if matches!(arg.ty, Type::Object(_)) {
                args += &format!(", {text}");
            } else {
                self.line(&format!("let arg_{number} = {text};"));
                args += &format!(", arg_{number}");
            }
        }
        self.open("spawn(w, move |w| {");
        self.line(&format!("{function}(w{args});"));
        self.close("})");
        self.close("};");
        Ok(())
    }

    fn receive(
        &mut self,
        word: &str,
        local: LocalId,
        from: &Expr,
        op: ReceiveOp,
        stmt: &Stmt,
    ) -> Result<String, Refused> {
        let from = self.receiver(from)?;
        let how = match op {
            ReceiveOp::Wait => "recv",
            ReceiveOp::Try => "try_recv",
            ReceiveOp::Timeout => return Err(Refused::new("`recv_for`", stmt.span)),
        };
        self.scope.declared.insert(local);
        let name = self.local(local.index());
        Ok(format!("{word} let Some(mut {name}) = {from}.{how}()"))
    }

    fn with(&mut self, stmt: &Stmt, kind: WithKind, object: &Expr, body: &Block) -> Done {
        let on = self.receiver(object)?;
        let is_read = kind == WithKind::Read;
        if is_read && self.scope.guards.iter().any(|it| it.lock == on) {
            return Err(Refused::new("a read lock inside itself", stmt.span));
        }
        self.open("{");
        let name = self.guard_name(&on);
        let take = match kind {
            WithKind::Lock => "lock().unwrap()",
            WithKind::Read => "read().unwrap()",
            WithKind::Write => "write().unwrap()",
            WithKind::Permit => "permit()",
            WithKind::First => return Err(Refused::new("a `once`", stmt.span)),
            WithKind::Executor => return Err(Refused::new("an executor", stmt.span)),
            #[allow(unreachable_patterns)]
            _ => return Err(Refused::new("this `with`", stmt.span)),
        };
        self.line(&format!("let mut {name} = {on}.{take};"));
        self.scope.guards.push(Guard {
            lock: on,
            name,
            level: None,
        });
        let held = self.scope.guards.len();
        self.block(body)?;
        if self.scope.guards.len() != held {
            return Err(Refused::new("`unlock()` of what `with` holds", stmt.span));
        }
        self.scope.guards.pop();
        self.close("}");
        Ok(())
    }

    /// `m_guard`, or with a number if that is taken.
    fn guard_name(&self, lock: &str) -> String {
        let lock = lock.trim_start_matches("w.");
        let base = lock.split('[').next().unwrap_or(lock).to_owned() + "_guard";
        let taken = self.scope.guards.iter();
        let taken = taken.filter(|it| it.name.starts_with(&base)).count();
        match taken {
            0 => base,
            n => format!("{base}_{}", n + 1),
        }
    }

    /// A statement that is an expression.
    fn effect(&mut self, stmt: &Stmt, expr: &Expr) -> Done {
        let ExprKind::Method(method, receiver, args) = &expr.kind else {
            let text = self.expr(expr, 0)?;
            self.line(&format!("{text};"));
            return Ok(());
        };
        match method {
            Method::Lock => {
                let lock = self.receiver(receiver)?;
                let name = self.guard_name(&lock);
                self.line(&format!("let mut {name} = {lock}.lock().unwrap();"));
                let level = Some(self.scope.level);
                self.scope.guards.push(Guard { lock, name, level });
            }
            Method::Unlock => {
                let lock = self.receiver(receiver)?;
                let level = Some(self.scope.level);
                let held = &mut self.scope.guards;
                let Some(at) = held
                    .iter()
                    .rposition(|it| it.lock == lock && it.level == level)
                else {
                    return Err(Refused::new(
                        "an `unlock()` without a `lock()` in the same block",
                        stmt.span,
                    ));
                };
                let name = held.remove(at).name;
                self.line(&format!("drop({name});"));
            }
            Method::CondWait if args.is_empty() => self.wait(stmt, receiver)?,
            Method::Join => {
                let ExprKind::Local(local) = receiver.kind else {
                    return Err(Refused::new("`join` of a declared thread", stmt.span));
                };
                let handle = (local, self.scope.level);
                let Some(at) = self.scope.handles.iter().position(|it| *it == handle) else {
                    return Err(Refused::new(
                        "a `join` in another block than its `spawn`",
                        stmt.span,
                    ));
                };
                self.scope.handles.remove(at);
                let name = self.local(local.index());
                self.line(&format!("{name}.join().unwrap();"));
            }
            _ => {
                let text = self.expr(expr, 0)?;
                self.line(&format!("{text};"));
            }
        }
        Ok(())
    }

    /// A wait gives the guard away and gets it back.
    fn wait(&mut self, stmt: &Stmt, receiver: &Expr) -> Done {
        let ExprKind::Object(decl, _) = &receiver.kind else {
            return Err(Refused::new(
                "a condition that is not named here",
                stmt.span,
            ));
        };
        let ObjectKind::Cond { lock, .. } = &self.scenario.objects[decl.index()].kind else {
            return Err(Refused::new("this wait", stmt.span));
        };
        let object = &self.scenario.objects[lock.decl.index()];
        let lock = match object.len {
            None => format!("w.{}", safe(&object.name)),
            Some(_) => format!("w.{}[{}]", safe(&object.name), lock.element),
        };
        let cond = self.receiver(receiver)?;
        let held = self.scope.guards.iter().rev().find(|it| it.lock == lock);
        let Some(name) = held.map(|it| it.name.clone()) else {
            return Err(Refused::new(
                "a wait in another function than the block that holds its lock",
                stmt.span,
            ));
        };
        self.line(&format!("{name} = {cond}.wait({name}).unwrap();"));
        Ok(())
    }
}
