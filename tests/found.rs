//! What the oracle once found to be wrong, each as the scenario it was cut down to.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::compare::{Outcome, compare};
use explorer::small::{expect, program, seen};
use threadbare::analysis::Facts;
use threadbare::explore::{Bound, Limits, search};
use threadbare::semantics::{Capacity, Limit, Machine};

#[test]
fn a_lock_that_another_gives_back_was_called_a_deadlock() {
    expect(
        "unowned lock m sem ready = 0
         thread p { m.lock() ready.release() m.lock() }
         thread q { ready.acquire() m.unlock() }",
        6,
        0,
        "",
    );
}

#[test]
fn a_lock_that_nobody_else_gives_back_is_one() {
    expect(
        "unowned lock m thread p { m.lock() m.lock() }",
        2,
        1,
        "D003",
    );
    expect(
        "unowned lock a unowned lock b
         thread p { with a { with b { } } }
         thread q { with b { with a { } } }
         thread r { with a { } }",
        46,
        2,
        "D001",
    );
}

#[test]
fn an_atomic_block_behind_a_holder_had_a_finding_of_its_own() {
    let seen = seen(&program(
        "once o
         thread p { with o.first { with o.first { } } }
         thread q { atomic { with o.first { } } }",
    ));
    assert_eq!(seen.codes, "D003");
}

#[test]
fn a_step_that_fails_was_called_blocked() {
    let seen = seen(&program(
        "atomic x: 0..=2 = 1
         thread p { loop { yield } }
         thread q { x += 2 }",
    ));
    assert_eq!(seen.codes, "O001");
}

#[test]
fn an_operation_on_an_object_that_is_not_asked_was_called_helpful() {
    let seen = seen(&program(
        "var x = 0 lock m
         thread p { with m { } }
         thread q { if m.try_lock() { wait_until(x < 0) } }",
    ));
    assert_eq!((&*seen.codes, &*seen.costs), ("D002", &[(1, 0)][..]));
}

#[test]
fn a_race_with_an_atomic_block_that_calls_could_not_be_replayed() {
    let seen = seen(&program(
        "var x = 0
         fn f(p) { return x }
         thread p { atomic { f(1) } }
         thread q { x = 1 }",
    ));
    assert_eq!((&*seen.codes, &*seen.costs), ("R001", &[(0, 0)][..]));
}

#[test]
fn two_ordered_steps_in_one_step_were_called_disordered() {
    let seen = seen(&program(
        "var x = 0
         thread p { atomic { @a: x = 1 @b: x = 2 } }
         order @a before @b",
    ));
    assert_eq!(seen.codes, "");
}

#[test]
fn what_a_caller_does_when_it_catches_was_not_seen_as_help() {
    let seen = seen(&program(
        r#"sem s = 0 sem t = 0
           fn f() { t.acquire() raise "Oops" }
           thread p { try { f() } catch { s.release() } }
           thread q { s.acquire() t.release() }"#,
    ));
    assert_eq!(seen.codes, "D001");
}

#[test]
fn adding_a_negative_count_to_a_latch_was_not_seen_as_help() {
    let seen = seen(&program(
        "latch l(1) sem s = 0
         thread p { l.wait() s.release() }
         thread q { let n = any(0..1) s.acquire() l.add(n - 1) }",
    ));
    assert_eq!(seen.codes, "D001");
}

#[test]
fn a_choice_was_called_a_run_without_an_end() {
    let seen = seen(&program("var x = 0 thread p { if any(bool) { x = 1 } }"));
    assert!(!seen.may_run_for_ever);
}

#[test]
fn choices_in_an_atomic_block_multiplied_without_end() {
    let program = program(
        "atomic x = 0
         thread p { atomic { loop { either { x = 1 } or { x = 0 } } } }",
    );
    let machine = Machine::new(&program, Capacity::initial(&program));
    let mut facts = Facts::new(&program);
    let search = search(
        &machine,
        &Limits::default(),
        1,
        &mut facts,
        &mut |_, _, _| {},
    );
    let bound = search.expect("it has room").bound();
    assert!(
        matches!(bound, Some(Bound::Language(Limit::Choices, _))),
        "{bound:?}"
    );
}

