//! Small scenarios whose states were counted by hand or by a laboratory of its
//! own: every count says that a step is what the language says it is.
//!
//! The names are those of the laboratory's list. Where its step differs from
//! ours, the comment says how; the number here is ours.

#[path = "semantics/barrier.rs"]
mod barrier;
#[path = "semantics/crowd.rs"]
mod crowd;
#[path = "oracle/mod.rs"]
mod explorer;
#[path = "semantics/gil.rs"]
mod gil;
#[path = "semantics/print.rs"]
mod print;
#[path = "semantics/select.rs"]
mod select;
#[path = "semantics/values.rs"]
mod values;

use explorer::engine;
use explorer::small::{expect, program, seen};
use threadbare::Scenario;

fn states_with_dead_registers(body: &str) -> usize {
    let program = engine::keeping_dead_registers(&program(body));
    seen(&program).states
}

const OPPOSITE: &str = "lock a lock b
    thread p { a.lock() b.lock() b.unlock() a.unlock() }
    thread q { b.lock() a.lock() a.unlock() b.unlock() }";

#[test]
fn d01_opposite_locks() {
    let seen = expect(OPPOSITE, 19, 1, "D001");
    assert_eq!(seen.costs, [(2, 1)]);
}

#[test]
fn d02_opposite_locks_behind_a_gate() {
    expect(
        "lock g lock a lock b
         thread p { with g { a.lock() b.lock() b.unlock() a.unlock() } }
         thread q { with g { b.lock() a.lock() a.unlock() b.unlock() } }",
        24,
        0,
        "L001",
    );
}

#[test]
fn d03_one_thread_in_both_orders() {
    expect(
        "lock a lock b
         thread p { with a { with b { } } with b { with a { } } }
         thread q { with a { } }",
        23,
        0,
        "",
    );
}

#[test]
fn d04_orders_separated_by_a_join() {
    // The laboratory says 11: its threads end with a step of their own if
    // somebody joins them. Here the end joins the last step.
    expect(
        "lock a lock b
         thread p { with a { with b { } } }
         thread q { p.join() with b { with a { } } }",
        10,
        0,
        "L001",
    );
}

#[test]
fn only_orders_of_several_that_follow_each_other_are_a_circle() {
    let codes = |threads: &str| {
        let seen = seen(&program(&format!("lock a lock b lock c {threads}")));
        seen.codes
    };
    let circle = "thread p { with a { with b { } } }
         thread q { with b { with c { } } }
         thread r { with c { with a { } } }";
    assert_eq!(codes(circle), "D001");
    let alone = "thread p { with a { with b { } } with b { with a { } } }
         thread q { with a { with b { } } }";
    assert_eq!(codes(alone), "D001");
}

#[test]
fn d06_orders_separated_by_a_flag() {
    expect(
        "lock a lock b atomic flag = 0
         thread p { with a { with b { } } flag = 1 }
         thread q { wait_until(flag == 1) with b { with a { } } }",
        11,
        0,
        "L001",
    );
}

#[test]
fn d07_locks_what_it_holds() {
    let seen = expect("lock m thread p { m.lock() m.lock() }", 2, 1, "D003");
    assert_eq!(seen.costs, [(1, 0)]);
}

#[test]
fn d08_a_reentrant_lock_may_be_taken_twice() {
    expect(
        "reentrant lock m thread p { with m { with m { } } }",
        5,
        0,
        "",
    );
}

#[test]
fn who_waits_gives_a_lock_back_as_often_as_it_took_it_and_takes_it_so_often_again() {
    let seen = seen(&program(
        "reentrant lock m cond c on m atomic go = 0 atomic inside = 0
         thread p {
             m.lock() m.lock()
             while go == 0 { c.wait() }
             m.unlock() inside = 1 inside = 0 m.unlock()
         }
         thread q { with m { go = 1 c.notify() } with m { assert inside == 0 } }",
    ));
    assert_eq!((seen.stuck, &*seen.codes), (0, ""));
}

