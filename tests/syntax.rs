//! The front end under hostile and ordinary input: never a panic, never a
//! stack overflow, never slow; and a layout that loses nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use threadbare::base::{Diagnostic, Source};
use threadbare::syntax::{ast, format, parse};

/// One scenario with every construct of the language.
const EVERYTHING: &str = include_str!("samples/everything.tb");
/// The same with comments in odd places, and lines that are too long.
const COMMENTS: &str = include_str!("samples/comments.tb");

/// Parses and formats on the stack of an ordinary test thread.
fn digest(text: &str) -> Vec<Diagnostic> {
    let source = Source::new("input.tb", text);
    let run = move || {
        let (_, mistakes) = parse(&source);
        assert!(mistakes.len() <= 100);
        for mistake in &mistakes {
            assert!(mistake.span.range().end <= source.text().len());
            assert!(source.text().get(mistake.span.range()).is_some());
        }
        assert!(mistakes.is_sorted_by_key(|mistake| mistake.span.start));
        assert_eq!(format(&source).is_err(), !mistakes.is_empty());
        mistakes
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    let done = thread.expect("a thread can be started").join();
    done.expect("no panic")
}

/// The tree as text without places.
fn shape(text: &str) -> String {
    let source = Source::new("input.tb", text);
    let (file, mistakes) = parse(&source);
    assert_eq!(mistakes, [], "in {text}");
    without_places(&file)
}

fn without_places(file: &ast::File) -> String {
    let shown = format!("{file:?}");
    let mut pieces = shown.split("Span { start: ");
    let mut shape = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        shape.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    shape
}

#[track_caller]
fn formatted(text: &str) -> String {
    format(&Source::new("input.tb", text)).expect("it parses")
}

/// Formats twice; the tree and all comments must survive.
#[track_caller]
fn survives(text: &str) {
    let once = formatted(text);
    assert_eq!(formatted(&once), once, "formatting is idempotent");
    assert_eq!(shape(&once), shape(text));
    assert_eq!(comments(&once), comments(text));
    for line in once.lines() {
        assert_eq!(line, line.trim_end());
    }
}

fn comments(text: &str) -> Vec<&str> {
    let rest_of_line = |at: usize| text[at..].lines().next().unwrap_or("").trim_end();
    text.match_indices("// ")
        .map(|(at, _)| rest_of_line(at))
        .collect()
}

fn thread(body: &str) -> String {
    format!("scenario \"s\" {{ thread t {{ {body} }} }}")
}

#[test]
fn every_construct_parses_and_survives_formatting() {
    assert_eq!(digest(EVERYTHING), []);
    assert_eq!(digest(COMMENTS), []);
    survives(EVERYTHING);
    survives(COMMENTS);
}

/// Every `.tb` file below `folder`.
fn scenario_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            scenario_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tb") {
            found.push(path);
        }
    }
}

#[test]
fn every_scenario_of_the_repository_survives_formatting() {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    scenario_files(&root.join("scenarios"), &mut files);
    scenario_files(&root.join("tests/samples"), &mut files);
    assert!(files.len() >= 2, "the samples of this test are there");
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("scenarios are UTF-8");
        if parse(&Source::new("", text.as_str())).1.is_empty() {
            survives(&text);
        }
    }
}

#[test]
fn one_line_blocks_stay_if_they_fit() {
    let kept = "scenario \"s\" {\n    thread t { with m { x += 1 } }\n}\n";
    assert_eq!(formatted(kept), kept);
    let two = "scenario \"s\" { thread t { x += 1 y = 2 } }";
    let broken = "scenario \"s\" {\n    thread t {\n        x += 1\n        y = 2\n    }\n}\n";
    assert_eq!(formatted(two), broken);
}

#[test]
fn layout_of_the_source_does_not_matter() {
    let spread = EVERYTHING
        .replace(", ", ",\n\n      ")
        .replace(" = ", "\n=\n");
    assert_eq!(shape(&spread), shape(EVERYTHING));
    assert_eq!(shape(&EVERYTHING.replace('\n', "\r\n")), shape(EVERYTHING));
}

#[test]
fn long_lines_are_broken_at_operators_and_commas() {
    survives(&thread(&format!(
        "x = {}",
        vec!["some_condition"; 20].join(" && ")
    )));
    survives(&thread(&format!(
        "f({})",
        vec!["some_argument"; 20].join(", ")
    )));
    survives(&thread(&format!(
        "f({})",
        vec!["g(some_argument, [1, 2, 3])"; 20].join(", ")
    )));
    let long = formatted(&thread(&format!(
        "f({})",
        vec!["some_argument"; 20].join(", ")
    )));
    assert!(long.lines().all(|line| line.len() <= 100));
}

