//! Every fact of a graph, from the definitions.

use super::graph::Graph;
use super::waits::{causes, circles};
use std::collections::{BTreeMap, BTreeSet};
use threadbare::base::Span;
use threadbare::program::{
    Access, CellId, Expr, Instr, ObjectId, ObjectKind, Pc, Program, PropertyKind, SyncOp, WaitMode,
};
use threadbare::semantics::{
    ArithmeticFault, Chooser, FaultKind, Incident, Machine, Misuse, Recorder, State, Status,
};
use threadbare::trace::Action;

/// A fact: its code, its places, and what else makes it the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    pub code: &'static str,
    pub places: Vec<Span>,
    pub what: String,
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.places.iter();
        let places: Vec<String> = places
            .map(|at| format!("<{}:{}>", at.start, at.end))
            .collect();
        write!(f, "{} {} {}", self.code, self.what, places.join(" "))
    }
}

impl Fact {
    pub fn new(code: &'static str, places: Vec<Span>, what: impl Into<String>) -> Self {
        Self {
            code,
            places,
            what: what.into(),
        }
    }
}

/// Where a fact shows: in a state, or in a step out of it.
pub type Sighting = (usize, Option<Action>);

/// Everything about a program.
#[derive(Default)]
pub struct Facts {
    pub seen: BTreeMap<Fact, Vec<Sighting>>,
    /// Number of the `outcomes`, values: the final states.
    pub endings: BTreeMap<(usize, Vec<i64>), Vec<Sighting>>,
    /// Facts that no single state shows.
    pub global: BTreeSet<Fact>,
    pub n_final: usize,
    pub n_terminal: usize,
    edges: BTreeSet<Edge>,
    /// What never held but should.
    sometimes: BTreeSet<usize>,
}

/// A request for a lock with others held.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    actor: usize,
    from: (ObjectId, bool),
    to: (ObjectId, bool),
    place: Span,
}

/// All facts of a graph.
pub fn facts(graph: &Graph<'_>) -> Facts {
    let mut facts = Facts::default();
    for node in 0..graph.nodes.len() {
        facts.state(graph, node);
        facts.steps(graph, node);
    }
    facts.rest(graph);
    facts.worse_leaks();
    facts.outcomes(graph.machine.program());
    facts.lock_order();
    for (index, property) in graph.machine.program().properties.iter().enumerate() {
        let wanted = matches!(property.kind, PropertyKind::Sometimes(_));
        if wanted && !facts.sometimes.contains(&index) {
            let fact = Fact::new("A005", Vec::new(), index.to_string());
            facts.global.insert(fact);
        }
    }
    facts
}

impl Facts {
    fn see(&mut self, fact: Fact, at: Sighting) {
        self.seen.entry(fact).or_default().push(at);
    }

    fn state(&mut self, graph: &Graph<'_>, node: usize) {
        let machine = &graph.machine;
        let state = &graph.nodes[node].state;
        let at = (node, None);
        self.n_terminal += usize::from(graph.nodes[node].enabled.is_empty());
        for fact in shown(machine, state) {
            self.see(fact, at);
        }
        for (index, property) in machine.program().properties.iter().enumerate() {
            if let PropertyKind::Sometimes(expr) = &property.kind
                && machine
                    .overview(state)
                    .eval(expr)
                    .is_ok_and(|word| word != 0)
            {
                self.sometimes.insert(index);
            }
        }
        if !machine.is_over(state) {
            self.edges(machine, state);
            return;
        }
        self.n_final += 1;
        for (index, outcomes) in machine.program().outcomes.iter().enumerate() {
            let values = outcomes.values.iter();
            let values: Result<Vec<i64>, _> =
                values.map(|e| machine.overview(state).eval(e)).collect();
            if let Ok(values) = values {
                self.endings.entry((index, values)).or_default().push(at);
            }
        }
    }

    fn steps(&mut self, graph: &Graph<'_>, node: usize) {
        for step in &graph.nodes[node].steps {
            let at = (node, Some(step.action));
            let before = &graph.nodes[node].state;
            for fact in shown_by_step(&graph.machine, before, step) {
                self.see(fact, at);
            }
        }
    }

