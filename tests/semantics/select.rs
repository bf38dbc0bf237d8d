//! `select`: which arms can be the one, and when none can.

use super::explorer::small::{program, seen};

/// Compares the codes and the values of the scenario's `observe`.
#[track_caller]
fn check(body: &str, codes: &str, outcomes: &[i64]) {
    let seen = seen(&program(body));
    let values: Vec<i64> = seen.outcomes.into_iter().flatten().collect();
    assert_eq!((&*seen.codes, &*values), (codes, outcomes));
}

#[test]
fn of_several_ready_arms_any_is_taken() {
    check(
        "chan q(1) chan r(1) var x = 0 observe x
         thread t {
             q.send(1) r.send(2)
             select { let a = q.recv() => { x = a } let a = r.recv() => { x = a } }
         }",
        "",
        &[1, 2],
    );
}

#[test]
fn an_arm_that_is_not_ready_is_not_taken() {
    check(
        "chan q(1) chan r(1) var x = 0 observe x
         thread t {
             q.send(1)
             select { q.send(5) => { x = 1 } r.recv() => { x = 2 } r.send(6) => { x = 3 } }
         }",
        "",
        &[3],
    );
}

#[test]
fn else_runs_only_if_nothing_is_ready() {
    let text = |before: &str| {
        format!(
            "chan q(1) var x = 0 observe x
             thread t {{ {before} select {{ let a = q.recv() => {{ x = a }} else => {{ x = 9 }} }} }}"
        )
    };
    check(&text("q.send(1)"), "", &[1]);
    check(&text(""), "", &[9]);
}

#[test]
fn a_time_out_never_comes_when_something_is_ready() {
    let text = |thread: &str| {
        format!(
            "chan q(1) var x = 0 observe x thread s {{ q.send(1) }}
             thread t {{ {thread} select {{ let a = q.recv() => {{ x = a }} timeout => {{ x = 9 }} }} }}"
        )
    };
    check(&text("s.join()"), "", &[1]);
    check(&text(""), "", &[1, 9]);
}

#[test]
fn at_a_rendezvous_a_select_meets_a_plain_operation() {
    check(
        "chan q(0) chan r(0) var x = 0 observe x
         thread s { q.send(1) }
         thread t { select { let a = q.recv() => { x = a } r.recv() => { x = 9 } } }",
        "",
        &[1],
    );
    check(
        "chan q(0) chan r(0) var x = 0 observe x
         thread s { x = q.recv() }
         thread t { select { q.send(1) => { } r.send(2) => { } } }",
        "",
        &[1],
    );
}

#[test]
fn at_a_rendezvous_a_select_meets_a_select_on_any_common_channel() {
    check(
        "chan q(0) chan r(0) var x = 0 observe x
         thread s { select { q.send(1) => { } r.send(2) => { } } }
         thread t { select { let a = q.recv() => { x = a } let a = r.recv() => { x = a } } }",
        "",
        &[1, 2],
    );
}

#[test]
fn both_sides_of_a_meeting_take_the_same_arm() {
    check(
        "chan q(0) chan r(0) atomic x = 0 observe x
         thread s { select { q.send(1) => { x += 1 } let a = r.recv() => { x += a } } }
         thread t { select { let a = q.recv() => { x += 10 * a } r.send(2) => { x += 20 } } }",
        "",
        &[11, 22],
    );
}

#[test]
fn nobody_meets_itself() {
    check(
        "chan q(0) thread t { select { q.send(1) => { } q.recv() => { } } }",
        "D002",
        &[],
    );
}

#[test]
fn whoever_waits_at_a_rendezvous_may_go_on_with_another_arm() {
    check(
        "chan q(0) chan r(1) var x = 0 observe x
         thread s { r.send(1) }
         thread t { select { q.recv() => { x = 9 } let a = r.recv() => { x = a } } }",
        "",
        &[1],
    );
}

#[test]
fn a_try_meets_a_select_that_waits() {
    check(
        "chan q(0) atomic x = 0 observe x
         thread s { if q.try_send(1) { x += 10 } }
         thread t { select { let a = q.recv() => { x += a } timeout => { x += 2 } } }",
        "",
        &[2, 11],
    );
}

#[test]
fn a_closed_channel_makes_its_arms_ready() {
    let text = |arm: &str| {
        format!(
            "chan q(0) chan r(0) var x = 0 observe x thread s {{ q.close() }}
             thread t {{ try {{ select {{ {arm} r.recv() => {{ }} }} }} catch \"Closed\" {{ x = 7 }} }}"
        )
    };
    check(&text("let a = q.recv_or(3) => { x = a }"), "", &[3]);
    check(&text("let a = q.recv() => { x = 9 }"), "", &[7]);
    check(&text("q.send(1) => { x = 9 }"), "", &[7]);
}

#[test]
fn a_closed_channel_still_gives_out_what_it_holds() {
    check(
        "chan q(1) chan r(0) var x = 0 observe x
         thread t { q.send(1) q.close() select { let a = q.recv() => { x = a } r.recv() => { } } }",
        "",
        &[1],
    );
}

#[test]
fn what_an_arm_sends_is_computed_before_the_wait() {
    check(
        "chan q(0) atomic x = 1 var y = 0 chan r(0) observe y
         thread s { x = 2 y = q.recv() }
         thread t { select { q.send(x) => { } r.recv() => { } } }",
        "",
        &[1, 2],
    );
}

#[test]
fn structs_and_what_is_not_wanted_go_through_as_well() {
    check(
        "struct Job { id: int, last: bool } chan q(0): Job chan r(1): bool var x = 0 observe x
         thread s { q.send(Job(4, true)) }
         thread t { select { r.recv() => { } let j = q.recv() => { if j.last { x = j.id } } } }",
        "",
        &[4],
    );
}

#[test]
fn actors_that_wait_for_each_other_in_a_select_are_a_knot() {
    check(
        "chan q(0) chan r(0) chan s(0)
         thread a { select { q.recv() => { } r.recv() => { } } s.send(1) }
         thread b { s.recv() q.send(1) }",
        "D001",
        &[],
    );
}

#[test]
fn the_jobs_of_a_channel_are_counted() {
    check(
        "chan q(0) var x = 0 observe x
         thread s { select { q.send(1) => { } } q.join() x = 1 }
         thread t { select { q.recv() => { q.task_done() } } }",
        "",
        &[1],
    );
}
