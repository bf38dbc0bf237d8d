//! Hand-made reports about whole scenarios: proved, stopped, unmet, mistaken.

use std::sync::Arc;

use super::{at, failed, race, stats};
use crate::base::{Diagnostic, Severity, Source, Span};
use crate::report::{
    Allowed, Expectation, Fact, Finding, Help, Limit, Place, Proved, ScenarioReport, Status,
    Verdict,
};

pub(in crate::report::tests) fn clean() -> ScenarioReport {
    let source = Source::new("6_semaphore_pool.tb", "scenario \"connection pool\" { }\n");
    let mut report = ScenarioReport::new(Arc::new(source), "connection pool", 1);
    let proved = |what: &str, why: &str| Proved {
        what: what.to_owned(),
        why: why.to_owned(),
    };
    report.scope = "for 3 clients and every interleaving".to_owned();
    report.stats = stats(2334, 3627);
    report.description = Some("A pool of two connections for three clients.".to_owned());
    report.proved = vec![
        proved(
            "no data race",
            "1 atomic, 1 semaphore; no plain variable is shared",
        ),
        proved("no deadlock", "all threads finish in every run"),
        proved("always in_use <= 2", "highest value seen 2"),
        proved(
            "no thread leaked, no permit leaked (pool is 2 again at the end)",
            "",
        ),
    ];
    report.assumed = vec![
        "sequentially consistent memory".to_owned(),
        "no fairness needed".to_owned(),
    ];
    report.not_covered = [
        "more than 3 clients (try --set clients=4)",
        "weak memory",
        "time-outs",
    ]
    .map(str::to_owned)
    .to_vec();
    report.not_vacuous = vec![Fact::checked(
        "not vacuous",
        "with `sem pool = 3` the property fails in 12 steps",
    )];
    report.expectations = vec![Expectation {
        text: "ok".to_owned(),
        met: true,
    }];
    report
}

pub(in crate::report::tests) fn inconclusive() -> ScenarioReport {
    let source = Source::new("big.tb", "scenario \"big\" { }\n");
    let mut report = ScenarioReport::new(Arc::new(source), "big", 1);
    report.status = Status::Inconclusive;
    report.verdict = Verdict::Unknown;
    report.complete = false;
    report.stats = stats(10_000_000, 31_415_926);
    report.limit = Some(Limit {
        code: "B001",
        option: "--max-states".to_owned(),
        value: "10000000".to_owned(),
        message: "stopped after 10,000,000 states (limit --max-states); no bug so far".to_owned(),
        facts: vec![
            Fact::new(
                "searched",
                "every run of up to 41 steps; runs up to 63 steps in part",
            ),
            Fact::new(
                "biggest part",
                "`for i in 0..50` (line 7) makes 93 % of the states",
            ),
            Fact::checked("try", "--set N=3, which is proved in 1,204 states"),
        ],
    });
    report
}

pub(in crate::report::tests) fn unmet() -> ScenarioReport {
    let text = "scenario \"locked counter\" {\n    var count = 0\n    lock m\n    thread worker * 2 {\n        with m { count += 1 }\n    }\n\n    expect race on count\n}\n";
    let source = Source::new("locked_counter.tb", text);
    let mut report = failed(source, "locked counter", |source| {
        let message = "expected a race on `count`, but the scenario is correct";
        let mut found = Finding::new("X001", "unmet", Severity::Error, message);
        found.places = vec![Place::primary(
            at(source, "expect race on count", 0),
            "31 states, all explored, no two accesses can meet",
        )];
        found.helps = vec![Help::new(
            "both accesses hold `m` (line 5); write `expect ok`, or run `threadbare check --bless`",
        )];
        found
    });
    report.expectations = vec![Expectation {
        text: "race on count".to_owned(),
        met: false,
    }];
    report
}

pub(in crate::report::tests) fn typo() -> ScenarioReport {
    let text = "scenario \"typo\" {\n    var count = 0\n    lock m\n    thread worker * 2 {\n        with m { cuont += 1 }\n    }\n}\n";
    let source = Source::new("typo.tb", text);
    let mistake = Diagnostic::error(
        "E020",
        at(&source, "cuont", 0),
        "no variable `cuont` in this scenario",
    )
    .label("not declared")
    .secondary(at(&source, "count", 0), "`count` is declared here")
    .help("a similar name exists")
    .fix(at(&source, "cuont", 0), "count");
    let mut report = ScenarioReport::error(Arc::new(source), "", 1);
    report.diagnostics = vec![mistake];
    report
}

pub(in crate::report::tests) fn expected_race() -> ScenarioReport {
    let mut report = race();
    report.status = Status::Passed;
    report.findings[0].expected = true;
    report.expectations = vec![Expectation {
        text: "race on count".to_owned(),
        met: true,
    }];
    report.allowed = vec![Allowed {
        code: "L001".to_owned(),
        subjects: vec!["a".to_owned(), "b".to_owned()],
        reason: "audit starts after transfer has finished".to_owned(),
        span: Span::new(0, 0),
        used: false,
    }];
    report
}
