//! What a step does, in plain words with the author's names.

use super::expr::CollectionOp;
use super::instr::{Arm, ChanOp, FutureOp, Instr, RmwOp, SyncOp, TaskOp, WaitMode};
use super::table::{Pc, Program};
use super::wording::{Wording, operator};

/// What the visible instruction at `pc` does, as in `read count`, `lock m`,
/// `wait until ready`. Local instructions have no words: the result is empty.
pub fn describe(program: &Program, pc: Pc) -> String {
    let words = Wording::plain(program, Some(program.function_at(pc)));
    match program.instr(pc) {
        Instr::Begin => match program.site(pc).label {
            Some(label) => format!("pass @{}", program.labels[label.index()].name),
            None => "begin".to_owned(),
        },
        Instr::End => {
            let entry = program.function_at(pc).entry;
            match program.instr(entry) {
                Instr::TakeJob { .. } => "be free again".to_owned(),
                _ => "end".to_owned(),
            }
        }
        Instr::Load(_, cell, _) => format!("read {}", words.cell(cell)),
        Instr::Store(cell, ..) => format!("write {}", words.cell(cell)),
        Instr::Rmw(_, cell, op, value) => {
            let (cell, value) = (words.cell(cell), words.expr(value));
            match op {
                RmwOp::Swap => format!("{cell} = {value}, giving the old value, at once"),
                RmwOp::Fetch(op) => format!("{cell} {}= {value} at once", operator(*op).0),
            }
        }
        Instr::CompareExchange(_, cell, old, new) => {
            let (old, new) = (words.expr(old), words.expr(new));
            format!("if {} is {old}, make it {new}, at once", words.cell(cell))
        }
        Instr::Sync {
            op, object, arg, ..
        } => {
            let object = match op {
                SyncOp::Join(_) => words.actor(object),
                _ => words.object(object),
            };
            let arg = arg.as_ref().map(|arg| words.expr(arg));
            sync(*op, &object, arg.as_deref())
        }
        Instr::Chan { op, object, .. } => {
            let object = words.object(object);
            match op {
                ChanOp::Send(mode) => waiting(*mode, &format!("send to {object}")),
                ChanOp::Recv(mode) => waiting(*mode, &format!("receive from {object}")),
            }
        }
        Instr::Select { arms, mode, .. } => {
            let arm = |arm: &Arm| {
                let object = words.object(&arm.object);
                match arm.send {
                    true => format!("send to {object}"),
                    false => format!("receive from {object}"),
                }
            };
            let arms: Vec<String> = arms.iter().map(arm).collect();
            let what = match arms.as_slice() {
                [only] => only.clone(),
                arms => format!("do one of: {}", arms.join(", ")),
            };
            match mode {
                WaitMode::Wait => format!("select: {what}"),
                mode => format!("select: {}", waiting(*mode, &what)),
            }
        }
        Instr::Collection {
            op, object, args, ..
        } => {
            let words = words.collection(*op, object, args);
            match op {
                CollectionOp::At | CollectionOp::Get => format!("read {words}"),
                CollectionOp::HasValue | CollectionOp::HasKey | CollectionOp::IsEqual => {
                    format!("ask whether {words}")
                }
                _ => words,
            }
        }
        Instr::NextEntry { object, .. } => format!("take the next of {}", words.object(object)),
        Instr::Ask(_, query, object) => match query {
            super::Query::IsDone => format!("ask whether {} is done", words.expr(object)),
            super::Query::IsAlive => format!("ask whether {} is alive", words.actor(object)),
            _ => format!("ask {}.{}()", words.object(object), words.query(*query)),
        },
        Instr::Choose(_, from, to) => {
            format!("choose from {}..{}", words.expr(from), words.expr(to))
        }
        Instr::Spawn {
            function, process, ..
        } => {
            let what = if *process { "process " } else { "" };
            format!("spawn {what}{}", program.functions[function.index()].name)
        }
        Instr::Submit {
            executor, function, ..
        } => {
            let job = &program.functions[function.index()].name;
            format!("submit {job} to {}", words.object(executor))
        }
        Instr::Future { op, future, .. } => {
            let future = words.expr(future);
            match op {
                FutureOp::Result(mode) => {
                    waiting(*mode, &format!("wait for the result of {future}"))
                }
                FutureOp::WaitFor => {
                    format!("wait for the result of {future}; may time out and cancel it")
                }
                FutureOp::Exception(_) => format!("wait for the exception of {future}"),
                FutureOp::Cancel => format!("cancel {future}"),
            }
        }
        Instr::Task { op, tasks, .. } => {
            let tasks = tasks.iter().map(|task| words.actor(task));
            let tasks = tasks.collect::<Vec<_>>().join(", ");
            match op {
                TaskOp::Io => "input or output".to_owned(),
                TaskOp::Result => format!("wait for the end of {tasks}"),
                TaskOp::WaitFor => {
                    format!("wait for the end of {tasks}; may time out and cancel it")
                }
                TaskOp::Gather => format!("wait for the end of {tasks}"),
                TaskOp::Cancel => format!("cancel {tasks}"),
            }
        }
        Instr::WaitJobs { futures, all, .. } => {
            let which = if *all { "all" } else { "one" };
            format!("wait for {which} of [{}]", words.list(futures))
        }
        Instr::TakeJob { executor, .. } => {
            format!("take a job of {}", program.objects[executor.index()].name)
        }
        Instr::FinishJob { failed, .. } => match failed {
            true => "the job fails".to_owned(),
            false => "the job is done".to_owned(),
        },
        Instr::WaitUntil(condition) => format!("wait until {}", words.expr(condition)),
        Instr::AtomicBegin(_) => "the whole block at once".to_owned(),
        Instr::Yield => "yield".to_owned(),
        Instr::Sleep => "sleep".to_owned(),
        Instr::Progress => "progress".to_owned(),
        Instr::Print(items) if items.is_empty() => "end the line".to_owned(),
        Instr::Print(_) => "print".to_owned(),
        Instr::Let(..)
        | Instr::Observe(..)
        | Instr::Jump(_)
        | Instr::Unless(..)
        | Instr::Assert(..)
        | Instr::Raise(_)
        | Instr::Reraise(_)
        | Instr::UnlessCaught(..)
        | Instr::Call(..)
        | Instr::Return(_)
        | Instr::AtomicEnd
        | Instr::LabelDone(_) => String::new(),
    }
}

