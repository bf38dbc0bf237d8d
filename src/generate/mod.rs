//! Random small scenarios, for comparing one engine with another.
//!
//! A [`Plan`] is a scenario as plain data. [`make`] draws one from a seed,
//! [`smaller`] lists the plans that leave something out, and [`write`](fn@write) gives its
//! text together with the HIR that the text stands for. Writing never fails:
//! what makes no sense where it stands (a `break` outside a loop, a lock that
//! was left out) is written as something that does. So a plan can be cut down
//! anywhere and stays a scenario.
//!
//! Every scenario ends or goes round among few states; how many is up to luck,
//! so whoever explores one sets a limit and passes on.
//!
//! Used by tests and fuzz targets only. **Deliberately absent:** what is compiled away
//! before an engine sees it, such as enums, `match` and `if let`s of every kind.

mod declare;
mod entries;
mod expressions;
mod handles;
mod jobs;
mod make;
mod objects;
mod plan;
mod processes;
mod properties;
mod random;
mod select;
mod shapes;
mod shrink;
mod statements;
mod submit;
mod tasks;
mod write;

pub use make::{Knobs, make};
pub use plan::{
    Act, Arm, ArmOp, Ask, Block, Bool, Change, Func, Gathering, Int, LockMode, Look, Object, Plan,
    Property, Runs, Shape, Shared, Thread, Vary, Wait, Waits,
};
pub use random::Random;
pub use shrink::smaller;
pub use write::{Written, write};
