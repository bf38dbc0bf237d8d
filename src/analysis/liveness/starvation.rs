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

use super::fair::{Component, Terms, fair_components, fair_within, strong_components};
use super::mark;
use super::part::{Counts, Parts};
use super::question::Question;
use super::walk::{round, way_into};
use super::{Conduct, Shown};
use crate::analysis::key::Key;
use crate::analysis::rule::Level;
use crate::analysis::waits::{Resource, wait_of};
use crate::base::ActorSet;
use crate::program::{Fairness, Instr, ObjectId, Pc};
use crate::semantics::State;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

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

/// The places at which actors starve, each with the best run that shows it.
pub fn starved<'p>(
    question: &Question<'_, 'p>,
    circular: &[u32],
    can_end: &[bool],
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
    for actor in 0..question.machine().layout().capacity().actors {
        if question.fairness(actor) != Fairness::Unfair {
            starved_by(question, circular, can_end, actor, &rounds, &mut found);
        }
    }
    found
}

/// What circles must be fair under, and how grave it is to starve in one.
struct Rounds {
    level: Level,
    terms: Terms,
}

/// Adds the places at which one actor starves.
fn starved_by<'p>(
    question: &Question<'_, 'p>,
    circular: &[u32],
    can_end: &[bool],
    actor: usize,
    rounds: &[Rounds],
    found: &mut BTreeMap<Key, Starved<'p>>,
) {
    let may_move = |id: &u32| question.moving[*id as usize].contains(actor);
    let is_blocked = |id: &u32| !question.graph.enabled(*id as usize).contains(actor);
    let states: Vec<u32> = circular.iter().copied().filter(may_move).collect();
    let blocked: Vec<u32> = states.iter().copied().filter(is_blocked).collect();
    if blocked.is_empty() {
        return;
    }
    let others = || Parts::new(question.graph, Counts::of(!ActorSet::only(actor)));
    // Every fair circle lies within one of these: it needs a state in which the
    // actor is blocked, and none in which the actor moves.
    let circles = strong_components(&mut others(), &states, &blocked);
    for Rounds { level, terms } in rounds {
        let mut parts = others();
        // To whom strong fairness is owed, that one is blocked all the way round.
        let fair = if terms.owed[actor] == Fairness::Strong {
            let all = circles.iter().flatten().copied();
            let all: Vec<u32> = all.filter(is_blocked).collect();
            fair_components(&mut parts, &all, terms)
        } else {
            fair_within(&mut parts, circles.clone(), terms)
        };
        let mut places: BTreeMap<Pc, FxHashSet<u32>> = BTreeMap::new();
        for circle in fair {
            if let Some(pc) = starves_at(question, &parts, &circle, actor, can_end) {
                let part = parts.part_of(circle.states[0] as usize);
                places.entry(pc).or_default().insert(part);
            }
        }
        for (pc, wanted) in places {
            let key = Key::Starvation(question.program.site(pc).span);
            let graver = |old: &Starved<'_>| old.level < *level;
            if found.get(&key).is_some_and(graver) {
                continue;
            }
            let way = way_into(&parts, &wanted);
            let steps = round(&parts, way.end, terms);
            let n = way.steps.len() + steps.len();
            let shorter =
                |old: &Starved<'_>| old.level == *level && old.shown.schedule.0.len() <= n;
            if found.get(&key).is_some_and(shorter) {
                continue;
            }
            let shown = question.show(&way, &steps);
            confirm(&shown, actor, pc);
            let starved = Starved {
                level: *level,
                actor,
                pc,
                shown,
            };
            found.insert(key, starved);
        }
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
fn starves_at(
    question: &Question<'_, '_>,
    parts: &Parts<'_>,
    circle: &Component,
    actor: usize,
    can_end: &[bool],
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
        can_end[*blocked as usize]
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
