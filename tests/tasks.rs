//! Tasks take turns as in `asyncio`. The number beside a program is what CPython
//! 3.11 logs for the same in Python, or follows from asyncio's rules. Without `io`
//! nothing is left open, so there is one outcome.

use threadbare::{Scenario, checker::Checker};

/// `log` can end with this number and no other; each digit in base 8 is one entry.
#[track_caller]
fn logs(expected: i64, body: &str) {
    let text =
        format!("scenario \"s\" {{ var log = 0 {body} outcomes (log) == {{ {expected} }} }}");
    // `1!` writes an entry.
    let mut written = String::new();
    for (at, part) in text.split('!').enumerate() {
        let (before, entry) = part.rsplit_once(' ').unwrap_or(("", part));
        let last = at == text.matches('!').count();
        if last {
            written.push_str(part);
        } else {
            written.push_str(&format!("{before} log = log * 8 + {entry} "));
        }
    }
    Scenario::from_text(written).assert_passed();
}

#[test]
fn the_ready_queue_is_first_in_first_out() {
    logs(0o123123, "task t(i in 1..4) { i! await yield i! }");
}

#[test]
fn gather_goes_on_one_turn_later_than_await() {
    logs(
        0o132,
        "task t { await yield } task a { await t 1! } task b { await gather(t) 2! } task c { await t 3! }",
    );
}

#[test]
fn nobody_takes_a_lock_past_a_task_that_waits() {
    logs(
        0o132,
        "lock m task a { with await m { 1! await yield } with await m { 2! } } task b { with await m { 3! } }",
    );
}

#[test]
fn a_message_can_be_taken_past_a_task_that_waits() {
    logs(
        0o52,
        "chan q(1): int task g { let v = await q.recv() v! } \
         task p { await q.send(1) let v = await q.recv() (4+v)! await q.send(2) }",
    );
}

#[test]
fn cancel_is_passed_on_to_what_the_task_awaits() {
    logs(
        0o3125,
        "event e fn inner() { try { await e.wait() } catch \"Cancelled\" { 1! raise \"Cancelled\" } } \
         fn outer() { let t = spawn task inner() \
           try { await t } catch \"Cancelled\" { 2! raise \"Cancelled\" } } \
         task boss { let t = spawn task outer() await yield await yield if t.cancel() { 3! } \
           try { await t } catch \"Cancelled\" { 5! } }",
    );
}

#[test]
fn who_is_cancelled_does_not_stand_in_line() {
    logs(
        0o123,
        "sem s = 1 fn waits() { with await s { 7! } } \
         task boss { let t = spawn task waits() \
           with await s { await yield t.cancel() 1! } with await s { 2! } \
           try { await t } catch \"Cancelled\" { 3! } }",
    );
}

#[test]
fn a_notify_wakes_the_first_who_still_waits() {
    logs(
        0o2435,
        "lock m cond c on m fn sleeps(k) { with await m { await c.wait() k! } } \
         task boss { let a = spawn task sleeps(1) let b = spawn task sleeps(2) let d = spawn task sleeps(3) \
           await yield a.cancel() with await m { c.notify() } await yield await yield 4! \
           with await m { c.notify_all() } await gather(b, d) \
           try { await a } catch \"Cancelled\" { 5! } }",
    );
}

#[test]
fn gather_lets_the_others_run() {
    logs(
        0o21,
        "fn fails() { await yield raise \"Broken\" } \
         fn slow() { await yield await yield await yield await yield await yield 1! } \
         task boss { let t = spawn task slow() \
           try { await gather(fails(), t) } catch \"Broken\" { 2! } await t }",
    );
}

#[test]
fn a_task_that_has_not_begun_never_runs() {
    logs(
        0o5,
        "fn work() { 1! } task boss { let t = spawn task work() t.cancel() \
         try { await t } catch \"Cancelled\" { 5! } }",
    );
}

#[test]
fn a_finished_task_is_not_cancelled() {
    logs(
        0o12,
        "fn work() { 1! } task boss { let t = spawn task work() await t if t.cancel() == false && t.done() { 2! } }",
    );
}

#[test]
fn the_end_of_the_main_task_cancels_the_others() {
    logs(
        0o12,
        "event e task other { try { await e.wait() } catch \"Cancelled\" { 2! } } main task m { await yield 1! }",
    );
}

#[test]
fn green_threads_switch_where_they_block() {
    logs(
        0o132,
        "lock m green a { with m { 1! yield } yield 2! } green b { with m { 3! } }",
    );
}

#[test]
fn time_that_is_up_breaks_a_circle() {
    Scenario::from_text(
        "scenario \"s\" { lock a lock b
         fn one() { try { with await a { await yield with await b { skip } } } catch \"Cancelled\" { skip } }
         fn two() { with await b { await yield with await a { skip } } }
         task boss { let t = spawn task two()
           try { await wait_for(one()) } catch \"TimedOut\" { skip } await t } }",
    )
    .assert_passed();
}

/// Whoever waits with a time-out gives the loop back meanwhile; another task may help
/// it before the time is up.
#[test]
fn a_wait_with_a_time_out_lets_the_others_run() {
    logs(
        0o15,
        "event e task a { if await e.wait_for() { 5! } else { 6! } } task b { 1! e.set() }",
    );
    Scenario::from_text(
        "scenario \"s\" { sem s = 1 var got = 0
         task holder { await s.acquire() await io() s.release() }
         task other { if await s.acquire_for() { got = 1 s.release() } else { got = 2 } }
         outcomes (got) == { 1, 2 } }",
    )
    .assert_passed();
}

/// `first` was woken and cannot go on; who came later waits behind it, and not behind
/// each other.
#[test]
fn who_waits_in_line_waits_for_who_was_woken() {
    let report = Checker::new().check_str(
        "line.tb",
        "scenario \"s\" { lock m event go sem never = 0 var here = 0
         task holder { await m.lock() while here < 3 { await io() } m.unlock() never.acquire() }
         task late { await go.wait() here += 1 with await m { skip } }
         task first { here += 1 with await m { skip } }
         task second { here += 1 go.set() with await m { skip } } }",
    );
    let deadlock = report.findings().find(|it| it.code == "D002");
    let waits = deadlock.map(|it| it.waits.clone()).unwrap_or_default();
    let said: Vec<(&str, &str)> = { waits.iter() }
        .map(|wait| (&*wait.actor, &*wait.resource))
        .collect();
    assert_eq!(
        said,
        [
            ("holder", "a permit of never"),
            ("late", "its turn after first"),
            ("first", "the event loop"),
            ("second", "its turn after first"),
        ]
    );
}
