//! Waiting instead of looking once, or again and again: `wait_until`, or a `join`
//! where a loop asks `is_alive`.

use super::leave_out::is_taken_back;
use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, condition, is_call, method_of, names};
use crate::syntax::ast::{Block, Condition, Expr, ExprKind, StmtKind, UnaryOp};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["A006", "A007", "A008"]) {
        looks_once(scene, out);
    }
    if !target.is(&["S003", "S004", "M008", "W006"]) {
        return;
    }
    for spot in &scene.spots {
        let StmtKind::While(it) = &bare(spot.stmt).kind else {
            continue;
        };
        if matches!(it.condition, Condition::Let { .. }) || !is_idle(&it.body) {
            continue;
        }
        let test = condition(&it.condition);
        if let Some(call) = method_of(test).filter(|it| it.name.text == "is_alive") {
            let handle = scene.text(call.receiver.span);
            let mut edits = Edits::new(scene);
            let rest = &spot.block[spot.index + 1..];
            if rest.iter().any(|it| is_call(it, handle, &["join"])) {
                edits.remove(spot.stmt);
            } else {
                edits.replace(spot.stmt.span, format!("{handle}.join()"));
            }
            out.add(1, "`join` sleeps until it has ended", edits.done());
            continue;
        }
        let wait = format!("wait_until({})", negated(scene, test));
        let edits = Edits::new(scene)
            .replace(spot.stmt.span, wait.clone())
            .done();
        out.add(2, format!("sleep until it is so: `{wait}`"), edits);
    }
    if target.is(&["S003"]) {
        stays(scene, out);
    }
}

/// A test whose answer may only come later: no `if`, but a wait.
fn looks_once(scene: &Scene<'_>, out: &mut Candidates) {
    for spot in &scene.spots {
        let StmtKind::If(it) = &bare(spot.stmt).kind else {
            continue;
        };
        let ([branch], None) = (it.branches.as_slice(), &it.otherwise) else {
            continue;
        };
        let Condition::Expr(test) = &branch.condition else {
            continue;
        };
        let wait = format!("wait_until({})", scene.text(test.span));
        let edits = Edits::new(scene)
            .before(spot.stmt.span, &wait)
            .unwrap(spot.stmt.span, branch.body.span)
            .done();
        out.add(3, format!("wait for it, do not look once: `{wait}`"), edits);
    }
}

/// A value that is taken back before anybody looks: it stays, and who looks sleeps.
fn stays(scene: &Scene<'_>, out: &mut Candidates) {
    for taken in scene.spots.iter().filter(|it| is_taken_back(scene, it)) {
        let StmtKind::Assign(it) = &bare(taken.stmt).kind else {
            continue;
        };
        let place = scene.text(it.target.span);
        let name = place.split(['[', '.']).next().unwrap_or_default();
        let mut edits = Edits::new(scene);
        edits.remove(taken.stmt);
        for spot in &scene.spots {
            if let StmtKind::While(it) = &bare(spot.stmt).kind
                && is_idle(&it.body)
                && names(spot.stmt, name)
            {
                let wait = format!("wait_until({})", negated(scene, condition(&it.condition)));
                edits.replace(spot.stmt.span, wait);
            }
        }
        let text = scene.text(taken.stmt.span);
        let title = format!("leave out `{text}`, and sleep until it is so");
        out.add(3, title, edits.done());
    }
}

/// Whether a loop does nothing but let time pass.
pub(super) fn is_idle(body: &Block) -> bool {
    body.stmts
        .iter()
        .all(|it| matches!(it.kind, StmtKind::Yield | StmtKind::Sleep | StmtKind::Skip))
}

/// The text of the opposite.
pub(super) fn negated(scene: &Scene<'_>, test: &Expr) -> String {
    match &test.kind {
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => scene.text(operand.span).to_owned(),
        ExprKind::Chain { .. } => format!("!({})", scene.text(test.span)),
        _ => format!("!{}", scene.text(test.span)),
    }
}
