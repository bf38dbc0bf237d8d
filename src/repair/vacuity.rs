//! Does a proof depend on what the scenario does? Small changes that ought to break
//! it, each checked: a lock less, a permit more, a forgotten notify, two statements
//! exchanged. What no change can break says little.
//!
//! Source: mutation testing (DeMillo, Lipton and Sayward, "Hints on test data
//! selection", 1978), with operators for synchronisation as in Bradbury, Cordy and
//! Dingel, "Mutation operators for concurrent Java" (2006).
//!
//! **Deliberately absent:** changes of the properties themselves.

use super::edit::Edits;
use super::scene::{Scene, Spot, bare, call_of, is_simple};
use super::trial::{Case, Found, Seen};
use crate::analysis::{Facts, Key, Level, Rule};
use crate::base::{Fix, Span};
use crate::program::PropertyKind;
use crate::semantics::FaultKind;
use crate::syntax::ast::{ExprKind, ObjectKind, StmtKind, With};

/// Changes that are tried on one scenario.
const CHANGES_MAX: usize = 24;

/// A change, and what it breaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// What was changed: ``with `sem pool = 3` ``.
    pub change: String,
    /// What then fails.
    pub what: Claim,
    /// The rule that says so.
    pub rule: Rule,
    /// Steps of a shortest run to it.
    pub steps: Option<usize>,
}

/// What a scenario claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Claim {
    /// The property with that number.
    Property(usize),
    /// The `outcomes` with that number.
    Outcomes(usize),
    /// An `assert`.
    Assert,
    /// That nothing at all goes wrong.
    Sound,
}

/// What was tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vacuity {
    /// Changes that were checked to the end.
    pub n_tried: usize,
    /// For each claim the change that breaks it soonest.
    pub broken: Vec<Broken>,
    /// Claims that no change breaks.
    pub unbroken: Vec<Claim>,
}

/// Tries small changes of a scenario in which nothing is wrong.
pub fn vacuity(case: &mut Case<'_>) -> Vacuity {
    let changes = case.with_scene(changes).unwrap_or_default();
    let claims = claims(case);
    let mut broken: Vec<Broken> = Vec::new();
    let mut n_tried = 0;
    for (change, edits) in changes.into_iter().take(CHANGES_MAX) {
        if broken.len() == claims.len() {
            break;
        }
        let left: Vec<Claim> = { claims.iter().copied() }
            .filter(|claim| broken.iter().all(|it| it.what != *claim))
            .collect();
        let all_broken = |facts: &Facts<'_>| left.iter().all(|&claim| is_broken(facts, claim));
        let Some(seen) = case.examine_until(&edits, &all_broken) else {
            continue;
        };
        n_tried += 1;
        for &what in &left {
            if let Some(found) = breaks(&seen, what) {
                broken.push(Broken {
                    change: change.clone(),
                    what,
                    rule: found.rule,
                    steps: found.steps,
                });
            }
        }
    }
    broken.sort_by_key(|it| it.what);
    let is_broken = |claim: &Claim| broken.iter().any(|it| it.what == *claim);
    let unbroken = claims.into_iter().filter(|it| !is_broken(it)).collect();
    Vacuity {
        n_tried,
        broken,
        unbroken,
    }
}

impl Vacuity {
    /// What was found out, a line for each claim: that it depends on what the
    /// scenario does, or that nothing that was tried can break it.
    pub fn lines(&self, case: &Case<'_>) -> Vec<Line> {
        let broken = self.broken.iter().map(|it| {
            let steps = match it.steps {
                Some(1) => " in 1 step".to_owned(),
                Some(n) if n > 1 => format!(" in {n} steps"),
                _ => String::new(),
            };
            let change = &it.change;
            Line {
                holds: true,
                text: match claim(case, it.what) {
                    Some(claim) => format!("{change} {claim} fails{steps}"),
                    None => format!("{change}: {}{steps}", it.rule.code()),
                },
            }
        });
        let broken: Vec<Line> = broken.collect();
        let unbroken = self.unbroken.iter().filter(|_| self.n_tried > 0).map(|it| {
            let what = claim(case, *it).unwrap_or_else(|| "anything".to_owned());
            let tried = match self.n_tried {
                1 => "the one small change that was tried does not break".to_owned(),
                n => format!("none of {n} small changes that were tried breaks"),
            };
            Line {
                holds: false,
                text: format!("{tried} {what}"),
            }
        });
        let unbroken: Vec<Line> = unbroken.collect();
        broken.into_iter().chain(unbroken).collect()
    }
}

/// A line about one claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Does some change break it?
    pub holds: bool,
    /// What to say.
    pub text: String,
}

