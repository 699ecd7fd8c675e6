"""What a score rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RecordCounts:
    """Flow records, by what they said."""

    total: int
    secured: int
    unsecured: int
    unknown: Mapping[str, int]
    """By reason."""
    forwarded: int
    direction_unknown: int
    not_a_workload: int
    host_network: int
    allowed_broadly: int
    awaiting_reconnect: int
    secured_if_staged_enforced: int


@dataclass(frozen=True)
class PodCoverage:
    """Pods: that were read, that run, that would run as manifests declare."""

    total: int
    running: int
    declared: int


@dataclass(frozen=True)
class ImageCoverage:
    """Running images and their scans."""

    running: int
    scanned: int
    unknown: int
    joins: Mapping[str, int]
    scans: int
    unmatched_scans: int
    findings_without_severity: int
    suppressed_findings: int
    vex_statements: int
    unmatched_vex_statements: int


@dataclass(frozen=True)
class Coverage:
    """What a score rests on."""

    records: RecordCounts
    newest_record_age: int | None
    """Seconds to the present."""
    edges: int
    pods: PodCoverage
    uncovered_workloads: int
    images: ImageCoverage
    policies: int
    unread_policies: int
    staged_policies: int
    policies_known: bool
