//! Makes processes of some threads, and declares some of what they use as `shared`.

use super::plan::{Object, Plan};
use super::random::Random;

/// Divides every third plan.
pub(super) fn divide(plan: &mut Plan, random: &mut Random) {
    if !random.one_in(3) {
        return;
    }
    for thread in &mut plan.threads {
        thread.process = random.one_in(2);
    }
    for function in &mut plan.functions {
        function.process = random.one_in(2);
    }
    for shared in &mut plan.shared {
        shared.common = random.one_in(2);
    }
    let all = 0..plan.objects.len();
    plan.common = all.filter(|_| random.one_in(2)).collect();
}

/// Whether an object is written as `shared`: a condition only if its lock is, too.
pub(super) fn is_common(plan: &Plan, object: usize) -> bool {
    let lock = match plan.objects.get(object) {
        Some(Object::Cond { lock, .. }) => *lock,
        _ => object,
    };
    plan.common.contains(&object) && plan.common.contains(&lock)
}
