//! Larger scenarios with threads that are alike: what the checker tells is the same as
//! without any reduction.

use super::both::TIME_IS_UP;
use threadbare::checker::{Checker, Reduction};
use threadbare::report::ScenarioReport;

/// What must be the same.
fn said(report: &ScenarioReport) -> String {
    let findings = report.findings.iter();
    let findings: Vec<_> = findings.map(|it| (it.code, &it.subjects)).collect();
    let outcomes = report.outcomes.iter().chain(&report.more_outcomes);
    let outcomes: Vec<_> = outcomes.map(|it| format!("{it:?}")).collect();
    let schedules = { report.findings.iter() }.filter_map(|it| it.schedule.as_ref());
    let steps: Vec<_> = schedules
        .map(|it| (it.steps.len(), it.switches, it.shortest))
        .collect();
    format!(
        "{findings:?} {:?} {} {steps:?} {outcomes:?}",
        report.verdict, report.stats.terminal_states
    )
}

/// Checks both ways; the reduced search must have put like threads in order.
#[track_caller]
fn check(body: &str) {
    let text = format!("scenario \"like threads\" {{ {body} }}");
    let report = |reduction| {
        let checker = Checker::new().reduction(reduction);
        let report = checker.check_str("like.tb", &text);
        report.scenarios.into_iter().next().expect("there is one")
    };
    let (all, few) = (report(Reduction::None), report(Reduction::Safe));
    let orders = few.orders.as_deref().unwrap_or_default();
    assert!(orders.contains("alike"), "{orders:?}");
    assert_eq!(said(&all), said(&few), "{text}");
}

#[test]
fn where_hardly_any_order_can_be_left_out_all_are_tried() {
    let file = "benches/workloads/filter_lock.tb";
    let text = std::fs::read_to_string(file).expect("a workload");
    let report = |checker: Checker| {
        let report = checker.set("ROUNDS", 3).check_str(file, &text);
        report.scenarios.into_iter().next().expect("there is one")
    };
    let all = report(Checker::new().reduction(Reduction::None));
    let (safe, two) = (report(Checker::new()), report(Checker::new().workers(2)));
    let why = "all orders of steps, because hardly any can be left out";
    assert_eq!(safe.orders.as_deref(), Some(why));
    assert!(all.stats.states > 20_000, "{}", all.stats.states);
    assert_eq!(
        (all.stats.states, said(&all)),
        (safe.stats.states, said(&safe))
    );
    assert_eq!(
        (two.orders, two.stats.states),
        (safe.orders, safe.stats.states)
    );
    // What little there is to leave out is left out where all would be too many.
    let few = report(Checker::new().max_states(all.stats.states - 1));
    assert!(few.complete && few.stats.states < all.stats.states);
    assert_eq!(few.verdict, all.verdict);
}

#[test]
fn a_racing_counter() {
    check(
        "atomic n = 0
         thread p * 3 { for _ in 0..4 { let seen = n  n = seen + 1 } }
         finally assert n == 12",
    );
}

#[test]
fn waiters_in_a_queue_deadlock() {
    check(
        "lock m  cond c on m fifo  var n = 0
         thread p * 4 { for _ in 0..3 { with m {
             n = (n + 1) % 3
             if n == 1 { c.wait() } else { c.notify() }
         } } }",
    );
}

#[test]
fn arguments_that_nothing_depends_on() {
    check(
        "atomic sum = 0  sem s = 2
         thread p(i in 0..4) { for _ in 0..5 { with s { sum += 1 } } }
         finally assert sum == 20",
    );
}

/// The second search, which gives shortest schedules, ends at its limit before this race.
#[test]
fn what_the_second_search_does_not_come_to_is_not_called_shortest() {
    let text = "scenario \"deep\" {
        const N = 7
        atomic own[N] = 0
        var x = 0
        thread p(i in 0..N) {
            for _ in 0..i + 13 { own[i] += 1 }
            x = i
        }
        expect race on x
    }";
    let report = Checker::new().check_str("deep.tb", text);
    let scenario = &report.scenarios[0];
    assert!(scenario.complete, "the reduced search is small");
    let schedule = scenario.findings[0].schedule.as_ref();
    let schedule = schedule.expect("a race has a schedule");
    // Two of them must run, 13 and 14 steps.
    assert!(schedule.steps.len() >= 27);
    assert!(!schedule.shortest);
}

