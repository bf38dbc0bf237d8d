//! Dead registers: forgetting them merges states and changes nothing else.

use std::collections::BTreeSet;

use threadbare::explore::{Limits, Observer, Taken, Visit, search};
use threadbare::program::{Parts, Program};
use threadbare::semantics::{Capacity, Machine, State};

use super::program;

/// Where executions end: memory in states without a next step, and faults.
#[derive(Default)]
struct Ends(BTreeSet<String>);

impl Observer for Ends {
    type View = ();
    type Memory = ();

    fn view(&self, _: &Machine<'_>, _: &State, _: usize) {}

    fn fork(&self) -> Self {
        Ends::default()
    }

    fn merge(&mut self, piece: Self) {
        self.0.extend(piece.0);
    }

    fn visit(&mut self, visit: Visit<'_>) {
        if visit.enabled.is_empty() {
            let cells = visit.machine.program().cells.len();
            let words = &visit.state.words()[..cells];
            self.0.insert(format!("{words:?}"));
        }
    }

    fn taken(&mut self, taken: Taken<'_>) {
        if let Some(fault) = taken.fault {
            self.0.insert(format!("{fault:?}"));
        }
        for incident in taken.incidents {
            self.0.insert(format!("{incident:?}"));
        }
    }

    fn executed(&mut self, _: &[bool]) {}
}

fn explore(program: &Program) -> (BTreeSet<String>, u32) {
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        let mut ends = Ends::default();
        let found = search(
            &machine,
            &Limits::default(),
            1,
            &mut ends,
            &mut |_, _, _| {},
        );
        match found {
            Ok(search) => return (ends.0, search.n_states()),
            Err(more) => capacity = more,
        }
    }
}

/// Explores with and without forgetting: the ends must agree; returns the states of both.
#[track_caller]
fn states(body: &str) -> (u32, u32) {
    let program = program(body);
    let mut parts: Parts = (*program).clone();
    parts
        .dead
        .iter_mut()
        .for_each(|dead| *dead = Box::default());
    let remembering = Program::new(parts).expect("only lists of dead registers changed");
    let (ends, forgetful) = explore(&program);
    let (all_ends, full) = explore(&remembering);
    assert_eq!(ends, all_ends);
    (forgetful, full)
}

#[test]
fn the_value_a_racing_counter_read_is_dead_after_its_store() {
    let (forgetful, full) = states("var x = 0 thread t * 2 { x += 1 x += 1 }");
    assert!(forgetful < full, "{forgetful} of {full}");
}

#[test]
fn values_live_across_calls_and_exceptions_are_kept() {
    states(
        "var x = 0 var y = 0 lock m
         fn f(k) { if x == k { raise \"Boom\" } return k + 1 }
         thread t(i in 0..2) {
             let a = i + 5
             let b = 0
             try { with m { b = f(i) x = b } } catch \"Boom\" { y = a } finally { x = b + a }
             try { x = f(x) + a } catch { y = y * 10 + b }
         }",
    );
}

#[test]
fn received_words_are_kept_whoever_waits_first() {
    states(
        "struct P { x: int, y: int }
         chan q(0): P var r[2] = 0
         thread t(i in 0..2) { q.send(P(i, i + 1)) }
         thread u { let a = q.recv() let b = q.recv() r[0] = a.x * 10 + b.y r[1] = b.x * 10 + a.y }",
    );
}

#[test]
fn registers_inside_an_atomic_block_are_kept() {
    states(
        "var x = 0 var y = 0 lock m
         fn f(k) { x = x + k return x }
         thread t(i in 1..3) {
             for k in 0..2 { atomic { let a = x y = a + f(i) if y == 3 { continue } x = a } }
         }",
    );
}

#[test]
fn loops_keep_what_the_next_round_reads() {
    states(
        "var x = 0 var stop = false
         thread t { let last = 0 while !stop { let now = x if now != last { last = now } } x = last }
         thread u { x = 1 x = 2 stop = true }",
    );
}
