//! For each mistake in leaving out orders of steps: a scenario on which the search
//! with it does not show what the search of all states shows.

use super::both::{Outcome, TIME_IS_UP, compare, programs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use threadbare::base::Mistake;

/// Whether both searches show the same, or the scenario is searched whole.
pub fn holds(body: &str) -> bool {
    let text = format!("scenario \"planted\" {{ {body} }}");
    let compared = catch_unwind(AssertUnwindSafe(|| compare(&programs(&text)[0])));
    !matches!(compared, Err(_) | Ok(Outcome::Differ(_)))
}

/// The scenario of a mistake.
pub fn text(mistake: Mistake) -> Option<&'static str> {
    Some(match mistake {
        Mistake::TakesAccord => {
            "lock m  atomic x = 0
             thread p { with m { wait_until(x == 1) } }
             thread q { with m { x = 1 } }"
        }
        Mistake::AllAreAlike => {
            "atomic c = 0  atomic x[2] = 0  atomic seen = 0
             thread p(i in 0..2) { c += 1  x[i] = 1 }
             thread q { c += 1  seen = x[0] * 10  seen += x[1] }
             observe seen"
        }
        Mistake::AllAreTwins => {
            "lock m  var x = 0
             thread p(i in 0..2) { with m { x += 1 }  with m { x += 2 } }
             observe x
             always x != 3"
        }
        Mistake::JoinIsBlind => {
            "atomic x = 0
             thread p(i in 0..2) { x += 1 }
             thread q { p(0).join()  assert x == 2 }"
        }
        Mistake::QueuesNotRenamed => {
            "lock m  cond c on m fifo  atomic order = 0
             thread p * 3 { with m { c.wait()  order = order * 2 } order += 1 }
             thread q { for i in 0..3 { with m { c.notify() } } }
             observe order"
        }
        Mistake::ToldByNumber => TIME_IS_UP,
        Mistake::TurnsNotRenamed => {
            "var x = 0
             task p * 3 { await io() x = x * 2 + 1 await io() x += 3 }
             observe x"
        }
        Mistake::ClassCountsOnce => {
            "atomic x = 0  chan c
             thread p * 3 { x += 1  if x == 2 { let never = c.recv() } }"
        }
        Mistake::SubmitsForgotten => {
            "atomic x = 0  executor pool(1)
             fn job() { x = 1 }
             thread other { x = 2 }
             thread boss { pool.submit(job) }
             observe x"
        }
        Mistake::AnyWorkerWillDo => {
            "chan c  lock m  cond free on m  executor pool(2)
             fn one() { skip }
             fn two() { let never = c.recv() }
             thread boss { pool.submit(one)  pool.submit(two) }"
        }
        Mistake::WorkersCounted => {
            "chan c  executor pool(2)
             fn one() { let never = c.recv() }
             fn two() { skip  let never = c.recv() }
             thread boss { pool.submit(one)  pool.submit(two) }"
        }
        Mistake::TriesAccord => {
            "lock m  var got = 0
             thread p { with m { skip } }
             thread q { if m.try_lock() { got = 1  m.unlock() } }
             observe got"
        }
        Mistake::AskingAccords => {
            "sem s = 0  var seen = 0
             thread p { s.release() }
             thread q { seen = s.value() }
             observe seen"
        }
        Mistake::SendsAccord => {
            "chan c(2)  atomic sum = 0
             thread p(i in 0..2) { c.send(i + 1) }
             thread q { let a = c.recv()  let b = c.recv()  sum = a * 10 + b }
             observe sum"
        }
        Mistake::ReceivesAccord => {
            "chan c(2)  atomic first = 0
             thread p { c.send(1)  c.send(2) }
             thread q { first = c.recv() }
             thread r { let b = c.recv() }
             observe first"
        }
        Mistake::WritesAccord => {
            "var x = 0  chan c(1)
             thread p { x = 1 }
             thread q { c.send(1)  x = 1 }"
        }
        Mistake::ReadsAccord => {
            "atomic x = 0  atomic seen = 0
             thread p { x = 1 }
             thread q { seen = x.load() }
             observe seen"
        }
        Mistake::ConditionReadsNothing => {
            "var flag = 0  sem s = 1
             thread p { flag = 1 }
             thread q { s.acquire()  wait_until(flag == 1)  s.release() }"
        }
        Mistake::BlockForgotten => {
            "atomic x = 0  atomic y = 0
             thread p { x = 1 }
             thread q { atomic { y = 1  x = 2 } }
             observe x"
        }
        Mistake::JoinInBlockIsBlind => {
            "atomic x = 0  atomic y = 0  var h: thread
             thread q { y = 1 }
             thread p { h = q  atomic { h.join()  x = 1 } }"
        }
        Mistake::EndsAccord => {
            "var x = 0  var y = 0
             fn f(n) { x = n }
             thread p { spawn f(1)  y = 1 }"
        }
        Mistake::MissedAccord => {
            "event e  atomic a = 0
             thread p { let seen = a.load()  e.wait() }
             thread q { e.set()  e.clear() }"
        }
        Mistake::WatchedForgotten => {
            "atomic a = 0  atomic b = 0
             always !(a == 1 && b == 1)
             thread p { a = 1  a = 0 }
             thread q { b = 1  b = 0 }"
        }
        Mistake::UnknownIndexIsFirst => {
            "var xs[3] = 0  atomic at = 2
             thread p { let i = at.load()  xs[i] = 1 }
             thread q { xs[2] = 2 }
             observe xs[2]"
        }
        Mistake::OnlyNextStep => {
            "var x = 0  chan c(1)
             thread p { x = 1 }
             thread q { c.send(1)  x = 2 }"
        }
        Mistake::EnteredForgotten => {
            "var x = 0  chan c(1)
             fn f(n) { x = n }
             thread p { x = 1 }
             thread q { c.send(1)  f(2) }"
        }
        Mistake::ReturnsForgotten => {
            "var x = 0  chan c(2)
             fn f(n) { c.send(n)  c.send(n) }
             thread p { let a = c.recv()  x = 1 }
             thread q { f(2)  x = 2 }"
        }
        Mistake::HandlersForgotten => {
            "var x = 0  chan c(1)
             thread p { x = 1 }
             thread q { try { c.send(1)  raise \"E\" } catch \"E\" { x = 2 } }"
        }
        Mistake::BlockedNeedNobody => {
            "var x = 0  event e
             thread p { x = 1 }
             thread q { e.wait()  x = 2 }
             thread r { e.set() }"
        }
        Mistake::FaultLeavesOthers => {
            "var x = 0
             thread p { assert 1 == 2 }
             thread q { x = 1 }
             thread r { x = 2 }"
        }
        Mistake::CirclesIgnored => {
            "atomic turn = 0  var x = 0
             thread p { loop { turn = 1 - turn } }
             thread q { x = 1 }
             thread r { x = 2 }"
        }
        Mistake::ObjectsNotWatched => {
            "sem s = 1  sem t = 1
             always s.value() + t.value() > 0
             thread p { s.acquire()  s.release() }
             thread q { t.acquire()  t.release() }"
        }
        Mistake::HiddenReduced => {
            "atomic a = 0  atomic b = 0
             thread p { @one: a = 1 }
             thread q { @two: b = 1 }
             order @one before @two"
        }
        Mistake::GrowingCirclesReduced => {
            "rwlock rw  lock m  chan inside(2)  chan one(1)  chan two(1)
             thread w {
                 let a = inside.recv()  let b = inside.recv()
                 m.lock()  one.send(1)  two.send(1)  rw.write()
             }
             thread h { rw.read()  inside.send(1)  let a = one.recv()  m.lock() }
             thread x { rw.read()  inside.send(1)  let a = two.recv()  m.lock() }"
        }
        Mistake::EndStopsNobody => {
            "atomic a = 0  atomic b = 0
             daemon thread p { a = 1  a = 2 }
             thread q { b = 1 }
             observe a"
        }
        Mistake::UnownedReduced => {
            "unowned lock m  var y = 0  chan c(1)
             thread z { y = 1 }
             thread p { m.lock()  c.send(1)  m.lock()  y = 2  m.unlock() }
             thread q { let v = c.recv()  m.unlock() }"
        }
        Mistake::LeavingIsWorking => {
            "atomic x = 0  list k(1): int
             fn f(n) { for i in 0..2 { skip }  return 0 }
             thread p { x = 1 }
             daemon thread q { let h = spawn f(1)  if 1 in k { skip } }
             observe x"
        }
        Mistake::TimedJoinIsBlind => {
            "var got = 0  atomic a = 0
             thread p { a = 1 }
             thread q { if p.join_for() { got = 1 } }
             observe got"
        }
        Mistake::CopiesAreGates => {
            "lock m  shared var x = 0  chan c(1)
             thread p { m.lock()  let never = c.recv() }
             process q { x = 2 }
             process r { m.lock()  x = 1  m.unlock() }"
        }
        Mistake::HolderNotNeeded => {
            "lock m[2]  var x = 0  chan c(1)
             thread p { x = 1 }
             thread q { let i = c.recv()  m[i].lock()  x = 2  m[i].unlock() }
             thread r { m[0].lock()  c.send(0)  m[0].unlock() }"
        }
        Mistake::BeforeGateNotAsked => {
            "lock m  var x = 0  chan c(1)
             thread p { m.lock()  c.send(1)  x = 1  m.unlock() }
             thread q { let v = c.recv()  x = 2  m.lock()  x = 3  m.unlock() }"
        }
        Mistake::GateHolderForgotten => {
            "lock m  var x = 0  chan c(1)
             thread p { x = 1 }
             thread q { m.lock()  c.send(1)  m.unlock() }
             thread r { let v = c.recv()  m.lock()  x = 2  m.unlock() }"
        }
        Mistake::WorkAfterCannotFail => {
            "lock m
             thread p { with m { skip }  assert false }
             thread q { with m { skip } }"
        }
        Mistake::AnySemaphoreIsADoor => {
            "sem s = 2  var x = 0  chan c(1)
             thread p { s.acquire()  c.send(1)  x = 1  s.release() }
             thread q { let v = c.recv()  s.acquire()  x = 2  s.release() }"
        }
        Mistake::DoorsHaveNoOtherUse => {
            "sem s = 1  var x = 0  chan c(1)
             thread p { s.acquire()  c.send(1)  x = 1  s.release() }
             thread q { let v = c.recv()  s.release(any(1..3))  s.acquire()  x = 2  s.release() }"
        }
        Mistake::DoorsOpenBothWays => {
            "sem s = 1  var x = 0  chan c(2)
             fn f() { let v = c.recv() }
             thread p { x = 1  c.send(1)  c.send(1) }
             thread q { f() }
             thread r { s.acquire()  x = 2  s.release() }
             thread t { s.acquire()  f()  s.release() }"
        }
        Mistake::AnybodyOpensDoors => {
            "sem s = 1  var x = 0  chan c(1)
             thread p { s.acquire()  c.send(1)  x = 1 }
             thread q { let v = c.recv()  s.release()  s.acquire()  x = 2 }"
        }
        Mistake::LocalsAreNotSeen => {
            "lock m  var x = 0
             thread p { with m { x += 1 }  let done = 1 }
             thread q { with m { x += 1 }  let done = 1 }
             always !(q.done == 1 && p.done == 0)"
        }
        Mistake::SumsGoBothWays => {
            "lock m  var x = 0
             thread p { with m { x += 1 } }
             thread q { with m { x -= 1 } }"
        }
        Mistake::ReadStaysInRegister => {
            "lock m  var x = 0  var y = 0  var z = 0
             thread p { m.lock()  let old = x  x = old + 1  m.unlock()  y = old }
             thread q { m.lock()  let old = x  x = old + 1  m.unlock()  z = old }"
        }
        Mistake::WordsNeedNoGuard => {
            "lock m  lock n  var x = 0
             thread p { with m { x += 1 } }
             thread q { with n { x += 1 } }"
        }
        Mistake::SumsStayLarge => {
            "atomic left = 1
             thread p { left -= 1 }
             thread w { wait_until(left >= 1)  assert false }"
        }
        Mistake::SumsAreNeverTooLarge => {
            "atomic done = 0
             thread p { done += 1 }
             thread q { done += 1 }
             thread w { wait_until(done == 1)  assert false }"
        }
        Mistake::WhoAddsHelpsNobody => {
            "atomic x = 0  atomic y = 0
             thread p { wait_until(x >= 1)  y = 1 }
             thread r { y = 2 }
             thread q { x += 1 }"
        }
        Mistake::SumsNeverOverflow => {
            "lock m  var x: 0..=1 = 0
             thread p { with m { x += 1 } }
             thread q { with m { x += 1 } }"
        }
        Mistake::GateNotPassedBy => {
            "lock m  var x = 0  chan c(1)
             fn f(n) { yield  if n == 2 { m.lock()  m.unlock() } }
             thread p { m.lock()  c.send(1)  x = 1  m.unlock() }
             thread q { let v = c.recv()  f(v)  x = 2 }"
        }
        _ => return None,
    })
}
