//! Benchmarks of posture, and the generator of the synthetic clusters they run on.
//!
//! A shape goes in, the files of a cluster come out, in the formats of the tools that write them:
//!
//! ```
//! use posture_benches::generate::{self, Shape};
//!
//! let cluster = generate::cluster(&Shape { workloads: 4, flow_rows: 100, ..Shape::default() });
//! let mut flows = Vec::new();
//! generate::write_flows(&cluster, &mut flows)?;
//! assert_eq!(flows.split_inclusive(|byte| *byte == b'\n').count(), 100);
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod generate;
