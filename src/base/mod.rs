//! What every other room stands on: ids, source positions, diagnostics as data.
//!
//! Floor 0: uses nothing of ours. **Deliberately absent:** anything that knows
//! about scenarios, programs or searches.

mod actor_set;
mod diagnostic;
mod ids;
mod planted;
mod source;

pub use actor_set::{ACTORS_MAX, ActorSet};
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use ids::define_id;
#[cfg(feature = "planted")]
pub use planted::plant;
pub use planted::{Mistake, planted};
pub use source::{Position, Source, Span};