/// A claim in the author's words; nothing for the claim that all is well.
fn claim(case: &Case<'_>, claim: Claim) -> Option<String> {
    let program = case.program();
    let span = match claim {
        Claim::Property(index) => program.properties.get(index)?.span,
        Claim::Outcomes(index) => program.outcomes.get(index)?.span,
        Claim::Assert => return Some("an `assert`".to_owned()),
        Claim::Sound => return None,
    };
    let text = case.text(span);
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("finally assert ").unwrap_or(line);
    let line = line.split(", \"").next().unwrap_or(line);
    let short: String = line.chars().take(CLAIM_MAX).collect();
    let cut = if short.len() < line.len() { ".." } else { "" };
    Some(format!("`{short}{cut}`"))
}

/// Characters of a claim that are quoted.
const CLAIM_MAX: usize = 48;

/// What is claimed: properties and assertions; without any, that nothing is wrong.
fn claims(case: &Case<'_>) -> Vec<Claim> {
    let program = case.program();
    let properties = program.properties.iter().enumerate();
    // What holds somewhere is shown by the run that gets there.
    let bound = properties.filter(|(_, it)| !matches!(it.kind, PropertyKind::Sometimes(_)));
    let mut claims: Vec<Claim> = bound.map(|(index, _)| Claim::Property(index)).collect();
    let outcomes = program.outcomes.iter().enumerate();
    let named = outcomes.filter(|(_, it)| it.expected.is_some());
    claims.extend(named.map(|(index, _)| Claim::Outcomes(index)));
    let asserts = case.with_scene(|scene| {
        let mut spots = scene.spots.iter();
        spots.any(|it| matches!(bare(it.stmt).kind, StmtKind::Assert { .. }))
    });
    if asserts == Some(true) {
        claims.push(Claim::Assert);
    }
    if claims.is_empty() {
        claims.push(Claim::Sound);
    }
    claims
}

/// The finding that breaks a claim.
fn breaks(seen: &Seen, claim: Claim) -> Option<&Found> {
    let mut found = seen.found.iter();
    match claim {
        Claim::Property(index) => found.find(|it| it.property == Some(index)),
        Claim::Outcomes(index) => found.find(|it| it.outcomes == Some(index)),
        // Of several the one that shows soonest: a search may end there.
        Claim::Assert => found
            .filter(|it| it.rule == Rule::Assert)
            .min_by_key(|it| it.steps),
        Claim::Sound => found
            .filter(|it| it.level == Level::Error)
            .min_by_key(|it| it.steps.unwrap_or(usize::MAX)),
    }
}

/// Whether a search has already shown, in the fewest steps, that a claim is broken.
fn is_broken(facts: &Facts<'_>, claim: Claim) -> bool {
    facts.hits.keys().any(|key| match (claim, key) {
        (Claim::Assert, Key::Fault(_, kind)) => *kind == FaultKind::Assert,
        (Claim::Property(wanted), Key::Always(index) | Key::Finally(index) | Key::Order(index)) => {
            wanted == *index
        }
        // These are errors wherever they are seen.
        (Claim::Sound, Key::Race(..) | Key::Circle(_) | Key::Fault(..)) => true,
        // What else is wrong is known at the end.
        _ => false,
    })
}

type Change = (String, Vec<Fix>);

/// The changes, those that tell most first.
fn changes(scene: &Scene<'_>) -> Vec<Change> {
    let mut all = Changes::default();
    numbers(scene, &mut all);
    for spot in &scene.spots {
        blocks(scene, spot, &mut all);
    }
    for spot in &scene.spots {
        calls(scene, spot, &mut all);
    }
    for spot in &scene.spots {
        statements(scene, spot, &mut all);
    }
    all.0
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, change: String, edits: Option<Vec<Fix>>) {
        if let Some(edits) = edits {
            self.0.push((change, edits));
        }
    }
}

/// One permit more, a plain variable for an atomic one.
fn numbers(scene: &Scene<'_>, all: &mut Changes) {
    for object in scene.objects() {
        let text = scene.text(object.span);
        match &object.kind {
            ObjectKind::Sem {
                init: Some(init), ..
            } => {
                if let ExprKind::Int(old) = init.kind
                    && let Some(more) = old.checked_add(1)
                {
                    let edits = Edits::new(scene)
                        .replace(init.span, more.to_string())
                        .done();
                    let (before, after) = around(text, init.span, object.span);
                    all.add(format!("with `{before}{more}{after}`"), edits);
                }
            }
            ObjectKind::Atomic { .. } => {
                if let Some(at) = text.find("atomic ") {
                    let start = object.span.start as usize + at;
                    let word = Span::new(start, start + "atomic".len());
                    let edits = Edits::new(scene).replace(word, "var").done();
                    all.add(
                        format!("with `{}`", text.replacen("atomic", "var", 1)),
                        edits,
                    );
                }
            }
            _ => {}
        }
    }
}

fn around(text: &str, inner: Span, outer: Span) -> (&str, &str) {
    let from = (inner.start - outer.start) as usize;
    let to = (inner.end - outer.start) as usize;
    (text.get(..from).unwrap_or(""), text.get(to..).unwrap_or(""))
}

