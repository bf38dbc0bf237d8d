//! A replay token becomes the execution it stands for, or the reason why not.

use super::expect::judge;
use super::explain::{BRIEF_STATES, repair_as};
use super::{Checker, Loaded, Repairs, on_a_large_stack, run};
use crate::analysis;
use crate::base::{Diagnostic, Source};
use crate::program::Program;
use crate::report::tell::NoAnswer;
use crate::report::{Fact, Finding, ScenarioReport, Schedule, TraceTable, tell};
use crate::trace::{NotReplayable, Token, fingerprint, replay};
use std::fmt;
use std::sync::Arc;

/// States that are searched for a finding that its execution alone does not show.
const STATES_MAX: u64 = 1_000_000;

/// An execution that was run again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The scenario.
    pub name: String,
    /// The line it begins at.
    pub line: u32,
    /// The token with the digits of the program.
    pub token: String,
    /// What the execution ends in; empty if nothing is wrong there.
    pub findings: Vec<Finding>,
    /// The execution as a table; `None` if it has no steps.
    pub trace: Option<TraceTable>,
    /// The execution as data.
    pub schedule: Option<Schedule>,
    /// The answer to [`Checker::why`]: a headline and the chain.
    pub why: Option<(String, Vec<Fact>)>,
}

/// Why a token cannot be replayed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CannotReplay {
    /// It is no token.
    BadToken(String),
    /// The file has mistakes.
    Broken(Vec<Diagnostic>),
    /// No scenario was chosen.
    NoScenario,
    /// The token does not say to which of these scenarios it belongs.
    Ambiguous(Vec<String>),
    /// The token's digits are of none of these scenarios: they have changed since.
    Changed(String, Vec<String>),
    /// The scenario has no such execution.
    NotReplayable(String, NotReplayable),
    /// The question why a value is what it is has no answer.
    NoAnswer(String, NoAnswer),
}

impl fmt::Display for CannotReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadToken(reason) => write!(f, "this is no replay token: {reason}"),
            Self::Broken(_) => f.write_str("the file has mistakes"),
            Self::NoScenario => f.write_str("no scenario was chosen"),
            Self::Ambiguous(_) => {
                f.write_str("the token does not say to which scenario it belongs")
            }
            Self::Changed(digits, names) => match names.as_slice() {
                [name] => write!(
                    f,
                    "the token was made for another version of \"{name}\": its digits are {digits}"
                ),
                _ => write!(f, "no scenario here has the digits {digits} of the token"),
            },
            Self::NotReplayable(name, reason) => {
                write!(f, "\"{name}\" has no such execution: {reason}")
            }
            Self::NoAnswer(question, NoAnswer::BadQuestion) => {
                write!(f, "`{question}` is no question for `--why`")
            }
            Self::NoAnswer(_, NoAnswer::Unknown(name, _)) => {
                write!(f, "no variable `{name}` in this scenario")
            }
            Self::NoAnswer(_, NoAnswer::TooLate(1)) => {
                write!(f, "this execution has only one step")
            }
            Self::NoAnswer(_, NoAnswer::TooLate(n)) => {
                write!(f, "this execution has only {n} steps")
            }
        }
    }
}

impl CannotReplay {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let quoted = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|it| format!("\"{it}\"")).collect();
            names.join(", ")
        };
        match self {
            Self::BadToken(_) => {
                Some("copy it from the `replay` line of a report, as in 0110-1a2b".to_owned())
            }
            Self::Ambiguous(names) => Some(format!(
                "add `--scenario NAME` with one of {}",
                quoted(names)
            )),
            Self::Changed(digits, _) => Some(format!(
                "the scenario has changed since, or it was checked with another `--set`; \
                 check again for a new token, or try without `-{digits}`"
            )),
            Self::NotReplayable(..) => Some(
                "the token belongs to another scenario or an earlier version of it; \
                 check again for a new one"
                    .to_owned(),
            ),
            Self::NoAnswer(_, NoAnswer::Unknown(_, names)) => {
                Some(format!("`--why` takes one of {}", names.join(", ")))
            }
            Self::NoAnswer(..) => Some(
                "write `--why x@5` for the value of `x` after step 5, or `--why x` for the end"
                    .to_owned(),
            ),
            Self::Broken(_) | Self::NoScenario => None,
        }
    }
}

impl std::error::Error for CannotReplay {}

impl Checker {
    /// Runs the execution that a token stands for again, and says what it ends in.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use threadbare::base::Source;
    /// use threadbare::Checker;
    ///
    /// let text = "scenario \"s\" { var n = 0 thread t * 2 { n += 1 } finally assert n == 2 }";
    /// let source = Arc::new(Source::new("s.tb", text));
    /// let replayed = Checker::new().replay(&source, "0110")?;
    /// assert_eq!(replayed.findings[0].code, "A003");
    /// # Ok::<(), threadbare::checker::CannotReplay>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CannotReplay`] says why not, and [`CannotReplay::help`] what to do.
    pub fn replay(&self, source: &Arc<Source>, token: &str) -> Result<Replayed, CannotReplay> {
        on_a_large_stack(|| self.replay_here(source, token))
    }

