//! Plays an actor on the engine's primitives: one visible instruction after the
//! other, in one flat loop, since an engine's stacks are small.

use super::actor::{Actor, Raised};
use super::env::{Env, Kept, Monitor, Thing, wish};
use super::library::Library;
use super::monitor::{Grant, Wish};
use super::seen::Part;
use crate::base::ACTORS_MAX;
use crate::program::{
    CellRef, ChanOp, Expr, Instr, NameId, Query, RAISED_BY_LIBRARY, Reg, SyncOp, WaitMode,
};
use crate::semantics::CHOICES_MAX;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The locks that an actor holds.
struct Held<'e, L: Library> {
    locks: BTreeMap<usize, (Kept<'e, L>, u32)>,
    readers: BTreeMap<usize, (Option<L::Reader<'e>>, u32)>,
    writers: BTreeMap<usize, Option<L::Writer<'e>>>,
}

/// Whoever ends, or is torn down, gives nothing back.
impl<L: Library> Drop for Held<'_, L> {
    fn drop(&mut self) {
        let readers = std::mem::take(&mut self.readers);
        readers.into_values().for_each(|it| std::mem::forget(it.0));
        let writers = std::mem::take(&mut self.writers);
        writers.into_values().for_each(std::mem::forget);
    }
}

/// What came of an instruction: the next one, or an exception.
type Flow = Result<(), Raised>;

fn raised(name: &str) -> Raised {
    let row = RAISED_BY_LIBRARY.iter().position(|&known| known == name);
    let row = row.expect("the library raises only names of its own table");
    Raised(NameId::new(row))
}

/// Plays an actor, which stands before a visible instruction, to its end.
pub(super) fn play<L: Library>(env: &Arc<Env<L>>, actor: Actor) {
    let held = Held {
        locks: BTreeMap::new(),
        readers: BTreeMap::new(),
        writers: BTreeMap::new(),
    };
    let mut player = Player { env, actor, held };
    while !env.stage.is_done() && player.step() {}
}

struct Player<'e, L: Library> {
    env: &'e Arc<Env<L>>,
    actor: Actor,
    held: Held<'e, L>,
}

impl<'e, L: Library> Player<'e, L> {
    /// Plays one instruction and what follows up to the next; whether there is one.
    fn step(&mut self) -> bool {
        let program = Arc::clone(&self.env.program);
        self.env.await_turn(self.actor.id);
        self.env.stage.touch(self.actor.id);
        match self.visible(program.instr(self.actor.pc)) {
            Ok(()) => self.actor.pc += 1,
            Err(raised) => {
                if let Some(end) = self.actor.unwind(&program, raised) {
                    return self.env.came_to(&self.actor, end);
                }
            }
        }
        self.env.settle(&mut self.actor)
    }

    fn did(&self, value: Option<i64>) {
        self.note(Part::Done, value);
    }

    fn note(&self, part: Part, value: Option<i64>) {
        let (id, pc) = (self.actor.id, self.actor.pc);
        self.env.stage.log(id, pc, part, value);
    }

    /// The instruction raises, and that is all it does.
    fn raise<T>(&self, name: &str) -> Result<T, Raised> {
        self.did(None);
        Err(raised(name))
    }

    fn eval(&self, expr: &Expr) -> i64 {
        match self.actor.eval(expr) {
            Ok(value) => value,
            Err(_) => self.fault(),
        }
    }

    fn eval_all(&self, exprs: &[Expr]) -> Vec<i64> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn cell(&self, place: &CellRef) -> usize {
        match self.actor.cell(place) {
            Ok(cell) => cell,
            Err(_) => self.fault(),
        }
    }

    /// Where the program can be over before everybody has ended, also a step without
    /// an effect may be one too many.
    fn let_the_program_end(&self) {
        if self.env.ends_early {
            L::point();
        }
    }

    /// The instruction fails before it has done anything: others may go first.
    fn fault(&self) -> ! {
        L::point();
        self.failed()
    }

    /// The instruction has failed.
    fn failed(&self) -> ! {
        self.did(None);
        self.env.fault(&self.actor)
    }

    fn set(&mut self, reg: Option<Reg>, value: i64) {
        self.actor.set_all(reg, &[value]);
    }

