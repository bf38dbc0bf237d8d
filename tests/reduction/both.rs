//! The search of all states and the reduced one, with and without states that are
//! passed, on one program.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use threadbare::analysis::{Facts, looks_at_hidden};
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::explore::{
    Goal, Keep, Limits, Off, Passing, Reduced, Reduction, Search, like_actors, search,
    search_alike, search_reduced, shortest,
};
use threadbare::program::{ActorKind, Program};
use threadbare::semantics::{Alike, Capacity, Machine};
use threadbare::trace::replay as replay_schedule;

/// States of a search, at most.
const STATES_MAX: u64 = 20_000;

fn limits() -> Limits {
    Limits {
        states: STATES_MAX,
        ..Limits::default()
    }
}

/// What must be the same, as text by name.
type Said = BTreeMap<&'static str, String>;

fn said(found: &Search<'_>, facts: &Facts<'_>) -> Said {
    let endings: Vec<_> = facts
        .endings
        .iter()
        .map(|(key, ending)| (key, ending.n_states))
        .collect();
    let keys: Vec<_> = facts.hits.keys().collect();
    let edges: Vec<_> = facts.edges.iter().collect();
    BTreeMap::from([
        ("findings", format!("{keys:?}")),
        ("endings", format!("{endings:?}")),
        (
            "satisfied",
            format!("{:?}", facts.satisfied.keys().collect::<Vec<_>>()),
        ),
        ("lock orders", format!("{edges:?}")),
        ("executed", format!("{:?}", facts.executed)),
        ("values", format!("{:?}", facts.values)),
        (
            "ends",
            format!("{} {} {}", facts.n_final, facts.n_stuck, found.n_terminal()),
        ),
    ])
}

/// What came of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// States of the search of all, of the reduced one, and those that it stores if it
    /// passes states with one step.
    Same(u32, u32, u32),
    Differ(String),
    /// It is not reduced, or goes round in circles.
    Not(&'static str),
}

/// Searches a program both ways, with the same room, and compares all that is shown.
pub fn compare(program: &Program) -> Outcome {
    if let Some(why) = looks_at_hidden(program) {
        return Outcome::Not(why);
    }
    let for_certain = compare_by(program, &Reduction::of(program));
    let assuming = Reduction::assuming(program);
    if matches!(for_certain, Outcome::Differ(_)) || !assuming.as_ref().is_ok_and(Reduction::assumes)
    {
        return for_certain;
    }
    match compare_by(program, &assuming) {
        Outcome::Not(TOO_LARGE) => for_certain,
        outcome => outcome,
    }
}

/// Some sum is larger than was assumed.
const TOO_LARGE: &str = "a sum is too large";

fn compare_by<'p>(program: &'p Program, reduction: &Result<Reduction<'p>, Off>) -> Outcome {
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let outcome = match reduction {
            Ok(reduction) => compare_within(program, &machine, reduction),
            Err(off) => compare_like(program, &machine, off.why()),
        };
        match outcome {
            Ok(outcome) => return outcome,
            Err(more) => capacity = more,
        }
    }
}

fn compare_within<'p>(
    program: &'p Program,
    machine: &Machine<'p>,
    reduction: &Reduction<'p>,
) -> Result<Outcome, Capacity> {
    let limits = limits();
    let mut of_all = Facts::new(program);
    let all = search(machine, &limits, 1, &mut of_all, &mut |_, _, _| {})?;
    if !all.is_complete() {
        return Ok(Outcome::Not("too large"));
    }
    let reduced = |passing, workers, keep| {
        let how = Reduced {
            gives_up_after: None,
            orders: reduction,
            passing,
            symmetry: false,
        };
        searched(program, machine, Some(how), workers, keep)
    };
    let (few, of_few) = reduced(Passing::Nothing, 1, Keep::default())?;
    let (written, keep) = kept();
    let (fewer, of_fewer) = reduced(Passing::OneStep, 1, keep)?;
    let circle = |search: &Search<'_>| search.has_circle(limits.memory).expect("there is room");
    if !few.is_complete() || !fewer.is_complete() {
        return Ok(Outcome::Differ("the reduced search is larger".to_owned()));
    }
    let holds = [&of_all, &of_few, &of_fewer].map(|facts| reduction.holds(&facts.values));
    match (holds, circle(&few)) {
        ([true, true, true], _) | (_, true) => {}
        ([false, false, false], _) => return Ok(Outcome::Not(TOO_LARGE)),
        _ => return Ok(Outcome::Differ(format!("what is assumed: {holds:?}"))),
    }
    match (circle(&all), circle(&few), circle(&fewer)) {
        (true, true, true) => return Ok(Outcome::Not("runs can go on for ever")),
        (false, false, false) => {}
        circles => return Ok(Outcome::Differ(format!("circles: {circles:?}"))),
    }
    threadbare::analysis::note_at_rest(&all, &mut of_all);
    if let Some(why) = threadbare::analysis::shows_too_little(&of_few) {
        return Ok(Outcome::Not(why));
    }
    let (one, other) = (said(&all, &of_all), said(&few, &of_few));
    for (name, all) in &one {
        if *all != other[name] {
            let few = &other[name];
            return Ok(Outcome::Differ(format!("{name}:\nall {all}\nfew {few}")));
        }
    }
    let passed = said(&fewer, &of_fewer);
    for (name, few) in &other {
        if *few != passed[name] {
            let passed = &passed[name];
            let how = format!("{name}, passing states:\nfew {few}\npassed {passed}");
            return Ok(Outcome::Differ(how));
        }
    }
    if schedules(&few, &of_few) != schedules(&fewer, &of_fewer) {
        return Ok(Outcome::Differ("schedules".to_owned()));
    }
    for workers in [2, 3] {
        let (same, again) = reduced(Passing::OneStep, workers, Keep::default())?;
        let is_same = said(&same, &again) == passed && same.n_states() == fewer.n_states();
        if !is_same || again.hits != of_fewer.hits {
            return Ok(Outcome::Differ(format!("{workers} workers")));
        }
    }
    if let Some(how) = like_differ(program, machine, Some(reduction), (&all, &of_all))? {
        return Ok(Outcome::Differ(how));
    }
    let written = written.lock().expect("nobody panics while writing");
    if let Some(half) = written.get(written.len() / 2) {
        let keep = Keep {
            from: Some(half.as_slice().into()),
            ..Keep::default()
        };
        let (resumed, again) = reduced(Passing::OneStep, 2, keep)?;
        let is_same = said(&resumed, &again) == passed && resumed.n_states() == fewer.n_states();
        if !is_same || again.hits != of_fewer.hits {
            return Ok(Outcome::Differ("resumed".to_owned()));
        }
    }
    Ok(Outcome::Same(
        all.n_states(),
        few.n_states(),
        fewer.n_states(),
    ))
}

