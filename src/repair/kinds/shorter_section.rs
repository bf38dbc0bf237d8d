//! A shorter section: the lock is held for each step alone, so that others can be
//! between two of them.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, is_simple};
use crate::syntax::ast::StmtKind;

/// A longer block is not taken apart.
const STEPS_MAX: usize = 4;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A005"]) {
        return;
    }
    for spot in &scene.spots {
        let StmtKind::With(with) = &bare(spot.stmt).kind else {
            continue;
        };
        let ([lock], steps) = (with.subjects.as_slice(), with.body.stmts.as_slice()) else {
            continue;
        };
        let name = scene.text(lock.span);
        let fits = (2..=STEPS_MAX).contains(&steps.len()) && steps.iter().all(is_simple);
        if !fits || !scene.is_pool(name) {
            continue;
        }
        let mut sections = steps
            .iter()
            .map(|it| format!("with {name} {{ {} }}", scene.text(it.span)));
        let mut edits = Edits::new(scene);
        edits.replace(spot.stmt.span, sections.next().unwrap_or_default());
        for section in sections {
            edits.after(spot.stmt.span, &section);
        }
        let title = format!("hold `{name}` for each step, not from the first to the last");
        out.add(3, title, edits.done());
    }
}
