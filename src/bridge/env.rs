//! The shared things of one execution, made of the engine's own primitives: a
//! fresh set for every execution.

use super::actor::{Actor, Local};
use super::library::Library;
use super::monitor::{Grant, Inside, Ticket, Wish};
use super::plan::Turn;
use super::refuse::ends_early;
use super::seen::{Part, Place};
use super::stage::{Access, Stage};
use crate::program::{Access as Kind, FunctionId, Instr, ObjectKind, Program, RmwOp, SyncOp};
use std::sync::{Arc, Mutex, PoisonError};

/// The shared things of one execution.
pub(super) struct Env<L: Library> {
    pub program: Arc<Program>,
    pub stage: Arc<Stage>,
    words: Vec<Word<L>>,
    pub things: Vec<Thing<L>>,
    /// What is printed goes through here, so that the engine orders it.
    pub printer: L::Word,
    /// Nobody ever notifies here.
    never: (L::Mutex, L::Condvar),
    handles: Mutex<Vec<Option<L::Handle>>>,
    /// The program can be over before everybody has ended.
    pub ends_early: bool,
    /// Actors may be joined twice, but an engine's handle only once.
    pub joins_once: bool,
}

enum Word<L: Library> {
    Atomic(L::Word),
    Plain(L::Plain),
}

/// An object.
pub(super) enum Thing<L: Library> {
    Mutex {
        lock: L::Mutex,
        reentrant: bool,
    },
    RwLock(L::RwLock),
    Semaphore(L::Semaphore),
    Condvar {
        condvar: L::Condvar,
        lock: usize,
    },
    Monitor(Monitor<L>),
    /// Something that is refused.
    Nothing,
}

/// A state under a mutex, with a condition to wait at.
pub(super) struct Monitor<L: Library> {
    mutex: L::Mutex,
    change: L::Condvar,
    inside: Mutex<Inside>,
}

impl<L: Library> Env<L> {
    pub fn new(program: &Arc<Program>, stage: &Arc<Stage>, joins_once: bool) -> Self {
        let word = |cell: &crate::program::Cell| {
            if program.vars[cell.var.index()].atomic {
                Word::Atomic(L::word(cell.initial))
            } else {
                Word::Plain(L::plain(cell.initial))
            }
        };
        Self {
            words: program.cells.iter().map(word).collect(),
            things: program.objects.iter().map(|it| thing(&it.kind)).collect(),
            printer: L::word(0),
            never: (L::mutex(), L::condvar()),
            handles: Mutex::default(),
            ends_early: ends_early(program),
            joins_once,
            program: Arc::clone(program),
            stage: Arc::clone(stage),
        }
    }

    fn handles(&self) -> std::sync::MutexGuard<'_, Vec<Option<L::Handle>>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The declared actors that have something to do, before their first visible
    /// instruction. All are there before the first of them can end.
    pub fn enter_all(&self) -> Vec<Actor> {
        let rows = &self.program.actors;
        let all: Vec<Actor> = { rows.iter() }
            .map(|row| self.create(row.function, &row.args, row.daemon))
            .collect();
        let with_work = all.into_iter().filter_map(|mut actor| {
            let works = self.settle(&mut actor);
            works.then_some(actor)
        });
        with_work.collect()
    }

    /// A new actor that stands before its first visible instruction; `None` if it
    /// has none.
    pub fn enter(&self, function: FunctionId, args: &[i64], daemon: bool) -> Option<Actor> {
        let mut actor = self.create(function, args, daemon);
        self.settle(&mut actor).then_some(actor)
    }

    fn create(&self, function: FunctionId, args: &[i64], daemon: bool) -> Actor {
        let id = self.stage.enter(daemon);
        self.handles().push(None);
        Actor::new(&self.program, id, function, args)
    }

    /// Starts an actor that stands before a visible instruction.
    pub fn start(env: &Arc<Self>, actor: Actor) {
        let id = actor.id;
        env.stage.starts(id);
        let handle = L::spawn(Arc::clone(env), actor);
        env.handles()[id] = Some(handle);
    }

    /// Some actor that nobody has joined yet.
    pub fn unjoined(&self) -> Option<L::Handle> {
        self.handles().iter_mut().find_map(Option::take)
    }

    /// Local work up to the next visible instruction; whether there is one.
    pub fn settle(&self, actor: &mut Actor) -> bool {
        let mut observe = |observed, value| self.stage.observe(observed, value);
        let end = actor.settle(&self.program, &mut observe);
        self.came_to(actor, end)
    }

