//! What is known about an execution from outside of the engine: where everybody
//! stands, the log, and what ended how in all executions so far.
//!
//! Made of the standard library's locks, so the engines do not know of it. An
//! engine runs one actor at a time, so what is written here right after an
//! operation is written in the order of the operations.
//!
//! Races under an engine that has no notion of them: every actor announces what
//! it is about to do as soon as it stands before it. Two announcements for one
//! plain variable at the same time, one of them a write, are a data race. An
//! engine that tries every order of accesses misses none.

use super::lead::Order;
use super::plan::{Plan, Turn};
use super::seen::{Bounds, End, Part, Picture, Place, Race, Record, Sight, Unfinished};
use crate::program::{Pc, Program};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Different ends that are kept.
const ENDS_MAX: usize = 20_000;

/// What an actor is about to do to memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Access {
    pub cell: usize,
    pub write: bool,
    pub atomic: bool,
}

/// The execution under way, and all before it.
pub(super) struct Stage {
    bounds: Bounds,
    begun: Instant,
    notes_races: bool,
    n_main: Option<usize>,
    /// What the execution is led through.
    orders: Option<Vec<Order>>,
    now: Mutex<Now>,
    all: Mutex<All>,
}

/// The execution under way.
#[derive(Default)]
struct Now {
    log: Vec<Record>,
    picture: Picture,
    accesses: Vec<Option<Access>>,
    daemons: Vec<bool>,
    /// Actors in the order in which their threads began.
    started: Vec<usize>,
    /// Choices that each actor has made.
    n_choices: Vec<usize>,
    /// All declared actors are there.
    begun: bool,
    over: bool,
    stop: bool,
    /// The last actor that began an operation.
    active: usize,
    /// Who has done something, and does not stand before the next instruction yet.
    busy: Option<usize>,
    /// How far it was led.
    plan: Option<Plan>,
}

#[derive(Default)]
struct All {
    executions: u64,
    unfinished: Option<Unfinished>,
    ends: BTreeMap<End, Vec<Record>>,
    /// What the choices give, by actor and how many it made before, with how many
    /// ways there were.
    tape: BTreeMap<(usize, usize), (u32, u32)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    pub fn new(program: &Program, bounds: Bounds, notes_races: bool) -> Self {
        Self {
            bounds,
            begun: Instant::now(),
            notes_races,
            n_main: program.actors.iter().position(|actor| actor.main),
            orders: None,
            now: Mutex::default(),
            all: Mutex::default(),
        }
    }

    /// One for an execution that is led through orders, with the choices that they tell.
    pub fn led(program: &Program, bounds: Bounds, notes_races: bool, orders: &[Order]) -> Self {
        let stage = Self {
            orders: Some(orders.to_vec()),
            ..Self::new(program, bounds, notes_races)
        };
        stage.choose_as(orders);
        stage
    }

    pub fn is_led(&self) -> bool {
        self.orders.is_some()
    }

    /// Whose turn it is in an execution that is led.
    pub fn turn(&self) -> Turn {
        let mut now = lock(&self.now);
        now.plan.as_mut().map_or(Turn::OfAnybody(0), Plan::turn)
    }

    /// The execution cannot be led any further.
    pub fn lose(&self) {
        let now = lock(&self.now);
        let at = now.plan.as_ref().and_then(Plan::stopped_at);
        let n_all = self.orders.as_ref().map_or(0, Vec::len);
        self.stop_with(Unfinished::NotLed(at.unwrap_or(n_all)));
    }

    /// Whether there may be another execution.
    pub fn may_begin(&self) -> bool {
        let mut all = lock(&self.all);
        if all.executions >= self.bounds.executions {
            all.unfinished = Some(Unfinished::Executions);
        } else if self.begun.elapsed() >= self.bounds.time {
            all.unfinished = Some(Unfinished::Time);
        }
        matches!(all.unfinished, None | Some(Unfinished::Steps))
    }

    /// Begins an execution.
    pub fn begin(&self, program: &Program) {
        lock(&self.all).executions += 1;
        *lock(&self.now) = Now {
            picture: Picture {
                places: Vec::new(),
                cells: program.cells.iter().map(|cell| cell.initial).collect(),
                observed: vec![0; program.observed.len()],
                printed: Vec::new(),
            },
            plan: self.orders.as_deref().map(Plan::new),
            ..Now::default()
        };
    }

