//! Traps about semaphores that are used as locks, and about such that only seem to be.

use crate::traps::same;

#[test]
fn who_is_inside_keeps_the_others_out() {
    let (all, few) = same(
        "sem door = 1  var x = 0  var own[3] = 0
         thread t(i in 0..3) { own[i] = 1  with door { x = 2 * x + 1 } }
         outcomes (x) == { 7 }",
    );
    assert!(few < all, "{few} of {all}");
}

#[test]
fn it_has_two_permits() {
    same(
        "sem s = 2  var x = 0
         thread t * 2 { with s { x = 1 } }
         expect race on x",
    );
}

#[test]
fn one_takes_the_permit_and_another_gives_it_back() {
    same(
        "sem s = 1  var x = 0  chan c(1)
         thread p { s.acquire()  c.send(1)  x = 1 }
         thread q { let v = c.recv()  s.release()  s.acquire()  x = 2 }
         expect race on x",
    );
}

#[test]
fn somebody_gives_back_what_nobody_took() {
    same(
        "sem s = 1  var x = 0
         thread p { with s { x = 1 } }
         thread q { s.release()  with s { x = 2 } }
         expect race on x",
    );
}

#[test]
fn one_who_is_inside_wants_to_come_in() {
    same(
        "sem s = 1  var x = 0
         thread p { with s { with s { x = 1 } } }
         thread q { with s { x = 2 } }
         expect deadlock",
    );
}

#[test]
fn somebody_dies_inside() {
    same(
        r#"sem s = 1  var x = 0
         thread p { s.acquire()  if any(0..2) == 1 { raise "Oops" }  x = 1  s.release() }
         thread q { with s { x = 2 } }
         expect deadlock  expect swallowed in p  expect warning K005"#,
    );
}

#[test]
fn somebody_comes_with_the_permit_and_somebody_without() {
    same(
        "sem s = 1  var x = 0
         fn f(n) { x = n }
         thread p { s.acquire()  f(1)  s.release() }
         thread q { f(2) }
         expect race on x",
    );
}

#[test]
fn an_exception_leaves_it_with_the_permit_or_without() {
    same(
        r#"sem s = 1  var x = 0  atomic n = 0
         fn f() { if n == 0 { raise "Oops" }  s.acquire()  raise "Oops" }
         thread p { try { f() } catch { x = 1 } }
         thread q { n = 1  with s { x = 2 } }
         expect race on x  expect deadlock  expect warning K005"#,
    );
}

#[test]
fn two_doors_are_taken_in_two_orders() {
    same(
        "sem a = 1  sem b = 1  atomic x = 0
         thread p { with a { with b { x = 1 } } }
         thread q { with b { with a { x = 2 } } }
         expect deadlock",
    );
}

#[test]
fn a_block_comes_in_and_goes_out() {
    same(
        "sem s = 1  atomic x = 0  atomic y = 0
         thread p { s.acquire()  x = 1  x = 2  s.release() }
         thread q { atomic { s.acquire()  y = x  s.release() } }
         outcomes (y) == { 0, 2 }",
    );
}

#[test]
fn somebody_asks_how_many_permits_there_are() {
    same(
        "sem s = 1  atomic x = 0  atomic y = 5
         thread p { with s { x = 1 } }
         thread q { y = s.value() }
         outcomes (y) == { 0, 1 }",
    );
}

#[test]
fn what_is_only_added_behind_a_door_is_a_sum() {
    let (all, few) = same(
        "sem door = 1  var x = 0
         thread t(i in 0..3) { with door { x += i + 1 } }
         outcomes (x) == { 6 }",
    );
    assert!(few < all / 3, "{few} of {all}");
}
