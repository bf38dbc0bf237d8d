//! A second, simpler answer to `eventually` and `leads_to` on small random
//! programs: who moves for ever is guessed, and what is left of fairness is a
//! fixed point over sets of states, as in Emerson and Lei (1986). No components,
//! no marks, no stored graph of the checker.

use crate::space::{Fair, Space, again_and_again, with_space};
use proptest::prelude::*;
use std::collections::BTreeSet;
use threadbare::checker::Checker;
use threadbare::program::{Expr, PropertyKind};
use threadbare::semantics::Machine;

#[derive(Clone, Debug)]
struct Thread {
    body: Vec<String>,
    looping: bool,
    fair: Fair,
}

fn statement() -> impl Strategy<Value = String> {
    let var = prop_oneof![Just("x"), Just("y")];
    let var2 = prop_oneof![Just("x"), Just("y")];
    prop_oneof![
        3 => (var.clone(), 0..3).prop_map(|(v, c)| format!("{v} = {c}")),
        2 => (var.clone(), 0..3).prop_map(|(v, c)| format!("wait_until({v} == {c})")),
        1 => (var.clone(), 0..3).prop_map(|(v, c)| format!("while {v} != {c} {{ }}")),
        1 => (var.clone(), 0..3, var2, 0..3)
            .prop_map(|(v, c, w, d)| format!("if {v} == {c} {{ {w} = {d} }}")),
        1 => (var, 0..3).prop_map(|(v, c)| format!("with m {{ {v} = {c} }}")),
        1 => Just("with m { skip }".to_owned()),
        1 => Just("if m.try_lock() { m.unlock() } else { x = 0 }".to_owned()),
        1 => Just("either { y = 1 } or { y = 2 }".to_owned()),
        1 => Just("s.release()".to_owned()),
        1 => Just("s.acquire()".to_owned()),
    ]
}

fn thread() -> impl Strategy<Value = Thread> {
    let fair = prop_oneof![3 => Just(Fair::Weak), 2 => Just(Fair::Strong), 1 => Just(Fair::Unfair)];
    (
        prop::collection::vec(statement(), 1..4),
        any::<bool>(),
        fair,
    )
        .prop_map(|(body, looping, fair)| Thread {
            body,
            looping,
            fair,
        })
}

fn property() -> impl Strategy<Value = String> {
    let claim = (prop_oneof![Just("x"), Just("y")], 0..3).prop_map(|(v, c)| format!("{v} == {c}"));
    prop_oneof![
        claim.clone().prop_map(|e| format!("eventually {e}")),
        (claim.clone(), claim).prop_map(|(p, q)| format!("{p} leads_to {q}")),
    ]
}

fn text(threads: &[Thread], property: &str) -> String {
    let mut text =
        "scenario \"random\" {\n atomic x = 0\n atomic y = 0\n lock m\n bounded sem s = 1\n"
            .replace("bounded sem s = 1", "sem s = 0 max 9");
    for (index, thread) in threads.iter().enumerate() {
        // A semaphore that only grows would have no end.
        let body = thread
            .body
            .join("\n  ")
            .replace("s.release()", "if s.value() < 1 { s.release() }");
        let body = if thread.looping {
            format!("loop {{ {body}\n }}")
        } else {
            body
        };
        text += &format!(" thread t{index} {{\n  {body}\n }}\n");
        text += &thread.fair.declaration(index);
    }
    text + " " + property + "\n}\n"
}

/// The states of `inside` from which a fair run stays inside for ever.
fn fair_for_ever(space: &Space, inside: &BTreeSet<usize>, fair: &[Fair]) -> BTreeSet<usize> {
    let n = fair.len();
    let mut all = BTreeSet::new();
    for resting in 0..1_usize << n {
        let rests = |actor: usize| resting >> actor & 1 == 1;
        let allowed: BTreeSet<usize> = inside
            .iter()
            .copied()
            .filter(|&s| {
                (0..n).all(|a| {
                    !(rests(a) && fair[a] == Fair::Strong && space.enabled[s].contains(&a))
                })
            })
            .collect();
        // Who rests under weak fairness is seen unable to move.
        let idle = |a: usize, s: usize| fair[a] != Fair::Weak || !space.enabled[s].contains(&a);
        all.extend(again_and_again(space, allowed, n, &rests, &idle));
    }
    all
}

/// Whether some fair run breaks the property.
fn is_broken(machine: &Machine<'_>, space: &Space, kind: &PropertyKind, fair: &[Fair]) -> bool {
    let holds = |expr: &Expr, s: usize| machine.overview(&space.states[s]).eval(expr) != Ok(0);
    let all = 0..space.states.len();
    let (begins, wanted): (Vec<usize>, &Expr) = match kind {
        PropertyKind::Eventually(e) => (vec![0], e),
        PropertyKind::LeadsTo(p, q) => (all.clone().filter(|&s| holds(p, s)).collect(), q),
        _ => panic!("only these are asked"),
    };
    let inside: BTreeSet<usize> = all.filter(|&s| !holds(wanted, s)).collect();
    let mut reached: BTreeSet<usize> = begins.into_iter().filter(|s| inside.contains(s)).collect();
    let mut todo: Vec<usize> = reached.iter().copied().collect();
    while let Some(s) = todo.pop() {
        for &(_, to) in &space.steps[s] {
            if inside.contains(&to) && reached.insert(to) {
                todo.push(to);
            }
        }
    }
    let ends = |s: &usize| {
        let mut able = space.enabled[*s].iter();
        able.all(|&actor| fair[actor] == Fair::Unfair)
    };
    let for_ever = fair_for_ever(space, &inside, fair);
    reached.iter().any(|s| ends(s) || for_ever.contains(s))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whole_run_properties_agree_with_the_oracle(
        threads in prop::collection::vec(thread(), 1..4),
        property in property(),
    ) {
        let text = text(&threads, &property);
        let fair: Vec<Fair> = threads.iter().map(|thread| thread.fair).collect();
        let report = Checker::new().check_str("random.tb", text.clone());
        let codes: Vec<&str> = report.scenarios[0].findings.iter().map(|f| f.code).collect();
        let broken = codes.iter().any(|code| ["A006", "A007"].contains(code));
        let answer = with_space(&text, |machine, space| {
            let kind = &machine.program().properties[0].kind;
            is_broken(machine, space, kind, &fair)
        });
        prop_assert_eq!(broken, answer, "{}\n{:?}", text, codes);
    }
}