/// A block without its head: no lock, no atomic step.
fn blocks(scene: &Scene<'_>, spot: &Spot<'_>, all: &mut Changes) {
    let stmt = bare(spot.stmt);
    let (body, head) = match &stmt.kind {
        StmtKind::With(with) => {
            other_order(scene, with, all);
            let last = with.subjects.last().map_or(stmt.span, |it| it.span);
            (
                &with.body,
                scene.text(Span {
                    start: stmt.span.start,
                    end: last.end,
                }),
            )
        }
        StmtKind::Atomic(block) => (block, "atomic"),
        StmtKind::While(it) if is_wait(spot, scene) => {
            let word = Span {
                start: stmt.span.start,
                end: stmt.span.start + 5,
            };
            let edits = Edits::new(scene).replace(word, "if").done();
            let line = scene.source.position(stmt.span.start).line;
            all.add(format!("with `if` for `while` (line {line})"), edits);
            let _ = it;
            return;
        }
        _ => return,
    };
    if body.stmts.is_empty() {
        return;
    }
    let open = Span {
        start: stmt.span.start,
        end: body.span.start + 1,
    };
    let close = Span {
        start: body.span.end - 1,
        end: body.span.end,
    };
    let edits = Edits::new(scene)
        .replace(open, "")
        .replace(close, "")
        .done();
    let line = scene.source.position(stmt.span.start).line;
    all.add(format!("without `{head}` (line {line})"), edits);
}

/// Two locks in the other order.
fn other_order(scene: &Scene<'_>, outer: &With, all: &mut Changes) {
    let inner = outer.body.stmts.iter().find_map(|it| match &bare(it).kind {
        StmtKind::With(inner) => Some(inner),
        _ => None,
    });
    let one = outer.subjects.first();
    let other = outer
        .subjects
        .get(1)
        .or(inner.and_then(|it| it.subjects.first()));
    if let (Some(one), Some(other)) = (one, other) {
        let edits = Edits::new(scene).exchange(one.span, other.span).done();
        let line = scene.source.position(one.span.start).line;
        let (one, other) = (scene.text(one.span), scene.text(other.span));
        all.add(
            format!("with `{other}` before `{one}` (line {line})"),
            edits,
        );
    }
}

/// Whether a loop does nothing but wait.
fn is_wait(spot: &Spot<'_>, scene: &Scene<'_>) -> bool {
    let StmtKind::While(it) = &bare(spot.stmt).kind else {
        return false;
    };
    it.body.stmts.iter().any(|stmt| {
        call_of(stmt).is_some_and(|call| {
            call.name.text.starts_with("wait")
                && scene
                    .lock_of_condition(scene.text(call.receiver.span))
                    .is_some()
        })
    })
}

/// A call that was forgotten.
fn calls(scene: &Scene<'_>, spot: &Spot<'_>, all: &mut Changes) {
    let Some(call) = call_of(spot.stmt) else {
        return;
    };
    let line = scene.source.position(spot.stmt.span.start).line;
    let text = scene.text(spot.stmt.span);
    if call.name.text == "notify_all" {
        let edits = Edits::new(scene).replace(call.name.span, "notify").done();
        all.add(format!("with `notify` (line {line})"), edits);
    }
    let forgotten = matches!(
        call.name.text.as_str(),
        "notify"
            | "notify_all"
            | "set"
            | "join"
            | "wait"
            | "acquire"
            | "release"
            | "count_down"
            | "close"
            | "lock"
    );
    if forgotten && !text.contains('\n') {
        let edits = Edits::new(scene).replace(spot.stmt.span, "skip").done();
        all.add(format!("without `{text}` (line {line})"), edits);
    }
}

/// A statement that was forgotten, or two exchanged.
fn statements(scene: &Scene<'_>, spot: &Spot<'_>, all: &mut Changes) {
    let line = scene.source.position(spot.stmt.span.start).line;
    let text = scene.text(spot.stmt.span);
    if let Some(next) = spot.block.get(spot.index + 1) {
        let moves = |it| {
            is_simple(it)
                && !matches!(
                    bare(it).kind,
                    StmtKind::Return(_) | StmtKind::Assert { .. } | StmtKind::Skip
                )
        };
        if moves(spot.stmt) && moves(next) {
            let edits = Edits::new(scene).exchange(spot.stmt.span, next.span).done();
            let second = scene.text(next.span);
            all.add(
                format!("with `{second}` before `{text}` (line {line})"),
                edits,
            );
        }
    }
    if matches!(bare(spot.stmt).kind, StmtKind::Assign(_)) {
        let edits = Edits::new(scene).replace(spot.stmt.span, "skip").done();
        all.add(format!("without `{text}` (line {line})"), edits);
    }
}
