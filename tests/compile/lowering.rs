//! Expressions: evaluation order, short circuit, structs, arrays, atomics.

use super::check;

#[test]
fn operands_are_read_from_left_to_right() {
    check(
        r#"
        var a = 0 var b = 0 var c = 0
        thread t { c = a + b * a }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load a
           1 * _1 = load b
           2 * _2 = load a
           3 * store c = _0 + _1 * _2
           4   return"#,
    );
}

#[test]
fn an_update_is_a_read_and_a_write() {
    check(
        r#"
        var x = 0
        thread t { x += 2 }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load x
           1 * store x = _0 + 2
           2   return"#,
    );
}

#[test]
fn the_index_is_evaluated_once_and_before_the_value() {
    check(
        r#"
        var i = 0 var x = 0 var a[3] = 0
        thread t { a[i] += x  a[i] = x }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load i
           1 * _1 = load a[_0]
           2 * _2 = load x
           3 * store a[_0] = _1 + _2
           4 * _0 = load i  ; forget _0, _1, _2
           5 * _1 = load x
           6 * store a[_0] = _1
           7   return"#,
    );
}

/// `b` is read only if `a` is true; so the test of `&&` is a jump.
#[test]
fn a_read_that_is_not_reached_is_no_step() {
    check(
        r#"
        var a = true var b = true var r = false
        thread t { r = a && b }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load a
           1   unless _0 jump 3
           2 * _0 = load b  ; forget _0
           3 * store r = _0
           4   return"#,
    );
}

#[test]
fn conditions_jump_instead_of_computing_a_bool() {
    check(
        r#"
        var a = 0 var b = 0
        thread t { if a == 1 && !(b == 2 || a == 3) { skip } else { b = 1 } }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load a
           1   unless _0 == 1 jump 7
           2 * _0 = load b  ; forget _0
           3   unless _0 != 2 jump 7
           4 * _0 = load a  ; forget _0
           5   unless _0 != 3 jump 7
           6   jump 8
           7 * store b = 1  ; forget _0
           8   return"#,
    );
}

#[test]
fn pure_operands_stay_one_expression() {
    check(
        r#"
        var r = false
        thread t(i in 0..2) { let x = i * 2  r = x > 0 && 10 / x == 5 || x == 4 }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0   x = i * 2
           1 * store r = x > 0 && 10 / x == 5 || x == 4  ; forget i
           2   return"#,
    );
}

#[test]
fn operands_without_a_step_join_the_one_before() {
    check(
        r#"
        var a = 0 var b = 0
        thread t(i in 0..2) { assert a == 0 && i < 5 && b == 0 }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0 * _2 = load a
           1   _1 = _2 == 0 && i < 5
           2   unless _1 jump 5
           3 * _2 = load b  ; forget i, _1, _2
           4   _1 = _2 == 0
           5   assert _1
           6   return"#,
    );
}

#[test]
fn an_if_expression_reads_only_one_side() {
    check(
        r#"
        var a = 0 var b = 0
        thread t(i in 0..2) { let x = if i == 0 { a } else { b }  let y = if i == 0 { x } else { 7 }  a = x + y }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0   unless i == 0 jump 3
           1 * x = load a
           2   jump 4
           3 * x = load b
           4   y = if i == 0 { x } else { 7 }
           5 * store a = x + y  ; forget i
           6   return"#,
    );
}

/// The division is computed before `x` is read, since it may fail.
#[test]
fn a_failure_comes_before_a_later_step() {
    check(
        r#"
        var x = 0
        thread t(i in 0..2) { x = 10 / i + x }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0 * begin
           1   _1 = 10 / i
           2 * _2 = load x  ; forget i
           3 * store x = _1 + _2
           4   return"#,
    );
}

#[test]
fn constants_are_folded_unless_they_fail() {
    check(
        r#"
        var x = 0
        thread t { x = 2 * 3 + 1  x = 9223372036854775807 + 1 }"#,
        r#"
        actor t = t()
        fn t()
           0 * store x = 7
           1 * store x = 9223372036854775807 + 1
           2   return"#,
    );
}

#[test]
fn a_struct_is_read_and_written_word_by_word() {
    check(
        r#"
        struct P { x: int, y: int }
        var p = P(1, 2) var q = P(0, 0)
        thread t { q = p  q.y = p.x  let v = p  v = P(v.y, v.x)  v.x = 5  assert v == q }"#,
        r#"
        actor t = t()
        fn t()
           0 * _2 = load p.x
           1 * _3 = load p.y
           2 * store q.x = _2
           3 * store q.y = _3  ; forget _2
           4 * _2 = load p.x  ; forget _3
           5 * store q.y = _2
           6 * v.x = load p.x  ; forget _2
           7 * v.y = load p.y
           8   _2 = v.y
           9   _3 = v.x
          10   v.x = _2
          11   v.y = _3
          12   v.x = 5
          13 * _2 = load q.x  ; forget _2, _3
          14 * _3 = load q.y
          15   assert v.x == _2 && v.y == _3
          16   return"#,
    );
}

