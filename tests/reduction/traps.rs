//! What reductions are known to lose when they are wrong: each trap with the
//! smallest program that falls into it. The search of all states says what is
//! right; that it says what the trap is about is part of the test.

use crate::both::{Outcome, compare, programs};
use threadbare::Scenario;

/// The reduced search shows the same, and the scenario is what it expects to be. Gives how
/// many states there are, and how many it visits.
#[track_caller]
pub fn same(body: &str) -> (u32, u32) {
    let text = format!("scenario \"trap\" {{ {body} }}");
    Scenario::from_text(&text).check().assert_passed();
    match compare(&programs(&text)[0]) {
        Outcome::Same(all, few, _) => (all, few),
        other => panic!("{text}\n{other:?}"),
    }
}

#[test]
fn only_the_next_step_of_the_others_is_looked_at() {
    same(
        "var x = 0  chan c(1)
         thread p { x = 1 }
         thread q { c.send(1)  x = 2 }
         expect race on x",
    );
}

#[test]
fn two_writes_of_one_value_are_taken_to_commute() {
    same(
        "var x = 0  chan c(1)
         thread p { x = 1 }
         thread q { c.send(1)  x = 1 }
         outcomes (x) == { 1 }
         expect race on x",
    );
}

#[test]
fn only_writers_are_thought_to_help_who_waits() {
    same(
        "var flag = 0  sem s = 1
         thread p { flag = 1 }
         thread q { s.acquire()  wait_until(flag == 1)  s.release() }
         expect race on flag",
    );
}

#[test]
fn taking_a_lock_is_moved_past_everything() {
    same(
        "atomic x = 0  lock m
         thread p { with m { wait_until(x == 1) } }
         thread q { with m { x = 1 } }
         expect deadlock",
    );
}

#[test]
fn giving_a_lock_back_is_moved_past_who_tries() {
    same(
        "lock m  var got = 0
         thread p { with m { skip } }
         thread q { if m.try_lock() { got = 1  m.unlock() } }
         outcomes (got) == { (0), (1) }",
    );
}

#[test]
fn a_critical_section_is_one_step() {
    same(
        "var x = 0  lock m
         thread p { with m { x = 1  x = 2 } }
         thread q { x = 3 }
         outcomes (x) == { 2, 3 }
         expect race on x",
    );
}

#[test]
fn a_failing_step_hides_what_others_would_have_done() {
    same(
        "var x = 0
         thread p { assert 1 == 2 }
         thread q { x = 1 }
         thread r { x = 2 }
         expect assert
         expect race on x",
    );
}

#[test]
fn a_fault_comes_after_what_others_do() {
    same(
        "atomic a = 0  var x = 0
         thread p { a = 1  assert a == 1 }
         thread q { a = 2  x = 1 }
         thread r { x = 2 }
         expect assert
         expect race on x",
    );
}

#[test]
fn the_order_of_independent_writes_matters_to_a_property() {
    same(
        "atomic a = 0  atomic b = 0
         always not_both: !(a == 1 && b == 1)
         thread p { a = 1  a = 0 }
         thread q { b = 1  b = 0 }
         expect always",
    );
}

#[test]
fn a_state_that_must_be_reached_is_passed_by() {
    same(
        "atomic a = 0  atomic b = 0
         sometimes a == 1 && b == 1
         thread p { a = 1  a = 0 }
         thread q { b = 1  b = 0 }",
    );
}

#[test]
fn opposite_locks_deadlock() {
    same(
        "lock a  lock b
         thread p { with a { with b { skip } } }
         thread q { with b { with a { skip } } }
         expect deadlock of p, q",
    );
}

#[test]
fn opposite_locks_behind_a_gate_do_not() {
    same(
        "lock g  lock a  lock b  var x = 0
         thread p { with g { with a { with b { x += 1 } } } }
         thread q { with g { with b { with a { x += 1 } } } }
         expect warning L001",
    );
}

#[test]
fn some_deadlock_while_another_goes_on() {
    same(
        "lock a  lock b  atomic x = 0
         thread p { with a { with b { skip } } }
         thread q { with b { with a { skip } } }
         thread r { for i in 0..3 { x += 1 } }
         expect deadlock of p, q",
    );
}

