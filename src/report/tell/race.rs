//! R001 and R003: data races, and accesses without the lock a variable names.

use super::change::last_write;
use super::peek::{Order, finish, next_value};
use super::states::Column;
use super::told::{Told, declaration};
use crate::analysis::{LostUpdate, Touch, held_by};
use crate::base::Span;
use crate::program::{Instr, ObjectId, ObjectKind, Var};
use crate::report::Place;
use crate::trace::StepTaken;

/// Two next accesses of the last state.
pub(super) fn race(told: &mut Told<'_, '_>, one: &Touch, other: &Touch) {
    let story = told.story;
    let name = story.cell(one.cell).to_owned();
    told.say(format!("data race on `{name}`"));
    told.script.actors = vec![one.actor, other.actor];
    told.about(Column::Cell(one.cell));
    let guards = Guards::new(told, one, other);
    if let Some(var) = variable(told, one) {
        let who = format!(
            "{} and {}",
            story.quoted(one.actor),
            story.quoted(other.actor)
        );
        told.place(declaration(
            var.span,
            format!("shared by {who}, {}", guards.sentence(told, one, other)),
        ));
    }
    places(told, one, other);
    call_sites(told, &[one.actor, other.actor]);
    for id in guards.one.iter().chain(&guards.other) {
        told.about(Column::Object(*id));
    }
    for touch in [one, other] {
        told.script.waiting.push((touch.actor, next(told, touch)));
    }
    "both can be next: a race".clone_into(&mut told.script.waiting_note);
    either_order(told, one, other);
    advice(told, one, other, &guards);
}

/// A next write of the last state that wipes out what it has not seen.
pub(super) fn lost_update(told: &mut Told<'_, '_>, lost: &LostUpdate) {
    let story = told.story;
    let name = story.cell(lost.cell).to_owned();
    let who = story.quoted(lost.actor);
    let (read, now) = (
        story.show_cell(lost.cell, lost.read),
        story.show_cell(lost.cell, lost.now),
    );
    told.say(format!("lost update of `{name}` by {who}"));
    told.script.actors = vec![lost.actor];
    told.about(Column::Cell(lost.cell));
    let store = story.span(lost.update.store);
    let label = format!("{who} writes what it computed from {read}, but `{name}` is {now} now");
    told.place(Place::primary(store, label).by(story.actor(lost.actor), "write"));
    let own = |taken: &StepTaken| taken.action.actor == lost.actor;
    let looked = { story.backwards() }
        .find(|(_, taken)| own(taken) && taken.pc == lost.update.load)
        .map(|(step, _)| step);
    if let Some(step) = looked {
        told.script.key.insert(step);
        if story.span(lost.update.load) != store {
            let label = format!("step {}: {who} reads {read}", step + 1);
            let place = Place::new(story.span(lost.update.load), label);
            told.place(place.by(story.actor(lost.actor), "read"));
        }
    }
    if let Some((step, _)) = last_write(story, lost.cell, story.steps().len()) {
        let other = story.steps()[step].action.actor;
        told.script.key.insert(step);
        told.script.note(step, "this will be lost");
        let label = format!(
            "step {}: {} makes it {now}; this is lost",
            step + 1,
            story.quoted(other)
        );
        let place = Place::new(super::steps::span(story, step), label);
        told.place(place.by(story.actor(other), "write"));
    }
    let next = format!("write {name}, computed from {read}");
    told.script.waiting.push((lost.actor, next));
    told.script.waiting_note = format!("{name} is {now} now");
    call_sites(told, &[lost.actor]);
    told.help("read, compute and write in one step: `fetch_add` and its like, or `atomic { … }`");
    told.help(format!(
        "or hold one lock from the read of `{name}` to its write, in everybody who changes it"
    ));
}

