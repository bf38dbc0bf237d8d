//! shuttle, led along a schedule: it follows what can be done, and says where it does not.

use crate::explorer::small::program;
use threadbare::bridge::{Bounds, End, Order, Sight, Unfinished, lead, orders};
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

fn led(program: &Program, orders: &[Order]) -> Sight {
    crate::quiet();
    lead(program, orders, Bounds::default()).expect("the tests are built with witnesses")
}

/// Our only end of a program.
fn the_end(program: &Program) -> End {
    let ends = ours(program, &Limits::default(), 1).ends;
    assert_eq!(ends.len(), 1, "{ends:?}");
    ends.into_keys().next().expect("one")
}

#[test]
fn it_comes_where_we_come() {
    let program = program(LOCKED);
    for token in ["00001111", "11110000"] {
        let orders = orders(&program, &schedule(token)).expect("a run");
        let sight = led(&program, &orders);
        assert_eq!(Led::of(&the_end(&program), &orders, &sight), Led::Reached);
        assert_eq!((sight.executions, sight.unfinished), (1, None));
    }
}

#[test]
fn nobody_is_led_into_a_lock_that_somebody_holds() {
    let program = program(LOCKED);
    let mut orders = orders(&program, &schedule("00001111")).expect("a run");
    let early = orders.remove(4);
    orders.insert(1, early);
    let sight = led(&program, &orders);
    assert_eq!(sight.unfinished, Some(Unfinished::NotLed(1)));
    assert_eq!(
        Led::of(&the_end(&program), &orders, &sight),
        Led::Stopped(1, early)
    );
}

#[test]
fn nobody_is_led_past_an_instruction() {
    let program = program(LOCKED);
    let mut orders = orders(&program, &schedule("00001111")).expect("a run");
    let skipped = orders.remove(1);
    let sight = led(&program, &orders);
    let stopped = Led::Stopped(1, orders[1]);
    assert_eq!(
        Led::of(&the_end(&program), &orders, &sight),
        stopped,
        "{skipped:?}"
    );
}

#[test]
fn another_end_is_told_from_ours() {
    let racy = program("atomic x = 0 thread p * 2 { let r = x.load() x.store(r + 1) } observe x");
    let run = schedule("0011");
    let orders = orders(&racy, &run).expect("a run");
    let sight = led(&racy, &orders);
    let ends = ours(&racy, &Limits::default(), 1).ends;
    let led: Vec<Led> = ends
        .keys()
        .map(|end| Led::of(end, &orders, &sight))
        .collect();
    // One of the two ends is where this run comes to.
    assert_eq!(
        led.iter().filter(|&led| *led == Led::Reached).count(),
        1,
        "{led:?}"
    );
    assert_eq!(
        led.iter().filter(|&led| *led == Led::Otherwise).count(),
        1,
        "{led:?}"
    );
}

#[test]
fn choices_are_made_as_in_the_schedule() {
    let program = program("atomic x = 0 thread p { x = any(0..3) } observe x");
    let ours = ours(&program, &Limits::default(), 1);
    assert_eq!(ours.ends.len(), 3);
    crate::leads_along_all(&program, &ours).expect("to each of them");
}
