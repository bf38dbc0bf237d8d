//! First what others wait for, then the wait: a blocking call moved behind what
//! follows it, in or out of its block.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, is_simple, method_of, own_exprs};
use crate::syntax::ast::{Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00", "S00", "K00", "M"]) {
        return;
    }
    for spot in &scene.spots {
        if !blocks_here(spot.stmt) {
            continue;
        }
        out_of_block(scene, spot, out);
    }
}

/// Whether a statement may wait for others.
pub(super) fn blocks_here(stmt: &Stmt) -> bool {
    own_exprs(stmt).iter().any(|it| {
        method_of(it).is_some_and(|it| {
            matches!(
                it.name.text.as_str(),
                "wait" | "acquire" | "recv" | "join" | "result" | "send" | "lock"
            )
        })
    })
}

/// Out of the `with` around it: before the block if it comes first in it, behind
/// the block if it comes last.
fn out_of_block(scene: &Scene<'_>, spot: &Spot<'_>, out: &mut Candidates) {
    let Some(around) = spot.around.last() else {
        return;
    };
    let StmtKind::With(with) = &bare(around).kind else {
        return;
    };
    if !is_simple(spot.stmt) || with.body.stmts.len() < 2 {
        return;
    }
    let held = scene.text(with.subjects[0].span);
    let text = scene.text(spot.stmt.span);
    let what = text.lines().next().unwrap_or_default();
    if spot.index == 0 {
        let title = format!("do not hold `{held}` while waiting: `{what}` before it");
        let edits = Edits::new(scene)
            .before(around.span, text)
            .remove(spot.stmt)
            .done();
        out.add(2, title, edits);
    }
    if spot.index + 1 == spot.block.len() {
        let title = format!("give `{held}` back first: `{what}` after it");
        let edits = Edits::new(scene)
            .remove(spot.stmt)
            .after(around.span, text)
            .done();
        out.add(2, title, edits);
    }
}
