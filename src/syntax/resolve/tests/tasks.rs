//! Tasks, event loops, `await`, and where they cannot stand.

use super::{advice, body};

#[test]
fn what_tasks_can_do() {
    body(
        "loop_thread ui\nlock m\nsem s = 1\nchan q(1): int\nevent e\nexecutor p(1)\nvar x = 0\n\
         fn f(n) { await io() return n }\nfn j(n) { return n }\n\
         task a { let t = spawn task f(1) let u = spawn task f(2) on ui await gather(t, u, f(3)) \
         x = await t + await u x = await f(4) await sleep await yield await m.lock() m.unlock() \
         with await m, await s { await q.send(1) } x = await q.recv() await e.wait() \
         x = await p.submit(j, 1) let fu = p.submit(j, 2) x = await fu if t.done() || t.cancel() { } }\n\
         task b * 2 on ui { e.set() }\ngreen g(i in 0..2) { sleep q.send(i) let h = spawn green j(1) h.join() }\n\
         thread w { a.join() b.join() let t = spawn task f(1) x = t.result() }",
        &[],
    );
}

#[test]
fn await_needs_a_task() {
    advice(
        "thread t { await io() }",
        "2:12 E077 `await` outside a task
^ only a task can give an event loop back
- 2:8 the thread `t` runs it
help: leave `await` out, or declare a `task` instead",
    );
    body(
        "executor p(1)\nfn f() { await io() }\ntask a { await f() }\nthread t { p.submit(f) }",
        &["3:10 E077 `await` outside a task"],
    );
    body(
        "fn f() { await io() }\ntask a { spawn f() }",
        &["2:10 E077 `await` outside a task"],
    );
    advice(
        "green g { await sleep }",
        "2:11 E077 `await` outside a task
^ only a task can give an event loop back
- 2:7 the green thread `g` runs it
help: a green thread gives its loop back wherever it blocks: leave `await` out",
    );
}

#[test]
fn await_ends_a_step() {
    body(
        "task a { atomic { await io() } }",
        &["2:19 E077 `await` cannot stand inside `atomic`"],
    );
    let sleeps = "E077 `sleep` of a green thread cannot stand inside `atomic`";
    let yields = "E077 `yield` of a green thread cannot stand inside `atomic`";
    body(
        "green g { atomic { skip sleep } }",
        &[&format!("2:25 {sleeps}")],
    );
    body(
        "fn f() { g() }\nfn g() { if true { yield } }\nfn h() { atomic { f() } }\n\
         task t { let k = spawn green h() k.join() }\nfn once() { atomic { atomic { yield } } }\n\
         green a { once() }\ngreen b { atomic { once() } }",
        &[&format!("3:20 {yields}"), &format!("6:31 {yields}")],
    );
    // Nobody else runs in between: others sleep without giving anything back.
    body(
        "fn f() { sleep yield }\nthread t { atomic { f() } }\ngreen g { f() }",
        &[],
    );
    body(
        "var x = 0\ntask a { skip }\nalways await x == 0",
        &["4:8 E068 a property only looks, but `await` acts"],
    );
}

#[test]
fn what_cannot_be_awaited() {
    advice(
        "lock m\ntask a { await m.unlock() }",
        "3:16 E077 `m.unlock()` cannot be awaited
^ it never waits
help: leave `await` out: `m.unlock()`",
    );
    advice(
        "thread t { skip }\ntask a { await t }",
        "3:16 E077 `t` cannot be awaited
^ a thread, not a task
help: wait for its end: `await t.join()`",
    );
    body(
        "var x = 1\ntask a { await x }",
        &["3:16 E077 `x` cannot be awaited"],
    );
    body(
        "var x = 1\ntask a { await gather(x) }",
        &["3:23 E040 expected a task, found an int"],
    );
    body(
        "task a { await gather() }",
        &["2:16 E041 `gather` takes 1 to 32 tasks"],
    );
    body(
        "fn f() { skip }\ntask a { io() gather(f()) }",
        &[
            "3:10 E077 `io` does nothing unless it is awaited",
            "3:15 E077 `gather` does nothing unless it is awaited",
        ],
    );
    body(
        "chan q(1): task\nfn f() { return 1 }\ntask a { let t = await q.recv() let x = await t + 1 q.send(spawn task f()) }",
        &[],
    );
    body("task a { await io }", &["2:16 E020 `io` is called"]);
}

#[test]
fn event_loops_have_names() {
    advice(
        "task a on ui { skip }",
        "2:11 E020 no event loop `ui` in this scenario
^ not declared
help: declare it with `loop_thread ui`, or leave `on` out",
    );
    body(
        "loop_thread ui\nthread a on ui { skip }",
        &["3:13 E077 `on` cannot stand here"],
    );
    body(
        "daemon task a { skip }",
        &["2:1 E077 `daemon` cannot stand here"],
    );
}

#[test]
fn heads_that_await() {
    body(
        "chan q(1): int\nrwlock rw\nonce o\nexecutor p(1)\nvar x = 0\nfn f(n) { await io() return n }\nfn j(n) { return n }\n\
         task a { for v in await q { x = v } while let v = await q.recv() { x = v } if let v = await q.recv_for() { x = v }\n\
         with await rw.read { skip } with await rw.write { skip } with await o.first { skip } await rw.read() rw.read_unlock()\n\
         for g in await as_completed([p.submit(j, 1)]) { x = await g } for r in await p.map(j, 0..2) { x = r }\n\
         await select { let v = q.recv() => { x = v } timeout => { skip } }\n\
         let rs = await gather(f(1), f(2)) x = rs[0] + len(rs) for r in rs { x = r }\n\
         x = await wait_for(f(1)) let t = spawn task f(2) x = await wait_for(t) x = await wait_for(p.submit(j, 2)) }",
        &[],
    );
}

#[test]
fn heads_that_need_no_await() {
    body(
        "chan q(1): int\nexecutor p(1)\nfn f() { skip }\ntask a { for i in await 0..3 { skip } }",
        &["5:25 E077 `0` cannot be awaited"],
    );
    advice(
        "chan q(1): int\ntask a { if let x = await q.try_recv() { print x } }",
        "3:21 E077 this `await` cannot stand here
help: it never waits: `q.try_recv()`",
    );
    advice(
        "chan q(1): int\ntask a { await select { q.recv() => { skip } else => { skip } } }",
        "3:10 E077 this `await` cannot stand here
help: a `select` with `else` never waits: leave `await` out",
    );
    advice(
        "lock m\ntask a { await wait_for(m.lock()) }",
        "3:25 E077 an operation of an object cannot stand here
help: it has a time-out of its own: `await m.try_lock_for()`",
    );
    advice(
        "var x = 0\ntask a { await wait_for(x) }",
        "3:25 E040 expected a task or a future, found an int
^ this is an int
help: `wait_for` takes a task, a future, or a call of a function that becomes a task: `await wait_for(f(1))`",
    );
    body(
        "chan q(1): int\nthread t { await select { q.recv() => { skip } } }",
        &["3:12 E077 `await` outside a task"],
    );
    body(
        "chan q(1): int\nfn f() { await io() return 1 }\nfn g() { await io() return true }\n\
         task a { let r = await gather(f(), g()) }",
        &["5:18 E044 this gives no value"],
    );
}
