//! Stateright: each workload as threads with a place in their program, a few numbers
//! of their own and the numbers that all of them share. One step for each step of
//! Threadbare; depth first, one worker, with symmetry where threads are alike.

use super::measure::{Cost, peak_kib, processor_time};
use stateright::{Checker, Model, Property};
use std::time::{Duration, Instant};

/// Threads of a workload, at most.
const THREADS_MAX: usize = 12;

/// Numbers that all share, and those of each thread: its place first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct State<const S: usize, const L: usize> {
    shared: [u8; S],
    threads: [[u8; L]; THREADS_MAX],
    /// The ends of two groups of threads that are alike; both 0 if none are.
    alike: [u8; 2],
}

impl<const S: usize, const L: usize> State<S, L> {
    /// The same with like threads in order.
    fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        let [middle, end] = self.alike.map(usize::from);
        sorted.threads[..middle].sort_unstable();
        sorted.threads[middle..end].sort_unstable();
        sorted
    }
}

/// A workload: how a thread makes its next step in one of several ways, if it can.
#[derive(Clone)]
struct Threads<const S: usize, const L: usize> {
    size: Vec<usize>,
    n: usize,
    ways: usize,
    first: State<S, L>,
    step: fn(&[usize], &mut State<S, L>, thread: usize, way: usize) -> bool,
}

impl<const S: usize, const L: usize> Model for Threads<S, L> {
    type State = State<S, L>;
    type Action = State<S, L>;

    fn init_states(&self) -> Vec<Self::State> {
        vec![self.first.clone()]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        for thread in 0..self.n {
            for way in 0..self.ways {
                let mut after = state.clone();
                if (self.step)(&self.size, &mut after, thread, way) {
                    actions.push(after);
                }
            }
        }
    }

    fn next_state(&self, _: &Self::State, after: Self::Action) -> Option<Self::State> {
        Some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // It stops when every property is decided; this one takes all states.
        vec![Property::always("anything", |_, _| true)]
    }
}

impl<const S: usize, const L: usize> Threads<S, L> {
    /// One group after the other of threads that differ in nothing.
    fn alike(mut self, first: usize, second: usize) -> Self {
        self.first.alike = [first, first + second].map(|n| u8::try_from(n).expect("a few"));
        self
    }

    fn ways(mut self, ways: usize) -> Self {
        self.ways = ways;
        self
    }

    fn share(mut self, at: usize, value: u8) -> Self {
        self.first.shared[at] = value;
        self
    }

    /// `None` if it does not get to the end in so many seconds.
    fn run(self, limit: f64) -> Option<Cost> {
        let (before, start) = (processor_time(), Instant::now());
        let alike = self.first.alike != [0, 0];
        let checker = self
            .checker()
            .threads(1)
            .timeout(Duration::from_secs_f64(limit));
        let states = match alike {
            true => {
                let checker = checker.symmetry_fn(State::sorted);
                checker.spawn_dfs().join().unique_state_count()
            }
            false => checker.spawn_dfs().join().unique_state_count(),
        };
        let wall = start.elapsed().as_secs_f64();
        let peak_kib = peak_kib();
        (wall < limit).then(|| Cost {
            states: states as u64,
            bytes_per_state: peak_kib as f64 * 1024.0 / states as f64,
            cpu: processor_time() - before,
            wall,
            peak_kib,
        })
    }
}

fn threads<const S: usize, const L: usize>(
    size: &[usize],
    n: usize,
    step: fn(&[usize], &mut State<S, L>, usize, usize) -> bool,
) -> Threads<S, L> {
    assert!(n <= THREADS_MAX, "{n} threads are too many");
    Threads {
        size: size.to_vec(),
        n,
        ways: 1,
        first: State {
            shared: [0; S],
            threads: [[0; L]; THREADS_MAX],
            alike: [0, 0],
        },
        step,
    }
}

