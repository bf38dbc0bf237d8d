//! Traps about sections of a lock that only add, and about such that only seem to.

use crate::traps::same;

#[test]
fn a_sum_is_read_at_the_end() {
    let (all, few) = same(
        "lock m  var x = 0
         thread t(i in 0..3) { with m { x += i + 1 } }
         outcomes (x) == { 6 }",
    );
    assert!(few < all / 3, "{few} of {all}");
}

#[test]
fn a_sum_is_read_under_the_lock() {
    same(
        "lock m  var x = 0  atomic seen = 0
         thread t(i in 0..3) { with m { x += i + 1 } }
         thread r { m.lock()  let now = x  m.unlock()  seen = now }
         outcomes (seen) == { 0, 1, 2, 3, 4, 5, 6 }",
    );
}

#[test]
fn who_adds_keeps_what_it_read() {
    same(
        "lock m  var x = 0  atomic y = 0  atomic z = 0
         thread p { m.lock()  let old = x  x = old + 1  m.unlock()  y = old }
         thread q { m.lock()  let old = x  x = old + 1  m.unlock()  z = old }
         outcomes (y, z) == { (0, 1), (1, 0) }",
    );
}

#[test]
fn two_reads_of_one_word_are_written_to_another() {
    same(
        "lock m  var x = 1  var y = 5
         thread p { with m { x = y + 1 } }
         thread q { with m { y = x + 1 } }
         outcomes (x, y) == { (6, 7), (3, 2) }",
    );
}

#[test]
fn somebody_else_writes_without_the_lock() {
    same(
        "lock m  var x = 0  chan c(1)
         thread p { with m { x += 1 } }
         thread q { c.send(1)  with m { x += 10 } }
         thread r { let v = c.recv()  x = 5 }
         expect race on x",
    );
}

#[test]
fn a_word_has_two_locks() {
    same(
        "lock m  lock n  var x = 0
         thread p { with m { x += 1 } }
         thread q { with n { x += 1 } }
         expect race on x",
    );
}

#[test]
fn one_fails_right_after_its_section() {
    same(
        "lock m  var x = 0
         thread p { with m { x += 1 }  assert false }
         thread q { with m { x += 1 } }
         expect assert",
    );
}

#[test]
fn one_fails_after_a_function_with_its_section() {
    same(
        "lock m  var x = 0  atomic zero = 0
         fn add() { with m { x += 1 }  return 7 }
         thread p { let n = zero  let sum = add() / n }
         thread q { with m { x += 1 } }
         expect div_zero",
    );
}

#[test]
fn a_range_is_full_after_whoever_comes_first() {
    same(
        "lock m  var x: 0..=1 = 0
         thread p { with m { x += 1 } }
         thread q { with m { x += 1 } }
         expect overflow",
    );
}

#[test]
fn a_range_ends_where_one_comes_first() {
    same(
        "lock m  var x: 0..=1 = 0
         thread p { with m { x += 1 } }
         thread q { with m { x -= 1 } }
         expect overflow",
    );
}

#[test]
fn a_large_sum_overflows_where_one_comes_first() {
    same(
        "lock m  var x = 9223372036854775807
         thread p { with m { x -= 1 } }
         thread q { with m { x += 1 } }
         expect overflow",
    );
}

#[test]
fn sums_are_seen_that_another_order_does_not_have() {
    same(
        "lock m  var x = 0
         thread p { with m { x += 1 } }
         thread q { with m { x -= 1 } }
         outcomes (x) == { 0 }",
    );
}

#[test]
fn a_property_sees_every_sum() {
    same(
        "lock m  var x = 0
         thread p { with m { x += 1 } }
         thread q { with m { x += 2 } }
         always x != 2
         expect always",
    );
}

#[test]
fn a_property_sees_the_lock() {
    same(
        "lock m  var x = 0  atomic y = 0
         thread p { with m { x += 1 }  y = 1 }
         thread q { y = 2  with m { x += 1 } }
         always !(m.is_locked() && y == 1)
         expect always",
    );
}

#[test]
fn a_property_sees_a_local_that_is_set_after_the_section() {
    for body in [
        "{ with m { x += 1 }  let done = 1 }",
        "{ let done = add() }",
    ] {
        for lock in ["lock m", "sem m = 1"] {
            same(&format!(
                "{lock}  var x = 0
                 fn add() {{ with m {{ x += 1 }}  return 1 }}
                 thread p {body}
                 thread q {body}
                 always !(q.done == 1 && p.done == 0)
                 expect always",
            ));
        }
    }
}

