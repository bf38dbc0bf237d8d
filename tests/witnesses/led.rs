//! loom and shuttle, led along a schedule: they follow what can be done, and say where they
//! do not.

use crate::explorer::small::program;
use threadbare::bridge::{Bounds, End, Engine, Order, Sight, Unfinished, lead, orders};
use threadbare::checker::witness::{Led, ours};
use threadbare::explore::Limits;
use threadbare::program::Program;
use threadbare::trace::{Schedule, Token};

const LOCKED: &str =
    "var x = 0 lock m thread p { with m { x += 1 } } thread q { with m { x += 2 } }";

fn schedule(token: &str) -> Schedule {
    let token: Token = token.parse().expect("a token");
    token.schedule
}

fn led(engine: Engine, program: &Program, orders: &[Order]) -> Sight {
    crate::quiet();
    lead(engine, program, orders, Bounds::default()).expect("the tests are built with witnesses")
}

/// Our only end of a program.
fn the_end(program: &Program) -> End {
    let ends = ours(program, &Limits::default(), 1).ends;
    assert_eq!(ends.len(), 1, "{ends:?}");
    ends.into_keys().next().expect("one")
}

#[test]
fn they_come_where_we_come() {
    let program = program(LOCKED);
    for engine in Engine::ALL {
        for token in ["00001111", "11110000"] {
            let orders = orders(&program, &schedule(token)).expect("a run");
            let sight = led(engine, &program, &orders);
            assert_eq!(Led::of(&the_end(&program), &orders, &sight), Led::Reached);
            assert_eq!((sight.executions, sight.unfinished), (1, None));
        }
    }
}

#[test]
fn nobody_is_led_into_a_lock_that_somebody_holds() {
    let program = program(LOCKED);
    let mut orders = orders(&program, &schedule("00001111")).expect("a run");
    let early = orders.remove(4);
    orders.insert(1, early);
    for engine in Engine::ALL {
        let sight = led(engine, &program, &orders);
        assert_eq!(sight.unfinished, Some(Unfinished::NotLed(1)), "{engine:?}");
        let stopped = Led::Stopped(1, early);
        assert_eq!(Led::of(&the_end(&program), &orders, &sight), stopped);
    }
}

#[test]
fn nobody_is_led_past_an_instruction() {
    let program = program(LOCKED);
    let mut orders = orders(&program, &schedule("00001111")).expect("a run");
    let skipped = orders.remove(1);
    let stopped = Led::Stopped(1, orders[1]);
    for engine in Engine::ALL {
        let sight = led(engine, &program, &orders);
        let led = Led::of(&the_end(&program), &orders, &sight);
        assert_eq!(led, stopped, "{engine:?} without {skipped:?}");
    }
}

#[test]
fn another_end_is_told_from_ours() {
    let racy = program("atomic x = 0 thread p * 2 { let r = x.load() x.store(r + 1) } observe x");
    let run = schedule("0011");
    let orders = orders(&racy, &run).expect("a run");
    let ends = ours(&racy, &Limits::default(), 1).ends;
    for engine in Engine::ALL {
        let sight = led(engine, &racy, &orders);
        let mut led: Vec<Led> = ends
            .keys()
            .map(|end| Led::of(end, &orders, &sight))
            .collect();
        led.sort_by_key(|led| *led != Led::Reached);
        // One of the two ends is where this run comes to.
        assert_eq!(led, [Led::Reached, Led::Otherwise], "{engine:?}");
    }
}

/// Programs whose ends a scheduler of its own comes to only in some orders, or never.
const ALONG_ALL: [&str; 7] = [
    "atomic x = 0 thread p { x = any(0..3) } observe x",
    // Whoever is woken comes before or after another who does not care.
    "var n = 0 atomic x = 0 lock m cond c on m \
     thread w { with m { while n == 0 { c.wait() } x = x.load() * 2 + 1 } } \
     thread s { with m { n = 1 c.notify() } x = x.load() * 2 } observe x",
    "atomic x = 0 lock a lock b \
     thread p { with a { with b { x += 1 } } } thread q { with b { with a { x *= 3 } } }",
    "atomic x = 0 barrier b(2) \
     thread p { x = x.load() + 1 b.wait() x = x.load() * 2 } \
     thread q { x = x.load() + 3 b.wait() x = x.load() - 1 } observe x",
    "var x = 0 thread p { x += 1 } thread q { x += 1 }",
    "chan c(1) atomic x = 0 thread p { c.send(1) c.send(2) x = 1 } \
     thread q { let a = c.recv() x = x.load() * 4 + a } observe x",
    "sem s = 1 atomic x = 0 thread p { s.acquire() x = x.load() * 2 + 1 s.release() } \
     thread q { s.acquire() x = x.load() * 3 s.release() assert x.load() != 2 }",
];

#[test]
fn they_come_to_each_of_our_ends() {
    crate::quiet();
    for text in ALONG_ALL {
        let program = program(text);
        let ours = ours(&program, &Limits::default(), 1);
        assert!(ours.ends.len() > 1, "{text}: {:?}", ours.ends);
        for engine in Engine::ALL {
            let led = crate::leads_along_all(engine, &program, &ours);
            led.unwrap_or_else(|wrong| panic!("{engine:?} of {text}: {wrong}"));
        }
    }
}
