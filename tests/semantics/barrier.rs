//! Barriers that break: time-outs, `abort`, `reset`.

use super::explorer::engine;
use super::explorer::small::program;
use threadbare::program::unpack_lines;

/// Compares what runs that end can print, lines with `/` between them.
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let program = program(&format!("{body} observe print"));
    let verdict = engine::check(&program, 1);
    let transcripts = verdict.outcomes[0].iter();
    let mut found: Vec<String> = transcripts
        .map(|outcome| unpack_lines(&outcome.values).join("/"))
        .collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_time_out_breaks_it_for_all() {
    check(
        "barrier b(2)
         thread w * 2 { try { b.wait_for() print \"through\" } catch { print \"broken\" } }",
        &["broken/broken", "through/through"],
    );
}

#[test]
fn whoever_waits_without_a_time_out_is_sent_away_as_well() {
    check(
        "barrier b(3)
         thread p { try { b.wait() } catch { print \"p\" } }
         thread q { try { b.wait_for() } catch { print \"q\" } }",
        &["p/q", "q/p"],
    );
}

#[test]
fn a_reset_sends_away_who_waits_and_mends_it() {
    check(
        "barrier b(2)
         thread p { try { b.wait() print 1 } catch { print 2 } }
         thread q { b.reset() }",
        &["2"],
    );
    check(
        "barrier b(1)
         thread p { b.abort() try { b.wait() } catch { print 1 } b.reset() b.wait() print 2 }",
        &["1/2"],
    );
}

#[test]
fn a_green_thread_may_give_up_as_well() {
    check(
        "barrier b(2)
         green p { try { b.wait_for() print 1 } catch { print 2 } }",
        &["2"],
    );
}