/// The words of an operation that may be tried only, or for a while.
fn waiting(mode: WaitMode, words: &str) -> String {
    match mode {
        WaitMode::Wait => words.to_owned(),
        WaitMode::Try => format!("try to {words}"),
        WaitMode::Timeout => format!("try for a while to {words}"),
    }
}

fn sync(op: SyncOp, object: &str, arg: Option<&str>) -> String {
    let several = |verb: &str| match arg {
        None | Some("1") => format!("{verb} {object}"),
        Some(arg) => format!("{verb} {object} by {arg}"),
    };
    match op {
        SyncOp::Lock(mode) => waiting(mode, &format!("lock {object}")),
        SyncOp::Unlock => format!("unlock {object}"),
        SyncOp::Read(mode) => waiting(mode, &format!("enter {object} to read")),
        SyncOp::ReadUnlock => format!("leave {object} after reading"),
        SyncOp::Write(mode) => waiting(mode, &format!("enter {object} to write")),
        SyncOp::WriteUnlock => format!("leave {object} after writing"),
        SyncOp::Downgrade => format!("stay in {object} as a reader"),
        SyncOp::Acquire(mode) => waiting(mode, &format!("acquire {object}")),
        SyncOp::Release => several("release"),
        SyncOp::CondWait(WaitMode::Timeout) => format!("wait for {object} for a while"),
        SyncOp::EventWait(WaitMode::Timeout) => format!("wait for {object} for a while"),
        SyncOp::CondWait(_) | SyncOp::EventWait(_) => format!("wait for {object}"),
        SyncOp::BarrierWait(mode) => waiting(mode, &format!("wait at {object}")),
        SyncOp::LatchWait => format!("wait for {object}"),
        SyncOp::Notify => match arg {
            None | Some("1") => format!("notify {object}"),
            Some(n) => format!("notify {n} of {object}"),
        },
        SyncOp::NotifyAll => format!("notify all of {object}"),
        SyncOp::EventSet => format!("set {object}"),
        SyncOp::EventClear => format!("clear {object}"),
        SyncOp::BarrierAbort => format!("abort {object}"),
        SyncOp::BarrierReset => format!("reset {object}"),
        SyncOp::CountDown => format!("count {object} down"),
        SyncOp::LatchAdd => several("count up"),
        SyncOp::OnceBegin => format!("be first at {object}, or wait for who is"),
        SyncOp::OnceEnd => format!("finish {object}"),
        SyncOp::TaskDone => format!("a job of {object} is done"),
        SyncOp::ChanJoin => format!("wait for all jobs of {object}"),
        SyncOp::Close => format!("close {object}"),
        SyncOp::Join(mode) => waiting(mode, &format!("join {object}")),
        SyncOp::Shutdown => format!("shut {object} down"),
        SyncOp::ShutdownNow => format!("shut {object} down and cancel what waits in its queue"),
        SyncOp::Drain => format!("wait for all jobs of {object}"),
    }
}
