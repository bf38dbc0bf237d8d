//! The last sender closes the channel, so that its readers come to an end.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{is_call, names_anywhere};
use crate::syntax::ast::{ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D002", "S00", "M004", "M005"]) {
        return;
    }
    for object in scene.objects() {
        let ObjectKind::Chan { .. } = object.kind else {
            continue;
        };
        let name = object.name.text.as_str();
        let close = format!("{name}.close()");
        let mut senders: Vec<Owner<'_>> = Vec::new();
        for spot in &scene.spots {
            let sends = is_call(spot.stmt, name, &["send"]);
            if sends && !senders.iter().any(|it| it.name() == spot.owner.name()) {
                senders.push(spot.owner);
            }
        }
        for sender in &senders {
            let body = &sender.body().stmts;
            let sends = body.iter().rev().find(|it| names_anywhere(it, name));
            if let Some(last) = sends.filter(|it| !matches!(it.kind, StmtKind::Return(_))) {
                let title = format!("let the last sender close `{name}`");
                out.add(2, title, Edits::new(scene).after(last.span, &close).done());
            }
        }
        closed_later(scene, name, &senders, out);
    }
}

/// Who closes waits for the other senders first.
fn closed_later(scene: &Scene<'_>, name: &str, senders: &[Owner<'_>], out: &mut Candidates) {
    for spot in scene
        .spots
        .iter()
        .filter(|it| is_call(it.stmt, name, &["close"]))
    {
        let others = senders.iter().filter_map(|it| match it {
            Owner::Actor(actor) if actor.name.text != spot.owner.name() => Some(&actor.name.text),
            _ => None,
        });
        let joins: Vec<String> = others.map(|it| format!("{it}.join()")).collect();
        if !joins.is_empty() {
            let mut edits = Edits::new(scene);
            for join in &joins {
                edits.before(spot.stmt.span, join);
            }
            let title = format!("close `{name}` after all its senders have ended");
            out.add(3, title, edits.done());
        }
    }
}
