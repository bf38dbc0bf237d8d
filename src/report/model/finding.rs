//! One bug: where it is, how it comes about, what to do about it.

use super::{TraceTable, Value};
use crate::base::{Fix, Severity, Span};

/// One bug, complete enough to be a lesson.
///
/// ```
/// use threadbare::base::{Severity, Span};
/// use threadbare::report::{Fact, Finding, Place};
/// let mut race = Finding::new("R001", "race", Severity::Error, "data race on `count`");
/// race.subjects.push("count".into());
/// race.places.push(Place::primary(Span::new(26, 36), "a read and a write").by("worker#1", "write"));
/// race.places.push(Place::new(Span::new(4, 9), "shared, guarded by nothing"));
/// race.facts.push(Fact::new("one swap", "with step 4 before step 2 the result is 2"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule; its meaning never changes.
    pub code: &'static str,
    /// What `expect` calls it: `race`, `deadlock`.
    pub kind: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Did the author expect it?
    pub expected: bool,
    /// The objects it is about, in the author's names.
    pub subjects: Vec<String>,
    /// The actors that take part.
    pub actors: Vec<String>,
    /// The headline: lower case, names in backquotes, no full stop.
    pub message: String,
    /// The places that take part; the first primary one is the guilty place.
    pub places: Vec<Place>,
    /// The execution as a table.
    pub trace: Option<TraceTable>,
    /// The execution as data, with the token that replays it.
    pub schedule: Option<Schedule>,
    /// The nearest execution in which it goes well, where one is known.
    pub passing: Option<Passing>,
    /// Who waits for what.
    pub waits: Vec<Wait>,
    /// Positions in `waits` that form the circle, in order; empty if there is none.
    pub cycle: Vec<usize>,
    /// The circle of lock orders, in order.
    pub lock_order: Vec<LockEdge>,
    /// Were other actors still able to run?
    pub partial: bool,
    /// Lines such as `one swap`, `what happened`, `rule`, `feasible`, in order.
    pub facts: Vec<Fact>,
    /// What to do, best first.
    pub helps: Vec<Help>,
    /// A paragraph for someone who meets this kind of bug for the first time.
    pub beginner: Option<String>,
    /// What `explain` takes to say more: `R001`, `A001 stolen-wakeup`.
    pub learn: Option<String>,
    /// A command that draws it, without program and file: `graph waits`.
    pub picture: Option<String>,
}

impl Finding {
    /// A finding with a headline and nothing else yet.
    pub fn new(
        code: &'static str,
        kind: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            kind,
            severity,
            expected: false,
            subjects: Vec::new(),
            actors: Vec::new(),
            message: message.into(),
            places: Vec::new(),
            trace: None,
            schedule: None,
            passing: None,
            waits: Vec::new(),
            cycle: Vec::new(),
            lock_order: Vec::new(),
            partial: false,
            facts: Vec::new(),
            helps: Vec::new(),
            beginner: None,
            learn: None,
            picture: None,
        }
    }

    /// The guilty place, or at least the first one.
    pub fn guilty(&self) -> Option<&Place> {
        { self.places.iter() }
            .find(|it| it.primary)
            .or(self.places.first())
    }

    /// `error`, `warning`, or `expected` if the author asked for it.
    pub fn word(&self) -> &'static str {
        match (self.expected, self.severity) {
            (true, _) => "expected",
            (false, Severity::Error) => "error",
            (false, Severity::Warning) => "warning",
        }
    }
}

/// A place in the source that takes part in a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Where.
    pub span: Span,
    /// What the reader should see there; may be empty.
    pub label: String,
    /// Is it (one of) the guilty ones, underlined with `^`?
    pub primary: bool,
    /// Who is there.
    pub actor: Option<String>,
    /// What happens there: `read`, `write`, `lock`, `wait`, `declaration`.
    pub role: String,
}

impl Place {
    /// A place that takes part.
    pub fn new(span: Span, label: impl Into<String>) -> Self {
        Self {
            span,
            label: label.into(),
            primary: false,
            actor: None,
            role: String::new(),
        }
    }

    /// A guilty place.
    pub fn primary(span: Span, label: impl Into<String>) -> Self {
        Self {
            primary: true,
            ..Self::new(span, label)
        }
    }

    /// Says what happens there when it is nobody's doing: `declaration`.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// Says who does what there.
    #[must_use]
    pub fn by(mut self, actor: impl Into<String>, role: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self.role = role.into();
        self
    }
}

