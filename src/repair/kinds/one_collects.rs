//! Several permits that belong together: only one at a time collects them, so that
//! nobody waits with half of what it needs.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::call_of;
use crate::syntax::ast::Stmt;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00"]) {
        return;
    }
    let Some(at) = scene.objects().last() else {
        return;
    };
    for spot in &scene.spots {
        let Some(name) = acquired(scene, spot.stmt) else {
            continue;
        };
        let is_same = |it: &&Stmt| acquired(scene, it) == Some(name);
        let is_first = !spot.block[..spot.index].iter().any(|it| is_same(&it));
        let last = spot.block[spot.index + 1..].iter().rfind(is_same);
        if let (true, Some(last)) = (is_first, last) {
            let lock = scene.fresh(&["m", "guard", "collecting"]);
            let edits = Edits::new(scene)
                .after(at.span, &format!("lock {lock}"))
                .wrap(spot.stmt, last, &format!("with {lock}"))
                .done();
            let title = format!("let only one at a time collect what it needs of `{name}`");
            out.add(4, title, edits);
        }
    }
}

/// What a statement takes a permit of.
fn acquired<'a>(scene: &Scene<'a>, stmt: &Stmt) -> Option<&'a str> {
    let call = call_of(stmt).filter(|it| it.name.text == "acquire")?;
    Some(scene.text(call.receiver.span))
}