#[test]
fn d09_a_deadlock_beside_a_spinner_is_a_deadlock() {
    let body = format!("{OPPOSITE} thread s {{ loop {{ yield }} }}");
    expect(&body, 19, 0, "D001");
}

#[test]
fn d10_d11_semaphores_are_not_held() {
    expect(
        "sem s = 0 sem t = 0
         thread p { s.release() t.acquire() }
         thread q { t.release() s.acquire() }",
        7,
        0,
        "",
    );
    let seen = expect(
        "sem s = 0 sem t = 0
         thread p { s.acquire() t.release() }
         thread q { t.acquire() s.release() }",
        1,
        1,
        "D001",
    );
    assert_eq!(seen.costs, [(0, 0)]);
}

#[test]
fn d12_two_readers_that_upgrade() {
    // Each waits for itself as soon as it asks; together they wait for each
    // other, too. Without the other, it is the same mistake.
    expect(
        "rwlock rw prefer readers
         thread p { rw.read() rw.write() }
         thread q { rw.read() rw.write() }",
        4,
        1,
        "D001 D003 D003",
    );
}

#[test]
fn d15_full_queues() {
    let seen = expect(
        "chan a(1) chan b(1)
         thread p { a.send(1) a.send(1) b.recv() }
         thread q { b.send(1) b.send(1) a.recv() }",
        4,
        1,
        "D001",
    );
    assert_eq!(seen.costs, [(2, 1)]);
}

#[test]
fn d16_a_barrier_one_short() {
    // Two stuck states, since the order of arrival is kept for the result.
    expect("barrier b(3) thread p * 2 { b.wait() }", 5, 2, "D002");
}

fn philosophers(n: usize, ordered: bool) -> String {
    let mut text = format!("lock fork[{n}]");
    for i in 0..n {
        let (mut one, mut other) = (i, (i + 1) % n);
        if ordered && one > other {
            std::mem::swap(&mut one, &mut other);
        }
        text += &format!(
            " thread p{i} {{ fork[{one}].lock() fork[{other}].lock() \
             fork[{other}].unlock() fork[{one}].unlock() }}"
        );
    }
    text
}

#[test]
fn d17_philosophers() {
    for (n, states) in [(2, 19), (3, 87), (4, 391), (5, 1_743)] {
        let seen = expect(&philosophers(n, false), states, 1, "D001");
        assert_eq!(seen.costs, [(n, n - 1)]);
    }
}

#[test]
fn d18_philosophers_in_order() {
    let seen = seen(&program(&philosophers(4, true)));
    assert_eq!((seen.states, seen.stuck), (320, 0));
}

#[test]
fn d19_join_under_the_lock_the_other_needs() {
    let seen = expect(
        "lock m
         thread p { with m { q.join() } }
         thread q { with m { } }",
        7,
        1,
        "D001",
    );
    assert_eq!(seen.costs, [(1, 0)]);
}

#[test]
fn d20_three_cycle_with_a_gate_for_two() {
    expect(
        "lock a lock b lock c lock g
         thread p { with g { with a { with b { } } } }
         thread q { with g { with b { with c { } } } }
         thread r { with c { with a { } } }",
        108,
        0,
        "L001",
    );
}

#[test]
fn c01_a_notify_before_the_wait() {
    let seen = expect(
        "lock m cond c on m
         thread p { with m { c.wait() } }
         thread q { with m { c.notify() } }",
        13,
        1,
        "S001",
    );
    assert_eq!(seen.costs, [(5, 1)]);
}

const RACE: &str = "var x = 0 thread p * 2 { x += 1 } observe x";

#[test]
fn whoever_notifies_misses_nothing_itself() {
    let alone = seen(&program(
        "lock m cond c on m thread p { with m { c.notify() c.wait() } }",
    ));
    assert_eq!(alone.codes, "D002");
}

#[test]
fn whoever_has_looked_since_then_misses_no_event() {
    let late = seen(&program(
        "event e atomic x = 0
         thread p { e.set() e.clear() x = 1 }
         thread q { wait_until(x == 1) e.wait() }",
    ));
    assert_eq!(late.codes, "D002");
}

