//! `check --fix`: what it writes, and when it writes nothing.

use super::{run, run_with};
use std::fs;

const BUGGY: &str = "scenario \"counter\" {\n    var count = 0\n    thread worker * 2 {\n        \
                     count += 1 // one more\n    }\n    finally assert count == 2\n}\n";

#[test]
fn a_repair_is_written_and_the_check_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tb");
    fs::write(&path, BUGGY).expect("a file");
    let name = path.to_str().expect("a name");
    let checked = run(&["check", name, "--fix", "--yes"]);
    checked
        .exits(0)
        .says("repaired: let one lock guard `count`");
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.contains("with m { count += 1 } // one more"), "{text}");
}

#[test]
fn the_second_repair_can_be_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tb");
    fs::write(&path, BUGGY).expect("a file");
    run(&["check", path.to_str().expect("a name"), "--fix=2"]).exits(0);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.contains("atomic count = 0"), "{text}");
}

#[test]
fn without_a_terminal_nothing_is_written_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tb");
    fs::write(&path, BUGGY).expect("a file");
    let asked = run(&["check", path.to_str().expect("a name"), "--fix"]);
    asked
        .exits(2)
        .says("nobody is at the terminal")
        .says("--yes");
    assert_eq!(fs::read_to_string(&path).expect("the file"), BUGGY);
    run_with(&["check", "-", "--fix", "--yes"], BUGGY.as_bytes())
        .exits(2)
        .says("not standard input");
}

#[test]
fn what_is_expected_is_not_repaired() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tb");
    let text = BUGGY.replace(
        "    finally",
        "    expect race on count\n    expect finally\n    finally",
    );
    fs::write(&path, &text).expect("a file");
    run(&["check", path.to_str().expect("a name"), "--fix", "--yes"]).exits(0);
    assert_eq!(fs::read_to_string(&path).expect("the file"), text);
}

#[test]
fn where_no_edit_helps_nothing_is_written_and_it_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tb");
    let text = "scenario \"late\" {\n    atomic x = 0\n    thread t { x = 1 }\n    \
                finally assert x == 2\n}\n";
    fs::write(&path, text).expect("a file");
    let checked = run(&["check", path.to_str().expect("a name"), "--fix", "--yes"]);
    checked
        .exits(1)
        .says("nothing was repaired: no edit was proved to repair what is wrong");
    assert_eq!(fs::read_to_string(&path).expect("the file"), text);
}
