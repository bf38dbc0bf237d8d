//! Who waits for whom, and why somebody never goes on: written from the
//! definitions of the language, not from the analyses.
//!
//! A wait for holders (a lock, the end of an actor) needs all of them; a wait
//! for a deed (a permit, a message, a notify) needs one of those whose code
//! ahead could do it.

use super::copies;
use super::facts::Fact;
use std::collections::BTreeSet;
use threadbare::base::Span;
use threadbare::program::{
    ActorKind, ChanOp, Expr, Instr, ObjectId, ObjectKind, Pc, Program, RwPolicy, SyncOp, TaskOp,
    WaitMode,
};
use threadbare::semantics::{Machine, Phase, State};

/// What a blocked actor needs.
enum Need {
    /// All of these must act.
    All(Vec<usize>),
    /// One of these must act.
    Any(Vec<usize>),
    /// Somebody must execute an instruction like this.
    Deed(Box<dyn Fn(&Instr) -> bool>),
    /// Somebody must give a lock back that is not its own.
    Unlock(ObjectId),
    /// The same as a deed, and it is a signal.
    Signal(ObjectId, Box<dyn Fn(&Instr) -> bool>),
}

fn object(machine: &Machine<'_>, state: &State, actor: usize, expr: &Expr) -> ObjectId {
    let number = machine.scene(state, actor).eval(expr);
    let number = number.expect("random scenarios name objects by constants");
    let id = ObjectId::new(usize::try_from(number).expect("an object's number"));
    copies::object(machine, state, actor, id)
}

/// An operation on the object, as far as the text can tell.
fn on(expr: &Expr, id: ObjectId) -> bool {
    match expr {
        Expr::Const(number) => *number == i64::from(id.declared().0),
        _ => true,
    }
}

fn sync_on(id: ObjectId, wanted: fn(SyncOp) -> bool) -> Box<dyn Fn(&Instr) -> bool> {
    Box::new(move |instr| match instr {
        Instr::Sync { op, object, .. } => on(object, id) && wanted(*op),
        _ => false,
    })
}

fn chan_or_close(id: ObjectId, send: bool) -> Box<dyn Fn(&Instr) -> bool> {
    Box::new(move |instr| match instr {
        Instr::Chan { op, object, .. } => on(object, id) && send == matches!(op, ChanOp::Send(_)),
        Instr::Select { arms, .. } => {
            let mut arms = arms.iter();
            arms.any(|arm| on(&arm.object, id) && send == arm.send)
        }
        Instr::Sync { op, object, .. } => on(object, id) && *op == SyncOp::Close,
        _ => false,
    })
}

fn holders(machine: &Machine<'_>, state: &State, actor: usize, id: ObjectId, op: SyncOp) -> Need {
    let owner: Vec<usize> = machine.owner(state, id).into_iter().collect();
    let ObjectKind::RwLock { policy } = machine.program().objects[id.index()].kind else {
        let kind = &machine.program().objects[id.index()].kind;
        if matches!(kind, ObjectKind::Lock { unowned: true, .. }) {
            // Anybody may give it back, but mostly it is the holder who does.
            let layout = machine.layout();
            let others = (0..layout.n_actors(state)).any(|other| {
                other != actor
                    && !owner.contains(&other)
                    && layout.is_running(state, other)
                    && may_unlock(machine, state, (actor, other), id)
            });
            if others || owner.is_empty() {
                return Need::Unlock(id);
            }
        }
        return Need::All(owner);
    };
    let mut all = owner;
    let reads = matches!(op, SyncOp::Read(_));
    if !reads {
        all.extend(machine.readers(state, id));
    }
    match policy {
        RwPolicy::Readers => {}
        RwPolicy::Writers => {
            if reads {
                all.extend(machine.waiting_writers(state, id));
            }
        }
        RwPolicy::Fair => {
            let queue = machine.queue(state, id);
            let before = queue.into_iter().take_while(|&other| other != actor);
            all.extend(before);
        }
    }
    Need::All(all)
}

/// The instruction a blocked actor waits at; a block waits as its first step does.
fn waits_at<'p>(machine: &Machine<'p>, state: &State, actor: usize) -> &'p Instr {
    let program = machine.program();
    let pc = machine.layout().pc(state, actor) as usize;
    match &program.code[pc] {
        Instr::AtomicBegin(_) => program.code[pc + 1..]
            .iter()
            .find(|instr| instr.is_visible())
            .expect("a block that is blocked has a step"),
        instr => instr,
    }
}

