//! `memory gil`: the same verdicts, and for each finding whether CPython's lock
//! prevents it. The cases are those that were measured on 3.10 to 3.13.

use threadbare::Scenario;

/// Two threads that run `body`, after `before`: is the lost update found with the
/// lock, too?
#[track_caller]
fn check(before: &str, body: &str, with_the_lock: bool) {
    let text = format!(
        "scenario \"s\" {{ memory gil var c = 0 {before} thread w * 2 {{ {body} }}
         finally assert c == 2 }}"
    );
    let report = Scenario::from_text(text).check();
    let finding = report.finding("finally").expect("an update is lost");
    let mut facts = finding.facts.iter();
    let fact = facts.find(|fact| fact.key == "CPython").expect("a label");
    assert_eq!(fact.text.starts_with("can happen"), with_the_lock);
    assert_eq!(fact.text.starts_with("cannot happen"), !with_the_lock);
}

#[test]
fn updates_in_one_go_are_not_lost() {
    check("", "c += 1", false);
    check("", "let t = c c = t + 1", false);
    check("", "if c >= 0 { c = c + 1 }", false);
    check("", "for i in 0..1 { c += 1 }", false);
}

#[test]
fn a_call_in_the_middle_lets_others_in() {
    check("fn f(n) { return n + 1 }", "c = f(c)", true);
    check("fn f() { return 1 }", "let t = c c = t + f()", true);
    check("", "let t = c print t c = t + 1", true);
    check("lock m", "let t = c with m { } c = t + 1", true);
}

#[test]
fn a_loop_in_the_middle_lets_others_in() {
    check("", "let t = c for i in 0..2 { } c = t + 1", true);
}

#[test]
fn without_the_line_nothing_is_said() {
    let text = "scenario \"s\" { var c = 0 thread w * 2 { c += 1 } }";
    let report = Scenario::from_text(text).check();
    let mut facts = report.findings().flat_map(|finding| &finding.facts);
    assert!(facts.all(|fact| fact.key != "CPython"));
}

#[test]
fn what_is_found_is_the_same() {
    let findings = |memory: &str| {
        let text = format!(
            "scenario \"s\" {{ {memory} var c = 0 lock a lock b
             thread w {{ c += 1 with a {{ with b {{ }} }} }}
             thread v {{ c += 1 with b {{ with a {{ }} }} }} }}"
        );
        let report = Scenario::from_text(text).check();
        let messages = report.findings().map(|finding| finding.message.clone());
        messages.collect::<Vec<_>>()
    };
    assert_eq!(findings(""), findings("memory gil"));
}
