//! E060 to E077 and E098.

use super::{advice, body};

#[test]
fn a_wait_without_the_lock() {
    advice(
        "lock m\ncond c on m\nthread t { c.wait() }\nthread u { with m { c.notify() } }",
        "4:12 E060 `c` is waited on without its lock `m`
^ nothing here ever takes `m`
- 3:6 `c` belongs to `m`
help: write `with m { while … { c.wait() } }`: the wait gives the lock up and takes it again",
    );
}

#[test]
fn a_wait_that_may_hold_the_lock_is_left_to_the_search() {
    body(
        "lock m\ncond c on m\nfn sleepy() { c.wait() }\nfn take(l) { l.lock() }\nthread a { with m { sleepy() } }\nthread b { take(m) c.wait() m.unlock() }\nthread d { m.lock() c.wait() m.unlock() }",
        &[],
    );
    body(
        "lock m\ncond c on m\nthread t { c.wait() }\nexpect misuse of c",
        &[],
    );
    body(
        "lock m\ncond c on m\nvar x = 0\nthread t { x = 1 c.notify() }",
        &[],
    );
}

#[test]
fn blocking_in_the_middle_of_one_step() {
    advice(
        "sem s = 1\nvar x = 0\nthread t { atomic { x = 1 s.acquire() } }",
        "4:27 E061 something that blocks cannot stand inside `atomic`
^ this may block
- 4:12 this block is one step
help: only the first thing in it may block; put the rest outside",
    );
    body(
        "sem s = 1\nlock m\ncond c on m\nvar x = 0\nfn f() { s.acquire() }\nthread t {\natomic { s.acquire() x = 1 }\natomic { with m { x = 1 } }\natomic { wait_until(x == 1) x = 2 }\natomic { x = 1 f() }\natomic { c.wait() }\n}\nthread u { with m { c.wait() } }",
        &[
            "11:16 E061 something that blocks cannot stand inside `atomic`",
            "12:10 E061 something that blocks cannot stand inside `atomic`",
        ],
    );
}

#[test]
fn assignments_to_what_is_fixed() {
    advice(
        "const N = 3\nthread t { N = 4 }",
        "3:12 E062 `N` is a constant and cannot be assigned
^ assigned here
- 2:7 declared here
help: declare it with `var` if it changes",
    );
    body(
        "lock m\nthread w * 2 { me = 3 for i in 0..2 { i += 1 } m = m }\nthread v(k in 0..2) { k = 1 }",
        &[
            "3:16 E062 `me` is the number of the actor and cannot be assigned",
            "3:39 E062 `i` is the variable of a loop and cannot be assigned",
            "3:48 E062 `m` is an object and cannot be assigned",
            "4:23 E062 `k` is the parameter of the actor and cannot be assigned",
        ],
    );
}

#[test]
fn leaving_what_one_is_not_in() {
    body(
        "var x = 0\nthread t { if x == 0 { break } continue }\nthread u { return 1 }\nfn f() { loop { break } break }",
        &[
            "3:24 E063 `break` outside a loop",
            "3:32 E063 `continue` outside a loop",
            "4:19 E064 `u` is an actor, nobody gets its value",
            "5:25 E063 `break` outside a loop",
        ],
    );
}

#[test]
fn values_that_must_be_known() {
    advice(
        "var x = 2\nthread t * x { skip }",
        "3:12 E065 a number of actors must be known before the run
^ this is known only during the run
help: use numbers and `const`",
    );
    body(
        "var x = 2\nlock m\nconst N = x\nvar a[x] = 0\nvar y = x\nsem s = any(0..2)\nchan q(m)\nfn f() { return 1 }\nconst M = f()\nthread t { skip }",
        &[
            "4:11 E065 a constant must be known before the run",
            "5:7 E065 the length of an array must be known before the run",
            "6:9 E065 the value at the beginning must be known before the run",
            "7:9 E065 the number of permits must be known before the run",
            "8:8 E065 a capacity must be known before the run",
            "10:11 E065 a constant must be known before the run",
        ],
    );
}

#[test]
fn a_number_of_actors_that_names_the_actor() {
    body(
        "thread t * t { skip }",
        &["2:12 E065 a number of actors must be known before the run"],
    );
}

#[test]
fn constants_without_a_value() {
    body(
        "const A = 9223372036854775807 + 1\nconst B = 1 / (2 - 2)\nconst C = D\nconst D = C\nconst E = -(-9223372036854775808)\nconst F = 1 << 64\nthread t { skip }",
        &[
            "2:11 E066 this constant has no value",
            "3:11 E066 this constant has no value",
            "5:7 E066 `D` depends on itself",
            "6:11 E066 this constant has no value",
            "7:11 E066 this constant has no value",
        ],
    );
}

#[test]
fn overflow_in_an_actor_is_left_to_the_run() {
    body(
        "var x = 0\nthread t { x = 9223372036854775807 + 1 x = 1 / 0 }",
        &[],
    );
}

