//! A variable that stays in its declared range: a test before the change.

use super::{Candidates, Scene, Spot, Target};
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
        let Some(range) = range_of(scene, assign) else {
            within_64_bits(scene, spot, assign, out);
            continue;
        };
        let Some(test) = still_fits(scene, assign, range) else {
            continue;
        };
        let head = format!("if {test}");
        let title = format!("test first whether it may still change: `{head}`");
        let edits = Edits::new(scene).wrap(spot.stmt, spot.stmt, &head).done();
        out.add_to("fits", 2, title, edits);
        let edits = Edits::new(scene)
            .wrap(spot.stmt, spot.stmt, "atomic")
            .wrap(spot.stmt, spot.stmt, &head)
            .done();
        let title = format!("test and change in one step: `atomic {{ {head} … }}`");
        out.add_to("fits", 3, title, edits);
    }
}

/// A number without a range is at most as large as 64 bits allow: a test whether the
/// result still fits, which does not itself compute it.
fn within_64_bits(scene: &Scene<'_>, spot: &Spot<'_>, assign: &Assign, out: &mut Candidates) {
    let (Some((op, by)), Some(first)) = (grows_by(scene, assign), scene.first_item()) else {
        return;
    };
    let highest = scene.fresh(&["HIGHEST", "LARGEST"]);
    let place = scene.text(assign.target.span);
    let test = match op {
        BinaryOp::Mul => format!("{place} <= {highest} / {by}"),
        _ => format!("{place} <= {highest} - {by}"),
    };
    let head = format!("if {test}");
    let declared = format!("const {highest} = {}", i64::MAX);
    let title = format!("test first whether the result still fits: `{head}`");
    let mut edits = Edits::new(scene);
    edits
        .before(first, &declared)
        .wrap(spot.stmt, spot.stmt, &head);
    out.add_to("fits", 2, title, edits.done());
    let mut edits = Edits::new(scene);
    edits
        .before(first, &declared)
        .wrap(spot.stmt, spot.stmt, "atomic")
        .wrap(spot.stmt, spot.stmt, &head);
    let title = format!("test and change in one step: `atomic {{ {head} … }}`");
    out.add_to("fits", 3, title, edits.done());
}

/// The operator and the positive number in `x += 5`, `x = x * 2`.
fn grows_by(scene: &Scene<'_>, assign: &Assign) -> Option<(BinaryOp, i64)> {
    let (op, by) = match (assign.op, &assign.value.kind) {
        (Some(op), _) => (op, &assign.value),
        (None, ExprKind::Chain { first, rest }) => match rest.as_slice() {
            [only] if scene.text(first.span) == scene.text(assign.target.span) => {
                (only.op, &only.expr)
            }
            _ => return None,
        },
        _ => return None,
    };
    match (op, &by.kind) {
        (BinaryOp::Add | BinaryOp::Mul, ExprKind::Int(n)) if *n > 0 => Some((op, *n)),
        _ => None,
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
