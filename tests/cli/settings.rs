//! `threadbare.toml`: where it is found, what it may say, and what wins.

use crate::{Folder, GOOD, RACY, command, finish, run};
use std::path::Path;

/// A run in a folder.
fn run_in(folder: &Path, args: &[&str]) -> crate::Run {
    let mut command = command(args);
    finish(
        command
            .current_dir(folder)
            .output()
            .expect("it can be started"),
    )
}

#[test]
fn settings_hold_where_nothing_was_typed() {
    let folder = Folder::new();
    let racy = folder.file("deep/down/racy.tb", RACY);
    let settings = folder.file("threadbare.toml", "max-states = 2\nformat = \"short\"\n");
    run(&["check", &racy])
        .exits(3)
        .says("inconclusive[B001]: stopped after 2 states");
    run(&["check", &racy, "--max-states", "1k"])
        .exits(1)
        .says("error[R001]");
    run(&["check", &racy, "--no-config"]).exits(1).says("--> ");
    let verbose = run(&["check", &racy, "-v"]);
    assert_eq!(verbose.exits(3).err, format!("settings from {settings}\n"));
    // The nearest one counts, alone.
    folder.file("deep/threadbare.toml", "format = \"json\"\n");
    run(&["check", &racy]).exits(1).says("\"version\": 1");
    run(&["check", &racy, "--config", &settings]).exits(3);
    // A repository ends the search.
    folder.file("deep/down/.git/config", "");
    run(&["check", &racy]).exits(1).says("--> ");
}

#[test]
fn paths_are_seen_from_the_folder_of_the_file() {
    let folder = Folder::new();
    folder.file("threadbare.toml", "paths = [\"a\", \"b.tb\"]\n");
    folder.file("a/one.tb", GOOD);
    folder.file("b.tb", GOOD.replace("good", "two"));
    folder.file("c.tb", RACY);
    let here = run_in(&folder.path(""), &["check"]);
    here.exits(0).says("2 scenarios").says(" a/one.tb:");
    let below = run_in(&folder.path("a"), &["check"]);
    below.exits(0).says(" ../a/one.tb:");
    assert_eq!(
        run_in(&folder.path("a"), &["list"])
            .exits(0)
            .out
            .matches(".tb:")
            .count(),
        2
    );
    run_in(&folder.path(""), &["fmt", "--check"]).exits(0);
    // What is typed is meant.
    run_in(&folder.path(""), &["check", "c.tb"]).exits(1);
    let nothing = Folder::new();
    run_in(&nothing.path(""), &["check"])
        .exits(2)
        .says("name a file or a folder")
        .says("paths = [");
}

#[test]
fn a_report_does_not_depend_on_the_current_folder() {
    let folder = Folder::new();
    let racy = folder.file("a/racy.tb", RACY);
    folder.file("a/threadbare.toml", "level = \"expert\"\n");
    folder.file(
        "b/threadbare.toml",
        "level = \"beginner\"\nformat = \"json\"\n",
    );
    let at = |name: &str| run_in(&folder.path(name), &["check", &racy]).out;
    assert_eq!(at("a"), at("b"));
    assert_eq!(at("a"), at(""));
    assert!(at("a").contains("error[R001]"));
}

#[test]
fn constants_can_be_set_for_a_whole_folder() {
    let folder = Folder::new();
    let text =
        "scenario \"n\" {\n    const N = 1\n    atomic x = N\n    finally assert x == 1\n}\n";
    let file = folder.file("n.tb", text);
    folder.file("threadbare.toml", "set = { N = 2 }\n");
    run(&["check", &file]).exits(1);
    run(&["check", &file, "--set", "N=1"]).exits(0);
}

#[test]
fn mistakes_are_shown_at_their_place_all_at_once() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let text = "max_states = 5\nlevel = \"beginer\"\nmax-memory = 5\nbless = true\n\
                quality = 1\nset = { N = \"four\" }\nworkers = [1, 2]\ncolor = 1.5\n";
    folder.file("threadbare.toml", text);
    run(&["check", &good])
        .exits(2)
        .says("there is no setting `max_states`")
        .says("+ max-states = 5")
        .says("threadbare.toml:2:9")
        .says("it is one of beginner, normal, expert")
        .says("as in 512MiB or 4GiB")
        .says("`--bless` can only be typed")
        .says("there are ascii, color, format")
        .says("`N` cannot be set to this")
        .says("`workers` has one value")
        .says("`color` is a string or a number");
    folder.file("threadbare.toml", "paths = [\n");
    run(&["check", &good])
        .exits(2)
        .says("this is not TOML")
        .says("threadbare.toml:1:");
    folder.file("threadbare.toml", b"paths = \xff\n");
    run(&["check", &good]).exits(2).says("not UTF-8");
    run(&["check", &good, "--config", "none.toml"])
        .exits(2)
        .says("there is no such file");
    run(&["check", &good, "--config", "a", "--no-config"]).exits(2);
    // What needs no settings does not look for them.
    run_in(&folder.path(""), &["explain", "R001"]).exits(0);
    folder.file("threadbare.toml", "[".repeat(100_000));
    run(&["check", &good]).exits(2);
}

/// Whoever checks a stranger's folder risks nothing by the settings in it.
#[test]
fn settings_neither_write_nor_look_elsewhere() {
    let folder = Folder::new();
    let good = folder.file("mine/good.tb", GOOD);
    folder.file("secret.tb", "not a scenario");
    let inside = folder.path("mine");
    let said = |settings: &str| {
        folder.file("mine/threadbare.toml", settings);
        run_in(&inside, &["check"])
    };
    said("paths = [\"../secret.tb\"]")
        .exits(2)
        .says("lies outside the folder");
    said("paths = [\"/etc\"]")
        .exits(2)
        .says("lies outside the folder");
    said("paths = [\"-\"]").exits(2).says("no path of a file");
    said("paths = [\".\"]\nformat = \"html=out.html\"")
        .exits(2)
        .says("settings do not say where to write");
    assert!(!folder.path("mine/out.html").exists());
    said("paths = [\".\"]\nmax-memory = \"1000TiB\"").exits(0);
    said("paths = [\"\\u001b]0;title\\u0007\"]").exits(2);
    // Two files with different settings: neither is taken.
    folder.file("yours/threadbare.toml", "level = \"expert\"\n");
    let yours = folder.file("yours/good.tb", GOOD);
    folder.file("mine/threadbare.toml", "level = \"expert\"\n");
    run(&["check", &good, &yours])
        .exits(2)
        .says("different settings");
    run(&["check", &good, &yours, "--no-config"]).exits(0);
}
