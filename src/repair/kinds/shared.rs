//! One object for all processes, instead of a copy in each.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::syntax::ast::{ActorKind, ObjectKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    let has_processes = scene.actors().any(|it| it.kind == ActorKind::Process)
        || scene.text(scene.scenario.span).contains("process ");
    if !has_processes || target.is(&["W", "L"]) {
        return;
    }
    let mut all = Edits::new(scene);
    for object in scene.objects().filter(|it| it.shared.is_none()) {
        let name = &object.name.text;
        let mut edits = Edits::new(scene);
        edits.insert(object.span.start, "shared ");
        all.insert(object.span.start, "shared ");
        let title = format!("let all processes use the same `{name}`");
        out.add(2, title.clone(), edits.done());
        // A counter that several processes change must also be one step.
        if let ObjectKind::Var {
            guarded_by: None, ..
        } = object.kind
        {
            let text = scene
                .text(object.span)
                .replacen("var ", "shared atomic ", 1);
            let edits = Edits::new(scene).replace(object.span, text).done();
            out.add(3, format!("{title}, one step at a time"), edits);
        }
    }
    out.add(5, "let all processes use the same objects", all.done());
}
