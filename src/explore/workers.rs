//! The only place with threads: pieces of work in parallel, results in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` on every piece and gives the results in the order of the pieces.
///
/// With one worker, or one piece, nothing is spawned.
///
/// # Panics
///
/// If `work` panics.
pub(super) fn in_pieces<P: Send, T: Send>(
    pieces: Vec<P>,
    workers: usize,
    work: impl Fn(P) -> T + Sync,
) -> Vec<T> {
    if workers <= 1 || pieces.len() <= 1 {
        return pieces.into_iter().map(work).collect();
    }
    let n = pieces.len();
    let todo: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|p| Mutex::new(Some(p))).collect();
    let done: Vec<Mutex<Option<T>>> = (0..n).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let run = || {
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
            let result = work(piece);
            *done[index]
                .lock()
                .expect("no worker panics with a lock held") = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers.min(n) {
            scope.spawn(run);
        }
        run();
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
