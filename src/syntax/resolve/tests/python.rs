//! What people bring from Python: what is said about it, and that the repairs work.

use super::{all, body};
use crate::base::Source;
use crate::syntax::parse;

/// Applies the repairs of all mistakes, one after the other, until there are none.
#[track_caller]
fn repaired(text: &str, expected: &str) {
    let mut text = format!("scenario \"s\" {{\n{text}\n}}\n");
    for _ in 0..10 {
        let (_, mistakes) = all(&text);
        let Some(mistake) = mistakes.first() else {
            break;
        };
        let fix = mistake.fix.as_ref();
        let fix = fix.unwrap_or_else(|| panic!("no repair of {mistake:?} in {text}"));
        text.replace_range(fix.span.range(), &fix.replacement);
    }
    assert_eq!(all(&text).1, [], "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1..lines.len() - 1].join("\n"), expected);
}

#[test]
fn forms_of_python_are_repaired() {
    // In Python the comparison comes before `not`.
    repaired(
        "var x = 0\nthread t { while not x == 1 and not x > 2 { sleep } }",
        "var x = 0\nthread t { while !(x == 1) && !(x > 2) { sleep } }",
    );
    repaired(
        "atomic done = false\nthread t { if not done { skip } }",
        "atomic done = false\nthread t { if !done { skip } }",
    );
    repaired(
        "var x = 0\nthread t { if x is not 1 { skip } }",
        "var x = 0\nthread t { if x != 1 { skip } }",
    );
    repaired(
        "var x = 0\nthread t {\n global x\n x = 1\n}",
        "var x = 0\nthread t {\n \n x = 1\n}",
    );
    repaired(
        "lock m # guards x\n# and more\nthread t { with m: { skip } }",
        "lock m // guards x\n// and more\nthread t { with m { skip } }",
    );
    repaired(
        "fn f() { skip }\nthread t {\n y = 3\n w = spawn f()\n w.join()\n print y\n}",
        "fn f() { skip }\nthread t {\n let y = 3\n let w = spawn f()\n w.join()\n print y\n}",
    );
    repaired(
        "thread t { try { raise ValueError(\"bad\") } except ValueError as e { skip } }",
        "thread t { try { raise \"ValueError\" } catch \"ValueError\" { skip } }",
    );
    repaired(
        "import threading\nfrom queue import Queue\nthread t { skip }",
        "\n\nthread t { skip }",
    );
    repaired(
        "lock m\nthread t { with m as held { skip } }",
        "lock m\nthread t { with m { skip } }",
    );
    repaired(
        "fn f(n) { print n }\nthread t { f(n=1) }",
        "fn f(n) { print n }\nthread t { f(1) }",
    );
}

/// What the help of the first mistake says.
#[track_caller]
fn helps(text: &str, expected: &str) {
    let (_, mistakes) = all(&format!("scenario \"s\" {{\n{text}\n}}\n"));
    let mut helps = mistakes.iter().flat_map(|it| &it.help);
    assert!(
        helps.any(|help| help.contains(expected)),
        "{text}: {mistakes:#?}"
    );
}

#[test]
fn what_has_no_repair_has_a_word_of_advice() {
    helps("event e\nthread t { e.wait(timeout=1) }", "ends in `_for`");
    helps(
        "lock m\nthread t { m.acquire(blocking=False) }",
        "m.try_lock()",
    );
    helps("var x = 2\nthread t { let y = x ** 2 }", "x * x");
    helps("thread t { for i in range(3) { skip } }", "for i in 0..3");
    helps("thread t { time.sleep(1) }", "write `sleep`");
    helps("lock m\nthread t { if m.lock() { skip } }", "try_lock()");
    helps(
        "var x = 1\nthread t { skip }\nfinally { assert x == 1 }",
        "finally assert",
    );
    helps(
        "lock m\ncond c on m\nvar n = 0\nthread t { with m { c.wait_for(n > 0) } }",
        "while !ready { c.wait() }",
    );
}

#[test]
fn names_of_python_may_be_used_as_names() {
    body("fn main() { skip }\nthread t { main() }", &[]);
    body(
        "fn main() { skip }\nthread t { let h = spawn main() h.join() }",
        &[],
    );
    body(
        "var not = 0\nvar global = 1\nthread t { global = not }",
        &[],
    );
    body(
        "thread t * 2 { skip }\nalways t#1.x == 0",
        &["3:12 E020 no local `x` in `t`"],
    );
    body(
        "fn main() { skip }\nthread t { skip }",
        &["2:1 E007 nothing calls `fn main`"],
    );
}

#[test]
fn what_stands_before_a_scenario_in_python_is_told_once() {
    let (_, mistakes) = all("# counts\nimport threading\nscenario \"s\" { thread t { skip } }");
    let told: Vec<&str> = mistakes.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "a comment does not begin with `#`",
            "there is no `import` here"
        ]
    );
    let source = Source::new("counter.py", "import threading\n\ndef f():\n    pass\n");
    let (_, mistakes) = parse(&source);
    let [mistake] = mistakes.as_slice() else {
        panic!("{mistakes:#?}");
    };
    assert_eq!(mistake.message, "this file is a program of Python");
}