#[test]
fn r01_two_increments() {
    // The pairs read and write, and write and write, have the same two places: one
    // finding. The laboratory says 13 without reset registers, since there an actor
    // that has ended keeps them.
    let seen = expect(RACE, 12, 0, "R001");
    assert_eq!(seen.outcomes, [[1], [2]]);
    assert_eq!(states_with_dead_registers(RACE), 12);
}

#[test]
fn r04_writes_of_the_same_value_race() {
    let seen = expect(
        "var x = 0 chan q(1)
         thread p { x = 1 }
         thread r { q.send(1) x = 1 }
         observe x",
        6,
        0,
        "R001",
    );
    assert_eq!(seen.outcomes, [[1]]);
}

#[test]
fn a_block_that_writes_twice_races() {
    let seen = seen(&program(
        "var x = 0
         thread p { atomic { x = 1 x = 2 } }
         thread q { x = 3 }",
    ));
    assert_eq!(seen.codes, "R001 R001");
}

#[test]
fn r08_a_blocked_poll_races() {
    expect(
        "var flag = 0 sem s = 1
         thread p { flag = 1 }
         thread q { s.acquire() wait_until(flag == 1) }",
        5,
        0,
        "R001 K005",
    );
}

#[test]
fn r16_a_semaphore_of_two_is_no_lock() {
    let seen = seen(&program(
        "var x = 0 var y = 0 sem s = 2 lock m
         thread p * 2 { with s { y = 1 } with m { x = 1 } }",
    ));
    assert_eq!((seen.stuck, &*seen.codes), (0, "R001"));
}

#[test]
fn r17_a_race_before_and_behind_a_lock() {
    expect(
        "var x = 0 lock m
         thread p { x = 1 with m { } }
         thread q { with m { } x = 1 }",
        15,
        0,
        "R001",
    );
}

#[test]
fn s01_an_always_over_two_variables() {
    let seen = expect(
        "atomic a = 0 atomic b = 0
         thread p { a = 1 a = 0 }
         thread q { b = 1 b = 0 }
         always !(a == 1 && b == 1)",
        9,
        0,
        "A002",
    );
    assert_eq!(seen.costs, [(2, 1)]);
}

#[test]
fn s02_a_spinner_hides_nothing() {
    // The laboratory says 5: it counts the state behind the failed assertion.
    expect(
        "var x = 0
         thread spin { loop { yield } }
         thread p { x = 1 }
         thread q { let r = x assert r == 0 }",
        4,
        0,
        "R001 A001",
    );
}

#[test]
fn s03_a_loop_beside_a_step() {
    let body = "atomic x = 0 atomic y = 0
         thread spin { loop { let v = x x = 1 - v } }
         thread p { y = 1 }";
    expect(body, 8, 0, "");
    assert_eq!(states_with_dead_registers(body), 10);
}

#[test]
fn s04_waits_with_the_lock_the_other_needs() {
    expect(
        "atomic x = 0 lock m
         thread p { with m { wait_until(x == 1) } }
         thread q { with m { x = 1 } }",
        8,
        1,
        "D001",
    );
}

#[test]
fn s05_a_join_of_one_of_two() {
    let seen = seen(&program(
        "atomic x = 0
         thread main { t0.join() let r = x }
         thread t0 { x += 1 }
         thread t1 { x += 1 }
         observe main.r",
    ));
    assert_eq!(seen.outcomes, [[1], [2]]);
}

#[test]
fn s06_three_locked_increments() {
    let body = "var x = 0 lock m thread p * 3 { with m { x += 1 } }";
    // The laboratory says 61 without reset registers, for the same reason as in r01.
    expect(body, 44, 0, "");
    assert_eq!(states_with_dead_registers(body), 44);
}

