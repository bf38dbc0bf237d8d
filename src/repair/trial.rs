//! The second check: an edited text is read, resolved and searched, and what is
//! found is compared with what was found before.

use super::Target;
use super::edit::apply;
use super::scene::Scene;
use crate::analysis::{Evidence, Facts, Finding, Level, Rule, diagnose, idle};
use crate::base::{Diagnostic, Fix, Severity, Source};
use crate::explore::{Limits, search_until};
use crate::program::{Program, PropertyKind};
use crate::semantics::{Capacity, Machine};
use crate::syntax::{self, ast};
use std::collections::BTreeMap;

/// A second search may store so many times the states of the first.
const TIMES_MAX: u64 = 4;

/// It may always store so many states, and never more than the other number.
const STATES: (u64, u64) = (2_000, 200_000);

/// All trials of a scenario together store at most so many times what one may.
const TRIALS: u64 = 30;

/// A scenario that was checked, and what was found.
pub struct Case<'a> {
    source: &'a Source,
    program: &'a Program,
    findings: &'a [Finding],
    sets: &'a [(String, i64)],
    limits: Limits,
    splits_print: Option<bool>,
    tree: ast::File,
    before: BTreeMap<Problem, usize>,
    n_idle: usize,
    states_left: u64,
    done: BTreeMap<Vec<(u32, u32, String)>, Option<Seen>>,
}

/// What makes two findings of two texts the same.
type Problem = (Rule, Vec<String>);

/// What a check of an edited text gave.
#[derive(Clone, Debug)]
pub struct Seen {
    problems: BTreeMap<Problem, usize>,
    /// Errors that are still there: code and subjects.
    pub errors: Vec<(Rule, Vec<String>)>,
    /// Findings about possibilities that are gone: `sometimes`, `outcomes ==`.
    n_missing: usize,
    n_idle: usize,
    /// States stored.
    pub n_states: u64,
    /// The rule, the span in the edited text and the steps of the schedule, for
    /// each finding.
    pub found: Vec<Found>,
}

/// A finding of an edited text.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its rule.
    pub rule: Rule,
    /// Error or warning.
    pub level: Level,
    /// The number of the property it is about.
    pub property: Option<usize>,
    /// The number of the `outcomes` it is about.
    pub outcomes: Option<usize>,
    /// Steps of a shortest schedule.
    pub steps: Option<usize>,
}

impl Seen {
    /// Is nothing at error level left?
    pub fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    /// Findings at warning level.
    pub fn n_warnings(&self) -> usize {
        let all = self.found.iter();
        all.filter(|it| it.level == Level::Warning).count()
    }
}

impl<'a> Case<'a> {
    /// A checked scenario. `n_states` is how many the complete search stored.
    pub fn new(
        source: &'a Source,
        program: &'a Program,
        facts: &Facts<'_>,
        findings: &'a [Finding],
        sets: &'a [(String, i64)],
        (n_states, limits): (u64, &Limits),
    ) -> Self {
        let most = (n_states * TIMES_MAX).clamp(STATES.0, STATES.1);
        let limits = Limits {
            states: most.min(limits.states),
            ..limits.clone()
        };
        let (tree, _) = syntax::parse(source);
        Self {
            source,
            program,
            findings,
            sets,
            states_left: limits.states * TRIALS,
            limits,
            splits_print: None,
            tree,
            before: count(findings),
            n_idle: idle(program, facts),
            done: BTreeMap::new(),
        }
    }

    /// Makes every `print` two steps, or one, whatever the scenario says.
    #[must_use]
    pub fn splits_print(mut self, splits: Option<bool>) -> Self {
        self.splits_print = splits;
        self
    }

    /// All trials together store at most so many states.
    #[must_use]
    pub fn at_most(mut self, states: u64) -> Self {
        self.states_left = self.states_left.min(states);
        self
    }

