//! Every command, and every exit code that it can have.

use crate::{DEADLOCK, Folder, GOOD, HUGE, RACY, TYPO, run, run_with};

#[test]
fn a_check_ends_with_the_code_that_says_how_it_went() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let racy = folder.file("racy.tb", RACY);
    let typo = folder.file("typo.tb", TYPO);
    let huge = folder.file("huge.tb", HUGE);
    run(&["check", &good]).exits(0).says("ok  good");
    run(&["check", &racy]).exits(1).says("R001");
    run(&["check", &typo])
        .exits(2)
        .says("a similar name exists");
    let few = "--max-states=100";
    run(&["check", &huge, few]).exits(3).says("inconclusive");
    // The worst counts: 2 before 1 before 3 before 0.
    run(&["check", &good, &huge, few]).exits(3);
    run(&["check", &huge, &racy, few]).exits(1);
    run(&["check", &racy, &typo, &huge, few]).exits(2);
}

#[test]
fn an_expected_bug_passes_and_an_expectation_not_met_fails() {
    let expected = RACY.replace("outcomes", "expect race on count\n    outcomes");
    run_with(&["check", "-"], expected.as_bytes()).exits(0);
    let unmet = GOOD.replace("finally", "expect deadlock\n    finally");
    run_with(&["check", "-"], unmet.as_bytes())
        .exits(1)
        .says("X001");
}

#[test]
fn wrong_usage_says_what_is_near() {
    run(&[]).exits(2).says("Usage");
    run(&["chek", "x"]).exits(2).says("'check'");
    run(&["check"]).exits(2).says("PATH");
    run(&["check", "x", "--scenrio", "y"])
        .exits(2)
        .says("'--scenario'");
    run(&["check", "x", "--max-states", "many"])
        .exits(2)
        .says("10_000");
    run(&["check", "x", "--max-memory", "4"])
        .exits(2)
        .says("4GiB");
    run(&["check", "x", "--timeout", "30"]).exits(2).says("30s");
    run(&["check", "x", "--set", "N"])
        .exits(2)
        .says("NAME=VALUE");
    run(&["check", "x", "--workers", "0"]).exits(2);
    run(&["check", "x", "--reduction", "all"])
        .exits(2)
        .says("safe");
    run(&["check", "x", "-q", "-v"]).exits(2);
    run(&["check", "x", "--format", "pdf"]).exits(2).says(
        "there are human, short, prose, json, jsonl, junit, sarif, github, markdown and html",
    );
    run(&["check", "x", "--format", "xml"])
        .exits(2)
        .says("did you mean junit");
    run(&["check", "x", "--format", "html="])
        .exits(2)
        .says("name the file");
}

#[test]
fn every_format_goes_to_the_terminal_and_to_files_alike() {
    let folder = Folder::new();
    let files = [
        folder.file(
            "a.tb",
            RACY.replace("outcomes", "finally assert count == 2\n    outcomes"),
        ),
        folder.file("b.tb", DEADLOCK),
    ];
    for format in [
        "human", "short", "prose", "json", "jsonl", "junit", "sarif", "github", "markdown", "html",
    ] {
        let printed = run(&["check", &files[0], &files[1], "--format", format]);
        let path = folder.path(format);
        let both = format!("{format}={}", path.display());
        run(&["check", &files[0], &files[1], "--format", &both]).exits(1);
        let written = std::fs::read_to_string(&path).expect("it was written");
        let without_times = |text: &str| {
            let parts = text.split("\"elapsed_ms\":");
            let parts = parts.map(|it| it.trim_start_matches(|c: char| " .0123456789".contains(c)));
            parts.collect::<String>()
        };
        let (printed, written) = (
            without_times(&printed.exits(1).out),
            without_times(&written),
        );
        assert!(printed.len() > 100 && printed == written, "{format}");
    }
    let nowhere = "junit=/nowhere/x.xml";
    run(&["check", &files[0], "--format", nowhere])
        .exits(2)
        .says("/nowhere/x.xml");
}

#[test]
fn jsonl_has_a_document_for_every_scenario() {
    let folder = Folder::new();
    let two = folder.file("two.tb", format!("{GOOD}\n{RACY}"));
    let lines = run(&["check", &two, "--format", "jsonl"]);
    let names = lines.exits(1).out.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["scenarios"][0]["name"].as_str().map(str::to_owned)
    });
    let names: Vec<String> = names.flatten().collect();
    assert_eq!(names, ["good", "racy"]);
}

