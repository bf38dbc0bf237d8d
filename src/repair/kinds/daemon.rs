//! An actor that need not end: `daemon`; or one that must: no `daemon`.

use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["D002", "K001"]) {
        for actor in scene
            .actors()
            .filter(|it| it.daemon.is_none() && it.main.is_none())
        {
            let serves = scene.spots.iter().any(|it| {
                it.owner.name() == actor.name.text
                    && it.around.is_empty()
                    && matches!(bare(it.stmt).kind, StmtKind::Loop(_))
            });
            if serves && target.actors.contains(&actor.name.text) {
                let name = &actor.name.text;
                let edits = Edits::new(scene).insert(actor.span.start, "daemon ").done();
                out.add(
                    6,
                    format!("if `{name}` need not end, say so: `daemon`"),
                    edits,
                );
            }
        }
    }
    if target.is(&["K006", "K00"]) {
        for actor in scene.actors() {
            let Some(word) = actor.daemon else {
                continue;
            };
            if target.actors.contains(&actor.name.text) {
                let span = Span {
                    start: word.start,
                    end: word.end + 1,
                };
                let edits = Edits::new(scene).replace(span, "").done();
                let name = &actor.name.text;
                out.add(3, format!("let `{name}` finish: not a `daemon`"), edits);
            }
        }
    }
}