    /// The scenario's tree, laid out for editing.
    pub fn with_scene<T>(&self, look: impl FnOnce(&Scene<'_>) -> T) -> Option<T> {
        let (_, scenario) = self.scenario()?;
        let shared = self.tree.items.iter().filter_map(|item| match item {
            ast::FileItem::Fn(function) => Some(function),
            _ => None,
        });
        let scene = Scene::new(self.source, scenario, shared.collect());
        Some(look(&scene))
    }

    /// The scenario and its number in the file.
    fn scenario(&self) -> Option<(usize, &ast::Scenario)> {
        let scenarios = self.tree.items.iter().filter_map(|item| match item {
            ast::FileItem::Scenario(scenario) => Some(scenario),
            _ => None,
        });
        let here = |scenario: &ast::Scenario| scenario.head.start == self.program.span.start;
        scenarios.enumerate().find(|(_, scenario)| here(scenario))
    }

    /// The program that was checked.
    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// A piece of the text.
    pub fn text(&self, span: crate::base::Span) -> &str {
        self.source.slice(span)
    }

    /// Checks the text with the edits made; `None` if it is no sound scenario, or
    /// was not searched to the end.
    pub fn examine(&mut self, edits: &[Fix]) -> Option<Seen> {
        let key = edits
            .iter()
            .map(|it| (it.span.start, it.span.end, it.replacement.clone()));
        let key: Vec<_> = key.collect();
        if let Some(known) = self.done.get(&key) {
            return known.clone();
        }
        if self.states_left == 0 {
            return None;
        }
        let seen = self
            .edited(edits)
            .and_then(|(source, number)| self.check(&source, number, &|_| false));
        self.done.insert(key, seen.clone());
        seen
    }

    /// The same, but the search ends with the first layer of states after which that is
    /// enough: what it shows is shown in the fewest steps, and not all is shown.
    pub fn examine_until(
        &mut self,
        edits: &[Fix],
        enough: &dyn Fn(&Facts<'_>) -> bool,
    ) -> Option<Seen> {
        if self.states_left == 0 {
            return None;
        }
        let (source, number) = self.edited(edits)?;
        self.check(&source, number, enough)
    }

    /// The edited text, without what the author expects of the old one.
    fn edited(&self, edits: &[Fix]) -> Option<(Source, usize)> {
        let (number, scenario) = self.scenario()?;
        let expects = scenario.items.iter().filter_map(|item| match item {
            ast::Item::Expect(expect) => Some(Fix {
                span: expect.span,
                replacement: String::new(),
            }),
            _ => None,
        });
        let mut all: Vec<Fix> = edits.iter().cloned().chain(expects).collect();
        all.sort_by_key(|it| it.span);
        let text = apply(self.source.text(), &all)?;
        let body = self.source.body();
        let (old, new) = (self.source.text().len(), text.len());
        let end = (body.end + new).checked_sub(old)?;
        text.get(body.start..end)?;
        let source = Source::with_body(self.source.name(), text, body.start..end);
        Some((source, number))
    }

    fn check(
        &mut self,
        source: &Source,
        number: usize,
        enough: &dyn Fn(&Facts<'_>) -> bool,
    ) -> Option<Seen> {
        let (tree, mistakes) = syntax::parse(source);
        if mistakes.iter().any(is_error) {
            return None;
        }
        let known = syntax::resolve::constants(&tree);
        let mut sets = self.sets.to_vec();
        sets.retain(|(name, _)| known.contains(name.as_str()));
        let resolution = syntax::resolve::resolve(&tree, source, &sets);
        let resolved = resolution.scenarios.into_iter().nth(number)?;
        let mut hir = resolved.scenario?;
        hir.splits_print = self.splits_print.unwrap_or(hir.splits_print);
        let program = crate::compile::compile(&hir).ok()?;
        self.search(&program, enough)
    }

    fn search(&mut self, program: &Program, enough: &dyn Fn(&Facts<'_>) -> bool) -> Option<Seen> {
        let mut capacity = Capacity::initial(program);
        let limits = Limits {
            states: self.limits.states.min(self.states_left),
            ..self.limits.clone()
        };
        loop {
            let machine = Machine::new(program, capacity);
            let mut facts = Facts::new(program);
            let found = match search_until(
                &machine,
                false,
                &limits,
                1,
                &mut facts,
                &mut |_, _, _| {},
                &mut |_, facts| enough(facts),
            ) {
                Ok(found) => found,
                Err(more) => {
                    capacity = more;
                    continue;
                }
            };
            let n_states = u64::from(found.n_states());
            self.states_left = self.states_left.saturating_sub(n_states.max(100));
            if found.bound().is_some() {
                return None;
            }
            let diagnosis = diagnose(program, &found, limits.memory, &mut facts);
            if diagnosis.bound.is_some() {
                return None;
            }
            return Some(seen(&diagnosis.findings, idle(program, &facts), n_states));
        }
    }

    /// What to say of a check in which the target is gone and nothing new came;
    /// `None` if it is not so.
    pub fn verdict(&self, seen: &Seen, target: &Target) -> Option<String> {
        let key = (target.rule, target.subjects.clone());
        let n_before = self.before.get(&key).copied().unwrap_or(0);
        let n_after = seen.problems.get(&key).copied().unwrap_or(0);
        let n_missing = self.findings.iter().filter(|it| is_missing(it)).count();
        let is_gone = match target.rule {
            Rule::Sometimes => seen.n_missing < n_missing,
            Rule::NeverReached | Rule::CannotFail => seen.n_idle < self.n_idle,
            _ => n_after < n_before.max(1),
        };
        if !is_gone || seen.n_idle > self.n_idle {
            return None;
        }
        // What can no longer happen was perhaps written down to show the bug.
        if seen.n_missing > n_missing && !target.expected {
            return None;
        }
        (!self.grew(seen)).then(|| self.words(seen))
    }

    /// What to say of a check in which all `outcomes` are as claimed; `None` if they
    /// are not, or something new came.
    pub fn claim_verdict(&self, seen: &Seen) -> Option<String> {
        let differs = seen.found.iter().any(|it| it.outcomes.is_some());
        (!differs && !self.grew(seen)).then(|| self.words(seen))
    }

    /// Is there a problem that was not there before?
    fn grew(&self, seen: &Seen) -> bool {
        let before = |key| self.before.get(key).copied().unwrap_or(0);
        seen.problems.iter().any(|(key, n)| *n > before(key))
    }

    fn words(&self, seen: &Seen) -> String {
        let states = match seen.n_states {
            1 => "1 state".to_owned(),
            n => format!("{} states", grouped(n)),
        };
        if seen.errors.is_empty() {
            let held = self
                .now_holds()
                .map_or(String::new(), |text| format!(", {text}"));
            return format!("proved{held}, {states}");
        }
        let mut left: Vec<String> = seen
            .errors
            .iter()
            .map(|(rule, subjects)| match subjects.as_slice() {
                [] => rule.code().to_owned(),
                names => format!("{} on {}", rule.code(), names.join(", ")),
            })
            .collect();
        left.dedup();
        left.truncate(3);
        let stays = if left.len() == 1 { "stays" } else { "stay" };
        format!("this one is gone, {states}; {} {stays}", left.join(" and "))
    }

    /// The property that failed before, in the author's words.
    fn now_holds(&self) -> Option<String> {
        let broken = self.findings.iter().find_map(|it| match it.evidence {
            Evidence::Property(index) => self.program.properties.get(index),
            _ => None,
        })?;
        let (PropertyKind::Always(_) | PropertyKind::Finally(_)) = broken.kind else {
            return None;
        };
        let text = self.source.slice(broken.span);
        let text = text.strip_prefix("finally assert ").unwrap_or(text);
        let text = text.strip_prefix("always ").unwrap_or(text);
        let text = text.split(", \"").next().unwrap_or(text);
        (!text.contains('\n') && text.len() <= 40).then(|| format!("{text} always"))
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// Whether it says that something no longer happens.
fn is_missing(finding: &Finding) -> bool {
    matches!(
        finding.evidence,
        Evidence::NeverHolds(_) | Evidence::MissingOutcome(..)
    )
}

/// Whether it says that something has no effect; those are counted apart.
fn is_idle(finding: &Finding) -> bool {
    matches!(finding.rule, Rule::NeverReached | Rule::CannotFail)
}

fn count(findings: &[Finding]) -> BTreeMap<Problem, usize> {
    let mut counted = BTreeMap::new();
    for finding in findings.iter().filter(|it| !is_missing(it) && !is_idle(it)) {
        *counted
            .entry((finding.rule, finding.subjects.clone()))
            .or_default() += 1;
    }
    counted
}

fn seen(findings: &[Finding], n_idle: usize, n_states: u64) -> Seen {
    let errors = findings
        .iter()
        .filter(|it| it.level == Level::Error && !is_missing(it));
    Seen {
        problems: count(findings),
        errors: errors.map(|it| (it.rule, it.subjects.clone())).collect(),
        n_missing: findings.iter().filter(|it| is_missing(it)).count(),
        n_idle,
        n_states,
        found: findings.iter().map(found).collect(),
    }
}

fn found(finding: &Finding) -> Found {
    let property = match finding.evidence {
        Evidence::Property(index)
        | Evidence::PropertyFault(index)
        | Evidence::Order(index, _)
        | Evidence::NeverHolds(index)
        | Evidence::Never(index, _)
        | Evidence::NeverFollows(index, _, _) => Some(index),
        _ => None,
    };
    let outcomes = match finding.evidence {
        Evidence::UnexpectedOutcome(index, _) | Evidence::MissingOutcome(index, _) => Some(index),
        _ => None,
    };
    Found {
        rule: finding.rule,
        level: finding.level,
        property,
        outcomes,
        steps: finding.schedule.as_ref().map(|it| it.0.len()),
    }
}

/// `1,341`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