#[test]
fn what_cannot_be_held() {
    advice(
        "rwlock rw\nthread t { with rw { skip } }",
        "3:17 E067 a rwlock cannot be held as a whole
^ this is a rwlock
help: write `with rw.read { … }` or `with rw.write { … }`",
    );
    body(
        "lock m\ncond c on m\nonce o\nvar x = 0\nevent e\nthread t { with c { skip } with o { skip } with x { skip } with m.read { skip } with e { skip } }",
        &[
            "7:17 E067 a cond cannot be held as a whole",
            "7:33 E067 a once cannot be held as a whole",
            "7:49 E067 an int cannot be held as a whole",
            "7:65 E067 a lock has no side `read` to hold",
            "7:86 E067 an event cannot be held as a whole",
        ],
    );
}

#[test]
fn properties_only_look() {
    advice(
        "chan q\nthread t { q.send(1) }\nalways q.try_send(1)",
        "4:8 E068 a property only looks, but `try_send` acts
^ this changes something, or waits
help: ask with `len`, `is_empty`, `is_full`, `is_locked`, `value`, `is_set`, `is_alive`, `done` or `load`",
    );
    body(
        "chan q\natomic n = 0\nlock m\nfn f() { return true }\nvar x = 0\nthread t { q.send(1) wait_until(n.swap(1) == 0) }\nalways f()\nalways any(bool)\nalways q.len() <= 1 && !m.is_locked() && n.load() == 0 && n == 0",
        &[
            "7:33 E068 `wait_until` only looks, but `swap` acts",
            "8:8 E068 a property only looks, but `f` acts",
            "9:8 E068 a property only looks, but `any` acts",
        ],
    );
}

#[test]
fn properties_name_the_owner_of_a_local() {
    advice(
        "thread t { let seen = 1 print seen }\nfinally assert seen == 1",
        "3:16 E069 `seen` is a local of an actor
^ whose?
- 2:16 declared here
help: write `t.seen`: its last value
fix: seen -> t.seen",
    );
    body(
        "thread t { let seen = 1 print seen }\nthread u { print t.seen }\nfinally assert t.sene == 1",
        &[
            "3:18 E077 an actor cannot look into another actor's locals",
            "4:18 E020 no local `sene` in `t`",
        ],
    );
}

#[test]
fn matches_that_leave_values_out() {
    advice(
        "enum P { A, B, C }\nvar p = A\nthread t { match p { A => { } C => { } } }",
        "4:18 E070 this `match` leaves out `B`
^ what happens then?
- 4:40 no arm for the rest
help: add an arm, or `_ => { }` for everything else",
    );
    body(
        "var n = 0\nvar b = true\nthread t { match n { 0..3 => { } } match b { true => { } } match b { true => { } false => { } } match n { 1 | 2 => { } _ => { } } }",
        &[
            "4:18 E070 this `match` leaves out other values",
            "4:42 E070 this `match` leaves out `false`",
        ],
    );
}

#[test]
fn arms_that_are_never_reached() {
    body(
        "var n = 0\nthread t { match n { 1 => { } 0..3 => { } _ => { } 7 => { } } }",
        &[
            "3:31 E071 this pattern is never reached",
            "3:52 E071 this pattern is never reached",
        ],
    );
}

#[test]
fn a_receive_that_may_give_nothing() {
    advice(
        "chan q\nthread t { let x = q.try_recv() }\nthread u { q.send(1) }",
        "3:20 E072 `try_recv` may give nothing, so it has no plain value
^ what if there is nothing?
help: write `if let x = q.try_recv() { … } else { … }`",
    );
    body(
        "chan q\nvar x = 0\nlock m\nthread t { q.try_recv() if let y = x { skip } if let z = m.recv() { skip } }\nthread u { q.send(1) }",
        &[
            "5:36 E077 this cannot stand here",
            "5:60 E022 a lock has no operation `recv`",
        ],
    );
}

#[test]
fn not_a_lock() {
    advice(
        "sem s = 1\nvar x = 0 guarded_by s\nthread t { x = 1 }",
        "3:22 E073 `guarded_by` takes one lock, `s` is none
^ a declared `lock` is asked for
- 2:5 declared here",
    );
    body(
        "lock m[2]\ncond c on m\ncond d on m[2]\ncond e on n\nthread t { skip }",
        &[
            "3:11 E073 `on` takes one lock, `m` is none",
            "4:13 E074 the index of an element is at most 1",
            "5:11 E020 no lock `n` in this scenario",
        ],
    );
}

#[test]
fn what_is_shared_takes_a_shared_lock() {
    advice(
        "lock m\nshared var x = 0 guarded_by m\nprocess p { x = 1 }",
        "3:29 E078 `x` is shared, and its lock `m` is not
^ each process has its own
- 2:6 declared here without `shared`
help: a copy of `m` in each process cannot guard the one `x`; write `shared lock m`",
    );
    body(
        "lock m\nshared cond c on m\nshared lock n\ncond d on n\nvar x = 0 guarded_by n\nshared chan q(1)\nprocess p { x = 1 }",
        &["3:18 E078 `c` is shared, and its lock `m` is not"],
    );
}

