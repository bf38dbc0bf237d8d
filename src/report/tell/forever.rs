//! A006, A007, S002, S003, S004: runs that go on for ever, as a loop at the end of
//! the table, and what each actor does in it.

use super::leaves;
use super::story::list;
use super::told::Told;
use crate::analysis::{Conduct, Lasso, Level, Resource, Wait};
use crate::base::Span;
use crate::program::{Fairness, Instr, ObjectKind, Pc, PropertyKind, RwPolicy};
use crate::report::Place;

/// An `eventually` that never comes.
pub(super) fn never(told: &mut Told<'_, '_>, index: usize, lasso: &Lasso) {
    let story = told.story;
    let Some(property) = story.program.properties.get(index) else {
        return;
    };
    let PropertyKind::Eventually(expr) = &property.kind else {
        return;
    };
    let text = story.text(property.span);
    told.say(format!("`{text}` fails: {}", how_it_ends(told, lasso)));
    let found = leaves::of_property(story, expr, story.end());
    let label = "false in every state of this run";
    told.place(Place::primary(property.span, label).role("property"));
    for column in leaves::columns(&found) {
        told.about(column);
    }
    conducts(told, lasso);
    told.help(against_delay(told, lasso));
}

/// A `leads_to` whose second never follows.
pub(super) fn never_follows(told: &mut Told<'_, '_>, index: usize, since: usize, lasso: &Lasso) {
    let story = told.story;
    let Some(property) = story.program.properties.get(index) else {
        return;
    };
    let PropertyKind::LeadsTo(cause, effect) = &property.kind else {
        return;
    };
    let text = story.text(property.span);
    told.say(format!("`{text}` fails: {}", how_it_ends(told, lasso)));
    let moment = match since {
        0 => "at the very beginning".to_owned(),
        n => format!("after step {n}"),
    };
    let label = format!("the first is true {moment}, the second never from there on");
    told.place(Place::primary(property.span, label).role("property"));
    if let Some(step) = since.checked_sub(1) {
        told.script.note(step, "from here on it is owed");
    }
    for expr in [effect, cause] {
        for column in leaves::columns(&leaves::of_property(story, expr, story.end())) {
            told.about(column);
        }
    }
    conducts(told, lasso);
    told.help(against_delay(told, lasso));
}

/// What to do so that what must come comes.
fn against_delay(told: &Told<'_, '_>, lasso: &Lasso) -> &'static str {
    if told.story.found.loop_from().is_some() {
        return "let whoever should bring it have its turn: a queue or a ticket for what it waits \
                for, or a loop that ends; `fair strong` of an actor only where the scheduler \
                promises it";
    }
    if lasso.conduct.iter().any(|conduct| conduct.wait().is_some()) {
        return "make sure that somebody who is left does what the others wait for";
    }
    "let whoever should bring it wait for its cause instead of looking once, and bring it before \
     the last actor ends"
}

fn how_it_ends(told: &Told<'_, '_>, lasso: &Lasso) -> String {
    if told.story.found.loop_from().is_some() {
        return "there is a fair run in which it never comes".to_owned();
    }
    let waits = lasso.conduct.iter().any(|conduct| conduct.wait().is_some());
    let stops = if waits { "stops" } else { "ends" };
    format!("a run {stops} without it")
}

/// An actor that starves.
pub(super) fn starves(told: &mut Told<'_, '_>, actor: usize, pc: Pc, lasso: &Lasso) {
    let story = told.story;
    let who = story.quoted(actor);
    let span = story.span(pc);
    told.say(format!(
        "starvation: {who} can wait for ever at line {}",
        story.line(span)
    ));
    let conduct = lasso.conduct.get(actor);
    let wait = conduct.and_then(Conduct::wait);
    let what = wait.map_or("something".to_owned(), |wait| story.what(wait, true));
    let label = format!("{who} waits here for {what}, while others go on");
    let role = wait.map_or("wait", |wait| super::waits::role(wait.resource));
    told.place(Place::primary(span, label).by(story.actor(actor), role));
    if let Some(wait) = wait {
        told.finding.waits.push(super::waits::told(story, wait));
        if let Some(id) = wait.resource.object() {
            told.about(super::states::Column::Object(id));
        }
    }
    conducts(told, lasso);
    would_fairness_help(told, actor, lasso);
    if let Some(wait) = wait {
        told.help(against_starvation(told, wait));
    }
}

