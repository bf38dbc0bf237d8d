//! What pictures show beside findings: the order of locks, and all states.

use super::{Checker, Loaded};
use crate::analysis::{Facts, looks_at_hidden};
use crate::base::Source;
use crate::explore::{Limits, Passing, Reduced, Reduction, Search, search, search_reduced};
use crate::program::Program;
use crate::report::escape::shell_word;
use crate::report::picture::{Graph, NODES_MAX};
use crate::report::{LockEdge, ScenarioReport, tell};
use crate::semantics::{Capacity, Machine};

/// Completes the commands for pictures in the reports of one file: where several findings
/// or scenarios could be meant, they say which.
pub(super) fn name_pictures(reports: &mut [ScenarioReport]) {
    let several = reports.len() > 1;
    let mut waits = 0;
    for report in reports {
        let name = shell_word(&report.name).into_owned();
        for finding in &mut report.findings {
            waits += usize::from(!finding.waits.is_empty());
            let token = finding.schedule.as_ref().map(|it| shell_word(&it.token));
            let Some(picture) = &mut finding.picture else {
                continue;
            };
            match (&**picture, token) {
                ("graph waits", Some(token)) if waits > 1 => {
                    *picture += &format!(" --token {token}");
                }
                ("graph locks", _) if several => *picture += &format!(" --scenario {name}"),
                _ => {}
            }
        }
    }
}

/// The scenario has mistakes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotLoaded;

impl Checker {
    /// The lock-order graph of a scenario: who takes which lock while holding which.
    ///
    /// # Errors
    ///
    /// If the scenario has mistakes.
    pub fn lock_order(&self, source: &Source, loaded: &Loaded) -> Result<Graph, NotLoaded> {
        let (_, program) = loaded.program.as_ref().ok_or(NotLoaded)?;
        let (edges, complete) = self.explore(program, |search, facts| {
            let edges: Vec<LockEdge> = facts
                .edges
                .iter()
                .map(|edge| LockEdge {
                    from: program.objects[edge.from.index()].name.clone(),
                    to: program.objects[edge.to.index()].name.clone(),
                    actor: match program.actors.get(edge.actor) {
                        Some(actor) => actor.name.clone(),
                        None => program.function_at(edge.pc).name.clone(),
                    },
                    span: program.site(edge.pc).span,
                })
                .collect();
            (edges, search.bound().is_none())
        });
        let partly = if complete {
            ""
        } else {
            " (the search was stopped)"
        };
        let title = format!("lock order of {}{partly}", program.name);
        Ok(Graph::locks(title, &edges, source))
    }

    /// All states of a scenario and the steps between them.
    ///
    /// # Errors
    ///
    /// `Ok(None)` if there are more states than a picture can show; [`NotLoaded`]
    /// if the scenario has mistakes.
    pub fn state_map(&self, loaded: &Loaded) -> Result<Option<Graph>, NotLoaded> {
        let (_, program) = loaded.program.as_ref().ok_or(NotLoaded)?;
        let mut checker = self.clone();
        let enough = NODES_MAX as u64 + 1;
        checker.limits.states = checker.limits.states.min(enough);
        Ok(checker.explore(program, |search, _| tell::states(search).ok()))
    }

    /// The states and steps of a scenario that are left when one order is enough of
    /// steps whose order makes no difference; or why none can be left out. With
    /// `symmetry`, of states that differ only in threads that are alike there is one.
    ///
    /// # Errors
    ///
    /// As [`Self::state_map`].
    pub fn orders_map(
        &self,
        loaded: &Loaded,
        symmetry: bool,
    ) -> Result<Result<Option<Graph>, &'static str>, NotLoaded> {
        let (_, program) = loaded.program.as_ref().ok_or(NotLoaded)?;
        let reduction = match (looks_at_hidden(program), Reduction::of(program)) {
            (Some(why), _) => return Ok(Err(why)),
            (None, Err(off)) => return Ok(Err(off.why())),
            (None, Ok(reduction)) => reduction,
        };
        let limits = Limits {
            states: self.limits.states.min(NODES_MAX as u64 + 1),
            ..self.limits.clone()
        };
        let mut capacity = Capacity::initial(program);
        loop {
            let machine = Machine::new(program, capacity);
            let mut facts = Facts::new(program);
            let mut silent = |_, _, _| {};
            let workers = self.workers;
            let how = Reduced {
                gives_up_after: None,
                orders: &reduction,
                passing: Passing::Nothing,
                symmetry,
            };
            let found = search_reduced(&machine, how, &limits, workers, &mut facts, &mut silent);
            match found {
                Ok(found) if found.has_circle(limits.memory) == Ok(true) => {
                    return Ok(Err("runs can go on for ever"));
                }
                Ok(found) => return Ok(Ok(tell::states(&found).ok())),
                Err(more) => capacity = more,
            }
        }
    }

    /// Searches a program and looks at the result.
    fn explore<T>(&self, program: &Program, look: impl Fn(&Search<'_>, &Facts<'_>) -> T) -> T {
        let mut capacity = Capacity::initial(program);
        loop {
            let machine = Machine::new(program, capacity);
            let mut facts = Facts::new(program);
            let mut silent = |_, _, _| {};
            let found = search(
                &machine,
                &self.limits,
                self.workers,
                &mut facts,
                &mut silent,
            );
            match found {
                Ok(found) => return look(&found, &facts),
                Err(more) => capacity = more,
            }
        }
    }
}
