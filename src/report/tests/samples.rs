//! Hand-made reports: one for every kind of page the tool must print well.

mod verdicts;

use std::sync::Arc;

use crate::base::{Fix, Severity, Source, Span};
use crate::report::{
    Cell, Fact, Finding, Help, LockEdge, OutcomeRow, Outcomes, Place, ScenarioReport, Schedule,
    Stats, Status, Step, StepRow, TraceLoop, TraceTable, Value, Verdict, Wait,
};

pub(super) use verdicts::{clean, expected_race, inconclusive, typo, unmet};

/// The span of the `nth` occurrence (from 0) of `needle`.
#[track_caller]
pub(super) fn at(source: &Source, needle: &str, nth: usize) -> Span {
    let found = source.text().match_indices(needle).nth(nth);
    let (start, text) = found.unwrap_or_else(|| panic!("no {nth}th `{needle}` in the source"));
    Span::new(start, start + text.len())
}

fn fix(span: Span, replacement: &str) -> Fix {
    Fix {
        span,
        replacement: replacement.to_owned(),
    }
}

fn stats(states: u64, transitions: u64) -> Stats {
    Stats {
        states,
        transitions,
        terminal_states: 2,
        depth: 8,
        bytes_per_state: 12.5,
        elapsed_ms: 0.4,
        ..Stats::default()
    }
}

fn failed(source: Source, name: &str, finding: impl FnOnce(&Source) -> Finding) -> ScenarioReport {
    let mut report = ScenarioReport::new(Arc::new(source), name, 1);
    report.status = Status::Failed;
    report.verdict = Verdict::Refuted;
    report.stats = stats(28, 41);
    report.findings = vec![finding(&report.source)];
    report
}

fn states<const N: usize>(values: [&str; N]) -> [String; N] {
    values.map(str::to_owned)
}

pub(super) fn race() -> ScenarioReport {
    let text = "scenario \"lost update\" {\n    var count = 0\n    thread worker * 2 {\n        count += 1\n    }\n    finally assert count == 2\n}\n";
    let mut report = failed(
        Source::new("counter_race.tb", text),
        "lost update",
        race_finding,
    );
    report.outcomes = Some(Outcomes {
        names: vec!["count".to_owned()],
        rows: [1, 2]
            .map(|value| OutcomeRow {
                values: vec![Value::Int(value)],
                witness: Some(format!("0{value}10")),
                interleavings: None,
                unexpected: value == 1,
            })
            .to_vec(),
        missing: Vec::new(),
        missing_at: Vec::new(),
    });
    report
}

fn race_finding(source: &Source) -> Finding {
    let mut race = Finding::new("R001", "race", Severity::Error, "data race on `count`");
    race.subjects = vec!["count".to_owned()];
    race.actors = vec!["worker#1".to_owned(), "worker#2".to_owned()];
    let access = at(source, "count += 1", 0);
    race.places = vec![
        Place::new(
            at(source, "count", 0),
            "shared by worker#1 and worker#2, guarded by nothing",
        )
        .role("declaration"),
        Place::primary(
            access,
            "two steps, a read and a write; both workers can be between them",
        )
        .by("worker#1", "write"),
    ];
    let mut table = TraceTable::new(["worker#1", "worker#2"], ["count"]);
    table.step(StepRow::new(0, "read  count -> 0", ["0"]));
    table.step(
        StepRow::new(1, "read  count -> 0", ["0"]).switch("worker#1 has read, not yet written"),
    );
    table.step(StepRow::new(1, "write count = 1", ["1"]));
    table.step(
        StepRow::new(0, "write count = 1", ["1"])
            .note("overwrites step 3")
            .key(),
    );
    table.end("finally assert count == 2", "FAILS, count is 1");
    race.trace = Some(table);
    let step = |index, actor: &str, action: &str, value| Step {
        index,
        actor: actor.to_owned(),
        span: access,
        action: action.to_owned(),
        subject: Some("count".to_owned()),
        value: Some(Value::Int(value)),
    };
    let steps = vec![
        step(1, "worker#1", "read", 0),
        step(2, "worker#2", "read", 0),
        step(3, "worker#2", "write", 1),
        step(4, "worker#1", "write", 1),
    ];
    race.schedule = Some(Schedule::new("0110", 2, steps));
    race.facts = vec![
        Fact::new(
            "outcomes",
            "count == 1 in 4 of 6 interleavings, count == 2 in 2 of 6",
        ),
        Fact::new("one swap", "with step 4 before step 2 the result is 2"),
    ];
    race.helps = vec![
        Help::patch(
            "make the read and the write one step",
            vec![fix(access, "atomic { count += 1 }")],
            "proved, count == 2 always",
        ),
        Help::new("or guard it: `lock m`, `var count = 0 guarded_by m`, `with m { count += 1 }`"),
    ];
    race.learn = Some("R001".to_owned());
    race.beginner = Some(
        "Two threads use the same variable at the same time, and at least one of them changes \
         it. `count += 1` looks like one action, but it is two: read the old value, then write \
         the new one. If the other thread runs between the two, its work is lost."
            .to_owned(),
    );
    race
}

