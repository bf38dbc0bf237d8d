//! E040 to E049.

use super::{advice, body, errors};

#[test]
fn a_mismatch_shows_both_places() {
    advice(
        "var flag = false\nthread t { flag = 7 }",
        "3:19 E040 expected a bool, found an int
^ this is an int
- 2:12 `flag` is a bool since this
help: compare it, as in `x != 0`",
    );
    advice(
        "var flag = false\nthread t { flag = 1 }",
        "3:19 E040 expected a bool, found an int
^ this is an int
- 2:12 `flag` is a bool since this
help: write `true`
fix: 1 -> true",
    );
    advice(
        "chan q(2)\nthread a { q.send(1) }\nthread b { q.send(true) }",
        "4:19 E040 expected an int, found a bool
^ this is a bool
- 3:19 the channel holds elements of type int since this
help: write `if b { 1 } else { 0 }` to count it",
    );
    advice(
        "lock m\nsem s = 1\nfn f(x: lock) { with x { skip } }\nthread t { f(m) f(s) }",
        "5:19 E040 expected a lock, found a sem
^ this is a sem
- 4:6 the parameter is declared here",
    );
}

#[test]
fn types_that_do_not_fit() {
    body(
        "enum P { A, B }\nvar x = 0\nthread t {\nif x { skip }\nwhile 1 { skip }\nassert x\nlet y: bool = 3\nx = if true { 1 } else { false }\nif A == 1 { skip }\nfor i in x { skip }\nprint len(x)\n}\nalways x",
        &[
            "5:4 E040 expected a bool, found an int",
            "6:7 E040 expected a bool, found an int",
            "7:8 E040 expected a bool, found an int",
            "8:15 E040 expected a bool, found an int",
            "9:26 E040 expected an int, found a bool",
            "10:9 E040 expected a `P`, found an int",
            "11:10 E040 `for` cannot go through an int",
            "12:11 E040 an int has no length",
            "14:8 E040 expected a bool, found an int",
        ],
    );
}

#[test]
fn one_mistake_is_reported_once() {
    body(
        "var x = 0\nthread t { let y = nope + 1 x = y print y && true }",
        &[
            "3:20 E020 no variable `nope` in this scenario",
            "3:41 E040 expected a bool, found an int",
        ],
    );
}

#[test]
fn wrong_numbers_of_arguments() {
    advice(
        "fn f(a, b) { print a + b }\nthread t { f(1) }",
        "3:12 E041 `f` takes 2 arguments, not 1
^ called with 1 argument
- 2:4 declared here",
    );
    body(
        "struct J { a: int }\nlock m\nsem s = 1\nchan q\natomic n = 0\nthread t { m.lock(1) s.release(1, 2) q.send() n.store() print J(1, 2).a print min(1) n.load(acquire) }",
        &[
            "7:14 E041 `lock` takes 0 arguments, not 1",
            "7:24 E041 `release` takes 0 or 1 argument, not 2",
            "7:40 E041 `send` takes 1 argument, not 0",
            "7:49 E041 `store` takes 1 argument, not 0",
            "7:63 E041 `J` takes 1 argument, not 2",
            "7:79 E041 `min` takes 2 arguments, not 1",
        ],
    );
}

#[test]
fn a_type_that_nothing_decides() {
    advice(
        "chan q\nthread t { let j = q.recv() print j.id }\nthread u { q.close() }",
        "3:37 E042 the type of this value is not known here
^ needed to know what this means
help: give its declaration a type: `var x: Job`, `chan q(2): Job`, `fn f(q: chan)`",
    );
}

#[test]
fn operators_on_other_types() {
    body(
        "lock m\nvar b = true\nthread t { print b + 1 print m < m print -b print !m b += 1 }",
        &[
            "4:18 E043 `+` does not apply to a bool",
            "4:30 E043 `<` does not apply to a lock",
            "4:34 E043 `<` does not apply to a lock",
            "4:43 E040 expected an int, found a bool",
            "4:52 E043 `!` does not apply to a lock",
            "4:54 E043 `+` does not apply to a bool",
        ],
    );
}