#[test]
fn a_circle_grows_with_each_reader() {
    let text = "scenario \"trap\" {
         rwlock rw  lock m
         thread w { m.lock()  rw.write()  rw.write_unlock()  m.unlock() }
         thread h { rw.read()  yield  m.lock()  m.unlock()  rw.read_unlock() }
         thread x { rw.read()  m.lock()  m.unlock()  rw.read_unlock() }
         expect deadlock
     }";
    let compared = compare(&programs(text)[0]);
    assert!(matches!(compared, Outcome::Not(_)), "{compared:?}");
}

#[test]
fn a_signal_before_the_wait_is_lost() {
    same(
        "lock m  cond c on m
         thread p { with m { c.wait() } }
         thread q { with m { c.notify() } }
         allow W003 because \"that is the point\"
         expect lost_signal on c",
    );
}

#[test]
fn any_waiter_may_be_woken() {
    same(
        "lock m  cond c on m  var ready = 0  var who = 0
         thread waiter * 2 {
             with m { while ready == 0 { c.wait() }  ready -= 1  who = me }
         }
         thread q { with m { ready = 2  c.notify_all() } }
         outcomes (who) == { 1, 2 }",
    );
}

#[test]
fn permits_are_counted() {
    same(
        "sem s = 1  var x = 0
         thread p * 3 { s.acquire()  x += 1  s.release() }
         outcomes (x) == { 3 }",
    );
}

#[test]
fn messages_come_in_any_order() {
    same(
        "chan c(1)  atomic sum = 0
         thread p(i in 0..2) { c.send(i + 1) }
         thread q { let a = c.recv()  let b = c.recv()  sum = a * 10 + b }
         outcomes (sum) == { 12, 21 }",
    );
}

#[test]
fn rounds_of_a_barrier_are_counted() {
    same(
        "barrier b(2)  atomic n = 0
         thread p * 2 { for i in 0..2 { n += 1  b.wait() } }
         outcomes (n) == { 4 }",
    );
}

#[test]
fn a_spawned_thread_races_with_its_spawner() {
    same(
        "var x = 0
         fn f(n) { x = n }
         thread p { let h = spawn f(1)  x = 2  h.join() }
         expect race on x",
    );
}

#[test]
fn who_ends_first_is_seen_in_a_leak() {
    same(
        "var x = 0
         fn f(n) { x = n }
         thread p { spawn f(1) }
         expect leak of f",
    );
}

#[test]
fn a_last_step_is_not_seen_to_be_an_end() {
    same(
        "var x = 0  var y = 0
         fn f(n) { x = n }
         thread p { spawn f(1)  y = 1 }
         expect leak of f",
    );
}

#[test]
fn a_count_is_asked_for() {
    same(
        "chan c(2)  atomic seen = 0
         thread p { c.send(1)  c.send(2) }
         thread q { seen = c.len() }
         outcomes (seen) == { 0, 1, 2 }",
    );
}

#[test]
fn permits_are_asked_for() {
    same(
        "sem s = 2  chan c(1)  atomic seen = 0
         thread p { s.acquire()  s.acquire()  s.release(2) }
         thread q { c.send(1)  seen = s.value() }
         outcomes (seen) == { 0, 1, 2 }",
    );
}

#[test]
fn a_block_that_reads_waits_for_the_writer() {
    same(
        "rwlock rw  var x = 0  atomic seen = 5  chan c(1)
         thread w { rw.write()  x = 1  rw.write_unlock() }
         thread q { c.send(1)  atomic { rw.read()  seen = x }  rw.read_unlock() }
         outcomes (seen) == { 0, 1 }",
    );
}

#[test]
fn a_writer_that_waits_keeps_readers_out() {
    let policies = [" prefer readers", " prefer writers", " prefer fair"];
    for policy in policies {
        same(&format!(
            "rwlock rw{policy}  var x = 0  atomic seen = 0
             thread w {{ rw.write()  x = 1  rw.write_unlock() }}
             thread r(i in 0..2) {{ rw.read()  seen += x * (i + 1)  rw.read_unlock() }}
             outcomes (seen) == {{ 0, 1, 2, 3 }}"
        ));
    }
}