pub(super) fn deadlock() -> ScenarioReport {
    let text = "scenario \"opposite order\" {\n    lock a\n    lock b\n    thread transfer {\n        with a { with b { skip } }\n    }\n    thread audit {\n        with b { with a { skip } }\n    }\n}\n";
    failed(
        Source::new("opposite_lock_order.tb", text),
        "opposite order",
        deadlock_finding,
    )
}

fn deadlock_finding(source: &Source) -> Finding {
    let message = "deadlock: `transfer` and `audit` wait for each other";
    let mut found = Finding::new("D001", "deadlock", Severity::Error, message);
    found.actors = vec!["transfer".to_owned(), "audit".to_owned()];
    let within = |needle: &str, inner: usize| {
        let outer = at(source, needle, 0);
        Span::new(
            outer.start as usize + inner,
            outer.start as usize + inner + 1,
        )
    };
    let (first, second) = ("with a { with b", "with b { with a");
    found.places = vec![
        Place::primary(within(first, 14), "`transfer` waits here for `b`").by("transfer", "lock"),
        Place::new(within(first, 5), "`transfer` holds `a` since here").by("transfer", "lock"),
        Place::primary(within(second, 14), "`audit` waits here for `a`").by("audit", "lock"),
        Place::new(within(second, 5), "`audit` holds `b` since here").by("audit", "lock"),
    ];
    let wait = |actor: &str, resource: &str, holder: &str| {
        Wait::new(actor, resource, [holder], within(first, 14))
    };
    found.waits = vec![
        wait("transfer", "b", "audit"),
        wait("audit", "a", "transfer"),
    ];
    found.cycle = vec![0, 1];
    found.lock_order = vec![
        lock_edge("a", "b", "transfer", within(first, 14)),
        lock_edge("b", "a", "audit", within(second, 14)),
    ];
    let mut table = TraceTable::new(["transfer", "audit"], ["a", "b"]);
    table.step(StepRow::new(0, "lock a", ["transfer", "free"]));
    table.step(StepRow::new(1, "lock b", ["transfer", "audit"]));
    let blocked = ["waits for b", "waits for a"].iter().enumerate();
    let cells = blocked.map(|(actor, text)| Cell {
        actor,
        text: (*text).to_owned(),
    });
    table.blocked(cells.collect(), "no step is possible");
    found.trace = Some(table);
    found.schedule = Some(Schedule::new("01", 1, Vec::new()));
    let line = at(source, "with b { with a { skip } }", 0);
    found.helps = vec![Help::patch(
        "take the locks in one order everywhere",
        vec![fix(line, "with a { with b { skip } }")],
        "proved, 33 states, no deadlock",
    )];
    found.learn = Some("D001".to_owned());
    found.picture = Some("graph waits".to_owned());
    found
}

fn lock_edge(from: &str, to: &str, actor: &str, span: Span) -> LockEdge {
    LockEdge {
        from: from.to_owned(),
        to: to.to_owned(),
        actor: actor.to_owned(),
        span,
    }
}

pub(super) fn lock_order() -> ScenarioReport {
    let text = "scenario \"never overlap\" {\n    lock a\n    lock b\n    var phase = 0\n    thread transfer { with a { with b { skip } }  phase = 1 }\n    thread audit { if phase == 1 { with b { with a { skip } } } }\n}\n";
    let source = Source::new("never_overlap.tb", text);
    let mut report = failed(source, "never overlap", |source| {
        let message =
            "`a` and `b` are locked in both orders; in this scenario that cannot deadlock";
        let mut found = Finding::new("L001", "lock_order", Severity::Warning, message);
        let inner = |nth: usize| {
            let with = at(source, "{ with ", nth);
            Span::new(with.end as usize, with.end as usize + 1)
        };
        found.places = vec![
            Place::primary(inner(1), "`b` while holding `a`").by("transfer", "lock"),
            Place::new(inner(3), "`a` while holding `b`").by("audit", "lock"),
        ];
        found.lock_order = vec![
            lock_edge("a", "b", "transfer", inner(1)),
            lock_edge("b", "a", "audit", inner(3)),
        ];
        found.facts = vec![
            Fact::new(
                "feasible",
                "no: 38 states, all explored; in none does each thread hold its first lock",
            ),
            Fact::new(
                "protected by",
                "`phase == 1` (line 6), written at line 5 after both locks are free",
            ),
            Fact::checked(
                "one edit away",
                "without the test of `phase`: D001 in 2 steps",
            ),
        ];
        let end = source.text().len() - 2;
        found.helps = vec![Help {
            claim: false,
            text: "use one order, or write down why this is safe".to_owned(),
            checked: None,
            patch: vec![fix(
                Span::new(end, end),
                "    allow L001(a, b) because \"audit starts after transfer has finished\"\n",
            )],
        }];
        found
    });
    report.status = Status::Passed;
    report.verdict = Verdict::Proved;
    report
}

