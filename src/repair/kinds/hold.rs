//! The lock of a condition, held where it must be: around the test and the wait,
//! around the change and the notify.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, is_simple};
use crate::syntax::ast::StmtKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["M002", "W002", "S001", "D00", "M001", "R00", "A00"]) {
        return;
    }
    for spot in &scene.spots {
        let Some(call) = call_of(spot.stmt) else {
            continue;
        };
        let name = scene.text(call.receiver.span);
        let Some(lock) = scene.lock_of_condition(name) else {
            continue;
        };
        let head = format!("with {lock}");
        if scene.is_under(spot, lock) {
            continue;
        }
        if call.name.text.starts_with("notify") {
            notify(scene, spot, lock, &head, out);
        } else if call.name.text.starts_with("wait") {
            wait(scene, spot, lock, &head, out);
        }
    }
}

/// The notify with the changes before it, then alone.
fn notify(scene: &Scene<'_>, spot: &Spot<'_>, lock: &str, head: &str, out: &mut Candidates) {
    let before = &spot.block[..spot.index];
    let n = before.iter().rev().take_while(|it| is_simple(it)).count();
    for first in (spot.index - n)..spot.index {
        let title = format!("change and notify inside one `with {lock}`");
        let edits = Edits::new(scene)
            .wrap(&spot.block[first], spot.stmt, head)
            .done();
        out.add(
            2 + u32::try_from(spot.index - first).unwrap_or(0),
            title,
            edits,
        );
    }
    let edits = Edits::new(scene).wrap(spot.stmt, spot.stmt, head).done();
    out.add(2, format!("notify inside `with {lock}`"), edits);
}

/// The wait with the test around it, then alone.
fn wait(scene: &Scene<'_>, spot: &Spot<'_>, lock: &str, head: &str, out: &mut Candidates) {
    let title = format!("test and wait inside one `with {lock}`");
    if let Some(test) = spot.around.last()
        && matches!(bare(test).kind, StmtKind::If(_) | StmtKind::While(_))
    {
        let edits = Edits::new(scene).wrap(test, test, head).done();
        out.add(2, title.clone(), edits);
    }
    let edits = Edits::new(scene).wrap(spot.stmt, spot.stmt, head).done();
    out.add(3, title, edits);
}
