//! A property that cannot fail says too little: one side of its `or` alone can.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Item, PropertyKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["W005"]) {
        return;
    }
    for item in &scene.scenario.items {
        let Item::Property(property) = item else {
            continue;
        };
        if !target.places.contains(&property.span) {
            continue;
        }
        let (PropertyKind::Always(claim)
        | PropertyKind::Finally {
            condition: claim, ..
        }
        | PropertyKind::Eventually(claim)) = &property.kind
        else {
            continue;
        };
        for side in sides(claim) {
            let text = scene.text(side.span);
            let edits = Edits::new(scene).replace(claim.span, text).done();
            let title = format!("claim only what can be wrong: `{text}`; this changes the claim");
            out.assume(2, title, edits);
        }
    }
}

/// The operands of `a || b`.
fn sides(claim: &Expr) -> Vec<&Expr> {
    match &claim.kind {
        ExprKind::Chain { first, rest } if rest.iter().all(|it| it.op == BinaryOp::Or) => {
            std::iter::once(&**first)
                .chain(rest.iter().map(|it| &it.expr))
                .collect()
        }
        _ => Vec::new(),
    }
}
