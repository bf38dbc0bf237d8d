//! Who waits for whom, and why somebody never goes on: written from the
//! definitions of the language, not from the analyses.
//!
//! A wait for holders (a lock, the end of an actor) needs all of them; a wait
//! for a deed (a permit, a message, a notify) needs one of those whose code
//! ahead could do it.

use super::ahead::{may, may_unlock, passes_on};
use super::copies;
use super::facts::Fact;
use std::collections::BTreeSet;
use threadbare::base::Span;
use threadbare::program::{
    ActorKind, CellId, ChanOp, Expr, FutureOp, Instr, ObjectId, ObjectKind, Program, Query,
    RwPolicy, SyncOp, TaskOp, VarId, WaitMode,
};
use threadbare::semantics::{JobStatus, Machine, Phase, State};

/// Whether an instruction does what somebody waits for; the second says whether the
/// one who executes it belongs to another process, and has copies of its own.
pub type Deed = dyn Fn(&Instr, bool) -> bool;

/// What a blocked actor needs.
enum Need {
    /// All of these must act.
    All(Vec<usize>),
    /// One of these must act.
    Any(Vec<usize>),
    /// All of the first, and one of the second.
    Both(Vec<usize>, Vec<usize>),
    /// Somebody must execute an instruction like this.
    Deed(Box<Deed>),
    /// Somebody must give a lock back that is not its own.
    Unlock(ObjectId),
    /// The same as a deed, and it is a signal.
    Signal(ObjectId, Box<Deed>),
}

pub fn object(machine: &Machine<'_>, state: &State, actor: usize, expr: &Expr) -> ObjectId {
    let number = machine.scene(state, actor).eval(expr);
    let number = number.expect("random scenarios name objects by constants");
    let id = ObjectId::new(usize::try_from(number).expect("an object's number"));
    copies::object(machine, state, actor, id)
}

/// An operation on the object, as far as the text can tell.
pub fn on(expr: &Expr, id: ObjectId) -> bool {
    match expr {
        Expr::Const(number) => *number == i64::from(id.declared().0),
        Expr::Element { base, len, .. } => {
            (base.index()..base.index() + *len as usize).contains(&id.index())
        }
        _ => true,
    }
}

/// Whether an actor reaches the object that is meant: there is only one of it, or it
/// is its own process's copy.
fn reaches(program: &Program, id: ObjectId, apart: bool) -> bool {
    !apart || program.objects[id.index()].shared
}

pub fn sync_on(program: &Program, id: ObjectId, wanted: fn(SyncOp) -> bool) -> Box<Deed> {
    let near = [false, true].map(|apart| reaches(program, id, apart));
    Box::new(move |instr, apart| match instr {
        Instr::Sync { op, object, .. } => near[usize::from(apart)] && on(object, id) && wanted(*op),
        _ => false,
    })
}

