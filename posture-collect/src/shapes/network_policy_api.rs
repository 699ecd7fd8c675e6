//! Policies of the network-policy-api, of both generations.

use super::{DOMAIN, EXPRESSIONS, LABEL_SELECTOR, NAME, POLICY, PORT, WORD};
use crate::shape::Shape;

pub(crate) const NETWORK_POLICY: Shape = Shape::Fields(&[
    ("metadata", POLICY),
    (
        "spec",
        Shape::Fields(&[
            ("tier", WORD),
            ("priority", WORD),
            ("subject", PEERS),
            ("ingress", RULES),
            ("egress", RULES),
        ]),
    ),
]);

const RULES: Shape = Shape::Fields(&[
    ("name", NAME),
    ("action", WORD),
    ("from", PEERS),
    ("to", PEERS),
    ("ports", PORTS),
    ("protocols", PROTOCOLS),
]);

const PEERS: Shape = Shape::Fields(&[
    ("namespaces", NAMESPACES),
    (
        "pods",
        Shape::Fields(&[
            ("namespaceSelector", LABEL_SELECTOR),
            ("namespaces", NAMESPACES),
            ("podSelector", LABEL_SELECTOR),
        ]),
    ),
    ("nodes", LABEL_SELECTOR),
    ("networks", WORD),
    ("domainNames", DOMAIN),
]);

/// A label selector, or one a level deeper, as the first release had it.
const NAMESPACES: Shape = Shape::Told(&[
    ("matchLabels", Shape::Labels),
    ("matchExpressions", EXPRESSIONS),
    ("namespaceSelector", LABEL_SELECTOR),
    ("sameLabels", Shape::Presence),
    ("notSameLabels", Shape::Presence),
]);

const PORTS: Shape = Shape::Fields(&[
    (
        "portNumber",
        Shape::Fields(&[("protocol", WORD), ("port", WORD)]),
    ),
    ("portRange", RANGE),
    ("namedPort", PORT),
]);

const PROTOCOLS: Shape = Shape::Fields(&[
    ("tcp", DESTINATION),
    ("udp", DESTINATION),
    ("sctp", DESTINATION),
    ("destinationNamedPort", PORT),
]);

const DESTINATION: Shape = Shape::Fields(&[(
    "destinationPort",
    Shape::Fields(&[("number", WORD), ("range", RANGE)]),
)]);

const RANGE: Shape = Shape::Fields(&[("protocol", WORD), ("start", WORD), ("end", WORD)]);