#[test]
fn a_text_cut_at_any_byte_is_only_a_mistake() {
    for text in [EVERYTHING, COMMENTS] {
        let cuts = (0..text.len()).filter(|&at| text.is_char_boundary(at));
        for at in cuts {
            let source = Source::new("cut.tb", &text[..at]);
            let (_, mistakes) = parse(&source);
            assert!(mistakes.len() <= 100);
            let _ = format(&source);
        }
    }
}

#[test]
fn a_text_without_any_one_token_is_only_a_mistake() {
    let words: Vec<&str> = EVERYTHING.split_inclusive([' ', '\n', '(', '{']).collect();
    for left_out in 0..words.len() {
        let text: String = words[..left_out]
            .iter()
            .chain(&words[left_out + 1..])
            .copied()
            .collect();
        let source = Source::new("hole.tb", text);
        let (_, mistakes) = parse(&source);
        assert!(
            mistakes.len() <= 30,
            "one hole, {} mistakes",
            mistakes.len()
        );
    }
}

#[test]
fn nesting_of_any_depth_is_refused_without_overflow() {
    let openers = [
        "(",
        "[",
        "{",
        "-",
        "!",
        "- ",
        "f(",
        "a[",
        "x = (",
        "if x {",
        "if x { } else { ",
        "while x {",
        "loop {",
        "with m {",
        "atomic {",
        "either {",
        "match x { A => {",
        "select { timeout => {",
        "try {",
        "@a: ",
        "await ",
        "spawn f(",
        "if a { b } else if ",
        "x = if a { ",
        "f(if a {",
        "for i in (",
        "thread t {",
        "scenario \"s\" {",
        "if x:\n",
        "not ",
        "a.b(",
        "a[b.c(",
        "else if x { } ",
        "/*",
        "fn f(",
        "1 + (",
        "a || b && c == d | e ^ f & g << h + i * (",
    ];
    for opener in openers {
        for count in [100, 127, 128, 129, 1000, 10_000] {
            let deep = opener.repeat(count.min(900_000 / opener.len()));
            digest(&thread(&deep));
            digest(&deep);
            digest(&thread(&format!("x = {deep}")));
        }
        let most = 1_000_000 / opener.len();
        digest(&thread(&format!("x = {}", opener.repeat(most))));
    }
}

#[test]
fn chains_of_any_length_are_refused_without_overflow() {
    let links = [
        ".a", "[0]", ".a()", "(1)", " + 1", " && b", " == 1", " < 2", ".await", " = a", "#1",
        "::b", ", a", "..1",
    ];
    for link in links {
        for count in [100, 511, 512, 4096, 4097, 100_000] {
            digest(&thread(&format!("x = a{}", link.repeat(count))));
        }
    }
    for count in [100, 4095, 4097, 30_000] {
        digest(&thread(&format!(
            "if a {{ }} {}",
            "else if b { } ".repeat(count)
        )));
        digest(&thread(&format!(
            "x = if a {{ 1 }} {} else {{ 2 }}",
            "else if b { 1 } ".repeat(count)
        )));
    }
}

#[test]
fn limits_hold_exactly() {
    let nested = |count: usize| format!("x = {}1{}", "(".repeat(count), ")".repeat(count));
    // The scenario and the thread are two levels.
    assert_eq!(digest(&thread(&nested(126))), []);
    assert_eq!(digest(&thread(&nested(127)))[0].code, "E004");
    let chain = |count: usize| format!("x = 1{}", " + 1".repeat(count));
    assert_eq!(digest(&thread(&chain(4096))), []);
    assert_eq!(digest(&thread(&chain(4097)))[0].code, "E004");
    let branches = |count: usize| format!("if a {{}} {}", "else if a {} ".repeat(count));
    assert_eq!(digest(&thread(&branches(4095))), []);
    assert_eq!(digest(&thread(&branches(4096)))[0].code, "E004");
    let size = |count: usize| {
        format!(
            "{}{}",
            thread("skip"),
            " ".repeat(count - thread("skip").len())
        )
    };
    assert_eq!(digest(&size(1 << 20)), []);
    assert_eq!(digest(&size((1 << 20) + 1))[0].code, "E004");
}

#[test]
fn huge_numbers_are_refused() {
    for (number, fits) in [
        ("9223372036854775807", true),
        ("-9223372036854775808", true),
        ("9223372036854775808", false),
        ("18446744073709551616", false),
        ("0xffff_ffff_ffff_ffff_ffff", false),
        ("1e400", false),
    ] {
        let mistakes = digest(&thread(&format!("x = {number}")));
        assert_eq!(mistakes.is_empty(), fits, "{number}");
    }
    digest(&thread(&format!("x = {}", "9".repeat(1_000_000))));
}