fn need(machine: &Machine<'_>, state: &State, actor: usize) -> Need {
    let program = machine.program();
    let layout = machine.layout();
    let nothing: fn(SyncOp) -> bool = |_| false;
    if let Some(on) = layout.loop_of(state, actor) {
        // Who is ready waits for the loop: for who has it, or is first.
        let queue = layout.ready_queue(state, on);
        let first = layout.runs_on(state, on).or(queue.first().copied());
        if queue.contains(&actor) && first != Some(actor) {
            return Need::All(first.into_iter().collect());
        }
        let ahead = machine.ahead_in_line(state, actor);
        if !ahead.is_empty() {
            return Need::Any(ahead);
        }
    }
    match waits_at(machine, state, actor) {
        Instr::Task { tasks, .. } => {
            let number = |task| machine.scene(state, actor).eval(task).expect("a handle");
            let tasks = tasks.iter().map(|task| usize::try_from(number(task)));
            Need::All(tasks.map(|task| task.expect("an actor")).collect())
        }
        Instr::Sync {
            op: SyncOp::Join(_),
            object,
            ..
        } => {
            let target = machine.scene(state, actor).eval(object).expect("a handle");
            Need::All(vec![usize::try_from(target).expect("an actor")])
        }
        Instr::Sync {
            op, object: number, ..
        } => {
            let id = object(machine, state, actor, number);
            match op {
                SyncOp::Lock(WaitMode::Wait)
                | SyncOp::Read(WaitMode::Wait)
                | SyncOp::Write(WaitMode::Wait)
                | SyncOp::OnceBegin => holders(machine, state, actor, id, *op),
                SyncOp::CondWait(_) if layout.phase(state, actor) != Phase::Waiting => {
                    let ObjectKind::Cond { lock, .. } = program.objects[id.index()].kind else {
                        unreachable!("only conditions are waited on");
                    };
                    let lock = copies::object(machine, state, actor, lock);
                    holders(machine, state, actor, lock, SyncOp::Lock(WaitMode::Wait))
                }
                SyncOp::CondWait(_) => {
                    let wakes = |op| matches!(op, SyncOp::Notify | SyncOp::NotifyAll);
                    Need::Signal(id, sync_on(id, wakes))
                }
                SyncOp::EventWait(_) => Need::Signal(id, sync_on(id, |op| op == SyncOp::EventSet)),
                SyncOp::Acquire(_) => Need::Deed(sync_on(id, |op| op == SyncOp::Release)),
                SyncOp::BarrierWait => Need::Deed(sync_on(id, |op| {
                    matches!(op, SyncOp::BarrierWait | SyncOp::BarrierAbort)
                })),
                SyncOp::LatchWait => Need::Deed(sync_on(id, |op| op == SyncOp::CountDown)),
                SyncOp::ChanJoin => Need::Deed(sync_on(id, |op| op == SyncOp::TaskDone)),
                _ => Need::Deed(sync_on(id, nothing)),
            }
        }
        Instr::Chan {
            op, object: number, ..
        } => {
            let id = object(machine, state, actor, number);
            Need::Deed(chan_or_close(id, matches!(op, ChanOp::Recv(_))))
        }
        // What lets any of its arms go on lets a `select` go on.
        Instr::Select { arms, .. } => {
            let deeds = arms.iter().map(|arm| {
                let id = object(machine, state, actor, &arm.object);
                chan_or_close(id, !arm.send)
            });
            let deeds: Vec<_> = deeds.collect();
            Need::Deed(Box::new(move |instr| deeds.iter().any(|deed| deed(instr))))
        }
        Instr::WaitUntil(condition) => {
            let mut vars = Vec::new();
            let mut objects = Vec::new();
            mentioned(program, condition, &mut vars, &mut objects);
            Need::Deed(Box::new(move |instr| match instr {
                Instr::Store(place, ..)
                | Instr::Rmw(_, place, ..)
                | Instr::CompareExchange(_, place, ..) => vars.contains(&place.base),
                Instr::Sync { object, .. } | Instr::Chan { object, .. } => {
                    objects.iter().any(|&id| on(object, id))
                }
                Instr::Select { arms, .. } => {
                    let mut arms = arms.iter();
                    arms.any(|arm| objects.iter().any(|&id| on(&arm.object, id)))
                }
                _ => false,
            }))
        }
        _ => Need::Deed(Box::new(|_| false)),
    }
}

