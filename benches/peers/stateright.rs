//! Stateright: each workload as a model over bytes, breadth first, one thread.
//!
//! A state is one byte that says that something went wrong, then what is shared,
//! then a few bytes for each thread, the first of them its place in the program.
//! One step of a thread is one step of the scenario.

use super::measure::{Cost, peak_kib, processor_time};
use super::workloads::value;
use stateright::{Checker as _, Model, Property};

/// A workload of some size.
struct Program {
    /// Bytes before the threads, and of each thread.
    shared: usize,
    own: usize,
    threads: usize,
    initial: Vec<(usize, u8)>,
    /// Takes the step of a thread, if it can: what is shared, its own bytes, who.
    step: Box<Step>,
}

type Step = dyn Fn(&mut [u8], &mut [u8], usize) -> bool + Send + Sync;

impl Model for Program {
    type State = Vec<u8>;
    type Action = u8;

    fn init_states(&self) -> Vec<Vec<u8>> {
        let mut state = vec![0; self.shared + self.own * self.threads];
        for &(at, value) in &self.initial {
            state[at] = value;
        }
        vec![state]
    }

    fn actions(&self, _: &Vec<u8>, actions: &mut Vec<u8>) {
        actions.extend((0..).take(self.threads));
    }

    fn next_state(&self, state: &Vec<u8>, thread: u8) -> Option<Vec<u8>> {
        let mut next = state.clone();
        let (shared, threads) = next.split_at_mut(self.shared);
        let thread = usize::from(thread);
        let own = &mut threads[thread * self.own..][..self.own];
        (self.step)(shared, own, thread).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nothing went wrong", |_, state| {
            state[0] == 0
        })]
    }
}

/// Runs a workload; `None` if it is not written.
pub fn run(name: &str, size: &[(String, i64)]) -> Option<Cost> {
    let program = program(name, size)?;
    let before = processor_time();
    let checker = program.checker().threads(1).spawn_bfs().join();
    Some(Cost {
        states: checker.unique_state_count() as u64,
        bytes_per_state: 0.0,
        cpu: processor_time() - before,
        wall: 0.0,
        peak_kib: peak_kib(),
    })
}

fn of(
    (shared, own, threads): (usize, usize, usize),
    initial: &[(usize, u8)],
    step: impl Fn(&mut [u8], &mut [u8], usize) -> bool + Send + Sync + 'static,
) -> Program {
    Program {
        shared: shared + 1,
        own,
        threads,
        initial: initial.to_vec(),
        step: Box::new(step),
    }
}

fn program(name: &str, size: &[(String, i64)]) -> Option<Program> {
    let get = |name| value(size, name);
    let (n, rounds) = (get("N"), get("ROUNDS") as u8);
    Some(match name {
        "locked_counter" => of((2, 3, n), &[], move |s, t, _| locked_counter(s, t, rounds)),
        "racing_counter" => of((1, 3, n), &[], move |s, t, _| racing_counter(s, t, rounds)),
        "philosophers_naive" => of((n, 2, n), &[], move |s, t, me| {
            philosopher(s, t, (me, (me + 1) % n), rounds)
        }),
        "philosophers_ordered" | "philosophers_once" => {
            // A byte counts no further than 0: for ever.
            let rounds = if name.ends_with("once") { rounds } else { 0 };
            of((n, 2, n), &[], move |s, t, me| {
                let right = (me + 1) % n;
                philosopher(s, t, (me.min(right), me.max(right)), rounds)
            })
        }
        "bounded_buffer" => {
            let (producers, consumers) = (get("PRODUCERS"), get("CONSUMERS"));
            let (items, slots) = (get("ITEMS"), get("SLOTS"));
            let each = producers * items / consumers;
            of(
                (slots + 2, 3, producers + consumers),
                &[],
                move |s, t, me| match me < producers {
                    true => producer(s, t, me, items, slots),
                    false => consumer(s, t, each),
                },
            )
        }
        "filter_lock" => of((2 * n + 1, 4, n), &[], move |s, t, me| {
            filter_lock(s, t, me, n, rounds)
        }),
        "bakery" => of((2 * n + 1, 4, n), &[], move |s, t, me| {
            bakery(s, t, me, n, rounds)
        }),
        "readers_writers" => {
            let readers = get("READERS");
            let threads = readers + get("WRITERS");
            of((4, 3, threads), &[(1, 1), (2, 1)], move |s, t, me| {
                match me < readers {
                    true => reader(s, t, rounds),
                    false => writer(s, t, rounds),
                }
            })
        }
        "ring_election" => of((2 + n * (n + 1), 2, n), &[], move |s, t, me| {
            node(s, t, me, n)
        }),
        "executor_jobs" => {
            let (workers, jobs) = (get("WORKERS"), get("JOBS"));
            of(
                (2 + 2 * jobs, 2, workers + 1),
                &[],
                move |s, t, me| match me < workers {
                    true => worker(s, t),
                    false => boss(s, t, jobs),
                },
            )
        }
        // In condition_buffer, who is woken is a choice, and a step has only one way here.
        _ => return None,
    })
}

