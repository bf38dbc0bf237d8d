//! A search is written down between two chunks, and goes on from there.

use super::{Reduced, Search};
use crate::explore::limits::Limits;
use crate::explore::observer::Observer;
use crate::explore::reduction::Reduction;
use crate::explore::saved::{In, Out};
use crate::explore::worker::Worker;
use crate::semantics::Machine;
use std::time::Instant;

impl<'m> Search<'m> {
    /// Writes the search down, if that is wanted, between two chunks.
    pub(super) fn keep<O: Observer>(
        &self,
        limits: &Limits,
        workers: &[Worker<'m, O>],
        observer: &O,
        last_kept: &mut Instant,
    ) {
        let Some(write) = &limits.keep.write else {
            return;
        };
        let mut out = Out::default();
        out.number(self.kind());
        self.store.save(&mut out);
        self.parents.save(&mut out);
        if let Some(chains) = &self.chains {
            chains.save(&mut out);
        }
        out.numbers(self.layers.iter().copied());
        out.number(self.n_expanded);
        out.number(self.n_steps);
        out.number(self.n_terminal);
        out.number(u64::from(self.leads_back));
        let mut rounds = self.rounds.clone();
        for worker in workers {
            rounds.merge(worker.rounds());
        }
        rounds.save(&mut out);
        out.bytes(&observer.save());
        write(&out.0);
        *last_kept = Instant::now();
    }

    /// A search that was written down, unless the bytes are wrong.
    pub(super) fn restore<O: Observer>(
        machine: &'m Machine<'m>,
        reduced: Option<Reduced<'m>>,
        symmetry: bool,
        saved: &[u8],
        observer: &mut O,
    ) -> Option<Self> {
        let from = &mut In(saved);
        let mut search = Self::empty(machine, reduced, symmetry);
        if from.number()? != search.kind() {
            // What was written down comes before this search, or after it.
            return None;
        }
        search.store.restore(from)?;
        search.parents.restore(from)?;
        let (n_states, sides) = (search.n_states(), search.store.contents.sides());
        if let Some(chains) = &mut search.chains {
            chains.restore(from, n_states, sides)?;
        }
        search.layers.clear();
        for _ in 0..from.count()? {
            search.layers.push(from.small()?);
        }
        search.n_expanded = from.small()?;
        search.n_steps = from.number()?;
        search.n_terminal = from.number()?;
        search.leads_back = from.number()? != 0;
        search.rounds.restore(from)?;
        let seen = from.bytes()?;
        let is_sound = from.0.is_empty()
            && search.layers.is_sorted()
            && match search.chains {
                None => search.has_whole_layers(),
                Some(_) => search.is_between_chunks(),
            };
        (is_sound && observer.restore(seen)).then_some(search)
    }

    /// A number for each kind of search.
    fn kind(&self) -> u64 {
        let kinds = [
            self.chains.is_some(),
            self.is_reduced(),
            self.reduction.is_some_and(Reduction::assumes),
            self.alike().is_some(),
        ];
        kinds.iter().fold(0, |all, &is| all << 1 | u64::from(is))
    }

    fn has_whole_layers(&self) -> bool {
        self.layers.len() >= 2
            && self.last_layer().end <= self.n_states()
            && (self.last_layer().start..=self.last_layer().end).contains(&self.n_expanded)
            && self.parents.counts() == (u64::from(self.n_states()) - 1, self.n_expanded.into())
    }

    /// The same where states are passed: what is stored is expanded, too.
    fn is_between_chunks(&self) -> bool {
        let last = self.layers.last();
        self.n_states() > 0
            && self.n_expanded == self.n_states()
            && last.is_some_and(|&last| last <= self.n_states())
            && self.parents.counts() == (0, 0)
    }
}