#[test]
fn array_elements_are_found_by_index() {
    check(
        r#"
        struct P { x: int, y: int }
        var g[2][3] = 0 var ps[2] = P(0, 0) lock m[2]
        thread t(i in 0..2) { g[1][i] = g[i][2]  ps[i].y = 1  with m[1 - i] { g[i][i] = 1 }  m[1].lock() m[1].unlock() }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0 * _1 = load g[i][2]
           1 * store g[1][i] = _1
           2 * store ps[i].y = 1  ; forget _1
           3 * lock m[1 - i]
           4 * store g[i][i] = 1
           5 * unlock m[1 - i]
           6 * lock m[1]  ; forget i
           7 * unlock m[1]
           8   return"#,
    );
}

#[test]
fn an_operation_on_an_atomic_is_one_step() {
    check(
        r#"
        atomic n = 0
        thread t { n += 1  let a = n.fetch_add(2)  let b = n.compare_exchange(a, a + 1)  n = 3  let c = n  n.store(c)  let d = n.plain_load()  n.plain_store(d) n.swap(1) }"#,
        r#"
        actor t = t()
        fn t()
           0 * exchange n + 1
           1 * a = exchange n + 2
           2 * b = exchange n if a = a + 1
           3 * atomic store n = 3  ; forget a, b
           4 * c = atomic load n
           5 * atomic store n = c
           6 * d = load n  ; forget c
           7 * store n = d
           8 * exchange n = 1  ; forget d
           9   return"#,
    );
}

#[test]
fn a_condition_that_is_read_at_once_has_no_loads() {
    check(
        r#"
        var x = 0 var a[2] = 0 lock m sem s = 1 atomic n = 0
        thread t { wait_until(a[x] == 1 || m.is_locked() && s.value() > n) }"#,
        r#"
        actor t = t()
        fn t()
           0 * wait until a[x] == 1 || m.is_locked() && s.value() > n
           1   return"#,
    );
}

#[test]
fn calls_and_spawns_get_their_words() {
    check(
        r#"
        struct P { x: int, y: int }
        var p = P(1, 2)
        fn swap(p, k) { if k == 0 { return p }  return P(p.y, p.x) }
        thread t { p = swap(p, p.x)  swap(p, 0) }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load p.x
           1 * _1 = load p.y
           2 * _2 = load p.x
           3   _3 = call swap(_0, _1, _2)  ; forget _1
           4 * store p.x = _3
           5 * store p.y = _4  ; forget _0, _2, _3
           6 * _0 = load p.x  ; forget _4
           7 * _1 = load p.y
           8   call swap(_0, _1, 0)  ; forget _0, _1
           9   return
        fn swap(p.x, p.y, k)
          10   unless k == 0 jump 12
          11   return p.x, p.y
          12   return p.y, p.x"#,
    );
}

#[test]
fn a_group_is_joined_member_by_member() {
    check(
        r#"
        thread w * 2 { yield }
        thread t { w.join()  let h = spawn f(1)  if h.is_alive() { h.join() } }
        fn f(x) { yield }"#,
        r#"
        actor w#1 = w(1)
        actor w#2 = w(2)
        actor t = t()
        fn w(me)
           0 * yield  ; forget me
           1 * end
           2   return
        fn t()
           3 * join w#1
           4 * join w#2
           5 * h = spawn f(1)
           6 * _1 = ask h.is_alive()
           7   unless _1 jump 9
           8 * join h  ; forget _1
           9 * end  ; forget h, _1
          10   return
          11 * end  ; forget h
          12   raise _2
          catch at 3..4: _2, jump 11
          catch at 8: _2, jump 11
        fn f(x)
          13 * yield  ; forget x
          14 * end
          15   return"#,
    );
}

#[test]
fn channels_receive_into_locals() {
    check(
        r#"
        struct P { x: int, y: int }
        chan q(2): P  chan c(1)
        thread t { q.send(P(1, 2))  let a = q.recv()  let b = c.recv_or(a.x)  let ok = c.try_send(b)  c.recv()  for z in c { c.send(z) }  c.close() }
        thread u { if let v = c.try_recv() { c.send(v) } else { skip }  while let v = c.recv() { c.send(v) } }"#,
        r#"
        actor t = t()
        actor u = u()
        fn t()
           0 * send q (1, 2)
           1 * a.x, a.y = recv q
           2 * _6, _5 = recv c  ; forget a.y
           3   b = if _5 { _6 } else { a.x }
           4 * ok = try send c (b)  ; forget a.x, _5, _6
           5 * recv c  ; forget b, ok
           6 * z, _5 = recv c  ; forget z
           7   unless _5 jump 10
           8 * send c (z)  ; forget _5
           9   jump 6
          10 * close c  ; forget z, _5
          11   return
        fn u()
          12 * v_0, _2 = try recv c
          13   unless _2 jump 15
          14 * send c (v_0)  ; forget _2
          15 * v_1, _2 = recv c  ; forget v_0, v_1, _2
          16   unless _2 jump 19
          17 * send c (v_1)  ; forget _2
          18   jump 15
          19   return"#,
    );
}

#[test]
fn names_of_the_library_are_shared_with_the_author() {
    check(
        r#"
        thread t { yield try { raise "Closed" } catch "Mine" { print "Mine" } catch "Closed" { } }"#,
        r#"
        actor t = t()
        fn t()
           0 * yield
           1   raise "Closed"
           2   unless _0 is "Mine" jump 5
           3 * print "Mine"  ; forget _0
           4   jump 8
           5   unless _0 is "Closed" jump 7
           6   jump 8
           7   raise _0
           8   return
          catch at 1: _0, jump 2"#,
    );
}
