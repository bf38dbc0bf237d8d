//! Operations on objects in words: locks, signals, messages.

use super::steps::{Teller, Words};
use super::story::show;
use crate::program::{ChanOp, ObjectId, ObjectKind, SyncOp, WaitMode};
use crate::report::Value;
use crate::semantics::{EventKind, Phase};

impl Teller<'_> {
    /// An operation on an object, or a join.
    pub fn sync(&self, op: SyncOp) -> Words {
        if let SyncOp::Join(mode) = op {
            return match self.event() {
                Some(EventKind::Joined(target)) => {
                    let name = self.story.actor(*target);
                    let words = Words::new("join", format!("join {name}")).on(name);
                    match mode {
                        WaitMode::Wait => words,
                        _ => words.value(Value::Bool(true)),
                    }
                }
                Some(EventKind::LeftRunning(target)) => {
                    let name = self.story.actor(*target);
                    let words = Words::new("join", format!("join {name} times out"));
                    words.on(name).value(Value::Bool(false))
                }
                _ => Words::new("join", "join"),
            };
        }
        let Some(id) = self.story.object_of(self.step) else {
            return Words::new("operate", self.source());
        };
        let name = self.story.object(id);
        self.sync_on(op, id, name).on(name)
    }

    fn sync_on(&self, op: SyncOp, id: ObjectId, name: &str) -> Words {
        let result = match self.event() {
            Some(EventKind::Did(_, result)) => *result,
            _ => None,
        };
        let tried = |plain: &'static str, trying: &'static str, mode: WaitMode, what: &str| {
            let action = if mode == WaitMode::Wait {
                plain
            } else {
                trying
            };
            if matches!(self.event(), Some(EventKind::Sleeps(_))) {
                return Words::new("wait", format!("queues: {plain} {what}"));
            }
            match result {
                Some(got) if mode != WaitMode::Wait => {
                    let text = format!("{action} {what} -> {}", got != 0);
                    Words::new(action, text).value(Value::Bool(got != 0))
                }
                _ => Words::new(action, format!("{action} {what}")),
            }
        };
        match op {
            SyncOp::Lock(mode) => tried("lock", "try_lock", mode, name),
            SyncOp::Unlock => Words::new("unlock", format!("unlock {name}")),
            SyncOp::Read(mode) => tried("read_lock", "try_read", mode, name),
            SyncOp::ReadUnlock => Words::new("read_unlock", format!("read_unlock {name}")),
            SyncOp::Write(mode) => tried("write_lock", "try_write", mode, name),
            SyncOp::WriteUnlock => Words::new("write_unlock", format!("write_unlock {name}")),
            SyncOp::Downgrade => Words::new("downgrade", format!("downgrade {name}")),
            SyncOp::Acquire(mode) => tried("acquire", "try_acquire", mode, name),
            SyncOp::Release => Words::new("release", format!("release {name}")),
            SyncOp::CondWait(_) | SyncOp::EventWait(_) => self.wait(name),
            SyncOp::Notify => self.woke("notify", name),
            SyncOp::NotifyAll => self.woke("notify_all", name),
            SyncOp::EventSet => match self.event() {
                Some(EventKind::Woke(_, woken)) if !woken.is_empty() => {
                    let text = format!("set {name} -> wakes {}", self.names(woken));
                    Words::new("set", text)
                }
                _ => Words::new("set", format!("set {name}")),
            },
            SyncOp::EventClear => Words::new("clear", format!("clear {name}")),
            SyncOp::BarrierWait(_) => self.barrier(id, name),
            SyncOp::BarrierAbort => Words::new("abort", format!("abort {name}")),
            SyncOp::BarrierReset => Words::new("reset", format!("reset {name}")),
            SyncOp::CountDown | SyncOp::LatchAdd => {
                let after = self.story.after(self.step);
                let left = self.story.machine().permits(after, id);
                let action = if op == SyncOp::CountDown {
                    "count_down"
                } else {
                    "add"
                };
                Words::new(action, format!("{action} {name} -> {left}")).value(Value::Int(left))
            }
            SyncOp::LatchWait | SyncOp::ChanJoin => {
                Words::new("wait", format!("{} passes", self.source()))
            }
            SyncOp::OnceBegin if result == Some(1) => {
                Words::new("begin", format!("begins the block of {name}"))
            }
            SyncOp::OnceBegin => Words::new("wait", format!("{name} is done already")),
            SyncOp::OnceEnd => Words::new("end", format!("ends the block of {name}")),
            SyncOp::TaskDone => Words::new("task_done", format!("task_done {name}")),
            SyncOp::Close => Words::new("close", format!("close {name}")),
            SyncOp::Join(_) => Words::new("join", "join"),
            SyncOp::Shutdown => Words::new("shutdown", format!("shutdown {name}")),
            SyncOp::ShutdownNow => Words::new("shutdown", format!("shutdown_now {name}")),
            SyncOp::Drain => Words::new("wait", format!("all jobs of {name} are done")),
        }
    }

    fn names(&self, actors: &[usize]) -> String {
        let names: Vec<&str> = actors.iter().map(|&a| self.story.actor(a)).collect();
        names.join(", ")
    }

    fn woke(&self, action: &'static str, name: &str) -> Words {
        let woken = match self.event() {
            Some(EventKind::Woke(_, woken)) => woken.as_slice(),
            _ => &[],
        };
        let whom = if woken.is_empty() {
            "nobody".to_owned()
        } else {
            self.names(woken)
        };
        Words::new(action, format!("{action} {name} -> {whom}")).value(Value::Text(whom))
    }

    /// A wait on a condition or an event, in its parts.
    fn wait(&self, name: &str) -> Words {
        match (self.phase(), self.event()) {
            (Phase::Ready, Some(EventKind::Sleeps(_))) => {
                Words::new("wait", format!("{name}.wait()"))
            }
            (Phase::Ready, Some(EventKind::Did(_, Some(0)))) => {
                Words::new("wait", format!("{name}.wait_for() times out"))
            }
            (Phase::Ready, Some(EventKind::Did(..))) => {
                Words::new("wait", format!("{name}.wait() passes"))
            }
            (Phase::Ready, _) => Words::new("wait", format!("{name}.wait()")),
            (Phase::Waiting, Some(EventKind::Woke(..))) => {
                let after = self.story.after(self.step);
                match self.story.layout().phase(after, self.actor()) {
                    Phase::TimedOut => Words::new("wake", "times out"),
                    _ => Words::new("wake", "wakes without a notify"),
                }
            }
            (Phase::Waiting, _) => Words::new("wake", "times out"),
            _ => Words::new("wake", "wakes"),
        }
    }

    fn barrier(&self, id: ObjectId, name: &str) -> Words {
        let parties = match self.story.kind(id) {
            Some(ObjectKind::Barrier { parties }) => *parties,
            _ => 1,
        };
        match (self.phase(), self.event()) {
            (Phase::Ready, Some(EventKind::Sleeps(_))) => {
                let before = self.story.machine();
                let order = before.permits(self.story.before(self.step), id) + 1;
                Words::new("arrive", format!("arrives at {name}, {order} of {parties}"))
            }
            (Phase::Ready, Some(EventKind::Woke(..))) => {
                let text = format!("arrives at {name}, {parties} of {parties}");
                Words::new("arrive", text)
            }
            (Phase::Ready, _) => Words::new("arrive", format!("{name}.wait()")),
            (Phase::Waiting, _) => Words::new("break", format!("times out, breaks {name}")),
            _ => Words::new("wake", format!("leaves {name}")),
        }
    }

    /// A send or receive.
    pub fn chan(&self, op: ChanOp) -> Words {
        let Some(id) = self.story.object_of(self.step) else {
            return Words::new("operate", self.source());
        };
        let name = self.story.object(id);
        let words = match op {
            ChanOp::Send(mode) => self.send(mode, id, name),
            ChanOp::Recv(mode) => self.recv(mode, id, name),
        };
        words.on(name)
    }

    fn send(&self, mode: WaitMode, id: ObjectId, name: &str) -> Words {
        let action = if mode == WaitMode::Wait {
            "send"
        } else {
            "try_send"
        };
        match self.event() {
            Some(EventKind::Message(_, words)) => {
                let value = self.story.message(id, words);
                Words::new(action, format!("{action} {} to {name}", show(&value))).value(value)
            }
            Some(EventKind::Sleeps(_)) => Words::new("wait", format!("offers a value to {name}")),
            Some(EventKind::NoMessage(_)) => {
                Words::new(action, format!("{action} to {name} -> false"))
            }
            Some(EventKind::Did(..)) => Words::new("send", format!("{name} has taken it")),
            _ => Words::new(action, format!("{action} to {name}")),
        }
    }

    fn recv(&self, mode: WaitMode, id: ObjectId, name: &str) -> Words {
        let action = if mode == WaitMode::Wait {
            "recv"
        } else {
            "try_recv"
        };
        match self.event() {
            Some(EventKind::Message(_, words)) => {
                let value = self.story.message(id, words);
                Words::new(action, format!("{action} {name} -> {}", show(&value))).value(value)
            }
            Some(EventKind::Sleeps(_)) => Words::new("wait", format!("waits at {name}")),
            Some(EventKind::NoMessage(_)) => {
                let closed = self
                    .story
                    .machine()
                    .is_closed(self.story.before(self.step), id);
                let what = if closed { "closed" } else { "nothing" };
                Words::new(action, format!("{action} {name} -> {what}"))
            }
            Some(EventKind::Did(..)) => Words::new("recv", format!("has received from {name}")),
            _ => Words::new(action, format!("{action} {name}")),
        }
    }
}
