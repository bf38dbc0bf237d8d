//! Mistakes and grouping, text in and text out.

use crate::base::Source;
use crate::syntax::ast::{Expr, ExprKind, FileItem, Item, StmtKind};
use crate::syntax::parse;

/// Compares the mistakes of a file: code and guilty text, one per line.
#[track_caller]
fn file(text: &str, mistakes: &[&str]) {
    let source = Source::new("t.tb", text);
    let (_, found) = parse(&source);
    let found: Vec<_> = found
        .iter()
        .map(|mistake| format!("{} {}", mistake.code, source.slice(mistake.span)))
        .map(|line| line.trim_end().to_owned())
        .collect();
    assert_eq!(found, mistakes, "in {text}");
}

/// Compares the mistakes of a line in a scenario.
#[track_caller]
fn item(text: &str, mistakes: &[&str]) {
    file(&format!("scenario \"s\" {{\n    {text}\n}}"), mistakes);
}

/// Compares the mistakes of statements in a thread.
#[track_caller]
fn stmts(text: &str, mistakes: &[&str]) {
    item(&format!("thread t {{\n        {text}\n    }}"), mistakes);
}

/// Applies the first fix to statements in a thread and compares.
#[track_caller]
fn fixed(text: &str, repaired: &str) {
    let source = Source::new(
        "t.tb",
        format!("scenario \"s\" {{ thread t {{ {text} }} }}"),
    );
    let (_, found) = parse(&source);
    let fix = found[0].fix.as_ref().expect("the mistake has a fix");
    let mut after = source.text().to_owned();
    after.replace_range(fix.span.range(), &fix.replacement);
    assert_eq!(
        after,
        format!("scenario \"s\" {{ thread t {{ {repaired} }} }}")
    );
    assert_eq!(parse(&Source::new("t.tb", after)).1, []);
}

/// Compares the grouping of an expression, shown with all its parentheses.
#[track_caller]
fn groups(text: &str, grouped: &str) {
    let source = Source::new(
        "t.tb",
        format!("scenario \"s\" {{ thread t {{ x = {text} }} }}"),
    );
    let (tree, found) = parse(&source);
    assert_eq!(found, []);
    let FileItem::Scenario(scenario) = &tree.items[0] else {
        panic!("a scenario");
    };
    let Item::Actor(actor) = &scenario.items[0] else {
        panic!("an actor");
    };
    let StmtKind::Assign(assign) = &actor.body.stmts[0].kind else {
        panic!("an assignment");
    };
    assert_eq!(show(&assign.value), grouped);
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Unary { op, operand } => format!("({}{})", op.text(), show(operand)),
        ExprKind::Chain { first, rest } => rest.iter().fold(show(first), |left, link| {
            format!("({left} {} {})", link.op.text(), show(&link.expr))
        }),
        ExprKind::Method(method) => format!("{}.{}()", show(&method.receiver), method.name.text),
        ExprKind::Await(inner) => format!("(await {})", show(inner)),
        other => format!("{other:?}"),
    }
}

#[test]
fn operators_group_as_in_rust() {
    groups("a + b * c - d", "((a + (b * c)) - d)");
    groups(
        "a || b && c == d | e ^ f & g << h + i",
        "(a || (b && (c == (d | (e ^ (f & (g << (h + i))))))))",
    );
    groups(
        "a * b + c << d & e ^ f | g == h && i || j",
        "(((((((((a * b) + c) << d) & e) ^ f) | g) == h) && i) || j)",
    );
    groups("-a.b() - -c", "((-a.b()) - (-c))");
    groups("!a && !b", "((!a) && (!b))");
    groups("await a.b() + c", "((await a.b()) + c)");
    groups("(a + b) * (c - (d - e))", "((a + b) * (c - (d - e)))");
    groups("-9223372036854775808", "-9223372036854775808");
}

#[test]
fn words_of_other_languages_are_corrected() {
    item("mutex m", &["E007 mutex"]);
    item("semaphore s = 1", &["E007 semaphore"]);
    item("def f(a) { return a }", &["E007 def"]);
    item("int x = 0", &["E007 int"]);
    item("let x = 0", &["E009 let"]);
    item("pub async fn f() { }", &["E007 pub", "E007 async"]);
    item("fn main() { }", &["E007 fn main"]);
    stmts("go f()", &["E007 go"]);
    stmts("synchronized(m) { x += 1 }", &["E007 synchronized"]);
    stmts("pass", &["E007 pass"]);
    stmts("if x { } elif y { } else { }", &["E007 elif"]);
    stmts("try { skip } except { skip }", &["E007 except"]);
    stmts("sleep(10)", &["E007 (10)"]);
    stmts("x = True", &["E007 True"]);
    stmts("t.await", &["E007 .await"]);
    stmts("println!(\"x\")", &["E007 println!"]);
    stmts("spawn { skip }", &["E007 {"]);
}

#[test]
fn misspelt_keywords_are_corrected() {
    file("scenaro \"s\" { }", &["E008 scenaro"]);
    item("theard t { skip }", &["E008 theard"]);
    item("vra x = 0", &["E008 vra"]);
    item("expct ok", &["E008 expct"]);
    item("expect dedlock", &["E017 dedlock"]);
    stmts("whlie x { skip }", &["E008 whlie"]);
    stmts("asert x == 1", &["E008 asert"]);
}

