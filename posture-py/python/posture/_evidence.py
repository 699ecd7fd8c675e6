"""Items at risk, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Workload:
    """A workload, by its top controller."""

    namespace: str
    name: str
    kind: str
    """Empty when only flow logs speak of it."""


@dataclass(frozen=True)
class Vulnerability:
    """A vulnerability."""

    id: str
    severity: Literal["negligible", "low", "medium", "high", "critical"]


@dataclass(frozen=True)
class ScanEvidence:
    """What a scan found."""

    file: str
    place: str
    """Where in the file; empty where the scan is all of it."""
    join: Literal["manifest_digest", "config_digest", "operator_labels", "name"]
    """By what it was found to belong to the image."""
    at: datetime | None
    vulnerability_count: int
    """How many distinct vulnerabilities make the image a high-risk one."""
    vulnerabilities: tuple[Vulnerability, ...]
    """The worst of them."""


@dataclass(frozen=True)
class ImageEvidence:
    """A running image."""

    names: tuple[str, ...]
    workloads: tuple[Workload, ...]
    scan: ScanEvidence | None


@dataclass(frozen=True)
class EdgeEvidence:
    """An edge and what was seen of it."""

    workload: Workload
    direction: Literal["egress", "ingress"]
    peer: Mapping[str, Any]
    """The other end: its `type`, and what names it."""
    protocol: Any
    """Its name, or `{"number": n}`."""
    port: Any
    """`{"number": n}`, `"aggregated"` or `"none"`."""
    last_unsecured: datetime | None
    connections: int
    """In unsecured records."""
    bytes: int
    """In both directions, in unsecured records."""
    addresses: tuple[str, ...]
    """The smallest of the peer's addresses outside the cluster."""
    more_addresses: bool
    domains: tuple[str, ...]
    """The smallest of the peer's domain names."""
    more_domains: bool
    awaiting_reconnect: bool
    """Whether it only waits for its connections to be made anew."""


@dataclass(frozen=True)
class WorkloadEvidence:
    """A workload with unsecured external edges."""

    workload: Workload
    edge_count: int
    edges: tuple[EdgeEvidence, ...]
    """As many as were asked for."""


@dataclass(frozen=True)
class UngovernedEvidence:
    """A direction of a workload that no policy governs."""

    workload: Workload
    direction: Literal["egress", "ingress"]


@dataclass(frozen=True)
class Evidence:
    """What an item is, and what is known of it: one of these, the others are None."""

    image: ImageEvidence | None
    workload: WorkloadEvidence | None
    edge: EdgeEvidence | None
    ungoverned: UngovernedEvidence | None


@dataclass(frozen=True)
class Item:
    """One thing at risk."""

    key: str
    """What tells it apart from the action's other items."""
    units: int
    points: float
    """The points of the cluster's score that it costs."""
    evidence: Evidence
