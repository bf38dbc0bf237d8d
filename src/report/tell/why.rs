//! Why a variable has its value at a step: the chain of writes and reads that led
//! to it, and the synchronisation that is missing between them.

use super::story::Story;
use crate::base::Source;
use crate::program::{CellId, Program};
use crate::report::Fact;
use crate::semantics::EventKind;
use crate::trace::{Order, Schedule};

/// Links of a chain that are told.
const LINKS_MAX: usize = 8;

/// Why a question has no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAnswer {
    /// It is not of the form `x@5`.
    BadQuestion,
    /// No variable has that name; these have.
    Unknown(String, Vec<String>),
    /// The execution has only so many steps.
    TooLate(usize),
}

/// The answer to `x@5`: a headline, and the chain from the last write backwards.
///
/// `None` if the program cannot follow the schedule.
///
/// # Errors
///
/// [`NoAnswer`] says what is wrong with the question.
pub fn why(
    program: &Program,
    source: &Source,
    schedule: &Schedule,
    question: &str,
) -> Option<Result<(String, Vec<Fact>), NoAnswer>> {
    let nothing = super::bare_finding(schedule);
    let story = Story::new(program, source, &nothing)?;
    Some(ask(&story, question))
}

fn ask(story: &Story<'_>, question: &str) -> Result<(String, Vec<Fact>), NoAnswer> {
    let (name, step) = match question.rsplit_once('@') {
        Some((name, step)) => {
            let step: usize = step.trim().parse().map_err(|_| NoAnswer::BadQuestion)?;
            (name.trim(), step)
        }
        None => (question.trim(), story.steps().len()),
    };
    if name.is_empty() {
        return Err(NoAnswer::BadQuestion);
    }
    if step > story.steps().len() {
        return Err(NoAnswer::TooLate(story.steps().len()));
    }
    let cells = &story.program.cells;
    let Some(cell) = cells.iter().position(|it| it.name == name).map(CellId::new) else {
        let names = cells.iter().map(|it| it.name.clone()).collect();
        return Err(NoAnswer::Unknown(name.to_owned(), names));
    };
    let mut chain = Chain {
        story,
        order: Order::of(&story.run),
        facts: Vec::new(),
        missing: Vec::new(),
    };
    chain.value(cell, step);
    let state = match step {
        0 => &story.run.initial,
        step => story.after(step - 1),
    };
    let value = story.show_cell(cell, story.layout().value(state, cell));
    let when = match step {
        0 => "at the beginning".to_owned(),
        step => format!("after step {step}"),
    };
    chain.conclude();
    Ok((format!("why `{name}` is {value} {when}"), chain.facts))
}

struct Chain<'s, 'a> {
    story: &'s Story<'a>,
    order: Order,
    facts: Vec<Fact>,
    /// Pairs of steps that nothing orders, the earlier first, with what goes wrong.
    missing: Vec<(usize, usize, String)>,
}

impl Chain<'_, '_> {
    /// Tells where the value of a word after so many steps comes from.
    fn value(&mut self, cell: CellId, n_steps: usize) {
        if self.facts.len() >= LINKS_MAX {
            return;
        }
        let story = self.story;
        let name = story.cell(cell);
        let Some(write) = last_write(story, cell, n_steps) else {
            let initial = story.layout().value(&story.run.initial, cell);
            let initial = story.show_cell(cell, initial);
            self.say(
                "beginning",
                format!("`{name}` begins as {initial}; nobody has written it since"),
            );
            return;
        };
        let who = story.steps()[write].action.actor;
        let value = story.write_of(write, cell).unwrap_or_default();
        let line = story.line(story.span(story.steps()[write].pc));
        let update = story
            .events(write)
            .any(|event| matches!(event.kind, EventKind::Update(at, ..) if at == cell));
        let how = if update { "makes" } else { "writes" };
        let text = match update {
            true => format!(
                "{} {how} `{name}` {} in one step (line {line})",
                story.quoted(who),
                story.show_cell(cell, value)
            ),
            false => format!(
                "{} {how} {} to `{name}` (line {line})",
                story.quoted(who),
                story.show_cell(cell, value)
            ),
        };
        self.say(&format!("step {}", write + 1), text);
        if update {
            self.value(cell, write);
            return;
        }
        for (read, cell) in self.sources(write, cell) {
            self.read(read, cell, write);
        }
    }

