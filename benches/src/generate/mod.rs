//! Synthetic clusters in the foreign formats, from a seed.
//!
//! [`cluster`] decides everything that has to agree across files: who runs where, who speaks to
//! whom, which policy says what. The writers only put that down:
//!
//! | function | file | format |
//! |---|---|---|
//! | [`write_objects`] | `objects.json` | `kubectl get ... -A -o json` |
//! | [`write_policies`] | `networkpolicies.json` | the same, `NetworkPolicy` objects |
//! | [`write_flows`] | `flows.jsonl` | Calico Enterprise flow logs, 5-minute intervals |
//! | [`scans`] | `scans/<image>.json` | Trivy image reports |
//!
//! The same shape gives the same bytes, on every machine and with every version of the
//! dependencies: see [`Random`].

mod cluster;
mod flows;
mod names;
mod objects;
mod policies;
mod random;
mod scans;
mod shape;

pub use cluster::{Cluster, Edge, End, Guard, Image, Namespace, Pod, Workload, cluster};
pub use flows::write_flows;
pub use objects::write_objects;
pub use policies::{Direction, Hit, write_policies};
pub use random::Random;
pub use scans::scans;
pub use shape::Shape;
