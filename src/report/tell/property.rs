//! A002 to A008: properties of states, of final states, and of all runs.

use super::change;
use super::copies;
use super::leaves::{self, Leaf};
use super::story::cut;
use super::swap;
use super::told::Told;
use crate::base::Span;
use crate::program::{Outcomes, PropertyKind, unpack_lines};
use crate::semantics::{Event, EventKind};

/// Lines of a transcript that are shown.
const LINES_SHOWN: usize = 8;
use crate::report::Place;
use crate::semantics::ArithmeticFault;

/// A property that is false in the last state.
pub(super) fn broken(told: &mut Told<'_, '_>, index: usize) {
    let story = told.story;
    let Some(property) = story.program.properties.get(index) else {
        return;
    };
    let (expr, at_end) = match &property.kind {
        PropertyKind::Always(expr) | PropertyKind::Sometimes(expr) => (expr, false),
        PropertyKind::Finally(expr) => (expr, true),
        PropertyKind::Eventually(_) | PropertyKind::LeadsTo(..) | PropertyKind::Order(..) => return,
    };
    let (text, message) = parts(&story.full_text(property.span));
    let found = leaves::of_property(story, expr, story.end());
    let values = leaves::sentence(&found);
    let because = if values.is_empty() {
        String::new()
    } else {
        format!(": {values}")
    };
    let verb = if at_end { "fails" } else { "does not hold" };
    told.say(format!("`{text}` {verb}{because}{message}"));
    let moment = match (at_end, story.steps().len()) {
        (true, _) => "at the end".to_owned(),
        (false, 0) => "at the very beginning".to_owned(),
        (false, n) => format!("after step {n}"),
    };
    let label = if values.is_empty() {
        moment
    } else {
        format!("{values} {moment}")
    };
    told.place(Place::primary(property.span, label).role("property"));
    let result = if values.is_empty() {
        "FAILS".to_owned()
    } else {
        format!("FAILS, {}", leaves::plain(&found))
    };
    told.script.end.push((text, result));
    watch(told, &found);
    if at_end {
        swap::one_swap(told, expr);
    }
    if !copies::elsewhere(told, &leaves::columns(&found)) {
        advice(told, &found, at_end);
    }
}

/// Shows what the property looks at, and how it came about.
fn watch(told: &mut Told<'_, '_>, found: &[Leaf]) {
    for column in leaves::columns(found) {
        told.about(column);
    }
    change::tell(told, found);
}

/// A property without the message behind it, and that message in parentheses.
fn parts(text: &str) -> (String, String) {
    match text.split_once(", \"") {
        Some((text, message)) => (cut(text), format!(" ({})", message.trim_end_matches('"'))),
        None => (cut(text), String::new()),
    }
}

fn advice(told: &mut Told<'_, '_>, found: &[Leaf], at_end: bool) {
    let names: Vec<String> = found
        .iter()
        .filter(|leaf| leaf.column.is_some())
        .map(|leaf| format!("`{}`", leaf.name))
        .collect();
    if names.is_empty() {
        return;
    }
    if let Some(step) = own_doing(told, found, at_end) {
        let who = told.story.quoted(told.story.steps()[step].action.actor);
        told.help(format!(
            "no other actor has a hand in it: look at step {}, where {who} writes it",
            step + 1
        ));
        return;
    }
    let names = super::story::list(&names, 3);
    if at_end {
        told.help(format!(
            "let nobody come between the steps that belong together: one lock, or one `atomic` \
             step, for {names}"
        ));
    } else {
        told.help(format!(
            "change what belongs together in one step, `atomic {{ … }}`, or take a lock or permit \
             before changing {names}"
        ));
    }
}

/// The write that alone makes a property false, if nobody else has moved: of the only word
/// that it looks at, or, at the end, the last of any.
fn own_doing(told: &Told<'_, '_>, found: &[Leaf], at_end: bool) -> Option<usize> {
    let story = told.story;
    let actor = story.steps().first()?.action.actor;
    if story.steps().iter().any(|step| step.action.actor != actor) {
        return None;
    }
    let cells = found.iter().filter_map(|leaf| match leaf.column {
        Some(super::states::Column::Cell(cell)) => Some(cell),
        _ => None,
    });
    let cells: Vec<_> = cells.collect();
    let writes = |step: &usize| {
        cells
            .iter()
            .any(|&cell| story.write_of(*step, cell).is_some())
    };
    let last = (0..story.steps().len()).rev().find(writes);
    last.filter(|_| at_end || cells.len() == 1)
}

