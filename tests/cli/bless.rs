//! `check --bless`: expectations become what was found, and nothing else changes.

use crate::{Folder, GOOD, RACY, library, run, run_with};
use std::fs;

/// Blesses a text, and compares what becomes of it.
#[track_caller]
fn check(old: &str, new: &str) {
    let folder = Folder::new();
    let file = folder.file("a.tb", old);
    run(&["check", "--bless", &file])
        .exits(0)
        .says("+++ ")
        .says("blessed");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), new);
    let again = run(&["check", "--bless", &file]);
    assert!(
        !again.exits(0).out.contains("+++ "),
        "nothing is left to do"
    );
    run(&["check", &file]).exits(0);
}

#[test]
fn an_expectation_becomes_what_was_found() {
    let with = |line: &str| {
        format!(
            "scenario \"s\" {{\n    var n = 0 // shared\n    thread t * 2 {{ n += 1 }}\n{line}}}\n"
        )
    };
    check(
        &with("    expect ok // hm\n"),
        &with("    expect race on n // hm\n"),
    );
    check(&with(""), &with("\n    expect race on n\n"));
    check(
        &with("    finally assert n == 2\n    expect deadlock\n"),
        &with("    finally assert n == 2\n    expect race on n\n    expect finally\n"),
    );
    let calm = |line: &str| with(line).replace("var", "atomic");
    check(
        &calm("    expect race on n\n\n    // keep\n    expect finally\n"),
        &calm("    expect ok\n\n    // keep\n"),
    );
    check(
        "scenario \"s\" { var n = 0 thread t * 2 { n += 1 } }",
        "scenario \"s\" { var n = 0 thread t * 2 { n += 1 } expect race on n }",
    );
}

#[test]
fn line_ends_and_other_scenarios_stay() {
    let two = "// one\r\nscenario \"a\" {\r\n\tlock a\r\n\tlock b\r\n\tthread x { with a { with b { skip } } }\r\n\
               \tthread y { with b { with a { skip } } }\r\n\texpect ok\t// why\r\n}\r\n\r\n";
    let old = format!("{two}{GOOD}");
    check(
        &old,
        &old.replace("expect ok\t// why", "expect deadlock of x, y\t// why"),
    );
}

#[test]
fn lists_of_outcomes_keep_their_rows_and_comments() {
    let with = |rows: &str| {
        format!(
            "scenario \"s\" {{\n    atomic n = 0\n    thread a {{ n = 1 }}\n    thread b {{ n = 2 }}\n    outcomes (n) == {{{rows}}}\n}}\n"
        )
    };
    check(&with(" 2 "), &with(" 2, 1 "));
    check(&with(" 0, 1, 2 "), &with(" 1, 2 "));
    check(&with(" 1, 0, 5, 2, 7 "), &with(" 1, 2 "));
    check(
        &with("\n        3, // no, never\n        2\n    "),
        &with("\n        1, // no, never\n        2\n    "),
    );
    check(
        &with("\n        // first\n        2,  // last\n        1, // gone\n        7\n    "),
        &with("\n        // first\n        2,  // last\n        1\n    "),
    );
    let within = |rows: &str| with(rows).replace("==", "in");
    check(&within(" 2 "), &within(" 2, 1 "));
    let pair = |rows: &str| with(rows).replace("(n)", "(n, n)");
    check(&pair(" (0, 0) "), &pair(" (1, 1), (2, 2) "));
    let print = |rows: &str| {
        format!(
            "scenario \"s\" {{\n    thread a {{ print \"say \\\"a\\\"\" }}\n    thread b {{ print 7 }}\n    outcomes print == {{ {rows} }}\n}}\n"
        )
    };
    check(
        &print("(7, \"say \\\"a\\\"\")"),
        &print("(7, \"say \\\"a\\\"\"), (\"say \\\"a\\\"\", 7)"),
    );
}

#[test]
fn what_is_not_known_is_left_alone() {
    let folder = Folder::new();
    let text = "scenario \"s\" {\n    atomic n = 0\n    thread t * 3 { n += 1 n += 1 }\n    expect race on n\n}\n";
    let file = folder.file("a.tb", text);
    run(&["check", "--bless", &file, "--max-states", "5"])
        .exits(3)
        .says("is left alone: a limit ended the search of \"s\"");
    let broken = folder.file("b.tb", "scenario \"s\" { expect rase }\n");
    run(&["check", "--bless", &broken])
        .exits(2)
        .says("has mistakes");
    run_with(&["check", "--bless", "-"], text.as_bytes())
        .exits(2)
        .says("`-` is none");
    run(&["check", "--bless", &file, "--set", "N=3"])
        .exits(2)
        .says("leave out --set");
    run(&["check", "--bless", &file, "--random", "5"]).exits(2);
    assert_eq!(fs::read_to_string(&file).expect("it is there"), text);
    // The difference does not mix with a report for a program.
    let json = run(&["check", "--bless", &file, "--format", "json"]);
    assert!(json.exits(0).out.starts_with('{') && json.err.contains("+    expect ok"));
}

/// Scenarios of the library that lost their expectations get some that hold.
#[test]
fn the_library_can_be_blessed() {
    let folder = Folder::new();
    for (n, path) in library().iter().enumerate().step_by(9) {
        let text = fs::read_to_string(path).expect("the library can be read");
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("expect "));
        let bare: String = lines.map(|line| format!("{line}\n")).collect();
        folder.file(&format!("{n}.tb"), bare);
    }
    let all = run(&["check", "--bless", "-q", folder.name()]);
    assert!(!all.out.contains("failed "), "{}", all.out);
    let left = all.err.lines();
    let left: Vec<&str> = left
        .filter(|line| !line.ends_with("has mistakes"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_protected_files_as_they_are() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let file = folder.file("a.tb", RACY);
    let link = folder.path("link.tb");
    symlink(&file, &link).expect("a link");
    let link_name = link.to_str().expect("UTF-8");
    run(&["check", "--bless", link_name]).exits(0);
    assert!(link.is_symlink());
    let text = fs::read_to_string(&file).expect("it is there");
    assert!(text.contains("expect race on count"), "{text}");
    folder.file("a.tb", RACY);
    let mut meta = fs::metadata(&file).expect("it is there").permissions();
    meta.set_readonly(true);
    fs::set_permissions(&file, meta).expect("it is ours");
    run(&["check", "--bless", &file])
        .exits(2)
        .says("cannot write");
}