#[test]
fn help_and_version_are_no_errors() {
    let help = run(&["--help"]);
    help.exits(0).says("Exit status").says("inconclusive");
    assert!(help.err.is_empty());
    run(&["check", "--help"]).exits(0).says("--max-memory");
    run(&["--version"]).exits(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn scenarios_are_chosen_by_name_and_constants_by_value() {
    let folder = Folder::new();
    let two = folder.file("two.tb", format!("{GOOD}\n{RACY}"));
    run(&["check", &two]).exits(1).says("2 scenarios");
    run(&["check", &two, "--scenario", "goo"]).exits(0);
    run(&["check", &two, "--scenario", "none"])
        .exits(2)
        .says("no scenario has a name with \"none\"");
    let sized = GOOD.replace("lock m", "const N = 2\n    lock m");
    let sized = sized.replace("* 2", "* N").replace("== 2", "== N");
    let sized = folder.file("sized.tb", sized);
    let three = run(&["check", &sized, "--set", "N=3", "--format", "json"]);
    let two = run(&["check", &sized, "--format", "json"]);
    assert_ne!(two.exits(0).out, three.exits(0).out);
    // Of several files, those that have the constant take it.
    let other = folder.file("other.tb", GOOD);
    let both = run(&["check", &sized, &other, "--set", "N=3", "--format", "json"]);
    let neither = run(&["check", &sized, &other, "--format", "json"]);
    assert_ne!(both.exits(0).out, neither.exits(0).out);
    run(&["check", &sized, &other, "--set", "M=3"])
        .exits(2)
        .says("none of the 2 files has a constant `M`");
    run(&["check", &other, "--set", "N=3"])
        .exits(2)
        .says("E029");
}

#[test]
fn replay_shows_the_execution_or_says_why_not() {
    let folder = Folder::new();
    let racy = folder.file(
        "racy.tb",
        RACY.replace("outcomes", "finally assert count == 2\n    outcomes"),
    );
    run(&["replay", &racy, "0110"])
        .exits(0)
        .says("A003")
        .says("write count = 1");
    // A repair that was checked, where that takes little time.
    let claimed = RACY.replace("outcomes (count) == { 1, 2 }", "finally assert count == 2");
    let wrong = folder.file("wrong.tb", claimed);
    run(&["replay", &wrong, "0110"])
        .exits(0)
        .says("help: let one lock guard `count`")
        .says("re-checked: proved");
    run(&["replay", &racy, "0011"])
        .exits(0)
        .says("nothing is wrong where this execution ends");
    run(&["replay", &racy, "empty"])
        .exits(0)
        .says("no step is taken");
    run(&["replay", &racy, "00000"])
        .exits(2)
        .says("has no such execution: step 3");
    run(&["replay", &racy, "0110-zzzz"])
        .exits(2)
        .says("no replay token");
    run(&["replay", &racy, "0110-0000"])
        .exits(2)
        .says("another version of \"racy\"");
    run(&["replay", "none.tb", "0110"])
        .exits(2)
        .says("there is no such file");
    let typo = folder.file("typo.tb", TYPO);
    run(&["replay", &typo, "0"]).exits(2).says("cuont");
    let two = folder.file("two.tb", format!("{RACY}{}", RACY.replace("racy", "other")));
    run(&["replay", &two, "0110"]).exits(2).says("--scenario");
    run(&["replay", &two, "0110", "--scenario", "other"])
        .exits(0)
        .says("of \"other\"");
}

/// One execution may be the shortest for several findings, also for what only a search can
/// know: here that nobody will ever set `e`, while `s` goes on for ever.
#[test]
fn replay_tells_all_that_a_token_was_given_for() {
    let folder = Folder::new();
    let text = "scenario \"several\" {
        event e
        thread s { loop { yield } }
        thread x { skip e.wait() }
        thread y { raise \"Boom\" }
    }";
    let file = folder.file("several.tb", text);
    let replayed = run(&["replay", &file, "2"]);
    replayed.exits(0).says("error[K003]").says("error[D002]");
}

#[test]
fn explain_knows_codes_topics_chapters_and_steps() {
    run(&["explain", "R001"]).exits(0).says("data race");
    run(&["explain", "a001", "stolen-wakeup"])
        .exits(0)
        .says("hint");
    run(&["explain", "A001", "nothing"])
        .exits(2)
        .says("its topics are");
    run(&["explain", "tutorial"]).exits(0);
    run(&["explain", "R01"]).exits(2).says("did you mean R001");
    run(&["explain"]).exits(0).says("D001");
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    run(&["explain", "steps", &racy])
        .exits(0)
        .says("-> read count");
    run(&["explain", "steps"]).exits(2).says("name the file");
    run(&["explain", "steps", "none.tb"]).exits(2);
}

#[test]
fn pictures_are_drawn_or_refused_with_a_reason() {
    let folder = Folder::new();
    let deadlock = folder.file("deadlock.tb", DEADLOCK);
    let waits = run(&["graph", "waits", &deadlock]);
    assert!(waits.exits(0).out.starts_with("<svg"));
    run(&[
        "graph", "waits", &deadlock, "--format", "dot", "--token", "01",
    ])
    .exits(0)
    .says("digraph");
    run(&["graph", "locks", &deadlock, "--format", "mermaid"])
        .exits(0)
        .says("flowchart");
    let picture = folder.path("states.dot");
    let output = picture.to_str().expect("it is UTF-8");
    run(&[
        "graph", "states", &deadlock, "--format", "dot", "-o", output,
    ])
    .exits(0);
    let dot = std::fs::read_to_string(&picture).expect("it was written");
    assert!(dot.contains("octagon"), "the deadlock stands out");
    let good = folder.file("good.tb", GOOD);
    run(&["graph", "waits", &good])
        .exits(2)
        .says("nobody waits for ever");
    let huge = folder.file("huge.tb", HUGE);
    run(&["graph", "states", &huge])
        .exits(2)
        .says("more than 60 states");
    let lanes = run(&["graph", "lanes", &deadlock]);
    assert!(lanes.exits(0).out.contains("waits for b"));
    run(&[
        "graph", "lanes", &deadlock, "--token", "00", "--format", "mermaid",
    ])
    .exits(0)
    .says("sequenceDiagram");
    run(&["graph", "lanes", &deadlock, "--format", "dot"])
        .exits(2)
        .says("--format svg");
    run(&["graph", "lanes", &good])
        .exits(2)
        .says("no finding of");
    run(&["graph", "waits", &deadlock, "-o", "/nowhere/x.svg"])
        .exits(2)
        .says("/nowhere/x.svg");
}

#[test]
fn list_shows_names_descriptions_and_expectations() {
    let folder = Folder::new();
    let text = format!("/// Two workers count.\n/// More.\n{GOOD}");
    let file = folder.file("good.tb", text.replace("finally", "expect ok\n    finally"));
    let list = run(&["list", &file]);
    list.exits(0)
        .says(":3  good")
        .says("Two workers count.")
        .says("expect ok");
    run(&["list", &folder.file("typo.tb", TYPO)])
        .exits(2)
        .says("cannot be checked");
}

#[test]
fn fmt_rewrites_checks_and_keeps_what_it_does_not_understand() {
    let folder = Folder::new();
    let messy = GOOD.replace("    ", "  ");
    let file = folder.file("messy.tb", &messy);
    run(&["fmt", &file, "--check"])
        .exits(1)
        .says("-  lock m")
        .says("+    lock m");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), messy);
    run(&["fmt", &file]).exits(0).says("formatted");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), GOOD);
    run(&["fmt", &file, "--check"]).exits(0);
    let silent = run(&["fmt", &file]);
    assert_eq!(silent.exits(0).out, "");
    let broken = folder.file("broken.tb", "scenario \"x\" {");
    run(&["fmt", &broken]).exits(2);
    let kept = std::fs::read_to_string(&broken).expect("a file");
    assert_eq!(kept, "scenario \"x\" {");
    let piped = run_with(&["fmt", "-"], messy.as_bytes());
    assert_eq!(piped.exits(0).out, GOOD);
}