/// A reduced search, or one of all orders in which like actors take each other's place,
/// and what it shows.
fn searched<'m>(
    program: &'m Program,
    machine: &'m Machine<'m>,
    how: Option<Reduced<'m>>,
    workers: usize,
    keep: Keep,
) -> Result<(Search<'m>, Facts<'m>), Capacity> {
    let limits = Limits { keep, ..limits() };
    let mut facts = Facts::new(program);
    let silent = &mut |_, _, _| {};
    let found = match how {
        Some(how) => search_reduced(machine, how, &limits, workers, &mut facts, silent)?,
        None => search_alike(machine, &limits, workers, &mut facts, silent)?,
    };
    threadbare::analysis::note_at_rest(&found, &mut facts);
    Ok((found, facts))
}

/// Where no orders of steps are left out: one of the states that differ only in like
/// actors, and all of them.
fn compare_like<'p>(
    program: &'p Program,
    machine: &'p Machine<'p>,
    why: &'static str,
) -> Result<Outcome, Capacity> {
    if like_actors(machine).is_none() {
        return Ok(Outcome::Not(why));
    }
    let limits = limits();
    let mut of_all = Facts::new(program);
    let all = search(machine, &limits, 1, &mut of_all, &mut |_, _, _| {})?;
    if !all.is_complete() || all.has_circle(limits.memory) != Ok(false) {
        return Ok(Outcome::Not(why));
    }
    threadbare::analysis::note_at_rest(&all, &mut of_all);
    Ok(
        match like_differ(program, machine, None, (&all, &of_all))? {
            Some(how) => Outcome::Differ(how),
            None => Outcome::Not(why),
        },
    )
}

/// Searches one of the states that differ only in like actors; says how what that shows
/// is different.
fn like_differ<'p>(
    program: &'p Program,
    machine: &'p Machine<'p>,
    orders: Option<&'p Reduction<'p>>,
    (all, of_all): (&Search<'p>, &Facts<'p>),
) -> Result<Option<String>, Capacity> {
    let passing = |passing, orders| Reduced {
        gives_up_after: None,
        orders,
        passing,
        symmetry: true,
    };
    let ways = orders.map_or(vec![None], |orders| {
        let both = [Passing::Nothing, Passing::OneStep];
        both.map(|how| Some(passing(how, orders))).to_vec()
    });
    for how in ways {
        let (written, keep) = kept();
        let (alike, of_alike) = searched(program, machine, how, 1, keep)?;
        if alike.alike().is_none() {
            return Ok(None);
        }
        ALIKE.fetch_add(1, Ordering::Relaxed);
        let found = (&alike, &of_alike);
        let mut different = differs(program, found, &said(all, of_all));
        if orders.is_none() {
            different = different.or_else(|| lengths_differ((all, of_all), found));
        }
        if let Some(different) = different {
            let passing = how.map(|how| how.passing);
            return Ok(Some(format!("like actors, {passing:?}: {different}")));
        }
        let written = written.lock().expect("nobody panics while writing");
        let half = written.get(written.len() / 2);
        let from = half.map(|half| half.as_slice().into());
        let keep = Keep {
            from,
            ..Keep::default()
        };
        let (again, of_again) = searched(program, machine, how, 2, keep)?;
        let is_same = said(&alike, &of_alike) == said(&again, &of_again);
        if !is_same || alike.n_states() != again.n_states() || of_alike.hits != of_again.hits {
            return Ok(Some("like actors, resumed".to_owned()));
        }
    }
    Ok(None)
}

