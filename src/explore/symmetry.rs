//! Symmetry: of states that differ only in the numbers of like actors, one is stored.
//!
//! Like actors ([`Alike`]) are put in order of what they keep to themselves, and where
//! that is equal, of what objects say of them. States that are renamings of each other
//! become the same state by that.
//!
//! **Theorem.** Every run of the program is, but for the numbers of like actors, a run
//! through stored states; and the other way round. So what is found by its place in the
//! text is found in stored states, at the same depth. A run through stored states goes
//! round in a circle exactly if some run of the program does. A stored state stands for
//! as many states as there are ways to number like actors that can be told apart in it.
//!
//! *Why.* By induction over the steps, with the theorem of [`Alike`]. A circle of stored
//! states leads from a state to a renaming of it; followed again and again it comes back
//! to the state itself, since there are finitely many renamings. Two like actors cannot
//! be told apart exactly if they are equal in the order above: then exchanging them
//! changes no word.
//!
//! Of several like actors that nothing tells apart in a stored state, one is tried: to
//! exchange two of them leaves the state as it is, so the steps of both lead to renamings
//! of the same states.
//!
//! It goes together with leaving out orders of steps: which orders may be left out is
//! judged anew in each state, so it does not matter by what numbers actors go there.
//!
//! **Conditions.** Nothing that is asked tells like actors apart. Findings are told apart
//! by places in the text; which actors take part is read off a run of the program, which
//! [`concrete`](super::concrete) makes of one through stored states. Fairness to each single actor
//! is not kept, so programs that run for ever are searched without.
//!
//! Sources: Emerson and Sistla, "Symmetry and model checking" (1996); Ip and Dill (1996);
//! with partial-order reduction, Emerson, Jha, Peled, "Combining partial order and
//! symmetry reductions" (1997).

use super::dictionary::PartTables;
use crate::base::{Mistake, planted};
use crate::semantics::Alike;
use std::borrow::Borrow;

/// For a number of states that is not known, or larger than this.
pub(super) const NOT_KNOWN: u64 = u64::MAX;

/// Like actors and the parts of a state that they are.
pub(super) struct Symmetry {
    alike: Alike,
    /// The part of each actor.
    part_of: Vec<usize>,
    /// For each actor the like one before it, if there is one.
    before: Vec<Option<usize>>,
    /// The parts that name actors.
    naming: Vec<usize>,
    n_words: usize,
}

/// Room for what turning a state needs.
#[derive(Default)]
pub(super) struct Room {
    own: Vec<u32>,
    words: Vec<i64>,
    order: Order,
}

/// Actors in their new order.
#[derive(Default)]
struct Order {
    /// Those of one class.
    class: Vec<usize>,
    /// The new number of each.
    renamed: Vec<usize>,
}

impl Symmetry {
    /// `actors` are the parts of all actors, in order.
    pub fn new(alike: Alike, parts: &mut PartTables, actors: &[usize]) -> Self {
        for class in alike.classes() {
            let of_class: Vec<usize> = class.iter().map(|&actor| actors[actor]).collect();
            parts.share(&of_class);
        }
        let holds = |part: &usize| {
            let own = parts.range(*part);
            let mut names = alike.names();
            names.any(|it| it.start < own.end && own.start < it.end)
        };
        let mut before = vec![None; actors.len()];
        for pair in alike.classes().iter().flat_map(|class| class.windows(2)) {
            before[pair[1]] = Some(pair[0]);
        }
        Self {
            part_of: actors.to_vec(),
            before,
            naming: (0..parts.len()).filter(holds).collect(),
            n_words: (0..parts.len()).map(|part| parts.range(part).len()).sum(),
            alike,
        }
    }

    /// Which actors are alike.
    pub fn alike(&self) -> &Alike {
        &self.alike
    }

