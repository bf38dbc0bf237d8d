//! Traps about who ends when, about processes, and about properties that ask objects.

use crate::traps::same;

#[test]
fn a_daemon_is_stopped_after_each_of_its_steps() {
    same(
        "atomic a = 0  atomic b = 0
         daemon thread d { a = 1  a = 2  a = 3 }
         thread t { b = 1 }
         outcomes (a) == { 0, 1, 2, 3 }",
    );
}

#[test]
fn the_last_of_several_stops_a_daemon() {
    same(
        "atomic a = 0  atomic b = 0  atomic c = 0
         daemon thread d { a = 1  a = 2 }
         thread t { b = 1 }
         thread u { c = 1 }
         outcomes (a, b, c) == { (0, 1, 1), (1, 1, 1), (2, 1, 1) }",
    );
}

#[test]
fn a_daemon_that_is_spawned_is_stopped() {
    same(
        "atomic a = 0  atomic b = 0
         fn f(n) { a = n  a = n + 1 }
         thread t { let h = spawn daemon f(1)  b = 1 }
         outcomes (a) == { 0, 1, 2 }",
    );
}

#[test]
fn what_a_daemon_spawns_keeps_it_going() {
    same(
        "atomic a = 0  chan c(1)
         fn f(n) { a = n }
         daemon thread d { let h = spawn f(1)  a = 2  h.join() }
         thread t { c.send(1) }
         outcomes (a) == { 0, 1, 2 }",
    );
}

#[test]
fn a_main_thread_stops_all_others() {
    same(
        "atomic a = 0  atomic b = 0
         main thread m { b = 1 }
         thread t { a = 1  a = 2 }
         outcomes (a) == { 0, 1, 2 }
         expect leak of t",
    );
}

#[test]
fn a_daemon_is_stopped_with_a_lock_only_at_some_moments() {
    same(
        "lock m  atomic b = 0
         daemon thread d { with m { skip } }
         thread t { b = 1  with m { skip } }
         expect killed of d",
    );
}

#[test]
fn who_joins_with_a_time_out_can_tell() {
    same(
        "atomic a = 0  atomic got = 0
         thread t { a = 1 }
         thread u { if t.join_for() { got = 1 } }
         outcomes (got) == { 0, 1 }",
    );
}

#[test]
fn who_asks_whether_somebody_runs_can_tell() {
    same(
        "atomic a = 0  atomic got = 0
         thread t { a = 1 }
         thread u { if t.is_alive() { got = 1 } }
         outcomes (got) == { 0, 1 }",
    );
}

#[test]
fn who_is_about_to_end_does_not_outlive_anybody() {
    same(
        "atomic x = 0
         fn f(n) { for i in 0..2 { skip }  return 0 }
         thread p { x = 1 }
         daemon thread q { let h = spawn f(1)  x = 2  h.join() }",
    );
}

#[test]
fn a_process_copies_what_is_there_when_it_starts() {
    same(
        "var x = 0  shared atomic seen = 0
         fn child() { seen = x + 1 }
         thread p { let h = spawn process child()  h.join() }
         thread q { x = 1 }
         outcomes (seen) == { 1, 2 }",
    );
}

#[test]
fn processes_accord_on_their_copies_and_not_on_what_they_share() {
    let own = "process p(i in 0..3) { own = i  own += 1 }";
    let (all, few) = same(&format!("var own = 0  {own}"));
    assert_eq!((all, few), (64, 10), "one order is enough");
    let (all, few) = same(&format!("shared var own = 0  {own}  expect race on own"));
    assert!(few > all / 2, "{few} of {all}");
}

#[test]
fn a_lock_that_is_copied_while_it_is_held_stays_held() {
    same(
        "lock m  shared var x = 0  chan c(1)
         fn child() { m.lock()  x = 1  m.unlock() }
         thread p { m.lock()  c.send(1)  m.unlock() }
         thread q { let v = c.recv()  let h = spawn process child()  h.join() }
         expect deadlock",
    );
}

#[test]
fn another_process_does_not_wait_for_the_holder_of_this_ones_copy() {
    same(
        "lock m  shared var x = 0  chan c(1)
         thread p { m.lock()  let never = c.recv() }
         process q { x = 2 }
         process r { m.lock()  x = 1  m.unlock() }
         expect race on x
         expect deadlock",
    );
}

#[test]
fn permits_of_two_semaphores_are_seen_at_one_moment() {
    same(
        "sem s = 1  sem t = 1
         always s.value() + t.value() > 0
         thread p { s.acquire()  s.release() }
         thread q { t.acquire()  t.release() }
         expect always",
    );
}

#[test]
fn who_runs_is_seen_at_one_moment() {
    same(
        "atomic a = 0
         always t.is_alive() || a == 0
         thread t { skip }
         thread u { a = 1 }
         expect always",
    );
}

#[test]
fn the_length_of_a_channel_and_a_variable_are_seen_at_one_moment() {
    same(
        "chan c(2)  atomic sent = 0
         sometimes c.len() == 2 && sent == 1
         thread p { c.send(1)  sent = 1 }
         thread q { c.send(2) }
         thread r { let v = c.recv()  let w = c.recv() }",
    );
}
