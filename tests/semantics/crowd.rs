//! More than 64 actors: the same as with few, where the others do nothing.

use threadbare::checker::Checker;
use threadbare::report::{ScenarioReport, Verdict};

fn check(body: &str) -> ScenarioReport {
    let text = format!("scenario \"crowd\" {{ {body} }}");
    let report = Checker::new().check_str("crowd.tb", &text);
    report.scenarios.into_iter().next().expect("there is one")
}

/// What is found, by whom, and after how many steps.
fn said(report: &ScenarioReport) -> String {
    let findings = report.findings.iter().map(|it| {
        let steps = it.schedule.as_ref().map(|it| it.steps.len());
        (it.code, it.actors.clone(), it.subjects.clone(), steps)
    });
    let findings: Vec<_> = findings.collect();
    format!(
        "{findings:?} {:?} {:?}",
        report.verdict, report.stats.states
    )
}

#[test]
fn whoever_comes_behind_sixty_four_others_is_no_other() {
    for body in [
        "lock m cond c on m
         thread caller { with m { c.notify() } } thread late { with m { c.wait() } }",
        "lock m cond c on m fifo
         thread late * 2 { with m { c.wait() } } thread caller { with m { c.notify() } }",
        "event e thread caller { e.set() e.clear() } thread late { e.wait() }",
        "rwlock r var x = 0
         thread writer { with r.write { x = 1 } } thread reader * 2 { with r.read { let y = x } }",
        "lock m lock k thread a { with m { with k { skip } } } thread b { with k { with m { skip } } }",
        "lock m thread a { loop { with m { skip } } } thread b { with m { skip } }",
        "var x = 0 thread a * 2 { x += 1 }",
        "thread boss { let w = spawn work() w.join() } fn work() { yield }",
    ] {
        let (few, many) = (
            check(body),
            check(&format!("thread idle * 66 {{ skip }} {body}")),
        );
        assert_eq!(said(&few), said(&many), "{body}");
        assert_ne!(few.stats.states, 1, "{body}");
    }
}

#[test]
fn a_crowd_that_is_alike_meets() {
    let report = check(
        "lock m cond c on m var n = 0
         thread guest * 70 { with m {
             n += 1
             if n == 70 { c.notify_all() } else { while n < 70 { c.wait() } }
         } }
         finally assert n == 70
         expect ok",
    );
    assert_eq!(report.verdict, Verdict::Proved, "{:?}", report.findings);
}

#[test]
fn a_table_with_a_hundred_seats() {
    let report = check(
        "lock fork[100]
         thread philosopher(i in 0..100) {
             with fork[i] { with fork[(i + 1) % 100] { skip } }
         }",
    );
    let finding = &report.findings[0];
    assert_eq!((finding.code, finding.actors.len()), ("D001", 100));
    let steps = finding.schedule.as_ref().map(|it| it.steps.len());
    assert_eq!(steps, Some(100), "each has one fork");
}