/// An access of the last state without the lock it should hold.
pub(super) fn unguarded(told: &mut Told<'_, '_>, touch: &Touch, lock: ObjectId) {
    let story = told.story;
    let name = story.cell(touch.cell).to_owned();
    let guard = story.object(lock).to_owned();
    let who = story.quoted(touch.actor);
    let verb = if touch.write { "writes" } else { "reads" };
    told.say(format!("{who} {verb} `{name}` without its lock `{guard}`"));
    told.about(Column::Cell(touch.cell));
    told.about(Column::Object(lock));
    if let Some(var) = variable(told, touch) {
        let label = format!("declared `guarded_by {guard}`");
        told.place(declaration(var.span, label));
    }
    let held = held_by(story.machine(), story.end(), touch.actor);
    let own = held.iter().any(|&(id, _)| id == lock);
    let label = if own {
        format!("{who} holds `{guard}` only to read")
    } else {
        format!("{who} does not hold `{guard}` here")
    };
    told.place(
        Place::primary(story.span(touch.pc), label).by(story.actor(touch.actor), role(touch)),
    );
    call_sites(told, &[touch.actor]);
    told.script.waiting.push((touch.actor, next(told, touch)));
    told.script.waiting_note = format!("{guard} is not held");
    let holder = story.machine().owner(story.end(), lock);
    let now = match holder {
        Some(other) if other != touch.actor => {
            format!("{} holds `{guard}` at that moment", story.quoted(other))
        }
        _ => format!("nobody holds `{guard}` at that moment; in other runs somebody may"),
    };
    told.fact("the lock", now);
    if own {
        told.help(format!("a write needs `with {guard}.write {{ … }}`"));
    } else {
        told.help(format!("put the access into `with {guard} {{ … }}`"));
    }
}

fn variable<'a>(told: &Told<'_, 'a>, touch: &Touch) -> Option<&'a Var> {
    let program = told.story.program;
    let row = program.cells.get(touch.cell.index())?;
    program.vars.get(row.var.index())
}

/// What each of the two holds.
struct Guards {
    one: Vec<ObjectId>,
    other: Vec<ObjectId>,
}

impl Guards {
    fn new(told: &Told<'_, '_>, one: &Touch, other: &Touch) -> Self {
        let story = told.story;
        let held = |actor: usize| {
            let held = held_by(story.machine(), story.end(), actor);
            held.into_iter().map(|(id, _)| id).collect()
        };
        Self {
            one: held(one.actor),
            other: held(other.actor),
        }
    }

    fn common(&self) -> Option<ObjectId> {
        self.one.iter().copied().find(|id| self.other.contains(id))
    }

    /// A lock of which each holds its own copy, which keeps nobody out.
    fn copied(&self) -> Option<ObjectId> {
        let alike = |id: &ObjectId| self.other.iter().any(|it| it.declared() == id.declared());
        self.one.iter().copied().find(alike)
    }

    fn sentence(&self, told: &Told<'_, '_>, one: &Touch, other: &Touch) -> String {
        let story = told.story;
        let names = |ids: &[ObjectId]| {
            let names: Vec<String> = ids
                .iter()
                .map(|&id| format!("`{}`", story.object(id)))
                .collect();
            super::story::list(&names, 3)
        };
        if let Some(common) = self.common() {
            return format!("both holding `{}` only to read", story.object(common));
        }
        if let Some(copied) = self.copied() {
            return format!("each holding its own copy of `{}`", story.object(copied));
        }
        let permits = told.permits(one.actor, other.actor);
        match (self.one.is_empty(), self.other.is_empty()) {
            (true, true) => match permits {
                Some(id) => format!("guarded only by permits of `{}`", story.object(id)),
                None => "guarded by nothing".to_owned(),
            },
            (false, true) => format!(
                "but only {} holds {}",
                story.quoted(one.actor),
                names(&self.one)
            ),
            (true, false) => format!(
                "but only {} holds {}",
                story.quoted(other.actor),
                names(&self.other)
            ),
            (false, false) => format!(
                "one with {}, the other with {}",
                names(&self.one),
                names(&self.other)
            ),
        }
    }
}

