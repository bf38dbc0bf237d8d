//! `await` where a blocking call stops the whole event loop.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{all, bare, own_exprs};
use crate::syntax::ast::{ExprKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S005", "D00", "S00", "K004"]) {
        return;
    }
    for spot in target.spots(scene) {
        let title = "give the loop back while waiting: `await`";
        match &bare(spot.stmt).kind {
            StmtKind::Sleep => {
                let at = bare(spot.stmt).span.start;
                out.add(1, title, Edits::new(scene).insert(at, "await ").done());
            }
            StmtKind::With(with) => {
                let at = with.subjects[0].span.start;
                out.add(1, title, Edits::new(scene).insert(at, "await ").done());
            }
            StmtKind::Select(select) if select.awaited.is_none() => {
                let at = bare(spot.stmt).span.start;
                out.add(1, title, Edits::new(scene).insert(at, "await ").done());
            }
            _ => {
                for expr in own_exprs(spot.stmt) {
                    let awaited = all(expr)
                        .iter()
                        .any(|it| matches!(it.kind, ExprKind::Await(_)));
                    if !awaited && matches!(expr.kind, ExprKind::Method(_) | ExprKind::Call(_)) {
                        let edits = Edits::new(scene).insert(expr.span.start, "await ").done();
                        out.add(1, title, edits);
                    }
                }
            }
        }
    }
}