/// The words and objects an expression looks at.
fn mentioned(
    program: &Program,
    expr: &Expr,
    cells: &mut Vec<threadbare::program::CellId>,
    objects: &mut Vec<ObjectId>,
) {
    match expr {
        Expr::Cell(place) => cells.push(place.base),
        Expr::Query(_, object) => {
            let all = (0..program.objects.len()).map(ObjectId::new);
            objects.extend(all.filter(|&id| on(object, id)));
        }
        Expr::Unary(_, inner) => mentioned(program, inner, cells, objects),
        Expr::Binary(_, left, right) => {
            mentioned(program, left, cells, objects);
            mentioned(program, right, cells, objects);
        }
        Expr::If(condition, then, otherwise) => {
            mentioned(program, condition, cells, objects);
            mentioned(program, then, cells, objects);
            mentioned(program, otherwise, cells, objects);
        }
        Expr::Const(_)
        | Expr::Reg(_)
        | Expr::Observed(_)
        | Expr::Element { .. }
        | Expr::Pick(..) => {}
    }
}

/// Whether an actor may still execute an instruction like this for one that waits,
/// as far as its code can tell.
fn may(
    machine: &Machine<'_>,
    state: &State,
    who: (usize, usize),
    deed: &dyn Fn(&Instr) -> bool,
) -> bool {
    may_before(machine, state, who, deed, &|_| false)
}

/// Whether what an instruction does to something, it does to all copies: there is
/// only one.
fn is_about_shared(program: &Program, instr: &Instr) -> bool {
    match instr {
        Instr::Store(place, ..)
        | Instr::Rmw(_, place, ..)
        | Instr::CompareExchange(_, place, ..) => {
            let var = program.cells[place.base.index()].var;
            program.vars[var.index()].shared
        }
        Instr::Sync { object, .. } | Instr::Chan { object, .. } => match object {
            Expr::Const(number) => {
                let index = usize::try_from(*number).expect("an object's number");
                program.objects[index].shared
            }
            _ => true,
        },
        _ => true,
    }
}

/// Whether it may give a lock back without taking it first, when it would be its own.
fn may_unlock(machine: &Machine<'_>, state: &State, who: (usize, usize), id: ObjectId) -> bool {
    let gives = sync_on(id, |op| op == SyncOp::Unlock);
    let takes = sync_on(id, |op| op == SyncOp::Lock(WaitMode::Wait));
    may_before(machine, state, who, &*gives, &*takes)
}

fn may_before(
    machine: &Machine<'_>,
    state: &State,
    (waiting, actor): (usize, usize),
    deed: &dyn Fn(&Instr) -> bool,
    end: &dyn Fn(&Instr) -> bool,
) -> bool {
    let program = machine.program();
    let layout = machine.layout();
    let pc = layout.pc(state, actor);
    let apart = copies::process(machine, state, waiting) != copies::process(machine, state, actor);
    // Places in the code, and whether another process than the waiting one's is there.
    let mut rest: Vec<(Pc, bool)> = Vec::new();
    if layout.phase(state, actor) == Phase::Ready {
        rest.push((pc, apart));
    } else {
        rest.extend(onward(program, pc, apart));
    }
    for back in layout.return_pcs(program, state, actor) {
        rest.push((back, apart));
        rest.extend(caught(program, back - 1).into_iter().map(|pc| (pc, apart)));
    }
    let mut seen = BTreeSet::new();
    while let Some((pc, apart)) = rest.pop() {
        if !seen.insert((pc, apart)) {
            continue;
        }
        let instr = program.instr(pc);
        if deed(instr) && (!apart || is_about_shared(program, instr)) {
            return true;
        }
        if !end(instr) {
            rest.extend(onward(program, pc, apart));
        }
    }
    false
}

/// What may come after an instruction, and whether in another process.
fn onward(program: &Program, pc: Pc, apart: bool) -> Vec<(Pc, bool)> {
    let mut next: Vec<(Pc, bool)> = Vec::new();
    for to in after(program, pc) {
        let starts = match program.instr(pc) {
            Instr::Spawn {
                function,
                process: true,
                ..
            } => program.functions[function.index()].entry == to,
            _ => false,
        };
        next.push((to, apart || starts));
    }
    next
}

