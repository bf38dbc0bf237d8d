//! Whether some run can go round in a circle, judged by what each actor keeps to
//! itself.
//!
//! In a circle of states each actor comes back to where it was, and somebody moves. So
//! if every step changes the part of the actor that takes it, a circle shows in these
//! parts: each change lies on a circle of contents. And whoever was changed by another's
//! step, woken up perhaps, was so by a step that lies on such a circle, too. A consumer
//! that sleeps in a `while` may come round; but if those who wake it up are further each
//! time, it does not do so for ever. For each actor it is enough to know which contents of
//! its part led to which, and by whose step; and these are few.
//!
//! **Invariant:** says no only if there is no circle; it may say yes without one.

use super::contents::Contents;
use super::saved::{In, Out};
use crate::semantics::Layout;
use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;
use rustc_hash::{FxHashMap, FxHashSet};

/// Changes of all actors' parts beyond which circles are taken for possible.
const CHANGES_MAX: usize = 1 << 18;

/// An actor's part, its content, and what that became, by their numbers.
type Change = (u32, u32, u32);

/// How the parts of actors changed.
#[derive(Clone)]
pub(super) struct Rounds {
    /// The part of each actor.
    own: Vec<usize>,
    /// For each part of an actor, the one that stands for it: like actors take each other's
    /// place.
    stands: Vec<Option<u32>>,
    /// What actors did to their own parts.
    moves: FxHashSet<Change>,
    /// What was done to others, and the move that did it.
    pushes: FxHashSet<(Change, Change)>,
    /// Some step left its actor's part as it was, or there are too many changes.
    stays: bool,
}

impl Rounds {
    /// Nothing happened yet.
    pub fn new(layout: &Layout, contents: &Contents) -> Self {
        let n_parts = contents.parts.len();
        let is_actor = |part: &usize| layout.is_actor(contents.parts.range(*part).start);
        let stands = |part: usize| {
            let first = contents.parts.first_like(part);
            is_actor(&part).then(|| u32::try_from(first).expect("at most 128 parts"))
        };
        Self {
            own: (0..n_parts).filter(is_actor).collect(),
            stands: (0..n_parts).map(stands).collect(),
            moves: FxHashSet::default(),
            pushes: FxHashSet::default(),
            stays: false,
        }
    }

    /// A step of `actor` makes these changes: of which part, from what, to what.
    pub fn step(&mut self, actor: usize, changes: impl Iterator<Item = (usize, u32, u32)> + Clone) {
        if self.stays {
            return;
        }
        let own = self.own.get(actor).copied();
        let change = |part: usize, from, to| Some((self.stands[part]?, from, to));
        let mut moves = changes.clone().filter(|it| Some(it.0) == own);
        let Some(by) = moves.find_map(|(part, from, to)| change(part, from, to)) else {
            self.give_up();
            return;
        };
        let others = changes.filter(|it| Some(it.0) != own);
        let pushed = others.filter_map(|(part, from, to)| change(part, from, to));
        self.pushes.extend(pushed.map(|of| (of, by)));
        self.moves.insert(by);
        self.check_size();
    }

    /// Takes over what another one saw.
    pub fn merge(&mut self, other: &Self) {
        if other.stays || self.stays {
            return self.give_up();
        }
        self.moves.extend(&other.moves);
        self.pushes.extend(&other.pushes);
        self.check_size();
    }

    fn check_size(&mut self) {
        if self.moves.len() + self.pushes.len() > CHANGES_MAX {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.stays = true;
        self.moves = FxHashSet::default();
        self.pushes = FxHashSet::default();
    }

    /// Writes all down, but for what [`Self::new`] knows.
    pub fn save(&self, out: &mut Out) {
        out.number(u64::from(self.stays));
        let mut moves: Vec<Change> = self.moves.iter().copied().collect();
        moves.sort_unstable();
        out.numbers(
            moves
                .iter()
                .flat_map(numbers)
                .collect::<Vec<_>>()
                .into_iter(),
        );
        let mut pushes: Vec<(Change, Change)> = self.pushes.iter().copied().collect();
        pushes.sort_unstable();
        let both = pushes
            .iter()
            .flat_map(|(of, by)| numbers(of).into_iter().chain(numbers(by)));
        out.numbers(both.collect::<Vec<_>>().into_iter());
    }

    /// Fills one again in which nothing happened yet.
    pub fn restore(&mut self, from: &mut In<'_>) -> Option<()> {
        self.stays = from.number()? != 0;
        let known: FxHashSet<u32> = self.stands.iter().copied().flatten().collect();
        let change = |from: &mut In<'_>| -> Option<Change> {
            let change = (from.small()?, from.small()?, from.small()?);
            known.contains(&change.0).then_some(change)
        };
        for _ in 0..from.count()? / 3 {
            self.moves.insert(change(from)?);
        }
        for _ in 0..from.count()? / 6 {
            self.pushes.insert((change(from)?, change(from)?));
        }
        Some(())
    }

