//! A signal that is remembered: a new variable says that it was given, and whoever
//! waits tests it first.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, names_anywhere};
use crate::syntax::ast::{ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S001", "D00"]) {
        return;
    }
    for object in scene.objects() {
        let ObjectKind::Cond { .. } = object.kind else {
            continue;
        };
        let name = object.name.text.as_str();
        let Some(lock) = scene.lock_of_condition(name) else {
            continue;
        };
        let variable = scene.fresh(&["done", "signalled", "news"]);
        let mut edits = Edits::new(scene);
        edits.after(object.span, &format!("var {variable} = false"));
        let (mut n_waits, mut n_signals) = (0, 0);
        for spot in &scene.spots {
            let Some(call) = call_of(spot.stmt).filter(|it| scene.text(it.receiver.span) == name)
            else {
                continue;
            };
            let is_looped = spot
                .around
                .iter()
                .any(|it| matches!(bare(it).kind, StmtKind::While(_)) && names_anywhere(it, name));
            let under = scene.is_under(spot, lock);
            if call.name.text == "wait" && !is_looped && under {
                n_waits += 1;
                edits.wrap(spot.stmt, spot.stmt, &format!("while !{variable}"));
            } else if call.name.text.starts_with("notify") {
                n_signals += 1;
                let set = format!("{variable} = true");
                if under {
                    edits.before(spot.stmt.span, &set);
                } else {
                    let text = scene.text(spot.stmt.span);
                    edits.replace(spot.stmt.span, format!("with {lock} {{ {set}  {text} }}"));
                }
            }
        }
        if n_waits > 0 && n_signals > 0 {
            let title = format!(
                "remember the signal in a variable, and test it before you wait on `{name}`"
            );
            out.add(4, title, edits.done());
        }
    }
}