fn would_fairness_help(told: &mut Told<'_, '_>, actor: usize, lasso: &Lasso) {
    let who = told.story.quoted(actor);
    let by_luck = told.story.found.level == Level::Warning;
    let text = match lasso.fairness {
        Fairness::Strong if by_luck => format!(
            "weak: no    strong: no    (whom a notify wakes is not up to the scheduler: {who} may \
             be passed over each time)"
        ),
        Fairness::Strong => format!(
            "weak: no    strong: no    ({who} can move nowhere in the loop: the program must \
             change, not the scheduler)"
        ),
        Fairness::Weak => format!(
            "weak: no    strong: yes    ({who} could move now and then in the loop, and is passed \
             over each time)"
        ),
        Fairness::Unfair => "weak: yes    strong: yes".to_owned(),
    };
    told.fact("would fairness help?", text);
}

fn against_starvation(told: &Told<'_, '_>, wait: &Wait) -> String {
    let story = told.story;
    let name = wait.resource.object().map_or("", |id| story.object(id));
    match wait.resource {
        Resource::Write(id) | Resource::Read(id) => match story.kind(id) {
            Some(ObjectKind::RwLock {
                policy: RwPolicy::Fair,
            }) => format!("let the others leave `{name}` alone now and then"),
            _ => format!("`rwlock {name} fair`: whoever comes first goes first"),
        },
        Resource::Lock(_) => format!(
            "let everybody take turns: a ticket, or a queue in front of `{name}`; or let the \
             others do without `{name}` now and then"
        ),
        Resource::Permit(_) => format!(
            "hand the permits of `{name}` over in turn: one semaphore for each actor, or a queue"
        ),
        Resource::Notify(_) => {
            format!("`cond {name} … fifo` wakes in waiting order; `notify_all()` wakes everybody")
        }
        Resource::Condition => {
            "let it say that it waits, and let the others begin nothing new until it has had its turn"
                .to_owned()
        }
        _ => "make sure that those who go on do, again and again, what is waited for".to_owned(),
    }
}

/// An actor that waits by looping.
pub(super) fn spins(told: &mut Told<'_, '_>, actor: usize, pc: Pc, lasso: &Lasso) {
    let story = told.story;
    let who = story.quoted(actor);
    let span = story.span(pc);
    let what = story.text(span);
    let for_ever = story.found.level == Level::Error;
    // Whoever could change it may wait for what the actor keeps.
    let waits_for_it = lasso.idle().find_map(|other| {
        let wait = lasso.conduct[other].wait()?;
        wait.all.contains(&actor).then_some(wait)
    });
    if for_ever {
        let why = match waits_for_it {
            Some(wait) => format!("{} waits for {who}", story.quoted(wait.actor)),
            None => "nobody is left to change it".to_owned(),
        };
        told.say(format!(
            "spinning: {who} looks at `{what}` for ever, and {why}"
        ));
    } else {
        told.say(format!(
            "spinning: {who} waits for a change by looking at `{what}` again and again"
        ));
    }
    let label = if for_ever {
        format!("{who} looks here in every round, and sees the same each time")
    } else {
        format!("{who} looks here in every round of its loop")
    };
    told.place(Place::primary(span, label).by(story.actor(actor), "read"));
    if let Instr::Load(_, place, _) = story.program.instr(pc)
        && place.dims.is_empty()
    {
        let process = story.layout().process_of(story.end(), actor);
        let cell = story.layout().cell_in(place.base, process);
        let column = super::states::Column::Cell(cell);
        told.about(column);
        super::copies::elsewhere(told, &[column]);
    }
    if for_ever {
        conducts(told, lasso);
        let kept = waits_for_it.and_then(|wait| wait.resource.object());
        told.help(match kept {
            Some(id) => format!(
                "give `{}` back before each look: who should change it needs it",
                story.object(id)
            ),
            None => "make sure that whoever should change it still does, after this look, too"
                .to_owned(),
        });
    } else {
        told.fact(
            "why it matters",
            "a processor is busy with it until the change comes, and others get less",
        );
        told.help("let it sleep: an event, a condition or a channel wakes it when there is news");
    }
}

