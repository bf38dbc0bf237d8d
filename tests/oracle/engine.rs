//! The real engine, and what it found in the words of the oracle.

use super::facts::Fact;
use threadbare::analysis::{self, Evidence, Finding, Key, Outcome, Rule};
use threadbare::explore::{Limits, search};
use threadbare::program::{Parts, Program};
use threadbare::semantics::{Capacity, Machine};

/// What the engine says of a program.
pub struct Verdict {
    pub n_states: usize,
    pub n_terminal: usize,
    pub n_final: usize,
    pub findings: Vec<Finding>,
    pub outcomes: Vec<Vec<Outcome>>,
    pub executed: Vec<bool>,
    pub may_run_for_ever: bool,
    /// All of it as text.
    pub bytes: String,
}

/// Checks a program with so many workers.
pub fn check(program: &Program, workers: usize) -> Verdict {
    check_on(program, workers, |machine| machine)
}

/// The same if missed signals are remembered also where nobody will ask for them.
pub fn check_with_every_missed_signal(program: &Program) -> Verdict {
    check_on(program, 1, Machine::with_every_missed_signal)
}

/// The same if every job is kept to the end, though nobody can ask for it.
pub fn check_with_every_job(program: &Program) -> Verdict {
    let capacity = Capacity::initial(program).with_every_job();
    check_from(program, 1, capacity, |machine| machine)
}

fn check_on<'p>(
    program: &'p Program,
    workers: usize,
    changed: impl Fn(Machine<'p>) -> Machine<'p>,
) -> Verdict {
    check_from(program, workers, Capacity::initial(program), changed)
}

fn check_from<'p>(
    program: &'p Program,
    workers: usize,
    mut capacity: Capacity,
    changed: impl Fn(Machine<'p>) -> Machine<'p>,
) -> Verdict {
    loop {
        let machine = changed(Machine::new(program, capacity));
        let mut facts = analysis::Facts::new(program);
        let limits = Limits::default();
        match search(&machine, &limits, workers, &mut facts, &mut |_, _, _| {}) {
            Err(more) => capacity = more,
            Ok(search) => {
                assert_eq!(search.bound(), None, "the oracle has explored it all");
                let (n_final, executed) = (facts.n_final, facts.executed.clone());
                let diagnosis = analysis::diagnose(program, &search, limits.memory, &mut facts);
                let n_states = search.n_states();
                let n_terminal = search.n_terminal();
                let n_steps = search.n_steps();
                let bytes = format!(
                    "{n_states} {n_terminal} {n_steps} {n_final} {executed:?} {:?} {:?}",
                    diagnosis.findings, diagnosis.outcomes
                );
                return Verdict {
                    n_states: n_states as usize,
                    n_terminal: usize::try_from(n_terminal).expect("a small number"),
                    n_final: usize::try_from(n_final).expect("a small number"),
                    findings: diagnosis.findings,
                    outcomes: diagnosis.outcomes,
                    executed,
                    may_run_for_ever: diagnosis.may_run_for_ever,
                    bytes,
                };
            }
        }
    }
}

/// The same program without clearing registers that are never read again.
pub fn keeping_dead_registers(program: &Program) -> Program {
    let mut parts: Parts = (**program).clone();
    for dead in &mut parts.dead {
        *dead = Box::default();
    }
    Program::new(parts).expect("only the lists of dead registers have changed")
}