impl Told<'_, '_> {
    /// A semaphore of which both actors hold a permit.
    fn permits(&self, one: usize, other: usize) -> Option<ObjectId> {
        let story = self.story;
        let objects = story.machine().objects_of(story.end(), one);
        objects
            .filter(|&id| matches!(story.kind(id), Some(ObjectKind::Sem { .. })))
            .find(|&id| story.permits_held(one, id) > 0 && story.permits_held(other, id) > 0)
    }
}

fn role(touch: &Touch) -> &'static str {
    if touch.write { "write" } else { "read" }
}

/// What an actor is about to do, for the table.
fn next(told: &Told<'_, '_>, touch: &Touch) -> String {
    let story = told.story;
    let name = story.cell(touch.cell);
    match (touch.write, next_value(story, story.end(), touch)) {
        (true, Some(value)) => format!("next: write {name} = {value}"),
        (true, None) => format!("next: write {name}"),
        (false, Some(value)) => format!("next: read {name} -> {value}"),
        (false, None) => format!("next: read {name}"),
    }
}

/// Where the two accesses are, and what each of them is about to do.
fn places(told: &mut Told<'_, '_>, one: &Touch, other: &Touch) {
    let story = told.story;
    let (first, second) = (story.span(one.pc), story.span(other.pc));
    if first == second {
        let label = one_place(told, one, other);
        let place = Place::primary(first, label).by(story.actor(one.actor), role(one));
        return told.place(place);
    }
    for touch in [one, other] {
        let label = format!("{} {}", story.quoted(touch.actor), does(told, touch));
        let place = Place::primary(story.span(touch.pc), label);
        told.place(place.by(story.actor(touch.actor), role(touch)));
    }
}

fn does(told: &Told<'_, '_>, touch: &Touch) -> String {
    let story = told.story;
    let name = story.cell(touch.cell);
    let value = next_value(story, story.end(), touch);
    let atomic = if touch.plain { "" } else { ", atomically" };
    match (touch.write, value) {
        (true, Some(value)) => format!("writes {value} to `{name}` here{atomic}"),
        (true, None) => format!("writes `{name}` here{atomic}"),
        (false, Some(value)) => format!("reads `{name}` here, {value} so far{atomic}"),
        (false, None) => format!("reads `{name}` here{atomic}"),
    }
}

fn one_place(told: &Told<'_, '_>, one: &Touch, other: &Touch) -> String {
    let story = told.story;
    let (first, second) = (story.quoted(one.actor), story.quoted(other.actor));
    if one.write && other.write {
        return format!("{first} and {second} are both about to write here");
    }
    let (writer, reader) = if one.write {
        (first, second)
    } else {
        (second, first)
    };
    if is_two_steps(told, one, other) {
        return format!("read, then write: {writer} is between the two, and {reader} reads");
    }
    format!("{writer} is about to write here, {reader} to read")
}

/// One statement that reads and then writes: `count += 1`.
fn is_two_steps(told: &Told<'_, '_>, one: &Touch, other: &Touch) -> bool {
    let instr = |touch: &Touch| told.story.program.code.get(touch.pc as usize);
    let has =
        |test: fn(&Instr) -> bool| instr(one).is_some_and(test) || instr(other).is_some_and(test);
    let is_entry = |it: &Instr, looks: bool| matches!(it, Instr::Collection { op, plain: true, .. } if op.only_looks() == looks);
    has(|it| matches!(it, Instr::Load(..))) && has(|it| matches!(it, Instr::Store(..)))
        || instr(one).zip(instr(other)).is_some_and(|(one, other)| {
            is_entry(one, true) && is_entry(other, false)
                || is_entry(one, false) && is_entry(other, true)
        })
}

/// Where the functions were called in which the actors are.
pub(super) fn call_sites(told: &mut Told<'_, '_>, actors: &[usize]) {
    let story = told.story;
    for &actor in actors {
        if !story.layout().is_running(story.end(), actor) {
            continue;
        }
        let calls = story.layout().return_pcs(story.program, story.end(), actor);
        let Some(&back) = calls.first() else {
            continue;
        };
        // A worker was called by nobody: its job began with the worker's own frame.
        let called = story.program.code.get(back.saturating_sub(1) as usize);
        if matches!(called, Some(Instr::TakeJob { .. })) {
            continue;
        }
        let call: Span = story.span(back.saturating_sub(1));
        let label = format!("{} came here through this call", story.quoted(actor));
        told.place(Place::new(call, label).by(story.actor(actor), "call"));
    }
}