/// Actors that get nowhere.
pub(super) fn livelock(told: &mut Told<'_, '_>, lasso: &Lasso) {
    let story = told.story;
    let names: Vec<String> = lasso.movers().map(|actor| story.quoted(actor)).collect();
    let (verb, none) = match names.len() {
        1 => ("goes", "gets nowhere"),
        _ => ("go", "none gets anywhere"),
    };
    let names = list(&names, 4);
    told.say(format!("livelock: {names} {verb} on for ever and {none}"));
    come_by(told, lasso);
    conducts(told, lasso);
    told.fact(
        "not a deadlock",
        "they move again and again, and all that they do leads back to where they were",
    );
    told.help(
        "let one of them go on: whose turn it is, or who has the smaller number, decides; or each \
         does itself what it would pass on; on real machines a random pause before the next try",
    );
}

/// Marks where each of those who get nowhere comes by in every round.
fn come_by(told: &mut Told<'_, '_>, lasso: &Lasso) {
    let story = told.story;
    let mut seen: Vec<(Span, usize)> = Vec::new();
    for (step, taken) in story.steps().iter().enumerate().skip(lasso.loop_from) {
        let actor = taken.action.actor;
        if !seen.iter().any(|(_, known)| *known == actor) {
            seen.push((super::steps::span(story, step), actor));
        }
    }
    for here in seen.chunk_by(|one, next| one.0 == next.0) {
        let each: Vec<String> = here.iter().map(|it| story.quoted(it.1)).collect();
        let label = format!("again and again: {}", list(&each, 4));
        let (span, actor) = here[0];
        told.place(Place::primary(span, label).by(story.actor(actor), "step"));
    }
}

/// What each actor does in the loop, or at the end.
fn conducts(told: &mut Told<'_, '_>, lasso: &Lasso) {
    let story = told.story;
    let repeats = story.found.loop_from().is_some();
    let movers: Vec<String> = lasso.movers().map(|actor| story.quoted(actor)).collect();
    let mut lines = Vec::new();
    if !movers.is_empty() {
        let verb = if movers.len() == 1 { "moves" } else { "move" };
        lines.push(format!("{} {verb}", list(&movers, 4)));
    }
    let mut resting = Vec::new();
    for (actor, conduct) in lasso.conduct.iter().enumerate() {
        let who = story.quoted(actor);
        match conduct {
            Conduct::Moves | Conduct::Over => {}
            Conduct::Blocked(wait) => {
                resting.push(wait.clone());
                lines.push(format!(
                    "{who} waits for {}{}",
                    story.what(wait, true),
                    by(told, wait)
                ));
            }
            Conduct::PassedOver {
                enabled,
                waits: Some((step, wait)),
            } => lines.push(format!(
                "{who} waits for {}: it could go on before step {}, and nobody lets it; that is \
                 allowed because it cannot before step {}",
                story.what(wait, true),
                enabled + 1,
                step + 1
            )),
            Conduct::PassedOver { waits: None, .. } => {
                lines.push(format!("{who} could go on, and need not: `unfair`"));
            }
        }
    }
    if !repeats {
        told.waits(&resting, "");
    }
    if !lines.is_empty() {
        let key = if repeats { "in the loop" } else { "at the end" };
        told.fact(key, lines.join("\n"));
    }
}

fn by(told: &Told<'_, '_>, wait: &Wait) -> String {
    let held = matches!(
        wait.resource,
        Resource::Lock(_) | Resource::Read(_) | Resource::Write(_)
    );
    if !held || wait.all.is_empty() {
        return String::new();
    }
    let names: Vec<String> = wait.all.iter().map(|&a| told.story.quoted(a)).collect();
    format!(", first held by {}", list(&names, 3))
}
