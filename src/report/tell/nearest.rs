//! The nearest run that ends well: one switch or choice different from the one that
//! does not, or two; found by running the variations.
//!
//! A variation takes another action at one place. From there on its actor goes on
//! as long as it can, then the first one that is able, so that no switch comes in that
//! the change does not need; who goes round and round lets the next go on.
//!
//! **Invariant:** a run is said to end well only after it was run to its end, and no
//! fault, no death, no lock left behind and no broken property was seen on the way.
//!
//! **Deliberately absent:** three changes. There would be too many to try, and no
//! reader follows them.

use super::story::Story;
use super::told::Told;
use crate::program::{Expr, PropertyKind};
use crate::report::{Passing, Row};
use crate::semantics::{Capacity, Chooser, Incident, Machine, Recorder, State, Stop};
use crate::trace::{Action, Schedule};

/// Longer schedules are not varied: no reader follows the change in them.
const STEPS_MAX: usize = 40;

/// Steps after which a run that goes on is taken to have no end.
const LONGEST: usize = 200;

/// So many variations are tried.
const TRIES_MAX: usize = 600;

/// An actor that took so many steps in a row lets others go on: it may wait for them.
const STREAK_MAX: usize = 25;

/// So often the room for states grows before the search gives up.
const ROOMS_MAX: usize = 6;

/// Looks for the nearest run that ends well, and says what is different in it; or
/// how many were tried in vain.
///
/// Cost: at most [`TRIES_MAX`] runs to the end, of at most [`LONGEST`] steps.
pub(super) fn passing_run(told: &mut Told<'_, '_>) {
    let story = told.story;
    let Some(steps) = few_steps(story) else {
        return;
    };
    let mut capacity = story.machine().layout().capacity();
    for _ in 0..ROOMS_MAX {
        let mut search = Search {
            machine: Machine::new(story.program, capacity),
            n_tried: 0,
            any_endless: false,
        };
        match search.nearest(steps) {
            Ok(found) => return tell(told, found, &search),
            Err(more) => capacity = more,
        }
    }
}

/// The steps of a run that comes to an end and is short enough to be varied.
fn few_steps<'s>(story: &'s Story<'_>) -> Option<&'s [Action]> {
    let steps = &story.found.schedule.as_ref()?.0;
    let varied = steps.len() <= STEPS_MAX && story.found.loop_from().is_none();
    varied.then_some(steps)
}

/// A place where a run takes another action than the one before it.
#[derive(Clone, Copy)]
struct Change {
    /// After so many steps.
    at: usize,
    action: Action,
    kind: ChangeKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ChangeKind {
    /// Who took the last step goes on, although it did not before.
    GoesOn,
    /// Somebody else's turn.
    Turn,
    /// The same actor chooses otherwise.
    Choice,
}

/// What was found: the changes, and the run.
type Found = Option<(Vec<Change>, Vec<Action>)>;

fn tell(told: &mut Told<'_, '_>, found: Found, search: &Search<'_>) {
    let story = told.story;
    let Some((changes, steps)) = found else {
        if let Some(words) = search.in_vain() {
            told.fact("passing run", words);
        }
        return;
    };
    let key = match changes.as_slice() {
        [_, _] => "two changes",
        [one] if one.kind == ChangeKind::Choice => "one choice",
        _ => "one switch",
    };
    let passing = super::swap::passing(told, &Schedule(steps), String::new());
    let whens = changes.iter().map(|it| it.when(story, passing.as_ref()));
    let when = whens.collect::<Vec<String>>().join(", and then ");
    told.fact(key, format!("if {when}, this run ends well"));
    let change = match changes.as_slice() {
        [one] if one.kind == ChangeKind::GoesOn => {
            format!("without the switch after step {}", one.at)
        }
        _ => when,
    };
    told.finding.passing = passing.map(|it| Passing { change, ..it });
}

impl Change {
    fn when(&self, story: &Story<'_>, passing: Option<&Passing>) -> String {
        let who = story.quoted(self.action.actor);
        match (self.kind, self.at) {
            (ChangeKind::Choice, at) => match passing.and_then(|it| step_text(it, at)) {
                Some(text) => format!("{who} takes another way in step {}, `{text}`", at + 1),
                None => format!("{who} takes another way in step {}", at + 1),
            },
            (_, 0) => format!("{who} begins"),
            (_, at) => format!("{who} goes on after step {at}"),
        }
    }
}

/// What the table says of the step after so many.
fn step_text(passing: &Passing, at: usize) -> Option<&str> {
    passing.trace.rows.iter().find_map(|row| match row {
        Row::Step(step) if step.index == at as u64 + 1 => Some(step.text.as_str()),
        _ => None,
    })
}

/// A run, or the end of one that begins like another.
struct Run {
    steps: Vec<Action>,
    /// Before each step, and after the last if it was done.
    states: Vec<State>,
    /// Whether all was well up to each state.
    well: Vec<bool>,
    ends_well: bool,
}

struct Search<'p> {
    machine: Machine<'p>,
    n_tried: usize,
    /// Did a run go on for too long?
    any_endless: bool,
}

