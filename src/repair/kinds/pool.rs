//! A pool with a few workers instead of a thread for each piece of work.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{is_call, spawn_of};
use crate::syntax::ast::{ActorKind, Spawn};

/// Workers of the pool: the fewest that work side by side.
const WORKERS: usize = 2;

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["W007"]) {
        return;
    }
    for spot in target.spots(scene) {
        let Some((spawn, expr, handle)) = spawn_of(spot.stmt) else {
            continue;
        };
        if spawn.kind != ActorKind::Thread {
            continue;
        }
        let Some(last) = scene.objects().last() else {
            continue;
        };
        let pool = scene.fresh(&["pool", "workers", "team"]);
        let submit = submit(scene, &pool, spawn);
        let mut edits = Edits::new(scene);
        edits
            .after(last.span, &format!("executor {pool}({WORKERS})"))
            .replace(expr.span, submit.clone());
        if let Some(handle) = handle {
            ask_for_results(scene, spot, handle, &mut edits);
        }
        let title = format!("let a pool of {WORKERS} workers do it: `{submit}`");
        out.add(4, title, edits.done());
    }
}

/// `pool.submit(f, a)` for `spawn f(a)`.
fn submit(scene: &Scene<'_>, pool: &str, spawn: &Spawn) -> String {
    let args = spawn.call.args.iter().map(|it| scene.text(it.span));
    let all: Vec<&str> = std::iter::once(spawn.call.name.text.as_str())
        .chain(args)
        .collect();
    format!("{pool}.submit({})", all.join(", "))
}

/// Who joined a thread now asks the job for its result.
fn ask_for_results(scene: &Scene<'_>, spot: &Spot<'_>, handle: &str, edits: &mut Edits<'_>) {
    let own = scene.spots.iter();
    let own = own.filter(|it| it.owner.name() == spot.owner.name());
    for join in own.filter(|it| is_call(it.stmt, handle, &["join"])) {
        edits.replace(join.stmt.span, format!("{handle}.result()"));
    }
}
