//! A `barrier` instead of one made of a counter and a semaphore: it keeps one round
//! apart from the next, so that nobody takes a permit meant for another.
//!
//! What it replaces is the pattern of Downey, "The Little Book of Semaphores" (2016),
//! section 3.6, without the second phase.

use super::{Candidates, Scene, Spot, Target};
use crate::repair::edit::Edits;
use crate::repair::scene::{
    bare, blocks, call_of, condition, is_call, mentions, name_of, names_anywhere, own_exprs,
};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D002", "A00"]) {
        return;
    }
    for spot in &scene.spots {
        let Some(section) = spot.index.checked_sub(1).map(|it| &spot.block[it]) else {
            continue;
        };
        let gate = call_of(spot.stmt).filter(|it| it.name.text == "acquire");
        let Some(gate) = gate.and_then(|it| name_of(&it.receiver)) else {
            continue;
        };
        if let Some((counter, parties)) = counted(scene, section, gate)
            && !scene.is_pool(gate)
            && is_all(scene, spot, section, gate)
        {
            replace(scene, spot, section, (gate, counter, parties), out);
        }
    }
}

fn replace(
    scene: &Scene<'_>,
    spot: &Spot<'_>,
    section: &Stmt,
    (gate, counter, parties): (&str, &str, &str),
    out: &mut Candidates,
) {
    let Some(object) = scene.object(gate) else {
        return;
    };
    let mut edits = Edits::new(scene);
    edits
        .remove(section)
        .replace(spot.stmt.span, format!("{gate}.wait()"))
        .replace(object.span, format!("barrier {gate}({parties})"));
    let lock = own_exprs(section).into_iter().find_map(name_of);
    for name in lock.into_iter().chain([counter]) {
        let declared = scene
            .object(name)
            .filter(|_| !scene.is_used_outside(name, section.span));
        if let Some(declared) = declared {
            edits.remove_span(declared.span);
        }
    }
    let title = format!("make `{gate}` a `barrier`: it keeps one round apart from the next");
    out.add(4, title, edits.done());
}

/// The counter of a section `with m { n += 1 if n == 3 { … gate.release(3) } }`, and
/// for how many it waits.
fn counted<'a>(scene: &Scene<'a>, section: &'a Stmt, gate: &str) -> Option<(&'a str, &'a str)> {
    let StmtKind::With(with) = &bare(section).kind else {
        return None;
    };
    let opens = with.body.stmts.last()?;
    let StmtKind::If(it) = &bare(opens).kind else {
        return None;
    };
    let ([branch], None) = (it.branches.as_slice(), &it.otherwise) else {
        return None;
    };
    let mut inside = branch.body.stmts.iter();
    inside.find(|it| is_call(it, gate, &["release"]))?;
    let (counter, parties) = equals(condition(&branch.condition))?;
    Some((name_of(counter)?, scene.text(parties.span)))
}

/// The two sides of `a == b`.
fn equals(test: &Expr) -> Option<(&Expr, &Expr)> {
    let ExprKind::Chain { first, rest } = &test.kind else {
        return None;
    };
    match rest.as_slice() {
        [only] if only.op == BinaryOp::Eq => Some((first, &only.expr)),
        _ => None,
    }
}

/// Whether the section and the wait are all that there is to the semaphore, and
/// nothing else happens in the section.
fn is_all(scene: &Scene<'_>, spot: &Spot<'_>, section: &Stmt, gate: &str) -> bool {
    let whole = section.span.to(spot.stmt.span);
    let writes = written(section);
    let others = scene.objects().map(|it| it.name.text.as_str());
    let mut others = others.filter(|it| *it != gate && !writes.contains(it));
    let is_lock = |name: &str| own_exprs(section).iter().any(|it| mentions(it, name));
    !scene.is_used_outside(gate, whole)
        && writes.len() == 1
        && others.all(|it| is_lock(it) || !names_anywhere(section, it))
}

/// The variables that a statement changes, each once.
fn written(stmt: &Stmt) -> Vec<&str> {
    let mut found: Vec<&str> = match &bare(stmt).kind {
        StmtKind::Assign(it) => name_of(&it.target).into_iter().collect(),
        _ => Vec::new(),
    };
    let inner = blocks(stmt).into_iter().flat_map(|it| &it.stmts);
    found.extend(inner.flat_map(written));
    found.sort_unstable();
    found.dedup();
    found
}
