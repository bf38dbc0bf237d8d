//! A variable that stays in its declared range: a test before the change.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, root_of};
use crate::syntax::ast::{Assign, BinaryOp, ExprKind, ObjectKind, Range, StmtKind, Type, TypeKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["O001"]) {
        return;
    }
    for spot in target.spots(scene) {
        let StmtKind::Assign(assign) = &bare(spot.stmt).kind else {
            continue;
        };
        let Some(test) = range_of(scene, assign).and_then(|it| still_fits(scene, assign, it))
        else {
            continue;
        };
        let head = format!("if {test}");
        let title = format!("test first whether it may still change: `{head}`");
        let edits = Edits::new(scene).wrap(spot.stmt, spot.stmt, &head).done();
        out.add(2, title, edits);
        let edits = Edits::new(scene)
            .wrap(spot.stmt, spot.stmt, "atomic")
            .wrap(spot.stmt, spot.stmt, &head)
            .done();
        let title = format!("test and change in one step: `atomic {{ {head} … }}`");
        out.add(3, title, edits);
    }
}

/// The declared range of what is assigned to.
fn range_of<'a>(scene: &Scene<'a>, assign: &Assign) -> Option<&'a Range> {
    let ty: &Type = match &scene.object(root_of(&assign.target)?)?.kind {
        ObjectKind::Var { ty, .. } | ObjectKind::Atomic { ty, .. } => ty.as_ref()?,
        _ => return None,
    };
    match &ty.kind {
        TypeKind::Range(range) => Some(range),
        TypeKind::Named(_) => None,
    }
}

/// Whether the new value is in the range, as a condition.
fn still_fits(scene: &Scene<'_>, assign: &Assign, range: &Range) -> Option<String> {
    let (place, by) = (
        scene.text(assign.target.span),
        scene.text(assign.value.span),
    );
    let (low, high) = (scene.text(range.start.span), scene.text(range.end.span));
    let by_one = matches!(assign.value.kind, ExprKind::Int(1));
    Some(match (assign.op?, range.inclusive) {
        (BinaryOp::Add, true) if by_one => format!("{place} < {high}"),
        (BinaryOp::Add, true) => format!("{place} + {by} <= {high}"),
        (BinaryOp::Add, false) => format!("{place} + {by} < {high}"),
        (BinaryOp::Sub, _) if by_one => format!("{place} > {low}"),
        (BinaryOp::Sub, _) => format!("{place} - {by} >= {low}"),
        _ => return None,
    })
}
