//! A pool that finishes what was submitted: `shutdown` for `shutdown_now`.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::call_of;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["A00", "K00", "R00"]) {
        return;
    }
    for spot in &scene.spots {
        if let Some(call) = call_of(spot.stmt).filter(|it| it.name.text == "shutdown_now") {
            let edits = Edits::new(scene).replace(call.name.span, "shutdown").done();
            let name = scene.text(call.receiver.span);
            out.add(
                2,
                format!("let `{name}` finish what it was given: `shutdown`"),
                edits,
            );
        }
    }
}
