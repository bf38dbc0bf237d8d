//! Executors and futures: text in, verdict out. Each scenario says what is
//! expected of it; here stand the corners that the library of scenarios leaves out.

use threadbare::analysis::Facts;
use threadbare::base::Source;
use threadbare::explore::{Limits, search};
use threadbare::program::Program;
use threadbare::semantics::{Capacity, Machine};
use threadbare::{Checker, Scenario};

/// Checks the scenario with this body against its expectations.
#[track_caller]
fn check(body: &str) {
    let text = format!("scenario \"s\" {{\n{body}\n}}");
    Scenario::from_text(text).check().assert_passed();
}

/// Checks it, and compares the codes of its findings.
#[track_caller]
fn codes(body: &str, expected: &[&str]) {
    let text = format!("scenario \"s\" {{\n{body}\n}}");
    let report = Scenario::from_text(text).check();
    report.assert_passed();
    let mut codes: Vec<&str> = report.findings().map(|found| found.code).collect();
    codes.retain(|code| !code.starts_with('W'));
    assert_eq!(codes, expected);
}

const ONE: &str = "executor p(1)\nfn one() { return 1 }\n";

#[test]
fn a_result_is_what_the_job_returns() {
    check(&format!(
        "{ONE}thread t {{ let f = p.submit(one) assert f.result() == 1 assert f.done() }}"
    ));
}

#[test]
fn a_struct_goes_into_a_job_and_comes_out_of_it() {
    check(
        "struct Pair { a: int, b: int }\nexecutor p(2)\nfn swap(x: Pair) { return Pair(x.b, x.a) }\n\
         thread t { let f = p.submit(swap, Pair(1, 2)) let r = f.result() assert r.a == 2 && r.b == 1 }",
    );
}

#[test]
fn jobs_begin_in_the_order_of_their_submission() {
    check(
        "executor p(1)\natomic last = 0\nfn job(n) { assert last == n - 1 last = n }\n\
         thread t { for i in 1..4 { p.submit(job, i) } }\nfinally assert last == 3",
    );
}

#[test]
fn with_waits_for_all_jobs_however_it_is_left() {
    check(
        "executor p(2)\natomic done = 0\nfn job() { done += 1 }\n\
         thread t { try { with p { p.submit(job) p.submit(job) raise \"Away\" } } catch \"Away\" { assert done == 2 } }",
    );
}

#[test]
fn a_future_that_is_not_done_times_out() {
    codes(
        &format!(
            "{ONE}atomic late = 0\nthread t {{ let f = p.submit(one) try {{ f.result_for() }} catch \"TimedOut\" {{ late = 1 }} }}\n\
             outcomes (late) == {{ 0, 1 }}"
        ),
        &[],
    );
}

#[test]
fn the_name_of_an_exception() {
    check(
        "executor p(1)\nfn bad() { raise \"Bad\" }\nfn good() { skip }\n\
         thread t { let f = p.submit(bad) let g = p.submit(good) assert f.exception() == \"Bad\" assert g.exception() == \"\" }",
    );
}

#[test]
fn a_failed_job_leaves_its_worker_alive() {
    codes(
        "executor p(1)\natomic done = 0\nfn bad() { raise \"Bad\" }\nfn good() { done += 1 }\n\
         thread t { p.submit(bad) p.submit(good) }\nfinally assert done == 1\nexpect swallowed in bad",
        &["K003"],
    );
}

#[test]
fn misuse_inside_a_job_keeps_its_code() {
    codes(
        "executor p(1)\nlock m\nfn bad() { m.unlock() }\nthread t { p.submit(bad) }\nexpect misuse of m",
        &["M001"],
    );
}

#[test]
fn only_a_waiting_job_can_be_cancelled() {
    check(
        "executor p(1)\natomic ran = 0\nfn job() { ran += 1 }\natomic cancelled = false\n\
         thread t { let f = p.submit(job) cancelled = f.cancel() }\n\
         outcomes (ran, cancelled) == { (0, true), (1, false) }",
    );
}

