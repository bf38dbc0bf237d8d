//! What operations give: each scenario asserts it of itself.

use super::explorer::small::{program, seen};
use threadbare::Scenario;

/// The body of a thread whose assertions hold.
#[track_caller]
fn holds(declared: &str, body: &str) {
    let seen = seen(&program(&format!("{declared} thread p {{ {body} }}")));
    assert_eq!(seen.codes, "", "{body}");
}

#[test]
fn shifts_and_bits() {
    holds("atomic x = 3", "x = x << 2 assert x == 12 && x >> 1 == 6");
    holds("atomic x = 3", "x = !x assert x == -4");
    let lost = seen(&program("atomic x = 3 thread p { x = x << 62 }"));
    assert_eq!(lost.codes, "O001");
}

#[test]
fn an_entry_is_put_where_it_belongs() {
    let list = "list l(4): int = [1]";
    holds(list, "l.insert(0, 5) assert l == [5, 1]");
    holds(list, "l.insert(0, 5) l.insert(-1, 6) assert l == [5, 6, 1]");
    holds(list, "l.insert(9, 5) assert l == [1, 5]");
}

#[test]
fn a_map_is_gone_through_in_the_order_of_its_entries() {
    holds(
        "map d(3): int -> int = {2: 2, 1: 1}",
        "let s = 0 let t = 7 for k in d { s = s * 10 + k } assert s == 21 && t == 7",
    );
}

#[test]
fn a_step_may_go_as_many_ways_as_the_limit_says() {
    let ways = |n: u32| {
        let text = format!("scenario \"s\" {{ atomic x = 0 thread p {{ x = any(0..{n}) }} }}");
        Scenario::from_text(text).check().passed()
    };
    assert!(ways(4_096) && !ways(4_097));
}

#[test]
fn a_block_chooses_anew_each_time() {
    let seen = seen(&program(
        "atomic x = 0 atomic y = 0
         thread p { atomic { x = any(0..2) y = any(0..3) } }
         observe x, y",
    ));
    let all = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
    assert_eq!(seen.outcomes, all);
}

#[test]
fn a_full_map_is_observed_with_all_its_entries() {
    let seen = seen(&program(
        "map d(3): int -> int = {1: 10, 2: 20}
         thread p { d[3] = 30 }
         observe d",
    ));
    assert_eq!(seen.outcomes, [[3, 1, 10, 2, 20, 3, 30]]);
}

#[test]
fn a_block_races_about_an_entry_that_it_writes_reads_or_moves() {
    let codes = |block: &str, plain: &str| {
        let body = format!(
            "list l(3): int = [1] map d(3): int -> int = {{1: 1}} atomic x = 0
             thread p {{ atomic {{ {block} }} }} thread q {{ {plain} }}"
        );
        seen(&program(&body)).codes
    };
    assert_eq!(codes("l[0] = 2", "x = l[0]"), "R001");
    assert_eq!(codes("x = l[-1]", "l[0] = 2"), "R001");
    assert_eq!(codes("l.insert(0, 5)", "l[0] = 2"), "R001");
    assert_eq!(codes("d[1] = 2", "d[1] = 3"), "R001");
    assert_eq!(codes("l[0] = 2", "l.append(3)"), "");
    assert_eq!(codes("x = l[0]", "x = l[0]"), "");
    assert_eq!(codes("d[2] = 2", "d[1] = 3"), "");
}

#[test]
fn what_a_condition_waits_for_in_a_block_is_read_there() {
    let codes = |declared: &str, block: &str, other: &str| {
        let body =
            format!("lock m {declared} thread p {{ atomic {{ {block} }} }} thread q {{ {other} }}");
        seen(&program(&body)).codes
    };
    let wait = "wait_until(x == 0 || x == 1)";
    assert_eq!(codes("var x = 0", wait, "x = 1"), "R001");
    assert_eq!(codes("atomic x = 0", wait, "x.store(1)"), "");
    assert_eq!(codes("var x = 0", wait, "atomic { x = 1 }"), "");
    let codes = codes(
        "var x = 0 guarded_by m",
        wait,
        "atomic { with m { x = 1 } }",
    );
    assert_eq!(codes, "R003");
}

#[test]
fn to_wait_for_an_entry_races_with_who_writes_it() {
    let codes = |wait: &str, other: &str| {
        let body = format!(
            "list l(3): int = [1] map d(3): int -> int = {{1: 1}}
             thread p {{ wait_until({wait}) }} thread q {{ {other} }}"
        );
        seen(&program(&body)).codes
    };
    assert_eq!(codes("l[0] > 0", "l[0] = 2"), "R001");
    assert_eq!(codes("l[0] > 0", "l.insert(0, 2)"), "R001");
    assert_eq!(codes("d[1] > 0", "d[1] = 2"), "R001");
    // With a name it is one step, and does not race.
    assert_eq!(codes("l.get(0) > 0", "l.insert(0, 2)"), "");
    assert_eq!(codes("l.get(0) > 0", "l[0] = 2"), "R001");
    assert_eq!(codes("len(l) > 0", "l.append(2)"), "");
    assert_eq!(codes("l[0] > 0", "l.append(2)"), "");
}

#[test]
fn to_move_an_entry_races_with_who_writes_it() {
    let seen = seen(&program(
        "list l(3): int = [1] thread p { l.insert(0, 5) } thread q { l[0] = 2 }",
    ));
    assert_eq!(seen.codes, "R001");
}

#[test]
fn a_block_needs_the_lock_of_the_list_that_it_changes() {
    let seen = seen(&program(
        "lock m list l(2): int = [] guarded_by m
         thread p { atomic { l.append(1) } }
         thread q { with m { l.append(2) } }",
    ));
    assert_eq!(seen.codes, "R003");
}

/// Only the first operation of a block may wait; the end of several actors is one.
#[test]
fn a_block_waits_for_the_end_of_all_of_several_actors() {
    Scenario::from_text(
        "scenario \"s\" { atomic x = 0 atomic seen = 0
         thread q * 3 { x += 1 }
         thread p { atomic { q.join() seen = x } }
         outcomes (seen) == { 3 } }",
    )
    .assert_passed();
}
