//! A second, simpler answer to `eventually` and `leads_to` on small random
//! programs: who moves for ever is guessed, and what is left of fairness is a
//! fixed point over sets of states, as in Emerson and Lei (1986). No components,
//! no marks, no stored graph of the checker.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::program::{Expr, Program, PropertyKind};
use threadbare::semantics::{Capacity, Chooser, Machine, State, Stop};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Fair {
    Weak,
    Strong,
    Unfair,
}

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
        match thread.fair {
            Fair::Weak => {}
            Fair::Strong => text += &format!(" fair strong t{index}\n"),
            Fair::Unfair => text += &format!(" unfair t{index}\n"),
        }
    }
    text + " " + property + "\n}\n"
}

/// The states, and for each its steps: who, and where to.
struct Space {
    states: Vec<State>,
    steps: Vec<Vec<(usize, usize)>>,
    enabled: Vec<BTreeSet<usize>>,
}

#[expect(
    clippy::mutable_key_type,
    reason = "what a state notes about looks at it takes no part in its order or hash"
)]
fn explore(machine: &Machine<'_>) -> Result<Space, Stop> {
    let initial = machine.initial(&mut ())?;
    let mut numbers = BTreeMap::from([(initial.clone(), 0)]);
    let mut space = Space {
        states: vec![initial],
        steps: Vec::new(),
        enabled: Vec::new(),
    };
    while let Some(state) = space.states.get(space.steps.len()).cloned() {
        let enabled: BTreeSet<usize> = machine.enabled(&state).collect();
        let mut steps = Vec::new();
        for &actor in &enabled {
            let mut chooser = Chooser::first();
            loop {
                let mut after = state.clone();
                match machine.step(&mut after, actor, &mut chooser, &mut ()) {
                    Ok(()) => {
                        let next = space.states.len();
                        let number = *numbers.entry(after.clone()).or_insert(next);
                        if number == next {
                            space.states.push(after);
                        }
                        steps.push((actor, number));
                    }
                    Err(Stop::Fault(_)) => {}
                    Err(other) => return Err(other),
                }
                if !chooser.advance() {
                    break;
                }
            }
        }
        space.steps.push(steps);
        space.enabled.push(enabled);
    }
    Ok(space)
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
        all.extend(again_and_again(space, allowed, fair, &rests));
    }
    all
}

/// The greatest set from each state of which, inside the set, everybody who does
/// not rest is seen to move, and everybody who rests under weak fairness is seen
/// unable to.
fn again_and_again(
    space: &Space,
    mut set: BTreeSet<usize>,
    fair: &[Fair],
    rests: &dyn Fn(usize) -> bool,
) -> BTreeSet<usize> {
    loop {
        let inner = |s: usize, set: &BTreeSet<usize>| -> Vec<(usize, usize)> {
            let steps = space.steps[s].iter().copied();
            steps
                .filter(|&(a, to)| !rests(a) && set.contains(&to))
                .collect()
        };
        let mut next = set.clone();
        for (actor, &fairness) in fair.iter().enumerate() {
            let seen: BTreeSet<usize> = set
                .iter()
                .copied()
                .filter(|&s| match (rests(actor), fairness) {
                    (false, _) => inner(s, &set).iter().any(|&(a, _)| a == actor),
                    (true, Fair::Weak) => !space.enabled[s].contains(&actor),
                    (true, _) => true,
                })
                .collect();
            // Backwards from what is to be seen, inside the set.
            let mut reaching = seen;
            loop {
                let more: Vec<usize> = set
                    .iter()
                    .copied()
                    .filter(|s| !reaching.contains(s))
                    .filter(|&s| inner(s, &set).iter().any(|(_, to)| reaching.contains(to)))
                    .collect();
                if more.is_empty() {
                    break;
                }
                reaching.extend(more);
            }
            next.retain(|s| reaching.contains(s));
        }
        next.retain(|&s| !inner(s, &set).is_empty());
        if next == set {
            return set;
        }
        set = next;
    }
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

fn answer(program: &Program, fair: &[Fair]) -> bool {
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match explore(&machine) {
            Ok(space) => return is_broken(&machine, &space, &program.properties[0].kind, fair),
            Err(Stop::Grow(more)) => capacity = more,
            Err(other) => panic!("no such limit is near: {other:?}"),
        }
    }
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
        let checker = Checker::new();
        let loaded = checker.load(&Source::new("random.tb", text.clone()));
        let (_, program) = loaded.scenarios[0].program.as_ref().unwrap_or_else(|| {
            panic!("{text}\n{:?} {:?}", loaded.diagnostics, loaded.scenarios[0].diagnostics)
        });
        let report = checker.check_str("random.tb", text.clone());
        let codes: Vec<&str> = report.scenarios[0].findings.iter().map(|f| f.code).collect();
        let broken = codes.iter().any(|code| ["A006", "A007"].contains(code));
        prop_assert_eq!(broken, answer(program, &fair), "{}\n{:?}", text, codes);
    }
}
