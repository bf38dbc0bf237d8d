//! An event instead of a flag that is looked at: `set` wakes up whoever waits, and
//! orders what was written before it.

use super::wait_until::is_idle;
use super::{Candidates, Scene, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{bare, condition, method_of, name_of, names};
use crate::syntax::ast::{Expr, ExprKind, Object, ObjectKind, Stmt, StmtKind, UnaryOp};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["R001", "S003", "W006"]) {
        return;
    }
    for object in scene.objects().filter(|it| is_flag(it)) {
        let name = object.name.text.as_str();
        let is_subject = target.subjects.iter().any(|it| it == name);
        let named = object.name.span;
        let mut edits = Edits::new(scene);
        let shared = object.shared.map_or("", |_| "shared ");
        edits.replace(object.span, format!("{shared}event {name}"));
        let mut uses = scene.spots.iter().filter(|it| names(it.stmt, name));
        let fits = uses.all(|spot| edit(spot.stmt, name, &mut edits));
        if fits && named.start < object.span.end {
            let title = format!("make `{name}` an event: `wait` sleeps until it is set");
            out.add(if is_subject { 3 } else { 4 }, title, edits.done());
        }
    }
}

/// A single variable that begins as `false`.
fn is_flag(object: &Object) -> bool {
    match &object.kind {
        ObjectKind::Var {
            init: Some(init),
            guarded_by: None,
            ..
        }
        | ObjectKind::Atomic {
            init: Some(init), ..
        } => object.dims.is_empty() && matches!(init.kind, ExprKind::Bool(false)),
        _ => false,
    }
}

/// Says one use with an event; `false` if that is not possible.
fn edit(stmt: &Stmt, name: &str, edits: &mut Edits<'_>) -> bool {
    let span: Span = bare(stmt).span;
    match &bare(stmt).kind {
        StmtKind::Assign(it) if name_of(&it.target) == Some(name) && it.op.is_none() => {
            let call = match it.value.kind {
                ExprKind::Bool(true) => "set",
                ExprKind::Bool(false) => "clear",
                _ => return false,
            };
            edits.replace(span, format!("{name}.{call}()"));
            true
        }
        StmtKind::While(it) if is_idle(&it.body) && is_not(condition(&it.condition), name) => {
            edits.replace(span, format!("{name}.wait()"));
            true
        }
        StmtKind::Expr(it) => {
            let waits = matches!(&it.kind, ExprKind::Call(call)
                if call.name.text == "wait_until"
                    && call.args.first().is_some_and(|it| name_of(it) == Some(name)));
            if waits {
                edits.replace(span, format!("{name}.wait()"));
            }
            waits && method_of(it).is_none()
        }
        _ => false,
    }
}

/// `!name`
fn is_not(test: &Expr, name: &str) -> bool {
    matches!(&test.kind, ExprKind::Unary { op: UnaryOp::Not, operand }
        if name_of(operand) == Some(name))
}