#[test]
fn who_adds_hears_a_signal_that_was_missed() {
    same(
        "lock m  lock n  cond c on n  var x = 0
         thread p { with m { x += 1 }  with n { c.wait() } }
         thread q { with m { x += 2 }  with n { c.wait() } }
         thread r { c.notify() }
         expect lost_signal on c  expect deadlock",
    );
}

#[test]
fn one_has_ended_after_its_section_and_another_has_not() {
    same(
        "lock m  var x = 0  atomic seen = 0
         fn f(n) { with m { x += n } }
         thread t {
             let one = spawn f(1)  let other = spawn f(2)
             if !other.is_alive() && one.is_alive() { seen = 1 }
             one.join()  other.join()
         }
         outcomes (seen) == { 0, 1 }",
    );
}

#[test]
fn somebody_is_stopped_in_a_section() {
    same(
        "lock m  var x = 0  var y = 0
         main thread p { y = 1 }
         thread q { with m { x += 1 } }
         thread r { with m { x += 1 } }
         expect leak of q
         expect leak of r",
    );
}

#[test]
fn a_section_waits_for_one_who_holds_the_lock_and_waits() {
    same(
        "lock m  lock n  var x = 0
         thread p { with n { with m { x += 1 } } }
         thread q { with m { with n { skip } } }
         expect deadlock",
    );
}

#[test]
fn who_tries_sees_a_section() {
    same(
        "lock m  var x = 0  atomic y = 0
         thread p { with m { x += 1 } }
         thread q { with m { x += 1 } }
         thread r { if m.try_lock() { m.unlock()  y = 1 } else { y = 2 } }
         outcomes (y) == { 1, 2 }",
    );
}

#[test]
fn who_asks_sees_a_section() {
    same(
        "lock m  var x = 0  atomic y = 0
         thread p { with m { x += 1 } }
         thread q { with m { x += 1 } }
         thread r { if m.is_locked() { y = 1 } else { y = 2 } }
         outcomes (y) == { 1, 2 }",
    );
}

#[test]
fn a_block_has_a_section_in_it() {
    same(
        "lock m  var x = 0  atomic y = 0
         thread p { atomic { with m { x += 1 }  y += 1 } }
         thread q { with m { x += 1 }  y = 5 }
         outcomes (y) == { 5, 6 }",
    );
}

#[test]
fn a_condition_is_about_the_sum() {
    same(
        "lock m  cond c on m  var x = 0
         thread p { with m { x += 1  c.notify() } }
         thread q { with m { x += 1 } }
         thread r { with m { while x < 2 { c.wait() } } }
         expect deadlock of r",
    );
}

#[test]
fn a_function_adds_what_it_is_given() {
    let (all, few) = same(
        "lock m  var x = 0
         fn add(n) { with m { x += n } }
         thread t(i in 0..3) { add(i)  add(2 * i) }
         outcomes (x) == { 9 }",
    );
    assert!(few < all / 3, "{few} of {all}");
}

#[test]
fn an_atomic_is_added_to_and_read() {
    same(
        "atomic x = 0  atomic y = 0
         thread t(i in 0..3) { x += i + 1 }
         thread r { y = x }
         outcomes (y) == { 0, 1, 2, 3, 4, 5, 6 }",
    );
}

#[test]
fn who_adds_to_an_atomic_sees_what_was_there() {
    same(
        "atomic x = 0  atomic y = 0  atomic z = 0
         thread p { y = x.fetch_add(1) }
         thread q { z = x.fetch_add(2) }
         outcomes (y, z) == { (0, 1), (2, 0) }",
    );
}

#[test]
fn an_atomic_is_multiplied() {
    same(
        "atomic x = 1
         thread p { x += 1 }
         thread q { x *= 3 }
         outcomes (x) == { 6, 4 }",
    );
}

#[test]
fn a_lock_is_taken_that_is_held_already() {
    same(
        "lock m  var x = 0
         thread p { with m { with m { x += 1 } } }
         thread q { with m { x += 1 } }
         expect deadlock of p",
    );
}
