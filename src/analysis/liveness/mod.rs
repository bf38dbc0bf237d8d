//! Runs that go on for ever: A006 and A007 (what never comes), S002 (starvation),
//! S003 (spinning), S004 (livelock).
//!
//! A run for ever ends up in a strongly connected component of the graph of all
//! states. So each question is put to the graph of a complete search: `part` finds
//! components, `fair` those a fair scheduler can stay in, `walk` a short way there
//! and round; `lasso` replays it and says what everybody does. `mark` and `flow`
//! say what steps and code do. One file for each kind of finding.
//!
//! **Invariant:** every lasso was replayed, led back to where its loop began, and
//! showed what is claimed.
//!
//! **Deliberately absent:** answers from a search that a limit ended; and any
//! reduction that reorders steps, since it need not keep fairness.

mod changes;
mod ends;
mod eventually;
mod fair;
mod flow;
mod lasso;
mod livelock;
mod mark;
mod part;
mod question;
mod sections;
mod soonest;
mod spinning;
mod stands;
mod starvation;
mod walk;

pub use lasso::{Conduct, Lasso};
pub use mark::mark;
pub use question::Question;

use super::finding::{Evidence, Finding, declared_name};
use super::key::Key;
use super::rule::{Level, Rule};
use crate::program::{Program, PropertyKind};
use ends::Ends;
use lasso::Shown;

/// Whether some property is about whole runs.
pub fn speaks_of_runs(program: &Program) -> bool {
    let mut properties = program.properties.iter();
    properties.any(|property| {
        matches!(
            property.kind,
            PropertyKind::Eventually(_) | PropertyKind::LeadsTo(..)
        )
    })
}

/// All findings about runs that go on for ever, in order of their keys.
///
/// Cost: for each property, a look at every state and a few passes over the
/// graph; for each actor, a few passes over the states on circles.
///
/// # Panics
///
/// If a lasso does not show in replay what the search saw.
pub fn findings(question: &Question<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let broken = eventually::broken(question);
    let circular = question.circular();
    if !circular.is_empty() {
        let ends = Ends::of(question);
        for (key, starved) in starvation::starved(question, &circular, &ends) {
            let said = |of: &eventually::Broken<'_>| {
                eventually::leaves_waiting(&of.shown.lasso, starved.actor, starved.pc)
            };
            let level = if broken.iter().any(said) {
                Level::Error
            } else {
                starved.level
            };
            let (actor, pc) = (starved.actor, starved.pc);
            let evidence = |lasso| Evidence::Starves(actor, pc, lasso);
            let rule = (Rule::Starvation, level);
            findings.push(finding(key, rule, vec![actor], starved.shown, evidence));
        }
        for (key, spinning) in spinning::spinning(question, &circular) {
            let (actor, pc) = (spinning.actor, spinning.pc);
            let evidence = |lasso| Evidence::Spins(actor, pc, lasso);
            let rule = (Rule::Spinning, spinning.level);
            findings.push(finding(key, rule, vec![actor], spinning.shown, evidence));
        }
        for (key, shown) in livelock::livelocks(question, &circular, &ends) {
            let movers = shown.lasso.movers().collect();
            let rule = (Rule::Livelock, Level::Error);
            findings.push(finding(key, rule, movers, shown, Evidence::Livelock));
        }
    }
    for one in broken {
        let (property, since) = (one.property, one.since);
        let idle = one.shown.lasso.idle();
        let actors = idle.chain(one.shown.lasso.movers()).collect();
        let finding = match question.program.properties[property].kind {
            PropertyKind::LeadsTo(..) => finding(
                Key::LeadsTo(property),
                (Rule::LeadsTo, Level::Error),
                actors,
                one.shown,
                |lasso| Evidence::NeverFollows(property, since, lasso),
            ),
            _ => finding(
                Key::Eventually(property),
                (Rule::Eventually, Level::Error),
                actors,
                one.shown,
                |lasso| Evidence::Never(property, lasso),
            ),
        };
        let name = question.program.properties[property].name.clone();
        findings.push(Finding {
            subjects: name.into_iter().collect(),
            ..finding
        });
    }
    findings
}

fn finding(
    key: Key,
    (rule, level): (Rule, Level),
    actors: Vec<usize>,
    shown: Shown<'_>,
    evidence: impl FnOnce(Lasso) -> Evidence,
) -> Finding {
    let names = shown.execution.actor_names();
    let declared = |&actor: &usize| declared_name(&shown.execution, actor);
    let waited_for = |actor: usize| object_waited_for(&shown, actor);
    Finding {
        rule,
        level,
        key: Some(key),
        subjects: match rule {
            Rule::Starvation => waited_for(actors[0]).into_iter().collect(),
            _ => Vec::new(),
        },
        actors: actors.iter().map(|&actor| names[actor].clone()).collect(),
        declared: actors.iter().map(declared).collect(),
        schedule: Some(shown.schedule.clone()),
        evidence: evidence(shown.lasso),
    }
}

/// The declared name of the object an actor waits for.
fn object_waited_for(shown: &Shown<'_>, actor: usize) -> Option<String> {
    let id = shown.lasso.conduct[actor].wait()?.resource.object()?;
    let program = shown.execution.machine.program();
    Some(program.objects[id.index()].declared.clone())
}
