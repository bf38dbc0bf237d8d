//! A longer section: what a lock is held for ends later, so that nobody comes
//! between a test and what follows from it.

use super::guard::{widened, withs_of};
use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, is_simple};
use crate::syntax::ast::StmtKind;

/// So many statements more than the block has.
const MORE_MAX: usize = 4;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D002", "A00", "S001", "R002", "O00"]) {
        return;
    }
    for spot in &scene.spots {
        let StmtKind::With(with) = &bare(spot.stmt).kind else {
            continue;
        };
        let [lock] = with.subjects.as_slice() else {
            continue;
        };
        let name = scene.text(lock.span);
        if !scene.is_pool(name) || spot.stmt.span != bare(spot.stmt).span {
            continue;
        }
        let rest = &spot.block[spot.index..];
        for n in 1..=MORE_MAX.min(rest.len() - 1) {
            let last = widened(rest, n);
            if last != n || matches!(bare(&rest[n]).kind, StmtKind::Return(_)) {
                continue;
            }
            let section = spot.stmt.span.to(rest[n].span);
            let mut edits = Edits::new(scene);
            let head = format!("with {name}");
            edits.wrap_all(spot.stmt, &rest[n], &head, &withs_of(scene, section, name));
            let what = scene.text(rest[n].span).lines().next().unwrap_or_default();
            let end = if is_simple(&rest[n]) { "" } else { " …" };
            let what = what.trim_end_matches('{').trim_end();
            let title = match what.starts_with(&head) {
                true => format!("make it one section under `{name}`: nobody comes in between"),
                false => format!("hold `{name}` until after `{what}{end}`"),
            };
            out.add(4, title, edits.done());
        }
    }
}
