//! What policies decide about traffic, and which of them decides.
//!
//! A plain evaluator of Kubernetes network policies: it reads the policies of a namespace one
//! after the other, as the specification words them. Nothing here knows of scores.

mod evaluate;
mod verdict;

pub use evaluate::{PeerEnd, Subject, Traffic, evaluate, governs};
pub use verdict::{Governance, Verdict};