    /// All declared actors are there.
    pub fn all_have_begun(&self) {
        lock(&self.now).begun = true;
    }

    pub fn has_begun(&self) -> bool {
        lock(&self.now).begun
    }

    /// Whether the execution has gone on for too long.
    pub fn is_too_long(&self, steps: u32) -> bool {
        let long = steps >= self.bounds.steps;
        if long {
            lock(&self.all).unfinished.get_or_insert(Unfinished::Steps);
        }
        long
    }

    /// A new actor; gives its number.
    pub fn enter(&self, daemon: bool) -> usize {
        let mut now = lock(&self.now);
        now.picture.places.push(Place::Running);
        now.accesses.push(None);
        now.daemons.push(daemon);
        now.n_choices.push(0);
        now.picture.places.len() - 1
    }

    /// A thread begins for an actor.
    pub fn starts(&self, actor: usize) {
        lock(&self.now).started.push(actor);
    }

    /// Whose thread is the one with this number; the main thread has number 0.
    pub fn actor_of(&self, thread: usize) -> Option<usize> {
        lock(&self.now).started.get(thread.checked_sub(1)?).copied()
    }

    /// Who has done something, and does not stand before the next instruction yet; or who
    /// has begun to wait, and may still have a lock to give up.
    pub fn who_is_busy(&self) -> Option<usize> {
        let now = lock(&self.now);
        now.busy.or_else(|| now.plan.as_ref()?.drowsy())
    }

    pub fn n_actors(&self) -> usize {
        lock(&self.now).daemons.len()
    }

    /// An actor stands before an instruction.
    pub fn arrive(&self, actor: usize, pc: Pc, access: Option<Access>) {
        let mut now = lock(&self.now);
        now.picture.places[actor] = Place::At(pc);
        now.busy = now.busy.filter(|&busy| busy != actor);
        now.accesses[actor] = access;
        let Some(mine) = access.filter(|_| self.notes_races) else {
            return;
        };
        let others = now.accesses.iter().zip(&now.picture.places).enumerate();
        let races = others.filter_map(|(other, (theirs, place))| {
            let (Some(theirs), Place::At(at)) = (theirs, place) else {
                return None;
            };
            let conflict = theirs.cell == mine.cell && (theirs.write || mine.write);
            let races = other != actor && conflict && !(theirs.atomic && mine.atomic);
            races.then_some(Race {
                cell: mine.cell,
                one: pc.min(*at),
                other: pc.max(*at),
            })
        });
        let races: Vec<Race> = races.collect();
        for race in races {
            self.keep(End::Race(race), &now.log);
        }
    }

    /// An actor begins an operation.
    pub fn touch(&self, actor: usize) {
        lock(&self.now).active = actor;
    }

    /// Something happened.
    pub fn log(&self, actor: usize, pc: Pc, part: Part, value: Option<i64>) {
        let record = Record {
            actor,
            pc,
            part,
            value,
        };
        let mut now = lock(&self.now);
        now.log.push(record);
        if let Some(plan) = &mut now.plan {
            plan.hear(record);
        }
        now.busy = (part == Part::Done).then_some(actor);
    }

    pub fn cell(&self, cell: usize) -> i64 {
        lock(&self.now).picture.cells[cell]
    }

    pub fn set_cell(&self, cell: usize, value: i64) {
        lock(&self.now).picture.cells[cell] = value;
    }

    pub fn observe(&self, observed: usize, value: i64) {
        lock(&self.now).picture.observed[observed] = value;
    }

    pub fn print(&self, pc: Pc, words: Vec<i64>) {
        lock(&self.now).picture.printed.push((pc, words));
    }

    /// An actor has ended.
    pub fn leave(&self, actor: usize, place: Place) {
        let mut now = lock(&self.now);
        now.picture.places[actor] = place;
        now.busy = now.busy.filter(|&busy| busy != actor);
        now.accesses[actor] = None;
        let ended = |actor: usize| {
            matches!(
                now.picture.places.get(actor),
                Some(Place::Ended | Place::Died)
            )
        };
        let over = match self.n_main {
            Some(main) => ended(main),
            None => (0..now.daemons.len()).all(|actor| now.daemons[actor] || ended(actor)),
        };
        if over && !now.over && !now.stop {
            now.over = true;
            let mut picture = now.picture.clone();
            for (actor, place) in picture.places.iter_mut().enumerate() {
                if self.n_main.map_or(now.daemons[actor], |main| main != actor) {
                    *place = Place::Running;
                }
            }
            self.keep(End::Final(picture), &now.log);
        }
    }