pub(super) fn assertion() -> ScenarioReport {
    let text = "scenario \"buffer\" {\n    var items = 0\n    lock m\n    cond ready on m\n    thread consumer * 2 {\n        with m {\n            if items == 0 { ready.wait() }\n            assert items > 0\n            items -= 1\n        }\n    }\n    thread producer * 2 { with m { items += 1  ready.notify() } }\n}\n";
    failed(Source::new("wait_with_if.tb", text), "buffer", |source| {
        let mut found = Finding::new(
            "A001",
            "assert",
            Severity::Error,
            "assertion failed: `items > 0`",
        );
        found.places = vec![
            Place::new(
                at(source, "if items == 0", 0),
                "tested once, before the wait",
            ),
            Place::new(
                at(source, "ready.wait()", 0),
                "consumer#1 wakes here, `items` is 0 again",
            ),
            Place::primary(at(source, "items > 0", 0), "`items` is 0").by("consumer#1", "assert"),
        ];
        let actors = ["consumer#1", "producer#1", "consumer#2"];
        let mut table = TraceTable::new(actors, ["items", "m"]);
        let row = |actor, text: &str, state: [&str; 2]| StepRow::new(actor, text, states(state));
        table.step(row(0, "lock m, items -> 0", ["0", "consumer#1"]));
        table.step(row(0, "ready.wait()", ["0", "free"]));
        table.step(row(1, "lock m, items = 1", ["1", "producer#1"]));
        table.step(row(1, "notify consumer#1", ["1", "producer#1"]));
        table.step(row(1, "unlock m", ["1", "free"]));
        table.step(row(2, "lock m, items = 0", ["0", "consumer#2"]));
        table.step(row(2, "unlock m", ["0", "free"]));
        table.step(row(0, "wakes, assert FAILS", ["0", "consumer#1"]).key());
        found.trace = Some(table);
        let step = |index| Step {
            index,
            actor: "consumer#1".to_owned(),
            span: at(source, "items > 0", 0),
            action: "read".to_owned(),
            subject: None,
            value: None,
        };
        found.schedule = Some(Schedule::new(
            "0*3,2*5,1*7,0*3",
            3,
            (1..=18).map(step).collect(),
        ));
        found.facts = vec![
            Fact::new(
                "what happened",
                "between the signal (4) and the wake-up (8) consumer#2 took the item",
            ),
            Fact::lesson(
                "rule",
                "a wake-up is a hint; test the condition again while you hold the lock",
            ),
        ];
        found.helps = vec![Help::patch(
            "wait in a loop",
            vec![fix(at(source, "if items == 0", 0), "while items == 0")],
            "proved, 1,341 states",
        )];
        found.learn = Some("A001 stolen-wakeup".to_owned());
        found
    })
}

pub(super) fn lost_signal() -> ScenarioReport {
    let text = "scenario \"signal\" {\n    var done = 0\n    lock m\n    cond ready on m\n    thread waiter {\n        with m { ready.wait() }\n    }\n    thread worker {\n        with m { done = 1  ready.notify() }\n    }\n}\n";
    failed(
        Source::new("signal_before_wait.tb", text),
        "signal",
        |source| {
            let message = "lost signal: `ready.notify()` ran before anyone waited, and `waiter` sleeps for ever";
            let mut found = Finding::new("S001", "lost_signal", Severity::Error, message);
            found.places = vec![
                Place::new(
                    at(source, "ready.wait()", 0),
                    "step 6: waits for a signal that has already gone",
                ),
                Place::primary(
                    at(source, "ready.notify()", 0),
                    "step 3: nobody is waiting, the signal is dropped",
                ),
            ];
            let mut table = TraceTable::new(["waiter", "worker"], ["done", "waiting on `ready`"]);
            let row =
                |actor, text: &str, state: [&str; 2]| StepRow::new(actor, text, states(state));
            table.step(row(1, "lock m", ["0", "nobody"]));
            table.step(row(1, "done = 1", ["1", "nobody"]));
            table.step(row(1, "notify -> nobody", ["1", "nobody"]).note("signal lost"));
            table.step(row(1, "unlock m, end", ["1", "nobody"]));
            table.step(row(0, "lock m", ["1", "nobody"]).switch("worker has ended"));
            table
                .step(row(0, "ready.wait()", ["1", "waiter"]).note("no thread is left to wake it"));
            found.trace = Some(table);
            found.schedule = Some(Schedule::new("1*4,0*2", 1, Vec::new()));
            found.facts = vec![Fact::new(
                "not a cycle",
                "no lock is involved; every thread that could call notify has finished",
            )];
            found.helps = vec![Help::patch(
                "remember the event in a variable and test it",
                vec![fix(
                    at(source, "ready.wait()", 0),
                    "while done == 0 { ready.wait() }",
                )],
                "proved, 24 states",
            )];
            let wait = at(source, "ready.wait()", 0);
            found.waits = vec![Wait::new("waiter", "ready", [""; 0], wait)];
            found
        },
    )
}

