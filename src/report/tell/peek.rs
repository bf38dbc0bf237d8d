//! A look ahead from the last state: what an access would see, and how the two
//! orders of a race end.

use super::story::Story;
use crate::analysis::Touch;
use crate::program::{CellId, ObjectId, SyncOp};
use crate::semantics::{ArithmeticFault, Chooser, Event, EventKind, FaultKind, State, Stop};

/// Steps after which a run is taken to have no end.
const STEPS_MAX: usize = 5_000;

/// How a run went on.
pub(super) struct Order {
    /// The final state; `None` if it did not get there.
    pub state: Option<State>,
    /// What stopped it.
    pub failed: Option<String>,
}

/// The value an access of a state is about to write, or to see.
pub(super) fn next_value(story: &Story<'_>, before: &State, touch: &Touch) -> Option<String> {
    let mut state = before.clone();
    let mut events: Vec<Event> = Vec::new();
    // What fails has told its accesses before.
    let _ = story
        .machine()
        .step(&mut state, touch.actor, &mut Chooser::first(), &mut events);
    let found = events.iter().find_map(|event| match event.kind {
        EventKind::Read(cell, value) if cell == touch.cell && !touch.write => Some((cell, value)),
        EventKind::Write(cell, _, value) | EventKind::Update(cell, _, value)
            if cell == touch.cell && touch.write =>
        {
            Some((cell, value))
        }
        _ => None,
    });
    // A `wait_until` reads without an event of its own.
    let now = (!touch.write).then(|| (touch.cell, story.layout().value(before, touch.cell)));
    found
        .or(now)
        .map(|(cell, value): (CellId, i64)| story.show_cell(cell, value))
}

/// Lets some actors take a step each, and then everybody go on, each as long as
/// it can, the lowest first.
pub(super) fn finish(story: &Story<'_>, first: &[usize]) -> Order {
    let machine = story.machine();
    let mut state = story.end().clone();
    let mut rest = first.iter().copied();
    let mut last = first.first().copied();
    for _ in 0..STEPS_MAX {
        let next = rest.next();
        if next.is_none() && machine.is_over(&state) {
            return Order {
                state: Some(state),
                failed: None,
            };
        }
        let enabled: Vec<usize> = machine.enabled(&state).collect();
        let goes_on = last.filter(|actor| enabled.contains(actor));
        let Some(actor) = next.or(goes_on).or(enabled.first().copied()) else {
            break;
        };
        if !enabled.contains(&actor) {
            break;
        }
        last = Some(actor);
        match machine.step(&mut state, actor, &mut Chooser::first(), &mut ()) {
            Ok(()) => {}
            Err(Stop::Fault(fault)) => {
                let what = match fault.kind {
                    FaultKind::Assert => "fails",
                    FaultKind::Arithmetic(ArithmeticFault::Overflow) => "overflows",
                    FaultKind::Arithmetic(ArithmeticFault::Bounds) => "is out of bounds",
                    FaultKind::Arithmetic(ArithmeticFault::DivisionByZero) => "divides by zero",
                    FaultKind::Atomic => "cannot go on",
                };
                let place = story.span(fault.pc);
                let text = format!(
                    "`{}` {what} (line {})",
                    story.text(place),
                    story.line(place)
                );
                return Order {
                    state: None,
                    failed: Some(text),
                };
            }
            Err(Stop::Grow(_) | Stop::Limit(..)) => break,
        }
    }
    Order {
        state: None,
        failed: None,
    }
}

impl Story<'_> {
    /// Permits of a semaphore that an actor has taken and not given back.
    pub fn permits_held(&self, actor: usize, id: ObjectId) -> i64 {
        self.permit_steps(actor, id)
            .map(|(_, change)| change)
            .sum::<i64>()
            .max(0)
    }

    /// Where it took the last of them.
    pub fn permit_taken_at(&self, actor: usize, id: ObjectId) -> Option<usize> {
        if self.permits_held(actor, id) == 0 {
            return None;
        }
        self.permits_taken(actor, id).last().copied()
    }

    /// Where it took permits, given back or not.
    pub fn permits_taken(&self, actor: usize, id: ObjectId) -> Vec<usize> {
        let taken = self
            .permit_steps(actor, id)
            .filter(|(_, change)| *change > 0);
        taken.map(|(step, _)| step).collect()
    }

    fn permit_steps(&self, actor: usize, id: ObjectId) -> impl Iterator<Item = (usize, i64)> + '_ {
        (0..self.steps().len()).filter_map(move |step| {
            let taken = &self.steps()[step];
            if taken.action.actor != actor || self.object_of(step) != Some(id) {
                return None;
            }
            let crate::program::Instr::Sync { op, .. } = self.program.instr(taken.pc) else {
                return None;
            };
            let (before, after) = (self.before(step), self.after(step));
            let machine = self.machine();
            let change = machine.permits(before, id) - machine.permits(after, id);
            matches!(op, SyncOp::Acquire(_) | SyncOp::Release).then_some((step, change))
        })
    }
}
