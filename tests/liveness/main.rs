//! Runs that go on for ever: what never comes, who starves, who spins, who gets
//! nowhere.

mod classics;
mod library;
mod oracle;
mod space;
mod starving;
mod under_lock;