    /// Tells where local work has led; whether there is more to do.
    pub fn came_to(&self, actor: &Actor, end: Local) -> bool {
        match end {
            Local::Visible => {
                let access = access(&self.program, actor);
                self.stage.arrive(actor.id, actor.pc, access);
                true
            }
            Local::Ended => {
                self.stage.leave(actor.id, Place::Ended);
                false
            }
            Local::Died => {
                self.stage.leave(actor.id, Place::Died);
                false
            }
            Local::Fault => self.fault(actor),
            Local::Endless => self.refuse("local work without end, or calls without end"),
        }
    }

    /// An assertion or a calculation failed.
    pub fn fault(&self, actor: &Actor) -> ! {
        self.stage.fault(actor.id, actor.pc);
        L::stop()
    }

    pub fn refuse(&self, what: &str) -> ! {
        self.stage.refuse(what);
        L::stop()
    }

    /// Waits for the turn of an actor, if the execution is led.
    pub fn await_turn(&self, actor: usize) {
        if !self.stage.is_led() {
            return;
        }
        if L::ASKS {
            // Who is led must not do two things in one turn.
            return L::point();
        }
        loop {
            match self.stage.turn() {
                Turn::OfAnybody(_) => return,
                Turn::Of(next) if next == actor => return,
                Turn::Of(_) => L::pause(),
                Turn::OfNobody => {
                    self.stage.lose();
                    L::stop();
                }
            }
        }
    }

    /// Whether somebody who wakes up must wait for its turn by itself.
    pub fn wakes_in_turn(&self) -> bool {
        self.stage.is_led() && !L::ASKS
    }

    /// Blocks for ever.
    pub fn never(&self) -> ! {
        let mut guard = Kept::<L>::new(L::lock(&self.never.0));
        loop {
            guard = Kept::new(L::wait(&self.never.1, guard.release()));
        }
    }

    /// Waits for the end of an actor; gives whether there is such an actor.
    pub fn join(&self, number: i64) -> bool {
        let Ok(target) = usize::try_from(number) else {
            return false;
        };
        let handle = match self.handles().get_mut(target) {
            None => return false,
            Some(handle) => handle.take(),
        };
        match handle {
            Some(handle) => L::join(handle),
            None if self.stage.has_ended(target) && !self.joins_once => L::point(),
            None => self.refuse("an actor that two others wait for"),
        }
        true
    }

    pub fn load(&self, cell: usize) -> i64 {
        match &self.words[cell] {
            Word::Atomic(word) => L::load(word),
            Word::Plain(word) => L::plain_load(word).unwrap_or_else(|| self.stage.cell(cell)),
        }
    }

    pub fn store(&self, cell: usize, value: i64) {
        match &self.words[cell] {
            Word::Atomic(word) => L::store(word, value),
            Word::Plain(word) => L::plain_store(word, value),
        }
        self.stage.set_cell(cell, value);
    }

    fn atomic(&self, cell: usize) -> &L::Word {
        match &self.words[cell] {
            Word::Atomic(word) => word,
            Word::Plain(_) => self.refuse("an atomic operation on a plain variable"),
        }
    }

    /// The old value, and what it became if that can be calculated.
    pub fn update(&self, cell: usize, op: RmwOp, arg: i64) -> (i64, Option<i64>) {
        let word = self.atomic(cell);
        let op = match op {
            RmwOp::Swap => {
                let old = L::swap(word, arg);
                self.stage.set_cell(cell, arg);
                return (old, Some(arg));
            }
            RmwOp::Fetch(op) => op,
        };
        let new = |old: i64| crate::semantics::binary(op, old, arg).ok();
        let old = L::fetch(word, op, arg).unwrap_or_else(|| {
            loop {
                let old = L::load(word);
                match new(old) {
                    Some(new) if !L::compare_exchange(word, old, new) => {}
                    _ => return old,
                }
            }
        });
        let new = new(old);
        if let Some(new) = new {
            self.stage.set_cell(cell, new);
        }
        (old, new)
    }

    pub fn compare_exchange(&self, cell: usize, old: i64, new: i64) -> bool {
        let changed = L::compare_exchange(self.atomic(cell), old, new);
        if changed {
            self.stage.set_cell(cell, new);
        }
        changed
    }
}

impl<L: Library> Monitor<L> {
    pub fn new(inside: Inside) -> Self {
        Self {
            mutex: L::mutex(),
            change: L::condvar(),
            inside: Mutex::new(inside),
        }
    }

    /// Waits until it is granted. `note` hears when it is, or when waiting has begun; `wake`
    /// is called where an engine has ended its waiting, without the mutex.
    pub fn perform(
        &self,
        wish: &Wish,
        note: &mut dyn FnMut(Part, &Grant),
        wake: Option<&dyn Fn()>,
    ) -> Grant {
        let mut guard = Kept::<L>::new(L::lock(&self.mutex));
        let mut ticket = Ticket::default();
        loop {
            let grant = self.inside().grant(wish, &mut ticket);
            match grant {
                Grant::Later { began } => {
                    if began {
                        note(Part::Began, &grant);
                    }
                    guard = Kept::new(L::wait(&self.change, guard.release()));
                    if let Some(wake) = wake {
                        drop(guard.release());
                        wake();
                        guard = Kept::new(L::lock(&self.mutex));
                    }
                }
                _ => {
                    note(Part::Done, &grant);
                    L::notify_all(&self.change);
                    drop(guard.release());
                    return grant;
                }
            }
        }
    }

