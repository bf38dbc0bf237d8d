//! One step instead of several: `atomic` memory, or an `atomic { }` block.

use super::guard::{quoted, variables, widened};
use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{names, names_anywhere};
use crate::syntax::ast::{ObjectKind, Stmt};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["R00", "A00", "O00"]) {
        return;
    }
    let about = variables(scene, target);
    for name in &about {
        declaration(scene, name, out);
    }
    if about.len() > 1 {
        let mut edits = Edits::new(scene);
        for name in &about {
            declare(scene, name, &mut edits);
        }
        let names: Vec<&str> = about.iter().map(String::as_str).collect();
        out.add(
            7,
            format!("make {} atomic: each operation is one step", quoted(&names)),
            edits.done(),
        );
    }
    let names: Vec<&str> = about.iter().map(String::as_str).collect();
    blocks(scene, &names, out);
}

fn declaration(scene: &Scene<'_>, name: &str, out: &mut Candidates) {
    let mut edits = Edits::new(scene);
    declare(scene, name, &mut edits);
    let title = format!("make `{name}` atomic: each operation on it is one step");
    out.add(5, title, edits.done());
}

/// `var` becomes `atomic`; a lock that the declaration names is no longer needed.
fn declare(scene: &Scene<'_>, name: &str, edits: &mut Edits<'_>) {
    let Some(object) = scene.object(name) else {
        return;
    };
    let ObjectKind::Var { guarded_by, .. } = &object.kind else {
        return;
    };
    let text = scene.text(object.span);
    if guarded_by.is_some() {
        return;
    }
    if let Some(at) = text.find("var ") {
        let start = object.span.start as usize + at;
        edits.replace(Span::new(start, start + 3), "atomic");
    }
}

/// `atomic { }` around what belongs together, in each block.
fn blocks(scene: &Scene<'_>, about: &[&str], out: &mut Candidates) {
    let accesses = |stmt: &Stmt| about.iter().any(|name| names(stmt, name));
    let below = |stmt: &Stmt| about.iter().any(|name| names_anywhere(stmt, name));
    for (cost, together) in [(6, false), (8, true)] {
        let mut edits = Edits::new(scene);
        let mut done: Vec<Span> = Vec::new();
        for spot in &scene.spots {
            let at = spot.stmt.span;
            let inside = |it: &Span| it.start <= at.start && at.end <= it.end;
            if !accesses(spot.stmt) || done.iter().any(inside) {
                continue;
            }
            let rest = &spot.block[spot.index..];
            let mut last = 0;
            if together {
                last = widened(rest, rest.iter().rposition(below).unwrap_or(0));
            }
            done.push(at.to(rest[last].span));
            edits.wrap(spot.stmt, &rest[last], "atomic");
        }
        let title = format!("make the accesses of {} one step", quoted(about));
        out.add(cost, title, edits.done());
    }
}
