//! The kinds of edits, one file each. A kind looks at a finding and the tree, and
//! proposes edits; whether one of them is any good is for the second check to say.

mod after_you;
mod as_many;
mod ask_and_handle;
mod atomic;
mod before_the_wait;
mod callers_hold;
mod catch;
mod claim_less;
mod close;
mod count_signals;
mod daemon;
mod event_for_flag;
mod finish_jobs;
mod give_way;
mod guard;
mod hold;
mod in_order;
mod in_waiting_order;
mod join;
mod leave_out;
mod let_go;
mod look_and_take;
mod look_at_answer;
mod no_timeout;
mod not_twice;
mod notify_all;
mod once_each;
mod once_more;
mod one_collects;
mod one_operation;
mod one_order;
mod one_section;
mod only_first;
mod own_place;
mod own_thread;
mod pool;
mod prefer;
mod print_together;
mod reentrant;
mod remember;
mod room;
mod shared;
mod shorter_section;
mod sleep_for_it;
mod strongly_fair;
mod swap;
mod take_out;
mod task_done;
mod use_await;
mod use_barrier;
mod use_with;
mod wait_in_loop;
mod wait_until;
mod within_range;
mod write_at_once;

use super::edit::apply;
use super::scene::{Owner, Scene, Spot};
use super::{Candidate, Target};
use crate::base::Fix;

/// Proposes edits for a finding.
type Kind = fn(&Scene<'_>, &Target, &mut Candidates);

/// Every kind. Order matters only between candidates of one cost.
const KINDS: [Kind; 55] = [
    wait_in_loop::propose,
    notify_all::propose,
    guard::propose,
    atomic::propose,
    one_order::propose,
    use_with::propose,
    hold::propose,
    remember::propose,
    before_the_wait::propose,
    let_go::propose,
    join::propose,
    close::propose,
    room::propose,
    reentrant::propose,
    prefer::propose,
    shared::propose,
    use_await::propose,
    daemon::propose,
    catch::propose,
    ask_and_handle::propose,
    leave_out::propose,
    swap::propose,
    one_operation::propose,
    wait_until::propose,
    event_for_flag::propose,
    count_signals::propose,
    task_done::propose,
    once_more::propose,
    as_many::propose,
    one_section::propose,
    callers_hold::propose,
    write_at_once::propose,
    own_thread::propose,
    in_order::propose,
    finish_jobs::propose,
    no_timeout::propose,
    look_at_answer::propose,
    only_first::propose,
    print_together::propose,
    strongly_fair::propose,
    within_range::propose,
    give_way::propose,
    after_you::propose,
    shorter_section::propose,
    look_and_take::propose,
    one_collects::propose,
    own_place::propose,
    not_twice::propose,
    use_barrier::propose,
    in_waiting_order::propose,
    take_out::propose,
    claim_less::propose,
    sleep_for_it::propose,
    pool::propose,
    once_each::propose,
];

/// Candidates, collected.
#[derive(Default)]
pub struct Candidates {
    found: Vec<Candidate>,
}

impl Candidates {
    /// Adds one, if there is an edit.
    pub fn add(&mut self, cost: u32, title: impl Into<String>, edits: Option<Vec<Fix>>) {
        let title = title.into();
        self.add_to(title.clone(), cost, title, edits);
    }

    /// Adds one to a group, if there is an edit.
    pub fn add_to(
        &mut self,
        group: impl Into<String>,
        cost: u32,
        title: impl Into<String>,
        edits: Option<Vec<Fix>>,
    ) {
        let Some(edits) = edits else {
            return;
        };
        if !self.found.iter().any(|it| it.edits == edits) {
            self.found.push(Candidate {
                title: title.into(),
                edits,
                cost,
                group: group.into(),
                claim: false,
            });
        }
    }

    /// Adds one that changes what is claimed or assumed, not what the program does.
    pub fn assume(&mut self, cost: u32, title: impl Into<String>, edits: Option<Vec<Fix>>) {
        let n_before = self.found.len();
        self.add(cost, title, edits);
        for new in &mut self.found[n_before..] {
            new.claim = true;
        }
    }
}

/// All candidates for a finding, the cheapest first.
pub fn candidates(scene: &Scene<'_>, target: &Target) -> Vec<Candidate> {
    let mut all = Candidates::default();
    for propose in KINDS {
        propose(scene, target, &mut all);
    }
    all.found.sort_by_key(|it| it.cost);
    // Different edits can lead to one text.
    let mut texts: Vec<String> = Vec::new();
    all.found.retain(|it| {
        let text = apply(scene.source.text(), &it.edits).filter(|it| !texts.contains(it));
        texts.extend(text.clone());
        text.is_some()
    });
    all.found
}

impl Target {
    /// Whether its code begins with one of these letters or words: `R`, `A00`, `D001`.
    fn is(&self, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.rule.code().starts_with(code))
    }

    /// The innermost statements at its places, each once.
    fn spots<'s, 'a>(&self, scene: &'s Scene<'a>) -> Vec<&'s Spot<'a>> {
        let mut spots: Vec<&Spot<'_>> = Vec::new();
        for &place in &self.places {
            if let Some(spot) = scene.at(place)
                && !spots.iter().any(|it| it.stmt.span == spot.stmt.span)
            {
                spots.push(spot);
            }
        }
        spots
    }
}
