//! One execution after the other instead of all states: what was found out about a
//! state holds in every execution that comes to one with the same parts.

use super::Worker;
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::observer::Observer;
use crate::semantics::{Fault, Incident, State};

/// A step that was chosen, and not taken yet.
#[derive(Clone, Copy)]
pub(in crate::explore) struct Step {
    /// The way among all ways.
    number: u32,
    /// The way as schedules tell it.
    pub way: u32,
    /// Whether there is something to show of it.
    pub is_special: bool,
}

impl<O: Observer> Worker<'_, O> {
    /// Turns to a state, whose parts get numbers where they have none.
    pub fn go_to(&mut self, contents: &mut Contents, state: &State, observer: &O) {
        for part in 0..contents.parts.len() {
            let row = state.peek(contents.parts.range(part));
            self.numbers[part] = contents.parts.intern(part, row);
        }
        self.look_around(contents, observer);
    }

    /// Who can take a step in the state that it turned to, ascending.
    pub fn enabled(&self) -> &[usize] {
        &self.enabled
    }

    /// The numbers of the parts of that state.
    pub fn parts(&self, contents: &Contents) -> &[u32] {
        &self.numbers[..contents.parts.len()]
    }

    /// The words of that state.
    pub fn state(&mut self, contents: &Contents) -> &State {
        self.load(contents);
        &self.state
    }

    /// The same, and who can take a step in it.
    pub fn here(&mut self, contents: &Contents) -> (&State, &[usize]) {
        self.load(contents);
        (&self.state, &self.enabled)
    }

    /// Lets `pick` choose one of those who can take a step; the state is filled in if
    /// it looks at it.
    pub fn pick(
        &mut self,
        contents: &Contents,
        looks: bool,
        pick: impl FnOnce(&State, &[usize]) -> usize,
    ) -> usize {
        if looks {
            self.load(contents);
        }
        pick(&self.state, &self.enabled)
    }

    /// Chooses a way of an actor's step: each stands for the numbers with one remainder.
    ///
    /// # Errors
    ///
    /// If the step meets the end of what the machine has room for.
    pub fn choose_way(
        &mut self,
        contents: &Contents,
        (actor, drawn): (usize, u32),
        observer: &O,
    ) -> Result<Step, Halt> {
        let ways = self.ways_of(contents, actor, observer)?;
        let number = ways.start + drawn % (ways.end - ways.start);
        let way = &self.known.ways[number as usize];
        Ok(Step {
            number,
            way: way.code,
            is_special: way.more,
        })
    }

    /// The state before a step, why the execution stops with it, if it does, and what
    /// happened in it.
    pub fn happens(
        &mut self,
        contents: &Contents,
        step: Step,
    ) -> (&State, Option<Fault>, &[(usize, Incident)]) {
        self.load(contents);
        let more = self.known.more.get(&step.number);
        let (fault, incidents) = more.map_or((None, &[][..]), |it| (it.fault, &it.incidents));
        (&self.state, fault, incidents)
    }

    /// Takes a step that does not fail, and turns to where it leads.
    pub fn walk(&mut self, contents: &mut Contents, step: Step, observer: &O) {
        if step.is_special {
            for (part, content) in &self.known.more[&step.number].contents {
                contents.parts.intern(*part, content);
            }
            let known = self.know_contents(contents, step.number);
            assert!(known, "all contents of the way have numbers now");
        }
        let way = &self.known.ways[step.number as usize];
        for &(part, number) in &self.known.changes[way.changes()] {
            self.numbers[usize::from(part)] = number;
        }
        self.look_around(contents, observer);
    }
}
