//! A compact printer of HIR: operators and calls in prefix form, one statement a line.

use std::fmt::Write;

use crate::hir::*;

/// The whole scenario, part by part.
pub fn print(scenario: &Scenario) -> String {
    let mut out = String::new();
    for var in &scenario.vars {
        let word = if var.atomic { "atomic" } else { "var" };
        let dims = var
            .dims
            .iter()
            .map(|n| format!("[{n}]"))
            .collect::<String>();
        let ty = ty(scenario, &var.ty);
        let _ = write!(out, "{word} {}{dims}: {ty} = {:?}", var.name, var.initial);
        if let Some((from, to)) = var.range {
            let _ = write!(out, " in {from}..={to}");
        }
        if let Some(lock) = var.guarded_by {
            let _ = write!(out, " guarded_by {}", lock_name(scenario, lock));
        }
        out.push('\n');
    }
    for object in &scenario.objects {
        let len = object.len.map(|n| format!("[{n}]")).unwrap_or_default();
        let kind = match &object.kind {
            ObjectKind::Cond {
                lock,
                fifo,
                spurious,
            } => {
                format!(
                    "Cond on {} fifo={fifo} spurious={spurious}",
                    lock_name(scenario, *lock)
                )
            }
            ObjectKind::Chan { capacity, element } => {
                format!("Chan {capacity:?} of {}", ty(scenario, element))
            }
            other => format!("{other:?}"),
        };
        let initial = if object.initial.is_empty() {
            String::new()
        } else {
            format!(" = {:?}", object.initial)
        };
        let _ = writeln!(out, "object {}{len}: {kind}{initial}", object.name);
    }
    for actor in &scenario.actors {
        let main = if actor.main { "main " } else { "" };
        let daemon = if actor.daemon { "daemon " } else { "" };
        let _ = writeln!(
            out,
            "{main}{daemon}actor {} {:?}",
            actor.name, actor.instance.args
        );
    }
    for function in &scenario.functions {
        out.push_str(&print_function(scenario, function));
    }
    for property in &scenario.properties {
        let p = Printer {
            scenario,
            function: None,
        };
        let name = property
            .name
            .as_ref()
            .map(|name| format!(" {name}"))
            .unwrap_or_default();
        let kind = match &property.kind {
            PropertyKind::Always(e) => format!("always{name} {}", p.expr(e)),
            PropertyKind::Finally(e) => format!("finally{name} {}", p.expr(e)),
            PropertyKind::Sometimes(e) => format!("sometimes{name} {}", p.expr(e)),
            PropertyKind::Eventually(e) => format!("eventually{name} {}", p.expr(e)),
            PropertyKind::LeadsTo(a, b) => format!("{} leads_to {}", p.expr(a), p.expr(b)),
            PropertyKind::Order(a, b) => {
                let name = |id: &LabelId| &scenario.labels[id.index()].name;
                format!("order @{} before @{}", name(a), name(b))
            }
        };
        let _ = writeln!(out, "{kind}");
    }
    for outcomes in &scenario.outcomes {
        let p = Printer {
            scenario,
            function: None,
        };
        let values = outcomes
            .values
            .iter()
            .map(|e| p.expr(e))
            .collect::<Vec<_>>();
        if outcomes.print {
            let asked = outcomes.expected.as_ref().map(|_| &outcomes.transcripts);
            let _ = writeln!(out, "outcomes print exact={} {asked:?}", outcomes.exact);
            continue;
        }
        let _ = writeln!(
            out,
            "outcomes {:?} {} exact={} {:?}",
            outcomes.names,
            values.join(" "),
            outcomes.exact,
            outcomes.expected
        );
    }
    for (actor, fairness) in &scenario.fairness {
        let _ = writeln!(out, "{fairness:?} {}", scenario.actors[actor.index()].name);
    }
    for expect in &scenario.expects {
        let _ = match &expect.kind {
            ExpectKind::Finding {
                kind,
                subjects,
                actors,
            } => {
                writeln!(
                    out,
                    "expect \"{}\" {kind} {subjects:?} {actors:?}",
                    expect.text
                )
            }
            other => writeln!(out, "expect \"{}\" {other:?}", expect.text),
        };
    }
    for allow in &scenario.allows {
        let _ = writeln!(
            out,
            "allow {} {:?} {:?}",
            allow.code, allow.subjects, allow.reason
        );
    }
    out
}

