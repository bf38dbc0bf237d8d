//! The only place with threads: pieces of work in parallel, results in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Does `work` on every piece and gives the results in the order of the pieces.
/// Each worker takes its pieces in ascending order.
///
/// With one worker, or one piece, nothing is spawned.
///
/// # Panics
///
/// If `work` panics, or there is no worker.
pub(super) fn in_pieces<W: Send, P: Send, T: Send>(
    pieces: Vec<P>,
    workers: &mut [W],
    work: impl Fn(&mut W, P) -> T + Sync,
) -> Vec<T> {
    let n = pieces.len();
    in_pieces_beside(pieces, n, workers, work, None::<fn()>).0
}

/// The same, and has something else done at the same time: one of several workers does
/// it before its first piece. Only so many pieces must be done; the others are, as long as
/// that takes. Gives the results of those that were done, and the pieces that were not.
pub(super) fn in_pieces_beside<W: Send, P: Send, T: Send>(
    mut pieces: Vec<P>,
    n_must: usize,
    workers: &mut [W],
    work: impl Fn(&mut W, P) -> T + Sync,
    beside: Option<impl FnOnce() + Send>,
) -> (Vec<T>, Vec<P>) {
    let n = pieces.len();
    let (first, others) = workers.split_first_mut().expect("there is a worker");
    if others.is_empty() || n <= usize::from(beside.is_none()) {
        beside.into_iter().for_each(|beside| beside());
        let rest = pieces.split_off(n_must.min(n));
        let done = pieces.into_iter().map(|piece| work(first, piece));
        return (done.collect(), rest);
    }
    let is_done = AtomicBool::new(beside.is_none());
    let todo: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|p| Mutex::new(Some(p))).collect();
    let done: Vec<Mutex<Option<T>>> = (0..n).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let run = |worker: &mut W| {
        loop {
            let take = |index: usize| {
                let wanted = index < n_must || !is_done.load(Ordering::Relaxed);
                (index < n && wanted).then_some(index + 1)
            };
            let Ok(index) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) else {
                break;
            };
            let slot = &todo[index];
            let piece = slot
                .lock()
                .expect("no worker panics with a lock held")
                .take();
            let piece = piece.expect("each piece is taken once");
            let result = work(worker, piece);
            *done[index]
                .lock()
                .expect("no worker panics with a lock held") = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for worker in others.iter_mut().take(n) {
            scope.spawn(|| run(worker));
        }
        beside.into_iter().for_each(|beside| beside());
        is_done.store(true, Ordering::Relaxed);
        run(first);
    });
    (inside(done), inside(todo))
}

/// What is in some slots.
fn inside<T>(slots: Vec<Mutex<Option<T>>>) -> Vec<T> {
    slots
        .into_iter()
        .filter_map(|slot| {
            slot.into_inner()
                .expect("no worker panics with a lock held")
        })
        .collect()
}
