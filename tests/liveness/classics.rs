//! The classical answers, as small scenarios.

use threadbare::base::Severity;
use threadbare::checker::Checker;
use threadbare::report::ScenarioReport;

fn report(body: &str) -> ScenarioReport {
    let text = format!("scenario \"s\" {{ {body} }}");
    let report = Checker::new().check_str("s.tb", text);
    let scenario = report.scenarios.into_iter().next().expect("one scenario");
    assert_eq!(scenario.diagnostics, [], "{body}");
    assert!(scenario.complete, "{body}");
    scenario
}

/// Checks the findings about runs for ever: `code level actors`, in order; a
/// warning has a `?` behind its code.
#[track_caller]
fn check(body: &str, findings: &[&str]) -> ScenarioReport {
    let scenario = report(body);
    let found: Vec<String> = scenario
        .findings
        .iter()
        .map(|finding| {
            let mark = match finding.severity {
                Severity::Warning => "?",
                _ => "",
            };
            format!("{}{mark} {}", finding.code, finding.actors.join(" "))
        })
        .collect();
    assert_eq!(found, findings, "{body}");
    scenario
}

#[track_caller]
fn states(scenario: &ScenarioReport, n: u64) {
    assert_eq!(scenario.stats.states, n);
}

/// Under weak fairness each can be passed over for ever; under strong fairness
/// neither can.
#[test]
fn l01_two_threads_take_a_lock_for_ever() {
    let both = "lock m  thread t * 2 { loop { m.lock()  m.unlock() } }";
    let scenario = check(both, &["S002? t#1"]);
    states(&scenario, 3);
    let apart = "lock m
        thread a { loop { m.lock()  m.unlock() } }
        thread b { loop { m.lock()  m.unlock() } }";
    check(apart, &["S002? a", "S002? b"]);
}

/// An endless run exists only if the setter is never scheduled.
#[test]
fn l02_a_loop_until_another_sets_a_flag() {
    let body = "atomic x = 0
        thread spin { while x == 0 { } }
        thread setter { x = 1 }
        eventually x == 1";
    check(body, &["S003? spin"]);
    check(
        &format!("{body} unfair setter"),
        &["A006 setter spin", "S003? spin"],
    );
}

/// Endless however fair the scheduler is.
#[test]
fn l03_a_loop_until_nobody_sets_a_flag() {
    check(
        "atomic x = 0  thread spin { while x == 0 { } }",
        &["S003 spin"],
    );
}

/// No deadlock, but even a strongly fair scheduler can keep both stepping back.
#[test]
fn l04_polite_back_off() {
    let scenario = check(
        "lock a  lock b
        thread p { loop { a.lock()  if b.try_lock() { break }  a.unlock() }  b.unlock()  a.unlock() }
        thread q { loop { b.lock()  if a.try_lock() { break }  b.unlock() }  a.unlock()  b.unlock() }",
        &["S004 p q"],
    );
    states(&scenario, 28);
}

#[test]
fn l05_peterson_for_ever_starves_nobody() {
    check(
        "atomic flag[2] = false  atomic turn = 0
        thread p(i in 0..2) {
            loop {
                flag[i] = true
                turn = 1 - i
                wait_until(!flag[1 - i] || turn == i)
                flag[i] = false
            }
        }",
        &[],
    );
}

/// The lock is never free of readers, so no scheduler can help.
#[test]
fn l06_readers_that_come_again_starve_the_writer() {
    check(
        "rwlock rw prefer readers
        thread reader * 2 { loop { rw.read()  rw.read_unlock() } }
        thread writer { rw.write()  rw.write_unlock() }",
        &["S002 writer"],
    );
}

#[test]
fn l07_a_token_goes_round_and_no_progress_is_made() {
    let body = "sem a = 1  sem b = 0
        thread p { loop { a.acquire()  b.release() } }
        thread q { loop { b.acquire()  a.release() STEP } }";
    check(
        &format!("{}  thread r {{ progress }}", body.replace("STEP", "")),
        &["S004 p q"],
    );
    check(&body.replace("STEP", " progress"), &[]);
}

