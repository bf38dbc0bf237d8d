//! Partial-order reduction: of steps that accord, one order is enough.
//!
//! In each state a strong stubborn set of actors moves ([`stubborn`]); the others
//! wait. Static facts about the code say who may still do what ([`ahead`]).
//!
//! **Theorem.** Let the reduced graph have no circle. Then (1) every run of the
//! program is, up to the order of steps that accord, the beginning of a reduced run.
//! So what an actor does and sees is kept, with every fault and exception, every
//! final state with all its words, and every state in which nobody can move.
//! (2) Two accesses that discord and are next at once in some state are next at once
//! in a reduced one; so data races are kept. (3) Actors that wait for each other
//! for ever do so in a reduced state, too. (4) The program has no run that goes on
//! for ever.
//!
//! *Why.* Let `w` be a run from a state that the reduced search visits. If an actor
//! of the set moves in `w`, its first step accords with all before it in `w` (whoever
//! could interfere is in the set, too), so it can come first, and the rest is
//! shorter. Otherwise any step of the set can come before `w` and `w` is still
//! possible; this ends, since the reduced graph has no circle. For (2), if one of the
//! two accesses is in the set, so is the other's actor, and neither moves in `w`: the
//! race is in this very state. With a gate: an actor behind a lock that stays with
//! its holder cannot be next at its access. For (3): whoever is in the circle and in
//! the set drags the actor that it waits for into the set, and so on around.
//!
//! Sources: Valmari (1989), Godefroid (1996), as in [`stubborn`]; for (2) a proof of
//! our own, along the lines of Flanagan and Godefroid's (2005).
//!
//! **Conditions.** The reduced graph has no circle: the caller checks, and searches
//! without reduction if it has one. The program has no steps whose uses are not known
//! ([`Off`]). The end of the program is such a use ([`over`]), and so is to start a process,
//! which copies all that is not shared ([`copies`]). Sections of a lock that only add count as
//! single steps ([`adding`]), and who waits for a sum accords with who adds to it ([`awaited`]).
//! A worker of an
//! executor may do whatever any of its jobs may, as long as jobs can come; that workers
//! never end makes no circle, since each job is done once. A step in
//! which the execution stops ends everybody's run, so where the set contains one,
//! all actors move.
//!
//! **Not kept:** which other actors run at a moment, states as such, and with them
//! properties of several variables, unless these are *watched* ([`watched`]): all changes
//! of what an `always` or `sometimes` looks at discord, so every sequence of what it sees
//! is kept. Shortest runs are not kept, either.
//!
//! Which of the states that are left are stored is another question: see
//! `explore/stateful/chains.rs`.
//!
//! **Deliberately absent:** a proviso against ignoring. It would only matter in
//! graphs with circles, and those are searched in full because of liveness.

mod about;
mod adding;
mod ahead;
mod awaited;
mod code;
mod copies;
mod doors;
mod forgotten;
mod formed;
mod jobs;
mod kinds;
mod off;
mod over;
mod resources;
mod stubborn;
mod sure;
mod uses;
mod values;
mod watched;

pub(super) use about::About;
pub use off::Off;
pub(super) use stubborn::{Encounters, Scene};

use crate::program::Program;
use adding::Adding;
use ahead::Ahead;
use awaited::{Awaited, Equality};
use code::Code;
use doors::doors;
use resources::Resources;

/// What must be known of a program to leave out orders of its steps.
pub struct Reduction<'p> {
    resources: Resources<'p>,
    code: Code<'p>,
    ahead: Ahead,
}

impl<'p> Reduction<'p> {
    /// Looks through the code.
    ///
    /// Cost: a few passes over the code, for each lock that is surely taken.
    ///
    /// # Errors
    ///
    /// Why the program cannot be reduced.
    pub fn of(program: &'p Program) -> Result<Self, Off> {
        Self::new(program, Equality::IsItself)
    }

    /// The same, where it is assumed that nobody adds more to a sum than what somebody
    /// waits for with `==`; after a search [`Self::holds`] must be asked.
    ///
    /// # Errors
    ///
    /// As [`Self::of`].
    pub fn assuming(program: &'p Program) -> Result<Self, Off> {
        Self::new(program, Equality::IsEnough)
    }

    fn new(program: &'p Program, equality: Equality) -> Result<Self, Off> {
        off::check(program)?;
        let mut resources = Resources::new(program);
        let code = Code::new(program);
        let doors = doors(&code, &resources);
        let adding = Adding::of(&code, &resources, &doors);
        let goes = |word| adding.goes(word);
        resources.awaited = match program.has_processes() {
            true => Awaited::default(),
            false => Awaited::of(&code, &resources, equality, goes),
        };
        resources.know(adding);
        let ahead = Ahead::new(&code, &resources, doors);
        Ok(Self {
            resources,
            code,
            ahead,
        })
    }

    /// Whether something is assumed of how large sums get.
    pub fn assumes(&self) -> bool {
        self.resources.awaited.assumes()
    }

    /// Whether what is assumed holds in a search that has ended by itself, and in which
    /// each word of memory had values in this range.
    pub fn holds(&self, ranges: &[Option<(i64, i64)>]) -> bool {
        self.resources.awaited.holds(ranges)
    }
}
