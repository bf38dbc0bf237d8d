//! What is known about an execution from outside: who did what, who holds what,
//! who waits for what.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

/// One thing that a thread did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The thread's name.
    pub thread: String,
    /// What, as in "lock `pen`".
    pub what: String,
    /// Where in the code.
    pub place: String,
}

/// An execution that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The engine.
    pub engine: &'static str,
    /// What the engine said.
    pub message: String,
    /// Executions that were run, this one included.
    pub executions: u64,
    /// What was done, in order.
    pub log: Vec<Event>,
    /// Who waits for what, and who holds that.
    pub waits: Vec<String>,
    /// Who holds what.
    pub holds: Vec<String>,
    /// shuttle's schedule: the threads in the order in which they were chosen.
    pub schedule: Vec<usize>,
    /// Where loom's search stood before this execution: a text for `replay_with_loom`.
    pub checkpoint: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.message.lines().next().unwrap_or_default();
        let what = if first.starts_with("deadlock") {
            "deadlock"
        } else {
            first
        };
        writeln!(
            f,
            "{what}, found by {} in execution {}",
            self.engine, self.executions
        )?;
        for wait in &self.waits {
            writeln!(f, "  {wait}")?;
        }
        for hold in &self.holds {
            writeln!(f, "  {hold}")?;
        }
        let width = |text: fn(&Event) -> &String| {
            self.log
                .iter()
                .map(|event| text(event).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (threads, whats) = (width(|event| &event.thread), width(|event| &event.what));
        for (
            step,
            Event {
                thread,
                what,
                place,
            },
        ) in self.log.iter().enumerate()
        {
            writeln!(
                f,
                "  {:>3}  {thread:<threads$}  {what:<whats$}  {place}",
                step + 1
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// The execution under way.
#[derive(Default)]
pub(super) struct Log {
    pub events: Vec<Event>,
    /// The engine's key of each thread that was named.
    pub names: BTreeMap<String, String>,
    holders: BTreeMap<String, String>,
    /// In the order in which they began.
    waiting: Vec<(String, Awaited)>,
}

/// What somebody waits for.
enum Awaited {
    /// A thing, by its name.
    Thing(String),
    /// Something that is said in words.
    Words(String),
}

thread_local! {
    /// All threads of an engine are on one thread of the system.
    static NOW: RefCell<Option<Rc<RefCell<Log>>>> = const { RefCell::new(None) };
}

/// Makes a log the one of this thread.
pub(super) fn install(log: Option<Rc<RefCell<Log>>>) {
    NOW.with(|now| *now.borrow_mut() = log);
}

/// Does something with the log, if there is one.
pub(super) fn with(work: impl FnOnce(&mut Log)) {
    NOW.with(|now| {
        if let Some(log) = &*now.borrow() {
            work(&mut log.borrow_mut());
        }
    });
}

impl Log {
    /// The name of a thread, by the engine's key of it.
    pub fn name(&self, key: &str) -> String {
        self.names
            .get(key)
            .cloned()
            .unwrap_or_else(|| "main".to_owned())
    }

    pub fn did(&mut self, key: &str, what: String, place: &Location<'_>) {
        let event = Event {
            thread: self.name(key),
            what,
            place: format!("{}:{}", place.file(), place.line()),
        };
        self.events.push(event);
    }

    pub fn waits(&mut self, key: &str, what: &str) {
        let thing = Awaited::Thing(what.to_owned());
        self.waiting.push((self.name(key), thing));
    }

    /// The same for what is not one thing.
    pub fn waits_for(&mut self, key: &str, words: String) {
        self.waiting.push((self.name(key), Awaited::Words(words)));
    }

    pub fn is_through(&mut self, key: &str) {
        let name = self.name(key);
        self.waiting.retain(|(thread, _)| *thread != name);
    }

    pub fn holds(&mut self, key: &str, what: &str) {
        let name = self.name(key);
        self.holders.insert(what.to_owned(), name);
    }

    pub fn lets_go(&mut self, what: &str) {
        self.holders.remove(what);
    }

    pub fn all_waits(&self) -> Vec<String> {
        let tell = |(thread, what): &(String, Awaited)| match what {
            Awaited::Words(words) => format!("`{thread}` waits for {words}"),
            Awaited::Thing(what) => match self.holders.get(what) {
                Some(holder) => format!("`{thread}` waits for `{what}`, which `{holder}` holds"),
                None => format!("`{thread}` waits for `{what}`"),
            },
        };
        self.waiting.iter().map(tell).collect()
    }

    pub fn all_holds(&self) -> Vec<String> {
        let holders = self.holders.iter();
        holders
            .map(|(what, holder)| format!("`{holder}` holds `{what}`"))
            .collect()
    }
}
