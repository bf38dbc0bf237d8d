//! Programs on which a model checker may be wrong, among them those that loom is
//! known to get wrong: all three engines must say the same, or not claim to know.

use crate::explorer::small::program;
use std::time::Duration;
use threadbare::bridge::{Bounds, Engine, Sight, Unfinished, refusal, run};
use threadbare::checker::witness::{compare, ours};
use threadbare::explore::Limits;

/// What an engine is expected to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    /// Everything that we say.
    All,
    /// A failure that we know, where it stops.
    Failure,
    /// What we say, as far as it may go.
    AsFar,
    /// Less than we do, for a reason that we know.
    Less,
    /// That it cannot.
    No,
}

const BOUNDS: Bounds = Bounds {
    executions: 4_000,
    steps: 1_000,
    time: Duration::from_secs(300),
    memory: 1 << 30,
};

fn says(engine: Engine, body: &str) -> Says {
    let program = program(body);
    if refusal(engine, &program).is_some() {
        return Says::No;
    }
    let ours = ours(&program, &Limits::default(), 1);
    let sight = run(engine, &program, BOUNDS).expect("tests are built with witnesses");
    let compared = compare(&program, engine, &sight, &ours);
    let differences = compared.differences;
    crate::leads_where_exact(engine, &program, &sight, &ours)
        .unwrap_or_else(|wrong| panic!("{body}: {wrong}"));
    assert!(
        differences.is_empty(),
        "{engine:?}: {body}\n{differences:?}"
    );
    let Sight { unfinished, .. } = sight;
    match unfinished {
        None if compared.explained.is_empty() => Says::All,
        None => Says::Less,
        Some(Unfinished::Failure) => Says::Failure,
        Some(Unfinished::Refused(_)) => Says::No,
        Some(Unfinished::Executions) => Says::AsFar,
        Some(other) => panic!("{engine:?}: {body}\n{other:?}"),
    }
}

#[track_caller]
fn check(body: &str, shuttle: Says, loom: Says) {
    crate::quiet();
    let said = (says(Engine::Shuttle, body), says(Engine::Loom, body));
    assert_eq!(said, (shuttle, loom), "{body}");
}

