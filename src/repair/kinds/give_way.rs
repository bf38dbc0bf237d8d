//! Not all give way to each other: in a livelock everybody does the same. One of
//! them steps back, and the others wait for it; or all take the locks in one order, and
//! need not try.

use super::one_order::element;
use super::only_first::is_first;
use super::wait_until::negated;
use super::{Candidates, Owner, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, method_of, root_of};
use crate::syntax::ast::{Condition, Expr, Method, ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S004"]) {
        return;
    }
    for spot in &scene.spots {
        let Owner::Actor(actor) = spot.owner else {
            continue;
        };
        if let Some(first) = is_first(scene, actor) {
            steps_aside(scene, spot, &first, out);
            steps_back(scene, spot, &first, out);
        }
        in_order(scene, spot, out);
    }
}

/// A change that follows from what was seen: one makes it, the others wait until
/// they would see something else.
fn steps_aside(scene: &Scene<'_>, spot: &Spot<'_>, first: &str, out: &mut Candidates) {
    if !matches!(bare(spot.stmt).kind, StmtKind::Assign(_)) {
        return;
    }
    let before = spot.block[..spot.index].iter().rev();
    let seen = before.into_iter().find_map(|it| match &bare(it).kind {
        StmtKind::Let(it) if is_memory(scene, &it.value) => Some(it),
        _ => None,
    });
    let Some(seen) = seen else {
        return;
    };
    let (text, place) = (scene.text(spot.stmt.span), scene.text(seen.value.span));
    let wait = format!("wait_until({place} != {})", seen.name.text);
    let edits = Edits::new(scene)
        .wrap(spot.stmt, spot.stmt, &format!("if {first}"))
        .insert(spot.stmt.span.end, format!(" else {{ {wait} }}"))
        .done();
    let title = format!("let only one of them do `{text}`, and the others wait for it");
    out.add(3, title, edits);
}

fn is_memory(scene: &Scene<'_>, expr: &Expr) -> bool {
    let object = root_of(expr).and_then(|name| scene.object(name));
    object.is_some_and(|it| matches!(it.kind, ObjectKind::Var { .. } | ObjectKind::Atomic { .. }))
}

/// A loop that takes something back and asks for it again: one takes it back, and
/// all wait until the way is free.
fn steps_back(scene: &Scene<'_>, spot: &Spot<'_>, first: &str, out: &mut Candidates) {
    let StmtKind::While(it) = &bare(spot.stmt).kind else {
        return;
    };
    let (Condition::Expr(test), [back, _, ..]) = (&it.condition, it.body.stmts.as_slice()) else {
        return;
    };
    if !matches!(bare(back).kind, StmtKind::Assign(_)) {
        return;
    }
    let wait = format!("wait_until({})", negated(scene, test));
    let edits = Edits::new(scene)
        .wrap(back, back, &format!("if {first}"))
        .after(back.span, &wait)
        .done();
    let text = scene.text(back.span);
    let title = format!("let only one of them do `{text}`, and wait until the way is free");
    out.add(3, title, edits);
}

/// A loop that takes one lock of an array, tries another and gives the first back if
/// that fails: both taken, the smaller number first.
fn in_order<'a>(scene: &Scene<'a>, spot: &Spot<'a>, out: &mut Candidates) {
    let StmtKind::Loop(body) = &bare(spot.stmt).kind else {
        return;
    };
    let [take, attempt, _] = body.stmts.as_slice() else {
        return;
    };
    let StmtKind::If(attempt) = &bare(attempt).kind else {
        return;
    };
    let tried = match &attempt.branches[0].condition {
        Condition::Expr(test) => method_of(test).filter(|it| it.name.text == "try_lock"),
        Condition::Let { .. } => None,
    };
    let taken = call_of(take).filter(|it| it.name.text == "lock");
    let place = |it: Option<&'a Method>| element(&it?.receiver);
    let (Some((array, i)), Some((same, j))) = (place(taken), place(tried)) else {
        return;
    };
    let (i, j) = (scene.text(i), scene.text(j));
    if array == same {
        let edits = Edits::new(scene)
            .replace(spot.stmt.span, format!("{array}[min({i}, {j})].lock()"))
            .after(spot.stmt.span, &format!("{array}[max({i}, {j})].lock()"))
            .done();
        let title = format!("take the `{array}` with the smaller number first: no need to try");
        out.add(2, title, edits);
    }
}
