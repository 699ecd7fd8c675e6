//! Reports of trivy-operator.

use super::{NAME, WORD};
use crate::shape::{Field, Meaning, Shape};

const PACKAGE: Shape = Shape::Is(Meaning::Package);

pub(crate) const VULNERABILITY_REPORT: Shape = Shape::Fields(&[
    (
        "metadata",
        Shape::Fields(&[
            ("name", NAME),
            ("namespace", NAME),
            ("labels", Shape::Fields(&REPORT_LABELS)),
        ]),
    ),
    ("report", REPORT),
]);

/// Of which container the report is.
pub(crate) const REPORT_LABELS: [Field; 4] = [
    ("trivy-operator.resource.kind", WORD),
    ("trivy-operator.resource.name", NAME),
    ("trivy-operator.resource.namespace", NAME),
    ("trivy-operator.container.name", NAME),
];

const REPORT: Shape = Shape::Fields(&[
    ("updateTimestamp", WORD),
    ("registry", Shape::Fields(&[("server", WORD)])),
    (
        "artifact",
        Shape::Fields(&[("repository", WORD), ("tag", WORD), ("digest", WORD)]),
    ),
    (
        "vulnerabilities",
        Shape::Fields(&[
            ("vulnerabilityID", WORD),
            ("resource", PACKAGE),
            ("packagePURL", PACKAGE),
            ("severity", WORD),
            ("score", WORD),
        ]),
    ),
]);