/// There is no state without a step, and two are dead all the same.
#[test]
fn d09_two_in_a_deadlock_beside_one_that_spins() {
    let scenario = check(
        "lock a  lock b
        thread p { a.lock()  b.lock()  b.unlock()  a.unlock() }
        thread q { b.lock()  a.lock()  a.unlock()  b.unlock() }
        thread spin { loop { yield } }",
        &["D001 p q"],
    );
    states(&scenario, 19);
}

/// A failed assertion is a step in which the execution stops, not a fifth state.
#[test]
fn s02_a_loop_beside_a_race() {
    let scenario = check(
        "var x = 0
        thread spin { loop { yield } }
        thread p { x = 1 }
        thread q { let r = x  assert r == 0 }",
        &["R001 p q", "A001 q"],
    );
    states(&scenario, 4);
}

#[test]
fn s03_a_loop_that_writes() {
    let scenario = check(
        "atomic x = 0  atomic y = 0
        thread spin { loop { let v = x  x = 1 - v } }
        thread p { y = 1 }",
        &[],
    );
    states(&scenario, 8);
}

/// Whoever may always choose not to send starves nobody.
#[test]
fn an_idle_server_does_not_starve() {
    check(
        "chan q(1)
        thread server { loop { let x = q.recv() } }
        thread client { loop { if any(bool) { q.send(1) } } }",
        &[],
    );
}

/// A loop that is left by a choice or a time-out is no livelock, and no spinning.
#[test]
fn choices_and_time_outs_end_what_timing_would_not() {
    check(
        "lock a  lock b
        thread p { loop { a.lock()  if b.try_lock_for() { break }  a.unlock() }  b.unlock()  a.unlock() }
        thread q { loop { b.lock()  if a.try_lock_for() { break }  b.unlock() }  a.unlock()  b.unlock() }",
        &[],
    );
    check(
        "atomic side[2] = 0
        thread p(i in 0..2) {
            loop {
                if side[i] != side[1 - i] { break }
                either { side[i] = 0 } or { side[i] = 1 }
            }
        }",
        &[],
    );
}

/// Who only waits for somebody who gets nowhere, is not starved by them.
#[test]
fn a_livelock_is_one_finding() {
    check(
        "lock a  lock b
        thread p { loop { a.lock()  if b.try_lock() { break }  a.unlock() }  b.unlock()  a.unlock() }
        thread q { loop { b.lock()  if a.try_lock() { break }  b.unlock() }  a.unlock()  b.unlock() }
        thread boss { p.join()  q.join() }",
        &["S004 p q"],
    );
}

/// Whoever waits for one of them starves only because of it, whether progress is marked
/// or not.
#[test]
fn who_waits_for_a_livelock_does_not_starve_besides() {
    for end in ["", "progress"] {
        let body = format!(
            "lock n  atomic a = 0  atomic b = 0
            thread p {{ with n {{ a = 1  while b == 1 {{ a = 0  a = 1 }}  a = 0  {end} }} }}
            thread q {{ b = 1  while a == 1 {{ b = 0  b = 1 }}  b = 0  {end} }}
            thread r {{ with n {{ skip }} }}"
        );
        check(&body, &["S004 p q"]);
    }
}

/// Two of them at once are two.
#[test]
fn who_goes_on_apart_is_apart() {
    let pair = |p: &str, q: &str, a: &str, b: &str| {
        let one = |name: &str, a: &str, b: &str| {
            format!("thread {name} {{ {a} = 1  while {b} == 1 {{ {a} = 0  {a} = 1 }}  {a} = 0 }} ")
        };
        format!(
            "atomic {a} = 0  atomic {b} = 0 {}{}",
            one(p, a, b),
            one(q, b, a)
        )
    };
    let body = pair("p", "q", "a", "b") + &pair("r", "s", "c", "d");
    check(&body, &["S004 p q", "S004 r s"]);
}

