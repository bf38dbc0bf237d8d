//! Waiting for a sum: adding accords with waiting until there is enough.
//!
//! `wait_until(done >= 3)` where others only add to `done`: adding may be what it waits
//! for, and never takes that away again. So whoever waits and whoever adds accord, as
//! those do who take a permit and who give one back; and those who add accord with each
//! other ([`adding`](super::adding)). Who writes anything else into `done` accords with
//! nobody.
//!
//! `wait_until(done == 3)` is as good as `>=` as long as nobody adds more than three. That
//! is **assumed**, and looked at afterwards: the largest value that a reduced search has
//! seen tells. If it is larger, all is searched again, without the assumption.
//!
//! **Theorem.** If no state of the reduced graph has a larger sum, no state of the program
//! has one, so the assumption holds, and with it the theorem of `super`.
//!
//! *Why.* By induction over a run `w` from a state of the reduced graph to a larger sum. Let
//! `t` be the first step in `w` of an actor of the set; if there is none, any step of the
//! set. If `t` can come first, the rest of `w` leads from a state of the reduced graph to a
//! larger sum, too, and is shorter, or `w` is as long as before, which ends since the graph
//! has no circle. If it cannot, `t` adds, and somebody before it in `w` has waited until the
//! sum was reached without `t`. Then `t` and what comes before that waiting is a run to a
//! larger sum which begins with a step of the set, and is not longer. The sum never gets
//! smaller, so a larger one is there in the end, too, and no state that is passed hides it.
//!
//! **Conditions:** the variable is atomic, and adding to it accords
//! ([`adding`](super::adding)); the condition compares it with what the waiting actor keeps
//! to itself. With `==`: what it is compared with is known from the code, and the variable
//! is not written but by adding.
//!
//! **Deliberately absent:** conditions of several comparisons, and `!=`.

use super::code::{Code, NodeId};
use super::resources::Resources;
use super::uses::{Class, Uses};
use super::values::with_values;
use crate::base::{Mistake, planted};
use crate::program::{BinaryOp, Expr, Instr};
use rustc_hash::FxHashMap;

/// Whether `==` counts as "enough", as long as nobody adds more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Equality {
    /// It does; what is assumed must be looked at afterwards.
    IsEnough,
    /// It does not.
    IsItself,
}

/// Which way sums of a word go: what is added to it by itself, never in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Goes {
    /// Nothing is taken away.
    pub up: bool,
    /// Nothing is added.
    pub down: bool,
    /// Nothing else is written.
    pub only_added: bool,
}

/// A word should not go beyond a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Limit {
    word: usize,
    value: i64,
    /// It goes up; else down.
    up: bool,
}

/// Who waits for a sum.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    /// By node: the word that it waits for.
    words: FxHashMap<NodeId, usize>,
    /// What is assumed.
    limits: Vec<Limit>,
}

impl Awaited {
    /// Looks through the code; `goes` says of a word which way sums of it go, if it
    /// makes no difference who adds first.
    pub fn of(
        code: &Code<'_>,
        resources: &Resources<'_>,
        equality: Equality,
        goes: impl Fn(usize) -> Option<Goes>,
    ) -> Self {
        let mut awaited = Self::default();
        for node in 0..code.len() {
            let Instr::WaitUntil(condition) = code.instr(node) else {
                continue;
            };
            let Some((place, op, than)) = comparison(condition) else {
                continue;
            };
            let (word, value) = with_values(code.values(node), |value| {
                (resources.word(place, value), value(than))
            });
            let Some((word, goes)) = word.and_then(|word| Some((word, goes(word)?))) else {
                continue;
            };
            let wrong = planted(Mistake::SumsStayLarge);
            match (op, value) {
                (BinaryOp::Ge | BinaryOp::Gt, _) if goes.up || wrong => {}
                (BinaryOp::Le | BinaryOp::Lt, _) if goes.down => {}
                (BinaryOp::Eq, Some(value))
                    if goes.only_added && equality == Equality::IsEnough =>
                {
                    let up = goes.up;
                    awaited.limits.push(Limit { word, value, up });
                }
                _ => continue,
            }
            awaited.words.insert(node, word);
        }
        awaited
    }

    /// Whether something is assumed.
    pub fn assumes(&self) -> bool {
        !self.limits.is_empty()
    }

    /// Whether what is assumed holds, where each word has had values in this range.
    pub fn holds(&self, ranges: &[Option<(i64, i64)>]) -> bool {
        planted(Mistake::SumsAreNeverTooLarge)
            || self.limits.iter().all(|limit| {
                ranges[limit.word].is_none_or(|(low, high)| match limit.up {
                    true => high <= limit.value,
                    false => low >= limit.value,
                })
            })
    }
}

impl Resources<'_> {
    /// What a node uses if it waits for a sum.
    pub(super) fn waiting(&self, node: NodeId) -> Option<Uses> {
        let mut uses = self.none();
        uses.add(self.awaited_by(node)?, Class::Take);
        self.heeds(&mut uses);
        Some(uses)
    }

    /// The word of which a node awaits a sum.
    pub(super) fn awaited_by(&self, node: NodeId) -> Option<usize> {
        self.awaited.words.get(&node).copied()
    }
}

/// A comparison of a word of memory, on the left, with what an actor keeps to itself.
fn comparison(condition: &Expr) -> Option<(&crate::program::CellRef, BinaryOp, &Expr)> {
    let Expr::Binary(op, left, right) = condition else {
        return None;
    };
    match (&**left, &**right) {
        (Expr::Cell(place), than) if is_own(than) => Some((place, *op, than)),
        (than, Expr::Cell(place)) if is_own(than) => {
            let op = match op {
                BinaryOp::Lt => BinaryOp::Gt,
                BinaryOp::Le => BinaryOp::Ge,
                BinaryOp::Gt => BinaryOp::Lt,
                BinaryOp::Ge => BinaryOp::Le,
                BinaryOp::Eq => BinaryOp::Eq,
                _ => return None,
            };
            Some((place, op, than))
        }
        _ => None,
    }
}

/// Whether an expression looks at nothing but registers.
fn is_own(expr: &Expr) -> bool {
    let mut own = true;
    expr.each(&mut |expr| {
        own &= !matches!(
            expr,
            Expr::Cell(_) | Expr::Query(..) | Expr::Entry { .. } | Expr::Observed(_)
        );
    });
    own
}