fn lock_name(scenario: &Scenario, lock: LockRef) -> String {
    let decl = &scenario.objects[lock.decl.index()];
    match decl.len {
        Some(_) => format!("{}[{}]", decl.name, lock.element),
        None => decl.name.clone(),
    }
}

fn ty(scenario: &Scenario, of: &Type) -> String {
    match of {
        Type::Enum(id) => scenario.enums[id.index()].name.clone(),
        Type::Struct(id) => scenario.structs[id.index()].name.clone(),
        Type::Object(ObjectType::Chan(of)) => format!("Chan<{}>", ty(scenario, of)),
        Type::Object(object) => format!("{object:?}"),
        other => format!("{other:?}"),
    }
}

fn print_function(scenario: &Scenario, function: &Function) -> String {
    let p = Printer {
        scenario,
        function: Some(function),
    };
    let params = function.locals[..function.n_params]
        .iter()
        .map(|local| format!("{}: {}", local.name, ty(scenario, &local.ty)))
        .collect::<Vec<_>>();
    let mut out = format!("fn {}({})", function.name, params.join(", "));
    if function.returns != Type::Unit {
        let _ = write!(out, " -> {}", ty(scenario, &function.returns));
    }
    out.push('\n');
    p.block(&function.body, 1, &mut out);
    out
}

struct Printer<'h> {
    scenario: &'h Scenario,
    function: Option<&'h Function>,
}

