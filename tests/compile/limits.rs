//! What is refused: too much of something, and what has no code yet.

use threadbare::compile::compile;
use threadbare::hir;
use threadbare::program::disassemble;

use super::{refused, scenario};

#[track_caller]
fn check(scenario: &hir::Scenario, expected: &[&str]) {
    let errors = refused(scenario);
    let lines: Vec<String> = errors
        .iter()
        .map(|e| format!("{}: {}", e.code, e.message))
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn too_many_words_of_memory() {
    let mut scenario = scenario("var x = 0 thread t { x = 1 }");
    scenario.vars[0].dims = vec![u32::MAX, u32::MAX];
    check(&scenario, &["E090: more than 65536 words of shared memory"]);
}

#[test]
fn too_wide_structs() {
    let mut scenario = scenario("struct P { a: int, b: int } var x = P(1, 2) thread t { x.a = 1 }");
    for depth in 0..70 {
        let mut next = scenario.structs[depth].clone();
        next.name = format!("P{depth}");
        for field in &mut next.fields {
            field.ty = hir::Type::Struct(hir::StructId::new(depth));
        }
        scenario.structs.push(next);
    }
    let errors = refused(&scenario);
    assert!(
        errors.iter().all(|error| error.code == "E090"),
        "{errors:?}"
    );
}

#[test]
fn too_many_registers() {
    let mut scenario = scenario("thread t { let k = 1 yield }");
    let body = &mut scenario.functions[0];
    let local = body.locals[0].clone();
    body.locals.extend(vec![local; 70_000]);
    check(&scenario, &["E091: `t` needs more than 32767 words"]);
}

#[test]
fn finally_blocks_that_multiply() {
    let mut text = "x = 1".to_owned();
    for _ in 0..40 {
        text = format!("try {{ yield }} finally {{ {text} }}");
    }
    let scenario = scenario(&format!("var x = 0 thread t {{ {text} }}"));
    check(
        &scenario,
        &["E092: the scenario needs more than 1000000 instructions"],
    );
}

#[test]
fn too_many_actors() {
    let mut scenario = scenario("thread t * 2 { yield }");
    scenario.groups[0].n = 113;
    check(&scenario, &["E093: more than 112 actors"]);
}

#[test]
fn too_many_objects() {
    let mut scenario = scenario("lock m[2] thread t { m[0].lock() m[0].unlock() }");
    scenario.objects[0].len = Some(u32::MAX);
    check(
        &scenario,
        &["E094: more than 65536 synchronisation objects"],
    );
}

#[test]
fn long_chains_and_deep_blocks_compile() {
    let sum = vec!["x"; 2000].join(" + ");
    let all = vec!["x == 0"; 2000].join(" && ");
    let mut blocks = "x = 1".to_owned();
    for depth in 0..60 {
        blocks = format!("if x == {depth} {{ {blocks} }}");
    }
    let text = format!(
        "var x = 0 thread t {{ let s = {sum} if {all} {{ yield }} assert {all} {blocks} }} always {all}"
    );
    compile(&scenario(&text)).expect("it compiles");
}

/// The text cannot assign a loop's variable, another front end may.
#[test]
fn a_for_loop_counts_apart_if_its_body_changes_the_variable() {
    let mut scenario = scenario("var x = 0 thread t { for i in 0..3 { let k = 5 x = i } }");
    let body = &mut scenario.functions[0].body;
    let hir::StmtKind::For(variable, _, _, block) = &mut body.stmts[0].kind else {
        panic!("the first statement is the loop");
    };
    let hir::StmtKind::Let(local, ..) = &mut block.stmts[0].kind else {
        panic!("the first statement of its body assigns");
    };
    *local = *variable;
    let listing = disassemble(&compile(&scenario).expect("it compiles"));
    let expected = "   0   _2 = 0
   1   unless _2 < 3 jump 7
   2   i = _2
   3   i = 5
   4 * store x = i
   5   _2 = _2 + 1
   6   jump 1
   7   return";
    assert!(listing.contains(expected), "the listing is\n{listing}");
}
