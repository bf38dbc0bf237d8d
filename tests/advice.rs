//! What a finding says fits what the program does, and what was seen of it.

use threadbare::checker::Checker;

/// What the first finding with this code says, and what it advises.
#[track_caller]
fn says(checker: &Checker, code: &str, body: &str) -> String {
    let text = format!("scenario \"advice\" {{ {body} }}");
    let report = checker.check_str("scenario.tb", &text);
    let mut findings = report.scenarios[0].findings.iter();
    let finding = findings.find(|it| it.code == code);
    let finding = finding.expect("it is found");
    let helps = finding.helps.iter().map(|help| help.text.as_str());
    let all: Vec<&str> = std::iter::once(finding.message.as_str())
        .chain(helps)
        .collect();
    all.join("\n")
}

#[test]
fn advice_fits_what_the_program_does() {
    let says = |code: &str, body: &str| says(&Checker::new(), code, body);
    let nobody = says("D002", "event e thread a { e.wait() }");
    assert!(nobody.contains("nobody ever sets `e`"), "{nobody}");
    let early = says(
        "D002",
        "event e thread a { e.wait() } thread b { either { e.set() } or { } }",
    );
    assert!(early.contains("on every way out"), "{early}");
    let silent = says(
        "D002",
        "lock m cond c on m thread a { with m { c.wait() } }",
    );
    assert!(silent.contains("nobody ever notifies `c`"), "{silent}");
    let alone = says("A001", "thread a { let x = 1 assert x == 2 }");
    assert!(alone.contains("no other actor"), "{alone}");
}

#[test]
fn nothing_is_said_of_all_runs_where_some_were_not_seen() {
    let body = "atomic done = false  atomic k = 0
        fn f() { done = true }
        thread t {
            let h = spawn f()
            either { wait_until(done) } or { for i in 0..200 { k += 1 } }
        }";
    let few = says(&Checker::new().max_states(100), "K001", body);
    assert!(few.contains("in all runs that were seen"), "{few}");
    let all = says(&Checker::new(), "K001", body);
    assert!(all.contains("it can still run"), "{all}");
}

/// Where no run ends, nobody has seen what is left over at the end.
#[test]
fn a_deadlock_on_every_run_says_what_was_not_seen() {
    let facts = |body: &str| {
        let text = format!("scenario \"unended\" {{ {body} }}");
        let report = Checker::new().check_str("scenario.tb", &text);
        let finding = report.scenarios[0].findings[0].clone();
        assert_eq!(finding.code, "D002");
        let facts = finding.facts.into_iter();
        facts
            .filter(|fact| fact.key == "not seen yet")
            .map(|fact| fact.text)
            .collect::<Vec<_>>()
    };
    let stuck = "event e  thread a { e.wait() }";
    assert_eq!(facts(stuck), Vec::<String>::new());
    let spawns = "fn f() { skip }  thread b { let h = spawn f() }";
    let [said] = &facts(&format!("{stuck} {spawns}"))[..] else {
        panic!("it is said once");
    };
    assert!(said.contains("(threads that nobody joins)"), "{said}");
    let not_always = "thread c { either { e.set() } or { skip } }";
    assert_eq!(
        facts(&format!("{stuck} {spawns} {not_always}")),
        Vec::<String>::new()
    );
}
