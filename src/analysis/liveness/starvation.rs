//! S002: an actor waits for ever while others go on.
//!
//! What it finds: a fair circle of the others in which an actor stands at an
//! operation that blocks and never gets through, although it could on another run
//! (if it could on none, it is a deadlock). If the circle is possible even under
//! strong fairness, the actor cannot move anywhere in it, and no scheduler can
//! help: an error. If only under weak fairness, the actor could move again and
//! again and is passed over each time: a warning.
//!
//! An author's choice is fair here: who may always choose to send nothing starves
//! nobody. Whom a notify wakes is fair for an error, and free for a warning.
//!
//! **Deliberately absent:** actors that wait by looping; and those who only wait
//! for somebody who starves, or who goes round in a livelock: there it is said.

use super::ends::Ends;
use super::fair::{Component, Terms, fair_components, fair_within, strong_components};
use super::mark;
use super::part::{Counts, Parts};
use super::question::Question;
use super::sections;
use super::soonest::{self, Walker};
use super::stands::Stands;
use super::walk::{Way, round, way_into};
use super::{Conduct, Shown};
use crate::analysis::key::Key;
use crate::analysis::rule::Level;
use crate::analysis::waits::{Resource, wait_of};
use crate::base::ActorSet;
use crate::program::{Fairness, Instr, ObjectId, Pc};
use crate::semantics::State;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// States up to which builds with assertions compare what is found at once with what
/// components show.
const COMPARED_MAX: usize = 20_000;

/// An actor that starves.
pub struct Starved<'p> {
    /// Error or warning.
    pub level: Level,
    /// Who.
    pub actor: usize,
    /// Where it waits.
    pub pc: Pc,
    /// The run.
    pub shown: Shown<'p>,
}

/// A run in which an actor starves: the way to a circle, and once round it.
#[derive(PartialEq, Eq, Debug)]
pub struct Starving {
    /// The shortest way to such a circle.
    pub way: Way,
    /// The steps of the round.
    pub round: Vec<usize>,
}

/// The places at which actors starve, each with the best run that shows it.
pub fn starved<'p>(
    question: &Question<'_, 'p>,
    circular: &[u32],
    ends: &Ends,
) -> BTreeMap<Key, Starved<'p>> {
    let mut found = BTreeMap::new();
    let rounds = [
        Rounds {
            level: Level::Error,
            terms: Terms::all(Fairness::Strong).with_choices(mark::CHOICE | mark::PICK),
        },
        Rounds {
            level: Level::Warning,
            terms: Terms::declared(question.program).with_choices(mark::CHOICE),
        },
    ];
    let mut places = None;
    let is_plain = sections::is_plain(question.machine());
    for actor in 0..question.machine().layout().capacity().actors {
        if question.fairness(actor) == Fairness::Unfair {
            continue;
        }
        let Some(waiter) = Waiter::of(question, actor, circular, ends) else {
            continue;
        };
        if is_plain && places.is_none() {
            places = Some(Places::of(question, circular));
        }
        for rounds in &rounds {
            for (pc, starving) in waiter.starves(&rounds.terms, places.as_ref()) {
                add(question, &mut found, (actor, pc), rounds.level, starving);
            }
        }
    }
    found
}

/// What circles must be fair under, and how grave it is to starve in one.
struct Rounds {
    level: Level,
    terms: Terms,
}

/// Where actors stand in a plain program, and what that tells.
struct Places {
    stands: Stands,
    sections_end: bool,
}

impl Places {
    fn of(question: &Question<'_, '_>, circular: &[u32]) -> Self {
        let stands = Stands::of(question, circular);
        Self {
            sections_end: sections::all_end(question.program, &stands),
            stands,
        }
    }
}

