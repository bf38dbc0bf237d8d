//! Pictures: what is drawn, that texts do not overlap, and that hostile names stay names.

use std::path::Path;

use super::hostile::HOSTILE;
use super::samples;
use crate::report::escape::is_hidden;
use crate::report::picture::{EdgeKind, Graph, NodeKind, dot, lanes, mermaid, svg};

/// States of a small scenario as a triangle of levels, with a step back and a step in place.
pub(super) fn states(levels: usize) -> Graph {
    let mut graph = Graph::new(format!("states of a grid with {levels} levels"));
    let mut previous: Vec<usize> = Vec::new();
    for level in 0..levels {
        let mut current = Vec::new();
        for column in 0..=level {
            let kind = match (level, column) {
                (0, _) => NodeKind::Start,
                (level, 0) if level + 1 == levels => NodeKind::Bad,
                (level, _) if level + 1 == levels => NodeKind::End,
                _ => NodeKind::State,
            };
            let node = graph.node(format!("{}", graph.nodes.len()), kind);
            graph.nodes[node]
                .lines
                .push(format!("count={column}, m free"));
            current.push(node);
        }
        for (column, &from) in previous.iter().enumerate() {
            let to = if level + 1 == levels && column == 0 {
                EdgeKind::BadStep
            } else {
                EdgeKind::Step
            };
            graph.edge(from, current[column], "worker#1: read count", to);
            graph.edge(
                from,
                current[column + 1],
                "worker#2: write count",
                EdgeKind::Step,
            );
        }
        previous = current;
    }
    graph.edge(graph.nodes.len() - 2, 1, "retry", EdgeKind::Step);
    graph.edge(2, 2, "worker#1: spins", EdgeKind::Step);
    graph.edge(0, 4, "skip", EdgeKind::Step);
    graph
}

fn circle(n: usize) -> Graph {
    Graph::waits(&samples::philosophers(n).findings[0])
}

fn stuck() -> Graph {
    let mut report = samples::deadlock();
    let found = &mut report.findings[0];
    let mut third = found.waits[0].clone();
    third.actor = "reporting".to_owned();
    found.waits.push(third.clone());
    (third.actor, third.resource) = ("main".to_owned(), "the end of transfer".to_owned());
    third.held_by = vec!["transfer".to_owned()];
    third.relation = "done by".to_owned();
    found.waits.push(third);
    Graph::waits(found)
}

fn locks() -> Graph {
    let report = samples::deadlock();
    Graph::locks("lock order", &report.findings[0].lock_order, &report.source)
}

fn all() -> Vec<(&'static str, Graph)> {
    vec![
        ("waits_1", circle(1)),
        ("waits_2", Graph::waits(&samples::deadlock().findings[0])),
        ("waits_3", circle(3)),
        ("waits_12", circle(12)),
        ("waits_stuck", stuck()),
        ("locks", locks()),
        ("states", states(4)),
        ("states_55", states(10)),
        ("nothing", Graph::new("nothing")),
    ]
}

/// Writes the pictures to a folder, to be looked at: `PICTURES=folder cargo test pictures`.
#[test]
fn pictures_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PICTURES") else {
        return;
    };
    for (name, graph) in all() {
        let path = Path::new(&folder).join(format!("{name}.svg"));
        std::fs::write(path, svg(&graph)).expect("the folder exists");
    }
    for (name, report) in executions() {
        let path = Path::new(&folder).join(format!("{name}.svg"));
        std::fs::write(path, drawn(&report)).expect("the folder exists");
    }
}

fn executions() -> Vec<(&'static str, crate::report::ScenarioReport)> {
    vec![
        ("lanes_2", samples::race()),
        ("lanes_3", samples::assertion()),
        ("lanes_5", samples::philosophers(5)),
        ("lanes_12", samples::philosophers(12)),
        ("lanes_round", samples::starvation()),
    ]
}

/// The lanes of the only finding.
fn drawn(report: &crate::report::ScenarioReport) -> String {
    let found = &report.findings[0];
    let table = found.trace.as_ref().expect("it has an execution");
    lanes(&found.message, table)
}

#[test]
fn texts_in_lanes_do_not_overlap() {
    for (name, report) in executions() {
        let texts = texts(&drawn(&report));
        assert!(texts.len() > 5);
        for (at, one) in texts.iter().enumerate() {
            for other in &texts[at + 1..] {
                let apart =
                    one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1;
                assert!(apart, "{name}: {:?} and {:?}", one.4, other.4);
            }
        }
    }
}

#[test]
fn hostile_names_stay_in_their_lanes() {
    for name in HOSTILE {
        let mut report = samples::race();
        let found = &mut report.findings[0];
        found.message = name.to_owned();
        let table = found.trace.as_mut().expect("it has an execution");
        table.actors = vec![name.to_owned(); 2];
        table.states = vec![name.to_owned()];
        let svg = drawn(&report);
        assert!(!svg.chars().any(|c| c != '\n' && is_hidden(c)), "{name:?}");
        assert!(
            !svg.contains("<script") && !svg.contains("<!--"),
            "{name:?}"
        );
    }
}