#[test]
fn what_cannot_be_shared() {
    body(
        "shared shared var x = 0\nshared const N = 3\nshared thread t { x = 1 }",
        &[
            "2:8 E005 `shared` is written twice",
            "3:8 E005 `const` cannot be `shared`",
            "4:8 E005 `thread` cannot be `shared`",
        ],
    );
}

#[test]
fn numbers_that_are_not_possible() {
    body(
        "barrier b(0)\nchan q(-1)\nsem s = -1\nlatch l(-2)\nvar x: 0..3 = 3\nvar y: 3..3 = 3\nsem t = 3 max 2\nvar a[0] = 0\nthread w * 0 { s.release(-1) print any(2..2) }",
        &[
            "2:11 E074 the number of a barrier's parties is at least 1",
            "3:8 E074 a capacity is at least 0",
            "4:9 E074 the number of permits is at least 0",
            "5:9 E074 the count of a latch is at least 0",
            "6:15 E074 3 lies outside 0..=2",
            "7:8 E074 this range is empty",
            "8:5 E074 `t` begins with 3 permits, more than its maximum",
            "9:7 E074 the length of an array is at least 1",
            "10:12 E074 a number of actors is at least 1",
            "10:26 E074 `release` takes no negative number",
            "10:40 E074 there is nothing to choose from",
        ],
    );
}

#[test]
fn an_outcome_listed_twice() {
    advice(
        "var x = 0\nvar y = 0\nthread t { x = 1 }\noutcomes (x, y) == { (0, 0), (1, 0), (0, 0) }",
        "5:38 E075 this outcome is listed twice
^ listed again here
- 5:22 listed first here",
    );
}

#[test]
fn main_threads() {
    body(
        "main thread a { skip }\nmain thread b { skip }",
        &["3:1 E021 there are two `main` threads"],
    );
    body("main thread a * 2 { skip }", &["2:1 E021 2 `main` threads"]);
}

#[test]
fn ranges_are_checked_where_they_can_be() {
    body(
        "fn f(a: 0..3) { print a }\nthread t { f(1) let x: 0..3 = 1 }",
        &[
            "2:9 E077 a range cannot stand here",
            "3:24 E077 a range cannot stand here",
        ],
    );
}

#[test]
fn memory_models() {
    advice(
        "memory tso\nthread t { skip }",
        "2:8 E098 memory model `tso` is not modelled yet; `sc` is
^ this model allows more reorderings than `sc`
help: write `memory sc`, or leave the line out; bugs that need a weaker model are not found",
    );
    body("memory sc\nthread t { skip }", &[]);
}

#[test]
fn a_select_that_waits_for_nothing() {
    advice(
        "thread t { select { else => { } } }",
        "2:21 E077 a `select` that waits for nothing
^ needs an arm that sends or receives
help: write an arm: `let x = q.recv() => { … }` or `q.send(1) => { … }`",
    );
    body(
        "thread t { select { } }",
        &["2:12 E077 a `select` that waits for nothing"],
    );
}

#[test]
fn two_arms_for_when_nothing_is_ready() {
    advice(
        "chan q\nthread t { select { q.send(1) => { } else => { } timeout => { } } }",
        "3:50 E077 `timeout` beside `else` in this `select`
^ only one arm says what happens when no other is ready
- 3:38 the first is here
help: `else` runs at once when no other arm is ready, `timeout` at any moment: keep one of them",
    );
    body(
        "chan q\nthread t { select { q.send(1) => { } else => { } else => { } } }",
        &["3:50 E077 a second `else` in this `select`"],
    );
}

#[test]
fn an_arm_that_is_no_send_or_receive() {
    advice(
        "chan q\nlock m\nthread t { select { q.send(1) => { } m.lock() => { } } }",
        "4:38 E077 an arm of a `select` is a `recv`, `recv_or` or `send` of a channel
^ this is none of them
help: do it in front of the `select`, or in the block of an arm",
    );
}

#[test]
fn a_select_with_else_does_not_block() {
    body(
        "chan q\nvar x = 0\nthread t { atomic { x = 1 select { q.send(1) => { } else => { } } } }",
        &[],
    );
}

#[test]
fn an_arm_that_only_tries() {
    advice(
        "chan q\nthread t { select { q.try_recv() => { } } }",
        "3:21 E077 an arm of a `select` is a `recv`, `recv_or` or `send` of a channel
^ this is none of them
help: write `recv()`: in a `select` it does not wait for its own channel alone",
    );
}

#[test]
fn transcripts_of_constants() {
    body(
        "enum Side { Left, Right }\nconst N = 3\nthread t { print N }\noutcomes print in { (), (1, true), (Left, \"text\"), N }\nobserve print",
        &[],
    );
    body(
        "var x = 0\nlock m\nthread t { print x }\noutcomes print == { (x), (m), (1), \"1\" }",
        &[
            "5:22 E065 a printed line must be known before the run",
            "5:27 E065 a printed line must be known before the run",
            "5:36 E075 this outcome is listed twice",
        ],
    );
    // A mistake elsewhere leaves the constant's type open.
    body(
        "const A = zz\nthread t { print 1 }\noutcomes print in { (A) }",
        &[
            "2:11 E020 no variable `zz` in this scenario",
            "4:22 E049 this is not a printed line",
        ],
    );
}
