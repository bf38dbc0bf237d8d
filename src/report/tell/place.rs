//! L001, W001 and W003 to W006: findings that are places more than executions.

use super::story::list;
use super::told::Told;
use crate::analysis::{Circle, Nap, Protection, Vacuity};
use crate::base::Span;
use crate::program::{ChanOp, Expr, Instr, Pc, SyncOp};
use crate::report::{LockEdge, Place};

/// Locks taken in both orders, although it cannot deadlock.
pub(super) fn lock_order(told: &mut Told<'_, '_>, circle: &Circle) {
    let story = told.story;
    let names: Vec<String> = circle
        .edges
        .iter()
        .map(|edge| format!("`{}`", story.object(edge.from)))
        .collect();
    let how = if names.len() == 2 {
        "are locked in both orders"
    } else {
        "are locked in a circle"
    };
    let outcome = match circle.protection {
        Protection::Unknown => "whether that can deadlock was not decided",
        _ => "in this scenario that cannot deadlock",
    };
    told.say(format!(
        "{} {how}; {outcome}",
        super::story::list(&names, 5)
    ));
    for edge in &circle.edges {
        let (from, to) = (story.object(edge.from), story.object(edge.to));
        let who = told.named(edge.actor, edge.pc);
        let label = format!("`{who}` takes `{to}` while holding `{from}`");
        told.place(Place::primary(story.span(edge.pc), label).by(who.clone(), "lock"));
        told.finding.lock_order.push(LockEdge {
            from: from.to_owned(),
            to: to.to_owned(),
            actor: who,
            span: story.span(edge.pc),
        });
    }
    told.finding.picture = Some("graph locks".to_owned());
    protection(told, circle);
    let subjects = told.finding.subjects.join(", ");
    told.help("use one order everywhere, then nobody has to remember why this is safe");
    told.help(format!(
        "or write down why it is: `allow L001({subjects}) because \"…\"`"
    ));
}

fn protection(told: &mut Told<'_, '_>, circle: &Circle) {
    let story = told.story;
    let feasible = match circle.protection {
        Protection::Unknown => "not decided: the search was stopped before it had seen all states",
        _ => "no: all states were explored, and in none does each hold its first lock",
    };
    told.fact("feasible", feasible);
    match circle.protection {
        Protection::Gate(gate) => told.fact(
            "protected by",
            format!(
                "`{}`: everybody in the circle holds it, too, so only one can be inside",
                story.object(gate)
            ),
        ),
        Protection::NeverTogether(one, other) => {
            let edge_of = |actor| circle.edges.iter().find(|edge| edge.actor == actor);
            let (one, other) = edge_of(one).zip(edge_of(other)).expect("both ask");
            let text = format!(
                "where `{}` asks for `{}`, `{}` has not begun or has ended already",
                told.named(one.actor, one.pc),
                story.object(one.to),
                told.named(other.actor, other.pc)
            );
            told.fact("protected by", text);
        }
        Protection::NeverAllHolding => {
            let text = gate_of_some(told, circle).unwrap_or_else(|| {
                "what is tested or waited for before the locks are taken; a change there can make \
                 this a deadlock"
                    .to_owned()
            });
            told.fact("protected by", text);
        }
        Protection::Unknown => {}
    }
}

/// A lock that several in the circle hold besides, so that they are never all inside.
fn gate_of_some(told: &Told<'_, '_>, circle: &Circle) -> Option<String> {
    let is_in_circle = |lock| circle.edges.iter().any(|edge| edge.from == lock);
    let locks = circle.edges.iter().flat_map(|edge| &edge.held);
    let gates = locks.copied().filter(|&lock| !is_in_circle(lock));
    gates.into_iter().find_map(|gate| {
        let inside = circle.edges.iter().filter(|edge| edge.held.contains(&gate));
        let inside: Vec<String> = inside
            .map(|edge| format!("`{}`", told.named(edge.actor, edge.pc)))
            .collect();
        (inside.len() > 1).then(|| {
            let (gate, inside) = (told.story.object(gate), list(&inside, 4));
            format!("`{gate}`: {inside} hold it, too, so only one of them can be inside")
        })
    })
}

impl Told<'_, '_> {
    /// The name of an actor of a search, which may not be in this execution.
    fn named(&self, actor: usize, pc: Pc) -> String {
        let program = self.story.program;
        match program.actors.get(actor) {
            Some(row) => row.name.clone(),
            None => program
                .sites
                .get(pc as usize)
                .and_then(|site| program.functions.get(site.function.index()))
                .map_or_else(|| "?".to_owned(), |function| function.name.clone()),
        }
    }
}

