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
        if plan.functions[index].awaits || plan.functions[index].process {
            let mut less = plan.clone();
            less.functions[index].awaits = false;
            less.functions[index].process = false;
            found.push(less);
        }
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
        if thread.twice || thread.daemon || thread.main || thread.process {
            let mut less = plan.clone();
            less.threads[index] = super::Thread {
                runs: thread.runs,
                on: thread.on,
                body: thread.body.clone(),
                ..super::Thread::default()
            };
            found.push(less);
        }
    }
    for index in 0..plan.pairs.len() {
        let mut less = plan.clone();
        less.pairs.remove(index);
        found.push(less);
    }
    for index in 0..plan.held.len() {
        let mut less = plan.clone();
        less.held.remove(index);
        found.push(less);
    }
    if plan.loops > 0 {
        let mut less = plan.clone();
        less.loops = 0;
        found.push(less);
    }
    if plan.splits_print {
        let mut less = plan.clone();
        less.splits_print = false;
        found.push(less);
    }
    for index in 0..plan.common.len() {
        let mut less = plan.clone();
        less.common.remove(index);
        found.push(less);
    }
    for index in 0..plan.threads.len() {
        let mut less = plan.clone();
        less.threads[index].runs = Runs::Thread;
        found.push(less);
    }
    for index in 0..plan.shared.len() {
        let shared = &plan.shared[index];
        let odd =
            shared.guarded_by.is_some() || shared.common || shared.shape != super::Shape::Word;
        if shared.most.is_some() || odd || shared.initial != 0 {
            let mut less = plan.clone();
            less.shared[index].common = false;
            less.shared[index].shape = super::Shape::Word;
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
        | Act::ForEntries(_, body)
        | Act::While(_, body)
        | Act::Loop(body)
        | Act::For(_, body)
        | Act::Atomic(body)
        | Act::Spawn(_, _, body, _)
        | Act::Submit(_, _, body, _)
        | Act::Map(_, _, _, _, body) => vec![body],
        Act::IfReceive(_, _, one, other)
        | Act::If(_, one, other)
        | Act::Either(one, other)
        | Act::Try(one, other)
        | Act::Finally(one, other) => vec![one, other],
        Act::Select(arms, otherwise) => {
            let bodies = arms.iter().map(|arm| &arm.body);
            bodies
                .chain(otherwise.iter().map(|(_, body)| body))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn inner_mut(act: &mut Act) -> Vec<&mut Block> {
    match act {
        Act::With(_, _, body)
        | Act::ForReceive(_, body)
        | Act::ForEntries(_, body)
        | Act::While(_, body)
        | Act::Loop(body)
        | Act::For(_, body)
        | Act::Atomic(body)
        | Act::Spawn(_, _, body, _)
        | Act::Submit(_, _, body, _)
        | Act::Map(_, _, _, _, body) => vec![body],
        Act::IfReceive(_, _, one, other)
        | Act::If(_, one, other)
        | Act::Either(one, other)
        | Act::Try(one, other)
        | Act::Finally(one, other) => vec![one, other],
        Act::Select(arms, otherwise) => {
            let bodies = arms.iter_mut().map(|arm| &mut arm.body);
            let other = otherwise.iter_mut().map(|(_, body)| body);
            bodies.chain(other).collect()
        }
        _ => Vec::new(),
    }
}

/// The same act with a smaller block inside.
fn acts(act: &Act) -> Vec<Act> {
    let mut found = Vec::new();
    if let Act::Label(_, act) = act {
        found.push((**act).clone());
    }
    if let Act::Submit(pool, function, between, asks) = act {
        for index in 0..asks.len() {
            let mut less = asks.clone();
            less.remove(index);
            found.push(Act::Submit(*pool, *function, between.clone(), less));
        }
    }
    if let Act::Gather(functions) = act
        && functions.len() > 1
    {
        for index in 0..functions.len() {
            let mut less = functions.clone();
            less.remove(index);
            found.push(Act::Gather(less));
        }
    }
    if let Act::Select(arms, otherwise) = act {
        if otherwise.is_some() {
            found.push(Act::Select(arms.clone(), None));
        }
        for index in 0..arms.len() {
            let mut less = arms.clone();
            less.remove(index);
            found.push(Act::Select(less, otherwise.clone()));
        }
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