/// Runs a workload in this process; the sizes are the values in their order.
pub fn run(name: &str, size: &[usize], limit: f64) -> Option<Cost> {
    match name {
        "locked_counter" => threads(size, size[0], locked_counter)
            .alike(size[0], 0)
            .run(limit),
        "racing_counter" => threads(size, size[0], racing_counter)
            .alike(size[0], 0)
            .run(limit),
        "philosophers_naive" => threads(size, size[0], philosophers_naive).run(limit),
        "philosophers_once" => threads(size, size[0], philosophers_once).run(limit),
        "philosophers_ordered" => threads(size, size[0], philosophers_ordered).run(limit),
        // Each producer sends numbers of its own; the consumers are alike.
        "bounded_buffer" => threads(size, size[0] + size[1], bounded_buffer).run(limit),
        "filter_lock" => threads(size, size[0], filter_lock).run(limit),
        "bakery" => threads(size, size[0], bakery).run(limit),
        "readers_writers" => threads(size, size[0] + size[1], readers_writers)
            .alike(size[0], size[1])
            .share(0, 1)
            .share(1, 1)
            .run(limit),
        "ring_election" => threads(size, size[0], ring_election).run(limit),
        "condition_buffer" => threads(size, size[0] + size[1], condition_buffer)
            .alike(size[0], size[1])
            .ways(size[0].max(size[1]))
            .run(limit),
        "executor_jobs" => threads(size, size[0] + 1, executor_jobs)
            .alike(size[0], 1)
            .run(limit),
        _ => panic!("{name} is not written for Stateright"),
    }
}

fn byte(n: usize) -> u8 {
    u8::try_from(n).expect("small numbers")
}

/// One round more; whether there is another.
fn again(rounds: usize, own: &mut u8) -> bool {
    *own += 1;
    if usize::from(*own) < rounds {
        return true;
    }
    *own = 0;
    false
}

/// The place of those who have ended.
const END: u8 = u8::MAX;

// Shared: the lock, the counter. Own: place, round, the value seen.
fn locked_counter(size: &[usize], s: &mut State<2, 3>, t: usize, _: usize) -> bool {
    let [place, round, seen] = &mut s.threads[t];
    let [lock, count] = &mut s.shared;
    match *place {
        0 if *lock == 0 => (*lock, *place) = (1, 1),
        1 => (*seen, *place) = (*count, 2),
        2 => (*count, *seen, *place) = (*seen + 1, 0, 3),
        3 => {
            *lock = 0;
            *place = if again(size[1], round) { 0 } else { END };
        }
        _ => return false,
    }
    true
}

// Shared: the counter. Own: place, round, the value seen.
fn racing_counter(size: &[usize], s: &mut State<1, 3>, t: usize, _: usize) -> bool {
    let [place, round, seen] = &mut s.threads[t];
    match *place {
        0 => (*seen, *place) = (s.shared[0], 1),
        1 => {
            (s.shared[0], *seen) = (*seen + 1, 0);
            *place = if again(size[1], round) { 0 } else { END };
        }
        _ => return false,
    }
    true
}

// Shared: the forks. Own: place, round. `rounds` 0 is for ever.
fn dine<const N: usize>(s: &mut State<N, 2>, t: usize, forks: [usize; 2], rounds: usize) -> bool {
    let [first, second] = forks;
    let [place, round] = &mut s.threads[t];
    match *place {
        0 if s.shared[first] == 0 => (s.shared[first], *place) = (1, 1),
        1 if s.shared[second] == 0 => (s.shared[second], *place) = (1, 2),
        2 => (s.shared[second], *place) = (0, 3),
        3 => {
            s.shared[first] = 0;
            *place = if rounds == 0 || again(rounds, round) {
                0
            } else {
                END
            };
        }
        _ => return false,
    }
    true
}

fn philosophers_naive(size: &[usize], s: &mut State<10, 2>, t: usize, _: usize) -> bool {
    dine(s, t, [t, (t + 1) % size[0]], size[1])
}

fn philosophers_once(size: &[usize], s: &mut State<10, 2>, t: usize, _: usize) -> bool {
    let right = (t + 1) % size[0];
    dine(s, t, [t.min(right), t.max(right)], size[1])
}

fn philosophers_ordered(size: &[usize], s: &mut State<13, 2>, t: usize, _: usize) -> bool {
    let right = (t + 1) % size[0];
    dine(s, t, [t.min(right), t.max(right)], 0)
}

// Shared: what was taken, the number on the shelf, the shelf. Own: place, number, item.
fn bounded_buffer(size: &[usize], s: &mut State<6, 3>, t: usize, _: usize) -> bool {
    let [producers, consumers, items, slots] = [size[0], size[1], size[2], size[3]];
    let [place, n, item] = &mut s.threads[t];
    let filled = usize::from(s.shared[1]);
    if *place == END {
        return false;
    }
    if t < producers {
        if filled == slots {
            return false;
        }
        s.shared[2 + filled] = byte(t * items) + *n;
        s.shared[1] += 1;
        *place = if again(items, n) { 0 } else { END };
    } else if *place == 0 {
        if filled == 0 {
            return false;
        }
        (*item, *place) = (s.shared[2], 1);
        s.shared.copy_within(3.., 2);
        s.shared[1 + filled] = 0;
        s.shared[1] -= 1;
    } else {
        s.shared[0] = s.shared[0].wrapping_add(*item);
        *item = 0;
        *place = if again(producers * items / consumers, n) {
            0
        } else {
            END
        };
    }
    true
}