impl Search<'_> {
    /// What to say if no run was found.
    fn in_vain(&self) -> Option<String> {
        match self.n_tried {
            0 => None,
            n if self.any_endless => Some(format!(
                "none found in {n} tries, of up to {LONGEST} steps each"
            )),
            1 => Some("none found: the only other way to go on goes wrong, too".to_owned()),
            n if n >= TRIES_MAX => Some(format!("none found in {n} tries; more were not tried")),
            n => Some(format!(
                "none found: of the {n} runs that differ in one or two places none ends well"
            )),
        }
    }

    /// The first variation that ends well: of those with one change, then of those
    /// with two.
    ///
    /// # Errors
    ///
    /// The capacity that the states need, if they have grown out of theirs.
    fn nearest(&mut self, steps: &[Action]) -> Result<Found, Capacity> {
        let base = self.follow(steps)?;
        let firsts = self.changes(&base, 0, None);
        let mut tails = Vec::new();
        for first in firsts {
            let Some(tail) = self.vary(&base, 0, first)? else {
                return Ok(None);
            };
            let whole = || [&steps[..first.at], &tail.steps].concat();
            if tail.ends_well {
                return Ok(Some((vec![first], whole())));
            }
            tails.push((first, tail));
        }
        for (first, tail) in &tails {
            // The first action of the tail is the first change.
            for second in self.changes(tail, first.at, Some(1)) {
                let Some(end) = self.vary(tail, first.at, second)? else {
                    return Ok(None);
                };
                if end.ends_well {
                    let between = &tail.steps[..second.at - first.at];
                    let whole = [&steps[..first.at], between, &end.steps].concat();
                    return Ok(Some((vec![*first, second], whole)));
                }
            }
        }
        Ok(None)
    }

    /// Runs a schedule with all its states.
    fn follow(&self, steps: &[Action]) -> Result<Run, Capacity> {
        let mut run = Run {
            steps: Vec::new(),
            states: Vec::new(),
            well: Vec::new(),
            ends_well: false,
        };
        match self.machine.initial(&mut ()) {
            Ok(state) => {
                run.well.push(self.holds_always(&state));
                run.states.push(state);
            }
            Err(Stop::Grow(more)) => return Err(more),
            Err(Stop::Fault(_) | Stop::Limit(..)) => {}
        }
        for &action in steps {
            if !self.take(&mut run, action)? {
                break;
            }
        }
        Ok(run)
    }

    /// Every other action at every place from `from` on, as the reader is told them:
    /// a switch less, another's turn, another choice; the latest first. The run begins
    /// after `offset` steps of another.
    fn changes(&self, run: &Run, offset: usize, from: Option<usize>) -> Vec<Change> {
        let (mut on, mut turns, mut choices) = (Vec::new(), Vec::new(), Vec::new());
        for here in (from.unwrap_or(0)..run.states.len()).rev() {
            let state = &run.states[here];
            if !run.well[here] {
                continue;
            }
            let at = offset + here;
            let next = run.steps.get(here).copied();
            let before = here.checked_sub(1).map(|it| run.steps[it].actor);
            for actor in self.machine.enabled(state) {
                let action = Action { actor, way: 0 };
                let change = |kind| Change { at, action, kind };
                if next.is_some_and(|it| it.actor == actor) {
                    let ways = self.other_ways(state, next.unwrap_or(action));
                    choices.extend(ways.into_iter().map(|action| Change {
                        at,
                        action,
                        kind: ChangeKind::Choice,
                    }));
                } else if before == Some(actor) {
                    on.push(change(ChangeKind::GoesOn));
                } else {
                    turns.push(change(ChangeKind::Turn));
                }
            }
        }
        on.extend(turns);
        on.extend(choices);
        on
    }

    /// The same actor's step, with other choices.
    fn other_ways(&self, state: &State, taken: Action) -> Vec<Action> {
        let mut ways = Vec::new();
        let mut chooser = Chooser::first();
        loop {
            let mut after = state.clone();
            let stops = self
                .machine
                .step(&mut after, taken.actor, &mut chooser, &mut ());
            let way = chooser.code();
            if stops.is_ok() && way != taken.way {
                ways.push(Action {
                    actor: taken.actor,
                    way,
                });
            }
            if !chooser.advance() {
                return ways;
            }
        }
    }

    /// Makes a change and goes on to the end; `None` if there were too many tries.
    fn vary(&mut self, run: &Run, offset: usize, change: Change) -> Result<Option<Run>, Capacity> {
        if self.n_tried >= TRIES_MAX {
            return Ok(None);
        }
        self.n_tried += 1;
        let here = change.at - offset;
        let mut tail = Run {
            steps: Vec::new(),
            states: vec![run.states[here].clone()],
            well: vec![run.well[here]],
            ends_well: false,
        };
        let (mut next, mut streak) = (Some(change.action), 0);
        while let Some(action) = next {
            let goes_on = self.take(&mut tail, action)?;
            let is_well = tail.well.last().copied().unwrap_or(false);
            if !goes_on || !is_well {
                return Ok(Some(tail));
            }
            if change.at + tail.steps.len() > LONGEST {
                self.any_endless = true;
                return Ok(Some(tail));
            }
            let Some(state) = tail.states.last() else {
                return Ok(Some(tail));
            };
            if self.machine.is_over(state) {
                tail.ends_well = self.is_right_end(state);
                return Ok(Some(tail));
            }
            streak += 1;
            let actor = self.goes_on(state, action.actor, streak);
            if actor != Some(action.actor) {
                streak = 0;
            }
            next = actor.map(|actor| Action { actor, way: 0 });
        }
        Ok(Some(tail))
    }

    /// Who takes the next step.
    fn goes_on(&self, state: &State, last: usize, streak: usize) -> Option<usize> {
        let able: Vec<usize> = self.machine.enabled(state).collect();
        if streak < STREAK_MAX && able.contains(&last) {
            return Some(last);
        }
        let after = able.iter().find(|it| streak >= STREAK_MAX && **it > last);
        after.or(able.first()).copied()
    }

    /// Takes a step; `false` if the run stops in it.
    fn take(&self, run: &mut Run, action: Action) -> Result<bool, Capacity> {
        let (Some(before), Some(&well)) = (run.states.last(), run.well.last()) else {
            return Ok(false);
        };
        let mut state = before.clone();
        let mut heard = Heard::default();
        let mut chooser = Chooser::fixed(action.way);
        let taken = self
            .machine
            .step(&mut state, action.actor, &mut chooser, &mut heard);
        run.steps.push(action);
        match taken {
            Ok(()) => {
                let fine = self.is_fine(before, &heard.0) && self.holds_always(&state);
                run.states.push(state);
                run.well.push(well && fine);
                Ok(true)
            }
            Err(Stop::Grow(more)) => Err(more),
            Err(Stop::Fault(_) | Stop::Limit(..)) => Ok(false),
        }
    }

    /// Whether nothing suspicious was heard in a step.
    fn is_fine(&self, before: &State, heard: &[Incident]) -> bool {
        heard.iter().enumerate().all(|(index, it)| match *it {
            Incident::EndedHolding(..) | Incident::Died(_) => false,
            Incident::LabelBegun(label, _) => {
                let earlier = &heard[..index];
                let mut properties = self.machine.program().properties.iter();
                properties.all(|it| match it.kind {
                    PropertyKind::Order(first, second) if second == label => {
                        self.machine.layout().label_done(before, first)
                            || earlier.contains(&Incident::LabelDone(first))
                    }
                    _ => true,
                })
            }
            _ => true,
        })
    }

    fn holds_always(&self, state: &State) -> bool {
        let mut properties = self.machine.program().properties.iter();
        properties.all(|it| match &it.kind {
            PropertyKind::Always(expr) => self.holds(state, expr),
            _ => true,
        })
    }

    /// Whether what is asserted of the end holds, and its values are named.
    fn is_right_end(&self, state: &State) -> bool {
        let program = self.machine.program();
        let mut properties = program.properties.iter();
        let mut outcomes = program.outcomes.iter().enumerate();
        properties.all(|it| match &it.kind {
            PropertyKind::Finally(expr) => self.holds(state, expr),
            _ => true,
        }) && outcomes.all(|(index, it)| match &it.expected {
            Some(named) => {
                let ending = self.machine.ending(state, index);
                ending.is_ok_and(|values| named.contains(&values))
            }
            None => true,
        })
    }

    fn holds(&self, state: &State, property: &Expr) -> bool {
        matches!(self.machine.overview(state).eval(property), Ok(value) if value != 0)
    }
}

/// What a step says that is suspicious.
#[derive(Default)]
struct Heard(Vec<Incident>);

impl Recorder for Heard {
    fn incident(&mut self, _actor: usize, incident: Incident) {
        self.0.push(incident);
    }
}