#[test]
fn operators_of_other_languages_are_corrected() {
    stmts("x++", &["E007 ++"]);
    stmts("x--\n        y = 1", &["E007 --"]);
    stmts(
        "if a and not b or c { }",
        &["E007 and", "E007 not", "E007 or"],
    );
    stmts("if x = 1 { }", &["E010 ="]);
    stmts("x == 1", &["E010 =="]);
    stmts("if a < b < c { }", &["E011 a < b < c"]);
    stmts("if a === b { }", &["E007 ==="]);
    stmts("if a <> b { }", &["E007 <>"]);
    stmts("x := 1", &["E007 :="]);
    stmts("x = &y", &["E007 &"]);
    stmts("x = a ? b : c", &["E005 ?"]);
}

#[test]
fn fixes_repair() {
    fixed("x++", "x += 1");
    fixed("if x = 1 { skip }", "if x == 1 { skip }");
    fixed("x = a < b < c", "x = a < b && b < c");
    fixed("let mut x = 1", "let x = 1");
    fixed("m.lock", "m.lock()");
    fixed("spawn f", "spawn f()");
    fixed("raise Oops", "raise \"Oops\"");
    fixed("assert(x == 1, \"no\")", "assert x == 1, \"no\"");
    fixed("print 'hi'", "print \"hi\"");
    fixed("x = not y", "x = !y");
    fixed("var x = 1", "let x = 1");
    fixed("q.recv().await", "await q.recv()");
    fixed("x = f(1, 2", "x = f(1, 2)");
}

#[test]
fn braces_without_partners_are_found() {
    item("thread t {\n        skip\n    expect ok", &["E006 {"]);
    file("scenario \"s\" {\n    thread t { skip }\n", &["E006 {"]);
    file("scenario \"s\" {\n}\n}\n", &["E006 }"]);
    file(
        "scenario \"a\" {\n    thread t {\n        skip\nscenario \"b\" { }",
        &["E006 {"],
    );
    item(
        "thread t {\n        if x {\n            skip\n    }\n    expect ok",
        &["E006 {"],
    );
    stmts(
        "if x:\n            y = 1\n            z = 2\n        w = 3",
        &["E007 :"],
    );
    stmts(
        "if x\n            y = 1\n        }\n        z = 3",
        &["E005 x"],
    );
}

#[test]
fn the_brace_whose_block_ends_too_early_is_the_guilty_one() {
    let text = "scenario \"s\" {\n  thread t {\n    if x {\n      skip\n  }\n}\n";
    let source = Source::new("t.tb", text);
    let (_, found) = parse(&source);
    assert_eq!(found.len(), 1);
    assert_eq!(source.position(found[0].span.start).line, 3);
}

#[test]
fn what_is_misplaced_is_said_once() {
    file("thread t { skip }\nlock m\n", &["E009 thread"]);
    file(
        "scenario \"a\" { }\nthread t { skip }\nlock m\nscenario \"b\" { }\n",
        &["E009 thread"],
    );
    item("x = 1", &["E009 x"]);
    item("if x { y = 1 }", &["E009 if"]);
    item("assert x == 1", &["E009 assert"]);
    stmts("expect ok", &["E009 expect"]);
    stmts("var x = 0\n        lock m", &["E009 var", "E009 lock"]);
    stmts("else { }", &["E009 else"]);
    stmts("return 1\n        x = 2", &["E013 x"]);
}

#[test]
fn parts_that_are_missing_are_named() {
    file("", &["E019"]);
    file("scenario \"a\" { }\nscenario \"a\" { }", &["E012 \"a\""]);
    file("scenario s { }", &["E005 s"]);
    item("var x", &["E015 x"]);
    item("cond c", &["E015 c"]);
    item("barrier b", &["E015 b"]);
    item("thread { skip }", &["E015 thread"]);
    item("allow L001(a)", &["E015 allow L001(a)"]);
    item("chan q = 3", &["E005 ="]);
    item("order a before @b", &["E005 a"]);
    item("always\n    expect ok", &["E005 always"]);
    item("expect\n    const N = 3", &["E005 expect"]);
    item("expect race x", &["E017 x"]);
    item("expect race of x", &["E017 of"]);
    item("var if = 0", &["E016 if"]);
    stmts("either { skip }", &["E015 either"]);
    stmts("try { skip }", &["E015 try"]);
    stmts("let x", &["E015 x"]);
    stmts("1 = x", &["E014 1"]);
    stmts("x = ", &["E005 ="]);
}

#[test]
fn many_mistakes_are_reported_in_one_run_and_in_order() {
    stmts(
        "x ++\n        if a = b { y == 1 }\n        z = )\n        w = 1\n        foo",
        &["E007 ++", "E010 =", "E010 ==", "E005 )", "E018 foo"],
    );
}

#[test]
fn no_more_than_a_hundred_mistakes() {
    let source = Source::new(
        "t.tb",
        "scenario \"s\" {\n".to_owned() + &"vra x = 0\n".repeat(1000),
    );
    assert_eq!(parse(&source).1.len(), 100);
}

#[test]
fn only_the_body_is_read() {
    let text = "fn rust<'a>() {} scenario! { scenario \"s\" { } } more 'rust";
    let start = text.find("scenario \"").expect("it is there");
    let end = text.find("} more").expect("it is there");
    let source = Source::with_body("t.rs", text, start..end);
    let (tree, found) = parse(&source);
    assert_eq!(found, []);
    assert_eq!(tree.items[0].span().range(), start..end - 1);
}

#[test]
fn documentation_belongs_to_the_scenario_below() {
    let source = Source::new("t.tb", "// no\n/// one\n/// two\nscenario \"s\" { }");
    let (tree, _) = parse(&source);
    let FileItem::Scenario(scenario) = &tree.items[0] else {
        panic!("a scenario");
    };
    let docs = scenario.docs.as_ref().map(|docs| docs.text.as_str());
    assert_eq!(docs, Some("one\ntwo"));
}