// Shared: levels, the last at each level, how many are inside. Own: place, round,
// level, whom it looks at.
fn filter_lock(size: &[usize], s: &mut State<11, 4>, t: usize, _: usize) -> bool {
    let n = size[0];
    let [place, round, level, k] = &mut s.threads[t];
    match *place {
        0 => {
            *level = (*level).max(1);
            (s.shared[t], *place) = (*level, 1);
        }
        1 => {
            s.shared[5 + usize::from(*level)] = byte(t);
            (*k, *place) = (0, 2);
        }
        2 => {
            let other = usize::from(*k);
            let last = usize::from(s.shared[5 + usize::from(*level)]);
            if other != t && s.shared[other] >= *level && last == t {
                return false;
            }
            *k += 1;
            if usize::from(*k) == n {
                (*level, *k) = (*level + 1, 0);
                *place = if usize::from(*level) < n { 0 } else { 3 };
            }
        }
        3 => (s.shared[10], *place) = (s.shared[10] + 1, 4),
        4 => {
            assert_eq!(s.shared[10], 1, "one thread is inside");
            (s.shared[10], *place) = (0, 5);
        }
        5 => {
            (s.shared[t], *level) = (0, 0);
            *place = if again(size[1], round) { 0 } else { END };
        }
        _ => return false,
    }
    true
}

// Shared: who draws, the numbers, how many are inside. Own: place, round, the number
// drawn, whom it looks at.
fn bakery(size: &[usize], s: &mut State<11, 4>, t: usize, _: usize) -> bool {
    let n = size[0];
    let [place, round, mine, j] = &mut s.threads[t];
    let other = usize::from(*j);
    match *place {
        0 => {
            s.shared[t] = 1;
            (*mine, *place) = (1, 1);
        }
        1 => {
            *mine = (*mine).max(s.shared[5 + other] + 1);
            *j += 1;
            if usize::from(*j) == n {
                (*j, *place) = (0, 2);
            }
        }
        2 => (s.shared[5 + t], *place) = (*mine, 3),
        3 => (s.shared[t], *place) = (0, 4),
        4 if s.shared[other] == 0 => *place = 5,
        5 => {
            let number = s.shared[5 + other];
            if number != 0 && (*mine, t) > (number, other) {
                return false;
            }
            *j += 1;
            *place = 4;
            if usize::from(*j) == n {
                (*j, *place) = (0, 6);
            }
        }
        6 => (s.shared[10], *place) = (s.shared[10] + 1, 7),
        7 => {
            assert_eq!(s.shared[10], 1, "one customer is at the counter");
            (s.shared[10], *place) = (0, 8);
        }
        8 => {
            (s.shared[5 + t], *mine) = (0, 0);
            *place = if again(size[1], round) { 0 } else { END };
        }
        _ => return false,
    }
    true
}

// Shared: the room, the door, readers inside, the value. Own: place, round, what it saw.
fn readers_writers(size: &[usize], s: &mut State<4, 3>, t: usize, _: usize) -> bool {
    let rounds = size[2];
    let [place, round, seen] = &mut s.threads[t];
    let [room, door, inside, value] = &mut s.shared;
    if t >= size[0] {
        match *place {
            0 if *room > 0 => (*room, *place) = (0, 1),
            1 => (*seen, *place) = (*value, 2),
            2 => (*value, *seen, *place) = (*seen + 1, 0, 3),
            3 => {
                *room = 1;
                *place = if again(rounds, round) { 0 } else { END };
            }
            _ => return false,
        }
        return true;
    }
    match *place {
        0 | 7 if *door > 0 => (*door, *place) = (0, *place + 1),
        1 | 8 => (*seen, *place) = (*inside, *place + 1),
        2 => (*inside, *seen, *place) = (*seen + 1, 0, 3),
        3 => *place = if *inside == 1 { 4 } else { 5 },
        4 if *room > 0 => (*room, *place) = (0, 5),
        5 => (*door, *place) = (1, 6),
        6 => *place = 7,
        9 => (*inside, *seen, *place) = (*seen - 1, 0, 10),
        10 => *place = if *inside == 0 { 11 } else { 12 },
        11 => (*room, *place) = (1, 12),
        12 => {
            *door = 1;
            *place = if again(rounds, round) { 0 } else { END };
        }
        _ => return false,
    }
    true
}