    /// Whether a value is in the range of its variable.
    fn fits(&self, cell: usize, value: i64) -> bool {
        let program = &self.env.program;
        let range = program.vars[program.cells[cell].var.index()].range;
        range.is_none_or(|(low, high)| (low..=high).contains(&value))
    }

    fn visible(&mut self, instr: &Instr) -> Flow {
        match instr {
            Instr::Begin | Instr::End => {
                self.let_the_program_end();
                self.did(None);
            }
            // A loop of nothing else must have a scheduling point.
            Instr::Yield | Instr::Sleep | Instr::Progress => {
                L::pause();
                self.did(None);
            }
            Instr::Load(dst, place, _) => {
                let value = self.env.load(self.cell(place));
                self.did(Some(value));
                self.set(Some(*dst), value);
            }
            Instr::Store(place, value, _) => {
                let cell = self.cell(place);
                let value = self.eval(value);
                if !self.fits(cell, value) {
                    self.fault();
                }
                self.env.store(cell, value);
                self.did(None);
            }
            Instr::Rmw(dst, place, op, arg) => {
                let (cell, arg) = (self.cell(place), self.eval(arg));
                let (old, new) = self.env.update(cell, *op, arg);
                if !new.is_some_and(|new| self.fits(cell, new)) {
                    self.failed();
                }
                self.did(Some(old));
                self.set(*dst, old);
            }
            Instr::CompareExchange(dst, place, old, new) => {
                let cell = self.cell(place);
                let (old, new) = (self.eval(old), self.eval(new));
                let changed = self.env.compare_exchange(cell, old, new);
                if changed && !self.fits(cell, new) {
                    self.failed();
                }
                self.did(Some(i64::from(changed)));
                self.set(*dst, i64::from(changed));
            }
            Instr::Sync {
                op,
                object,
                arg,
                dst,
            } => {
                let object = self.eval(object);
                let arg = arg.as_ref().map_or(1, |arg| self.eval(arg));
                let value = self.sync(*op, object, arg)?;
                if let Some(value) = value {
                    self.set(*dst, value);
                }
            }
            Instr::Chan {
                op,
                object,
                args,
                dst,
                width,
                ok,
            } => return self.chan(*op, object, args, *dst, (*width, *ok)),
            Instr::Ask(dst, query, object) => {
                let object = self.eval(object);
                let value = self.ask(*query, object);
                self.set(Some(*dst), value);
            }
            Instr::Choose(dst, from, to) => {
                let (from, to) = (self.eval(from), self.eval(to));
                let n = u32::try_from(to.saturating_sub(from)).unwrap_or(0);
                if n == 0 || n > CHOICES_MAX {
                    self.env.refuse("a choice of nothing, or of too much");
                }
                self.let_the_program_end();
                let value = from + i64::from(self.env.stage.choose(self.actor.id, n));
                self.did(Some(value));
                self.set(Some(*dst), value);
            }
            Instr::Spawn {
                dst,
                function,
                args,
                daemon,
                ..
            } => {
                let args = self.eval_all(args);
                if self.env.stage.n_actors() >= ACTORS_MAX {
                    self.env.refuse(&format!("more than {ACTORS_MAX} actors"));
                }
                L::point();
                let child = self.env.stage.n_actors();
                self.did(Some(i64::try_from(child).expect("at most 112 actors")));
                if let Some(actor) = self.env.enter(*function, &args, *daemon) {
                    Env::start(self.env, actor);
                }
                self.set(*dst, i64::try_from(child).expect("at most 112 actors"));
            }
            Instr::Print(items) => {
                let words = items.iter().map(|(item, _)| self.eval(item)).collect();
                L::fetch(&self.env.printer, crate::program::BinaryOp::Add, 1);
                self.did(None);
                self.env.stage.print(self.actor.pc, words);
            }
            _ => self.env.refuse("an instruction without a counterpart"),
        }
        Ok(())
    }

    fn thing(&self, number: i64) -> Option<(usize, &'e Thing<L>)> {
        let index = usize::try_from(number).ok()?;
        Some((index, self.env.things.get(index)?))
    }

