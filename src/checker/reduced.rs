//! `--reduction safe`: all states where they are few, else one order of those
//! steps that accord.
//!
//! A small space is searched whole: that costs next to nothing, and the report
//! speaks of the states that the program has. If it turns out to be larger, a
//! reduced search tells which findings there are. Their schedules come from a
//! search of all states that ends as soon as it has seen them, so they have as many
//! steps and switches as without reduction; where that would take too many states, see
//! [`diagnose_reduced`].
//!
//! Where actors are alike, one of the states that differ only in them is enough, also
//! where no order of steps can be left out, and for the schedules. Such a search shows
//! everything as early as one of all states.
//!
//! **Deliberately absent:** reduction of programs whose runs can go on for ever.
//! What never comes, and who starves, is a question about all their states.

use super::Checker;
use crate::analysis::{
    Diagnosis, Facts, Wanted, diagnose, diagnose_reduced, looks_at_hidden, note_at_rest,
    shows_too_little,
};
use crate::explore::{
    Bound, Keep, Limits, MemoryBudget, Off, Passing, Reduced, Reduction, Search, like_actors,
    search, search_alike, search_reduced, search_until,
};
use crate::program::Program;
use crate::semantics::{Capacity, Machine};
use crate::trace::Schedule;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::time::Instant;

/// States up to which a space counts as small.
pub(super) const SMALL: u64 = 10_000;
/// Why no order is left out where runs go round.
const FOR_EVER: &str = "runs can go on for ever";
/// Why none is left out where that would cost more than it saves.
const HARDLY_ANY: &str = "hardly any can be left out";
/// States after which a reduced search that had hardly anything to leave out makes way
/// for one of all states; when that has grown large, the next look is a longer one, since
/// it may be otherwise among later states.
const LOOKS: [u64; 2] = [20_000, 100_000];
/// So many times the states of a look may be stored before the next; after the last all.
const PATIENCE: u64 = 20;
/// States that a search for shortest schedules may store.
const SHORTEST_MAX: u64 = 200_000;

/// A scenario, searched and diagnosed.
pub(super) struct Searched<'m> {
    pub facts: Facts<'m>,
    pub diagnosis: Diagnosis,
    /// The search that decides what was covered.
    pub size: Size,
    pub orders: Orders,
    /// Whether of the states that differ only in like actors one was enough.
    pub any_of_like: bool,
    /// Schedules of which it is not known that none is shorter.
    pub maybe_longer: BTreeSet<Schedule>,
}

/// How large a search was.
pub(super) struct Size {
    pub states: u64,
    pub steps: u64,
    pub terminal: u64,
    pub depth: u32,
    pub bytes: usize,
}

/// Which orders of steps were tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Orders {
    /// All.
    All,
    /// All, though there are many states, and why.
    AllBecause(&'static str),
    /// One of those that make no difference.
    One,
}

/// What is known of a program, found out only when it is needed.
#[derive(Default)]
pub(super) struct Known<'m> {
    /// With an assumption about how large sums get, if one helps.
    assuming: OnceCell<Result<Reduction<'m>, Off>>,
    for_certain: OnceCell<Result<Reduction<'m>, Off>>,
}

impl<'m> Known<'m> {
    fn assuming(&'m self, program: &'m Program) -> Result<&'m Reduction<'m>, &'static str> {
        let known = self.assuming.get_or_init(|| Reduction::assuming(program));
        known.as_ref().map_err(|off| off.why())
    }

    fn for_certain(&'m self, program: &'m Program) -> Result<&'m Reduction<'m>, &'static str> {
        let known = self.for_certain.get_or_init(|| Reduction::of(program));
        known.as_ref().map_err(|off| off.why())
    }
}

type Tell<'a> = &'a mut dyn FnMut(u64, u32, usize);

