//! Arrays and structs of memory, arrays of objects, objects kept in locals: how the
//! names of some plans are written. What a plan does stays the same.

use super::plan::{Object, Plan, Shape};
use super::random::Random;

/// Gives shapes to every third plan.
pub(super) fn give(plan: &mut Plan, seed: u64) {
    let mut random = Random::new(seed ^ 0x5a4e_5a4e);
    if !random.one_in(3) {
        return;
    }
    for shared in &mut plan.shared {
        let fits = !shared.atomic && shared.most.is_none();
        shared.shape = match random.below(3) {
            0 => Shape::Array,
            1 if fits => Shape::Struct,
            _ => Shape::Word,
        };
    }
    for index in 0..plan.objects.len() {
        let fits = !matches!(plan.objects[index], Object::Cond { .. }) && !is_named(plan, index);
        if fits && random.one_in(3) {
            plan.pairs.push(index);
        }
        if random.one_in(3) {
            plan.held.push(index);
        }
    }
}

/// Whether a declaration names the object as its lock.
fn is_named(plan: &Plan, object: usize) -> bool {
    let by_cond = |row: &Object| matches!(row, Object::Cond { lock, .. } if *lock == object);
    let guards = plan.shared.iter().any(|row| row.guarded_by == Some(object));
    guards || plan.objects.iter().any(by_cond)
}
