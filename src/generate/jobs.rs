//! Executors and their jobs: what some plans have besides.
//!
//! They are put between the other acts, with a random source of their own, so that
//! the rest of a seed's plan does not depend on them.

use super::plan::{Act, Ask, Block, Bool, Func, Gathering, Int, LockMode, Object, Plan, Vary};
use super::random::Random;

/// Gives an executor to every fourth plan, sometimes two.
pub(super) fn add(plan: &mut Plan, seed: u64) {
    let mut random = Random::new(seed ^ 0x0b5e_55ed);
    if !random.one_in(4) {
        return;
    }
    let pools = plan.objects.len()..plan.objects.len() + 1 + usize::from(random.one_in(5));
    for pool in pools.clone() {
        plan.objects.push(Object::Executor {
            workers: 1 + u32::from(random.one_in(2)),
            processes: random.one_in(4),
        });
        if random.one_in(4) {
            plan.common.push(pool);
        }
    }
    while plan.functions.len() < 2 {
        plan.functions.push(job(&mut random));
    }
    let n_functions = plan.functions.len();
    // A job may submit jobs of a later function.
    let last = n_functions - 1;
    for (index, function) in plan.functions.iter_mut().enumerate() {
        if index < last && random.one_in(3) {
            let pool = random.pick(&pools.clone().collect::<Vec<_>>());
            let act = submit(pool, last, &mut random);
            function.body.push(act);
        }
    }
    for index in 0..plan.threads.len() {
        for _ in 0..random.below(2 + usize::from(index == 0)) {
            let pool = random.pick(&pools.clone().collect::<Vec<_>>());
            let function = random.below(n_functions);
            let act = use_pool(pool, function, &mut random);
            let body = &mut plan.threads[index].body;
            let at = random.below(body.len() + 1);
            body.insert(at, act);
        }
    }
}

/// A short function for jobs.
fn job(random: &mut Random) -> Func {
    let body = match random.below(4) {
        0 => vec![Act::Update(0, Vary::Add, Int::Const(1))],
        1 => vec![Act::Set(0, Int::Me)],
        2 => {
            let first = Bool::Eq(Int::Me, Int::Const(0));
            vec![Act::If(first, vec![Act::Raise], Vec::new())]
        }
        _ => Vec::new(),
    };
    Func {
        body,
        returns: Some(Int::Me),
        process: false,
        awaits: false,
    }
}

fn use_pool(pool: usize, function: usize, random: &mut Random) -> Act {
    match random.below(8) {
        0 => Act::Shutdown(pool, random.one_in(2)),
        1 => {
            let inside = submit(pool, function, random);
            Act::With(pool, LockMode::Exclusive, vec![inside])
        }
        2 | 3 => {
            let how = random.pick(&[
                Gathering::Results,
                Gathering::Completed,
                Gathering::Each,
                Gathering::All,
                Gathering::Any,
            ]);
            let body: Block = match random.below(3) {
                0 => vec![Act::Update(0, Vary::Add, Int::Const(1))],
                _ => Vec::new(),
            };
            Act::Map(pool, function, 1 + random.below(2) as i64, how, body)
        }
        _ => submit(pool, function, random),
    }
}

fn submit(pool: usize, function: usize, random: &mut Random) -> Act {
    let all = [
        Ask::Result,
        Ask::Result,
        Ask::ResultFor,
        Ask::Cancel,
        Ask::Exception,
        Ask::Done,
    ];
    let n = random.below(3);
    let asks = (0..n).map(|_| random.pick(&all)).collect();
    let between = match random.below(3) {
        0 => vec![Act::Set(0, Int::Const(2))],
        _ => Vec::new(),
    };
    let act = Act::Submit(pool, function, between, asks);
    match random.below(5) {
        0 => Act::Try(vec![act], vec![Act::Yield]),
        _ => act,
    }
}
