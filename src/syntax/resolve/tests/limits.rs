//! E080 to E084, and input that is made to hurt.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::{all, body, errors};

#[test]
fn named_limits() {
    body("thread t * 112 { skip }", &[]);
    body(
        "thread t * 113 { skip }",
        &["2:12 E080 113 actors, but at most 112 are possible"],
    );
    body(
        "thread t * 60 { skip }\nthread u * 60 { skip }",
        &["3:8 E080 120 actors, but at most 112 are possible"],
    );
    body(
        "thread t * 9223372036854775807 { skip }\nthread u(i in -9223372036854775808..9223372036854775807) { skip }",
        &[
            "2:12 E080 9223372036854775807 actors, but at most 112 are possible",
            "3:15 E080 9223372036854775807 actors, but at most 112 are possible",
        ],
    );
    body("var a[65536] = 0\nthread t { a[0] = 1 }", &[]);
    body(
        "var a[65537] = 0\nthread t { skip }",
        &["2:7 E081 the length of an array is at most 65536"],
    );
    body(
        "var a[300][300] = 0\nthread t { skip }",
        &["2:1 E081 more than 65536 array elements in this scenario"],
    );
    body(
        "chan q(65536)\nchan r(65537)\nthread t { q.send(1) r.send(1) }",
        &["3:8 E082 a capacity is at most 65536"],
    );
}

#[test]
fn structs_of_structs_stay_small() {
    let mut text = "struct S0 { a: int, b: int }\n".to_owned();
    for at in 1..40 {
        let _ = writeln!(text, "struct S{at} {{ a: S{0}, b: S{0} }}", at - 1);
    }
    text.push_str("scenario \"s\" { thread t { skip } }");
    let (_, mistakes) = all(&text);
    assert!(!mistakes.is_empty() && mistakes.iter().all(|m| m.code == "E081"));
}

#[test]
fn wide_patterns_use_up_the_budget() {
    errors(
        "scenario \"s\" {\nvar x = 0\nthread t { match x { 0..2000000 => { } _ => { } } }\n}",
        &["1:1 E083 expanding this file takes more than 1000000 steps"],
    );
}

#[test]
fn functions_that_call_each_other_for_ever_longer_types_end() {
    let (_, mistakes) = all(
        "scenario \"s\" { chan a chan b chan c chan d fn f(x, y) { x.send(y) g(y, x) } fn g(x, y) { f(y, x) f(x, x) }\nthread t { f(a, b) f(c, d) f(b, c) } }",
    );
    assert!(mistakes.iter().all(|m| m.code == "E084"));
}

#[test]
fn long_chains_are_no_deep_recursion() {
    let mut sum = "1".to_owned();
    let mut both = "true".to_owned();
    let mut chain = String::new();
    for at in 0..4000 {
        let _ = write!(sum, " + x");
        if at < 2000 {
            let _ = write!(both, " && x == {at}");
        }
        let _ = write!(chain, "if x == {at} {{ skip }} else ");
    }
    body(
        &format!("var x = 0\nthread t {{ x = {sum} assert {both} {chain} {{ skip }} }}"),
        &[],
    );
}

/// The deepest trees the parser lets through, on the small stack of a test thread.
#[test]
fn the_deepest_trees_fit_on_a_small_stack() {
    let deep = |open: &str, inside: &str, close: &str, n: usize| {
        format!("{}{inside}{}", open.repeat(n), close.repeat(n))
    };
    for text in [
        deep("if x == 0 { ", "skip", " }", 120),
        deep("with m { ", "skip", " }", 120),
        deep("try { ", "skip", " } catch { }", 120),
        deep("match x { _ => { ", "skip", " } }", 60),
        format!("x = {}", deep("(1 + ", "x", ")", 120)),
        format!("x = {}", deep("min(1, ", "x", ")", 120)),
        format!("x = {}", deep("if b { ", "x", " } else { 0 }", 120)),
        format!("x = {}", deep("a[", "0", "]", 120)),
        format!("x = {}", deep("id(", "x", ")", 120)),
        format!("b = {}", deep("!", "b", "", 120)),
    ] {
        body(
            &format!(
                "lock m\nvar x = 0\nvar b = true\nvar a[2] = 0\nfn id(x) {{ return x }}\nthread t {{ {text} }}"
            ),
            &[],
        );
    }
    for text in [
        format!("x{}", ".f()".repeat(500)),
        format!("x = x{}", ".f".repeat(500)),
        format!("x = x{}", "[0]".repeat(500)),
        format!("x = q{}", ".recv()".repeat(500)),
    ] {
        let (_, mistakes) = all(&format!(
            "scenario \"s\" {{ var x = 0 chan q thread t {{ {text} }} }}"
        ));
        assert!(!mistakes.is_empty());
    }
}

#[test]
fn a_long_file_of_mistakes_is_quick() {
    let mut text = "scenario \"s\" {\n".to_owned();
    for at in 0..4000 {
        let _ = writeln!(text, "var name{at} = 0");
    }
    text.push_str("thread t {\n");
    for at in 0..20_000 {
        let _ = writeln!(text, "namee{at} = 1");
    }
    text.push_str("}\n}\n");
    let start = Instant::now();
    let (_, mistakes) = all(&text);
    assert_eq!(mistakes.len(), 100);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_long_chain_of_constants() {
    let mut text = "scenario \"s\" {\nconst C0 = 1\n".to_owned();
    for at in 1..5000 {
        let _ = writeln!(text, "const C{at} = C{} + 1", at - 1);
    }
    text.push_str("thread t { print C4999 }\n}\n");
    errors(&text, &[]);
    let mut text = "scenario \"s\" {\nthread t { print C4999 }\n".to_owned();
    for at in (1..5000).rev() {
        let _ = writeln!(text, "const C{at} = C{} + 1", at - 1);
    }
    text.push_str("const C0 = 1\n}\n");
    errors(&text, &[]);
}

/// Tokens of real scenarios, left out, doubled and exchanged: nothing panics, a
/// failure always says why, and what comes out keeps the promises of HIR.
#[test]
fn damaged_scenarios_do_no_harm() {
    let text = include_str!("everything.tb");
    let tokens = text
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .collect::<Vec<_>>();
    let mut seed = 7u64;
    let mut random = |n: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n
    };
    for _ in 0..400 {
        let mut damaged = tokens.clone();
        for _ in 0..=random(2) {
            let (a, b) = (random(damaged.len()), random(damaged.len()));
            match random(3) {
                0 => drop(damaged.remove(a)),
                1 => damaged.insert(a, tokens[b % tokens.len()]),
                _ => damaged.swap(a, b),
            }
        }
        let (_, mistakes) = all(&damaged.concat());
        assert!(mistakes.len() <= 200);
    }
}
