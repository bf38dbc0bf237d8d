//! Runs for ever under CPython's lock, on small random programs: whoever is only kept back
//! by another's turn is not blocked, and every run that is found can be replayed.

use proptest::prelude::*;
use threadbare::Checker;

fn statement() -> impl Strategy<Value = String> {
    let write = || {
        (
            prop_oneof![Just("y"), Just("z")],
            prop_oneof![Just("0"), Just("1"), Just("z")],
        )
    };
    let plain = || {
        let writes = prop::collection::vec(write(), 1..4);
        writes.prop_map(|all| {
            let all = all.iter().map(|(to, from)| format!("{to} = {from}"));
            all.collect::<Vec<_>>().join("\n  ")
        })
    };
    let lock = prop_oneof![Just("a"), Just("b")];
    prop_oneof![
        4 => plain(),
        3 => (lock, plain()).prop_map(|(lock, inner)| format!("with {lock} {{\n  {inner}\n }}")),
        1 => plain().prop_map(|inner| format!("s.acquire()\n {inner}\n s.release()")),
        2 => write().prop_map(|(of, _)| format!("wait_until({of} == 1)")),
        1 => write().prop_map(|(of, _)| format!("wait_until({of} == 0)")),
        1 => write().prop_map(|(of, _)| format!("while {of} == 0 {{ }}")),
    ]
}

fn thread() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let statements = |n| prop::collection::vec(statement(), n);
    (statements(0..2), statements(1..3))
}

fn text(threads: &[(Vec<String>, Vec<String>)]) -> String {
    let mut text =
        "scenario \"random\" {\n memory gil\n var y = 0\n var z = 0\n lock a\n lock b\n \
                    sem s = 1\n"
            .to_owned();
    for (index, (once, again)) in threads.iter().enumerate() {
        let (once, again) = (once.join("\n "), again.join("\n "));
        text += &format!(" thread t{index} {{\n {once}\n loop {{\n {again}\n }}\n }}\n");
    }
    text + "}\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_under_the_lock_can_be_replayed(
        threads in prop::collection::vec(thread(), 2..4),
    ) {
        let text = text(&threads);
        let report = Checker::new().max_states(6_000).check_str("random.tb", &text);
        let findings = report.scenarios[0].findings.iter().filter(|it| it.schedule.is_some());
        for finding in findings {
            let said = finding.facts.iter().any(|fact| fact.key == "CPython");
            prop_assert!(said, "{}\n{}", text, finding.message);
        }
    }
}
