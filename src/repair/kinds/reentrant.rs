//! A lock that its holder may take again, or that another may give back; or an
//! inner block that does not take it.

use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::bare;
use crate::syntax::ast::{ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D003", "M001"]) {
        return;
    }
    let (word, what, cost) = match target.is(&["D003"]) {
        true => ("reentrant ", "let its holder take", 4),
        false => ("unowned ", "let another actor give back", 5),
    };
    for object in scene.objects() {
        let ObjectKind::Lock {
            reentrant: None,
            unowned: None,
        } = object.kind
        else {
            continue;
        };
        let name = &object.name.text;
        let text = scene.text(object.span);
        if let Some(at) = text
            .find("lock ")
            .filter(|_| target.subjects.contains(name))
        {
            let start = object.span.start + u32::try_from(at).unwrap_or(0);
            let edits = Edits::new(scene).insert(start, word).done();
            out.add(cost, format!("{what} `{name}`: `{word}lock`"), edits);
        }
    }
    for spot in &scene.spots {
        let StmtKind::With(with) = &bare(spot.stmt).kind else {
            continue;
        };
        let ([subject], Some(first), Some(last)) = (
            with.subjects.as_slice(),
            with.body.stmts.first(),
            with.body.stmts.last(),
        ) else {
            continue;
        };
        let name = scene.text(subject.span);
        if scene.is_under(spot, name) {
            let head = Span {
                start: bare(spot.stmt).span.start,
                end: first.span.start,
            };
            let tail = Span {
                start: last.span.end,
                end: bare(spot.stmt).span.end,
            };
            let edits = Edits::new(scene).replace(head, "").replace(tail, "").done();
            out.add(
                2,
                format!("take `{name}` only once: the outer block holds it"),
                edits,
            );
        }
    }
}