    /// What it answers to a question.
    pub fn ask(&self, note: &mut dyn FnMut(i64, Option<i64>) -> i64) -> i64 {
        let guard = Kept::<L>::new(L::lock(&self.mutex));
        let (number, room) = self.inside().answer();
        let answer = note(number, room);
        drop(guard.release());
        answer
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A guard that is not given back while an execution is torn down.
pub(super) struct Kept<'a, L: Library>(Option<L::Guard<'a>>);

impl<'a, L: Library> Kept<'a, L> {
    pub fn new(guard: L::Guard<'a>) -> Self {
        Self(Some(guard))
    }

    pub fn release(mut self) -> L::Guard<'a> {
        self.0.take().expect("a guard is released once")
    }
}

impl<L: Library> Drop for Kept<'_, L> {
    fn drop(&mut self) {
        if let Some(guard) = self.0.take() {
            std::mem::forget(guard);
        }
    }
}

fn thing<L: Library>(kind: &ObjectKind) -> Thing<L> {
    let monitor = || Inside::new(kind).map(|inside| Thing::Monitor(Monitor::new(inside)));
    match kind {
        ObjectKind::Lock {
            reentrant,
            unowned: false,
        } => Thing::Mutex {
            lock: L::mutex(),
            reentrant: *reentrant,
        },
        ObjectKind::RwLock { .. } => Thing::RwLock(L::rwlock()),
        ObjectKind::Cond { lock, .. } => Thing::Condvar {
            condvar: L::condvar(),
            lock: lock.index(),
        },
        ObjectKind::Sem { initial, max: None } => {
            let permits = usize::try_from(*initial).ok();
            let semaphore = permits.and_then(L::semaphore).map(Thing::Semaphore);
            semaphore.or_else(monitor).unwrap_or(Thing::Nothing)
        }
        _ => monitor().unwrap_or(Thing::Nothing),
    }
}

/// What an actor is about to do to memory.
fn access(program: &Program, actor: &Actor) -> Option<Access> {
    let (place, write, kind) = match program.instr(actor.pc) {
        Instr::Load(_, place, kind) => (place, false, *kind),
        Instr::Store(place, _, kind) => (place, true, *kind),
        Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..) => {
            (place, true, Kind::Atomic)
        }
        _ => return None,
    };
    Some(Access {
        cell: actor.cell(place).ok()?,
        write,
        atomic: kind == Kind::Atomic,
    })
}

/// The wish that an operation on a monitor stands for.
pub(super) fn wish(op: SyncOp, arg: i64) -> Option<Wish> {
    use crate::program::WaitMode::{Timeout, Try, Wait};
    Some(match op {
        SyncOp::Lock(Wait) | SyncOp::Acquire(Wait) => Wish::Take,
        SyncOp::Lock(Try) | SyncOp::Acquire(Try) => Wish::TryTake,
        SyncOp::Unlock => Wish::Give(1),
        SyncOp::Release => Wish::Give(arg),
        SyncOp::EventSet => Wish::Set,
        SyncOp::EventClear => Wish::Clear,
        SyncOp::EventWait(Wait | Try) | SyncOp::LatchWait | SyncOp::ChanJoin => Wish::Await,
        SyncOp::BarrierWait(Wait | Try) => Wish::Arrive,
        SyncOp::BarrierAbort => Wish::Break,
        SyncOp::CountDown => Wish::Count(-1),
        SyncOp::LatchAdd => Wish::Count(arg),
        SyncOp::OnceBegin => Wish::Begin,
        SyncOp::OnceEnd => Wish::End,
        SyncOp::TaskDone => Wish::JobDone,
        SyncOp::Close => Wish::Close,
        SyncOp::Lock(Timeout)
        | SyncOp::Acquire(Timeout)
        | SyncOp::EventWait(Timeout)
        | SyncOp::BarrierWait(Timeout)
        | SyncOp::BarrierReset
        | SyncOp::Read(_)
        | SyncOp::ReadUnlock
        | SyncOp::Write(_)
        | SyncOp::WriteUnlock
        | SyncOp::Downgrade
        | SyncOp::CondWait(_)
        | SyncOp::Notify
        | SyncOp::NotifyAll
        | SyncOp::Join(_)
        | SyncOp::Shutdown
        | SyncOp::ShutdownNow
        | SyncOp::Drain => return None,
    })
}