/// Nothing is said about runs for ever where not all was searched.
#[test]
fn a_search_that_was_cut_off_knows_no_loops() {
    let text = "scenario \"s\" {
        atomic a = 0  atomic b = 0  atomic c = 0
        thread p { a = 1  while b == 1 { a = 0  a = 1 }  a = 0 }
        thread q { b = 1  while a == 1 { b = 0  b = 1 }  b = 0 }
        thread r { c = 1  c = 2  c = 3  c = 4  c = 5 }
    }";
    for states in [10, 60, 100] {
        let report = Checker::new().max_states(states).check_str("s.tb", text);
        let scenario = &report.scenarios[0];
        assert_eq!((scenario.complete, scenario.findings.len()), (false, 0));
    }
}

/// Polling under a lock is polling.
#[test]
fn a_look_under_a_lock_again_and_again_is_spinning() {
    check(
        "lock m  var ready = false
        thread poll { loop { with m { if ready { break } } } }
        thread setter { with m { ready = true } }",
        &["S002? setter", "S003? poll"],
    );
}

/// A round that prints is no mere look.
#[test]
fn to_print_while_one_looks_is_no_spinning() {
    check(
        "atomic x = 0  thread p { while x == 0 { print 1 } }  thread q { x = 1 }",
        &[],
    );
}

/// Also where the look, or the way out, is in a function.
#[test]
fn to_look_in_a_function_is_spinning() {
    check(
        "atomic x = 0  fn look() { return x }
        thread p { while look() == 0 { } }  thread q { x = 1 }",
        &["S003? p"],
    );
    check(
        "atomic x = 0  atomic y = 0  fn f() { y = 1 }
        thread p { loop { if x == 1 { f() } } }  thread q { x = 1 }",
        &["S003? p"],
    );
}

/// A server that polls for jobs is meant to run for ever; that it polls is said.
#[test]
fn a_server_that_polls_is_a_warning() {
    check(
        "chan q(1)
        thread server { loop { if let x = q.try_recv() { skip } } }
        thread client { q.send(1) }",
        &["W006? "],
    );
}

/// However many ways lead back to the attempt, and however often its answer is asked.
#[test]
fn to_try_again_and_again_is_polling_even_if_it_counts() {
    check(
        "lock m
        thread p {
            let n = 0
            while !m.try_lock() { if n > 3 { n = 0  continue }  n += 1 }
            m.unlock()
        }
        thread q { with m { skip } }",
        &["W006? "],
    );
    check(
        "lock m  atomic n = 0
        thread p {
            loop { let got = m.try_lock()  if got { n = 1 }  if got { break } }
            m.unlock()
        }
        thread q { with m { skip } }",
        &["W006? "],
    );
}

/// A permit that is tried for again and again is polled for as a lock is, and two that
/// step back for each other are a livelock.
#[test]
fn permits_are_tried_for_as_locks_are() {
    check(
        "sem s = 0  thread p { while !s.try_acquire() { } }  thread q { s.release() }",
        &["W006? "],
    );
    check(
        "sem a = 1  sem b = 1
        thread p { loop { a.acquire()  if b.try_acquire() { break }  a.release() }  b.release()  a.release() }
        thread q { loop { b.acquire()  if a.try_acquire() { break }  b.release() }  a.release()  b.release() }",
        &["S004 p q"],
    );
}

/// A run that a failed assertion stops is no run; one that ends without is.
#[test]
fn runs_that_end_count_and_runs_that_fail_do_not() {
    check(
        "atomic x = 0  thread t { let y = x  assert y == 1 }  eventually x == 1",
        &["A001 t"],
    );
    check(
        "atomic x = 0  thread t { let y = x }  eventually x == 1",
        &["A006 "],
    );
}

