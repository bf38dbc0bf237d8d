//! An exception handled where it comes up: a variable says that something failed.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{is_simple, own_exprs};
use crate::syntax::ast::{ExprKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["K003"]) {
        return;
    }
    let Some(name) = exception(scene, target) else {
        return;
    };
    for spot in &scene.spots {
        // Where it is raised, or where a call lets it through, in those who die of it.
        let takes_part = match spot.owner {
            Owner::Actor(_) => true,
            Owner::Fn(_) => target.actors.iter().any(|it| it == spot.owner.name()),
        };
        let calls = own_exprs(spot.stmt).iter().any(|it| {
            matches!(
                it.kind,
                ExprKind::Call(_) | ExprKind::Method(_) | ExprKind::Await(_)
            )
        });
        let moves = !matches!(spot.stmt.kind, StmtKind::Let(_) | StmtKind::Return(_));
        if takes_part && moves && is_simple(spot.stmt) && calls {
            let mut edits = Edits::new(scene);
            let note = noted(scene, &mut edits);
            edits.wrap(spot.stmt, spot.stmt, "try");
            edits.insert(spot.stmt.span.end, format!(" catch \"{name}\" {note}"));
            out.add(4, title(&name), edits.done());
        }
    }
    all_calls(scene, target, &name, out);
}

/// Every call of an actor that dies, guarded.
fn all_calls(scene: &Scene<'_>, target: &Target, name: &str, out: &mut Candidates) {
    for actor in scene
        .actors()
        .filter(|it| target.actors.contains(&it.name.text))
    {
        if let (Some(first), Some(last)) = (actor.body.stmts.first(), actor.body.stmts.last()) {
            let mut edits = Edits::new(scene);
            let note = noted(scene, &mut edits);
            edits.wrap(first, last, "try");
            edits.insert(last.span.end, format!(" catch \"{name}\" {note}"));
            out.add(5, title(name), edits.done());
        }
    }
}

fn title(name: &str) -> String {
    format!("catch `{name}`, and write down that it failed, so that others can look")
}

/// A handler that writes down that something failed; what it writes to is declared.
pub(super) fn noted(scene: &Scene<'_>, edits: &mut Edits<'_>) -> String {
    let failed = scene.fresh(&["failed", "has_failed"]);
    let shared = match scene.text(scene.scenario.span).contains("process ") {
        true => "shared ",
        false => "",
    };
    if let Some(at) = scene.first_item() {
        edits.before(at, &format!("{shared}atomic {failed} = false"));
    }
    format!("{{ {failed} = true }}")
}

/// The exception's name: a subject that is raised somewhere.
fn exception(scene: &Scene<'_>, target: &Target) -> Option<String> {
    let raised = |name: &String| {
        scene
            .spots
            .iter()
            .any(|it| matches!(&it.stmt.kind, StmtKind::Raise(raised) if raised.text == *name))
    };
    target.subjects.iter().find(|it| raised(it)).cloned()
}
