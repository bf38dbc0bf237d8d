//! An exception of a job, task or thread that somebody learns of: whoever started
//! it asks for the result and writes down that it failed; a thread, which has no
//! result, writes it down itself.

use super::catch::noted;
use super::{Candidates, Owner, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{is_call, method_of, value_of};
use crate::syntax::ast::{ActorKind, Expr, ExprKind, Fn, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["K003", "K004"]) {
        return;
    }
    for spot in &scene.spots {
        started(scene, spot, out);
    }
    for function in scene.functions() {
        if target.actors.contains(&function.name.text) {
            written_down(scene, function, out);
        }
    }
}

/// A job or task: its result, asked for where it was started or at the end.
fn started(scene: &Scene<'_>, spot: &Spot<'_>, out: &mut Candidates) {
    let Some((expr, handle)) = value_of(spot.stmt) else {
        return;
    };
    let Some(way) = way(expr) else {
        return;
    };
    let name = handle.map_or_else(|| scene.fresh(&["f", "job", "future"]), str::to_owned);
    let ask = match way {
        Way::Result => format!("{name}.result()"),
        Way::Await => format!("await {name}"),
        Way::Each => format!("for one in {name} {{ one.result() }}"),
    };
    let title = match way {
        Way::Result => "ask the future for its result, and write down if it failed",
        Way::Await => "await the task, and write down if it failed",
        Way::Each => "go through the results, and write down if one failed",
    };
    let rest = &spot.block[spot.index + 1..];
    let asks = |stmt: &&Stmt| match way {
        Way::Await => scene.text(stmt.span) == ask,
        _ => is_call(stmt, &name, &["result"]),
    };
    let mut edits = Edits::new(scene);
    let note = noted(scene, &mut edits);
    if handle.is_none() {
        edits.insert(expr.span.start, format!("let {name} = "));
    }
    if let Some(asked) = rest.iter().find(asks) {
        edits.wrap(asked, asked, "try");
        edits.insert(asked.span.end, format!(" catch {note}"));
    } else {
        let last = rest.last().unwrap_or(spot.stmt);
        if matches!(last.kind, StmtKind::Return(_)) {
            return;
        }
        edits.after(last.span, &format!("try {{ {ask} }} catch {note}"));
    }
    out.add(4, title, edits.done());
}

/// How a result is asked for.
#[derive(Clone, Copy)]
enum Way {
    Result,
    Await,
    Each,
}

fn way(expr: &Expr) -> Option<Way> {
    if let ExprKind::Spawn(spawn) = &expr.kind {
        return (spawn.kind == ActorKind::Task).then_some(Way::Await);
    }
    match method_of(expr)?.name.text.as_str() {
        "submit" => Some(Way::Result),
        "map" => Some(Way::Each),
        _ => None,
    }
}

/// A thread or process: the whole function guarded, and a variable that says so.
fn written_down(scene: &Scene<'_>, function: &Fn, out: &mut Candidates) {
    let owner = Owner::Fn(function);
    let stmts = &owner.body().stmts;
    let (Some(first), Some(last)) = (stmts.first(), stmts.last()) else {
        return;
    };
    let of = |it: &Expr| matches!(&it.kind, ExprKind::Spawn(it) if it.call.name.text == function.name.text);
    let spawned = { scene.spots.iter() }.any(|it| value_of(it.stmt).is_some_and(|it| of(it.0)));
    if !spawned {
        return;
    }
    let mut edits = Edits::new(scene);
    let note = noted(scene, &mut edits);
    edits.wrap(first, last, "try");
    edits.insert(last.span.end, format!(" catch {note}"));
    let name = &function.name.text;
    let title = format!("catch it in `{name}` and write it down, so that others can look");
    out.add(6, title, edits.done());
}
