//! A program as text, for people who look inside and for tests.
//!
//! One instruction a line: its number, `*` if it is a step, what it does with
//! the author's names, and what is forgotten when an actor arrives there.
//! Registers without a name are `_3`.

use std::fmt::Write;

use super::expr::Query;
use super::instr::{Access, Arm, ChanOp, FutureOp, Instr, OnLoop, RmwOp, SyncOp, TaskOp, WaitMode};
use super::table::{Awaits, Function, FunctionId, Pc, Program, Reg, ValueKind};
use super::wording::{Wording, operator};

/// The actors, the functions with their code, and the properties.
pub fn disassemble(program: &Program) -> String {
    let mut text = String::new();
    for actor in &program.actors {
        let args: Vec<String> = actor.args.iter().map(i64::to_string).collect();
        let function = function_name(program, actor.function);
        let daemon = if actor.daemon { "daemon " } else { "" };
        let main = if actor.main { "main " } else { "" };
        push(
            &mut text,
            &format!(
                "{main}{daemon}actor {} = {function}({})",
                actor.name,
                args.join(", ")
            ),
        );
    }
    for index in 0..program.functions.len() {
        list_function(program, FunctionId::new(index), &mut text);
    }
    text
}

fn push(text: &mut String, line: &str) {
    writeln!(text, "{}", line.trim_end()).expect("a String takes every line");
}

/// The function's name, with its number if others have the same.
fn function_name(program: &Program, id: FunctionId) -> String {
    let name = &program.functions[id.index()].name;
    let alike = program
        .functions
        .iter()
        .filter(|function| function.name == *name);
    if alike.count() > 1 {
        format!("{name}/{}", id.0)
    } else {
        name.clone()
    }
}

fn list_function(program: &Program, id: FunctionId, text: &mut String) {
    let function = &program.functions[id.index()];
    let words = Wording::numbered(program, Some(function));
    let params: Vec<String> = (0..function.n_params).map(|reg| words.reg(reg)).collect();
    push(
        text,
        &format!("fn {}({})", function_name(program, id), params.join(", ")),
    );
    for pc in function.entry..function.end {
        push(text, &list_instr(program, function, pc));
    }
    for handler in &function.handlers {
        let (from, to) = (handler.from, handler.to - 1);
        let covered = if from == to {
            from.to_string()
        } else {
            format!("{from}..{to}")
        };
        let exception = words.reg(handler.exception);
        push(
            text,
            &format!("  catch at {covered}: {exception}, jump {}", handler.target),
        );
    }
}

fn list_instr(program: &Program, function: &Function, pc: Pc) -> String {
    let words = Wording::numbered(program, Some(function));
    let instr = program.instr(pc);
    let step = if instr.is_visible() { '*' } else { ' ' };
    let label = match program.site(pc).label {
        Some(label) => format!("@{}: ", program.labels[label.index()].name),
        None => String::new(),
    };
    let text = instr_text(program, words, instr);
    let dead: Vec<String> = program.dead[pc as usize]
        .iter()
        .map(|&reg| words.reg(reg))
        .collect();
    let dead = if dead.is_empty() {
        String::new()
    } else {
        format!("  ; forget {}", dead.join(", "))
    };
    let awaits = match program.site(pc).awaits {
        Awaits::Never => "",
        Awaits::IfNeeded => "await ",
        Awaits::Always => "await always ",
    };
    format!("{pc:4} {step} {label}{awaits}{text}{dead}")
}

/// `x = ` in front of what gives a value.
fn result(words: Wording<'_>, reg: Option<Reg>) -> String {
    reg.map_or(String::new(), |reg| format!("{} = ", words.reg(reg)))
}

