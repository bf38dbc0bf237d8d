//! A statement too many, left out: a second close, a release of what is not held, a
//! clear or a write that takes a signal away.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, is_call, is_simple};
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["M00", "D003", "K006", "W"]) {
        for spot in target.spots(scene) {
            if call_of(spot.stmt).is_some() && spot.block.len() > 1 {
                let text = scene.text(spot.stmt.span);
                let edits = Edits::new(scene).remove(spot.stmt).done();
                // A channel that nobody closes keeps its readers waiting.
                let cost = if text.ends_with(".close()") { 7 } else { 4 };
                out.add(cost, format!("leave out `{text}`"), edits);
            }
        }
    }
    if target.is(&["S001", "D00"]) {
        for spot in &scene.spots {
            let is_clear = call_of(spot.stmt).is_some_and(|it| it.name.text == "clear");
            if is_clear && is_simple(spot.stmt) && spot.block.len() > 1 {
                let text = scene.text(spot.stmt.span);
                let edits = Edits::new(scene).remove(spot.stmt).done();
                out.add(
                    3,
                    format!("leave out `{text}`: whoever comes later gets through"),
                    edits,
                );
            }
        }
    }
    if target.is(&["S001", "S003"]) {
        taken_back(scene, out);
    }
    if target.is(&["A002"]) {
        released_too_often(scene, out);
    }
    if target.is(&["D001"]) {
        for spot in target.spots(scene) {
            let joins = call_of(spot.stmt).is_some_and(|it| it.name.text == "join");
            if joins {
                let edits = Edits::new(scene).replace(spot.stmt.span, "skip").done();
                let title = "let only one wait for the other";
                out.add(5, title, edits);
            }
        }
    }
}

/// A value that is written over by the next statement: nobody has the time to see it.
fn taken_back(scene: &Scene<'_>, out: &mut Candidates) {
    for spot in scene.spots.iter().filter(|it| is_taken_back(scene, it)) {
        let text = scene.text(spot.stmt.span);
        let edits = Edits::new(scene).remove(spot.stmt).done();
        let title = format!("leave out `{text}`: whoever comes later sees it, too");
        out.add(3, title, edits);
    }
}

/// Whether a statement writes over what the one before it has written.
pub(super) fn is_taken_back(scene: &Scene<'_>, spot: &Spot<'_>) -> bool {
    let before = spot
        .index
        .checked_sub(1)
        .map(|it| &bare(&spot.block[it]).kind);
    let (Some(StmtKind::Assign(old)), StmtKind::Assign(now)) = (before, &bare(spot.stmt).kind)
    else {
        return false;
    };
    let same = scene.text(old.target.span) == scene.text(now.target.span);
    same && old.op.is_none() && now.op.is_none()
}

/// A `release` of somebody who never acquires.
fn released_too_often(scene: &Scene<'_>, out: &mut Candidates) {
    for spot in &scene.spots {
        let Some(call) = call_of(spot.stmt).filter(|it| it.name.text == "release") else {
            continue;
        };
        let name = scene.text(call.receiver.span);
        let acquires = scene
            .spots
            .iter()
            .any(|it| it.owner.name() == spot.owner.name() && is_call(it.stmt, name, &["acquire"]));
        if !acquires && scene.is_pool(name) {
            let text = scene.text(spot.stmt.span);
            let edits = match spot.block.len() {
                1 => Edits::new(scene).replace(spot.stmt.span, "skip").done(),
                _ => Edits::new(scene).remove(spot.stmt).done(),
            };
            let title = format!("leave out `{text}`: only who has acquired gives back");
            out.add(3, title, edits);
        }
    }
}