    /// What the operation gives, if anything.
    fn sync(&mut self, op: SyncOp, number: i64, arg: i64) -> Result<Option<i64>, Raised> {
        if let SyncOp::Join(_) = op {
            if !self.env.join(number) {
                return self.raise("NotStarted");
            }
            self.did(None);
            return Ok(None);
        }
        let Some((index, thing)) = self.thing(number) else {
            return self.raise("NotStarted");
        };
        match thing {
            Thing::Mutex { lock, reentrant } => self.mutex(op, index, lock, *reentrant),
            Thing::RwLock(lock) => self.rwlock(op, index, lock),
            Thing::Semaphore(semaphore) => self.semaphore(op, semaphore, arg),
            Thing::Condvar { condvar, lock } => self.condvar(op, condvar, *lock, arg),
            Thing::Monitor(monitor) => match wish(op, arg) {
                Some(wish) => self.perform(monitor, &wish).map(|(value, _)| value),
                None => self.env.refuse("an operation without a counterpart"),
            },
            Thing::Nothing => self.env.refuse("an object without a counterpart"),
        }
    }

    /// Grants the wish, notes it, and gives its number and its words.
    fn perform(
        &mut self,
        monitor: &Monitor<L>,
        wish: &Wish,
    ) -> Result<(Option<i64>, Vec<i64>), Raised> {
        let (env, id) = (self.env, self.actor.id);
        let wake = || env.await_turn(id);
        let wake: Option<&dyn Fn()> = env.wakes_in_turn().then_some(&wake);
        let mut note = |part, grant: &Grant| match grant {
            Grant::Done(value, words) => self.note(part, words.first().copied().or(*value)),
            Grant::Later { .. } | Grant::Raise(_) => self.note(part, None),
            // Noted with the fault.
            Grant::Fault => {}
        };
        match monitor.perform(wish, &mut note, wake) {
            Grant::Done(value, words) => Ok((value, words)),
            Grant::Raise(name) => Err(raised(name)),
            Grant::Fault => self.failed(),
            Grant::Later { .. } => unreachable!("it waits until it is done"),
        }
    }

    fn mutex(
        &mut self,
        op: SyncOp,
        index: usize,
        lock: &'e L::Mutex,
        reentrant: bool,
    ) -> Result<Option<i64>, Raised> {
        if let Some((_, depth)) = self.held.locks.get_mut(&index) {
            match op {
                SyncOp::Unlock if *depth > 1 => *depth -= 1,
                SyncOp::Unlock => {
                    let (guard, _) = self.held.locks.remove(&index).expect("it is held");
                    drop(guard.release());
                }
                SyncOp::Lock(_) if reentrant => *depth += 1,
                SyncOp::Lock(WaitMode::Try) => {
                    self.did(Some(0));
                    return Ok(Some(0));
                }
                _ => self.env.never(),
            }
        } else {
            let guard = match op {
                SyncOp::Unlock => return self.raise("NotHeld"),
                SyncOp::Lock(WaitMode::Try) => L::try_lock(lock),
                _ => Some(L::lock(lock)),
            };
            let Some(guard) = guard else {
                self.did(Some(0));
                return Ok(Some(0));
            };
            self.held.locks.insert(index, (Kept::new(guard), 1));
        }
        let value = matches!(op, SyncOp::Lock(WaitMode::Try)).then_some(1);
        self.did(value);
        Ok(value)
    }

    fn rwlock(
        &mut self,
        op: SyncOp,
        index: usize,
        lock: &'e L::RwLock,
    ) -> Result<Option<i64>, Raised> {
        let reads = self.held.readers.contains_key(&index);
        let writes = self.held.writers.contains_key(&index);
        let mut taken = true;
        match op {
            SyncOp::Read(_) if reads => {
                self.held.readers.get_mut(&index).expect("it reads").1 += 1;
            }
            SyncOp::Read(WaitMode::Wait) | SyncOp::Write(WaitMode::Wait) if reads || writes => {
                self.env.never()
            }
            SyncOp::Read(_) | SyncOp::Write(_) if reads || writes => taken = false,
            SyncOp::Read(mode) => {
                let reader = match mode {
                    WaitMode::Wait => Some(L::read(lock)),
                    _ => L::try_read(lock),
                };
                taken = reader.is_some();
                if taken {
                    self.held.readers.insert(index, (reader, 1));
                }
            }
            SyncOp::Write(mode) => {
                let writer = match mode {
                    WaitMode::Wait => Some(L::write(lock)),
                    _ => L::try_write(lock),
                };
                taken = writer.is_some();
                if taken {
                    self.held.writers.insert(index, writer);
                }
            }
            SyncOp::ReadUnlock if reads => {
                let inside = self.held.readers.get_mut(&index).expect("it reads");
                inside.1 -= 1;
                if inside.1 == 0 {
                    drop(self.held.readers.remove(&index));
                }
            }
            SyncOp::WriteUnlock if writes => drop(self.held.writers.remove(&index)),
            _ => return self.raise("NotHeld"),
        }
        let tries = matches!(
            op,
            SyncOp::Read(WaitMode::Try) | SyncOp::Write(WaitMode::Try)
        );
        let value = tries.then_some(i64::from(taken));
        self.did(value);
        Ok(value)
    }