pub(super) fn starvation() -> ScenarioReport {
    let text = "scenario \"readers first\" {\n    rwlock rw prefer readers\n    thread reader * 2 {\n        loop {\n            with rw.read { skip }\n        }\n    }\n    thread writer {\n        with rw.write { skip }\n    }\n}\n";
    failed(
        Source::new("readers_first.tb", text),
        "readers first",
        |source| {
            let message = "starvation: `writer` can wait for ever at line 9";
            let mut found = Finding::new("S002", "starvation", Severity::Error, message);
            found.places = vec![Place::primary(
                at(source, "rw.write", 0),
                "enabled only when no reader is inside",
            )];
            let mut table = TraceTable::new(["reader#1", "reader#2", "writer"], ["readers inside"]);
            table.step(StepRow::new(0, "enter", ["1"]));
            table.step(StepRow::new(2, "wants to write", ["1"]));
            table.repeats = Some(TraceLoop {
                from_row: 2,
                returns_to: "state after 2".to_owned(),
            });
            table.step(StepRow::new(1, "enter", ["2"]));
            table.step(StepRow::new(0, "leave", ["1"]));
            table.step(StepRow::new(0, "enter", ["2"]));
            table.step(StepRow::new(1, "leave", ["1"]));
            found.trace = Some(table);
            let mut schedule = Schedule::new("02,1001", 4, Vec::new());
            schedule.loop_from = Some(3);
            found.schedule = Some(schedule);
            found.facts = vec![Fact::new(
                "would fairness help?",
                "weak: no    strong: no    (`readers inside` is never 0 in the loop, so `writer` is never enabled: the lock must change, not the scheduler)",
            )];
            found.helps = vec![Help {
                claim: false,
                text: "`rwlock rw prefer writers` or `fair`".to_owned(),
                checked: Some("`eventually done(writer)` proved".to_owned()),
                patch: Vec::new(),
            }];
            found
        },
    )
}

/// Dining philosophers around a big table, in a long execution.
pub(super) fn philosophers(n: usize) -> ScenarioReport {
    let text = format!(
        "scenario \"philosophers\" {{\n    lock fork[{n}]\n    thread philosopher(i in 0..{n}) {{\n        with fork[i] {{ with fork[(i + 1) % {n}] {{ skip }} }}\n    }}\n}}\n"
    );
    failed(
        Source::new("philosophers.tb", text),
        "philosophers",
        |source| {
            let message = format!("deadlock: {n} philosophers wait for each other in a circle");
            let mut found = Finding::new("D001", "deadlock", Severity::Error, message);
            let name = |at: usize| format!("philosopher({at})");
            found.actors = (0..n).map(name).collect();
            found.places = vec![Place::primary(
                at(source, "fork[(i + 1)", 0),
                "each waits here",
            )];
            found.waits = (0..n)
                .map(|at| {
                    let span = found.places[0].span;
                    Wait::new(
                        name(at),
                        format!("fork[{}]", (at + 1) % n),
                        [name((at + 1) % n)],
                        span,
                    )
                })
                .collect();
            found.cycle = (0..n).collect();
            let forks: Vec<String> = (0..n).map(|at| format!("fork[{at}]")).collect();
            let mut table = TraceTable::new(found.actors.clone(), forks);
            for actor in 0..n {
                for think in 0..6 {
                    let free = vec!["free".to_owned(); n];
                    table.step(StepRow::new(actor, format!("think about {think}"), free).local());
                }
            }
            for actor in 0..n {
                let holders = (0..n).map(|at| {
                    if at <= actor {
                        name(at)
                    } else {
                        "free".to_owned()
                    }
                });
                table.step(StepRow::new(actor, format!("lock fork[{actor}]"), holders));
            }
            let cells = (0..n).map(|actor| Cell {
                actor,
                text: format!("waits for fork[{}]", (actor + 1) % n),
            });
            table.blocked(cells.collect(), "no step is possible");
            found.trace = Some(table);
            found.schedule = Some(Schedule::new("0123456789ab", 11, Vec::new()));
            found
        },
    )
}
