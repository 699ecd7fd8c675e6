//! Cilium's policies: of their rules the readers tell every field that they do not know.

use super::{DOMAIN, LABEL_SELECTOR, POLICY, PORT, WORD};
use crate::shape::Shape;

pub(crate) const NETWORK_POLICY: Shape =
    Shape::Fields(&[("metadata", POLICY), ("spec", SPEC), ("specs", SPEC)]);

const SPEC: Shape = Shape::Fields(&[
    ("endpointSelector", LABEL_SELECTOR),
    ("nodeSelector", Shape::Presence),
    ("ingress", RULES),
    ("ingressDeny", RULES),
    ("egress", RULES),
    ("egressDeny", RULES),
    (
        "enableDefaultDeny",
        Shape::Fields(&[("ingress", WORD), ("egress", WORD)]),
    ),
]);

/// What a rule demands above layer 4 does not pass.
const RULES: Shape = Shape::Told(&[
    ("fromEndpoints", LABEL_SELECTOR),
    ("toEndpoints", LABEL_SELECTOR),
    ("fromEntities", WORD),
    ("toEntities", WORD),
    ("fromCIDR", WORD),
    ("toCIDR", WORD),
    ("fromCIDRSet", CIDR_SET),
    ("toCIDRSet", CIDR_SET),
    ("fromNodes", LABEL_SELECTOR),
    ("toNodes", LABEL_SELECTOR),
    (
        "toFQDNs",
        Shape::Told(&[("matchName", DOMAIN), ("matchPattern", DOMAIN)]),
    ),
    ("toPorts", Shape::Told(&[("ports", PORTS)])),
    (
        "icmps",
        Shape::Told(&[("fields", Shape::Told(&[("family", WORD), ("type", WORD)]))]),
    ),
    ("authentication", Shape::Fields(&[("mode", WORD)])),
]);

const CIDR_SET: Shape = Shape::Told(&[("cidr", WORD), ("except", WORD)]);

const PORTS: Shape = Shape::Told(&[("port", PORT), ("endPort", WORD), ("protocol", WORD)]);
