//! What to change: small edits of a scenario's text that make a finding go away,
//! each applied and checked again before anybody sees it.
//!
//! Floor 6. [`kinds`] proposes, one file for each kind of edit, and may propose
//! nonsense. `trial` decides: the edited text is read, resolved and searched
//! like any other, within a number of states in proportion to the first search.
//!
//! **Invariant:** a [`Repair`] was checked to the end. Its finding is gone, no other
//! came, and no statement or property lost its meaning.
//!
//! **Deliberately absent:** the clock. Budgets are numbers of states, so the same
//! repairs are found on every machine. Writing files is for `cli`.

mod edit;
pub mod kinds;
mod scene;
mod trial;
mod vacuity;

pub use edit::apply;
pub use scene::Scene;
pub use trial::{Case, Found, Seen};
pub use vacuity::{Broken, Claim, Line, Vacuity, vacuity};

use crate::analysis::Rule;
use crate::base::{Fix, Span};

/// Repairs shown for one finding.
pub const REPAIRS_MAX: usize = 2;

/// Candidates that are checked for one finding.
const TRIALS_MAX: usize = 48;

/// A finding that is to go away.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its rule.
    pub rule: Rule,
    /// What it is about, in the author's names.
    pub subjects: Vec<String>,
    /// The declared or function names of the actors that take part.
    pub actors: Vec<String>,
    /// The places that take part, the guilty ones first.
    pub places: Vec<Span>,
    /// Did the author expect it?
    pub expected: bool,
}

/// An edit that may repair something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// What it does, as advice: `take the locks in one order`.
    pub title: String,
    /// The edits, sorted.
    pub edits: Vec<Fix>,
    /// How much it asks of the author; the cheapest are tried first.
    pub cost: u32,
    /// Of one group only the first that repairs is kept.
    pub group: String,
    /// Does it change what is claimed or assumed, not what the program does?
    pub claim: bool,
}

/// An edit that repairs a finding, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repair {
    /// What it does, as advice.
    pub title: String,
    /// The edits, sorted.
    pub edits: Vec<Fix>,
    /// What the second check gave: `proved, 16 states`.
    pub checked: String,
    /// Is nothing at error level left?
    pub proves: bool,
    /// Does it change what is claimed or assumed, not what the program does?
    pub claim: bool,
}

/// What checking again with other claims gave, if nothing is wrong with `outcomes`
/// then and nothing else came: `proved, 12 states`.
pub fn claim(case: &mut Case<'_>, edits: &[Fix]) -> Option<String> {
    let seen = case.examine(edits)?;
    case.claim_verdict(&seen)
}

/// What came of looking for repairs.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Those that repair, best first.
    pub repairs: Vec<Repair>,
    /// Edits that were checked.
    pub n_tried: usize,
}

/// The repairs of a finding, best first: those after which nothing is wrong, and of these
/// those without a warning; then those after which less is wrong. `most` is how many are
/// wanted.
pub fn repairs(case: &mut Case<'_>, target: &Target, most: usize) -> Tried {
    let candidates = case.with_scene(|scene| kinds::candidates(scene, target));
    let mut found: Vec<((bool, usize, u32), Repair)> = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    let mut n_tried = 0;
    for candidate in candidates.unwrap_or_default() {
        let n_proven = found.iter().filter(|(_, it)| it.proves).count();
        if n_proven >= most || n_tried >= TRIALS_MAX {
            break;
        }
        if groups.contains(&candidate.group) {
            continue;
        }
        n_tried += 1;
        let Some(seen) = case.examine(&candidate.edits) else {
            continue;
        };
        let Some(checked) = case.verdict(&seen, target) else {
            continue;
        };
        if seen.is_sound() {
            groups.push(candidate.group);
        }
        found.push((
            (!seen.is_sound(), seen.n_warnings(), candidate.cost),
            Repair {
                title: candidate.title,
                edits: candidate.edits,
                checked,
                proves: seen.is_sound(),
                claim: candidate.claim,
            },
        ));
    }
    found.sort_by_key(|(rank, _)| *rank);
    let any_proves = found.iter().any(|(_, it)| it.proves);
    let kept = found.into_iter().map(|(_, repair)| repair);
    let kept = kept.filter(|it| it.proves || !any_proves);
    Tried {
        repairs: kept.take(most).collect(),
        n_tried,
    }
}
