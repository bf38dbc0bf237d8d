//! Looking at less than all runs: a sample, or those with few switches; and exports.

use crate::{DEADLOCK, Folder, GOOD, HUGE, RACY, run};

#[test]
fn a_sample_proves_nothing() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    run(&["check", &good, "--random", "500"])
        .exits(3)
        .says("inconclusive[B012]: sampled 500 executions, none failed")
        .says("uniform, seed 1");
    run(&[
        "check",
        &good,
        "--random",
        "500",
        "--scheduler",
        "pct",
        "--depth",
        "2",
    ])
    .exits(3)
    .says("probability 1/");
}

#[test]
fn a_sample_ends_with_a_bug_that_can_be_replayed() {
    let folder = Folder::new();
    let deadlock = folder.file("deadlock.tb", DEADLOCK);
    for scheduler in ["uniform", "pct", "pos", "surw"] {
        let args = [
            "--random",
            "1000",
            "--scheduler",
            scheduler,
            "--format",
            "json",
        ];
        let report = run(&[&["check", &deadlock][..], &args].concat());
        report.exits(1).says("the last one failed");
        let json: serde_json::Value = serde_json::from_str(&report.out).expect("it is JSON");
        let scenario = &json["scenarios"][0];
        assert_eq!(scenario["verdict"], "refuted");
        assert_eq!(scenario["complete"], false);
        assert!(scenario["stats"]["executions"].as_u64() < Some(1000));
        let schedule = &scenario["findings"][0]["schedule"];
        assert_eq!(schedule["steps"].as_array().map(Vec::len), Some(2));
        assert_eq!(schedule["shortest"], true);
        let token = schedule["token"].as_str().expect("a token");
        run(&["replay", &deadlock, token]).exits(0).says("D001");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    let huge = folder.file("huge.tb", HUGE);
    for (file, n, code) in [(&racy, "50", 1), (&huge, "3", 3)] {
        let bytes = |seed| {
            let args = ["check", file, "--random", n, "--seed", seed];
            let done = run(&[&args[..], &["--scheduler", "surw"]].concat());
            done.exits(code);
            done.out
        };
        assert_eq!(bytes("7"), bytes("7"));
    }
}

#[test]
fn few_switches_say_how_far_they_are_complete() {
    let folder = Folder::new();
    let deadlock = folder.file("deadlock.tb", DEADLOCK);
    let huge = folder.file("huge.tb", HUGE);
    run(&["check", &deadlock, "--bound", "switches=0"])
        .exits(3)
        .says("complete up to 0 switches; no bug up to there");
    run(&["check", &deadlock, "--bound", "switches=1"])
        .exits(1)
        .says("D001");
    run(&[
        "check",
        &huge,
        "--bound",
        "switches=1",
        "--max-states",
        "20k",
    ])
    .exits(3)
    .says("B001");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    for (args, message) in [
        (&["--random", "0"][..], "at least 1"),
        (&["--random", "2G"], "at most 1,000,000,000"),
        (&["--random", "5", "--seed=-1"], "invalid value"),
        (&["--random", "5", "--scheduler", "fair"], "uniform"),
        (&["--random", "5", "--depth", "2"], "only"),
        (
            &["--random", "5", "--scheduler", "pct", "--depth", "0"],
            "1..=20",
        ),
        (&["--seed", "5"], "--random"),
        (&["--bound", "states=5"], "switches=K"),
        (
            &["--bound", "switches=1", "--random", "5"],
            "cannot be used with",
        ),
    ] {
        run(&[&["check", &good][..], args].concat())
            .exits(2)
            .says(message);
    }
}

#[test]
fn a_scenario_is_exported_or_refused_with_its_place() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    run(&["export", "rust", "--for", "loom", &good])
        .exits(0)
        .says("loom::model::Builder::new().check(run);");
    run(&["export", "promela", &good]).exits(0).says("proctype");
    let test = folder.path("good.rs");
    let name = test.to_str().expect("it is UTF-8");
    run(&["export", "rust", &good, "-o", name]).exits(0);
    assert!(test.exists());
    let once = folder.file(
        "once.tb",
        "scenario \"once\" {\n    once o\n    thread t { with o.first { skip } }\n}\n",
    );
    for kind in ["rust", "promela"] {
        run(&["export", kind, &once])
            .exits(2)
            .says("once.tb:2:10: a `once` cannot be exported to")
            .says("threadbare explain exports");
    }
    run(&["export", "rust", &folder.file("typo.tb", crate::TYPO)])
        .exits(2)
        .says("E020");
}
