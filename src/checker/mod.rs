//! The façade: sources and a configuration in, a report out.
//!
//! text → syntax tree → resolved scenario → program → search → facts →
//! findings → report; each arrow is one call below. Only this room reads files.

mod bless;
mod checkpoint;
mod expect;
mod explain;
mod files;
mod first;
mod gil;
mod options;
mod pictures;
mod reduced;
mod replay;
mod run;
mod sample;
pub mod witness;

pub use bless::{Blessed, CannotBless};
pub use checkpoint::CannotResume;
pub use files::{FileError, Input};
pub use options::{Progress, Reduction, Repairs};
pub use pictures::NotLoaded;
pub use replay::{CannotReplay, Replayed};

use crate::base::{Diagnostic, Severity, Source};
pub use crate::bridge::{Bounds, Engine};
use crate::explore::{Limits, MemoryBudget};
pub use crate::explore::{Sampling, Strategy};
use crate::hir;
pub use crate::hir::MemoryModel;
use crate::program::Program;
use crate::report::{Report, ScenarioReport, Status};
use crate::syntax;
use options::{FEW, Mode};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Bytes of stack for everything that recurses over a syntax tree.
const STACK_BYTES: usize = 16 << 20;

type OnCheckpoint = Arc<dyn Fn(&[u8]) + Send + Sync>;
type OnProgress = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// Checks scenarios.
///
/// ```
/// use threadbare::checker::Checker;
/// use threadbare::report::Status;
///
/// let report = Checker::new().check_str(
///     "counter",
///     r#"scenario "lost update" {
///         var count = 0
///         thread worker * 2 { count += 1 }
///         outcomes (count) == { 1, 2 }
///         expect race on count
///     }"#,
/// );
/// assert_eq!(report.scenarios[0].status, Status::Passed);
/// ```
#[derive(Clone)]
pub struct Checker {
    limits: Limits,
    /// Somebody asked for a number of states.
    states_given: bool,
    workers: usize,
    reduction: Reduction,
    sets: Vec<(String, i64)>,
    sets_where_known: bool,
    only: Vec<String>,
    mode: Mode,
    executions: Option<u64>,
    executable: Option<PathBuf>,
    memory: Option<MemoryModel>,
    splits_print: Option<bool>,
    repairs: Repairs,
    repairs_are_brief: bool,
    why: Option<String>,
    on_progress: Option<OnProgress>,
    on_checkpoint: Option<(Duration, OnCheckpoint)>,
    begun: Option<checkpoint::Begun>,
}

impl Default for Checker {
    fn default() -> Self {
        Self::new()
    }
}

impl Checker {
    /// A checker with the default limits: ten million states, half of the
    /// machine's memory, no time limit, one worker.
    pub fn new() -> Self {
        Self {
            limits: Limits::default(),
            states_given: false,
            workers: 1,
            reduction: Reduction::default(),
            sets: Vec::new(),
            sets_where_known: false,
            only: Vec::new(),
            mode: Mode::default(),
            executions: None,
            executable: None,
            memory: None,
            splits_print: None,
            repairs: Repairs::default(),
            repairs_are_brief: false,
            why: None,
            on_progress: None,
            on_checkpoint: None,
            begun: None,
        }
    }

    /// Stops, inconclusive, at this number of stored states.
    ///
    /// Where no number is given, it is ten million; and a scenario that is large ends
    /// earlier, after 200,000, if a bug is known by then. With a number, all is searched
    /// up to it.
    #[must_use]
    pub fn max_states(mut self, states: u64) -> Self {
        self.limits.states = states;
        self.states_given = true;
        self
    }

    /// Stops, inconclusive, at runs of this number of steps.
    #[must_use]
    pub fn max_depth(mut self, steps: u32) -> Self {
        self.limits.depth = Some(steps);
        self
    }

    /// Stops, inconclusive, before stored states take more than these bytes.
    #[must_use]
    pub fn max_memory(mut self, bytes: u64) -> Self {
        self.limits.memory = MemoryBudget(bytes);
        self
    }

