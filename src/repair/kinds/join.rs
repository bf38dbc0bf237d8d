//! Waiting for the end of somebody: a join before the read, a join at the end.

use super::{Candidates, Owner, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, call_of, is_call, name_of, own_exprs, spawn_of};
use crate::syntax::ast::{ActorKind, Expr, ExprKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if target.is(&["K001", "K004", "R00", "A00", "D00", "K003", "K006", "W001"]) {
        for spot in &scene.spots {
            spawned(scene, spot, target, out);
            all_spawned(scene, spot, out);
        }
    }
    if target.is(&["R00", "A00", "O00", "W001", "K00", "M00"]) {
        declared(scene, target, out);
    }
    if target.is(&["K00"]) {
        main(scene, target, out);
    }
    if target.is(&["D001", "D002"]) {
        later(scene, target, out);
    }
    if target.is(&["M007"]) {
        where_started(scene, target, out);
    }
}

/// A spawned actor: joined before the next statement that comes to grief, or last.
fn spawned(scene: &Scene<'_>, spot: &Spot<'_>, target: &Target, out: &mut Candidates) {
    let Some((spawn, expr, handle)) = spawn_of(spot.stmt) else {
        return;
    };
    let is_task = spawn.kind == ActorKind::Task;
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
    let is_join = |it: &Stmt| is_call(it, &name, &["join"]);
    if let Some(at) = rest.iter().position(is_join) {
        // It is joined too late. To join it before the next is started would leave
        // nothing that runs at the same time.
        for (index, before) in rest[..at].iter().enumerate() {
            let edits = Edits::new(scene)
                .before(before.span, scene.text(rest[at].span))
                .remove(&rest[at])
                .done();
            let starts = |stmt: &Stmt| scene.text(stmt.span).contains("spawn ");
            let (title, cost) = match rest[index..at].iter().any(starts) {
                true => (format!("run one after the other: join `{name}` first"), 11),
                false => (format!("join `{name}` before what needs its result"), cost),
            };
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
        let each_alone = spot.around.iter().any(|it| is_loop(bare(it)));
        let title = match each_alone {
            true => format!("{verb} before the next begins, so one runs after the other"),
            false => format!("keep the handle and {verb} at the end"),
        };
        out.add(cost + 1, title, edits);
    }
}

fn is_loop(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Loop(_) | StmtKind::While(_) | StmtKind::For(_)
    )
}

/// Every actor that one block spawns: all joined at its end.
fn all_spawned(scene: &Scene<'_>, first: &Spot<'_>, out: &mut Candidates) {
    if first.index > 0 {
        return;
    }
    let here = scene
        .spots
        .iter()
        .filter(|it| std::ptr::eq(it.block, first.block));
    let mut edits = Edits::new(scene);
    let mut joins: Vec<String> = Vec::new();
    for spot in here {
        let thread = spawn_of(spot.stmt).filter(|(it, ..)| it.kind != ActorKind::Task);
        let Some((_, expr, handle)) = thread else {
            continue;
        };
        let mut name = handle.map_or_else(|| scene.fresh(&["t", "worker", "child"]), str::to_owned);
        let rest = &spot.block[spot.index + 1..];
        if rest.iter().any(|it| is_call(it, &name, &["join"])) {
            continue;
        }
        if handle.is_none() {
            name = format!("{name}_{}", joins.len() + 1);
            edits.insert(expr.span.start, format!("let {name} = "));
        }
        joins.push(format!("{name}.join()"));
    }
    let last = first.block.last().unwrap_or(first.stmt);
    if joins.len() > 1 && !matches!(last.kind, StmtKind::Return(_)) {
        for join in &joins {
            edits.after(last.span, join);
        }
        out.add(3, "keep all handles and join them at the end", edits.done());
    }
}

/// A declared actor: joined before a statement of another that takes part.
fn declared(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for spot in target.spots(scene) {
        let Owner::Actor(owner) = spot.owner else {
            continue;
        };
        for other in scene.actors().filter(|it| it.name.text != owner.name.text) {
            let any = target.is(&["A008", "W001", "O002", "O003"]);
            if !target.actors.contains(&other.name.text) && !any {
                continue;
            }
            let name = &other.name.text;
            let title = format!("wait for the end of `{name}` first");
            let call = format!("{name}.join()");
            let edits = Edits::new(scene).before(spot.stmt.span, &call).done();
            // It takes turns with all that both do.
            out.add(9, title.clone(), edits);
            if let Some(outer) = spot.around.first() {
                let edits = Edits::new(scene).before(outer.span, &call).done();
                out.add(9, title, edits);
            }
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

/// A join moved to the end of its block: first what the other waits for.
fn later(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for spot in target.spots(scene) {
        let last = spot.block.last().unwrap_or(spot.stmt);
        let joins = call_of(spot.stmt).is_some_and(|it| it.name.text == "join");
        if joins && spot.index + 1 < spot.block.len() && !matches!(last.kind, StmtKind::Return(_)) {
            let text = scene.text(spot.stmt.span);
            let edits = Edits::new(scene)
                .remove(spot.stmt)
                .after(last.span, text)
                .done();
            let title = format!("first do what the other waits for, then `{text}`");
            out.add(3, title, edits);
        }
    }
}

/// A join moved to where the thread is started.
fn where_started(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    for spot in target.spots(scene) {
        let Some(call) = call_of(spot.stmt).filter(|it| it.name.text == "join") else {
            continue;
        };
        let handle = scene.text(call.receiver.span);
        let starts = scene.spots.iter().filter(|it| match &bare(it.stmt).kind {
            StmtKind::Assign(it) => scene.text(it.target.span) == handle,
            _ => false,
        });
        let text = scene.text(spot.stmt.span);
        let mut edits = Edits::new(scene);
        edits.remove(spot.stmt);
        for start in starts {
            edits.after(start.stmt.span, text);
        }
        let title = format!("`{text}` where `{handle}` is started");
        out.add(3, title, edits.done());
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