    fn semaphore(
        &mut self,
        op: SyncOp,
        semaphore: &L::Semaphore,
        arg: i64,
    ) -> Result<Option<i64>, Raised> {
        let value = match op {
            SyncOp::Acquire(WaitMode::Wait) => {
                L::acquire(semaphore);
                None
            }
            SyncOp::Acquire(_) => Some(i64::from(L::try_acquire(semaphore))),
            _ => match usize::try_from(arg) {
                Ok(permits) if permits > 0 => {
                    L::release(semaphore, permits);
                    None
                }
                _ => return self.raise("ReleasedTooOften"),
            },
        };
        self.did(value);
        Ok(value)
    }

    fn condvar(
        &mut self,
        op: SyncOp,
        condvar: &L::Condvar,
        lock: usize,
        arg: i64,
    ) -> Result<Option<i64>, Raised> {
        match op {
            SyncOp::Notify if arg == 1 => L::notify_one(condvar),
            SyncOp::Notify if arg < 1 => L::point(),
            SyncOp::Notify => self.env.refuse("several notified at once"),
            SyncOp::NotifyAll => L::notify_all(condvar),
            _ => {
                let Some((guard, depth)) = self.held.locks.remove(&lock) else {
                    return self.raise("NotHeld");
                };
                self.note(Part::Begins, None);
                let mut guard = L::wait(condvar, guard.release());
                if self.env.wakes_in_turn() {
                    let Thing::Mutex { lock, .. } = &self.env.things[lock] else {
                        unreachable!("it was held")
                    };
                    drop(guard);
                    self.env.await_turn(self.actor.id);
                    guard = L::lock(lock);
                }
                self.held.locks.insert(lock, (Kept::new(guard), depth));
            }
        }
        self.did(None);
        Ok(None)
    }

    fn chan(
        &mut self,
        op: ChanOp,
        object: &Expr,
        args: &[Expr],
        dst: Option<Reg>,
        (width, ok): (u16, Option<Reg>),
    ) -> Flow {
        let number = self.eval(object);
        let wish = match op {
            ChanOp::Send(WaitMode::Wait) => Wish::Send(self.eval_all(args)),
            ChanOp::Send(_) => Wish::TrySend(self.eval_all(args)),
            ChanOp::Recv(WaitMode::Wait) => Wish::Receive,
            ChanOp::Recv(_) => Wish::TryReceive,
        };
        let Some((_, Thing::Monitor(monitor))) = self.thing(number) else {
            return self.raise("NotStarted");
        };
        let receives = matches!(op, ChanOp::Recv(_));
        let nothing = vec![0; usize::from(width)];
        let (sent, words) = match self.perform(monitor, &wish) {
            Ok((sent, words)) => (sent.unwrap_or(1), words),
            Err(_) if receives && ok.is_some() => (0, nothing.clone()),
            Err(raised) => return Err(raised),
        };
        if receives {
            let words = if sent == 0 { &nothing } else { &words };
            self.actor.set_all(dst, words);
        }
        self.set(ok, sent);
        Ok(())
    }

    fn ask(&mut self, query: Query, number: i64) -> i64 {
        let Some((_, Thing::Monitor(monitor))) = self.thing(number) else {
            self.env.refuse("a question without a counterpart");
        };
        monitor.ask(&mut |number, room| {
            let answer = match query {
                Query::IsEmpty => i64::from(number == 0),
                Query::IsFull => i64::from(room.is_some_and(|room| number >= room)),
                _ => number,
            };
            self.did(Some(answer));
            answer
        })
    }
}