fn chan_or_close(program: &Program, id: ObjectId, send: bool) -> Box<Deed> {
    let near = [false, true].map(|apart| reaches(program, id, apart));
    Box::new(move |instr, apart| {
        near[usize::from(apart)]
            && match instr {
                Instr::Chan { op, object, .. } => {
                    on(object, id) && send == matches!(op, ChanOp::Send(_))
                }
                Instr::Select { arms, .. } => {
                    let mut arms = arms.iter();
                    arms.any(|arm| on(&arm.object, id) && send == arm.send)
                }
                Instr::Sync { op, object, .. } => on(object, id) && *op == SyncOp::Close,
                _ => false,
            }
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

/// The instruction a blocked actor waits at, and the state there; a block waits as its first
/// step does, and an empty one only for the turn of its task.
pub fn waits_at<'p>(machine: &Machine<'p>, state: &State, actor: usize) -> (State, &'p Instr) {
    let state = machine.where_it_waits(state, actor, State::clone);
    let pc = machine.layout().pc(&state, actor);
    (state, machine.program().instr(pc))
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
    let (state, instr) = waits_at(machine, state, actor);
    let state = &state;
    if let Some(jobs) = super::jobs::awaited(machine, state, actor, instr) {
        let (all, any) = super::jobs::helpers(machine, state, &jobs);
        return Need::Both(all, any);
    }
    match instr {
        Instr::Task { op, tasks, .. } => {
            let number = |task| machine.scene(state, actor).eval(task).expect("a handle");
            let tasks = tasks.iter().map(|task| usize::try_from(number(task)));
            let tasks = tasks.map(|task| task.expect("an actor"));
            let open: Vec<usize> = tasks
                .filter(|&task| layout.is_running(state, task))
                .collect();
            // The first that raises is enough.
            match (op, open.len()) {
                (TaskOp::Gather, 2..) => Need::Any(open),
                _ => Need::All(open),
            }
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
                    Need::Signal(id, sync_on(program, id, wakes))
                }
                SyncOp::EventWait(_) => {
                    Need::Signal(id, sync_on(program, id, |op| op == SyncOp::EventSet))
                }
                SyncOp::Acquire(_) => Need::Deed(sync_on(program, id, |op| op == SyncOp::Release)),
                SyncOp::BarrierWait(_) => Need::Deed(sync_on(program, id, |op| {
                    matches!(
                        op,
                        SyncOp::BarrierWait(_) | SyncOp::BarrierAbort | SyncOp::BarrierReset
                    )
                })),
                SyncOp::LatchWait => Need::Deed(sync_on(program, id, |op| op == SyncOp::CountDown)),
                SyncOp::ChanJoin => Need::Deed(sync_on(program, id, |op| op == SyncOp::TaskDone)),
                _ => Need::Deed(sync_on(program, id, nothing)),
            }
        }
        Instr::Chan {
            op, object: number, ..
        } => {
            let id = object(machine, state, actor, number);
            Need::Deed(chan_or_close(program, id, matches!(op, ChanOp::Recv(_))))
        }
        // What lets any of its arms go on lets a `select` go on.
        Instr::Select { arms, .. } => {
            let deeds = arms.iter().map(|arm| {
                let id = object(machine, state, actor, &arm.object);
                chan_or_close(program, id, !arm.send)
            });
            let deeds: Vec<_> = deeds.collect();
            Need::Deed(Box::new(move |instr, apart| {
                deeds.iter().any(|deed| deed(instr, apart))
            }))
        }
        Instr::WaitUntil(condition) => {
            let mut cells = Vec::new();
            let mut objects = Vec::new();
            let mut jobs = false;
            mentioned(program, condition, &mut cells, &mut objects, &mut jobs);
            // Which element of an array is written is known only when it is.
            let var = |cell: CellId| program.cells[cell.index()].var;
            let vars: Vec<VarId> = cells.into_iter().map(var).collect();
            let of: Vec<VarId> = program.cells.iter().map(|cell| cell.var).collect();
            let mut common = (vars.clone(), objects.clone());
            common.0.retain(|var| program.vars[var.index()].shared);
            common.1.retain(|&id| reaches(program, id, true));
            Need::Deed(Box::new(move |instr, apart| {
                let (vars, objects) = match apart {
                    true => (&common.0, &common.1),
                    false => (&vars, &objects),
                };
                let asked = |object: &Expr| objects.iter().any(|&id| on(object, id));
                if jobs && super::jobs::decides(instr) {
                    return true;
                }
                match instr {
                    Instr::Store(place, ..)
                    | Instr::Rmw(_, place, ..)
                    | Instr::CompareExchange(_, place, ..) => {
                        vars.contains(&of[place.base.index()])
                    }
                    // The number of a join is that of an actor.
                    Instr::Sync {
                        op: SyncOp::Join(_),
                        ..
                    } => false,
                    Instr::Sync { object, .. } | Instr::Chan { object, .. } => asked(object),
                    Instr::Select { arms, .. } => arms.iter().any(|arm| asked(&arm.object)),
                    other => super::entries::changes_any(other, objects),
                }
            }))
        }
        _ => Need::Deed(Box::new(|_, _| false)),
    }
}

/// The words and objects an expression looks at, and whether it asks for jobs.
fn mentioned(
    program: &Program,
    expr: &Expr,
    cells: &mut Vec<CellId>,
    objects: &mut Vec<ObjectId>,
    jobs: &mut bool,
) {
    let mut inside = |expr: &Expr| mentioned(program, expr, cells, objects, jobs);
    match expr {
        Expr::Unary(_, inner) => inside(inner),
        Expr::Binary(_, left, right) => [left, right].iter().for_each(|expr| inside(expr)),
        Expr::If(condition, then, otherwise) => {
            [condition, then, otherwise]
                .iter()
                .for_each(|expr| inside(expr));
        }
        Expr::Query(Query::IsAlive, _) => unreachable!("nobody waits for an end this way"),
        Expr::Query(Query::IsDone, _) => *jobs = true,
        Expr::Query(_, object) | Expr::Entry { object, .. } => {
            if let Expr::Entry { args, .. } = expr {
                args.iter().for_each(inside);
            }
            let all = (0..program.objects.len()).map(ObjectId::new);
            objects.extend(all.filter(|&id| on(object, id)));
        }
        Expr::Cell(place) => cells.push(place.base),
        Expr::Const(_)
        | Expr::Reg(_)
        | Expr::Observed(_)
        | Expr::Element { .. }
        | Expr::Pick(..) => {}
    }
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
            Need::Both(all, any) => (waits.all[actor], waits.any[actor]) = (all, any),
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
                op: TaskOp::Cancel | TaskOp::WaitFor,
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
    if anybody && actors.iter().any(waits) {
        return false;
    }
    // Who waits for a job in the queue is let go by whoever takes it back.
    let takes_back = |instr: &Instr| {
        matches!(
            instr,
            Instr::Future {
                op: FutureOp::Cancel | FutureOp::WaitFor,
                ..
            } | Instr::Sync {
                op: SyncOp::ShutdownNow,
                ..
            }
        )
    };
    let queued = |&actor: &usize| {
        let (there, instr) = waits_at(machine, state, actor);
        let jobs = super::jobs::awaited(machine, &there, actor, instr);
        jobs.is_some_and(|jobs| {
            let mut open = jobs.open.iter();
            open.any(|&job| layout.job_status(state, job) == Some(JobStatus::Pending))
        })
    };
    let taken_back = anybody || program.code.iter().any(takes_back);
    !(taken_back && actors.iter().any(queued))
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
