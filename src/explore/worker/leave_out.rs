//! Where the search is reduced: of the actors that can move, only those that must.

use super::Worker;
use crate::base::{Mistake, planted};
use crate::explore::contents::Contents;
use crate::explore::expand::Halt;
use crate::explore::observer::Observer;
use crate::explore::reduction::Scene;

impl<O: Observer> Worker<'_, O> {
    /// Of the actors that can take a step, keeps those that must.
    pub(super) fn leave_out(&mut self, contents: &Contents, observer: &O) -> Result<(), Halt> {
        let Some(reduction) = self.reduction.filter(|_| self.enabled.len() > 1) else {
            return Ok(());
        };
        self.load(contents);
        let scene = Scene {
            machine: self.machine,
            state: &self.state,
            abouts: &self.known.abouts,
            stances: &self.stances,
            able: self.enabled.iter().copied().collect(),
            like_workers: contents.likens_workers(),
        };
        let must = reduction.stubborn(&scene, &mut self.encounters);
        for index in 0..self.enabled.len() {
            let actor = self.enabled[index];
            if must.contains(actor) {
                let mut ways = self.ways_of(contents, actor, observer)?;
                let stops = ways.any(|way| self.known.stops(way));
                if stops && !planted(Mistake::FaultLeavesOthers) {
                    return Ok(());
                }
            }
        }
        self.enabled.retain(|&actor| must.contains(actor));
        Ok(())
    }
}
