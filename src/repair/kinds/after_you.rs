//! Whoever goes on and on lets the one that waits go first: it says that it waits,
//! and the others begin nothing new until it has had its turn.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, waits_until};
use crate::syntax::ast::{Replicas, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S002", "A006", "A007"]) {
        return;
    }
    let Some(last) = scene.objects().last() else {
        return;
    };
    for spot in &scene.spots {
        let Owner::Actor(actor) = spot.owner else {
            continue;
        };
        let is_one = matches!(actor.replicas, Replicas::One);
        let mut around = spot.around.iter();
        let in_step = around.any(|it| matches!(bare(it).kind, StmtKind::Atomic(_)));
        if !is_one || in_step || waits_until(spot.stmt).is_none() {
            continue;
        }
        let name = &actor.name.text;
        let flag = scene.fresh(&[&format!("{name}_waits")]);
        let mut edits = Edits::new(scene);
        edits
            .after(last.span, &format!("atomic {flag} = false"))
            .before(spot.stmt.span, &format!("{flag} = true"))
            .after(spot.stmt.span, &format!("{flag} = false"));
        for other in scene.spots.iter().filter(|it| it.owner.name() != name) {
            let body = match &bare(other.stmt).kind {
                StmtKind::Loop(body) => body,
                StmtKind::While(it) => &it.body,
                _ => continue,
            };
            if let Some(first) = body.stmts.first() {
                edits.before(first.span, &format!("wait_until(!{flag})"));
            }
        }
        let title = format!("let `{name}` say that it waits, and the others let it go first");
        out.add(3, title, edits.done());
    }
}