/// Searches a scenario and diagnoses what was found.
///
/// # Errors
///
/// The capacity that the layout must have: begin again with it.
pub(super) fn searched<'m>(
    checker: &Checker,
    limits: &Limits,
    machine: &'m Machine<'m>,
    known: &'m Known<'m>,
    tell: Tell<'_>,
) -> Result<Searched<'m>, Capacity> {
    let budget = Budget {
        limits,
        start: Instant::now(),
    };
    let whole = |tell: Tell<'_>, orders, bytes| {
        let limits = budget.left(u64::MAX, bytes);
        whole(checker, machine, &limits, orders, tell)
    };
    let may_reduce = checker.reduction == super::Reduction::Safe && checker.limits.depth.is_none();
    if !may_reduce || limits.states <= SMALL {
        return whole(tell, Orders::All, 0);
    }
    let mut facts = Facts::new(machine.program());
    let limits = unkept(budget.left(SMALL, 0));
    let small = search(machine, &limits, checker.workers, &mut facts, tell)?;
    if small.bound() != Some(Bound::States) {
        return Ok(of_all(checker, &small, facts, Orders::All));
    }
    note_at_rest(&small, &mut facts);
    let hidden = looks_at_hidden(machine.program());
    let reduction = hidden.map_or_else(|| known.assuming(machine.program()), Err);
    // Where no order can be left out, it may still be that threads are alike.
    let has_like = like_actors(machine).is_some();
    let only_like = reduction.is_err() && hidden.is_none() && has_like;
    if let (Err(why), false) = (reduction, only_like) {
        drop(small);
        return whole(tell, Orders::AllBecause(why), 0);
    }
    // What goes round among the first states does so among all.
    if small.has_circle(limits.memory) == Ok(true) {
        drop(small);
        return whole(tell, Orders::AllBecause(FOR_EVER), 0);
    }
    // What was freed need not be back with the system at once.
    let freed = usize::try_from(checker.limits.memory.0 / 8).unwrap_or(0);
    let beside = Beside {
        budget: &budget,
        small: (&small, &facts),
        freed,
        has_like,
    };
    let mut found = without_some(checker, machine, &beside, reduction, tell)?;
    if let Few::TooLarge = found {
        let reduction = known.for_certain(machine.program());
        found = without_some(checker, machine, &beside, reduction, tell)?;
    }
    let why = match found {
        Few::Done(searched) => return Ok(*searched),
        Few::Not(why) => why,
        Few::TooLarge => Orders::All,
    };
    drop(small);
    whole(tell, why, freed)
}

/// What a search that leaves out orders has beside it.
struct Beside<'a, 'm> {
    budget: &'a Budget<'a>,
    /// The first search, and what it has shown.
    small: (&'a Search<'m>, &'a Facts<'m>),
    /// Bytes that need not be back yet.
    freed: usize,
    /// Some actors are alike.
    has_like: bool,
}

/// Searches all states.
fn whole<'m>(
    checker: &Checker,
    machine: &'m Machine<'m>,
    limits: &Limits,
    orders: Orders,
    tell: Tell<'_>,
) -> Result<Searched<'m>, Capacity> {
    let mut facts = Facts::new(machine.program());
    let found = search(machine, limits, checker.workers, &mut facts, tell)?;
    Ok(of_all(checker, &found, facts, orders))
}