/// Counts a round; the place where to go on, or `end`.
fn again(t: &mut [u8], rounds: u8, end: u8) -> u8 {
    if rounds == 0 {
        return 0;
    }
    t[1] += 1;
    if t[1] < rounds { 0 } else { end }
}

fn take(lock: &mut u8) -> bool {
    let free = *lock == 0;
    *lock = 1;
    free
}

fn locked_counter(s: &mut [u8], t: &mut [u8], rounds: u8) -> bool {
    match t[0] {
        0 if !take(&mut s[1]) => return false,
        0 => t[0] = 1,
        1 => (t[2], t[0]) = (s[2], 2),
        2 => (s[2], t[2], t[0]) = (t[2] + 1, 0, 3),
        3 => {
            s[1] = 0;
            t[0] = again(t, rounds, 4);
        }
        _ => return false,
    }
    true
}

fn racing_counter(s: &mut [u8], t: &mut [u8], rounds: u8) -> bool {
    match t[0] {
        0 => (t[2], t[0]) = (s[1], 1),
        1 => {
            (s[1], t[2]) = (t[2] + 1, 0);
            t[0] = again(t, rounds, 2);
        }
        _ => return false,
    }
    true
}

fn philosopher(s: &mut [u8], t: &mut [u8], (first, second): (usize, usize), rounds: u8) -> bool {
    let forks = &mut s[1..];
    match t[0] {
        0 if !take(&mut forks[first]) => return false,
        1 if !take(&mut forks[second]) => return false,
        0 | 1 => t[0] += 1,
        2 => (forks[second], t[0]) = (0, 3),
        3 => {
            forks[first] = 0;
            t[0] = again(t, rounds, 4);
        }
        _ => return false,
    }
    true
}

/// A queue: its length, then its items.
fn send(queue: &mut [u8], item: u8) -> bool {
    let n = usize::from(queue[0]);
    if n + 1 == queue.len() {
        return false;
    }
    queue[n + 1] = item;
    queue[0] += 1;
    true
}

fn receive(queue: &mut [u8]) -> Option<u8> {
    if queue[0] == 0 {
        return None;
    }
    let item = queue[1];
    queue.copy_within(2.., 1);
    queue[0] -= 1;
    *queue.last_mut().expect("it has its length") = 0;
    Some(item)
}

fn producer(s: &mut [u8], t: &mut [u8], me: usize, items: usize, slots: usize) -> bool {
    let n = usize::from(t[0]);
    if n == items || !send(&mut s[2..slots + 3], (me * items + n) as u8) {
        return false;
    }
    t[0] += 1;
    true
}

fn consumer(s: &mut [u8], t: &mut [u8], each: usize) -> bool {
    if usize::from(t[1]) == each {
        return false;
    }
    match t[0] {
        0 => match receive(&mut s[2..]) {
            Some(item) => (t[2], t[0]) = (item, 1),
            None => return false,
        },
        _ => {
            s[1] += t[2];
            (t[2], t[0]) = (0, 0);
            t[1] += 1;
        }
    }
    true
}

/// Own bytes: place, round, level, whom to look at.
fn filter_lock(s: &mut [u8], t: &mut [u8], me: usize, n: usize, rounds: u8) -> bool {
    let (wrong, shared) = s.split_first_mut().expect("there is one");
    let (level, shared) = shared.split_at_mut(n);
    let (last, inside) = shared.split_at_mut(n);
    match t[0] {
        0 => {
            t[2] += 1;
            (level[me], t[0]) = (t[2], 1);
        }
        1 => (last[usize::from(t[2])], t[3], t[0]) = (me as u8, 0, 2),
        2 => {
            let k = usize::from(t[3]);
            if k != me && level[k] >= t[2] && usize::from(last[usize::from(t[2])]) == me {
                return false;
            }
            t[3] += 1;
            if usize::from(t[3]) == n {
                t[3] = 0;
                t[0] = if usize::from(t[2]) + 1 < n { 0 } else { 3 };
            }
        }
        3 => {
            inside[0] += 1;
            *wrong = u8::from(inside[0] != 1);
            t[0] = 4;
        }
        4 => (inside[0], t[0]) = (inside[0] - 1, 5),
        5 => {
            (level[me], t[2]) = (0, 0);
            t[0] = again(t, rounds, 6);
        }
        _ => return false,
    }
    true
}

/// Looks at the next one, at the first place, or, after the last, goes to the other.
fn look_on(t: &mut [u8], n: usize, (next, end): (u8, u8)) {
    t[3] += 1;
    t[0] = next;
    if usize::from(t[3]) == n {
        (t[3], t[0]) = (0, end);
    }
}

