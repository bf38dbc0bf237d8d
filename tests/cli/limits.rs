//! Limits and signals end a check in good order.

use crate::{Folder, HUGE, command, run};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn every_limit_is_named() {
    let folder = Folder::new();
    let huge = folder.file("huge.tb", HUGE);
    for (option, value, code) in [
        ("--max-states", "5k", "B001"),
        ("--max-depth", "6", "B002"),
        ("--max-memory", "1MiB", "B003"),
        ("--timeout", "300ms", "B004"),
    ] {
        let begin = Instant::now();
        run(&["check", &huge, option, value])
            .exits(3)
            .says(code)
            .says(option);
        assert!(begin.elapsed() < Duration::from_secs(30), "{option}");
    }
}

/// Twenty take the left fork first, three times each: far too many runs, even one for
/// each order that makes a difference; and a deadlock that only comes when all of them
/// stop half-way.
const TWENTY: &str = r#"scenario "twenty" {
    lock fork[20]
    thread philosopher(i in 0..20) {
        for _ in 0..3 { with fork[i] { with fork[(i + 1) % 20] { skip } } }
    }
}"#;

#[test]
fn a_bug_in_a_huge_scenario_is_told_soon() {
    let folder = Folder::new();
    let twenty = folder.file("twenty.tb", TWENTY);
    let [one, two] = ["1", "2"].map(|n| run(&["check", &twenty, "--workers", n]));
    one.exits(1).says("D001").says("because a bug was found");
    assert!(one.out == two.out, "whatever the number of workers");
    let json = run(&["check", &twenty, "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    let found = &value["scenarios"][0]["findings"];
    let deadlocks = found.as_array().expect("a list").iter();
    let deadlocks: Vec<_> = deadlocks.filter(|it| it["code"] == "D001").collect();
    assert_eq!(deadlocks.len(), 1);
    let token = deadlocks[0]["schedule"]["token"].as_str().expect("a token");
    assert!(token.starts_with("0,1,2,3,4,5,"), "in turn: {token}");
    run(&["replay", &twenty, token]).exits(0).says("D001");
}

#[test]
fn whoever_asks_for_a_number_of_states_gets_it() {
    let folder = Folder::new();
    let twenty = folder.file("twenty.tb", TWENTY);
    run(&["check", &twenty, "--max-states", "20k"])
        .exits(3)
        .says("stopped after 20,000 states (limit --max-states); no bug so far");
}

#[test]
fn a_limit_in_one_scenario_leaves_the_others() {
    let folder = Folder::new();
    folder.file("a.tb", HUGE);
    folder.file("b.tb", crate::GOOD);
    run(&["check", folder.name(), "--max-states", "1000"])
        .exits(3)
        .says("ok  good")
        .says("inconclusive 1");
}

/// The peak of a program that has just written something, from the system's books.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_within_the_limit() {
    const LIMIT: u64 = 64 << 20;
    let folder = Folder::new();
    let huge = folder.file("huge.tb", HUGE);
    let mut child = command(&["check", &huge, "--max-memory", "64MiB", "--workers", "2"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(child.wait().expect("it is ours").code(), Some(3));
    assert!(peak > LIMIT / 2, "{peak} bytes: the limit was not reached");
    assert!(peak < LIMIT + LIMIT / 10 + (12 << 20), "{peak} bytes");
}

#[cfg(unix)]
#[test]
fn a_signal_prints_what_was_found_so_far() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = Folder::new();
        let (huge, good) = (folder.file("a.tb", HUGE), folder.file("b.tb", crate::GOOD));
        let child = command(&["check", &huge, &good])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        std::thread::sleep(Duration::from_millis(700));
        let begin = Instant::now();
        kill(signal, child.id());
        let run = crate::finish(child.wait_with_output().expect("it ends"));
        run.exits(code)
            .says("inconclusive[B005]")
            .says("interrupted: 1 of 2 files");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = Folder::new();
    // Endless in another way: a pipe that nobody writes to.
    let mut child = command(&["check", &folder.file("a.tb", HUGE), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program can be started");
    let open = child.stdin.take();
    std::thread::sleep(Duration::from_millis(300));
    kill("INT", child.id());
    std::thread::sleep(Duration::from_millis(400));
    kill("INT", child.id());
    let begin = Instant::now();
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert!(begin.elapsed() < Duration::from_secs(5));
    drop(open);
}

#[cfg(unix)]
fn kill(signal: &str, id: u32) {
    let sent = std::process::Command::new("sh")
        .args(["-c", &format!("kill -{signal} {id}")])
        .status();
    assert!(sent.expect("there is a shell").success());
}
