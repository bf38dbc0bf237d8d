//! Lists and maps: what can be said of them, and mistakes on purpose.

use super::{advice, body, errors};

#[test]
fn everything_that_can_be_written() {
    body(
        "enum Color { Red, Green }
struct Job { id: int, last: bool }
lock m
list l(4) = [1, 2] guarded_by m
list jobs[2](3): Job
map d(4): string -> int = { \"a\": 1, \"b\": 2 } guarded_by m
map colors(2) = { Red: true }
shared list s(2): string
fn fill(to: list, n) { to.append(n) }
thread t {
    fill(l, 3)
    l.append(4) l.insert(0, 5) l.remove(1) l.set(0, 2) l[0] = 1 l[-1] += 2
    let a = l.pop() + l.pop_first() + l.pop(1) + l.get(0) + l[0]
    l.extend(l) l.copy_from(l) l.sort() l.clear()
    jobs[1].append(Job(1, true))
    let b = jobs[1][0].id
    if 1 in l && !(2 in l) && l.contains(3) && l == [1, 2] && l != [] { skip }
    for x in l { print x }
    for j in jobs[0] { print j.id }
    d.put(\"c\", 3) d[\"c\"] = 4 d[\"c\"] += a d.remove(\"c\")
    let e = d[\"a\"] + d.get(\"a\") + d.get_or(\"z\", b) + d.set_default(\"q\", 1) + d.pop(\"b\")
    for k in d { if k == \"a\" { print d[k], e } }
    s.copy_from(d)
    if Green in colors { colors.clear() }
    wait_until(len(l) == 0 || \"a\" in d)
}
always len(l) <= 4 && d.len() < 5
finally assert l == [] || l[0] == 1
observe l, d, len(s)
outcomes (l, len(d)) in { ([1, 2], 3), ([], 0) }",
        &[],
    );
}

#[test]
fn words_of_other_languages() {
    advice(
        "list l(2)\nthread t { l.push(1) }",
        "3:14 E022 a list has no operation `push`
^ no such operation
help: a list has `append`, `pop`, `pop_first`, `insert`, `remove`, `get`, `set`, `contains`, `extend`, `copy_from`, `sort`, `clear`, `len`, `is_empty`, `is_full`
fix: push -> append",
    );
    for (foreign, ours) in [
        ("l.popleft()", "pop_first"),
        ("l.push_back(1)", "append"),
        ("l.includes(1)", "contains"),
        ("l.size()", "len"),
        ("d.contains_key(1)", "contains"),
        ("d.has_key(1)", "contains"),
        ("d.setdefault(1, 2)", "set_default"),
        ("d.insert(1, 2)", "put"),
        ("d.delete(1)", "remove"),
    ] {
        let text = format!(
            "scenario \"s\" {{ list l(2): int map d(2): int -> int thread t {{ {foreign} }} }}"
        );
        let (_, mistakes) = super::all(&text);
        let fix = mistakes.first().and_then(|mistake| mistake.fix.as_ref());
        let found = fix.map(|fix| fix.replacement.as_str());
        assert_eq!(found, Some(ours), "{foreign}");
    }
}

#[test]
fn types_of_other_languages() {
    for (foreign, ours) in [
        ("dict", "map"),
        ("HashMap", "map"),
        ("vec", "list"),
        ("deque", "list"),
    ] {
        let (_, mistakes) = super::all(&format!(
            "scenario \"s\" {{ {foreign} d(2) thread t {{ skip }} }}"
        ));
        let fix = mistakes.first().and_then(|mistake| mistake.fix.as_ref());
        let found = fix.map(|fix| fix.replacement.as_str());
        assert_eq!(found, Some(ours), "{foreign}");
    }
}

#[test]
fn sizes() {
    body(
        "list l(0)\nthread t { l.append(1) }",
        &["2:8 E074 the size of a list is at least 1"],
    );
    body(
        "list l(70000)\nthread t { l.append(1) }",
        &["2:8 E082 the size of a list is at most 65536"],
    );
    body(
        "list l(65536)\nthread t { l.append(1) }",
        &["2:6 E081 more than 65536 array elements in this scenario"],
    );
    body("list l(65535)\nthread t { l.append(1) }", &[]);
    body(
        "map d(65535): int -> int\nthread t { d[1] = 1 }",
        &["2:5 E081 more than 65536 array elements in this scenario"],
    );
    body(
        "list l\nthread t { skip }",
        &["2:6 E015 the list `l` has no size"],
    );
    body(
        "list l(2) = [1, 2, 3]\nthread t { l.append(1) }",
        &["2:13 E047 3 entries where there is room for 2"],
    );
}

#[test]
fn beginnings() {
    body(
        "list l(2) = 1\nthread t { l.append(1) }",
        &["2:13 E047 a list begins with a list of values"],
    );
    body(
        "map d(2) = { 1: 2, 1: 3 }\nthread t { d[1] = 1 }",
        &["2:20 E047 the same key twice"],
    );
    body(
        "map d(2): int => int\nthread t { d[1] = 1 }",
        &["2:15 E005 the types of a map in the wrong form"],
    );
}

#[test]
fn wrong_types() {
    body(
        "list l(2): string\nthread t { l.append(1) }",
        &["3:21 E040 expected a string, found an int"],
    );
    body(
        "map d(2): string -> int\nthread t { d[1] = 2 }",
        &["3:14 E040 expected a string, found an int"],
    );
    body(
        "list l(2): string\nthread t { l.append(\"a\") l.sort() }",
        &["3:26 E043 `sort` does not apply to a string"],
    );
    body(
        "struct P { x: int }\nmap d(2): P -> int\nthread t { d[P(1)] = 2 }",
        &["3:5 E049 a `P` cannot be a key"],
    );
    body(
        "list a(2): int\nlist b(2): int\nthread t { if a == b { skip } }",
        &["4:15 E043 a list is compared with what it should hold"],
    );
    body(
        "list l(2): int\nthread t { if l > 1 { skip } }",
        &["3:15 E043 `>` does not apply to a list"],
    );
    body(
        "var n = 1\nthread t { if 1 in n { skip } }",
        &["3:17 E043 `in` does not apply to an int"],
    );
    body(
        "list l(2): int\nthread t { print l }",
        &["3:18 E049 `print` takes single values, this is a list"],
    );
    body(
        "list l(2): int\nthread t { l = [1] }",
        &[
            "3:12 E062 `l` is a list or map and cannot be assigned",
            "3:16 E077 a list of values cannot stand here",
        ],
    );
    body(
        "list l(2): int\nlock m\nthread t { skip }\nthread u { l.append(1) }\nalways l.pop() == 1",
        &["6:8 E068 a property only looks, but `pop` acts"],
    );
}

#[test]
fn strings_are_compared_and_nothing_else() {
    body(
        "var state = \"idle\"\nchan q(1): string\natomic a = \"x\"\nthread t {
if state == \"idle\" { state = \"busy\" }\nq.send(state)\nlet x = q.recv()\nif x != \"busy\" { print x }\na = x }
finally assert state == \"busy\"\noutcomes (state, a) == { (\"busy\", \"busy\") }",
        &[],
    );
    body(
        "var s = \"a\"\nthread t { if s < \"b\" { skip } }",
        &[
            "3:15 E043 `<` does not apply to a string",
            "3:19 E043 `<` does not apply to a string",
        ],
    );
    errors(
        "scenario \"s\" {\nvar s = \"a\"\nthread t { s += \"b\" }\n}",
        &[
            "3:12 E043 `+` does not apply to a string",
            "3:17 E043 `+` does not apply to a string",
        ],
    );
}