fn instr_text(program: &Program, words: Wording<'_>, instr: &Instr) -> String {
    match instr {
        Instr::Begin => "begin".to_owned(),
        Instr::End => "end".to_owned(),
        Instr::Load(reg, cell, access) => {
            format!(
                "{} = {}load {}",
                words.reg(*reg),
                atomic(*access),
                words.cell(cell)
            )
        }
        Instr::Store(cell, value, access) => {
            format!(
                "{}store {} = {}",
                atomic(*access),
                words.cell(cell),
                words.expr(value)
            )
        }
        Instr::Rmw(dst, cell, op, value) => {
            let (cell, value) = (words.cell(cell), words.expr(value));
            let op = match op {
                RmwOp::Swap => "=",
                RmwOp::Fetch(op) => operator(*op).0,
            };
            format!("{}exchange {cell} {op} {value}", result(words, *dst))
        }
        Instr::CompareExchange(dst, cell, old, new) => {
            let (old, new) = (words.expr(old), words.expr(new));
            let cell = words.cell(cell);
            format!("{}exchange {cell} if {old} = {new}", result(words, *dst))
        }
        Instr::Sync {
            op,
            object,
            arg,
            dst,
        } => {
            let object = match op {
                SyncOp::Join(_) => words.actor(object),
                _ => words.object(object),
            };
            let arg = arg
                .as_ref()
                .map_or(String::new(), |arg| format!(" {}", words.expr(arg)));
            format!("{}{} {object}{arg}", result(words, *dst), sync_name(*op))
        }
        Instr::Chan { .. } => chan_text(words, instr),
        Instr::Select {
            arms, mode, result, ..
        } => select_text(words, arms, *mode, *result),
        Instr::Collection {
            op,
            plain: _,
            object,
            args,
            dst,
            width,
        } => {
            let words_of = dst.iter().flat_map(|&dst| dst..dst + *width);
            let results: Vec<String> = words_of.map(|reg| words.reg(reg)).collect();
            let results = match results.is_empty() {
                true => String::new(),
                false => format!("{} = ", results.join(", ")),
            };
            format!("{results}{}", words.collection(*op, object, args))
        }
        Instr::NextEntry { object, round, .. } => {
            format!("{}.. = next of {}", words.reg(*round), words.object(object))
        }
        Instr::Ask(reg, query, object) => {
            let object = match query {
                Query::IsAlive => words.actor(object),
                Query::IsDone => words.expr(object),
                _ => words.object(object),
            };
            format!(
                "{} = ask {object}.{}()",
                words.reg(*reg),
                words.query(*query)
            )
        }
        Instr::Choose(reg, from, to) => {
            format!(
                "{} = any({}..{})",
                words.reg(*reg),
                words.expr(from),
                words.expr(to)
            )
        }
        Instr::Spawn {
            dst,
            function,
            args,
            name,
            daemon,
            process,
            task,
        } => {
            let name = name.map_or(String::new(), |name| {
                format!(" as {:?}", program.name(name))
            });
            let daemon = if *daemon { "daemon " } else { "" };
            let process = if *process { "process " } else { "" };
            let task = match task {
                None => String::new(),
                Some(OnLoop { on, green }) => {
                    let kind = if *green { "green" } else { "task" };
                    let on = on.map(|id| format!(" on {}", program.loops[id.index()]));
                    format!("{kind}{} ", on.unwrap_or_default())
                }
            };
            let function = function_name(program, *function);
            let args = words.list(args);
            format!(
                "{}spawn {daemon}{process}{task}{function}({args}){name}",
                result(words, *dst)
            )
        }
        Instr::Submit {
            dst,
            executor,
            function,
            args,
        } => {
            let (to, job) = (words.object(executor), function_name(program, *function));
            let args = words.list(args);
            format!("{}submit {to} {job}({args})", result(words, *dst))
        }
        Instr::Future {
            op, future, dst, ..
        } => {
            let op = match op {
                FutureOp::Result(WaitMode::Wait) => "result",
                FutureOp::Result(_) => "result for a while",
                FutureOp::Exception(_) => "exception",
                FutureOp::WaitFor => "wait for",
                FutureOp::Cancel => "cancel",
            };
            format!("{}{op} {}", result(words, *dst), words.expr(future))
        }
        Instr::Task { op, tasks, dst, .. } => {
            let op = match op {
                TaskOp::Io => "io",
                TaskOp::Result => "result of task",
                TaskOp::Gather => "gather",
                TaskOp::WaitFor => "wait for task",
                TaskOp::Cancel => "cancel task",
            };
            format!("{}{op} {}", result(words, *dst), words.list(tasks))
        }
        Instr::WaitJobs {
            futures,
            all,
            dst,
            seen,
        } => {
            let which = if *all { "all" } else { "one" };
            let but = seen.map_or(String::new(), |reg| format!(" but {}", words.reg(reg)));
            let futures = words.list(futures);
            format!("{}wait {which} [{futures}]{but}", result(words, *dst))
        }
        Instr::TakeJob {
            executor, future, ..
        } => {
            let name = &program.objects[executor.index()].name;
            format!("{} = take {name}", words.reg(*future))
        }
        Instr::FinishJob { future, failed, .. } => {
            let how = if *failed { "fail" } else { "finish" };
            format!("{how} {}", words.reg(*future))
        }
        Instr::WaitUntil(condition) => format!("wait until {}", words.expr(condition)),
        Instr::AtomicBegin(end) => format!("atomic until {end}"),
        Instr::Yield => "yield".to_owned(),
        Instr::Sleep => "sleep".to_owned(),
        Instr::Progress => "progress".to_owned(),
        Instr::Print(items) if items.is_empty() => "end line".to_owned(),
        Instr::Print(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(item, kind)| match (item, kind) {
                    (super::Expr::Const(word), ValueKind::Str) => quoted(program, *word),
                    _ => words.expr(item),
                })
                .collect();
            format!("print {}", items.join(", "))
        }
        local => local_text(program, words, local),
    }
}