#[test]
fn readers_race_if_they_write() {
    same(
        "rwlock rw  var x = 0
         thread r * 2 { rw.read()  x = 1  rw.read_unlock() }
         expect race on x",
    );
}

#[test]
fn an_event_that_is_set_lets_everybody_through() {
    same(
        "event go  var x = 0  atomic n = 0
         thread s { x = 1  go.set() }
         thread w * 2 { go.wait()  n += x }
         outcomes (n) == { 2 }",
    );
}

#[test]
fn an_event_that_is_cleared_may_be_missed() {
    same(
        "event go
         thread s { go.set()  go.clear() }
         thread w { go.wait() }
         expect lost_signal on go",
    );
}

#[test]
fn who_counts_too_far_is_the_last() {
    same(
        "latch done(1)  atomic who = 0
         thread p(i in 0..2) { try { done.count_down()  who = i + 1 } catch \"CountedTooFar\" { skip } }
         outcomes (who) == { 1, 2 }",
    );
}

#[test]
fn who_was_picked_at_one_channel_waits_at_no_other() {
    same(
        "chan a(0)  chan b(0)  atomic got = 0
         thread s { select { a.recv() => { got += 1 } b.recv() => { got += 2 } } }
         thread p { select { a.send(1) => { skip } else => { skip } } }
         thread q { select { b.send(1) => { skip } else => { skip } } }
         outcomes (got) == { 1, 2 }
         expect deadlock",
    );
}

#[test]
fn entries_move_under_who_looks() {
    same(
        "list l(2) = [1, 2]  atomic seen = 0
         thread p { l.pop() }
         thread q { if l.len() == 2 { seen = 1 } else { seen = 2 } }
         outcomes (seen) == { 1, 2 }",
    );
}

#[test]
fn a_chain_is_longer_than_what_is_passed_at_once() {
    same(
        "atomic x = 0  lock m
         thread p { for i in 0..80 { x += 1 }  with m { assert x < 80 } }
         thread q { with m { skip } }
         expect assert",
    );
}

#[test]
fn jobs_of_two_executors_are_numbered_together() {
    same(
        "executor a(1)  executor b(1)
         fn job() { return 0 }
         thread p { let f = a.submit(job)  assert f.result() == 0 }
         thread q { let g = b.submit(job)  assert g.result() == 0 }",
    );
}

#[test]
fn jobs_that_nobody_asks_for_have_no_numbers() {
    same(
        "executor a(1)  executor b(1)  atomic x = 0
         fn add() { x += 1 }
         fn fail() { x += 2  raise \"Lost\" }
         thread p { a.submit(add)  a.submit(fail) }
         thread q { b.submit(fail)  b.submit(add) }
         observe x
         expect swallowed",
    );
}

#[test]
fn a_job_ends_before_or_after_the_time_out() {
    same(
        "executor pool(1)  atomic late = 0
         fn job() { return 1 }
         thread boss {
             let f = pool.submit(job)
             try { let r = f.result_for() } catch \"TimedOut\" { late = 1 }
         }
         outcomes (late) == { 0, 1 }",
    );
}

#[test]
fn a_job_is_taken_before_or_after_it_is_cancelled() {
    same(
        "executor pool(1)  atomic ran = 0
         fn job() { ran = 1  return 1 }
         thread boss { let f = pool.submit(job)  let gone = f.cancel() }
         outcomes (ran) == { 0, 1 }",
    );
}

#[test]
fn whether_a_job_is_done_is_asked_before_or_after() {
    same(
        "executor pool(1)  atomic seen = 0
         fn job() { return 1 }
         thread boss { let f = pool.submit(job)  if f.done() { seen = 1 } }
         outcomes (seen) == { 0, 1 }",
    );
}

#[test]
fn a_pool_is_shut_down_before_or_after_a_job_is_taken() {
    same(
        "executor pool(1)  atomic ran = 0
         fn job() { ran = 1  return 1 }
         thread boss { pool.submit(job)  pool.shutdown_now() }
         outcomes (ran) == { 0, 1 }",
    );
}

#[test]
fn any_of_two_jobs_is_the_first() {
    same(
        "executor pool(2)  atomic first = 0
         fn job(n) { return n }
         thread boss {
             let f = pool.submit(job, 1)
             let g = pool.submit(job, 2)
             for h in as_completed([f, g]) { if first == 0 { first = h.result() } }
         }
         outcomes (first) == { 1, 2 }",
    );
}

#[test]
fn a_job_comes_before_or_after_the_pool_is_shut_down() {
    same(
        "executor pool(1)  atomic late = 0
         fn job() { return 1 }
         thread boss { try { pool.submit(job) } catch \"ShutDown\" { late = 1 } }
         thread other { pool.shutdown() }
         outcomes (late) == { 0, 1 }",
    );
}

#[test]
fn the_first_idle_worker_takes_the_next_job() {
    same(
        "executor pool(2)  atomic x = 0  chan c
         fn job() { x += 1  if x == 3 { let never = c.recv() } }
         thread boss { for _ in 0..3 { pool.submit(job) } }
         expect deadlock",
    );
}

#[test]
fn what_is_printed_is_not_seen_to_be_in_order() {
    same(
        "chan c(1)
         thread p { print 1 }
         thread q { c.send(1)  print 2 }
         outcomes print == { (1, 2), (2, 1) }",
    );
}

#[test]
fn a_result_is_taken_for_what_its_local_was_before() {
    same(
        "var a[2] = 0  chan c(1)
         fn one() { return 1 }
         thread p { let i = 0  i = one()  a[i] = 1 }
         thread q { c.send(1)  a[1] = 2 }
         expect race on a",
    );
}

#[test]
fn an_argument_is_taken_for_what_it_was_at_the_call() {
    same(
        "var a[2] = 0  chan c(1)
         fn f(i) { i = 1  a[i] = 1 }
         thread p { f(0) }
         thread q { c.send(1)  a[1] = 2 }
         expect race on a",
    );
}

#[test]
fn a_local_is_taken_for_what_it_becomes_later() {
    same(
        "var a[2] = 0  chan c(1)
         thread p { let i = 0  a[i] = 1  i = 1  a[i] = 1 }
         thread q { c.send(1)  a[0] = 2 }
         expect race on a",
    );
}

#[test]
fn a_choice_that_is_known_is_taken_for_the_other() {
    same(
        "var a[2] = 0  chan c(1)
         thread p { let z = 0  a[if z == 1 { 0 } else { 1 }] = 1 }
         thread q { c.send(1)  a[1] = 2 }
         expect race on a",
    );
}

#[test]
fn who_catches_what_a_function_raises_is_forgotten_in_the_function() {
    same(
        "var x = 0  chan c(1)  chan d(1)
         fn f() { d.send(1)  raise \"Oops\" }
         thread p { try { f() } catch { x = 1 } }
         thread q { c.send(1)  x = 2 }
         expect race on x",
    );
}

#[test]
fn a_block_ends_where_one_in_a_function_that_it_calls_does() {
    same(
        "var x = 0  var y = 0  chan c(1)
         fn f() { atomic { skip }  x = 1 }
         thread p { atomic { f()  g() } }
         fn g() { atomic { skip }  y = 1 }
         thread q { c.send(1)  x = 2  y = 2 }
         expect race on x
         expect race on y",
    );
}

#[test]
fn like_threads_are_told_apart_by_what_they_spawned() {
    same(
        "atomic x = 0
         fn job() { x += 1 }
         thread p * 2 { spawn job()  x += 1 }
         expect leak of job",
    );
}

#[test]
fn a_block_is_moved_past_the_end_of_who_is_joined_in_it() {
    same(
        "atomic x = 0  atomic y = 0  var h: thread
         thread q { y = 1 }
         thread p { h = q  atomic { h.join()  x = 1 } }
         expect misuse",
    );
}

/// The last stored state is two steps before the deepest of those that are passed.
#[test]
fn a_finding_lies_deeper_than_any_stored_state() {
    same(
        "lock m
         list few(3): int = [0, 1] guarded_by m
         list one(1): int
         thread p { for v in few { let third = few[2] }  one[2] = 0 }
         thread q { few.insert(1, 1) }
         expect unguarded few
         expect swallowed in p",
    );
}