    pub fn has_ended(&self, actor: usize) -> bool {
        let now = lock(&self.now);
        matches!(
            now.picture.places.get(actor),
            Some(Place::Ended | Place::Died)
        )
    }

    pub fn have_all_ended(&self) -> bool {
        let now = lock(&self.now);
        let mut places = now.picture.places.iter();
        places.all(|place| matches!(place, Place::Ended | Place::Died))
    }

    /// An assertion or a calculation failed: the execution stops.
    pub fn fault(&self, actor: usize, pc: Pc) {
        let mut now = lock(&self.now);
        if !now.over && !now.stop {
            self.keep(End::Fault { actor, pc }, &now.log);
        }
        now.stop = true;
    }

    /// Nobody can go on.
    pub fn deadlock(&self) {
        let mut now = lock(&self.now);
        if let Some(at) = now.plan.as_ref().and_then(Plan::stopped_at) {
            self.stop_with(Unfinished::NotLed(at));
        } else if !now.over && !now.stop {
            self.keep(End::Deadlock(now.picture.clone()), &now.log);
        }
        now.stop = true;
    }

    /// The engine says that what the last actor began is a race.
    pub fn race(&self) {
        let now = lock(&self.now);
        let at = now.picture.places.get(now.active);
        if let (Some(Place::At(pc)), Some(Some(access))) = (at, now.accesses.get(now.active)) {
            let race = Race {
                cell: access.cell,
                one: *pc,
                other: *pc,
            };
            self.keep(End::Race(race), &now.log);
        }
    }

    /// The scenario turns out to need what the engine has not.
    pub fn refuse(&self, what: &str) {
        lock(&self.all).unfinished = Some(Unfinished::Refused(what.to_owned()));
        lock(&self.now).stop = true;
    }

    /// Nothing more is to happen in this execution.
    pub fn is_done(&self) -> bool {
        let now = lock(&self.now);
        now.over || now.stop
    }

    fn keep(&self, end: End, log: &[Record]) {
        let mut all = lock(&self.all);
        if all.ends.len() >= ENDS_MAX && !all.ends.contains_key(&end) {
            all.unfinished.get_or_insert(Unfinished::Ends);
            return;
        }
        all.ends.entry(end).or_insert_with(|| log.to_vec());
    }

    /// One of `n` ways for the next choice of an actor. Its answer is the same in
    /// every execution until [`Stage::next_tape`].
    pub fn choose(&self, actor: usize, n: u32) -> u32 {
        let mut now = lock(&self.now);
        let before = now.n_choices[actor];
        now.n_choices[actor] += 1;
        let mut all = lock(&self.all);
        let (way, ways) = all.tape.entry((actor, before)).or_insert((0, n));
        *ways = n.max(*ways);
        (*way).min(n - 1)
    }

    /// Lets choices give what they give in a schedule.
    fn choose_as(&self, orders: &[Order]) {
        let mut all = lock(&self.all);
        let mut n_choices: BTreeMap<usize, usize> = BTreeMap::new();
        for order in orders {
            if let Some(way) = order.choice {
                let before = n_choices.entry(order.actor).or_default();
                all.tape.insert((order.actor, *before), (way, way + 1));
                *before += 1;
            }
        }
    }

    /// Goes on to the next combination of answers, if there is one. A choice is the
    /// actor's own affair, so it may as well be made before the execution begins.
    pub fn next_tape(&self) -> bool {
        let mut all = lock(&self.all);
        if !matches!(all.unfinished, None | Some(Unfinished::Steps)) {
            return false;
        }
        while let Some((key, (way, ways))) = all.tape.pop_last() {
            if way + 1 < ways {
                all.tape.insert(key, (way + 1, ways));
                return true;
            }
        }
        false
    }

    pub fn stop_with(&self, why: Unfinished) {
        lock(&self.all).unfinished.get_or_insert(why);
    }

    /// What was seen so far.
    pub fn sight(&self) -> Sight {
        let all = lock(&self.all);
        Sight {
            executions: all.executions,
            unfinished: all.unfinished.clone(),
            ends: all.ends.clone().into_iter().collect(),
        }
    }
}
