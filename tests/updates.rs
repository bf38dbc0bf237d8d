//! Lost updates (R002): which reads and writes belong together, and that every
//! report is borne out by its own execution.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::engine;
use explorer::small::{program, seen};
use std::collections::BTreeSet;
use threadbare::analysis::Evidence;
use threadbare::compile::compile;
use threadbare::generate::{Knobs, make, write};
use threadbare::program::{Instr, Program};
use threadbare::semantics::EventKind;
use threadbare::trace::replay;

/// The pairs of read and write that a program names, as numbers of its reads and writes.
#[track_caller]
fn check_pairs(body: &str, expected: &[(usize, usize)]) {
    let program = program(body);
    let number = |at: u32, wanted: fn(&Instr) -> bool| {
        let before = program.code[..at as usize].iter();
        before.filter(|instr| wanted(instr)).count()
    };
    let pairs = program.updates.iter().map(|update| {
        (
            number(update.load, |it| matches!(it, Instr::Load(..))),
            number(update.store, |it| {
                matches!(it, Instr::Store(..) | Instr::Rmw(..))
            }),
        )
    });
    assert_eq!(pairs.collect::<Vec<_>>(), expected, "{body}");
}

#[test]
fn a_write_computed_from_a_read_belongs_to_it() {
    check_pairs("var x = 0 thread t { x += 1 }", &[(0, 0)]);
    check_pairs("var x = 0 thread t { let a = x x = a + 1 }", &[(0, 0)]);
    check_pairs(
        "var x = 0 thread t { let a = x let b = a * 2 x = b }",
        &[(0, 0)],
    );
    check_pairs("var x = 0 thread t { let a = x a += 1 x = a }", &[(0, 0)]);
    check_pairs(
        "atomic x = 0 thread t { let a = x.load() x.swap(a + 1) }",
        &[(0, 0)],
    );
    check_pairs(
        "var x = 0 fn next(n: int) { return n + 1 } thread t { let a = x x = next(a) }",
        &[(0, 0)],
    );
    check_pairs("var x[2] = 0 thread t(i in 0..2) { x[i] += 1 }", &[(0, 0)]);
}

#[test]
fn what_was_not_computed_from_it_does_not() {
    check_pairs("var x = 0 var y = 0 thread t { let a = y x = a }", &[]);
    check_pairs("var x = 0 thread t { let a = x x = 7 }", &[]);
    // The write in between is its own.
    check_pairs("var x = 0 thread t { let a = x x = 7 x = a }", &[]);
    check_pairs(
        "var x = 0 fn clear() { x = 0 } thread t { let a = x clear() x = a }",
        &[],
    );
    // Another word of the same array.
    check_pairs("var x[2] = 0 thread t { let a = x[0] x[1] = a }", &[]);
    // Not on every way.
    check_pairs(
        "var x = 0 thread t { let a = 0 if any(bool) { a = x } x = a }",
        &[],
    );
    // A fresh read before the write.
    check_pairs(
        "var x = 0 thread t { let a = x let b = x x = b }",
        &[(1, 0)],
    );
}

#[track_caller]
fn check_codes(body: &str, expected: &str) {
    assert_eq!(seen(&program(body)).codes, expected, "{body}");
}

#[test]
fn updates_that_nobody_can_miss_are_fine() {
    check_codes(
        "var x = 0 lock m thread t * 2 { with m { let a = x x = a + 1 } }",
        "",
    );
    check_codes("atomic x = 0 thread t * 2 { x += 1 }", "");
    check_codes(
        "atomic x = 0 thread t * 2 { atomic { let a = x.load() x.store(a + 1) } }",
        "",
    );
}

#[test]
fn updates_in_two_critical_sections_are_lost() {
    check_codes(
        "var x = 0 lock m
         thread t * 2 { let a = 0 with m { a = x } with m { x = a + 1 } }",
        "R002",
    );
    check_codes(
        "var x = 0 lock m
         thread t * 2 { let a = 0 m.lock() let b = x m.unlock() m.lock() x = b + 1 m.unlock() }",
        "R002",
    );
}

#[test]
fn the_race_tells_what_it_loses() {
    check_codes("var x = 0 thread t * 2 { x += 1 }", "R001");
}

/// After the actor's last read of the word, somebody else has written it, and the
/// actor has not.
fn is_borne_out(program: &Program, finding: &threadbare::analysis::Finding) -> bool {
    let Evidence::LostUpdate(lost) = &finding.evidence else {
        return true;
    };
    let schedule = finding.schedule.as_ref().expect("it has an execution");
    let execution = replay(program, schedule).expect("it can be replayed");
    let mut writers = BTreeSet::new();
    for step in &execution.steps {
        for event in &step.events {
            match event.kind {
                EventKind::Read(cell, value)
                    if (event.actor, cell, event.pc)
                        == (lost.actor, lost.cell, lost.update.load) =>
                {
                    assert_eq!(value, lost.read);
                    writers.clear();
                }
                EventKind::Write(cell, ..) | EventKind::Update(cell, ..) if cell == lost.cell => {
                    writers.insert(event.actor);
                }
                _ => {}
            }
        }
    }
    !writers.is_empty() && !writers.contains(&lost.actor)
}

#[test]
fn reports_are_borne_out_by_their_executions() {
    let mut n_found = 0;
    for seed in 0..400 {
        let written = write(&make(seed, Knobs::default()));
        let program = compile(&written.scenario).expect("random scenarios have code");
        if explorer::graph::explore(&program, 800).is_none() {
            continue;
        }
        for finding in &engine::check(&program, 1).findings {
            n_found += usize::from(matches!(finding.evidence, Evidence::LostUpdate(_)));
            assert!(
                is_borne_out(&program, finding),
                "seed {seed}: {finding:?}\n{}",
                written.text
            );
        }
    }
    assert!(n_found > 0, "no random scenario has lost an update");
}
