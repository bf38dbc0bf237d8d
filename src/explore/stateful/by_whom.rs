//! Who takes a step, where a stored state stands for all that differ only in the
//! numbers of like actors: an actor may have another number after its step.

use super::Search;
use crate::explore::tree::Root;
use crate::semantics::{Chooser, State};
use crate::trace::Action;

/// Looks at steps, one after the other.
pub(in crate::explore) struct ByWhom<'s, 'm> {
    search: &'s Search<'m>,
    state: State,
    /// The numbers of what the state looked at last is made of.
    numbers: Vec<u32>,
}

impl<'m> Search<'m> {
    /// For looking who takes steps.
    pub(in crate::explore) fn by_whom(&self) -> ByWhom<'_, 'm> {
        ByWhom {
            search: self,
            state: self.blank(),
            numbers: vec![u32::MAX; self.store.contents.tree.n_numbers()],
        }
    }
}

impl ByWhom<'_, '_> {
    /// Who takes a step out of the stored state with a root, and who that is in the state
    /// that stands for what comes after it: of actors that nothing tells apart, the first.
    ///
    /// Cost: the step, where some actors are alike; else nothing.
    pub fn of(&mut self, root: Root, action: Action) -> (usize, usize) {
        let contents = &self.search.store.contents;
        let Some(symmetry) = &contents.symmetry else {
            return (action.actor, action.actor);
        };
        let state = &mut self.state;
        contents.unfold(root, &mut self.numbers);
        contents.fill(&self.numbers, state.words_mut());
        let before = symmetry.first_equal(state.words(), &contents.parts, action.actor);
        let chooser = &mut Chooser::fixed(action.way);
        let stepped = { self.search.machine }.step(state, action.actor, chooser, &mut ());
        let renamed =
            { stepped.ok() }.and_then(|()| symmetry.turn_words(state.words_mut(), &contents.parts));
        let after = renamed.map_or(before, |renamed| {
            symmetry.first_equal(state.words(), &contents.parts, renamed[action.actor])
        });
        (before, after)
    }
}
