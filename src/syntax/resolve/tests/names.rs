//! E020 to E030.

use super::{advice, body, errors};

#[test]
fn a_misspelt_variable_names_the_nearest() {
    advice(
        "var count = 0\nthread t { cuont += 1 }",
        "3:12 E020 no variable `cuont` in this scenario
^ not declared
- 2:5 `count` is declared here
help: a similar name exists
fix: cuont -> count",
    );
}

#[test]
fn locals_are_suggested_while_they_are_visible() {
    advice(
        "thread t { let total = 1 print totl }",
        "2:32 E020 no variable `totl` in this scenario
^ not declared
- 2:16 `total` is declared here
help: a similar name exists
fix: totl -> total",
    );
    body(
        "thread t { if true { let total = 1 } print total }",
        &["2:44 E020 no variable `total` in this scenario"],
    );
}

#[test]
fn a_function_in_front_of_its_object_is_turned_round() {
    advice(
        "lock m\nthread t { unlock(m) }",
        "3:12 E020 no function `unlock` in this scenario
^ not declared
help: operations are written behind what they work on: `x.unlock()`",
    );
}

#[test]
fn me_belongs_to_replicated_threads() {
    body(
        "thread t { print me }",
        &["2:18 E020 no variable `me` in this scenario"],
    );
}

#[test]
fn two_declarations_of_a_name() {
    advice(
        "lock m\nvar m = 0\nthread t { skip }",
        "3:5 E021 `m` is declared twice
^ declared again here
- 2:6 declared first here
help: give one of the two another name",
    );
    body(
        "thread t { skip }\nfn f(a, a) { skip }\nenum E { A, A }\nstruct S { x: int, x: int }",
        &[
            "3:9 E021 two parameters are called `a`",
            "4:13 E021 two values are called `A`",
            "5:20 E021 two fields are called `x`",
        ],
    );
}

#[test]
fn two_steps_of_a_name() {
    body(
        "var x = 0\nthread t { @a: x = 1 @a: x = 2 }",
        &["3:22 E021 two steps are called `@a`"],
    );
}

#[test]
fn words_of_other_libraries() {
    advice(
        "lock m\nthread t { m.acquire() }",
        "3:14 E022 a lock has no operation `acquire`
^ no such operation
help: a lock has `lock`, `unlock`, `try_lock`, `try_lock_for`, `is_locked`
fix: acquire -> lock",
    );
    for (object, call, ours) in [
        ("lock x", "release", "unlock"),
        ("lock x", "lok", "lock"),
        ("sem x = 1", "down", "acquire"),
        ("sem x = 1", "P", "acquire"),
        ("sem x = 1", "up", "release"),
        ("sem x = 1", "V", "release"),
        ("sem x = 1", "post", "release"),
        ("lock m cond x on m", "signal", "notify"),
        ("lock m cond x on m", "broadcast", "notify_all"),
        ("lock m cond x on m", "notifyAll", "notify_all"),
        ("chan x", "put", "send"),
        ("chan x", "get", "recv"),
        ("chan x", "qsize", "len"),
        ("event x", "isSet", "is_set"),
        ("event x", "signal", "set"),
        ("latch x(1)", "done", "count_down"),
        ("rwlock x", "write_lock", "write"),
        ("atomic x = 0", "add", "fetch_add"),
        ("atomic x = 0", "get", "load"),
        ("atomic x = 0", "cas", "compare_exchange"),
    ] {
        let (_, mistakes) = super::all(&format!(
            "scenario \"s\" {{ {object}\nthread t {{ x.{call}() }} }}"
        ));
        let fixes = mistakes
            .iter()
            .map(|m| (m.code, m.fix.as_ref().map(|fix| fix.replacement.as_str())))
            .collect::<Vec<_>>();
        assert_eq!(fixes, [("E022", Some(ours))], "{object} {call}");
    }
}

#[test]
fn operations_of_plain_values() {
    advice(
        "var x = 0\nthread t { x.store(1) }",
        "3:14 E022 an int has no operation `store`
^ no such operation
help: declare the variable with `atomic` instead of `var`",
    );
    advice(
        "once o\nthread t { o.call() }",
        "3:14 E022 a once has no operation `call`
^ no such operation
help: use it with `with o.first { … }`",
    );
}

#[test]
fn unknown_fields() {
    advice(
        "struct Job { id: int, last: bool }\nvar j = Job(1, false)\nthread t { print j.lst }",
        "4:20 E023 `Job` has no field `lst`
^ not one of its fields
help: its fields are `id`, `last`
fix: lst -> last",
    );
    body(
        "var x = 0\nlock m\nthread t { print x.id print m.locked }",
        &[
            "4:20 E023 an int has no field `id`",
            "4:31 E023 a lock has no field `locked`",
        ],
    );
}

#[test]
fn unknown_types() {
    advice(
        "var x: i32\nthread t { print x }",
        "2:8 E024 no type `i32`
^ `int` is meant
help: write `int`
fix: i32 -> int",
    );
    body(
        "enum Phase { Idle, Busy }\nvar p: Phse = Idle\nvar q = Phase::Bussy\nvar m: t = 1\nthread t { skip }",
        &[
            "3:8 E024 no type `Phse` in this scenario",
            "4:16 E020 `Phase` has no value `Bussy`",
            "5:8 E024 no type `t` in this scenario",
        ],
    );
}

