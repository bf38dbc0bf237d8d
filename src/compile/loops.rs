//! Event loops inside of processes, which have no code yet: all loops of a program
//! are those of the main process.

use super::limits::unsupported;
use crate::base::Diagnostic;
use crate::program::{FunctionId, Instr, ObjectKind, Parts};
use std::collections::BTreeSet;

/// The places at which a process beside the main one would start a task.
pub(super) fn tasks_in_processes(parts: &Parts) -> Vec<Diagnostic> {
    let mut rest: Vec<FunctionId> = parts
        .actors
        .iter()
        .filter(|actor| actor.process)
        .map(|actor| actor.function)
        .collect();
    let pools = parts.objects.iter().any(|object| {
        matches!(
            object.kind,
            ObjectKind::Executor {
                processes: true,
                ..
            }
        )
    });
    rest.extend(parts.code.iter().filter_map(|instr| match instr {
        Instr::Spawn {
            function,
            process: true,
            ..
        } => Some(*function),
        // Which executor gets a job is known only when it runs.
        Instr::Submit { function, .. } if pools => Some(*function),
        _ => None,
    }));
    let mut seen = BTreeSet::new();
    let mut errors = Vec::new();
    while let Some(id) = rest.pop() {
        if !seen.insert(id) {
            continue;
        }
        let function = &parts.functions[id.index()];
        for at in function.entry as usize..function.end as usize {
            match &parts.code[at] {
                Instr::Call(callee, ..) => rest.push(*callee),
                Instr::Submit { function, .. } => rest.push(*function),
                Instr::Spawn { task: Some(_), .. } => {
                    let what = "a task that a process of its own starts";
                    errors.push(unsupported(parts.sites[at].span, what));
                }
                Instr::Spawn { function, .. } => rest.push(*function),
                _ => {}
            }
        }
    }
    errors.sort_by_key(|error| error.span);
    errors
}
