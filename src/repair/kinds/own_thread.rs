//! A call that waits for what its caller does later, given to a thread of its own.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::{ExprKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D002", "D003"]) {
        return;
    }
    for spot in &scene.spots {
        let StmtKind::Expr(expr) = &bare(spot.stmt).kind else {
            continue;
        };
        let ExprKind::Call(call) = &expr.kind else {
            continue;
        };
        let name = &call.name.text;
        if !scene.functions().any(|it| it.name.text == *name) || spot.index + 1 == spot.block.len()
        {
            continue;
        }
        let handle = scene.fresh(&["h", "thread_of_it"]);
        let last = &spot.block[spot.block.len() - 1];
        let edits = Edits::new(scene)
            .insert(expr.span.start, format!("let {handle} = spawn "))
            .after(last.span, &format!("{handle}.join()"))
            .done();
        out.add(
            4,
            format!("run `{name}` in a thread of its own: `spawn`"),
            edits,
        );
    }
}
