//! What policies decide about traffic, and which of them decides.
//!
//! Policies of all kinds are asked in one [`Sequence`] of tiers and policies. The [`Engine`] has them
//! compiled to bitmaps; `reference` asks them one after the other, and both decide alike. Nothing here
//! knows of scores.
//!
//! ```
//! use posture_core::engine::{End, Engine, Outcome, Scope, Traffic};
//! use posture_core::model::{Cluster, Direction, PolicyModes, Protocol};
//!
//! let cluster = Cluster::default();
//! let engine = Engine::new(&cluster, PolicyModes::default());
//!
//! let (subject, peer) = (End::UNKNOWN, End::at([9, 9, 9, 9].into()));
//! let traffic = Traffic::new(Direction::Egress, Protocol::Tcp, Some(443));
//! let verdict = engine.verdict(Scope::Enforced, subject, peer, traffic);
//! assert_eq!(verdict.outcome, Outcome::NotSelected);
//! ```

mod compiled;
pub mod explain;
mod matching;
#[doc(hidden)]
pub mod reference;
mod rule;
mod sequence;
mod surroundings;
#[cfg(test)]
pub(crate) mod testing;
mod traffic;
mod verdict;
mod walk;
pub mod words;

pub use compiled::{Cached, Encoded, Engine};
pub use matching::{Match, Reason};
pub use rule::Question;
pub(crate) use rule::family_of;
pub use sequence::{Scope, Sequence, TierOf};
pub use surroundings::Surroundings;
pub use traffic::{End, PodEnd, Traffic, Who};
pub use verdict::{Decider, Governance, Outcome, Possible, Verdict};
