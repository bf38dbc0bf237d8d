//! `while` instead of `if` around a wait: the condition is tested again after the
//! wake-up.

use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of};
use crate::syntax::ast::{If, ObjectKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A00", "D00", "S00", "R00", "W003", "O00", "M"]) {
        return;
    }
    let mut all = Edits::new(scene);
    let mut n = 0;
    for spot in &scene.spots {
        let StmtKind::If(it) = &bare(spot.stmt).kind else {
            continue;
        };
        if !waits(scene, it) {
            continue;
        }
        n += 1;
        let word = Span {
            start: bare(spot.stmt).span.start,
            end: bare(spot.stmt).span.start + 2,
        };
        out.add(1, TITLE, Edits::new(scene).replace(word, "while").done());
        all.replace(word, "while");
    }
    if n > 1 {
        out.add(2, TITLE, all.done());
    }
}

const TITLE: &str = "wait in a loop: test the condition again after each wake-up";

/// Whether an `if` without `else` does nothing but wait on a condition.
fn waits(scene: &Scene<'_>, it: &If) -> bool {
    let [branch] = it.branches.as_slice() else {
        return false;
    };
    it.otherwise.is_none() && branch.body.stmts.iter().any(|it| is_wait(scene, it))
}

/// Whether a statement waits on a condition, perhaps inside `with m`.
fn is_wait(scene: &Scene<'_>, stmt: &Stmt) -> bool {
    if let StmtKind::With(it) = &bare(stmt).kind {
        return it.body.stmts.iter().any(|it| is_wait(scene, it));
    }
    call_of(stmt).is_some_and(|call| {
        let object = scene.object(scene.text(call.receiver.span));
        let is_cond = object.is_some_and(|it| matches!(it.kind, ObjectKind::Cond { .. }));
        is_cond && call.name.text.starts_with("wait")
    })
}
