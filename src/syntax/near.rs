//! Words people bring from other languages and textbooks, and words misspelt.
//!
//! Such words are corrected in the error and never accepted.

/// Pairs of a foreign word and ours.
const NEAR: [(&str, &str); 92] = [
    // Objects.
    ("mutex", "lock"),
    ("Mutex", "lock"),
    ("Lock", "lock"),
    ("RLock", "reentrant lock"),
    ("rlock", "reentrant lock"),
    ("spinlock", "lock"),
    ("semaphore", "sem"),
    ("Semaphore", "sem"),
    ("RwLock", "rwlock"),
    ("condition", "cond"),
    ("condvar", "cond"),
    ("Condvar", "cond"),
    ("Condition", "cond"),
    ("channel", "chan"),
    ("queue", "chan"),
    ("Queue", "chan"),
    ("Barrier", "barrier"),
    ("Event", "event"),
    ("Once", "once"),
    ("waitgroup", "latch"),
    ("pool", "executor"),
    ("int", "var"),
    ("bool", "var"),
    ("global", "var"),
    ("static", "var"),
    ("volatile", "atomic"),
    ("dict", "map"),
    ("Dict", "map"),
    ("dictionary", "map"),
    ("HashMap", "map"),
    ("BTreeMap", "map"),
    ("hashmap", "map"),
    ("Map", "map"),
    ("defaultdict", "map"),
    ("vec", "list"),
    ("Vec", "list"),
    ("List", "list"),
    ("deque", "list"),
    ("Deque", "list"),
    ("VecDeque", "list"),
    ("ArrayList", "list"),
    ("array", "list"),
    ("vector", "list"),
    // Operations.
    ("signal", "notify"),
    ("notify_one", "notify"),
    ("broadcast", "notify_all"),
    ("notifyAll", "notify_all"),
    ("P", "acquire"),
    ("down", "acquire"),
    ("V", "release"),
    ("up", "release"),
    ("post", "release"),
    ("put", "send"),
    ("get", "recv"),
    ("receive", "recv"),
    ("isAlive", "is_alive"),
    // Actors and functions.
    ("proc", "process"),
    ("coroutine", "task"),
    ("greenlet", "green"),
    ("def", "fn"),
    ("func", "fn"),
    ("function", "fn"),
    ("class", "struct"),
    ("type", "struct"),
    ("test", "scenario"),
    ("go", "spawn"),
    ("start", "spawn"),
    // Statements.
    ("synchronized", "with"),
    ("using", "with"),
    ("elif", "else if"),
    ("elseif", "else if"),
    ("elsif", "else if"),
    ("except", "catch"),
    ("throw", "raise"),
    ("panic", "raise"),
    ("switch", "match"),
    ("case", "match"),
    ("foreach", "for"),
    ("pass", "skip"),
    ("nop", "skip"),
    ("println", "print"),
    ("echo", "print"),
    ("do", "loop"),
    ("repeat", "loop"),
    ("forever", "loop"),
    ("wait_for_condition", "wait_until"),
    // Properties.
    ("invariant", "always"),
    ("require", "assert"),
    ("ensure", "finally assert"),
    ("never", "always !"),
    ("expects", "expect"),
    ("expected", "expect"),
];

/// Our word for a word of another language, such as `lock` for `mutex`.
///
/// Some are legal in another place (`get` of a map), so ask only about words
/// that are unknown where they stand.
///
/// ```
/// use threadbare::syntax::near_miss;
/// assert_eq!(near_miss("broadcast"), Some("notify_all"));
/// assert_eq!(near_miss("notify_all"), None);
/// ```
pub fn near_miss(word: &str) -> Option<&'static str> {
    NEAR.iter()
        .find(|&&(foreign, _)| foreign == word)
        .map(|&(_, ours)| ours)
}

/// The candidate that `word` is most likely a misspelling of; the first of equals.
///
/// ```
/// use threadbare::syntax::did_you_mean;
/// assert_eq!(did_you_mean("cuont", ["amount", "count"]), Some("count"));
/// assert_eq!(did_you_mean("x", ["y"]), None);
/// ```
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().take(65).count();
    if length > 64 {
        return None;
    }
    let allowed = match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    // Among words of three letters nearly all are near; only exchanged letters count.
    let close = |candidate: &&str| length > 3 || letters(word) == letters(candidate);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 256 && close(candidate))
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}