impl Printer<'_> {
    fn block(&self, block: &Block, depth: usize, out: &mut String) {
        for stmt in &block.stmts {
            out.push_str(&"  ".repeat(depth));
            if let Some(label) = stmt.label {
                let _ = write!(out, "@{}: ", self.scenario.labels[label.index()].name);
            }
            self.stmt(stmt, depth, out);
        }
    }

    fn nested(&self, head: &str, block: &Block, depth: usize, out: &mut String) {
        out.push_str(head);
        out.push('\n');
        self.block(block, depth + 1, out);
    }

    fn more(&self, head: &str, block: &Block, depth: usize, out: &mut String) {
        out.push_str(&"  ".repeat(depth));
        self.nested(head, block, depth, out);
    }

    fn stmt(&self, stmt: &Stmt, depth: usize, out: &mut String) {
        let line = match &stmt.kind {
            StmtKind::Let(local, fields, e) => {
                let fields = fields.iter().map(|n| format!(".{n}")).collect::<String>();
                format!("let {}{fields} = {}", self.local(*local), self.expr(e))
            }
            StmtKind::Assign(place, e) => format!("{} = {}", self.place(place), self.expr(e)),
            StmtKind::Update(place, op, e) => {
                format!("{} {op:?}= {}", self.place(place), self.expr(e))
            }
            StmtKind::If(c, body, rest) => {
                self.nested(&format!("if {}", self.expr(c)), body, depth, out);
                if !rest.stmts.is_empty() {
                    self.more("else", rest, depth, out);
                }
                return;
            }
            StmtKind::IfReceive(local, from, op, body, rest) => {
                let head = format!("if let {} = {} {op:?}", self.local(*local), self.expr(from));
                self.nested(&head, body, depth, out);
                if !rest.stmts.is_empty() {
                    self.more("else", rest, depth, out);
                }
                return;
            }
            StmtKind::While(c, body) => {
                return self.nested(&format!("while {}", self.expr(c)), body, depth, out);
            }
            StmtKind::WhileReceive(local, from, op, body) => {
                let head = format!(
                    "while let {} = {} {op:?}",
                    self.local(*local),
                    self.expr(from)
                );
                return self.nested(&head, body, depth, out);
            }
            StmtKind::Loop(body) => return self.nested("loop", body, depth, out),
            StmtKind::For(local, from, to, body) => {
                let head = format!(
                    "for {} in {}..{}",
                    self.local(*local),
                    self.expr(from),
                    self.expr(to)
                );
                return self.nested(&head, body, depth, out);
            }
            StmtKind::ForReceive(local, from, body) => {
                let head = format!("for {} in {}", self.local(*local), self.expr(from));
                return self.nested(&head, body, depth, out);
            }
            StmtKind::ForFutures(local, how, from, body) => {
                let (local, from) = (self.local(*local), self.expr(from));
                return self.nested(&format!("for {how:?} {local} in {from}"), body, depth, out);
            }
            StmtKind::With(kind, e, body) => {
                return self.nested(&format!("with {kind:?} {}", self.expr(e)), body, depth, out);
            }
            StmtKind::Atomic(body) => return self.nested("atomic", body, depth, out),
            StmtKind::Either(blocks) => {
                out.push_str("either\n");
                blocks
                    .iter()
                    .for_each(|block| self.more("or", block, depth + 1, out));
                return;
            }
            StmtKind::Match(e, arms, rest) => {
                let _ = writeln!(out, "match {}", self.expr(e));
                for (words, body) in arms {
                    self.more(&format!("{words:?}"), body, depth + 1, out);
                }
                if let Some(rest) = rest {
                    self.more("_", rest, depth + 1, out);
                }
                return;
            }
            StmtKind::Select(arms, _) => {
                out.push_str("select\n");
                for arm in arms {
                    let local =
                        |id: &Option<LocalId>| id.map_or("_".to_owned(), |id| self.local(id));
                    let head = match &arm.kind {
                        SelectArmKind::Receive(x, q) => {
                            format!("{} = recv {}", local(x), self.expr(q))
                        }
                        SelectArmKind::ReceiveOr(x, q, e) => {
                            format!("{} = recv_or {} {}", local(x), self.expr(q), self.expr(e))
                        }
                        SelectArmKind::Send(q, e) => {
                            format!("send {} {}", self.expr(q), self.expr(e))
                        }
                        SelectArmKind::Timeout => "timeout".to_owned(),
                        SelectArmKind::Else => "else".to_owned(),
                    };
                    self.more(&head, &arm.body, depth + 1, out);
                }
                return;
            }
            StmtKind::Try(parts) => {
                self.nested("try", &parts.body, depth, out);
                for (name, body) in &parts.catches {
                    let name = name.map_or("*", |id| &self.scenario.strings[id.index()]);
                    self.more(&format!("catch {name}"), body, depth, out);
                }
                if let Some(finally) = &parts.finally {
                    self.more("finally", finally, depth, out);
                }
                return;
            }
            StmtKind::Return(None) => "return".to_owned(),
            StmtKind::Return(Some(e)) => format!("return {}", self.expr(e)),
            StmtKind::WaitUntil(e) => format!("wait_until {}", self.expr(e)),
            StmtKind::Assert(e, message) => {
                let message = message.map_or("", |id| &self.scenario.strings[id.index()]);
                format!("assert {} {message}", self.expr(e))
                    .trim_end()
                    .to_owned()
            }
            StmtKind::Raise(id) => format!("raise {}", self.scenario.strings[id.index()]),
            StmtKind::Print(items) => {
                let items = items
                    .iter()
                    .map(|item| self.expr(&item.value))
                    .collect::<Vec<_>>();
                format!("print {}", items.join(", "))
            }
            StmtKind::Expr(e) => self.expr(e),
            other => format!("{other:?}").to_lowercase(),
        };
        out.push_str(&line);
        out.push('\n');
    }

    fn local(&self, id: LocalId) -> String {
        let name = self.function.map(|f| f.locals[id.index()].name.clone());
        name.unwrap_or_else(|| format!("%{}", id.0))
    }

    fn place(&self, place: &Place) -> String {
        let mut text = self.scenario.vars[place.var.index()].name.clone();
        for index in &place.indices {
            let _ = write!(text, "[{}]", self.expr(index));
        }
        for field in &place.fields {
            let _ = write!(text, ".{field}");
        }
        text
    }

    fn list(&self, parts: &[Expr]) -> String {
        parts
            .iter()
            .map(|e| self.expr(e))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn expr(&self, e: &Expr) -> String {
        match &e.kind {
            ExprKind::Const(word) => match &e.ty {
                Type::Bool => (*word != 0).to_string(),
                Type::Enum(id) => self.scenario.enums[id.index()].variants[*word as usize].clone(),
                Type::Str => format!("{:?}", self.scenario.strings[*word as usize]),
                Type::Handle => format!("actor({word})"),
                _ => word.to_string(),
            },
            ExprKind::Local(id) => self.local(*id),
            ExprKind::Read(place) => self.place(place),
            ExprKind::Object(decl, index) => {
                let name = &self.scenario.objects[decl.index()].name;
                match index {
                    Some(index) => format!("{name}[{}]", self.expr(index)),
                    None => name.clone(),
                }
            }
            ExprKind::Group(group) => format!("group({})", self.scenario.groups[*group].name),
            ExprKind::Unary(op, a) => format!("{op:?}({})", self.expr(a)),
            ExprKind::Binary(op, a, b) => format!("{op:?}({}, {})", self.expr(a), self.expr(b)),
            ExprKind::And(a, b) => format!("({} && {})", self.expr(a), self.expr(b)),
            ExprKind::Or(a, b) => format!("({} || {})", self.expr(a), self.expr(b)),
            ExprKind::If(c, a, b) => {
                format!("if({}, {}, {})", self.expr(c), self.expr(a), self.expr(b))
            }
            ExprKind::Field(a, n) => format!("{}.{n}", self.expr(a)),
            ExprKind::Struct(parts) => {
                format!("{}({})", ty(self.scenario, &e.ty), self.list(parts))
            }
            ExprKind::Call(f, args) => {
                format!(
                    "{}({})",
                    self.scenario.functions[f.index()].name,
                    self.list(args)
                )
            }
            ExprKind::Method(m, receiver, args) => {
                format!(
                    "{m:?}({})",
                    [
                        vec![self.expr(receiver)],
                        args.iter().map(|a| self.expr(a)).collect()
                    ]
                    .concat()
                    .join(", ")
                )
            }
            ExprKind::Atomic(op, place, args) => {
                format!(
                    "{op:?}({})",
                    [
                        vec![self.place(place)],
                        args.iter().map(|a| self.expr(a)).collect()
                    ]
                    .concat()
                    .join(", ")
                )
            }
            ExprKind::Spawn(spawn) => {
                let daemon = if spawn.daemon { "daemon " } else { "" };
                let name = spawn
                    .name
                    .as_ref()
                    .map(|name| format!("{name:?} "))
                    .unwrap_or_default();
                let function = &self.scenario.functions[spawn.function.index()].name;
                format!("spawn {daemon}{name}{function}({})", self.list(&spawn.args))
            }
            ExprKind::Submit(submit) => {
                let function = &self.scenario.functions[submit.function.index()].name;
                let to = self.expr(&submit.executor);
                format!("submit {to} {function}({})", self.list(&submit.args))
            }
            ExprKind::Await(awaited) => match &**awaited {
                Awaited::Io => "await io".to_owned(),
                Awaited::Sleep => "await sleep".to_owned(),
                Awaited::Yield => "await yield".to_owned(),
                Awaited::Gather(tasks) => format!("await gather({})", self.list(tasks)),
                Awaited::WaitFor(inner) => format!("await wait_for {}", self.expr(inner)),
                Awaited::Expr(inner) => format!("await {}", self.expr(inner)),
            },
            ExprKind::Pick(of, index) => format!("{}[{}]", self.expr(of), self.expr(index)),
            ExprKind::Any(choice) => {
                format!(
                    "any {}({}..{})",
                    ty(self.scenario, &e.ty),
                    self.expr(&choice.from),
                    self.expr(&choice.to)
                )
            }
            ExprKind::ActorLocal(actor, local) => {
                let actor = &self.scenario.actors[actor.index()];
                let body = self.scenario.groups[actor.group].body;
                let local = &self.scenario.functions[body.index()].locals[local.index()];
                format!("{}.{}", actor.name, local.name)
            }
        }
    }
}