#[test]
fn shutdown_now_throws_away_what_nobody_has_begun() {
    check(
        "executor p(1)\natomic ran = 0\nfn job() { ran += 1 }\n\
         thread t { p.submit(job) p.submit(job) p.shutdown_now() }\noutcomes (ran) == { 0, 1, 2 }",
    );
}

#[test]
fn any_future_that_is_done_may_come_first() {
    check(
        "executor p(2)\nfn job(n) { return n }\nvar first = -1\n\
         thread t { let fs = p.map(job, 0..3) let f = wait_any(fs) first = f.result() }\n\
         outcomes (first) == { 0, 1, 2 }",
    );
}

#[test]
fn futures_by_index_and_in_order() {
    check(
        "executor p(2)\nfn job(n) { return n * n }\n\
         thread t { let fs = p.map(job, 1..4) assert len(fs) == 3 let sum = 0 for f in fs { sum += f.result() } \
         for i in 0..3 { sum += fs[i].result() } wait_all(fs) assert sum == 28 }",
    );
}

#[test]
fn a_failure_surfaces_at_its_place_in_map() {
    check(
        "executor p(2)\nfn job(n) { if n == 1 { raise \"One\" } return n }\nvar seen = 0\n\
         thread t { try { for r in p.map(job, 0..3) { seen += 1 } } catch \"One\" { seen += 10 } }\n\
         finally assert seen == 11",
    );
}

#[test]
fn a_job_cannot_wait_for_itself() {
    codes(
        "executor p(2)\nchan own(1): future\nfn job() { let f = own.recv() f.result() }\n\
         thread t { let f = p.submit(job) own.send(f) }\nexpect deadlock of p",
        &["D003"],
    );
}

#[test]
fn a_pool_that_waits_for_itself_is_told_from_other_circles() {
    let inner = "fn inner() { skip }\nfn outer() { let f = p.submit(inner) f.result() }\n";
    codes(
        &format!("executor p(1)\n{inner}thread t {{ p.submit(outer) }}\nexpect deadlock of p"),
        &["D004"],
    );
    codes(
        &format!(
            "executor p(2)\n{inner}thread t {{ p.submit(outer) p.submit(outer) }}\nexpect deadlock of p"
        ),
        &["D004"],
    );
    check(&format!(
        "executor p(2)\n{inner}thread t {{ p.submit(outer) }}"
    ));
}

#[test]
fn a_starved_pool_is_found_while_others_run() {
    codes(
        "executor p(1)\natomic tick = 0\nfn inner() { skip }\nfn outer() { let f = p.submit(inner) f.result() }\n\
         thread t { p.submit(outer) }\nthread clock { loop { tick.fetch_xor(1) } }\nexpect deadlock of p",
        &["D004"],
    );
}

#[test]
fn idle_workers_are_no_part_of_a_deadlock() {
    codes(
        &format!("{ONE}sem s = 0\nthread t {{ p.submit(one) s.acquire() }}\nexpect deadlock of t"),
        &["D002"],
    );
}

#[test]
fn a_variable_of_futures_begins_as_none() {
    codes(
        &format!("{ONE}var f: future\nthread t {{ f.result() }}\nexpect misuse"),
        &["M007"],
    );
}

#[test]
fn work_is_lost_only_with_a_main_thread() {
    check(
        "executor p(1)\natomic n = 0\nfn job() { n += 1 }\nthread t { p.submit(job) }\nfinally assert n == 1",
    );
    codes(
        "executor p(1)\natomic n = 0\nfn job() { n += 1 }\nmain thread t { p.submit(job) }\nexpect leak of job",
        &["K001"],
    );
}

#[test]
fn more_jobs_than_the_limit_are_no_proof() {
    let text = "scenario \"s\" { executor p(1)\nfn job() { skip }\nthread t { loop { let f = p.submit(job) f.result() } } }";
    let report = Scenario::from_text(text).check();
    assert!(!report.passed(), "a bound is no pass");
}

