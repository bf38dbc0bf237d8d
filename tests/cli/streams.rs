//! Where output goes: colours, closed pipes, full disks, report files.

use crate::{Folder, GOOD, RACY, command, run};

#[test]
fn colours_follow_the_option_and_the_environment() {
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    let with = |variables: &[(&str, &str)], color: &str| {
        let mut command = command(&["check", &racy, "--color", color]);
        command.envs(variables.iter().copied());
        let output = command.output().expect("it can be started");
        output.stdout.contains(&0x1b)
    };
    assert!(!with(&[], "auto"), "a pipe is no terminal");
    assert!(with(&[], "always"));
    assert!(with(&[("NO_COLOR", "1")], "always"), "what is typed wins");
    assert!(with(&[("CLICOLOR_FORCE", "1")], "auto"));
    assert!(!with(&[("CLICOLOR_FORCE", "1")], "never"));
    assert!(!with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], "auto"));
    assert!(!with(&[("CLICOLOR", "1"), ("TERM", "dumb")], "auto"));
}

#[test]
fn nothing_but_reports_goes_to_standard_output() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let all = run(&["check", &good]);
    assert_eq!(all.exits(0).err, "", "there is no terminal for progress");
    let quiet = run(&["check", &good, "-q"]);
    assert_eq!(quiet.exits(0).out, "");
    let short = run(&["check", &good, "--format", "short"]);
    assert_eq!(short.exits(0).out, "");
}

#[test]
fn a_file_says_what_passed_also_where_the_terminal_is_quiet() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let page = folder.file("page.html", "");
    run(&["check", &good, "-q", "--format", &format!("html={page}")]).exits(0);
    let page = std::fs::read_to_string(page).expect("the page was written");
    assert!(page.contains("good.tb"), "{page}");
}

#[test]
fn times_are_shown_only_on_request() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    assert!(!run(&["check", &good]).exits(0).out.contains(" ms"));
    run(&["check", &good, "-v"]).exits(0).says(" ms");
}

#[test]
fn several_formats_go_to_several_places() {
    let folder = Folder::new();
    let racy = folder.file("racy.tb", RACY);
    let (json, short) = (folder.path("r.json"), folder.path("r.txt"));
    let json_arg = format!("json={}", json.display());
    let short_arg = format!("short={}", short.display());
    let run_both = || {
        run(&[
            "check", &racy, "--format", &json_arg, "--format", &short_arg,
        ])
    };
    run_both().exits(1).says("error[R001]");
    // And again, over what is there.
    run_both().exits(1);
    let json = std::fs::read_to_string(json).expect("it was written");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["version"], 1);
    let short = std::fs::read_to_string(short).expect("it was written");
    assert!(short.contains("racy.tb:3:"));
    let files = std::fs::read_dir(folder.name()).expect("a folder").count();
    assert_eq!(files, 3, "nothing else is left");
    run(&["check", &racy, "--format", "json", "--format", "short"])
        .exits(2)
        .says("two formats for standard output");
    run(&["check", &racy, "--format", "json=x", "--format", "short=x"]).exits(2);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let nowhere = format!("json={}", folder.path("none/r.json").display());
    run(&["check", &good, "--format", &nowhere])
        .exits(2)
        .says("none/r.json")
        .says("ok  good");
    let taken = format!("json={}", folder.name());
    run(&["check", &good, "--format", &taken])
        .exits(2)
        .says("it is a folder");
}

#[cfg(unix)]
#[test]
fn reports_are_not_written_through_links() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    let precious = folder.file("precious.txt", "precious");
    let link = folder.path("report.json");
    std::os::unix::fs::symlink(&precious, &link).expect("a link");
    let format = format!("json={}", link.display());
    run(&["check", &good, "--format", &format])
        .exits(2)
        .says("symbolic link");
    let kept = std::fs::read_to_string(precious).expect("a file");
    assert_eq!(kept, "precious");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let folder = Folder::new();
    let good = folder.file("good.tb", GOOD);
    run(&["check", &good, "--format", "json=/dev/full"])
        .exits(2)
        .says("/dev/full");
    let full = || {
        let options = std::fs::OpenOptions::new().write(true).open("/dev/full");
        options.expect("it is there")
    };
    for args in [vec!["check", &good], vec!["list", &good], vec!["schema"]] {
        let output = command(&args).stdout(full()).output().expect("it ends");
        let run = crate::finish(output);
        run.exits(2).says("standard output");
    }
    // Where nobody can hear it, the exit code is all there is.
    let silent = command(&["check", "none.tb"])
        .stdout(full())
        .stderr(full())
        .status()
        .expect("it ends");
    assert_eq!(silent.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly_with_the_verdict() {
    let folder = Folder::new();
    for index in 0..40 {
        folder.file(&format!("{index}.tb"), RACY);
    }
    let program = env!("CARGO_BIN_EXE_threadbare");
    let script = format!(
        "{{ '{program}' check '{}' -v; echo \"code $?\" >&2; }} | head -1",
        folder.name()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .expect("there is a shell");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(err, "code 1\n");
}