    /// Who is blocked for ever, and why: in states without a step, and in states
    /// from which on the same actors move for ever.
    fn rest(&mut self, graph: &Graph<'_>) {
        let machine = &graph.machine;
        let movers = graph.movers();
        let mut at_rest = BTreeSet::new();
        let mut on_the_way = Vec::new();
        for (node, &(moving, awake)) in movers.iter().enumerate() {
            let state = &graph.nodes[node].state;
            let reached = graph.reach(node);
            let settled = reached.iter().all(|&to| movers[to].0 == moving);
            // Where every step stops the execution, nobody waits for ever.
            let fails = moving == 0 && !graph.nodes[node].enabled.is_empty();
            if machine.is_over(state) || !settled || fails {
                continue;
            }
            let stuck: Vec<usize> = (0..machine.layout().n_actors(state))
                .filter(|&actor| machine.layout().is_running(state, actor))
                .filter(|&actor| awake >> actor & 1 == 0)
                .collect();
            if stuck.is_empty() {
                continue;
            }
            for fact in causes(machine, state, &stuck) {
                if fact.what == "circle" {
                    continue; // seen in every state
                }
                if moving == 0 {
                    at_rest.insert(fact.clone());
                    self.see(fact, (node, None));
                } else {
                    on_the_way.push((fact, (node, None)));
                }
            }
        }
        // What also shows where everything has come to rest is shown there.
        for (fact, at) in on_the_way {
            if !at_rest.contains(&fact) {
                self.see(fact, at);
            }
        }
        self.check_circles(graph, &movers);
    }

    /// A circle is a deadlock from the moment it is there: nobody of it moves again.
    fn check_circles(&self, graph: &Graph<'_>, movers: &[(u64, u64)]) {
        for (node, (_, awake)) in movers.iter().enumerate() {
            for (actors, fact) in circles(&graph.machine, &graph.nodes[node].state) {
                let again = actors.iter().any(|actor| awake >> actor & 1 == 1);
                assert!(!again, "{fact:?} is a circle, but somebody of it moves on");
            }
        }
    }

    /// Of a spawned actor nobody joins, the worse case is reported.
    fn worse_leaks(&mut self) {
        let outlived: Vec<Fact> = self
            .seen
            .keys()
            .filter(|fact| fact.what == "outlived")
            .cloned()
            .collect();
        for fact in outlived {
            let mild = Fact::new("K001", fact.places, "in time");
            self.seen.remove(&mild);
        }
    }

    fn outcomes(&mut self, program: &Program) {
        for (index, outcomes) in program.outcomes.iter().enumerate() {
            let Some(expected) = &outcomes.expected else {
                continue;
            };
            let seen: BTreeSet<&Vec<i64>> = self
                .endings
                .keys()
                .filter(|(of, _)| *of == index)
                .map(|(_, values)| values)
                .collect();
            let unexpected = seen.iter().filter(|values| !expected.contains(values));
            let missing = expected
                .iter()
                .filter(|values| outcomes.exact && !seen.contains(values));
            for (values, what) in unexpected
                .map(|&values| (values, "unexpected"))
                .chain(missing.map(|values| (values, "missing")))
            {
                let what = format!("{index} {what} {values:?}");
                self.global.insert(Fact::new("A004", Vec::new(), what));
            }
        }
    }

    fn edges(&mut self, machine: &Machine<'_>, state: &State) {
        let layout = machine.layout();
        for actor in 0..layout.n_actors(state) {
            if !layout.is_running(state, actor) {
                continue;
            }
            let pc = layout.pc(state, actor);
            let Instr::Sync { op, object, .. } = machine.program().instr(pc) else {
                continue;
            };
            let shared = match op {
                SyncOp::Lock(WaitMode::Wait) | SyncOp::Write(WaitMode::Wait) => false,
                SyncOp::Read(WaitMode::Wait) => true,
                _ => continue,
            };
            let number = machine
                .scene(state, actor)
                .eval(object)
                .expect("a constant");
            let to = ObjectId::new(usize::try_from(number).expect("an object"));
            for (from, from_shared) in held(machine, state, actor) {
                if from != to {
                    self.edges.insert(Edge {
                        actor,
                        from: (from, from_shared),
                        to: (to, shared),
                        place: machine.program().site(pc).span,
                    });
                }
            }
        }
    }

    /// Circles of lock orders that are not among the deadlocks.
    fn lock_order(&mut self) {
        let edges: Vec<Edge> = self.edges.iter().cloned().collect();
        let mut found = BTreeSet::new();
        for first in &edges {
            circle(&edges, &mut vec![first], &mut found);
        }
        for places in found {
            let real = Fact::new("D001", places.clone(), "circle");
            if !self.seen.contains_key(&real) {
                self.global.insert(Fact::new("L001", places, ""));
            }
        }
    }
}

fn circle<'e>(edges: &'e [Edge], path: &mut Vec<&'e Edge>, found: &mut BTreeSet<Vec<Span>>) {
    let fits = |one: &Edge, next: &Edge| one.to.0 == next.from.0 && !(one.to.1 && next.from.1);
    let last = path[path.len() - 1];
    if path.len() > 1 && fits(last, path[0]) {
        let mut places: Vec<Span> = path.iter().map(|edge| edge.place).collect();
        places.sort_unstable();
        found.insert(places);
    }
    for next in edges {
        let new = path
            .iter()
            .all(|edge| edge.actor != next.actor && edge.from.0 != next.from.0);
        if new && fits(last, next) {
            path.push(next);
            circle(edges, path, found);
            path.pop();
        }
    }
}

