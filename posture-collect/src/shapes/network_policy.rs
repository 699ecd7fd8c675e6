//! `NetworkPolicy` of Kubernetes, and the kind of Calico that stages one.

use super::{LABEL_SELECTOR, POLICY, PORT, WORD};
use crate::shape::Shape;

pub(crate) const NETWORK_POLICY: Shape = Shape::Fields(&[
    ("metadata", POLICY),
    (
        "spec",
        Shape::Fields(&[
            ("stagedAction", WORD),
            ("podSelector", LABEL_SELECTOR),
            ("policyTypes", WORD),
            (
                "ingress",
                Shape::Fields(&[("from", PEERS), ("ports", PORTS)]),
            ),
            ("egress", Shape::Fields(&[("to", PEERS), ("ports", PORTS)])),
        ]),
    ),
]);

const PEERS: Shape = Shape::Fields(&[
    ("podSelector", LABEL_SELECTOR),
    ("namespaceSelector", LABEL_SELECTOR),
    (
        "ipBlock",
        Shape::Fields(&[("cidr", WORD), ("except", WORD)]),
    ),
]);

const PORTS: Shape = Shape::Fields(&[("protocol", WORD), ("port", PORT), ("endPort", WORD)]);
