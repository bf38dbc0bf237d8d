//! Texts that want to break the checker or the terminal.

use crate::{Folder, Run, library, run, run_with};
use std::time::{Duration, Instant};

/// No byte that a terminal would obey; with colours, only colours.
#[track_caller]
fn is_harmless(text: &str, with_color: bool) {
    let mut rest = text.to_owned();
    if with_color {
        while let Some(at) = rest.find("\u{1b}[") {
            let end = at + rest[at..].find('m').expect("only colours");
            let inside = &rest[at + 2..end];
            let is_color = inside.chars().all(|c| c.is_ascii_digit() || c == ';');
            assert!(is_color, "{inside:?}");
            rest.replace_range(at..=end, "");
        }
    }
    for c in rest.chars() {
        let bidi = ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
        assert!(c == '\n' || !c.is_control() && !bidi, "{c:?} in {rest}");
    }
}

#[track_caller]
fn ends_well(run: &Run, codes: &[i32]) {
    let code = run.code.expect("it ends by itself");
    assert!(codes.contains(&code), "{code}\n{}\n{}", run.out, run.err);
    is_harmless(&run.out, false);
    is_harmless(&run.err, false);
}

#[test]
fn names_cannot_reach_the_terminal() {
    const NAME: &str = "\\u{1b}]0;title\\u{7}\u{1b}[31m\u{9b}31m\u{202e}evil\u{2066}\u{7f}\t";
    let folder = Folder::new();
    let text = format!(
        "/// {NAME}\nscenario \"{NAME}\" {{\n  var x = 0\n  thread t * 2 {{ x += 1 }}\n  \
         always x < 2, \"{NAME}\"\n  // {NAME}\n}}\n"
    );
    let file = folder.file("a\u{1b}[2J\u{202e}b.tb", &text);
    for args in [
        vec!["check", &file],
        vec!["check", &file, "--ascii", "-v", "--level", "beginner"],
        vec!["check", &file, "--format", "short"],
        vec!["check", &file, "--format", "short", "--ascii"],
        vec!["check", &file, "--format", "json"],
        vec!["list", &file],
        vec!["explain", "steps", &file],
        vec!["fmt", "--check", &file],
        vec!["graph", "states", &file],
        vec!["graph", "states", &file, "--format", "dot"],
        vec!["graph", "states", &file, "--format", "mermaid"],
        vec!["replay", &file, "01"],
        vec!["replay", &file, "\u{1b}[2J"],
        vec!["check", "\u{1b}[2J.tb"],
        vec!["check", &file, "--format", "\u{1b}[2J"],
        vec!["check", &file, "--scenario", "\u{1b}[2J"],
        vec!["check", &file, "--set", "\u{1b}[2J=1"],
        vec!["explain", "\u{1b}[2J"],
        vec!["\u{1b}[2J"],
    ] {
        let run = run(&args);
        is_harmless(&run.out, false);
        is_harmless(&run.err, false);
        if args.contains(&"--ascii") {
            assert!(run.out.is_ascii(), "{args:?}");
        }
    }
    for command in ["check", "list"] {
        let run = run(&[command, &file, "--color", "always"]);
        is_harmless(&run.out, true);
        is_harmless(&run.err, true);
    }
}

#[test]
fn nesting_is_an_error_however_deep() {
    for (open, n) in [
        ("{", 100_000),
        ("(", 1_000_000),
        ("[", 1_000_000),
        ("!", 1_000_000),
        ("-", 1_000_000),
        ("if true { ", 100_000),
        ("while true { ", 70_000),
    ] {
        let text = format!(
            "scenario \"deep\" {{ thread t {{ let x = {}",
            open.repeat(n)
        );
        let begin = Instant::now();
        ends_well(&run_with(&["check", "-"], text.as_bytes()), &[2]);
        assert!(begin.elapsed() < Duration::from_secs(20), "{open}");
    }
    let sum = format!(
        "scenario \"sum\" {{ var x = 0 thread t {{ x = {}1 }} }}",
        "1 + ".repeat(200_000)
    );
    ends_well(&run_with(&["check", "-"], sum.as_bytes()), &[2]);
    let calls = format!(
        "scenario \"calls\" {{ thread t {{ x{} }} }}",
        ".y()".repeat(200_000)
    );
    ends_well(&run_with(&["check", "-"], calls.as_bytes()), &[2]);
}

#[test]
fn huge_numbers_are_errors_or_limits() {
    for number in [
        "2147483648",
        "9223372036854775807",
        "18446744073709551616",
        "1e400",
    ] {
        for text in [
            "thread t * N { skip }",
            "var a[N] = 0\n thread t { a[0] = 1 }",
            "chan c(N)\n thread t { c.send(1) }",
            "sem s = N\n thread t { s.acquire() }",
            "var x = N\n thread t { x += N }",
            "thread t { for i in 0..N { skip } }",
            "thread t { x = N }\n const x = N * N * N",
        ] {
            let text = format!("scenario \"n\" {{\n {}\n}}", text.replace('N', number));
            let run = run_with(
                &["check", "-", "--max-states", "1000", "--timeout", "5s"],
                text.as_bytes(),
            );
            ends_well(&run, &[0, 1, 2, 3]);
        }
    }
}

#[test]
fn files_cut_off_anywhere_are_errors_with_places() {
    let mut texts = Vec::new();
    for path in library().iter().step_by(20) {
        let text = std::fs::read_to_string(path).expect("it can be read");
        let cuts = (0..text.len()).filter(|&at| text.is_char_boundary(at));
        for at in cuts.step_by(97) {
            texts.push(text[..at].to_owned());
        }
    }
    // One run for all: the program starts fast, but not a thousand times.
    let folder = Folder::new();
    for (index, text) in texts.iter().enumerate() {
        folder.file(&format!("{index:04}.tb"), text);
    }
    let run = run(&[
        "check",
        folder.name(),
        "--max-states",
        "20k",
        "--format",
        "short",
    ]);
    ends_well(&run, &[2]);
    assert!(!run.out.contains("internal error"));
}
