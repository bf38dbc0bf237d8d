//! W003 and W006: what the text alone shows.

use crate::analysis::finding::{Evidence, Finding};
use crate::analysis::footprint::registers;
use crate::analysis::rule::{Level, Rule};
use crate::program::{ChanOp, Instr, Pc, Program, SyncOp, WaitMode};
use std::collections::BTreeSet;

fn warning(rule: Rule, evidence: Evidence) -> Finding {
    Finding {
        rule,
        level: Level::Warning,
        key: None,
        subjects: Vec::new(),
        actors: Vec::new(),
        declared: Vec::new(),
        schedule: None,
        evidence,
    }
}

/// Waits that are inside an `if` and in no loop that tests again.
pub fn wait_in_if(program: &Program) -> Vec<Finding> {
    let hints = program.waits_in_if.iter();
    hints
        .map(|&(wait, test)| warning(Rule::WaitInIf, Evidence::WaitInIf(wait, test)))
        .collect()
}

/// Operations that do not wait, in loops that do nothing but try them again.
pub fn polling(program: &Program) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let all = (0..program.code.len()).map(|at| Pc::try_from(at).expect("code is limited"));
    all.filter(|&pc| only_tries(program.instr(pc)) && only_comes_back(program, pc))
        .filter(|&pc| seen.insert(program.site(pc).span))
        .map(|pc| warning(Rule::Polling, Evidence::Polls(pc)))
        .collect()
}

/// Operations that ask whether something is ready, and could wait for it instead.
fn only_tries(instr: &Instr) -> bool {
    let tries = |mode: WaitMode| mode == WaitMode::Try;
    match instr {
        Instr::Sync { op, .. } => match op {
            SyncOp::Lock(mode) | SyncOp::Read(mode) | SyncOp::Write(mode) => tries(*mode),
            SyncOp::Acquire(mode) | SyncOp::EventWait(mode) => tries(*mode),
            _ => false,
        },
        Instr::Chan { op, .. } => match op {
            ChanOp::Send(mode) | ChanOp::Recv(mode) => tries(*mode),
        },
        _ => false,
    }
}

/// Whether some way leads from the instruction back to it past nothing but local
/// work and pauses, and its answer decides about the way.
fn only_comes_back(program: &Program, pc: Pc) -> bool {
    let answer = match program.instr(pc) {
        Instr::Sync { dst, .. } => *dst,
        Instr::Chan { ok, .. } => *ok,
        _ => None,
    };
    let mut seen = BTreeSet::new();
    let mut asked = false;
    let mut comes_back = false;
    let mut rest = vec![pc];
    while let Some(at) = rest.pop() {
        let instr = program.instr(at);
        if let (Instr::Unless(condition, _), Some(answer)) = (instr, answer) {
            asked |= registers(condition).contains(&answer);
        }
        let pauses = matches!(
            instr,
            Instr::Sleep | Instr::Yield | Instr::Progress | Instr::Begin
        );
        let passes = at == pc || pauses || !instr.is_visible() && !matches!(instr, Instr::Call(..));
        if !passes {
            continue;
        }
        for next in { instr.falls_through().then_some(at + 1) }
            .into_iter()
            .chain(instr.target())
        {
            comes_back |= next == pc;
            if seen.insert(next) {
                rest.push(next);
            }
        }
    }
    comes_back && asked
}
