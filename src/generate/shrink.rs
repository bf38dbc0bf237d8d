//! Plans that leave something out of a plan: what a failing case is cut down with.
//!
//! In order of how much goes: a thread, a property, a function, then acts, from
//! the outside to the inside; an act with a block may become its block. The
//! rows of variables and objects stay where they are, since names are positions;
//! what nobody uses any more is not written.

use super::plan::{Act, Block, Plan, Runs};

/// All plans that are one cut smaller.
pub fn smaller(plan: &Plan) -> Vec<Plan> {
    let mut found = Vec::new();
    for index in 0..plan.threads.len() {
        if plan.threads.len() > 1 {
            let mut less = plan.clone();
            less.threads.remove(index);
            found.push(less);
        }
    }
    for index in 0..plan.properties.len() {
        let mut less = plan.clone();
        less.properties.remove(index);
        found.push(less);
    }
    for index in 0..plan.functions.len() {
        let mut less = plan.clone();
        less.functions[index] = super::Func::default();
        found.push(less);
        for body in blocks(&plan.functions[index].body) {
            let mut less = plan.clone();
            less.functions[index].body = body;
            found.push(less);
        }
    }
    for index in 0..plan.threads.len() {
        for body in blocks(&plan.threads[index].body) {
            let mut less = plan.clone();
            less.threads[index].body = body;
            found.push(less);
        }
        let thread = &plan.threads[index];
        if thread.twice || thread.daemon || thread.main {
            let mut less = plan.clone();
            less.threads[index] = super::Thread {
                runs: thread.runs,
                body: thread.body.clone(),
                ..super::Thread::default()
            };
            found.push(less);
        }
    }
    for index in 0..plan.threads.len() {
        let mut less = plan.clone();
        less.threads[index].runs = Runs::Thread;
        found.push(less);
    }
    for index in 0..plan.shared.len() {
        let shared = &plan.shared[index];
        if shared.most.is_some() || shared.guarded_by.is_some() || shared.initial != 0 {
            let mut less = plan.clone();
            less.shared[index].most = None;
            less.shared[index].guarded_by = None;
            less.shared[index].initial = 0;
            found.push(less);
        }
    }
    found.retain(|less| less != plan);
    found
}

/// Blocks that are one cut smaller.
fn blocks(block: &Block) -> Vec<Block> {
    let mut found = Vec::new();
    if block.len() > 2 {
        found.push(block[..block.len() / 2].to_vec());
        found.push(block[block.len() / 2..].to_vec());
    }
    for index in 0..block.len() {
        let mut less = block.clone();
        less.remove(index);
        found.push(less);
        for inside in inner(&block[index]) {
            let mut less = block.clone();
            less.splice(index..=index, inside.iter().cloned());
            found.push(less);
        }
        for act in acts(&block[index]) {
            let mut less = block.clone();
            less[index] = act;
            found.push(less);
        }
    }
    found
}

/// The blocks inside an act.
fn inner(act: &Act) -> Vec<&Block> {
    match act {
        Act::With(_, _, body)
        | Act::ForReceive(_, body)
        | Act::While(_, body)
        | Act::Loop(body)
        | Act::For(_, body)
        | Act::Atomic(body)
        | Act::Spawn(_, _, body, _) => vec![body],
        Act::IfReceive(_, _, one, other)
        | Act::If(_, one, other)
        | Act::Either(one, other)
        | Act::Try(one, other)
        | Act::Finally(one, other) => vec![one, other],
        _ => Vec::new(),
    }
}

fn inner_mut(act: &mut Act) -> Vec<&mut Block> {
    match act {
        Act::With(_, _, body)
        | Act::ForReceive(_, body)
        | Act::While(_, body)
        | Act::Loop(body)
        | Act::For(_, body)
        | Act::Atomic(body)
        | Act::Spawn(_, _, body, _) => vec![body],
        Act::IfReceive(_, _, one, other)
        | Act::If(_, one, other)
        | Act::Either(one, other)
        | Act::Try(one, other)
        | Act::Finally(one, other) => vec![one, other],
        _ => Vec::new(),
    }
}

/// The same act with a smaller block inside.
fn acts(act: &Act) -> Vec<Act> {
    let mut found = Vec::new();
    if let Act::Label(_, act) = act {
        found.push((**act).clone());
    }
    for (which, block) in inner(act).into_iter().enumerate() {
        for less in blocks(block) {
            let mut act = act.clone();
            *inner_mut(&mut act)[which] = less;
            found.push(act);
        }
    }
    found
}
