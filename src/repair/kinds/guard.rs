//! One lock around all accesses of a variable: an existing one, or a new one.
//!
//! In each block the accesses become one section, since a test and what follows
//! from it belong together; smaller sections are tried first.

use super::{Candidates, Scene, Spot, Target};
use crate::base::Span;
use crate::repair::edit::Edits;
use crate::repair::scene::{all, bare, name_of, names, names_anywhere, own_exprs};
use crate::syntax::ast::{Expr, Item, Object, ObjectKind, Stmt, StmtKind};

pub(super) fn propose(scene: &Scene<'_>, target: &Target, out: &mut Candidates) {
    if !target.is(&["R00", "A00", "O00", "K003"]) {
        return;
    }
    let about = variables(scene, target);
    let wider = with_tests(scene, &about);
    for guard in guards(scene, &about) {
        let names: Vec<&str> = about.iter().map(String::as_str).collect();
        propose_sections(scene, &names, &guard, 0, out);
        if wider.len() > about.len() {
            let names: Vec<&str> = wider.iter().map(String::as_str).collect();
            propose_sections(scene, &names, &guard, 1, out);
        }
    }
}

/// The lock that shall guard.
struct Guard {
    /// As written after `with`.
    text: String,
    /// How and behind what it must be declared first, if it is new.
    declared: Option<(String, Span)>,
    cost: u32,
}

/// Whether a name is that of shared memory: a variable, an atomic, a list, a map.
fn is_memory(scene: &Scene<'_>, name: &str) -> bool {
    scene.object(name).is_some_and(|it| {
        matches!(
            it.kind,
            ObjectKind::Var { .. }
                | ObjectKind::Atomic { .. }
                | ObjectKind::List { .. }
                | ObjectKind::Map { .. }
        )
    })
}