    /// The reads that a write was computed from: those of its statement, else the
    /// last look at the same word.
    fn sources(&self, write: usize, cell: CellId) -> Vec<(usize, CellId)> {
        let story = self.story;
        let who = story.steps()[write].action.actor;
        let stmt = |step: usize| story.program.sites[story.steps()[step].pc as usize].stmt;
        let mut found: Vec<(usize, CellId)> = Vec::new();
        for step in (0..write).rev() {
            if story.steps()[step].action.actor != who {
                continue;
            }
            if last_write_by(story, who, cell, step) {
                break;
            }
            for looked in reads(story, step) {
                let same = stmt(step) == stmt(write);
                if (same || looked == cell) && !found.iter().any(|(_, known)| *known == looked) {
                    found.push((step, looked));
                }
            }
        }
        found
    }

    fn read(&mut self, read: usize, cell: CellId, write: usize) {
        let story = self.story;
        let name = story.cell(cell);
        let who = story.steps()[read].action.actor;
        let value = story.read_of(read, cell).unwrap_or_default();
        let line = story.line(story.span(story.steps()[read].pc));
        self.say(
            &format!("step {}", read + 1),
            format!(
                "{} had read `{name}`: {} (line {line})",
                story.quoted(who),
                story.show_cell(cell, value)
            ),
        );
        for lost in read + 1..write {
            let other = story.steps()[lost].action.actor;
            if other == who || story.write_of(lost, cell).is_none() {
                continue;
            }
            let wrote = story.write_of(lost, cell).unwrap_or_default();
            self.say(
                &format!("step {}", lost + 1),
                format!(
                    "between the two {} wrote {} to `{name}`; {} does not know of it",
                    story.quoted(other),
                    story.show_cell(cell, wrote),
                    story.quoted(who)
                ),
            );
            if self.order.is_before(read, lost) && self.order.is_before(lost, write) {
                self.missing
                    .push((read, write, format!("step {} comes between them", lost + 1)));
            } else {
                let one = if self.order.is_before(read, lost) {
                    (lost, write)
                } else {
                    (read, lost)
                };
                self.missing.push((one.0, one.1, String::new()));
            }
        }
        if let Some(from) = last_write(story, cell, read) {
            let writer = story.steps()[from].action.actor;
            if writer != who && !self.order.is_before(from, read) {
                self.missing.push((from, read, String::new()));
            }
        }
        self.value(cell, read);
    }

    fn say(&mut self, key: &str, text: String) {
        if self.facts.len() < LINKS_MAX {
            self.facts.push(Fact::new(key, text));
        }
    }

    /// What is missing, in words.
    fn conclude(&mut self) {
        let story = self.story;
        let mut told: Vec<(usize, usize)> = Vec::new();
        for (one, other, between) in std::mem::take(&mut self.missing) {
            if told.contains(&(one, other)) || told.len() >= 3 {
                continue;
            }
            told.push((one, other));
            let at = |step: usize| {
                let taken = &story.steps()[step];
                let line = story.line(story.span(taken.pc));
                format!(
                    "step {} ({}, line {line})",
                    step + 1,
                    story.quoted(taken.action.actor)
                )
            };
            let text = if between.is_empty() {
                format!(
                    "nothing orders {} and {}: no lock, signal, message or join leads from one to the other",
                    at(one),
                    at(other)
                )
            } else {
                format!(
                    "{} and {} belong together, but {between}: hold one lock from the first to the second",
                    at(one),
                    at(other)
                )
            };
            self.facts.push(Fact::new("missing", text));
        }
        if told.is_empty() {
            self.facts.push(Fact::new(
                "missing",
                "nothing: the synchronisation orders all of these steps",
            ));
        }
    }
}

/// The words that a step reads.
fn reads(story: &Story<'_>, step: usize) -> Vec<CellId> {
    let own = story.events(step).filter_map(|event| match event.kind {
        EventKind::Read(cell, _) => Some(cell),
        _ => None,
    });
    let mut cells: Vec<CellId> = own.collect();
    cells.extend(story.looks(step).into_iter().map(|(cell, _)| cell));
    cells.dedup();
    cells
}

fn last_write(story: &Story<'_>, cell: CellId, n_steps: usize) -> Option<usize> {
    (0..n_steps)
        .rev()
        .find(|&step| story.write_of(step, cell).is_some())
}

fn last_write_by(story: &Story<'_>, who: usize, cell: CellId, step: usize) -> bool {
    story.steps()[step].action.actor == who && story.write_of(step, cell).is_some()
}
