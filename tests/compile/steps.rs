//! The steps of each line, in plain words.

use threadbare::base::Source;
use threadbare::{compile, syntax};

/// Lines are counted from 1 for the first line of `body`.
#[track_caller]
fn check(body: &str, expected: &str) {
    let source = Source::new("test.tb", format!("scenario \"test\" {{{body}\n}}"));
    let (file, _) = syntax::parse(&source);
    let mut resolution = syntax::resolve::resolve(&file, &source, &[]);
    assert_eq!(resolution.all_diagnostics(), []);
    let scenario = resolution
        .scenarios
        .remove(0)
        .scenario
        .expect("no mistakes");
    let program = compile::compile(&scenario).expect("it compiles");
    let mut found = String::new();
    for line in compile::steps(&program, &source) {
        for step in line.steps {
            let label = step
                .label
                .map_or(String::new(), |name| format!("@{name}: "));
            let implied = if step.implied { " (implied)" } else { "" };
            found += &format!("{}: {label}{}{implied}\n", line.line - 1, step.text);
        }
    }
    let trimmed: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), trimmed);
}

#[test]
fn each_line_lists_its_steps_in_order() {
    check(
        r#"
        var count = 0 var a[3] = 0 lock m atomic n = 0 chan q(1)
        thread t(i in 0..2) {
            count += 1
            a[i] = a[count] + count
            with m {
                n += 2
            }
            @go: q.send(count)
            try { skip yield } finally { count = 0 }
            atomic { with m { f(2) count = 1 } }
            let h = spawn f(1)
            h.join()
            wait_until(a[i] == 1)
        }
        fn f(k) { assert k == 1 }"#,
        "
        3: read count
        3: write count
        4: read count
        4: read a[…]
        4: read count
        4: write a[i]
        5: lock m
        5: unlock m (implied)
        6: n += 2 at once
        8: @go: read count
        8: send to q
        9: yield
        9: write count
        10: the whole block at once
        11: spawn f
        12: join h
        13: wait until a[i] == 1
        15: begin (implied)
        ",
    );
}
