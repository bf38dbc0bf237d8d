//! The reduced search finds what the search of all states finds: the same bugs,
//! final values, statements reached, ranges of values, lock orders.
//!
//! A few hundred random scenarios in every run. More with
//! `THREADBARE_REDUCTION_CASES=10000 cargo test --release --test reduction`, others
//! with `THREADBARE_REDUCTION_SEED=7`.

mod adding;
mod awaited;
mod both;
mod doors;
mod endings;
mod renamed;
mod sizes;
mod told;
mod traps;
mod workers;

use both::{ALIKE, Outcome, compare, programs};
use renamed::{Tried, tried};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::Ordering;
use threadbare::checker::{Checker, Input};
use threadbare::compile::compile;
use threadbare::generate::{
    Act, Bool, Int, Knobs, LockMode, Object, Plan, Runs, Shape, Shared, Vary, make, smaller, write,
};

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn of_plan(plan: &Plan) -> Outcome {
    let Ok(program) = compile(&write(plan).scenario) else {
        return Outcome::Not("no code");
    };
    let compared = catch_unwind(AssertUnwindSafe(|| compare(&program)));
    compared.unwrap_or_else(|_| Outcome::Differ("it panics".to_owned()))
}

/// The smallest plan that still shows a difference of the same kind.
fn cut_down(mut plan: Plan, mut how: String) -> (Plan, String) {
    let kind = |how: &str| how.lines().next().unwrap_or_default().to_owned();
    'again: loop {
        for less in smaller(&plan) {
            if let Outcome::Differ(still) = of_plan(&less)
                && kind(&still) == kind(&how)
            {
                (plan, how) = (less, still);
                continue 'again;
            }
        }
        return (plan, how);
    }
}

fn add(sums: &mut [u64; 3], more: [u32; 3]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += u64::from(more);
    }
}

/// Two threads of each kind, and nothing that tells them apart.
fn like_threads(mut plan: Plan) -> Plan {
    plan.threads.truncate(2);
    for thread in &mut plan.threads {
        thread.twice = true;
        (thread.daemon, thread.main, thread.process) = (false, false, false);
        thread.runs = Runs::Thread;
    }
    plan
}

/// Two tasks of each kind on one event loop, at times beside threads, or green ones.
fn like_tasks(mut plan: Plan) -> Plan {
    plan = like_threads(plan);
    plan.loops = 0;
    let turn = plan.objects.len() + plan.shared.len();
    for (index, thread) in plan.threads.iter_mut().enumerate() {
        thread.on = 0;
        thread.runs = match (turn + index) % 5 {
            0 => Runs::Green,
            1 if index > 0 => Runs::Thread,
            2 => Runs::Task { awaits: false },
            _ => Runs::Task { awaits: true },
        };
        let most = thread.body.len().min(4);
        thread.body.truncate(most);
        thread.body.insert(most / 2, Act::Io);
        if turn.is_multiple_of(3) {
            thread.body.insert(0, Act::Yield);
        }
    }
    plan
}

/// Threads only, and some of them are cut off by the end of others.
fn cut_off(mut plan: Plan) -> Plan {
    let has_main = (plan.objects.len() + plan.functions.len()).is_multiple_of(2);
    let last = plan.threads.len() - 1;
    for (index, thread) in plan.threads.iter_mut().enumerate() {
        thread.main = has_main && index == 0;
        thread.daemon = !has_main && (index == last || index > 1);
        thread.process = false;
        thread.runs = Runs::Thread;
    }
    plan
}

/// Processes, with half of what there is in common.
fn processes(mut plan: Plan) -> Plan {
    for (index, thread) in plan.threads.iter_mut().enumerate() {
        thread.process = index > 0;
        thread.runs = Runs::Thread;
    }
    for (index, function) in plan.functions.iter_mut().enumerate() {
        function.process = index.is_multiple_of(2);
    }
    for (index, shared) in plan.shared.iter_mut().enumerate() {
        shared.common = index.is_multiple_of(2);
    }
    plan.common = (0..plan.objects.len())
        .filter(|it| it.is_multiple_of(2))
        .collect();
    plan
}

/// Threads only, and among what they and all functions do, something more.
fn mix_in(plan: &mut Plan, mut more: impl FnMut() -> Act) {
    let threads = plan.threads.iter_mut().map(|it| &mut it.body);
    let functions = plan.functions.iter_mut().map(|it| &mut it.body);
    for body in threads.chain(functions) {
        body.truncate(4);
        for at in 0..=body.len().min(2) {
            body.insert((2 * at).min(body.len()), more());
        }
    }
    for thread in &mut plan.threads {
        thread.process = false;
        thread.runs = Runs::Thread;
    }
}