/// The shared variables a finding is about: its subjects, or what its property
/// looks at; and with them everything the same statements look at.
pub(super) fn variables(scene: &Scene<'_>, target: &Target) -> Vec<String> {
    let is_memory = |name: &str| is_memory(scene, name);
    let root = |name: &String| name.split(['[', '.']).next().unwrap_or_default().to_owned();
    let mut found: Vec<String> = target.subjects.iter().map(root).collect();
    found.retain(|name| is_memory(name));
    if !target.is(&["R00"]) {
        for item in &scene.scenario.items {
            if let Item::Property(property) = item
                && target.places.contains(&property.span)
            {
                found.extend(words_of(scene, property.span).filter(|it| is_memory(it)));
            }
        }
        for spot in target.spots(scene) {
            for expr in own_exprs(spot.stmt) {
                let names = all(expr).into_iter().filter_map(name_of);
                found.extend(names.filter(|it| is_memory(it)).map(str::to_owned));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The variables, and those that the same blocks look at or change: what is tested
/// around an access, and what is written beside it.
pub(super) fn with_tests(scene: &Scene<'_>, about: &[String]) -> Vec<String> {
    let mut found = about.to_vec();
    for spot in &scene.spots {
        if !about.iter().any(|name| names(spot.stmt, name)) {
            continue;
        }
        let around = spot.around.iter().copied().chain(spot.block);
        for expr in around.flat_map(own_exprs).flat_map(all) {
            if let Some(name) = name_of(expr).filter(|it| is_memory(scene, it)) {
                found.push(name.to_owned());
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn words_of<'s>(scene: &'s Scene<'_>, span: Span) -> impl Iterator<Item = String> + 's {
    let words = scene
        .text(span)
        .split(|c: char| !c.is_alphanumeric() && c != '_');
    words.map(str::to_owned)
}

/// The locks to try: the declared guard, those that are held at an access, all
/// others, a new one.
fn guards(scene: &Scene<'_>, about: &[String]) -> Vec<Guard> {
    let Some(first) = about.first().and_then(|name| scene.object(name)) else {
        return Vec::new();
    };
    let mut guards = Vec::new();
    let mut add = |text: String, cost| {
        if !guards.iter().any(|it: &Guard| it.text == text) {
            guards.push(Guard {
                text,
                declared: None,
                cost,
            });
        }
    };
    if let ObjectKind::Var { guarded_by, .. }
    | ObjectKind::List { guarded_by, .. }
    | ObjectKind::Map { guarded_by, .. } = &first.kind
        && let Some(lock) = guarded_by
    {
        add(scene.text(lock.span).to_owned(), 2);
    }
    for spot in &scene.spots {
        if about.iter().any(|name| names(spot.stmt, name)) {
            for held in scene.held(spot) {
                if let Some(text) = writer(scene, held) {
                    add(text, 3);
                }
            }
        }
    }
    // A task that waits for a lock must not keep the others of its loop waiting.
    let has_tasks = scene.text(scene.scenario.span).contains("await ");
    for object in scene.objects().filter(|it| is_plain_lock(it)) {
        if has_tasks {
            add(format!("await {}", object.name.text), 3);
        }
        add(object.name.text.clone(), 4);
    }
    guards.truncate(3);
    let name = scene.fresh(&["m", "guard", "lock_of_it"]);
    let declaration = match first.shared {
        Some(_) => format!("shared lock {name}"),
        None => format!("lock {name}"),
    };
    if has_tasks {
        guards.push(Guard {
            text: format!("await {name}"),
            declared: Some((declaration.clone(), first.span)),
            cost: 4,
        });
    }
    guards.push(Guard {
        text: name,
        declared: Some((declaration, first.span)),
        cost: 5,
    });
    guards
}

fn is_plain_lock(object: &Object) -> bool {
    object.dims.is_empty() && matches!(object.kind, ObjectKind::Lock { .. })
}

/// How a subject of a `with` is held alone; nothing for what is no lock.
fn writer(scene: &Scene<'_>, held: &Expr) -> Option<String> {
    let text = scene.text(held.span);
    let name = text.split(['[', '.']).next().unwrap_or_default();
    match scene.object(name)?.kind {
        ObjectKind::Lock { .. } => Some(text.to_owned()),
        ObjectKind::RwLock { .. } => Some(format!("{name}.write")),
        _ => None,
    }
}

fn propose_sections(
    scene: &Scene<'_>,
    about: &[&str],
    guard: &Guard,
    extra: u32,
    out: &mut Candidates,
) {
    let title = match guard.declared {
        None => {
            let name = guard.text.trim_start_matches("await ");
            format!("hold `{name}` at each access of {}", quoted(about))
        }
        Some(_) => format!("let one lock guard {}", quoted(about)),
    };
    for (more, widths) in [Width::Statement, Width::Section, Width::Block]
        .iter()
        .enumerate()
    {
        let mut edits = Edits::new(scene);
        if let Some((declaration, at)) = &guard.declared {
            edits.after(*at, declaration);
        }
        let head = format!("with {}", guard.text);
        let sections = sections(scene, about, &guard.text, *widths);
        if sections.is_empty() {
            return;
        }
        let mut upgraded: Vec<Span> = Vec::new();
        for (first, last, spot) in sections {
            if let Some(read) = held_for_reading(scene, &spot, &guard.text) {
                if !upgraded.contains(&read) {
                    edits.replace(read, guard.text.clone());
                    upgraded.push(read);
                }
                continue;
            }
            edits.wrap_all(
                first,
                last,
                &head,
                &withs_of(scene, first.span.to(last.span), &guard.text),
            );
        }
        let more = u32::try_from(more).unwrap_or(0);
        out.add(guard.cost + extra + 2 * more, title.clone(), edits.done());
    }
}

/// The blocks in a section that hold the same lock already: their heads go.
pub(super) fn withs_of(scene: &Scene<'_>, section: Span, guard: &str) -> Vec<(Span, Span)> {
    let inside = scene
        .spots
        .iter()
        .filter(|it| section.start <= it.stmt.span.start && it.stmt.span.end <= section.end);
    let heads = inside.filter_map(|it| match &bare(it.stmt).kind {
        StmtKind::With(with) => match with.subjects.as_slice() {
            [one] if scene.text(one.span) == guard => Some((it.stmt.span, with.body.span)),
            _ => None,
        },
        _ => None,
    });
    heads.collect()
}

/// The subject of a `with` that holds the lock for reading only.
fn held_for_reading(scene: &Scene<'_>, spot: &Spot<'_>, guard: &str) -> Option<Span> {
    let name = guard.strip_suffix(".write")?;
    let held = scene.held(spot).into_iter();
    let mut read = held.filter(|it| scene.text(it.span) == format!("{name}.read"));
    read.next().map(|it| it.span)
}

/// How much becomes one section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    /// Each statement with an access.
    Statement,
    /// In each block, from the first access to the last.
    Section,
    /// The outermost statements of each actor, from the first access to the last.
    Block,
}

/// First and last statement of each section, and one spot in it.
fn sections<'a>(
    scene: &Scene<'a>,
    about: &[&str],
    guard: &str,
    width: Width,
) -> Vec<(&'a Stmt, &'a Stmt, Spot<'a>)> {
    let mut sections: Vec<(&Stmt, &Stmt, Spot<'_>)> = Vec::new();
    for spot in &scene.spots {
        let is_inside = |(first, last, _): &(&Stmt, &Stmt, Spot<'_>)| {
            first.span.start <= spot.stmt.span.start && spot.stmt.span.end <= last.span.end
        };
        let accesses = |stmt: &Stmt| about.iter().any(|name| names(stmt, name));
        let accesses_below = |stmt: &Stmt| about.iter().any(|name| names_anywhere(stmt, name));
        if sections.iter().any(is_inside) || scene.is_under(spot, guard) {
            continue;
        }
        match width {
            // The test of a loop is no statement of its own.
            Width::Statement if accesses(spot.stmt) => {
                sections.push((spot.stmt, spot.stmt, spot.clone()));
            }
            Width::Section if accesses(spot.stmt) => {
                let rest = &spot.block[spot.index..];
                let last = rest.iter().rposition(accesses_below).unwrap_or(0);
                let last = widened(rest, last);
                sections.push((spot.stmt, &rest[last], spot.clone()));
            }
            Width::Block if spot.around.is_empty() && accesses_below(spot.stmt) => {
                if is_under_already(scene, spot, about, guard) {
                    continue;
                }
                let rest = &spot.block[spot.index..];
                let last = rest.iter().rposition(accesses_below).unwrap_or(0);
                let last = widened(rest, last);
                sections.push((spot.stmt, &rest[last], spot.clone()));
            }
            _ => {}
        }
    }
    sections
}

/// Whether all accesses in a statement are inside the lock.
fn is_under_already(scene: &Scene<'_>, outer: &Spot<'_>, about: &[&str], guard: &str) -> bool {
    let inside = scene.spots.iter().filter(|it| {
        outer.stmt.span.start <= it.stmt.span.start && it.stmt.span.end <= outer.stmt.span.end
    });
    inside
        .filter(|it| about.iter().any(|name| names(it.stmt, name)))
        .all(|it| scene.is_under(it, guard))
}

/// Makes a section longer, until no local that it declares is used behind it.
pub(super) fn widened(stmts: &[Stmt], last: usize) -> usize {
    let mut last = last;
    loop {
        let declared = stmts[..=last].iter().filter_map(|it| match &bare(it).kind {
            StmtKind::Let(it) => Some(it.name.text.as_str()),
            _ => None,
        });
        let declared: Vec<&str> = declared.collect();
        let uses = |stmt: &Stmt| declared.iter().any(|name| names_anywhere(stmt, name));
        match stmts[last + 1..].iter().rposition(uses) {
            Some(more) => last += more + 1,
            None => return last,
        }
    }
}

/// `x`, `x` and `y`
pub(super) fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    match names.as_slice() {
        [] => "it".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
