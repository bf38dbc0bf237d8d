//! Locks taken in one order everywhere: two nested `with` exchanged, two calls
//! exchanged, two arguments exchanged, indices put in order, or all at once.

use super::guard::quoted;
use super::{Candidates, Scene, Spot, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{all, bare, call_of, name_of, own_exprs};
use crate::syntax::ast::{Expr, ExprKind, Stmt, StmtKind, With};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00", "L001"]) {
        return;
    }
    let mut subjects: Vec<&str> = target.subjects.iter().map(String::as_str).collect();
    subjects.sort_unstable();
    let title = match subjects.as_slice() {
        [] | [_] => "take the locks in one order everywhere".to_owned(),
        names if names.len() > 4 => "take the locks in one order everywhere".to_owned(),
        names => format!("take {} in one order everywhere", quoted(names)),
    };
    for spot in &scene.spots {
        let StmtKind::With(outer) = &bare(spot.stmt).kind else {
            calls(scene, spot, &title, out);
            arguments(scene, spot, &title, out);
            continue;
        };
        nested(scene, outer, &title, out);
        in_index_order(scene, outer, out);
        if let [one, other] = outer.subjects.as_slice() {
            let edits = Edits::new(scene).exchange(one.span, other.span).done();
            out.add(2, title.clone(), edits);
        }
    }
}

/// The first `with` inside another, if there is one.
fn inner(outer: &With) -> Option<&With> {
    outer.body.stmts.iter().find_map(|it| match &bare(it).kind {
        StmtKind::With(inner) => Some(inner),
        _ => None,
    })
}

/// `with b { with a { } }` for `with a { with b { } }`.
fn nested(scene: &Scene<'_>, outer: &With, title: &str, out: &mut Candidates) {
    let Some(inside) = inner(outer) else {
        return;
    };
    if let ([one], [other]) = (outer.subjects.as_slice(), inside.subjects.as_slice()) {
        let edits = Edits::new(scene).exchange(one.span, other.span).done();
        out.add(2, title.to_owned(), edits);
    }
}

/// The lock with the smaller index first: `with l[min(i, j)] { with l[max(i, j)] { } }`.
fn in_index_order(scene: &Scene<'_>, outer: &With, out: &mut Candidates) {
    let Some(inside) = inner(outer) else {
        return;
    };
    let ([one], [other]) = (outer.subjects.as_slice(), inside.subjects.as_slice()) else {
        return;
    };
    let (Some((array, i)), Some((same, j))) = (element(one), element(other)) else {
        return;
    };
    if array != same {
        return;
    }
    let (first, second) = (scene.text(i), scene.text(j));
    let edits = Edits::new(scene)
        .replace(i, format!("min({first}, {second})"))
        .replace(j, format!("max({first}, {second})"))
        .done();
    let title = format!("take the `{array}` with the smaller number first");
    out.add(3, title, edits);
}

/// The name of an array, and what stands between the brackets.
pub(super) fn element(expr: &Expr) -> Option<(&str, Span)> {
    match &expr.kind {
        ExprKind::Index { base, .. } => {
            let inside = Span {
                start: base.span.end + 1,
                end: expr.span.end - 1,
            };
            Some((name_of(base)?, inside))
        }
        _ => None,
    }
}

/// Two neighbouring calls that take something, exchanged.
fn calls(scene: &Scene<'_>, spot: &Spot<'_>, title: &str, out: &mut Candidates) {
    let Some(next) = spot.block.get(spot.index + 1) else {
        return;
    };
    if takes(spot.stmt) && takes(next) {
        let edits = Edits::new(scene).exchange(spot.stmt.span, next.span).done();
        out.add(3, title.to_owned(), edits);
    }
}

/// Whether a statement takes a lock or a permit.
fn takes(stmt: &Stmt) -> bool {
    call_of(stmt).is_some_and(|it| matches!(it.name.text.as_str(), "lock" | "acquire"))
}

/// `move(b, a)` for `move(a, b)`, where both are locks. It is the order that is wanted;
/// whether the function does the same with both, only the author knows.
fn arguments(scene: &Scene<'_>, spot: &Spot<'_>, title: &str, out: &mut Candidates) {
    for expr in own_exprs(spot.stmt) {
        for call in all(expr) {
            let call = match &call.kind {
                ExprKind::Call(it) => it,
                ExprKind::Spawn(it) => &it.call,
                _ => continue,
            };
            let name = &call.name.text;
            let is_lock = |it: &&Expr| name_of(it).is_some_and(|name| scene.object(name).is_some());
            let locks: Vec<&Expr> = call.args.iter().filter(is_lock).collect();
            if let [one, other] = locks.as_slice() {
                let edits = Edits::new(scene).exchange(one.span, other.span).done();
                let title = format!("{title}; right only if `{name}` treats both alike");
                out.add(2, title, edits);
            }
        }
    }
}
