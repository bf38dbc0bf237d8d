//! Traps about waiting for a sum, and about waiting for what is none.

use crate::traps::same;
use threadbare::checker::{Checker, Reduction};

#[test]
fn one_waits_until_all_have_added() {
    let (all, few) = same(
        "atomic done = 0  var end = 0
         thread t(i in 0..4) { done += 1 }
         thread w { wait_until(done == 4)  end = 1 }
         outcomes (done, end) == { (4, 1) }",
    );
    assert!(few <= 7, "{few} of {all}");
}

#[test]
fn one_waits_until_there_is_enough() {
    let (all, few) = same(
        "atomic done = 0
         thread t(i in 0..4) { done += 2 }
         thread w { wait_until(done >= 3) }
         thread v { wait_until(5 < done) }
         outcomes (done) == { 8 }",
    );
    assert!(few <= 8, "{few} of {all}");
}

#[test]
fn one_sees_how_much_there_is_when_it_goes_on() {
    same(
        "atomic done = 0  atomic seen = 0
         thread t(i in 0..3) { done += 1 }
         thread w { wait_until(done >= 2)  seen = done }
         outcomes (seen) == { 2, 3 }",
    );
}

#[test]
fn more_is_added_than_is_waited_for() {
    same(
        "atomic done = 0
         thread t(i in 0..3) { done += 1 }
         thread w { wait_until(done == 2)  assert false }
         expect deadlock of w
         expect assert",
    );
}

#[test]
fn what_is_waited_for_is_never_there() {
    same(
        "atomic done = 0
         thread t(i in 0..3) { done += 2 }
         thread w { wait_until(done == 3) }
         expect deadlock of w",
    );
}

#[test]
fn one_waits_until_nothing_is_left() {
    let (all, few) = same(
        "atomic left = 4
         thread t(i in 0..4) { left -= 1 }
         thread w { wait_until(left == 0) }
         thread v { wait_until(left <= 1) }
         outcomes (left) == { 0 }",
    );
    assert!(few <= 7, "{few} of {all}");
}

#[test]
fn a_sum_falls_below_what_is_waited_for() {
    same(
        "atomic left = 2
         thread t(i in 0..2) { left -= 1 }
         thread w { wait_until(left >= 1)  assert false }
         expect deadlock of w
         expect assert",
    );
}

#[test]
fn a_sum_comes_and_goes() {
    same(
        "atomic x = 0
         thread p { x += 1  x -= 1 }
         thread w { wait_until(x >= 1)  assert false }
         expect deadlock of w
         expect assert",
    );
}

#[test]
fn somebody_sets_the_sum_back() {
    same(
        "atomic x = 0
         thread p { x += 1 }
         thread q { x = 0 }
         thread w { wait_until(x >= 1)  assert false }
         thread v { wait_until(x == 1) }
         expect deadlock of w
         expect deadlock of v
         expect assert",
    );
}

#[test]
fn who_waits_is_helped_by_who_adds() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { wait_until(x >= 1)  y = 1 }
         thread r { y = 2 }
         thread q { x += 1 }
         outcomes (y) == { 1, 2 }",
    );
}

#[test]
fn one_waits_for_more_than_it_has_seen() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { let old = x  wait_until(x > old)  y = old }
         thread q { x += 1  x += 1 }
         expect deadlock of p",
    );
}

#[test]
fn one_waits_for_more_than_another_word() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { wait_until(x > y)  assert false }
         thread q { x += 1 }
         thread r { y += 1 }
         expect deadlock of p
         expect assert",
    );
}

#[test]
fn one_waits_for_two_things() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { wait_until(x >= 1 && y == 0)  assert false }
         thread q { x += 1 }
         thread r { y += 1 }
         expect deadlock of p
         expect assert",
    );
}

#[test]
fn who_adds_keeps_what_was_there() {
    same(
        "atomic x = 0  atomic y = 9
         thread p { y = x.fetch_add(1) }
         thread q { x += 1 }
         thread w { wait_until(x == 2) }
         outcomes (y) == { 0, 1 }",
    );
}

#[test]
fn something_is_added_in_a_block() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { atomic { x += 1  y = 1 } }
         thread q { x += 1  y = 2 }
         thread w { wait_until(x >= 1)  y = 3 }
         outcomes (y) == { 1, 2, 3 }",
    );
}

#[test]
fn one_waits_for_one_of_several_words() {
    same(
        "atomic x[2] = 0  atomic y = 0
         fn f(n) { wait_until(x[n] == 1)  y += n + 1 }
         thread p { x[0] += 1 }
         thread q { x[1] += 1 }
         thread v { f(0) }
         thread w { f(1) }
         outcomes (y) == { 3 }",
    );
}

#[test]
fn a_property_looks_at_the_sum() {
    same(
        "atomic x = 0  atomic y = 0
         thread p { x += 1  y = 1 }
         thread q { x += 1 }
         thread w { wait_until(x == 2)  y = 2 }
         sometimes x == 1 && y == 0
         always x < 3",
    );
}

#[test]
fn the_program_ends_while_somebody_adds() {
    same(
        "atomic x = 0  atomic y = 0
         main thread m { wait_until(x >= 1)  y = 1 }
         daemon thread d { x += 1  x += 1  y = 2 }
         outcomes (x, y) == { (1, 1), (2, 1), (2, 2) }",
    );
}

/// Twelve threads, so that more states are there than are searched whole at once.
#[test]
fn a_large_one_that_adds_too_much_is_searched_again() {
    let text = "scenario \"too much\" {
            atomic done = 0  var x = 0
            thread a(i in 0..6) { done += 1 }
            thread b(i in 0..6) { x = i }
            thread w { wait_until(done == 5)  assert false }
            expect race on x
            expect deadlock of w
            expect assert
        }";
    let report = |reduction| {
        let checker = Checker::new().reduction(reduction);
        let report = checker.check_str("much.tb", text);
        report.scenarios.into_iter().next().expect("there is one")
    };
    let (all, few) = (report(Reduction::None), report(Reduction::Safe));
    let codes = |report: &threadbare::report::ScenarioReport| -> Vec<_> {
        { report.findings.iter() }
            .map(|it| (it.code, it.subjects.clone()))
            .collect()
    };
    assert_eq!(codes(&all), codes(&few));
    assert!(all.stats.states > 10_000, "{}", all.stats.states);
    assert!(few.stats.states < all.stats.states, "something is left out");
}