/// Adds a place at which an actor starves, unless it is known from a better run.
fn add<'p>(
    question: &Question<'_, 'p>,
    found: &mut BTreeMap<Key, Starved<'p>>,
    (actor, pc): (usize, Pc),
    level: Level,
    Starving { way, round }: Starving,
) {
    let key = Key::Starvation(question.program.site(pc).span);
    let n = way.steps.len() + round.len();
    let is_better = |old: &Starved<'_>| {
        old.level < level || old.level == level && old.shown.schedule.0.len() <= n
    };
    if found.get(&key).is_some_and(is_better) {
        return;
    }
    let shown = question.show(&way, &round);
    confirm(&shown, actor, pc);
    let starved = Starved {
        level,
        actor,
        pc,
        shown,
    };
    found.insert(key, starved);
}

/// An actor that is blocked somewhere on a circle.
struct Waiter<'a, 'p> {
    question: &'a Question<'a, 'p>,
    ends: &'a Ends,
    actor: usize,
    /// The states on circles in which it may still move.
    states: Vec<u32>,
    /// Those of them in which it cannot.
    blocked: Vec<u32>,
}

impl<'a, 'p> Waiter<'a, 'p> {
    fn of(
        question: &'a Question<'a, 'p>,
        actor: usize,
        circular: &[u32],
        ends: &'a Ends,
    ) -> Option<Self> {
        let may_move = |id: &u32| question.moving[*id as usize].contains(actor);
        let is_blocked = |id: &u32| !question.graph.enabled(*id as usize).contains(actor);
        let states: Vec<u32> = circular.iter().copied().filter(may_move).collect();
        let blocked: Vec<u32> = states.iter().copied().filter(is_blocked).collect();
        (!blocked.is_empty()).then_some(Self {
            question,
            ends,
            actor,
            states,
            blocked,
        })
    }

    /// Where it starves in circles that are fair.
    fn starves(&self, terms: &Terms, places: Option<&Places>) -> BTreeMap<Pc, Starving> {
        let Some(places) = places else {
            return self.by_components(terms, &self.blocked);
        };
        let waits: BTreeMap<Pc, u32> = places.stands.waits(self.actor).collect();
        let mut found = BTreeMap::new();
        // Where more must be known.
        let mut left = waits.clone();
        if terms.owed[self.actor] == Fairness::Strong && places.sections_end {
            left.retain(|&pc, _| !sections::is_at_lock(self.question.program, pc));
        } else if soonest::may_ask(self.question, terms) {
            let states = (self.states.as_slice(), self.actor);
            let mut walker = Walker::new(self.question, states, terms, self.ends);
            left.retain(|&pc, &mut first| match walker.starves(pc, first) {
                Some(starving) => found.insert(pc, starving).is_some(),
                None => true,
            });
        }
        if left.len() == waits.len() {
            return self.by_components(terms, &self.blocked);
        }
        if !left.is_empty() {
            found.extend(self.by_components(terms, &self.blocked_at(&left)));
        }
        debug_assert!(
            self.question.graph.len() > COMPARED_MAX
                || found == self.by_components(terms, &self.blocked),
            "components show the same"
        );
        found
    }

    /// The states in which it is blocked at some of these places.
    fn blocked_at(&self, places: &BTreeMap<Pc, u32>) -> Vec<u32> {
        let layout = self.question.machine().layout();
        let mut state = self.question.search.blank();
        let mut is_there = |id: u32| {
            self.question.search.load(id, &mut state);
            places.contains_key(&layout.pc(&state, self.actor))
        };
        let all = self.blocked.iter().copied();
        all.filter(|&id| is_there(id)).collect()
    }

