//! A call that is made too few times, made once more: a message, a permit or a
//! count for each who waits for one; an `acquire` for each report that must come.

use super::{Candidates, Owner, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{call_of, names_anywhere};
use crate::syntax::ast::{ObjectKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["D001", "D002", "S001"]) {
        for spot in &scene.spots {
            repeated(scene, spot, &["send", "release", "count_down"], 5, out);
        }
        nobody_sends(scene, out);
    }
    if target.is(&["A001", "A003", "A004"]) {
        for spot in &scene.spots {
            repeated(scene, spot, &["acquire"], 5, out);
        }
    }
}

fn repeated(scene: &Scene<'_>, spot: &Spot<'_>, methods: &[&str], cost: u32, out: &mut Candidates) {
    let Some(call) = call_of(spot.stmt) else {
        return;
    };
    let name = scene.text(call.receiver.span);
    // A permit that is given back is not given twice, and several are a number.
    let is_several = call.name.text == "release" && !call.args.is_empty();
    if is_several || !methods.contains(&call.name.text.as_str()) || scene.is_pool(name) {
        return;
    }
    let text = scene.text(spot.stmt.span);
    let edits = Edits::new(scene).after(spot.stmt.span, text).done();
    let title = match call.name.text.as_str() {
        "acquire" => format!("wait for one more: `{text}`"),
        _ => format!("`{text}` once more: one for each who waits for it"),
    };
    out.add(cost, title, edits);
}

/// A channel that somebody reads and nobody writes to: a message at the end of
/// an actor that has something to do with the reader.
fn nobody_sends(scene: &Scene<'_>, out: &mut Candidates) {
    for object in scene.objects() {
        let ObjectKind::Chan { element: None, .. } = &object.kind else {
            continue;
        };
        let name = object.name.text.as_str();
        let sends = format!("{name}.send(");
        if !object.dims.is_empty() || scene.text(scene.scenario.span).contains(&sends) {
            continue;
        }
        for actor in scene.actors() {
            let body = &actor.body.stmts;
            let reads = body.iter().any(|it| names_anywhere(it, name));
            let Some(last) = body.last().filter(|_| !reads) else {
                continue;
            };
            if !matches!(last.kind, StmtKind::Return(_)) {
                let owner = Owner::Actor(actor).name();
                let title = format!("let `{owner}` send something to `{name}` when it is done");
                let call = format!("{name}.send(0)");
                out.add(4, title, Edits::new(scene).after(last.span, &call).done());
            }
        }
    }
}
