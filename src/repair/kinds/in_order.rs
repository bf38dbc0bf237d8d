//! The futures in the order in which they were submitted, not in that in which
//! they are done.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{all, own_exprs};
use crate::syntax::ast::ExprKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A001", "A002", "A003", "A004"]) {
        return;
    }
    for expr in scene
        .spots
        .iter()
        .flat_map(|it| own_exprs(it.stmt))
        .flat_map(all)
    {
        let ExprKind::Call(call) = &expr.kind else {
            continue;
        };
        if let ("as_completed", [futures]) = (call.name.text.as_str(), call.args.as_slice()) {
            let name = scene.text(futures.span);
            let edits = Edits::new(scene).replace(expr.span, name).done();
            out.add(
                2,
                format!("go through `{name}` itself: it keeps the order"),
                edits,
            );
        }
    }
}