/// Own bytes: place, round, the number drawn, whom to look at.
fn bakery(s: &mut [u8], t: &mut [u8], me: usize, n: usize, rounds: u8) -> bool {
    let (wrong, shared) = s.split_first_mut().expect("there is one");
    let (choosing, shared) = shared.split_at_mut(n);
    let (number, inside) = shared.split_at_mut(n);
    let j = usize::from(t[3]);
    match t[0] {
        0 => (choosing[me], t[2], t[0]) = (1, 1, 1),
        1 => {
            let most = number[j] + 1;
            t[2] = t[2].max(most);
            look_on(t, n, (1, 2));
        }
        2 => (number[me], t[0]) = (t[2], 3),
        3 => (choosing[me], t[0]) = (0, 4),
        4 if choosing[j] == 0 => t[0] = 5,
        5 if number[j] == 0 || (t[2], me) <= (number[j], j) => {
            look_on(t, n, (4, 6));
        }
        6 => {
            inside[0] += 1;
            *wrong = u8::from(inside[0] != 1);
            t[0] = 7;
        }
        7 => (inside[0], t[0]) = (inside[0] - 1, 8),
        8 => {
            (number[me], t[2]) = (0, 0);
            t[0] = again(t, rounds, 9);
        }
        _ => return false,
    }
    true
}

/// Takes a permit, if there is one.
fn acquire(permits: &mut u8) -> bool {
    let some = *permits > 0;
    *permits -= u8::from(some);
    some
}

/// Shared: room, door, inside, value.
fn reader(s: &mut [u8], t: &mut [u8], rounds: u8) -> bool {
    match t[0] {
        0 | 6 if !acquire(&mut s[2]) => return false,
        3 if !acquire(&mut s[1]) => return false,
        0 | 3 | 6 => t[0] += 1,
        1 => (t[2], t[0]) = (s[3], 2),
        2 => {
            s[3] = t[2] + 1;
            t[0] = if s[3] == 1 { 3 } else { 4 };
            t[2] = 0;
        }
        4 => (s[2], t[0]) = (s[2] + 1, 5),
        5 => t[0] = 6,
        7 => (t[2], t[0]) = (s[3], 8),
        8 => {
            s[3] = t[2] - 1;
            t[0] = if s[3] == 0 { 9 } else { 10 };
            t[2] = 0;
        }
        9 => (s[1], t[0]) = (s[1] + 1, 10),
        10 => {
            s[2] += 1;
            t[0] = again(t, rounds, 11);
        }
        _ => return false,
    }
    true
}

fn writer(s: &mut [u8], t: &mut [u8], rounds: u8) -> bool {
    match t[0] {
        0 if !acquire(&mut s[1]) => return false,
        0 => t[0] = 1,
        1 => (t[2], t[0]) = (s[4], 2),
        2 => (s[4], t[2], t[0]) = (t[2] + 1, 0, 3),
        3 => {
            s[1] += 1;
            t[0] = again(t, rounds, 4);
        }
        _ => return false,
    }
    true
}

/// Shared: leaders, winner, then a queue before each node.
fn node(s: &mut [u8], t: &mut [u8], me: usize, n: usize) -> bool {
    let queue = |node: usize| 3 + node * (n + 1)..3 + (node + 1) * (n + 1);
    let (mine, right) = ((n - me) as u8, queue((me + 1) % n));
    match t[0] {
        0 => t[0] = if send(&mut s[right], mine) { 1 } else { 0 },
        1 => {
            let Some(seen) = receive(&mut s[queue(me)]) else {
                return false;
            };
            t[1] = seen;
            t[0] = match () {
                () if usize::from(seen) == n + 1 && usize::from(mine) == n => 5,
                () if seen > mine => 2,
                () if seen == mine => 3,
                () => 1,
            };
        }
        2 => {
            if !send(&mut s[right], t[1]) {
                return false;
            }
            t[0] = if usize::from(t[1]) == n + 1 { 5 } else { 1 };
            t[1] = 0;
        }
        3 => (s[1], t[0]) = (s[1] + 1, 4),
        4 => (s[2], t[1], t[0]) = (mine, (n + 1) as u8, 6),
        6 => {
            if !send(&mut s[right], t[1]) {
                return false;
            }
            (t[1], t[0]) = (0, 1);
        }
        _ => return false,
    }
    true
}

/// Shared: done, then the queue of jobs: 1 a job, 2 a part of one.
fn worker(s: &mut [u8], t: &mut [u8]) -> bool {
    match t[0] {
        0 => match receive(&mut s[2..]) {
            Some(job) => t[0] = job,
            None => return false,
        },
        1 => t[0] = if send(&mut s[2..], 2) { 2 } else { 1 },
        2 => (s[1], t[0]) = (s[1] + 1, 3),
        _ => t[0] = 0,
    }
    true
}

fn boss(s: &mut [u8], t: &mut [u8], jobs: usize) -> bool {
    if usize::from(t[1]) < jobs {
        t[1] += 1;
        return send(&mut s[2..], 1);
    }
    let done = t[0] == 0 && usize::from(s[1]) == 2 * jobs;
    t[0] |= u8::from(done);
    done
}
