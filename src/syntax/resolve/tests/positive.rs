//! What right scenarios become.

use super::{body, hir, hir_of};

#[test]
fn a_counter() {
    hir(
        "var count = 0 guarded_by m\nlock m\nthread w * 2 { with m { count += 1 } }\nfinally assert count == 2\noutcomes (count) == { 2 }\nexpect ok",
        r#"
var count: Int = [0] guarded_by m
object m: Lock { reentrant: false, unowned: false }
actor w#1 [1]
actor w#2 [2]
fn w(me: Int)
  with Lock m
    count Add= 1
finally Eq(count, 2)
outcomes ["count"] count exact=true Some([[2]])
expect "ok" Ok
"#,
    );
}

#[test]
fn constants_are_folded_and_overridden() {
    let text = "const N = 2\nconst FAST = true\nscenario \"s\" {\nconst M = N * 10\nvar a[N] = M\nthread t(i in 0..N) { if FAST { a[i] = M - 1 } }\n}";
    hir_of(
        text,
        &[("N", 1), ("FAST", 0)],
        "
var a[1]: Int = [10]
actor t(0) [0]
fn t(i: Int)
  if false
    a[i] = 9
",
    );
}

#[test]
fn functions_are_templates() {
    hir(
        "chan q: bool\nlock m\nfn id(x) { return x }\nfn give(x) { q.send(x) }\nthread t { let a = id(1) let b = id(true) with id(m) { give(id(b)) print a } }",
        "
object q: Chan None of Bool
object m: Lock { reentrant: false, unowned: false }
actor t []
fn t()
  let a = id(1)
  let b = id(true)
  with Lock id(m)
    give(id(b))
    print a
fn id(x: Int) -> Int
  return x
fn id(x: Bool) -> Bool
  return x
fn id(x: Lock) -> Lock
  return x
fn give(x: Bool)
  Send(q, x)
",
    );
}

#[test]
fn types_flow_backwards_through_passes() {
    hir(
        "chan calls: chan\nchan reply(1)\nvar j: Job\nthread client { calls.send(reply) j = reply.recv() print j.id }\nthread server { let r = calls.recv() r.send(make(7)) }\nfn make(n) { return Job(n, false) }\nstruct Job { id: int, last: bool }",
        "
var j: Job = [0, 0]
object calls: Chan None of Chan<Job>
object reply: Chan Some(1) of Job
actor client []
actor server []
fn client()
  Send(calls, reply)
  j = Recv(reply)
  print j.0
fn server()
  let r = Recv(calls)
  Send(r, make(7))
fn make(n: Int) -> Job
  return Job(n, false)
",
    );
}

#[test]
fn what_nobody_decides_is_an_int() {
    hir(
        "chan done\nthread a { done.recv() }\nthread b { done.close() }",
        "
object done: Chan None of Int
actor a []
actor b []
fn a()
  Recv(done)
fn b()
  Close(done)
",
    );
}

#[test]
fn recursion() {
    hir(
        "fn even(n) { if n == 0 { return true } return odd(n - 1) }\nfn odd(n) { if n == 0 { return false } return even(n - 1) }\nthread t { assert even(4) }",
        "
actor t []
fn t()
  assert even(4)
fn even(n: Int) -> Bool
  if Eq(n, 0)
    return true
  return odd(Sub(n, 1))
fn odd(n: Int) -> Bool
  if Eq(n, 0)
    return false
  return even(Sub(n, 1))
",
    );
}

#[test]
fn shadowing() {
    hir(
        "var x = 1\nthread t { let x = x + 1 if x > 1 { let x = true print x } x = 3 }",
        "
var x: Int = [1]
actor t []
fn t()
  let x = Add(x, 1)
  if Gt(x, 1)
    let x = true
    print x
  let x = 3
",
    );
}