fn has_like_workers(found: &Search<'_>) -> bool {
    let actors = &found.machine().program().actors;
    let is_worker = |&actor: &usize| matches!(actors[actor].kind, ActorKind::Worker(_));
    let classes = found.alike().map_or(&[][..], Alike::classes);
    classes.iter().flatten().any(is_worker)
}

/// Whether the best schedules have other numbers of steps, or of switches. Which of like
/// workers goes on is only known in a run of the program, which may need more switches.
fn lengths_differ(
    one: (&Search<'_>, &Facts<'_>),
    found: (&Search<'_>, &Facts<'_>),
) -> Option<String> {
    let lengths = |(found, facts): (&Search<'_>, &Facts<'_>)| -> Vec<(usize, usize)> {
        let goals: Vec<Vec<Goal>> = { facts.hits.values() }.map(|it| it.goals.clone()).collect();
        let best = shortest(found, &goals, limits().memory).into_iter();
        best.map(|it| (it.0.len(), it.n_switches())).collect()
    };
    let (mut one, mut other) = (lengths(one), lengths(found));
    if has_like_workers(found.0) {
        { one.iter_mut().chain(&mut other) }.for_each(|(_, switches)| *switches = 0);
    }
    (one != other).then(|| format!("steps and switches:\nright {one:?}\nfound {other:?}"))
}

/// Searches in which some actors were alike.
pub static ALIKE: AtomicUsize = AtomicUsize::new(0);

/// What a search shows that should not be, or does not show that should.
fn differs(
    program: &Program,
    (found, facts): (&Search<'_>, &Facts<'_>),
    right: &Said,
) -> Option<String> {
    if !found.is_complete() || found.has_circle(limits().memory) != Ok(false) {
        return Some("circles".to_owned());
    }
    let said = said(found, facts);
    let reaches_all = found.alike().is_none_or(Alike::reaches_all);
    let is_asked = |name: &str| match name {
        // Who of like workers takes a job first is fixed, and which of like tasks begins;
        // so not each does what one does. Circles are then looked for among all states.
        "lock orders" => reaches_all,
        // The checker does not use such a search.
        "ends" | "endings" => found.knows_terminal(),
        _ => true,
    };
    let mut names = right.iter().filter(|(name, _)| is_asked(name));
    if let Some((name, right)) = names.find(|(name, right)| said[*name] != **right) {
        return Some(format!("{name}:\nright {right}\nfound {}", said[name]));
    }
    let all = facts.hits.values();
    let goals: Vec<Vec<Goal>> = all.clone().map(|hit| hit.goals.clone()).collect();
    for (hit, schedule) in all.zip(shortest(found, &goals, limits().memory)) {
        let length = u32::try_from(schedule.0.len()).expect("a short one");
        if length != hit.steps || replay_schedule(program, &schedule).is_err() {
            return Some(format!("{schedule} is no run"));
        }
    }
    None
}

/// What a search writes down as often as it can.
type Written = Arc<Mutex<Vec<Vec<u8>>>>;

fn kept() -> (Written, Keep) {
    let written = Written::default();
    let into = Arc::clone(&written);
    let write = move |bytes: &[u8]| {
        let mut written = into.lock().expect("nobody panics while writing");
        written.push(bytes.to_vec());
    };
    let keep = Keep {
        write: Some(Arc::new(write)),
        every: Duration::ZERO,
        from: None,
    };
    (written, keep)
}

/// The best schedule to everything that was found.
fn schedules(found: &Search<'_>, facts: &Facts<'_>) -> Vec<String> {
    let endings = facts.endings.values().map(|ending| &ending.hit);
    let hits = facts.hits.values().chain(endings);
    let goals: Vec<Vec<Goal>> = hits.map(|hit| hit.goals.clone()).collect();
    let schedules = shortest(found, &goals, limits().memory).into_iter();
    schedules.map(|schedule| schedule.to_string()).collect()
}

/// The body of a scenario in which it shows whom a `notify` tells of two like tasks whose
/// time is up.
pub const TIME_IS_UP: &str = "lock m  cond c on m  chan q(1)
     var n = 0  var early = false  var first = false  var second = false
     task w * 2 {
         await io()
         await m.lock()
         let got = await c.wait_for()
         atomic { n += 1  if n == 1 { first = got } else { second = got } }
         m.unlock()
     }
     task x { await q.recv()  assert !(early && n == 2 && !first && second) }
     task t { await io()  with await m { early = n == 0  await q.send(1)  c.notify() } }";

/// The programs of a text without mistakes.
#[track_caller]
pub fn programs(text: &str) -> Vec<Program> {
    let source = Source::new("test.tb", text);
    let loaded = Checker::new().load(&source);
    let programs = loaded.scenarios.into_iter().map(|scenario| {
        let mistakes = &scenario.diagnostics;
        let (_, program) = scenario.program.unwrap_or_else(|| panic!("{mistakes:?}"));
        program
    });
    programs.collect()
}
