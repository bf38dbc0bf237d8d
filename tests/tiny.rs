//! All tiny programs: two threads with three operations each, over two variables
//! and one object, each once up to renaming. The engine and the oracle say the same.
//!
//! Random scenarios leave holes; here there are none. Every `cargo test` takes each
//! program with two operations a thread, and a share of those with three;
//! `THREADBARE_TINY=all cargo test --release --test tiny` takes them all.

#[path = "oracle/mod.rs"]
mod explorer;

use explorer::compare::{Outcome, compare};
use threadbare::base::Source;
use threadbare::compile::compile;
use threadbare::syntax::parse;
use threadbare::syntax::resolve::resolve;

/// More states than any tiny program has.
const STATES_MAX: usize = 20_000;
/// Programs with three operations of which one is taken, without `THREADBARE_TINY`.
const ONE_OF: usize = 997;

/// The two variables: what one does to them.
const MEMORY: [&str; 4] = ["let R = x", "let R = y", "x = V", "y = V"];

/// An object and what one does with it.
struct Family {
    declared: &'static str,
    operations: &'static [&'static str],
}

/// The text of an operation. `R` is a local of its own, `V` a value of its own.
fn operation(family: &Family, which: usize, place: usize) -> String {
    let all = MEMORY.iter().chain(family.operations);
    let text = all.copied().nth(which).expect("one of the operations");
    let words = text.split(' ').map(|word| match word {
        "R" => format!("r{place}"),
        "V" => format!("{}", place + 1),
        _ => word.replace("V)", &format!("{})", place + 1)),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn text(family: &Family, program: &[Vec<usize>; 2]) -> String {
    let mut text = format!(
        "scenario \"tiny\" {{\n    var x = 0\n    var y = 0\n    {}\n",
        family.declared
    );
    let mut observed = vec!["x".to_owned(), "y".to_owned()];
    for (thread, operations) in ["p", "q"].iter().zip(program) {
        text += &format!("    thread {thread} {{\n");
        for (index, &which) in operations.iter().enumerate() {
            let place = index + if *thread == "p" { 0 } else { operations.len() };
            let line = operation(family, which, place);
            if line.starts_with("let ") {
                observed.push(format!("{thread}.r{place}"));
            }
            text += &format!("        {line}\n");
        }
        text += "    }\n";
    }
    text += &format!("    observe {}\n}}\n", observed.join(", "));
    text
}

/// The same program with the names of the variables exchanged.
fn renamed(program: &[Vec<usize>; 2]) -> [Vec<usize>; 2] {
    let rename = |&which: &usize| {
        if which < MEMORY.len() {
            which ^ 1
        } else {
            which
        }
    };
    [0, 1].map(|thread: usize| program[thread].iter().map(rename).collect())
}

/// Whether no renaming of variables or threads comes before it.
fn is_first(program: &[Vec<usize>; 2]) -> bool {
    let other = renamed(program);
    let swapped = |of: &[Vec<usize>; 2]| [of[1].clone(), of[0].clone()];
    *program <= swapped(program) && *program <= other && *program <= swapped(&other)
}

/// All rows of so many operations.
fn rows(n_operations: usize, len: usize) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new()];
    for _ in 0..len {
        rows = rows
            .iter()
            .flat_map(|row| {
                (0..n_operations).map(move |which| {
                    let mut row = row.clone();
                    row.push(which);
                    row
                })
            })
            .collect();
    }
    rows
}

#[derive(Default)]
struct Count {
    agreed: usize,
    refused: usize,
}

fn check(text: &str, count: &mut Count) {
    let source = Source::new("tiny.tb", text);
    let (file, mistakes) = parse(&source);
    assert!(mistakes.is_empty(), "{text}\n{mistakes:?}");
    let resolution = resolve(&file, &source, &[]);
    // A mistake that is certain: it is refused before anything runs.
    let Some(scenario) = &resolution.scenarios[0].scenario else {
        count.refused += 1;
        return;
    };
    let program = compile(scenario).unwrap_or_else(|why| panic!("{text}\n{why:?}"));
    match compare(&program, STATES_MAX) {
        Outcome::Agree(_) => count.agreed += 1,
        Outcome::TooLarge => panic!("this is not tiny:\n{text}"),
        Outcome::Refused(code) => panic!("{code}:\n{text}"),
        Outcome::Differ(how) => panic!("{text}\n{how}"),
    }
}

fn run(family: &Family) {
    let all = std::env::var("THREADBARE_TINY").is_ok_and(|value| value == "all");
    let n_operations = MEMORY.len() + family.operations.len();
    let mut count = Count::default();
    let mut seen = 0;
    for len in [1, 2, 3] {
        let rows = rows(n_operations, len);
        let every = if len < 3 || all { 1 } else { ONE_OF };
        for p in &rows {
            for q in &rows {
                let program = [p.clone(), q.clone()];
                if !is_first(&program) {
                    continue;
                }
                seen += 1;
                if seen % every == 0 {
                    check(&text(family, &program), &mut count);
                }
            }
        }
    }
    println!(
        "{}: {seen} programs, {} taken and agree, {} refused as certain mistakes",
        family.declared, count.agreed, count.refused
    );
    assert!(count.agreed > count.refused, "most of them can be run");
}

macro_rules! families {
    ($($name:ident: $declared:literal, $operations:expr;)*) => {
        $(#[test]
        fn $name() {
            run(&Family { declared: $declared, operations: &$operations });
        })*
    };
}

families! {
    a_lock: "lock m", ["m.lock()", "m.unlock()", "let R = m.try_lock()"];
    a_channel: "chan c(1)", ["c.send(V)", "let R = c.recv()", "let R = c.try_send(V)", "c.close()"];
    a_rendezvous: "chan c(0)", ["c.send(V)", "let R = c.recv()", "let R = c.recv_or(9)", "c.close()"];
    a_semaphore: "sem s = 1", ["s.acquire()", "s.release()", "let R = s.try_acquire()"];
    a_condition: "lock m  cond c on m",
        ["m.lock()", "m.unlock()", "c.wait()", "c.notify()", "c.notify_all()"];
    an_event: "event e", ["e.set()", "e.clear()", "e.wait()", "let R = e.is_set()"];
    a_barrier: "barrier b(2)", ["let R = b.wait()", "b.abort()"];
    a_rwlock: "rwlock w", ["w.read()", "w.read_unlock()", "w.write()", "w.write_unlock()"];
    an_atomic: "atomic a = 0",
        ["a.store(V)", "let R = a.load()", "let R = a.fetch_add(1)", "let R = a.compare_exchange(0, V)"];
}