#[test]
fn a_guard_taken_inside_an_atomic_block_was_not_seen() {
    let seen = seen(&program(
        "lock m var x = 0 guarded_by m
         thread p * 2 { atomic { with m { x = 1 } } }",
    ));
    assert_eq!(seen.codes, "");
}

/// Both say the same of it, whichever was wrong.
#[track_caller]
fn both_agree(body: &str, codes: &str) {
    let program = program(body);
    match compare(&program, 1_500) {
        Outcome::Agree(_) => {}
        Outcome::Refused(code) => panic!("refused: {code}"),
        Outcome::TooLarge => panic!("too large"),
        Outcome::Differ(how) => panic!("{how}"),
    }
    assert_eq!(seen(&program).codes, codes);
}

#[test]
fn a_process_with_a_copy_of_its_own_was_called_helpful_when_a_local_names_the_object() {
    both_agree(
        "barrier b(2)
         process p { let w = b w.wait() }
         thread q { let w = b w.wait() }",
        "D002 D002",
    );
    both_agree(
        "unowned lock m var x = 0
         process p { let w = m while x == 0 { w.lock() } }
         thread q { let w = m w.unlock() }",
        "D003 M001",
    );
}

#[test]
fn the_number_of_an_actor_was_taken_for_that_of_a_map() {
    both_agree(
        "process executor p(2) map d(1): int -> int
         fn job(x) { return 0 }
         thread q { r.join() }
         thread r { wait_until(1 in d) let h = p.submit(job, 1) }",
        "D002",
    );
}

#[test]
fn a_permit_given_to_an_array_was_taken_for_one_of_another_semaphore() {
    both_agree(
        "var x = 0 sem s = 0 sem all[2] = 2
         thread p { s.acquire() }
         thread q { let i = 0 s.acquire() s.release() all[i].release() }",
        "D002 D002",
    );
}

#[test]
fn the_end_of_a_job_was_said_to_help_who_asks_a_channel() {
    both_agree(
        "var x = 0 chan q: int process executor p(2)
         fn job(n) { wait_until(q.is_empty() && x == 1) return 0 }
         thread t * 2 { let h = p.submit(job, 1) }",
        "D002",
    );
}

#[test]
fn who_waits_for_an_end_by_asking_is_helped_by_that_end_alone() {
    let seen = seen(&program(
        "lock m lock n
         thread p { wait_until(!q.is_alive()) }
         thread q { wait_until(!p.is_alive()) }
         thread r { with m { } with n { } }",
    ));
    assert_eq!(seen.codes, "D001");
}

#[test]
fn a_job_given_to_a_local_executor_was_said_to_help_who_waits_for_a_list() {
    both_agree(
        "list l(3): int = [0, 1] executor p(2) barrier b(2)
         fn job(n) { return n }
         daemon thread t * 2 { wait_until(-1 in l) l[0] = -1 }
         thread q { let w = p b.wait() let h = w.submit(job, 1) h.result() }",
        "D001 D002",
    );
}

/// The first operation of a block names its object by a register that the block sets.
#[test]
fn a_block_was_said_to_wait_for_another_object() {
    both_agree(
        "lock first lock m[2] lock other atomic which = 1
         thread p { with m[1] { with other { skip } } }
         thread q { let k = which with other { atomic { with m[k] { skip } } } k = 0 }",
        "D001",
    );
    both_agree(
        "sem first = 1 sem m[2] = 1 atomic which = 1
         thread p { m[1].acquire() }
         thread q { let k = which atomic { with m[k] { skip } } k = 0 }",
        "D002 K005",
    );
}

#[test]
fn a_lock_taken_at_the_beginning_of_a_block_was_no_lock_order() {
    both_agree(
        "lock g lock a lock b
         thread p { with g { with a { with b { skip } } } }
         thread q { with g { with b { atomic { with a { skip } } } } }",
        "L001",
    );
}