#[test]
fn the_value_of_something_that_gives_none() {
    body(
        "lock m\nfn f() { skip }\nthread t { let x = m.lock() let y = f() print f() + 1 }",
        &[
            "4:20 E044 this gives no value",
            "4:37 E044 this gives no value",
            "4:47 E044 this gives no value",
        ],
    );
}

#[test]
fn functions_that_return_on_some_paths() {
    advice(
        "fn f(a) { if a > 0 { return 1 } }\nthread t { print f(1) }",
        "2:4 E045 this function gives a value only on some paths
^ not every path through it returns
- 2:22 a value is returned here
help: end every path with `return e`, or none",
    );
    body(
        "fn f(a) { if a > 0 { return 1 } else { loop { skip } } }\nfn g(a) { match a { 1 => { return 1 } _ => { raise \"x\" } } }\nfn h(a) { loop { if a > 0 { break } } return 2 }\nthread t { print f(1) + g(1) + h(1) }",
        &[],
    );
}

#[test]
fn tuples_and_lists_of_the_wrong_length() {
    body(
        "var x = 0\nvar y = 0\nvar a[3] = [1, 2]\nvar g[2][2] = [[1, 2], [3]]\nvar s = [1]\nthread t { x = 1 }\noutcomes (x, y) == { (1, 0, 2), (1, 0) }",
        &[
            "4:12 E047 2 values for 3 elements",
            "5:24 E047 1 values for 2 elements",
            "6:9 E047 a list of values for a single one",
            "8:22 E046 3 values for 2 observed",
        ],
    );
}

#[test]
fn indices() {
    advice(
        "var a[3] = 0\nthread t { a = 1 }",
        "3:12 E047 `a` is an array
^ used here
- 2:5 declared here
help: write one element, as in `a[0]`",
    );
    body(
        "var x = 0\nvar g[2][3] = 0\nlock m[2]\nlock n\nthread t { x[0] = 1 g[1] = 2 m.lock() n[0].lock() let y = 1 y[0] = 2 }",
        &[
            "6:12 E047 `x` is no array",
            "6:21 E047 `g` takes 2 indices, not 1",
            "6:30 E047 `m` is an array",
            "6:39 E047 `n` is no array",
            "6:61 E047 an int has no elements",
        ],
    );
}

#[test]
fn structs_that_contain_themselves() {
    errors(
        "struct A { b: B }\nstruct B { a: A }\nstruct C { x: int }\nscenario \"s\" { var c = C(1) thread t { print c.x } }",
        &[
            "1:8 E048 `A` contains itself",
            "2:8 E048 `B` contains itself",
        ],
    );
}

#[test]
fn several_words_where_one_fits() {
    body(
        "struct J { a: int, b: int }\nvar j = J(1, 2)\natomic k = J(1, 2)\nthread t { match j { _ => { skip } } print k.a }\noutcomes (j) == { 1 }",
        &[
            "4:8 E049 an atomic holds one word",
            "5:18 E049 `match` cannot look at a `J`",
            "6:11 E049 `outcomes` cannot list a `J`",
            "6:19 E040 expected a `J`, found an int",
        ],
    );
}

#[test]
fn a_channel_of_itself() {
    body(
        "chan q\nthread t { q.send(q) }",
        &["3:19 E084 this type contains itself, or nests too deeply"],
    );
}

#[test]
fn functions_nobody_calls_are_checked_too() {
    body(
        "fn f(a) { print nope a.anything() print a.field + 1 }\nfn g(x: Foo) { skip }\nthread t { skip }",
        &[
            "2:17 E020 no variable `nope` in this scenario",
            "3:9 E024 no type `Foo` in this scenario",
        ],
    );
}
