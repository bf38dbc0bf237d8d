//! Which words begin what. Words outside [`RESERVED`] are names everywhere else.

/// Words that cannot be names.
pub const RESERVED: [&str; 34] = [
    "scenario", "const", "enum", "struct", "fn", "var", "atomic", "thread", "let", "if", "else",
    "while", "loop", "for", "in", "break", "continue", "return", "match", "with", "either",
    "assert", "raise", "try", "catch", "finally", "spawn", "await", "true", "false", "print",
    "yield", "expect", "mut",
];

/// Words that begin the declaration of a shared object, once modifiers are read.
pub const OBJECTS: [&str; 15] = [
    "var", "atomic", "lock", "rwlock", "sem", "cond", "event", "barrier", "once", "latch", "chan",
    "executor", "list", "map", "shared",
];

/// Words that can stand before the kind of an object.
pub const OBJECT_MODIFIERS: [&str; 4] = ["shared", "reentrant", "unowned", "bounded"];

/// Words that begin an actor.
pub const ACTORS: [&str; 6] = ["thread", "process", "task", "green", "daemon", "main"];

/// Words that begin a property, an expectation or a setting.
pub const PROPERTIES: [&str; 13] = [
    "always",
    "finally",
    "sometimes",
    "eventually",
    "order",
    "outcomes",
    "observe",
    "fair",
    "unfair",
    "expect",
    "allow",
    "memory",
    "loop_thread",
];

/// Words that begin a type, constant or function.
pub const SHARED_ITEMS: [&str; 4] = ["const", "enum", "struct", "fn"];

/// Words that begin a statement.
pub const STATEMENTS: [&str; 25] = [
    "let", "if", "while", "loop", "for", "break", "continue", "return", "match", "with", "atomic",
    "either", "select", "assert", "raise", "try", "sleep", "yield", "skip", "progress", "print",
    "else", "catch", "spawn", "await",
];

/// Whether `word` cannot be a name.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Words that begin anything inside a scenario.
pub fn item_words() -> impl Iterator<Item = &'static str> {
    OBJECTS
        .into_iter()
        .chain(OBJECT_MODIFIERS)
        .chain(ACTORS)
        .chain(PROPERTIES)
        .chain(SHARED_ITEMS)
}
