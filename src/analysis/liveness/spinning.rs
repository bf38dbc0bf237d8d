//! S003: an actor waits for a change by looping instead of blocking.
//!
//! What it finds: a circle of one actor's own steps that only look at what others
//! can change (or fail to get it, yield, sleep; also with a lock around the look),
//! and that the actor leaves when it sees something else. It works, and keeps a
//! processor busy: a warning. If the actor can leave it on no run at all, because
//! nobody is left to make the change, it waits for ever: an error. Who has died or is
//! stuck, and could have made it, is to blame instead.
//!
//! **Deliberately absent:** a bounded number of tries, and circles that are left
//! by a choice or a time-out.

use super::Shown;
use super::changes::{looked_at, may_write};
use super::fair::{Terms, fair_components};
use super::flow;
use super::mark;
use super::part::{Counts, Parts};
use super::question::Question;
use super::walk::{Pursuit, round, way_to};
use crate::analysis::key::Key;
use crate::analysis::rule::Level;
use crate::analysis::waits::wait_of;
use crate::base::ActorSet;
use crate::program::{Fairness, Instr, Pc, VarId};
use crate::semantics::Status;
use std::collections::{BTreeMap, BTreeSet};

/// An actor that goes round.
pub struct Spinning<'p> {
    /// Error or warning.
    pub level: Level,
    /// Who.
    pub actor: usize,
    /// The first look in the loop.
    pub pc: Pc,
    /// The run.
    pub shown: Shown<'p>,
}

/// A place at which an actor goes round, in the states of a circle.
struct Circle {
    look: Pc,
    /// The instructions of the loop.
    code: BTreeSet<Pc>,
    states: Vec<u32>,
}

/// The places at which actors go round, each with the best run that shows it.
pub fn spinning<'p>(question: &Question<'_, 'p>, circular: &[u32]) -> BTreeMap<Key, Spinning<'p>> {
    let mut found: BTreeMap<Key, Spinning<'p>> = BTreeMap::new();
    for (actor, looks) in looks(question, circular).into_iter().enumerate() {
        if looks.is_empty() {
            continue;
        }
        let own = Counts::of(ActorSet::only(actor)).with(is_quiet);
        let mut parts = Parts::new(question.graph, own);
        parts.separate(circular);
        let components = parts.components(&looks);
        let mut places: BTreeMap<Pc, Vec<Circle>> = BTreeMap::new();
        for circle in circles(question, &mut parts, components, actor) {
            places.entry(circle.look).or_default().push(circle);
        }
        for (pc, circles) in places {
            let key = Key::Spinning(question.program.site(pc).span);
            let spins = for_ever(question, actor, &circles)
                .unwrap_or_else(|| for_a_while(question, &mut parts, actor, &circles));
            let rank = |of: &Spinning<'_>| (of.level, of.shown.schedule.0.len());
            if found.get(&key).is_none_or(|old| rank(&spins) < rank(old)) {
                found.insert(key, spins);
            }
        }
    }
    found
}

/// A step that changes nothing but locks.
fn is_quiet(mark: u8) -> bool {
    let loud = mark::PROGRESS | mark::PRINTS | mark::CHOICE | mark::GIVES_UP;
    mark & loud == 0 && (mark & mark::CHANGES == 0 || mark & mark::LOCKS != 0)
}

/// For each actor, where it takes a quiet step that looks at something.
fn looks(question: &Question<'_, '_>, circular: &[u32]) -> Vec<Vec<u32>> {
    let mut looks = vec![Vec::new(); question.machine().layout().capacity().actors];
    if question.graph.all_marks() & mark::READS == 0 {
        return looks;
    }
    for &state in circular {
        for step in question.graph.all_steps(state as usize) {
            let own: &mut Vec<u32> = &mut looks[step.actor];
            if step.mark & mark::READS != 0 && is_quiet(step.mark) && own.last() != Some(&state) {
                own.push(state);
            }
        }
    }
    looks
}

fn circles(
    question: &Question<'_, '_>,
    parts: &mut Parts<'_>,
    components: Vec<Vec<u32>>,
    actor: usize,
) -> Vec<Circle> {
    let layout = question.machine().layout();
    let mut found = Vec::new();
    let mut state = question.search.blank();
    for states in components {
        parts.separate(&states);
        let mut code = BTreeSet::new();
        let mut looks = BTreeSet::new();
        let (mut marks, mut reads_memory) = (0, false);
        for &id in &states {
            question.search.load(id, &mut state);
            let pc = layout.pc(&state, actor);
            for (_, step) in parts.inner(id as usize) {
                code.insert(pc);
                marks |= step.mark;
                if step.mark & mark::READS != 0 {
                    looks.insert((question.program.site(pc).span, pc));
                    reads_memory |= step.mark & mark::LOCKS == 0;
                }
            }
        }
        // To take a lock, look, and give it back is to poll; to take a lock and
        // fail to get another is not.
        let polls = marks & mark::CHANGES == 0 || reads_memory;
        let Some(&(_, look)) = looks.first().filter(|_| polls) else {
            continue;
        };
        let ahead = flow::next(question.program, &code);
        if ahead.end || !ahead.visible.is_subset(&code) {
            found.push(Circle { look, code, states });
        }
    }
    found
}