/// A lock, or a semaphore used as one, under which something is added, now and then with
/// something else beside it.
fn adders(mut plan: Plan) -> Plan {
    let lock = plan.objects.len();
    plan.objects.push(match lock % 4 {
        0 => Object::Sem {
            initial: 1,
            max: None,
        },
        turn => Object::Lock {
            reentrant: turn == 1,
            unowned: false,
        },
    });
    let sum = plan.shared.len();
    plan.shared.push(Shared {
        atomic: sum.is_multiple_of(4),
        initial: 1,
        most: sum.is_multiple_of(5).then_some(4),
        guarded_by: None,
        common: false,
        shape: match sum % 3 {
            0 => Shape::Array,
            _ => Shape::Word,
        },
    });
    let with = |body| Act::With(lock, LockMode::Exclusive, body);
    let mut n = lock + sum;
    mix_in(&mut plan, || {
        n += 7;
        let vary = match n.is_multiple_of(8) {
            true => Vary::Sub,
            false => Vary::Add,
        };
        let adds = Act::Update(
            sum,
            vary,
            Int::Const(i64::try_from(1 + n % 2).expect("1 or 2")),
        );
        match n % 9 {
            0 => adds,
            1 => with(vec![Act::Local(0, Int::Var(sum))]),
            2 => with(vec![adds.clone(), Act::Yield, adds]),
            3 => with(vec![Act::Set(sum, Int::Const(2))]),
            _ => with(vec![adds]),
        }
    });
    plan
}

/// An atomic to which all add, and of which some wait until there is enough.
fn waiters(mut plan: Plan) -> Plan {
    let sum = plan.shared.len();
    let down = sum.is_multiple_of(3);
    plan.shared.push(Shared {
        atomic: true,
        initial: if down { 4 } else { 0 },
        most: None,
        guarded_by: None,
        common: false,
        shape: Shape::Word,
    });
    let mut n = sum + plan.objects.len() + plan.functions.len();
    mix_in(&mut plan, || {
        n += 7;
        let number = |n: usize| Int::Const(i64::try_from(n).expect("a few"));
        let (by, than) = (number(1 + n % 2), number(n / 3 % 5));
        let is = Int::Var(sum);
        let vary = match down != n.is_multiple_of(16) {
            true => Vary::Sub,
            false => Vary::Add,
        };
        match n % 11 {
            0 => Act::WaitUntil(Bool::Eq(is, than)),
            1 => Act::WaitUntil(Bool::Less(than, is)),
            2 => Act::WaitUntil(Bool::Less(is, than)),
            3 => Act::WaitUntil(Bool::Eq(than, is)),
            4 => Act::Local(0, is),
            5 if n.is_multiple_of(2) => Act::Set(sum, than),
            _ => Act::Update(sum, vary, by),
        }
    });
    plan
}

fn run(loops: bool, share: u64, few: u64) {
    run_made(loops, share, few, |plan| plan);
}

fn run_made(loops: bool, share: u64, few: u64, change: impl Fn(Plan) -> Plan) {
    let seed = from_environment("THREADBARE_REDUCTION_SEED").unwrap_or(share * 1_000_000_007);
    let cases = from_environment("THREADBARE_REDUCTION_CASES").unwrap_or(few);
    let mut same = 0u64;
    let mut states = [0u64; 3];
    let mut not: BTreeMap<&str, u64> = BTreeMap::new();
    for case in 0..cases {
        let seed = seed.wrapping_add(case);
        let turn = |n| usize::try_from(seed % n).expect("a few");
        let knobs = Knobs {
            threads: 2 + turn(3),
            acts: 3 + turn(10),
            loops,
        };
        let plan = change(make(seed, knobs));
        match of_plan(&plan) {
            Outcome::Same(all, few, stored) => {
                same += 1;
                add(&mut states, [all, few, stored]);
            }
            Outcome::Not(why) => *not.entry(why).or_default() += 1,
            Outcome::Differ(how) => {
                let (plan, how) = cut_down(plan, how);
                let text = write(&plan).text;
                if from_environment("THREADBARE_REDUCTION_GO_ON").is_none() {
                    panic!("seed {seed} ({knobs:?}):\n{text}\n{how}");
                }
                println!("seed {seed} ({knobs:?}):\n{text}\n{how}\n");
            }
        }
    }
    println!(
        "seed {seed}: {same} scenarios are the same, states of all, reduced, stored: {states:?}; \
         not reduced: {not:?}"
    );
}