#[test]
fn a_racing_counter() {
    check(
        "atomic x = 0 thread p * 2 { let r = x.load() x.store(r + 1) } observe x",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_plain_counter() {
    check(
        "var x = 0 thread p * 2 { x += 1 }",
        Says::All,
        Says::Failure,
    );
}

#[test]
fn a_locked_counter() {
    check(
        "var x = 0 lock m thread p * 3 { with m { x += 1 } }",
        Says::All,
        Says::All,
    );
}

#[test]
fn opposite_locks() {
    check(
        "lock a lock b thread p { with a { with b { } } } thread q { with b { with a { } } }",
        Says::All,
        Says::Failure,
    );
}

#[test]
fn store_buffering() {
    check(
        "atomic x = 0 atomic y = 0
         thread p { x = 1 let r = y }
         thread q { y = 1 let r = x }
         observe p.r, q.r",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_message_is_passed() {
    check(
        "atomic x = 0 atomic y = 0
         thread p { x = 1 y = 1 } thread q { let a = y let b = x }
         observe q.a, q.b",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_store_and_a_load_against_a_load() {
    check(
        "atomic x = 0 thread p { x = 1 let r = x } thread q { let r = x } observe p.r, q.r",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_compare_exchange_against_a_store() {
    check(
        "atomic x = 0
         thread p { x = 1 let r = x.compare_exchange(1, 2) }
         thread q { x = 3 }
         observe p.r, x",
        Says::All,
        Says::All,
    );
}

#[test]
fn two_updates_are_one_after_the_other() {
    check(
        "atomic x = 0
         thread p { let r = x.fetch_add(1) } thread q { let r = x.swap(5) }
         observe p.r, q.r, x",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_try_lock_sees_both() {
    check(
        "lock m
         thread p { with m { } }
         thread q { let r = m.try_lock() if r { m.unlock() } }
         observe q.r",
        Says::All,
        Says::No,
    );
}

#[test]
fn a_condition_that_is_tested() {
    check(
        "var flag = 0 lock m cond c on m
         thread p { with m { while flag == 0 { c.wait() } } }
         thread q { with m { flag = 1 c.notify() } }",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_condition_that_is_not_tested() {
    check(
        "lock m cond c on m
         thread p { with m { c.wait() } } thread q { with m { c.notify() } }",
        Says::All,
        Says::Failure,
    );
}

#[test]
fn one_notify_for_two_waiters() {
    check(
        "lock m cond c on m
         thread w * 2 { with m { c.wait() } } thread n { with m { c.notify() } }",
        Says::All,
        Says::Failure,
    );
}

#[test]
fn semaphores() {
    for permits in [1, 2] {
        check(
            &format!(
                "atomic x = 0 sem s = {permits}
                 thread p * 2 {{ with s {{ let seen = x x = seen + 1 }} }}
                 observe x"
            ),
            Says::All,
            Says::All,
        );
    }
}

#[test]
fn a_semaphore_that_is_given_back_too_often() {
    check(
        "sem s = 1 max 1 thread p { with s { } } thread q { with s { } }",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_channel_mixes_two_senders() {
    check(
        "chan q(1)
         thread one { q.send(1) } thread two { q.send(2) }
         thread c { let a = q.recv() let b = q.recv() }
         observe c.a, c.b",
        Says::AsFar,
        Says::AsFar,
    );
}

#[test]
fn a_channel_is_closed_under_a_receiver() {
    check(
        "chan q(1) thread p { q.send(1) q.close() } thread c { for m in q { } }",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_try_recv_sees_both() {
    check(
        "chan q(1) var got = 0
         thread p { q.send(1) }
         thread c { if let m = q.try_recv() { got = m } }
         observe got",
        Says::All,
        Says::All,
    );
}

#[test]
fn events_latches_and_barriers() {
    check(
        "event e thread p { e.set() } thread q { e.wait() }",
        Says::All,
        Says::All,
    );
    check(
        "event e thread p { e.set() e.clear() } thread q { e.wait() }",
        Says::All,
        Says::Failure,
    );
    check(
        "latch l(2) thread p * 2 { l.count_down() } thread q { l.wait() }",
        Says::AsFar,
        Says::All,
    );
    check(
        "barrier b(2) thread p * 2 { b.wait() }",
        Says::All,
        Says::All,
    );
    check(
        "barrier b(2) thread p { b.wait() }",
        Says::All,
        Says::Failure,
    );
}

#[test]
fn readers_and_a_writer() {
    check(
        "var x = 0 rwlock m prefer readers
         thread r * 2 { with m.read { let seen = x } }
         thread w { with m.write { x = 1 } }",
        Says::AsFar,
        Says::All,
    );
}

#[test]
fn two_readers_that_write() {
    // loom takes them for ordered, and sees no race.
    check(
        "var x = 0 rwlock m prefer readers thread r * 2 { with m.read { x = 1 } }",
        Says::All,
        Says::Less,
    );
}

#[test]
fn a_sleep_is_no_signal() {
    // loom lets the other go first.
    check(
        "atomic x = 0 thread q { x = 1 } thread p { sleep let r = x } observe p.r",
        Says::All,
        Says::Less,
    );
}

#[test]
fn a_choice_is_tried_both_ways() {
    check(
        "var x = 0 var y = 0
         thread p { if any(bool) { x = 1 } let n = any(0..3) y = n }
         observe x, y",
        Says::All,
        Says::All,
    );
}

#[test]
fn an_exception_and_a_join() {
    check(
        "var x = 0
         fn work() { x = 1 raise \"Broken\" }
         thread p { let t = spawn work() t.join() x = 2 }",
        Says::All,
        Says::All,
    );
}

#[test]
fn a_daemon_does_not_have_to_end() {
    check(
        "lock m daemon thread d { with m { with m { } } } thread p { skip }",
        Says::All,
        Says::No,
    );
}

#[test]
fn too_many_threads_for_loom() {
    let program = program("atomic x = 0 thread p * 6 { x += 1 }");
    let refused = refusal(Engine::Loom, &program).expect("loom has no six threads");
    assert_eq!(refused.what, "loom has at most 5 threads");
}

#[test]
fn an_assertion_fails() {
    check(
        "atomic x = 0 thread p { x = 1 assert x == 1 } thread q { x = 2 }",
        Says::All,
        Says::Failure,
    );
}

/// shuttle lets others go on between the question and the assertion that fails.
#[test]
fn a_race_behind_a_question_that_fails() {
    check(
        "var x = 0 event e
         thread p { x = 1 assert e.is_set() }
         thread q { x = 2 }",
        Says::All,
        Says::Failure,
    );
}

/// A fault stops everybody, also who was about to wait.
#[test]
fn a_fault_beside_somebody_who_begins_to_wait() {
    check(
        "atomic x = 0 lock m cond c on m
         thread p { with m { c.wait() } }
         thread q { assert x == 1 }",
        Says::All,
        Says::Failure,
    );
}
