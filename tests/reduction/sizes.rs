//! How many states the search of all stores, and the reduced one, on the families
//! for which our laboratory has numbers.
//!
//! Philosophers who each eat once, five of them: there 3,663 and 586; each of ours
//! begins with a step of its own, and the search of the laboratory did not know
//! whose fork is whose. A locked counter gains nothing before states with one way
//! on are left out of the store: 189 there, too, for three threads and two rounds.

use crate::both::{Outcome, compare, programs};

#[track_caller]
fn check(text: &str, all: u32, few: u32) {
    let found = compare(&programs(text)[0]);
    assert_eq!(found, Outcome::Same(all, few), "{text}");
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
    check(&philosophers(4, false), 942, 168);
}

#[test]
fn five_philosophers() {
    check(&philosophers(5, false), 5_224, 371);
}

#[test]
fn five_philosophers_with_ordered_forks() {
    check(&philosophers(5, true), 4_605, 281);
}

fn counter(threads: u32, rounds: u32) -> String {
    format!(
        "scenario \"locked counter\" {{
            lock m
            var count = 0
            thread worker * {threads} {{
                for _ in 0..{rounds} {{ with m {{ count += 1 }} }}
            }}
            finally assert count == {threads} * {rounds}
        }}"
    )
}

#[test]
fn a_locked_counter_three_times_two() {
    check(&counter(3, 2), 189, 189);
}

#[test]
fn a_locked_counter_four_times_two() {
    check(&counter(4, 2), 729, 729);
}

#[test]
fn a_bounded_buffer() {
    let text = "scenario \"bounded buffer\" {
            chan shelf(2)
            thread producer * 2 { for n in 0..2 { shelf.send(n) } }
            thread consumer * 2 { for _ in 0..2 { let item = shelf.recv() } }
        }";
    check(text, 58, 41);
}