/// What an actor holds, and whether as a reader only.
fn held(machine: &Machine<'_>, state: &State, actor: usize) -> Vec<(ObjectId, bool)> {
    let all = (0..machine.program().objects.len()).map(ObjectId::new);
    all.filter_map(|id| {
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
    found.extend(circles(machine, state).into_iter().map(|(_, fact)| fact));
    let accesses = accesses(machine, state);
    for (number, one) in accesses.iter().enumerate() {
        let var = &program.vars[program.cells[one.cell.index()].var.index()];
        if let Some(lock) = var.guarded_by {
            let holds = held(machine, state, one.actor)
                .iter()
                .any(|&(id, shared)| id == lock && !(shared && one.write));
            if !holds {
                found.insert(Fact::new("R003", vec![one.place], &*var.name));
            }
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

fn leaks(machine: &Machine<'_>, state: &State, found: &mut BTreeSet<Fact>) {
    let program = machine.program();
    let layout = machine.layout();
    for actor in 0..layout.n_actors(state) {
        let spawned = layout.spawned_at(state, actor);
        let place = spawned.map_or_else(|| program.actors[actor].span, |pc| program.site(pc).span);
        let daemon = layout.is_daemon(state, actor);
        if layout.status(state, actor) == Status::Running {
            if !daemon {
                found.insert(Fact::new("K001", vec![place], "cut off"));
            } else if !held(machine, state, actor).is_empty() {
                found.insert(Fact::new("K006", vec![place], ""));
            }
        } else if spawned.is_some() && !daemon && !layout.is_joined(state, actor) {
            let outlived = layout.has_outlived_spawner(state, actor);
            let what = if outlived { "outlived" } else { "in time" };
            found.insert(Fact::new("K001", vec![place], what));
        }
    }
    for (index, object) in program.objects.iter().enumerate() {
        if let ObjectKind::Sem { initial, .. } = object.kind
            && machine.permits(state, ObjectId::new(index)) < initial
        {
            found.insert(Fact::new("K005", Vec::new(), &*object.name));
        }
    }
}

/// An access that is somebody's next action.
struct Next {
    actor: usize,
    cell: CellId,
    write: bool,
    plain: bool,
    place: Span,
}

fn accesses(machine: &Machine<'_>, state: &State) -> Vec<Next> {
    let program = machine.program();
    let layout = machine.layout();
    let mut found = Vec::new();
    for actor in 0..layout.n_actors(state) {
        if !layout.is_running(state, actor) {
            continue;
        }
        let pc = layout.pc(state, actor);
        let next = |cell, write, plain, pc: Pc| Next {
            actor,
            cell,
            write,
            plain,
            place: program.site(pc).span,
        };
        match program.instr(pc) {
            Instr::Load(_, place, access) => {
                found.push(next(place.base, false, *access == Access::Plain, pc));
            }
            Instr::Store(place, _, access) => {
                found.push(next(place.base, true, *access == Access::Plain, pc));
            }
            Instr::Rmw(_, place, ..) | Instr::CompareExchange(_, place, ..) => {
                found.push(next(place.base, true, false, pc));
            }
            Instr::WaitUntil(condition) => {
                let mut cells = Vec::new();
                reads(condition, &mut cells);
                for cell in cells {
                    let var = program.cells[cell.index()].var;
                    found.push(next(cell, false, !program.vars[var.index()].atomic, pc));
                }
            }
            // What a block touches is atomic; another's plain access can race with it.
            Instr::AtomicBegin(_) if machine.can_step(state, actor) => {
                let mut chooser = Chooser::first();
                loop {
                    let mut inside = Inside(Vec::new());
                    let mut copy = state.clone();
                    let _ = machine.step(&mut copy, actor, &mut chooser, &mut inside);
                    for (cell, write, pc) in inside.0 {
                        found.push(next(cell, write, false, pc));
                    }
                    if !chooser.advance() {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    found
}

struct Inside(Vec<(CellId, bool, Pc)>);

impl Recorder for Inside {
    fn incident(&mut self, _: usize, incident: Incident) {
        if let Incident::Accessed(cell, write, pc) = incident {
            self.0.push((cell, write, pc));
        }
    }
}

fn reads(expr: &Expr, cells: &mut Vec<CellId>) {
    match expr {
        Expr::Cell(place) => cells.push(place.base),
        Expr::Unary(_, inner) => reads(inner, cells),
        Expr::Binary(_, left, right) => {
            reads(left, cells);
            reads(right, cells);
        }
        Expr::If(condition, then, otherwise) => {
            reads(condition, cells);
            reads(then, cells);
            reads(otherwise, cells);
        }
        _ => {}
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
                let code = match exception.misuse {
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
                };
                let name = program.name(exception.name);
                found.insert(Fact::new(code, place(exception.pc), name));
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
