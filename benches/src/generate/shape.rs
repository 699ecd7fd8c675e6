//! How large a synthetic cluster is.

/// The size of a cluster and the seed of all its choices.
///
/// Every count is made at least 1 where a cluster needs one to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Another seed gives another cluster of the same size.
    pub seed: u64,
    /// Namespaces that hold workloads.
    pub namespaces: usize,
    /// Deployments, spread evenly over the namespaces.
    pub workloads: usize,
    /// Replicas of each deployment, all running.
    pub pods_per_workload: usize,
    /// Distinct images, spread evenly over the workloads.
    pub images: usize,
    /// Pairs of ends that speak with each other; fewer where chance draws a pair again and again.
    pub edges: usize,
    /// Rows of the flow log.
    pub flow_rows: usize,
    /// Start of the flow log, seconds since 1970-01-01 UTC.
    pub start: u64,
    /// Length of the flow log in intervals of 300 seconds.
    pub intervals: u64,
}

impl Default for Shape {
    /// A small shop: 10 namespaces, 50 workloads, one day of 10 000 rows.
    fn default() -> Self {
        Self {
            seed: 1,
            namespaces: 10,
            workloads: 50,
            pods_per_workload: 2,
            images: 40,
            edges: 300,
            flow_rows: 10_000,
            start: 1_795_132_800, // 2026-11-20 00:00 UTC
            intervals: 288,
        }
    }
}