fn local_text(program: &Program, words: Wording<'_>, instr: &Instr) -> String {
    match instr {
        Instr::Let(reg, value) => format!("{} = {}", words.reg(*reg), words.expr(value)),
        Instr::Observe(id, value) => {
            let name = &program.observed[id.index()].name;
            format!("observe {name} = {}", words.expr(value))
        }
        Instr::Jump(target) => format!("jump {target}"),
        Instr::Unless(condition, target) => {
            format!("unless {} jump {target}", words.expr(condition))
        }
        Instr::Assert(condition, message) => {
            let message =
                message.map_or(String::new(), |text| format!(", {:?}", program.name(text)));
            format!("assert {}{message}", words.expr(condition))
        }
        Instr::Raise(name) => format!("raise {:?}", program.name(*name)),
        Instr::Reraise(reg) => format!("raise {}", words.reg(*reg)),
        Instr::UnlessCaught(reg, name, target) => {
            let (reg, name) = (words.reg(*reg), program.name(*name));
            format!("unless {reg} is {name:?} jump {target}")
        }
        Instr::Call(function, args, dst) => {
            let function = function_name(program, *function);
            format!(
                "{}call {function}({})",
                result(words, *dst),
                words.list(args)
            )
        }
        Instr::Return(values) => format!("return {}", words.list(values)),
        Instr::AtomicEnd => "atomic end".to_owned(),
        Instr::LabelDone(label) => format!("done @{}", program.labels[label.index()].name),
        _ => unreachable!("visible instructions have their words above"),
    }
}

