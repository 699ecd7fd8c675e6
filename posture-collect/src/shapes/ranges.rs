//! Kinds that hold address ranges of the cluster.

use super::{METADATA, WORD};
use crate::shape::Shape;

/// Networks, or objects that hold one.
const NETWORKS: Shape = Shape::WordOr(&[("cidr", WORD)]);

const OF_FAMILY: Shape = Shape::Fields(&[("cidrs", NETWORKS)]);

pub(crate) const IP_POOL: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", Shape::Fields(&[("cidr", WORD), ("disabled", WORD)])),
]);

pub(crate) const SERVICE_CIDR: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", Shape::Fields(&[("cidrs", WORD)])),
]);

pub(crate) const CILIUM_NODE: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[("ipam", Shape::Fields(&[("podCIDRs", WORD)]))]),
    ),
]);

pub(crate) const CILIUM_POD_IP_POOL: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[("ipv4", OF_FAMILY), ("ipv6", OF_FAMILY)]),
    ),
]);

pub(crate) const OPENSHIFT_NETWORK: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "status",
        Shape::Fields(&[("clusterNetwork", NETWORKS), ("serviceNetwork", WORD)]),
    ),
]);
