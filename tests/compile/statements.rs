//! Statements: loops, orderly exits, exceptions, atomic blocks, labels, choices.

use super::check;

#[test]
fn a_for_loop_counts_in_its_own_variable() {
    check(
        r#"
        var x = 0
        thread t { for i in 0..3 { x = i } }"#,
        r#"
        actor t = t()
        fn t()
           0   i = 0
           1   unless i < 3 jump 5
           2 * store x = i
           3   i = i + 1
           4   jump 1
           5   return"#,
    );
}

#[test]
fn break_and_continue_release_what_they_leave() {
    check(
        r#"
        lock m var x = 0
        thread t { loop { with m { if x == 1 { break } if x == 2 { continue } x = 3 } } x = 4 }"#,
        r#"
        actor t = t()
        fn t()
           0 * lock m
           1 * _0 = load x
           2   unless _0 == 1 jump 5
           3 * unlock m  ; forget _0
           4   jump 12
           5 * _0 = load x  ; forget _0
           6   unless _0 == 2 jump 9
           7 * unlock m  ; forget _0
           8   jump 0
           9 * store x = 3  ; forget _0
          10 * unlock m
          11   jump 0
          12 * store x = 4
          13   return"#,
    );
}

/// The value is computed before anything is given back.
#[test]
fn return_releases_innermost_first() {
    check(
        r#"
        lock m lock n var x = 0
        fn f(k) { with m { with n { return x + k } } }
        thread t { f(1) }"#,
        r#"
        actor t = t()
        fn t()
           0   call f(1)
           1   return
        fn f(k)
           2 * lock m
           3 * lock n
           4 * _1 = load x
           5   _1 = _1 + k
           6 * unlock n  ; forget k
           7 * unlock m
           8   return _1
           9 * unlock m  ; forget k
          10   raise _1
          catch at 3: _1, jump 9
          catch at 6: _1, jump 9"#,
    );
}

#[test]
fn an_exception_releases_what_it_leaves() {
    check(
        r#"
        lock m lock n
        thread t { with m { with n { raise "Boom" } } }"#,
        r#"
        actor t = t()
        fn t()
           0 * lock m
           1 * lock n
           2   raise "Boom"
           3 * unlock n
           4   raise _0
           5 * unlock m
           6   raise _0
          catch at 1: _0, jump 5
          catch at 2: _0, jump 3
          catch at 3..4: _0, jump 5"#,
    );
}

#[test]
fn a_body_that_cannot_raise_needs_no_handler() {
    check(
        r#"
        lock m var x = 0
        thread t { with m { x += 1 } }"#,
        r#"
        actor t = t()
        fn t()
           0 * lock m
           1 * _0 = load x
           2 * store x = _0 + 1
           3 * unlock m  ; forget _0
           4   return"#,
    );
}

#[test]
fn every_kind_of_with() {
    check(
        r#"
        rwlock rw sem s = 1 once o var x = 0
        thread t { with rw.read { x = 1 } with rw.write { x = 2 } with s { x = 3 } with o.first { x = 4 } }"#,
        r#"
        actor t = t()
        fn t()
           0 * read rw
           1 * store x = 1
           2 * read_unlock rw
           3 * write rw
           4 * store x = 2
           5 * write_unlock rw
           6 * acquire s
           7 * store x = 3
           8 * release s 1
           9 * _0 = first o
          10   unless _0 jump 13
          11 * store x = 4  ; forget _0
          12 * first done o
          13   return"#,
    );
}

#[test]
fn the_object_of_a_with_is_evaluated_once() {
    check(
        r#"
        lock m[2] var x = 0
        thread t { let i = 0  with m[x] { x = 1 }  with m[i] { i = 1 } }"#,
        r#"
        actor t = t()
        fn t()
           0   i = 0
           1 * _1 = load x
           2 * lock m[_1]
           3 * store x = 1
           4 * unlock m[_1]
           5   _1 = m[i]
           6 * lock _1  ; forget i
           7   i = 1
           8 * unlock _1  ; forget i
           9   return"#,
    );
}

#[test]
fn catch_tests_names_in_order() {
    check(
        r#"
        var x = 0
        fn f() { if x == 0 { raise "A" } }
        thread t { try { f() } catch "A" { x = 1 } catch "B" { x = 2 } }"#,
        r#"
        actor t = t()
        fn t()
           0   call f()
           1   jump 9
           2   unless _0 is "A" jump 5
           3 * store x = 1  ; forget _0
           4   jump 9
           5   unless _0 is "B" jump 8
           6 * store x = 2  ; forget _0
           7   jump 9
           8   raise _0
           9   return
          catch at 0: _0, jump 2
        fn f()
          10 * _0 = load x
          11   unless _0 == 0 jump 13
          12   raise "A"
          13   return"#,
    );
}