// Shared: leaders, the winner, and for each link the number of messages, and them.
// Own: place, what it saw.
fn ring_election(size: &[usize], s: &mut State<158, 2>, t: usize, _: usize) -> bool {
    const LINK: usize = 13;
    let n = size[0];
    let link = |of: usize| 2 + of * LINK;
    let right = link((t + 1) % n);
    let mine = byte(n - t);
    let [place, seen] = s.threads[t];
    let send = |shared: &mut [u8; 158], what: u8| {
        let filled = usize::from(shared[right]);
        let room = filled < n;
        if room {
            shared[right + 1 + filled] = what;
            shared[right] += 1;
        }
        room
    };
    let next = match place {
        0 if send(&mut s.shared, mine) => [1, 0],
        1 => {
            let own = link(t);
            let filled = usize::from(s.shared[own]);
            if filled == 0 {
                return false;
            }
            let seen = s.shared[own + 1];
            s.shared.copy_within(own + 2..own + 1 + filled, own + 1);
            s.shared[own + filled] = 0;
            s.shared[own] -= 1;
            match seen {
                over if usize::from(over) == n + 1 && mine == byte(n) => [END, 0],
                over if usize::from(over) == n + 1 => [5, seen],
                larger if larger > mine => [2, seen],
                home if home == mine => [3, seen],
                _ => [1, 0],
            }
        }
        2 if send(&mut s.shared, seen) => [1, 0],
        3 => {
            s.shared[0] += 1;
            [4, seen]
        }
        4 => {
            s.shared[1] = mine;
            [6, seen]
        }
        5 if send(&mut s.shared, seen) => [END, 0],
        6 if send(&mut s.shared, byte(n + 1)) => [1, 0],
        _ => return false,
    };
    s.threads[t] = next;
    true
}

// Shared: the lock, how many are filled. Own: place, round, what it saw.
fn condition_buffer(size: &[usize], s: &mut State<2, 3>, t: usize, way: usize) -> bool {
    const ASLEEP: u8 = 10;
    const WOKEN: u8 = 11;
    let [producers, consumers, items, slots] = [size[0], size[1], size[2], size[3]];
    let produces = t < producers;
    let rounds = if produces {
        items
    } else {
        producers * items / consumers
    };
    let [place, round, seen] = s.threads[t];
    // Only whom a notify wakes is a choice.
    if way > 0 && place != 4 {
        return false;
    }
    let [lock, filled] = &mut s.shared;
    let next = match place {
        0 if *lock == 0 => {
            *lock = 1;
            [1, round, 0]
        }
        1 => {
            let waits = usize::from(*filled) == if produces { slots } else { 0 };
            [if waits { 5 } else { 2 }, round, 0]
        }
        2 => [3, round, *filled],
        3 => {
            *filled = if produces { seen + 1 } else { seen - 1 };
            [4, round, 0]
        }
        4 => {
            let others = if produces {
                producers..producers + consumers
            } else {
                0..producers
            };
            let mut asleep = others.filter(|&other| s.threads[other][0] == ASLEEP);
            match asleep.nth(way) {
                Some(other) => s.threads[other][0] = WOKEN,
                None if way > 0 => return false,
                None => {}
            }
            [6, round, 0]
        }
        5 => {
            *lock = 0;
            [ASLEEP, round, 0]
        }
        WOKEN if *lock == 0 => {
            *lock = 1;
            [1, round, 0]
        }
        6 => {
            *lock = 0;
            let mut round = round;
            let more = again(rounds, &mut round);
            [if more { 0 } else { END }, round, 0]
        }
        _ => return false,
    };
    s.threads[t] = next;
    true
}

// Shared: jobs done, the number in the queue, the queue (1 a job, 2 a part). Own:
// place, round.
fn executor_jobs(size: &[usize], s: &mut State<34, 2>, t: usize, _: usize) -> bool {
    let [workers, jobs] = [size[0], size[1]];
    let [place, round] = &mut s.threads[t];
    let filled = usize::from(s.shared[1]);
    if t == workers {
        match *place {
            0 => {
                s.shared[2 + filled] = 1;
                s.shared[1] += 1;
                *place = u8::from(!again(jobs, round));
            }
            1 if usize::from(s.shared[0]) == 2 * jobs => *place = END,
            _ => return false,
        }
        return true;
    }
    match *place {
        0 if filled > 0 => {
            *place = s.shared[2];
            s.shared.copy_within(3..2 + filled, 2);
            s.shared[1 + filled] = 0;
            s.shared[1] -= 1;
        }
        1 => {
            s.shared[2 + filled] = 2;
            s.shared[1] += 1;
            *place = 2;
        }
        2 => (s.shared[0], *place) = (s.shared[0] + 1, 0),
        _ => return false,
    }
    true
}