/// An execution as data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// What `replay` takes; prints on one line.
    pub token: String,
    /// How often another actor went on although the current one could have, or had ended.
    pub switches: u64,
    /// Every step, unfolded.
    pub steps: Vec<Step>,
    /// For an infinite execution: the `index` of the step the loop begins with.
    pub loop_from: Option<u64>,
    /// Is none shorter?
    pub shortest: bool,
    /// It goes on until all that can run has run, so that who is left over is seen;
    /// the one who waits may have been without help before that.
    pub settles: bool,
    /// One for each step, or none at all.
    pub moments: Vec<Moment>,
}

impl Schedule {
    /// A finite schedule, known to be shortest.
    pub fn new(token: impl Into<String>, switches: u64, steps: Vec<Step>) -> Self {
        Self {
            token: token.into(),
            switches,
            steps,
            loop_from: None,
            shortest: true,
            settles: false,
            moments: Vec::new(),
        }
    }
}

/// One step of a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// From 1.
    pub index: u64,
    /// Who.
    pub actor: String,
    /// Where.
    pub span: Span,
    /// `read`, `write`, `lock`, `notify`, …
    pub action: String,
    /// The object it acts on.
    pub subject: Option<String>,
    /// The value read, written, sent or received.
    pub value: Option<Value>,
}

/// What holds right after a step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// Everybody who cannot go on.
    pub waits: Vec<Wait>,
    /// The locks that are held.
    pub holds: Vec<Hold>,
    /// What the step took while its actor held others.
    pub orders: Vec<LockEdge>,
}

/// A lock that is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// The lock.
    pub resource: String,
    /// Who holds it.
    pub actor: String,
}

/// An execution in which it goes well, nearest to the one in which it does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passing {
    /// What is different: `step 4 before step 2`.
    pub change: String,
    /// The execution as a table.
    pub trace: TraceTable,
    /// The execution as data.
    pub schedule: Option<Schedule>,
}

/// An actor that cannot go on, and what it waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Who waits.
    pub actor: String,
    /// For what: a lock, a condition, `the end of worker#1`.
    pub resource: String,
    /// Who holds it, or could give it; empty if nobody can.
    pub held_by: Vec<String>,
    /// How the resource depends on them: `held by`, `given by`, `done by`.
    pub relation: String,
    /// Where it waits.
    pub span: Span,
}

impl Wait {
    /// Waiting for something that is `held by` others.
    pub fn new<A: Into<String>>(
        actor: impl Into<String>,
        resource: impl Into<String>,
        held_by: impl IntoIterator<Item = A>,
        span: Span,
    ) -> Self {
        Self {
            actor: actor.into(),
            resource: resource.into(),
            held_by: held_by.into_iter().map(Into::into).collect(),
            relation: "held by".to_owned(),
            span,
        }
    }

    /// Says how the resource depends on the others.
    #[must_use]
    pub fn relation(mut self, text: impl Into<String>) -> Self {
        self.relation = text.into();
        self
    }
}

/// Someone took `to` while holding `from`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockEdge {
    /// The lock held.
    pub from: String,
    /// The lock taken.
    pub to: String,
    /// Who did.
    pub actor: String,
    /// Where `to` is taken.
    pub span: Span,
}

/// One aligned line below the table: a key and what there is to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// `one swap`, `what happened`, `rule`, `protected by`.
    pub key: String,
    /// The text; a line break in it begins a new aligned line.
    pub text: String,
    /// Was it established by running the checker on a changed scenario?
    pub checked: bool,
    /// Does it teach what an expert knows? Not shown at level expert.
    pub lesson: bool,
}

impl Fact {
    /// A line for every reader.
    pub fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            text: text.into(),
            checked: false,
            lesson: false,
        }
    }

    /// A line that was established by checking a changed scenario.
    pub fn checked(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            checked: true,
            ..Self::new(key, text)
        }
    }

    /// A line that an expert does not need.
    pub fn lesson(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            lesson: true,
            ..Self::new(key, text)
        }
    }
}

/// Something to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    /// `make the read and the write one step`.
    pub text: String,
    /// What checking again with the patch gave: `proved, count == 2 always`.
    pub checked: Option<String>,
    /// The edits of the source; shown as changed lines. Empty for advice only.
    pub patch: Vec<Fix>,
    /// Does the patch change what is claimed, and not what the program does?
    pub claim: bool,
}

impl Help {
    /// Advice without a patch.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            checked: None,
            patch: Vec::new(),
            claim: false,
        }
    }

    /// A patch that was applied and checked again, with the result.
    pub fn patch(text: impl Into<String>, patch: Vec<Fix>, checked: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            checked: Some(checked.into()),
            patch,
            claim: false,
        }
    }

    /// A patch of what is claimed: right only if the program is as it should be.
    pub fn claim(text: impl Into<String>, patch: Vec<Fix>, checked: impl Into<String>) -> Self {
        Self {
            claim: true,
            ..Self::patch(text, patch, checked)
        }
    }
}
