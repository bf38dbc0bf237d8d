//! What a finding says fits what the program does, and what was seen of it.

use threadbare::checker::{Checker, Repairs};
use threadbare::report::ScenarioReport;
use threadbare::report::human::{self, Style};

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

/// The first scenario of a text, and its page.
fn checked(text: &str) -> (ScenarioReport, String) {
    let checker = Checker::new().repairs(Repairs::Always);
    let report = checker.check_str("scenario.tb", text);
    let page = human::render(&report, &Style::default());
    let first = report.scenarios.into_iter().next();
    (first.expect("there is one"), page)
}

#[test]
fn permits_that_were_released_too_often_are_not_said_to_be_as_before() {
    let page = |body: &str| {
        let (_, page) = checked(&format!("scenario \"permits\" {{ sem s = 1 {body} }}"));
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let as_before = page("thread t * 2 { with s { skip } }");
    assert!(
        as_before.contains("`s` is 1 again at the end"),
        "{as_before}"
    );
    let more = page("thread t { with s { skip } either { s.release() } or { skip } }");
    assert!(more.contains("`s` is never below 1 at the end"), "{more}");
}

/// Nobody has asked the main task to stop, so `asyncio.run` would raise.
#[test]
fn a_main_task_that_awaits_a_cancelled_one_dies_of_it() {
    let text = |await_it: &str| {
        format!(
            "scenario \"cancelled\" {{
                fn work() {{ await io() }}
                main task main {{
                    let t = spawn task work()
                    await yield
                    t.cancel()
                    {await_it}
                }}
            }}"
        )
    };
    let (report, page) = checked(&text("await t"));
    assert_eq!(report.findings[0].code, "K003", "{page}");
    assert!(
        page.contains("the whole program fails with `Cancelled`"),
        "{page}"
    );
    let (report, page) = checked(&text(
        "try { await t } catch \"Cancelled\" { print \"stopped\" }",
    ));
    assert_eq!(report.findings.len(), 0, "{page}");
}

/// Who waits for somebody that still runs is not stuck behind a circle.
#[test]
fn only_who_waits_for_the_circle_is_stuck_behind_it() {
    let (_, page) = checked(
        "scenario \"beside\" {
            lock a  lock b  event e
            thread t1 { with a { with b { skip } } }
            thread t2 { with b { with a { skip } } }
            thread t3 { e.wait() }
            thread t4 { e.set() }
            thread t5 { with a { skip } }
        }",
    );
    let lines: Vec<&str> = page.lines().map(str::trim).collect();
    let below = |title: &str| {
        let at = lines.iter().position(|&line| line == title);
        lines[at.expect("the title is there") + 1]
    };
    assert!(
        below("stuck behind it").starts_with("t5 waits for a"),
        "{page}"
    );
    assert!(
        below("waiting, too").starts_with("t3 waits for e"),
        "{page}"
    );
}

#[test]
fn a_warning_that_was_expected_as_an_error_is_named() {
    let (report, page) = checked(
        "scenario \"warning\" {
            atomic stop = false
            thread worker { while !stop { yield } }
            thread other { stop = true }
            expect spinning of worker
        }",
    );
    let unmet = report.findings.iter().find(|it| it.code == "X001");
    let unmet = unmet.expect("a warning is no error");
    assert!(unmet.message.contains("only a warning"), "{page}");
    assert!(
        unmet.helps[0].text.contains("`expect warning S003`"),
        "{page}"
    );
}

/// The picture of a finding is of that finding, also if it is not the first of the file.
#[test]
fn commands_for_pictures_say_which_finding_is_meant() {
    let circle = "lock a  lock b
        thread t1 { with a { with b { skip } } }
        thread t2 { with b { with a { skip } } }";
    let text = format!(
        "scenario \"one\" {{ {circle} }}
         scenario \"two\" {{ {circle} event e thread t3 {{ e.wait() }} }}"
    );
    let report = Checker::new().check_str("scenario.tb", text);
    let pictures: Vec<String> = { report.scenarios.iter().flat_map(|it| &it.findings) }
        .filter_map(|it| {
            let token = &it.schedule.as_ref()?.token;
            Some(
                it.picture
                    .as_ref()?
                    .replace(token.as_str(), "TOKEN")
                    .replace('\'', ""),
            )
        })
        .collect();
    let with_token = "graph waits --token TOKEN".to_owned();
    assert_eq!(pictures[0], "graph waits");
    assert!(pictures.len() > 2, "{pictures:?}");
    assert!(
        pictures[1..].iter().all(|it| *it == with_token),
        "{pictures:?}"
    );
}

/// A lock helps nobody where only one actor has moved.
#[test]
fn what_one_actor_does_alone_is_not_blamed_on_others() {
    let says = |code: &str, body: &str| says(&Checker::new(), code, body);
    let alone = [
        says("A002", "var x = 0 thread a { x = 2 } always x < 2"),
        says("A003", "var x = 0 thread a { x = 7 } finally assert x == 8"),
        says("O003", "thread a { let x = 0 print 1 / x }"),
    ];
    for said in alone {
        assert!(said.contains("no other actor"), "{said}");
    }
    let between = says(
        "A002",
        "var x = 0 var y = 0 thread a { x = 1 y = 1 } always x == y",
    );
    assert!(between.contains("in one step"), "{between}");
}

/// Of two repairs that remove all errors, one that leaves a warning comes later.
#[test]
fn a_repair_without_a_warning_comes_first() {
    let (report, _) = checked(
        "scenario \"notify\" {
            lock m  cond c on m  var ready = false
            thread waiter { with m { while !ready { c.wait() } } }
            thread notifier { ready = true c.notify() }
        }",
    );
    let race = report.findings.iter().find(|it| it.code == "R001");
    let helps = &race.expect("there is a race").helps;
    assert!(
        helps[0].text.contains("notify inside one `with m`"),
        "{helps:?}"
    );
}