/// The schedule of a lasso is the way there and one round.
#[test]
fn a_lasso_says_where_its_loop_begins() {
    let scenario = check(
        "rwlock rw prefer readers
        thread reader * 2 { loop { rw.read()  rw.read_unlock() } }
        thread writer { rw.write()  rw.write_unlock() }",
        &["S002 writer"],
    );
    let finding = &scenario.findings[0];
    let schedule = finding.schedule.as_ref().expect("a lasso has a schedule");
    assert_eq!((schedule.loop_from, schedule.steps.len()), (Some(2), 5));
    let table = finding.trace.as_ref().expect("a lasso has a table");
    let repeats = table.repeats.as_ref().expect("a part of it repeats");
    assert_eq!(
        (repeats.from_row, &*repeats.returns_to),
        (1, "state after 1")
    );
}

/// One loop, two actors: that one of them can never leave it is worse than that the other
/// is busy until it can.
#[test]
fn of_two_actors_in_one_loop_the_one_that_stays_is_told() {
    check(
        "atomic go[2] = 0
        fn wait(i) { while go[i] == 0 { yield } }
        thread a { wait(0) }
        thread b { wait(1) }
        thread c { go[0] = 1 }",
        &["S003 b"],
    );
}

#[test]
fn trying_for_a_permit_is_a_look() {
    check(
        "sem s = 0
        fn got() { let got = s.try_acquire()  return got }
        thread t { while !got() { yield } }
        thread u { s.release() }",
        &["S003? t"],
    );
}

/// Whoever died or is stuck, and could not have made the change, is not to blame.
#[test]
fn a_loop_until_nobody_sets_a_flag_beside_somebody_who_has_come_to_grief() {
    let spin = "atomic x = 0  event e  thread spin { while x == 0 { yield } }";
    let check = |other: &str, findings: &[&str]| {
        check(&format!("{spin} {other}"), findings);
    };
    check("thread r { raise \"X\" }", &["S003 spin", "K003 r"]);
    check("thread r { e.wait() }", &["D002 r", "S003 spin"]);
    check(
        "fn f() { x = 1 } thread r { e.wait()  f() }",
        &["D002 r", "S003? spin"],
    );
    check(
        "fn f() { x = 1 } thread r { e.wait()  let h = spawn f()  h.join() }",
        &["D002 r", "S003? spin"],
    );
}

/// Who waits for what the looping actor keeps is not to blame either.
#[test]
fn a_loop_under_a_lock_until_somebody_who_needs_the_lock_sets_a_flag() {
    check(
        "atomic n = false  lock m
        thread a { with m { while !n { yield } } }
        thread b { with m { n = true } }",
        &["D002 b", "S003 a"],
    );
}

/// Who is stuck for good changes nothing, if the others could end without it.
#[test]
fn a_livelock_beside_somebody_who_is_stuck() {
    let dance = "lock p  lock q  chan c(1)  atomic done = 0
        fn dance(i) {
            let mine = false
            while !mine {
                if i == 0 { p.lock()  if q.try_lock() { mine = true  q.unlock() }  p.unlock() }
                else { q.lock()  if p.try_lock() { mine = true  p.unlock() }  q.unlock() }
            }
            done += 1
        }
        thread a { dance(0) }  thread b { dance(1) }";
    check(dance, &["S004 a b"]);
    let stuck = |body: &str| format!("{dance}  thread x {{ {body} }}");
    check(&stuck("c.recv()"), &["D002 x", "S004 a b"]);
    check(&stuck("wait_until(done == 2)"), &["S004 a b"]);
    check(
        &stuck("wait_until(done == 2)  c.recv()"),
        &["D002 x", "S004 a b"],
    );
    // They go on until somebody comes who never does.
    check(
        "lock p  lock q  chan c(1)  atomic go = false
        thread a { while !go { p.lock()  p.unlock() } }
        thread b { while !go { q.lock()  q.unlock() } }
        thread x { c.recv()  go = true }",
        &["D002 x", "S003? a", "S003? b"],
    );
}
