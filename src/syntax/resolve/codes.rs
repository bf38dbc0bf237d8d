//! The codes of mistakes in names, types and use, in one table.
//!
//! A code never changes its meaning. E001 to E019 belong to the parser.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &str = $code;)*

        /// Every code of this module with its meaning in one line.
        pub const TABLE: &[(&str, &str)] = &[$(($code, $meaning)),*];
    };
}

codes! {
    UNKNOWN_NAME = "E020", "a name that is not declared";
    DECLARED_TWICE = "E021", "two declarations of the same name";
    UNKNOWN_METHOD = "E022", "an operation that this kind of thing does not have";
    UNKNOWN_FIELD = "E023", "a field that the struct does not have";
    UNKNOWN_TYPE = "E024", "a type that is not declared";
    WRONG_KIND = "E025", "a name that stands for another kind of thing";
    AMBIGUOUS = "E026", "a name that could mean two things";
    UNKNOWN_LABEL = "E027", "an `order` over a step that nobody named";
    UNKNOWN_ACTOR = "E028", "an actor that is not declared";
    BAD_OVERRIDE = "E029", "a `--set` that fits no constant";
    UNKNOWN_CODE = "E030", "a finding code that does not exist";
    MISMATCH = "E040", "a value of one type where another is asked for";
    ARGUMENTS = "E041", "too few or too many arguments";
    UNKNOWN_TYPE_OF = "E042", "a value whose type nothing determines";
    OPERATOR = "E043", "an operator that does not apply to this type";
    NO_VALUE = "E044", "the value of something that gives none";
    MISSING_RETURN = "E045", "a function that gives a value on some paths only";
    ARITY = "E046", "a tuple with too few or too many values";
    SHAPE = "E047", "an array with the wrong number of indices or values";
    RECURSIVE_STRUCT = "E048", "a struct that contains itself";
    NOT_A_WORD = "E049", "a value of several words where only one word fits";
    WAIT_WITHOUT_LOCK = "E060", "a wait on a condition whose lock is never taken";
    BLOCKING_IN_ATOMIC = "E061", "something that blocks in the middle of one step";
    FIXED = "E062", "an assignment to something that cannot change";
    OUTSIDE_LOOP = "E063", "`break` or `continue` outside a loop";
    RETURN_IN_ACTOR = "E064", "an actor that returns a value";
    NOT_CONSTANT = "E065", "a value that must be known before the run";
    CONSTANT_ARITHMETIC = "E066", "a constant that has no value";
    CANNOT_HOLD = "E067", "`with` over something that cannot be held";
    PROPERTY_ACTS = "E068", "a property that does something";
    PROPERTY_LOCAL = "E069", "a property over a local that it cannot see";
    NOT_EXHAUSTIVE = "E070", "a `match` that leaves values out";
    UNREACHABLE_ARM = "E071", "a `match` arm that is never reached";
    MAY_GIVE_NOTHING = "E072", "a receive that may give nothing, used as a value";
    NOT_A_LOCK = "E073", "`guarded_by` or `on` something that is not a lock";
    OUT_OF_RANGE = "E074", "a number outside what is possible here";
    DUPLICATE_OUTCOME = "E075", "an outcome listed twice";
    NOT_A_WARNING = "E076", "an error where only a warning can be named";
    NOT_HERE = "E077", "something that cannot stand in this place";
    SHARED_ON_OWN = "E078", "something shared that leans on something that is not";
    TOO_MANY_ACTORS = "E080", "more actors than the limit";
    TOO_MANY_CELLS = "E081", "more array elements than the limit";
    CAPACITY_LIMIT = "E082", "a channel larger than the limit";
    EXPANSION_LIMIT = "E083", "more expansion work than the limit";
    TYPE_DEPTH = "E084", "a type nested deeper than the limit";
    MEMORY_MODEL = "E098", "a memory model that is not modelled yet";
    NOT_SUPPORTED = "E099", "a part of the language that is not supported yet";
}
