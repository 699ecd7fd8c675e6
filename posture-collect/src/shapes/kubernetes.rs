//! What runs, where, and how it is reached.

use super::{ADDRESS, LABELLED, METADATA, NAME, OWNERS, PORT, WORD};
use crate::shape::{Meaning, Shape};

pub(crate) const NAMESPACE: Shape = Shape::Fields(&[("metadata", LABELLED)]);

pub(crate) const SERVICE_ACCOUNT: Shape = Shape::Fields(&[("metadata", LABELLED)]);

pub(crate) const NODE: Shape = Shape::Fields(&[
    ("metadata", LABELLED),
    (
        "spec",
        Shape::Fields(&[("podCIDR", WORD), ("podCIDRs", WORD)]),
    ),
    (
        "status",
        Shape::Fields(&[(
            "addresses",
            Shape::Fields(&[("type", WORD), ("address", ADDRESS)]),
        )]),
    ),
]);

pub(crate) const POD: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[
            ("name", NAME),
            ("namespace", NAME),
            ("generateName", NAME),
            ("labels", Shape::Labels),
            ("ownerReferences", OWNERS),
            ("resourceVersion", WORD),
            ("deletionTimestamp", WORD),
        ]),
    ),
    ("spec", POD_SPEC),
    ("status", POD_STATUS),
]);

/// Its volumes, environment, probes and the like are left out. `command` is what
/// [`arguments`](crate::arguments) leaves of it.
const POD_SPEC: Shape = Shape::Fields(&[
    ("hostNetwork", WORD),
    ("nodeName", NAME),
    ("serviceAccountName", NAME),
    ("serviceAccount", NAME),
    ("containers", CONTAINERS),
    ("initContainers", CONTAINERS),
    ("ephemeralContainers", CONTAINERS),
]);

const CONTAINERS: Shape = Shape::Fields(&[
    ("name", NAME),
    ("image", IMAGE),
    ("restartPolicy", WORD),
    ("command", WORD),
    (
        "ports",
        Shape::Fields(&[("name", PORT), ("containerPort", WORD), ("protocol", WORD)]),
    ),
]);

const POD_STATUS: Shape = Shape::Fields(&[
    ("phase", WORD),
    ("podIP", ADDRESS),
    ("podIPs", Shape::Fields(&[("ip", ADDRESS)])),
    ("containerStatuses", CONTAINER_STATUSES),
    ("initContainerStatuses", CONTAINER_STATUSES),
    ("ephemeralContainerStatuses", CONTAINER_STATUSES),
]);

const CONTAINER_STATUSES: Shape =
    Shape::Fields(&[("name", NAME), ("image", IMAGE), ("imageID", IMAGE)]);

const IMAGE: Shape = Shape::Is(Meaning::Image);

/// What owns pods. Whether there is a status tells a manifest from what runs.
pub(crate) const CONTROLLER: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[
            ("name", NAME),
            ("namespace", NAME),
            ("ownerReferences", OWNERS),
            ("resourceVersion", WORD),
        ]),
    ),
    (
        "spec",
        Shape::Fields(&[
            ("replicas", WORD),
            ("suspend", WORD),
            ("template", TEMPLATE),
            (
                "jobTemplate",
                Shape::Fields(&[("spec", Shape::Fields(&[("template", TEMPLATE)]))]),
            ),
        ]),
    ),
    ("status", Shape::Keys),
]);

const TEMPLATE: Shape = Shape::Fields(&[
    ("metadata", Shape::Fields(&[("labels", Shape::Labels)])),
    ("spec", POD_SPEC),
]);

pub(crate) const SERVICE: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[
            ("clusterIP", ADDRESS),
            ("clusterIPs", ADDRESS),
            ("selector", Shape::Labels),
            (
                "ports",
                Shape::Fields(&[("protocol", WORD), ("port", WORD), ("targetPort", PORT)]),
            ),
        ]),
    ),
]);

pub(crate) const ENDPOINT_SLICE: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[
            ("name", NAME),
            ("namespace", NAME),
            ("resourceVersion", WORD),
            (
                "labels",
                Shape::Fields(&[("kubernetes.io/service-name", NAME)]),
            ),
        ]),
    ),
    ("addressType", WORD),
    ("endpoints", Shape::Fields(&[("addresses", ADDRESS)])),
    (
        "ports",
        Shape::Fields(&[("protocol", WORD), ("port", WORD)]),
    ),
]);