/// A property whose evaluation fails.
pub(super) fn cannot_be_evaluated(told: &mut Told<'_, '_>, index: usize) {
    let story = told.story;
    let Some(property) = story.program.properties.get(index) else {
        return;
    };
    let expr = match &property.kind {
        PropertyKind::Always(expr)
        | PropertyKind::Sometimes(expr)
        | PropertyKind::Finally(expr)
        | PropertyKind::Eventually(expr) => expr,
        PropertyKind::LeadsTo(cause, effect) => {
            match story.machine().overview(story.end()).eval(cause) {
                Err(_) => cause,
                Ok(_) => effect,
            }
        }
        PropertyKind::Order(..) => return,
    };
    let why = match story.machine().overview(story.end()).eval(expr) {
        Err(ArithmeticFault::Overflow) => "the arithmetic in it overflows",
        Err(ArithmeticFault::DivisionByZero) => "it divides by zero",
        Err(ArithmeticFault::Bounds) | Ok(_) => "an index in it is out of bounds",
    };
    let text = story.text(property.span);
    told.say(format!("`{text}` cannot be evaluated: {why}"));
    let found = leaves::of_property(story, expr, story.end());
    let values = leaves::sentence(&found);
    told.place(Place::primary(property.span, values).role("property"));
    watch(told, &found);
    told.script.end.push((text, "has no value".to_owned()));
    told.help("let the property test the index first: `i >= n || a[i] == 0`");
}

/// Two steps in the wrong order.
pub(super) fn order(told: &mut Told<'_, '_>, index: usize, actor: usize) {
    let story = told.story;
    let program = story.program;
    let Some(property) = program.properties.get(index) else {
        return;
    };
    let PropertyKind::Order(first, second) = property.kind else {
        return;
    };
    let (Some(first), Some(second)) = (
        program.labels.get(first.index()),
        program.labels.get(second.index()),
    ) else {
        return;
    };
    told.say(format!(
        "`@{}` can come before `@{}`: {} gets there first",
        second.name,
        first.name,
        story.quoted(actor)
    ));
    let last = story.steps().len();
    let label = format!("step {last}: {} is here already", story.quoted(actor));
    told.place(Place::primary(second.span, label).by(story.actor(actor), second.name.clone()));
    told.place(Place::new(first.span, "this has not happened yet").role(first.name.clone()));
    told.place(Place::new(property.span, "demanded here").role("property"));
    if let Some(step) = last.checked_sub(1) {
        told.script
            .note(step, format!("`{}` before `{}`", second.name, first.name));
    }
    told.fact(
        "what happened",
        format!(
            "nothing makes {} wait until `@{}` is done",
            story.quoted(actor),
            first.name
        ),
    );
    told.help(format!(
        "let {} wait: for an event that is set after `@{}`, or with a join",
        story.quoted(actor),
        first.name
    ));
}

/// Final values that `outcomes` does not name.
pub(super) fn unexpected(told: &mut Told<'_, '_>, index: usize, values: &[i64]) {
    let story = told.story;
    let Some(outcomes) = story.program.outcomes.get(index) else {
        return;
    };
    let (names, shown) = (tuple(&outcomes.names), told.tuple(outcomes, values));
    if outcomes.print {
        return unexpected_lines(told, outcomes, &shown);
    }
    told.say(format!(
        "{names} can end as {shown}, which `outcomes` does not name"
    ));
    let place = Place::primary(outcomes.span, format!("{shown} is not among these"));
    told.place(place.role("property"));
    let mut found = Vec::new();
    for expr in &outcomes.values {
        found.extend(leaves::of_property(story, expr, story.end()));
    }
    told.script
        .end
        .push((format!("{names} ends as"), format!("{shown}: not named")));
    watch(told, &found);
    copies::elsewhere(told, &leaves::columns(&found));
    told.help(format!(
        "if that is right, add {shown} to `outcomes`; if not, look at the steps above"
    ));
}

