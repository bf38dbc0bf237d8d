//! Where the machine takes steps: each way that a step may go becomes a few changes
//! of numbers, for all states that agree on what was looked at.

use super::{More, Way, Worker, small};
use crate::explore::contents::Contents;
use crate::explore::expand::{Halt, fault_of};
use crate::explore::observer::Observer;
use crate::explore::rounds::Rounds;
use crate::semantics::Chooser;
use crate::trace::Action;
use std::ops::Range;

impl<O: Observer> Worker<'_, O> {
    /// Lets the machine take the steps of an actor; gives all ways that they may go.
    pub(super) fn try_out(
        &mut self,
        contents: &Contents,
        actor: usize,
        observer: &O,
    ) -> Result<Range<u32>, Halt> {
        self.begin(contents);
        let first = small(self.known.ways.len());
        let mut chooser = Chooser::first();
        loop {
            self.scratch.copy_from(&self.state);
            self.heard.incidents.clear();
            let result = self
                .machine
                .step(&mut self.scratch, actor, &mut chooser, &mut self.heard);
            let mut more = More {
                fault: match result {
                    Ok(()) => None,
                    Err(stop) => Some(fault_of(stop)?),
                },
                incidents: self.heard.incidents.clone(),
                contents: Vec::new(),
                actor,
            };
            self.note_way(contents, actor, chooser.code(), &mut more, observer);
            if !chooser.advance() {
                break;
            }
        }
        let known = &mut self.known;
        let ways = first..small(known.ways.len());
        let stance = self.stances[actor] as usize;
        let (question, seen) = (known.beside[stance].steps, known.seen[stance]);
        let step = small(known.steps.len());
        known.steps.push((ways.start, ways.end));
        self.scratch.looks(|looks| {
            let looks = looks.iter().copied().filter(|part| seen >> part & 1 == 0);
            known.memo.learn(question, looks, &self.numbers, step);
        });
        Ok(ways)
    }

    /// Notes the way that was just tried out on the scratch.
    fn note_way(
        &mut self,
        contents: &Contents,
        actor: usize,
        code: u32,
        more: &mut More,
        observer: &O,
    ) {
        let first = small(self.known.changes.len());
        let mut mark = 0;
        if more.fault.is_none() {
            self.note_changes(contents, more);
            let action = Action { actor, way: code };
            mark = observer.mark(self.machine, &self.state, action, &self.scratch.unwatched());
        }
        let known = &mut self.known;
        let changes = &known.changes[first as usize..];
        // What has no number yet is noted where it gets one.
        if more.fault.is_none() && more.contents.is_empty() {
            note_step(&mut self.rounds, actor, &self.numbers, changes);
        }
        let new = more.contents.iter().map(|&(part, _)| part);
        let old = changes.iter().map(|&(part, _)| usize::from(part));
        let mut halves = (false, false);
        for part in old.chain(new) {
            match contents.tree.is_right(part) {
                false => halves.0 = true,
                true => halves.1 = true,
            }
        }
        let any = more.fault.is_some() || !more.incidents.is_empty() || !more.contents.is_empty();
        if any {
            let number = small(known.ways.len());
            known.more.insert(number, std::mem::take(more));
        }
        known.ways.push(Way {
            code,
            first,
            end: small(known.changes.len()),
            mark,
            halves,
            more: any,
        });
    }

    /// Which parts of the scratch are different, and what they are now.
    fn note_changes(&mut self, contents: &Contents, more: &mut More) {
        let known = &mut self.known;
        self.scratch.looks(|looks| {
            for &part in looks {
                let index = usize::from(part);
                let range = contents.parts.range(index);
                let content = self.scratch.peek(range.clone());
                if content == self.state.peek(range) {
                    continue;
                }
                match contents.parts.blocks(index).find(content) {
                    Some(number) => known.changes.push((part, number)),
                    None => more.contents.push((index, content.to_vec())),
                }
            }
        });
    }

    /// Looks whether the contents of a way that had no numbers have them by now.
    pub(super) fn know_contents(&mut self, contents: &Contents, number: u32) -> bool {
        let known = &mut self.known;
        let more = known.more.get_mut(&number).expect("there is more to it");
        if more.contents.is_empty() {
            return true;
        }
        let way = &mut known.ways[number as usize];
        let first = known.changes.len();
        known.changes.extend_from_within(way.changes());
        for (part, content) in &more.contents {
            let Some(number) = contents.parts.blocks(*part).find(content) else {
                known.changes.truncate(first);
                return false;
            };
            let part = u8::try_from(*part).expect("at most 128 parts");
            known.changes.push((part, number));
        }
        more.contents = Vec::new();
        note_step(
            &mut self.rounds,
            more.actor,
            &self.numbers,
            &known.changes[first..],
        );
        *way = Way {
            first: small(first),
            end: small(known.changes.len()),
            more: more.fault.is_some() || !more.incidents.is_empty(),
            ..*way
        };
        true
    }
}

/// Notes a step of an actor from a state with these numbers, and what it changes.
fn note_step(rounds: &mut Rounds, actor: usize, numbers: &[u32], changes: &[(u8, u32)]) {
    let changes = changes.iter().map(|&(part, to)| (usize::from(part), to));
    rounds.step(actor, changes.map(|(part, to)| (part, numbers[part], to)));
}