/// A finding as a fact; `None` for advice about style, which is about the text.
pub fn as_fact(program: &Program, finding: &Finding) -> Option<Fact> {
    // That a pool waits for itself is asked of the execution, see `compare`.
    let code = match (finding.rule, &finding.key) {
        (Rule::WorkersStarved, Some(Key::Circle(places) | Key::Knot(places))) => {
            if places.len() > 1 {
                Rule::Deadlock.code()
            } else {
                Rule::SelfDeadlock.code()
            }
        }
        (rule, _) => rule.code(),
    };
    if matches!(
        finding.rule,
        Rule::WaitInIf
            | Rule::NeverReached
            | Rule::CannotFail
            | Rule::Polling
            | Rule::SleepAsSignal
            | Rule::LostUpdate
    ) {
        return None;
    }
    // Runs that go on for ever have an oracle of their own, in `tests/liveness`.
    if finding.evidence.lasso().is_some() {
        return None;
    }
    let object = |id: threadbare::program::ObjectId| program.objects[id.index()].name.clone();
    let (places, what) = match &finding.key {
        Some(Key::Race(var, one, other)) => {
            (vec![*one, *other], program.vars[var.index()].name.clone())
        }
        Some(Key::Unguarded(var, span)) => (vec![*span], program.vars[var.index()].name.clone()),
        Some(Key::Circle(places)) => (places.clone(), "circle".to_owned()),
        Some(Key::Knot(places)) => (places.clone(), "knot".to_owned()),
        Some(Key::Forsaken(span)) => (vec![*span], String::new()),
        Some(Key::LostSignal(span, id)) => (vec![*span], object(*id)),
        Some(Key::Fault(span, _)) => (vec![*span], String::new()),
        Some(
            Key::Always(index)
            | Key::Finally(index)
            | Key::Order(index)
            | Key::PropertyFault(index),
        ) => (Vec::new(), index.to_string()),
        Some(Key::LockLeak(id, span)) => (vec![*span], object(*id)),
        Some(Key::Died(span, name, _)) => (vec![*span], program.name(*name).to_owned()),
        Some(Key::Leak(span, outlived)) => {
            let what = if *outlived { "outlived" } else { "in time" };
            (vec![*span], what.to_owned())
        }
        Some(Key::NeverAwaited(span) | Key::BlockedLoop(span)) => (vec![*span], String::new()),
        Some(Key::TaskDied(span, name, _)) => {
            let name = format!("{} of a task", program.name(*name));
            (vec![*span], name)
        }
        Some(Key::CutOff(span)) => (vec![*span], "cut off".to_owned()),
        Some(Key::Killed(span)) => (vec![*span], String::new()),
        Some(Key::Unfinished(span)) => (vec![*span], "unfinished".to_owned()),
        Some(Key::JobFailed(span, name, _)) => {
            let name = format!("{} of a job", program.name(*name));
            (vec![*span], name)
        }
        Some(Key::JobLost(span)) => (vec![*span], "lost".to_owned()),
        Some(Key::BarrierCrowded(id)) => (Vec::new(), object(*id)),
        Some(Key::PermitLeak(id)) => (Vec::new(), object(*id)),
        Some(Key::NotifyWithoutLock(span) | Key::ThreadPerJob(span)) => {
            (vec![*span], String::new())
        }
        Some(Key::LostUpdate(..) | Key::SleepAsSignal(..)) => {
            unreachable!("left out above; tests/updates asks their executions")
        }
        Some(
            Key::Eventually(_)
            | Key::LeadsTo(_)
            | Key::Starvation(_)
            | Key::Spinning(_)
            | Key::Livelock(_),
        ) => unreachable!("such a finding has a lasso"),
        None => match &finding.evidence {
            Evidence::LockOrder(circle) => {
                let edges = circle.edges.iter();
                let mut places: Vec<_> = edges.map(|edge| program.site(edge.pc).span).collect();
                places.sort_unstable();
                (places, String::new())
            }
            Evidence::UnexpectedOutcome(index, values) => {
                (Vec::new(), format!("{index} unexpected {values:?}"))
            }
            Evidence::MissingOutcome(index, values) => {
                (Vec::new(), format!("{index} missing {values:?}"))
            }
            Evidence::NeverHolds(index) => (Vec::new(), index.to_string()),
            other => panic!("a finding without a key: {other:?}"),
        },
    };
    Some(Fact::new(code, places, what))
}