fn chan_text(words: Wording<'_>, instr: &Instr) -> String {
    let Instr::Chan {
        op,
        object,
        args,
        dst,
        ok,
        width,
    } = instr
    else {
        unreachable!("only called for channels");
    };
    let object = words.object(object);
    let element = dst
        .iter()
        .flat_map(|&dst| (0..*width).map(move |word| dst + word));
    let results: Vec<String> = element.chain(*ok).map(|reg| words.reg(reg)).collect();
    let results = if results.is_empty() {
        String::new()
    } else {
        format!("{} = ", results.join(", "))
    };
    match op {
        ChanOp::Send(mode) => {
            format!(
                "{results}{}send {object} ({})",
                mode_word(*mode),
                words.list(args)
            )
        }
        ChanOp::Recv(mode) => format!("{results}{}recv {object}", mode_word(*mode)),
    }
}

fn select_text(words: Wording<'_>, arms: &[Arm], mode: WaitMode, result: Reg) -> String {
    let arm = |arm: &Arm| {
        let object = words.object(&arm.object);
        match arm.send {
            true => format!("send {object} ({})", words.list(&arm.args)),
            false => format!("recv {object}"),
        }
    };
    let arms: Vec<String> = arms.iter().map(arm).collect();
    format!(
        "{}.. = {}select [{}]",
        words.reg(result),
        mode_word(mode),
        arms.join(", ")
    )
}

fn atomic(access: Access) -> &'static str {
    match access {
        Access::Plain => "",
        Access::Atomic => "atomic ",
    }
}

fn mode_word(mode: WaitMode) -> &'static str {
    match mode {
        WaitMode::Wait => "",
        WaitMode::Try => "try ",
        WaitMode::Timeout => "timed ",
    }
}

fn quoted(program: &Program, word: i64) -> String {
    let name = usize::try_from(word)
        .ok()
        .and_then(|index| program.names.get(index));
    format!("{:?}", name.map_or("", String::as_str))
}

/// What an operation is called.
fn sync_name(op: SyncOp) -> String {
    let (mode, name) = match op {
        SyncOp::Lock(mode) => (mode, "lock"),
        SyncOp::Read(mode) => (mode, "read"),
        SyncOp::Write(mode) => (mode, "write"),
        SyncOp::Acquire(mode) => (mode, "acquire"),
        SyncOp::CondWait(mode) | SyncOp::EventWait(mode) => (mode, "wait"),
        SyncOp::Unlock => (WaitMode::Wait, "unlock"),
        SyncOp::ReadUnlock => (WaitMode::Wait, "read_unlock"),
        SyncOp::WriteUnlock => (WaitMode::Wait, "write_unlock"),
        SyncOp::Downgrade => (WaitMode::Wait, "downgrade"),
        SyncOp::Release => (WaitMode::Wait, "release"),
        SyncOp::Notify => (WaitMode::Wait, "notify"),
        SyncOp::NotifyAll => (WaitMode::Wait, "notify_all"),
        SyncOp::EventSet => (WaitMode::Wait, "set"),
        SyncOp::EventClear => (WaitMode::Wait, "clear"),
        SyncOp::BarrierWait(mode) => (mode, "wait"),
        SyncOp::LatchWait => (WaitMode::Wait, "wait"),
        SyncOp::BarrierAbort => (WaitMode::Wait, "abort"),
        SyncOp::BarrierReset => (WaitMode::Wait, "reset"),
        SyncOp::CountDown => (WaitMode::Wait, "count_down"),
        SyncOp::LatchAdd => (WaitMode::Wait, "add"),
        SyncOp::OnceBegin => (WaitMode::Wait, "first"),
        SyncOp::OnceEnd => (WaitMode::Wait, "first done"),
        SyncOp::TaskDone => (WaitMode::Wait, "task_done"),
        SyncOp::ChanJoin => (WaitMode::Wait, "join"),
        SyncOp::Close => (WaitMode::Wait, "close"),
        SyncOp::Join(mode) => (mode, "join"),
        SyncOp::Shutdown => (WaitMode::Wait, "shutdown"),
        SyncOp::ShutdownNow => (WaitMode::Wait, "shutdown_now"),
        SyncOp::Drain => (WaitMode::Wait, "drain"),
    };
    format!("{}{name}", mode_word(mode))
}
