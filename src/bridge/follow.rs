//! From the log of an engine to a schedule of our own machine.
//!
//! A log has the order in which operations were done, but not who of several
//! waiters a notify woke, and of a wait for a condition only that it began
//! before anybody else had the lock. Both are found by trying: depth first, the
//! likely way first. What an operation gave must be what ours gives.
//!
//! An engine may be late with a fault: it asks, lets others go on, and only then
//! sees that the answer fails an assertion. With us both are one step, which ends the
//! execution. Where the log goes on behind such a question, the step is left out,
//! and the actor stands before it: a question changes nothing for the others.
//!
//! **Invariant:** the schedule leads to a state in which every actor stands where
//! the log leaves it, or the search fails.

use super::seen::{Part, Record};
use crate::program::Program;
use crate::semantics::{Capacity, Chooser, Event, EventKind, Machine, Phase, State, Stop};
use crate::trace::{Action, Schedule};

/// Steps that are tried before giving up.
const TRIES_MAX: usize = 200_000;

/// An execution of an engine as one of ours.
#[derive(Clone, Debug)]
pub struct Followed {
    /// It.
    pub schedule: Schedule,
    /// Whether nobody can take another step at its end, and somebody would have to.
    pub stuck: bool,
}

/// Our machine cannot do what the log says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lost {
    /// The furthest record that it could do; `None`: not even the first.
    pub after: Option<Record>,
    /// The record that it could not do.
    pub at: Option<Record>,
    /// The run up to there.
    pub schedule: Schedule,
}

/// Finds the schedule that a log stands for.
///
/// # Errors
///
/// [`Lost`] if there is none.
pub fn follow(program: &Program, log: &[Record]) -> Result<Followed, Lost> {
    let mut capacity = Capacity::initial(program);
    loop {
        let machine = Machine::new(program, capacity);
        match within(&machine, log) {
            Ok(found) => return found,
            Err(more) => capacity = more,
        }
    }
}

/// A point of the search.
struct Node {
    /// Records that were done.
    done: usize,
    state: State,
    /// Actors that have yet to begin to wait.
    drowsy: Vec<usize>,
    steps: Vec<Action>,
    /// The execution has stopped with a fault.
    stopped: bool,
}

fn within(machine: &Machine<'_>, log: &[Record]) -> Result<Result<Followed, Lost>, Capacity> {
    let state = match machine.initial(&mut ()) {
        Ok(state) => state,
        Err(Stop::Grow(more)) => return Err(more),
        Err(Stop::Fault(_) | Stop::Limit(..)) => return Ok(Err(lost(log, 0, &[]))),
    };
    let mut open = vec![Node {
        done: 0,
        state,
        drowsy: Vec::new(),
        steps: Vec::new(),
        stopped: false,
    }];
    let mut furthest = (0, Vec::new());
    let mut tries = 0;
    while let Some(node) = open.pop() {
        tries += 1;
        if node.done >= furthest.0 {
            furthest = (node.done, node.steps.clone());
        }
        if node.done == log.len() {
            if let Some(found) = conclude(machine, node)? {
                return Ok(Ok(found));
            }
            continue;
        }
        if node.stopped || tries > TRIES_MAX {
            continue;
        }
        // The last pushed is tried first: the record itself before falling asleep.
        for &actor in &node.drowsy {
            open.extend(fall_asleep(machine, &node, actor)?);
        }
        let mut ways = Vec::new();
        let log_goes_on = node.done + 1 < log.len();
        record(machine, &node, log[node.done], log_goes_on, &mut ways)?;
        open.extend(ways.into_iter().rev());
    }
    Ok(Err(lost(log, furthest.0, &furthest.1)))
}

fn lost(log: &[Record], done: usize, steps: &[Action]) -> Lost {
    Lost {
        after: done.checked_sub(1).map(|index| log[index]),
        at: log.get(done).copied(),
        schedule: Schedule(steps.to_vec()),
    }
}

