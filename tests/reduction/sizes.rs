//! How many states the search of all stores, and the reduced one, on the families
//! for which our laboratory has numbers.
//!
//! The third number is what is stored if states with one step are passed. There it
//! is 53, 93 and 227 for five, six and eight philosophers who each eat once, 32 for
//! five with ordered forks, and 244 for a counter of four threads and three rounds.

use crate::both::{Outcome, compare, programs};
use threadbare::analysis::Facts;
use threadbare::explore::{Limits, Passing, Reduced, Reduction, search_alike, search_reduced};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Machine};

/// States of the reduced search, and those that it stores if it passes states with
/// one step, of a program that is too large to be searched as a whole.
#[track_caller]
fn reduced_sizes(program: &Program) -> (u32, u32) {
    let reduction = Reduction::of(program).expect("it can be reduced");
    let machine = Machine::new(program, Capacity::initial(program));
    let size = |passing| {
        let mut facts = Facts::new(program);
        let (limits, silent) = (Limits::default(), &mut |_, _, _| {});
        let how = Reduced {
            gives_up_after: None,
            orders: &reduction,
            passing,
            symmetry: false,
        };
        let found = search_reduced(&machine, how, &limits, 1, &mut facts, silent);
        let found = found.expect("there is room");
        assert!(found.is_complete());
        found.n_states()
    };
    (size(Passing::Nothing), size(Passing::OneStep))
}

#[track_caller]
fn check(text: &str, all: u32, few: u32, stored: u32) {
    let found = compare(&programs(text)[0]);
    assert_eq!(found, Outcome::Same(all, few, stored), "{text}");
}

/// The same where a search of all states takes too long.
#[track_caller]
fn check_reduced(text: &str, few: u32, stored: u32) {
    assert_eq!(reduced_sizes(&programs(text)[0]), (few, stored), "{text}");
}

fn philosophers(n: u32, ordered: bool) -> String {
    let (first, second) = match ordered {
        true => ("min(i, right)", "max(i, right)"),
        false => ("i", "right"),
    };
    format!(
        "scenario \"philosophers\" {{
            lock fork[{n}]
            thread philosopher(i in 0..{n}) {{
                let right = (i + 1) % {n}
                with fork[{first}] {{ with fork[{second}] {{ skip }} }}
            }}
        }}"
    )
}

#[test]
fn four_philosophers() {
    check(&philosophers(4, false), 391, 164, 27);
}

#[test]
fn five_philosophers() {
    check(&philosophers(5, false), 1_743, 366, 53);
}

#[test]
fn six_philosophers() {
    check_reduced(&philosophers(6, false), 719, 93);
}

#[test]
fn eight_philosophers() {
    check_reduced(&philosophers(8, false), 2_146, 227);
}

#[test]
fn five_philosophers_with_ordered_forks() {
    // Nobody else takes the last fork first, so it does not matter in which order it is
    // taken: 32 where that is not seen.
    check(&philosophers(5, true), 1_424, 117, 11);
}

/// A counter of which it matters who comes first, though not to its value.
fn counter(threads: u32, rounds: u32) -> String {
    under_a_lock(threads, rounds, "count = 2 * count + 1")
}

fn under_a_lock(threads: u32, rounds: u32, section: &str) -> String {
    format!(
        "scenario \"locked counter\" {{
            lock m
            var count = 0
            thread worker * {threads} {{
                for _ in 0..{rounds} {{ with m {{ {section} }} }}
            }}
        }}"
    )
}

#[test]
fn a_locked_counter_three_times_two() {
    check(&counter(3, 2), 189, 189, 21);
}

#[test]
fn a_locked_counter_four_times_two() {
    check(&counter(4, 2), 729, 729, 73);
}

#[test]
fn a_locked_counter_four_times_three() {
    check_reduced(&counter(4, 3), 2_560, 244);
}

#[test]
fn a_lock_under_which_is_only_added() {
    check(&under_a_lock(3, 2, "count += 1"), 189, 25, 2);
    check_reduced(&under_a_lock(8, 16, "count += 1"), 513, 9);
}

#[test]
fn an_atomic_to_which_is_only_added() {
    let text = "scenario \"atomic counter\" {
            atomic count = 0
            thread worker * 4 { for _ in 0..3 { count += 1 } }
        }";
    check(text, 256, 13, 2);
}

#[test]
fn processes_that_write_their_own_copies_are_like_threads_that_do_not() {
    let text = "scenario \"processes\" {
        shared lock m
        shared var count = 0
        var own = 0
        process worker(i in 0..4) {
            for _ in 0..3 { own = i  with m { count += 1 } }
        }
    }";
    check_reduced(text, 3_076, 245);
}

#[test]
fn readers_do_not_wait_for_each_other() {
    let text = "scenario \"readers\" {
            rwlock shelf
            var book = 0
            thread reader * 4 { shelf.read()  let seen = book  shelf.read_unlock() }
            thread writer { shelf.write()  book = 1  shelf.write_unlock() }
        }";
    check(text, 544, 158, 16);
}

#[test]
fn a_bounded_buffer() {
    let text = "scenario \"bounded buffer\" {
            chan shelf(2)
            thread producer * 2 { for n in 0..2 { shelf.send(n) } }
            thread consumer * 2 { for _ in 0..2 { let item = shelf.recv() } }
        }";
    check(text, 58, 41, 19);
}

/// States that are stored if threads that are alike may change places.
#[track_caller]
fn check_alike(text: &str, stored: u32) {
    let programs = programs(text);
    let program = &programs[0];
    let reduction = Reduction::of(program);
    let machine = Machine::new(program, Capacity::initial(program));
    let how = reduction.as_ref().map(|orders| Reduced {
        gives_up_after: None,
        orders,
        passing: Passing::OneStep,
        symmetry: true,
    });
    let mut facts = Facts::new(program);
    let (limits, silent) = (Limits::default(), &mut |_, _, _| {});
    let found = match how {
        Ok(how) => search_reduced(&machine, how, &limits, 1, &mut facts, silent),
        Err(_) => search_alike(&machine, &limits, 1, &mut facts, silent),
    };
    let found = found.expect("there is room");
    assert!(found.is_complete());
    assert_eq!(found.n_states(), stored, "{text}");
}

#[test]
fn like_threads_at_a_counter() {
    check_alike(&counter(4, 3), 32);
    check_alike(&counter(6, 8), 2_995);
}

#[test]
fn like_threads_at_conditions() {
    let text = "scenario \"buffer with conditions\" {
            lock shop  cond space on shop  cond goods on shop
            var filled = 0
            thread producer * 3 { for _ in 0..2 { with shop {
                while filled == 2 { space.wait() }
                filled += 1
                goods.notify()
            } } }
            thread consumer * 3 { for _ in 0..2 { with shop {
                while filled == 0 { goods.wait() }
                filled -= 1
                space.notify()
            } } }
        }";
    check_alike(text, 1_190);
}

#[test]
fn like_tasks() {
    let text = "scenario \"io\" {
            var total = 0
            task fetch * 5 { for _ in 0..3 { await io() total += 1 } }
        }";
    check_alike(text, 4_200);
}