#[test]
fn loops_over_arrays_and_ranges() {
    hir(
        "var a[2] = 4\nthread t { for v in a { print v } for i in 1..=3 { a[i - 1] -= i } }",
        "
var a[2]: Int = [4, 4]
actor t []
fn t()
  for v's index in 0..2
    let v = a[v's index]
    print v
  for i in 1..4
    a[Sub(i, 1)] Sub= i
",
    );
}

#[test]
fn atomics() {
    hir(
        "atomic n = 0\natomic f = false\nthread t { n += 2 n *= 3 n = 4 let o = n.fetch_max(5, relaxed) f |= true if f.compare_exchange(false, true) { print o, n.plain_load() } }",
        "
atomic n: Int = [0]
atomic f: Bool = [0]
actor t []
fn t()
  Fetch(Add)(n, 2)
  Fetch(Mul)(n, 3)
  n = 4
  let o = Fetch(Max)(n, 5)
  Fetch(BitOr)(f, true)
  if CompareExchange(f, false, true)
    print o, PlainLoad(n)
",
    );
}

#[test]
fn structs_and_their_fields() {
    hir(
        "struct P { x: int, y: int }\nstruct Q { a: P, b: bool }\nvar q = Q(P(1, 2), true)\nthread t { q.a.x += 1 let c = q.a c.y = 5 c.y += 1 print c.y, q.a == c }",
        "
var q: Q = [1, 2, 1]
actor t []
fn t()
  q.0.0 Add= 1
  let c = q.0
  let c.1 = 5
  let c.1 = Add(c.1, 1)
  print c.1, Eq(q.0, c)
",
    );
}

#[test]
fn several_held_at_once() {
    hir(
        "lock a\nrwlock b\nthread t { with a, b.read { skip } }",
        "
object a: Lock { reentrant: false, unowned: false }
object b: RwLock { policy: Readers }
actor t []
fn t()
  with Lock a
    with Read b
      skip
",
    );
}

#[test]
fn chains_of_conditions_nest() {
    hir(
        "chan q\nvar x = 0\nthread t { if x == 1 { skip } else if let v = q.try_recv() { x = v } else { yield } }",
        "
var x: Int = [0]
object q: Chan None of Int
actor t []
fn t()
  if Eq(x, 1)
    skip
  else
    if let v = q Try
      x = v
    else
      yield
",
    );
}

#[test]
fn actors_as_values() {
    hir(
        "thread w * 2 { skip }\nthread p(i in 1..3) { skip }\nthread one { let h = spawn f() h.join() w.join() w#2.join() p(1).join() print one.is_alive() }\nfn f() { one.join() }",
        "
actor w#1 [1]
actor w#2 [2]
actor p(1) [1]
actor p(2) [2]
actor one []
fn w(me: Int)
  skip
fn p(i: Int)
  skip
fn one()
  let h = spawn f()
  Join(h)
  Join(group(w))
  Join(actor(1))
  Join(actor(2))
  print IsAlive(group(one))
fn f()
  Join(group(one))
",
    );
}

#[test]
fn objects_kept_in_variables() {
    hir(
        "lock m\nsem s[2] = [1, 0]\nlock k\nvar cur = k\nvar which[2] = [s[1], s[0]]\nvar h: thread\nthread t { cur.lock() cur = m which[0].release() h = spawn f(cur) }\nfn f(l) { l.unlock() }",
        "
var cur: Lock = [3]
var which[2]: Sem = [2, 1]
var h: Handle = [-1]
object m: Lock { reentrant: false, unowned: false }
object s[2]: Sem { max: None } = [1, 0]
object k: Lock { reentrant: false, unowned: false }
actor t []
fn t()
  Lock(cur)
  cur = m
  Release(which[0])
  h = spawn f(cur)
fn f(l: Lock)
  Unlock(l)
",
    );
}

#[test]
fn claims() {
    hir(
        "var x = 0\nenum P { A, B }\nvar p = A\nthread t { @s: x = 1 let seen = x p = B print \"hi\", x }\nalways calm: x < 2\nx == 0 leads_to x == 1\norder @s before @s\noutcomes (x, p, t.seen) in { (1, B, 1), (1, P::A, 1) }\noutcomes print == { (\"hi\", 1) }\nobserve x\nfair strong t\nexpect race on x\nexpect deadlock of t\nexpect warning W001\nallow L001(x) because \"ok\"",
        r#"
var x: Int = [0]
var p: P = [0]
actor t []
fn t()
  @s: x = 1
  let seen = x
  p = B
  print "hi", x
always calm Lt(x, 2)
Eq(x, 0) leads_to Eq(x, 1)
order @s before @s
outcomes ["x", "p", "t.seen"] x p t.seen exact=false Some([[1, 1, 1], [1, 0, 1]])
outcomes print exact=true Some([["hi", "1"]])
outcomes ["x"] x exact=false None
Strong t
expect "race on x" race ["x"] []
expect "deadlock of t" deadlock [] ["t"]
expect "warning W001" Warning { code: "W001" }
allow L001 ["x"] "ok"
"#,
    );
}

#[test]
fn everything_once() {
    let (_, mistakes) = super::all(include_str!("everything.tb"));
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

#[test]
fn declarations_in_any_order() {
    body(
        "finally assert x == N\nthread t { with m { x = f() } }\nfn f() { return N }\nvar x = 0 guarded_by m\ncond c on m\nlock m\nconst N = 1",
        &[],
    );
}

/// The scenarios of the repository are right, whatever bugs they show.
#[test]
fn the_scenarios_of_the_repository() {
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios"
    ))];
    let mut n_files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "tb") {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                let (source, mistakes) = super::all(&text);
                let found = mistakes
                    .iter()
                    .map(|m| super::headline(&source, m))
                    .collect::<Vec<_>>();
                assert!(found.is_empty(), "{}: {found:#?}", path.display());
                n_files += 1;
            }
        }
    }
    assert!(n_files > 100, "only {n_files} scenarios");
}