    /// The same by looking at every component with some of these states, in which it is
    /// blocked.
    fn by_components(&self, terms: &Terms, blocked: &[u32]) -> BTreeMap<Pc, Starving> {
        let question = self.question;
        let others = Counts::of(!ActorSet::only(self.actor));
        let mut parts = Parts::new(question.graph, others);
        // To whom strong fairness is owed, that one is blocked all the way round.
        let circles = match terms.owed[self.actor] {
            Fairness::Strong => fair_components(&mut parts, blocked, terms),
            // Who starves is blocked in some state of the circle.
            _ => {
                let circles = strong_components(&mut parts, &self.states, blocked);
                fair_within(&mut parts, circles, terms)
            }
        };
        let mut places: BTreeMap<Pc, FxHashSet<u32>> = BTreeMap::new();
        for circle in circles {
            if let Some(pc) = starves_at(question, &parts, &circle, self.actor, self.ends) {
                let part = parts.part_of(circle.states[0] as usize);
                places.entry(pc).or_default().insert(part);
            }
        }
        let shortest = |wanted: &FxHashSet<u32>| {
            let way = way_into(&parts, wanted);
            let round = round(&parts, way.end, terms);
            Starving { way, round }
        };
        let found = places.iter().map(|(&pc, wanted)| (pc, shortest(wanted)));
        found.collect()
    }
}

fn confirm(shown: &Shown<'_>, actor: usize, pc: Pc) {
    let layout = shown.execution.machine.layout();
    let stays = |state: &State| layout.is_running(state, actor) && layout.pc(state, actor) == pc;
    let conduct = &shown.lasso.conduct[actor];
    assert!(
        shown.round().all(stays) && *conduct != Conduct::Moves && conduct.wait().is_some(),
        "in the replayed loop the actor waits as in the search"
    );
}

/// Where an actor starves in a circle; `None` if it is not there, need not end,
/// or waits only in consequence of something else.
pub fn starves_at(
    question: &Question<'_, '_>,
    parts: &Parts<'_>,
    circle: &Component,
    actor: usize,
    ends: &Ends,
) -> Option<Pc> {
    let layout = question.machine().layout();
    let blocked = circle
        .states
        .iter()
        .find(|&&state| !question.graph.enabled(state as usize).contains(actor))?;
    let state = question.state(*blocked as usize);
    if !layout.is_running(&state, actor) || layout.is_daemon(&state, actor) {
        return None;
    }
    let wait = wait_of(question.machine(), &state, actor, question.futures);
    let could_help = wait.all.iter().chain(&wait.any);
    if !could_help
        .into_iter()
        .any(|&other| circle.movers.contains(other))
    {
        return None;
    }
    let nobody_gets_anywhere = if question.marks_progress() {
        !question.progresses(parts, circle)
    } else {
        ends.can_all_end(*blocked, circle.movers)
    };
    let consequence =
        nobody_gets_anywhere && !is_used(question, parts, circle, actor, wait.resource);
    (!consequence).then_some(wait.pc)
}

/// Whether those who move in a circle use what the actor waits for.
pub fn is_used(
    question: &Question<'_, '_>,
    parts: &Parts<'_>,
    circle: &Component,
    actor: usize,
    resource: Resource,
) -> bool {
    let wanted = resource.object();
    if wanted.is_none() && resource != Resource::Condition {
        return false;
    }
    circle.states.iter().any(|&id| {
        let state = question.state(id as usize);
        parts.inner(id as usize).any(|(_, step)| match wanted {
            Some(wanted) => object_of(question, &state, step.actor) == Some(wanted),
            None => writes_for(question, &state, step.actor, actor),
        })
    })
}

/// The object of an actor's next instruction.
fn object_of(question: &Question<'_, '_>, state: &State, actor: usize) -> Option<ObjectId> {
    let machine = question.machine();
    let pc = machine.layout().pc(state, actor);
    let (Instr::Sync { object, .. } | Instr::Chan { object, .. }) = question.program.instr(pc)
    else {
        return None;
    };
    let number = machine.scene(state, actor).eval(object).ok()?;
    machine.object(state, actor, number)
}

/// Whether an actor's next instruction writes what another's condition reads.
fn writes_for(question: &Question<'_, '_>, state: &State, writer: usize, waiter: usize) -> bool {
    let machine = question.machine();
    let (mut written, mut read) = (Vec::new(), Vec::new());
    crate::analysis::touches(machine, state, writer, &mut written);
    crate::analysis::touches(machine, state, waiter, &mut read);
    written
        .iter()
        .any(|touch| touch.write && read.iter().any(|other| other.cell == touch.cell))
}