/// Searches without some orders, or with one of like actors, as long as that saves
/// something.
fn without_some<'m>(
    checker: &Checker,
    machine: &'m Machine<'m>,
    beside: &Beside<'_, 'm>,
    reduction: Result<&'m Reduction<'m>, &'static str>,
    tell: Tell<'_>,
) -> Result<Few<'m>, Capacity> {
    let &Beside { budget, small, .. } = beside;
    let few = |orders: Result<_, _>, gives_up_after: Option<u64>, most, tell: Tell<'_>| {
        let how = orders.map(|orders| Reduced {
            gives_up_after,
            orders,
            passing: Passing::OneStep,
            symmetry: true,
        });
        few(checker, machine, how, (budget, most), small, tell)
    };
    let mut found = few(reduction, Some(LOOKS[0]), u64::MAX, tell)?;
    for (number, look) in LOOKS.into_iter().enumerate() {
        if !found.is_given_up() {
            break;
        }
        let next = LOOKS.get(number + 1).copied();
        let most = next.map_or(u64::MAX, |_| look * PATIENCE);
        if beside.has_like {
            // All orders, but one of like threads; that shows shortest schedules, too.
            found = match few(Err(HARDLY_ANY), None, most, tell)? {
                Few::Not(_) => few(reduction, next, u64::MAX, tell)?,
                done => done,
            };
            continue;
        }
        let orders = Orders::AllBecause(HARDLY_ANY);
        let limits = budget.left(most, small.0.bytes() + beside.freed);
        let is_all = limits.states == budget.left(u64::MAX, 0).states;
        let limits = if is_all { limits } else { unkept(limits) };
        let all = whole(checker, machine, &limits, orders, tell)?;
        let (is_enough, next) = match all.diagnosis.bound {
            // Nobody asked for just these: more come next.
            Some(Bound::States) => (is_all && !checker.states_given, next.filter(|_| !is_all)),
            // A reduced search may fit where this one does not.
            Some(Bound::Memory) => (false, None),
            _ => (true, None),
        };
        if is_enough {
            return Ok(Few::Done(Box::new(all)));
        }
        drop(all);
        found = few(reduction, next, u64::MAX, tell)?;
    }
    Ok(found)
}

/// What came of a reduced search.
enum Few<'m> {
    Done(Box<Searched<'m>>),
    /// All states must be searched, with this to say about it.
    Not(Orders),
    /// Some sum is larger than was assumed.
    TooLarge,
}

impl Few<'_> {
    /// Whether the search ended since it had hardly anything to leave out.
    fn is_given_up(&self) -> bool {
        matches!(self, Few::Not(Orders::AllBecause(HARDLY_ANY)))
    }
}

fn few<'m>(
    checker: &Checker,
    machine: &'m Machine<'m>,
    how: Result<Reduced<'m>, &'static str>,
    (budget, most): (&Budget<'_>, u64),
    small: (&Search<'m>, &Facts<'m>),
    tell: Tell<'_>,
) -> Result<Few<'m>, Capacity> {
    let program = machine.program();
    let off = how.err();
    let orders = off.map_or(Orders::One, Orders::AllBecause);
    let memory = checker.limits.memory;
    let done = |found: &Search<'m>, facts, exact: &[_]| of_few(found, facts, exact, orders, memory);
    let mut facts = Facts::new(program);
    let limits = budget.left(most, small.0.bytes());
    let workers = checker.workers;
    let reduced = match how {
        Ok(how) => search_reduced(machine, how, &limits, workers, &mut facts, tell)?,
        Err(_) => search_alike(machine, &limits, workers, &mut facts, tell)?,
    };
    if reduced.gave_up() {
        return Ok(Few::Not(Orders::AllBecause(HARDLY_ANY)));
    }
    match reduced.bound() {
        None if !reduced.knows_terminal() => {
            return Ok(Few::Not(off.map_or(Orders::All, Orders::AllBecause)));
        }
        None => {}
        // No time is left for anything else.
        Some(Bound::Time | Bound::Interrupt) => {
            return Ok(Few::Done(Box::new(done(&reduced, facts, &[small]))));
        }
        // One that leaves out orders may come further.
        Some(Bound::States | Bound::Memory) if off == Some(HARDLY_ANY) => {
            return Ok(Few::Not(orders));
        }
        // A search of all states would not come further; unless there are circles, in
        // which a reduced search may go round while others wait.
        Some(Bound::States | Bound::Memory) if !reduced.may_run_for_ever() => {
            return Ok(Few::Done(Box::new(done(&reduced, facts, &[small]))));
        }
        Some(_) => return Ok(Few::Not(Orders::All)),
    }
    match reduced.has_circle(limits.memory) {
        Ok(false) => {}
        Ok(true) => return Ok(Few::Not(Orders::AllBecause(FOR_EVER))),
        Err(_) => return Ok(Few::Not(Orders::All)),
    }
    if how.is_ok_and(|how| !how.orders.holds(&facts.values)) {
        return Ok(Few::TooLarge);
    }
    let wanted = Wanted::new(&reduced, &mut facts);
    if off.is_some() {
        // Nothing is deeper than in a search of all states.
        return Ok(match wanted.has_lock_orders() {
            false => Few::Done(Box::new(done(&reduced, facts, &[]))),
            true => Few::Not(orders),
        });
    }
    if let Some(why) = shows_too_little(&facts) {
        return Ok(Few::Not(Orders::AllBecause(why)));
    }
    if wanted.is_nothing() {
        return Ok(Few::Done(Box::new(done(&reduced, facts, &[]))));
    }
    let mut shown = Facts::new(program);
    let limits = unkept(budget.left(SHORTEST_MAX, small.0.bytes() + reduced.bytes()));
    let mut enough = |search: &Search<'m>, facts: &mut Facts<'m>| wanted.is_shown(search, facts);
    let symmetry = !wanted.needs_all_states();
    let all = search_until(
        machine,
        symmetry,
        &limits,
        workers,
        &mut shown,
        tell,
        &mut enough,
    )?;
    if all.is_complete() && all.alike().is_none() {
        return Ok(Few::Done(Box::new(of_all(
            checker,
            &all,
            shown,
            Orders::All,
        ))));
    }
    // Notes who can never move in the states that were seen last.
    wanted.is_shown(&all, &mut shown);
    if !wanted.knows_first_times(&shown) {
        let why = "when `sometimes` holds first is a question about all states";
        return Ok(Few::Not(Orders::AllBecause(why)));
    }
    Ok(Few::Done(Box::new(done(
        &reduced,
        facts,
        &[(&all, &shown)],
    ))))
}

