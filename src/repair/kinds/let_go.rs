//! No second lock in the hand while waiting: the outer block goes.

use super::before_the_wait::blocks_here;
use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00"]) {
        return;
    }
    let mut all = Edits::new(scene);
    let mut n = 0;
    for spot in &scene.spots {
        let StmtKind::With(with) = &bare(spot.stmt).kind else {
            continue;
        };
        let waits_inside = scene.spots.iter().any(|it| {
            it.around.iter().any(|outer| outer.span == spot.stmt.span) && blocks_here(it.stmt)
        });
        if !waits_inside {
            continue;
        }
        let held = scene.text(with.subjects[0].span);
        let whole = bare(spot.stmt).span;
        let edits = Edits::new(scene).unwrap(whole, with.body.span).done();
        out.add(6, format!("do not hold `{held}` while waiting"), edits);
        if target.subjects.iter().any(|it| it == held) && spot.around.is_empty() {
            all.unwrap(whole, with.body.span);
            n += 1;
        }
    }
    if n > 1 {
        out.add(7, "do not hold a second lock while waiting", all.done());
    }
}