/// A run prints what `outcomes print` does not name.
fn unexpected_lines(told: &mut Told<'_, '_>, outcomes: &Outcomes, shown: &str) {
    let story = told.story;
    let what = match shown {
        "()" => "a run can print nothing".to_owned(),
        _ => format!("a run can print {shown}"),
    };
    told.say(format!("{what}, which `outcomes print` does not name"));
    let place = Place::primary(outcomes.span, "not among these");
    told.place(place.role("property"));
    for step in 0..story.steps().len() {
        let prints = |event: &Event| matches!(event.kind, EventKind::Printed(_));
        if story.events(step).any(prints) {
            told.script.key.insert(step);
        }
    }
    let end = ("the lines in this order".to_owned(), "not named".to_owned());
    told.script.end.push(end);
    told.help(format!(
        "if that is right, add {shown} to `outcomes print`; if not, look at the steps above"
    ));
}

/// Final values that `outcomes` names and no run has.
pub(super) fn missing(told: &mut Told<'_, '_>, index: usize, values: &[i64]) {
    let story = told.story;
    let Some(outcomes) = story.program.outcomes.get(index) else {
        return;
    };
    let (names, shown) = (tuple(&outcomes.names), told.tuple(outcomes, values));
    if outcomes.print {
        told.say(format!(
            "no run prints {shown}, which `outcomes print` names"
        ));
        told.place(Place::primary(outcomes.span, "no run prints this").role("property"));
    } else {
        told.say(format!(
            "{names} never ends as {shown}, which `outcomes` names"
        ));
        let place = Place::primary(outcomes.span, format!("no run ends as {shown}"));
        told.place(place.role("property"));
    }
    told.fact(
        "searched",
        "every order of the steps; the table of outcomes lists what does happen",
    );
    told.help(format!(
        "remove {shown}, or write `in {{ … }}` instead of `== {{ … }}`: then not all of them have \
         to occur"
    ));
}

/// A `sometimes` that holds in no state.
pub(super) fn never_holds(told: &mut Told<'_, '_>, index: usize) {
    let story = told.story;
    let Some(property) = story.program.properties.get(index) else {
        return;
    };
    let text = story.text(property.span);
    told.say(format!("`{text}` never holds: no run gets there"));
    let span: Span = property.span;
    told.place(Place::primary(span, "true in no reachable state").role("property"));
    if let PropertyKind::Sometimes(expr) = &property.kind {
        let found = leaves::of_property(story, expr, story.end());
        copies::looks_at_main(told, &leaves::columns(&found));
        let names: Vec<String> = found
            .iter()
            .map(|leaf| format!("`{}`", leaf.name))
            .collect();
        if !names.is_empty() {
            told.fact(
                "at the start",
                format!("{}; no step changes that enough", leaves::sentence(&found)),
            );
        }
    }
    told.help(
        "look for what keeps it from happening, such as a lock that is held too long, or remove \
         the property",
    );
}

/// Lines as the author would write them; in the middle of many, dots.
fn transcript(lines: &[String]) -> String {
    let quoted: Vec<String> = lines.iter().map(|line| format!("{line:?}")).collect();
    if quoted.len() > LINES_SHOWN {
        let (head, tail) = (&quoted[..LINES_SHOWN - 2], &quoted[quoted.len() - 1]);
        return format!("({}, ..., {tail})", head.join(", "));
    }
    format!("({})", quoted.join(", "))
}

fn tuple(names: &[String]) -> String {
    match names {
        [one] => format!("`{one}`"),
        several => format!("`({})`", several.join(", ")),
    }
}

impl Told<'_, '_> {
    fn tuple(&self, outcomes: &Outcomes, values: &[i64]) -> String {
        if outcomes.print {
            return transcript(&unpack_lines(values));
        }
        let shown = super::collection::columns(self.story, &outcomes.kinds, values);
        let shown: Vec<String> = shown.iter().map(super::story::show).collect();
        match shown.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        }
    }
}
