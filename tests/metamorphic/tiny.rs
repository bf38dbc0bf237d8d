//! Straight-line programs, each written in two ways that mean the same.

use super::{Found, cases, found};
use threadbare::generate::Random;

/// What two threads do.
#[derive(Clone, Copy)]
enum Act {
    /// `x = 3`
    Write(&'static str, usize),
    /// `y = x`
    Copy,
    /// `with m { … }`: so many of the next acts.
    With(&'static str, usize),
    Send(usize),
    Receive,
}

fn acts(random: &mut Random, allowed: fn(&mut Random, usize) -> Act) -> Vec<Act> {
    (0..3).map(|place| allowed(random, place)).collect()
}

fn memory(random: &mut Random, place: usize) -> Act {
    match random.below(3) {
        0 => Act::Copy,
        _ => Act::Write(random.pick(&["x", "y"]), place + 1 + 10 * random.below(2)),
    }
}

fn locked(random: &mut Random, place: usize) -> Act {
    match random.below(2) {
        0 => memory(random, place),
        _ => Act::With(random.pick(&["m", "n"]), 1 + random.below(2)),
    }
}

fn messages(random: &mut Random, place: usize) -> Act {
    match random.below(4) {
        0 => memory(random, place),
        1 | 2 => Act::Send(place + 1 + 10 * random.below(2)),
        _ => Act::Receive,
    }
}

/// What the two do.
type Pair = [Vec<Act>; 2];

/// A way to write it.
type Way<'w> = &'w dyn Fn(&Pair) -> String;

/// How each act is written.
struct Words {
    declared: &'static str,
    write: fn(&str, usize) -> String,
    copy: &'static str,
    send: fn(usize) -> String,
    receive: &'static str,
}

const PLAIN: Words = Words {
    declared: "lock m  lock n  chan c(1)",
    write: |name, value| format!("{name} = {value}"),
    copy: "y = x",
    send: |value| format!("c.send({value})"),
    receive: "x = c.recv()",
};

fn body(acts: &[Act], words: &Words) -> String {
    let mut text = String::new();
    let mut open: Vec<usize> = Vec::new();
    for act in acts {
        match act {
            Act::Write(name, value) => text += &(words.write)(name, *value),
            Act::Copy => text += words.copy,
            Act::Send(value) => text += &(words.send)(*value),
            Act::Receive => text += words.receive,
            Act::With(lock, n) => {
                text += &format!("with {lock} {{ ");
                open.push(*n + 1);
            }
        }
        text += "  ";
        for left in &mut open {
            *left = left.saturating_sub(1);
        }
        while open.last() == Some(&0) {
            open.pop();
            text += "}  ";
        }
    }
    text + &"}  ".repeat(open.len())
}

fn text(threads: &[String; 2], declared: &str) -> String {
    format!(
        "scenario \"small\" {{\n    var x = 0  var y = 0  {declared}\n    thread p {{ {} }}\n    \
         thread q {{ {} }}\n    observe x, y\n}}\n",
        threads[0], threads[1]
    )
}

/// Writes random programs in two ways.
#[track_caller]
fn relate(
    allowed: fn(&mut Random, usize) -> Act,
    ways: [Way<'_>; 2],
    holds: impl Fn(&Found, &Found) -> bool,
) {
    let mut n = 0;
    for seed in 0..cases() {
        let mut random = Random::new(seed);
        let program = [(); 2].map(|()| acts(&mut random, allowed));
        let [one, other] = ways.map(|way| way(&program));
        let (Some(first), Some(second)) = (found(&one), found(&other)) else {
            continue;
        };
        n += 1;
        assert!(
            holds(&first, &second),
            "seed {seed}\n{one}\n{first:?}\n{other}\n{second:?}"
        );
    }
    assert!(n * 4 > cases(), "many can be compared: {n}");
}

fn written(program: &Pair, words: &Words) -> String {
    let bodies = [0, 1].map(|thread: usize| body(&program[thread], words));
    text(&bodies, words.declared)
}

fn plain(program: &Pair) -> String {
    written(program, &PLAIN)
}

fn same_ends(one: &Found, other: &Found) -> bool {
    one.outcomes == other.outcomes && (one.n_stuck > 0) == (other.n_stuck > 0)
}

fn n_races(found: &Found) -> usize {
    found.codes.iter().filter(|&&code| code == "R001").count()
}

#[test]
fn a_lock_is_a_semaphore_with_one_permit() {
    let semaphores = Words {
        declared: "sem m = 1  sem n = 1",
        ..PLAIN
    };
    let other = |program: &Pair| written(program, &semaphores);
    relate(locked, [&plain, &other], |one, other| {
        same_ends(one, other) && n_races(one) == n_races(other)
    });
}

#[test]
fn a_lock_of_its_own_around_each_access_takes_races_away_and_nothing_else() {
    let guarded = Words {
        declared: "lock own",
        write: |name, value| format!("with own {{ {name} = {value} }}"),
        // Reading and writing are two steps, so they are two sections.
        copy: "own.lock()  let copy = x  own.unlock()  with own { y = copy }",
        ..PLAIN
    };
    let other = |program: &Pair| written(program, &guarded);
    relate(memory, [&plain, &other], |one, other| {
        one.outcomes == other.outcomes && n_races(other) == 0
    });
}

#[test]
fn a_channel_is_a_monitor() {
    let monitor = Words {
        declared: "lock door  cond changed on door  var full = false  var item = 0",
        send: |value| {
            format!(
                "with door {{ while full {{ changed.wait() }} full = true  item = {value}  \
                 changed.notify_all() }}"
            )
        },
        receive: "door.lock()  while !full { changed.wait() }  full = false  let got = item  \
                  changed.notify_all()  door.unlock()  x = got",
        ..PLAIN
    };
    let other = |program: &Pair| written(program, &monitor);
    relate(messages, [&plain, &other], same_ends);
}

#[test]
fn a_function_is_what_it_does() {
    let calls = Words {
        declared: "lock m  lock n  fn set_x(v) { x = v }  fn set_y(v) { y = v }  fn copy() { y = x }",
        write: |name, value| format!("set_{name}({value})"),
        copy: "copy()",
        ..PLAIN
    };
    let other = |program: &Pair| written(program, &calls);
    relate(locked, [&plain, &other], |one, other| {
        same_ends(one, other) && one.n_states == other.n_states
    });
}

#[test]
fn a_loop_of_two_rounds_is_its_body_twice() {
    let twice = |program: &Pair| {
        let bodies = [0, 1].map(|thread: usize| body(&program[thread], &PLAIN).repeat(2));
        text(&bodies, PLAIN.declared)
    };
    let looped = |program: &Pair| {
        let body = |thread: usize| body(&program[thread], &PLAIN);
        let bodies = [0, 1].map(|thread| format!("for i in 0..2 {{ {} }}", body(thread)));
        text(&bodies, PLAIN.declared)
    };
    relate(locked, [&twice, &looped], |one, other| {
        same_ends(one, other) && one.n_states == other.n_states
    });
}

#[test]
fn a_thread_in_two_pieces_is_one_thread() {
    let split = |program: &Pair| {
        let (first, rest) = program[0].split_at(1);
        let declared = format!(
            "{}  fn begin() {{ {} }}",
            PLAIN.declared,
            body(first, &PLAIN)
        );
        let spawn = format!(
            "let piece = spawn begin()  piece.join()  {}",
            body(rest, &PLAIN)
        );
        text(&[spawn, body(&program[1], &PLAIN)], &declared)
    };
    relate(messages, [&plain, &split], |one, other| {
        one.outcomes == other.outcomes
            && n_races(one) == n_races(other)
            && (one.n_stuck > 0) == (other.n_stuck > 0)
    });
}