/// The first search of all states has seen the race; the reduced one is kept busy by two
/// others until its limit.
#[test]
fn what_only_the_first_search_has_seen_is_reported() {
    let text = "scenario \"kept busy\" {
        atomic a = 0
        atomic p = 0
        var y = 0
        thread one { for i in 0..160 { a = i } }
        thread two { for i in 0..160 { a = i } }
        thread three { p += 1  y = 1 }
        thread four { p += 1  y = 2 }
        expect race on y
    }";
    let report = Checker::new().max_states(20_000).check_str("busy.tb", text);
    let scenario = &report.scenarios[0];
    assert!(!scenario.complete && scenario.orders.is_some());
    let codes: Vec<&str> = scenario.findings.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["R001"]);
}

/// In states of like threads it is not seen that one of them has ended whenever the other
/// asks; so all states are searched.
#[test]
fn who_has_ended_is_seen_where_locks_are_asked_for() {
    let text = "scenario \"one after the other\" {
        lock a  lock b  lock first
        event over
        atomic n = 0
        thread t * 2 {
            if first.try_lock() { with a { with b { skip } }  first.unlock()  over.set() }
            else { over.wait()  with b { with a { skip } } }
        }
        thread noise * 3 { for _ in 0..11 { n += 1 } }
        always !b.is_locked() || n >= 0
        expect warning L001
    }";
    let told = |checker: Checker| {
        let report = checker.check_str("after.tb", text);
        let scenario = &report.scenarios[0];
        assert!(scenario.complete && scenario.stats.states > 10_000);
        let facts = scenario.findings[0].facts.iter();
        let facts: Vec<String> = facts.map(|it| it.text.clone()).collect();
        (scenario.findings[0].code, facts)
    };
    let all = told(Checker::new().reduction(Reduction::None));
    assert_eq!(all.0, "L001");
    assert_eq!(told(Checker::new()), all);
}

/// At first no order can be left out, and later many. One of like threads is not enough.
#[test]
fn what_leaves_out_orders_late_is_tried_again() {
    let text = "scenario \"late\" {
            atomic x = 0  atomic y = 0  atomic s = 0  latch l(3)
            var c[6] = 0
            thread w * 3 { for i in 0..3 { x += 1  y = x  x += 1 } l.count_down() }
            thread a(k in 0..6) {
                l.wait()
                for i in 0..8 { c[k] += 1 }
                if k < 2 { for i in 0..6 { if s == 2 * i + k { s += 1 } } }
            }
            finally assert s < 12
        }";
    let report = Checker::new().max_states(50_000).check_str("late.tb", text);
    let found = &report.scenarios[0];
    let codes: Vec<&str> = found.findings.iter().map(|it| it.code).collect();
    assert!(codes.contains(&"A003"), "{codes:?}, {:?}", found.verdict);
    assert!(found.stats.states < 50_000, "it is complete");
}

/// Tasks whose time is up have no place among those who wait any more; which of them is
/// told goes by their turns, not by their numbers.
#[test]
fn like_tasks_whose_time_is_up() {
    check(&format!(
        "task noise * 2 {{ for _ in 0..2 {{ await io() }} }}\n{TIME_IS_UP}"
    ));
    check(
        "lock m  cond c on m  chan q(1)
         var i = 0  var n = 0  var early = false  var bad = false
         task noise * 2 { for _ in 0..2 { await io() } }
         task w * 2 {
             let k = i
             i += 1
             for _ in 0..(3 - 3 * k) { await io() }
             await m.lock()
             let got = await c.wait_for()
             atomic { n += 1  if got && k == 1 { bad = true } }
             m.unlock()
         }
         task x { await q.recv()  assert !(early && n == 2 && bad) }
         thread t { with m { early = n == 0  q.send(1)  c.notify() } }",
    );
}
