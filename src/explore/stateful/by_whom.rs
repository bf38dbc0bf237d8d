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
    /// The numbers of what the state looked at last is made of, and of one after it.
    from: Vec<u32>,
    to: Vec<u32>,
}

impl<'m> Search<'m> {
    /// For looking who takes steps.
    pub(in crate::explore) fn by_whom(&self) -> ByWhom<'_, 'm> {
        let nothing = vec![u32::MAX; self.store.contents.tree.n_numbers()];
        ByWhom {
            search: self,
            state: self.blank(),
            from: nothing.clone(),
            to: nothing,
        }
    }
}

impl ByWhom<'_, '_> {
    /// Who takes a step out of the stored state with a root, and who that is in the state
    /// that stands for what comes after it: of actors that nothing tells apart, the first.
    ///
    /// Cost: a look at both states where some actors are alike; the step, where that does
    /// not tell; else nothing.
    pub fn of(&mut self, root: Root, action: Action, to: Root) -> (usize, usize) {
        let contents = &self.search.store.contents;
        let Some(symmetry) = &contents.symmetry else {
            return (action.actor, action.actor);
        };
        contents.unfold(root, &mut self.from);
        contents.unfold(to, &mut self.to);
        let known = symmetry.mover(&self.from, &self.to, action.actor);
        let Some(known) = known else {
            return self.by_step(root, action);
        };
        debug_assert_eq!(known, self.by_step(root, action), "parts and step agree");
        known
    }

    /// Who takes a step out of that state.
    pub fn before(&mut self, root: Root, action: Action) -> usize {
        let contents = &self.search.store.contents;
        let Some(symmetry) = &contents.symmetry else {
            return action.actor;
        };
        contents.unfold(root, &mut self.from);
        contents.fill(&self.from, self.state.words_mut());
        symmetry.first_equal(self.state.words(), &contents.parts, action.actor)
    }

    /// The same as [`Self::of`] by taking the step.
    fn by_step(&mut self, root: Root, action: Action) -> (usize, usize) {
        let before = self.before(root, action);
        let contents = &self.search.store.contents;
        let Some(symmetry) = &contents.symmetry else {
            return (before, before);
        };
        let state = &mut self.state;
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