    /// Whether there may be a circle.
    ///
    /// Cost: a few passes over the changes.
    pub fn may_go_round(&self) -> bool {
        let (mut moves, mut pushes) = (self.moves.clone(), self.pushes.clone());
        while !self.stays && !moves.is_empty() {
            let n_before = moves.len() + pushes.len();
            let circles = circles(moves.iter().chain(pushes.iter().map(|(of, _)| of)));
            let goes_round =
                |&(part, from, to): &Change| circles[&(part, from)] == circles[&(part, to)];
            moves.retain(|it| goes_round(it));
            pushes.retain(|(of, by)| goes_round(of) && moves.contains(by));
            if moves.len() + pushes.len() == n_before {
                return true;
            }
        }
        self.stays
    }
}

fn numbers(&(part, from, to): &Change) -> [u32; 3] {
    [part, from, to]
}

/// For each content of a part, the number of its strongly connected component.
fn circles<'a>(changes: impl Iterator<Item = &'a Change>) -> FxHashMap<(u32, u32), usize> {
    let edges = changes.map(|&(part, from, to)| ((part, from), (part, to)));
    let graph: DiGraphMap<(u32, u32), ()> = DiGraphMap::from_edges(edges);
    let components = kosaraju_scc(&graph).into_iter().enumerate();
    components
        .flat_map(|(number, states)| states.into_iter().map(move |state| (state, number)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(n: u32) -> Rounds {
        Rounds {
            own: (0..n as usize).collect(),
            stands: (0..n).map(Some).collect(),
            moves: FxHashSet::default(),
            pushes: FxHashSet::default(),
            stays: false,
        }
    }

    fn step(rounds: &mut Rounds, actor: usize, changes: &[(usize, u32, u32)]) {
        rounds.step(actor, changes.iter().copied());
    }

    #[test]
    fn one_who_is_woken_by_those_who_go_on_does_not_go_round() {
        let mut rounds = rounds(2);
        // It sleeps, and is woken; who wakes it is never again where it was.
        step(&mut rounds, 0, &[(0, 0, 1)]);
        step(&mut rounds, 1, &[(1, 0, 1), (0, 1, 0)]);
        step(&mut rounds, 1, &[(1, 1, 2), (0, 1, 0)]);
        assert!(!rounds.may_go_round());
        // Now it may come back.
        step(&mut rounds, 1, &[(1, 2, 1)]);
        assert!(rounds.may_go_round());
    }

    #[test]
    fn two_who_wake_each_other_go_round() {
        let mut rounds = rounds(2);
        step(&mut rounds, 0, &[(0, 0, 1), (1, 1, 0)]);
        step(&mut rounds, 1, &[(1, 0, 1), (0, 1, 0)]);
        assert!(rounds.may_go_round());
    }

    #[test]
    fn a_step_that_leaves_its_actor_where_it_was_goes_round() {
        let mut rounds = rounds(2);
        step(&mut rounds, 0, &[(1, 0, 1)]);
        assert!(rounds.may_go_round());
    }

    #[test]
    fn it_is_written_down_and_read_again() {
        let mut rounds = rounds(2);
        step(&mut rounds, 0, &[(0, 0, 1), (1, 1, 0)]);
        step(&mut rounds, 1, &[(1, 0, 1)]);
        let mut out = Out::default();
        rounds.save(&mut out);
        let mut again = self::rounds(2);
        assert!(again.restore(&mut In(&out.0)).is_some());
        assert_eq!((again.moves, again.pushes), (rounds.moves, rounds.pushes));
    }
}