#[test]
fn names_of_another_kind() {
    body(
        "var x = 0\nlock m\nfn f() { skip }\nthread t { x() f = 1 print f spawn x() spawn t() }",
        &[
            "5:12 E025 `x` is a variable, not a function",
            "5:16 E062 `f` is a function and cannot be assigned",
            "5:28 E025 `f` is a function, not a value",
            "5:36 E025 `x` is not a function",
            "5:46 E025 `t` is not a function",
        ],
    );
}

#[test]
fn a_value_of_two_enums() {
    advice(
        "enum A { On, Off }\nenum B { On, Idle }\nvar x = On\nthread t { print x }",
        "4:9 E026 `On` is a value of `A` and of `B`
^ which one?
- 2:10 `A::On`
- 3:10 `B::On`
help: write `A::On` or `B::On`",
    );
}

#[test]
fn one_of_several_actors() {
    advice(
        "thread w * 3 { let seen = 1 }\nalways w.seen == 1",
        "3:8 E026 there are 3 actors `w`
^ which one?
- 2:8 declared here
help: write `w#1`, …, `w#3`",
    );
    body(
        "thread w(i in 0..2) { let seen = i }\nalways w(2).seen == 1\nalways w#1.seen == 1",
        &["3:8 E028 no actor `w(2)`", "4:8 E028 no actor `w#1`"],
    );
}

#[test]
fn two_locals_of_a_name_in_a_property() {
    body(
        "thread w { if any(bool) { let r = 1 print r } else { let r = 2 print r } }\nfinally assert w.r == 1",
        &["3:18 E026 there are two locals `r`"],
    );
}

#[test]
fn unknown_labels() {
    advice(
        "var x = 0\nthread t { @first: x = 1 }\nthread u { @second: x = 2 }\norder @frist before @second",
        "5:7 E027 no step `@frist` in this scenario
^ no statement has this name
help: a similar name exists
fix: @frist -> @first",
    );
}

#[test]
fn unknown_actors() {
    body(
        "lock m\nthread worker { skip }\nfair weak workr\nexpect deadlock of workr, m",
        &[
            "4:11 E028 no actor `workr` in this scenario",
            "5:20 E028 no actor `workr` in this scenario",
            "5:27 E028 `m` is no actor",
        ],
    );
}

#[test]
fn overrides_of_unknown_constants() {
    let text = "const N = 3\nscenario \"s\" { const FAST = true\nthread t * N { print FAST } }";
    let set = |name: &str, value| {
        let (_, _, resolution) = super::run(text, &[(name.to_owned(), value)]);
        let mistakes = resolution.all_diagnostics();
        mistakes
            .iter()
            .map(|m| {
                format!(
                    "{} {}; {}",
                    m.code,
                    m.message,
                    m.help.clone().unwrap_or_default()
                )
            })
            .collect::<Vec<_>>()
    };
    assert!(set("N", 2).is_empty());
    assert!(set("FAST", 0).is_empty());
    assert_eq!(
        set("M", 2),
        ["E029 `--set M=…`: no constant `M` in this file; this file has `FAST`, `N`"]
    );
    assert_eq!(
        set("FAST", 7),
        ["E029 `--set FAST=7` does not fit; a bool is set to 0 or 1"]
    );
}

#[test]
fn unknown_and_wrong_codes() {
    body(
        "var x = 0\nthread t { x = 1 }\nallow L01(x) because \"b\"\nallow R001(x) because \"b\"\nexpect warning Q1",
        &[
            "4:7 E030 there is no finding `L01`",
            "5:7 E076 `R001` is an error",
            "6:16 E030 there is no finding `Q1`",
        ],
    );
}

#[test]
fn subjects_of_expectations() {
    advice(
        "var count = 0\nthread t { count = 1 }\nexpect race on coutn",
        "4:16 E020 no variable `coutn` in this scenario
^ not declared
- 2:5 `count` is declared here
help: a similar name exists
fix: coutn -> count",
    );
    body(
        "lock m\nvar x = 0\nthread t { with m { x = 1 } }\nexpect race on m\nexpect lost_signal on x\nexpect lock_order x, m",
        &[
            "5:16 E025 `m` is another kind of object, not a variable",
            "6:23 E025 `x` is a variable, not a cond",
            "7:19 E025 `x` is a variable, not a lock",
        ],
    );
}

#[test]
fn functions_outside_scenarios_see_only_what_is_outside() {
    errors(
        "fn f() { x = 1 }\nscenario \"s\" {\nvar x = 0\nthread t { f() }\n}",
        &["1:10 E020 no variable `x` outside the scenarios"],
    );
    let (_, mistakes) =
        super::all("fn f() { x = 1 }\nscenario \"s\" {\nvar x = 0\nthread t { f() }\n}");
    assert_eq!(
        mistakes[0].secondary[0].text,
        "`x` belongs to this scenario"
    );
}

#[test]
fn an_error_in_one_scenario_hides_no_other() {
    let text =
        "scenario \"a\" { thread t { x = 1 } }\nscenario \"b\" { var x = 0 thread t { x = 1 } }";
    let (_, _, resolution) = super::run(text, &[]);
    let fine = resolution
        .scenarios
        .iter()
        .map(|s| s.scenario.is_some())
        .collect::<Vec<_>>();
    assert_eq!(fine, [false, true]);
}
