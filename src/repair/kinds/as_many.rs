//! Waiting for as many as come: another number in a `wait_until`.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{all, own_exprs};
use crate::syntax::ast::ExprKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D002"]) {
        return;
    }
    for spot in target.spots(scene) {
        for call in own_exprs(spot.stmt).into_iter().flat_map(all) {
            let ExprKind::Call(call) = &call.kind else {
                continue;
            };
            if call.name.text != "wait_until" {
                continue;
            }
            for number in call.args.iter().flat_map(all) {
                let ExprKind::Int(old) = number.kind else {
                    continue;
                };
                for new in [old.checked_sub(1), old.checked_add(1)]
                    .into_iter()
                    .flatten()
                {
                    let edits = Edits::new(scene)
                        .replace(number.span, new.to_string())
                        .done();
                    out.add_to("as many", 4, format!("wait for {new}: so many come"), edits);
                }
            }
        }
    }
}
