//! Processes: text in, verdict out. Each scenario says what is expected of it;
//! here stand the corners that the library of scenarios leaves out.

use threadbare::Scenario;

/// Checks the scenario with this body against its expectations, and compares the
/// codes of its findings.
#[track_caller]
fn codes(body: &str, expected: &[&str]) {
    let text = format!("scenario \"s\" {{\n{body}\n}}");
    let report = Scenario::from_text(text).check();
    report.assert_passed();
    let mut codes: Vec<&str> = report.findings().map(|found| found.code).collect();
    codes.retain(|code| !code.starts_with('W'));
    assert_eq!(codes, expected);
}

/// Checks that nothing is wrong.
#[track_caller]
fn clean(body: &str) {
    codes(body, &[]);
}

#[test]
fn a_spawned_process_sees_what_was_there_when_it_was_spawned() {
    clean(
        "var x = 0\nchan q(1)\nfn child() { q.send(x) }\n\
         thread t { x = 5 let h = spawn process child() x = 7 let seen = q.recv() h.join() }\n\
         outcomes (x, t.seen) == { (7, 5) }",
    );
}

#[test]
fn a_declared_process_begins_with_the_initial_values() {
    clean(
        "var x = 1\nthread t { x = 5 }\nprocess p { let seen = x }\n\
         outcomes (x, p.seen) == { (5, 1) }",
    );
}

#[test]
fn a_thread_shares_the_memory_of_its_process() {
    clean(
        "var x = 0\nfn set() { x = 3 }\n\
         process p { let h = spawn set() h.join() let seen = x }\nthread t { skip }\n\
         outcomes (x, p.seen) == { (0, 3) }",
    );
}

#[test]
fn threads_of_one_process_race_on_its_copy() {
    codes(
        "var x = 0\nfn set() { x = 3 }\n\
         process p { let a = spawn set() let b = spawn set() a.join() b.join() }\n\
         expect race on x",
        &["R001"],
    );
}

#[test]
fn a_process_of_a_process_copies_its_parent() {
    clean(
        "var x = 0\nchan q(1)\nfn inner() { q.send(x) }\n\
         fn outer() { x += 2 let h = spawn process inner() h.join() }\n\
         thread t { x = 1 let h = spawn process outer() let seen = q.recv() h.join() }\n\
         outcomes (x, t.seen) == { (1, 3) }",
    );
}

#[test]
fn copies_never_race_and_shared_memory_does() {
    clean("var x = 0\natomic n = 0\nprocess p * 2 { x = me n.plain_store(me) }");
    codes(
        "shared var x = 0\nprocess p * 2 { x = me }\nexpect race on x",
        &["R001"],
    );
    codes(
        "shared atomic n = 0\nprocess p * 2 { n.plain_store(me) }\nexpect race on n",
        &["R001"],
    );
}

#[test]
fn each_process_guards_its_own_copy_with_its_own_lock() {
    clean("lock m\nvar x = 0 guarded_by m\nprocess p * 2 { with m { x += 1 } }");
    codes(
        "lock m\nvar x = 0 guarded_by m\nprocess p { x += 1 }\nexpect unguarded x",
        &["R003"],
    );
}

#[test]
fn an_object_that_arrives_is_the_receivers_own_copy() {
    clean(
        "event e\nchan q(1): event\nprocess p { let got = q.recv() got.set() got.wait() }\n\
         thread t { q.send(e) }\nfinally assert !e.is_set()",
    );
}

#[test]
fn processes_wait_for_each_other_through_shared_objects_only() {
    let opposite = |shared: &str, expected: &str| {
        format!(
            "{shared} lock a\n{shared} lock b\nprocess p {{ with a {{ with b {{ skip }} }} }}\n\
             process q {{ with b {{ with a {{ skip }} }} }}\nexpect {expected}"
        )
    };
    codes(&opposite("shared", "deadlock of p, q"), &["D001"]);
    codes(&opposite("", "ok"), &[]);
}