/// The numbers of an attribute such as `x="12.5"`.
fn number(tag: &str, name: &str) -> f64 {
    let start = tag
        .find(&format!(" {name}=\""))
        .unwrap_or_else(|| panic!("{name} in {tag}"));
    let rest = &tag[start + name.len() + 3..];
    rest[..rest.find('"').expect("it is closed")]
        .parse()
        .expect("a number")
}

/// Left, top, right, bottom of every drawn text, by its anchor and length.
fn texts(svg: &str) -> Vec<(f64, f64, f64, f64, String)> {
    let tags = svg.split("<text ").skip(1);
    tags.map(|tag| {
        let tag = format!(" {tag}");
        let text = &tag[tag.find('>').expect("it ends") + 1..tag.find("</text>").expect("it ends")];
        let width = text.chars().count() as f64 * 7.8;
        let (x, y) = (number(&tag, "x"), number(&tag, "y"));
        let left = if tag.contains("\"middle\"") {
            x - width / 2.0
        } else if tag.contains("\"end\"") {
            x - width
        } else {
            x
        };
        (left, y - 11.0, left + width, y + 2.0, text.to_owned())
    })
    .collect()
}

#[test]
fn texts_never_overlap_and_stay_on_the_page() {
    for (name, graph) in all() {
        let svg = svg(&graph);
        let page = number(&svg, "width");
        let texts = texts(&svg);
        for (at, a) in texts.iter().enumerate() {
            assert!(
                a.0 >= 0.0 && a.2 <= page,
                "{name}: {a:?} leaves the page of {page}"
            );
            for b in &texts[at + 1..] {
                let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                assert!(apart, "{name}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn hostile_names_stay_names() {
    for name in HOSTILE {
        let length = crate::report::escape::line(name).chars().count();
        let harmless = tags(&svg(&named(&"n".repeat(length))));
        let graph = named(name);
        let svg = svg(&graph);
        assert_eq!(tags(&svg), harmless, "{name:?}");
        assert!(!svg.to_lowercase().contains("<script"), "{name:?}");
        let dot = dot(&graph);
        let mermaid = mermaid(&graph);
        for page in [&svg, &dot, &mermaid] {
            assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{name:?}");
        }
        assert_eq!(mermaid.lines().count(), 6, "{name:?}: {mermaid}");
        assert!(
            mermaid
                .lines()
                .all(|line| line.matches('"').count() % 2 == 0),
            "{mermaid}"
        );
        assert_eq!(dot.lines().count(), 8, "{name:?}: {dot}");
        dot.lines().for_each(assert_strings_are_closed);
    }
}

fn named(name: &str) -> Graph {
    let mut graph = Graph::new(name);
    let (a, b) = (
        graph.node(name, NodeKind::Actor),
        graph.node(name, NodeKind::Resource),
    );
    graph.nodes[a].lines.push(name.to_owned());
    graph.edge(a, b, format!("x{name}"), EdgeKind::Wait);
    graph.edge(b, a, format!("x{name}"), EdgeKind::Hold);
    graph
}

/// How often each element begins.
fn tags(svg: &str) -> Vec<String> {
    let names = svg.split('<').skip(1);
    let mut names: Vec<String> = names
        .map(|it| it.split([' ', '>', '/']).next().unwrap_or("").to_owned())
        .collect();
    names.sort();
    names
}

/// Outside of its strings a line of DOT holds no character of a name.
fn assert_strings_are_closed(line: &str) {
    let (mut inside, mut escaped) = (false, false);
    for c in line.chars() {
        if inside && !escaped && c == '\\' {
            escaped = true;
            continue;
        }
        if c == '"' && !escaped {
            inside = !inside;
        }
        escaped = false;
        assert!(
            inside || !"<>{}&'`$%".contains(c) || "{}->".contains(c),
            "{line}"
        );
    }
    assert!(!inside, "{line}");
}

#[test]
fn arrows_to_nowhere_are_left_out() {
    let mut graph = Graph::new("broken");
    graph.node("a", NodeKind::State);
    graph.edge(0, 7, "x", EdgeKind::Step);
    assert!(!dot(&graph).contains("n7"));
    assert!(!mermaid(&graph).contains("n7"));
    assert!(!svg(&graph).contains("marker-end"));
}

#[test]
fn a_circle_of_two_as_dot_and_mermaid() {
    let graph = Graph::waits(&samples::deadlock().findings[0]);
    let dot = dot(&graph);
    for line in [
        r#"n0 [label = "transfer", shape = ellipse];"#,
        r#"n0 -> n1 [label = "waits for", color = red];"#,
        r#"n1 -> n2 [label = "held by", style = dashed];"#,
    ] {
        assert!(dot.contains(line), "{dot}");
    }
    let mermaid = mermaid(&graph);
    for line in [
        "n0([\"transfer\"])",
        "n0 ==>|\"waits for\"| n1",
        "n3 -.->|\"held by\"| n0",
    ] {
        assert!(mermaid.contains(line), "{mermaid}");
    }
}
