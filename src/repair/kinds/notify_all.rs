//! `notify_all` instead of `notify`: the right one is among those who wake up.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::call_of;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00", "S00"]) {
        return;
    }
    let mut all = Edits::new(scene);
    let mut n = 0;
    for spot in &scene.spots {
        let Some(call) = call_of(spot.stmt).filter(|it| it.name.text == "notify") else {
            continue;
        };
        if !call.args.is_empty() {
            continue;
        }
        n += 1;
        let edits = Edits::new(scene)
            .replace(call.name.span, "notify_all")
            .done();
        out.add(2, TITLE, edits);
        all.replace(call.name.span, "notify_all");
    }
    if n > 1 {
        out.add(3, TITLE, all.done());
    }
}

const TITLE: &str = "wake up everybody: then the right one is among them";
