//! What one state, or one step, shows by itself.

use super::facts::Fact;
use super::waits::{circles, is_certain};
use super::{blocks, copies, entries};
use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Span;
use threadbare::program::{
    Access, Awaits, CellId, CellRef, Expr, Instr, ObjectId, ObjectKind, Pc, Program, PropertyKind,
    SyncOp,
};
use threadbare::semantics::{
    ArithmeticFault, FaultKind, Incident, Machine, Misuse, Phase, State, Status,
};

/// What an actor holds, and whether as a reader only.
pub fn held(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<(ObjectId, bool)> {
    let all = (0..machine.program().objects.len()).map(ObjectId::new);
    all.filter_map(|id| {
        let id = copies::object(machine, state, actor, id);
        let owns = machine.owner(state, id) == Some(actor);
        match machine.program().objects[id.index()].kind {
            ObjectKind::Lock { .. } => owns.then_some((id, false)),
            ObjectKind::RwLock { .. } if owns => Some((id, false)),
            ObjectKind::RwLock { .. } => machine
                .readers(state, id)
                .contains(&actor)
                .then_some((id, true)),
            _ => None,
        }
    })
    .collect()
}

/// What a state shows by itself.
pub fn shown(machine: &Machine<'_>, state: &State) -> BTreeSet<Fact> {
    let program = machine.program();
    let mut found = BTreeSet::new();
    for (index, property) in program.properties.iter().enumerate() {
        let (code, expr) = match &property.kind {
            PropertyKind::Always(expr) => ("A002", expr),
            PropertyKind::Finally(expr) if machine.is_over(state) => ("A003", expr),
            PropertyKind::Sometimes(expr) => ("A005", expr),
            _ => continue,
        };
        match machine.overview(state).eval(expr) {
            Ok(0) if code != "A005" => {
                found.insert(Fact::new(code, Vec::new(), index.to_string()));
            }
            Ok(_) => {}
            Err(_) => {
                found.insert(Fact::new("O002", Vec::new(), index.to_string()));
            }
        }
    }
    if machine.is_over(state) {
        leaks(machine, state, &mut found);
        return found;
    }
    let circles = circles(machine, state).into_iter();
    let certain = circles.filter(|(actors, _)| is_certain(machine, state, actors));
    found.extend(certain.map(|(_, fact)| fact));
    blocked_loops(machine, state, &mut found);
    crowds(machine, state, &mut found);
    let accesses = accesses(machine, state);
    for (number, one) in accesses.iter().enumerate() {
        let var = &program.vars[program.cells[one.cell.index()].var.index()];
        let holds = one.inside;
        if !holds.unwrap_or_else(|| holds_guard(machine, state, one)) {
            found.insert(Fact::new("R003", vec![one.place], &*var.name));
        }
        for other in &accesses[number + 1..] {
            let conflict = one.actor != other.actor
                && one.cell == other.cell
                && (one.write || other.write)
                && (one.plain || other.plain);
            if conflict {
                let mut places = vec![one.place, other.place];
                places.sort_unstable();
                found.insert(Fact::new("R001", places, &*var.name));
            }
        }
    }
    found
}

/// Barriers with more actors at them than they open for, one of whom has yet to begin its wait.
fn crowds(machine: &Machine<'_>, state: &State, found: &mut BTreeSet<Fact>) {
    let program = machine.program();
    let layout = machine.layout();
    let mut there: BTreeMap<ObjectId, Vec<Phase>> = BTreeMap::new();
    for actor in 0..layout.n_actors(state) {
        let instr = program.instr(layout.pc(state, actor));
        if let Instr::Sync {
            op: SyncOp::BarrierWait(_),
            object,
            ..
        } = instr
            && layout.is_running(state, actor)
            && let Ok(number) = machine.scene(state, actor).eval(object)
        {
            let id = ObjectId::new(usize::try_from(number).expect("an object"));
            there
                .entry(copies::object(machine, state, actor, id))
                .or_default()
                .push(layout.phase(state, actor));
        }
    }
    for (id, mut phases) in there {
        let object = &program.objects[id.index()];
        let ObjectKind::Barrier { parties } = object.kind else {
            continue;
        };
        phases.retain(|phase| matches!(phase, Phase::Waiting | Phase::Ready));
        if phases.contains(&Phase::Ready) && phases.len() > parties as usize {
            // One finding for each declaration, be it of one barrier or of many.
            let mut all = program.objects.iter();
            let first = all
                .find(|other| other.declared == object.declared && other.span == object.span)
                .expect("itself, if no other");
            found.insert(Fact::new("M010", Vec::new(), &*first.name));
        }
    }
}

/// Whether what an actor runs has a way to its end.
fn ends(program: &Program, spawned: Option<Pc>, actor: usize) -> bool {
    let function = match spawned.map(|pc| program.instr(pc)) {
        Some(Instr::Spawn { function, .. }) => *function,
        _ => program.actors[actor].function,
    };
    let function = &program.functions[function.index()];
    let mut reached = BTreeSet::from([function.entry]);
    loop {
        let before = reached.len();
        for pc in reached.clone() {
            let instr = program.instr(pc);
            reached.extend(instr.target());
            if instr.falls_through() && pc + 1 < function.end {
                reached.insert(pc + 1);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    let mut reached = reached.into_iter();
    reached.any(|pc| matches!(program.instr(pc), Instr::Return(_)))
}

fn leaks(machine: &Machine<'_>, state: &State, found: &mut BTreeSet<Fact>) {
    let program = machine.program();
    let layout = machine.layout();
    for actor in 0..layout.n_actors(state) {
        let spawned = layout.spawned_at(state, actor);
        let place = spawned.map_or_else(|| program.actors[actor].span, |pc| program.site(pc).span);
        let daemon = layout.is_daemon(state, actor);
        if super::jobs::is_worker(program, actor) {
            continue;
        }
        // Before its end nothing is left to do.
        let instr = program.instr(layout.pc(state, actor));
        let works = !matches!(instr, Instr::End);
        if layout.status(state, actor) == Status::Running && works {
            if !daemon {
                found.insert(Fact::new("K001", vec![place], "cut off"));
            } else if !held(machine, state, actor).is_empty() {
                found.insert(Fact::new("K006", vec![place], ""));
            } else if machine.can_step(state, actor) && ends(program, spawned, actor) {
                found.insert(Fact::new("K006", vec![place], "unfinished"));
            }
        } else if layout.loop_of(state, actor).is_some() {
            if layout.is_joined(state, actor) {
                continue;
            }
            if spawned.is_some() {
                found.insert(Fact::new("K004", vec![place], ""));
            }
            if let Some(exception) = machine.task_exception(state, actor)
                && program.name(exception.name) != "Cancelled"
            {
                let place = vec![program.site(exception.pc).span];
                let name = format!("{} of a task", program.name(exception.name));
                found.insert(Fact::new(code_of(exception.misuse), place, name));
            }
        } else if spawned.is_some() && !daemon && !layout.is_joined(state, actor) {
            let outlived = layout.has_outlived_spawner(state, actor);
            let what = if outlived { "outlived" } else { "in time" };
            found.insert(Fact::new("K001", vec![place], what));
        }
    }
    super::jobs::left_over(machine, state, found);
    // A copy that was taken on the way may have begun with less.
    let from_the_start = 0..program.actors.len();
    let actors: Vec<usize> = from_the_start.collect();
    for (index, object) in program.objects.iter().enumerate() {
        let ObjectKind::Sem { initial, .. } = object.kind else {
            continue;
        };
        let id = ObjectId::new(index);
        let known = actors
            .iter()
            .map(|&actor| copies::object(machine, state, actor, id));
        if known
            .chain([id])
            .any(|id| machine.permits(state, id) < initial)
        {
            found.insert(Fact::new("K005", Vec::new(), &*object.name));
        }
    }
}

/// The code of an exception that nobody took.
pub fn code_of(misuse: Option<Misuse>) -> &'static str {
    match misuse {
        None => "K003",
        Some(Misuse::NotHeld) => "M001",
        Some(Misuse::WaitWithoutLock) => "M002",
        Some(Misuse::ReleasedPastBound) => "M003",
        Some(Misuse::SendOnClosed) => "M004",
        Some(Misuse::ClosedTwice) => "M005",
        Some(Misuse::CountedTooFar) => "M006",
        Some(Misuse::NotStarted) => "M007",
        Some(Misuse::BlockedInAtomic) => "M008",
        Some(Misuse::SubmittedAfterShutdown) => "M009",
    }
}

/// Whether a task has its loop, or is the next to get it; others always have their turn.
fn may_be_next(machine: &Machine<'_>, state: &State, actor: usize) -> bool {
    let layout = machine.layout();
    match layout.loop_of(state, actor) {
        None => true,
        Some(on) => match layout.runs_on(state, on) {
            Some(running) => running == actor,
            None => layout.place(state, actor) == 1,
        },
    }
}

/// Tasks that keep their loop while they wait, with others of it in the queue.
fn blocked_loops(machine: &Machine<'_>, state: &State, found: &mut BTreeSet<Fact>) {
    let layout = machine.layout();
    for actor in 0..layout.n_actors(state) {
        let Some(on) = layout.loop_of(state, actor) else {
            continue;
        };
        let runs = layout.is_running(state, actor) && !layout.is_suspended(state, actor);
        if !runs || !may_be_next(machine, state, actor) || layout.is_green(state, actor) {
            continue;
        }
        let pc = layout.pc(state, actor);
        let site = machine.program().site(pc);
        let others = (0..layout.n_actors(state)).any(|other| {
            other != actor
                && layout.place(state, other) > 0
                && layout.loop_of(state, other) == Some(on)
        });
        let sleeps = matches!(machine.program().instr(pc), Instr::Sleep);
        let waits = sleeps || !machine.can_step(state, actor);
        if others && waits && site.awaits == Awaits::Never {
            found.insert(Fact::new("S005", vec![site.span], ""));
        }
    }
}

/// An access that is somebody's next action.
#[derive(Clone, Copy)]
pub struct Next {
    pub actor: usize,
    pub cell: CellId,
    pub write: bool,
    pub plain: bool,
    /// In a block: whether the lock was held when it came to this access.
    pub inside: Option<bool>,
    pub place: Span,
}

/// Whether whoever accesses a variable holds the lock that it names, if it names one.
pub fn holds_guard(machine: &Machine<'_>, state: &State, access: &Next) -> bool {
    let program = machine.program();
    let var = &program.vars[program.cells[access.cell.index()].var.index()];
    var.guarded_by.is_none_or(|lock| {
        held(machine, state, access.actor)
            .iter()
            .any(|&(id, shared)| id.declared() == lock && !(shared && access.write))
    })
}

fn accesses(machine: &Machine<'_>, state: &State) -> Vec<Next> {
    let layout = machine.layout();
    let actors = 0..layout.n_actors(state);
    let running = actors
        .filter(|&actor| layout.is_running(state, actor) && may_be_next(machine, state, actor));
    running
        .flat_map(|actor| next_of(machine, state, actor))
        .collect()
}

/// The accesses that are the next action of a running actor.
pub fn next_of(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<Next> {
    let program = machine.program();
    let pc = machine.layout().pc(state, actor);
    let next = |cell: CellId, write, plain| Next {
        actor,
        cell: copies::cell(machine, state, actor, cell),
        write,
        plain,
        inside: None,
        place: program.site(pc).span,
    };
    // An index out of bounds is no access.
    let word = |place: &CellRef| machine.scene(state, actor).cell(place).ok();
    let one = |place, write, plain| {
        let word: Option<CellId> = word(place);
        { word.into_iter() }
            .map(|cell| next(cell, write, plain))
            .collect()
    };
    match program.instr(pc) {
        Instr::Load(_, place, access) => one(place, false, *access == Access::Plain),
        Instr::Store(place, _, access) => one(place, true, *access == Access::Plain),
        Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..) => one(place, true, false),
        Instr::WaitUntil(condition) => {
            let mut found = Vec::new();
            reads(condition, &mut |read| match read {
                Expr::Cell(place) => {
                    found.extend(word(place).map(|cell| {
                        let var = program.cells[cell.index()].var;
                        next(cell.declared(), false, !program.vars[var.index()].atomic)
                    }));
                }
                _ => {
                    let touched = entries::read(machine, state, actor, read);
                    found.extend(touched.into_iter().map(|(cell, plain)| Next {
                        cell,
                        ..next(cell.declared(), false, plain)
                    }));
                }
            });
            found
        }
        Instr::Collection { .. } | Instr::NextEntry { .. } => {
            let touched = entries::touched(machine, state, actor).into_iter();
            touched
                .map(|(cell, write, plain)| Next {
                    cell,
                    ..next(cell.declared(), write, plain)
                })
                .collect()
        }
        // What a block touches is atomic; another's plain access can race with it.
        Instr::AtomicBegin(_) if machine.can_step(state, actor) => {
            blocks::touched(machine, state, actor)
        }
        _ => Vec::new(),
    }
}

/// Calls `see` with each word of memory and each entry of a list or map in a condition.
fn reads(expr: &Expr, see: &mut impl FnMut(&Expr)) {
    match expr {
        Expr::Cell(place) => {
            see(expr);
            place.dims.iter().for_each(|dim| reads(&dim.index, see));
        }
        Expr::Entry { object, args, .. } => {
            see(expr);
            reads(object, see);
            args.iter().for_each(|arg| reads(arg, see));
        }
        Expr::Unary(_, inner) | Expr::Query(_, inner) => reads(inner, see),
        Expr::Element { index, .. } => reads(index, see),
        Expr::Binary(_, left, right) => {
            reads(left, see);
            reads(right, see);
        }
        Expr::If(condition, then, otherwise) => {
            reads(condition, see);
            reads(then, see);
            reads(otherwise, see);
        }
        Expr::Pick(index, of) => {
            reads(index, see);
            of.iter().for_each(|one| reads(one, see));
        }
        Expr::Const(_) | Expr::Reg(_) | Expr::Observed(_) => {}
    }
}

/// What a step shows by itself.
pub fn shown_by_step(
    machine: &Machine<'_>,
    before: &State,
    step: &super::graph::Step,
) -> BTreeSet<Fact> {
    let program = machine.program();
    let place = |pc: Pc| vec![program.site(pc).span];
    let mut found = BTreeSet::new();
    if let Err(fault) = step.to {
        let code = match fault.kind {
            FaultKind::Assert => "A001",
            FaultKind::Arithmetic(ArithmeticFault::Overflow) => "O001",
            FaultKind::Arithmetic(ArithmeticFault::Bounds) => "O002",
            FaultKind::Arithmetic(ArithmeticFault::DivisionByZero) => "O003",
            FaultKind::Atomic => "M008",
        };
        found.insert(Fact::new(code, place(fault.pc), ""));
    }
    for (_, incident) in &step.heard.incidents {
        match incident {
            Incident::EndedHolding(id, pc) => {
                let name = &*program.objects[id.index()].name;
                found.insert(Fact::new("K002", place(*pc), name));
            }
            Incident::Died(exception) => {
                let code = code_of(exception.misuse);
                let name = program.name(exception.name);
                found.insert(Fact::new(code, place(exception.pc), name));
            }
            Incident::Crowd(pc) => {
                found.insert(Fact::new("W007", place(*pc), ""));
            }
            Incident::NotifyWithoutLock(_, pc) => {
                found.insert(Fact::new("W002", place(*pc), ""));
            }
            _ => {}
        }
    }
    let mut done = BTreeSet::new();
    for &(label, is_done) in &step.heard.labels {
        if is_done {
            done.insert(label);
            continue;
        }
        for (index, property) in program.properties.iter().enumerate() {
            if let PropertyKind::Order(first, second) = property.kind
                && second == label
                && !done.contains(&first)
                && !machine.layout().label_done(before, first)
            {
                found.insert(Fact::new("A008", Vec::new(), index.to_string()));
            }
        }
    }
    found
}
