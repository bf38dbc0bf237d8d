//! Waiting for the end of somebody: a join before the read, a join at the end.

use super::{Candidates, Owner, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, is_call, name_of, own_exprs};
use crate::syntax::ast::{Expr, ExprKind, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["K001", "K004", "R00", "A00", "D00", "K003", "K006"]) {
        for spot in &scene.spots {
            spawned(scene, spot, target, out);
        }
    }
    if target.is(&["R00", "A00", "O00", "W001", "K00", "M00"]) {
        declared(scene, target, out);
    }
    if target.is(&["K00"]) {
        main(scene, target, out);
    }
}

/// The spawn that a statement is, the name of its handle, and whether it is a task.
fn spawn_of<'a>(spot: &Spot<'a>) -> Option<(&'a Expr, Option<&'a str>, bool)> {
    let (expr, name) = match &bare(spot.stmt).kind {
        StmtKind::Let(it) => (&it.value, Some(it.name.text.as_str())),
        StmtKind::Expr(it) => (it, None),
        _ => return None,
    };
    match &expr.kind {
        ExprKind::Spawn(it) => Some((expr, name, it.kind == crate::syntax::ast::ActorKind::Task)),
        _ => None,
    }
}

/// A spawned actor: joined before the next statement that comes to grief, or last.
fn spawned(scene: &Scene<'_>, spot: &Spot<'_>, target: &Target, out: &mut Candidates) {
    let Some((expr, handle, is_task)) = spawn_of(spot) else {
        return;
    };
    let (verb, cost) = if is_task {
        ("await it", 1)
    } else {
        ("join it", 2)
    };
    let name = handle.map_or_else(|| scene.fresh(&["t", "worker", "child"]), str::to_owned);
    let call = |name: &str| match is_task {
        true => format!("await {name}"),
        false => format!("{name}.join()"),
    };
    let begin = || {
        let mut edits = Edits::new(scene);
        if handle.is_none() {
            edits.insert(expr.span.start, format!("let {name} = "));
        }
        edits
    };
    let rest = &spot.block[spot.index + 1..];
    let is_join = |it: &crate::syntax::ast::Stmt| is_call(it, &name, &["join"]);
    if let Some(at) = rest.iter().position(is_join) {
        // It is joined too late.
        for before in &rest[..at] {
            let edits = Edits::new(scene)
                .before(before.span, scene.text(rest[at].span))
                .remove(&rest[at])
                .done();
            let title = format!("join `{name}` before what needs its result");
            out.add(cost, title, edits);
        }
        return;
    }
    for next in rest.iter().filter(|it| {
        target
            .places
            .iter()
            .any(|place| it.span.start <= place.start && place.end <= it.span.end)
    }) {
        let edits = begin().before(next.span, &call(&name)).done();
        out.add(
            cost,
            format!("wait for the end of `{name}` first: {verb}"),
            edits,
        );
    }
    let last = rest.last().unwrap_or(spot.stmt);
    if !matches!(last.kind, StmtKind::Return(_)) {
        let mut edits = begin();
        let edits = edits.after(last.span, &call(&name)).done();
        out.add(
            cost + 1,
            format!("keep the handle and {verb} at the end"),
            edits,
        );
    }
}

/// A declared actor: joined before a statement of another that takes part.
fn declared(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for spot in target.spots(scene) {
        let Owner::Actor(owner) = spot.owner else {
            continue;
        };
        for other in scene.actors().filter(|it| it.name.text != owner.name.text) {
            if !target.actors.contains(&other.name.text) && !target.is(&["A008", "W001"]) {
                continue;
            }
            let name = &other.name.text;
            let title = format!("wait for the end of `{name}` first");
            let call = format!("{name}.join()");
            let edits = Edits::new(scene).before(spot.stmt.span, &call).done();
            // It takes turns with all that both do.
            out.add(9, title, edits);
            if matches!(bare(spot.stmt).kind, StmtKind::Sleep) {
                let edits = Edits::new(scene).replace(spot.stmt.span, call).done();
                out.add(
                    2,
                    format!("wait for the end of `{name}`, not for the time"),
                    edits,
                );
            }
        }
        sleep_before(scene, spot, target, out);
    }
}

/// A `sleep` before the statement becomes a join.
fn sleep_before(scene: &Scene<'_>, spot: &Spot<'_>, target: &Target, out: &mut Candidates) {
    let before = spot.block[..spot.index].iter();
    for sleep in before.filter(|it| matches!(bare(it).kind, StmtKind::Sleep)) {
        let others = scene.actors().map(|it| it.name.text.as_str());
        for name in others.filter(|it| *it != spot.owner.name()) {
            if target.is(&["W001"]) || target.actors.iter().any(|it| it == name) {
                let call = format!("{name}.join()");
                let edits = Edits::new(scene).replace(sleep.span, call).done();
                let title = format!("wait for the end of `{name}`, not for the time");
                out.add(2, title, edits);
            }
        }
    }
}

/// The main actor waits for those whom its end would cut off.
fn main(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for actor in scene.actors().filter(|it| it.main.is_some()) {
        let Some(last) = actor.body.stmts.last() else {
            continue;
        };
        for name in target.actors.iter().filter(|it| **it != actor.name.text) {
            let title = format!("let `{}` wait for the end of `{name}`", actor.name.text);
            let edits = Edits::new(scene)
                .after(last.span, &format!("{name}.join()"))
                .done();
            out.add(2, title, edits);
        }
    }
    for spot in &scene.spots {
        // A handle of a task or future that nobody asks.
        if let StmtKind::Let(it) = &bare(spot.stmt).kind
            && own_exprs(spot.stmt).iter().any(|it| is_submit(it))
        {
            let name = &it.name.text;
            let last = spot.block.last().unwrap_or(spot.stmt);
            let edits = Edits::new(scene)
                .after(last.span, &format!("{name}.result()"))
                .done();
            out.add(
                3,
                format!("ask `{name}` for its result: it raises what the job raised"),
                edits,
            );
        } else if let StmtKind::Expr(expr) = &bare(spot.stmt).kind
            && is_submit(expr)
        {
            let edits = Edits::new(scene).insert(expr.span.end, ".result()").done();
            out.add(
                3,
                "ask the future for its result: it raises what the job raised",
                edits,
            );
        }
    }
}

fn is_submit(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Method(it) => it.name.text == "submit" && name_of(&it.receiver).is_some(),
        _ => false,
    }
}
