//! Makes a schedule simpler as long as it still shows the same: fewer steps,
//! fewer switches.
//!
//! Source: delta debugging (Zeller, Hildebrandt, "Simplifying and isolating
//! failure-inducing input", 2002), whose pieces here are the turns of a schedule:
//! steps of one actor in a row. Besides leaving turns out, it tries to move a turn
//! to the actor's turn before it, and to leave out single steps.
//!
//! **Deliberately absent:** what is shown, and how a step that is no longer
//! possible is passed over: both are for `shows` to say. The result is no longer
//! than it must be for these moves, not shortest: only a search finds the shortest.

use crate::trace::{Action, Schedule};

/// Candidates that are tried.
const TRIES_MAX: usize = 4_000;

/// Shortens a schedule. `shows` runs a candidate as far as it can be run, and
/// gives the steps up to where it shows the same, if it does.
///
/// The result is a schedule that `shows` gave, or the one it was called with.
pub fn fewer_switches(
    schedule: Schedule,
    shows: &mut dyn FnMut(&[Action]) -> Option<Vec<Action>>,
) -> Schedule {
    let mut shortening = Shortening {
        best: schedule,
        tries: 0,
        shows,
    };
    loop {
        let before = cost(&shortening.best.0);
        shortening.leave_out_turns();
        shortening.move_turns();
        shortening.leave_out_steps();
        if cost(&shortening.best.0) >= before || shortening.tries >= TRIES_MAX {
            return shortening.best;
        }
    }
}

struct Shortening<'a> {
    best: Schedule,
    tries: usize,
    shows: &'a mut dyn FnMut(&[Action]) -> Option<Vec<Action>>,
}

/// Steps, then switches.
fn cost(steps: &[Action]) -> (usize, usize) {
    let switches = steps.windows(2).filter(|two| two[0].actor != two[1].actor);
    (steps.len(), switches.count())
}

fn turns(steps: &[Action]) -> Vec<Vec<Action>> {
    let turns = steps.chunk_by(|one, other| one.actor == other.actor);
    turns.map(<[Action]>::to_vec).collect()
}

impl Shortening<'_> {
    /// Takes over the candidate if it shows the same and is simpler.
    fn offer(&mut self, candidate: &[Action]) -> bool {
        if self.tries >= TRIES_MAX {
            return false;
        }
        self.tries += 1;
        match (self.shows)(candidate) {
            Some(steps) if cost(&steps) < cost(&self.best.0) => {
                self.best = Schedule(steps);
                true
            }
            _ => false,
        }
    }

    /// Leaves out half of the turns, a quarter, … down to one.
    fn leave_out_turns(&mut self) {
        let mut size = turns(&self.best.0).len() / 2;
        while size > 0 {
            let mut from = 0;
            loop {
                let all = turns(&self.best.0);
                if from >= all.len() {
                    break;
                }
                let to = all.len().min(from + size);
                let rest = [&all[..from], &all[to..]].concat().concat();
                if !self.offer(&rest) {
                    from += size;
                }
            }
            size /= 2;
        }
    }

    /// Joins a turn with the turn of the same actor before it, or after it.
    fn move_turns(&mut self) {
        let mut at = 0;
        loop {
            let all = turns(&self.best.0);
            if at >= all.len() {
                return;
            }
            let actor = all[at][0].actor;
            let same = |turn: &Vec<Action>| turn[0].actor == actor;
            let before = all[..at].iter().rposition(same);
            let after = all[at + 1..].iter().position(same);
            let moved = [before, after.map(|index| at + 1 + index)];
            let joined = moved.into_iter().flatten().any(|other| {
                let mut turns = all.clone();
                let turn = std::mem::take(&mut turns[at]);
                if other < at {
                    turns[other].extend(turn);
                } else {
                    turns[other].splice(0..0, turn);
                }
                self.offer(&turns.concat())
            });
            at += usize::from(!joined);
        }
    }

    fn leave_out_steps(&mut self) {
        let mut at = self.best.0.len();
        while at > 0 {
            at -= 1;
            if at >= self.best.0.len() {
                continue;
            }
            let mut rest = self.best.0.clone();
            rest.remove(at);
            self.offer(&rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows "the same" as soon as the actors of `wanted` took steps in that order.
    #[track_caller]
    fn check(steps: &[usize], wanted: &[usize], expected: &[usize]) {
        let steps: Vec<Action> = { steps.iter() }
            .map(|&actor| Action { actor, way: 0 })
            .collect();
        let mut shows = |candidate: &[Action]| {
            let mut rest = wanted;
            for (index, step) in candidate.iter().enumerate() {
                if rest.first() == Some(&step.actor) {
                    rest = &rest[1..];
                }
                if rest.is_empty() {
                    return Some(candidate[..=index].to_vec());
                }
            }
            None
        };
        let short = fewer_switches(Schedule(steps), &mut shows);
        let actors: Vec<usize> = short.0.iter().map(|step| step.actor).collect();
        assert_eq!(actors, expected);
    }

    #[test]
    fn what_does_not_matter_goes() {
        check(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], &[1, 1], &[1, 1]);
        check(&[3, 0, 3, 1, 3, 0, 3, 1, 3], &[0, 1, 0], &[0, 1, 0]);
    }

    #[test]
    fn what_matters_stays() {
        check(&[0, 1, 0, 1], &[0, 1, 0, 1], &[0, 1, 0, 1]);
    }
}