#[test]
fn s07_results_that_are_observed_stay() {
    let seen = seen(&program(
        "atomic x = 0
         thread t0 { let r = x.fetch_add(1) }
         thread t1 { let r = x.fetch_add(1) }
         finally assert t0.r + t1.r == 1
         observe t0.r, t1.r",
    ));
    assert_eq!(seen.outcomes, [[0, 1], [1, 0]]);
    assert_eq!(seen.codes, "");
}

#[test]
fn s09_a_buffer_has_no_history() {
    expect(
        "chan q(3)
         thread p { for i in 0..6 { q.send(1) } }
         thread c { for i in 0..6 { q.recv() } }",
        22,
        0,
        "",
    );
}

#[test]
fn s10_a_try_lock_sees_both() {
    let seen = expect(
        "lock m
         thread p { with m { } }
         thread q { let r = m.try_lock() if r { m.unlock() } }
         observe q.r",
        10,
        0,
        "",
    );
    assert_eq!(seen.outcomes, [[0], [1]]);
}

#[test]
fn a_try_read_sees_both() {
    let seen = seen(&program(
        "rwlock rw
         thread p { with rw.write { } }
         thread q { let r = rw.try_read() if r { rw.read_unlock() } }
         observe q.r",
    ));
    assert_eq!((seen.stuck, seen.outcomes), (0, vec![vec![0], vec![1]]));
}

#[test]
fn s11_a_critical_section_is_not_one_step() {
    let seen = seen(&program(
        "var x = 0 lock m
         thread p { with m { x = 1 x = 2 } }
         thread q { x = 3 }
         observe x",
    ));
    assert_eq!(seen.outcomes, [[2], [3]]);
    assert_eq!(seen.codes, "R001 R001");
}

#[test]
fn a_block_in_a_block_ends_with_the_outer_one() {
    let seen = seen(&program(
        "atomic x = 0
         thread p { atomic { x = 1 atomic { x = 2 } x = 3 } }
         thread q { assert x == 0 || x == 3 }",
    ));
    assert_eq!((seen.states, &*seen.codes), (5, ""));
}

#[test]
fn l01_l02_endless_runs_have_few_states() {
    expect("lock m thread p * 2 { loop { with m { } } }", 3, 0, "S002");
    expect(
        "atomic f = 0
         thread p { while f == 0 { } }
         thread q { f = 1 }",
        3,
        0,
        "S003",
    );
}

#[test]
fn a_daemon_that_never_ends_has_nothing_to_lose() {
    let with = |daemon: &str| {
        seen(&program(&format!(
            "atomic x = 0 daemon thread d {{ {daemon} }} thread p {{ x = 2 }}"
        )))
    };
    assert_eq!(with("x = 1 x = 3").codes, "K006");
    assert_eq!(with("loop { x = 1 }").codes, "");
}

#[test]
fn more_calls_than_the_limit_are_no_proof() {
    let calls = |n: u32| {
        let f = "fn f(n) { if n > 0 { x = 1 f(n - 1) } }";
        let text = format!("scenario \"s\" {{ var x = 0 {f} thread p {{ f({n}) }} }}");
        Scenario::from_text(text).check().passed()
    };
    assert!(calls(60) && !calls(70));
}

#[test]
fn spawned_threads_of_one_name_are_numbered_as_they_came() {
    let report = Scenario::from_text(
        "scenario \"s\" {
            fn f(n) { assert n == 1 }
            thread p { let a = spawn f(1) let b = spawn f(2) a.join() b.join() }
        }",
    )
    .check();
    let finding = report.finding("assert").expect("the second one fails");
    assert_eq!(finding.actors, ["f#2"]);
}

#[test]
fn families_have_the_known_sizes() {
    // Sizes after dead registers are reset, from the laboratory's table.
    let locked = |threads: usize, rounds: usize| {
        format!(
            "var x = 0 lock m thread p * {threads} {{ for i in 0..{rounds} {{ with m {{ x += 1 }} }} }}"
        )
    };
    assert_eq!(seen(&program(&locked(3, 2))).states, 189);
    let racing = "var x = 0 thread p * 3 { for i in 0..2 { x += 1 } }";
    assert_eq!(seen(&program(racing)).states, 904);
}