/// Whether it matters who goes first: both orders are run to the end.
fn either_order(told: &mut Told<'_, '_>, one: &Touch, other: &Touch) {
    let story = told.story;
    let orders = [[one.actor, other.actor], [other.actor, one.actor]];
    let ends: Vec<Order> = orders.iter().map(|order| finish(story, order)).collect();
    let (Some(first), Some(second)) = (ends[0].state.as_ref(), ends[1].state.as_ref()) else {
        let stops = |order: &Order| order.state.is_none() && order.failed.is_some();
        for (order, end) in orders.iter().zip(&ends) {
            if let Some(text) = end.failed.as_ref().filter(|_| stops(end)) {
                let who = story.quoted(order[0]);
                told.fact("either order", format!("if {who} goes first, {text}"));
                return;
            }
        }
        return;
    };
    let all = (0..story.program.cells.len()).map(crate::program::CellId::new);
    let layout = story.layout();
    let differs = std::iter::once(one.cell)
        .chain(all)
        .find(|&cell| layout.value(first, cell) != layout.value(second, cell));
    let Some(cell) = differs else {
        return;
    };
    let collection = super::collection::owner(story, cell);
    let holds = |state| match collection {
        Some(id) => super::collection::show(story, id, state),
        None => story.show_cell(cell, layout.value(state, cell)),
    };
    let name = collection.map_or(story.cell(cell), |id| story.object(id));
    let text = format!(
        "if {} goes first, `{name}` ends as {}; if {} does, as {}",
        story.quoted(one.actor),
        holds(first),
        story.quoted(other.actor),
        holds(second),
    );
    told.fact("either order", text);
}

fn advice(told: &mut Told<'_, '_>, one: &Touch, other: &Touch, guards: &Guards) {
    let story = told.story;
    let Some(var) = variable(told, one) else {
        return;
    };
    let name = var.name.clone();
    if let Some(common) = guards.common() {
        let lock = story.object(common);
        told.help(format!(
            "whoever writes `{name}` needs `with {lock}.write {{ … }}`"
        ));
        return;
    }
    if let Some(copied) = guards.copied() {
        let lock = story.object(copied);
        told.help(format!(
            "declare it as `shared lock {lock}`: then all processes use the same one"
        ));
        return;
    }
    let layout = story.layout();
    let apart =
        layout.process_of(story.end(), one.actor) != layout.process_of(story.end(), other.actor);
    let shared = if apart { "shared " } else { "" };
    let (held, bare) = match (guards.one.first(), guards.other.first()) {
        (Some(&id), None) => (Some(id), Some(other)),
        (None, Some(&id)) => (Some(id), Some(one)),
        (Some(&id), Some(_)) => (Some(id), Some(other)),
        (None, None) => (None, None),
    };
    if let (Some(id), Some(touch)) = (held, bare) {
        let lock = story.object(id);
        let line = story.line(story.span(touch.pc));
        told.help(format!(
            "hold `{lock}` at the other place (line {line}), too"
        ));
    } else {
        told.help(format!(
            "let one lock guard it: `{shared}lock m`, and every access of `{name}` inside `with m {{ … }}`"
        ));
    }
    let simple = var.n == 1 && !var.atomic && is_two_steps(told, one, other);
    if simple && story.span(one.pc) == story.span(other.pc) {
        told.help(format!(
            "or make it one step: with `{shared}atomic {name} = {}`, `{}` cannot be interrupted",
            initial(told, one),
            story.text(story.span(one.pc))
        ));
    }
}

fn initial(told: &Told<'_, '_>, touch: &Touch) -> String {
    let row = told.story.program.cells.get(touch.cell.index());
    row.map_or(String::new(), |row| told.story.show(&row.kind, row.initial))
}