    /// Turns a state into the one that stands for it. `number_of` gives the number of a
    /// part's content; if it gives none, the state is left unfinished and the answer is
    /// false. `room` is used again and again.
    pub fn turn<P: Borrow<PartTables>>(
        &self,
        numbers: &mut [u32],
        mut parts: P,
        mut number_of: impl FnMut(&mut P, usize, &[i64]) -> Option<u32>,
        room: &mut Room,
    ) -> bool {
        let content = |actor: usize| numbers[self.part_of[actor]];
        let ascends =
            |class: &Vec<usize>| class.is_sorted_by(|&one, &other| content(one) < content(other));
        if self.alike.classes().iter().all(ascends) {
            return true;
        }
        let Room { own, words, order } = room;
        own.clear();
        own.extend(self.part_of.iter().map(|&part| numbers[part]));
        self.names(parts.borrow(), numbers, words);
        if !self.rename(own, words, order) {
            return true;
        }
        self.alike.rename(words, &order.renamed);
        for (actor, &new) in order.renamed.iter().enumerate() {
            numbers[self.part_of[new]] = own[actor];
        }
        for &part in &self.naming {
            let row = &words[parts.borrow().range(part)];
            if row != parts.borrow().blocks(part).get(numbers[part]) {
                match number_of(&mut parts, part, row) {
                    Some(number) => numbers[part] = number,
                    None => return false,
                }
            }
        }
        true
    }

    /// The same for a state whose words are given. Gives the new number of each actor;
    /// nothing if such a state is not stored.
    pub fn turn_words(&self, words: &mut [i64], parts: &PartTables) -> Option<Vec<usize>> {
        let number = |&part: &usize| parts.blocks(part).find(&words[parts.range(part)]);
        let own: Vec<u32> = self.part_of.iter().map(number).collect::<Option<_>>()?;
        let mut order = Order::default();
        if !self.rename(&own, words, &mut order) {
            return Some((0..own.len()).collect());
        }
        let renamed = order.renamed;
        self.alike.rename(words, &renamed);
        for (actor, &new) in renamed.iter().enumerate() {
            let part = self.part_of[new];
            words[parts.range(part)].copy_from_slice(parts.blocks(part).get(own[actor]));
        }
        Some(renamed)
    }

    /// The first of the actors that nothing in a state tells apart from this one.
    pub fn first_equal(&self, words: &[i64], parts: &PartTables, actor: usize) -> usize {
        let slot = |actor: usize| &words[parts.range(self.part_of[actor])];
        let is_equal = |&&other: &&usize| {
            slot(other) == slot(actor) && self.alike.compare(words, other, actor).is_eq()
        };
        let classes = self.alike.classes();
        let class = classes.iter().find(|class| class.contains(&actor));
        let first = class.and_then(|class| class.iter().find(is_equal));
        first.copied().unwrap_or(actor)
    }

    /// The like actor before this one, if both keep the same to themselves.
    pub fn twin_of(&self, numbers: &[u32], actor: usize) -> Option<usize> {
        let before = self.before.get(actor).copied().flatten()?;
        let content = |actor: usize| numbers[self.part_of[actor]];
        let is_same = content(before) == content(actor) || planted(Mistake::AllAreTwins);
        is_same.then_some(before)
    }

    /// Whether objects tell two like actors apart, or may; then their words must be looked at.
    pub fn names_actors(&self) -> bool {
        !self.naming.is_empty()
    }

    /// Who takes a step, as known in the state before it and in the one that stands for
    /// what comes after, of actors that nothing tells apart the first; if the numbers of
    /// the states' parts are enough to know.
    ///
    /// Where what a single one of a class keeps to itself changes, and was equal to the
    /// actor's, it is the actor's own: a step changes another's only if that one waits, and
    /// who waits so takes no step.
    pub fn mover(&self, from: &[u32], to: &[u32], actor: usize) -> Option<(usize, usize)> {
        let classes = self.alike.classes();
        let Some(class) = classes.iter().find(|class| class.contains(&actor)) else {
            return Some((actor, actor));
        };
        let own = from[self.part_of[actor]];
        let content = |numbers: &[u32], actor: usize| numbers[self.part_of[actor]];
        let contents = |numbers| class.iter().map(move |&actor| content(numbers, actor));
        let then = match one_change(contents(from), contents(to))? {
            None => own,
            Some((gone, come)) if gone == own => come,
            Some(_) => return None,
        };
        let first = |numbers: &[u32], number| {
            let mut equal = class.iter().filter(|&&it| content(numbers, it) == number);
            let first = *equal.next()?;
            (equal.next().is_none() || self.naming.is_empty()).then_some(first)
        };
        Some((first(from, own)?, first(to, then)?))
    }

