//! A place of its own for each of several alike, in a list to which all append: then
//! the order in which they come does not matter.

use super::{Candidates, Owner, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::appended;
use crate::syntax::ast::{ExprKind, ObjectKind, Replicas};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A003", "A004"]) {
        return;
    }
    for spot in &scene.spots {
        let Some((name, value)) = appended(spot.stmt) else {
            continue;
        };
        let (Some((list, n)), Some(place)) = (empty_list(scene, name), place(scene, spot.owner))
        else {
            continue;
        };
        let zeros = vec!["0"; n].join(", ");
        let text = format!("{name}[{place}] = {}", scene.text(value.span));
        let edits = Edits::new(scene)
            .insert(list, format!(" = [{zeros}]"))
            .replace(spot.stmt.span, text.clone())
            .done();
        let who = spot.owner.name();
        let title = format!("give each `{who}` a place of its own: `{text}`");
        out.add(3, title, edits);
    }
}

/// Where the declaration of a list without a beginning ends, and its capacity.
fn empty_list(scene: &Scene<'_>, name: &str) -> Option<(u32, usize)> {
    let object = scene.object(name)?;
    let ObjectKind::List {
        capacity: Some(capacity),
        init: None,
        guarded_by: None,
        ..
    } = &object.kind
    else {
        return None;
    };
    match capacity.kind {
        ExprKind::Int(n) => Some((object.span.end, usize::try_from(n).ok()?)),
        _ => None,
    }
}

/// The number of an actor among those alike, from 0.
fn place(scene: &Scene<'_>, owner: Owner<'_>) -> Option<String> {
    let Owner::Actor(actor) = owner else {
        return None;
    };
    match &actor.replicas {
        Replicas::One => None,
        Replicas::Times(_) => Some("me - 1".to_owned()),
        Replicas::Over { param, range } => match &range.kind {
            ExprKind::Range(range) => Some(match scene.text(range.start.span) {
                "0" => param.text.clone(),
                first => format!("{} - {first}", param.text),
            }),
            _ => None,
        },
    }
}
