//! A second, simpler answer to who starves at a lock, on small random programs of threads
//! that go on for ever: who rests for ever is guessed. No components, no walks, no theorem
//! about sections. Choices are left out: they are fair here, each in its own way.

use crate::space::{Fair, Space, again_and_again, backwards, with_space};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Severity;
use threadbare::checker::Checker;
use threadbare::program::{Instr, ObjectId, ObjectKind, Program, SyncOp, WaitMode};

use threadbare::semantics::{Machine, State};

fn statement() -> impl Strategy<Value = String> {
    let lock = || prop_oneof![Just("a"), Just("b"), Just("c")];
    let inner = prop_oneof![
        3 => Just("skip".to_owned()),
        2 => (0..2).prop_map(|value| format!("x = {value}")),
        1 => (0..2).prop_map(|value| format!("while x != {value} {{ }}")),
        1 => (0..2).prop_map(|value| format!("wait_until(x == {value})")),
        1 => lock().prop_map(|lock| format!("if {lock}.try_lock() {{ {lock}.unlock() }}")),
        1 => Just("for _ in 0..2 { x = 0 }".to_owned()),
        1 => Just("try { if x == 0 { raise \"Odd\" } } catch \"Odd\" { x = 1 }".to_owned()),
        1 => Just("twice()".to_owned()),
    ];
    let section =
        (lock(), inner.clone()).prop_map(|(lock, inner)| format!("with {lock} {{\n {inner}\n }}"));
    let nested = (lock(), lock(), inner.clone()).prop_map(|(one, two, inner)| match one == two {
        true => format!("with {one} {{\n {inner}\n }}"),
        false => format!("with {one} {{\n with {two} {{\n {inner}\n }}\n }}"),
    });
    prop_oneof![2 => inner, 4 => section, 3 => nested]
}

fn thread() -> impl Strategy<Value = (Vec<String>, Fair)> {
    let fair = prop_oneof![6 => Just(Fair::Weak), 1 => Just(Fair::Strong), 1 => Just(Fair::Unfair)];
    (prop::collection::vec(statement(), 1..3), fair)
}

fn text(threads: &[(Vec<String>, Fair)]) -> String {
    let mut text = "scenario \"random\" {\n atomic x = 0\n lock a\n lock b\n lock c\n\
                    fn twice() {\n x = 1\n x = 0\n }\n"
        .to_owned();
    for (index, (body, fair)) in threads.iter().enumerate() {
        text += &format!(
            " thread t{index} {{\n loop {{\n {}\n }}\n }}\n",
            body.join("\n ")
        );
        text += &fair.declaration(index);
    }
    text + "}\n"
}

/// The lock that an actor is about to take, and waits for.
fn lock_before(machine: &Machine<'_>, state: &State, actor: usize) -> Option<ObjectId> {
    let Instr::Sync { op, object, .. } = machine.program().instr(machine.layout().pc(state, actor))
    else {
        return None;
    };
    let number = machine.scene(state, actor).eval(object).ok()?;
    let id = machine.object(state, actor, number)?;
    let is_lock = matches!(
        machine.program().objects[id.index()].kind,
        ObjectKind::Lock { .. }
    );
    (is_lock && *op == SyncOp::Lock(WaitMode::Wait)).then_some(id)
}

/// For each line, whether somebody starves at a lock there however fair the scheduler is.
fn starve(
    machine: &Machine<'_>,
    space: &Space,
    fair: &[Fair],
    text: &str,
) -> BTreeMap<usize, bool> {
    let mut found = BTreeMap::new();
    for actor in 0..fair.len() {
        if fair[actor] == Fair::Unfair {
            continue;
        }
        let may_move = may_move(space, actor);
        let pcs = space
            .states
            .iter()
            .map(|state| machine.layout().pc(state, actor));
        for pc in pcs.collect::<BTreeSet<_>>() {
            let here = |s: &usize| {
                machine.layout().pc(&space.states[*s], actor) == pc && may_move.contains(s)
            };
            let here: BTreeSet<usize> = (0..space.states.len()).filter(here).collect();
            let line = line(machine.program(), pc, text);
            for (level, fair) in [
                (true, &vec![Fair::Strong; fair.len()]),
                (false, &fair.to_vec()),
            ] {
                if starves(machine, space, &here, actor, fair) {
                    *found.entry(line).or_default() |= level;
                }
            }
        }
    }
    found
}

/// The states from which an actor moves on some run.
fn may_move(space: &Space, actor: usize) -> BTreeSet<usize> {
    let all: BTreeSet<usize> = (0..space.states.len()).collect();
    let moves = |s: &usize| space.steps[*s].iter().any(|&(who, _)| who == actor);
    let own = all.iter().copied().filter(moves).collect();
    backwards(&all, own, &|s| space.steps[s].clone())
}

/// Whether a fair run stays in these states, in which an actor rests and again and again
/// waits for a lock of somebody who goes on.
fn starves(
    machine: &Machine<'_>,
    space: &Space,
    here: &BTreeSet<usize>,
    actor: usize,
    fair: &[Fair],
) -> bool {
    let n = fair.len();
    (0..1_usize << n)
        .filter(|resting| resting >> actor & 1 == 1)
        .any(|resting| {
            let rests = |actor: usize| resting >> actor & 1 == 1;
            let is_able = |a: usize, s: usize| space.enabled[s].contains(&a);
            let is_allowed = |s: &usize| {
                (0..n).all(|a| !(rests(a) && fair[a] == Fair::Strong && is_able(a, *s)))
            };
            let allowed: BTreeSet<usize> = here.iter().copied().filter(is_allowed).collect();
            let waits = |s: usize| {
                let state = &space.states[s];
                let holder =
                    lock_before(machine, state, actor).and_then(|id| machine.owner(state, id));
                !is_able(actor, s) && holder.is_some_and(|holder| !rests(holder))
            };
            let idle = |a: usize, s: usize| match a == actor {
                true => waits(s),
                false => fair[a] != Fair::Weak || !is_able(a, s),
            };
            !again_and_again(space, allowed, n, &rests, &idle).is_empty()
        })
}

fn line(program: &Program, pc: u32, text: &str) -> usize {
    let at = program.site(pc).span.start as usize;
    text[..at].matches('\n').count() + 1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn who_starves_at_a_lock_agrees_with_the_oracle(
        threads in prop::collection::vec(thread(), 2..4),
    ) {
        let text = text(&threads);
        let fair: Vec<Fair> = threads.iter().map(|(_, fair)| *fair).collect();
        let report = Checker::new().check_str("random.tb", text.clone());
        let line = |message: &str| -> usize {
            let last = message.rsplit(' ').next();
            last.and_then(|line| line.parse().ok()).expect("a line at the end")
        };
        let at_lock = |line: usize| text.lines().nth(line - 1).is_some_and(|it| it.contains("with"));
        let ours: BTreeMap<usize, bool> = { report.scenarios[0].findings.iter() }
            .filter(|finding| finding.code == "S002")
            .map(|finding| (line(&finding.message), finding.severity == Severity::Error))
            .filter(|(line, _)| at_lock(*line))
            .collect();
        let answer = with_space(&text, |machine, space| starve(machine, space, &fair, &text));
        prop_assert_eq!(ours, answer, "{}", text);
    }
}