/// A wait whose condition is tested with `if`.
pub(super) fn wait_in_if(told: &mut Told<'_, '_>, wait: Span, test: Span) {
    let story = told.story;
    let text = story.text(wait);
    told.say(format!(
        "`{text}` is inside an `if`: after the wake-up nobody tests again"
    ));
    told.place(Place::primary(test, "tested once, before the wait").role("test"));
    told.place(Place::new(wait, "after this the condition may be false again").role("wait"));
    told.help("write `while` instead of `if`");
}

/// A read that comes too early although its reader has slept.
pub(super) fn slept_in_vain(told: &mut Told<'_, '_>, actor: usize, nap: &Nap, writers: &[usize]) {
    let story = told.story;
    let who = story.quoted(actor);
    let (sleep, read) = (story.span(nap.sleep), story.span(nap.read));
    let name = story.program.vars[nap.var.index()].name.clone();
    let names: Vec<String> = writers.iter().map(|&other| story.quoted(other)).collect();
    let writers = list(&names, 3);
    told.script.actors = vec![actor];
    told.say(format!(
        "`sleep` is no signal: {who} reads `{name}` while {writers} can still write it"
    ));
    let label = format!("after any sleep, {writers} may not have written yet");
    told.place(Place::primary(sleep, label).by(story.actor(actor), "sleep"));
    let label = format!("{who} reads `{name}` here");
    told.place(Place::new(read, label).by(story.actor(actor), "read"));
    told.script.waiting.push((actor, format!("read {name}")));
    told.script.waiting_note = format!("{writers} can still write {name}").replace('`', "");
    told.help(format!(
        "let who writes `{name}` set an event, and wait for the event instead of the time"
    ));
    told.help("or join the writer before the read");
}

/// An operation that is tried again and again.
pub(super) fn polls(told: &mut Told<'_, '_>, pc: Pc) {
    let story = told.story;
    let span = story.span(pc);
    let (number, tried, waiting) = match story.program.instr(pc) {
        Instr::Sync { op, object, .. } => match op {
            SyncOp::Read(_) => (object, "try_read", "read"),
            SyncOp::Write(_) => (object, "try_write", "write"),
            SyncOp::Acquire(_) => (object, "try_acquire", "acquire"),
            _ => (object, "try_lock", "lock"),
        },
        Instr::Chan { op, object, .. } => match op {
            ChanOp::Send(_) => (object, "try_send", "send"),
            ChanOp::Recv(_) => (object, "try_recv", "recv"),
        },
        _ => return,
    };
    let name = match number {
        Expr::Const(number) => usize::try_from(*number)
            .ok()
            .and_then(|index| story.program.objects.get(index))
            .map_or("it", |object| &*object.name),
        _ => "it",
    };
    told.say(format!(
        "`{name}.{tried}` is called again and again where one could wait"
    ));
    told.place(Place::primary(span, "if it fails, the loop only tries again").role("try"));
    told.help(format!(
        "write `{name}.{waiting}`: it sleeps until it can go on"
    ));
}

/// A statement that no interleaving reaches.
pub(super) fn never_reached(told: &mut Told<'_, '_>, span: Span) {
    told.say("never reached, in no interleaving");
    told.place(Place::primary(span, "no run gets here").role("statement"));
    told.help(
        "the condition before it is never true, or an earlier step never ends: is that meant?",
    );
}

/// A property or assertion that cannot fail.
pub(super) fn cannot_fail(told: &mut Told<'_, '_>, span: Span, reason: Vacuity) {
    let text = told.story.text(span);
    let (message, label, help) = match reason {
        Vacuity::NeverReached => (
            format!("`{text}` is never tested: no run gets there"),
            "never reached",
            "an assertion that is not reached proves nothing; look at what keeps runs from it",
        ),
        Vacuity::Constant => (
            format!("`{text}` cannot fail: it looks at nothing that changes"),
            "always the same",
            "let it name the variable that matters",
        ),
        Vacuity::AlwaysTrue => (
            format!("`{text}` cannot fail: it is true whatever its variables hold"),
            "true for all values",
            "say what the value must be, so that a wrong one makes it false",
        ),
        Vacuity::NoFinalState => (
            format!("`{text}` is never tested: no run comes to an end"),
            "tested only when all actors have ended",
            "use `always`, or make the actors that run for ever `daemon`",
        ),
    };
    told.say(message);
    told.place(Place::primary(span, label).role("property"));
    told.help(help);
}