    /// Stops, inconclusive, after this time for each scenario.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.limits.time = Some(time);
        self
    }

    /// Expands states on so many threads. The report does not depend on it.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Chooses what may be skipped.
    #[must_use]
    pub fn reduction(mut self, reduction: Reduction) -> Self {
        self.reduction = reduction;
        self
    }

    /// Samples executions instead of searching all: until one shows an error that
    /// is not expected, or there were enough. Never proves anything.
    #[must_use]
    pub fn sample(mut self, sampling: Sampling) -> Self {
        self.mode = Mode::Sample(sampling);
        self
    }

    /// Searches only the runs in which an actor that could go on is left at most
    /// so many times. Never proves anything, but misses none of these runs.
    #[must_use]
    pub fn few_switches(mut self, most: u32) -> Self {
        self.mode = Mode::FewSwitches(most);
        self
    }

    /// Lets another engine run the scenarios, on its own threads and locks: an
    /// independent witness. Never proves anything; see [`witness`].
    ///
    /// ```
    /// use threadbare::checker::{Checker, Engine};
    ///
    /// let report = Checker::new().engine(Engine::Shuttle).check_str(
    ///     "counter",
    ///     r#"scenario "lost update" {
    ///         var count = 0
    ///         thread worker * 2 { count += 1 }
    ///         finally assert count == 2
    ///     }"#,
    /// );
    /// let scenario = &report.scenarios[0];
    /// assert_eq!(scenario.limit.as_ref().unwrap().code, "B014");
    /// # if threadbare::bridge::IS_BUILT {
    /// assert!(report.finding("race").is_some());
    /// # }
    /// ```
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.mode = Mode::Witness(engine);
        self
    }

    /// Executions that another engine may run.
    #[must_use]
    pub fn max_executions(mut self, executions: u64) -> Self {
        self.executions = Some(executions);
        self
    }

    /// Runs other engines in processes of this executable, which must be a
    /// `threadbare`: they can abort, and take more time or memory than they should.
    /// Without it they run in this process.
    #[must_use]
    pub fn isolated(mut self, executable: impl Into<PathBuf>) -> Self {
        self.executable = Some(executable.into());
        self
    }

    /// How far another engine may go.
    pub fn witness_bounds(&self) -> Bounds {
        let defaults = Bounds::default();
        Bounds {
            executions: self.executions.unwrap_or(defaults.executions),
            steps: self.limits.depth.unwrap_or(defaults.steps),
            time: self.limits.time.unwrap_or(defaults.time),
            memory: self.limits.memory.0.min(defaults.memory),
        }
    }

    /// Checks all scenarios under this memory model, whatever they say themselves.
    #[must_use]
    pub fn memory(mut self, model: MemoryModel) -> Self {
        self.memory = Some(model);
        self
    }

    /// Makes every `print` two steps, the text and the line end, or one, whatever
    /// the scenarios say themselves.
    #[must_use]
    pub fn splits_print(mut self, splits: bool) -> Self {
        self.splits_print = Some(splits);
        self
    }

    /// Looks for edits that repair what is found, and checks each of them.
    #[must_use]
    pub fn repairs(mut self, repairs: Repairs) -> Self {
        self.repairs = repairs;
        self
    }

    /// Looks for one repair of the first findings of a scenario that fails, with
    /// little effort: only where few states were searched, and at most some thousand
    /// more are. A failing test stays fast.
    #[must_use]
    pub fn repairs_briefly(mut self) -> Self {
        self.repairs = Repairs::Failing;
        self.repairs_are_brief = true;
        self
    }

    /// Asks, at a replay, why a variable has its value after a step: `x@5`.
    #[must_use]
    pub fn why(mut self, question: impl Into<String>) -> Self {
        self.why = Some(question.into());
        self
    }

    /// Gives a `const` of the scenarios another value; a bool is 0 or 1.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: i64) -> Self {
        self.sets.push((name.into(), value));
        self
    }

    /// Of several files, only those that have the constant of a [`Self::set`] take it.
    /// Without this, a file that does not have it is wrong.
    #[must_use]
    pub fn sets_where_known(mut self) -> Self {
        self.sets_where_known = true;
        self
    }

    /// Names given to [`Self::set`] that are a constant of none of the inputs.
    pub fn unknown_sets(&self, inputs: &[Input]) -> Vec<String> {
        let mut unknown: Vec<String> = self.sets.iter().map(|(name, _)| name.clone()).collect();
        unknown.dedup();
        for input in inputs {
            if unknown.is_empty() {
                break;
            }
            if let Ok(source) = input.clone().into_source() {
                let known = on_a_large_stack(|| {
                    let (tree, _) = syntax::parse(&source);
                    let known = syntax::resolve::constants(&tree).into_iter();
                    known.map(str::to_owned).collect::<Vec<_>>()
                });
                unknown.retain(|name| !known.contains(name));
            }
        }
        unknown
    }

    /// Checks only scenarios whose name contains the text (or any of several).
    #[must_use]
    pub fn only(mut self, name: impl Into<String>) -> Self {
        self.only.push(name.into());
        self
    }

    /// Whether a scenario with this name is among those to check.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| name.contains(text))
    }

    /// A flag that stops the search, inconclusive, when it is raised.
    #[must_use]
    pub fn interrupt(mut self, flag: Arc<AtomicBool>) -> Self {
        self.limits.interrupt = flag;
        self
    }

    /// Called when a scenario begins, and now and then during its search.
    #[must_use]
    pub fn on_progress(mut self, call: impl Fn(Progress<'_>) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(call));
        self
    }

    /// Calls `write` with the bytes of a checkpoint: every so often while all runs of
    /// a scenario are searched, and where a limit ends the search. They are meant for
    /// a file, and for [`Self::resume`].
    #[must_use]
    pub fn checkpoint(
        mut self,
        every: Duration,
        write: impl Fn(&[u8]) + Send + Sync + 'static,
    ) -> Self {
        self.on_checkpoint = Some((every, Arc::new(write)));
        self
    }

    /// Checks the scenarios in a text.
    pub fn check_str(&self, name: impl Into<String>, text: impl Into<String>) -> Report {
        self.check_inputs([Input::from_text(name, text)])
    }

    /// Checks the scenarios of a file, or of all `.tb` files below a folder.
    pub fn check_path(&self, path: impl AsRef<Path>) -> Report {
        self.check_inputs(Input::collect([path.as_ref()]))
    }

    /// Checks the scenarios of several files and folders.
    pub fn check_paths<P: AsRef<Path>>(&self, paths: impl IntoIterator<Item = P>) -> Report {
        self.check_inputs(Input::collect(paths))
    }

    /// Checks what was read, or could not be.
    pub fn check_inputs(&self, inputs: impl IntoIterator<Item = Input>) -> Report {
        let start = Instant::now();
        let mut scenarios = Vec::new();
        for input in inputs {
            scenarios.extend(self.check_input(input));
        }
        let mut report = Report::new(scenarios);
        report.elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
        report
    }

    /// Checks the scenarios of one input, one report for each, in order.
    pub fn check_input(&self, input: Input) -> Vec<ScenarioReport> {
        match input.into_source() {
            Ok(source) => self.check_source(Arc::new(source)),
            Err(error) => vec![error.into_report()],
        }
    }

    /// Checks the scenarios of one source, one report for each, in order. A
    /// source with mistakes outside its scenarios gives one report of its own.
    pub fn check_source(&self, source: Arc<Source>) -> Vec<ScenarioReport> {
        on_a_large_stack(|| self.check_here(&source))
    }

    fn check_here(&self, source: &Arc<Source>) -> Vec<ScenarioReport> {
        let loaded = self.load_here(source);
        let alone = loaded.scenarios.iter().filter(|it| self.wants(&it.name));
        if self.repairs == Repairs::Alone {
            let repairs = match alone.count() {
                ..=FEW => Repairs::Always,
                _ => Repairs::Failing,
            };
            return self.clone().repairs(repairs).check_here(source);
        }
        let mut reports = Vec::new();
        if !loaded.diagnostics.is_empty() || loaded.scenarios.is_empty() {
            reports.extend(file_report(source, loaded.diagnostics));
        }
        for (index, scenario) in loaded.scenarios.iter().enumerate() {
            if !self.wants(&scenario.name) {
                continue;
            }
            reports.push(match self.mode {
                Mode::Witness(engine) => witness::check(self, engine, source, index, scenario),
                _ => self.check_loaded(source, scenario),
            });
        }
        pictures::name_pictures(&mut reports);
        reports
    }

    /// Checks one scenario that was loaded from the source.
    pub fn check_loaded(&self, source: &Arc<Source>, loaded: &Loaded) -> ScenarioReport {
        let line = source.position(loaded.line_at).line;
        let diagnostics = loaded.diagnostics.clone();
        match &loaded.program {
            Some((hir, program)) => run::check(self, source, hir, program, diagnostics),
            None => ScenarioReport {
                diagnostics,
                ..ScenarioReport::error(Arc::clone(source), loaded.name.clone(), line)
            },
        }
    }

    /// The scenarios of a source as programs, with what is wrong about them.
    pub fn load(&self, source: &Source) -> LoadedFile {
        on_a_large_stack(|| self.load_here(source))
    }

    fn reduce(&self, program: Program) -> Program {
        match self.reduction {
            Reduction::None => program.with_dead_values(),
            Reduction::Safe => program,
        }
    }

    fn load_here(&self, source: &Source) -> LoadedFile {
        let (tree, mut diagnostics) = syntax::parse(source);
        let mut sets = self.sets.clone();
        if self.sets_where_known {
            let known = syntax::resolve::constants(&tree);
            sets.retain(|(name, _)| known.contains(name.as_str()));
        }
        let resolution = syntax::resolve::resolve(&tree, source, &sets);
        let broken = diagnostics.iter().any(is_error);
        diagnostics.extend(resolution.diagnostics);
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        let mut scenarios = Vec::new();
        for resolved in resolution.scenarios {
            let mut found = resolved.diagnostics;
            let compiled = resolved.scenario.filter(|_| !broken).and_then(|mut hir| {
                hir.splits_print = self.splits_print.unwrap_or(hir.splits_print);
                crate::compile::compile(&hir)
                    .map_err(|errors| found.extend(errors))
                    .ok()
                    .map(|program| (hir, self.reduce(program)))
            });
            scenarios.push(Loaded {
                name: resolved.name,
                line_at: resolved.span.start,
                program: compiled,
                diagnostics: found,
            });
        }
        if broken {
            // The syntax is wrong, so nothing that follows from it can be trusted.
            for scenario in &mut scenarios {
                diagnostics.append(&mut scenario.diagnostics);
            }
            diagnostics.sort_by_key(|diagnostic| diagnostic.span);
            diagnostics.truncate(syntax::limits::DIAGNOSTICS_MAX);
            scenarios.clear();
        }
        LoadedFile {
            scenarios,
            diagnostics,
        }
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// The scenarios of a file, ready to be searched.
#[derive(Debug)]
pub struct LoadedFile {
    /// In source order.
    pub scenarios: Vec<Loaded>,
    /// Mistakes that belong to no scenario, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// A scenario, ready to be searched if nothing is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// Its name.
    pub name: String,
    /// The byte it begins at.
    pub line_at: u32,
    /// What the author meant, and the program that runs.
    pub program: Option<(hir::Scenario, Program)>,
    /// Mistakes and warnings in its text.
    pub diagnostics: Vec<Diagnostic>,
}

fn file_report(source: &Arc<Source>, diagnostics: Vec<Diagnostic>) -> Option<ScenarioReport> {
    let mut diagnostics = diagnostics;
    if diagnostics.is_empty() {
        let all = source.body();
        let at = crate::base::Span::new(all.start, all.start);
        diagnostics.push(
            Diagnostic::error("E002", at, "this file holds no scenario")
                .help("begin with `scenario \"a name\" { … }`"),
        );
    }
    let error = diagnostics.iter().any(is_error);
    let mut report = ScenarioReport::error(Arc::clone(source), "", 1);
    if !error {
        report.status = Status::Passed;
    }
    report.diagnostics = diagnostics;
    Some(report)
}

/// Runs on a thread whose stack is as large as the limits on nesting need.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
        let handle = builder
            .spawn_scoped(scope, work)
            .expect("the system can start a thread");
        match handle.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
