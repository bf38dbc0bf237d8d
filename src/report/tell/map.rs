//! All states of a small scenario as a graph: what changes stands in the boxes,
//! the steps at the arrows.

use crate::analysis::{Facts, Key};
use crate::explore::Search;
use crate::program::{CellId, ObjectId, ObjectKind, Program, ValueKind, describe};
use crate::report::picture::{EdgeKind, Graph, NODES_MAX, NodeKind};
use crate::semantics::{Chooser, Machine, State, Stop};

/// Lines of a box.
const LINES_MAX: usize = 6;

/// There are more states than a picture can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyStates;

/// The graph of all states of a search.
///
/// # Errors
///
/// [`TooManyStates`] if there are more than [`NODES_MAX`] or the search was stopped.
pub fn states(search: &Search<'_>) -> Result<Graph, TooManyStates> {
    if search.bound().is_some() || search.n_states() as usize > NODES_MAX {
        return Err(TooManyStates);
    }
    let machine = search.machine();
    let program = machine.program();
    let all: Vec<State> = (0..search.n_states())
        .map(|id| {
            let mut state = search.blank();
            search.load(id, &mut state);
            state
        })
        .collect();
    let shown = varying(machine, &all);
    let mut graph = Graph::new(format!("states of {}", program.name));
    for (id, state) in all.iter().enumerate() {
        let node = graph.node(format!("{id}"), kind(machine, state, id));
        let lines = shown.iter().map(|it| it.show(machine, state));
        graph.nodes[node].lines = lines.collect();
    }
    let movers = search.movers();
    for (from, state) in all.iter().enumerate() {
        steps(search, (from, state), &movers[from], &mut graph);
    }
    Ok(graph)
}

/// Adds the arrows out of a state; a step in which the execution stops leads to a
/// box of its own.
fn steps(search: &Search<'_>, (from, state): (usize, &State), movers: &[usize], graph: &mut Graph) {
    let machine = search.machine();
    let program = machine.program();
    for &actor in movers {
        let pc = machine.layout().pc(state, actor);
        let name = machine.layout().actor_name(program, state, actor);
        let label = format!("{name}: {}", describe(program, pc));
        let mut chooser = Chooser::first();
        loop {
            let mut after = state.clone();
            let result = machine.step(&mut after, actor, &mut chooser, &mut ());
            match result {
                Ok(()) => {
                    if let Some(to) = search.find(&after) {
                        graph.edge(from, to as usize, label.as_str(), EdgeKind::Step);
                    }
                }
                Err(Stop::Fault(_)) => {
                    let end = graph.node("fails", NodeKind::Bad);
                    graph.edge(from, end, label.as_str(), EdgeKind::BadStep);
                }
                Err(Stop::Grow(_) | Stop::Limit(..)) => {}
            }
            if !chooser.advance() {
                break;
            }
        }
    }
}

fn kind(machine: &Machine<'_>, state: &State, id: usize) -> NodeKind {
    let mut facts = Facts::new(machine.program());
    let enabled = facts.see(machine, state, 0, 0);
    // Where two accesses race, the state itself is still a good one.
    let is_bad = facts
        .hits
        .keys()
        .any(|key| !matches!(key, Key::Race(..) | Key::Unguarded(..)));
    let is_over = machine.is_over(state);
    match (is_bad || (enabled.is_empty() && !is_over), id, is_over) {
        (true, ..) => NodeKind::Bad,
        (_, 0, _) => NodeKind::Start,
        (_, _, true) => NodeKind::End,
        _ => NodeKind::State,
    }
}

/// What stands in a box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Cell(CellId),
    Owner(ObjectId),
    Entries(ObjectId),
}

/// Memory and locks that are not the same in all states.
fn varying(machine: &Machine<'_>, all: &[State]) -> Vec<Shown> {
    let program = machine.program();
    let cells = (0..program.cells.len()).map(CellId::new);
    let cells = cells.filter_map(|cell| {
        let var = &program.vars[program.cells[cell.index()].var.index()];
        match var.collection {
            None => Some(Shown::Cell(cell)),
            // Its entries stand together.
            Some(id) => (var.first == cell).then_some(Shown::Entries(id)),
        }
    });
    let owners = program.objects.iter().enumerate();
    let owners = owners.filter(|(_, object)| {
        matches!(
            object.kind,
            ObjectKind::Lock { .. } | ObjectKind::RwLock { .. }
        )
    });
    let owners = owners.map(|(at, _)| Shown::Owner(ObjectId::new(at)));
    let differs = |it: &Shown| {
        let first = it.show(machine, &all[0]);
        all.iter().any(|state| it.show(machine, state) != first)
    };
    cells
        .chain(owners)
        .filter(differs)
        .take(LINES_MAX)
        .collect()
}

impl Shown {
    fn show(self, machine: &Machine<'_>, state: &State) -> String {
        let program = machine.program();
        match self {
            Shown::Cell(cell) => {
                let row = &program.cells[cell.index()];
                let value = value(
                    machine,
                    state,
                    &row.kind,
                    machine.layout().value(state, cell),
                );
                format!("{} = {value}", row.name)
            }
            Shown::Entries(id) => entries(machine, state, id),
            Shown::Owner(id) => {
                let name = &program.objects[id.index()].name;
                let owner = machine.owner(state, id);
                let owner = owner.map(|it| machine.layout().actor_name(program, state, it));
                format!("{name}: {}", owner.as_deref().unwrap_or("free"))
            }
        }
    }
}

/// `l = [1, 2]`, `d = {1: true}`.
fn entries(machine: &Machine<'_>, state: &State, id: ObjectId) -> String {
    let program = machine.program();
    let name = &program.objects[id.index()].name;
    let Some(shape) = machine.collection(id) else {
        return name.clone();
    };
    let from = shape.first().index() + 1;
    let kinds = &program.cells[from..from + shape.width];
    let each = machine.entries(state, id).into_iter().map(|words| {
        let words = words.iter().zip(kinds);
        let shown: Vec<String> = words
            .map(|(&word, cell)| value(machine, state, &cell.kind, word))
            .collect();
        match (shape.keyed, shown.as_slice()) {
            (true, [key, rest @ ..]) => format!("{key}: {}", rest.join(" ")),
            (_, all) => all.join(" "),
        }
    });
    let all = each.collect::<Vec<_>>().join(", ");
    match shape.keyed {
        true => format!("{name} = {{{all}}}"),
        false => format!("{name} = [{all}]"),
    }
}

fn value(machine: &Machine<'_>, state: &State, kind: &ValueKind, word: i64) -> String {
    let program: &Program = machine.program();
    let index = usize::try_from(word).ok();
    let named = match kind {
        ValueKind::Int | ValueKind::Entries { .. } => None,
        ValueKind::Bool => Some((word != 0).to_string()),
        ValueKind::Enum(table) => {
            let variants = program.enums.get(*table as usize);
            variants.and_then(|names| names.get(index?)).cloned()
        }
        ValueKind::Str => index.and_then(|at| program.names.get(at)).cloned(),
        ValueKind::Object => {
            let row = index.and_then(|at| program.objects.get(at));
            row.map(|object| object.name.clone())
        }
        ValueKind::Future => index
            .map(|job| machine.layout().job_name(program, state, job))
            .filter(|name| name != "?"),
        ValueKind::Handle => index
            .filter(|&at| at < machine.layout().n_actors(state))
            .map(|at| machine.layout().actor_name(program, state, at)),
    };
    named.unwrap_or_else(|| word.to_string())
}