/// Roughly a mebibyte of `piece`, alone and in a thread, parsed twice in under two seconds.
#[track_caller]
fn quick(piece: &str) {
    let text = piece.repeat(((1 << 20) - 64) / piece.len());
    for text in [thread(&text), text] {
        let started = Instant::now();
        digest(&text);
        let elapsed = started.elapsed();
        assert!(
            elapsed < Duration::from_secs(2),
            "{elapsed:?} for {piece:?}"
        );
    }
}

#[test]
fn a_mebibyte_of_anything_is_read_in_under_a_second() {
    let pieces = [
        "$",
        "'",
        "\"",
        "\\",
        "}",
        "{",
        ";",
        ",",
        "x",
        "x ",
        "x\n",
        "x = 1\n",
        "x = )\n",
        "if ",
        "é",
        "0",
        "0 ",
        "(",
        ") ",
        "// c\n",
        "/* */",
        "/*",
        "f(",
        "\u{202e}",
        "@",
        "a.b ",
        "scenario \"s\" { }\n",
        "thread t { }\n",
        "lock m ",
        "= ",
        "theard t { x }\n",
        "x = 'a\n",
        "x: ",
        "} {",
        "\n",
        "[1,\n",
        "expect ",
        "else ",
        "return ",
        "\"a\n",
        "‘",
        "“",
        "a\u{200d}",
    ];
    for piece in pieces {
        quick(piece);
    }
}

/// Words, punctuation and oddities, in any order.
fn token() -> impl Strategy<Value = &'static str> {
    let words: Vec<&'static str> = EVERYTHING.split_whitespace().collect();
    let pieces = vec![
        "{", "}", "(", ")", "[", "]", ",", ";", ":", "::", ".", "..", "..=", "=", "==", "=>", "->",
        "<", "<=", "+", "+=", "-", "*", "/", "%", "&", "&&", "|", "||", "^", "!", "!=", "@", "#",
        "?", "~", "$", "'", "\"", "\"s\"", "\n", "1", "x", "_", "// c\n", "/*", "*/", "é",
        "\u{202e}", "elif", "mutex", "\\",
    ];
    prop_oneof![prop::sample::select(words), prop::sample::select(pieces)]
}

proptest! {
    #[test]
    fn token_soup_never_panics(tokens in prop::collection::vec(token(), 0..200), spaced: bool) {
        let text = tokens.join(if spaced { " " } else { "" });
        let source = Source::new("soup.tb", text);
        let (_, mistakes) = parse(&source);
        prop_assert_eq!(format(&source).is_err(), !mistakes.is_empty());
    }

    /// A file that is nearly right, where recovery has most to decide.
    #[test]
    fn exchanged_tokens_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), token()), 1..6),
    ) {
        let mut words: Vec<&str> = EVERYTHING.split_inclusive([' ', '\n', '(']).collect();
        for (place, token) in changes {
            let at = place.index(words.len());
            words[at] = token;
        }
        let source = Source::new("changed.tb", words.concat());
        let (_, mistakes) = parse(&source);
        prop_assert_eq!(format(&source).is_err(), !mistakes.is_empty());
    }

    #[test]
    fn any_text_never_panics(text in "\\PC*") {
        let _ = format(&Source::new("any.tb", text));
    }

    /// Statements in random order, on one line or many, with comments between.
    #[test]
    fn formatting_random_statements_loses_nothing(
        stmts in prop::collection::vec(prop::sample::select(STATEMENTS.to_vec()), 0..12),
        gaps in prop::collection::vec(prop::sample::select(vec![" ", "\n", "\n\n\n", " ; ", " // note\n", "\n// own\n", " /* in */ "]), 13),
    ) {
        let mut body = String::new();
        for (stmt, gap) in stmts.iter().zip(&gaps) {
            body.push_str(stmt);
            body.push_str(gap);
        }
        survives(&thread(&body));
    }
}

/// Statements for the random programs above.
const STATEMENTS: [&str; 12] = [
    "x += 1",
    "with m { x += 1 }",
    "if a { x = 1 } else { y = 2 }",
    "if a {\n x = 1 } // then\n else { y = 2 }",
    "loop { // forever\n break }",
    "f(1, // one\n 2)",
    "let a = [1, 2,]",
    "match x { A => { } B => y = 1, _ => { skip } }",
    "either { x = 1 } or { x = 2; y = 3 }",
    "assert x == 1 && // why\n y == 2, \"message\"",
    "@a: m.lock()",
    "while x /* odd */ < 3 { // dangling\n }",
];
