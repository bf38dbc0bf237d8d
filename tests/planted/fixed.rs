//! Promises of the checker that neither the library nor a comparison of searches
//! asks about.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use threadbare::Checker;
use threadbare::base::{Severity, Source};
use threadbare::checker::Reduction;
use threadbare::report::{Status, Verdict};

/// A run that is cut off leaves the question open.
pub fn cut_off_is_open() -> bool {
    let text = "scenario \"cut off\" {
        atomic x = 0
        thread p { x = 1  x = 2  x = 3 }
    }";
    let report = Checker::new().max_depth(1).check_str("s.tb", text);
    report.scenarios[0].status == Status::Inconclusive
}

/// What an actor works out for itself before its first step belongs to its start.
pub fn local_work_is_no_step() -> bool {
    let states = |body: &str| {
        let text = format!(
            "scenario \"start\" {{
                atomic x = 0
                fn f(n) {{ {body} }}
                thread p {{ let h = spawn f(1)  x = 5  h.join() }}
            }}"
        );
        Checker::new().check_str("s.tb", text).scenarios[0]
            .stats
            .states
    };
    states("x = n") == states("let more = n  x = more")
}

/// A signal can be missed in a function that does not wait itself.
pub fn missed_in_a_function() -> bool {
    let text = "scenario \"missed\" {
        lock m  cond c on m  sem begun = 0  sem done = 0
        fn prepare() { begun.release()  done.acquire() }
        thread p { prepare()  with m { c.wait() } }
        thread q { begun.acquire()  with m { c.notify() }  done.release() }
        expect lost_signal on c
    }";
    Checker::new().check_str("s.tb", text).scenarios[0].status == Status::Passed
}

/// A checkpoint is of one scenario only.
pub fn checkpoints_are_told_apart() -> bool {
    let text = "scenario \"one\" {
        atomic x = 0
        thread p * 2 { x = 1  x = 2  x = 3 }
    }";
    let files: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let into = Arc::clone(&files);
    let checker = Checker::new().reduction(Reduction::None);
    let kept = checker.clone().max_states(8);
    let kept = kept.checkpoint(Duration::ZERO, move |bytes| {
        let mut all = into.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(bytes.to_vec());
    });
    kept.check_str("s.tb", text);
    let files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let file = files.last().expect("the search was written down");
    let resume = |text: &str| {
        let source = Source::new("s.tb", text);
        checker.clone().resume(&source, file).is_ok()
    };
    resume(text) && !resume(&text.replace("x = 3", "x = 4"))
}

/// Who is blocked is left for nothing.
pub fn leaving_the_blocked_is_free() -> bool {
    let text = "scenario \"blocked\" {
        chan there(1)
        chan back(1)
        thread p { there.send(1)  let got = back.recv()  assert got == 1 }
        thread q { back.send(there.recv() + 1) }
    }";
    let report = Checker::new().few_switches(0).check_str("s.tb", text);
    !report.scenarios[0].findings.is_empty()
}

/// A schedule is as short as that of a search that leaves nothing out.
pub fn shortest_of_all() -> bool {
    let text = "scenario \"long\" {
        atomic x[3] = 0
        atomic a = 0
        thread p(i in 0..3) { for n in 0..20 { x[i] = n } }
        thread q { a = 1  assert a == 2 }
    }";
    let steps = |reduction| {
        let checker = Checker::new().reduction(reduction);
        let report = checker.check_str("s.tb", text);
        let scenario = &report.scenarios[0];
        assert_ne!(scenario.verdict, Verdict::Proved);
        scenario.findings[0].trace.as_ref().map(|it| it.rows.len())
    };
    steps(Reduction::Safe) == steps(Reduction::None)
}

/// Two who read under two locks in both orders cannot block each other.
pub fn readers_have_no_order() -> bool {
    passes(
        "rwlock a rwlock b
         thread p { with a.read { with b.read { skip } } }
         thread q { with b.read { with a.read { skip } } }",
    )
}

/// What a handler reads is still there when an exception comes.
pub fn handlers_find_their_locals() -> bool {
    passes(
        "var x = 1 lock m
         thread p {
             let seen = x
             try { m.unlock() } catch { assert seen == 1 }
         }",
    )
}

/// Whether nothing at all is found, not even a warning.
fn passes(body: &str) -> bool {
    let text = format!("scenario \"s\" {{ {body} }}");
    let report = Checker::new().check_str("s.tb", &text);
    report.scenarios[0].findings.is_empty()
}

/// Who looks again and again, always at the wrong moment, with a lock in its hand, keeps
/// others from it however fair the scheduler is.
pub fn who_goes_round_with_a_lock_starves_others() -> bool {
    let text = "scenario \"round\" {
        lock m  atomic x = 0
        thread p { loop { with m { while x == 0 { } } } }
        thread q { loop { x = 1  x = 0 } }
        thread r { with m { skip } }
    }";
    let report = Checker::new().check_str("s.tb", text);
    let mut findings = report.scenarios[0].findings.iter();
    findings.any(|it| it.code == "S002" && it.severity == Severity::Error)
}

/// Whoever may always choose not to send starves nobody.
pub fn who_may_choose_starves_nobody() -> bool {
    passes(
        "atomic x = 0
         thread p { loop { either { skip } or { x = 1 } } }
         thread q { wait_until(x == 1) }",
    )
}
