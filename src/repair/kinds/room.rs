//! Another number: one permit, worker or place more, a barrier or latch for as
//! many as come.

use super::{Candidates, Scene, Target};
use crate::repair::edit::Edits;
use crate::syntax::ast::{Expr, ExprKind, ObjectKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["D00", "M003", "M006", "M010", "K001", "S00", "O00"]) {
        return;
    }
    for object in scene.objects() {
        let name = object.name.text.as_str();
        let is_subject = target.subjects.iter().any(|it| it == name);
        let cost = if is_subject { 3 } else { 7 };
        let mut change = |number: &Option<Expr>, by: &[i64], words: &dyn Fn(i64) -> String| {
            let Some(number) = number else {
                return;
            };
            let ExprKind::Int(old) = number.kind else {
                return;
            };
            for by in by {
                let Some(new) = old.checked_add(*by).filter(|new| *new >= 0) else {
                    continue;
                };
                let edits = Edits::new(scene)
                    .replace(number.span, new.to_string())
                    .done();
                let cost = cost + u32::from(by.abs() > 1);
                out.add_to(format!("number {name}"), cost, words(new), edits);
            }
        };
        match &object.kind {
            ObjectKind::Sem { init, .. } if target.is(&["D00"]) && scene.is_pool(name) => {
                change(init, &[1], &|n| {
                    format!("begin with {n} permits in `{name}`")
                });
            }
            ObjectKind::Executor { workers, .. } => {
                change(workers, &[1, 2], &|n| {
                    format!("give `{name}` {n} workers: enough for as many jobs as here")
                });
            }
            ObjectKind::Barrier { parties } => {
                change(parties, &[-1, 1, 2], &|n| {
                    format!("let {n} meet at `{name}`: so many come")
                });
            }
            ObjectKind::Latch { count } => {
                change(count, &[-1, 1], &|n| {
                    format!("count `{name}` down from {n}: so many count")
                });
            }
            ObjectKind::Chan { capacity, .. } if target.is(&["D00", "K001"]) => {
                change(capacity, &[1, 2], &|n| {
                    format!("give `{name}` room for {n}")
                });
            }
            ObjectKind::List { capacity, .. } | ObjectKind::Map { capacity, .. }
                if target.is(&["O002"]) =>
            {
                change(capacity, &[1, 2], &|n| format!("let `{name}` hold {n}"));
            }
            ObjectKind::Var { .. } | ObjectKind::Atomic { .. } if target.is(&["O002"]) => {
                for size in &object.dims {
                    change(&Some(size.clone()), &[1, 2], &|n| {
                        format!("give `{name}` {n} places")
                    });
                }
            }
            _ => {}
        }
    }
}