/// The end of the log: whoever was about to fall asleep does, unless a fault has
/// stopped everybody.
fn conclude(machine: &Machine<'_>, mut node: Node) -> Result<Option<Followed>, Capacity> {
    while let Some(&actor) = node.drowsy.first().filter(|_| !node.stopped) {
        match fall_asleep(machine, &node, actor)? {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    let stuck = !node.stopped
        && machine.enabled(&node.state).next().is_none()
        && !machine.is_over(&node.state);
    Ok(Some(Followed {
        schedule: Schedule(node.steps),
        stuck,
    }))
}

fn fall_asleep(machine: &Machine<'_>, node: &Node, actor: usize) -> Result<Option<Node>, Capacity> {
    let mut found = Vec::new();
    step(
        machine,
        node,
        actor,
        &mut |state, _, _| asleep(machine, state, actor),
        &mut found,
    )?;
    let next = found.into_iter().next();
    Ok(next.map(|mut next| {
        next.drowsy.retain(|&other| other != actor);
        next
    }))
}

fn asleep(machine: &Machine<'_>, state: &State, actor: usize) -> bool {
    machine.layout().is_running(state, actor)
        && machine.layout().phase(state, actor) == Phase::Waiting
}

fn record(
    machine: &Machine<'_>,
    node: &Node,
    record: Record,
    log_goes_on: bool,
    ways: &mut Vec<Node>,
) -> Result<(), Capacity> {
    let actor = record.actor;
    let here = machine.layout().is_running(&node.state, actor)
        && machine.layout().pc(&node.state, actor) == record.pc;
    match record.part {
        Part::Begins => {
            let mut next = copy(node);
            next.done += 1;
            next.drowsy.push(actor);
            ways.push(next);
        }
        Part::Began => {
            let first = ways.len();
            if here {
                step(
                    machine,
                    node,
                    actor,
                    &mut |state, _, _| asleep(machine, state, actor),
                    ways,
                )?;
            }
            // With us it does not begin to wait as a step of its own.
            if ways.len() == first {
                ways.push(copy(node));
            }
            for next in &mut ways[first..] {
                next.done += 1;
            }
        }
        Part::Done if here => {
            let mut wanted = |_: &State, events: &[Event], _: bool| agrees(record, events);
            step(machine, node, actor, &mut wanted, ways)?;
            // A step that ends in the middle of the instruction: the rest of it follows.
            let first = std::mem::take(ways);
            for mut next in first {
                let inside = !next.stopped
                    && machine.layout().is_running(&next.state, actor)
                    && machine.layout().pc(&next.state, actor) == record.pc
                    && machine.layout().phase(&next.state, actor) != Phase::Ready;
                if inside {
                    step(machine, &next, actor, &mut wanted, ways)?;
                } else {
                    next.done = node.done;
                    ways.push(next);
                }
            }
            if log_goes_on && ways.iter().any(|next| next.stopped) {
                ways.retain(|next| !next.stopped);
                ways.push(copy(node));
            }
            for next in ways {
                next.done = node.done + 1;
            }
        }
        Part::Done => {}
    }
    Ok(())
}

fn copy(node: &Node) -> Node {
    Node {
        done: node.done,
        state: node.state.clone(),
        drowsy: node.drowsy.clone(),
        steps: node.steps.clone(),
        stopped: node.stopped,
    }
}

/// All ways of an actor's next step that are wanted.
fn step(
    machine: &Machine<'_>,
    node: &Node,
    actor: usize,
    wanted: &mut dyn FnMut(&State, &[Event], bool) -> bool,
    found: &mut Vec<Node>,
) -> Result<(), Capacity> {
    if !machine.enabled(&node.state).any(|other| other == actor) {
        return Ok(());
    }
    let mut chooser = Chooser::first();
    loop {
        let mut next = copy(node);
        let mut events: Vec<Event> = Vec::new();
        let result = machine.step(&mut next.state, actor, &mut chooser, &mut events);
        match result {
            Ok(()) => {}
            Err(Stop::Grow(more)) => return Err(more),
            Err(Stop::Fault(_)) => next.stopped = true,
            Err(Stop::Limit(..)) => return Ok(()),
        }
        if wanted(&next.state, &events, next.stopped) {
            next.steps.push(Action {
                actor,
                way: chooser.code(),
            });
            found.push(next);
        }
        if !chooser.advance() {
            return Ok(());
        }
    }
}

/// Whether what our step gave is what the engine's gave.
fn agrees(record: Record, events: &[Event]) -> bool {
    let Some(theirs) = record.value else {
        return true;
    };
    let mut ours = events.iter().filter(|event| event.actor == record.actor);
    ours.all(|event| match &event.kind {
        EventKind::Read(_, value)
        | EventKind::Asked(value)
        | EventKind::Chose(value)
        | EventKind::Did(_, Some(value)) => *value == theirs,
        EventKind::Message(_, words) => words.first().is_none_or(|&word| word == theirs),
        EventKind::NoMessage(_) => theirs == 0,
        EventKind::Spawned(child) => i64::try_from(*child) == Ok(theirs),
        EventKind::CompareFailed(..) => theirs == 0,
        // Of a compare-exchange it is whether, of the others the old value.
        EventKind::Update(_, old, _) => *old == theirs || theirs == 1,
        _ => true,
    })
}