#[test]
fn finally_runs_on_every_way_out() {
    check(
        r#"
        var x = 0
        fn f() { if x == 0 { raise "A" } }
        thread t { loop { try { f() if x == 1 { break } } catch "A" { x = 2 } finally { x = 3 } } }"#,
        r#"
        actor t = t()
        fn t()
           0   call f()
           1 * _0 = load x
           2   unless _0 == 1 jump 9
           3 * store x = 3  ; forget _0
           4   jump 11
           5   unless _0 is "A" jump 8
           6 * store x = 2  ; forget _0
           7   jump 9
           8   raise _0
           9 * store x = 3  ; forget _0
          10   jump 0
          11   return
          12 * store x = 3  ; forget _0
          13   raise _1
          catch at 0: _0, jump 5
          catch at 8: _1, jump 12
        fn f()
          14 * _0 = load x
          15   unless _0 == 0 jump 17
          16   raise "A"
          17   return"#,
    );
}

#[test]
fn what_is_returned_is_kept_from_finally() {
    check(
        r#"
        var r = 0
        fn f(k) { let y = k  try { yield return y } finally { y = 5 } }
        thread t { r = f(1) }"#,
        r#"
        actor t = t()
        fn t()
           0   _0 = call f(1)
           1 * store r = _0
           2   return
        fn f(k)
           3   y = k
           4 * yield  ; forget k
           5   _2 = y
           6   y = 5
           7   return _2"#,
    );
}

#[test]
fn an_atomic_block_ends_on_every_way_out() {
    check(
        r#"
        var x = 0 lock m
        fn f() { raise "A" }
        thread t { loop { with m { atomic { x += 1 if x == 2 { break } f() } } } }"#,
        r#"
        actor t = t()
        fn t()
           0 * lock m
           1 * atomic until 10
           2 * _0 = load x
           3 * store x = _0 + 1
           4 * _0 = load x  ; forget _0
           5   unless _0 == 2 jump 9
           6   atomic end
           7 * unlock m  ; forget _0
           8   jump 13
           9   call f()  ; forget _0
          10   atomic end
          11 * unlock m
          12   jump 0
          13   return
          14   atomic end
          15   raise _0
          16 * unlock m
          17   raise _0
          catch at 9: _0, jump 14
          catch at 15: _0, jump 16
        fn f()
          18   raise "A""#,
    );
}

#[test]
fn a_label_names_the_first_step() {
    check(
        r#"
        var x = 0 lock m
        thread t { @a: x += 1  @b: skip  @c: if x == 1 { x = 2 }  @d: with m { x = 3 } }"#,
        r#"
        actor t = t()
        fn t()
           0 * @a: _0 = load x
           1 * store x = _0 + 1
           2   done @a
           3 * @b: begin  ; forget _0
           4   done @b
           5 * @c: _0 = load x
           6   unless _0 == 1 jump 8
           7 * store x = 2  ; forget _0
           8   done @c
           9 * @d: lock m  ; forget _0
          10 * store x = 3
          11 * unlock m
          12   done @d
          13   return"#,
    );
}

#[test]
fn a_label_gets_a_step_if_there_are_several_first_ones() {
    check(
        r#"
        var x = 0
        thread t(i in 0..2) { @a: if i == 0 { x = 1 } else { x = 2 }  @b: while x < 3 { x += 1 }  @c: return }"#,
        r#"
        actor t(0) = t(0)
        actor t(1) = t(1)
        fn t(i)
           0 * @a: begin
           1   unless i == 0 jump 4
           2 * store x = 1  ; forget i
           3   jump 5
           4 * store x = 2  ; forget i
           5   done @a
           6 * @b: begin
           7 * _1 = load x  ; forget _1
           8   unless _1 < 3 jump 12
           9 * _1 = load x  ; forget _1
          10 * store x = _1 + 1
          11   jump 7
          12   done @b
          13 * @c: begin  ; forget _1
          14   done @c
          15   return"#,
    );
}

#[test]
fn either_and_any_choose() {
    check(
        r#"
        var x = 0
        thread t { either { x = 1 } or { x = 2 } or { skip }  x = any(0..3)  let b = any(bool)  if b { x = 1 } }"#,
        r#"
        actor t = t()
        fn t()
           0 * _1 = any(0..3)
           1   unless _1 == 0 jump 4
           2 * store x = 1  ; forget _1
           3   jump 6
           4   unless _1 == 1 jump 6
           5 * store x = 2  ; forget _1
           6 * _1 = any(0..3)  ; forget _1
           7 * store x = _1
           8 * b = any(0..2)  ; forget _1
           9   unless b jump 11
          10 * store x = 1  ; forget b
          11   return"#,
    );
}

#[test]
fn match_evaluates_once() {
    check(
        r#"
        enum Phase { Idle, Busy, Done } var p = Idle
        thread t { match p { Idle => { p = Busy } Busy | Done => { yield } _ => { skip } } }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load p
           1   unless _0 == 0 jump 4
           2 * store p = 1  ; forget _0
           3   jump 6
           4   unless _0 == 1 || _0 == 2 jump 6
           5 * yield  ; forget _0
           6   return"#,
    );
}

#[test]
fn while_true_has_no_test() {
    check(
        r#"
        var x = 0
        thread t { while true { x = 1 if x == 2 { break } } }"#,
        r#"
        actor t = t()
        fn t()
           0 * store x = 1  ; forget _0
           1 * _0 = load x
           2   unless _0 == 2 jump 0
           3   return"#,
    );
}

