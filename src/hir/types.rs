//! Types of values. Everything is made of 64-bit words; a struct is its fields
//! in order, so a type has a width in words.

use crate::base::define_id;

define_id! {
    /// An `enum` of the scenario.
    pub struct EnumId;
}
define_id! {
    /// A `struct` of the scenario.
    pub struct StructId;
}
define_id! {
    /// An interned string: a message, an exception's name, an opaque constant.
    pub struct StringId;
}

/// What kind of value an expression has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// No value: a statement-like call.
    Unit,
    /// A 64-bit signed integer.
    Int,
    /// `true` is 1, `false` is 0.
    Bool,
    /// A value of an enum: the index of its variant.
    Enum(EnumId),
    /// The words of its fields, in order.
    Struct(StructId),
    /// An opaque string constant: its [`StringId`].
    Str,
    /// A lock, a channel, …: the object's number.
    Object(ObjectType),
    /// A thread's handle: the number of the actor.
    Handle,
    /// What `submit` gives: a future whose result has the type.
    Future(Box<Type>),
    /// That many futures of jobs whose results have the type, one word each.
    Futures(Box<Type>, u32),
    /// What that many tasks of one `gather` returned: that many values of the type.
    Values(Box<Type>, u32),
    /// An async task's handle whose result has the type.
    Task(Box<Type>),
}

/// The kind of a synchronisation object, as far as its methods depend on it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ObjectType {
    /// `lock`, `reentrant lock`, `unowned lock`.
    Lock,
    /// `rwlock`.
    RwLock,
    /// `sem`.
    Sem,
    /// `cond`.
    Cond,
    /// `event`.
    Event,
    /// `barrier`.
    Barrier,
    /// `once`.
    Once,
    /// `latch`.
    Latch,
    /// `chan` of elements of the type.
    Chan(Box<Type>),
    /// `executor`.
    Executor,
    /// A bounded list of elements of the type.
    List(Box<Type>),
    /// A bounded map from the first type to the second.
    Map(Box<Type>, Box<Type>),
}
