//! Waiting without a time-out, where nobody looks whether the time was over.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::call_of;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["K003", "A00", "R00", "M00"]) {
        return;
    }
    let mut all = Edits::new(scene);
    let mut n = 0;
    for spot in &scene.spots {
        let Some(call) = call_of(spot.stmt) else {
            continue;
        };
        let Some(plain) = call.name.text.strip_suffix("_for") else {
            continue;
        };
        let edits = Edits::new(scene).replace(call.name.span, plain).done();
        out.add(3, TITLE, edits);
        all.replace(call.name.span, plain);
        n += 1;
    }
    if n > 1 {
        out.add(4, TITLE, all.done());
    }
}

const TITLE: &str = "wait without a time-out: nobody looks whether the time was over";
