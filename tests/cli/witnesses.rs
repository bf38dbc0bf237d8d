//! Other engines: `check --engine`, `crosscheck`, each run in a process of its own.

use crate::{DEADLOCK, Folder, GOOD, HUGE, RACY, run};

#[test]
fn another_engine_proves_nothing() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    for engine in ["loom", "shuttle"] {
        run(&["check", &good, "--engine", engine])
            .exits(3)
            .says(&format!("inconclusive[B014]: {engine} ran "))
            .says("none failed");
    }
    run(&["check", &good, "--engine", "threadbare"]).exits(0);
}

#[test]
fn a_deadlock_of_another_engine_has_our_names_and_can_be_replayed() {
    let folder = Folder::new();
    let deadlock = folder.file("deadlock.tb", DEADLOCK);
    for engine in ["loom", "shuttle"] {
        let args = ["check", &deadlock, "--engine", engine, "--format", "json"];
        let report = run(&args);
        report.exits(1);
        let json: serde_json::Value = serde_json::from_str(&report.out).expect("it is JSON");
        let finding = &json["scenarios"][0]["findings"][0];
        assert_eq!(finding["code"], "D001", "{engine}");
        let token = finding["schedule"]["token"].as_str().expect("a token");
        run(&["replay", &deadlock, token]).exits(0).says("D001");
        assert_eq!(json["scenarios"][0]["complete"], false);
    }
}

#[test]
fn engines_are_compared() {
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    let deadlock = folder.file("deadlock.tb", DEADLOCK);
    let args = ["crosscheck", "-v", &racy, &deadlock];
    let first = run(&args);
    first.exits(0).says("every order of its scheduling points");
    assert!(first.out.contains("disagrees: 0"), "{}", first.out);
    assert!(!first.out.contains(" ms"), "times go to standard error");
    assert_eq!(run(&args).out, first.out, "the same bytes");
}

#[test]
fn what_is_known_to_be_missed_is_explained() {
    let folder = Folder::new();
    let text = r#"scenario "plain" {
        atomic hits = 0
        thread page { hits += 1 }
        thread monitor { let seen = hits.plain_load() }
        expect race on hits
    }"#;
    let file = folder.file("plain.tb", text);
    run(&["crosscheck", "-v", &file])
        .exits(0)
        .says("explained: it misses 1 end");
}

#[test]
fn what_is_too_much_is_compared_as_far_as_it_came() {
    let folder = Folder::new();
    let huge = folder.file("huge.tb", HUGE);
    run(&[
        "crosscheck",
        "-v",
        &huge,
        "--executions",
        "5",
        "--max-states",
        "100",
    ])
    .exits(0);
}

#[test]
fn an_engine_says_what_it_cannot_say() {
    let folder = Folder::new();
    let text = r#"scenario "time" {
        lock m
        thread p { if m.try_lock_for() { m.unlock() } }
        thread q { with m { } }
    }"#;
    let timed = folder.file("timed.tb", text);
    run(&["check", &timed, "--engine", "shuttle"])
        .exits(3)
        .says("shuttle cannot say this: time-outs");
}

#[test]
fn nonsense_is_no_errand() {
    run(&["witness"]).exits(2);
}
