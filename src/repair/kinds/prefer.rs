//! A lock that lets everybody in some day: `prefer writers`, `fair`, `fifo`.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::syntax::ast::ObjectKind;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["S002", "A006", "A007", "S004"]) {
        return;
    }
    for object in scene.objects() {
        let name = &object.name.text;
        match &object.kind {
            ObjectKind::RwLock { prefer: None } => {
                for (cost, word) in [(1, "prefer writers"), (2, "fair")] {
                    let edits = Edits::new(scene)
                        .insert(object.span.end, format!(" {word}"))
                        .done();
                    let title = format!("let nobody pass those who wait at `{name}`: `{word}`");
                    out.add(cost, title, edits);
                }
            }
            ObjectKind::RwLock { prefer: Some(old) } => {
                for (cost, word) in [(1, "fair"), (2, "prefer writers")] {
                    let edits = Edits::new(scene).replace(old.span, word).done();
                    let title = format!("let nobody pass those who wait at `{name}`: `{word}`");
                    out.add(cost, title, edits);
                }
            }
            ObjectKind::Cond { fifo: None, .. } => {
                let edits = Edits::new(scene).insert(object.span.end, " fifo").done();
                let title = format!("wake up those who wait on `{name}` in their order");
                out.add(3, title, edits);
            }
            _ => {}
        }
    }
}
