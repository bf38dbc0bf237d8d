//! The only place with threads: pieces of work in parallel, results in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    in_pieces_beside(pieces, workers, work, None::<fn()>)
}

/// The same, and has something else done at the same time: one of several workers does
/// it before its first piece.
pub(super) fn in_pieces_beside<W: Send, P: Send, T: Send>(
    pieces: Vec<P>,
    workers: &mut [W],
    work: impl Fn(&mut W, P) -> T + Sync,
    beside: Option<impl FnOnce() + Send>,
) -> Vec<T> {
    let n = pieces.len();
    let (first, others) = workers.split_first_mut().expect("there is a worker");
    if others.is_empty() || n <= usize::from(beside.is_none()) {
        beside.into_iter().for_each(|beside| beside());
        return pieces.into_iter().map(|piece| work(first, piece)).collect();
    }
    let todo: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|p| Mutex::new(Some(p))).collect();
    let done: Vec<Mutex<Option<T>>> = (0..n).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let run = |worker: &mut W| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = todo.get(index) else {
                break;
            };
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
        run(first);
    });
    done.into_iter()
        .map(|slot| {
            let result = slot
                .into_inner()
                .expect("no worker panics with a lock held");
            result.expect("every piece was worked on")
        })
        .collect()
}
