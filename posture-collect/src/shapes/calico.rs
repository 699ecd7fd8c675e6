//! Calico's kinds.

use super::{ADDRESS, DOMAIN, LABELLED, NAME, POLICY, PORT, SELECTOR, WORD};
use crate::shape::{Meaning, Shape};

const TIER_NAME: Shape = Shape::Is(Meaning::TierName);

pub(crate) const TIER: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[("name", TIER_NAME), ("resourceVersion", WORD)]),
    ),
    (
        "spec",
        Shape::Fields(&[("order", WORD), ("defaultAction", WORD)]),
    ),
]);

pub(crate) const NETWORK_POLICY: Shape = Shape::Fields(&[
    ("metadata", POLICY),
    (
        "spec",
        Shape::Fields(&[
            ("stagedAction", WORD),
            ("tier", TIER_NAME),
            ("order", WORD),
            ("selector", SELECTOR),
            ("namespaceSelector", SELECTOR),
            ("serviceAccountSelector", SELECTOR),
            ("types", WORD),
            ("ingress", RULES),
            ("egress", RULES),
            ("doNotTrack", WORD),
            ("preDNAT", WORD),
        ]),
    ),
]);

/// Of what a rule demands of HTTP only that it does.
const RULES: Shape = Shape::Told(&[
    ("action", WORD),
    ("ipVersion", WORD),
    ("protocol", WORD),
    ("notProtocol", WORD),
    ("icmp", ICMP),
    ("notICMP", ICMP),
    ("source", ENTITY),
    ("destination", ENTITY),
    ("http", Shape::Presence),
    ("metadata", Shape::Presence),
]);

const ICMP: Shape = Shape::Fields(&[("type", WORD), ("code", WORD)]);

const ENTITY: Shape = Shape::Told(&[
    ("nets", WORD),
    ("notNets", WORD),
    ("selector", SELECTOR),
    ("notSelector", SELECTOR),
    ("namespaceSelector", SELECTOR),
    (
        "serviceAccounts",
        Shape::Told(&[("names", NAME), ("selector", SELECTOR)]),
    ),
    (
        "services",
        Shape::Told(&[("name", NAME), ("namespace", NAME)]),
    ),
    ("domains", DOMAIN),
    ("ports", PORT),
    ("notPorts", PORT),
]);

pub(crate) const NETWORK_SET: Shape = Shape::Fields(&[
    ("metadata", LABELLED),
    (
        "spec",
        Shape::Fields(&[("nets", WORD), ("allowedEgressDomains", DOMAIN)]),
    ),
]);

const PORTS: Shape = Shape::Fields(&[("name", PORT), ("protocol", WORD), ("port", WORD)]);

pub(crate) const HOST_ENDPOINT: Shape = Shape::Fields(&[
    ("metadata", LABELLED),
    (
        "spec",
        Shape::Fields(&[("node", NAME), ("expectedIPs", ADDRESS), ("ports", PORTS)]),
    ),
]);

pub(crate) const WORKLOAD_ENDPOINT: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[
            ("name", NAME),
            ("namespace", NAME),
            ("generateName", NAME),
            ("labels", Shape::Labels),
            ("resourceVersion", WORD),
        ]),
    ),
    (
        "spec",
        Shape::Fields(&[
            ("orchestrator", WORD),
            ("pod", NAME),
            ("node", NAME),
            ("serviceAccountName", NAME),
            ("ipNetworks", WORD),
            ("ports", PORTS),
        ]),
    ),
]);