#[test]
fn more_jobs_than_the_limit_are_no_proof_either_if_nobody_asks_for_them() {
    let text = "scenario \"s\" { executor p(1)\nsem room = 1\nfn job() { room.release() }\nthread t { loop { room.acquire() p.submit(job) } } }";
    let report = Scenario::from_text(text).check();
    assert!(!report.passed(), "a bound is no pass");
}

/// The states of a program, searched with this room.
fn n_states(program: &Program, mut room: Capacity) -> u32 {
    loop {
        let machine = Machine::new(program, room);
        let mut facts = Facts::new(program);
        match search(
            &machine,
            &Limits::default(),
            1,
            &mut facts,
            &mut |_, _, _| {},
        ) {
            Ok(found) => return found.n_states(),
            Err(more) => room = more,
        }
    }
}

#[test]
fn a_job_that_nobody_asks_for_leaves_nothing_behind() {
    let states = |ask: &str| {
        let text = format!(
            "scenario \"s\" {{ executor p(2)\natomic x = 0\nfn job() {{ x += 1 }}\n\
             thread t {{ for _ in 0..3 {{ let f = p.submit(job) {ask} }} }} }}"
        );
        let loaded = Checker::new().load(&Source::new("s.tb", text));
        let (_, program) = loaded.scenarios[0]
            .program
            .as_ref()
            .expect("it has no mistake");
        let room = Capacity::initial(program);
        [room, room.with_every_job()].map(|room| n_states(program, room))
    };
    let [forgotten, kept] = states("");
    assert!(
        forgotten < kept,
        "{forgotten} states, {kept} if all jobs are kept"
    );
    let [one, other] = states("f.result()");
    assert_eq!(one, other, "where a future is kept, every job is");
}

#[test]
fn a_job_has_a_number_if_others_run_the_same() {
    let says = |jobs: &str, name: &str| {
        let text = format!(
            "scenario \"s\" {{ executor p(1) fn job() {{ raise \"Oops\" }} thread t {{ {jobs} }} }}"
        );
        let report = Scenario::from_text(text).check();
        let message = &report.findings().next().expect("it fails").message;
        assert!(
            message.starts_with(&format!("the job `{name}` ")),
            "{message}"
        );
    };
    says("p.submit(job)", "job");
    says("p.submit(job) p.submit(job)", "job#1");
}

/// Whoever waits for a job in the queue is let go when somebody takes the job back.
#[test]
fn a_pool_that_waits_for_itself_may_be_let_go() {
    let waits = "try { inner.result() } catch \"Cancelled\" { skip }";
    for (keep, let_go) in [
        ("inner = ", "inner.cancel()"),
        ("let inner = ", "p.shutdown_now()"),
    ] {
        Scenario::from_text(format!(
            "scenario \"s\" {{ executor p(1) event ready var inner: future
             fn job() {{ skip }}
             fn outer() {{ {keep}p.submit(job) ready.set() {waits} }}
             thread boss {{ let o = p.submit(outer) ready.wait() {let_go} o.result() }} }}"
        ))
        .assert_passed();
    }
}

/// The task `look` has its turn after the job's end and before that of `t`.
#[test]
fn time_may_be_up_before_the_loop_hears_of_the_end() {
    check(
        "executor p(1)\natomic ran = 0\nvar saw = 0\nvar late = 0\nfn job() { ran = 1 }\n\
         task t { try { await wait_for(p.submit(job)) } catch \"TimedOut\" { late = 1 } }\n\
         task look { saw = ran }\n\
         outcomes (saw, late) == { (0, 0), (0, 1), (1, 0), (1, 1) }",
    );
}

#[test]
fn what_is_done_beforehand_is_never_late() {
    check(
        "executor p(1)\nvar late = 0\nfn job() { skip }\n\
         task t { let f = p.submit(job) let g = p.submit(job) await g\n\
         try { await wait_for(f) } catch \"TimedOut\" { late = 1 } }\n\
         outcomes (late) == { 0 }",
    );
}
