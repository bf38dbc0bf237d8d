//! `task_done` for each item that was taken: a queue's `join` counts reports.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{all, bare, is_call, name_of, own_exprs};
use crate::syntax::ast::{ExprKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D001", "D002"]) {
        return;
    }
    let joined = |name: &str| {
        scene
            .spots
            .iter()
            .any(|it| is_call(it.stmt, name, &["join"]))
    };
    for object in scene.objects().filter(|it| joined(&it.name.text)) {
        let name = object.name.text.as_str();
        let call = format!("{name}.task_done()");
        let title = format!("say `{call}` for each item of `{name}`");
        let mut every = Edits::new(scene);
        let mut n = 0;
        for spot in &scene.spots {
            let mut edits = Edits::new(scene);
            for edits in [&mut edits, &mut every] {
                let StmtKind::For(it) = &bare(spot.stmt).kind else {
                    if takes(spot.stmt, name) && !reports(&spot.block[spot.index..], name) {
                        edits.after(spot.stmt.span, &call);
                        n += 1;
                    }
                    continue;
                };
                let last = it
                    .body
                    .stmts
                    .last()
                    .filter(|_| name_of(&it.over) == Some(name));
                if let Some(last) = last.filter(|_| !reports(&it.body.stmts, name)) {
                    edits.after(last.span, &call);
                    n += 1;
                }
            }
            out.add(2, title.clone(), edits.done());
        }
        // Each place was counted for itself and for the whole.
        if n > 2 {
            out.add(3, title, every.done());
        }
    }
}

/// Whether a statement receives from the channel.
fn takes(stmt: &Stmt, name: &str) -> bool {
    own_exprs(stmt).into_iter().flat_map(all).any(|it| {
        let ExprKind::Method(call) = &it.kind else {
            return false;
        };
        name_of(&call.receiver) == Some(name) && call.name.text.contains("recv")
    })
}

/// Whether one of these statements reports already.
fn reports(stmts: &[Stmt], name: &str) -> bool {
    stmts.iter().any(|it| is_call(it, name, &["task_done"]))
}