    /// Finds the new number of each actor; says whether any gets another. `own` are the
    /// numbers of what actors keep to themselves, `words` those that name actors.
    fn rename(&self, own: &[u32], words: &[i64], order: &mut Order) -> bool {
        let compare = |&one: &usize, &other: &usize| {
            let parts = own[one].cmp(&own[other]);
            parts.then_with(|| self.alike.compare(words, one, other))
        };
        let Order {
            class: sorted,
            renamed,
        } = order;
        let mut any = false;
        for class in self.alike.classes() {
            if class.is_sorted_by(|one, other| compare(one, other).is_le()) {
                continue;
            }
            if !std::mem::replace(&mut any, true) {
                renamed.clear();
                renamed.extend(0..own.len());
            }
            sorted.clone_from(class);
            sorted.sort_by(compare);
            for (&actor, &new) in sorted.iter().zip(class) {
                renamed[actor] = new;
            }
        }
        any
    }

    /// How many states a stored one stands for; the largest number for more, and where
    /// that is not known, since like workers or tasks differ.
    pub fn stands_for(&self, parts: &PartTables, numbers: &[u32]) -> u64 {
        if planted(Mistake::ClassCountsOnce) {
            return 1;
        }
        let mut words = Vec::new();
        self.names(parts, numbers, &mut words);
        let mut all: u64 = 1;
        for class in self.alike.classes() {
            let mut equal = 1;
            // Ways to number those so far, over the ways that make no difference.
            let mut ways: u128 = 1;
            for (index, &actor) in class.iter().enumerate() {
                let same = index > 0 && {
                    let before = class[index - 1];
                    let content = |actor: usize| numbers[self.part_of[actor]];
                    content(before) == content(actor)
                        && self.alike.compare(&words, before, actor).is_eq()
                };
                let differs = index > 0 && !same;
                if differs && !self.alike.reaches_all_of(actor) && !planted(Mistake::WorkersCounted)
                {
                    return NOT_KNOWN;
                }
                equal = if same { equal + 1 } else { 1 };
                ways = ways.saturating_mul(index as u128 + 1) / equal;
            }
            all = all.saturating_mul(u64::try_from(ways).unwrap_or(u64::MAX));
        }
        all
    }

    /// Fills in the words of the parts that name actors; other words mean nothing.
    fn names(&self, parts: &PartTables, numbers: &[u32], words: &mut Vec<i64>) {
        words.resize(self.n_words, 0);
        for &part in &self.naming {
            let row = parts.blocks(part).get(numbers[part]);
            words[parts.range(part)].copy_from_slice(row);
        }
    }
}

/// The number that an ascending list has where another one as long has another number,
/// and that one; `None` if they differ in more than one.
fn one_change(
    old: impl Iterator<Item = u32>,
    new: impl Iterator<Item = u32>,
) -> Option<Option<(u32, u32)>> {
    let (mut gone, mut come) = (None, None);
    let (mut old, mut new) = (old.peekable(), new.peekable());
    loop {
        let (place, number) = match (old.peek().copied(), new.peek().copied()) {
            (None, None) => return Some(gone.zip(come)),
            (one, other) if one == other => {
                old.next();
                new.next();
                continue;
            }
            (Some(one), other) if other.is_none_or(|other| one < other) => (&mut gone, old.next()),
            _ => (&mut come, new.next()),
        };
        if place.is_some() {
            return None;
        }
        *place = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_differ_in_one_number_or_in_more() {
        let change =
            |old: &[u32], new: &[u32]| one_change(old.iter().copied(), new.iter().copied());
        assert_eq!(change(&[1, 2, 2], &[1, 2, 2]), Some(None));
        assert_eq!(change(&[1, 2, 2], &[1, 2, 7]), Some(Some((2, 7))));
        assert_eq!(change(&[1, 2, 7], &[0, 1, 2]), Some(Some((7, 0))));
        assert_eq!(change(&[4], &[3]), Some(Some((4, 3))));
        assert_eq!(change(&[1, 2, 3], &[1, 5, 6]), None);
    }
}