fn of_all<'m>(
    checker: &Checker,
    found: &Search<'m>,
    mut facts: Facts<'m>,
    orders: Orders,
) -> Searched<'m> {
    let program = found.machine().program();
    Searched {
        diagnosis: diagnose(program, found, checker.limits.memory, &mut facts),
        facts,
        size: size(found),
        orders,
        any_of_like: false,
        maybe_longer: BTreeSet::new(),
    }
}

fn of_few<'m>(
    reduced: &Search<'m>,
    mut facts: Facts<'m>,
    exact: &[(&Search<'m>, &Facts<'m>)],
    orders: Orders,
    memory: MemoryBudget,
) -> Searched<'m> {
    let told = diagnose_reduced(reduced, &mut facts, exact, memory);
    let mut size = size(reduced);
    if !reduced.knows_terminal() {
        // It has ended early; so many are there at least.
        let known = exact.iter().map(|(search, _)| search.n_terminal());
        size.terminal = known.max().unwrap_or(0);
    }
    Searched {
        facts,
        diagnosis: told.diagnosis,
        size,
        orders,
        any_of_like: reduced.alike().is_some(),
        maybe_longer: told.maybe_longer,
    }
}

fn size(found: &Search<'_>) -> Size {
    Size {
        states: u64::from(found.n_states()),
        steps: found.n_steps(),
        terminal: found.n_terminal(),
        depth: found.depth(),
        bytes: found.bytes(),
    }
}

/// Only the searches that take long are written down; the others are done again.
fn unkept(limits: Limits) -> Limits {
    Limits {
        keep: Keep::default(),
        ..limits
    }
}

/// The limits of all searches together.
struct Budget<'a> {
    limits: &'a Limits,
    start: Instant,
}

impl Budget<'_> {
    /// What is left for a search of so many states at most, beside so many bytes.
    fn left(&self, states: u64, bytes: usize) -> Limits {
        let all = self.limits;
        Limits {
            states: all.states.min(states),
            memory: MemoryBudget(all.memory.0.saturating_sub(bytes as u64)),
            time: all.time.map(|it| it.saturating_sub(self.start.elapsed())),
            ..all.clone()
        }
    }
}
