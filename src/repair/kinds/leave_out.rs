//! A call too many, left out: a second close, a release of what is not held, a
//! clear that takes a signal away.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{call_of, is_simple};

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