#[test]
fn random_scenarios_show_the_same() {
    run(false, 1, 300);
}

#[test]
fn random_scenarios_with_loops_show_the_same() {
    run(true, 2, 300);
}

#[test]
fn renamed_states_have_renamed_steps() {
    let cases = from_environment("THREADBARE_REDUCTION_CASES").unwrap_or(150);
    let (mut compared, mut alike) = (0, 0);
    for case in 0..cases {
        let knobs = Knobs {
            threads: 2,
            acts: 3 + usize::try_from(case % 10).expect("a few"),
            loops: case % 4 == 0,
        };
        for change in [like_threads, like_tasks] {
            let written = write(&change(make(case + 33_000_000, knobs)));
            let Ok(program) = compile(&written.scenario) else {
                continue;
            };
            match tried(&program) {
                Tried::Nothing => {}
                Tried::Same(n) => (compared, alike) = (compared + n, alike + 1),
                Tried::Differs(how) => panic!("case {case}:\n{}\n{how}", written.text),
            }
        }
    }
    let times_up = "scenario \"time is up\" {
            lock m  cond c on m
            task w * 3 { await io()  await m.lock()  await c.wait_for()  m.unlock() }
            task t { await io()  with await m { c.notify() } }
            thread u { with m { c.notify(2) } }
        }";
    assert!(matches!(tried(&programs(times_up)[0]), Tried::Same(_)));
    println!("{compared} steps of {alike} scenarios with like threads or tasks");
    assert!(compared > 1_000, "some are alike");
}

#[test]
fn random_scenarios_with_like_tasks_show_the_same() {
    let before = ALIKE.load(Ordering::Relaxed);
    run_made(false, 5, 400, like_tasks);
    run_made(true, 6, 100, like_tasks);
    let searches = ALIKE.load(Ordering::Relaxed) - before;
    println!("{searches} searches of scenarios, some with like tasks");
    assert!(searches > 0, "some of the tasks are alike");
}

#[test]
fn random_scenarios_with_like_threads_show_the_same() {
    let before = ALIKE.load(Ordering::Relaxed);
    run_made(false, 3, 300, like_threads);
    run_made(true, 4, 100, like_threads);
    let searches = ALIKE.load(Ordering::Relaxed) - before;
    println!("{searches} searches of scenarios with like threads");
    assert!(searches > 0, "some of the threads are alike");
}

#[test]
fn random_scenarios_with_daemons_and_main_threads_show_the_same() {
    run_made(false, 5, 200, cut_off);
    run_made(true, 6, 100, cut_off);
}

#[test]
fn random_scenarios_with_processes_show_the_same() {
    run_made(false, 7, 200, processes);
    run_made(true, 8, 100, processes);
}

#[test]
fn random_scenarios_that_add_show_the_same() {
    run_made(false, 9, 300, adders);
    run_made(true, 10, 100, adders);
    run_made(false, 11, 100, |plan| adders(cut_off(plan)));
}

#[test]
fn random_scenarios_that_wait_for_sums_show_the_same() {
    run_made(false, 12, 300, waiters);
    run_made(true, 13, 100, waiters);
    run_made(false, 14, 100, |plan| waiters(cut_off(plan)));
    run_made(false, 15, 100, |plan| waiters(like_threads(plan)));
}

#[test]
fn the_library_shows_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [folder.join("scenarios"), folder.join("benches/workloads")];
    let checker = Checker::new();
    let mut states = [0u64; 3];
    let mut not: BTreeMap<&str, u64> = BTreeMap::new();
    for input in Input::collect(places) {
        let source = input.into_source().expect("the library can be read");
        for loaded in checker.load(&source).scenarios {
            let Some((_, program)) = &loaded.program else {
                continue;
            };
            match compare(program) {
                Outcome::Same(all, few, stored) => add(&mut states, [all, few, stored]),
                Outcome::Not(why) => *not.entry(why).or_default() += 1,
                Outcome::Differ(how) => panic!("{} {}:\n{how}", source.name(), program.name),
            }
        }
    }
    println!("states of all, reduced, stored: {states:?}; not reduced: {not:?}");
}