#[cfg(unix)]
#[test]
fn fmt_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let file = folder.file("messy.tb", GOOD.replace("    ", "  "));
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&file, mode).expect("it is ours");
    let link = folder.path("link.tb");
    symlink(&file, &link).expect("a link");
    run(&["fmt", link.to_str().expect("UTF-8")]).exits(0);
    let meta = std::fs::metadata(&file).expect("a file");
    assert_eq!(meta.permissions().mode() & 0o777, 0o640);
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), GOOD);
}

#[test]
fn schema_and_completions_are_printed() {
    let schema = run(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(&schema.exits(0).out).expect("JSON");
    assert!(schema["properties"]["scenarios"].is_object());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        run(&["completions", shell]).exits(0).says("max-states");
    }
    run(&["completions", "basic"]).exits(2);
}

#[test]
fn what_the_lock_of_cpython_changes_can_be_asked_of_any_scenario() {
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    run(&["check", &racy, "--memory", "gil"])
        .exits(1)
        .says("with the lock")
        .says("CPython");
    run(&["check", &racy, "--memory", "sc"])
        .exits(1)
        .says("R001");
    run(&["check", &racy, "--memory", "tso"])
        .exits(2)
        .says("gil");
}

#[test]
fn every_print_can_be_made_two_writes() {
    let folder = Folder::new();
    let text = "scenario \"lines\" {
    thread a { print \"a\" }
    thread b { print \"b\" }
    outcomes print == { (\"a\", \"b\"), (\"b\", \"a\") }
}
";
    let lines = folder.file("lines.tb", text);
    run(&["check", &lines]).exits(0);
    run(&["check", &lines, "--print", "split"])
        .exits(1)
        .says("A004");
    let split = folder.file(
        "split.tb",
        text.replace("thread a", "print split; thread a"),
    );
    run(&["check", &split]).exits(1);
    run(&["check", &split, "--print", "whole"]).exits(0);
}
