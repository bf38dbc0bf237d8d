//! Executors, futures, and what cannot be done with them.

use super::{advice, body};

/// A scenario with an executor and two functions, and this thread body.
fn thread(statements: &str) -> String {
    format!(
        "executor p(1)\nvar x = 0\nfn f(n) {{ return n }}\nfn g() {{ skip }}\nthread t {{ {statements} }}"
    )
}

#[track_caller]
fn wrong(statements: &str, mistakes: &[&str]) {
    body(&thread(statements), mistakes);
}

#[test]
fn what_executors_and_futures_can_do() {
    wrong(
        "with p { let a = p.submit(f, 1) let b = p.submit(f, 2) let fs = [a, b] for r in p.map(f, 0..2) { x = r } \
         for d in as_completed(fs) { x = d.result() } wait_all(fs) x = wait_any(fs).result() x = fs[x].result_for() \
         x = len(fs) if a.done() || a.cancel() || a.exception() == \"\" { p.shutdown() } } p.shutdown_now()",
        &[],
    );
}

#[test]
fn a_call_is_no_job() {
    advice(
        &thread("p.submit(f(1))"),
        "6:21 E077 a call cannot stand here
help: it would run here, not in a worker: `submit(f, …)`",
    );
    wrong("p.submit(x)", &["6:21 E025 `x` is not a function"]);
    wrong("p.submit(f)", &["6:21 E041 `f` takes 1 argument, not 0"]);
}

#[test]
fn the_range_of_map_is_known_before_the_run() {
    wrong(
        "p.map(f, 0..x)",
        &["6:21 E065 the range of `map` must be known before the run"],
    );
    wrong(
        "p.map(f, 0..40)",
        &["6:21 E074 a list holds 1 to 32 futures"],
    );
    wrong(
        "p.map(f, 3..3)",
        &["6:21 E074 a list holds 1 to 32 futures"],
    );
}

#[test]
fn a_future_is_not_its_result() {
    wrong(
        "let q = p.submit(f, 1) let y = q + 1",
        &["6:43 E043 `+` does not apply to a future of int"],
    );
    wrong(
        "let fs = [p.submit(f, 1), p.submit(g)]",
        &["6:38 E040 expected a future of int, found a future of nothing"],
    );
    wrong(
        "let v = p.submit(g).result()",
        &["6:20 E044 this gives no value"],
    );
}

#[test]
fn as_completed_belongs_to_a_for() {
    wrong(
        "as_completed(x)",
        &["6:12 E077 `as_completed` cannot stand here"],
    );
    wrong(
        "for d in as_completed(x) { skip }",
        &["6:34 E040 expected a list of futures, found an int"],
    );
}

#[test]
fn words_of_other_libraries() {
    wrong(
        "p.close()",
        &["6:14 E022 an executor has no operation `close`"],
    );
    wrong(
        "let q = p.submit(f, 1) q.get()",
        &["6:37 E022 a future has no operation `get`"],
    );
}