/// Whoever could still help is no cause of its own, also if it first spawns a process.
#[test]
fn to_spawn_a_process_is_no_end_of_helping() {
    codes(
        "sem s = 0 sem t = 0
         fn child() { skip }
         thread p { t.acquire() let h = spawn process child() s.release() h.join() }
         thread q { s.acquire() }
         expect deadlock",
        &["D002"],
    );
}

#[test]
fn whatever_was_held_stays_held_in_the_copy() {
    let holding = |object: &str, with: &str| {
        format!(
            "{object}\nfn child() {{ with {with} {{ skip }} }}\n\
             thread t {{ with {with} {{ let h = spawn process child() h.join() }} }}\n\
             expect deadlock of child"
        )
    };
    codes(&holding("lock m", "m"), &["D002"]);
    codes(&holding("reentrant lock m", "m"), &["D002"]);
    codes(&holding("rwlock rw", "rw.write"), &["D002"]);
    codes(&holding("rwlock rw prefer fair", "rw.write"), &["D002"]);
    codes(&holding("once o", "o.first"), &["D002"]);
    codes(&holding("sem s = 1", "s"), &["D002"]);
}

#[test]
fn readers_of_another_process_keep_a_writer_out_of_the_copy() {
    let body = |child: &str, expected: &str| {
        format!(
            "rwlock rw\nfn child() {{ with {child} {{ skip }} }}\n\
             thread t {{ with rw.read {{ let h = spawn process child() h.join() }} }}\n\
             expect {expected}"
        )
    };
    codes(&body("rw.write", "deadlock of child"), &["D002"]);
    codes(&body("rw.read", "ok"), &[]);
}

#[test]
fn only_an_unowned_copy_can_be_given_back() {
    let body = |lock: &str, expected: &str| {
        format!(
            "{lock} m\nfn child() {{ m.unlock() with m {{ skip }} }}\n\
             thread t {{ with m {{ let h = spawn process child() h.join() }} }}\nexpect {expected}"
        )
    };
    codes(&body("unowned lock", "ok"), &[]);
    codes(&body("lock", "misuse of m"), &["M001"]);
}

#[test]
fn those_who_sleep_are_not_copied() {
    // The child notifies its own copy, at which nobody sleeps.
    codes(
        "lock m\ncond c on m fifo\nvar go = false\nfn child() { with m { c.notify() } }\n\
         thread sleeper { with m { while !go { c.wait() } } }\n\
         thread t { let h = spawn process child() h.join() with m { go = true c.notify() } }\n\
         expect deadlock of child",
        &["D002"],
    );
    clean(
        "lock m\ncond c on m fifo\nvar go = false\nfn child() { c.notify() }\n\
         thread sleeper { with m { while !go { c.wait() } } }\n\
         thread t { let h = spawn process child() h.join() with m { go = true c.notify() } }",
    );
}

#[test]
fn a_worker_keeps_its_copies_and_has_them_from_the_start() {
    clean(
        "var x = 0\nprocess executor p(1)\nfn job() { x += 1 return x }\n\
         thread t { x = 5 let f = p.submit(job) let g = p.submit(job)\n\
         let a = f.result() let b = g.result() }\noutcomes (x, t.a, t.b) == { (5, 1, 2) }",
    );
}

#[test]
fn a_copy_of_an_executor_has_no_workers() {
    let body = |shared: &str, expected: &str| {
        format!(
            "{shared} executor p(1)\nfn job() {{ skip }}\n\
             process other {{ let f = p.submit(job) f.result() }}\nexpect {expected}"
        )
    };
    codes(&body("", "deadlock of other"), &["D002"]);
    codes(&body("shared", "ok"), &[]);
}

