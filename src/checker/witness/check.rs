//! `--engine`: a scenario's report, from what loom or shuttle saw of it.
//!
//! Each end that the engine saw is run again on our machine and told as one of
//! our findings. **Invariant:** such a report never says proved; the engine knows
//! none of our properties but those that fail in a run of its own.

use super::super::run::{begun, conclude};
use super::super::sample::tell_outcomes;
use super::super::{Checker, Loaded};
use super::isolated::{Errand, carry_out, send};
use super::{Led, confirm, led_along, ours};
use crate::analysis::shown_by_each;
use crate::base::Source;
use crate::bridge::{self, Bounds, End, Engine, NotBuilt, Race, Sight};
use crate::explore::Limits;
use crate::program::Program;
use crate::report::{ScenarioReport, Stats, Status, Verdict, tell};
use crate::trace::Schedule;
use std::sync::Arc;

/// States of our own search for a race that an engine does not tell in full.
const STATES_MAX: u64 = 200_000;

/// What an engine saw of a scenario, or why it cannot.
///
/// # Errors
///
/// [`NotBuilt`] if this build has no engines.
pub fn see(
    checker: &Checker,
    engine: Engine,
    source: &Source,
    index: usize,
    program: &Program,
    bounds: Bounds,
) -> Result<Sight, NotBuilt> {
    ask(
        checker,
        errand(checker, engine, source, index, bounds),
        program,
    )
}

/// What an engine makes of a schedule of ours, as far as it can be led along it.
///
/// # Errors
///
/// [`NotBuilt`] if this build has no engines.
///
/// # Panics
///
/// If the schedule is not one of the program.
pub fn led(
    checker: &Checker,
    engine: Engine,
    source: &Source,
    index: usize,
    program: &Program,
    (end, schedule): (&End, &Schedule),
) -> Result<Led, NotBuilt> {
    let bounds = checker.witness_bounds();
    led_along(program, (end, schedule), |orders| {
        let errand = Errand {
            orders: Some(orders.to_vec()),
            ..errand(checker, engine, source, index, bounds)
        };
        ask(checker, errand, program)
    })
}

/// Runs an errand in a process of its own, if there is an executable for that.
fn ask(checker: &Checker, errand: Errand, program: &Program) -> Result<Sight, NotBuilt> {
    match &checker.executable {
        Some(executable) if bridge::IS_BUILT => Ok(send(executable, &errand)),
        _ => carry_out(&errand, program),
    }
}

fn errand(
    checker: &Checker,
    engine: Engine,
    source: &Source,
    index: usize,
    bounds: Bounds,
) -> Errand {
    Errand {
        engine,
        bounds,
        file: source.name().to_owned(),
        text: source.text().to_owned(),
        scenario: index,
        sets: checker.sets.clone(),
        orders: None,
        splits_print: checker.splits_print,
    }
}

/// Checks a scenario with an engine.
pub(in crate::checker) fn check(
    checker: &Checker,
    engine: Engine,
    source: &Arc<Source>,
    index: usize,
    loaded: &Loaded,
) -> ScenarioReport {
    let line = source.position(loaded.line_at).line;
    let Some((_, program)) = &loaded.program else {
        let diagnostics = loaded.diagnostics.clone();
        return ScenarioReport {
            diagnostics,
            ..ScenarioReport::error(Arc::clone(source), loaded.name.clone(), line)
        };
    };
    let sight = match bridge::refusal(engine, program) {
        Some(refusal) => Err(tell::refused(source, engine, &refusal)),
        None => see(
            checker,
            engine,
            source,
            index,
            program,
            checker.witness_bounds(),
        )
        .map_err(|not_built| tell::not_built(engine, not_built)),
    };
    let mut report = match sight {
        Ok(sight) => tell_sight(checker, engine, source, program, &sight),
        Err(limit) => ScenarioReport {
            status: Status::Inconclusive,
            limit: Some(limit),
            ..ScenarioReport::error(Arc::clone(source), loaded.name.clone(), line)
        },
    };
    report.diagnostics.splice(0..0, loaded.diagnostics.clone());
    report
}

fn tell_sight(
    checker: &Checker,
    engine: Engine,
    source: &Arc<Source>,
    program: &Program,
    sight: &Sight,
) -> ScenarioReport {
    let mut schedules: Vec<Schedule> = Vec::new();
    let mut lost = 0;
    for (end, log) in &sight.ends {
        let schedule = match end {
            End::Race(race) if race.one == race.other => race_like(program, *race),
            _ => confirm(program, end, log).ok(),
        };
        match schedule {
            Some(schedule) => schedules.push(schedule),
            None => lost += 1,
        }
    }
    let diagnosis = shown_by_each(program, &schedules).expect("they were run before");
    let stats = Stats {
        executions: sight.executions,
        depth: schedules
            .iter()
            .map(|it| it.0.len() as u64)
            .max()
            .unwrap_or(0),
        ..Stats::default()
    };
    let mut report = begun(checker, source, program, stats);
    conclude(&mut report, program, &diagnosis, None);
    tell_outcomes(&mut report, program, &diagnosis);
    for finding in &mut report.findings {
        if let Some(schedule) = &mut finding.schedule {
            schedule.shortest = false;
        }
    }
    let found = report.verdict == Verdict::Refuted;
    report.limit = Some(tell::witnessed(engine, program, sight, lost, found));
    if lost > 0 {
        // What an engine saw and we cannot do is a mistake of one of us.
        report.status = Status::Failed;
    }
    report
}

/// Our own run to a race of which the engine tells only one side.
fn race_like(program: &Program, race: Race) -> Option<Schedule> {
    let limits = Limits {
        states: STATES_MAX,
        ..Limits::default()
    };
    let known = ours(program, &limits, 1).ends.into_iter();
    let mut same = known.filter(|(end, _)| matches!(end, End::Race(it) if race.is_half_of(*it)));
    same.next().map(|(_, schedule)| schedule)
}
