//! One object for all processes, instead of a copy in each.
//!
//! An `outcomes` that was written to show the bug contradicts what is asserted at the
//! end; where it does, the edits make it say the same.

use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::syntax::ast::{
    ActorKind, BinaryOp, Expr, ExprKind, Item, ObjectKind, OutcomeSubject, Outcomes, PropertyKind,
};

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
            let mut edits = Edits::new(scene);
            edits.replace(object.span, text);
            let title = format!("{title}, one step at a time");
            out.add(3, title.clone(), Edits::clone(&edits).done());
            if target.expected && says_the_same(scene, name, &mut edits) {
                let title = format!("{title}; and let `outcomes` say what is asserted");
                out.add(4, title, edits.done());
            }
        }
    }
    out.add(5, "let all processes use the same objects", all.done());
}

/// Makes an `outcomes` of one variable say what `finally assert x == 2` says; `false`
/// if there are not both.
fn says_the_same(scene: &Scene<'_>, name: &str, edits: &mut Edits<'_>) -> bool {
    let items = scene.scenario.items.iter();
    let asserted = items.clone().find_map(|item| match item {
        Item::Property(property) => match &property.kind {
            PropertyKind::Finally { condition, .. } => value_of(scene, condition, name),
            _ => None,
        },
        _ => None,
    });
    let rows = items.clone().find_map(|item| match item {
        Item::Property(property) => match &property.kind {
            PropertyKind::Outcomes(it) => rows_about(scene, it, name),
            _ => None,
        },
        _ => None,
    });
    let (Some(value), Some(rows)) = (asserted, rows) else {
        return false;
    };
    edits.replace(rows, value);
    true
}

/// `2` of `x == 2`.
fn value_of<'a>(scene: &Scene<'a>, claim: &Expr, name: &str) -> Option<&'a str> {
    let ExprKind::Chain { first, rest } = &claim.kind else {
        return None;
    };
    match rest.as_slice() {
        [only] if only.op == BinaryOp::Eq && scene.text(first.span) == name => {
            Some(scene.text(only.expr.span))
        }
        _ => None,
    }
}

/// Where the values of an `outcomes` stand that looks at one variable only.
fn rows_about(scene: &Scene<'_>, outcomes: &Outcomes, name: &str) -> Option<Span> {
    let OutcomeSubject::Values(values) = &outcomes.subject else {
        return None;
    };
    let [value] = values.as_slice() else {
        return None;
    };
    let (first, last) = (outcomes.rows.first()?, outcomes.rows.last()?);
    (scene.text(value.span) == name).then(|| first.span.to(last.span))
}