fn caught(program: &Program, pc: Pc) -> Vec<Pc> {
    let handlers = &program.function_at(pc).handlers;
    let around = handlers.iter().filter(|of| (of.from..of.to).contains(&pc));
    around.map(|handler| handler.target).collect()
}

/// What may come after an instruction.
fn after(program: &Program, pc: Pc) -> Vec<Pc> {
    let instr = program.instr(pc);
    let mut next = caught(program, pc);
    match instr {
        Instr::Jump(to) => next.push(*to),
        Instr::Unless(_, to) | Instr::UnlessCaught(_, _, to) => next.extend([pc + 1, *to]),
        Instr::Call(function, ..) | Instr::Spawn { function, .. } => {
            next.extend([pc + 1, program.functions[function.index()].entry]);
        }
        Instr::Return(_) | Instr::Raise(_) | Instr::Reraise(_) => {}
        _ => next.push(pc + 1),
    }
    next
}

/// The semaphore that an actor waits for a permit of.
fn permit_of(machine: &Machine<'_>, state: &State, actor: usize) -> Option<ObjectId> {
    match waits_at(machine, state, actor) {
        Instr::Sync {
            op: SyncOp::Acquire(_),
            object: number,
            ..
        } => Some(object(machine, state, actor, number)),
        _ => None,
    }
}

/// Whether a blocked actor waits for a permit, and another one that is blocked, too,
/// has none to give before it gets one: no path ahead of it gives more than it took.
fn passes_on(
    machine: &Machine<'_>,
    state: &State,
    blocked: &[usize],
    (actor, other): (usize, usize),
) -> bool {
    let Some(id) = permit_of(machine, state, actor) else {
        return false;
    };
    if !blocked.contains(&other) {
        return false;
    }
    let program = machine.program();
    let layout = machine.layout();
    let mut rest = vec![(layout.pc(state, other), 0_i64)];
    for back in layout.return_pcs(program, state, other) {
        let caught = caught(program, back - 1);
        rest.extend([back].into_iter().chain(caught).map(|pc| (pc, 0)));
    }
    let mut seen = BTreeSet::new();
    while let Some((pc, balance)) = rest.pop() {
        // Nobody takes more in one go than a random scenario has statements.
        if balance < -40 || !seen.insert((pc, balance)) {
            continue;
        }
        let balance = match program.instr(pc) {
            Instr::Sync {
                op: SyncOp::Acquire(WaitMode::Wait),
                object,
                ..
            } if on(object, id) => balance - 1,
            Instr::Sync {
                op: SyncOp::Release,
                object,
                arg,
                ..
            } if on(object, id) => match arg {
                Some(Expr::Const(n)) => balance + n,
                Some(_) => return false,
                None => balance + 1,
            },
            _ => balance,
        };
        if balance > 0 {
            return false;
        }
        rest.extend(after(program, pc).into_iter().map(|next| (next, balance)));
    }
    true
}

/// Who must act for whom, among all actors: `edges[a]` are those `a` waits for.
struct Waits {
    all: Vec<Vec<usize>>,
    any: Vec<Vec<usize>>,
    signal: Vec<Option<ObjectId>>,
}

fn waits(machine: &Machine<'_>, state: &State, blocked: &[usize]) -> Waits {
    let layout = machine.layout();
    let n = layout.n_actors(state);
    let mut waits = Waits {
        all: vec![Vec::new(); n],
        any: vec![Vec::new(); n],
        signal: vec![None; n],
    };
    for &actor in blocked {
        match need(machine, state, actor) {
            Need::All(mut all) => {
                all.retain(|&other| layout.is_running(state, other));
                waits.all[actor] = all;
            }
            Need::Any(any) => waits.any[actor] = any,
            Need::Unlock(id) => {
                let others = (0..n).filter(|&other| {
                    other != actor
                        && layout.is_running(state, other)
                        && may_unlock(machine, state, (actor, other), id)
                });
                waits.any[actor] = others.collect();
            }
            Need::Deed(deed) | Need::Signal(_, deed) => {
                let others = (0..n).filter(|&other| {
                    other != actor
                        && layout.is_running(state, other)
                        && may(machine, state, (actor, other), &*deed)
                        && !passes_on(machine, state, blocked, (actor, other))
                });
                waits.any[actor] = others.collect();
            }
        }
        if let Need::Signal(id, _) = need(machine, state, actor) {
            waits.signal[actor] = Some(id);
        }
    }
    waits
}