#[test]
fn permits_are_missing_in_a_copy_that_was_there_from_the_start() {
    codes("sem s = 1\nprocess p { s.acquire() }", &["K005"]);
    clean(
        "sem s = 1\nfn child() { s.acquire() }\nthread t { let h = spawn process child() h.join() }",
    );
}

#[test]
fn a_process_that_ends_with_its_copy_of_a_lock_has_leaked_it() {
    codes(
        "lock m\nprocess p { m.lock() }\nexpect lock_leak of m",
        &["K002"],
    );
}

#[test]
fn a_daemon_process_is_stopped_with_its_copy_of_a_lock() {
    codes(
        "lock m\nchan q(0)\ndaemon process p { with m { q.send(1) q.send(2) } }\n\
         thread t { let x = q.recv() }\nexpect killed p",
        &["K006"],
    );
}

#[test]
fn processes_come_and_go() {
    clean(
        "var x = 0\nchan q(1)\nfn child(n) { x += n q.send(x) }\nvar sum = 0\n\
         thread t { for i in 1..5 { let h = spawn process child(i) let got = q.recv() sum += got h.join() } }\n\
         outcomes (x, sum) == { (0, 10) }",
    );
}

#[test]
fn too_many_processes_are_a_limit_and_no_crash() {
    let text = "scenario \"s\" { var x[40] = 0 fn child() { skip } \
                thread t { loop { let h = spawn process child() h.join() } } }";
    let report = Scenario::from_text(text).check();
    let style = threadbare::report::human::Style::default();
    let page = threadbare::report::human::render(&report, &style);
    assert!(page.contains("112"), "{page}");
}

#[test]
fn a_state_is_as_large_as_before_without_processes() {
    use threadbare::base::Source;
    use threadbare::semantics::{Capacity, Layout};
    let n_words = |text: &str| {
        let source = Source::new("s.tb", text);
        let (file, _) = threadbare::syntax::parse(&source);
        let resolution = threadbare::syntax::resolve::resolve(&file, &source, &[]);
        let scenario = resolution.scenarios[0]
            .scenario
            .as_ref()
            .expect("a scenario");
        let program = threadbare::compile::compile(scenario).expect("a program");
        Layout::new(&program, Capacity::initial(&program)).n_words()
    };
    let with = |what: &str| {
        n_words(&format!(
            "scenario \"s\" {{ var x[3] = 0 shared var y = 0 lock m {what} t {{ x[0] = 1 y = 1 }} }}"
        ))
    };
    // Three words of `x` and one of `m`.
    assert_eq!(with("process"), with("thread") + 4);
    assert_eq!(with("process"), with("daemon process"));
}

/// Each process has event loops of its own: one that stands still stops no other, and
/// tasks of two processes take no turns with each other.
#[test]
fn a_process_has_its_own_event_loops() {
    let passes = |body: &str| {
        Scenario::from_text(format!("scenario \"s\" {{ {body} }}")).assert_passed();
    };
    // On one loop `one` would come first.
    passes(
        "shared var n = 0
         fn one() { n = n * 10 + 1 }
         fn two() { n = n * 10 + 2 }
         fn go() { let t = spawn task two() t.join() }
         task boss { let p = spawn process go() let t = spawn task one() await t await p.join() }
         outcomes (n) == { 12, 21, 1, 2 } expect race on n expect race on n",
    );
    // The loop of the main process stands still for ever; the other goes on.
    passes(
        "event never shared atomic n = 0
         fn work() { await yield n = 1 }
         fn go() { let t = spawn task work() t.join() }
         process p { go() }
         task stuck { never.wait() }
         sometimes n == 1
         expect deadlock of stuck",
    );
    // A loop with a name is there in every process, too.
    passes(
        "loop_thread ui
         shared atomic n = 0
         fn tick() { await yield n += 1 }
         fn go() { let a = spawn task tick() on ui let b = spawn task tick() a.join() b.join() }
         process p * 2 { go() }
         finally assert n == 4",
    );
}
