//! Rust code of one's own under loom and shuttle, with named reports.

use std::sync::Arc;
use threadbare::watched::{
    Atomic, Channel, Condvar, LoomBounds, Mutex, check_with_loom, check_with_loom_within,
    check_with_shuttle, replay_with_loom, replay_with_shuttle, spawn,
};

fn opposite_locks() {
    let desk = Arc::new((Mutex::new("pen", ()), Mutex::new("paper", ())));
    let other = Arc::clone(&desk);
    let ben = spawn("ben", move || {
        let _paper = other.1.lock();
        let _pen = other.0.lock();
    });
    {
        let _pen = desk.0.lock();
        let _paper = desk.1.lock();
    }
    ben.join();
}

fn lost_update() {
    let n = Arc::new(Atomic::new("n", 0));
    let other = Arc::clone(&n);
    let ben = spawn("ben", move || other.store(other.load() + 1));
    n.store(n.load() + 1);
    ben.join();
    assert_eq!(n.load(), 2, "an update was lost");
}

fn one_step_each() {
    let n = Arc::new(Atomic::new("n", 0));
    let other = Arc::clone(&n);
    let ben = spawn("ben", move || {
        other.fetch_add(1);
    });
    n.fetch_add(1);
    ben.join();
    assert_eq!(n.load(), 2);
}

fn lost_signal() {
    let door = Arc::new((Mutex::new("door", false), Condvar::new("bell")));
    let other = Arc::clone(&door);
    let ben = spawn("ben", move || other.1.notify_one());
    {
        let guard = door.0.lock();
        drop(door.1.wait(guard));
    }
    ben.join();
}

fn full_channel() {
    let mail = Arc::new(Channel::new("mail", 1));
    let other = Arc::clone(&mail);
    let ben = spawn("ben", move || {
        other.send(1);
        other.send(2);
    });
    ben.join();
    assert_eq!(mail.recv() + mail.recv(), 3);
}

fn channel_in_order() {
    let mail = Arc::new(Channel::new("mail", 1));
    let other = Arc::clone(&mail);
    let ben = spawn("ben", move || {
        other.send(1);
        other.send(2);
    });
    assert_eq!((mail.recv(), mail.recv()), (1, 2));
    ben.join();
}

#[test]
fn a_full_channel_says_who_waits_for_room() {
    for check in [check_with_shuttle, check_with_loom] {
        let failure = check(full_channel).expect_err("nobody receives in time");
        let mut waits = failure.waits.clone();
        waits.sort();
        assert_eq!(
            waits,
            [
                "`ben` waits for room in `mail`",
                "`main` waits for the end of `ben`",
            ]
        );
        let sent: Vec<_> = failure.log.iter().map(|event| &*event.what).collect();
        assert_eq!(sent, ["spawn `ben`", "send to `mail`"]);
    }
}

#[test]
fn loom_stops_at_its_bounds() {
    let all = check_with_loom(channel_in_order).expect("messages stay in order");
    let few = LoomBounds {
        executions: Some(3),
        ..LoomBounds::default()
    };
    let some = check_with_loom_within(channel_in_order, few).expect("the same");
    assert!(some == 3 && some < all, "{some} of {all}");
    let none = LoomBounds {
        preemptions: Some(0),
        ..LoomBounds::default()
    };
    check_with_loom_within(lost_update, none).expect("an update is lost by a preemption");
}

#[test]
fn a_deadlock_says_who_waits_for_whom() {
    for check in [check_with_shuttle, check_with_loom] {
        let failure = check(opposite_locks).expect_err("they take them in opposite order");
        assert_eq!(
            failure.waits,
            [
                "`main` waits for `paper`, which `ben` holds",
                "`ben` waits for `pen`, which `main` holds",
            ]
        );
        let text = failure.to_string();
        assert!(text.starts_with("deadlock, found by"), "{text}");
        assert!(text.contains("tests/watched.rs:"), "{text}");
    }
}

#[test]
fn a_failure_of_shuttle_can_be_replayed() {
    let failure = check_with_shuttle(lost_update).expect_err("an update can be lost");
    let again = replay_with_shuttle(lost_update, &failure.schedule).expect_err("the same");
    assert_eq!(again.log, failure.log);
    assert_eq!(again.executions, 1);
}

#[test]
fn a_failure_of_loom_can_be_replayed() {
    for code in [lost_update, opposite_locks, lost_signal] {
        let failure = check_with_loom(code).expect_err("it can fail");
        let again = replay_with_loom(code, &failure.checkpoint).expect_err("the same");
        assert_eq!(again.log, failure.log);
        assert_eq!((again.message, again.executions), (failure.message, 1));
    }
    let failure = replay_with_loom(lost_update, "no checkpoint").expect_err("it is none");
    assert!(failure.log.is_empty(), "{failure}");
}

#[test]
fn both_find_a_lost_update_and_a_lost_signal() {
    for check in [check_with_shuttle, check_with_loom] {
        let failure = check(lost_update).expect_err("an update can be lost");
        assert!(failure.message.contains("an update was lost"), "{failure}");
        let failure = check(lost_signal).expect_err("ben can be first");
        assert!(
            failure.waits.iter().any(|it| it.contains("`bell`")),
            "{failure}"
        );
    }
}

#[test]
fn what_is_right_passes() {
    for check in [check_with_shuttle, check_with_loom] {
        assert!(check(one_step_each).expect("one step each") > 1);
        assert!(check(channel_in_order).expect("messages stay in order") > 1);
    }
}