/// Whom an actor comes to by following edges, one at least.
fn follows(edges: &[Vec<usize>], from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut rest = edges[from].clone();
    while let Some(actor) = rest.pop() {
        if found.insert(actor) {
            rest.extend(&edges[actor]);
        }
    }
    found
}

/// Sets of actors of which each comes to each of the others and to itself.
fn knots(edges: &[Vec<usize>]) -> BTreeSet<Vec<usize>> {
    let reached: Vec<_> = (0..edges.len()).map(|a| follows(edges, a)).collect();
    (0..edges.len())
        .filter(|&actor| reached[actor].contains(&actor))
        .map(|actor| {
            let same =
                |&other: &usize| reached[actor].contains(&other) && reached[other].contains(&actor);
            (0..edges.len()).filter(same).collect()
        })
        .collect()
}

fn places(machine: &Machine<'_>, state: &State, actors: &[usize]) -> Vec<Span> {
    let place = |&actor: &usize| {
        let pc = machine.layout().pc(state, actor);
        machine.program().site(pc).span
    };
    let mut places: Vec<Span> = actors.iter().map(place).collect();
    places.sort_unstable();
    places
}

/// The circles of holders of a state: the actors, and what is reported.
pub fn circles(machine: &Machine<'_>, state: &State) -> Vec<(Vec<usize>, Fact)> {
    let blocked = blocked(machine, state);
    let waits = waits(machine, state, &blocked);
    knots(&waits.all)
        .into_iter()
        .map(|actors| {
            let code = if actors.len() > 1 { "D001" } else { "D003" };
            let fact = Fact::new(code, places(machine, state, &actors), "circle");
            (actors, fact)
        })
        .collect()
}

/// Whether nobody of a circle can leave it because somebody asks it to stop.
pub fn is_certain(machine: &Machine<'_>, state: &State, actors: &[usize]) -> bool {
    let layout = machine.layout();
    let stops = |instr: &Instr| {
        matches!(
            instr,
            Instr::Task {
                op: TaskOp::Cancel,
                ..
            }
        )
    };
    let program = machine.program();
    let main_task = program
        .actors
        .iter()
        .any(|actor| actor.main && matches!(actor.kind, ActorKind::Task { .. }));
    let anybody = main_task || program.code.iter().any(stops);
    let waits =
        |&actor: &usize| layout.is_suspended(state, actor) && layout.place(state, actor) == 0;
    !(anybody && actors.iter().any(waits))
}

fn blocked(machine: &Machine<'_>, state: &State) -> Vec<usize> {
    (0..machine.layout().n_actors(state))
        .filter(|&actor| machine.layout().is_running(state, actor))
        .filter(|&actor| !machine.can_step(state, actor))
        .collect()
}

/// Why exactly these actors never run again.
pub fn causes(machine: &Machine<'_>, state: &State, stuck: &[usize]) -> BTreeSet<Fact> {
    let layout = machine.layout();
    let waits = waits(machine, state, stuck);
    let mut found: BTreeSet<Fact> = BTreeSet::new();
    let circles = circles(machine, state);
    let in_circle = |actor: &usize| circles.iter().any(|(actors, _)| actors.contains(actor));
    found.extend(circles.iter().map(|(_, fact)| fact.clone()));
    let edges: Vec<Vec<usize>> = (0..waits.all.len())
        .map(|actor| {
            let all = waits.all[actor].iter().chain(&waits.any[actor]);
            all.copied().filter(|to| stuck.contains(to)).collect()
        })
        .collect();
    let knots = knots(&edges);
    for &actor in stuck {
        let own = vec![actor];
        let group = knots.iter().find(|group| group.contains(&actor));
        let group = group.unwrap_or(&own);
        let leads_out = group
            .iter()
            .any(|&one| edges[one].iter().any(|to| !group.contains(to)));
        if leads_out || group.iter().any(in_circle) {
            continue;
        }
        let at = places(machine, state, group);
        if group.len() > 1 {
            found.insert(Fact::new("D001", at, "knot"));
        } else if !layout.is_daemon(state, actor) {
            found.insert(match waits.signal[actor] {
                Some(id) if machine.missed_signal(state, actor) => {
                    let name = &machine.program().objects[id.index()].name;
                    Fact::new("S001", at, name)
                }
                _ => Fact::new("D002", at, ""),
            });
        }
    }
    found
}
