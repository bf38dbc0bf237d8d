//! A channel with a name: a queue under a mutex of the engine, with conditions of the
//! engine to wait at. Their own channels are not used: loom's is known to be wrong
//! about who is gone, and neither has a capacity for many receivers.

use super::things::{Of, is_shuttle, note};
use std::collections::VecDeque;
use std::panic::Location;

/// A channel with a name, for any number of senders and receivers.
pub struct Channel<T> {
    name: String,
    capacity: usize,
    inner: Of<InLoom<T>, InShuttle<T>>,
}

type InLoom<T> = Monitor<loom::sync::Mutex<VecDeque<T>>, loom::sync::Condvar>;
type InShuttle<T> = Monitor<shuttle::sync::Mutex<VecDeque<T>>, shuttle::sync::Condvar>;

struct Monitor<Queue, Condition> {
    queue: Queue,
    has_message: Condition,
    has_room: Condition,
}

/// Does something with the queue as soon as it is possible: `$ready` waits at
/// `$at`, `$work` gives the result, `$other` is told of it.
macro_rules! once_ready {
    ($monitor:expr, $at:ident, $ready:expr, $work:expr, $other:ident) => {{
        let mut queue = $monitor.queue.lock().expect("nobody panics with it");
        while !$ready(&*queue) {
            queue = $monitor.$at.wait(queue).expect("nobody panics with it");
        }
        let result = $work(&mut *queue);
        drop(queue);
        $monitor.$other.notify_one();
        result
    }};
}

impl<T> Channel<T> {
    /// A channel of the engine that runs, with room for so many messages.
    ///
    /// # Panics
    ///
    /// If there is room for none.
    pub fn new(name: impl Into<String>, capacity: usize) -> Self {
        assert!(capacity > 0, "a channel has room for a message");
        macro_rules! monitor {
            ($engine:ident) => {
                Monitor {
                    queue: $engine::sync::Mutex::new(VecDeque::new()),
                    has_message: $engine::sync::Condvar::new(),
                    has_room: $engine::sync::Condvar::new(),
                }
            };
        }
        Self {
            name: name.into(),
            capacity,
            inner: match is_shuttle() {
                true => Of::Shuttle(monitor!(shuttle)),
                false => Of::Loom(monitor!(loom)),
            },
        }
    }

    /// Sends a message, and waits until there is room for it.
    #[track_caller]
    pub fn send(&self, message: T) {
        let place = Location::caller();
        self.waits("room in");
        let has_room = |queue: &VecDeque<T>| queue.len() < self.capacity;
        let push = |queue: &mut VecDeque<T>| {
            queue.push_back(message);
            self.did("send to", place);
        };
        match &self.inner {
            Of::Loom(it) => once_ready!(it, has_room, has_room, push, has_message),
            Of::Shuttle(it) => once_ready!(it, has_room, has_room, push, has_message),
        }
    }

    /// Takes the first message, and waits until there is one.
    #[track_caller]
    pub fn recv(&self) -> T {
        let place = Location::caller();
        self.waits("a message in");
        let has_message = |queue: &VecDeque<T>| !queue.is_empty();
        let pop = |queue: &mut VecDeque<T>| {
            self.did("receive from", place);
            queue.pop_front().expect("there is one")
        };
        match &self.inner {
            Of::Loom(it) => once_ready!(it, has_message, has_message, pop, has_room),
            Of::Shuttle(it) => once_ready!(it, has_message, has_message, pop, has_room),
        }
    }

    fn waits(&self, what: &str) {
        note(|log, me| log.waits_for(me, format!("{what} `{}`", self.name)));
    }

    fn did(&self, what: &str, place: &'static Location<'static>) {
        note(|log, me| {
            log.is_through(me);
            log.did(me, format!("{what} `{}`", self.name), place);
        });
    }
}
