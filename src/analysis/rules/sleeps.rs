//! W001: `sleep` where something should be waited for.
//!
//! An actor sleeps and then reads a variable that it never writes itself, with
//! nothing in between that waits for anybody. If in some state it is about to
//! read while another actor may still write, the sleep was a hope.
//!
//! A loop that sleeps and looks again is polling, which is another matter.

use crate::analysis::collections::variable;
use crate::analysis::facts::Facts;
use crate::analysis::futures::Help;
use crate::analysis::key::Key;
use crate::explore::{Goal, Visit};
use crate::program::{Instr, Pc, Program, VarId};
use std::collections::BTreeSet;

/// A read behind a `sleep`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Nap {
    /// The read.
    pub read: Pc,
    /// The sleep.
    pub sleep: Pc,
    /// What is read.
    pub var: VarId,
}

/// All reads behind a `sleep`, by the read.
pub fn naps(program: &Program) -> Vec<Nap> {
    let mut found = BTreeSet::new();
    for (at, instr) in program.code.iter().enumerate() {
        if matches!(instr, Instr::Sleep) {
            let sleep = Pc::try_from(at).expect("code is limited");
            reads_behind(program, sleep, &mut found);
        }
    }
    found.into_iter().collect()
}

fn reads_behind(program: &Program, sleep: Pc, found: &mut BTreeSet<Nap>) {
    let mut seen = BTreeSet::new();
    let mut reads = Vec::new();
    let mut rest = vec![sleep + 1];
    while let Some(pc) = rest.pop() {
        if !seen.insert(pc) {
            continue;
        }
        let instr = program.instr(pc);
        if let Instr::Load(_, place, _) = instr {
            reads.push((pc, program.cells[place.base.index()].var));
        }
        if let Instr::Collection { op, object, .. } = instr
            && op.only_looks()
        {
            reads.extend(variable(program, object).map(|var| (pc, var)));
        }
        if goes_on_alone(instr) {
            let next = instr.falls_through().then_some(pc + 1);
            rest.extend(next.into_iter().chain(instr.target()));
        }
    }
    let function = program.function_at(sleep);
    let own = &program.code[function.entry as usize..function.end as usize];
    let writes = |var: VarId| {
        own.iter().any(|instr| match instr {
            Instr::Store(place, ..)
            | Instr::Rmw(_, place, ..)
            | Instr::CompareExchange(_, place, ..) => program.cells[place.base.index()].var == var,
            Instr::Collection { op, object, .. } => {
                !op.only_looks() && variable(program, object) == Some(var)
            }
            _ => false,
        })
    };
    let polls = seen.contains(&sleep);
    found.extend(
        reads
            .into_iter()
            .filter(|&(_, var)| !polls && !writes(var))
            .map(|(read, var)| Nap { read, sleep, var }),
    );
}

/// Whether the actor gets past the instruction without waiting for anybody.
fn goes_on_alone(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Begin
            | Instr::End
            | Instr::Load(..)
            | Instr::Store(..)
            | Instr::Collection { .. }
            | Instr::NextEntry { .. }
            | Instr::Choose(..)
            | Instr::Yield
            | Instr::Sleep
            | Instr::Progress
            | Instr::Print(..)
            | Instr::Let(..)
            | Instr::Observe(..)
            | Instr::Jump(..)
            | Instr::Unless(..)
            | Instr::Assert(..)
            | Instr::LabelDone(..)
    )
}

/// Notes who is about to read what somebody else may still write.
pub fn in_state(facts: &mut Facts<'_>, visit: &Visit<'_>, goal: Goal) {
    if facts.naps.is_empty() {
        return;
    }
    let (machine, state) = (visit.machine, visit.state);
    let layout = machine.layout();
    let running = || (0..layout.n_actors(state)).filter(|&it| layout.is_running(state, it));
    for actor in running() {
        let pc = layout.pc(state, actor);
        let from = facts.naps.partition_point(|nap| nap.read < pc);
        for index in from..facts.naps.len() {
            let nap = facts.naps[index];
            if nap.read != pc {
                break;
            }
            let futures = &facts.futures;
            let late = |other| futures.may_for(machine, state, actor, other, Help::Write(nap.var));
            if running().any(|other| other != actor && late(other)) {
                let span = |pc| facts.program.site(pc).span;
                let key = Key::SleepAsSignal(nap.var, span(nap.sleep), span(nap.read));
                facts.note(key, goal);
            }
        }
    }
}