#[test]
fn what_comes_after_a_return_is_left_out() {
    check(
        r#"
        var x = 0
        thread t { if x == 0 { return } else { return } }"#,
        r#"
        actor t = t()
        fn t()
           0 * _0 = load x
           1   unless _0 == 0 jump 3
           2   return
           3   return"#,
    );
}

#[test]
fn an_actor_that_can_fail_at_once_begins_with_a_step() {
    check(
        r#"
        var x = 0
        thread a(i in 0..2) { assert i < 1 x = 1 }
        thread b(i in 0..2) { let k = 4 / i x = k }
        thread c(i in 0..2) { let k = i x = k }
        thread d { g(1) }
        fn g(k) { assert k == 1 }"#,
        r#"
        actor a(0) = a(0)
        actor a(1) = a(1)
        actor b(0) = b(0)
        actor b(1) = b(1)
        actor c(0) = c(0)
        actor c(1) = c(1)
        actor d = d()
        fn a(i)
           0 * begin
           1   assert i < 1
           2 * store x = 1  ; forget i
           3   return
        fn b(i)
           4 * begin
           5   k = 4 / i
           6 * store x = k  ; forget i
           7   return
        fn c(i)
           8   k = i
           9 * store x = k  ; forget i
          10   return
        fn d()
          11 * begin
          12   call g(1)
          13   return
        fn g(k)
          14   assert k == 1
          15   return"#,
    );
}

#[test]
fn an_actor_whose_arguments_let_nothing_fail_does_not() {
    check(
        r#"
        var x = 0
        thread a(i in 0..2) { assert i < 2 let k = (i + 1) % 2 x = k }
        thread b(i in 0..2) { let k = 0 while k < i + 1 { k += 1 } x = k }"#,
        r#"
        actor a(0) = a(0)
        actor a(1) = a(1)
        actor b(0) = b(0)
        actor b(1) = b(1)
        fn a(i)
           0   assert i < 2
           1   k = (i + 1) % 2
           2 * store x = k  ; forget i
           3   return
        fn b(i)
           4   k = 0
           5   unless k < i + 1 jump 8
           6   k = k + 1
           7   jump 5
           8 * store x = k  ; forget i
           9   return"#,
    );
}

#[test]
fn a_spawned_function_that_can_fail_at_once_has_a_copy_that_begins_with_a_step() {
    check(
        r#"
        var x = 0
        fn f(k) { assert k == 1 x = k }
        fn g(k) { x = k }
        thread t { f(1) spawn f(2) spawn g(3) }"#,
        r#"
        actor t = t()
        fn t()
           0 * begin
           1   call f/1(1)
           2 * spawn f/3(2)
           3 * spawn g(3)
           4   return
        fn f/1(k)
           5   assert k == 1
           6 * store x = k
           7   return
        fn g(k)
           8 * store x = k
           9   return
        fn f/3(k)
          10 * begin
          11   assert k == 1
          12 * store x = k
          13   return"#,
    );
}

/// Only the observed actor has a copy of the body.
#[test]
fn an_observed_local_is_remembered_after_each_assignment() {
    check(
        r#"
        struct P { x: int, y: int } var x = 0 chan q(1)
        thread t(i in 0..2) { let p = P(i, 0)  p.y = x  for k in 0..2 { p.x = k } }
        thread u { let v = x  v = q.recv() }
        observe t(1).p, u.v
        always u.v < 5"#,
        r#"
        actor t(0) = t/0(0)
        actor t(1) = t/1(1)
        actor u = u()
        fn t/0(i)
           0   p.x = i
           1   p.y = 0
           2 * p.y = load x  ; forget i, p.x, p.y
           3   k = 0
           4   unless k < 2 jump 8
           5   p.x = k
           6   k = k + 1
           7   jump 4
           8   return
        fn t/1(i)
           9   p.x = i
          10   p.y = 0
          11   observe t(1).p.x = p.x
          12   observe t(1).p.y = p.y
          13 * p.y = load x  ; forget i, p.x, p.y
          14   observe t(1).p.y = p.y
          15   k = 0
          16   unless k < 2 jump 21
          17   p.x = k
          18   observe t(1).p.x = p.x
          19   k = k + 1
          20   jump 16
          21   return
        fn u()
          22 * v = load x
          23   observe u.v = v
          24 * v = recv q  ; forget v
          25   observe u.v = v
          26   return"#,
    );
}

/// The step stops nowhere inside, so `_0` is still there at its end.
#[test]
fn nothing_is_forgotten_inside_an_atomic_block() {
    check(
        r#"
        var x = 0 var y = 0
        thread t { atomic { x += 1 y = 2 } yield }"#,
        r#"
        actor t = t()
        fn t()
           0 * atomic until 4
           1 * _0 = load x
           2 * store x = _0 + 1
           3 * store y = 2  ; forget _0
           4   atomic end
           5 * yield  ; forget _0
           6   return"#,
    );
}