    fn replay_here(&self, source: &Arc<Source>, token: &str) -> Result<Replayed, CannotReplay> {
        let token: Token = token
            .parse()
            .map_err(|bad: crate::trace::BadToken| CannotReplay::BadToken(bad.reason))?;
        let file = self.load_here(source);
        let mut mistakes = file.diagnostics;
        mistakes.retain(super::is_error);
        let mut candidates: Vec<&Loaded> = Vec::new();
        for loaded in file.scenarios.iter().filter(|it| self.wants(&it.name)) {
            match &loaded.program {
                Some(_) => candidates.push(loaded),
                None => mistakes.extend(loaded.diagnostics.iter().cloned()),
            }
        }
        let loaded = match choose(&candidates, &token) {
            Ok(loaded) => loaded,
            Err(_) if !mistakes.is_empty() => return Err(CannotReplay::Broken(mistakes)),
            Err(reason) => return Err(reason),
        };
        let (_, program) = loaded.program.as_ref().expect("candidates have programs");
        self.replay_program(source, loaded, program, &token)
    }

    fn replay_program(
        &self,
        source: &Arc<Source>,
        loaded: &Loaded,
        program: &Program,
        token: &Token,
    ) -> Result<Replayed, CannotReplay> {
        let cannot = |reason| CannotReplay::NotReplayable(loaded.name.clone(), reason);
        let schedule = &token.schedule;
        let found = analysis::shown_by(program, schedule).map_err(cannot)?;
        let text = schedule.token(program);
        let mut findings = Vec::new();
        for (finding, judged) in found.iter().zip(judge(program, &found)) {
            let mut told = tell::tell(program, source, finding, false);
            told.expected = judged.expected;
            // Whoever made the token may have taken a longer way.
            if let Some(schedule) = &mut told.schedule {
                schedule.shortest = false;
            }
            findings.push(told);
        }
        let repaired = self.repairs != Repairs::Never && self.why.is_none();
        if findings.is_empty() {
            let checked = self.searched(source, loaded);
            findings = checked.map_or_else(Vec::new, |it| with_token(it, &text));
        } else if let Some(checked) = self.searched_briefly(source, loaded, repaired) {
            findings.iter_mut().for_each(|it| repair_as(&checked, it));
            // What the execution does not show by itself.
            let others = with_token(checked, &text);
            let is_new = |it: &Finding| !findings.iter().any(|shown| is_same(shown, it));
            let others: Vec<Finding> = others.into_iter().filter(is_new).collect();
            findings.extend(others);
        }
        let (trace, steps) = tell::execution(program, source, schedule).unwrap_or_default();
        let why = match &self.why {
            None => None,
            Some(question) => tell::why(program, source, schedule, question)
                .transpose()
                .map_err(|reason| CannotReplay::NoAnswer(question.clone(), reason))?,
        };
        Ok(Replayed {
            why,
            name: loaded.name.clone(),
            line: source.position(loaded.line_at).line,
            token: text,
            findings,
            trace,
            schedule: steps,
        })
    }

    /// A check with little effort.
    fn searched_briefly(
        &self,
        source: &Arc<Source>,
        loaded: &Loaded,
        repaired: bool,
    ) -> Option<ScenarioReport> {
        let repairs = match repaired {
            true => Repairs::Always,
            false => Repairs::Never,
        };
        let checker = self.clone().repairs_briefly().repairs(repairs);
        checker.search_again(source, loaded, BRIEF_STATES.0)
    }

    /// A check as it was asked for.
    fn searched(&self, source: &Arc<Source>, loaded: &Loaded) -> Option<ScenarioReport> {
        self.clone().search_again(source, loaded, STATES_MAX)
    }

    fn search_again(
        mut self,
        source: &Arc<Source>,
        loaded: &Loaded,
        states_max: u64,
    ) -> Option<ScenarioReport> {
        let (hir, program) = loaded.program.as_ref()?;
        self.mode = super::Mode::AllRuns;
        self.limits.states = self.limits.states.min(states_max);
        Some(run::check(&self, source, hir, program, Vec::new()))
    }
}

/// The findings of a check that this token shows.
fn with_token(checked: ScenarioReport, token: &str) -> Vec<Finding> {
    let mut findings = checked.findings;
    findings.retain(|it| it.schedule.as_ref().is_some_and(|it| it.token == token));
    findings
}

/// Whether two findings are the same bug.
fn is_same(one: &Finding, other: &Finding) -> bool {
    let of = |it: &Finding| (it.code, it.subjects.clone(), it.guilty().map(|it| it.span));
    of(one) == of(other)
}

/// The scenario that a token belongs to.
fn choose<'a>(candidates: &[&'a Loaded], token: &Token) -> Result<&'a Loaded, CannotReplay> {
    let names = || candidates.iter().map(|it| it.name.clone()).collect();
    let program = |it: &&&Loaded| it.program.as_ref().map(|(_, program)| fingerprint(program));
    match (candidates, token.fingerprint) {
        ([], _) => Err(CannotReplay::NoScenario),
        (_, Some(digits)) => {
            let mut alike = candidates.iter().filter(|it| program(it) == Some(digits));
            let changed = || CannotReplay::Changed(format!("{digits:04x}"), names());
            alike.next().copied().ok_or_else(changed)
        }
        ([one], None) => Ok(one),
        (_, None) => {
            // If only one of them has such an execution, it is that one.
            let mut able: Vec<&Loaded> = candidates.to_vec();
            able.retain(|it| {
                let program = it.program.as_ref().map(|(_, program)| program);
                program.is_some_and(|program| replay(program, &token.schedule).is_ok())
            });
            match able.as_slice() {
                [one] => Ok(one),
                _ => Err(CannotReplay::Ambiguous(names())),
            }
        }
    }
}