/// The nearest circle, gone round while nobody else moves.
fn for_a_while<'p>(
    question: &Question<'_, 'p>,
    parts: &mut Parts<'_>,
    actor: usize,
    circles: &[Circle],
) -> Spinning<'p> {
    let mut goals: Vec<u32> = circles
        .iter()
        .flat_map(|circle| circle.states.clone())
        .collect();
    goals.sort_unstable();
    let way = way_to(
        question.graph,
        &Pursuit {
            since: None,
            inside: &|_| true,
            goal: &|state| goals.binary_search(&id_of(state)).is_ok(),
        },
    )
    .expect("every state was reached");
    let here = |circle: &&Circle| circle.states.binary_search(&id_of(way.end)).is_ok();
    let circle = circles
        .iter()
        .find(here)
        .expect("the way leads to a circle");
    let steps = round(parts, way.end, &Terms::all(Fairness::Unfair));
    Spinning {
        level: Level::Warning,
        actor,
        pc: circle.look,
        shown: confirmed(question.show(&way, &steps), actor, &circle.code),
    }
}

/// A fair run on which the actor is in one of the circles for ever, from a state
/// in which nobody else is to blame.
fn for_ever<'p>(
    question: &Question<'_, 'p>,
    actor: usize,
    circles: &[Circle],
) -> Option<Spinning<'p>> {
    let layout = question.machine().layout();
    // It may go round in one circle now and in another later.
    let code: BTreeSet<Pc> = circles
        .iter()
        .flat_map(|circle| circle.code.iter().copied())
        .collect();
    if !flow::can_end(question.program, &code) {
        return None;
    }
    let mut state = question.search.blank();
    let mut leaves: Vec<bool> = Vec::with_capacity(question.graph.len());
    for id in 0..question.search.n_expanded() {
        question.search.load(id, &mut state);
        let stays = layout.is_running(&state, actor)
            && code.contains(&layout.pc(&state, actor))
            && !question.graph.enabled(id as usize).is_empty();
        leaves.push(!stays);
    }
    question.spread(&mut leaves);
    let vars = looked_at(question.program, &code);
    let mut caught = Vec::new();
    for id in circles.iter().flat_map(|circle| &circle.states) {
        if !leaves[*id as usize] && nobody_else_is_to_blame(question, actor, *id, vars.as_ref()) {
            caught.push(*id);
        }
    }
    if caught.is_empty() {
        return None;
    }
    caught.sort_unstable();
    let staying = (0..question.search.n_expanded()).filter(|&id| !leaves[id as usize]);
    let staying: Vec<u32> = staying.collect();
    let terms = Terms::all(Fairness::Strong);
    let mut parts = Parts::new(question.graph, Counts::of(ActorSet::ALL));
    let fair = fair_components(&mut parts, &staying, &terms);
    let reached = |id: &u32| fair.iter().any(|of| of.states.binary_search(id).is_ok());
    caught.retain(reached);
    let way = way_to(
        question.graph,
        &Pursuit {
            since: None,
            inside: &|_| true,
            goal: &|state| caught.binary_search(&id_of(state)).is_ok(),
        },
    )?;
    let steps = round(&parts, way.end, &terms);
    Some(Spinning {
        level: Level::Error,
        actor,
        pc: circles.first()?.look,
        shown: confirmed(question.show(&way, &steps), actor, &code),
    })
}

/// The actor must end, and everybody else has ended or goes on, or could not have changed
/// what the actor looks at, or waits for the actor.
fn nobody_else_is_to_blame(
    question: &Question<'_, '_>,
    actor: usize,
    id: u32,
    vars: Option<&BTreeSet<VarId>>,
) -> bool {
    let program = question.program;
    let layout = question.machine().layout();
    let state = question.state(id as usize);
    let goes_on = question.moving[id as usize];
    let has_no_say = |other: usize| {
        let begins = match layout.spawned_at(&state, other).map(|pc| program.instr(pc)) {
            None => program.actors.get(other).map(|actor| actor.function),
            Some(Instr::Spawn { function, .. }) => Some(*function),
            Some(_) => None,
        };
        let both = begins.zip(vars);
        both.is_some_and(|(function, vars)| !may_write(program, function, vars))
    };
    let waits_for_it = |other: usize| {
        let wait = wait_of(question.machine(), &state, other, question.futures);
        wait.all.contains(&actor)
    };
    !layout.is_daemon(&state, actor)
        && (0..layout.n_actors(&state)).all(|other| match layout.status(&state, other) {
            Status::Running => {
                layout.is_daemon(&state, other)
                    || goes_on.contains(other)
                    || has_no_say(other)
                    || waits_for_it(other)
            }
            Status::Died => has_no_say(other),
            Status::Absent | Status::Ended => true,
        })
}

fn id_of(state: usize) -> u32 {
    u32::try_from(state).expect("a state's number")
}

fn confirmed<'p>(shown: Shown<'p>, actor: usize, code: &BTreeSet<Pc>) -> Shown<'p> {
    let layout = shown.execution.machine.layout();
    assert!(
        shown.lasso.movers().any(|mover| mover == actor)
            && shown
                .round()
                .all(|state| code.contains(&layout.pc(state, actor))),
        "in the replayed loop the actor goes round as in the search"
    );
    shown
}
